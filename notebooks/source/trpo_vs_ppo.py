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

# %% [markdown] lang="ko" against="39d89265"
# # {title}
#
# **이 레슨의 질문** 정책은 왜 한 번에 조금만 바꿔야 할까요? TRPO와 PPO는 그 한계를 어떻게 정하고, 비용은 얼마나 들까요?
#
# **먼저 알아 둘 것** {lesson:policy_gradient}에서 본 어드밴티지(advantage), 그것을 곱한 $\nabla \log \pi$의 평균인 정책 그래디언트(policy gradient), 점수(return), 가치, 온폴리시(on-policy). 행렬은 나오지 않습니다.
#
# **걸리는 시간** {minutes}분쯤
#
# > **이 레슨에 나오는 기호 셋**
# >
# > - $r(\theta) = \pi_\theta(a|s) \,/\, \pi_{old}(a|s)$: 데이터를 모은 이전 정책보다 그 행동을 몇 배로 자주 고르게 되었는지 나타내는 **확률 비율**(probability ratio)입니다. 자세한 것은 {lesson:ratio}에서 봅니다.
# > - $A$: 그 행동이 그 상태에서 기대하던 것보다 얼마나 나았는지 나타내는 **어드밴티지**입니다.
# > - $\delta$: 여기서는 **KL의 한계**, 즉 정책이 한 번에 얼마나 달라져도 되는지를 KL 발산(KL divergence, 2절)으로 정한 값입니다. 그 한계 안쪽이 신뢰 영역(trust region)입니다. {lesson:gae}의 TD 오차(TD error) $\delta_t$와는 글자만 같습니다.
# >
# > 배치에서 낸 $rA$의 평균을 **대리 목적함수**(surrogate objective)라고 합니다. 이 값이 이전 정책에서보다 얼마나 늘었는지가 배치가 "이만큼 좋아진다"고 약속하는 값이므로, 이 레슨에서는 그 늘어난 만큼을 **약속**이라고 부릅니다.

# %% [markdown] lang="en" against="07698822"
# # {title}
#
# **The question** Why change a policy only a little at a time? How do TRPO and PPO set the limit, and what does that cost?
#
# **What you need first** From {lesson:policy_gradient}: the policy gradient (the mean of $\nabla \log \pi$ times the advantage), return, value, advantage, on-policy. No matrices here.
#
# **Time** about {minutes} minutes
#
# > **Three symbols of this lesson**
# >
# > - $r(\theta) = \pi_\theta(a|s) \,/\, \pi_{old}(a|s)$, the **probability ratio**: how many times as often the action is chosen now as by the old policy, which collected the data. More of it in {lesson:ratio}.
# > - $A$, the **advantage**: how much better the action was than what could be expected in that state.
# > - $\delta$: here the **limit on the KL**: how much the policy may change at once, measured by the KL divergence (section 2). What lies within it is the trust region. The TD error $\delta_t$ of {lesson:gae} shares only the letter.
# >
# > The mean of $rA$ over a batch is the **surrogate objective**. How far it rises above its value at the old policy is the improvement that the batch promises, so this lesson calls that rise the **promise**.

# %% tags=["language"]
import copy

import numpy as np
import torch

import ppo_edu
from ppo_edu import explorers, figures, ppo, t, trpo, workbench
from ppo_edu.recorded import steps
from ppo_edu.study import landings

ppo_edu.use_language("en")
torch.set_num_threads(1)

# %% [markdown] lang="ko" against="8729c7ff"
# ## 1. 그래디언트를 따라 멀리 가면
#
# 반쯤 훈련된 CartPole 정책이 있습니다. 배치 하나로 정책 그래디언트를 구하고, 그 방향으로 조금씩 더 멀리 가 보면서 각 자리의 정책이 *실제로* 몇 점을 얻는지 재 두었습니다.
#
# **예측** 걸음의 길이를 바꿔 보기 전에 점수의 곡선을 머릿속에 그려 보세요. 옳은 방향이니 멀리 갈수록 좋을까요? {further: 예 | 아니요}

# %% [markdown] lang="en" against="8bf2a316"
# ## 1. Far along the gradient
#
# Here is a CartPole policy, half trained. From one batch we took the policy gradient, walked along it, further and further, and measured what the policy at each place *really* scores.
#
# **Predict** Before you change the length of the step, draw the curve of the return in your mind. The direction is right: so the further the better? {further: yes | no}

# %%
explorers.cliff()

# %% [markdown] lang="ko" against="c3954a17"
# 처음에는 좋아집니다. 194점이 길이 0.1에서 237점이 됩니다. 그러다 방향이 바뀌어 긴 내리막이 이어집니다. 0.3에서 본전이고, 0.5에서 147점, 1.0에서 50점, 2.0에서는 13점밖에 남지 않습니다.
# 그래디언트(gradient)는 **서 있는 자리의 기울기**일 뿐, 멀리 있는 곳은 보여 주지 않습니다.
#
# 지도 학습이라면 다음 배치에서 만회할 수 있습니다. 하지만 온폴리시 강화 학습에서는 나빠진 정책이 다음 데이터를 모읍니다. 13점짜리 정책이 모은 에피소드에는 막대를 오래 세우는 법이 거의 들어 있지 않습니다.
#
# 그런데 가운데 그림의 약속은 점수가 무너진 곳에서도 줄지 않습니다. 배치가 작아서 그럴까요?
#
# **예측** 같은 길을 16배 큰 배치로 평가하면 약속이 내리막을 알아볼까요? {larger_batch: 알아봅니다 | 못 알아봅니다}

# %% [markdown] lang="en" against="31ad402b"
# At first it gets better: 194 becomes 237 at length 0.1. Then it turns, and a long slope goes down: at 0.3 all is lost again that was won, at 0.5 the return is 147, at 1.0 it is 50, and at 2.0 no more than 13 are left.
# A gradient is the slope **where you stand**; it does not show the land further off.
#
# In supervised learning the next batch can make up for it. In on-policy reinforcement learning the worse policy collects the next data, and in the episodes of a policy that scores 13 there is little about how to keep the pole up.
#
# Yet the promise in the middle picture does not shrink, not even where the return has collapsed. Is it because the batch is small?
#
# **Predict** Judge the same walk by a batch of sixteen times the size: does its promise see the slope? {larger_batch: yes | no}

# %%
run = steps.half_trained()
rollout, batch = landings.collect(run.policy, seed=steps.BATCH_SEED)
_, larger = landings.collect(run.policy, num_envs=256, horizon=256, seed=100)
direction = trpo.surrogate_gradient(run.policy, batch)
direction = direction / direction.norm()

walked = steps.recorded("cliff")
print(t("trpo_lesson.sizes", small=len(batch), large=len(larger)))
with torch.no_grad():
    for length in (0.1, 0.3, 0.5, 1.0, 2.0):
        there = landings.moved(run.policy, length * direction)
        small, large = (
            float(trpo.surrogate(there, each) - trpo.surrogate(run.policy, each)) for each in (batch, larger)
        )
        value = np.interp(length, walked["lengths"], walked["return"])
        print(t("trpo_lesson.promises", length=length, small=small, large=large, value=value))

# %% [markdown] lang="ko" against="cc22dafe"
# 두 가지가 보입니다.
#
# - 큰 배치의 약속은 처음부터 3분의 1쯤입니다. 작은 배치의 약속은 대부분 **그 배치에만 있는 우연**이었습니다. 그 배치로 방향을 골랐으니 그 배치에서는 좋아 보이는 것이 당연합니다.
# - 큰 배치의 약속은 멀리 가면 줄어들지만, 점수가 4분의 1로 떨어진 1.0에서도 여전히 양수입니다. 큰 배치도 그 손해를 알아보지 못합니다. 비율 $r$은 *행동*을 뽑는 빈도만 바로잡습니다. **상태**는 이전 정책이 지나간 것이고 $A$도 이전 정책의 것이라, 새 정책이 가게 될 곳은 배치에 없습니다.
#
# 그러니 약속은 이전 정책의 *근처*에서만 믿을 수 있습니다. 그 근처는 얼마나 넓을까요? 배치가 바뀌면 그래디언트도 바뀝니다. 아래의 옅은 선은 같은 정책에서 배치만 새로 모아 걸은 여덟 길입니다. 버튼을 누르면 이 컴퓨터에서 한 번 더 걸어 봅니다.
#
# **예측** 어느 배치에서나 비슷한 곳에서 내리막이 시작될까요? {same_place: 예 | 아니요}

# %% [markdown] lang="en" against="97c44265"
# Two things can be seen.
#
# - From the start, the larger batch promises only about a third of what the small one does. Most of the small batch's promise was **chance of that one batch**: the direction had been chosen with it, so of course it looked good in it.
# - The larger batch's promise does shrink further off, but at 1.0, where the return is down to a quarter, it is still positive: the larger batch sees no loss either. The ratio $r$ corrects how often the *actions* are drawn. The **states** are those the old policy came through, $A$ is the old policy's too, and where the new policy will go is not in the batch.
#
# So the promise can be trusted only *near* the old policy. And how near is that? Another batch gives another gradient. The faint lines below are eight walks of the same policy, each with a new batch; the button takes one more, on your computer.
#
# **Predict** Does the slope begin at about the same place with every batch? {same_place: yes | no}

# %%
workbench.again("cliff")

# %% tags=["nbval-check-output"]
walks = steps.recorded("walks")
near = int(np.abs(walks["lengths"] - 0.3).argmin())
for number, (returns, kls) in enumerate(zip(walks["return"], walks["kl"], strict=True), start=1):
    best = returns.argmax()
    print(
        t(
            "trpo_lesson.walk",
            number=number,
            best=returns[best],
            length=walks["lengths"][best],
            near=returns[near],
            kl=kls[near],
        )
    )

# %% [markdown] lang="ko" against="5928b9d7"
# 전혀 다릅니다. 첫걸음부터 내려가는 길도 있고, 0.7까지 가서 두 배가 넘는 점수에 이르는 길도 있습니다. 어느 쪽인지 배치는 미리 알려 주지 않습니다.
#
# 마지막 열인 KL을 보세요(2절에서 설명합니다). 같은 길이 0.3에서 점수는 제각각인데 KL은 모두 비슷합니다. KL은 정책이 **좋아졌는지**가 아니라 **얼마나 달라졌는지**를 재기 때문입니다. 약속을 믿어도 되는 범위를 정하는 데 필요한 것이 바로 그것입니다.
#
# ## 2. 두 정책은 얼마나 다른가: KL 발산
#
# KL 발산(KL divergence)은 이전 정책 $p$의 눈으로 볼 때 새 정책 $q$가 얼마나 낯선지 잽니다.
#
# $$\mathrm{KL}(p\,\|\,q) = \mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]$$
#
# 첫째 그림의 정책은 두 행동 가운데 고르고, 둘째 그림의 정책은 정규분포에서 뽑습니다. "얼마나 세게 밀까"처럼 행동이 연속된 값일 때 흔히 쓰는 정책입니다.
#
# **예측** 두 정책이 같으면 얼마일까요? 방향을 바꾸어 $\mathrm{KL}(q\,\|\,p)$로 재면 같은 값이 나올까요? {other_way: 예 | 아니요}

# %% [markdown] lang="en" against="f0078df6"
# Nothing of the kind. One walk goes down from its first step, one goes on to 0.7 and to more than twice the return. Which kind it is, the batch does not tell beforehand.
#
# Look at the last column, the KL (section 2 explains it). At the same length 0.3 the returns are all different, and the KLs are all alike. For the KL does not measure whether a policy got **better**, but how **different** it has become. And that is just what is needed to say how far a promise can be trusted.
#
# ## 2. How different are two policies? The KL divergence
#
# The KL divergence measures how strange the new policy $q$ looks in the eyes of the old policy $p$.
#
# $$\mathrm{KL}(p\,\|\,q) = \mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]$$
#
# The policies of the first picture choose between two actions; those of the second draw from a Gaussian, as is common where an action is a continuous number ("how hard to push").
#
# **Predict** What is it if the two are the same? Measured the other way, $\mathrm{KL}(q\,\|\,p)$, does it come out the same? {other_way: yes | no}

# %%
explorers.kl_of_choices()

# %%
explorers.kl_of_gaussians()

# %% [markdown] lang="ko" against="8178f42a"
# 같으면 0이고, 다를수록 커지며, 음수는 되지 않습니다(둘째 그림의 곡선은 일부가 0 아래로 내려가지만 넓이의 합은 0 이상입니다). 방향을 바꾸면 값이 달라지니 거리는 아닙니다. 두 정규분포의 표준편차를 같게 맞추면 두 방향의 값이 같아지는데, 그것은 예외입니다.
# TRPO와 PPO는 데이터를 모은 **이전** 정책의 눈으로 잽니다.
#
# ## 3. 파라미터의 거리로 재면 왜 안 될까요?
#
# "파라미터를 조금만 움직이자"로는 왜 부족할까요?
#
# **예측** 로짓(softmax에 넣기 전의 값)을 똑같이 1만큼 옮기면, 확률이 반반이던 정책과 한쪽으로 쏠린 정책은 똑같이 달라질까요? 정규분포의 평균을 1만큼 옮길 때 표준편차는 상관이 있을까요?

# %% [markdown] lang="en" against="1dccaa8c"
# It is 0 if they are the same, grows as they differ, and is never negative (parts of the curve in the second picture lie below 0, but the whole area does not). Measured the other way it comes out different, so it is not a distance. Give both Gaussians the same standard deviation, and the two ways agree: that is the exception.
# TRPO and PPO measure with the eyes of the **old** policy, which collected the data.
#
# ## 3. Why not measure the distance of the parameters?
#
# Why not simply say: "do not move the parameters far"?
#
# **Predict** Move the logit (what goes into the softmax) by 1: does a policy that was at fifty-fifty change as much as one that was nearly certain? Move the mean of a Gaussian by 1: does its standard deviation matter?

# %%
explorers.same_step()

# %% [markdown] lang="ko" against="460bf69c"
# 파라미터에서는 똑같은 걸음인데 KL은 열 배, 스무 배 넘게 차이가 납니다. 망설이던 정책과 좁은 정규분포는 조금만 밀어도 딴사람이 되고, 확신하던 정책과 넓은 정규분포는 거의 그대로입니다.
# 그래서 TRPO(Trust Region Policy Optimization)는 파라미터가 아니라 **정책**이 달라진 정도에 한계를 둡니다.
#
# ## 4. TRPO의 문제
#
# $$\max_\theta\ \mathbb{E}\bigl[r(\theta)\,A\bigr] \quad \text{단,} \quad \mathbb{E}\bigl[\mathrm{KL}(\pi_{old}\,\|\,\pi_\theta)\bigr] \le \delta$$
#
# 약속을 되도록 키우되, KL이 $\delta$를 넘지 않는 **신뢰 영역(trust region)** 안에서만 움직입니다. 아래는 파라미터가 둘뿐인 정책에서 이 문제를 그린 것입니다.
#
# **예측** 신뢰 영역은 둥글까요? 약속이 가장 커지는 점은 영역의 안쪽에 있을까요, 경계에 있을까요? {highest: 안쪽 | 경계}

# %% [markdown] lang="en" against="cdbc321c"
# The same step in the parameters, and yet the KL differs by a factor of ten, or of more than twenty. The undecided policy and the narrow Gaussian become somebody else at a nudge; the decided one and the wide one hardly change.
# So TRPO (Trust Region Policy Optimization) limits how much the **policy** changes, and not its parameters.
#
# ## 4. TRPO's problem
#
# $$\max_\theta\ \mathbb{E}\bigl[r(\theta)\,A\bigr] \quad \text{subject to} \quad \mathbb{E}\bigl[\mathrm{KL}(\pi_{old}\,\|\,\pi_\theta)\bigr] \le \delta$$
#
# Raise the promise as far as you can, but move only within the **trust region**, where the KL is at most $\delta$. Here is the problem for a policy with two parameters only.
#
# **Predict** Is the trust region round? Does the highest promise lie within it, or on its border? {highest: within it | on its border}

# %%
figures.trust_region()

# %% [markdown] lang="ko" against="a48d988b"
# 둥글지 않습니다. 정책이 예민한 방향으로는 좁고 둔한 방향으로는 깁니다(3절). 그리고 약속은 계속 오르고 있으니 가장 좋은 점은 경계에 있습니다.
#
# 진짜 정책에는 파라미터가 수천 개 있어서 이렇게 그려 놓고 고를 수 없습니다. TRPO는 **다섯 단계**로 풉니다.
#
# | 단계 | 하는 일 | 드는 것 |
# |---|---|---|
# | 1 | 약속을 일차식으로 바꾼다 | 미분 한 번 |
# | 2 | KL을 이차식(그림의 타원)으로 바꾼다 | KL을 **두 번** 미분 |
# | 3 | 타원이 휜 모양까지 따져 방향을 정한다. 그림의 자연 그래디언트(natural gradient)가 그 방향이다 | 2의 계산을 열 번쯤 반복 |
# | 4 | 그 방향으로 타원의 끝까지 갈 걸음의 길이를 정한다 | 2의 계산 한 번 더 |
# | 5 | 실제로 가 보고, KL이 $\delta$를 넘거나 약속이 나빠졌으면 걸음을 0.8배씩 줄여 다시 재 본다. 처음으로 통과한 걸음을 받아들인다(직선 탐색, line search) | 순전파 몇 번 |
#
# 다섯 단계를 모두 마쳐야 정책이 **한 걸음** 움직입니다. 단계마다 무슨 일이 일어나는지는 {lesson:inside_trpo}에서 직접 해 봅니다. 이 레슨에서는 함수 하나로 부릅니다.
#
# ## 5. PPO의 대답
#
# PPO의 대답은 간단합니다. 신뢰 영역을 계산하지 말고, **비율이 1에서 너무 멀어진 샘플에서는 그래디언트를 끊자.** 그러면 평범한 경사 하강법으로 작은 걸음을 여러 번 가도 됩니다. 어떻게 끊는지는 {lesson:clip_and_min}에서 봅니다.
#
# 같은 정책, 같은 배치에서 둘을 한 번씩 업데이트해 봅시다(PPO는 논문에 가까운 설정, 미니배치(minibatch) 64, 10에폭(epoch)).
#
# **예측** 둘은 어디에 닿을까요? 파라미터에서 잰 길이는 어느 쪽이 길까요? KL은 어느 쪽이 클까요? {larger_kl: TRPO | PPO | 비슷합니다}

# %% [markdown] lang="en" against="0366cce4"
# It is not round: narrow where the policy is sensitive, long where it is not (section 3). And the promise goes on rising, so the best point lies on the border.
#
# A real policy has thousands of parameters, so it cannot be drawn and read off like this. TRPO solves it in **five stages**.
#
# | stage | what it does | what it takes |
# |---|---|---|
# | 1 | replace the promise by a linear function | one derivative |
# | 2 | replace the KL by a quadratic, the picture's ellipse | the KL differentiated **twice** |
# | 3 | find the direction, with the bend of the ellipse in mind: the picture's natural gradient | stage 2's computation some ten times over |
# | 4 | find how far along it the ellipse ends | stage 2's computation once more |
# | 5 | go there for real; if the KL exceeds $\delta$ or the promise got worse, try again with 0.8 of the step, and take the first that passes (line search) | a few forward passes |
#
# All five stages together move the policy by **one step**. You take them yourself, one by one, in {lesson:inside_trpo}. In this lesson they are one function to call.
#
# ## 5. PPO's answer
#
# PPO's answer is simple: do not compute a trust region, but **cut the gradient off where a sample's ratio has gone too far.** Then plain gradient descent may take many small steps. How it is cut, {lesson:clip_and_min} shows.
#
# Let us take one update of each from the same policy, on the same batch (PPO with settings near the paper's: minibatches of 64, 10 epochs).
#
# **Predict** Where do the two land? Which goes the longer way, measured in the parameters? And which has the larger KL? {larger_kl: TRPO | PPO | about the same}

# %%
config = ppo_edu.PPOConfig(**steps.PPO_SETTINGS)
by_trpo, by_ppo = copy.deepcopy(run.policy), copy.deepcopy(run.policy)
trpo.policy_step(by_trpo, batch, ppo_edu.TRPOConfig(delta=0.01))
optimiser = ppo.make_optimiser(by_ppo, config)
ppo.update(by_ppo, optimiser, rollout, config, torch.Generator().manual_seed(0))

places = {t("trpo_lesson.before"): run.policy, "TRPO": by_trpo, "PPO": by_ppo}
for name, policy in places.items():
    found = landings.landing(run.policy, policy, batch, episodes=500)
    print(name)
    print(
        t(
            "trpo_lesson.landing",
            length=found["length"],
            kl=found["kl"],
            gain=found["surrogate_gain"],
            value=found["return"],
            error=found["return_error"],
        )
    )

# %% [markdown] lang="ko" against="e7529491"
# 파라미터에서는 PPO가 두 배 넘게 멀리 갔지만 KL은 둘이 거의 같고, 약속도 둘 다 늘었습니다. 하지만 *실제* 점수는 TRPO 쪽만 올랐고, PPO 쪽은 오차를 생각하면 제자리입니다. 업데이트 한 번으로는 약속이 늘어도 점수가 늘지 않을 수 있습니다. 배치 하나에서 잰 것이니 어느 알고리즘이 나은지 말해 주지는 않습니다.
#
# 아래는 두 걸음이 놓인 평면을 잘라 낸 그림입니다. $\delta$를 바꾸면 신뢰 영역의 경계와 TRPO의 걸음이 함께 움직입니다. 색을 *실제 점수*로 바꿔 보고, 약속과 실제가 어디서 갈라지는지 찾아보세요.

# %% [markdown] lang="en" against="f08f24dd"
# In the parameters PPO went more than twice as far, yet the two KLs are nearly the same, and both promises rose. But only TRPO's *true* return went up; PPO's, given the error, stayed where it was. In a single update a promise may rise and the return may not. One batch does not tell which algorithm is better.
#
# Below is the plane in which both steps lie. Change $\delta$, and the border of the trust region and TRPO's step move together. Switch the colours to the *true return* and find where promise and truth part.

# %%
explorers.region()

# %% [markdown] lang="ko" against="2582ae70"
# PPO에는 경계가 없습니다. 클리핑(clipping)은 샘플 하나하나의 그래디언트를 끊을 뿐이라, 얼마나 멀리 갈지는 학습률과 에폭 수가 함께 정합니다.
#
# ## 6. 계산서
#
# 이 과정의 바탕이 된 스터디 노트는 TRPO의 KL 계산이 무겁다고 합니다. 재어 봅시다. 업데이트 한 번에 순전파와 역전파를 몇 번 하고, 계산을 얼마나 하고, 시간과 메모리를 얼마나 쓸까요?
#
# **예측** 트랜지션(transition, 한 스텝에서 일어난 일) 2,048개로 업데이트를 한 번 합니다. 어느 쪽이 더 오래 걸릴까요? {longer: TRPO | PPO | 비슷합니다}

# %% [markdown] lang="en" against="65d107dc"
# PPO has no border. Clipping only cuts off the gradient of single samples; how far it goes is up to the learning rate and the number of epochs together.
#
# ## 6. The bill
#
# The study notes from which this course grew say that TRPO's KL is heavy to compute. Let us measure: how many forward and backward passes does one update take, how much arithmetic, time and memory?
#
# **Predict** One update with 2,048 transitions: which takes longer? {longer: TRPO | PPO | about the same}

# %%
workbench.again("bill")

# %% tags=["nbval-check-output"]
bill = steps.recorded("updates")
names = ("TRPO", t("trpo_lesson.course_ppo"), t("trpo_lesson.paper_ppo"))
for shape in (0, 3, 5):
    print(t("trpo_lesson.shape", width=bill["widths"][shape], batch=bill["batches"][shape]))
    for row, name in enumerate(names):
        print(
            t(
                "trpo_lesson.bill",
                milliseconds=1000 * bill["cpu_seconds"][row, shape],
                work=bill["work"][row, shape],
                megabytes=bill["megabytes"][row, shape],
                name=name,
            )
        )

# %% [markdown] lang="ko" against="4eb39977"
# 답은 **어떤 PPO와 비교하느냐**에 달려 있습니다. CPU 코어 하나, 작은 신경망에서 잰 *업데이트 한 번*의 시간으로는
#
# - TRPO가 이 과정의 PPO(4에폭, 큰 미니배치)보다 두세 배 오래 걸립니다. 계산량은 세 배가 조금 넘습니다.
# - 논문에 가까운 PPO(10에폭, 미니배치 64)보다는 TRPO가 빠릅니다. 계산량은 TRPO가 *더 많은데도* 그렇습니다. 작은 미니배치를 수백 번 처리하면 그때마다 오버헤드가 들기 때문입니다. 신경망이 커지면 오버헤드의 비중이 줄어 차이도 줄어듭니다.
#
# 세 방법을 모두 같은 수의 트랜지션으로 쟀으니 환경 스텝 하나당으로 따져도 서로 몇 배인지는 같습니다. 같은 환경에서 과제를 풀 때까지의 경주는 {lesson:inside_trpo}에서 봅니다.
#
# 메모리는 TRPO가 더 쓰고 배치와 함께 늘어납니다. 다만 배치 전체를 한꺼번에 처리하는 **이 구현**이 그렇습니다. 필요한 값은 모두 샘플의 평균이라 나누어 더해도 되고, {lesson:inside_trpo}에서 그렇게 해 봅니다. PPO는 처음부터 미니배치로 배우도록 만들어져 미니배치 하나를 담을 만큼이면 됩니다.

# %% [markdown] lang="en" against="8acee6bb"
# It depends on **which PPO** you compare with. For *one update*, on one CPU core and with small networks:
#
# - TRPO takes two or three times as long as this course's PPO (4 epochs, large minibatches). Its arithmetic is a little over three times as much.
# - It takes less time than PPO with settings near the paper's (10 epochs, minibatches of 64), *although* it does more arithmetic: hundreds of small minibatches each bring their own overhead. As the network grows the overhead counts for less, and the gap closes.
#
# All three were measured with the same number of transitions, so per environment step the proportions are the same. The race to a solved task, with equal environments, is run in {lesson:inside_trpo}.
#
# TRPO takes more memory, and the more the larger the batch. That, however, is **this implementation**, which takes the whole batch at once. All it needs are means over samples, which can be added up piece by piece, and {lesson:inside_trpo} does so. PPO was made to learn in minibatches from the start, and needs to hold no more than one.

# %% [markdown] lang="ko" against="3fd655c1"
# ## 연습
#
# 이제 직접 해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="34d1df16"
# ## Exercises
#
# Now it is your turn. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="99331803"
# ### 연습 · 두 정책의 KL 발산
#
# 두 정책이 여러 상태에서 각 행동에 주는 확률이 있습니다. 행 하나가 상태 하나, 열 하나가 행동 하나입니다. 상태마다 $\mathrm{KL}(\pi_{old}\,\|\,\pi_{new})$를 돌려주는 함수를 작성해 보세요. 힌트: `ppo_edu.hint("kl_divergence", 1)`.

# %% [markdown] lang="en" against="4bbbf5df"
# ### Exercise · The KL between two policies
#
# Given are the probabilities that two policies give to each action in several states: a row is a state, a column an action. Write the function that returns $\mathrm{KL}(\pi_{old}\,\|\,\pi_{new})$ for each state. For a hint: `ppo_edu.hint("kl_divergence", 1)`.


# %% tags=["exercise-kl_divergence"]
def kl_divergence(old_probs, new_probs): ...


# %%
ppo_edu.check("kl_divergence", kl_divergence)

# %% [markdown] lang="ko" against="0fff7035"
# ### 연습 · 깨진 약속 (예측)
#
# 1절의 약속은 왜 깨졌을까요? 손으로 계산할 수 있을 만큼 작은 과제에서 확인해 봅시다. 아래는 이전 정책이 100 에피소드를 하며 모은 배치입니다. 행동은 정확히 확률만큼 뽑혀서, 우연은 조금도 섞이지 않았습니다.
#
# | 상태 | 행동 | 그다음 | 횟수 | $A$ | $\pi_{old}$ | $\pi_{new}$ |
# |---|---|---|---|---|---|---|
# | $s_0$ | 머문다 | 5점을 받고 끝 | 90 | -0.4 | 0.9 | 0.2 |
# | $s_0$ | 나아간다 | $s_1$로 | 10 | +3.6 | 0.1 | 0.8 |
# | $s_1$ | 왼쪽 | 10점을 받고 끝 | 9 | +1.0 | 0.9 | 0.25 |
# | $s_1$ | 오른쪽 | 0점으로 끝 | 1 | -9.0 | 0.1 | 0.75 |
#
# 새 정책에 대해 이 배치는 한 에피소드에 +2.15점을 약속합니다($rA$를 모두 더해 에피소드 수 100으로 나눈 값). 정책을 바꾸면 한 에피소드의 평균 점수는 *실제로* 몇 점 달라질까요? 떨어진다면 음수로 적으세요.

# %% [markdown] lang="en" against="193cc92f"
# ### Exercise · A broken promise (predict)
#
# Why was the promise of section 1 broken? Here is a task small enough to be worked out by hand, with the batch from 100 episodes of the old policy. Each action was drawn exactly as often as its probability says, so chance has no part in it.
#
# | state | action | what follows | times | $A$ | $\pi_{old}$ | $\pi_{new}$ |
# |---|---|---|---|---|---|---|
# | $s_0$ | stay | 5 points, the end | 90 | -0.4 | 0.9 | 0.2 |
# | $s_0$ | go on | on to $s_1$ | 10 | +3.6 | 0.1 | 0.8 |
# | $s_1$ | left | 10 points, the end | 9 | +1.0 | 0.9 | 0.25 |
# | $s_1$ | right | 0 points, the end | 1 | -9.0 | 0.1 | 0.75 |
#
# For the new policy this batch promises +2.15 points an episode (the sum of $rA$, divided by the 100 episodes). By how many points does the mean return of an episode *really* change? If it falls, the number is negative.

# %% tags=["exercise-broken_promise"]
broken_promise = ...

# %%
ppo_edu.check("broken_promise", broken_promise)

# %% [markdown] lang="ko" against="37d3a602"
# ### 연습 · 직선 탐색의 기록 (예측)
#
# $\delta = 0.01$로 구한 걸음을 가 보니 KL 발산이 한계를 넘었습니다. 그래서 걸음을 0.8배씩 줄여 가며 다시 쟀습니다. 이득은 대리 목적함수가 나아진 정도입니다.
#
# | 걸음의 배율 | KL 발산 | 이득 |
# |---|---|---|
# | 1 | 0.0172 | -0.0100 |
# | 0.8 | 0.0108 | -0.0040 |
# | 0.64 | 0.0069 | -0.0006 |
# | 0.512 | 0.0044 | +0.0011 |
# | 0.41 | 0.0029 | +0.0020 |
# | 0.328 | 0.0018 | +0.0022 |
#
# TRPO는 어느 걸음을 받아들일까요? `...` 자리에 그 배율을 적으세요. 정책을 그대로 둔다면 0입니다.

# %% [markdown] lang="en" against="b6ec3594"
# ### Exercise · The log of a line search (predict)
#
# A step computed for $\delta = 0.01$ turned out to break the limit, so it was shortened, by 0.8 each time, and measured again. The gain is that of the surrogate.
#
# | share of the step | KL divergence | gain |
# |---|---|---|
# | 1 | 0.0172 | -0.0100 |
# | 0.8 | 0.0108 | -0.0040 |
# | 0.64 | 0.0069 | -0.0006 |
# | 0.512 | 0.0044 | +0.0011 |
# | 0.41 | 0.0029 | +0.0020 |
# | 0.328 | 0.0018 | +0.0022 |
#
# Which step does TRPO take? Put its share in place of the `...`, or 0 if the policy stays as it is.

# %% tags=["exercise-outside_the_region"]
outside_the_region = ...

# %%
ppo_edu.check("outside_the_region", outside_the_region)

# %% [markdown] lang="ko" against="f556b876"
# ## 정리
#
# - 그래디언트는 서 있는 자리의 기울기일 뿐입니다. 멀리 가면 배치의 약속과 실제 점수가 갈라지고, 배치를 키워도 다 보이지는 않습니다.
# - 얼마나 멀리 갔는지는 파라미터가 아니라 정책 사이의 KL로 재야 합니다.
# - TRPO는 KL에 한계 $\delta$를 두고, 다섯 단계를 거쳐 신뢰 영역의 끝까지 한 걸음 갑니다. PPO는 한계를 계산하는 대신 비율이 멀어진 샘플에서 그래디언트를 끊습니다.
# - 어느 쪽이 빠른지는 미니배치의 크기, 에폭 수, 신경망의 크기에 달려 있습니다.
#
# ## 노트와 비교하면
#
# - "학습 과정에서 가중치가 과하게 업데이트되는 것을 막기 위해서"라는 말은 한 걸음 더 나아갈 수 있습니다. 막아야 하는 것은 *가중치*가 아니라 *정책*이 너무 많이 달라지는 것입니다(3절).
# - TRPO가 강한 규제이고 PPO가 그것을 가볍게 바꾸었다는 큰 줄기는 옳습니다.
# - "KL을 구하는 과정 자체가 무겁다"는 말은 나누어 보아야 합니다. KL *값*을 구하는 데에는 이전 정책과 새 정책의 순전파 한 번씩이면 됩니다. 무거운 것은 KL을 **두 번 미분**하는 일을 여러 번 반복하는 것이고,
#   그마저도 작은 미니배치를 쓰는 PPO보다는 업데이트 한 번이 빨랐습니다(6절).
#
# **다음** PPO의 첫 번째 조각, 확률 비율은 {lesson:ratio}에서 시작합니다. TRPO의 다섯 단계가 궁금하면 언제든 {lesson:inside_trpo}부터 보아도 됩니다.

# %% [markdown] lang="en" against="9bd82591"
# ## Summary
#
# - A gradient is the slope where you stand. Far from there, the batch's promise and the true return part, and a larger batch shows only some of it.
# - How far you have gone is measured by the KL between policies, and not in parameters.
# - TRPO puts a limit $\delta$ on the KL, and in five stages takes one step to the edge of its trust region. PPO computes no limit: it cuts off the gradient where a sample's ratio has gone too far.
# - Which is faster depends on the size of the minibatches, the number of epochs and the size of the network.
#
# ## Beside the notes
#
# - That PPO "keeps the weights from being updated too much" can be taken one step further: what must not change too much is not the *weights* but the *policy* (section 3).
# - The main line is right: TRPO is a strong restraint, and PPO made it lighter.
# - That "computing the KL is heavy in itself" needs to be taken apart. The *value* of the KL takes one forward pass of the old policy and one of the new. What is heavy is to differentiate it **twice**, many times over,
#   and even that took less time, for one update, than PPO with small minibatches (section 6).
#
# **Next** PPO's first piece, the probability ratio, begins in {lesson:ratio}. If you are curious about TRPO's five stages, you may go over to {lesson:inside_trpo} at any time.

# %% [markdown] lang="ko" tags=["teacher"] against="52f75644"
# **목표** 배치의 약속은 이전 정책 근처에서만 믿을 수 있다는 것, 가까운지는 파라미터가 아니라 KL로 잰다는 것, "TRPO가 느리다"고 말하려면 어느 PPO와 비교했는지 밝혀야 한다는 것을 모두가 압니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:멀리 가면} | 8 | 8 | **예측하게 하기** 점수 곡선을 각자 종이에 그리게 하고 슬라이더를 움직입니다. 둘째로, 16배 큰 배치는 내리막을 알아볼지 손을 들게 합니다. 셋째로, 배치마다 같은 곳에서 내리막이 시작될지 묻습니다. | "계속 오른다" 또는 "바로 떨어진다." 237까지 올랐다가 0.3에서 본전입니다. "배치가 크면 알아본다." 1.0에서도 아직 +0.0026을 약속합니다. 배치에는 어떤 *상태*가 들어 있나요? |
# | {section:얼마나 다른가} | 3 | 3 | **해 보게 하기** 둘씩 두 탐색기에서 두 방향의 값이 같아지는 경우를 찾습니다. | "거리다." 방향을 바꾸면 값이 얼마인가요? 폭이 같은 두 정규분포에서 같아지는 것은 예외입니다. |
# | {section:파라미터의 거리로} | 2 | 2 | **예측하게 하기** 로짓을 똑같이 옮기면 망설이는 정책과 확신하는 정책 가운데 어느 쪽이 더 달라질지 손을 들게 합니다. | "같은 걸음이니 똑같다." 옮기기 전과 뒤의 확률은 각각 얼마인가요? |
# | {section:TRPO의 문제} | 3 | 2 | **보여 주기** 그림을 보고, 다섯 단계의 표는 한 번만 읽습니다. | "영역은 원이다." 정책은 어느 방향에 예민한가요? |
# | {section:PPO의 대답} | 4 | 4 | **예측하게 하기** 파라미터와 KL에서 각각 누가 더 멀리 가는지 묻고, 그림에서 $\delta$를 움직입니다. | "PPO가 더 멀리 갔으니 KL도 크다." 길이는 0.363과 0.149, KL은 0.0089와 0.0090입니다. 클리핑은 무엇을 보나요? |
# | {section:계산서} | 3 | 3 | **예측하게 하기** 버튼 셋으로. | 어느 PPO인지 따지지 않고 "TRPO." 47ms는 21ms와 230ms 사이입니다. 두 PPO는 무엇이 다른가요? |
# | {section:연습} | 15 | 12 | **해 보게 하기** "깨진 약속"은 손을 들어 정하고, KL 함수를 작성합니다. 직선 탐색의 표는 함께 읽습니다. | |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | {section:노트와 비교하면} | 1 | 1 | **보여 주기** 노트를 아는 사람에게. 세 주장 모두 조건을 붙여야 맞습니다. | |
# | 이야기 | 10 | 5 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 거의 그대로 들어갑니다. 마지막 이야기를 줄이고, 다섯 단계는 설명 없이 읽기만 하세요. 설명은 {lesson:inside_trpo}에서 합니다. 이 레슨의 중심은 첫 섹션입니다. 시간이 모자라면 셋째 질문까지만 합니다.
#
# ## 토론거리
#
# 1. **큰 배치의 약속은 왜 처음부터 작을까요?** 작은 배치로 방향을 골랐으니, 그 방향은 작은 배치에서 우연히도 좋아 보입니다. 열 명 가운데 가장 큰 사람을 뽑아 놓고 키가 크다고 놀라는 것과 같습니다.
# 2. **걸음의 길이가 같으면 점수는 제각각이고 KL은 비슷합니다. 그러면 KL은 쓸모없는 값일까요?** KL은 나아졌는지가 아니라 배치의 말을 어디까지 믿어도 되는지 알려 줍니다. 한계를 정하려면 그것을 알아야 합니다.
# 3. **PPO에는 경계가 없습니다. 무엇이 멈춰 세울까요?** 하나가 멈춰 세우지는 않습니다. 너무 멀리 간 샘플에서는 그래디언트를 끊고, 나머지가 얼마나 갈지는 학습률과 에폭 수가 정합니다.
#
# ## 연습, 이 순서로
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# "여기서 재 보기" 버튼 둘과 에피소드를 500번 하는 셀은 앞에서만 실행하고, 학습자는 손을 듭니다. 탐색기는 부담이 없습니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="06db77b8"
# **Aim** Everybody knows that a batch's promise holds near the old policy only, that nearness is measured by the KL and not in parameters, and that "TRPO is slower" needs the words "than which PPO".
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:Far along} | 8 | 8 | **Have them predict** the curve: everybody draws it in the air or on paper, then move the slider. Second vote: does a batch of sixteen times the size see the slope? Third: same place with every batch? | "It rises for ever", or "it falls at once". It rises to 237 and is back at 0.3. "A larger batch would see it": at 1.0 it still promises +0.0026. Ask: which *states* are in the batch? |
# | {section:How different are two} | 3 | 3 | **Have them try** both explorers in pairs: find a case where the two ways are the same. | "It is a distance." Ask for the value the other way round. Two Gaussians of the same width agree: the exception. |
# | {section:distance of the parameters} | 2 | 2 | **Have them predict** by hands: undecided or decided, which changes more for the same step in its logit? | "The same, it is the same step." Ask for the two probabilities before and after. |
# | {section:TRPO's problem} | 3 | 2 | **Show** the picture, read the table of five stages once. | "The region is a circle." Ask in which direction the policy is sensitive. |
# | {section:PPO's answer} | 4 | 4 | **Have them predict** who lands further, in the parameters and in KL. Then $\delta$ in the picture. | "PPO went further, so its KL is larger." 0.363 against 0.149 in length, 0.0089 against 0.0090 in KL. Ask: what does clipping look at? |
# | {section:The bill} | 3 | 3 | **Have them predict** by the three buttons. | "TRPO", without a word on which PPO. 47 ms stand between 21 and 230. Ask: what is different in the two PPOs? |
# | {section:Exercises} | 15 | 12 | **Have them try** "A broken promise" as a vote, then the KL function; the line search is read together from the table. | |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | {section:Beside the notes} | 1 | 1 | **Show** it to those who know the notes: three claims, all true only with a condition. | |
# | Talk | 10 | 5 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# It nearly fits as it is. Talk less at the end and read the five stages without explaining them; {lesson:inside_trpo} does. The first section carries the lesson: if time is short there, stop at the third vote.
#
# ## To discuss
#
# 1. **The larger batch promises less from the start. Why?** The direction was chosen with the small batch, so the small batch looks good along it by chance as well. Like choosing the tallest of ten and being surprised at the height.
# 2. **At the same step length the returns differ and the KLs agree. Is KL then a useless measure?** It does not tell better from worse, it tells how far the batch's words can be trusted. That is the question a limit has to answer.
# 3. **PPO has no border. What stops it?** Nothing alone: the gradient of samples that went too far is cut, and learning rate and epochs say how far the rest goes.
#
# ## Exercises, in this order
#
# {exercises}
#
# ## What computes
#
# The two buttons "Measure it here" and the cells with 500 episodes are yours; the class votes. The explorers cost nothing.
#
# {machine}
