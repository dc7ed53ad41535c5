# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] lang="ko" against="19130d57"
# # {title}
#
# **이 레슨의 질문** 그 행동은 얼마나 좋았을까요? 그리고 $\lambda$는 무엇과 무엇을 맞바꿀까요?
#
# **먼저 알아 둘 것** 할인율 $\gamma$, 그리고 크리틱(critic)의 $V(s)$가 "상태 $s$부터 앞으로 받을 보상의 할인된 합"을 어림한 값이라는 것.
#
# **걸리는 시간** 30분쯤
#
# {lesson:ratio}·{number:clip_and_min}에서는 어드밴티지(advantage) $A$가 주어진 수였습니다. 이제 그 수를 직접 만듭니다.

# %% [markdown] lang="en" against="5a74331c"
# # {title}
#
# **The question** How good was that action? And what does $\lambda$ trade for what?
#
# **What you need first** The discount $\gamma$, and that the critic's $V(s)$ estimates the discounted sum of the rewards to come from state $s$ on.
#
# **Time** about 30 minutes
#
# In lessons {number:ratio} and {number:clip_and_min} the advantage $A$ was a given number. Now we make it.

# %% tags=["language"]
import numpy as np

import ppo_edu
from ppo_edu import explorers, figures

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="6e92c752"
# ## 1. 한 스텝의 놀라움: TD 오차
#
# 크리틱은 $s_t$에서 $V(s_t)$만큼 받으리라 예상했습니다. 한 스텝을 가 보니 보상 $r_t$를 받았고, 이제 남은 몫은 $V(s_{t+1})$이라고 합니다.
# 예상과의 차이가 TD 오차(TD error)입니다.
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)$$
#
# 다섯 스텝짜리 에피소드에서 스텝마다 보상 1을 받고, 마지막에 막대가 쓰러집니다. 크리틱은 언제나 3을 예상합니다.
#
# **예측** $\gamma = 1$일 때 어느 스텝의 $\delta$가 다를까요? 부호는?

# %% [markdown] lang="en" against="6ccfbdba"
# ## 1. The surprise of one step: the TD error
#
# In $s_t$ the critic expected $V(s_t)$. One step later a reward $r_t$ has come in, and what is left is said to be $V(s_{t+1})$.
# The difference to what was expected is the TD error.
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)$$
#
# Take an episode of five steps, each with a reward of 1; at the end the pole falls. The critic always expects 3.
#
# **Predict** With $\gamma = 1$, which step has a different $\delta$? Of which sign?

# %% tags=["nbval-check-output"]
rewards = np.ones(5)
values = np.full(5, 3.0)
next_values = np.full(5, 3.0)
fell = np.array([False, False, False, False, True])
never = np.zeros(5, dtype=bool)

deltas = ppo_edu.td_errors(rewards, values, next_values, fell, gamma=1.0)
print(deltas)

# %% [markdown] lang="ko" against="98f6e719"
# 버티는 동안은 예상보다 1씩 좋았고, 쓰러진 스텝에서는 앞으로 올 줄 알았던 3이 사라져 $1 + 0 - 3 = -2$입니다.
# 쓰러진 뒤에는 아무것도 없으니 $V(s_{t+1})$을 더하지 않습니다. 이것을 **부트스트랩(bootstrap)을 끊는다**고 합니다.
#
# ## 2. 앞날의 놀라움까지 더하기
#
# 쓰러진 것은 마지막 행동만의 탓일까요? 앞선 행동들에도 책임이 있을 것입니다. GAE는 뒤에 오는 $\delta$들을 $\gamma\lambda$씩 줄여 가며 더합니다.
#
# $$A_t = \delta_t + (\gamma\lambda)\,\delta_{t+1} + (\gamma\lambda)^2\,\delta_{t+2} + \cdots$$
#
# 그대로 계산하면 스텝마다 끝까지 더해야 합니다. 뒤에서부터 $A_t = \delta_t + \gamma\lambda\, A_{t+1}$로 계산하면 한 번만 훑으면 됩니다.
# 먼저 정의대로 더해서 `ppo_edu.gae`의 재귀와 견주어 봅니다.
#
# **예측** 두 결과는 어느 자리까지 같을까요?

# %% [markdown] lang="en" against="b30371e3"
# While the pole stood, each step went better than expected by 1; in the step in which it fell, the 3 still to come were lost: $1 + 0 - 3 = -2$.
# Nothing follows the fall, so $V(s_{t+1})$ is not added. This is called **cutting the bootstrap**.
#
# ## 2. Adding the surprises to come
#
# Is the last action alone to blame for the fall? The ones before had their share. GAE adds up the $\delta$s that follow, each weaker by a factor $\gamma\lambda$.
#
# $$A_t = \delta_t + (\gamma\lambda)\,\delta_{t+1} + (\gamma\lambda)^2\,\delta_{t+2} + \cdots$$
#
# Taken literally, every step adds up everything to the end. Going backwards with $A_t = \delta_t + \gamma\lambda\, A_{t+1}$ takes a single pass.
# Let us add up by the definition and compare with the recursion in `ppo_edu.gae`.
#
# **Predict** To how many digits do the two agree?

# %% tags=["nbval-check-output"]
def gae_by_definition(deltas, gamma, lam):
    weights = (gamma * lam) ** np.arange(len(deltas))
    return np.array([weights[: len(deltas) - start] @ deltas[start:] for start in range(len(deltas))])


print("sum        ", gae_by_definition(deltas, gamma=1.0, lam=0.5))
print("recursion  ", ppo_edu.gae(rewards, values, next_values, fell, never, gamma=1.0, lam=0.5))

# %% [markdown] lang="ko" against="3708ea14"
# 마지막 자리까지 같습니다. ($\lambda = 0.5$라 컴퓨터의 이진수로도 딱 떨어집니다. 딱 떨어지지 않는 수라면 더하는 순서 때문에 마지막 한두 자리가 다를 수 있습니다.)
#
# ## 3. $\lambda$의 두 끝
#
# **예측** $\lambda = 0$이면 $A$는 무엇이 될까요? $\lambda = 1$이면?

# %% [markdown] lang="en" against="bc589d4f"
# They agree to the last digit. (With $\lambda = 0.5$ the numbers are exact in binary. With others, the order of adding may change the last digit or two.)
#
# ## 3. The two ends of $\lambda$
#
# **Predict** What is $A$ for $\lambda = 0$? And for $\lambda = 1$?

# %% tags=["nbval-check-output"]
rewards_to_come = np.cumsum(rewards[::-1])[::-1]
print("lam = 0     ", ppo_edu.gae(rewards, values, next_values, fell, never, gamma=1.0, lam=0.0))
print("delta       ", deltas)
print("lam = 1     ", ppo_edu.gae(rewards, values, next_values, fell, never, gamma=1.0, lam=1.0))
print("sum r - V(s)", rewards_to_come - values)

# %% [markdown] lang="ko" against="68552242"
# - $\lambda = 0$: TD 오차 그 자체입니다. 한 스텝 앞만 보고 나머지는 크리틱을 믿습니다. 크리틱이 틀리면 **편향**(bias)이 그대로 남습니다.
# - $\lambda = 1$: 실제로 받은 보상의 합에서 $V(s)$를 뺀 몬테카를로(Monte Carlo) 어드밴티지입니다. 크리틱이 틀려도 편향은 없지만, 앞날의 온갖 우연이 모두 섞여 **분산**(variance)이 큽니다.
#
# ## 4. 진짜 에피소드에서 움직여 보기
#
# CartPole에서 기록한 에피소드입니다. $\gamma$와 $\lambda$를 움직이면 $\delta$, 가중치 $(\gamma\lambda)^l$, 어드밴티지가 함께 움직입니다.
#
# **예측** $\lambda$를 1로 올리면 어드밴티지 곡선은 더 매끈해질까요, 더 들쭉날쭉해질까요?

# %% [markdown] lang="en" against="7ea53ad1"
# - $\lambda = 0$: the TD error itself. It looks one step ahead and trusts the critic for the rest. Where the critic is wrong, its **bias** stays in.
# - $\lambda = 1$: the Monte Carlo advantage, the sum of the rewards that really came minus $V(s)$. A wrong critic does not bias it, but all the chance of what follows is mixed in: its **variance** is large.
#
# ## 4. Move them on a real episode
#
# This episode was recorded in CartPole. Move $\gamma$ and $\lambda$, and the $\delta$s, the weights $(\gamma\lambda)^l$ and the advantages move together.
#
# **Predict** Raise $\lambda$ to 1. Does the curve of advantages become smoother, or more ragged?

# %%
explorers.gae()

# %% [markdown] lang="ko" against="b0f3e24d"
# $\lambda$를 올리면 뒤에 일어난 일이 앞으로 번져 옵니다. 에피소드 끝의 큰 $\delta$ 하나가 몇 스텝 앞까지 영향을 주는지가 곧 $\lambda$입니다.
#
# ## 5. 에피소드의 끝: 마스크 두 개
#
# 노트의 재귀에는 에피소드의 끝을 가리는 마스크가 없습니다. 배치가 에피소드의 끝을 넘지 않는 동안에는 그래도 맞습니다. 여러 에피소드가 한 배치에
# 들어오면 어떻게 될까요?
#
# 위의 에피소드 두 개를 이어 붙여 봅니다. **예측** 첫 번째 에피소드의 어드밴티지는 달라질까요?

# %% [markdown] lang="en" against="7b79707e"
# Raising $\lambda$ lets what happened later spread back to earlier steps. How many steps back the large $\delta$ at the end is felt: that is $\lambda$.
#
# ## 5. The end of an episode: two masks
#
# The recursion in the notes has no mask for the end of an episode. As long as a batch never crosses such an end, it is right all the same. And when
# several episodes share a batch?
#
# We put the episode from above twice in a row. **Predict** Do the advantages of the first episode change?

# %% tags=["nbval-check-output"]
def without_mask(deltas, gamma, lam):
    advantages, following = np.zeros_like(deltas), 0.0
    for step in reversed(range(len(deltas))):
        following = deltas[step] + gamma * lam * following
        advantages[step] = following
    return advantages


two = [np.tile(column, 2) for column in (rewards, values, next_values, fell, never)]
print("no mask  ", without_mask(np.tile(deltas, 2), gamma=1.0, lam=0.5))
print("gae      ", ppo_edu.gae(*two, gamma=1.0, lam=0.5))

# %% [markdown] lang="ko" against="310fd893"
# 마스크가 없으면 두 번째 에피소드에서 일어난 일이 첫 번째 에피소드로 새어 들어갑니다. 그래서 끝에서는 두 가지를 따로 물어야 합니다.
#
# | | 부트스트랩 $\gamma V(s_{t+1})$을 더하나요? | 재귀 $\gamma\lambda A_{t+1}$을 이어 가나요? |
# |---|---|---|
# | 계속되는 스텝 | 예 | 예 |
# | **종료(terminated)**: 막대가 쓰러짐 | 아니요. 뒤에 아무것도 없음 | 아니요. 다음 줄은 다른 에피소드 |
# | **중단(truncated)**: 시간 제한 | **예**. 과제는 계속될 수 있었음 | 아니요. 다음 줄은 다른 에피소드 |
#
# `dones[t]`인지 `dones[t+1]`인지는 라이브러리마다 다르게 저장해서 늘 헷갈립니다. 여기서 `terminated[t]`는 "스텝 $t$가 에피소드를 끝냈다"는 뜻입니다.
#
# ## 6. 종료와 중단은 다릅니다
#
# 막대를 영원히 세우는 정책을 생각해 봅시다. $\gamma = 0.99$이면 가치는 언제나 $1 + 0.99 + 0.99^2 + \cdots = 100$이고, 크리틱도 100을 예상합니다.
# 다섯 스텝 뒤에 시간 제한으로 에피소드가 끊겼습니다. 모든 것이 예상대로이니 어드밴티지는 0이어야 합니다.
#
# **예측** 이 끊김을 종료로 잘못 다루면 어드밴티지는 얼마나 어긋날까요?

# %% [markdown] lang="en" against="6dd50b1d"
# Without a mask, what happens in the second episode leaks into the first. So two things must be asked at an end, one by one:
#
# | | Add the bootstrap $\gamma V(s_{t+1})$? | Carry on the recursion $\gamma\lambda A_{t+1}$? |
# |---|---|---|
# | a step that goes on | yes | yes |
# | **terminated**: the pole fell | no, nothing follows | no, the next row is another episode |
# | **truncated**: the time limit | **yes**, the task could have gone on | no, the next row is another episode |
#
# Whether it is `dones[t]` or `dones[t+1]` is a constant source of confusion, because libraries store it differently. Here `terminated[t]` means that step $t$ ended the episode.
#
# ## 6. Terminated is not truncated
#
# Imagine a policy that keeps the pole up for ever. With $\gamma = 0.99$ the value is always $1 + 0.99 + 0.99^2 + \cdots = 100$, and the critic expects 100.
# After five steps a time limit cuts the episode off. Everything went as expected, so every advantage should be 0.
#
# **Predict** If the cut is mistaken for termination, how far off are the advantages?

# %% tags=["nbval-check-output"]
value = np.full(5, 100.0)
cut = np.array([False, False, False, False, True])
right = ppo_edu.gae(rewards, value, value, never, cut, gamma=0.99, lam=0.95)
wrong = ppo_edu.gae(rewards, value, value, cut, never, gamma=0.99, lam=0.95)
print("truncated ", right.round(6) + 0.0)
print("terminated", wrong.round(1))

# %% [markdown] lang="ko" against="ea3d85ab"
# 완벽하게 버틴 다섯 스텝이 모두 **큰 잘못**으로 기록됩니다. 잘하는 정책일수록 시간 제한에 자주 닿으니, 이 실수는 실력이 늘수록 더 크게 훈련을 방해합니다.
# 기록해 둔 500스텝짜리 CartPole 에피소드에서도 같은 일이 벌어집니다.

# %% [markdown] lang="en" against="afd6d18f"
# Five perfect steps are all booked as **grave mistakes**. The better a policy, the more often it reaches the time limit, so this bug hurts more the more is learned.
# The same happens in a recorded CartPole episode of 500 steps.

# %%
figures.truncation_mistake()

# %% [markdown] lang="ko" against="052a8041"
# ## 7. $\lambda$는 무엇과 무엇을 맞바꿀까요? 재어 봅시다
#
# "편향과 분산을 맞바꾼다"는 말은 어디에나 있지만, 실제로 재어 보는 일은 드뭅니다. 여기서는 기록한 상태마다 같은 정책으로 에피소드를 512번씩 다시 굴려
# 그 행동의 **진짜 가치** $Q(s, a)$를 구해 두었습니다. $\lambda$마다 GAE 추정값이 진짜 어드밴티지 $Q(s, a) - V(s)$와 얼마나 다른지 재면, 오차가 편향과 분산으로 나뉘어 보입니다.
# ($V(s)$는 크리틱의 값을 그대로 씁니다. 여기에 생긴 오차는 그 상태의 모든 행동을 똑같이 올리거나 내리므로 정책을 바꾸지 않습니다.)
#
# **예측** 오차가 가장 작은 $\lambda$는 0일까요, 1일까요, 그 사이 어디일까요?

# %% [markdown] lang="en" against="34352e42"
# ## 7. What does $\lambda$ trade for what? Measure it
#
# "It trades bias for variance" is said everywhere and measured hardly anywhere. Here, from each recorded state, the same policy was let loose 512 times,
# to find the **true value** $Q(s, a)$ of the action. How far GAE's estimate is from the true advantage $Q(s, a) - V(s)$, for each $\lambda$, splits into bias and variance.
# ($V(s)$ is the critic's own: an error in it raises or lowers all actions of a state alike, and moves no policy.)
#
# **Predict** Which $\lambda$ has the smallest error: 0, 1, or something between?

# %%
figures.gae_error()

# %% [markdown] lang="ko" against="bdd9fc99"
# $\lambda = 0$에서는 거의 전부가 편향이고, $\lambda = 1$에서는 거의 전부가 분산입니다. 오차가 가장 작은 곳은 1보다 조금 작은 $\lambda$입니다.
# 흔히 쓰는 0.95가 늘 최선인 것은 아닙니다. 이 크리틱은 아직 반쯤만 배워서 믿을 만하지 않으니, 실제 보상 쪽에 더 기대는 편이 낫습니다. 크리틱이 좋아지면 최선의 $\lambda$는 더 작은 쪽으로 옮겨 갈 수 있습니다.
#
# ## 8. 논문의 오타 하나
#
# PPO 논문의 식 (11)은 잘린 GAE를 이렇게 적습니다.
#
# $$\hat A_t = \delta_t + (\gamma\lambda)\delta_{t+1} + \cdots + (\gamma\lambda)^{T-t+1}\delta_{T-1}$$
#
# 마지막 지수를 의심해 봅시다. $T = 5$, $t = 0$에서 마지막 항만 남기면($\delta_4 = 1$, 나머지는 0) $A_0$이 곧 그 가중치입니다.
#
# **예측** $\gamma\lambda = 0.5$일 때 가중치는 $0.5^{T-t+1} = 0.5^6$일까요?

# %% [markdown] lang="en" against="a94e076c"
# At $\lambda = 0$ nearly all of it is bias, at $\lambda = 1$ nearly all is variance. The smallest error is at a $\lambda$ a little below 1.
# The usual 0.95 is not always best: this critic has learned only half of it and cannot be relied on yet, so it pays to lean on the rewards. With a better critic the best $\lambda$ may be smaller.
#
# ## 8. A misprint in the paper
#
# Equation (11) of the PPO paper writes the truncated GAE like this:
#
# $$\hat A_t = \delta_t + (\gamma\lambda)\delta_{t+1} + \cdots + (\gamma\lambda)^{T-t+1}\delta_{T-1}$$
#
# Let us doubt the last exponent. With $T = 5$ and $t = 0$, keep the last term only ($\delta_4 = 1$, all others 0): then $A_0$ is its weight.
#
# **Predict** For $\gamma\lambda = 0.5$, is the weight $0.5^{T-t+1} = 0.5^6$?

# %% tags=["nbval-check-output"]
T, zero = 5, np.zeros(5)
only_last = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
weight = ppo_edu.gae(only_last, zero, zero, never, never, gamma=1.0, lam=0.5)[0]
print("gae       ", weight)
print("0.5^(T-1) ", 0.5 ** (T - 1))
print("0.5^(T+1) ", 0.5 ** (T + 1))

# %% [markdown] lang="ko" against="60566a27"
# 옳은 지수는 $T-t-1$입니다. $\delta_{T-1}$은 $t$에서 $T-1-t$걸음 떨어져 있으니까요. 식을 옮겨 적을 때 조심하세요.

# %% [markdown] lang="en" against="d1260eb1"
# The right exponent is $T-t-1$: from $t$ to $\delta_{T-1}$ it is $T-1-t$ steps. Take care when you copy the equation.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 써 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="65bf34bf"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="27d193af"
# ### 연습 · TD 오차
#
# 스텝마다 TD 오차를 구하는 함수를 써 보세요. 입력은 모두 길이가 $T$인 배열입니다. `next_values[t]`는 스텝 $t$가 실제로 도착한 상태의 가치이고,
# `terminated[t]`는 스텝 $t$가 에피소드를 끝냈으면 `True`입니다. 도움말: `ppo_edu.hint("td_errors", 1)`.

# %% [markdown] lang="en" against="0f9945a1"
# ### Exercise · The TD errors
#
# Write the function that returns the TD error of each step. All inputs are arrays of length $T$. `next_values[t]` is the value of the state that
# step $t$ really reached, and `terminated[t]` is `True` if step $t$ ended the episode. For help: `ppo_edu.hint("td_errors", 1)`.

# %% tags=["exercise-td_errors"]
def td_errors(rewards, values, next_values, terminated, gamma):
    ...

# %%
ppo_edu.check("td_errors", td_errors)

# %% [markdown] lang="ko" against="11551dec"
# ### 연습 · $\lambda$의 두 끝 (예측)
#
# 옳은 것은 어느 것일까요? `...` 자리에 `"a"`처럼 따옴표로 감싼 글자를 적으세요.
#
# - **a** $\lambda = 0$은 몬테카를로 어드밴티지, $\lambda = 1$은 TD 오차이다.
# - **b** $\lambda = 0$은 TD 오차로 편향이 없고 분산이 크다. $\lambda = 1$은 몬테카를로 어드밴티지로 편향이 있고 분산이 작다.
# - **c** $\lambda = 0$이면 모든 항이 0이 되어 $A = 0$이다.
# - **d** $\lambda = 0$은 TD 오차로 분산이 작지만 크리틱이 틀리면 편향이 있다. $\lambda = 1$은 몬테카를로 어드밴티지로 크리틱 탓의 편향은 없지만 분산이 크다.

# %% [markdown] lang="en" against="53c073e2"
# ### Exercise · The two ends of $\lambda$ (predict)
#
# Which of these is right? Put its letter in place of the `...`, in quotes: `"a"`, for example.
#
# - **a** $\lambda = 0$ is the Monte Carlo advantage, $\lambda = 1$ the TD error.
# - **b** $\lambda = 0$ is the TD error, without bias and with a large variance; $\lambda = 1$ is the Monte Carlo advantage, biased and with a small variance.
# - **c** With $\lambda = 0$ every term becomes 0, so $A = 0$.
# - **d** $\lambda = 0$ is the TD error, of small variance but biased where the critic is wrong; $\lambda = 1$ is the Monte Carlo advantage, which a wrong critic does not bias, of large variance.

# %% tags=["exercise-lambda_ends"]
lambda_ends = ...

# %%
ppo_edu.check("lambda_ends", lambda_ends)

# %% [markdown] lang="ko" against="a4fabf31"
# ### 연습 · 시간 제한에 걸린 스텝 (예측)
#
# 스텝 $t$에서 시간 제한으로 에피소드가 중단되었습니다(`truncated`). 배치의 다음 줄에는 다른 에피소드가 이어집니다. $A_t$를 구할 때,
#
# - **a** $\gamma V(s_{t+1})$은 더하고, $\gamma\lambda A_{t+1}$은 더하지 않는다.
# - **b** 둘 다 더하지 않는다.
# - **c** 둘 다 더한다.
# - **d** $\gamma V(s_{t+1})$은 더하지 않고, $\gamma\lambda A_{t+1}$은 더한다.

# %% [markdown] lang="en" against="392b195d"
# ### Exercise · A step at the time limit (predict)
#
# In step $t$ a time limit cut the episode off (`truncated`). The next row of the batch belongs to another episode. To find $A_t$,
#
# - **a** add $\gamma V(s_{t+1})$, but not $\gamma\lambda A_{t+1}$.
# - **b** add neither.
# - **c** add both.
# - **d** do not add $\gamma V(s_{t+1})$, but add $\gamma\lambda A_{t+1}$.

# %% tags=["exercise-time_limit"]
time_limit = ...

# %%
ppo_edu.check("time_limit", time_limit)

# %% [markdown] lang="ko" against="f96bfc7e"
# ### 연습 · GAE
#
# 이제 마스크 두 개를 모두 넣어 GAE의 재귀를 직접 써 보세요. 배치 하나에 여러 에피소드가 이어져 있을 수 있습니다.
# 입력은 길이가 $T$인 배열이고, 결과도 그렇습니다. 도움말: `ppo_edu.hint("gae", 1)`.

# %% [markdown] lang="en" against="6a745832"
# ### Exercise · GAE
#
# Now write the GAE recursion yourself, with both masks. A batch may hold several episodes in a row.
# The inputs are arrays of length $T$, and so is the result. For help: `ppo_edu.hint("gae", 1)`.

# %% tags=["exercise-gae"]
def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    ...

# %%
ppo_edu.check("gae", gae)

# %% [markdown] lang="ko" against="e7fbdb26"
# ## 정리
#
# - $\delta_t$는 한 스텝의 놀라움, GAE는 뒤따르는 놀라움을 $\gamma\lambda$씩 줄여 더한 값입니다.
# - $\lambda = 0$은 크리틱을, $\lambda = 1$은 실제 보상을 믿습니다. 이 배치에서 오차가 가장 작은 곳은 7절의 그림에 있습니다.
# - 마스크는 두 개입니다. 부트스트랩은 **종료**에서만 끊고, 재귀는 **종료와 중단 모두**에서 끊습니다.
#
# ## 노트와 견주어 보면
#
# - 노트의 재귀는 옳습니다. 다만 에피소드의 끝을 가리는 마스크가 없어서, 배치가 끝을 넘지 않을 때만 맞습니다(5절).
# - 노트는 에폭마다 움직이는 크리틱으로 $\delta$를 다시 계산합니다. 그렇게 하는 라이브러리도 있지만, 논문은 모을 때의 크리틱으로 한 번만 계산합니다.
# - "$\delta$를 누적으로 곱해서"라는 설명은 "줄여 가며 **더해서**"로 읽는 것이 정확합니다.
#
# **다음** {lesson:full_training}에서 이 조각들을 모두 모아 배우는 프로그램을 만듭니다.

# %% [markdown] lang="en" against="889c4657"
# ## Summary
#
# - $\delta_t$ is the surprise of one step; GAE adds the surprises that follow, each weaker by $\gamma\lambda$.
# - $\lambda = 0$ trusts the critic, $\lambda = 1$ the rewards that came. Where the error is smallest for this batch, the figure in section 7 shows.
# - There are two masks. Only **termination** cuts the bootstrap; **termination and truncation both** cut the recursion.
#
# ## Beside the notes
#
# - The recursion in the notes is right. But without a mask for the end of an episode it holds only while a batch does not cross one (section 5).
# - The notes compute $\delta$ anew in every epoch, with the critic as it moves. Some libraries offer that; the paper computes it once, with the critic that collected.
# - Where the notes say that the $\delta$s are multiplied up, read: **added** up, with shrinking weights.
#
# **Next** In {lesson:full_training} all the pieces come together in a program that learns.
