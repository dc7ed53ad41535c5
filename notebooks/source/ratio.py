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

# %% [markdown] lang="ko" against="5de37fa1"
# # {title}
#
# **이 레슨의 질문** 이전 정책이 모은 데이터를 어떻게 다시 사용할 수 있을까요? 그리고 비율이 고쳐 주지 못하는 것은 무엇일까요?
#
# **먼저 알아 둘 것** 확률분포와 기댓값, 정책 $\pi(a|s)$가 상태 $s$에서 행동 $a$를 고를 확률이라는 것. 3절과 5절에는 {lesson:policy_gradient}의 어드밴티지(advantage) $A$, 리턴(return)의 기댓값 $J$, 정책 그래디언트(policy gradient)도 나옵니다.
#
# **걸리는 시간** {minutes}분쯤
#
# 데이터를 모으는 일은 비쌉니다. 그런데 정책을 한 번 업데이트하고 나면 손에 든 데이터는 이미 *이전* 정책의 것입니다. 버리지 않고
# 쓰려면 두 정책의 차이를 보정해야 합니다. 행동을 고르는 방식의 차이는 값 하나가 보정해 줍니다. 바로 확률 비율(probability ratio)입니다. 그 값이 보정하지 못하는 차이는 3절에서 봅니다.

# %% [markdown] lang="en" against="9b17fd90"
# # {title}
#
# **The question** How can we reuse data that the old policy collected? And what does the ratio not repair?
#
# **What you need first** Probability distributions and expectations, and that a policy $\pi(a|s)$ is the probability of taking action $a$ in state $s$. Sections 3 and 5 also use the advantage $A$, the expected return $J$ and the policy gradient of {lesson:policy_gradient}.
#
# **Time** about {minutes} minutes
#
# Collecting data is expensive. But after one update of the policy, the data in hand already belongs to the *old* policy. To use it
# instead of throwing it away, we must account for the difference between the two. As far as they choose actions differently, one number does this: the probability ratio. What it leaves out is the subject of section 3.

# %% tags=["language"]
import numpy as np

import ppo_edu
from ppo_edu import explorers, figures, recorded

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="eb486964"
# ## 1. 하지 않은 실험의 결과를 알아내기
#
# 행동이 셋이고, 각각의 보상은 1, 2, 5입니다. 이전 정책은 셋을 0.5, 0.3, 0.2의 확률로 고르고, 새 정책은 0.3, 0.3, 0.4로 고릅니다.
#
# **예측** 새 정책의 평균 보상은 얼마일까요? 새 정책으로 *한 번도 행동하지 않고* 그 값을 알아낼 수 있을까요? {without_acting: 예 | 아니요}

# %% [markdown] lang="en" against="62ef11bf"
# ## 1. The result of an experiment never made
#
# There are three actions, worth 1, 2 and 5. The old policy takes them with probabilities 0.5, 0.3 and 0.2, the new one with 0.3, 0.3 and 0.4.
#
# **Predict** What is the mean reward of the new policy? Can we find it *without ever acting* by the new policy? {without_acting: yes | no}

# %% tags=["nbval-check-output"]
old, new = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])
reward = np.array([1.0, 2.0, 5.0])
rng = np.random.default_rng(0)

from_new = rng.choice(3, size=100_000, p=new)
from_old = rng.choice(3, size=100_000, p=old)
ratio = ppo_edu.probability_ratio(np.log(new[from_old]), np.log(old[from_old]))

print(f"{new @ reward:.4f}  {ppo_edu.t('lesson.by_probabilities')}")
print(f"{reward[from_new].mean():.4f}  {ppo_edu.t('lesson.drawn_by_new')}")
print(f"{reward[from_old].mean():.4f}  {ppo_edu.t('lesson.drawn_by_old')}")
print(f"{(ratio * reward[from_old]).mean():.4f}  {ppo_edu.t('lesson.drawn_by_old_weighted')}")

# %% [markdown] lang="ko" against="fba62b69"
# 세 번째 줄처럼 이전 정책의 샘플을 그냥 평균하면 엉뚱한 답이 나옵니다. 샘플마다 비율을 곱하면(네 번째 줄) 새 정책으로 직접 모은 것과 같은 답이
# 나옵니다. 이것이 **중요도 샘플링**(importance sampling)입니다.
#
# $$\mathbb{E}_{a \sim \pi_\theta}[R(a)] = \sum_a \pi_{old}(a)\,\frac{\pi_\theta(a)}{\pi_{old}(a)}\,R(a) = \mathbb{E}_{a \sim \pi_{old}}[\,r(a)\,R(a)\,]$$
#
# 이전 정책이 드물게 고르던 행동을 새 정책이 자주 고른다면, 그 드문 샘플 하나가 여러 개를 대신합니다.

# %% [markdown] lang="en" against="5d7c99d9"
# Simply averaging the old policy's samples (third line) gives a wrong answer. Weighing each by its ratio (fourth line) gives the same answer as
# collecting with the new policy. This is **importance sampling**.
#
# $$\mathbb{E}_{a \sim \pi_\theta}[R(a)] = \sum_a \pi_{old}(a)\,\frac{\pi_\theta(a)}{\pi_{old}(a)}\,R(a) = \mathbb{E}_{a \sim \pi_{old}}[\,r(a)\,R(a)\,]$$
#
# If the new policy often takes what the old one took rarely, each of those rare samples has to speak for many.

# %% [markdown] lang="ko" against="473216bb"
# ## 2. 언제 무너질까요?
#
# 식은 늘 옳지만, 샘플이 유한하면 사정이 다릅니다. 정책이 멀어지면 비율 몇 개가 나머지를 모두 눌러 버립니다.
# **유효 샘플 수(effective sample size)** $(\sum r)^2 / \sum r^2$은 "샘플 몇 개어치의 정보가 남았는가"를 추정합니다.
# 정규분포에서는 참값도 압니다. 두 평균이 표준편차 $d$개만큼 떨어지면 $N\, \mathbb{E}[r]^2 / \mathbb{E}[r^2] = N e^{-d^2}$개입니다.
#
# 평균이 0인 정규분포 정책에서 샘플 10,000개를 뽑고, 새 정책의 평균을 조금씩 옮겨 보겠습니다(표준편차는 둘 다 1).
#
# **예측** 평균이 표준편차 두 개만큼 떨어지면 10,000개 가운데 몇 개어치가 남을까요?

# %% [markdown] lang="en" against="4df310fc"
# ## 2. When does it break?
#
# The formula is always right, but with finitely many samples it is not always of use. As the policies part, a few ratios outweigh all the others.
# The **effective sample size** $(\sum r)^2 / \sum r^2$ estimates how many samples' worth of information is left.
# For normal policies the truth is known, too: with the means $d$ standard deviations apart it is $N\, \mathbb{E}[r]^2 / \mathbb{E}[r^2] = N e^{-d^2}$.
#
# We draw 10,000 samples from a normal policy with mean 0 and move the mean of the new policy away, step by step (both have standard deviation 1).
#
# **Predict** With the means two standard deviations apart, how many of the 10,000 are left?


# %% tags=["nbval-check-output"]
def log_normal(x, mean):
    return -0.5 * (x - mean) ** 2 - 0.5 * np.log(2 * np.pi)


x = rng.normal(size=10_000)
print(ppo_edu.t("lesson.effective_header"))
for shift in (0.0, 0.1, 0.5, 1.0, 2.0, 3.0):
    ratio = ppo_edu.probability_ratio(log_normal(x, shift), log_normal(x, 0.0))
    ess = ratio.sum() ** 2 / (ratio**2).sum()
    true_ess = len(x) * np.exp(-(shift**2))
    print(f"{shift:5.1f}  {ess:18.0f}  {true_ess:10.1f}  {ratio.max():11.1f}  {(ratio * x).mean():6.2f}")

# %% [markdown] lang="ko" against="5b855e76"
# 마지막 열은 새 정책의 평균을 추정한 값이니 첫 열과 같아야 합니다. 가까울 때는 잘 맞지만, 3까지 떨어지면 크게 틀립니다.
# 유효 샘플 수의 참값은 겨우 1.2개인데, 샘플로 잰 값은 70입니다. **뽑히지 않은 샘플은 셀 수 없기 때문입니다.** 새 정책이 자주 고르지만 이전 정책이 거의 고르지 않는 행동은
# 배치에 들어 있지도 않아서, 멀리 갈수록 이 수는 너무 낙관적입니다.
#
# 직접 옮겨 보세요. 막대는 이전 정책의 샘플에 비율을 곱한 히스토그램이라, 잘 맞는다면 새 정책의 곡선을 따라야 합니다. `뽑기 번호`를 옮기면 샘플을 새로 뽑습니다.
#
# **예측** 이동이 3일 때 뽑기 번호를 바꾸면 추정한 평균은 얼마나 흔들릴까요? 샘플을 100배로 늘리면 괜찮아질까요? {more_samples: 예 | 아니요}

# %% [markdown] lang="en" against="d5496c03"
# The last column estimates the mean of the new policy, so it should equal the first. Near by it does; at a distance of 3 it is far off.
# In truth 1.2 effective samples are left there, but by the samples' own account 70 are. **What was not drawn cannot be counted**: actions that the new policy takes often and the old one hardly ever
# are not in the batch at all, so the further away, the rosier this number.
#
# Move it yourself. The bars are the histogram of the old policy's samples, each weighted by its ratio: where all is well they follow the new policy's curve. Move `Draw no.`, and new samples are drawn.
#
# **Predict** With a shift of 3, how much does the estimated mean change from draw to draw? Does it help to take a hundred times as many samples? {more_samples: yes | no}

# %%
explorers.importance_sampling()

# %% [markdown] lang="ko" against="f017ca28"
# 이동이 3이면 막대가 몇 개만 삐죽하고, 뽑을 때마다 다른 답이 나옵니다. 샘플을 늘리면 조금 더 멀리까지 버틸 뿐입니다. $e^{-d^2}$이 줄어드는 속도를 따라잡을 수 없으니까요.
#
# ## 3. 비율은 행동을 고쳐 주지만 상태는 고쳐 주지 못합니다
#
# 1절의 문제에는 상태가 하나뿐이었습니다. 그래서 비율만 곱하면 정확했습니다. 강화 학습에서는 행동이 바뀌면 그다음에 만나는 **상태**도 바뀝니다. 새 정책이 얼마나 나아지는지는 정확히 이렇게 씁니다($d_\pi$는 정책 $\pi$가 만나는 상태의 할인된 빈도입니다).
#
# $$J(\pi_{new}) - J(\pi_{old}) = \sum_s d_{new}(s) \sum_a \pi_{new}(a|s)\, A_{old}(s, a)$$
#
# 배치에는 $d_{old}$의 상태밖에 없습니다. TRPO와 PPO는 $d_{new}(s)$ 자리에 **$d_{old}(s)$를 그대로 넣고**, 행동만 비율로 보정합니다. 두 식은 $\pi_{new} = \pi_{old}$에서 값과 기울기가 같지만, 멀어지면 달라집니다.
# 비율도, $A_{old}$도 이것을 고쳐 주지 못합니다. 그래서 정책이 멀리 가지 못하게 하는 **영역**이 있어야 합니다.
#
# 반쯤 배운 CartPole 정책에서 배치 열 개를 모으고, 배치마다 그 배치로 구한 정책 그래디언트를 따라 걸어가며 실제 점수와 유효 샘플의 비중을 재어 두었습니다(점 하나에 에피소드 200번).
#
# **예측** 점수가 다시 출발점까지 떨어졌을 때, 배치의 샘플은 몇 퍼센트나 유효할까요?

# %% [markdown] lang="en" against="a616215f"
# With a shift of 3 a few bars stick out, and every draw gives another answer. More samples only hold out a little further: they cannot keep up with $e^{-d^2}$.
#
# ## 3. The ratio repairs actions, not states
#
# In section 1 there was a single state, so the ratio made everything exact. In reinforcement learning other actions lead to other **states**. By how much the new policy is better is exactly this ($d_\pi$ is how often policy $\pi$ meets a state, discounted):
#
# $$J(\pi_{new}) - J(\pi_{old}) = \sum_s d_{new}(s) \sum_a \pi_{new}(a|s)\, A_{old}(s, a)$$
#
# But the batch holds the states of $d_{old}$ only. TRPO and PPO **put $d_{old}(s)$ in place of $d_{new}(s)$** and correct nothing but the actions, by the ratio. At $\pi_{new} = \pi_{old}$ the two agree in value and in slope; further away they part.
# Neither the ratio nor $A_{old}$ can mend that. This is why there must be a **region** that the policy does not leave.
#
# From a half-trained CartPole policy ten batches were collected, and from there a walk goes along the policy gradient of each. On the way, the true return and the effective share of the batch were measured (200 episodes a point).
#
# **Predict** When the return has fallen back to its start, what share of the samples is still effective?

# %%
figures.cliff_weights()

# %% [markdown] lang="ko" against="92b5249b"
# 열 길 가운데 아홉에서는 점수가 올랐다가 출발점 아래로 내려갔고, 그때 샘플의 57~89%(중앙값 64%)가 아직 유효했습니다. 나머지 한 길에서는 끝까지 가도 출발점 위였습니다.
# 오른쪽 선들은 거의 같은 모양으로 완만하게 줄어드는데, 왼쪽의 점수는 저마다 다른 곳에서 무너집니다. 걸음의 길이가 0.5일 때 유효한 샘플이 82%와 83%로 거의 같은 두 길이 있는데, 점수는 458과 169입니다.
# 유효 샘플 수는 **가진 샘플의 가중치가 얼마나 고른지**를 볼 뿐, 새 정책이 가게 될 낯선 상태를 보지 못합니다. 그러니 유효 샘플 수가 넉넉하다고 안심할 수 없습니다.
#
# PPO는 데이터를 다시 쓰되 **정책이 너무 멀어지기 전까지만** 씁니다. 멀어지지 않게 붙드는 방법이 클리핑(clipping)인데, 넘을 수 없는 선은 아닙니다({lesson:clip_and_min}).
#
# ## 4. 왜 나누지 않고 로그를 뺄까요?
#
# 노트의 코드에는 `a/b == exp(log(a)-log(b))`라는 주석이 있습니다. 종이 위에서는 같은 식입니다. 컴퓨터에서도 같을까요?
# 이산 행동 하나의 확률은 별문제가 없지만, 행동의 성분이 많으면 확률(밀도)은 그 곱이라 금세 작아집니다.
#
# **예측** 성분이 60개이고 각각의 확률이 새 정책에서 0.11, 이전 정책에서 0.10입니다. 비율은 $1.1^{60} \approx 304$입니다. float32로는?

# %% [markdown] lang="en" against="6071dc66"
# In nine of the ten walks the return rose and then fell below its start, and there 57 to 89% of the samples (64% in the median) were still effective. In the tenth it stayed above its start to the end.
# On the right, all lines fall gently and much alike; on the left, the return collapses at a different place in every walk. At a step length of 0.5, two of the walks have 82 and 83% of their samples left: one returns 458, the other 169.
# The effective sample size sees **how even the weights of the samples at hand are**. It does not see the unfamiliar states that the new policy will get into, so a large one is no reassurance.
#
# PPO reuses its data, but **only while the policy stays near**. Clipping is there to keep it near, though it is no hard border ({lesson:clip_and_min}).
#
# ## 4. Why subtract logarithms instead of dividing?
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

# %% [markdown] lang="ko" against="5c0a0277"
# `softmax`가 0으로 반올림한 확률의 로그는 $-\infty$이고, 거기서 나오는 그래디언트(gradient)는 `nan`이 됩니다. 로그에서 곧바로 빼는 `log_softmax`는 안전합니다.
#
# ## 5. 첫 미니배치에서 비율은 1
#
# 자주 나오는 질문입니다. "업데이트를 막 시작할 때는 새 정책과 이전 정책이 같으니 비율이 모두 1인데, 그래디언트는 어디서 나오나요?"
#
# CartPole에서 모은 배치로 확인합니다. 비율로 만든 PPO 목적함수의 그래디언트와, 비율이 없는 정책 그래디언트
# $\nabla\, \mathrm{mean}(\log \pi_\theta(a|s)\, A)$를 나란히 구합니다.
#
# **예측** 둘은 얼마나 다를까요?

# %% [markdown] lang="en" against="7468fd44"
# The logarithm of a probability that `softmax` rounded to 0 is $-\infty$, and gradients through it turn to `nan`. `log_softmax` subtracts in the logarithms and is safe.
#
# ## 5. In the first minibatch the ratio is 1
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
same = torch.allclose(ppo, plain, rtol=0, atol=1e-6 * plain.abs().max())
print(f"{ratio.min().item()!s:5} {ppo_edu.t('lesson.smallest_ratio')}")
print(f"{ratio.max().item()!s:5} {ppo_edu.t('lesson.largest_ratio')}")
print(f"{same!s:5} {ppo_edu.t('lesson.same_gradient')}")

# %% [markdown] lang="ko" against="461ed5c4"
# 비율은 모두 정확히 1이고, 두 그래디언트는 같습니다(float32의 반올림 안에서). **값이 1이라고 해서 기울기가 0인 것은 아닙니다.**
# $r = \exp(\log\pi_\theta - \log\pi_{old})$에서 분모는 상수이므로 $\nabla r = r\, \nabla \log \pi_\theta$이고, $r = 1$이면 그대로 $\nabla \log \pi_\theta$입니다.
# 즉 PPO의 첫 그래디언트 스텝은 평범한 정책 그래디언트이고, 비율과 클리핑은 **두 번째 스텝부터** 일합니다.
#
# 정확히 1인 것은 두 로그 확률을 같은 방법으로 계산했기 때문입니다. 배치의 모양이 다르거나, GPU이거나, 모으는 일과 훈련을 다른 프로그램이 맡으면(언어 모델을 훈련할 때 흔합니다) 반올림만큼 1에서 벗어납니다.
# 그러나 첫 미니배치(minibatch)의 비율이 1에서 **눈에 띄게** 멀다면 버그입니다. 행동과 로그 확률의 행이 어긋났거나, 이전 로그 확률을 업데이트한 뒤에 계산했거나, 드롭아웃이나 정규화가 모을 때와 다르게 돌고 있습니다.
# 새로 짠 PPO를 디버깅할 때 **가장 먼저 확인할 것**이 이것입니다.
#
# ## 6. 같은 배치를 여러 번 쓰면
#
# 배치 하나로 업데이트를 거듭하는 동안 비율의 히스토그램이 어떻게 퍼지는지 보세요. 업데이트마다 정책을 기록해 두었습니다. (PPO의 $\mathrm{clip}(r)$은 비율을 클립 범위(clip range) $[1-\epsilon,\ 1+\epsilon]$에서 자르는 것이고, 클립 비중(clip fraction)은 비율이 그 범위를 벗어난 샘플의 비중입니다. 자세한 것은 {lesson:clip_and_min}에서 봅니다.)
#
# **예측** 학습률을 키우면 히스토그램은 어떻게 될까요? $\epsilon$을 바꾸면 히스토그램이 바뀔까요, 클립 비중만 바뀔까요? {epsilon: 둘 다 바뀝니다 | 클립 비중만 바뀝니다}

# %% [markdown] lang="en" against="fbf386a1"
# All ratios are exactly 1, and the two gradients are the same (up to float32 rounding). **A value of 1 does not mean a slope of 0.**
# In $r = \exp(\log\pi_\theta - \log\pi_{old})$ the denominator is a constant, so $\nabla r = r\, \nabla \log \pi_\theta$, and at $r = 1$ that is $\nabla \log \pi_\theta$ itself.
# PPO's first step is a plain policy gradient step; ratio and clipping start to work **from the second step on**.
#
# They are exactly 1 because both log-probabilities were computed in the same way. With batches of another shape, on a GPU, or where one program collects and another one trains (as is common with language models), they are 1 up to rounding.
# But a ratio that is **clearly** away from 1 in the first minibatch is a bug: the rows of actions and log-probabilities do not match, the old log-probabilities were computed after an update, or dropout or a normalisation runs otherwise than it did while collecting.
# When a new PPO program does not learn, **this is the first thing to check**.
#
# ## 6. Using the same batch again and again
#
# Watch how the histogram of ratios spreads while one batch is used for update after update. The policies on the way were recorded. (PPO's $\mathrm{clip}(r)$ cuts a ratio to the clip range from $1-\epsilon$ to $1+\epsilon$; the clip fraction is the share of samples outside it. More in {lesson:clip_and_min}.)
#
# **Predict** What does a larger learning rate do to the histogram? And $\epsilon$: does it change the histogram, or only the clip fraction? {epsilon: both | the clip fraction only}

# %%
explorers.ratio_histogram()

# %% [markdown] lang="ko" against="9d7f030b"
# 학습률이 클수록 같은 에폭(epoch)에서 히스토그램이 더 넓습니다. 0.0003에서는 열 에폭이 지나도 비율이 1 근처에 머물고, 0.01에서는 금세 클립 범위를 벗어납니다.
# 그런데 끝없이 넓어지지는 않습니다. 너무 멀리 간 그래디언트 스텝을 다음 스텝들이 되돌려 도로 좁아지기도 합니다. 왜 되돌아올 수 있는지는 {lesson:clip_and_min}에서 봅니다.
#
# 기록해 둔 업데이트는 $\epsilon = 0.2$로 한 것이라, 슬라이더의 $\epsilon$은 히스토그램을 바꾸지 않고 **어디부터 클리핑된 것으로 셀지**만 바꿉니다.
#
# ## 7. KL 추정값이 음수가 될 수 있나요?
#
# 두 정책이 얼마나 다른지는 KL 발산(KL divergence)으로 재고, 훈련 중에는 샘플로 추정합니다. 정의 그대로 추정하면 $\mathrm{mean}(-\log r)$입니다.
# KL은 0보다 작을 수 없는데, 실제로 해 보면 음수가 나옵니다.
#
# **예측** 비슷한 두 정책에서 샘플을 100개씩 1,000번 뽑으면, 이 추정값은 몇 번이나 음수가 될까요? `approx_kl`은?

# %% [markdown] lang="en" against="cc85991c"
# The larger the learning rate, the wider the histogram at the same epoch. With 0.0003 the ratios are still close to 1 after ten epochs; with 0.01 they soon leave the clip range.
# But it does not widen for ever: where a step went too far, the next ones bring it back, and the histogram narrows again. Why it can come back is told in {lesson:clip_and_min}.
#
# The recorded updates were made with $\epsilon = 0.2$, so the slider's $\epsilon$ does not change the histogram: it only moves **the line beyond which a sample counts as clipped**.
#
# ## 7. Can an estimate of KL be negative?
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

print(ppo_edu.t("lesson.kl_header"))
print(f"-log r     {plain.mean():.5f}  {plain.std():.5f}  {(plain < 0).sum():4d}")
print(f"approx_kl  {ours.mean():.5f}  {ours.std():.5f}  {(ours < 0).sum():4d}")
print(f"KL         {exact:.5f}  {ppo_edu.t('lesson.exact_kl')}")

# %% [markdown] lang="ko" against="ab8924e5"
# 둘 다 평균은 참값 근처이지만, $-\log r$은 표준편차가 커서 자주 음수가 됩니다. `approx_kl`은 $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$을 씁니다.
# $\mathbb{E}_{old}[r] = 1$이니 더한 항의 기댓값은 0이고, $\log r \le r - 1$이니 항 하나하나가 0 이상입니다. 표준편차도 훨씬 작습니다.

# %% [markdown] lang="en" against="830b7238"
# On average both are near the true value, but $-\log r$ swings widely and is often negative. `approx_kl` uses $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$:
# since $\mathbb{E}_{old}[r] = 1$, the added term is 0 in expectation, and since $\log r \le r - 1$, every single term is at least 0. It swings far less, too.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 작성해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="96b0d501"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="debff275"
# ### 연습 · 확률 비율
#
# 두 로그 확률에서 비율을 구하는 함수를 완성해 보세요. 입력은 샘플마다 값이 하나씩 든 배열이고, 결과의 모양도 같습니다.
# `...`를 지우고 답을 적은 다음, 두 셀을 차례로 실행하면 바로 채점됩니다. 막히면 `ppo_edu.hint("probability_ratio", 1)`을 실행하세요.
# 힌트는 3까지 갈수록 자세해지고, 4는 접어 둔 풀이입니다.

# %% [markdown] lang="en" against="a6454a23"
# ### Exercise · The probability ratio
#
# Complete the function that makes the ratio out of two log-probabilities. The inputs are arrays with one number a sample, and so is the result.
# Put your answer in place of the `...` and run the two cells: you know at once. If you get stuck, run `ppo_edu.hint("probability_ratio", 1)`.
# Hints go up to 3, each telling more; 4 is the solution, folded.


# %% tags=["exercise-probability_ratio"]
def probability_ratio(log_prob, old_log_prob): ...


# %%
ppo_edu.check("probability_ratio", probability_ratio)

# %% [markdown] lang="ko" against="78cb2112"
# ### 연습 · 유효 샘플 수
#
# 비율의 배열을 받아 유효 샘플 수 $(\sum r)^2 / \sum r^2$을 스칼라로 돌려주는 함수를 작성해 보세요.

# %% [markdown] lang="en" against="f81a4845"
# ### Exercise · The effective sample size
#
# Write the function that takes an array of ratios and returns their effective sample size $(\sum r)^2 / \sum r^2$, one number.


# %% tags=["exercise-effective_sample_size"]
def effective_sample_size(ratio): ...


# %%
ppo_edu.check("effective_sample_size", effective_sample_size)

# %% [markdown] lang="ko" against="379516c5"
# ### 연습 · 첫 미니배치 (예측)
#
# 데이터를 막 모았고 아직 한 번도 업데이트하지 않았습니다. 첫 미니배치의 한 샘플에서 $A = 2$이고, 파라미터 하나에 대한 기울기는 $\partial \log \pi_\theta(a|s) / \partial\theta = -1.5$입니다.
# $\epsilon = 0.2$일 때, 이 샘플의 목적함수 $\min(rA,\ \mathrm{clip}(r)A)$를 $\theta$로 미분하면 얼마일까요?
#
# `...` 자리에 값을 하나 적으세요.

# %% [markdown] lang="en" against="0dbcf28d"
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
# 두 로그 확률에서 $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$을 구하는 함수를 작성해 보세요. 결과는 스칼라입니다.

# %% [markdown] lang="en" against="10e4e6a7"
# ### Exercise · An estimate of KL that is never negative
#
# Write the function that computes $\mathrm{mean}\bigl((r - 1) - \log r\bigr)$ from two log-probabilities. The result is one number.


# %% tags=["exercise-kl_estimate"]
def kl_estimate(log_prob, old_log_prob): ...


# %%
ppo_edu.check("kl_estimate", kl_estimate)

# %% [markdown] lang="ko" against="1bca61d3"
# ## 정리
#
# - 같은 상태에서라면, 비율을 곱해 이전 정책의 샘플로 새 정책의 기댓값을 구할 수 있습니다.
# - 정책이 멀어지면 유효 샘플 수가 무너지고, 샘플로 잰 값은 실제보다 낙관적입니다.
# - 비율은 행동을 고쳐 줄 뿐 상태는 고쳐 주지 못합니다. 점수가 출발점까지 떨어진 뒤에도 절반이 넘는 샘플이 유효했습니다. 그래서 신뢰 영역(trust region)이 필요합니다.
# - 비율은 로그로 계산합니다. 첫 미니배치에서는 (반올림을 빼면) 1이고, 그때의 그래디언트는 정책 그래디언트와 같습니다. 1에서 멀면 버그입니다.
#
# ## 노트와 비교하면
#
# - 비율의 식과 `exp(log a - log b)`는 노트 그대로 옳습니다. 다만 노트의 코드는 `log(softmax(x))`라서 확률이 0으로 반올림되면 $-\infty$를 만날 수 있습니다(4절).
# - 노트는 어드밴티지를 *구할 때* 두 정책을 비교한다고 하지만, 비율은 어드밴티지를 구하는 데 쓰이지 않습니다. 이미 구한 어드밴티지에 **곱하는 가중치**입니다.
#
# **다음** 정책이 "너무 멀어지지 않게" 하는 일을 {lesson:clip_and_min}의 클리핑이 맡습니다.

# %% [markdown] lang="en" against="6f5a0a7a"
# ## Summary
#
# - In one and the same state, samples of the old policy, weighted by the ratio, give expectations under the new one.
# - As the policies part, the effective sample size collapses, and the samples' own account of it is too rosy.
# - The ratio repairs actions, not states: when the return was back at its start, more than half of the samples were still effective. Hence the trust region.
# - The ratio is computed from logarithms. In the first minibatch it is 1 (up to rounding), and the gradient there is the policy gradient. A ratio far from 1 there is a bug.
#
# ## Beside the notes
#
# - The formula for the ratio, and `exp(log a - log b)`, are right as the notes have them. But their code takes `log(softmax(x))`, which meets $-\infty$ when a probability is rounded to 0 (section 4).
# - The notes say that the two policies are compared *in finding* the advantage. The ratio plays no part in that: it is a **weight** on an advantage already found.
#
# **Next** Keeping the policy from "moving too far" is the job of clipping, in {lesson:clip_and_min}.

# %% [markdown] lang="ko" tags=["teacher"] against="d9854c93"
# **목표** 예전 샘플에 비율을 곱해 다시 쓰고, 그 방법이 언제 무너지는지 알고, 끝내 고쳐 주지 못하는 것이 상태라는 것을 모두가 압니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:하지 않은 실험} | 4 | 4 | **예측하게 하기** 새 정책의 평균을 종이에 적고, 행동해 보지 않고도 알 수 있는지 묻습니다. | "해 봐야 안다." 이전 정책은 5를 주는 행동을 얼마나 자주 골랐고, 새 정책은 얼마나 자주 고를까요? |
# | {section:언제 무너질까요} | 5 | 5 | **예측하게 하기** 이동이 2일 때 10,000개 가운데 몇 개어치가 남을지 묻습니다. 그다음 둘씩 탐색기를 3까지 옮기고 새로 뽑아 봅니다. | "절반쯤." 참값은 183개입니다. "샘플을 늘리면 된다." 3에서는 어떤 샘플이 필요하고, 그것이 뽑힐 확률은 얼마나 될까요? |
# | {section:상태는 고쳐 주지} | 6 | 6 | **예측하게 하기** 점수가 출발점까지 떨어졌을 때 유효한 샘플의 비중을 묻습니다. 이 레슨의 중심이니 서두르지 않습니다. | "거의 없다." 중앙값이 64%입니다. 이 값은 가중치를 보나요, 장소를 보나요? |
# | {section:로그를 뺄까요} | 3 | - | **예측하게 하기** float32로 나눈 값. | "304." `nan`입니다. $0.1^{60}$은 얼마나 작은 수인가요? |
# | {section:첫 미니배치에서} | 5 | 5 | **예측하게 하기** 두 그래디언트가 얼마나 다를지. | "비율이 1이니 그래디언트는 0이다." $x^2$의 $x = 1$에서의 기울기는 얼마인가요? |
# | {section:같은 배치를} | 3 | 3 | **해 보게 하기** 어느 슬라이더가 히스토그램을 바꾸는지 찾습니다. | "$\epsilon$이 바꾼다." 이미 기록한 업데이트라서 선만 움직입니다. 훈련하는 *동안* $\epsilon$을 바꾸었다면 어땠을까요? |
# | {section:KL 추정값이} | 2 | - | **보여 주기** 한 번 실행합니다. | "KL은 음수가 아니니 추정값도 음수가 아니다." 샘플의 평균이 기댓값과 같은가요? |
# | {section:연습} | 20 | 15 | **해 보게 하기** 확률 비율과 첫 미니배치는 함께 풀고, 나머지 둘은 집에서. | |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | {section:노트와 비교하면} | 1 | - | **보여 주기** 노트를 아는 사람에게. | |
# | 이야기 | 10 | 5 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 로그와 KL 추정값을 뺍니다. 둘 다 집에서 읽어도 되는 도구입니다. 상태를 다루는 섹션은 바로 앞의 탐색기를 줄이더라도 다 합니다.
#
# ## 토론거리
#
# 1. **이전 정책이 한 번도 고르지 않은 행동에 대해 비율은 무엇을 말해 줄까요?** 아무것도 말해 주지 않습니다. 배치에 없으니까요. 배치에 *있는* 샘플의 가중치는 멀쩡해 보일 수 있습니다. 그래서 샘플로 잰 유효 샘플 수는 너무 낙관적입니다.
# 2. **첫 미니배치의 비율은 1입니다. 배치를 한 번씩만 쓴다면 그것도 PPO일까요?** 그래디언트는 평범한 정책 그래디언트이고, 클리핑은 한 번도 일하지 않습니다. 클립 비중이 0이면 버그인지 묻는 사람이 많은데, 배치마다 한 스텝이라면 버그가 아닙니다.
# 3. **$d_{new}$가 든 식은 정확한데 왜 아무도 계산하지 않을까요?** 새 정책이 만날 상태는 그 정책으로 행동해 봐야 압니다. 데이터를 다시 써서 아끼려던 것이 바로 그 일입니다. 그래서 두 식의 값과 기울기가 같은 근처에 머뭅니다.
#
# ## 연습, 이 순서로
#
# "확률 비율"은 한 줄이면 되고, 흔한 실수 둘을 만나 볼 수 있습니다. "첫 미니배치"는 어느 라이브러리에서나 학습자들이 거듭 묻는 질문입니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# 모두 직접 실행해도 됩니다. torch는 첫 미니배치 셀에서 처음 불러옵니다. 코어 둘에서 30명이 한꺼번에 불러오니 17초가 걸렸습니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="36960a2c"
# **Aim** Everybody can weigh old samples by the ratio, knows when that breaks, and knows what it can never repair: states.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:experiment never made} | 4 | 4 | **Have them predict** the new policy's mean on paper, then whether one can know it without acting. | "One has to try." Ask: how often does the old policy take the action worth 5, and how often would the new one? |
# | {section:When does it break} | 5 | 5 | **Have them predict** how many of 10,000 are left at a shift of 2, then **let** pairs move the explorer to 3 and draw anew. | "Half of them." In truth it is 183. "More samples mend it." Ask: at 3, which samples would be needed, and how likely are they? |
# | {section:not states} | 6 | 6 | **Have them predict** the share that is still effective where the return is back at its start. This is the heart of the lesson: give it time. | "Next to nothing." It is 64% in the median. Ask: what does the number look at, the weights or the places? |
# | {section:Why subtract} | 3 | - | **Have them predict** the float32 quotient. | "304." It is `nan`. Ask for the size of $0.1^{60}$. |
# | {section:In the first minibatch} | 5 | 5 | **Have them predict** how far apart the two gradients are. | "The gradient is 0, since the ratio is 1." Ask: what is the slope of $x^2$ at 1? |
# | {section:again and again} | 3 | 3 | **Have them try** the sliders: which of them changes the histogram? | "$\epsilon$ changes it." The updates are recorded, it moves the line only. Ask what $\epsilon$ would do *while* training. |
# | {section:Can an estimate} | 2 | - | **Show** it. | "A KL is never negative, so its estimate is not." Ask: is an average of samples the expectation? |
# | {section:Exercises} | 20 | 15 | **Have them try** the ratio and the first minibatch in class; the other two at home. | |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | {section:Beside the notes} | 1 | - | **Show** it to those who know the notes. | |
# | Talk | 10 | 5 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Cut the logarithms and the KL estimate: both are tools that one may read at home. Keep the section on states whole, even if the explorer before it becomes shorter.
#
# ## To discuss
#
# 1. **An action that the old policy never takes: what does the ratio say of it?** Nothing: it is not in the batch. The weights of what *is* there may look fine. That is why the samples' own account is too rosy.
# 2. **If the ratio is 1 in the first minibatch, and each batch is used once: is that still PPO?** Its gradient is the plain policy gradient, and clipping never acts. Many ask whether a clip fraction of 0 is a bug; with one step a batch it is not.
# 3. **The formula with $d_{new}$ is exact. Why does nobody compute it?** Because the states of the new policy are known only by acting with it, which is what reuse was to save. So one stays near, where the two formulas agree in value and slope.
#
# ## Exercises, in this order
#
# "The probability ratio" is one line and meets the two usual slips. "The first minibatch" is the question that learners of all libraries ask.
#
# {exercises}
#
# ## What computes
#
# All may run everything. The first cell that loads torch is the one with the first minibatch: when 30 did so at once, on two cores, it took 17 seconds.
#
# {machine}
