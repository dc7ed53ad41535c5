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

# %% [markdown] lang="ko" against="ae45c6c0"
# # {title}
#
# **이 레슨의 질문** 클리핑(clipping)을 하면 그래디언트(gradient)는 어떻게 될까요? 그리고 `min`은 왜 있어야 할까요?
#
# **먼저 알아 둘 것** 확률 비율(probability ratio) $r = \pi_\theta(a|s)\,/\,\pi_{old}(a|s)$ ({lesson:ratio}).
# 어드밴티지(advantage) $A$는 "그 행동이 평소보다 얼마나 나았는가"를 나타내는 값이라고만 알아 두면 됩니다.
#
# **걸리는 시간** {minutes}분쯤
#
# 셀은 위에서부터 차례로 실행합니다(`Shift`+`Enter`). **예측**이 나오면 먼저 답을 정해 보고, 그다음 셀을 실행하세요.

# %% [markdown] lang="en" against="232af6a6"
# # {title}
#
# **The question** What does clipping do to the gradient, and what is the `min` there for?
#
# **What you need first** The probability ratio $r = \pi_\theta(a|s)\,/\,\pi_{old}(a|s)$ ({lesson:ratio}).
# Of the advantage $A$ it is enough to know that it tells how much better an action was than usual.
#
# **Time** about {minutes} minutes
#
# Run the cells from top to bottom (`Shift`+`Enter`). Where it says **Predict**, settle on an answer before you run the next cell.

# %% tags=["language"]
import numpy as np

import ppo_edu
from ppo_edu import explorers, figures, recorded

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="e08654f2"
# ## 1. 브레이크가 없는 목적함수
#
# 이전 정책이 모은 배치 하나로 정책을 여러 번 업데이트하고 싶습니다. 그래서 각 샘플에 비율을 곱한
# 대리 목적함수(surrogate objective) $r A$를 키웁니다.
#
# **예측** 좋은 행동($A = 1$)의 확률이 이전의 3배가 되면 $rA$는 얼마일까요? 이 값이 더는 커지지 않는 지점이 있을까요?

# %% [markdown] lang="en" against="8205a5b0"
# ## 1. An objective without a brake
#
# We want to update the policy several times with one batch that the old policy collected. So we raise the surrogate
# objective $r A$ of every sample.
#
# **Predict** A good action ($A = 1$) becomes three times as likely as before. What is $rA$ now? Is there a point where it stops growing?

# %%
ratios = np.array([0.5, 0.8, 1.0, 1.2, 1.5, 3.0])
print("r  ", ratios)
print("r A", ppo_edu.unclipped_surrogate(ratios, 1.0))

# %% [markdown] lang="ko" against="80eeaad9"
# 멈추는 지점이 없습니다. 확률을 올릴수록 $rA$도 계속 커집니다. 그런데 $A$는 *이전* 정책이 겪은 일로 추정한 값이라,
# 정책이 멀어질수록 믿을 수 없게 됩니다. 낡은 근거만 믿고 끝없이 달려가는 셈입니다.
#
# PPO는 비율을 $[1-\epsilon,\ 1+\epsilon]$ 안으로 자른 값을 하나 더 만들고, 둘 중 **작은 쪽**을 씁니다.
#
# $$L(r, A) = \min\bigl(\,r A,\ \ \mathrm{clip}(r,\ 1-\epsilon,\ 1+\epsilon)\,A\,\bigr)$$

# %% [markdown] lang="en" against="8014c050"
# There is none: the more likely the action, the larger $rA$. But $A$ was estimated from what the *old* policy went through,
# and the further the policy moves, the less it can be trusted. This is running ever further on stale evidence.
#
# PPO makes a second value, with the ratio cut to $[1-\epsilon,\ 1+\epsilon]$, and takes the **smaller** of the two.
#
# $$L(r, A) = \min\bigl(\,r A,\ \ \mathrm{clip}(r,\ 1-\epsilon,\ 1+\epsilon)\,A\,\bigr)$$

# %% tags=["nbval-check-output"]
for A in (1.0, -1.0):
    print(f"A = {A:+.0f}   L =", ppo_edu.clipped_surrogate(ratios, A, epsilon=0.2))

# %% [markdown] lang="ko" against="ca6997d3"
# $A > 0$이면 $r = 1.2$부터 값이 멈춥니다. $A < 0$이면 어떤가요? $r = 0.8$보다 *작은* 쪽에서 멈추고, 큰 쪽으로는 끝없이 내려갑니다.
#
# ## 2. 직접 바꿔 보기
#
# 왼쪽은 좋은 행동($A > 0$), 오른쪽은 나쁜 행동($A < 0$)입니다. 굵은 선이 $L$이고, 회색 점선이 자르지 않은 $rA$입니다.
# 색칠된 구간에서는 선이 평평합니다. 즉 **그래디언트가 0**입니다.
#
# **예측** $\epsilon$을 0에 가깝게 줄이면 평평한 구간은 어디까지 올까요? 두 그림에서 같은 쪽에 생길까요? {side: 같은 쪽 | 반대쪽}

# %% [markdown] lang="en" against="a06acc1d"
# For $A > 0$ the value stops at $r = 1.2$. And for $A < 0$? It stops *below* $r = 0.8$, and falls without end on the other side.
#
# ## 2. Bend it yourself
#
# On the left a good action ($A > 0$), on the right a bad one ($A < 0$). The thick line is $L$, the grey dashed one $rA$ without clipping.
# Where the background is shaded the line is flat: **the gradient is zero**.
#
# **Predict** Shrink $\epsilon$ towards 0. How far does the flat part reach? Is it on the same side in both pictures? {side: the same side | opposite sides}

# %%
explorers.clip()

# %% [markdown] lang="ko" against="5d9d6b6b"
# 평평한 구간은 언제나 **이미 충분히 간 쪽**에만 생깁니다. 좋은 행동은 확률이 충분히 올랐을 때($r > 1+\epsilon$),
# 나쁜 행동은 확률이 충분히 내렸을 때($r < 1-\epsilon$) 멈춥니다. 반대쪽에는 브레이크가 없습니다. 일부러 그렇게 했습니다(5절).
#
# ## 3. 그래디언트가 정말 0일까요?
#
# 그림만 믿지 말고 자동 미분(autograd)에 물어봅시다. $A$의 부호 두 가지와 $r$의 위치 세 가지(범위 아래, 안, 위)를 짝지으면 여섯 경우입니다.
#
# **예측** 여섯 경우 가운데 그래디언트 $\partial L / \partial r$이 0인 경우는 몇 개일까요? {six_cases: 1개 | 2개 | 3개 | 4개}

# %% [markdown] lang="en" against="cba691c0"
# The flat part is only ever on the side where the policy **has already gone far enough**: a good action that became likely enough
# ($r > 1+\epsilon$), a bad one that became rare enough ($r < 1-\epsilon$). There is no brake on the other side, and that is on purpose (section 5).
#
# ## 3. Is the gradient really zero?
#
# Do not trust the picture: ask autograd. Two signs of $A$ times three places for $r$ (below, inside and above the clip range) make six cases.
#
# **Predict** In how many of the six is the gradient $\partial L / \partial r$ zero? {six_cases: 1 | 2 | 3 | 4}

# %% tags=["nbval-check-output"]
import torch

print("  A     r      L   dL/dr")
for A in (1.0, -1.0):
    for r in (0.5, 1.0, 1.5):
        ratio = torch.tensor(r, requires_grad=True)
        L = ppo_edu.clipped_surrogate(ratio, A, epsilon=0.2)
        L.backward()
        print(f"{A:+.0f}   {r:.1f}   {L.item():+.1f}    {ratio.grad.item():+.1f}")

# %% [markdown] lang="ko" against="db845d6f"
# 둘뿐입니다. $A > 0$인데 $r$이 범위보다 위일 때와, $A < 0$인데 범위보다 아래일 때입니다. 나머지 네 경우의 그래디언트는 $A$ 그대로입니다.
#
# 여기서 많이들 오해하는 점이 하나 있습니다. 클리핑은 비율을 붙잡아 **묶어 두지 않습니다**. 그 샘플이 정책을 미는 힘, 즉 그래디언트를 0으로 만들 뿐입니다.
# 다른 샘플이나 옵티마이저의 모멘텀(관성)에 밀려 비율은 얼마든지 범위 밖으로 나갈 수 있습니다. 6절에서 직접 봅니다.
#
# ## 4. 노트의 두 줄짜리 식은 언제 맞을까요?
#
# 이 과정의 바탕이 된 노트는 $L$을 이렇게 정리합니다.
#
# $$L = \begin{cases} r A & (r \le 1+\epsilon) \\ (1+\epsilon) A & (r > 1+\epsilon) \end{cases}$$
#
# $A > 0$이면 $A$를 $\min$ 밖으로 꺼낼 수 있습니다. $L = A \cdot \min(r,\ \mathrm{clip}(r)) = A \cdot \min(r,\ 1+\epsilon)$이니 노트의 식 그대로입니다.
# $A < 0$이면 음수를 꺼내면서 $\min$이 $\max$로 **뒤집힙니다**. $L = A \cdot \max(r,\ 1-\epsilon)$이니, 거울에 비춘 듯 좌우가 뒤집힌 식입니다. 이것을 **거울 식**이라고 부르겠습니다.
#
# **예측** 아래 두 식은 각각 어느 부호의 $A$에서 `clipped_surrogate`와 같을까요?

# %% [markdown] lang="en" against="e4e753fe"
# Only two: $A > 0$ above the range, and $A < 0$ below it. In the other four the gradient is $A$ itself.
#
# One thing is often misread here. Clipping does **not hold the ratio in place**; it only takes away that sample's own pull.
# Pushed by other samples, or by the optimiser's momentum, a ratio can leave the range all the same. Section 6 shows it happening.
#
# ## 4. When does the two-line form in the notes hold?
#
# The notes behind this course write $L$ like this:
#
# $$L = \begin{cases} r A & (r \le 1+\epsilon) \\ (1+\epsilon) A & (r > 1+\epsilon) \end{cases}$$
#
# For $A > 0$ we may pull $A$ out of the $\min$: $L = A \cdot \min(r,\ \mathrm{clip}(r)) = A \cdot \min(r,\ 1+\epsilon)$, just as in the notes.
# For $A < 0$, pulling out a negative number **turns $\min$ into $\max$**: $L = A \cdot \max(r,\ 1-\epsilon)$, the mirror image, or **mirror form**.
#
# **Predict** For which sign of $A$ does each of the two forms below equal `clipped_surrogate`?


# %% tags=["nbval-check-output"]
def notes_form(r, A, epsilon):
    return np.where(r <= 1 + epsilon, r * A, (1 + epsilon) * A)


def mirror_form(r, A, epsilon):
    return np.where(r >= 1 - epsilon, r * A, (1 - epsilon) * A)


r = np.linspace(0, 3, 601)
for A in (1.0, -1.0):
    L = ppo_edu.clipped_surrogate(r, A, epsilon=0.2)
    for form in (notes_form, mirror_form):
        print(f"A = {A:+.0f}  {form.__name__:11}  {np.allclose(L, form(r, A, 0.2))}")

# %% [markdown] lang="ko" against="88bb8327"
# 노트의 식은 $A > 0$일 때만, 거울 식은 $A < 0$일 때만 맞습니다. $A < 0$이고 $r > 1+\epsilon$인 샘플에 노트의 식을 쓰면
# 그래디언트가 사라지는데, 바로 그 샘플이 가장 고쳐야 할 샘플입니다. `min`을 뺐을 때 생기는 일과 똑같습니다.
#
# ## 5. 왜 min일까요?
#
# 나쁜 행동($A = -1$)의 확률이 어쩌다 0.5에서 0.75로 **올라 버린** 샘플 하나가 있습니다($r = 1.5$). 그래디언트를 따라 30번 움직여서
# 되돌릴 수 있는지 보겠습니다. `min`이 있는 목적함수와 없는 목적함수로 한 번씩 해 봅니다.
#
# **예측** 두 경우에 비율은 각각 어디로 갈까요?

# %% [markdown] lang="en" against="e444bb02"
# The notes' form holds for $A > 0$ only, its mirror for $A < 0$ only. Use the notes' form on a sample with $A < 0$ and $r > 1+\epsilon$
# and its gradient is gone, though no sample needs correcting more. That is exactly what happens without the `min`.
#
# ## 5. Why the min?
#
# Here is one sample: a bad action ($A = -1$) whose probability has somehow **risen** from 0.5 to 0.75 ($r = 1.5$). Let us follow the gradient
# for 30 steps and see whether the mistake can be undone, once with the `min` and once without.
#
# **Predict** Where does the ratio go in each case?


# %%
def follow_gradient(objective, steps=30, learning_rate=0.2):
    logit = torch.tensor(np.log(3.0), requires_grad=True)
    ratios = []
    for _ in range(steps):
        log_prob = torch.nn.functional.logsigmoid(logit)
        ratio = ppo_edu.probability_ratio(log_prob, np.log(0.5))
        ratios.append(ratio.item())
        (gradient,) = torch.autograd.grad(objective(ratio, -1.0, 0.2), logit)
        with torch.no_grad():
            logit += learning_rate * gradient
    return ratios


with_min = follow_gradient(ppo_edu.clipped_surrogate)
without_min = follow_gradient(ppo_edu.clipped_without_min)
figures.one_sample(with_min, without_min, epsilon=0.2)

# %% [markdown] lang="ko" against="46c113f5"
# `min`이 있으면 비율이 $r = 1$을 지나 $1-\epsilon$ 바로 아래까지 내려간 뒤에 멈춥니다. `min`이 없으면 **조금도 움직이지 못합니다**. $r = 1.5$는 평평한
# 구간 안이라 그래디언트가 0이기 때문입니다. 잘못 간 샘플이 되돌아올 길이 없습니다. $A > 0$이고 $r < 1-\epsilon$인 경우도 거울처럼 똑같습니다.
#
# `min`은 두 값 중 낮은 쪽, 즉 **비관적인 쪽**을 고릅니다. 나아진 것은 $1+\epsilon$까지만 인정하고, 나빠진 것은 빠짐없이 반영합니다.
#
# 아래에서 점 $(r, A)$를 직접 옮겨 보세요. 목적함수 값과 그래디언트, 그리고 `min`이 어느 쪽을 골랐는지 나옵니다.

# %% [markdown] lang="en" against="52c4fe1c"
# With the `min`, the ratio comes back, passes $r = 1$, goes on until it is just below $1-\epsilon$, and rests there. Without it, the ratio **does not move at all**: $r = 1.5$ lies in the
# flat part, where the gradient is zero. A sample that went wrong has no way back. The mirror case, $A > 0$ and $r < 1-\epsilon$, is just the same.
#
# The `min` picks the lower of two values, the **pessimistic** one: a gain counts only up to $1+\epsilon$, a loss counts in full.
#
# Move the point $(r, A)$ below. You see the objective, its gradient, and which of the two values the `min` took.

# %%
explorers.clip_point()

# %% [markdown] lang="ko" against="df0e5157"
# ## 6. 진짜 배치에서는
#
# CartPole에서 모은 진짜 배치 하나입니다. 점 하나가 샘플 하나이고, 에폭(epoch) 슬라이더를 움직이면 같은 배치로 업데이트를 거듭하는 동안
# 점들이 어떻게 흩어지는지 보입니다. 색은 그래디언트가 흐르는지를 나타냅니다.
#
# **예측** 에폭 0에서 점들은 어디에 있을까요? 범위 밖으로 나간 샘플은 모두 그래디언트를 잃을까요? {all_lose: 예 | 아니요}

# %% [markdown] lang="en" against="cfa44c6a"
# ## 6. In a real batch
#
# This is a real batch from CartPole. Each point is one sample; move the epoch slider to see how the points spread while the same batch is used
# again and again. The colour tells whether a gradient flows.
#
# **Predict** Where are the points at epoch 0? Does every sample that has left the range lose its gradient? {all_lose: yes | no}

# %%
explorers.clip_cloud()

# %% [markdown] lang="ko" against="928620ca"
# 에폭 0에서는 새 정책과 이전 정책이 같으니 모든 점이 $r = 1$에 있습니다. 에폭이 지나면 일부가 범위를 벗어납니다. 그래디언트를 잃은 샘플은
# $A > 0$이면 오른쪽, $A < 0$이면 왼쪽에만 있습니다. 잘못된 쪽으로 벗어난 샘플에는 여전히 그래디언트가 흐르고, 그 힘이 점들을 다시 범위 안으로 끌어당깁니다.
# 에폭 5를 지나면 점들이 다시 모입니다. `min`이 있기 때문입니다.
#
# ## 7. 훈련에서는 얼마나 달라질까요?
#
# 목적함수만 바꾸고 나머지는 모두 같게 해서 CartPole을 훈련합니다.
#
# **예측** `min`을 빼면 훈련이 망가질까요? 클리핑을 아예 하지 않으면 어떨까요? {breaks: min을 빼면 | 클리핑을 빼면 | 둘 다 | 둘 다 아님}

# %% [markdown] lang="en" against="ad142f75"
# At epoch 0 the new policy is the old one, so every point stands at $r = 1$. As epochs go by, some leave the range. Those that lost their gradient
# are on the right for $A > 0$ and on the left for $A < 0$, and nowhere else. A sample that left on the wrong side still feels a pull, and that pull brings the points
# back into the range: past epoch 5 you can see them gather again. That is the `min` at work.
#
# ## 7. How much does it change training?
#
# We train CartPole with three objectives and leave everything else the same.
#
# **Predict** Does training break without the `min`? And with no clipping at all? {breaks: without the min | without clipping | in both cases | in neither}

# %%
for clip in ("clip_and_min", "clip_only", "none"):
    config = ppo_edu.PPOConfig(clip=clip, learning_rate=0.006, minibatch_size=512)
    run = ppo_edu.train("CartPole-v1", config, seed=0, max_steps=100_000, stop_at=None)
    print(f"{clip:13}{run.mean_return:6.1f}")

# %% [markdown] lang="ko" against="3e7f12af"
# 시드 하나로는 우연일 수 있습니다. 아래는 같은 실험을 시드 열 개로 돌려 기록해 둔 것입니다. 왼쪽은 방금 사용한 학습률, 오른쪽은 그 8분의 1입니다.
# 굵은 선은 시드 열 개의 중앙값, 옅은 선은 시드 하나하나입니다.
#
# **예측** 학습률이 작아지면 세 곡선의 순서는 그대로일까요? {order: 그대로입니다 | 바뀝니다}

# %% [markdown] lang="en" against="0ed7810b"
# One seed may be luck. Here is the same experiment as it was recorded with ten seeds: on the left with the learning rate you have just used, on the right with an eighth of it.
# The thick lines are medians of the ten seeds, the faint ones the seeds themselves.
#
# **Predict** With the smaller learning rate, do the three curves keep their order? {order: they keep it | they change places}

# %%
figures.clip_training()

# %% [markdown] lang="ko" against="50b19031"
# 왼쪽에서 클리핑과 `min`을 함께 쓴 시드 열 개는 나란히 올라가 모두 만점에 이릅니다. `min`을 빼면 되돌아올 길이 없는 샘플이 쌓여, 시드 대부분이 중간에서 더 오르지 못합니다.
# 클리핑을 아예 하지 않으면 만점에 이르는 시드도 많지만, 이르는 시점이 제각각이고 무너지는 시드도 있습니다.
#
# 오른쪽은 걸음이 작습니다. 굵은 선(중앙값) 셋은 75,000스텝까지 거의 겹칩니다. 그러면 시드 하나하나도 그럴까요? 훈련이 끝났을 때 475점 이상인 시드를 세고, 가장 낮은 시드를 찾아봅니다.
#
# **예측** 오른쪽에서 세 목적함수의 가장 낮은 시드도 서로 비슷할까요? {lowest: 비슷합니다 | 다릅니다}

# %% [markdown] lang="en" against="00529254"
# On the left, with clipping and the `min` together, all ten seeds rise side by side and reach full marks. Without the `min`, samples pile up that have no way back, and most seeds get stuck half-way.
# With no clipping at all many seeds make it, but each in its own time, and some break down.
#
# On the right the steps are small. Up to 75,000 steps the three thick lines, the medians, nearly coincide. And the single seeds? Let us count those that end at 475 or more, and find the lowest.
#
# **Predict** On the right, are the lowest seeds of the three objectives much alike, too? {lowest: much alike | far apart}

# %% tags=["nbval-check-output"]
from ppo_edu.figures.clipping import objective_name

study = recorded.clip_training()
print(ppo_edu.t("lesson.reached_header"))
for rate, curves in zip(study["learning_rates"], study["curves"], strict=True):
    for clip, seeds in zip(study["clips"], curves, strict=True):
        final = seeds[:, -1]
        reached = f"{(final >= 475).sum()} / {len(final)}"
        print(f"{rate:<13g}   {reached:>14}   {final.min():11.0f}   {objective_name(clip)}")

# %% [markdown] lang="ko" against="dfb3a9c7"
# 걸음이 작으면 클리핑이 있든 없든 열 개 가운데 일곱이 475점에 이르니, 이 수만으로는 차이를 말할 수 없습니다. 그러나 클리핑하지 않은 시드 가운데 셋은 144, 148, 199점에 머물렀고, 클리핑과 `min`을 쓴 시드는 가장 낮은 것도 281점입니다.
# 중앙값이 겹친다고 시드들까지 같은 것은 아닙니다. 시드 열 개로는 여기까지만 말할 수 있습니다({lesson:how_sure}).
#
# 그러니 클리핑은 마법이 아니라 **큰 걸음을 내디뎌도 어느 시드에서나 무너지지 않게 해 주는 장치**입니다. 그 덕에 왼쪽의 굵은 파란 선은 오른쪽의 어느 굵은 선보다 먼저 과제를 풉니다.
# 다만 이것은 CartPole에서 본 것입니다. 과제에 따라서는 클리핑 없이도 대부분의 시드가 잘 배웁니다.

# %% [markdown] lang="en" against="4e5aa897"
# With small steps, seven of ten seeds reach 475 with clipping and seven without any, so this count by itself tells no difference. But three seeds without clipping stayed at 144, 148 and 199, while with clipping and the `min` even the lowest has 281.
# That medians coincide does not make the seeds alike. With ten seeds, no more can be said than this ({lesson:how_sure}).
#
# So clipping is no magic. It is **what lets every seed take large steps without breaking**, and that is how the thick blue line on the left solves the task before any thick line on the right.
# But this is CartPole. In another task most seeds may learn well without clipping, too.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 작성해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="96b0d501"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="63196510"
# ### 연습 · 클리핑된 목적함수
#
# 비율과 어드밴티지의 배열을 받아, 샘플마다 목적함수의 값을 하나씩 돌려주는 함수를 작성해 보세요. 평균은 내지 않습니다.
# `...`를 지우고 답을 적은 다음 두 셀을 실행하면 바로 채점됩니다. 힌트: `ppo_edu.hint("clipped_surrogate", 1)`.

# %% [markdown] lang="en" against="4400eed1"
# ### Exercise · The clipped objective
#
# Write the function that takes arrays of ratios and advantages and returns the objective of each sample. No mean is taken.
# Put your answer in place of the `...` and run the two cells: you know at once. For help: `ppo_edu.hint("clipped_surrogate", 1)`.


# %% tags=["exercise-clipped_surrogate"]
def clipped_surrogate(ratio, advantage, epsilon): ...


# %%
ppo_edu.check("clipped_surrogate", clipped_surrogate)

# %% [markdown] lang="ko" against="3b17a4fa"
# ### 연습 · 그래디언트가 흐르는 행 (기록 읽기)
#
# 업데이트를 몇 번 한 뒤에 미니배치(minibatch) 하나를 출력해 보았습니다. 이번에는 $\epsilon = 0.1$입니다. 그래디언트 $\partial L / \partial r$이 0이 **아닌** 행을 모두 고르세요.
#
# | 행 | $r$ | $A$ |
# |---|---|---|
# | **a** | 1.15 | +0.5 |
# | **b** | 0.70 | +2.0 |
# | **c** | 1.00 | -1.0 |
# | **d** | 0.85 | -0.3 |
# | **e** | 1.40 | -0.1 |
# | **f** | 0.95 | +0.0 |
# | **g** | 1.05 | +3.0 |
# | **h** | 0.60 | -2.0 |
#
# `...` 자리에 고른 글자를 모두 적으세요. 예: `"ab"`

# %% [markdown] lang="en" against="2ba8bad1"
# ### Exercise · Where a gradient passes (read a log)
#
# This is a minibatch, printed after some updates. This time $\epsilon = 0.1$. Pick all rows in which the gradient $\partial L / \partial r$ is **not** zero.
#
# | row | $r$ | $A$ |
# |---|---|---|
# | **a** | 1.15 | +0.5 |
# | **b** | 0.70 | +2.0 |
# | **c** | 1.00 | -1.0 |
# | **d** | 0.85 | -0.3 |
# | **e** | 1.40 | -0.1 |
# | **f** | 0.95 | +0.0 |
# | **g** | 1.05 | +3.0 |
# | **h** | 0.60 | -2.0 |
#
# Put all the letters you picked in place of the `...`: `"ab"`, for example.

# %% tags=["exercise-gradient_cases"]
gradient_cases = ...

# %%
ppo_edu.check("gradient_cases", gradient_cases)

# %% [markdown] lang="ko" against="66605808"
# ### 연습 · $A < 0$일 때의 두 줄짜리 식
#
# 어드밴티지가 모두 음수인 배치가 들어옵니다. `min` 없이, 두 부분으로 나눈 식으로 같은 값을 구해 보세요. `np.where(조건, a, b)`가 도움이 됩니다.

# %% [markdown] lang="en" against="a2bcf231"
# ### Exercise · The two-line form for $A < 0$
#
# All advantages that come in are negative. Compute the same objective in two pieces, without a `min`. `np.where(condition, a, b)` may be of use.


# %% tags=["exercise-negative_advantage"]
def negative_advantage(ratio, advantage, epsilon): ...


# %%
ppo_edu.check("negative_advantage", negative_advantage)

# %% [markdown] lang="ko" against="2d9ff489"
# ### 연습 · 비율은 어디에서 멈출까요? (예측)
#
# 샘플이 하나뿐이고, 비율 $r$ 자체가 파라미터라고 합시다. $A = 1$, $\epsilon = 0.2$이고, $r = 1$에서 클리핑된 목적함수를 키웁니다. 옵티마이저에는 모멘텀이 있습니다.
#
# $$v \leftarrow 0.5\,v + \frac{\partial L}{\partial r}, \qquad r \leftarrow r + 0.1\,v$$
#
# $v$는 0에서 출발합니다. 다른 샘플은 없습니다. 업데이트를 끝없이 되풀이하면 $r$은 어디에서 멈출까요? `...` 자리에 값을 적으세요.

# %% [markdown] lang="en" against="ec6cc563"
# ### Exercise · Where does the ratio come to rest? (predict)
#
# Take a single sample, and let the ratio $r$ itself be the parameter. With $A = 1$ and $\epsilon = 0.2$ the clipped objective is raised, from $r = 1$ on. The optimiser has momentum:
#
# $$v \leftarrow 0.5\,v + \frac{\partial L}{\partial r}, \qquad r \leftarrow r + 0.1\,v$$
#
# $v$ begins at 0, and there is no other sample. After ever so many updates, where does $r$ come to rest? Put the number in place of the `...`.

# %% tags=["exercise-leaving_the_range"]
leaving_the_range = ...

# %%
ppo_edu.check("leaving_the_range", leaving_the_range)

# %% [markdown] lang="ko" against="0eb25739"
# ## 정리
#
# - $L = \min(rA,\ \mathrm{clip}(r, 1-\epsilon, 1+\epsilon) A)$. 이미 충분히 간 쪽에서만 그래디언트가 0이 됩니다.
# - 여섯 경우 가운데 둘에서만 그래디언트가 0입니다.
# - `min`은 비관적인 쪽을 골라, 잘못 간 샘플이 돌아올 길을 남겨 둡니다.
# - 클리핑은 비율을 묶어 두지 않습니다. 그 샘플의 그래디언트만 없앱니다.
#
# ## 노트와 비교하면
#
# - 두 줄짜리 식은 $A > 0$일 때만 맞습니다. $A < 0$일 때는 거울 식을 씁니다(4절).
# - 노트는 `min`이 **없을** 때 피드백이 가능해진다고 적었는데, 거꾸로입니다. `min`이 **있어야** 잘못 간 샘플에 피드백이 갑니다(5절). 아마 글자가 빠졌을 것입니다.
# - 식에 $\theta$가 없는 구간에서는 가중치가 갱신되지 않는다는 설명은 옳습니다. 다만 그 *샘플*에 대해서만 그렇고, 배치 전체로는 갱신이 일어납니다(6절).
#
# **다음** 지금까지 $A$는 주어진 값이었습니다. {lesson:gae}에서 직접 구합니다.

# %% [markdown] lang="en" against="4aa01734"
# ## Summary
#
# - $L = \min(rA,\ \mathrm{clip}(r, 1-\epsilon, 1+\epsilon) A)$: the gradient is zero only on the side where the policy has gone far enough.
# - That is two of the six cases.
# - The `min` takes the pessimistic value, and so leaves a way back to a sample that went wrong.
# - Clipping does not hold a ratio in place. It takes away that sample's own pull.
#
# ## Beside the notes
#
# - Their two-line form holds for $A > 0$ only; for $A < 0$ it is the mirror form (section 4).
# - They say that feedback becomes possible **without** the `min`. It is the other way round: **with** the `min`, a sample that went wrong gets its feedback (section 5). Probably a word was lost.
# - Where the formula holds no $\theta$, weights are not updated: that is right, but for that *sample* only. The batch as a whole still updates them (section 6).
#
# **Next** Until now $A$ was a given number. In {lesson:gae} we find it.

# %% [markdown] lang="ko" tags=["teacher"] against="d19a5425"
# **목표** 클리핑된 목적함수의 두 그림을 외워서 그리고, 여섯 경우 가운데 그래디언트가 사라지는 둘과 min이 없을 때 생기는 일을 모두가 말합니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:브레이크가 없는} | 2 | 2 | **예측하게 하기** 확률이 세 배가 된 행동의 $rA$. | "어디선가 멈춘다." 무엇이 멈추게 하나요? |
# | {section:직접 바꿔 보기} | 3 | 3 | **해 보게 하기** 둘씩 왼쪽과 오른쪽 그림에서 평평한 곳을 찾습니다. | "양쪽 경계 밖이 모두 평평하다." 좋은 행동이 드물어졌을 때도 거기에 붙들어 두어야 하나요? |
# | {section:정말 0일까요} | 4 | 4 | **예측하게 하기** 버튼 넷으로 정하고 실행합니다. | "4개" 또는 3개. 둘입니다. 확률이 커져 버린 나쁜 행동은 무엇이 끌어내리나요? |
# | {section:두 줄짜리 식은} | 3 | - | **예측하게 하기** 어느 부호에서 맞는 식인지. | "둘 다 맞다." 음수를 밖으로 꺼내면 min은 무엇이 되나요? |
# | {section:왜 min일까요} | 5 | 5 | **예측하게 하기** 두 비율이 어디로 갈지 손으로 그리게 합니다. 그다음 점을 옮기는 탐색기. | "min이 없으면 천천히 돌아온다." 조금도 움직이지 않습니다. $r = 1.5$에서 기울기는 얼마인가요? |
# | {section:진짜 배치에서는} | 3 | 3 | **해 보게 하기** 에폭 슬라이더. | "클리핑이 비율을 모두 범위 안에 묶어 둔다." 그래디언트가 없는 샘플은 무슨 힘에 밀리나요? |
# | {section:훈련에서는} | 3 | 3 | **보여 주기** 훈련은 앞에서만 실행하고 학습자는 예측합니다. 그다음 기록해 둔 시드 열 개의 곡선과, 475에 이른 시드의 수를 봅니다. | "클리핑이 없으면 못 배운다." 큰 학습률에서 열 개 가운데 여덟이 475에 이릅니다. 가장 낮은 시드(86)는 어떤가요? |
# | {section:연습} | 25 | 18 | **해 보게 하기** 목적함수를 작성하고, 기록 읽기는 행마다 손을 듭니다. 나머지 둘은 집에서. | |
# | {section:정리} | 1 | 1 | **보여 주기** 또는 마무리 쪽지: min이 왜 있는지 한 문장으로. | |
# | {section:노트와 비교하면} | 1 | - | **보여 주기** 노트를 아는 사람에게. "min이 없어야"라는 곳이 반대입니다. | |
# | 이야기 | 10 | 6 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 두 줄짜리 식과 그 연습을 뺍니다. 여섯 경우는 이 레슨의 전부이니 빼지 않습니다. 90분이 있다면 비율 카드("확률이 두 배가 되면 $r$은?")로 10분 복습하며 시작하고, 연습 넷을 모두 끝냅니다.
#
# ## 토론거리
#
# 1. **여섯 경우 가운데 둘만 평평합니다. 나머지 넷은 왜 아닐까요?** 범위 안에서는 멈출 이유가 없습니다. 범위 밖이라도 잘못된 쪽이라면 돌아올 길이 있어야 합니다. min은 그곳에서 둘 가운데 더 나쁜 $rA$를 고릅니다.
# 2. **클리핑이 그래디언트를 끊는데 어떻게 비율이 $1 + \epsilon$을 넘을까요?** 경계를 넘는 걸음도 도중에 잘리지 않고, 다른 샘플도 같은 가중치를 움직이며, 옵티마이저에는 모멘텀이 있습니다. 마지막 연습에서 계산해 보면 1.4에서 멈춥니다.
# 3. **작은 학습률에서는 클리핑이 있든 없든 열 개 가운데 일곱이 475에 이릅니다. 클리핑은 쓸모없을까요?** 개수로는 차이가 보이지 않지만 가장 낮은 시드에서는 보입니다(클리핑이 있으면 281점, 없으면 144점). 시드 열 개도 적은 수입니다. 여기에서 본 것은 클리핑이 있으면 걸음이 *커도* 모든 시드가 배웠다는 점입니다.
#
# ## 연습, 이 순서로
#
# "클리핑된 목적함수"부터 합니다. 학급 현황 화면이 있다면 min을 잊은 사람이 몇인지 바로 보입니다. "그래디언트가 흐르는 행"은 여섯 경우를 기록에서 다시 찾는 문제입니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# 마지막 섹션의 훈련 셀입니다. 30명이 한꺼번에 실행하면 1분 넘게 기다립니다. **앞에서만 실행하고, 학습자는 예측합니다.** 아니면 반씩 나누어 실행합니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="7975f825"
# **Aim** Everybody can draw both pictures of the clipped objective from memory, say in which two of six cases the gradient is gone, and what goes wrong without the min.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:without a brake} | 2 | 2 | **Have them predict** $rA$ for an action three times as likely. | "It stops somewhere." Ask: who would stop it? |
# | {section:Bend it yourself} | 3 | 3 | **Have them try** in pairs: where is it flat, left and right? | "Flat on both sides, beyond both bounds." Ask: a good action that became rarer, should it be held there? |
# | {section:really zero} | 4 | 4 | **Have them predict** by the four buttons, then run. | "4", or 3. It is 2. Ask: who pulls a bad action back that has grown? |
# | {section:two-line form} | 3 | - | **Have them predict** for which sign the form holds. | "For both." Ask: what happens to a min when a negative number is pulled out? |
# | {section:Why the min} | 5 | 5 | **Have them predict** where the two ratios go; hands draw the curves. Then the point explorer. | "Without the min it goes back more slowly." It does not move at all. Ask for the slope at $r = 1.5$. |
# | {section:In a real batch} | 3 | 3 | **Have them try** the epoch slider. | "Clipping keeps every ratio inside." Ask: which force moves a sample that has no gradient of its own? |
# | {section:How much does it} | 3 | 3 | **Show**: you run the training, the class predicts; then the recorded ten seeds and the count. | "Without clipping nothing is learned." Eight of ten reach 475 at the large rate. Ask: what about the worst seed (86)? |
# | {section:Exercises} | 25 | 18 | **Have them try** the objective, then the log as a vote row by row; the other two at home. | |
# | {section:Summary} | 1 | 1 | **Show** it, or as a ticket: one sentence on why the min. | |
# | {section:Beside the notes} | 1 | - | **Show** it to those who know the notes: "without the min" is the wrong way round there. | |
# | Talk | 10 | 6 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Cut the two-line form (its exercise goes with it) and keep the six cases: they are the lesson. If you have 90 minutes instead, begin with ten minutes of cards on the ratio ("the probability has doubled: $r$?") and let the class finish all four exercises.
#
# ## To discuss
#
# 1. **Two of the six cases are flat. Why not the other four?** Inside the range there is nothing to brake. Outside it on the wrong side, a sample must find its way back: the min takes $rA$ there, the worse of the two.
# 2. **Clipping cuts gradients, so how can a ratio lie beyond $1 + \epsilon$?** The step that crosses the bound is taken in full; other samples move the shared weights; and the optimiser has momentum. The last exercise works this out: it rests at 1.4.
# 3. **At the small learning rate seven of ten seeds reach 475 with clipping and seven without. Is clipping useless?** The count tells no difference; the worst seeds do (281 with clipping, 144 without). And ten seeds are few. What was seen is that clipping lets every seed take *large* steps.
#
# ## Exercises, in this order
#
# "The clipped objective" first: if your class has an overview on the wall, it shows at once how many forgot the min. "Where a gradient passes" is the six cases again, as a log.
#
# {exercises}
#
# ## What computes
#
# The training cell of the last section: 30 at once have to wait for it more than a minute. **You run it, the class predicts.** Or half the room at a time.
#
# {machine}
