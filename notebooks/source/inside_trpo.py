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

# %% [markdown] lang="ko" against="97b4e922"
# # {title}
#
# **이 레슨의 질문** TRPO는 그 한 걸음을 어떻게 찾을까요? 그리고 그렇게 정성껏 찾는데도 왜 사람들은 PPO를 더 많이 쓸까요?
#
# **먼저 알아 둘 것** {lesson:trpo_vs_ppo}에서 본 KL 발산(KL divergence), 신뢰 영역(trust region), TRPO의 문제와 다섯 단계. {lesson:policy_gradient}의 $\nabla \log \pi$. 행렬과 벡터의 곱, 이차 미분(헤세 행렬). 클리핑(clipping)은 {lesson:clip_and_min}, 여러 시드로 비교하는 법은 {lesson:how_sure}에서 다루었습니다.
#
# **걸리는 시간** {minutes}분쯤
#
# 여기서 $\delta$는 KL의 한계, $F$는 Fisher 행렬, $g$는 약속, 즉 대리 목적함수(surrogate objective)가 늘어난 만큼을 미분한 그래디언트(gradient), $s$는 파라미터에서 잰 걸음입니다.

# %% [markdown] lang="en" against="887b14e3"
# # {title}
#
# **The question** How does TRPO find its one step? And if it takes such care, why do most people use PPO?
#
# **What you need first** From {lesson:trpo_vs_ppo}: the KL divergence, the trust region, TRPO's problem and its five stages. From {lesson:policy_gradient}: $\nabla \log \pi$. A matrix times a vector, and second derivatives (the Hessian). Clipping was the subject of {lesson:clip_and_min}, and comparing with many seeds that of {lesson:how_sure}.
#
# **Time** about {minutes} minutes
#
# Here $\delta$ is the limit on the KL, $F$ the Fisher matrix, $g$ the gradient of the surrogate objective (the promise), and $s$ a step in the parameters.

# %% tags=["language"]
import copy

import numpy as np
import torch

import ppo_edu
from ppo_edu import explorers, t, trpo, workbench
from ppo_edu.recorded import steps
from ppo_edu.study import landings

ppo_edu.use_language("en")
torch.set_num_threads(1)

# %% [markdown] lang="ko" against="fe9495df"
# ## 1. 첫째 단계: 약속을 일차식으로
#
# 반쯤 훈련된 정책으로 배치를 하나 모읍니다. 이전 정책 근처에서 약속은 $g^\top s$로 근사합니다. 필요한 것은 그래디언트 $g$뿐입니다.
#
# **예측** 이 정책의 파라미터는 몇 개일까요? 그렇다면 KL의 이차 미분을 담은 Fisher 행렬 $F$에는 수가 몇 개 들어갈까요?

# %% [markdown] lang="en" against="8bee5687"
# ## 1. First stage: the promise, made linear
#
# We collect a batch with the half-trained policy. Near the old policy the promise is about $g^\top s$: all that takes is the gradient $g$.
#
# **Predict** How many parameters does this policy have? And how many numbers, then, are in the Fisher matrix $F$, the second derivatives of the KL?

# %%
run = steps.half_trained()
rollout, batch = landings.collect(run.policy, seed=steps.BATCH_SEED)
g = trpo.surrogate_gradient(run.policy, batch)
print(t("trpo_lesson.parameters", count=len(g), squared=len(g) ** 2))

# %% [markdown] lang="ko" against="551cb409"
# ## 2. 둘째 단계: KL을 이차식으로
#
# 이전 정책에서 KL은 0이고, 거기가 가장 작은 값이니 그래디언트도 0입니다. 그래서 가까이에서는 이차항 $\tfrac12 s^\top F s$가 KL의 전부입니다. $F$는 KL의 헤세 행렬입니다.
#
# 수가 2천만 개 들어가는 행렬은 버거우니, 먼저 파라미터가 44개뿐인 작은 정책에서 $F$를 정의대로 통째로 만들어 봅시다. 그래디언트의 원소마다 한 번 더 미분합니다.
#
# **예측** 고윳값이 0이라면 무슨 뜻일까요? 이 행렬의 고윳값 44개 가운데 0인 것이 있을까요? {zero: 있습니다 | 없습니다}

# %% [markdown] lang="en" against="08abcc05"
# ## 2. Second stage: the KL, made quadratic
#
# At the old policy the KL is 0, and as that is its smallest value, its gradient is 0 as well. So close by, the quadratic term $\tfrac12 s^\top F s$ is all there is to the KL. $F$ is the KL's Hessian.
#
# Twenty million numbers are a lot, so let us first make $F$ in full, by its definition, for a small policy of 44 parameters: differentiate each entry of the gradient once more.
#
# **Predict** What would an eigenvalue of zero mean? And are any of these 44 zero? {zero: yes | no}

# %%
small = ppo_edu.train("CartPole-v1", ppo_edu.PPOConfig(hidden_sizes=(6,)), max_steps=20_000).policy
_, little = landings.collect(small, num_envs=16, horizon=16, seed=0)
parameters = trpo.actor_parameters(small)
with torch.no_grad():
    old = small.pi(little.observations)
kl = trpo.mean_kl(old, small.pi(little.observations))
gradient = trpo.flat(torch.autograd.grad(kl, parameters, create_graph=True))
rows = [trpo.flat(torch.autograd.grad(entry, parameters, retain_graph=True)) for entry in gradient]
F = torch.stack(rows)

flat_ways = int((torch.linalg.eigvalsh(F) < 1e-6).sum())
print(t("trpo_lesson.hessian", size=len(F), slope=float(gradient.detach().norm()), flat=flat_ways))

# %% [markdown] lang="ko" against="27032706"
# 절반 가까운 방향으로는 KL이 전혀 휘지 않습니다. 예를 들어 두 행동의 로짓을 똑같이 올리면 파라미터는 변해도 확률은 그대로입니다. 그런 방향으로는 $F x = g$를 풀 수 없으니 TRPO는 $F$에 **감쇠(damping)** $0.1\,I$를 더합니다.
#
# $F$는 다른 방법으로도 구할 수 있습니다. 헤세 행렬 대신 {lesson:policy_gradient}에서 본 $\nabla \log \pi$만으로 $\mathbb{E}\bigl[\nabla \log \pi\,\nabla \log \pi^\top\bigr]$을 구하면, 이론에서는 같은 행렬이 나옵니다.
#
# **예측** 한쪽은 두 번 미분하고, 다른 쪽은 한 번만 미분합니다. 정말 같을까요? {two_faces: 예 | 아니요}

# %% [markdown] lang="en" against="2a08d9c8"
# In nearly half of the directions the KL does not bend at all. Raise the logits of both actions alike, for instance, and the parameters change but no probability does. In such directions $F x = g$ has no solution, so TRPO adds a **damping**, $0.1\,I$, to $F$.
#
# $F$ has another face, too. Without a Hessian, from nothing but the $\nabla \log \pi$ of {lesson:policy_gradient}, take $\mathbb{E}\bigl[\nabla \log \pi\,\nabla \log \pi^\top\bigr]$: in theory it is the same matrix.
#
# **Predict** One of them differentiates twice, the other only once. Is it really the same? {two_faces: yes | no}

# %%
pi, outer = small.pi(little.observations), torch.zeros_like(F)
for action in (0, 1):
    for log_prob in pi.log_prob(torch.full((len(little),), action)):
        score = trpo.flat(torch.autograd.grad(log_prob, parameters, retain_graph=True))
        outer += log_prob.detach().exp() * torch.outer(score, score) / len(little)
print(t("trpo_lesson.two_faces", largest=float(F.abs().max()), difference=float((F - outer).abs().max())))

# %% [markdown] lang="ko" against="8f72ac10"
# 소수점 아래 일곱째 자리까지 같습니다. KL이 휘는 정도와 $\nabla \log \pi$가 흩어진 정도는 같은 것입니다.
#
# 이제 행렬을 만들지 **않고** 곱 $Fv$만 구합니다. KL의 그래디언트와 $v$를 내적해 스칼라를 하나 만들고, 그것을 다시 미분하면 $Fv$입니다. 역전파 두 번이면 되고 메모리는 파라미터 수만큼만 듭니다.

# %% [markdown] lang="en" against="92f83ba0"
# They agree to the seventh decimal. How much the KL bends and how much $\nabla \log \pi$ scatters are one and the same.
#
# Now for the product $Fv$ **without** the matrix. Multiply the KL's gradient with $v$, which gives a scalar, and differentiate that again: the result is $Fv$. It takes two backward passes, and no more memory than there are parameters.

# %%
vector = torch.randn(len(F), generator=torch.Generator().manual_seed(0))
product = trpo.fisher_vector_product(small, little.observations)(vector)
print(
    t(
        "trpo_lesson.product",
        largest=float((F @ vector).abs().max()),
        difference=float((F @ vector - product).abs().max()),
    )
)

# %% [markdown] lang="ko" against="9395d8a7"
# ## 3. 셋째 단계: 방향을 정한다
#
# 이차식이 한계를 지키는 범위, 즉 $\tfrac12 s^\top F s \le \delta$에서 $g^\top s$가 가장 커지는 방향은 $x = F^{-1} g$, 즉 **자연 그래디언트**(natural gradient)입니다. $F x = g$를 풀어야 하는데 쓸 수 있는 것은 곱 $Fv$뿐입니다. **켤레 기울기법**(conjugate gradient)은 그것만으로 풉니다. 한 차례마다 곱을 하나 구해 $x$에 다가갑니다.
#
# **예측** 파라미터가 44개일 때는 $Fv$를 44번 구하면 정확한 답이 나옵니다. 4,610개일 때는 몇 번쯤 구해야 할까요?

# %% [markdown] lang="en" against="02f87114"
# ## 3. Third stage: the direction
#
# Within the quadratic $\tfrac12 s^\top F s \le \delta$, the direction in which $g^\top s$ grows most is $x = F^{-1} g$, the **natural gradient**. So $F x = g$ has to be solved, and all we have is the product $Fv$. The **conjugate gradient method** needs nothing else: each of its rounds takes one such product and comes nearer to $x$.
#
# **Predict** With 44 parameters, 44 products give the exact solution. How many does it take with 4,610?

# %%
slope = trpo.surrogate_gradient(small, little)
exact = torch.linalg.solve(F + 0.1 * torch.eye(len(F)), slope)
damped = trpo.fisher_vector_product(small, little.observations, damping=0.1)
fisher = trpo.fisher_vector_product(run.policy, batch.observations, damping=0.1)
for products in (1, 2, 5, 10):
    guess, x = (trpo.conjugate_gradient(way, goal, products) for way, goal in ((damped, slope), (fisher, g)))
    print(
        t(
            "trpo_lesson.solved",
            products=products,
            error=float((guess - exact).norm() / exact.norm()),
            residual=float((fisher(x) - g).norm() / g.norm()),
        )
    )

# %% [markdown] lang="ko" against="f03fc481"
# 열 번이면 충분합니다. 큰 정책에서도 그렇습니다. 크게 휘는 방향은 몇 개뿐이고, 나머지는 감쇠 덕분에 거의 같은 크기로 휘기 때문입니다.
#
# 이 방향은 평범한 그래디언트보다 나을까요? 배치 다섯 개에서, 공평하게 둘 다 이차식으로 잰 KL이 0.01이 되는 곳까지 가 봅시다.
#
# **예측** KL이 같다면 점수는 어느 쪽이 높을까요? 약속은 어느 쪽이 클까요? {promises: 평범한 그래디언트 | 자연 그래디언트}

# %% [markdown] lang="en" against="855d525a"
# Ten are enough, for the large policy as well: it bends much in a few directions only, and in all others, thanks to the damping, about alike.
#
# Is this a better direction than the plain gradient? On five batches, and to be fair, take both as far as a quadratic KL of 0.01.
#
# **Predict** For the same KL, which of the two has the higher return? And which promises more? {promises: the plain gradient | the natural gradient}

# %%
print(t("trpo_lesson.natural_head"))
for seed in range(steps.BATCH_SEED, steps.BATCH_SEED + 5):
    _, fresh = landings.collect(run.policy, seed=seed)
    slope = trpo.surrogate_gradient(run.policy, fresh)
    bare, damped = (
        trpo.fisher_vector_product(run.policy, fresh.observations, damping=damping) for damping in (0.0, 0.1)
    )
    found = []
    for direction in (slope, trpo.conjugate_gradient(damped, slope)):
        there = landings.moved(run.policy, trpo.step_to_boundary(direction, bare, delta=0.01))
        found.append(landings.landing(run.policy, there, fresh, episodes=500))
    plain, natural = found
    print(
        t(
            "trpo_lesson.natural",
            plain_kl=plain["kl"],
            kl=natural["kl"],
            plain_gain=plain["surrogate_gain"],
            gain=natural["surrogate_gain"],
            plain_value=plain["return"],
            value=natural["return"],
        )
    )

# %% [markdown] lang="ko" against="fb056973"
# 다섯 배치 모두에서, KL은 거의 같은데 약속도 점수도 자연 그래디언트 쪽이 큽니다. 정책이 둔한 방향으로는 더 가고 예민한 방향으로는 덜 가기 때문입니다.
#
# ## 4. 넷째, 다섯째 단계: 길이와 직선 탐색
#
# **넷째**, $x$ 방향으로 $\tfrac12 s^\top F s = \delta$가 되는 길이를 구합니다.
# **다섯째**, 이차식은 근사일 뿐이니 실제로 가 보고, KL이 $\delta$를 넘거나 약속이 나빠졌으면 걸음을 0.8배씩 줄여 다시 가 봅니다(직선 탐색, backtracking line search).
#
# 아래 그림에서 실선은 KL이 실제로 $\delta$가 되는 경계, 점선은 TRPO가 그 대신 쓰는 타원입니다.
#
# **예측** $\delta$를 키우면 타원은 경계에 더 잘 맞을까요, 덜 맞을까요? {ellipse: 더 잘 맞습니다 | 덜 맞습니다}

# %% [markdown] lang="en" against="ebf50f9d"
# With each of the five batches, for about the same KL, both the promise and the return come out larger along the natural gradient: it goes further where the policy is insensitive, and less far where it is sensitive.
#
# ## 4. Fourth and fifth stage: the length, and the line search
#
# **Fourth**, find the length along $x$ at which $\tfrac12 s^\top F s = \delta$.
# **Fifth**, the quadratic is an approximation only, so go there for real; if the KL exceeds $\delta$ or the promise got worse, shorten the step to 0.8 of its length and try again (backtracking line search).
#
# In the picture below, the solid line is the KL's true border, and the dashed one the ellipse that TRPO takes for it.
#
# **Predict** As $\delta$ grows, does the ellipse fit the border better or worse? {ellipse: better | worse}

# %%
explorers.region()

# %%
for damping in (0.1, 0.0):
    print(t("trpo_lesson.with_damping", damping=damping))
    for delta in (0.01, 0.1, 1.0):
        start = copy.deepcopy(run.policy)
        fisher = trpo.fisher_vector_product(start, batch.observations, damping)
        step = trpo.step_to_boundary(trpo.conjugate_gradient(fisher, g), fisher, delta)
        search = trpo.line_search(start, batch, step, delta)
        print(
            t(
                "trpo_lesson.search",
                delta=delta,
                length=float(step.norm()),
                full=search.kls[0],
                tries=len(search.fractions),
                kl=search.kls[-1],
                gain=search.gains[-1],
            )
        )

# %% [markdown] lang="ko" against="856427db"
# 그림에서 $\delta$를 키우면 타원과 경계가 점점 어긋납니다. 숫자에서는 두 가지가 보입니다.
#
# - **감쇠가 하는 일.** 감쇠를 빼면 $\delta = 0.01$에서도 걸음이 열 배 넘게 길어지는데, 약속은 오히려 작습니다. 거의 휘지 않는 방향은 이차식에서는 공짜로 보여 그쪽으로 멀리 가지만, 멀리 가면 이차식도 일차식도 맞지 않기 때문입니다. 감쇠를 더하면 그런 방향도 공짜가 아닙니다.
# - **직선 탐색이 하는 일.** 감쇠 없이 영역을 넓히면 줄이기 전 걸음의 KL이 $\delta$를 크게 넘고, 걸음을 여러 번 줄여야 통과합니다. $\delta$가 작아야 하는 이유가 여기에도 있습니다.
#
# ## 5. 배치 전체를 한꺼번에 메모리에 올려야 할까요?
#
# {lesson:trpo_vs_ppo}의 계산서에서 TRPO의 메모리는 배치와 함께 늘었습니다. 하지만 $g$와 $Fv$는 샘플의 평균입니다.
#
# **예측** 배치를 여덟 조각으로 나누어 조각마다 $Fv$를 구하고 평균하면 어떻게 될까요? 메모리는요?

# %% [markdown] lang="en" against="1e0b2a9f"
# In the picture, ellipse and border part as $\delta$ grows. The numbers show two things.
#
# - **What the damping does.** Without it the step is more than ten times as long even at $\delta = 0.01$, and yet promises less. Directions of almost no bend look free to the quadratic, so the step goes far along them; but far away neither the quadratic nor the linear function holds. The damping puts a price on them.
# - **What the line search does.** Without the damping, in a wider region, the KL of the full step far exceeds $\delta$, and it takes several tries until a step passes. It is one more reason for a small $\delta$.
#
# ## 5. Must the whole batch be held at once?
#
# On the bill of {lesson:trpo_vs_ppo}, TRPO's memory grew with the batch. But $g$ and $Fv$ are means over samples.
#
# **Predict** Cut the batch into eight pieces, compute $Fv$ for each and take the mean: what comes out? And the memory?


# %%
def product(part):
    sizes = []
    with torch.autograd.graph.saved_tensors_hooks(lambda x: sizes.append(x.nbytes) or x, lambda x: x):
        fisher = trpo.fisher_vector_product(run.policy, part.observations, damping=0.1)
    return fisher(vector), sum(sizes) / 1e6


vector = torch.randn(len(g), generator=torch.Generator().manual_seed(0))
whole, all_at_once = product(batch)
pieces = list(batch.parts(512))
products, held = zip(*map(product, pieces), strict=True)
mean = sum(len(piece) * each for piece, each in zip(pieces, products, strict=True)) / len(batch)
print(
    t(
        "trpo_lesson.pieces",
        count=len(pieces),
        difference=float((mean - whole).norm() / whole.norm()),
        whole=all_at_once,
        piece=max(held),
    )
)

# %% [markdown] lang="ko" against="ff8c5b15"
# 같은 값이 나오고, 한 번에 담아 두는 텐서는 8분의 1입니다. 그러니 메모리는 TRPO 자체의 성질이 아니라 **구현의 선택**입니다. 더 아낄 수도 있습니다. TRPO의 저자들도 $Fv$를 데이터의 10%로만 구하기를 권합니다(논문의 부록 C). 방향을 정할 때만 쓰는 값이라 조금 부정확해도 되고, 마지막에 직선 탐색이 KL을 제대로 재기 때문입니다.
#
# **예측** 상태의 10%만 쓰면 걸음의 방향이 얼마나 달라질까요?

# %% [markdown] lang="en" against="1582b132"
# The same numbers, and an eighth of the tensors held at a time. So the memory is not in TRPO's nature but **a choice of the implementation**. There is more to save: TRPO's own authors advise to compute $Fv$ from some 10% of the data (appendix C of the paper). It serves to find the direction, so it need not be exact, and at the end the line search measures the KL properly.
#
# **Predict** How much does the direction change if only 10% of the states are used?

# %%
generator = torch.Generator().manual_seed(0)
full = trpo.conjugate_gradient(trpo.fisher_vector_product(run.policy, batch.observations, damping=0.1), g)
for share in (1.0, 0.5, 0.1, 0.03):
    start = copy.deepcopy(run.policy)
    some = batch[torch.randperm(len(batch), generator=generator)[: int(share * len(batch))]]
    fisher = trpo.fisher_vector_product(start, some.observations, damping=0.1)
    x = trpo.conjugate_gradient(fisher, g)
    search = trpo.line_search(start, batch, trpo.step_to_boundary(x, fisher, delta=0.01), delta=0.01)
    print(
        t(
            "trpo_lesson.part",
            share=share,
            states=len(some),
            kl=search.kls[-1],
            gain=search.gains[-1],
            cosine=float(torch.cosine_similarity(full, x, dim=0)),
        )
    )

# %% [markdown] lang="ko" against="d47a8b63"
# 거의 그대로입니다. $Fv$의 계산량은 10분의 1로 줄었는데도 그렇습니다.
#
# ## 6. 경주
#
# 이번에는 같은 환경 128개, 같은 크기의 롤아웃(rollout)으로 끝까지 훈련해 봅시다. 시드 열 개로 기록해 두었습니다. 버튼을 누르면 이 컴퓨터에서 규모를 줄여 다시 잽니다.
#
# **예측** 같은 스텝 수에서는 어느 쪽이 앞설까요? 같은 시간에서는? {ahead: 둘 다 TRPO | 둘 다 PPO | 하나씩}

# %% [markdown] lang="en" against="4e556e8a"
# Hardly at all, for a tenth of the arithmetic of a product.
#
# ## 6. The race
#
# Now let them train to the end, with the same 128 environments and rollouts of the same size. This was recorded with ten seeds; the button measures it again on your computer, in a small way.
#
# **Predict** At equal steps, which one is ahead? And at equal time? {ahead: TRPO in both | PPO in both | one in each}

# %%
workbench.again("race")

# %% tags=["nbval-check-output"]
race = steps.recorded("race")
for row, name in enumerate(("TRPO", "PPO")):
    solved, seconds = race["solved_steps"][row], race["solved_seconds"][row]
    print(
        t(
            "trpo_lesson.race",
            name=name,
            solved=int(np.isfinite(solved).sum()),
            seeds=len(solved),
            steps=np.nanmedian(solved),
            seconds=np.nanmedian(seconds),
        )
    )

# %% [markdown] lang="ko" against="948b525b"
# 이 과정의 PPO가 스텝으로도 조금, CPU 시간으로는 꽤 앞섭니다. 하지만 TRPO도 코어 하나로 1초 남짓이면 풉니다. **"TRPO는 너무 무거워서 못 쓴다"고 할 만한 차이는 이 크기에서 보이지 않습니다.**
#
# 두 가지를 조심해서 읽으세요. 이것은 작은 신경망, 이 과정의 설정에서 잰 것입니다. 그리고 "최근 100 에피소드의 평균"은 정책이 나아진 것을 뒤늦게 따라갑니다. 환경 128개에서 500스텝짜리 에피소드가 처음 끝날 수 있는 것은 64,000스텝이 지난 뒤이니, 이 경주는 475점에 *얼마나 일찍* 닿았는지를 잴 뿐입니다.
#
# ## 7. 그래도 PPO를 쓰는 이유
#
# 먼저, PPO는 **단순합니다**. 한 번만 미분하면 되고, 어느 라이브러리에나 있는 Adam이면 됩니다. TRPO의 다섯 단계를 `min` 하나로 바꾼 셈입니다. 이것은 재어 볼 수 있는 것이 아니지만, 위의 셀들을 다시 훑어보면 느껴집니다.
# 다른 두 이유는 지금 셀을 실행해 확인해 봅시다.
#
# 하나는 **함께 쓰는 층**입니다. 정책과 가치가 층을 함께 쓰면, TRPO가 신뢰 영역을 지키며 걸은 다음 가치를 배울 때 그 층이 또 움직입니다.
#
# **예측** 그러면 가치까지 배우고 난 뒤에도 KL이 $\delta = 0.01$ 이하인 업데이트는 몇 퍼센트일까요?

# %% [markdown] lang="en" against="3de4cbd0"
# This course's PPO is ahead, a little in steps and clearly in processor time. Yet TRPO needs little over a second of one core. **At this size nothing says that TRPO is "too heavy to use".**
#
# Read this with two things in mind. It was measured with small networks and this course's settings. And a "mean of the last 100" lags behind: with 128 environments no episode of 500 steps can end before step 64,000, so the race tells *how early* each reached 475, and no more.
#
# ## 7. Why people use PPO all the same
#
# To begin with, PPO is **simple**: one derivative, and Adam, which every library has; a single `min` takes the place of TRPO's five stages. That cannot be measured, but glance over the cells above, and you feel it.
# Two more reasons we can run.
#
# One is **shared layers**. If policy and value share their layers, TRPO takes a step that keeps to the trust region, and then learning the value moves those layers once more.
#
# **Predict** Once the value has been learned, too, in how many updates of a hundred is the KL really within $\delta = 0.01$?

# %%
for shared_trunk in (False, True):
    print(t("trpo_lesson.shared") if shared_trunk else t("trpo_lesson.separate"))
    config = ppo_edu.TRPOConfig(shared_trunk=shared_trunk)
    for seed in range(3):
        trained = ppo_edu.train("CartPole-v1", config, algorithm="trpo", seed=seed, max_steps=60_000)
        kl = np.array(trained.history["kl"])
        print(t("trpo_lesson.within", seed=seed, share=np.mean(kl <= 0.01), largest=kl.max()))

# %% [markdown] lang="ko" against="0e0ce50e"
# 층을 따로 쓰면 언제나 지켜지던 한계가, 함께 쓰면 세 시드 모두 업데이트의 절반 안팎에서 깨집니다. 걸음을 그렇게 꼼꼼히 잰 것이 헛일이 됩니다.
#
# 다음은 **무작위가 섞인 신경망**입니다. 드롭아웃(dropout)은 부를 때마다 뉴런 몇 개를 끕니다. 그래서 같은 정책도 부를 때마다 답이 달라지고, *자기 자신과의* KL조차 0이 아닙니다.
# 아래에서는 드롭아웃의 세기를 바꾸어 가며 TRPO로 한 걸음씩 가 봅니다. 가운데 열은 아직 아무것도 배우지 않았는데도 확률 비율(probability ratio)이 $[0.8,\ 1.2]$를 벗어난 샘플의 비중, 즉 PPO의 클립 비중(clip fraction)입니다.
#
# **예측** 드롭아웃이 얼마나 세지면 TRPO가 한 걸음도 내딛지 못할까요? {dropout: 0.1 | 0.2 | 0.3 | 0.5}

# %% [markdown] lang="en" against="fbfed1ac"
# The limit that always held with separate layers fails about half the time with shared ones, in all three seeds. So much for measuring the step with such care.
#
# Next, **networks with randomness**. Dropout switches off a few neurons at every call. So one and the same policy answers differently each time, and even its KL *to itself* is not 0.
# Below, TRPO takes one step at each of several strengths of dropout. In the middle is the share of samples whose ratio lies outside $[0.8,\ 1.2]$ before anything has been learnt: PPO's clip fraction.
#
# **Predict** How strong must dropout be before TRPO cannot take a single step? {dropout: 0.1 | 0.2 | 0.3 | 0.5}

# %%
torch.manual_seed(0)
for strength in (0.0, 0.1, 0.2, 0.3, 0.5):
    noisy = copy.deepcopy(run.policy)
    noisy.actor_trunk.append(torch.nn.Dropout(strength))
    with torch.no_grad():
        one, other = noisy.pi(batch.observations), noisy.pi(batch.observations)
        ratio = ppo_edu.probability_ratio(other.log_prob(batch.actions), one.log_prob(batch.actions))
    search = trpo.policy_step(noisy, batch, ppo_edu.TRPOConfig())
    moved = t("trpo_lesson.stuck") if search.accepted is None else t("trpo_lesson.moved")
    print(
        t(
            "trpo_lesson.dropout",
            strength=strength,
            kl=float(trpo.mean_kl(one, other)),
            moved=moved,
            tries=len(search.fractions),
            clipped=ppo_edu.clip_fraction(ratio, epsilon=0.2),
        )
    )

# %% [markdown] lang="ko" against="bf6e8733"
# 약한 드롭아웃은 아무 일도 일으키지 않습니다. 그러나 흔히 쓰는 0.5에서는 자기 자신과의 KL이 이미 $\delta$보다 커서, 걸음을 아무리 줄여도 통과하지 못합니다. PPO는 같은 잡음 속에서도, 일부 샘플의 그래디언트만 잃고 나머지로 배웁니다.
#
# ## 8. KL 페널티로 붙들기
#
# PPO 논문은 클리핑 말고 다른 방법도 비교했습니다. 목적함수에서 $\beta\,\mathrm{KL}$을 빼는 **KL 페널티**(KL penalty)입니다. $\beta$를 고정하거나, 업데이트가 끝날 때마다 목표 $d$에 맞추어 바꿉니다.
#
# - KL이 $d / 1.5$보다 작으면 $\beta$를 절반으로,
# - KL이 $1.5\,d$보다 크면 $\beta$를 두 배로,
# - 그 사이이면 **그대로** 둡니다.
#
# **예측** $\beta$를 1로 고정한 것과, 1에서 출발해 바뀌는 적응형을 훈련합니다. 적응형의 $\beta$는 훈련하는 동안 커질까요, 작아질까요? 그대로 두는 업데이트는 얼마나 될까요?

# %% [markdown] lang="en" against="801cf25a"
# Weak dropout does no harm. But at 0.5, a common choice, the KL to itself already exceeds $\delta$, and no step, however short, passes. In the same noise PPO loses part of its samples and learns from the rest.
#
# ## 8. Holding on with a KL penalty
#
# The PPO paper compared another way besides clipping: subtract $\beta\,\mathrm{KL}$ from the objective, a **KL penalty**. Either $\beta$ is fixed, or after each update it is adapted to a target $d$:
#
# - if the KL came out below $d / 1.5$, $\beta$ is halved,
# - if it came out above $1.5\,d$, $\beta$ is doubled,
# - and between the two it stays **as it is**.
#
# **Predict** A fixed $\beta = 1$, and an adaptive one that starts from 1. Does the adaptive one grow or shrink in the course of training? And at how many updates does it stay?

# %%
for penalty in ("fixed", "adaptive"):
    config = ppo_edu.PPOConfig(clip="none", kl_penalty=penalty, kl_coefficient=1.0, kl_target=0.01)
    trained = ppo_edu.train("CartPole-v1", config, seed=0)
    beta = np.array(trained.history["kl_coefficient"])
    change = np.diff(beta, prepend=1.0)
    name = t("trpo_lesson.fixed") if penalty == "fixed" else t("trpo_lesson.adaptive")
    print(
        t(
            "trpo_lesson.penalty",
            name=name,
            steps=trained.solved_at_step,
            last=beta[-1],
            updates=len(beta),
            halved=int((change < 0).sum()),
            kept=int((change == 0).sum()),
            doubled=int((change > 0).sum()),
        )
    )

# %% [markdown] lang="ko" against="3f9c80d6"
# 적응형 $\beta$는 오르내리며 KL을 목표 쪽으로 되돌리고, 세 번에 한 번쯤은 그대로 머뭅니다. 그 사이의 구간이 없다면 KL이 목표를 스칠 때마다 $\beta$가 두 배와 절반 사이를 오갔을 것입니다.
#
# 페널티로도 과제는 풀립니다. 클리핑과 페널티 가운데 어느 쪽이 나은지는 시드 하나로 말할 수 없습니다. 여러 시드로 한 비교는 {lesson:how_sure}에 있습니다.

# %% [markdown] lang="en" against="80f3b1e0"
# The adaptive $\beta$ goes up and down, drives the KL back towards its target, and about one time in three it rests. Without that band it would double and halve whenever the KL brushes against its target.
#
# A penalty solves the task, too. Whether clipping or a penalty is better cannot be told from one seed; the comparison with many is in {lesson:how_sure}.

# %% [markdown] lang="ko" against="3fd655c1"
# ## 연습
#
# 이제 직접 해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="34d1df16"
# ## Exercises
#
# Now it is your turn. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="5ac8ed4e"
# ### 연습 · Fisher 행렬과 벡터의 곱
#
# `kl(parameters)`는 이전 정책과의 KL 발산을 돌려주는 함수이고, `parameters`는 파라미터 벡터입니다. Fisher 행렬 $F$를 만들지 **않고**
# $F v + \mathrm{damping} \cdot v$를 구하는 함수를 작성해 보세요. 힌트: `ppo_edu.hint("fisher_vector_product", 1)`.

# %% [markdown] lang="en" against="e4cf21b3"
# ### Exercise · The Fisher matrix times a vector
#
# `kl(parameters)` gives the KL divergence from the old policy, and `parameters` is the vector of parameters. Write the function that computes
# $F v + \mathrm{damping} \cdot v$ **without** ever making the Fisher matrix $F$. For a hint: `ppo_edu.hint("fisher_vector_product", 1)`.


# %% tags=["exercise-fisher_vector_product"]
def fisher_vector_product(kl, parameters, vector, damping): ...


# %%
ppo_edu.check("fisher_vector_product", fisher_vector_product)

# %% [markdown] lang="ko" against="6c3be2f6"
# ### 연습 · 신뢰 영역의 끝까지
#
# 방향 $x$(`direction`)와 곱 $Fx$(`fisher_direction`)가 있습니다. $x$ 방향의 걸음 $s$ 가운데 $\tfrac12 s^\top F s = \delta$가 되는 것을 돌려주는 함수를 작성해 보세요.

# %% [markdown] lang="en" against="a96292c6"
# ### Exercise · To the edge of the trust region
#
# Given are a direction $x$ (`direction`) and the product $Fx$ (`fisher_direction`). Write the function that returns the step $s$ along $x$ for which $\tfrac12 s^\top F s = \delta$.


# %% tags=["exercise-largest_step"]
def largest_step(direction, fisher_direction, delta): ...


# %%
ppo_edu.check("largest_step", largest_step)

# %% [markdown] lang="ko" against="c6cb2805"
# ### 연습 · 다음 β
#
# 업데이트가 끝났습니다. 지금의 $\beta$(`beta`), 업데이트가 남긴 KL(`kl`), 목표 $d$(`target`)를 받아, 논문의 규칙대로 다음 업데이트에 쓸 $\beta$를 돌려주는 함수를 작성해 보세요. 셋 다 스칼라입니다.

# %% [markdown] lang="en" against="489c867f"
# ### Exercise · The next β
#
# An update is over. From the present $\beta$ (`beta`), the KL that the update ended with (`kl`) and the target $d$ (`target`), write the function that returns the $\beta$ for the next update, by the paper's rule. All three are scalars.


# %% tags=["exercise-next_beta"]
def next_beta(beta, kl, target): ...


# %%
ppo_edu.check("next_beta", next_beta)

# %% [markdown] lang="ko" against="3a91e428"
# ## 정리
#
# - TRPO는 약속을 일차식으로, KL을 이차식으로 바꾸고, 자연 그래디언트 $F^{-1}g$ 방향으로 신뢰 영역의 끝까지 간 다음, 직선 탐색으로 확인합니다. KL이 같아도 평범한 그래디언트를 따라간 것보다 약속이 큽니다.
# - $F$는 만들지 않습니다. 곱 $Fv$만 있으면 되고, 그것은 역전파 두 번이며, 조각으로 나누거나 데이터의 일부로 구해도 됩니다.
# - TRPO가 못 쓸 만큼 무거운 것은 아니었습니다. 그래도 사람들이 PPO를 쓰는 것은, PPO가 단순하고 층을 함께 써도 되며 신경망의 잡음도 견디기 때문입니다.
# - KL 페널티의 적응형 $\beta$는 KL이 목표의 1.5배보다 크거나 1.5분의 1보다 작을 때만 움직입니다.
#
# ## 노트와 비교하면
#
# - "KL을 구하는 과정 자체가 무겁다"에서 무거운 것은 KL의 *값*이 아니라 $Fv$를 반복하는 일입니다. 그마저도 상태의 10%로 줄일 수 있었고(5절), 경주에서는 1초 남짓이면 끝났습니다(6절).
# - 노트가 말하는 "강한 규제"는 층을 따로 쓸 때의 이야기입니다. 노트의 프로그램처럼 정책과 가치가 층을 함께 쓰면 TRPO의 한계도 업데이트의 절반 안팎에서 깨집니다(7절).
#
# **다음** {lesson:language_models}에서는 같은 식으로 언어 모델을 훈련합니다. 그리고 여기까지 왔다면 두 논문을 읽을 준비가 되었습니다. 논문의 기호가 이제 낯설지 않을 것입니다. [TRPO](https://arxiv.org/abs/1502.05477) · [PPO](https://arxiv.org/abs/1707.06347)

# %% [markdown] lang="en" against="d96121e5"
# ## Summary
#
# - TRPO makes the promise linear and the KL quadratic, goes along the natural gradient $F^{-1}g$ to the edge of the trust region, and makes sure with a line search. For the same KL it promises more than the plain gradient does.
# - $F$ is never formed. The product $Fv$ will do: two backward passes, piece by piece if you like, or from a part of the data.
# - TRPO did not turn out too heavy to use. PPO is used because it is simple, goes with shared layers, and bears noise in the network.
# - The adaptive $\beta$ of a KL penalty moves only when the KL is off its target by more than a factor of 1.5.
#
# ## Beside the notes
#
# - In "computing the KL is heavy in itself", what is heavy is not the *value* of the KL but to repeat $Fv$. Even that could be had from 10% of the states (section 5), and the race was over in little more than a second (section 6).
# - The "strong restraint" of which the notes speak holds with separate layers. Where policy and value share theirs, as in the notes' program, TRPO's limit fails about half the time as well (section 7).
#
# **Next** In {lesson:language_models} the same formulas train a language model. And having come this far, you are ready for the papers themselves; their symbols will be old acquaintances now. [TRPO](https://arxiv.org/abs/1502.05477) · [PPO](https://arxiv.org/abs/1707.06347)

# %% [markdown] lang="ko" tags=["teacher"] against="b08c31e8"
# **목표** TRPO의 다섯 단계와 단계마다 드는 비용을 말하고, Fisher 행렬을 만들지 않는다는 것을 알며, PPO를 쓰는 이유로 "TRPO가 너무 느려서"가 아닌 것을 모두가 댑니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:첫째 단계} | 2 | 2 | **예측하게 하기** $F$에 값이 몇 개 들어 있을지. | "4,610개." 그 제곱인 2천만 개가 넘습니다. |
# | {section:둘째 단계} | 8 | 7 | **예측하게 하기** 0인 고윳값이 있을지, 있다면 무슨 뜻인지. 그다음 $F$의 두 얼굴이 같은지. | "없다. 파라미터는 다 쓸모가 있으니까." 두 로짓을 똑같이 올리면 어느 확률이 바뀌나요? |
# | {section:셋째 단계} | 6 | 5 | **예측하게 하기** 파라미터 4,610개에는 곱이 몇 번 필요할지. | "4,610번." 열 번입니다. 많이 휘는 방향은 몇이나 되나요? |
# | {section:넷째, 다섯째} | 6 | 5 | **예측하게 하기** 더 맞을지 덜 맞을지 버튼으로 정하고 탐색기를 움직입니다. | "감쇠를 빼야 정확하니 더 좋다." 걸음은 열 배 넘게 길어지고 약속은 줄어듭니다. 이차식은 어디까지 맞나요? |
# | {section:배치 전체를} | 4 | - | **보여 주기** 한 번 실행합니다. | "데이터를 줄이면 방향이 달라진다." 10분의 1만 써도 코사인이 0.98입니다. |
# | {section:경주} | 3 | 3 | **예측하게 하기** 같은 스텝에서, 같은 시간에 누가 앞설지. | "TRPO가 몇 배나 오래 걸린다." 1.2초와 0.7초입니다. |
# | {section:그래도 PPO} | 5 | 4 | **예측하게 하기** 층을 공유하면 한계가 얼마나 자주 지켜질지. 앞에서만 실행합니다. | "한계이니 언제나." 절반쯤은 지켜지지 않습니다. 걸음을 옮긴 뒤에 공유한 층을 무엇이 또 움직이나요? |
# | {section:KL 페널티} | 4 | - | **보여 주기** 한 번 실행합니다. | "업데이트마다 두 배나 절반이 된다." 그대로 있는 구간이 있습니다. |
# | {section:연습} | 20 | 14 | **해 보게 하기** 벡터와의 곱은 둘씩, 신뢰 영역의 끝은 칠판에서, 다음 β는 집에서. | |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | {section:노트와 비교하면} | 1 | - | **보여 주기** 노트를 아는 사람에게. | |
# | 이야기 | 10 | 4 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 배치를 나누는 섹션과 KL 페널티를 뺍니다. 원하는 모임에서만 하는 레슨이니, 헤세 행렬을 아는 사람이 있는지 먼저 물어보세요. 없다면 {lesson:trpo_vs_ppo}까지만 해도 됩니다.
#
# ## 토론거리
#
# 1. **이전 정책 근처에서는 왜 이차항이 KL의 전부일까요?** 이전 정책에서 KL은 0이고 그것이 가장 작은 값입니다. 그래서 그래디언트도 0이고, 처음으로 남는 것이 이차항입니다.
# 2. **배치가 커지면 TRPO의 메모리가 늘어납니다. TRPO의 성질일까요?** 아닙니다. 곱은 샘플의 평균이라 나누어 더해도 됩니다. 이 구현이 그렇게 했을 뿐입니다.
# 3. **층을 공유하면 한계 δ가 깨집니다. 무엇이 잘못된 걸까요?** 계산이 틀린 것은 아닙니다. 걸음은 한계를 지켰는데, 그 뒤에 가치 손실이 같은 층을 다시 움직입니다. 보장은 그 가정이 맞는 만큼만 믿을 수 있습니다.
#
# ## 연습, 이 순서로
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# 배치 다섯의 비교, 그래도 PPO를 쓰는 이유, KL 페널티에서 몇 초씩 훈련하거나 에피소드를 재 봅니다. 경주도 버튼을 누르면 훈련합니다. 앞에서만 실행하고 학습자는 예측합니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="c208bdfe"
# **Aim** Everybody can name TRPO's five stages with what each costs, knows that the Fisher matrix is never formed, and gives reasons for PPO other than "TRPO is too slow".
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:First stage} | 2 | 2 | **Have them predict** how many numbers are in $F$. | "4,610." Squared: 21 million. |
# | {section:Second stage} | 8 | 7 | **Have them predict** whether eigenvalues are zero and what that would mean; then whether the two faces of $F$ agree. | "No zeros: every parameter matters." Raise both logits alike. Ask: which probability changed? |
# | {section:Third stage} | 6 | 5 | **Have them predict** how many products 4,610 parameters need. | "4,610." Ten. Ask: in how many directions does it bend much? |
# | {section:Fourth and fifth} | 6 | 5 | **Have them predict** better or worse (buttons), then the explorer. | "Without damping it is more exact, so better." The step is more than ten times as long and promises less. Ask: where does the quadratic hold? |
# | {section:whole batch} | 4 | - | **Show** it. | "Less data, another direction." With a tenth the cosine is 0.98. |
# | {section:The race} | 3 | 3 | **Have them predict** ahead at equal steps, ahead at equal time. | "TRPO takes many times as long." 1.2 s against 0.7. |
# | {section:Why people} | 5 | 4 | **Have them predict** how often the limit holds with shared layers. You run it. | "Always: it is a limit." About half of the time it fails. Ask: what moves the shared layers after the step? |
# | {section:KL penalty} | 4 | - | **Show** it. | "It doubles or halves at every update." There is a band in which it rests. |
# | {section:Exercises} | 20 | 14 | **Have them try** the product with a vector in pairs; the edge of the region on the board; the next $\beta$ at home. | |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | {section:Beside the notes} | 1 | - | **Show** it to those who know the notes. | |
# | Talk | 10 | 4 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Cut the pieces of the batch and the KL penalty. This lesson is for a group that wants it: ask beforehand who has met a Hessian. Without that, take {lesson:trpo_vs_ppo} and stay there.
#
# ## To discuss
#
# 1. **Why is the quadratic all there is to the KL near the old policy?** At the old policy the KL is 0, which is its smallest value; so its gradient is 0, too, and the first term that is left is the second.
# 2. **TRPO's memory grows with the batch. Is that a property of TRPO?** No: the products are means over samples and may be added up piece by piece. It is a choice of this implementation.
# 3. **The limit $\delta$ fails with shared layers. Whose fault is that?** Nobody's computation: the step keeps to it, and then the value loss moves the same layers. A guarantee is worth as much as its assumptions.
#
# ## Exercises, in this order
#
# {exercises}
#
# ## What computes
#
# The comparison on five batches, why people use PPO, and the KL penalty train or play for seconds, and the race does if its button is pressed. You run them; the class predicts.
#
# {machine}
