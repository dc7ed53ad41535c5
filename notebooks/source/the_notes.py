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

# %% [markdown] lang="ko" against="777d35f3"
# # {title}
#
# **이 레슨의 질문** 이 과정의 출발점이 된 노트는 어디까지 맞고, 어디를 고쳐야 할까요?
#
# **먼저 알아 둘 것** PyTorch. 노트를 읽었다면 바로 시작해도 됩니다. 처음 보는 말이 나오거나 더 알고 싶으면, 주장마다 적힌 레슨을 여세요.
#
# **걸리는 시간** {minutes}분쯤
#
# 이 과정은 PPO를 공부하며 적은 노트 한 장에서 출발했습니다. 앞 절반은 PPO가 무엇인지, 뒤 절반은 CartPole을 푸는 프로그램 한 편을 설명합니다.
# 여기서는 노트의 주장을 **노트에 나온 순서대로** 한 줄씩 옮기고, 판정을 내리고, 셀을 실행해 확인합니다. 판정은 세 가지입니다.
#
# - **맞음**: 그대로 믿어도 됩니다.
# - **조건부**: 조건을 붙이면 맞습니다.
# - **반대**: 거꾸로입니다.
#
# 노트의 문장을 그대로 베끼지 않고 모두 새로 적었습니다. 셀이 짧으니 스터디에서 함께 실행하며 이야기하기에도 좋습니다.

# %% [markdown] lang="en" against="70502309"
# # {title}
#
# **The question** How far are the notes behind this course right, and what needs correcting?
#
# **What you need first** PyTorch. If you know the notes, you can begin at once. Where a word is new to you, or you want to know more, open the lesson that is named with the claim.
#
# **Time** about {minutes} minutes
#
# This course grew out of one page of study notes on PPO. Their first half says what PPO is, their second half explains a program that learns CartPole.
# Here are their claims, **in the notes' order**: each in one line, with a verdict, and a cell that shows it. There are three verdicts.
#
# - **Holds**: take it as it is.
# - **Holds if**: right under a condition.
# - **The other way round**: it is the opposite.
#
# Every line is in this course's own words. The cells are short enough to be run in front of a study group.

# %% tags=["language"]
import time
import warnings
from types import SimpleNamespace

import gymnasium as gym
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical
from torch.nn import functional as F

import ppo_edu
from ppo_edu import explorers, recorded, t
from ppo_edu.rollout import play_episodes

ppo_edu.use_language("en")
torch.set_num_threads(1)

# %% [markdown] lang="ko" against="87bc6892"
# ## 1. PPO란 무엇인가
#
# **1** KL 발산(KL divergence)으로 계산하면 무거워서 클리핑(clipping)으로 바꾸었다.
# **조건부**: 무거운 것은 KL의 *값*이 아니라, TRPO가 걸음을 정할 때 여러 번 쓰는 KL의 *이차 미분*입니다. 자세히: {lesson:trpo_vs_ppo}
#
# 샘플 약 1,000개로 재어 봅시다. 마지막 줄은 TRPO가 한 번 업데이트할 때처럼 이차 미분을 벡터에 열 번 곱한 것입니다.

# %% [markdown] lang="en" against="5e06623f"
# ## 1. What PPO is
#
# **1** Computing with the KL divergence is heavy, so clipping takes its place.
# **Holds if** you mean the right part: the *value* of a KL is cheap. What TRPO pays for is the KL's *second derivative*, used many times to find one step. In depth: {lesson:trpo_vs_ppo}
#
# Let us time it on about 1,000 samples. The last line multiplies the second derivative with a vector ten times, as one TRPO update does.

# %%
policy = ppo_edu.ActorCritic(4, 2, generator=torch.Generator().manual_seed(0))
weights = [*policy.actor_trunk.parameters(), *policy.actor_head.parameters()]
batch = {name: torch.as_tensor(array) for name, array in recorded.transitions().items()}
states, actions, advantages = batch["observations"], batch["actions"], batch["advantages"]
old = policy.pi(states).logits.detach()


def kl():
    new = policy.pi(states).logits
    return (old.exp() * (old - new)).sum(-1).mean()


def clipped():
    ratio = ppo_edu.probability_ratio(policy.pi(states).log_prob(actions), old[range(len(old)), actions])
    return ppo_edu.clipped_surrogate(ratio.double(), advantages.double(), epsilon=0.2).mean()


# %%
def curvature_times_vector(times=10):
    gradient = torch.autograd.grad(kl(), weights, create_graph=True)
    for _ in range(times):
        along = sum((part * torch.ones_like(part)).sum() for part in gradient)
        torch.autograd.grad(along, weights, retain_graph=True)


def milliseconds(function, times=50):
    started = time.perf_counter()
    for _ in range(times):
        function()
    return 1000 * (time.perf_counter() - started) / times


for name, work in {
    t("notes.kl_value"): kl,
    t("notes.clip_gradient"): lambda: torch.autograd.grad(clipped(), weights),
    t("notes.kl_curvature"): curvature_times_vector,
}.items():
    print(f"{milliseconds(work):6.2f} ms  {name}")

# %% [markdown] lang="ko" against="389b29bd"
# KL의 값은 셋 가운데 가장 가볍습니다. 시간은 컴퓨터마다 다르지만 순서는 같을 것입니다.
# 다만 PPO는 같은 배치로 그래디언트(gradient)를 수십 번 구하니, 업데이트 *전체*의 시간은 이것만으로 알 수 없습니다.
#
# **2** 가중치가 한 번에 너무 많이 바뀌는 것을 막는다.
# **조건부**: 막는 것은 가중치가 아니라 *정책*의 변화입니다. 자세히: {lesson:trpo_vs_ppo}
#
# **예측** 이 과정의 학습률 0.01(노트의 스무 배)로 60,000스텝을 훈련합니다. 클리핑을 넣으면 가중치가 움직인 거리 $|\Delta\theta|$와 업데이트마다의 KL 가운데 어느 쪽이 더 크게 줄까요? {shrinks: 움직인 거리 | KL}

# %% [markdown] lang="en" against="dabce508"
# The value of the KL is the cheapest of the three. The times differ between computers, their order should not.
# But PPO takes dozens of gradients on the same batch, so this alone does not tell what a *whole* update costs.
#
# **2** It keeps the weights from being changed too much at once.
# **Holds if** you read "the policy" for "the weights". In depth: {lesson:trpo_vs_ppo}
#
# **Predict** Train for 60,000 steps at this course's learning rate of 0.01, which is twenty times that of the notes. Which shrinks more with clipping: the distance $|\Delta\theta|$ that the weights moved, or the KL of an update? {shrinks: the distance | the KL}

# %%
for clip in ("clip_and_min", "none"):
    config = ppo_edu.PPOConfig(clip=clip, learning_rate=0.01)
    start = ppo_edu.train("CartPole-v1", config, seed=0, max_steps=1)
    run = ppo_edu.train("CartPole-v1", config, seed=0, max_steps=60_000, stop_at=None)
    before, after = (nn.utils.parameters_to_vector(each.policy.parameters()) for each in (start, run))
    print(f"{clip:12}  |Δθ| = {(after - before).norm():5.1f}   KL = {run.history['approx_kl'].mean():.4f}")

# %% [markdown] lang="ko" against="38245efb"
# 가중치가 움직인 거리는 조금 줄었을 뿐인데, KL은 50분의 1 아래로 줄었습니다. 클리핑이 보는 것은 가중치가 아니라 확률입니다.
#
# **3** 액터-크리틱(Actor-Critic) 구조에서 쓰는 학습 방법이다.
# **맞음**: 행동을 고르는 액터(actor)와 상태의 가치를 매기는 크리틱(critic)이 함께 배웁니다. 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="51423662"
# The weights moved only a little less far, but the KL fell to less than a fiftieth. Clipping looks at probabilities, not at weights.
#
# **3** It is a way to train an actor-critic.
# **Holds**: an actor that chooses actions and a critic that values states learn together. In depth: {lesson:full_training}

# %%
print("pi(a|s) =", policy.pi(states[0]).probs.detach().numpy().round(3))
print("V(s)    =", policy.v(states[0]).detach().numpy().round(3))

# %% [markdown] lang="ko" against="95607d19"
# ## 2. 노트의 첫 그림: TRPO
#
# **4** 그림: TRPO의 목적함수와 제약(노트에는 "TPRO"로 적혀 있습니다. TRPO가 맞습니다).
#
# $$\max_\theta\ \mathbb{E}\bigl[r(\theta)\,A\bigr] \quad\text{단,}\quad \mathbb{E}\bigl[\mathrm{KL}(\pi_{old}\,\|\,\pi_\theta)\bigr] \le \delta$$
#
# **맞음**: 아래는 진짜 CartPole 정책 둘레의 평면입니다. $\delta$를 움직이면 제약이 허락하는 영역의 경계(굵은 선)가 따라 움직입니다. 갈색 점은 TRPO가, 파란색 점은 PPO가 한 번의 업데이트로 간 곳입니다. 자세히: {lesson:inside_trpo}

# %% [markdown] lang="en" against="3e5213d2"
# ## 2. The notes' first picture: TRPO
#
# **4** The picture: TRPO's objective and its constraint (spelled "TPRO" in the notes; it is TRPO).
#
# $$\max_\theta\ \mathbb{E}\bigl[r(\theta)\,A\bigr] \quad\text{subject to}\quad \mathbb{E}\bigl[\mathrm{KL}(\pi_{old}\,\|\,\pi_\theta)\bigr] \le \delta$$
#
# **Holds**: below is a plane around a real CartPole policy. Move $\delta$, and the border of what the constraint allows (the thick line) moves with it. The brown point is where one update of TRPO went, the blue one where PPO's went. In depth: {lesson:inside_trpo}

# %%
explorers.region()

# %% [markdown] lang="ko" against="2abc583d"
# **5** TRPO는 정책을 강하게 묶는다.
# **맞음**: TRPO의 제약은 어길 수 없는 한계이고, PPO의 클리핑은 한계가 아닙니다. 자세히: {lesson:trpo_vs_ppo}
#
# **예측** $\delta = 0.01$인 TRPO와 $\epsilon = 0.2$인 PPO를 훈련합니다. 업데이트마다 잰 KL의 가장 큰 값은 각각 얼마일까요?

# %% [markdown] lang="en" against="9b64b603"
# **5** TRPO restricts the policy strongly.
# **Holds**: TRPO's constraint is a limit that no update passes; PPO's clipping is not a limit. In depth: {lesson:trpo_vs_ppo}
#
# **Predict** Train TRPO with $\delta = 0.01$ and PPO with $\epsilon = 0.2$. What is the largest KL of an update in each?

# %%
trpo = ppo_edu.train("CartPole-v1", algorithm="trpo", seed=0, max_steps=60_000, stop_at=None)
ppo = ppo_edu.train("CartPole-v1", algorithm="ppo", seed=0, max_steps=60_000, stop_at=None)
print(f"TRPO  max KL = {trpo.history['kl'].max():.4f}")
print(f"PPO   max KL = {ppo.history['approx_kl'].max():.4f}")

# %% [markdown] lang="ko" against="9203c716"
# TRPO는 한 번도 0.01을 넘지 않습니다. PPO에는 그런 선이 없습니다.
#
# **6** KL을 구하는 일 자체가 무겁다.
# **조건부**: 1번에서 본 대로 값은 가볍습니다. 순전파 한 번이면 되고, 그래서 PPO도 업데이트마다 KL을 *재기는* 합니다. 무거운 것은 이차 미분입니다. 자세히: {lesson:inside_trpo}

# %% [markdown] lang="en" against="3ecc4fc7"
# TRPO never passes 0.01. PPO has no such line.
#
# **6** Finding the KL is itself heavy.
# **Holds if** you mean its second derivative, as in 1. The value takes one forward pass, which is why PPO *measures* it in every update, too. In depth: {lesson:inside_trpo}

# %%
print("PPO  KL =", ppo.history["approx_kl"][:6].round(4))

# %% [markdown] lang="ko" against="6eacab95"
# ## 3. 노트의 둘째 그림: 클리핑
#
# **7** 그림: 비율에 따른 목적함수. 왼쪽은 $A > 0$, 오른쪽은 $A < 0$.
# **맞음**: 같은 그림이니 $\epsilon$을 직접 움직여 보세요. 자세히: {lesson:clip_and_min} 2절

# %% [markdown] lang="en" against="40477519"
# ## 3. The notes' second picture: clipping
#
# **7** The picture: the objective against the ratio, on the left for $A > 0$, on the right for $A < 0$.
# **Holds**: it is the same picture, and here you can move $\epsilon$. In depth: {lesson:clip_and_min}, section 2

# %%
explorers.clip()

# %% [markdown] lang="ko" against="8376eceb"
# **8** 비율이 $1-\epsilon$이나 $1+\epsilon$을 넘으면 자른다.
# **조건부**: 자르기는 늘 하지만, 자른 값을 *쓸지*는 $\min$이 정합니다. 네 경우 가운데 두 경우에만 씁니다. 자세히: {lesson:clip_and_min} 1–3절

# %% [markdown] lang="en" against="786569a0"
# **8** A ratio beyond $1-\epsilon$ or $1+\epsilon$ is clipped.
# **Holds if** you add that the $\min$ decides whether the clipped value is *used*: in two of these four cases. In depth: {lesson:clip_and_min}, sections 1 to 3

# %% tags=["nbval-check-output"]
for A in (1.0, -1.0):
    for r in (0.5, 1.5):
        L, cut = ppo_edu.clipped_surrogate(r, A, 0.2), ppo_edu.clipped_without_min(r, A, 0.2)
        print(f"A = {A:+.0f}   r = {r}   clip(r) A = {cut:+.1f}   L = {L:+.1f}   {'✓' if cut == L else '-'}")

# %% [markdown] lang="ko" against="b2610f19"
# **9** $L$은 $r \le 1+\epsilon$이면 $rA$, $r > 1+\epsilon$이면 $(1+\epsilon)A$이다.
# **조건부**: $A > 0$일 때만 맞습니다. $A < 0$이면 좌우가 뒤집혀 $r < 1-\epsilon$에서 $(1-\epsilon)A$가 됩니다. 자세히: {lesson:clip_and_min} 4절

# %% [markdown] lang="en" against="7ae62df1"
# **9** $L$ is $rA$ for $r \le 1+\epsilon$ and $(1+\epsilon)A$ for $r > 1+\epsilon$.
# **Holds if** $A > 0$. For $A < 0$ it is the mirror form: $(1-\epsilon)A$ for $r < 1-\epsilon$. In depth: {lesson:clip_and_min}, section 4

# %% tags=["nbval-check-output"]
r = np.linspace(0, 2, 201)
for A in (1.0, -1.0):
    two_lines = np.where(r <= 1.2, r * A, 1.2 * A)
    print(f"A = {A:+.0f}  ", np.allclose(two_lines, ppo_edu.clipped_surrogate(r, A, epsilon=0.2)))

# %% [markdown] lang="ko" against="c26af5bf"
# **10** 둘째 줄에는 $\theta$가 없으니 가중치가 갱신되지 않는다.
# **조건부**: *그 샘플*의 그래디언트가 0이라는 뜻이면 맞습니다. 가중치는 모든 샘플이 함께 쓰므로 다른 샘플 때문에 계속 바뀝니다. 자세히: {lesson:clip_and_min} 3절, 6절
#
# 샘플 둘이 파라미터 $\theta$ 하나를 나눠 씁니다. 첫째 샘플은 이미 범위 밖($r = 1.5$)에 있습니다.

# %% [markdown] lang="en" against="3c75cdc6"
# **10** The second line holds no $\theta$, so the weights are not updated.
# **Holds if** you say it of *that sample's* gradient. All samples share the weights, and the others go on changing them. In depth: {lesson:clip_and_min}, sections 3 and 6
#
# Two samples share one parameter $\theta$; the first is outside the range already ($r = 1.5$).

# %% tags=["nbval-check-output"]
theta = torch.tensor(0.0, requires_grad=True)
ratios = torch.stack([1.5 + theta, 1.0 + theta])
for L in ppo_edu.clipped_surrogate(ratios, torch.ones(2), epsilon=0.2):
    (gradient,) = torch.autograd.grad(L, theta, retain_graph=True)
    print(f"dL/dθ = {gradient.item():.1f}")

# %% [markdown] lang="ko" against="b6c2a1a3"
# **11** $A < 0$일 때 $\min$이 **없으면** 학습이 잘못된 쪽으로 가도 피드백을 줄 수 있다.
# **반대**: $\min$이 **있어야** 피드백을 줄 수 있습니다. 나쁜 행동의 확률이 오른 샘플($A < 0$, $r > 1+\epsilon$)을 보세요. 반대로 $A > 0$, $r < 1-\epsilon$에서도 마찬가지입니다. 자세히: {lesson:clip_and_min} 5절

# %% [markdown] lang="en" against="e84e2ddc"
# **11** **Without** the $\min$, learning that goes wrong with $A < 0$ gets its feedback.
# **The other way round**: it needs the $\min$. Look at a bad action that became more likely ($A < 0$, $r > 1+\epsilon$). The mirror case, $A > 0$ and $r < 1-\epsilon$, is the same. In depth: {lesson:clip_and_min}, section 5

# %% tags=["nbval-check-output"]
for A, r in ((-1.0, 1.5), (1.0, 0.5)):
    ratio = torch.tensor(r, requires_grad=True)
    for objective in (ppo_edu.clipped_surrogate, ppo_edu.clipped_without_min):
        (gradient,) = torch.autograd.grad(objective(ratio, A, 0.2), ratio)
        print(f"A = {A:+.0f}   r = {r}   {objective.__name__:20} dL/dr = {gradient.item():+.0f}")

# %% [markdown] lang="ko" against="a5bb5179"
# **12** $r_t = \pi_\theta(a_t|s_t)\,/\,\pi_{\theta_{old}}(a_t|s_t)$.
# **맞음**: 이전 정책이 확률 0.4로 고르던 행동을 0.5로 고르면 1.25배입니다. 자세히: {lesson:ratio} 1절

# %% [markdown] lang="en" against="f4b28691"
# **12** $r_t = \pi_\theta(a_t|s_t)\,/\,\pi_{\theta_{old}}(a_t|s_t)$.
# **Holds**: an action taken with probability 0.4 before and 0.5 now has the ratio 1.25. In depth: {lesson:ratio}, section 1

# %% tags=["nbval-check-output"]
print(round(float(ppo_edu.probability_ratio(np.log(0.5), np.log(0.4))), 6))

# %% [markdown] lang="ko" against="e58f48f6"
# **13** 어드밴티지(advantage)를 구할 때 이전 정책과 현재 정책을 비교한다.
# **반대**: 어드밴티지는 이전 정책이 모은 보상과 크리틱의 값으로만 구합니다. 정책의 비교(비율)는 *그다음* 손실에서 곱해집니다. 자세히: {lesson:ratio}, {lesson:gae}
#
# 아래에서 액터만 바꿔 봅니다. 비율은 달라지지만 어드밴티지는 그대로입니다.

# %% [markdown] lang="en" against="617d24ac"
# **13** To find the advantage, the old policy is compared with the new one.
# **The other way round**: the advantage comes only from the rewards that the old policy collected and from the critic. The comparison, which is the ratio, is multiplied in *afterwards*, in the loss. In depth: {lesson:ratio}, {lesson:gae}
#
# Below only the actor changes. The ratios follow; the advantages do not.

# %%
episode = {name: array.copy() for name, array in recorded.episode("terminated").items()}
actor = ppo_edu.ActorCritic(4, 2, generator=torch.Generator().manual_seed(0))
log_prob = actor.pi(episode["observations"]).log_prob(torch.as_tensor(episode["actions"])).detach()
for push in (0.0, 0.5):
    actor.actor_head.bias.data = torch.tensor([0.0, push])
    new = actor.pi(episode["observations"]).log_prob(torch.as_tensor(episode["actions"])).detach()
    advantage = recorded.advantages_of(episode, gamma=0.99, lam=0.95)
    print(
        "r =",
        ppo_edu.probability_ratio(new, log_prob)[-4:].numpy().round(2),
        "  A =",
        advantage[-4:].round(1),
    )

# %% [markdown] lang="ko" against="08149517"
# **14** 비율에 어드밴티지를 곱해, 얼마나 좋게 또는 나쁘게 바뀌었는지를 손실에 반영한다.
# **맞음**: $A$의 부호가 방향을, 크기가 세기를 정합니다. 자세히: {lesson:policy_gradient}, {lesson:clip_and_min} 2절
#
# 확률 0.5인 행동 하나를 그래디언트를 따라 한 번 움직여 봅니다.

# %% [markdown] lang="en" against="a5295ec5"
# **14** The ratio is multiplied by the advantage, so that the loss reflects how much better or worse things became.
# **Holds**: the sign of $A$ gives the direction and its size the strength. In depth: {lesson:policy_gradient}, {lesson:clip_and_min}, section 2
#
# One action of probability 0.5 takes one step along the gradient.

# %% tags=["nbval-check-output"]
for A in (2.0, 1.0, -1.0):
    logit = torch.tensor(0.0, requires_grad=True)
    ratio = ppo_edu.probability_ratio(F.logsigmoid(logit), np.log(0.5))
    (gradient,) = torch.autograd.grad(ppo_edu.clipped_surrogate(ratio, A, 0.2), logit)
    print(f"A = {A:+.0f}   0.5 -> {torch.sigmoid(logit + 0.5 * gradient).item():.2f}")

# %% [markdown] lang="ko" against="d7d27841"
# **15** 어드밴티지는 여러 방법으로 구할 수 있다. 예를 들면 GAE(generalized advantage estimation)이다.
# **맞음**: 같은 스텝을 TD 오차(TD error, $\lambda = 0$), GAE($\lambda = 0.95$), 몬테카를로(Monte Carlo, $\lambda = 1$)로 구하면 서로 다른 값이 나옵니다. 자세히: {lesson:gae} 3절, 7절

# %% [markdown] lang="en" against="b09a95ef"
# **15** There are several ways to find the advantage, GAE for one.
# **Holds**: a TD error ($\lambda = 0$), GAE ($\lambda = 0.95$) and Monte Carlo ($\lambda = 1$) give the same steps different values. In depth: {lesson:gae}, sections 3 and 7

# %%
for lam in (0.0, 0.95, 1.0):
    print(f"λ = {lam:<4}  A =", recorded.advantages_of(episode, 0.99, lam)[-5:].round(2))

# %% [markdown] lang="ko" against="7b10abe1"
# **16** 출처: [arXiv 1707.06347](https://arxiv.org/abs/1707.06347).
# **맞음**: PPO 논문입니다. `clipped_surrogate`는 그 논문의 식 (7)이고, 평균을 내기 전의 값입니다. TRPO는 [arXiv 1502.05477](https://arxiv.org/abs/1502.05477), GAE는 [arXiv 1506.02438](https://arxiv.org/abs/1506.02438)에서 나왔습니다.
#
# 논문 3절이 말하는 성질 하나를 확인합니다. $L$은 자르지 않은 $rA$보다 결코 크지 않습니다.

# %% [markdown] lang="en" against="a14c2a60"
# **16** The source: [arXiv 1707.06347](https://arxiv.org/abs/1707.06347).
# **Holds**: it is the PPO paper, and `clipped_surrogate` is its equation (7) before the mean is taken. TRPO comes from [arXiv 1502.05477](https://arxiv.org/abs/1502.05477), GAE from [arXiv 1506.02438](https://arxiv.org/abs/1506.02438).
#
# Here is one property that the paper states in its section 3: $L$ is never above $rA$ without clipping.

# %% tags=["nbval-check-output"]
draws = np.random.default_rng(0)
r, A = draws.uniform(0, 3, 100_000), draws.normal(size=100_000)
print(np.all(ppo_edu.clipped_surrogate(r, A, 0.2) <= ppo_edu.unclipped_surrogate(r, A)))

# %% [markdown] lang="ko" against="4c2ab7b5"
# ## 4. 노트의 프로그램
#
# 노트의 뒤 절반은 프로그램 한 편입니다. 여기서는 노트의 설명대로, 같은 이름과 같은 짜임으로 요즘의 PyTorch와 Gymnasium에 맞게 새로 작성했습니다. 셀마다 한 조각씩 붙여 나갑니다.
# `class PPO(PPO):`는 "지금까지의 `PPO`에 다음 메서드를 더한 것"이라는 뜻입니다. 나중에 한 줄씩 고치기 쉽도록 `td`, `gae`, `ratio`, `loss`, `is_over`에도 이름을 붙였습니다. 노트에서는 `train_net`과 `main` 안에 몇 줄로 들어 있습니다. `train_net`(22번)은 부품을 다 만든 다음에 조립하므로 노트보다 조금 뒤에 나옵니다.
#
# **누가 작성했나** 노트의 프로그램은 seungeunrho의 [minimalRL](https://github.com/seungeunrho/minimalRL) 가운데 `ppo.py`를 거의 그대로 따릅니다(MIT 라이선스, Copyright (c) 2019 seungeunrho).
#
# **노트에 빠진 것** `import`와 상수 일곱 개입니다. 프로그램은 이것이 있어야 돌아갑니다. `import`는 맨 위 셀에 있습니다. 상수 여섯 개는 아래에 있고, 일곱째(`print_interval`)는 노트의 `main` 안에 있습니다. 값은 minimalRL이 쓰는 것입니다.

# %% [markdown] lang="en" against="3f403bdc"
# ## 4. The notes' program
#
# The second half of the notes is a program. Here it is written anew from their description, for today's PyTorch and Gymnasium, with their names and their layout; each cell adds one part.
# `class PPO(PPO):` means "the `PPO` so far, with these methods added". So that single lines can be mended later, `td`, `gae`, `ratio`, `loss` and `is_over` have names, too; in the notes they are lines within `train_net` and `main`. `train_net` itself (claim 22) is put together when its parts are there, a little later than in the notes.
#
# **Who wrote what** The program in the notes follows `ppo.py` of [minimalRL](https://github.com/seungeunrho/minimalRL) by seungeunrho almost line for line (MIT licence, Copyright (c) 2019 seungeunrho).
#
# **And what the notes leave out** The imports and seven constants: without them the program does not run. The imports are in the first cell, six constants are below, with the values that minimalRL uses; a seventh, `print_interval`, stands in the notes' `main`.

# %% tags=["notes-program"]
learning_rate, gamma, lmbda, eps_clip = 0.0005, 0.98, 0.95, 0.1
K_epoch, T_horizon = 3, 20

# %% [markdown] lang="ko" against="acc73f68"
# **17** 클래스 하나가 신경망 전체다: 은닉층 `fc1`을 함께 쓰고, 출력만 `fc_pi`와 `fc_v`로 나눈다.
# **맞음**: 노트에는 "Agent-Critic"이라고 적혀 있는데, 액터-크리틱(Actor-Critic)입니다. 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="f8b45003"
# **17** One class is the whole network: the hidden layer `fc1` is shared, the outputs are `fc_pi` and `fc_v`.
# **Holds**: where the notes write "Agent-Critic", it is actor-critic. In depth: {lesson:full_training}


# %% tags=["notes-program"]
class PPO(nn.Module):
    def __init__(self):
        super().__init__()
        self.data = []
        self.fc1 = nn.Linear(4, 256)
        self.fc_pi = nn.Linear(256, 2)
        self.fc_v = nn.Linear(256, 1)
        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate)

    def logits(self, x):
        return self.fc_pi(F.relu(self.fc1(x)))

    def pi(self, x, softmax_dim=0):
        return self.logits(x).softmax(softmax_dim)

    def v(self, x):
        return self.fc_v(F.relu(self.fc1(x)))


# %% [markdown] lang="ko" against="8a2281f2"
# **18** `pi`는 액터의 순전파로 왼쪽과 오른쪽의 확률을, `v`는 크리틱의 순전파로 가치를 구한다.
# **맞음**: 상태 하나를 넣으면 더해서 1인 확률 둘과 가치 하나가 나옵니다. `softmax_dim`은 상태 하나면 0, 배치면 1입니다. 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="52f3bd6b"
# **18** `pi` is the actor's forward pass and gives the probabilities of left and right; `v` is the critic's and gives the value.
# **Holds**: one state gives two probabilities that add up to 1, and one value. `softmax_dim` is 0 for one state, 1 for a batch. In depth: {lesson:full_training}

# %%
torch.manual_seed(0)
model = PPO()
with torch.no_grad():
    print(model.pi(states[0]).numpy().round(3), model.v(states[0]).numpy().round(3))
    print(model.pi(states[:5], softmax_dim=1).sum(1).numpy())

# %% [markdown] lang="ko" against="33f2e45f"
# **19** `put_data`는 한 스텝에서 일어난 일을 담고, `make_batch`는 그것을 열마다 텐서로 바꾼다.
# **맞음**: 여섯 가지를 담습니다. 마지막 열은 `done`을 뒤집은 것이라, 에피소드가 끝난 스텝에서만 0입니다. 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="5d5cb6a6"
# **19** `put_data` keeps what happened in a step, `make_batch` turns that into a tensor for each column.
# **Holds**: there are six columns. The last is `done` turned round: 0 only where the episode ended. In depth: {lesson:full_training}


# %% tags=["notes-program"]
class PPO(PPO):
    def put_data(self, transition):
        self.data.append(transition)

    def make_batch(self):
        columns = [torch.as_tensor(np.array(column)) for column in zip(*self.data, strict=True)]
        s, a, r, s_prime, prob_a, done = columns
        self.data = []
        a, r, prob_a, done = (column.reshape(-1, 1) for column in (a, r, prob_a, done))
        return s, a, r.float(), s_prime, 1 - done.float(), prob_a.float()


# %% [markdown] lang="ko" against="d12a1848"
# **20** DQN의 리플레이 버퍼(replay buffer)처럼 담아 두었다가 배치로 배운다.
# **조건부**: 모아 두는 것까지만 같습니다. DQN은 예전 데이터를 계속 간직하지만, 여기서는 한 번 배운 데이터를 **버립니다**. 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="aa1bf762"
# **20** Steps are kept as in DQN's replay buffer, to be learned from as a batch.
# **Holds if** you mean the keeping only. DQN holds on to old data; here the data are **thrown away** once they were used. In depth: {lesson:full_training}

# %%
torch.manual_seed(0)
model = PPO()
for done in (False, False, True):
    model.put_data((np.zeros(4, np.float32), 1, 0.01, np.ones(4, np.float32), 0.5, done))
print(len(model.data), [tuple(column.shape) for column in model.make_batch()], len(model.data))

# %% [markdown] lang="ko" against="fdda1838"
# **21** DQN은 데이터를 무작위로 뽑아 배우지만, 여기서는 `T_horizon`마다 순서대로 모은 것으로 배운다.
# **맞음**: 그리고 순서가 중요합니다. GAE는 나중 스텝의 놀라움을 이전 스텝들로 옮기기 때문입니다. 같은 스텝들을 섞으면 어드밴티지가 달라집니다. 자세히: {lesson:gae} 2절

# %% [markdown] lang="en" against="7ee1bf35"
# **21** DQN draws at random; here, every `T_horizon` steps, the program learns from what it collected in order.
# **Holds**, and the order matters: GAE carries a later step's surprise to the earlier ones. Shuffle the same steps and the advantages change. In depth: {lesson:gae}, section 2

# %%
tail = {name: array[-20:] for name, array in episode.items()}
order = np.random.default_rng(0).permutation(20)
in_order = recorded.advantages_of(tail, 0.98, 0.95)
shuffled = recorded.advantages_of({name: array[order] for name, array in tail.items()}, 0.98, 0.95)
back_in_place = np.empty(20)
back_in_place[order] = shuffled
print(in_order[:5].round(2), back_in_place[:5].round(2))

# %% [markdown] lang="ko" against="f890b161"
# **23** TD 목표를 만들고, 다음 상태의 가치에서 지금 상태의 가치를 빼고 보상을 더해 `delta`를 얻는다.
# **조건부**: 다음 상태의 가치에 $\gamma$를 곱하고, 에피소드가 끝난 스텝에서는 그 가치를 0으로 친다고 덧붙이면 맞습니다. 코드에는 둘 다 있습니다. 자세히: {lesson:gae} 1절
#
# **24** `delta`에 $(\gamma\lambda)^k$를 곱해 더한 것이 GAE이다.
# **조건부**: 배치가 에피소드의 끝을 넘지 않을 때 맞습니다. 노트의 `main`은 끝나면 바로 배우므로 넘는 일이 없습니다. 자세히: {lesson:gae} 2절, 5절

# %% [markdown] lang="en" against="c620dc1c"
# **23** The TD target is made, and `delta` is the next state's value minus this state's, plus the reward.
# **Holds if** you add what the code has: the next value is multiplied by $\gamma$, and counts as 0 after the last step. In depth: {lesson:gae}, section 1
#
# **24** GAE is the sum of the `delta`s, each multiplied by $(\gamma\lambda)^k$.
# **Holds if** no batch runs across the end of an episode. None does: the notes' `main` learns as soon as an episode ends. In depth: {lesson:gae}, sections 2 and 5


# %% tags=["notes-program"]
class PPO(PPO):
    def td(self, s, r, s_prime, done_mask):
        td_target = r + gamma * self.v(s_prime) * done_mask
        delta = td_target - self.v(s)
        return td_target.detach(), delta.detach()

    def gae(self, delta):
        advantage = torch.zeros_like(delta)
        following = 0.0
        for step in reversed(range(len(delta))):
            following = advantage[step] = delta[step] + gamma * lmbda * following
        return advantage


# %%
delta = torch.tensor([[0.3], [-0.1], [0.5]])
by_formula = sum((gamma * lmbda) ** k * delta[k].item() for k in range(3))
print(f"{PPO().gae(delta)[0].item():.6f}  {by_formula:.6f}")
by_hand = 0.01 + gamma * 0.3 - 0.2
print(f"{ppo_edu.td_errors([0.01], [0.2], [0.3], [False], gamma)[0]:.6f}  {by_hand:.6f}")

# %% [markdown] lang="ko" against="92cf66c6"
# **25** `delta`를 누적해서 *곱해* $A_t$를 구한다.
# **조건부**: 누적해서 곱하는 것은 *가중치* $\gamma\lambda$입니다. `delta`는 **더합니다**. 자세히: {lesson:gae} 2절

# %% [markdown] lang="en" against="51980d34"
# **25** $A_t$ comes from *multiplying* the `delta`s up.
# **Holds if** you say it of the *weights* $\gamma\lambda$. The `delta`s are **added**. In depth: {lesson:gae}, section 2

# %%
print(f"Σ: {by_formula:+.3f}   Π: {delta.prod().item():+.3f}   A = {PPO().gae(delta)[0].item():+.3f}")

# %% [markdown] lang="ko" against="5d7aa821"
# **26** 이렇게 하면 지금의 변화가 좋은 쪽인지 나쁜 쪽인지 구별할 수 있다.
# **조건부**: 크리틱이 웬만큼 맞을 때 그렇습니다. 크리틱이 모든 상태를 20점씩 높게 보면 많은 스텝의 부호가 바뀝니다. 자세히: {lesson:gae} 4절, 7절

# %% [markdown] lang="en" against="15136d2b"
# **26** So it can be told whether a change is for the better or the worse.
# **Holds if** the critic is about right. Let it think 20 points too much of every state, and the signs of many steps change. In depth: {lesson:gae}, sections 4 and 7

# %%
for too_high in (0, 20):
    wrong = {
        **episode,
        "values": episode["values"] + too_high,
        "next_values": episode["next_values"] + too_high,
    }
    advantage = recorded.advantages_of(wrong, 0.99, 0.95)
    print(f"V + {too_high:<3} A > 0: {np.mean(advantage > 0):.0%}")

# %% [markdown] lang="ko" against="d813bc35"
# **27** `pi.gather(1, a)`로 고른 행동의 확률을 꺼낸다.
# **맞음**: 행마다 `a`번째 열을 꺼냅니다. 이 과정은 `log_prob`를 부르는데, 같은 값의 로그입니다. 자세히: {lesson:full_training}
#
# **28** 비율은 로그의 차에 `exp`를 취해 구한다.
# **맞음**: 나눗셈과 같은 값이고, 로그 확률을 바로 구하면 확률이 아주 작아도 문제가 없습니다(노트처럼 `softmax`를 거칠 때의 약점은 6절에서 고칩니다). 자세히: {lesson:ratio} 4절
#
# **30** `surr1`, `surr2`, `clamp`를 쓰면 KL 없이도 학습이 안정된다. **31** `min`은 안전장치다. **32** 가치 함수(value function)는 L1 norm으로 배운다. 세 줄의 판정은 22번과 29번 다음에 나옵니다.

# %% [markdown] lang="en" against="d2ace124"
# **27** `pi.gather(1, a)` takes out the probability of the action that was chosen.
# **Holds**: column `a` of every row. This course calls `log_prob`, which is the logarithm of the same number. In depth: {lesson:full_training}
#
# **28** The ratio is `exp` of a difference of logarithms.
# **Holds**: it equals the division, and with log-probabilities made directly it does not break where probabilities are tiny (the notes go through a `softmax`; section 6 mends that). In depth: {lesson:ratio}, section 4
#
# **30** With `surr1`, `surr2` and `clamp`, learning is stable without a KL. **31** The `min` is a safeguard. **32** The value function learns by an L1 norm. Their verdicts come after claims 22 and 29.


# %% tags=["notes-program"]
class PPO(PPO):
    def ratio(self, s, a, prob_a):
        pi_a = self.pi(s, softmax_dim=1).gather(1, a)
        return torch.exp(torch.log(pi_a) - torch.log(prob_a))

    def value_loss(self, v, td_target):
        return F.smooth_l1_loss(v, td_target)

    def loss(self, s, a, prob_a, advantage, td_target):
        ratio = self.ratio(s, a, prob_a)
        surr1 = ratio * advantage
        surr2 = torch.clamp(ratio, 1 - eps_clip, 1 + eps_clip) * advantage
        return (self.value_loss(self.v(s), td_target) - torch.min(surr1, surr2)).mean()


# %%
torch.manual_seed(0)
model, s, a = PPO(), states[:4], actions[:4, None]
with torch.no_grad():
    pi = model.pi(s, softmax_dim=1)
    log_prob = Categorical(logits=model.logits(s)).log_prob(actions[:4])
    print(pi.numpy().round(3), a.flatten().tolist())
    print(pi.gather(1, a).flatten().numpy().round(3), log_prob.exp().numpy().round(3))
    ratio = model.ratio(s, a, torch.full((4, 1), 0.4))
    print(ratio.flatten().numpy().round(3), (pi.gather(1, a) / 0.4).flatten().numpy().round(3))

# %% [markdown] lang="ko" against="7c855b77"
# **22** `train_net`은 `make_batch`가 준 배치로 가중치를 `K_epoch`번 갱신한다.
# **맞음**: 한 배치에 그래디언트 스텝 세 번입니다. 자세히: {lesson:full_training}
#
# **29** `pi_a`는 갱신된 $\theta$의 확률, `prob_a`는 데이터를 모을 때의 이전 확률이다.
# **맞음**: 그래서 첫 번째 갱신에서는 비율이 (반올림을 빼면) 모두 1이고, 두 번째부터 1에서 벗어납니다. 자세히: {lesson:ratio} 5절

# %% [markdown] lang="en" against="1e517fe8"
# **22** `train_net` updates the weights with the batch that `make_batch` gives, `K_epoch` times.
# **Holds**: three gradient steps on one batch. In depth: {lesson:full_training}
#
# **29** `pi_a` is the probability under the updated $\theta$, `prob_a` the old one from when the data were collected.
# **Holds**, and so all ratios are 1 (up to rounding) the first time and spread from the second on. In depth: {lesson:ratio}, section 5


# %% tags=["notes-program"]
class PPO(PPO):
    def train_net(self):
        s, a, r, s_prime, done_mask, prob_a = self.make_batch()
        for _ in range(K_epoch):
            td_target, delta = self.td(s, r, s_prime, done_mask)
            advantage = self.gae(delta)
            loss = self.loss(s, a, prob_a, advantage, td_target)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def is_over(self, done, truncated):
        return done


# %% [markdown] lang="ko" against="3bdc2710"
# 진짜 스텝 스무 개를 모아 두고, 배우는 동안 비율을 엿봅니다. 이 스무 스텝은 5절에서도 씁니다.

# %% [markdown] lang="en" against="9b48dac5"
# We collect twenty real steps and watch the ratios while it learns. Section 5 uses the same twenty steps.


# %% tags=["same-weights"]
def twenty_steps(model):
    env = gym.make("CartPole-v1")
    s, _ = env.reset(seed=0)
    for _ in range(20):
        prob = model.pi(torch.from_numpy(s)).detach()
        a = Categorical(prob).sample().item()
        s_prime, r, done, truncated, _ = env.step(a)
        model.put_data((s, a, r / 100, s_prime, prob[a].item(), done))
        s = s_prime
        if done:
            break
    return list(model.data)


class Watched(PPO):
    def ratio(self, s, a, prob_a):
        ratio = super().ratio(s, a, prob_a)
        print(f"r: {ratio.min().item():.4f} ... {ratio.max().item():.4f}")
        return ratio


# %%
torch.manual_seed(0)
model = Watched()
steps = twenty_steps(model)
print(len(steps))
model.train_net()

# %% [markdown] lang="ko" against="e6c0854e"
# **30** 클리핑이 있으면 KL 없이도 안정된다. **조건부**: 대체로 그렇지만 보장은 아닙니다. 같은 배치로 200번 배우게 하면 차이가 보입니다. 자세히: {lesson:clip_and_min} 6–7절, {lesson:how_sure}
#
# **예측** `eps_clip`이 0.1일 때와 사실상 없을 때(1000), 비율은 각각 어디까지 갈까요? 0.1이면 1.1을 넘는 일도 있을까요? {past_1_1: 넘습니다 | 못 넘습니다}

# %% [markdown] lang="en" against="0bbbddfd"
# **30** With clipping, learning is stable without a KL. **Holds if** you do not read it as a guarantee. Let it learn from one batch 200 times and you see the difference. In depth: {lesson:clip_and_min}, sections 6 and 7, {lesson:how_sure}
#
# **Predict** How far do the ratios go with an `eps_clip` of 0.1, and with practically none (1000)? Can they pass 1.1 in the first case? {past_1_1: yes | no}


# %%
def ratios_after(eps, times=200):
    global eps_clip, K_epoch
    kept, eps_clip, K_epoch = (eps_clip, K_epoch), eps, times
    torch.manual_seed(0)
    model = PPO()
    model.data = list(steps)
    model.train_net()
    eps_clip, K_epoch = kept
    model.data = list(steps)
    s, a, _, _, _, prob_a = model.make_batch()
    return model.ratio(s, a, prob_a)


for eps in (0.1, 1000):
    print(
        f"eps_clip = {eps:<5}  r: {ratios_after(eps).min().item():.2f} ... {ratios_after(eps).max().item():.2f}"
    )

# %% [markdown] lang="ko" against="81cb6ef7"
# `eps_clip`이 0.1이어도 비율은 1.1을 조금 넘습니다. 클리핑은 벽이 아니라, 범위를 나간 샘플의 그래디언트를 끊을 뿐입니다. 그래도 없을 때(0.30에서 2.05)와는 딴판입니다.
#
# **31** `min`은 잘못 배웠을 때의 안전장치다.
# **맞음**: 11번과 같은 이야기이고, 이번에는 노트가 옳게 적었습니다. 프로그램의 손실로 확인합니다. `prob_a`를 0.2로 두어 나쁜 행동의 확률이 이미 크게 오른 상황을 만듭니다. 자세히: {lesson:clip_and_min} 5절

# %% [markdown] lang="en" against="918a9cfe"
# Even with 0.1 the ratios pass 1.1 a little: clipping is no wall, it only cuts the gradient of a sample that left the range. Still, it is nothing like the spread without it (0.30 to 2.05).
#
# **31** The `min` is a safeguard for learning that went wrong.
# **Holds**: it is claim 11 again, and this time the notes have it right. Here it is in the program's own terms: a `prob_a` of 0.2 makes it a bad action that has become much more likely. In depth: {lesson:clip_and_min}, section 5

# %%
torch.manual_seed(0)
model = PPO()
ratio = model.ratio(states[:1], actions[:1, None], torch.tensor([[0.2]]))
surr1, surr2 = -ratio, -torch.clamp(ratio, 1 - eps_clip, 1 + eps_clip)
for name, L in {"min(surr1, surr2)": torch.min(surr1, surr2), "surr2": surr2}.items():
    (gradient,) = torch.autograd.grad(L.sum(), model.fc_pi.weight, retain_graph=True)
    print(f"r = {ratio.item():.2f}   {name:18} |dL/dθ| = {gradient.norm().item():.3f}")

# %% [markdown] lang="ko" against="fc4ba5df"
# **32** 가치 함수는 L1 norm으로 배운다.
# **조건부**: `smooth_l1_loss`는 이름과 달리 오차가 1보다 작으면 **제곱의 절반**, 크면 절댓값에서 0.5를 뺀 값입니다(Huber 손실). 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="4601989b"
# **32** The value function learns by an L1 norm.
# **Holds if** the error is large: whatever its name says, `smooth_l1_loss` is **half the square** for errors below 1 and the absolute value minus 0.5 above (the Huber loss). In depth: {lesson:full_training}

# %% tags=["nbval-check-output"]
for error in (0.1, 0.5, 2.0):
    x, zero = torch.tensor(error), torch.tensor(0.0)
    print(
        f"{error}:  smooth L1 = {F.smooth_l1_loss(x, zero):.3f}   x²/2 = {x * x / 2:.3f}   |x| = {abs(x):.3f}"
    )

# %% [markdown] lang="ko" against="03e0438b"
# **33** `main`은 확률에 따라 행동을 뽑고, 한 스텝 나아가고, 그 결과를 `put_data`로 담는다.
# **맞음**: 보상은 100으로 나누어 담습니다. 가장 큰 확률의 행동을 고르는 것이 아니라 *뽑는다*는 점이 중요합니다. 자세히: {lesson:full_training}
#
# **34** `T_horizon` 스텝마다 배운다.
# **조건부**: *최대* `T_horizon` 스텝입니다. 에피소드가 먼저 끝나면 더 짧은 배치로 배웁니다. 노트도 마지막 줄에는 그렇게 적었습니다(37번). 자세히: {lesson:full_training}
#
# **35** 실패하면 끝나도록 `if done:`이 있다.
# **조건부**: 막대가 쓰러져서 끝날 때는 맞습니다. 시간 제한(`truncated`)은 읽기만 하고 쓰지 않습니다. 그 판단을 `is_over` 한 줄에 모아 두었습니다. 자세히: {lesson:full_training} 11절

# %% [markdown] lang="en" against="28392975"
# **33** `main` draws an action by its probability, takes a step and keeps the result by `put_data`.
# **Holds**: rewards are divided by 100 on the way. Mind that the action is *drawn*; it is not always the most likely one. In depth: {lesson:full_training}
#
# **34** It learns every `T_horizon` steps.
# **Holds if** you say *at most*: where an episode ends sooner, it learns from a shorter batch. The notes' last line says so, too (37). In depth: {lesson:full_training}
#
# **35** `if done:` is there to stop after a failure.
# **Holds if** you mean a fall. The time limit (`truncated`) is read and not used; that decision is the one line of `is_over`. In depth: {lesson:full_training}, section 11


# %% tags=["notes-program"]
def main(model, max_steps, seed=0, on_episode=None):
    env = gym.make("CartPole-v1")
    run = SimpleNamespace(env_id="CartPole-v1", total_steps=0, steps=[], returns=[])
    s, _ = env.reset(seed=seed)
    while run.total_steps < max_steps:
        over, score = False, 0.0
        while not over and run.total_steps < max_steps:
            for _ in range(T_horizon):
                prob = model.pi(torch.from_numpy(s))
                a = Categorical(prob).sample().item()
                s_prime, r, done, truncated, _ = env.step(a)
                model.put_data((s, a, r / 100, s_prime, prob[a].item(), done))
                s, score, run.total_steps = s_prime, score + r, run.total_steps + 1
                over = model.is_over(done, truncated)
                if over:
                    break
            model.train_net()
        run.returns.append(score)
        run.steps.append(run.total_steps)
        s, _ = env.reset()
        if on_episode is not None:
            on_episode(run)
    return run


# %% [markdown] lang="ko" against="240ab9de"
# **예측** 30,000스텝(10초 남짓) 동안 평균은 얼마나 오를까요? 500점을 넘는 에피소드도 나올까요? {past_500: 나옵니다 | 안 나옵니다}

# %% [markdown] lang="en" against="44e4981a"
# **Predict** How far does the mean rise in 30,000 steps, some ten seconds? Will there be an episode of more than 500 points? {past_500: yes | no}

# %%
torch.manual_seed(1)
notes_model, started = PPO(), time.perf_counter()
with explorers.LearningCurve() as curve:
    notes_run = main(notes_model, max_steps=30_000, seed=1, on_episode=curve)
notes_rate = notes_run.total_steps / (time.perf_counter() - started)

# %%
print(f"N = {len(notes_run.returns)}   max = {max(notes_run.returns):.0f}")

# %% [markdown] lang="ko" against="02c25281"
# 배웁니다. 가로축은 {lesson:start_here}의 곡선과 비교할 수 있게 100,000스텝까지 두었습니다. 평균은 꾸준히 오르지만 점 하나하나는 크게 흩어지고, 시드를 바꾸면 다른 곡선이 나옵니다(6절). 500점을 넘는 에피소드가 나오는 이유는 `is_over`가 `truncated`를 쓰지 않기 때문입니다.
#
# 33번과 34번도 마저 확인합시다. 뽑은 행동의 빈도는 확률을 따르고, 배치의 길이는 20을 넘지 않습니다.

# %% [markdown] lang="en" against="ef694817"
# It learns. (The axis goes on to 100,000 steps, so that the curve can be held beside that of {lesson:start_here}.) The mean rises steadily, but single episodes scatter widely, and another seed gives another curve (section 6). There are episodes of more than 500 points because `is_over` does not use `truncated`.
#
# Claims 33 and 34 are still to be seen: how often an action is drawn follows its probability, and no batch is longer than 20.

# %%
prob = torch.tensor([0.3, 0.7])
print(Categorical(prob).sample((10_000,)).float().mean().item())


class Counting(PPO):
    lengths = []

    def make_batch(self):
        self.lengths.append(len(self.data))
        return super().make_batch()


torch.manual_seed(0)
main(Counting(), max_steps=500)
print(Counting.lengths)

# %% [markdown] lang="ko" against="580ce37f"
# **36** 에피소드 20개마다 평균을 출력한다.
# **조건부**: 두 번째 출력부터 맞습니다. 에피소드를 0부터 세면서 0번에서는 출력하지 않으므로, 첫 출력은 **21개**의 합을 20으로 나눕니다. 자세히: {lesson:full_training}
#
# 모든 에피소드가 20점이라고 해 봅시다.

# %% [markdown] lang="en" against="833dd81d"
# **36** It prints the mean of every 20 episodes.
# **Holds if** you leave out the first line. Episodes are counted from 0 and nothing is printed at 0, so the first sum holds **21** episodes and is divided by 20. In depth: {lesson:full_training}
#
# Say that every episode scores 20.

# %% tags=["nbval-check-output"]
score = 0.0
for n_epi in range(61):
    score += 20
    if n_epi % 20 == 0 and n_epi != 0:
        print(n_epi, score / 20)
        score = 0.0

# %% [markdown] lang="ko" against="326934f9"
# **37** 에피소드가 끝나거나 스텝이 충분히 쌓이면 모델을 학습시킨다.
# **맞음**: 노트의 마지막 줄이고, 34번보다 정확합니다. 그러니 에피소드 하나로 배우는 횟수는 그 길이를 20으로 나누어 올림한 값입니다. 자세히: {lesson:full_training}

# %% [markdown] lang="en" against="9a916d25"
# **37** The model learns when an episode has ended or enough steps have come together.
# **Holds**: it is the notes' last line, and more exact than 34. So an episode is learned from as often as its length divided by 20, rounded up. In depth: {lesson:full_training}

# %%
Counting.lengths.clear()
torch.manual_seed(0)
played = main(Counting(), max_steps=2_000).returns
print(len(Counting.lengths), sum(int(np.ceil(steps / T_horizon)) for steps in played))

# %% [markdown] lang="ko" against="61e0a314"
# ## 5. 같은 것을 배울까요?
#
# 노트의 프로그램과 이 과정의 함수는 *같은 것*을 배울까요? 같은 스무 스텝과 같은 가중치에서 출발해, 한쪽은 노트의 `train_net`으로, 다른 쪽은 `ppo_edu.gae`, `probability_ratio`, `clipped_surrogate`로 배웁니다.
#
# **예측** 배운 뒤의 가중치는 몇째 자리까지 같을까요?

# %% [markdown] lang="en" against="9c38af79"
# ## 5. Do they learn the same?
#
# Do the notes' program and this course's functions learn *the same*? From the same twenty steps and the same weights, one learns by the notes' `train_net`, the other by `ppo_edu.gae`, `probability_ratio` and `clipped_surrogate`.
#
# **Predict** To how many digits do the weights agree afterwards?


# %% tags=["same-weights"]
class CoursePPO(PPO):
    def train_net(self):
        s, a, r, s_prime, done_mask, prob_a = self.make_batch()
        terminated = done_mask.numpy()[:, 0] == 0
        for _ in range(K_epoch):
            with torch.no_grad():
                v, v_prime = self.v(s)[:, 0].numpy(), self.v(s_prime)[:, 0].numpy()
            rewards = r.numpy()[:, 0]
            delta = ppo_edu.td_errors(rewards, v, v_prime, terminated, gamma)
            advantage = ppo_edu.gae(rewards, v, v_prime, terminated, np.zeros_like(terminated), gamma, lmbda)

            log_prob = Categorical(logits=self.logits(s)).log_prob(a[:, 0])
            ratio = ppo_edu.probability_ratio(log_prob, prob_a[:, 0].log())
            surrogate = ppo_edu.clipped_surrogate(ratio, torch.as_tensor(advantage), eps_clip)
            loss = F.smooth_l1_loss(self.v(s)[:, 0], torch.as_tensor(delta + v)) - surrogate.mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


# %% tags=["same-weights"]
def weights_after(kind, steps):
    torch.manual_seed(0)
    model = kind()
    before = nn.utils.parameters_to_vector(model.parameters()).detach()
    model.data = list(steps)
    model.train_net()
    return before, nn.utils.parameters_to_vector(model.parameters()).detach()


# %%
before, by_notes = weights_after(PPO, steps)
_, by_course = weights_after(CoursePPO, steps)
print(f"max |Δθ| = {(by_notes - before).abs().max().item():.1e}")
print(f"max |θ(PPO) - θ(CoursePPO)| = {(by_notes - by_course).abs().max().item():.1e}")

# %% [markdown] lang="ko" against="7704138f"
# **같은 것을 배웁니다.** 가중치는 0.0015까지 움직였고, 두 결과의 차이는 그 만분의 1도 되지 않는 반올림 오차입니다(32비트 실수는 일곱째 자리 근처에서 반올림합니다).
# 여기서부터는 노트의 프로그램이든 이 과정의 함수든 같은 PPO입니다. 이 셀은 이 과정의 자동 검사 가운데 하나이기도 합니다.
#
# ## 6. 한 줄씩 고치기
#
# 이제 약한 곳을 한 줄씩 고치고, 무엇이 나아지는지 잽니다. 나아지지 않으면 그렇다고 적습니다.
#
# **소프트맥스의 로그** 확률이 0으로 반올림되면 $\log 0 = -\infty$가 되고, 그래디언트는 NaN(수가 아닌 값)이 됩니다. `log_softmax`를 쓰면 그런 일이 없습니다.

# %% [markdown] lang="en" against="25aff2b7"
# **They learn the same.** The weights moved by up to 0.0015, and the two results differ by less than a ten-thousandth of that: rounding (32-bit numbers round near the seventh digit).
# From here on, the notes' program and this course's functions are one PPO. This cell is also one of the course's automatic tests.
#
# ## 6. Mended, one line at a time
#
# Now the weak spots, one line at a time, and what each mend gains by measure. Where it gains nothing, we say so.
#
# **The log of a softmax** If a probability is rounded to 0, then $\log 0 = -\infty$ and the gradient is not a number (NaN). `log_softmax` cannot do that.


# %% tags=["notes-mends"]
class LogSoftmax(PPO):
    def ratio(self, s, a, prob_a):
        log_pi_a = self.logits(s).log_softmax(1).gather(1, a)
        return torch.exp(log_pi_a - torch.log(prob_a))


# %%
for kind in (PPO, LogSoftmax):
    torch.manual_seed(0)
    model = kind()
    model.fc_pi.bias.data = torch.tensor([0.0, 200.0])
    ratio = model.ratio(states[:1], torch.tensor([[0]]), torch.tensor([[0.5]]))
    (gradient,) = torch.autograd.grad(ratio.sum(), model.fc_pi.bias)
    print(f"{kind.__name__:11} r = {ratio.item():.1e}   dr/dθ = {gradient.tolist()}")
_, by_mended = weights_after(LogSoftmax, steps)
print(f"max |θ(PPO) - θ(LogSoftmax)| = {(by_notes - by_mended).abs().max().item():.1e}")

# %% [markdown] lang="ko" against="0aa8dcfe"
# 좋아지는 점은 NaN이 나올 일이 없다는 것뿐입니다. 보통의 배치에서는 **차이가 없습니다**(마지막 줄).
#
# **`gather`와 `log_prob`** 바꾸어도 **차이가 없습니다**. 5절의 `CoursePPO`가 이미 `log_prob`를 썼고, 가중치는 같았습니다.
#
# **`truncated`** 막대를 잘 세우는 규칙을 하나 노트의 반복문에 넣어 봅시다. 에피소드는 언제 끝날까요?

# %% [markdown] lang="en" against="da9d6634"
# The gain is safety. With ordinary batches there is **no difference** (the last line).
#
# **`gather` and `log_prob`** **No difference**: `CoursePPO` in section 5 has `log_prob` already, and its weights were the same.
#
# **`truncated`** Put a rule that balances the pole well into the notes' loop. When does the episode end?


# %% tags=["notes-mends"]
class EndsInTime(PPO):
    def is_over(self, done, truncated):
        return done or truncated


# %%
def balanced_by_rule(kind):
    class Rule(kind):
        def pi(self, x, softmax_dim=0):
            right = (x[..., 2] + 0.5 * x[..., 3] + 0.02 * x[..., 0] + 0.05 * x[..., 1] > 0).float()
            return torch.stack([1 - right, right], dim=-1)

        def train_net(self):
            self.data = []

    return main(Rule(), max_steps=2_000).returns


print("PPO       ", balanced_by_rule(PPO))
print("EndsInTime", balanced_by_rule(EndsInTime))

# %% [markdown] lang="ko" against="f5eff320"
# 고치기 전에는 500을 지나서도 막대가 쓰러질 때까지(마지막 것은 우리가 정한 2,000스텝에서 멈출 때까지) 이어집니다. 4절의 훈련에서 나온 500점 넘는 에피소드도 그래서 생겼습니다. 과제가 줄 수 있는 점수는 500점이니, 다른 프로그램과 점수를 비교하려면 꼭 고쳐야 합니다.
#
# **에폭(epoch)마다 다시 구하는 어드밴티지** 노트는 에폭마다 TD 목표와 어드밴티지를 다시 구합니다. 논문은 한 번만 구합니다. 고치려면 두 줄을 반복문 위로 올립니다.

# %% [markdown] lang="en" against="cea9dc6d"
# Before the mend an episode goes on past 500 until the pole falls (the last one until the 2,000 steps that we allowed were used up). That is where the episodes of more than 500 points in section 4 came from. The task can give 500 points: whoever compares scores with another program has to mend this.
#
# **Advantages anew in each epoch** The notes compute TD targets and advantages again in every epoch; the paper computes them once. The mend moves two lines above the loop.


# %% tags=["notes-mends"]
class AdvantagesOnce(PPO):
    def train_net(self):
        s, a, r, s_prime, done_mask, prob_a = self.make_batch()
        td_target, delta = self.td(s, r, s_prime, done_mask)
        advantage = self.gae(delta)
        for _ in range(K_epoch):
            loss = self.loss(s, a, prob_a, advantage, td_target)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


# %% [markdown] lang="ko" against="a26f24a9"
# **정규화** 어드밴티지에서 평균을 빼고 표준편차로 나누는 것은 요즘 PPO의 상식입니다. 스무 스텝짜리 배치에서도 그럴까요?

# %% [markdown] lang="en" against="be82cdf8"
# **Normalising** Taking the mean off the advantages and dividing by their standard deviation is common in today's PPO. Is it good for batches of twenty steps, too?


# %% tags=["notes-mends"]
class Normalised(PPO):
    def loss(self, s, a, prob_a, advantage, td_target):
        spread = advantage.std(correction=0) + 1e-8
        return super().loss(s, a, prob_a, (advantage - advantage.mean()) / spread, td_target)


# %% [markdown] lang="ko" against="682977ca"
# **L1, Huber, 제곱** 노트의 말대로 진짜 L1을 쓰면 어떻게 될까요? 그리고 Huber를 제곱의 절반으로 바꾸면요?

# %% [markdown] lang="en" against="be7b59eb"
# **L1, Huber, square** What if it really were the L1 that the notes speak of? And half the square in place of Huber?


# %% tags=["notes-mends"]
class AbsoluteError(PPO):
    def value_loss(self, v, td_target):
        return F.l1_loss(v, td_target)


class HalfSquare(PPO):
    def value_loss(self, v, td_target):
        return F.mse_loss(v, td_target) / 2


# %%
for kind in (HalfSquare, AbsoluteError):
    _, by_mended = weights_after(kind, steps)
    print(f"max |θ(PPO) - θ({kind.__name__})| = {(by_notes - by_mended).abs().max().item():.1e}")

# %% [markdown] lang="ko" against="0da7750e"
# 제곱의 절반과는 **차이가 없습니다**. 보상을 100으로 나누어 오차가 1을 넘지 않으니, 노트의 Huber 손실은 사실상 제곱 손실입니다. 진짜 L1을 쓰면 가중치가 다른 곳으로 갑니다.
#
# **예측** 배우는 데 영향을 줄 수 있는 수정마다 시드 열 개로 60,000스텝씩 훈련해 두었습니다. 어느 것이 도움이 될까요?

# %% [markdown] lang="en" against="34bd1fc3"
# Against half the square there is **no difference**: with rewards divided by 100 no error reaches 1, so the notes' Huber loss is a squared loss in practice. A real L1 goes elsewhere.
#
# **Predict** Every mend that could change the learning was trained for 60,000 steps, with ten seeds. Which of them help?

# %%
import functools

from ppo_edu.study import statistics

less = functools.partial(statistics.difference, statistics.interquartile_mean)
trained = recorded.notes_program()
for variant, name in {
    "as_written": t("notes.as_written"),
    "log_softmax": t("notes.log_softmax"),
    "ends_in_time": t("notes.ends_in_time"),
    "advantages_once": t("notes.advantages_once"),
    "absolute_error": t("notes.absolute_error"),
    "normalised": t("notes.normalised"),
    "horizon_200": t("notes.horizon_200"),
}.items():
    scores = np.sort(trained[variant]["last_100"])
    seeds = " ".join(f"{score:3.0f}" for score in scores)
    low, high = statistics.bootstrap_interval(less, scores, trained["as_written"]["last_100"])
    print(f"{np.median(scores):3.0f}  ({seeds})  [{low:4.0f}, {high:4.0f}]  {name}")

# %% [markdown] lang="ko" against="7b35f8d3"
# 한 줄이 수정 하나이고, 소괄호 안이 시드별 점수(마지막 100판의 평균, 한 판은 500점까지만 셈), 맨 앞이 그 중앙값입니다. 대괄호는 노트 그대로인 프로그램과의 차이(사분위간 평균(interquartile mean)의 차이)의 95% 구간입니다. 구간에 0이 없을 때만 달라졌다고 말할 수 있습니다({lesson:how_sure}).
#
# - **어드밴티지 정규화**: 스무 스텝짜리 배치에서는 **해롭습니다**. 구간이 통째로 0보다 아래에 있습니다. 작은 배치의 표준편차는 잡음이 크고, 짧은 배치에서 평균을 빼면 "모두 좋았다"는 정보까지 사라집니다. 큰 배치에서는 반대로 도움이 됩니다({lesson:how_sure} 5절).
# - **진짜 L1**: 시드 열 개 가운데 일곱이 아예 배우지 못했습니다(9점에서 13점). 오차가 아무리 작아도 그래디언트의 크기가 줄지 않아, 100으로 나눈 작은 보상에서는 가치 손실이 정책의 학습을 덮어 버립니다. 노트의 *코드*가 노트가 붙인 *이름*보다 나았습니다.
# - **어드밴티지를 한 번만**: 나아진다고 할 수 없습니다. 중앙값은 오히려 낮지만 구간에 0이 있어 확실하지 않습니다.
# - **`log_softmax`, `truncated`, `T_horizon = 200`**: 점수의 **차이를 볼 수 없습니다**. `log_softmax`는 업데이트 한 번의 결과가 일곱째 자리까지 같은데도 점수가 다릅니다. 그만큼은 순전히 우연이라는 뜻입니다.
#
# **첫 출력의 평균** 에피소드를 1부터 세면 첫 출력도 20개의 평균이 됩니다(36번). 모든 에피소드가 20점일 때 출력되는 값입니다.

# %% [markdown] lang="en" against="75726146"
# Each line is one mend: the scores of its seeds in round brackets (the mean of the last 100 episodes, none of them counting for more than 500), their median in front. The square brackets hold the 95% interval of the difference to the program as the notes have it (of interquartile means). Only where it does not hold 0 can we say that something changed ({lesson:how_sure}).
#
# - **Normalised advantages**: with batches of twenty steps they do **harm**: the whole interval lies below 0. The standard deviation of so few steps is noisy, and taking off the mean also takes off the news that "all of this went well". In large batches it is the other way round ({lesson:how_sure}, section 5).
# - **A real L1**: seven of the ten seeds did not learn at all (9 to 13 points). However small the error, its gradient does not shrink, and with rewards divided by 100 the value loss drowns what the policy learns. The *code* in the notes was better than its *name*.
# - **Advantages once**: no gain that could be seen. The median is lower, if anything, but the interval holds 0, so it is not certain.
# - **`log_softmax`, `truncated`, `T_horizon = 200`**: **no difference that can be seen** in the scores. `log_softmax` scores differently although one update agrees to the seventh digit: that much is pure chance.
#
# **The first average** Count episodes from 1, and the first line is a mean of 20, too (claim 36). This is what is printed when every episode scores 20.

# %%
for first in (0, 1):
    score, printed = 0.0, []
    for n_epi in range(first, 61):
        score += 20
        if n_epi % 20 == 0 and n_epi != 0:
            printed.append(score / 20)
            score = 0.0
    print(f"n_epi = {first}, {first + 1}, ...  ", printed)

# %% [markdown] lang="ko" against="14a60f8b"
# 첫 줄만 바로잡힙니다. 배우는 데는 **차이가 없습니다**.
#
# **배열의 리스트** 노트의 `make_batch`는 배열의 리스트를 `torch.tensor`에 바로 넘깁니다.

# %% [markdown] lang="en" against="49eacee9"
# The first line alone is put right. To the learning it makes **no difference**.
#
# **Lists of arrays** The notes' `make_batch` hands lists of arrays straight to `torch.tensor`.

# %%
observations = [np.random.default_rng(seed).normal(size=4) for seed in range(2_000)]
with warnings.catch_warnings(action="ignore"):
    slow = milliseconds(lambda: torch.tensor(observations, dtype=torch.float), times=3)
fast = milliseconds(lambda: torch.from_numpy(np.array(observations, dtype=np.float32)), times=3)
print(f"torch.tensor(list): {slow:.1f} ms   np.array(list): {fast:.1f} ms")

# %% [markdown] lang="ko" against="de9fff94"
# 배열의 리스트를 `torch.tensor`에 바로 넘기면 배열로 먼저 묶을 때보다 느리고, 요즘의 PyTorch는 경고도 합니다. 여기서는 일부러 2,000행으로 쟀습니다. 스무 행짜리 배치에서는 그 백분의 1이니, 고쳐도 훈련 시간은 거의 **차이가 없습니다**.
#
# **미니배치(minibatch)** 배치가 스무 스텝이면 나눌 것이 없습니다. 미니배치로 나누는 의미가 있으려면 먼저 환경을 여러 개 돌려 큰 배치를 모아야 합니다. 이 과정의 `train`이 그렇게 합니다.
#
# **예측** 4절에서 노트의 프로그램은 30,000스텝을 배웠습니다. 같은 식으로 환경 128개에서 배우는 `train`도 스텝 수를 똑같이 맞추면, 1초에 몇 스텝이나 배울까요? 훈련을 마친 정책은 어느 쪽이 막대를 더 오래 세울까요? {longer: 노트의 프로그램 | train}

# %% [markdown] lang="en" against="1358f557"
# Handing a list of arrays straight to `torch.tensor` is slower than stacking them first, and today's PyTorch warns about it. We timed 2,000 rows on purpose. For a batch of twenty rows it is a hundredth of that, so the mend makes next to **no difference** to the time of a training.
#
# **Minibatches** With twenty steps there is nothing to divide. Minibatches make sense once many environments fill a large batch, as in this course's `train`.
#
# **Predict** In section 4 the notes' program learned from 30,000 steps. Let `train`, the same mathematics with 128 environments, learn from as many. How many steps a second does each take? And whose policy balances the pole for longer now? {longer: the notes' program | train}


# %%
def drawn(act):
    with torch.no_grad():
        return play_episodes("CartPole-v1", act, episodes=50, seed=10_000).mean()


course_run = ppo_edu.train("CartPole-v1", seed=1, max_steps=30_000, stop_at=None)
by_notes = drawn(lambda s: Categorical(notes_model.pi(torch.from_numpy(s), 1)).sample())
by_course = drawn(lambda s: course_run.policy.sample(s)[0])
for name, score, rate in (
    ("PPO", by_notes, notes_rate),
    ("train", by_course, course_run.total_steps / course_run.seconds),
):
    print(f"{name:6} {score:4.0f}   {t('lesson.steps_per_second', rate=rate)}")

# %%
run = ppo_edu.train("CartPole-v1", seed=1)
print(t("lesson.solved", steps=run.solved_at_step, seconds=run.seconds))

# %% [markdown] lang="ko" against="95e88041"
# 첫 값은 훈련을 마친 정책이 새 에피소드 50번에서(행동은 뽑아서) 얻은 점수입니다. 초로 재면 `train`이 훨씬 앞섭니다. 스텝 하나에 드는 시간이 10분의 1도 되지 않아, 과제를 다 푸는 데 몇 초면 됩니다. 그러나 **같은 스텝 수로 재면 앞선다고 할 수 없습니다**. 노트는 스무 스텝마다 배우고, `train`은 4,096스텝을 모은 다음에야 배우기 때문입니다. 시드 하나씩이니 우열을 말하기에는 이릅니다. 환경의 스텝이 비싼 과제라면 이 점을 생각해야 합니다.
#
# ## 정리
#
# - 노트의 주장 37가지 가운데 19가지는 그대로 맞고, 16가지는 조건을 붙이면 맞고, 2가지(11, 13)는 반대입니다. 빠진 것은 `import`와 상수뿐입니다.
# - 노트의 프로그램과 이 과정의 함수는 같은 배치에서 같은 가중치를 배웁니다.
# - 꼭 고칠 것은 `truncated`와 `log_softmax`입니다. 나머지는 재어 보고 정하면 됩니다.
#
# **다음** 더 궁금한 것이 있으면 {lesson:questions} 페이지를 보세요. 처음부터 배우려면 {lesson:start_here}에서 시작하면 됩니다.

# %% [markdown] lang="en" against="96daee78"
# The first value is what the trained policy scores in 50 new episodes, drawing its actions. By the clock `train` is far ahead: a step costs it less than a tenth of the time, and it solves the task in seconds. But **by the number of steps it is not ahead**. The notes learn every twenty steps, `train` only once it has collected 4,096. It is one seed each, too little to say who is ahead. Where a step of the environment is expensive, think of this.
#
# ## Summary
#
# - Of the notes' 37 claims, 19 hold, 16 hold under a condition, and 2 (11 and 13) are the other way round. All they leave out is the imports and the constants.
# - From the same batch, the notes' program and this course's functions learn the same weights.
# - What has to be mended is `truncated` and `log_softmax`. Measure before you decide on the rest.
#
# **Next** If you have more questions, see {lesson:questions}. To learn it all from the beginning, start with {lesson:start_here}.

# %% [markdown] lang="ko" tags=["teacher"] against="0246afb2"
# **목표** 노트를 가지고 온 모임이 노트의 주장을 하나씩 실행해 판정하고, 노트의 프로그램과 이 과정의 함수가 같은 가중치를 배우는 것을 봅니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:PPO란} | 4 | 4 | **예측하게 하기** 클리핑을 하면 가중치가 움직인 거리와 KL 가운데 어느 쪽이 더 줄어들지. 주장마다 먼저 세 판정 가운데 하나에 손을 들게 합니다. | "가중치. 노트에 그렇게 적혀 있다." 8.6에서 6.7로, KL은 0.64에서 0.011로 줄었습니다. |
# | {section:첫 그림} | 2 | 2 | **예측하게 하기** 두 방법의 가장 큰 KL. | "PPO에도 ε이라는 한계가 있다." TRPO는 한계 0.01 아래인 0.0088에 머물고, PPO는 0.0249까지 갑니다. ε에서 끊는 것은 정책인가요, 샘플의 그래디언트인가요? |
# | {section:둘째 그림} | 5 | 5 | **예측하게 하기** 주장마다 손을 듭니다. min이 없어야 피드백이 된다는 주장과 두 정책을 비교해 어드밴티지를 구한다는 주장에 시간을 씁니다. | 둘 다 "맞다." 이 둘은 반대입니다. |
# | {section:노트의 프로그램} | 7 | 7 | **보여 주기** 클래스가 자라는 과정을 보여 주고, 메서드 하나씩 맡아 소리 내어 읽고 하는 일을 말하게 합니다. | "500점을 넘는 에피소드는 없다." 여기서 가장 긴 것은 2,194점입니다. |
# | {section:같은 것을 배울까요} | 2 | 2 | **예측하게 하기** 가중치가 몇 자리까지 같을지. | "코드가 다르니 다르다." 0.0015만큼 움직인 뒤의 차이가 1억분의 6입니다. |
# | {section:한 줄씩 고치기} | 4 | 4 | **예측하게 하기** 표를 보기 전에 도움이 될 고치기를 고릅니다. | "모두 쓰니 어드밴티지 정규화가 도움이 된다." 스무 스텝짜리 배치에서는 해롭습니다. |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | 이야기 | 10 | 10 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 그대로 들어갑니다. 프로그램에 시간을 더 쓰려면 앞의 두 섹션을 집에서 읽어 오게 하세요.
#
# ## 토론거리
#
# 1. **주장 19개는 맞고, 16개는 조건을 붙여야 맞고, 2개는 반대입니다. 좋은 노트일까요?** 아주 좋은 노트입니다. 뼈대가 맞고, 조건은 대부분 실행해 봐야 알 수 있는 것입니다. 믿는 것을 적어 두었기에 확인할 수 있었습니다.
# 2. **`truncated`와 `log_softmax`를 고쳐도 점수는 오르지 않습니다. 그런데 왜 이 둘은 꼭 고쳐야 할까요?** 하나는 점수를 남의 점수와 비교할 수 있게 하고, 하나는 드물게 생기는 `nan`을 막아 줍니다. 둘 다 시드 열 개의 평균 점수와는 상관이 없습니다.
# 3. **시간으로는 `train`이 훨씬 앞서고 스텝으로는 그렇지 않습니다. 언제 무엇을 보아야 할까요?** 시뮬레이션의 스텝은 값싸니 시간을 봅니다. 로봇의 스텝은 그렇지 않습니다.
#
# ## 연습
#
# 이 페이지에는 연습이 없습니다. 모임에 맞는 연습이 하나 있습니다. 자기 노트에서 주장 하나와 그것을 확인할 실행을 한 사람씩 가져오는 것입니다.
#
# ## 계산이 오래 걸리는 셀
#
# 노트의 프로그램을 훈련하는 셀은 앞에서만 실행합니다. 나머지는 모두 직접 실행해도 됩니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="3bb417a9"
# **Aim** A group that comes with the notes has each of their claims judged by a run, and sees their program and the course's functions learn the same weights.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:What PPO is} | 4 | 4 | **Have them predict** which shrinks more with clipping, the way of the weights or the KL. Before each claim: hands up for "holds", "holds if", "the other way round". | "The weights: that is what the notes say." 8.6 to 6.7, while the KL falls from 0.64 to 0.011. |
# | {section:first picture} | 2 | 2 | **Have them predict** the largest KL of each. | "PPO has a limit, too: $\epsilon$." TRPO stays at 0.0088, below its 0.01; PPO goes to 0.0249. Ask: what is cut at $\epsilon$, a policy or a sample's gradient? |
# | {section:second picture} | 5 | 5 | **Have them predict** claim by claim; stay longest with the one on feedback without the min, and with the one that compares two policies for the advantage. | "Holds", for both: these two are the other way round. |
# | {section:notes' program} | 7 | 7 | **Show** the classes as they grow; **let** somebody read one method aloud and say what it does. | "No episode passes 500." The longest here has 2,194. |
# | {section:learn the same} | 2 | 2 | **Have them predict** to how many digits the weights agree. | "They differ: it is other code." Six parts in a hundred million, after a way of 0.0015. |
# | {section:Mended} | 4 | 4 | **Have them predict** which mends help, from the list, before the table is shown. | "Normalised advantages help, everybody uses them." With batches of twenty they do harm. |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | Talk | 10 | 10 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# It fits. Whoever wants more time for the program leaves the first two sections to be read at home.
#
# ## To discuss
#
# 1. **19 claims hold, 16 hold under a condition, 2 are the other way round. Are these good notes?** Very: the anatomy is right, and most conditions are what one learns only by running things. To write down what one believes is what made it possible to test it.
# 2. **The mends of `truncated` and `log_softmax` gain no points. Why are they the two that must be made?** One makes scores comparable with others', the other keeps a rare `nan` away. Neither is about the mean score of ten seeds.
# 3. **By the clock `train` is far ahead, by steps it is not. When does which count?** Simulated steps are cheap, so the clock counts. A robot's steps are not.
#
# ## Exercises
#
# This page has none. A good one for the group: every member brings one claim of their own notes and the run that would test it.
#
# ## What computes
#
# The training of the notes' program is yours; all else may be run by everybody.
#
# {machine}
