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

# %% [markdown] lang="ko" against="72b295c4"
# # {title}
#
# **이 레슨의 질문** 이전 정책이 모은 데이터를 어떻게 다시 쓸 수 있을까요?
#
# **먼저 알아 둘 것** 확률분포와 기댓값, 정책 $\pi(a|s)$가 상태 $s$에서 행동 $a$를 고를 확률이라는 것.
#
# **걸리는 시간** 20분쯤
#
# 데이터를 모으는 일은 비쌉니다. 그런데 정책을 한 번 업데이트하고 나면 손에 든 데이터는 이미 *이전* 정책의 것입니다. 버리지 않고
# 쓰려면 두 정책의 차이를 셈에 넣어야 합니다. 그 일을 수 하나가 합니다. 바로 확률 비율(probability ratio)입니다.

# %% [markdown] lang="en" against="9d77dd1b"
# # {title}
#
# **The question** How can we reuse data that the old policy collected?
#
# **What you need first** Probability distributions and expectations, and that a policy $\pi(a|s)$ is the probability of taking action $a$ in state $s$.
#
# **Time** about 20 minutes
#
# Collecting data is expensive. But after one update of the policy, the data in hand already belongs to the *old* policy. To use it
# instead of throwing it away, we must account for the difference between the two. One number does this: the probability ratio.

# %% tags=["language"]
import numpy as np

import ppo_edu
from ppo_edu import explorers, recorded

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="501edfc7"
# ## 1. 하지 않은 실험의 결과를 알아내기
#
# 행동이 셋이고, 각각의 보상은 1, 2, 5입니다. 이전 정책은 셋을 0.5, 0.3, 0.2의 확률로 고르고, 새 정책은 0.3, 0.3, 0.4로 고릅니다.
#
# **예측** 새 정책의 평균 보상은 얼마일까요? 새 정책으로 *한 번도 행동하지 않고* 그 값을 알아낼 수 있을까요?

# %% [markdown] lang="en" against="214346f9"
# ## 1. The result of an experiment never made
#
# There are three actions, worth 1, 2 and 5. The old policy takes them with probabilities 0.5, 0.3 and 0.2, the new one with 0.3, 0.3 and 0.4.
#
# **Predict** What is the mean reward of the new policy? Can we find it *without ever acting* by the new policy?

# %% tags=["nbval-check-output"]
old, new = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])
reward = np.array([1.0, 2.0, 5.0])
rng = np.random.default_rng(0)

from_new = rng.choice(3, size=100_000, p=new)
from_old = rng.choice(3, size=100_000, p=old)
ratio = ppo_edu.probability_ratio(np.log(new[from_old]), np.log(old[from_old]))

print(f"E_new[R]          {new @ reward:.4f}")
print(f"E_new[R]  ~ new   {reward[from_new].mean():.4f}")
print(f"E_old[R]  ~ old   {reward[from_old].mean():.4f}")
print(f"E_old[rR] ~ old   {(ratio * reward[from_old]).mean():.4f}")

# %% [markdown] lang="ko" against="fba62b69"
# 세 번째 줄처럼 이전 정책의 샘플을 그냥 평균하면 엉뚱한 답이 나옵니다. 샘플마다 비율을 곱하면(네 번째 줄) 새 정책으로 직접 모은 것과 같은 답이
# 나옵니다. 이것이 **중요도 샘플링**(importance sampling)입니다.
#
# $$\mathbb{E}_{a \sim \pi_\theta}[R(a)] = \sum_a \pi_{old}(a)\,\frac{\pi_\theta(a)}{\pi_{old}(a)}\,R(a) = \mathbb{E}_{a \sim \pi_{old}}[\,r(a)\,R(a)\,]$$
#
# 이전 정책이 드물게 고르던 행동을 새 정책이 자주 고른다면, 그 드문 샘플이 그만큼 여러 몫을 합니다.

# %% [markdown] lang="en" against="063c3fa4"
# Simply averaging the old policy's samples (third line) gives a wrong answer. Weighing each by its ratio (fourth line) gives the same answer as
# collecting with the new policy. This is **importance sampling**.
#
# $$\mathbb{E}_{a \sim \pi_\theta}[R(a)] = \sum_a \pi_{old}(a)\,\frac{\pi_\theta(a)}{\pi_{old}(a)}\,R(a) = \mathbb{E}_{a \sim \pi_{old}}[\,r(a)\,R(a)\,]$$
#
# If the new policy often takes what the old one took rarely, each of those rare samples has to speak for many.

# %% [markdown] lang="ko" against="10b9adbe"
# ## 2. 언제 무너질까요?
#
# 식은 늘 옳지만, 샘플이 유한하면 사정이 다릅니다. 정책이 멀어지면 비율 몇 개가 나머지를 모두 눌러 버립니다.
# **유효 샘플 수(effective sample size)** $(\sum r)^2 / \sum r^2$은 "샘플 몇 개어치의 정보가 남았는가"를 알려 줍니다.
#
# 평균이 0인 정규분포 정책에서 샘플 10,000개를 뽑고, 새 정책의 평균을 조금씩 옮겨 보겠습니다(표준편차는 둘 다 1).
#
# **예측** 평균이 표준편차 두 개만큼 떨어지면 10,000개 가운데 몇 개어치가 남을까요?

# %% [markdown] lang="en" against="8e9bf15c"
# ## 2. When does it break?
#
# The formula is always right, but with finitely many samples it is not always of use. As the policies part, a few ratios outweigh all the others.
# The **effective sample size** $(\sum r)^2 / \sum r^2$ tells how many samples' worth of information is left.
#
# We draw 10,000 samples from a normal policy with mean 0 and move the mean of the new policy away, step by step (both have standard deviation 1).
#
# **Predict** With the means two standard deviations apart, how many of the 10,000 are left?

# %% tags=["nbval-check-output"]
def log_normal(x, mean):
    return -0.5 * (x - mean) ** 2 - 0.5 * np.log(2 * np.pi)


x = rng.normal(size=10_000)
print("shift     ESS   max r   E[x]")
for shift in (0.0, 0.1, 0.5, 1.0, 2.0, 3.0):
    ratio = ppo_edu.probability_ratio(log_normal(x, shift), log_normal(x, 0.0))
    ess = ratio.sum() ** 2 / (ratio**2).sum()
    print(f"{shift:5.1f}  {ess:6.0f}  {ratio.max():6.1f}  {(ratio * x).mean():5.2f}")

# %% [markdown] lang="ko" against="4371ee55"
# 마지막 열은 새 정책의 평균을 어림한 값이니 `shift`와 같아야 합니다. 가까울 때는 잘 맞지만, 3까지 떨어지면 샘플 만 개 가운데
# 백 개어치도 남지 않고 어림값도 크게 틀립니다. 그래서 PPO는 데이터를 다시 쓰되 **정책이 너무 멀어지기 전까지만** 씁니다.
# 그 선을 긋는 방법이 클리핑입니다({lesson:clip_and_min}).
#
# ## 3. 왜 나누지 않고 로그를 뺄까요?
#
# 노트의 코드에는 `a/b == exp(log(a)-log(b))`라는 주석이 있습니다. 종이 위에서는 같은 식입니다. 컴퓨터에서도 같을까요?
# 이산 행동 하나의 확률은 별문제가 없지만, 행동의 성분이 많으면 확률(밀도)은 그 곱이라 금세 작아집니다.
#
# **예측** 성분이 60개이고 각각의 확률이 새 정책에서 0.11, 이전 정책에서 0.10입니다. 비율은 $1.1^{60} \approx 304$입니다. float32로는?

# %% [markdown] lang="en" against="a59813b4"
# The last column estimates the mean of the new policy, so it should equal `shift`. Near by it does; at a distance of 3 not even a hundred of the ten
# thousand samples are left, and the estimate is far off. So PPO reuses its data, but **only while the policy stays near**. Clipping draws that line ({lesson:clip_and_min}).
#
# ## 3. Why subtract logarithms instead of dividing?
#
# The notes' code carries the comment `a/b == exp(log(a)-log(b))`. On paper they are the same. In a computer, too?
# One discrete action is harmless. But the probability (or density) of an action with many components is a product, and soon becomes tiny.
#
# **Predict** There are 60 components, each of probability 0.11 under the new policy and 0.10 under the old. The ratio is $1.1^{60} \approx 304$. And in float32?

# %% tags=["nbval-check-output"]
new_parts, old_parts = np.full(60, 0.11, dtype=np.float32), np.full(60, 0.10, dtype=np.float32)
with np.errstate(invalid="ignore"):
    print("a / b              ", new_parts.prod() / old_parts.prod())
ratio = ppo_edu.probability_ratio(np.log(new_parts).sum(), np.log(old_parts).sum())
print(f"exp(log a - log b)  {ratio:.1f}")

# %% [markdown] lang="ko" against="db3695f5"
# 두 곱 모두 float32가 나타낼 수 있는 가장 작은 수보다 작아서 0이 되고, $0/0$은 `nan`입니다. 로그로는 $-132$와 $-138$쯤이라 아무 문제가 없습니다.
#
# 노트의 코드는 `softmax`로 확률을 낸 뒤 `log`를 취합니다. **예측** 로짓이 0과 $-200$이면 `log(softmax(x))`는 무엇이 될까요?

# %% [markdown] lang="en" against="33134c54"
# Both products are smaller than the smallest number that float32 can hold, so they become 0, and $0/0$ is `nan`. Their logarithms are about $-132$ and $-138$: no trouble at all.
#
# The code in the notes takes a `softmax` and then its `log`. **Predict** With logits of 0 and $-200$, what is `log(softmax(x))`?

# %% tags=["nbval-check-output"]
logits = np.array([0.0, -200.0], dtype=np.float32)
softmax = np.exp(logits) / np.exp(logits).sum()
with np.errstate(divide="ignore"):
    print("log(softmax(x))", np.log(softmax))
print("log_softmax(x) ", logits - np.logaddexp.reduce(logits))

# %% [markdown] lang="ko" against="1b33f3c5"
# `softmax`가 0으로 반올림한 확률의 로그는 $-\infty$이고, 거기서 나오는 그래디언트는 `nan`이 됩니다. 로그에서 곧바로 빼는 `log_softmax`는 안전합니다.
#
# ## 4. 첫 미니배치에서 비율은 정확히 1
#
# 자주 나오는 질문입니다. "업데이트를 막 시작할 때는 새 정책과 이전 정책이 같으니 비율이 모두 1인데, 그래디언트는 어디서 나오나요?"
#
# CartPole에서 모은 배치로 확인합니다. 비율로 만든 PPO 목적함수의 그래디언트와, 비율이 없는 정책 그래디언트(policy gradient)
# $\nabla\, \mathrm{mean}(\log \pi_\theta(a|s)\, A)$를 나란히 구합니다.
#
# **예측** 둘은 얼마나 다를까요?

# %% [markdown] lang="en" against="cf608dfc"
# The logarithm of a probability that `softmax` rounded to 0 is $-\infty$, and gradients through it turn to `nan`. `log_softmax` subtracts in the logarithms and is safe.
#
# ## 4. In the first minibatch the ratio is exactly 1
#
# Learners often ask: "When an update begins, the new policy *is* the old one and all ratios are 1. Where does the gradient come from?"
#
# Let us look, with a batch from CartPole: the gradient of PPO's objective, made with the ratio, beside the plain policy gradient
# $\nabla\, \mathrm{mean}(\log \pi_\theta(a|s)\, A)$, made without it.
#
# **Predict** How far apart are the two?

# %%
import torch

batch = recorded.transitions()
s, a, A = (torch.as_tensor(batch[name]) for name in ("observations", "actions", "advantages"))
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Linear(4, 32), torch.nn.Tanh(), torch.nn.Linear(32, 2))


def gradient_of(objective):
    parts = torch.autograd.grad(objective.mean(), network.parameters(), retain_graph=True)
    return torch.cat([part.flatten() for part in parts])


log_prob = torch.distributions.Categorical(logits=network(s)).log_prob(a)
ratio = ppo_edu.probability_ratio(log_prob, log_prob.detach())
ppo = gradient_of(ppo_edu.clipped_surrogate(ratio, A, epsilon=0.2))
plain = gradient_of(log_prob * A)

# %% tags=["nbval-check-output"]
print("r min, max     ", ratio.min().item(), ratio.max().item())
print("same gradient  ", torch.allclose(ppo, plain, rtol=0, atol=1e-6 * plain.abs().max()))

# %% [markdown] lang="ko" against="5bb51bd2"
# 비율은 모두 정확히 1이고, 두 그래디언트는 같습니다(float32의 반올림 안에서). **값이 1이라고 해서 기울기가 0인 것은 아닙니다.**
# $r = \exp(\log\pi_\theta - \log\pi_{old})$에서 분모는 상수이므로 $\nabla r = r\, \nabla \log \pi_\theta$이고, $r = 1$이면 그대로 $\nabla \log \pi_\theta$입니다.
# 곧 PPO의 첫걸음은 평범한 정책 그래디언트이고, 비율과 클리핑은 **두 번째 걸음부터** 일합니다.
#
# ## 5. 같은 배치를 여러 번 쓰면
#
# 배치 하나로 업데이트를 거듭하는 동안 비율의 히스토그램이 어떻게 퍼지는지 보세요. 업데이트마다 정책을 기록해 두었습니다.
#
# **예측** 학습률을 키우면 히스토그램은 어떻게 될까요? $\epsilon$을 바꾸면 히스토그램이 바뀔까요, 잘린 비율(clip fraction)이 바뀔까요?

# %% [markdown] lang="en" against="3df062f8"
# All ratios are exactly 1, and the two gradients are the same (up to float32 rounding). **A value of 1 does not mean a slope of 0.**
# In $r = \exp(\log\pi_\theta - \log\pi_{old})$ the denominator is a constant, so $\nabla r = r\, \nabla \log \pi_\theta$, and at $r = 1$ that is $\nabla \log \pi_\theta$ itself.
# PPO's first step is a plain policy gradient step; ratio and clipping start to work **from the second step on**.
#
# ## 5. Using the same batch again and again
#
# Watch how the histogram of ratios spreads while one batch is used for update after update. The policies on the way were recorded.
#
# **Predict** What does a larger learning rate do to the histogram? And $\epsilon$: does it change the histogram, or only the clip fraction?

# %%
explorers.ratio_histogram()

# %% [markdown] lang="ko" against="04bcde9d"
# 학습률이 클수록 같은 에폭에서 히스토그램이 더 넓습니다. 0.0003에서는 열 에폭이 지나도 비율이 1 근처에 머물고, 0.01에서는 금세 클립 범위를 벗어납니다.
# 그런데 끝없이 넓어지지는 않습니다. 너무 멀리 간 걸음을 다음 걸음들이 되돌려 도로 좁아지기도 합니다. 왜 되돌아올 수 있는지는 {lesson:clip_and_min}에서 봅니다.
#
# 기록해 둔 업데이트는 $\epsilon = 0.2$로 한 것이라, 슬라이더의 $\epsilon$은 히스토그램을 바꾸지 않고 **어디부터 잘린 것으로 셀지**만 바꿉니다.
#
# ## 6. KL 추정값이 음수가 될 수 있나요?
#
# 두 정책이 얼마나 다른지는 KL 발산으로 재고, 훈련 중에는 샘플로 어림합니다. 가장 곧이곧대로 어림하면 $\mathrm{mean}(-\log r)$입니다.
# KL은 0보다 작을 수 없는데, 실제로 해 보면 음수가 나옵니다.
#
# **예측** 비슷한 두 정책에서 샘플을 100개씩 1,000번 뽑으면, 이 어림값은 몇 번이나 음수가 될까요? `approx_kl`은?

# %% [markdown] lang="en" against="f9082d85"
# The larger the learning rate, the wider the histogram at the same epoch. With 0.0003 the ratios are still close to 1 after ten epochs; with 0.01 they soon leave the clip range.
# But it does not widen for ever: where a step went too far, the next ones bring it back, and the histogram narrows again. Why it can come back is for {lesson:clip_and_min}.
#
# The recorded updates were made with $\epsilon = 0.2$, so the slider's $\epsilon$ does not change the histogram: it only moves **the line beyond which a sample counts as clipped**.
#
# ## 6. Can an estimate of KL be negative?
#
# How much two policies differ is measured by the KL divergence, and estimated from samples during training. The most literal estimate is $\mathrm{mean}(-\log r)$.
# A KL divergence is never below 0, yet in practice this comes out negative.
#
# **Predict** Draw 100 samples, 1,000 times over, from two policies that are close. How often is this estimate negative? And `approx_kl`?

# %% tags=["nbval-check-output"]
old, new = np.array([0.5, 0.3, 0.2]), np.array([0.45, 0.3, 0.25])
exact = old @ np.log(old / new)
actions = rng.choice(3, size=(1_000, 100), p=old)
plain = -np.log(new / old)[actions].mean(axis=1)
ours = np.array([ppo_edu.approx_kl(np.log(new)[row], np.log(old)[row]) for row in actions])

print("              mean     std   negative")
print(f"exact      {exact:.5f}")
print(f"-log r     {plain.mean():.5f}  {plain.std():.5f}  {(plain < 0).sum():4d}")
print(f"approx_kl  {ours.mean():.5f}  {ours.std():.5f}  {(ours < 0).sum():4d}")

# %% [markdown] lang="ko" against="ab8924e5"
# 둘 다 평균은 참값 근처이지만, $-\log r$은 흔들림이 커서 자주 음수가 됩니다. `approx_kl`은 $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$을 씁니다.
# $\mathbb{E}_{old}[r] = 1$이니 더한 항의 기댓값은 0이고, $\log r \le r - 1$이니 항 하나하나가 0 이상입니다. 흔들림도 훨씬 작습니다.

# %% [markdown] lang="en" against="d16af70e"
# On average both are near the true value, but $-\log r$ swings widely and is often negative. `approx_kl` uses $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$:
# since $\mathbb{E}_{old}[r] = 1$, the added term is 0 in expectation, and since $\log r \le r - 1$, every single term is at least 0. It swings far less, too.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 써 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="65bf34bf"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="debff275"
# ### 연습 · 확률 비율
#
# 두 로그 확률에서 비율을 구하는 함수를 완성해 보세요. 입력은 샘플마다 값이 하나씩 든 배열이고, 결과의 모양도 같습니다.
# `...`를 지우고 답을 쓴 다음, 두 셀을 차례로 실행하면 바로 채점됩니다. 막히면 `ppo_edu.hint("probability_ratio", 1)`을 실행하세요.
# 도움말은 3까지 갈수록 자세해지고, 4는 접어 둔 풀이입니다.

# %% [markdown] lang="en" against="48d64e7a"
# ### Exercise · The probability ratio
#
# Complete the function that makes the ratio out of two log-probabilities. The inputs are arrays with one number a sample, and so is the result.
# Put your answer in place of the `...` and run the two cells: you know at once. If you get stuck, run `ppo_edu.hint("probability_ratio", 1)`.
# Hints go up to 3, each telling more; 4 is the solution, folded.

# %% tags=["exercise-probability_ratio"]
def probability_ratio(log_prob, old_log_prob):
    ...

# %%
ppo_edu.check("probability_ratio", probability_ratio)

# %% [markdown] lang="ko" against="78cb2112"
# ### 연습 · 유효 샘플 수
#
# 비율의 배열을 받아 유효 샘플 수 $(\sum r)^2 / \sum r^2$, 곧 수 하나를 돌려주는 함수를 써 보세요.

# %% [markdown] lang="en" against="4e0894bf"
# ### Exercise · The effective sample size
#
# Write the function that takes an array of ratios and returns their effective sample size $(\sum r)^2 / \sum r^2$, one number.

# %% tags=["exercise-effective_sample_size"]
def effective_sample_size(ratio):
    ...

# %%
ppo_edu.check("effective_sample_size", effective_sample_size)

# %% [markdown] lang="ko" against="379516c5"
# ### 연습 · 첫 미니배치 (예측)
#
# 데이터를 막 모았고 아직 한 번도 업데이트하지 않았습니다. 첫 미니배치의 한 샘플에서 $A = 2$이고, 파라미터 하나에 대한 기울기는 $\partial \log \pi_\theta(a|s) / \partial\theta = -1.5$입니다.
# $\epsilon = 0.2$일 때, 이 샘플의 목적함수 $\min(rA,\ \mathrm{clip}(r)A)$를 $\theta$로 미분하면 얼마일까요?
#
# `...` 자리에 수 하나를 적으세요.

# %% [markdown] lang="en" against="127df0a5"
# ### Exercise · The first minibatch (predict)
#
# The data has just been collected and nothing has been updated yet. One sample of the first minibatch has $A = 2$, and for one parameter $\partial \log \pi_\theta(a|s) / \partial\theta = -1.5$.
# With $\epsilon = 0.2$, what is the derivative of its objective $\min(rA,\ \mathrm{clip}(r)A)$ with respect to $\theta$?
#
# Put a number in place of the `...`.

# %% tags=["exercise-first_minibatch"]
first_minibatch = ...

# %%
ppo_edu.check("first_minibatch", first_minibatch)

# %% [markdown] lang="ko" against="3aca3871"
# ### 연습 · 음수가 되지 않는 KL 추정값
#
# 두 로그 확률에서 $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$을 구하는 함수를 써 보세요. 결과는 수 하나입니다.

# %% [markdown] lang="en" against="dbebef8a"
# ### Exercise · An estimate of KL that is never negative
#
# Write the function that computes $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$ from two log-probabilities. The result is one number.

# %% tags=["exercise-kl_estimate"]
def kl_estimate(log_prob, old_log_prob):
    ...

# %%
ppo_edu.check("kl_estimate", kl_estimate)

# %% [markdown] lang="ko" against="737c9da9"
# ## 정리
#
# - 비율을 곱하면 이전 정책의 샘플로 새 정책의 기댓값을 구할 수 있습니다.
# - 정책이 멀어지면 유효 샘플 수가 무너집니다. 다시 쓰는 데에도 한도가 있습니다.
# - 비율은 로그로 계산합니다. 첫 미니배치에서는 정확히 1이고, 그때의 그래디언트는 정책 그래디언트와 같습니다.
#
# ## 노트와 견주어 보면
#
# - 비율의 식과 `exp(log a - log b)`는 노트 그대로 옳습니다. 다만 노트의 코드는 `log(softmax(x))`라서 확률이 0으로 반올림되면 $-\infty$를 만날 수 있습니다(3절).
# - 노트는 어드밴티지를 *구할 때* 두 정책을 비교한다고 하지만, 비율은 어드밴티지를 구하는 데 쓰이지 않습니다. 이미 구한 어드밴티지에 **곱하는 가중치**입니다.
#
# **다음** 정책이 "너무 멀어지지 않게" 하는 일을 {lesson:clip_and_min}의 클리핑이 맡습니다.

# %% [markdown] lang="en" against="139f25b2"
# ## Summary
#
# - Weighted by the ratio, samples of the old policy give expectations under the new one.
# - As the policies part, the effective sample size collapses: there is a limit to reuse.
# - The ratio is computed from logarithms. In the first minibatch it is exactly 1, and the gradient there is the policy gradient.
#
# ## Beside the notes
#
# - The formula for the ratio, and `exp(log a - log b)`, are right as the notes have them. But their code takes `log(softmax(x))`, which meets $-\infty$ when a probability is rounded to 0 (section 3).
# - The notes say that the two policies are compared *in finding* the advantage. The ratio plays no part in that: it is a **weight** on an advantage already found.
#
# **Next** Keeping the policy from "moving too far" is the job of clipping, in {lesson:clip_and_min}.
