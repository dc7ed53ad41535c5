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

# %% [markdown] lang="ko" against="2fae5bca"
# # {title}
#
# **이 레슨의 질문** 그 행동은 얼마나 좋았을까요? 그리고 $\lambda$는 무엇과 무엇을 맞바꿀까요?
#
# **먼저 알아 둘 것** 할인율(discount) $\gamma$, 그리고 크리틱(critic)의 $V(s)$가 "상태 $s$부터 앞으로 받을 보상의 할인된 합"의 추정값이라는 것.
#
# **걸리는 시간** {minutes}분쯤
#
# {lesson:ratio}·{number:clip_and_min}에서는 어드밴티지(advantage) $A$가 주어진 값이었습니다. 이제 그 값을 직접 구합니다.

# %% [markdown] lang="en" against="a26a9c40"
# # {title}
#
# **The question** How good was that action? And what does $\lambda$ trade for what?
#
# **What you need first** The discount $\gamma$, and that the critic's $V(s)$ estimates the discounted sum of the rewards to come from state $s$ on.
#
# **Time** about {minutes} minutes
#
# In lessons {number:ratio} and {number:clip_and_min} the advantage $A$ was a given number. Now we make it.

# %% tags=["language"]
import numpy as np

import ppo_edu
from ppo_edu import explorers, figures, recorded

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="9696d93f"
# ## 1. 한 스텝의 놀라움: TD 오차
#
# 크리틱은 $s_t$에서 $V(s_t)$만큼 받으리라 예상했습니다. 한 스텝을 가 보니 보상 $r_t$를 받았고, 크리틱은 이제 앞으로 $V(s_{t+1})$만큼 더 받으리라고 봅니다.
# 예상과의 차이가 TD 오차(TD error)입니다.
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)$$
#
# 기호가 겹치니 조심하세요. {lesson:ratio}부터 써 온 $r$은 확률 비율(probability ratio)이고, 여기의 $r_t$는 {lesson:policy_gradient}에서처럼 보상입니다. PPO 논문은 비율도 $r_t(\theta)$라고 쓰니 앞뒤를 보고 구별해야 합니다. TRPO에서 KL의 한계인 $\delta$와 여기의 $\delta_t$도 이름만 같습니다.
#
# 다섯 스텝짜리 에피소드에서 스텝마다 보상 1을 받고, 마지막에 막대가 쓰러집니다. 크리틱은 언제나 3을 예상합니다.
#
# **예측** $\gamma = 1$일 때 어느 스텝의 $\delta$가 다를까요? 부호는?

# %% [markdown] lang="en" against="53306449"
# ## 1. The surprise of one step: the TD error
#
# In $s_t$ the critic expected $V(s_t)$. One step later a reward $r_t$ has come in, and the critic now expects another $V(s_{t+1})$.
# The difference to what was expected is the TD error.
#
# $$\delta_t = r_t + \gamma V(s_{t+1}) - V(s_t)$$
#
# Mind the letters: in the lessons before, $r$ was the probability ratio, but from here on $r_t$ with its index is a reward; and TRPO's $\delta$, the limit on KL, has nothing but its name in common with the $\delta_t$ here. The papers overload both in the same way.
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

# %% [markdown] lang="ko" against="295ee0df"
# 버티는 동안은 예상보다 1씩 좋았고, 쓰러진 스텝에서는 앞으로 올 줄 알았던 3이 사라져 $1 + 0 - 3 = -2$입니다.
# 쓰러진 뒤에는 받을 것이 없으니 $V(s_{t+1})$을 더하지 않습니다. 아직 받지 않은 보상 대신 $V(s_{t+1})$을 쓰는 것을 **부트스트랩**(bootstrap)이라 하고, 쓰러진 스텝에서처럼 더하지 않는 것을 **부트스트랩을 끊는다**고 합니다.
#
# ## 2. 나중의 놀라움까지 더하기
#
# 쓰러진 것은 마지막 행동만의 탓일까요? 그 이전의 행동들에도 책임이 있을 것입니다. GAE(generalized advantage estimation)는 뒤에 오는 $\delta$들에, 한 스텝 멀어질 때마다 $\gamma\lambda$를 한 번씩 더 곱해서 더합니다. $\lambda$는 0과 1 사이에서 우리가 고르는 값이며, 뒤의 놀라움을 얼마나 이어받을지를 정합니다.
#
# $$A_t = \delta_t + (\gamma\lambda)\,\delta_{t+1} + (\gamma\lambda)^2\,\delta_{t+2} + \cdots$$
#
# 그대로 계산하면 스텝마다 끝까지 더해야 합니다. 뒤에서부터 $A_t = \delta_t + \gamma\lambda\, A_{t+1}$로 계산하면 한 번만 훑으면 됩니다.
# 먼저 정의대로 더해서 `ppo_edu.gae`의 재귀와 비교해 봅니다. (코드의 `never`는 시간 제한에 걸려 중단(truncated)된 스텝이 없다는 뜻입니다. 5절에서 다룹니다.)
#
# **예측** 두 결과는 어느 자리까지 같을까요?

# %% [markdown] lang="en" against="c0507819"
# While the pole stood, each step went better than expected by 1; in the step in which it fell, the 3 still to come were lost: $1 + 0 - 3 = -2$.
# Nothing follows the fall, so $V(s_{t+1})$ is not added. Taking $V(s_{t+1})$ for the rewards still to come is the **bootstrap**, and leaving it out is **cutting the bootstrap**.
#
# ## 2. Adding the surprises to come
#
# Is the last action alone to blame for the fall? The ones before had their share. GAE adds up the $\delta$s that follow, each weaker than the one before by a factor $\gamma\lambda$. We choose $\lambda$, between 0 and 1: how much of the surprises to come is taken over.
#
# $$A_t = \delta_t + (\gamma\lambda)\,\delta_{t+1} + (\gamma\lambda)^2\,\delta_{t+2} + \cdots$$
#
# Taken literally, every step adds up everything to the end. Going backwards with $A_t = \delta_t + \gamma\lambda\, A_{t+1}$ takes a single pass.
# Let us add up by the definition and compare with the recursion in `ppo_edu.gae`. (`never` in the code says that no step is truncated, which section 5 explains.)
#
# **Predict** To how many digits do the two agree?


# %% tags=["nbval-check-output"]
def gae_by_definition(deltas, gamma, lam):
    weights = (gamma * lam) ** np.arange(len(deltas))
    return np.array([weights[: len(deltas) - start] @ deltas[start:] for start in range(len(deltas))])


by_recursion = ppo_edu.gae(rewards, values, next_values, fell, never, gamma=1.0, lam=0.5)
print(gae_by_definition(deltas, gamma=1.0, lam=0.5), ppo_edu.t("lesson.by_definition"))
print(by_recursion, ppo_edu.t("lesson.by_recursion"))

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

# %% [markdown] lang="ko" against="94eb2ab8"
# - $\lambda = 0$: TD 오차 그 자체입니다. 다음 스텝 하나만 보고 나머지는 크리틱을 믿습니다. 크리틱이 틀리면 **편향**(bias)이 그대로 남습니다.
# - $\lambda = 1$: 실제로 받은 보상의 합에서 $V(s)$를 뺀 몬테카를로(Monte Carlo) 어드밴티지입니다. 이후의 $V$를 쓰지 않으니 거기서 오는 편향이 없습니다. 뺀 $V(s)$가 틀리면 그 상태의 모든 행동에 똑같은 오차가 남을 뿐, 어느 행동도 편들지 않습니다. 대신 나중에 일어나는 온갖 우연이 모두 섞여 **분산**(variance)이 큽니다.
#
# ## 4. 진짜 에피소드에서 움직여 보기
#
# CartPole에서 기록한 에피소드입니다. $\gamma$와 $\lambda$를 움직이면 $\delta$, 가중치 $(\gamma\lambda)^l$, 어드밴티지가 함께 움직입니다.
#
# **예측** $\lambda$를 1로 올리면 어드밴티지 곡선은 더 매끈해질까요, 더 들쭉날쭉해질까요? {smoother: 더 매끈해집니다 | 더 들쭉날쭉해집니다}

# %% [markdown] lang="en" against="391825e6"
# - $\lambda = 0$: the TD error itself. It looks at a single step and trusts the critic for the rest. Where the critic is wrong, its **bias** stays in.
# - $\lambda = 1$: the Monte Carlo advantage, the sum of the rewards that really came minus $V(s)$. It uses no later $V$, so errors there do not bias it; an error of $V(s)$ itself shifts all actions in that state alike and favours none. But all the chance of what follows is mixed in: its **variance** is large.
#
# ## 4. Move them on a real episode
#
# This episode was recorded in CartPole. Move $\gamma$ and $\lambda$, and the $\delta$s, the weights $(\gamma\lambda)^l$ and the advantages move together.
#
# **Predict** Raise $\lambda$ to 1. Does the curve of advantages become smoother, or more ragged? {smoother: smoother | more ragged}

# %%
explorers.gae()

# %% [markdown] lang="ko" against="f29dcfc3"
# 더 매끈해집니다. $\lambda$를 올리면 나중에 일어난 일이 이전 스텝들로 번져, 이웃한 스텝들이 거의 같은 $\delta$들을 더하기 때문입니다. (분산이 크다는 말은 곡선 하나가 들쭉날쭉하다는 뜻이 아니라, 에피소드를 새로 모을 때마다 값이 크게 달라진다는 뜻입니다.)
#
# 에피소드 끝의 큰 $\delta$ 하나는 얼마나 먼 이전 스텝까지 영향을 줄까요? $l$스텝 떨어진 $\delta$의 가중치가 10분의 1로 줄 때까지를 세어 봅니다.
#
# **예측** $\lambda = 1$이고 $\gamma = 0.99$일 때도 가중치가 10분의 1까지 줄까요? {without_end: 예 | 아니요}

# %% [markdown] lang="en" against="ab0673d0"
# Smoother. Raising $\lambda$ lets what happened later spread back to earlier steps, so neighbours add up nearly the same $\delta$s. (A large variance does not make a single curve ragged: it makes the values differ from one collected episode to the next.)
#
# How far back is the large $\delta$ at the end felt? Let us count the steps $l$ until its weight is down to a tenth.
#
# **Predict** With $\lambda = 1$ and $\gamma = 0.99$, does the weight ever fall to a tenth? {without_end: yes | no}

# %% tags=["nbval-check-output"]
print(ppo_edu.t("lesson.effective_gamma_header"))
for gamma, lam in ((0.99, 0.5), (0.99, 0.95), (0.9, 1.0), (0.99, 1.0), (0.999, 1.0)):
    steps_back = np.log(0.1) / np.log(gamma * lam)
    print(f"{gamma:5}  {lam:5}  {gamma * lam:9.4f}  {steps_back:12.0f}")

# %% [markdown] lang="ko" against="37aece53"
# 줄어듭니다. 얼마나 멀리까지인지는 $\lambda$ 혼자가 아니라 곱 $\gamma\lambda$가 정합니다. $\gamma = 0.99$, $\lambda = 1$이면 229스텝을 거슬러 가서 10분의 1이 됩니다. $\gamma = 0.9$이면 $\lambda$를 1까지 올려도 22스텝이면 10분의 1로 줄어듭니다. 그래서 $\lambda$만 보고 "얼마나 멀리까지"를 말할 수 없습니다.
#
# ## 5. 에피소드의 끝: 마스크 두 개
#
# 노트의 재귀에는 에피소드의 끝을 표시하는 마스크가 없습니다. 여러 에피소드가 한 배치에 들어와도 괜찮을까요?
#
# 1절의 다섯 스텝짜리 에피소드를 두 번 이어 붙여 봅니다. **예측** 마스크 없이 계산하면 첫 번째 에피소드의 어드밴티지가 달라질까요? {first_changes: 달라집니다 | 그대로입니다}

# %% [markdown] lang="en" against="3a9dc59b"
# It does: what decides is not $\lambda$ alone, but the product $\gamma\lambda$. With $\gamma = 0.99$ and $\lambda = 1$ a tenth is left after 229 steps. With $\gamma = 0.9$ it takes only 22, even at $\lambda = 1$. So $\lambda$ by itself does not say how far.
#
# ## 5. The end of an episode: two masks
#
# The recursion in the notes has no mask for the end of an episode. Does that matter when several episodes share a batch?
#
# We put the five-step episode of section 1 twice in a row. **Predict** Without a mask, do the advantages of the first episode change? {first_changes: they change | they stay as they were}


# %% tags=["nbval-check-output"]
def without_mask(deltas, gamma, lam):
    advantages, following = np.zeros_like(deltas), 0.0
    for step in reversed(range(len(deltas))):
        following = deltas[step] + gamma * lam * following
        advantages[step] = following
    return advantages


two = [np.tile(column, 2) for column in (rewards, values, next_values, fell, never)]
leaking, right = without_mask(np.tile(deltas, 2), gamma=1.0, lam=0.5), ppo_edu.gae(*two, gamma=1.0, lam=0.5)
for advantages, words in ((leaking, ppo_edu.t("lesson.no_mask")), (right, ppo_edu.t("lesson.with_masks"))):
    print("".join(f"{advantage:6.2f}" for advantage in advantages), "", words)

# %% [markdown] lang="ko" against="18b11960"
# 재귀에 마스크가 없으면 두 번째 에피소드에서 일어난 일이 첫 번째 에피소드로 새어 들어갑니다. 배치가 에피소드의 끝을 넘지 않을 때만 괜찮습니다. 위에서 $\delta$들은 이미 끝에서 부트스트랩이 끊겨 있었습니다. 이것은 다른 마스크입니다. 그래서 끝에서는 두 가지를 따로 물어야 합니다.
#
# | | 부트스트랩 $\gamma V(s_{t+1})$을 더하나요? | 재귀 $\gamma\lambda A_{t+1}$을 이어 가나요? |
# |---|---|---|
# | 계속되는 스텝 | 예 | 예 |
# | **종료(terminated)**: 막대가 쓰러짐 | 아니요. 뒤에 아무것도 없음 | 아니요. 다음 행은 다른 에피소드 |
# | **중단(truncated)**: 시간 제한 | **예**. 과제는 계속될 수 있었음 | 아니요. 다음 행은 다른 에피소드 |
# | **롤아웃(rollout)의 마지막 행**: 에피소드는 계속됨 | **예**. 모으기만 멈추었음 | 아니요. 뒤에 행이 없음 |
#
# **롤아웃**은 업데이트 한 번을 위해 모은 데이터 한 벌입니다. 스텝 $t$가 에피소드를 끝냈다는 표시는 라이브러리에 따라 `dones[t]`에 있기도 하고 `dones[t+1]`에 있기도 해서 늘 헷갈립니다. 여기서 `terminated[t]`는 "스텝 $t$가 에피소드를 끝냈다"는 뜻입니다.
#
# 넷째 행은 잊기 쉽지만 언제나 있습니다. 이 과정의 `ppo_edu.train`은 환경 128개에서 32스텝씩만 모으고 업데이트하니, 롤아웃마다 거의 모든 환경이 에피소드 중간에서 끊깁니다.
# 그렇다면 $\lambda = 1$은 여전히 몬테카를로일까요? 기록한 에피소드의 첫 32스텝을 롤아웃 하나로 잘라 봅니다.
#
# **예측** 첫 스텝의 어드밴티지는 에피소드 전체로 구한 몬테카를로 어드밴티지와 같을까요? {whole_episode: 같습니다 | 다릅니다}

# %% [markdown] lang="en" against="8a5b0a03"
# Where the recursion has no mask, what happens in the second episode leaks into the first; only a batch that never crosses an end is safe. The $\delta$s had their bootstrap cut at the end already: that is another mask. So two things must be asked at an end, one by one:
#
# | | Add the bootstrap $\gamma V(s_{t+1})$? | Carry on the recursion $\gamma\lambda A_{t+1}$? |
# |---|---|---|
# | a step that goes on | yes | yes |
# | **terminated**: the pole fell | no, nothing follows | no, the next row is another episode |
# | **truncated**: the time limit | **yes**, the task could have gone on | no, the next row is another episode |
# | **the last row of a rollout**: the episode goes on | **yes**, only the collecting stopped | no, there is no next row |
#
# A **rollout** is the data collected for one update. Some libraries store the mark that step $t$ ended the episode in `dones[t]`, others in `dones[t+1]`: a constant source of confusion. Here `terminated[t]` means that step $t$ ended the episode.
#
# The fourth row is easily forgotten, and always there. This course's `ppo_edu.train` collects no more than 32 steps from each of 128 environments before it updates, so in every rollout nearly all environments are cut in mid-episode.
# Is $\lambda = 1$ still Monte Carlo, then? We cut the first 32 steps of the recorded episode off as a rollout of their own.
#
# **Predict** Is the advantage of the first step the same as the Monte Carlo advantage from the whole episode? {whole_episode: the same | another}

# %% tags=["nbval-check-output"]
episode = recorded.episode("terminated")
rollout = {name: column[:32] for name, column in episode.items()}
discounts = 0.99 ** np.arange(len(episode["rewards"]))

of_rollout = discounts[:32] @ rollout["rewards"] - rollout["values"][0]
bootstrapped = of_rollout + 0.99**32 * rollout["next_values"][-1]
of_episode = discounts @ episode["rewards"] - episode["values"][0]
by_gae = recorded.advantages_of(rollout, 0.99, 1.0)[0]
print(f"{of_rollout:7.2f}  {ppo_edu.t('lesson.rewards_of_rollout')}")
print(f"{bootstrapped:7.2f}  {ppo_edu.t('lesson.rollout_and_bootstrap')}")
print(f"{by_gae:7.2f}  {ppo_edu.t('lesson.gae_of_rollout')}")
print(f"{of_episode:7.2f}  {ppo_edu.t('lesson.rewards_of_episode')}")

# %% [markdown] lang="ko" against="fedd0cee"
# 다릅니다. 롤아웃이 32스텝이면 $\lambda = 1$의 어드밴티지는 보상 32개를 할인해 더한 값에 $\gamma^{32} V(s_{32})$를 더하고 $V(s_0)$을 뺀 것입니다. $0.99^{32} \approx 0.72$이니 크리틱의 예상이 여전히 큰 부분을 차지합니다.
# $\lambda = 1$이 정말 몬테카를로가 되는 것은 롤아웃이 에피소드의 **종료**까지 이어질 때뿐입니다(중단에는 위의 표처럼 $V$가 더해집니다). 그래서 "$\lambda = 1$과 0.95는 별 차이가 없더라"는 비교는 롤아웃의 길이를 함께 밝혀야 의미가 있습니다.
#
# ## 6. 종료와 중단은 다릅니다
#
# 막대를 영원히 세우는 정책을 생각해 봅시다. $\gamma = 0.99$이면 가치는 언제나 $1 + 0.99 + 0.99^2 + \cdots = 100$이고, 크리틱도 100을 예상합니다.
# 다섯 스텝 뒤에 시간 제한으로 에피소드가 끊겼습니다. 모든 것이 예상대로이니 어드밴티지는 0이어야 합니다.
#
# **예측** 이 끊김을 종료로 잘못 다루면 어드밴티지는 얼마나 어긋날까요?

# %% [markdown] lang="en" against="d771950d"
# They differ. With a rollout of 32 steps, the advantage at $\lambda = 1$ is the discounted sum of 32 rewards, plus $\gamma^{32} V(s_{32})$, minus $V(s_0)$; and $0.99^{32} \approx 0.72$, so the critic's word still counts for a lot.
# $\lambda = 1$ is Monte Carlo only where a rollout goes on to the episode's end. A finding such as "$\lambda = 1$ does as well as 0.95" means little, therefore, unless it tells the length of the rollouts.
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
print(right.round(1) + 0.0, ppo_edu.t("lesson.taken_as_truncated"))
print(wrong.round(1), ppo_edu.t("lesson.taken_as_terminated"))

# %% [markdown] lang="ko" against="eafcf6f2"
# 완벽하게 버틴 다섯 스텝이 모두 **큰 잘못**으로 기록됩니다. 잘하는 정책일수록 시간 제한에 자주 닿으니, 이 실수는 실력이 늘수록 더 많은 어드밴티지를 망가뜨립니다.
# 기록해 둔 500스텝짜리 CartPole 에피소드에서도 같은 일이 벌어집니다.

# %% [markdown] lang="en" against="72f62adf"
# Five perfect steps are all booked as **grave mistakes**. The better a policy, the more often it reaches the time limit, so this bug spoils more advantages the more is learned.
# The same happens in a recorded CartPole episode of 500 steps.

# %%
figures.truncation_mistake()

# %% [markdown] lang="ko" against="09204dcc"
# 그렇다면 이 실수가 있는 채로 훈련하면 점수도 떨어질까요? `bootstrap_truncated=False`로 일부러 넣어 볼 수 있습니다. 시간 제한이 500스텝일 때와 50스텝일 때를 시드 열 개씩 훈련해 기록해 두었습니다. 제한이 50스텝이면 60,000스텝 가운데 20,000스텝쯤부터 거의 모든 에피소드가 제한에 걸립니다.
#
# **예측** 실수를 넣으면 어느 제한에서 점수가 떨어질까요? {limit: 500스텝 | 50스텝 | 둘 다 | 둘 다 아님}

# %% [markdown] lang="en" against="a3207a60"
# So does the return suffer if we train with this mistake? `bootstrap_truncated=False` switches it on. It was recorded for time limits of 500 and of 50 steps, ten seeds each. With a limit of 50 steps, nearly every episode is cut off from about the 20,000th of 60,000 steps on.
#
# **Predict** With which limit does the return fall with the mistake? {limit: 500 steps | 50 steps | both | neither}

# %% tags=["nbval-check-output"]
import functools

from ppo_edu.study import statistics

less = functools.partial(statistics.difference, statistics.interquartile_mean)
cut = recorded.truncation()
for limit in (500, 50):
    right, wrong = (cut[limit, bootstrap] for bootstrap in (True, False))
    found = {"right": right["own_limit"].mean(), "wrong": wrong["own_limit"].mean()}
    print(ppo_edu.t("printed.own_limit", limit=limit, **found))
right, wrong = (cut[50, bootstrap]["full_limit"] for bootstrap in (True, False))
low, high = statistics.bootstrap_interval(less, wrong, right)
print(ppo_edu.t("printed.full_limit", right=right.mean(), wrong=wrong.mean(), low=low, high=high))

# %% [markdown] lang="ko" against="060f6bfb"
# 어느 쪽도 아닙니다. 마지막 정책은 실수가 있든 없든 자기 제한을 거의 빠짐없이 채웁니다(가장 낮은 시드가 500스텝 가운데 498.6). 50스텝으로 배운 정책을 500스텝까지 세워 본 것이 마지막 줄입니다. 평균은 다르지만 차이(사분위간 평균(interquartile mean)의 차이)의 95% 구간에 0이 들어 있어, 시드 열 개로는 실수 탓인지 알 수 없습니다. (두 말의 뜻은 {lesson:how_sure}에서 배웁니다. 코드의 `bootstrap_interval`은 위의 부트스트랩과 이름만 같습니다.)
# CartPole에서는 **어드밴티지에는 크게 보이고, 자기 제한까지의 점수에는 보이지 않는** 실수입니다.
# "제한에 처음 닿을 때는 이미 다 배운 뒤라서 괜찮다"는 설명만으로는 모자랍니다. 제한이 50스텝이면 막대를 겨우 50스텝 세울 줄 알 때부터 제한에 걸리는데도 점수가 떨어지지 않았으니까요. 위의 계산에서 알 수 있는 것은 하나입니다. 두 행동이 모두 제한까지 버틴다면, 벌은 남은 스텝 수에만 달려 있으니 두 행동이 똑같이 받습니다. 그것이 이유의 전부인지는 **재지 않았습니다**.
# 점수가 멀쩡하다고 코드가 옳은 것은 아닙니다. 다른 과제에서도 이렇게 넘어갈 수 있을지는 재어 보기 전에는 모릅니다.
#
# ## 7. $\lambda$는 무엇과 무엇을 맞바꿀까요? 재어 봅시다
#
# "편향과 분산을 맞바꾼다"는 말은 어디에나 있지만, 실제로 재어 보는 일은 드뭅니다. 무엇을 재야 할까요? 한 상태에서 두 행동의 어드밴티지가 함께 10씩 어긋나도, 정책이 평균적으로 움직이는 방향은 그대로입니다.
# 정책을 움직이는 것은 **차이** $A(s, \text{오른쪽}) - A(s, \text{왼쪽})$입니다. 이 차이에서는 $V(s)$가 사라지고, 부호가 바뀌면 정책은 거꾸로 갑니다.
#
# 그래서 반쯤 배운 정책 열 개(시드 열 개)의 상태 24개씩에서 **두 행동을 모두** 256번씩 해 보고, 그때마다 GAE로 어드밴티지를 구해 두었습니다. 참값은 실제로 받은 보상으로 구한 차이입니다.
# 편향은 데이터를 아무리 모아도 그대로 남지만, 분산은 샘플 $N$개를 평균하면 $N$분의 1이 됩니다. 슬라이더로 $N$을 움직여 보세요.
#
# **예측** 샘플이 하나뿐일 때 오차가 가장 작은 $\lambda$는 어디일까요? 100개일 때는 어느 쪽으로 움직일까요?

# %% [markdown] lang="en" against="22aca379"
# With neither. With the mistake or without, the final policy lasts to its own limit nearly every time (the lowest seed averages 498.6 of 500). The last line lets the policies that learned with 50 steps go on to 500. The means differ, but the 95% interval of the difference (of interquartile means) holds 0: ten seeds do not show whether the mistake is to blame. ({lesson:how_sure} explains both; `bootstrap_interval` in the code shares no more than the name with the bootstrap above.)
# In CartPole it is a mistake that is **large in the advantages, and invisible in the return up to the limit it learned with**.
# "It had learned everything before it first met the limit" does not explain that: with 50 steps it met the limit when it could barely balance for so long, and the return did not fall either. One thing follows from the computation above: where both actions last until the limit, the blame depends on nothing but the number of steps left, so both get the same. Whether this is all the reason **was not measured**.
# A good return does not prove the code right. Whether another task is as lenient, nobody knows before measuring.
#
# ## 7. What does $\lambda$ trade for what? Measure it
#
# "It trades bias for variance" is said everywhere and measured hardly anywhere. What should be measured? If in some state the advantages of both actions are wrong by the same 10, the policy moves the same way on average.
# What moves it is the **difference** $A(s, \text{right}) - A(s, \text{left})$. In it $V(s)$ cancels; and where its sign is wrong, the policy goes the wrong way.
#
# So in 24 states of each of ten half-trained policies (ten seeds), **both actions** were tried 256 times, and each time GAE made an advantage of it. The truth is the difference by the rewards that really came.
# Bias stays, however much data is collected; variance falls to $1/N$ of itself when $N$ samples are averaged. Move $N$ by the slider.
#
# **Predict** With a single sample, which $\lambda$ has the smallest error? And to which side does it move with 100?

# %%
explorers.lambda_trade()

# %% [markdown] lang="ko" against="7af90b93"
# 반쯤 배운 정책(훈련을 멈춘 점수 120)에서 읽어 봅시다.
#
# - $\lambda = 0$에서는 분산이 0입니다. CartPole은 같은 행동에 늘 같은 다음 상태를 주니까요. 대신 편향의 제곱이 21.5인데, 두 행동의 실제 차이를 제곱해 평균한 값이 21.4입니다. **차이를 하나도 보지 못한 것과 같습니다.**
#   부호도 53%의 상태에서만 맞아(정책 열 개를 복원추출해 구한 95% 구간 36~73%) 동전 던지기와 구별되지 않습니다.
# - $\lambda = 0.95$에서는 편향의 제곱이 6.2로 줄고 94%(88~100%)의 상태에서 부호가 맞습니다. 그 대신 샘플 하나의 분산이 36입니다. $\lambda = 1$이면 편향은 없고 분산은 337입니다. (참값도 $\lambda = 1$로 구한 것이라 부호는 저절로 100%입니다.)
# - **최선의 $\lambda$는 하나가 아닙니다.** $N = 1$이면 0.8, 10이면 0.95, 100이면 0.99, 500부터는 1입니다. 데이터가 많을수록 편향 없는 쪽이 이깁니다. 정책마다 최선이 다르다는 것도 가는 선에 보입니다. $N = 1$일 때는 0에서 0.9까지 흩어집니다.
#
# 훈련을 멈춘 점수를 200으로 바꾸어도 모양은 같습니다. 흔히 쓰는 0.95는 비슷한 상태의 샘플이 열 개쯤 함께 한 방향을 정할 때 알맞은 값인 셈입니다.
# 부호는 두 행동의 차이가 표준오차의 세 배를 넘어 어느 쪽이 나은지 확실한 상태(240개 가운데 103개)에서만 세었습니다.
#
# ## 8. 논문의 식 확인하기
#
# PPO 논문의 식 (11)은 유한한 길이의 GAE(truncated GAE)를 이렇게 적습니다.
#
# $$\hat A_t = \delta_t + (\gamma\lambda)\delta_{t+1} + \cdots + (\gamma\lambda)^{T-t+1}\delta_{T-1}$$
#
# 마지막 지수를 확인해 봅시다. $T = 5$, $t = 0$에서 마지막 항만 남기면($\delta_4 = 1$, 나머지는 0) $A_0$이 바로 그 가중치입니다.
#
# **예측** $\gamma\lambda = 0.5$일 때 가중치는 $0.5^{T-t+1} = 0.5^6$일까요? {exponent: 예 | 아니요}

# %% [markdown] lang="en" against="d021f6f2"
# Let us read it for the half-trained policies (trained to a return of 120).
#
# - At $\lambda = 0$ there is no variance: in CartPole, the same action always leads to the same next state. But the squared bias is 21.5, and the true differences, squared, average 21.4. **It is as if no difference had been seen at all.**
#   The sign is right in 53% of the states (95% interval, by resampling the ten policies: 36 to 73%), which cannot be told from tossing a coin.
# - At $\lambda = 0.95$ the squared bias is down to 6.2, and the sign is right in 94% of the states (88 to 100%); but a single sample has a variance of 36. At $\lambda = 1$ there is no bias, and a variance of 337. (The truth is made with $\lambda = 1$, too, so its sign is right by construction.)
# - **There is no one best $\lambda$.** For $N = 1$ it is 0.8, for 10 it is 0.95, for 100 it is 0.99, and from 500 on it is 1: the more data, the more it pays to have no bias. And the policies differ, as the thin lines show: for $N = 1$ the best $\lambda$ of the single policies ranges from 0 to 0.9.
#
# Trained to a return of 200 instead, the policies show the same shape. The usual 0.95, then, suits where some ten samples of similar states decide together which way to go.
# Signs were counted only in states where the difference is more than three standard errors, so that it is clear which action is better (103 of 240).
#
# ## 8. Checking an equation of the paper
#
# Equation (11) of the PPO paper writes the truncated GAE like this.
#
# $$\hat A_t = \delta_t + (\gamma\lambda)\delta_{t+1} + \cdots + (\gamma\lambda)^{T-t+1}\delta_{T-1}$$
#
# Let us check the last exponent. With $T = 5$ and $t = 0$, keep the last term only ($\delta_4 = 1$, all others 0): then $A_0$ is its weight.
#
# **Predict** For $\gamma\lambda = 0.5$, is the weight $0.5^{T-t+1} = 0.5^6$? {exponent: yes | no}

# %% tags=["nbval-check-output"]
T, zero = 5, np.zeros(5)
only_last = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
weight = ppo_edu.gae(only_last, zero, zero, never, never, gamma=1.0, lam=0.5)[0]
print("gae       ", weight)
print("0.5^(T-1) ", 0.5 ** (T - 1))
print("0.5^(T+1) ", 0.5 ** (T + 1))

# %% [markdown] lang="ko" against="d5bea814"
# 옳은 지수는 $T-t-1$입니다. $\delta_{T-1}$은 $t$에서 $T-1-t$스텝 떨어져 있으니까요. 논문의 오타이고, 바로 위의 식 (10)도 마지막 보상에 $\gamma^{T-t+1} r_{T-1}$이라고 똑같은 지수를 붙였습니다. 식을 옮겨 적을 때 조심하세요.

# %% [markdown] lang="en" against="f96d1ef6"
# The right exponent is $T-t-1$: from $t$ to $\delta_{T-1}$ it is $T-1-t$ steps. It is a misprint, and equation (10), just above, has it, too, at its last reward: $\gamma^{T-t+1} r_{T-1}$. Take care when you copy the equations.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 작성해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="96b0d501"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="27d193af"
# ### 연습 · TD 오차
#
# 스텝마다 TD 오차를 구하는 함수를 작성해 보세요. 입력은 모두 길이가 $T$인 배열입니다. `next_values[t]`는 스텝 $t$가 실제로 도착한 상태의 가치이고,
# `terminated[t]`는 스텝 $t$가 에피소드를 끝냈으면 `True`입니다. 힌트: `ppo_edu.hint("td_errors", 1)`.

# %% [markdown] lang="en" against="a1bce7f9"
# ### Exercise · The TD errors
#
# Write the function that returns the TD error of each step. All inputs are arrays of length $T$. `next_values[t]` is the value of the state that
# step $t$ really reached, and `terminated[t]` is `True` if step $t$ ended the episode. For help: `ppo_edu.hint("td_errors", 1)`.


# %% tags=["exercise-td_errors"]
def td_errors(rewards, values, next_values, terminated, gamma): ...


# %%
ppo_edu.check("td_errors", td_errors)

# %% [markdown] lang="ko" against="b579cc94"
# ### 연습 · $\lambda$의 두 끝 사이 (예측)
#
# 크리틱은 $s_1$의 가치만 10만큼 **높게** 잡고, 나머지 상태의 가치는 정확히 맞힙니다. 에피소드는 $s_0$에서 시작해 오래 이어집니다. $\gamma = 0.9$, $\lambda = 0.8$일 때 $A_0$은 이 오차 때문에 얼마나 커질까요?
# $\lambda = 0$일 때와 $\lambda = 1$일 때를 먼저 생각해 보고, `...` 자리에 값을 적으세요(작아진다면 음수).

# %% [markdown] lang="en" against="14921f76"
# ### Exercise · Between the two ends of $\lambda$ (predict)
#
# The critic puts the value of $s_1$ too **high** by 10 and is right about every other state. The episode begins in $s_0$ and goes on for long. With $\gamma = 0.9$ and $\lambda = 0.8$, by how much does this error make $A_0$ larger?
# Think of $\lambda = 0$ and of $\lambda = 1$ first, then put the number in place of the `...` (negative, if $A_0$ becomes smaller).

# %% tags=["exercise-lambda_ends"]
lambda_ends = ...

# %%
ppo_edu.check("lambda_ends", lambda_ends)

# %% [markdown] lang="ko" against="ece6702d"
# ### 연습 · 시간 제한에 걸린 스텝 (기록 읽기)
#
# 배치에서 이어지는 두 행입니다. 행 $t$에서 시간 제한으로 에피소드가 중단되었고, 다음 행에는 다른 에피소드가 이어집니다.
#
# | 행 | $r$ | $V(s)$ | $V(s')$ | `terminated` | `truncated` | $A$ |
# |---|---|---|---|---|---|---|
# | $t$ | 1 | 40 | 50 | `False` | `True` | ? |
# | $t + 1$ | 1 | 30 | 32 | `False` | `False` | 16 |
#
# $V(s')$은 그 행의 스텝이 실제로 도착한 상태의 가치입니다. $\gamma = 0.9$, $\lambda = 0.5$일 때 물음표 자리의 값은 얼마일까요? `...` 자리에 적으세요.

# %% [markdown] lang="en" against="e18079c8"
# ### Exercise · A step at the time limit (read a log)
#
# These are two rows of a batch, one after the other. In row $t$ a time limit cut the episode off; the next row belongs to another episode.
#
# | row | $r$ | $V(s)$ | $V(s')$ | `terminated` | `truncated` | $A$ |
# |---|---|---|---|---|---|---|
# | $t$ | 1 | 40 | 50 | `False` | `True` | ? |
# | $t + 1$ | 1 | 30 | 32 | `False` | `False` | 16 |
#
# $V(s')$ is the value of the state that the row's step really reached. With $\gamma = 0.9$ and $\lambda = 0.5$, which number stands in place of the question mark? Put it in place of the `...`.

# %% tags=["exercise-time_limit"]
time_limit = ...

# %%
ppo_edu.check("time_limit", time_limit)

# %% [markdown] lang="ko" against="f96bfc7e"
# ### 연습 · GAE
#
# 이제 마스크 두 개를 모두 넣어 GAE의 재귀를 직접 작성해 보세요. 배치 하나에 여러 에피소드가 이어져 있을 수 있습니다.
# 입력은 길이가 $T$인 배열이고, 결과도 그렇습니다. 힌트: `ppo_edu.hint("gae", 1)`.

# %% [markdown] lang="en" against="bbb6fe66"
# ### Exercise · GAE
#
# Now write the GAE recursion yourself, with both masks. A batch may hold several episodes in a row.
# The inputs are arrays of length $T$, and so is the result. For help: `ppo_edu.hint("gae", 1)`.


# %% tags=["exercise-gae"]
def gae(rewards, values, next_values, terminated, truncated, gamma, lam): ...


# %%
ppo_edu.check("gae", gae)

# %% [markdown] lang="ko" against="570080d5"
# ## 정리
#
# - $\delta_t$는 한 스텝의 놀라움, GAE는 뒤따르는 놀라움에 $\gamma\lambda$를 거듭 곱해 더한 값입니다. 얼마나 멀리까지 번지는지는 $\gamma\lambda$가 정합니다.
# - $\lambda = 0$은 크리틱을, $\lambda = 1$은 실제 보상을 믿습니다. 어디가 최선인지는 샘플을 몇 개나 평균하는지에 달려 있습니다(7절).
# - 마스크는 두 개입니다. 부트스트랩은 **종료**에서만 끊고, 재귀는 **종료와 중단 모두**에서 끊습니다. 롤아웃의 마지막 행은 부트스트랩만 하고, 뒤에 이을 것이 없습니다.
#
# ## 노트와 비교하면
#
# - 노트의 재귀는 옳습니다. 다만 에피소드의 끝을 표시하는 마스크가 없어서, 배치가 끝을 넘지 않을 때만 맞습니다(5절).
# - 노트는 에폭(epoch)마다 움직이는 크리틱으로 $\delta$를 다시 계산합니다. 그렇게 하는 라이브러리도 있지만, 논문은 모을 때의 크리틱으로 한 번만 계산합니다.
# - "$\delta$를 누적으로 곱해서"라는 설명은 "가중치를 줄여 가며 **더해서**"로 읽는 것이 정확합니다.
#
# **다음** {lesson:full_training}에서 이 조각들을 모두 모아 배우는 프로그램을 만듭니다.

# %% [markdown] lang="en" against="708936de"
# ## Summary
#
# - $\delta_t$ is the surprise of one step; GAE adds the surprises that follow, each weaker by $\gamma\lambda$, and this product decides how far they spread.
# - $\lambda = 0$ trusts the critic, $\lambda = 1$ the rewards that came. Which is best depends on how many samples are averaged (section 7).
# - There are two masks. Only **termination** cuts the bootstrap; **termination and truncation both** cut the recursion. The last row of a rollout keeps its bootstrap and has nothing after it.
#
# ## Beside the notes
#
# - The recursion in the notes is right. But without a mask for the end of an episode it holds only while a batch does not cross one (section 5).
# - The notes compute $\delta$ anew in every epoch, with the critic as it moves. Some libraries offer that; the paper computes it once, with the critic that collected.
# - Where the notes say that the $\delta$s are multiplied up, read: **added** up, with shrinking weights.
#
# **Next** In {lesson:full_training} all the pieces come together in a program that learns.

# %% [markdown] lang="ko" tags=["teacher"] against="7f13b1d4"
# **목표** TD 오차와 GAE를 손으로 계산하고, 마스크 두 개를 구별하며, "어느 λ가 좋은가"라는 질문에 "샘플을 몇 개나 평균하는가"라고 되묻습니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:한 스텝의 놀라움} | 4 | 4 | **예측하게 하기** 혼자 다른 스텝과 그 부호를 종이에 적습니다. 값은 다섯 개뿐입니다. | "모두 1이다." 막대가 넘어질 때 크리틱은 아직 무엇을 기대하고 있었나요? |
# | {section:나중의 놀라움} | 3 | 3 | **해 보게 하기** $\lambda = 0.5$로 마지막 스텝부터 거꾸로 계산합니다. | 첫 스텝부터 시작합니다. 다른 $A$를 몰라도 되는 $A$는 어느 것인가요? |
# | {section:두 끝} | 2 | 2 | **예측하게 하기** $\lambda = 0$일 때의 $A$. | "0이 된다." 어느 항이 남나요? |
# | {section:진짜 에피소드} | 5 | 4 | **예측하게 하기** 매끄러워질지 들쭉날쭉해질지 버튼으로 정하고, 둘씩 $\gamma$와 $\lambda$를 움직입니다. | "분산이 커지니 들쭉날쭉해진다." 무엇과 무엇 사이의 분산인가요? 이웃한 스텝이 아니라 에피소드 사이입니다. |
# | {section:마스크 두 개} | 7 | 6 | **예측하게 하기** 첫 에피소드의 값이 바뀔지 묻습니다. 그다음 표를 한 행씩 읽고 다 같이 예, 아니요로 답합니다. | "중단도 똑같은 끝이다." 막대는 더 서 있을 수 있었나요? 롤아웃의 마지막 행은 잊기 쉽습니다. 128판 가운데 32스텝 안에 끝나는 판은 몇이나 될까요? |
# | {section:종료와 중단은} | 4 | 4 | **예측하게 하기** 완벽한 다섯 스텝의 어드밴티지가 얼마나 틀릴지. | "조금." -77.5에서 -99입니다. 점수에 나타날까요? CartPole에서는 나타나지 않습니다. |
# | {section:맞바꿀까요} | 6 | - | **해 보게 하기** $N$ 슬라이더. | "0.95가 가장 좋다." $N = 10$일 때 그렇습니다. $N = 1$이면(0.8) 그리고 100이면(0.99)? |
# | {section:식 확인} | 2 | - | **보여 주기** 식을 의심하는 방법의 예로 보여 줍니다. 항 하나만 남겨 봅니다. | "논문이니 맞겠지." |
# | {section:연습} | 25 | 15 | **해 보게 하기** TD 오차와 시간 제한에 걸린 스텝은 함께, GAE는 집에서 또는 빨리 끝낸 사람이. | |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | {section:노트와 비교하면} | 1 | - | **보여 주기** 노트를 아는 사람에게. | |
# | 이야기 | 10 | 5 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 재어 보는 섹션과 오타를 빼고, "가장 좋은 λ 하나는 없고, 샘플이 많을수록 편향이 없는 쪽이 낫다"는 말만 합니다. 에피소드의 끝을 다루는 두 섹션은 빼지 마세요. PPO 프로그램이 가장 자주 틀리는 곳입니다.
#
# ## 토론거리
#
# 1. **마스크는 왜 하나가 아니라 둘일까요?** 서로 다른 질문에 답하기 때문입니다. *과제*가 이어졌을까요? (부트스트랩. 종료일 때만 아니라고 답합니다.) 다음 행이 같은 *에피소드*일까요? (재귀. 어떤 끝이든 아니라고 답합니다.)
# 2. **시간 제한을 종료로 잘못 알아도 CartPole의 점수에는 나타나지 않습니다. 그래도 고쳐야 할까요?** 점수가 좋다고 코드가 맞는 것은 아닙니다. 다른 과제에서도 괜찮을지는 재어 보기 전에는 모릅니다.
# 3. **$\lambda = 1$은 몬테카를로일까요?** 롤아웃이 에피소드 끝까지 갈 때만 그렇습니다. 32스텝 뒤에는 크리틱의 말이 $0.99^{32} \approx 0.72$만큼 들어 있습니다. 레슨의 예에서는 26.03이 아니라 12.52가 나옵니다.
#
# ## 연습, 이 순서로
#
# `td_errors`와 `gae`의 점검이 실수를 가장 많이 압니다. 틀리게 두고 메시지를 읽게 하세요. 모두에게 묻기에는 "시간 제한에 걸린 스텝"이 가장 좋습니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="c529b8cd"
# **Aim** Everybody can compute a TD error and the GAE recursion by hand, knows the two masks, and answers "which lambda?" with "how many samples are averaged?".
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:surprise of one step} | 4 | 4 | **Have them predict** the odd step and its sign, on paper: five numbers. | "All 1", or the last one 1. Ask: what did the critic still expect when the pole fell? |
# | {section:surprises to come} | 3 | 3 | **Have them try** by hand: from the last step backwards with $\lambda = 0.5$. | They start at the front. Ask which $A$ needs no other $A$. |
# | {section:two ends} | 2 | 2 | **Have them predict** $\lambda = 0$. | "$\lambda = 0$ gives 0." Ask which term is left. |
# | {section:real episode} | 5 | 4 | **Have them predict** smoother or more ragged (buttons), then let pairs move $\gamma$ and $\lambda$. | "More ragged: the variance is larger." Ask: variance between what? Between episodes, not between neighbours. |
# | {section:two masks} | 7 | 6 | **Have them predict** whether the first episode changes. Then read the table of four rows aloud, row by row, the class says yes or no. | "Truncated is an end like any other." Ask: could the pole have stood longer? And the last row of a rollout is forgotten: ask how many of 128 games end in 32 steps. |
# | {section:Terminated is not} | 4 | 4 | **Have them predict** how far off five perfect steps are. | "A little." They are at -77.5 to -99. Ask: does it show in the return? It does not, in CartPole. |
# | {section:trade for what} | 6 | - | **Have them try** the slider $N$. | "0.95 is best." It is best for $N = 10$. Ask for $N = 1$ (0.8) and 100 (0.99). |
# | {section:Checking an equation} | 2 | - | **Show** it, as an example of how to doubt a formula: keep one term. | "The paper will be right." |
# | {section:Exercises} | 25 | 15 | **Have them try** TD errors and the step at the time limit in class, GAE at home or by whoever is quick. | |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | {section:Beside the notes} | 1 | - | **Show** it to those who know the notes. | |
# | Talk | 10 | 5 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Cut the measured trade and the misprint; say the one sentence "there is no one best $\lambda$: the more samples, the more it pays to have no bias". Keep both sections on ends: more programs go wrong there than anywhere else in PPO.
#
# ## To discuss
#
# 1. **Why are two masks needed, and not one?** They answer two questions. Did something follow in the *task*? (bootstrap: only a termination says no.) Is the next row the same *episode*? (recursion: any end says no.)
# 2. **The mistaken time limit cannot be seen in CartPole's return. Then why mend it?** Because a return does not prove the code right. Whether another task is as lenient, nobody knows before measuring.
# 3. **Is $\lambda = 1$ Monte Carlo?** Only where the rollout goes on to the episode's end. After 32 steps, $0.99^{32} \approx 0.72$ of the critic's word is left in it: 12.52 instead of 26.03 in the lesson's example.
#
# ## Exercises, in this order
#
# The checks of `td_errors` and `gae` know most mistakes of all: let people be wrong and read. "A step at the time limit" is the best question for the whole class.
#
# {exercises}
#
# ## What computes
#
# {machine}
