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

# %% [markdown] lang="ko" against="37c65f4e"
# # {title}
#
# **이 레슨의 질문** 정책을 고칠 때 왜 걸음을 제한해야 할까요? TRPO는 그것을 어떻게 하고, 값은 얼마나 치를까요?
#
# **먼저 알아 둘 것** 정책 $\pi_\theta(a|s)$와 그래디언트. 행렬과 벡터의 곱을 알면 4절을 더 잘 읽을 수 있지만, 그림만 따라가도 괜찮습니다.
#
# **걸리는 시간** 40분쯤
#
# PPO는 TRPO(Trust Region Policy Optimization)를 가볍게 만들려고 나온 알고리즘입니다. 그러니 TRPO가 무엇을 하려 했는지부터 봅시다.

# %% [markdown] lang="en" against="e8d15e2e"
# # {title}
#
# **The question** Why limit how far a policy moves in one update? How does TRPO do it, and what does that cost?
#
# **What you need first** A policy $\pi_\theta(a|s)$, and gradients. To read section 4 closely you want matrix-vector products; following the pictures will do as well.
#
# **Time** about 40 minutes
#
# PPO was made to be a lighter TRPO (Trust Region Policy Optimization). So let us begin with what TRPO set out to do.

# %% tags=["language"]
import copy

import numpy as np
import torch

import ppo_edu
from ppo_edu import explorers, figures, trpo, workbench
from ppo_edu.recorded import steps
from ppo_edu.study import landings

ppo_edu.use_language("en")
torch.set_num_threads(1)

# %% [markdown] lang="ko" against="db603005"
# ## 1. 벼랑
#
# 반쯤 훈련된 CartPole 정책이 있습니다. 그래디언트가 가리키는 방향으로 조금씩 더 멀리 가 보면서, 그 자리의 정책이 *실제로* 몇 점을 얻는지 재 두었습니다.
#
# **예측** 옳은 방향이니 멀리 갈수록 좋을까요? 아래에서 걸음의 길이를 늘려 보세요.

# %% [markdown] lang="en" against="a067260c"
# ## 1. The cliff
#
# Here is a CartPole policy, half trained. We walked along the direction of its gradient, further and further, and measured what the policy at each place *really* scores.
#
# **Predict** The direction is right: so the further the better? Make the step longer below.

# %%
explorers.cliff()

# %% [markdown] lang="ko" against="5b711d7b"
# 조금 가면 좋아집니다. 그러다 갑자기 떨어집니다. 그래디언트는 **서 있는 자리의 기울기**일 뿐, 멀리 있는 땅은 보여 주지 않기 때문입니다.
# 지도 학습이라면 다음 배치에서 만회할 수 있지만, 강화 학습에서는 나빠진 정책이 다음 데이터를 모읍니다. 한 번 떨어지면 올라올 재료가 없습니다.
#
# 가운데 그림의 약속은 벼랑을 한참 지나서도 줄지 않습니다. 낡은 배치로는 벼랑이 보이지 않습니다.
#
# 다만 이것은 정책 하나, 배치 하나에서 잰 것입니다. 배치가 바뀌면 그래디언트의 방향도 바뀝니다. 아래 단추를 누를 때마다 새 배치를 모아 이 컴퓨터에서 다시 걸어 봅니다.
#
# **예측** 어느 배치에서나 같은 자리에서 떨어질까요?

# %% [markdown] lang="en" against="27b9f7ed"
# A little is better. Then, suddenly, a fall. A gradient is the slope **where you stand**; it does not show the land further off.
# In supervised learning the next batch can make up for it. In reinforcement learning the worse policy collects the next data: once you have fallen there is little to climb back with.
#
# The promise in the middle picture holds long past the cliff: in the old batch it cannot be seen.
#
# But this is one policy and one batch, and another batch gives another gradient. Each press of the button below collects a new batch and takes the walk again, on your computer.
#
# **Predict** Does the fall come at the same place every time?

# %%
workbench.again("cliff")

# %% [markdown] lang="ko" against="33fbc36e"
# 그렇지 않습니다. 몇 걸음 못 가 떨어지는 방향도 있고 한참을 버티는 방향도 있는데, 배치는 어느 쪽인지 미리 말해 주지 않습니다. 그러면 얼마나 가도 되는지 무엇으로 재야 할까요? 맨 아래의 KL을 눈여겨보세요.
#
# ## 2. 두 정책은 얼마나 다른가: KL 발산
#
# KL 발산(KL divergence)은 이전 정책 $p$의 눈으로 볼 때 새 정책 $q$가 얼마나 낯선지 잽니다.
#
# $$\mathrm{KL}(p\,\|\,q) = \mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]$$
#
# **예측** 두 정책이 같으면 얼마일까요? 방향을 바꾸어 $\mathrm{KL}(q\,\|\,p)$로 재면 같은 값이 나올까요?

# %% [markdown] lang="en" against="7e6813c3"
# It does not. Some directions fall within a few steps, others hold for long, and the batch does not tell you beforehand which kind you have. So what should measure how far is too far? Keep an eye on the KL at the bottom.
#
# ## 2. How different are two policies? The KL divergence
#
# The KL divergence measures how strange the new policy $q$ looks in the eyes of the old policy $p$.
#
# $$\mathrm{KL}(p\,\|\,q) = \mathbb{E}_{x \sim p}\left[\log \frac{p(x)}{q(x)}\right]$$
#
# **Predict** What is it if the two are the same? Measured the other way, $\mathrm{KL}(q\,\|\,p)$, does it come out the same?

# %%
explorers.kl_of_choices()

# %%
explorers.kl_of_gaussians()

# %% [markdown] lang="ko" against="1bb9714c"
# 같으면 0이고, 다를수록 커지며, 음수는 되지 않습니다(오른쪽 그림의 넓이로 보면 0 아래로 내려간 부분이 있어도 합은 0 이상입니다). 방향을 바꾸면 값이 달라지니(표준편차가 같은 정규분포끼리는 예외입니다) 거리는 아닙니다.
# TRPO와 PPO는 데이터를 모은 **이전** 정책의 눈으로 잽니다.
#
# ## 3. 파라미터의 거리는 왜 잘못된 자일까요?
#
# "파라미터를 조금만 움직이자"로는 왜 안 될까요?
#
# **예측** 로짓을 똑같이 1만큼 옮기면, 확률이 반반이던 정책과 한쪽으로 쏠린 정책은 똑같이 달라질까요? 정규분포의 평균을 1만큼 옮길 때 표준편차는 상관이 있을까요?

# %% [markdown] lang="en" against="e6e5f75c"
# It is 0 if they are the same, grows as they differ, and is never negative (parts of the curve on the right may lie below 0, but the whole area does not). Measured the other way it
# comes out different (but for Gaussians of equal width), so it is not a distance. TRPO and PPO measure with the eyes of the **old** policy, which collected the data.
#
# ## 3. Why is distance in parameters the wrong ruler?
#
# Why not simply say: "do not move the parameters far"?
#
# **Predict** Move the logit by 1: does a policy that was at fifty-fifty change as much as one that was nearly certain? Move the mean of a Gaussian by 1: does its standard deviation matter?

# %%
explorers.same_step()

# %% [markdown] lang="ko" against="7b423b3e"
# 파라미터에서는 똑같은 걸음인데 KL은 열 배, 스무 배 넘게 차이가 납니다. 망설이던 정책과 좁은 정규분포는 조금만 밀어도 딴사람이 되고, 확신하던 정책과 넓은 정규분포는 거의 그대로입니다.
# 그래서 TRPO는 파라미터가 아니라 **정책**이 움직인 거리에 한계를 둡니다.
#
# ## 4. TRPO의 문제
#
# $$\max_\theta\ \mathbb{E}\bigl[r(\theta)\,A\bigr] \quad \text{단,} \quad \mathbb{E}\bigl[\mathrm{KL}(\pi_{old}\,\|\,\pi_\theta)\bigr] \le \delta$$
#
# 약속(대리 목적함수)을 되도록 키우되, KL이 $\delta$를 넘지 않는 **신뢰 영역(trust region)** 안에서만 움직입니다. 아래는 파라미터가 둘뿐인 정책에서 이 문제를 그린 것입니다.

# %% [markdown] lang="en" against="e2f7faf2"
# The same step in the parameters, and yet the KL differs by a factor of ten, or of more than twenty. The undecided policy and the narrow Gaussian become somebody else at a nudge; the decided one and the wide one hardly change.
# So TRPO limits how far the **policy** moves, and not its parameters.
#
# ## 4. TRPO's problem
#
# $$\max_\theta\ \mathbb{E}\bigl[r(\theta)\,A\bigr] \quad \text{subject to} \quad \mathbb{E}\bigl[\mathrm{KL}(\pi_{old}\,\|\,\pi_\theta)\bigr] \le \delta$$
#
# Raise the promise (the surrogate objective) as far as you can, but move only within the **trust region**, where the KL is at most $\delta$. Here is the problem for a policy with two parameters only.

# %%
figures.trust_region()

# %% [markdown] lang="ko" against="60dfbbd1"
# 진짜 정책에는 파라미터가 수천 개 있어서 이렇게 그려 놓고 고를 수 없습니다. TRPO는 다섯 걸음으로 풉니다. 하나씩 해 봅시다.
#
# 반쯤 훈련된 정책으로 배치를 하나 모읍니다. **첫째**, 약속을 일차식으로 바꿉니다. 필요한 것은 그래디언트 $g$뿐입니다.
#
# **예측** 이 정책의 파라미터는 몇 개일까요? 그렇다면 KL의 이차 미분을 담은 Fisher 행렬 $F$에는 수가 몇 개 들어갈까요?

# %% [markdown] lang="en" against="44e0cb0c"
# A real policy has thousands of parameters, so it cannot be drawn and read off like this. TRPO solves it in five steps. Let us take them one by one.
#
# We collect a batch with the half-trained policy. **First**, replace the promise by a linear function: all that takes is the gradient $g$.
#
# **Predict** How many parameters does this policy have? And how many numbers, then, are in the Fisher matrix $F$, the second derivatives of the KL?

# %%
run = steps.half_trained()
policy = copy.deepcopy(run.policy)
rollout, batch = landings.collect(policy, seed=steps.BATCH_SEED)
g = trpo.surrogate_gradient(policy, batch)
print("P        ", len(g))
print("P x P    ", len(g) ** 2)

# %% [markdown] lang="ko" against="ee7cbf7a"
# 행렬을 통째로 만들면 파라미터 수의 제곱만큼 메모리가 듭니다. **둘째**, KL을 이차식 $\tfrac12 s^\top F s$로 바꾸되 $F$는 만들지 않습니다.
# 필요한 것은 $F$와 벡터의 곱뿐이고, 그것은 KL을 두 번 미분하면 나옵니다. **셋째**, $F x = g$를 켤레 기울기법(conjugate gradient)으로 풉니다. 곱셈을 열 번 하면 됩니다.

# %% [markdown] lang="en" against="5cbaf5c3"
# Formed as a whole, the matrix would take memory with the square of the number of parameters. **Second**, replace the KL by the quadratic $\tfrac12 s^\top F s$, but without forming $F$.
# All we need is $F$ times a vector, and that comes from differentiating the KL twice. **Third**, solve $F x = g$ by the conjugate gradient method: ten such products will do.

# %%
fisher = trpo.fisher_vector_product(policy, batch.observations, damping=0.1)
for iterations in (1, 2, 5, 10):
    x = trpo.conjugate_gradient(fisher, g, iterations)
    print(f"{iterations:2d}   |Fx - g| / |g| = {(fisher(x) - g).norm() / g.norm():.4f}")

# %% [markdown] lang="ko" against="773ba243"
# **넷째**, $x$ 방향으로 신뢰 영역의 끝까지 가는 걸음의 길이를 구합니다. $\tfrac12 s^\top F s = \delta$가 되는 길이입니다.
# **다섯째**, 이차식은 근사일 뿐이니 실제로 디뎌 보고, KL이 $\delta$를 넘거나 약속이 나빠지면 걸음을 0.8배씩 줄여 다시 디딥니다(backtracking line search).

# %% [markdown] lang="en" against="91fc8a47"
# **Fourth**, find how far to go along $x$ to reach the edge of the trust region: the length at which $\tfrac12 s^\top F s = \delta$.
# **Fifth**, the quadratic is an approximation only, so take the step for real; if the KL exceeds $\delta$ or the promise got worse, shorten it to 0.8 of its length and try again (backtracking line search).

# %%
step = trpo.step_to_boundary(x, fisher, delta=0.01)
search = trpo.line_search(policy, batch, step, delta=0.01)
for fraction, kl, gain in zip(search.fractions, search.kls, search.gains, strict=True):
    print(f"{fraction:.2f}   KL = {kl:.4f}   gain = {gain:+.4f}")

# %% [markdown] lang="ko" against="ec129936"
# 이번에는 첫 시도가 통과했습니다. 감쇠(damping) 덕에 걸음이 조금 짧아졌기 때문입니다. 이것으로 TRPO의 업데이트 한 번이 끝났습니다.
#
# 직선 탐색이 하는 일을 보려면 감쇠를 빼고 영역을 넓혀 봅시다. **예측** 영역이 넓어질수록 이차식은 더 잘 맞을까요, 덜 맞을까요?

# %% [markdown] lang="en" against="20b99028"
# This time the first try passed: thanks to the damping, the step is a little shorter. And that was one update of TRPO.
#
# To see the line search at work, leave the damping out and widen the region. **Predict** As the region grows, does the quadratic fit better or worse?

# %%
for delta in (0.01, 0.1, 1.0):
    start = copy.deepcopy(run.policy)
    fisher = trpo.fisher_vector_product(start, batch.observations)
    step = trpo.step_to_boundary(trpo.conjugate_gradient(fisher, g), fisher, delta)
    search = trpo.line_search(start, batch, step, delta)
    print(f"delta = {delta:<4}   KL of the full step = {search.kls[0]:.3f}   tries: {len(search.fractions)}")

# %% [markdown] lang="ko" against="ef34686c"
# 영역이 넓을수록 이차식이 크게 빗나가고, 직선 탐색이 걸음을 더 여러 번 줄입니다. $\delta$가 작아야 하는 까닭이 여기에도 있습니다.
#
# ## 5. 같은 자리에서 출발한 PPO
#
# PPO의 대답은 간단합니다. 신뢰 영역을 계산하지 말고, **비율이 너무 멀어진 샘플에게서 그래디언트를 거두자.** 그러면 평범한 경사 하강법으로 충분합니다.
# 같은 정책, 같은 배치에서 PPO를 한 번 업데이트해 봅시다(논문에 가까운 설정, 미니배치 64, 에폭 10).
#
# **예측** 둘은 어디에 닿을까요? KL은 어느 쪽이 클까요?

# %% [markdown] lang="en" against="f30bd628"
# The wider the region, the further off the quadratic is, and the more often the line search has to shorten the step. It is one more reason for a small $\delta$.
#
# ## 5. PPO from the same place
#
# PPO's answer is simple: do not compute a trust region, but **take the gradient away from samples whose ratio has gone too far.** Then plain gradient descent will do.
# Let us take one PPO update from the same policy, on the same batch (settings near the paper's: minibatches of 64, 10 epochs).
#
# **Predict** Where do the two land? Which one has the larger KL?

# %%
from ppo_edu import ppo

config = ppo_edu.PPOConfig(**steps.PPO_SETTINGS)
ppo_policy = copy.deepcopy(run.policy)
optimiser = ppo.make_optimiser(ppo_policy, config)
ppo.update(ppo_policy, optimiser, rollout, config, torch.Generator().manual_seed(0))

for name, new in (("before", run.policy), ("TRPO", policy), ("PPO", ppo_policy)):
    where = landings.landing(run.policy, new, batch)
    print(f"{name:7} KL {where['kl']:.4f}   gain {where['surrogate_gain']:+.4f}   "
          f"return {where['return']:5.1f} +- {where['return_error']:.1f}")

# %% [markdown] lang="ko" against="229e279a"
# 둘 다 KL은 $\delta$ 안쪽에 머물렀고 약속도 늘었습니다. 하지만 *실제* 점수는 TRPO 쪽만 올랐고, PPO 쪽은 오차를 생각하면 제자리입니다. 업데이트 한 번으로는 약속이 늘어도 점수가 늘지 않을 수 있습니다.
#
# 아래는 두 걸음이 놓인 평면을 잘라 낸 그림입니다. $\delta$를 바꾸면 신뢰 영역의 경계와 TRPO의 걸음이 함께 움직입니다. 색을 *실제 점수*로 바꿔 보고, 약속과 실제가 어디서 갈라지는지 찾아보세요.

# %% [markdown] lang="en" against="7a9eaad3"
# Both stayed within $\delta$, and both raised the promise. But only TRPO's *true* return went up; PPO's, given the error, stayed where it was. In a single update a promise may rise and the return may not.
#
# Below is the plane in which both steps lie. Change $\delta$, and the border of the trust region and TRPO's step move together. Switch the colours to the *true return* and find where promise and truth part.

# %%
explorers.region()

# %% [markdown] lang="ko" against="49a36969"
# PPO에는 경계가 없습니다. 클리핑은 샘플 하나하나의 힘을 거둘 뿐이라, 얼마나 멀리 갈지는 학습률과 에폭 수가 함께 정합니다.
#
# ## 6. 계산서
#
# 노트는 TRPO의 KL 계산이 무겁다고 합니다. 재어 봅시다. 업데이트 한 번에 신경망을 몇 번 지나가고, 계산을 얼마나 하고, 시간과 메모리를 얼마나 쓸까요?
#
# **예측** 업데이트 한 번은 어느 쪽이 더 오래 걸릴까요?

# %% [markdown] lang="en" against="4c752a1f"
# PPO has no border. Clipping only takes away the pull of single samples; how far it goes is up to the learning rate and the number of epochs together.
#
# ## 6. The bill
#
# The notes say that TRPO's KL is heavy to compute. Let us measure: how often does one update pass through the networks, how much does it compute, how much time and memory does it take?
#
# **Predict** Which of the two takes longer for one update?

# %%
workbench.again("bill")

# %% [markdown] lang="ko" against="93b29855"
# 뜻밖의 결과입니다. 답은 **어떤 PPO와 견주느냐**에 달려 있습니다. TRPO의 업데이트 한 번은 이 과정의 PPO(4에폭, 큰 미니배치)보다 두세 배 오래 걸리지만, 논문에 가까운 PPO(10에폭, 미니배치 64)보다는
# 빠릅니다. 작은 신경망에서는 훨씬 빠릅니다. Fisher 곱은 배치 전체를 한 번에 지나가지만, 작은 미니배치를 수백 번 지나가는 데에는 그때마다 군더더기 시간이 들기 때문입니다.
#
# 메모리도 다릅니다. TRPO는 배치 전체를 한꺼번에 들고 두 번 미분해야 해서 메모리가 배치와 함께 늘어나고, PPO는 미니배치 하나를 담을 만큼에서 멈춥니다.
#
# 이번에는 끝까지 훈련해 봅시다. 시드 열 개로 기록해 두었습니다. 단추를 누르면 이 컴퓨터에서 작게 다시 잽니다.
#
# **예측** 같은 스텝 수에서는 어느 쪽이 앞설까요? 같은 시간에서는?

# %% [markdown] lang="en" against="8c2496bf"
# A surprise: it depends on **which PPO** you compare with. One update of TRPO takes two or three times as long as one of this course's PPO (4 epochs, large minibatches), but less time than PPO with settings near the paper's
# (10 epochs, minibatches of 64), and with small networks far less. A Fisher product goes through the whole batch at once, while hundreds of small minibatches each bring their own overhead.
#
# Memory differs, too. TRPO has to hold the whole batch at once, to differentiate it twice, so its memory grows with the batch; PPO's stops at what one minibatch takes.
#
# Now let them train to the end. This was recorded with ten seeds; the button measures it again on your computer, in a small way.
#
# **Predict** At equal steps, which one is ahead? And at equal time?

# %%
workbench.again("race")

# %% tags=["nbval-check-output"]
race = steps.recorded("race")
for name in ("solved_steps", "solved_seconds"):
    by_trpo, by_ppo = np.median(race[name], axis=1)
    print(f"{name:15} TRPO {by_trpo:10,.1f}   PPO {by_ppo:10,.1f}   ratio {by_trpo / by_ppo:.1f}")

# %% [markdown] lang="ko" against="cf414aaa"
# 둘 다 모든 시드에서 과제를 풉니다. 이 과정의 PPO가 스텝으로도 조금, 시간으로는 꽤 앞섭니다. 하지만 TRPO도 1초 남짓이면 풉니다. **"TRPO는 너무 무거워서 못 쓴다"고 할 만한 차이는 이 크기에서 보이지 않습니다.**
#
# ## 7. 그래도 PPO를 쓰는 까닭
#
# 시간 말고도 까닭이 있습니다. 둘은 이미 보았습니다. PPO는 **단순합니다**. 한 번만 미분하면 되고, 어느 라이브러리에나 있는 Adam이면 됩니다. TRPO의 다섯 걸음을 `min` 하나로 바꾼 셈입니다.
# 그리고 **미니배치**로 배우니 메모리가 배치를 따라 늘지 않습니다. 나머지 둘은 지금 돌려 봅시다.
#
# 먼저 **함께 쓰는 층**입니다. 정책과 가치가 층을 함께 쓰면, TRPO가 신뢰 영역을 지켜 디딘 다음 가치를 배울 때 그 층이 또 움직입니다.
#
# **예측** 그러면 업데이트를 마쳤을 때 KL이 정말로 $\delta = 0.01$ 안에 있는 것은 몇 퍼센트일까요?

# %% [markdown] lang="en" against="9e5d0e7f"
# Both solve the task with every seed. This course's PPO is ahead, a little in steps and clearly in time. Yet TRPO needs little over a second. **At this size nothing says that TRPO is "too heavy to use".**
#
# ## 7. Why people use PPO all the same
#
# There are reasons besides time. Two you have seen. PPO is **simple**: one derivative, and Adam, which every library has; a single `min` takes the place of TRPO's five steps.
# And it learns in **minibatches**, so its memory does not grow with the batch. The other two we can run.
#
# First, **shared layers**. If policy and value share their layers, TRPO takes a step that keeps to the trust region, and then learning the value moves those layers once more.
#
# **Predict** When an update is over, in how many of a hundred is the KL really within $\delta = 0.01$?

# %%
for shared_trunk in (False, True):
    config = ppo_edu.TRPOConfig(shared_trunk=shared_trunk)
    for seed in range(3):
        trained = ppo_edu.train("CartPole-v1", config, algorithm="trpo", seed=seed, max_steps=60_000)
        kl = np.array(trained.history["kl"])
        print(f"shared: {shared_trunk!s:5}   seed {seed}   within delta {np.mean(kl <= 0.01):4.0%}   "
              f"largest KL {kl.max():.4f}")

# %% [markdown] lang="ko" against="fc4d08ad"
# 층을 따로 쓰면 언제나 지켜지던 약속이, 함께 쓰면 세 시드 모두에서 절반쯤 깨집니다. 걸음을 그렇게 꼼꼼히 잰 보람이 없습니다.
#
# 다음은 **무작위가 섞인 신경망**입니다. 드롭아웃(dropout)은 부를 때마다 뉴런 몇 개를 끕니다. 그래서 같은 정책도 부를 때마다 답이 달라지고, *자기 자신과의* KL조차 0이 아닙니다.
# 아래에서는 드롭아웃의 세기를 바꾸어 가며 TRPO를 한 걸음씩 디뎌 봅니다. 맨 오른쪽은 PPO의 비율이 배우기도 전에 $[0.8,\ 1.2]$를 벗어난 몫입니다.
#
# **예측** 드롭아웃이 얼마나 세지면 TRPO가 한 걸음도 디디지 못할까요?

# %% [markdown] lang="en" against="3737e04e"
# What always held with separate layers fails about half the time with shared ones, in all three seeds. So much for measuring the step with such care.
#
# Next, **networks with randomness**. Dropout switches off a few neurons at every call. So one and the same policy answers differently each time, and even its KL *to itself* is not 0.
# Below, TRPO takes one step at each of several strengths of dropout. On the far right is the share of PPO's ratios that lie outside $[0.8,\ 1.2]$ before anything has been learnt.
#
# **Predict** How strong must dropout be before TRPO cannot take a single step?

# %%
torch.manual_seed(0)
print("dropout   KL to itself   tries   TRPO moved   PPO clips")
for share in (0.0, 0.1, 0.2, 0.3, 0.5):
    noisy = copy.deepcopy(run.policy)
    noisy.actor_trunk.append(torch.nn.Dropout(share))
    with torch.no_grad():
        one, other = noisy.pi(batch.observations), noisy.pi(batch.observations)
        ratio = ppo_edu.probability_ratio(other.log_prob(batch.actions), one.log_prob(batch.actions))
    search = trpo.policy_step(noisy, batch, ppo_edu.TRPOConfig())
    print(f"{share:7.1f} {trpo.mean_kl(one, other):14.4f} {len(search.fractions):7} "
          f"{search.accepted is not None!s:>12} {ppo_edu.clip_fraction(ratio, epsilon=0.2):11.0%}")

# %% [markdown] lang="ko" against="935c2058"
# 약한 드롭아웃은 아무 일도 일으키지 않습니다. 그러나 흔히 쓰는 0.5에서는 자기 자신과의 KL이 이미 $\delta$보다 커서, 걸음을 아무리 줄여도 통과하지 못합니다. PPO는 같은 소란 속에서 샘플의 일부를 놓칠 뿐, 나머지로 배웁니다.
#
# ## 8. 벌점으로 묶기
#
# 논문은 클리핑 말고 다른 방법도 견주었습니다. 목적함수에서 $\beta\,\mathrm{KL}$을 빼는 벌점입니다. $\beta$를 고정하거나, 업데이트가 끝날 때마다 KL이 목표보다 크면 두 배로, 작으면 절반으로 바꿉니다.
#
# **예측** 적응형 $\beta$는 훈련하는 동안 커질까요, 작아질까요?

# %% [markdown] lang="en" against="a3581f80"
# Weak dropout does no harm. But at 0.5, a common choice, the KL to itself already exceeds $\delta$, and no step, however short, passes. In the same noise PPO loses part of its samples and learns from the rest.
#
# ## 8. Tying it down with a penalty
#
# The paper compared another way besides clipping: subtract $\beta\,\mathrm{KL}$ from the objective. Either $\beta$ is fixed, or after each update it is doubled if the KL came out above its target, and halved if below.
#
# **Predict** Does an adaptive $\beta$ grow or shrink in the course of training?

# %%
for penalty in ("fixed", "adaptive"):
    config = ppo_edu.PPOConfig(clip="none", kl_penalty=penalty, kl_coefficient=1.0, kl_target=0.01)
    trained = ppo_edu.train("CartPole-v1", config, seed=0)
    beta = trained.history["kl_coefficient"]
    print(f"{penalty:9} solved at {trained.solved_at_step}   beta {beta[0]:g} -> {beta[-1]:g}")

# %% [markdown] lang="ko" against="ab2d7609"
# KL이 목표보다 작으면 $\beta$가 줄어 걸음이 커지고, 크면 $\beta$가 늘어 걸음이 작아집니다. 벌점으로도 과제는 풀립니다. 클리핑과 벌점 가운데 어느 쪽이 나은지는 시드 하나로 말할 수 없으니 {lesson:how_sure}에서 여러 시드로 견줍니다.

# %% [markdown] lang="en" against="81b2b1d3"
# Where the KL comes out below its target, $\beta$ falls and the steps grow; above it, $\beta$ rises and they shrink. A penalty solves the task, too. Whether clipping or a penalty is better cannot be told from one seed: {lesson:how_sure} compares them with many.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 써 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="65bf34bf"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="163e871b"
# ### 연습 · Fisher 행렬과 벡터의 곱
#
# `kl(parameters)`는 이전 정책과의 KL 발산을 내는 함수이고, `parameters`는 매개변수 벡터입니다. Fisher 행렬 $F$를 만들지 **않고**
# $F v + \mathrm{damping} \cdot v$를 구하는 함수를 써 보세요. 도움말: `ppo_edu.hint("fisher_vector_product", 1)`.

# %% [markdown] lang="en" against="ee0be372"
# ### Exercise · The Fisher matrix times a vector
#
# `kl(parameters)` gives the KL divergence from the old policy, and `parameters` is the vector of parameters. Write the function that computes
# $F v + \mathrm{damping} \cdot v$ **without** ever making the Fisher matrix $F$. For help: `ppo_edu.hint("fisher_vector_product", 1)`.

# %% tags=["exercise-fisher_vector_product"]
def fisher_vector_product(kl, parameters, vector, damping):
    ...

# %%
ppo_edu.check("fisher_vector_product", fisher_vector_product)

# %% [markdown] lang="ko" against="6c3be2f6"
# ### 연습 · 신뢰 영역의 끝까지
#
# 방향 $x$(`direction`)와 곱 $Fx$(`fisher_direction`)가 있습니다. $x$ 방향으로 걸음 $s$를 디딜 때 $\tfrac12 s^\top F s = \delta$가 되는 $s$를 돌려주는 함수를 써 보세요.

# %% [markdown] lang="en" against="356644e7"
# ### Exercise · To the edge of the trust region
#
# Given are a direction $x$ (`direction`) and the product $Fx$ (`fisher_direction`). Write the function that returns the step $s$ along $x$ for which $\tfrac12 s^\top F s = \delta$.

# %% tags=["exercise-largest_step"]
def largest_step(direction, fisher_direction, delta):
    ...

# %%
ppo_edu.check("largest_step", largest_step)

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

# %% [markdown] lang="ko" against="b8fd4e33"
# ## 정리
#
# - 그래디언트는 서 있는 자리의 기울기일 뿐입니다. 멀리 가면 약속과 실제가 갈라집니다.
# - 얼마나 멀리 갔는지는 파라미터가 아니라 정책 사이의 KL로 재야 합니다.
# - TRPO는 다섯 걸음으로 신뢰 영역의 끝까지 갑니다. PPO는 멀어진 샘플의 그래디언트를 거두는 것으로 대신합니다.
#
# ## 노트와 견주어 보면
#
# - TRPO가 강한 규제이고 PPO가 그것을 가볍게 바꾸었다는 큰 줄기는 옳습니다.
# - "KL을 구하는 과정 자체가 무겁다"는 말은 나누어 보아야 합니다. KL *값*을 구하는 데에는 순전파 한 번이면 됩니다. 무거운 것은 KL을 **두 번 미분**하고 방정식을 푸는 일이고,
#   그마저도 작은 신경망에서는 1초 남짓이면 과제를 풀 만큼 빨랐습니다. PPO가 얼마나 더 빠른지는 미니배치의 크기에 달려 있습니다(6절).
#
# **다음** PPO의 첫 번째 조각, 확률 비율은 {lesson:ratio}에서 시작합니다.

# %% [markdown] lang="en" against="ee247502"
# ## Summary
#
# - A gradient is the slope where you stand. Far from there, promise and truth part.
# - How far you have gone is measured by the KL between policies, and not in parameters.
# - TRPO goes to the edge of its trust region in five steps. PPO instead takes the gradient away from samples that have gone too far.
#
# ## Beside the notes
#
# - The main line is right: TRPO is a strong restraint, and PPO made it lighter.
# - That "computing the KL is heavy in itself" needs to be taken apart. The *value* of the KL takes one forward pass. What is heavy is to differentiate it **twice** and to solve an equation with it,
#   and even that, on small networks, solved the task in little over a second. How much faster PPO is depends on the size of its minibatches (section 6).
#
# **Next** PPO's first piece, the probability ratio, begins in {lesson:ratio}.
