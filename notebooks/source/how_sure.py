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

# %% [markdown] lang="ko" against="2277ab09"
# # {title}
#
# **이 레슨의 질문** PPO를 이루는 여러 선택 가운데 정말로 중요한 것은 무엇이고, 그것을 어떻게 알 수 있을까요?
#
# **먼저 알아 둘 것** {lesson:clip_and_min}의 클리핑(clipping), {lesson:gae}의 $\lambda$, 그리고 `ppo_edu.train`({lesson:full_training}). 통계는 평균과 중앙값만 알면 됩니다.
#
# **걸리는 시간** {minutes}분쯤
#
# 강화 학습의 결과는 운에 크게 흔들립니다. 이 레슨에서는 얼마나 흔들리는지부터 눈으로 보고, 그런데도 무엇을 말할 수 있는지, 무엇은 말할 수 없는지 구별해 봅니다.

# %% [markdown] lang="en" against="de8df0e7"
# # {title}
#
# **The question** Which of PPO's many choices really matter, and how do we know?
#
# **What you need first** Clipping ({lesson:clip_and_min}), $\lambda$ ({lesson:gae}) and `ppo_edu.train` ({lesson:full_training}). Of statistics, no more than the mean and the median.
#
# **Time** about {minutes} minutes
#
# Results in reinforcement learning depend heavily on luck. First you see how heavily; then, what can be said all the same, and what cannot.

# %% tags=["language"]
import functools
import tempfile
import textwrap

import numpy as np

import ppo_edu
from ppo_edu import explorers, figures, recorded, t
from ppo_edu.figures import ablations
from ppo_edu.study import statistics

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="0cd83542"
# ## 1. 똑같은 프로그램, 다른 시드
#
# 클리핑을 하지 않는 PPO를 열 번 훈련합니다. 코드도 설정도 과제도 똑같고 **시드(seed)만** 다릅니다. 시드가 정하는 것은 신경망의 첫 가중치, 에피소드의 시작 위치, 뽑는 행동 같은 우연뿐입니다.
#
# **예측** 가장 잘 풀린 실행과 가장 안 풀린 실행의 점수는 얼마나 차이 날까요?

# %% [markdown] lang="en" against="00a294ac"
# ## 1. The same program, another seed
#
# We train PPO without clipping ten times. Code, settings and task are the same; **only the seed** differs. All it decides is chance: the first weights of the networks, where an episode starts, which actions are drawn.
#
# **Predict** How far apart are the best run and the worst?

# %%
config = ppo_edu.PPOConfig(clip="none")
runs = [ppo_edu.train("CartPole-v1", config, seed=seed, max_steps=30_000, stop_at=None) for seed in range(10)]
figures.curves(runs)

# %% [markdown] lang="ko" against="b5e98289"
# 몇 배나 차이 납니다. 파란 선만 본 사람은 "잘 배운다"고 적을 것이고, 주황색 선만 본 사람은 "배우지 못한다"고 적을 것입니다. 둘 다 거짓말이 아닙니다. 둘 다 **제비를 한 번 뽑았을 뿐**입니다.
#
# ## 2. 열 번의 결과를 값 하나로 줄이면
#
# 누군가 열한 번째 실행을 더했는데, 아주 운이 좋아서 500점을 받았다고 합시다.
#
# **예측** 평균, 중앙값, 그리고 위아래 4분의 1씩을 빼고 낸 **사분위간 평균**(interquartile mean, IQM) 가운데 어느 것이 가장 많이 움직일까요? {moves_most: 평균 | 중앙값 | 사분위간 평균}

# %% [markdown] lang="en" against="14be133f"
# They differ several times over. Whoever sees the blue line alone writes "it learns well"; whoever sees the orange one alone writes "it does not learn". Neither tells a lie. Each has **drawn one ticket**.
#
# ## 2. Ten runs in one number
#
# Suppose somebody adds an eleventh run, a very lucky one: 500 points.
#
# **Predict** The mean, the median, and the **interquartile mean** (IQM), which leaves out a quarter of the runs at the top and at the bottom: which of them moves most? {moves_most: the mean | the median | the IQM}

# %%
scores = np.array([run.mean_return for run in runs])
with_luck = np.append(scores, 500)
iqm = statistics.interquartile_mean
ways = {t("many_seeds.mean"): np.mean, t("many_seeds.median"): np.median, t("many_seeds.iqm"): iqm}
for name, statistic in ways.items():
    print(f"{statistic(scores):6.1f} -> {statistic(with_luck):6.1f}   {name}")

# %% [markdown] lang="ko" against="50ff3129"
# 평균은 실행 하나에 끌려갑니다. 중앙값은 거의 그대로지만 가운데 한두 개만 보고 나머지는 버립니다. 사분위간 평균은 그 사이입니다. 가운데 절반을 모두 쓰면서도 한쪽 끝의 실행 하나에 휘둘리지 않습니다.
#
# 대신 잃는 것도 있습니다. 열 번 가운데 두 번이 완전히 무너져도 사분위간 평균은 모르는 척합니다. 그래서 값 하나만 보이지 말고 **실행을 하나하나 함께** 보여야 합니다.
#
# ## 3. 그 값은 얼마나 확실할까요?
#
# 시드를 다시 뽑으면 다른 값이 나올 것입니다. 얼마나 다를까요? 훈련을 수천 번 다시 할 수는 없으니, 손에 든 열 개가 세상의 전부라고 치고 **그 안에서 다시 뽑아** 봅니다.
# 열 개에서 열 번을 뽑되, 뽑은 것을 도로 넣고 다시 뽑아(같은 것이 또 나와도 됩니다) 사분위간 평균을 냅니다. 이것을 2,000번 반복해서 가운데 95%를 잘라 내면 그것이 **95% 구간**입니다.
# 이 방법을 통계학에서 부트스트랩(bootstrap)이라고 합니다. {lesson:gae}의 부트스트랩과는 이름만 같습니다.
#
# **예측** 시드가 열 개가 아니라 세 개, 다섯 개였다면 구간은 얼마나 넓을까요?

# %% [markdown] lang="en" against="69fd0d44"
# The mean is dragged along by a single run. The median hardly moves, but it looks at one or two runs and lets the others go. The interquartile mean lies between: it uses the whole middle half, and no single run at one end can push it about.
#
# It has its price: if two of the ten break down altogether, the interquartile mean does not show it. So never show the one number alone: **show the runs beside it**.
#
# ## 3. How sure is that number?
#
# Other seeds would give another number. How different? We cannot train thousands of times again, so we take the ten runs that we have for the whole world, and **draw from them again**:
# ten times out of the ten, the same one as often as it comes, and take the interquartile mean. Repeat that 2,000 times and cut out the middle 95%: this is the **95% interval**.
# Statisticians call it the bootstrap. With the bootstrap of {lesson:gae} it shares nothing but the name.
#
# **Predict** And if there had been only three seeds, or five, in place of ten: how wide is the interval then?

# %%
drawn = np.random.default_rng(0).choice(scores, size=(2_000, len(scores)))
low, high = np.percentile(iqm(drawn, axis=1), [2.5, 97.5])
print(ppo_edu.t("printed.by_hand", value=iqm(scores), low=low, high=high))
for count in (10, 5, 3):
    low, high = statistics.bootstrap_interval(iqm, scores[:count])
    print(ppo_edu.t("printed.of_seeds", count=count, value=iqm(scores[:count]), low=low, high=high))

# %% [markdown] lang="ko" against="cb77a91b"
# `bootstrap_interval`은 손으로 한 것과 똑같은 일을 합니다. 시드가 적을수록 구간은 넓어집니다.
#
# ## 4. 시드를 늘려 가며 보기
#
# 이제 진짜 연구를 봅시다. 이 과정의 PPO에서 스위치를 하나씩 바꾼 변형들을, 환경마다 시드 스무 개씩 훈련해 기록해 두었습니다. 환경은 둘입니다. CartPole, 그리고 두 마디 막대를 흔들어 정해진 높이까지 올리는 Acrobot입니다. Acrobot에서는 한 스텝마다 -1점이고, -500점은 끝내 올리지 못했다는 뜻입니다. 아래에서 두 변형을 골라 시드 수를 늘려 보세요.
#
# **예측** "클리핑 없음"과 "min 없이 클리핑만" 가운데 어느 쪽이 나은지 가려내려면 시드가 몇 개나 필요할까요? 기본 설정과 비교할 때는요?

# %% [markdown] lang="en" against="a6f3eacc"
# `bootstrap_interval` does just what we did by hand. The fewer the seeds, the wider the interval.
#
# ## 4. Seed by seed
#
# Now a real study. Variants of this course's PPO, with one switch changed in each, were trained with twenty seeds in each environment and recorded. There are two: CartPole, and Acrobot, where two joined rods have to be swung up to a height, each step costs 1, and -500 means that the goal was never reached. Choose two of them below and raise the number of seeds.
#
# **Predict** How many seeds does it take to tell which is better, "no clipping" or "clipping without min"? And when one of them is compared with the default?

# %%
explorers.how_sure()

# %% [markdown] lang="ko" against="592f57cd"
# 구간은 대략 시드 수의 제곱근에 반비례해 좁아집니다. 처음 몇 개에서는 순서가 뒤바뀌기도 합니다. 차이가 크면 시드 몇 개로도 충분하지만, 차이가 작으면 스무 개로도 모자랍니다.
#
# 시드가 아주 적을 때 조심할 것이 하나 더 있습니다. 기록한 스무 개를 세상의 전부라고 치고, 거기서 몇 개만 뽑아 95% 구간을 내 봅시다.
#
# **예측** 시드 세 개로 낸 "95% 구간"이 진짜 평균을 담고 있는 경우는 정말 95%일까요? {coverage: 95%보다 적습니다 | 95%쯤입니다 | 95%보다 많습니다}

# %% [markdown] lang="en" against="2c1a44fc"
# Intervals shrink about with the root of the number of seeds, and in the first few seeds the order may swap. If the difference is large, a few seeds are enough; if it is small, even twenty are not.
#
# With very few seeds there is one more trap. Take the twenty recorded runs for the whole world, draw a few of them, and compute the 95% interval.
#
# **Predict** Does a "95% interval" from three seeds hold the true mean in 95% of the cases? {coverage: in fewer | in about 95% | in more}

# %% tags=["nbval-check-output"]
study = recorded.ablations()
rng = np.random.default_rng(0)
world = study.scores("CartPole-v1", "no_clip")
for count in (2, 3, 5, 10, 20):
    few = rng.choice(world, size=(400, count, 1))
    low, high = statistics.bootstrap_interval(np.mean, few, resamples=500)
    holds = np.mean((low <= world.mean()) & (world.mean() <= high))
    print(ppo_edu.t("printed.share", count=count, share=holds))

# %% [markdown] lang="ko" against="ee8c0b52"
# 시드가 적으면 구간이 **너무 좁게** 나옵니다. 뽑힌 몇 개 안에서만 다시 뽑으니, 거기 없는 값은 상상하지 못하기 때문입니다. 시드가 두세 개라면 구간마저 믿을 수 없습니다.
#
# ## 5. 무엇이 중요할까요?
#
# 이번에는 모든 변형을 한꺼번에 봅니다. 옅은 점이 실행 하나, 진한 점과 막대가 사분위간 평균과 95% 구간, 세로띠가 기본 설정의 구간입니다.
#
# 점수는 훈련이 끝날 때까지 *다 마친* 에피소드 가운데 마지막 100개의 평균입니다. {lesson:full_training}에서 보았듯이 그것은 이전 정책들의 점수이니, **얼마나 일찍 배웠는지**를 잰다고 보면 됩니다. 8절에서 다른 점수로 다시 잽니다.
#
# **예측** 스위치 하나만 바꾼다면 무엇이 가장 큰 해를 끼칠까요? 환경이 달라도 같을까요?

# %% [markdown] lang="en" against="066bd13f"
# With few seeds the interval comes out **too narrow**: it draws again from the few that there are, and cannot imagine what is not among them. With two or three seeds, not even the interval can be trusted.
#
# ## 5. What matters?
#
# Now all variants at once. A pale dot is one run; the dark dot and its bar are the interquartile mean and its 95% interval; the band from top to bottom is the interval of the default settings.
#
# The score is the mean of the last 100 episodes that *had ended* when training did. As {lesson:full_training} showed, that is the score of older policies, so what it measures is **how early** a variant learned. Section 8 measures in other ways.
#
# **Predict** If you change a single switch, which one does most harm? Is it the same in every environment?

# %%
figures.ablation()

# %% [markdown] lang="ko" against="cfb0533e"
# 어느 변형이 기본 설정과 *다르다고* 말할 수 있을까요? 차이의 95% 구간이 0을 담고 있지 않을 때만 그렇게 말하기로 합시다.

# %% [markdown] lang="en" against="31ad8c80"
# Which variants can we call *different* from the default? Let us say so only if the 95% interval of the difference does not hold 0.

# %% tags=["nbval-check-output"]
less = functools.partial(statistics.difference, iqm)
for env_id in study.env_ids:
    worse, better, open_ = [], [], []
    for variant in study.variants[1:]:
        pair = study.scores(env_id, variant), study.scores(env_id, "default")
        low, high = statistics.bootstrap_interval(less, *pair)
        (worse if high < 0 else better if low > 0 else open_).append(ablations.variant_name(variant))
    print(env_id)
    for verdict, names in (
        (t("lesson.worse"), worse),
        (t("lesson.better"), better),
        (t("lesson.open"), open_),
    ):
        names = [name.replace(" ", "\N{NO-BREAK SPACE}") for name in names]
        print(textwrap.fill(f"  {verdict}: " + "; ".join(names), width=100, subsequent_indent="      "))

# %% [markdown] lang="ko" against="e56e8e87"
# 차례로 읽어 봅시다.
#
# - **작은 $\lambda$는 두 과제 모두에서 해롭습니다.** $\lambda$가 0이나 0.5면 두 과제 모두 뒤처집니다. $\lambda = 0$이면 CartPole에서는 무작위 정책에서 거의 벗어나지 못하고, Acrobot에서는 절반이 넘는 시드가 끝까지 한 번도 목표에 닿지 못합니다(-500). 0.8은 CartPole에서만 차이가 보입니다. 반대쪽 끝인 $\lambda = 1$은 0.95와 구별되지 않거나 몇 점 뒤질 뿐인데, 여기에는 조건이 하나 붙습니다(바로 아래).
# - **너무 작은 걸음은 두 과제 모두에서 늦습니다.** $\epsilon$이 0.05나 0.1이거나 페널티의 $\beta$가 크면 그렇습니다(KL 페널티: 클리핑 대신 목적함수에서 $\beta\,\mathrm{KL}$을 뺍니다. {lesson:inside_trpo} 8절). 배우지 못한 것인지, 늦게 배웠을 뿐인지는 이 점수로는 알 수 없습니다(8절).
# - **클리핑과 `min`은 과제에 달려 있습니다.** CartPole에서는 클리핑을 통째로 빼든 `min`만 빼든 시드에 따라 만점을 받기도 하고 거의 배우지 못하기도 해서, 구간이 아주 넓어집니다. 그런데 Acrobot에서는 빼는 쪽이 *더 낫다고* 나왔습니다. $\epsilon = 0.4$나 약한 페널티도 그렇습니다. 이 과제에서는 큰 걸음이 이득인 듯합니다.
# - 에폭(epoch)이 하나면 CartPole에서는 크게 모자라지만, Acrobot에서는 차이가 보이지 않습니다.
# - 학습률을 고정하거나 에폭을 열 번으로 늘려도 차이가 **보이지 않습니다**. 차이가 *없다*는 뜻은 아닙니다. 이 시드 수로는 가려낼 수 없다는 뜻입니다.
#
# 이 점수는 "마지막 정책이 얼마나 좋은가"가 아니라 "얼마나 일찍 배웠는가"라는 것을 잊지 마세요.
#
# $\lambda = 1$에 붙는 조건은 이렇습니다. 여기서는 롤아웃(rollout)이 32스텝이라, $\lambda = 1$이어도 많아야 보상 32개를 더한 뒤에는 크리틱(critic)의 예상을 씁니다({lesson:gae}). 보상만 믿는 것이 아닙니다. 환경을 8개로 줄이고 512스텝씩 모으면 어떨까요? 시드 열 개씩 기록해 두었습니다.
#
# **예측** 롤아웃이 길면 $\lambda = 1$과 0.95의 차이가 벌어질까요? {long_rollouts: 두 과제 모두 | 한 과제에서만 | 벌어지지 않습니다}

# %% [markdown] lang="en" against="269fa36b"
# Let us read it.
#
# - **A small $\lambda$ does harm in both tasks.** With a $\lambda$ of 0 or 0.5 both fall behind. With 0 the agent hardly leaves the random policy behind in CartPole, and in Acrobot more than half of the seeds never reach the goal to the end (-500). For 0.8 a difference is seen in CartPole only. $\lambda = 1$, the other end, cannot be told from 0.95, or is a few points behind; but there is a condition to that (just below).
# - **Steps that are too small come late in both tasks**: an $\epsilon$ of 0.05 or 0.1, or a large penalty $\beta$ (in place of clipping, $\beta\,\mathrm{KL}$ is subtracted from the objective: a KL penalty, {lesson:inside_trpo}, section 8). Whether they do not learn or only learn later, this score cannot say (section 8).
# - **Clipping and the `min` depend on the task.** In CartPole, without clipping or without the `min` alone, some seeds reach full marks and others hardly learn, so the intervals are very wide. But in Acrobot these variants came out *better*, and so did $\epsilon = 0.4$ and a weak penalty. Large steps seem to pay in this task.
# - One epoch is far too few in CartPole; in Acrobot no difference is seen.
# - A constant learning rate, or ten epochs: **no difference that we could see**. That does not mean there *is* none. With so many seeds it cannot be told.
#
# Keep in mind that this score is not "how good is the final policy" but "how early did it learn".
#
# And the condition on $\lambda = 1$: rollouts here are 32 steps long, so even $\lambda = 1$ adds up at most 32 rewards and then takes the critic's word ({lesson:gae}). It does not trust the rewards alone. What if 8 environments collect 512 steps each? Ten seeds of each were recorded.
#
# **Predict** Do $\lambda = 1$ and 0.95 part when rollouts are long? {long_rollouts: in both tasks | in one of them | no}

# %% tags=["nbval-check-output"]
lengths = recorded.lambda_and_horizon()
for env_id in lengths.env_ids:
    for shape, name in (("128 x  32", "short"), ("  8 x 512", "long")):
        pair = [lengths.scores(env_id, f"{name}_lam_{lam}") for lam in ("1", "0.95")]
        low, high = statistics.bootstrap_interval(less, *pair)
        print(
            f"{env_id:12} {shape}   λ = 1: {iqm(pair[0]):6.1f}   λ = 0.95: {iqm(pair[1]):6.1f}   [{low:6.1f}, {high:6.1f}]"
        )

# %% [markdown] lang="ko" against="c1b268d9"
# Acrobot의 긴 롤아웃에서만 차이의 구간에 0이 없습니다. 거기서는 $\lambda = 1$이 뒤처졌으니, 롤아웃의 길이가 결론을 바꾼 것입니다. CartPole에서는 롤아웃이 길어도 짧아도 차이가 보이지 않습니다(두 쪽 다 만점이라 보일 자리도 없습니다). 그러니 "$\lambda = 1$은 0.95와 구별되지 않는다"는 앞의 말은 **32스텝짜리 롤아웃**에 대해서만 할 수 있습니다. 그때의 $\lambda = 1$은 몬테카를로가 아니라 32스텝 뒤에 크리틱의 예상을 쓰는 방법이기 때문입니다.
#
# 이제 Acrobot의 클리핑으로 돌아갑시다. 정말 클리핑을 빼는 쪽이 나을까요? 그림에서 옅은 점을 다시 보세요.
#
# **예측** 가장 나쁜 시드로 비교하면 어느 쪽이 나을까요? 사분위간 평균 대신 평균으로 비교하면요? {by_the_mean: 클리핑이 있는 쪽 | 없는 쪽}

# %% [markdown] lang="en" against="78d58fc0"
# Only in Acrobot's long rollouts does the interval of the difference not hold 0. There $\lambda = 1$ falls behind: the length of the rollouts changed the verdict. In CartPole no difference is seen, whether rollouts are long or short (with full marks on both sides there is no room for one). So what was said above, that $\lambda = 1$ cannot be told from 0.95, can be said of **rollouts of 32 steps** only: there, $\lambda = 1$ is not Monte Carlo but listens to the critic after 32 steps.
#
# Now back to clipping in Acrobot. Is it really better off without? Look at the pale dots in the picture once more.
#
# **Predict** Compare them by the worst seed: which one is better? And by the mean, in place of the interquartile mean? {by_the_mean: with clipping | without}

# %% tags=["nbval-check-output"]
for variant in ("default", "no_clip", "clip_only"):
    runs_of = study.scores("Acrobot-v1", variant)
    found = t("lesson.iqm_mean_worst", iqm=iqm(runs_of), mean=runs_of.mean(), worst=runs_of.min())
    print(f"{found}   {ablations.variant_name(variant)}")

# %% [markdown] lang="ko" against="97fd18a8"
# 평균으로 비교하면 순서가 뒤집힙니다. 클리핑이 없으면 대부분의 시드는 조금 더 빨리 배우지만, 몇몇은 **무너집니다**. 사분위간 평균은 양쪽 끝의 다섯 개씩을 보지 않으니 그것을 모릅니다(2절에서 말한 대로입니다).
# 그렇다면 두 과제가 같은 말을 하는 셈입니다. 여기서 클리핑이 하는 일은 점수를 끌어올리는 것보다 **어느 시드에서나 무너지지 않게 해 주는 것**에 가깝습니다. {lesson:clip_and_min}의 결론과 같습니다. 다만 Acrobot에서 무너진 시드는 스무 개 가운데 한두 개이니, 이 과제만 보고 확실하다고 할 수는 없습니다.
#
# 한 가지를 꼭 덧붙여야 합니다. 기본 설정의 학습률은 **기본 설정에 맞추어** 고른 것이고, 변형들은 그 학습률을 그대로 썼습니다. {lesson:clip_and_min}에서 보았듯이 학습률이 작으면 클리핑이 있든 없든 시드 열 개의 중앙값은 거의 같습니다(그래도 클리핑이 없으면 세 시드가 200에도 못 미쳤습니다).
# 그러니 이 그림이 말하는 것은 "이 과제에서 이 스위치 하나만 바꾸면 이렇게 된다"까지입니다. "이 부품의 가치가 얼마다"가 아닙니다.
#
# ## 6. 논문의 표와 나란히
#
# PPO 논문의 표 1은 MuJoCo 과제 일곱 개를 시드 세 개씩, 모두 21번 실행한 결과입니다. 점수는 마지막 에피소드 100번의 평균입니다. 과제마다 무작위 정책을 0, "가장 좋은 결과"를 1로 놓고 평균을 냈습니다(가장 좋은 실행인지 설정인지는 적혀 있지 않습니다). 구간은 없습니다. 우리 실행도 비슷하게 점수를 매기되 가장 좋은 변형의 평균을 1로 놓고 구간을 붙여 봅시다.
#
# **예측** 과제도 신경망도 다른데, 순서는 얼마나 비슷할까요?

# %% [markdown] lang="en" against="1e139ad6"
# By the mean, the order is reversed. Without clipping most seeds learn a little faster, but a few **break down**; and the interquartile mean, which leaves out five runs at each end, does not see it (as section 2 warned).
# So both tasks say much the same: what clipping does here is less to raise the score than to **keep every seed from breaking**. That was the conclusion of {lesson:clip_and_min}, too. But in Acrobot it is one or two seeds of twenty that broke down, and from this task alone nobody could be sure.
#
# One thing must be added. The default learning rate was chosen **for the default settings**, and the variants had to take it as it was. As {lesson:clip_and_min} showed, with a small learning rate the medians of ten seeds are nearly the same with clipping and without (though without it, three of the ten stayed below 200).
# So the picture says "this is what happens, in this task, if you change this one switch", and no more. It does not say what a part is worth.
#
# ## 6. Beside the paper's table
#
# Table 1 of the PPO paper is of seven MuJoCo tasks with three seeds each, 21 runs in all. A score is the mean of the last 100 episodes. In each task the random policy is 0 and "the best result" 1 (whether that is a run or a setting is not told), then the tasks are averaged; there are no intervals. Let us score our runs much the same, with the mean of the best variant as 1, and with intervals.
#
# **Predict** The tasks differ, and so do the networks. How alike is the order?

# %%
figures.beside_the_paper()

# %% tags=["nbval-check-output"]
early, drawn = (ablations.normalised_scores(study, column) for column in ("final_return", "sampled_return"))
print(t("lesson.beside_the_paper"))
for variant in sorted(early.keys() - {"random"}, key=lambda variant: -early[variant].mean()):
    words = f"{ablations.PAPER_SCORES.get(variant, '')!s:>7}"
    for scores in (early[variant], drawn[variant]):
        low, high = statistics.bootstrap_interval(np.mean, scores)
        words += f"   {scores.mean():5.2f} [{low:5.2f}, {high:5.2f}]"
    print(f"{words}   {ablations.variant_name(variant)}")

# %% [markdown] lang="ko" against="48f32633"
# **같은 점.** 어느 쪽에서나 $\epsilon = 0.2$로 클리핑을 한 설정이 가장 높은 축에 들고, 합친 점수로 그보다 뚜렷이 나은 KL 페널티는 없습니다(Acrobot만 보면 조금 앞서는 것도 있습니다). 뒤에 나올 {lesson:inside_trpo} 8절은 시드가 하나뿐이라 클리핑과 페널티의 우열을 가리지 못하는데, 그 질문에 대한 답이기도 합니다.
#
# **다른 점.** 논문에서는 클리핑이 없으면 무작위 정책보다도 *나빠졌습니다*(-0.39). 논문 6.1절에 이유가 적혀 있습니다. 일곱 과제 가운데 **HalfCheetah 하나에서** 처음의 무작위 정책보다 나쁜, 아주 큰 음수가 나왔기 때문입니다. 나머지 여섯 과제가 어땠는지 이 값 하나로는 알 수 없습니다.
# 우리 쪽도 마찬가지입니다. 클리핑을 빼면 CartPole에서는 크게 나빠지고, Acrobot에서는 시드 몇 개가 무너진 만큼만 낮아집니다. 둘을 합친 점수는 **어느 과제의 이야기도 아닙니다.**
# 또 논문에서는 $\beta$가 0.3이든 10이든 비슷했지만, 여기서는 $\beta = 10$이 크게 뒤처집니다. 논문은 100만 스텝이고 여기는 많아야 그 10분의 1이니, 조심스러운 정책은 다 배우기 전에 끝납니다.
#
# **재는 방법.** 표의 둘째 점수는 마지막 정책에게 새 에피소드를 시킨 것입니다. 순서가 많이 바뀝니다. 논문의 점수도 "마지막 에피소드 100번"이지만, 100만 스텝에서는 그 에피소드들이 훨씬 덜 오래된 것입니다. 8절에서 자세히 봅니다.
#
# **알 수 없는 점.** 논문의 0.82와 0.76은 얼마나 다를까요? 과제마다 시드 세 개의 평균뿐이고 구간이 없으니 표만 보아서는 알 수 없습니다. 우리 실행에서 둘이 갈린다는 말은 구간이 있어서 할 수 있고, 이 과제들의 이 점수에 대해서만 할 수 있습니다.
#
# ## 7. 값 하나로는 보이지 않는 것
#
# 점수가 어중간한 변형은 모든 실행이 어중간한 것일까요, 아니면 절반은 성공하고 절반은 무너진 것일까요? **성능 프로파일**(performance profile)은 점수마다 "이보다 높은 실행이 몇 퍼센트인가"를 그린 것입니다. 여기서는 마지막 정책의 점수(뽑은 행동)로 그립니다.
#
# **예측** 절반은 만점, 절반은 0점인 변형의 곡선은 어떤 모양일까요?

# %% [markdown] lang="en" against="4a773de5"
# **Alike.** In both, clipping with $\epsilon = 0.2$ is among the highest, and on the whole no KL penalty is clearly better (in Acrobot alone some are a little ahead). That also answers what section 8 of {lesson:inside_trpo}, still to come, leaves open: there clipping or penalty cannot be judged, because it has one seed only.
#
# **Different.** In the paper, leaving out clipping made things *worse* than the random policy (-0.39). Its section 6.1 says why: on **one of the seven tasks, HalfCheetah,** it ended at a very negative score, worse than the initial random policy. How the other six went, this one number does not tell.
# It is the same with ours. Without clipping things get much worse in CartPole, and in Acrobot by no more than the few seeds that broke down. The score of the two together **tells of neither task**.
# And in the paper it mattered little whether $\beta$ was 0.3 or 10, while here $\beta = 10$ stays far behind. The paper trains for a million steps and we for a tenth of that at most, so a policy that is too careful is not done at the end.
#
# **How it is measured.** The second score in the table lets the final policy play new episodes, and the order changes a good deal. The paper's score is "the last 100 episodes", too, but after a million steps those are far less out of date. More in section 8.
#
# **Not to be told.** How different are the paper's 0.82 and 0.76? They are means over three seeds a task, without intervals, so the table alone does not say. That the two part in our own runs can be said because there are intervals, and only of these tasks and of this score.
#
# ## 7. What one number hides
#
# A variant with a middling score: are all its runs middling, or do half of them succeed and half break down? A **performance profile** shows, for each score, what share of the runs is above it. Here it is drawn of the final policy's score (actions drawn).
#
# **Predict** Half of the runs at full marks and half at 0: what does the curve look like?

# %%
figures.profiles("CartPole-v1", ["no_clip", "clip_only", "kl_fixed_10", "trpo"], column="sampled_return")

# %% [markdown] lang="ko" against="4496d21d"
# 절반은 만점이고 절반은 0점이라면 높이 0.5에서 평평하게 가다가 끝에서 뚝 떨어집니다. "클리핑 없음"은 왼쪽 끝에서부터 계단처럼 내려오고, 만점까지 남는 것은 3분의 1쯤입니다. 실행이 여기저기 흩어져 있다는 뜻입니다. TRPO는 끝까지 1에 머물다가 만점에서 뚝 떨어집니다. 스무 시드가 모두 만점입니다.
#
# $\beta = 10$과 "클리핑 없음"은 **엇갈립니다.** 형편없는 실행은 "클리핑 없음"에 많지만, 만점을 받은 실행도 그쪽에만 있습니다(스무 개 가운데 일곱 개). 어느 쪽이 나은지는 무엇이 필요한지에 달려 있습니다. 한 번만 잘되면 되는지, 매번 믿을 수 있어야 하는지요.
#
# 두 변형에서 실행을 하나씩 아무렇게나 골랐을 때 한쪽의 점수가 더 높을 확률도 좋은 요약입니다. **개선 확률**(probability of improvement)이라고 합니다.
#
# **예측** "클리핑 없음"의 실행 하나는 $\beta = 10$의 실행 하나를 얼마나 자주 이길까요?

# %% [markdown] lang="en" against="f8f3dc7d"
# With half of the runs at full marks and half at 0, the curve goes level at a height of 0.5 and drops at the end. "No clipping" comes down in steps from the far left on, and a third of it is left at full marks: its runs are scattered everywhere. TRPO stays at 1 and drops at full marks, where all twenty seeds are.
#
# $\beta = 10$ and "no clipping" **cross**. Most of the miserable runs belong to "no clipping", and so do all of those at full marks (seven of its twenty). Which is better depends on what you need: that it works once, or that you can rely on it every time.
#
# Another good summary is how likely a run of one variant scores higher than a run of the other, both picked at random: the **probability of improvement**.
#
# **Predict** How often does a run without clipping beat a run with $\beta = 10$?

# %% tags=["nbval-check-output"]
pair = [study.scores("CartPole-v1", variant, "sampled_return") for variant in ("no_clip", "kl_fixed_10")]
low, high = statistics.bootstrap_interval(statistics.probability_of_improvement, *pair)
print(f"P = {statistics.probability_of_improvement(*pair):.2f}   [{low:.2f}, {high:.2f}]")

# %% [markdown] lang="ko" against="9abb4581"
# 이 값은 *얼마나 자주* 이기는지만 말하고 *얼마나 크게* 이기는지는 말하지 않습니다. 그래서 점수와 나란히 봅니다.
#
# ## 8. 갈림길의 정원(garden of forking paths)
#
# 지금까지는 정직했습니다. 이번에는 **속여 봅시다.** 스스로도 모르게 속는 일이 얼마나 쉬운지 보기 위해서입니다.
#
# 먼저 두 변형에서 시드를 몇 개씩만 뽑아 평균을 비교합니다. 이번에도 기록한 스무 개를 세상의 전부라고 칩니다.
#
# **예측** 시드 세 개씩이라면, 사실은 *더 나쁜* 변형이 이기는 일이 얼마나 자주 일어날까요?

# %% [markdown] lang="en" against="52c74a21"
# It tells *how often* one wins, not *by how much*. So it stands beside the scores and does not replace them.
#
# ## 8. The garden of forking paths
#
# So far we were honest. Now **let us cheat**, to see how easily one cheats without knowing.
#
# First, draw a few seeds of each of two variants and compare their means. Once more the twenty recorded runs are the whole world.
#
# **Predict** With three seeds each, how often does the variant win that is in truth the *worse* one?

# %% tags=["nbval-check-output"]
pair = (study.scores("CartPole-v1", variant) for variant in ("no_clip", "clip_only"))
worse, better = sorted(pair, key=np.mean)
for count in (1, 3, 5, 10, 20):
    means = [rng.choice(each, size=(10_000, count)).mean(axis=1) for each in (worse, better)]
    print(ppo_edu.t("printed.share", count=count, share=np.mean(means[0] > means[1])))

# %% [markdown] lang="ko" against="c178749e"
# 시드 세 개로는 열 번에 네 번쯤 **거꾸로 된 결론**이 나옵니다. 동전 던지기보다 조금 나은 정도입니다. 스무 개로도 안심할 수 없습니다.
#
# 이번에는 더 심합니다. **똑같은** 변형 둘을, 즉 기본 설정의 실행에서 시드를 세 개씩 두 묶음 뽑아 비교합니다. 논문에서 흔히 보는 대로, 평균 ± 표준 오차(standard error)의 막대가 서로 겹치지 않으면 "뚜렷한 차이"라고 부릅시다.
# 그리고 재는 방법을 하나씩 늘려 갑니다. 훈련의 마지막 점수로 안 되면 마지막 정책의 점수로(뽑아서, 그다음은 탐욕으로), 그래도 안 되면 훈련 중간의 점수로, 그래도 안 되면 다른 환경으로.
#
# **예측** 이렇게 모두 재어 보면, 그 가운데 하나라도 "뚜렷한 차이"가 나올 확률은 얼마일까요?

# %% [markdown] lang="en" against="2c3da739"
# With three seeds, about four times in ten the conclusion is **the wrong way round**: a little better than tossing a coin. Even twenty seeds are not safe.
#
# Now it gets worse. Compare two variants that are **the same**: two groups of three seeds, both drawn from the runs with the default settings. As many papers do, we call it a "clear difference" if the bars, mean ± standard error, do not overlap.
# And we try one way of measuring after another. If the training's last score shows nothing, the final policy's may (drawn, then greedy); if not, the score half-way; if not, the other environment.
#
# **Predict** With all of them tried, how likely is it that at least one of them shows a "clear difference"?


# %% tags=["nbval-check-output"]
def clear_difference(x, y):
    errors = [scores.std(axis=1, ddof=1) / np.sqrt(scores.shape[1]) for scores in (x, y)]
    return np.abs(x.mean(axis=1) - y.mean(axis=1)) > sum(errors)


seeds = rng.integers(len(world), size=(10_000, 6))
found = np.zeros(len(seeds), dtype=bool)
for env_id in study.env_ids:
    for column in ("final_return", "sampled_return", "greedy_return", "return_10"):
        drawn = study.scores(env_id, "default", column)[seeds]
        found |= clear_difference(drawn[:, :3], drawn[:, 3:])
        print(f"{found.mean():4.0%}   {env_id:12} {ablations.measure_name(column)}")

# %% [markdown] lang="ko" against="655a3f6d"
# 처음 한 가지만 재어도 열 번에 세 번쯤 "뚜렷한 차이"가 나고, 여덟 가지를 모두 재면 열 번에 여덟 번쯤 나옵니다. 두 묶음은 **똑같은 프로그램**인데 말입니다.
#
# 누구도 거짓말을 하지 않았습니다. 갈림길마다 그럴듯한 쪽을 골랐을 뿐입니다. 가장 큰 갈림길은 **무엇으로 재느냐**입니다. 여기서는 길이 세 갈래입니다.
#
# - **얼마나 일찍 배웠는가**: 훈련의 마지막 에피소드 100번. 5절이 이것입니다. 오래된 정책들의 점수입니다.
# - **마지막 정책, 뽑은 행동**: 훈련이 끝난 정책에게 새 에피소드 100번.
# - **마지막 정책, 탐욕**: 뽑지 않고 가장 확률이 높은 행동만.
#
# 5절의 그림을 둘째 방법으로 다시 그려 봅시다. 실행은 똑같습니다.
#
# **예측** 5절의 그림에서 무엇이 달라질까요? $\epsilon = 0.05$는 어디로 갈까요?

# %% [markdown] lang="en" against="4a260b52"
# The first measure alone shows a "clear difference" about three times in ten; with all eight of them tried, it is about eight times in ten. And both groups are **the same program**.
#
# Nobody told a lie. At every fork, somebody took the path that looked promising. The widest fork of all is **what to measure**. Here it has three ways.
#
# - **How early it learned**: the last 100 episodes of the training, as in section 5. That is the score of older policies.
# - **The final policy, actions drawn**: 100 new episodes of the policy as it is when training ends.
# - **The final policy, greedy**: without drawing, always the most likely action.
#
# Here is the picture of section 5, of the very same runs, measured in the second way.
#
# **Predict** What changes in the picture of section 5? Where does $\epsilon = 0.05$ go?

# %%
figures.ablation(column="sampled_return")

# %% [markdown] lang="ko" against="5941c29b"
# 나이와 뽑기를 나누어 봅시다. 같은 실행에서 (마지막 정책, 뽑음) - (훈련의 마지막 점수)는 **나이**에서 온 차이이고, (탐욕) - (뽑음)은 **뽑기**에서 온 차이입니다. 시드 스무 개의 사분위간 평균과 95% 구간입니다.
#
# **예측** 두 과제에서 어느 쪽의 차이가 더 클까요?

# %% [markdown] lang="en" against="b9e50f67"
# Let us part age from drawing. In the same run, (final policy, drawn) - (last score of the training) is the share of **age**, and (greedy) - (drawn) is the share of **drawing**. Interquartile means and 95% intervals of twenty seeds.
#
# **Predict** Which share is larger, in which task?

# %% tags=["nbval-check-output"]
shown = ("default", "epsilon_0.05", "epsilon_0.1", "no_advantage_normalisation", "kl_fixed_10", "trpo")
for env_id in study.env_ids:
    print(env_id)
    for variant in shown:
        columns = ("final_return", "sampled_return", "greedy_return")
        early, drawn, greedy = (study.scores(env_id, variant, column) for column in columns)
        told = []
        for share in (drawn - early, greedy - drawn):
            low, high = statistics.bootstrap_interval(iqm, share)
            told.append(f"{iqm(share):6.1f} [{low:6.1f}, {high:6.1f}]")
        print(
            t("lesson.age_and_drawing", age=told[0], drawing=told[1])
            + f"   {ablations.variant_name(variant)}"
        )

# %%
figures.ablation(column="greedy_return")

# %% [markdown] lang="ko" against="b7a1c35c"
# **CartPole에서는 거의 모두 나이입니다.** 훈련 점수로는 한참 뒤처졌던 $\epsilon = 0.05$와 0.1, 어드밴티지(advantage) 정규화를 뺀 것, TRPO의 마지막 정책은 뽑아도 만점이거나 만점에 가깝습니다. 걸음이 작으면 배우지 못하는 것이 아니라 **늦게** 배웁니다. $\beta = 10$에서만 뽑기에서 온 차이도 눈에 띕니다.
# **Acrobot에서는 나이와 뽑기가 함께** 나타납니다. 걸음이 작은 변형의 정책은 아직 망설이고 있어서(엔트로피(entropy)가 높아서), 뽑으면 손해를 봅니다. 가장 확률이 높은 행동만 고르면 기본 설정과 몇 점 차이밖에 나지 않습니다.
# 어느 방법도 틀리지 않았습니다. 서로 다른 질문에 답할 뿐입니다. 그리고 방법마다 약점이 있습니다. 뽑은 점수는 CartPole에서 변형의 절반 넘게 만점에 몰려 있어서, 그 안의 순서를 말해 주지 못합니다.
#
# 속지 않는 방법은 간단합니다.
#
# - **재기 전에 정합니다.** 무엇을, 어느 환경에서, 시드 몇 개로 잴지.
# - **모두 셉니다.** 실패한 실행도, 실망스러운 환경도.
# - **여러 번 비교했으면 그렇다고 밝힙니다.** 정말은 차이가 없어도, 95% 구간으로 스무 번 비교하면 한 번쯤은 우연히 "차이"가 납니다. 5절에서 우리도 수십 번 비교했습니다.
#
# ## 9. 직접 연구하기
#
# 변형과 시드를 정해 주면 `run_study`가 나머지를 합니다. 실행마다 결과를 파일 하나에 적어 두므로, 도중에 멈추어도 다시 부르면 멈춘 데서 이어 갑니다.
# `workers`를 빼면 컴퓨터의 코어를 모두 씁니다. 여기서는 작게, 시드 다섯 개로 해 봅시다.
#
# **예측** 시드 다섯 개로 확실히 말할 수 있을까요? 학습률을 10분의 1로 낮추면 20,000스텝 뒤의 점수는 올라갈까요, 내려갈까요? {slower: 올라갑니다 | 내려갑니다}

# %% [markdown] lang="en" against="d615fc85"
# **In CartPole nearly all of it is age.** By the training's score, $\epsilon = 0.05$ and 0.1, no advantage normalisation and TRPO were far behind; their final policies reach full marks or nearly, and do so when they draw. With small steps the agent does not fail to learn, it learns **later**. Only with $\beta = 10$ the share of drawing shows, too.
# **In Acrobot it is age and drawing together.** After small steps the policy is still undecided (its entropy is high), so drawing costs it; taking the most likely action, it is within a few points of the default.
# None of the three is wrong: they answer different questions. And each has its weakness. By the drawn score more than half of the variants are crowded at full marks in CartPole, and nothing tells which of those is better.
#
# The remedies are simple.
#
# - **Decide before you measure**: what, in which environments, with how many seeds.
# - **Count everything**: failed runs, and environments that disappoint.
# - **Tell how often you compared.** Where there is no difference at all, 95% intervals still find one in about one comparison of twenty. In section 5 we, too, made dozens.
#
# ## 9. A study of your own
#
# Name variants and seeds, and `run_study` does the rest. Each run's result goes to a file of its own, so a study that was stopped goes on where it was when you call it again.
# Without `workers` it uses all cores of the computer. Here is a small one, with five seeds.
#
# **Predict** Are five seeds enough to be sure? And with a tenth of the learning rate, is the score after 20,000 steps higher or lower? {slower: higher | lower}

# %%
from ppo_edu.study import Variant, run_study

variants = [Variant("default", ppo_edu.PPOConfig()), Variant("slow", ppo_edu.PPOConfig(learning_rate=0.001))]
with tempfile.TemporaryDirectory() as folder:
    mine = run_study(variants, range(5), folder, max_steps=20_000, workers=1, progress=False)
for variant in mine.variants:
    found = mine.scores("CartPole-v1", variant)
    low, high = statistics.bootstrap_interval(iqm, found)
    print(f"{variant:8} {iqm(found):5.1f}   [{low:5.1f}, {high:5.1f}]   {found.round(1)}")

# %% [markdown] lang="ko" against="46227510"
# 두 구간이 겹치지 않습니다. 겹치지 않으면 차이가 있다고 해도 좋습니다. **거꾸로는 아닙니다.** 두 구간이 겹쳐도 차이의 구간에는 0이 없을 수 있으니, 겹칠 때는 5절처럼 차이의 구간을 보아야 합니다.
# 차이는 10점 안팎이지만 시드마다 고르게 나오니 다섯 개로도 가려집니다. 시드가 얼마나 필요한지는 차이의 크기만이 아니라 **흩어진 정도**에도 달려 있습니다.
#
# 컴퓨터 여러 대가 있다면 Ray 클러스터에서도 똑같이 돌아갑니다. `pip install ppo-edu[cluster]` 뒤에 `run_study(..., backend="ray")`라고 적거나, 코드는 그대로 두고 환경 변수 `PPO_EDU_BACKEND=ray`와 클러스터의 주소 `RAY_ADDRESS`만 정해 주면 됩니다.
# 같은 종류의 컴퓨터라면 어디서 돌리든 같은 시드에서는 같은 값이 나옵니다.
#
# 이 레슨의 연구는 `python tools/record/study.py` 한 줄로 다시 기록할 수 있습니다. 얼마나 걸렸을까요?

# %% [markdown] lang="en" against="02db051e"
# The two intervals do not overlap, and where they do not, there is a difference. **The reverse does not hold**: two intervals may overlap while that of the difference does not hold 0. So if they overlap, look at the interval of the difference, as section 5 did.
# The difference is only some ten points, but the seeds agree so well that five of them suffice. How many seeds it takes depends not on the size of the difference alone but on **how far the runs scatter**, too.
#
# If you have several computers, the same call runs on a Ray cluster: after `pip install ppo-edu[cluster]`, write `run_study(..., backend="ray")`, or leave the code as it is and set the environment variables `PPO_EDU_BACKEND=ray` and, for the cluster's address, `RAY_ADDRESS`.
# On the same kind of computer the same seed gives the same numbers, wherever it runs.
#
# One command records this lesson's study again: `python tools/record/study.py`. How long did it take?

# %%
minutes = study.columns["processor_seconds"].sum() / 60
print(ppo_edu.t("printed.cost", runs=len(study), minutes=minutes))

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 작성해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="96b0d501"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="00bb33c7"
# ### 연습 · 사분위간 평균
#
# 실행들의 점수가 든 배열을 받아 사분위간 평균을 돌려주는 함수를 작성해 보세요. 실행이 $n$번이면 위아래에서 각각 $n / 4$개(소수점 아래는 버림)를 빼고 나머지를 평균합니다. 힌트: `ppo_edu.hint("interquartile_mean", 1)`.

# %% [markdown] lang="en" against="bd74ef52"
# ### Exercise · The interquartile mean
#
# Write the function that takes an array of scores and returns their interquartile mean. Of $n$ runs, $n / 4$ (rounded down) are left out at the top and as many at the bottom; the rest is averaged. For help: `ppo_edu.hint("interquartile_mean", 1)`.


# %% tags=["exercise-interquartile_mean"]
def interquartile_mean(scores): ...


# %%
ppo_edu.check("interquartile_mean", interquartile_mean)

# %% [markdown] lang="ko" against="c109f89d"
# ### 연습 · 누가 얼마나 자주 이길까요?
#
# X의 실행 하나와 Y의 실행 하나를 아무렇게나 골랐을 때 X의 점수가 더 높을 확률을 구하는 함수를 작성해 보세요. 두 배열의 길이는 다를 수 있고, 점수가 같으면 반 승으로 칩니다.

# %% [markdown] lang="en" against="3082c51c"
# ### Exercise · Who wins how often?
#
# Write the function that returns how likely a run of X, picked at random, scores higher than a run of Y, picked at random. The two arrays may differ in length, and an equal score counts as half a win.


# %% tags=["exercise-probability_of_improvement"]
def probability_of_improvement(x, y): ...


# %%
ppo_edu.check("probability_of_improvement", probability_of_improvement)

# %% [markdown] lang="ko" against="9553644e"
# ### 연습 · 겹치는 구간 (예측)
#
# 두 방법을 시드 스무 개씩 훈련했더니 평균과 95% 구간이 A는 470 ± 18, B는 440 ± 20이었습니다. 두 구간 [452, 488]과 [420, 460]은 겹칩니다. 그러면 차이가 없다고 보고해야 할까요?
#
# 차이 30의 95% 구간을 구해 보세요. 추정값이 대략 정규분포를 따르고 서로 독립이라고 보면, 구간 폭의 절반은 제곱으로 더해집니다. 구간이 시작하는 값(아래쪽 끝)을 소수점 아래 한 자리까지 `...` 자리에 적으세요.

# %% [markdown] lang="en" against="83aefe72"
# ### Exercise · Intervals that overlap (predict)
#
# Two methods were trained with twenty seeds each. Means and 95% intervals: A 470 ± 18, B 440 ± 20. The two intervals, [452, 488] and [420, 460], overlap. Should the report say that there is no difference?
#
# Find the 95% interval of the difference, 30. Where the estimates are about normally distributed and independent, half-widths add up as squares. Put the lower end of that interval in place of the `...`, to one decimal.

# %% tags=["exercise-overlapping_intervals"]
overlapping_intervals = ...

# %%
ppo_edu.check("overlapping_intervals", overlapping_intervals)

# %% [markdown] lang="ko" against="1e9a82ab"
# ## 정리
#
# - 시드만 바꾸어도 결과는 몇 배나 달라집니다. 차이가 아주 크지 않다면, 실행 하나나 시드 세 개의 평균으로 말할 수 있는 것은 거의 없습니다.
# - 사분위간 평균으로 줄이고, 95% 구간을 붙이고, 실행을 하나하나 함께 보입니다. 구간은 시드가 적으면 그 자체도 믿을 수 없습니다.
# - 평균 하나로는 흩어진 모양이 보이지 않습니다. 성능 프로파일과 개선 확률이 보여 줍니다.
# - "얼마나 일찍 배웠는가", "마지막 정책이 뽑아서 얼마인가", "탐욕으로 얼마인가"는 서로 다른 질문입니다. 무엇을 잴지 재기 전에 정하고, 모두 셉니다.
#
# ## 노트와 논문, 그리고 우리 실행
#
# - 노트의 프로그램은 실행 하나의 평균을 보여 줍니다. 같은 프로그램을 시드만 바꾸어 240초씩 두 번 돌려 보니, 최근 100번의 평균이 한 번은 259, 한 번은 457이었습니다. 하나만 보았다면 전혀 다른 결론을 적었을 것입니다.
# - 노트의 말대로 클리핑은 KL 페널티보다 단순하고, 여기서는 점수도 뒤지지 않았습니다. 논문의 표도 그렇게 말합니다. 다만 "클리핑 덕분"이라고만 할 수는 없습니다.
#   [Engstrom 등(2020)](https://arxiv.org/abs/2005.12729)은 다른 세부 사항을 똑같이 맞추면 PPO와 TRPO의 차이가 거의 사라진다고 했습니다.
# - 이 레슨의 방법은 [Agarwal 등(2021)](https://arxiv.org/abs/2108.13264)에서 가져왔습니다.
#
# **다음** PPO를 이루는 것은 여기까지 다 보았습니다. 이제 여러분의 질문을 하나 골라 보세요. 무엇을 바꾸면 무엇이 달라지리라 생각하나요? 먼저 적어 두고, 9절의 `run_study`로 확인해 보세요. TRPO의 속이 궁금하면 {lesson:inside_trpo}, 언어 모델이 궁금하면 {lesson:language_models} 쪽으로 이어 가세요.

# %% [markdown] lang="en" against="c57867aa"
# ## Summary
#
# - The seed alone changes results several times over. Unless a difference is huge, one run, or the mean of three seeds, says very little.
# - Report the interquartile mean, with its 95% interval, and show the runs beside it. With few seeds not even the interval can be trusted.
# - One mean hides how the runs are scattered. Performance profiles and the probability of improvement show it.
# - How early it learned, what the final policy scores drawn, and greedy: these are three questions. Decide which before you measure, and count everything.
#
# ## The notes, the paper and our runs
#
# - The notes' program shows the average of a single run. The same program, run twice for 240 seconds with nothing but another seed, had a mean of the last 100 episodes of 259 one time and of 457 the other. Either one alone would have told quite another story.
# - As the notes say, clipping is simpler than a KL penalty, and here it scored no worse. The paper's table says the same. But not all the credit goes to clipping:
#   [Engstrom et al. (2020)](https://arxiv.org/abs/2005.12729) found that with all other details made equal, little difference is left between PPO and TRPO.
# - The methods of this lesson are those of [Agarwal et al. (2021)](https://arxiv.org/abs/2108.13264).
#
# **Next** All that PPO is made of you have seen by now. So choose a question of your own: what do you think would change, if you changed what? Write it down first, and then find out with `run_study`, as in section 9. Whoever wants to see inside TRPO goes on to {lesson:inside_trpo}, whoever came for language models to {lesson:language_models}.

# %% [markdown] lang="ko" tags=["teacher"] against="a73f66b8"
# **목표** 값을 말할 때마다 실행 결과들과 구간을 함께 보이고, 시드 셋으로는 거의 아무것도 증명하지 못한다는 것을 알며, 거짓말 없이 속이는 일을 한 번 직접 해 봅니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:똑같은 프로그램} | 4 | 4 | **예측하게 하기** 가장 좋은 실행과 나쁜 실행의 차이. 앞에서만 실행합니다. | "10%쯤." 몇 배입니다. 두 사람에게 파란 선과 주황 선만 보고 각각 기사 제목을 달게 해 보세요. |
# | {section:열 번의 결과} | 3 | 3 | **예측하게 하기** 세 통계량 가운데 어느 것이 가장 크게 움직일지. | "중앙값도 많이 움직인다." 99.1에서 102.8이고, 평균은 100.7에서 137.0입니다. 사분위간 평균이 보지 못하는 것은 무엇인가요? |
# | {section:얼마나 확실할까요} | 4 | 4 | **해 보게 하기** 종이쪽지로 합니다. 값 열 개를 봉투에 넣고, 다시 넣으면서 열 번 뽑아 평균을 냅니다. 세 사람이 합니다. | "같은 열 개에서 뽑으면 새로울 것이 없다." 세 사람의 평균은 얼마나 달랐나요? |
# | {section:시드를 늘려} | 5 | 5 | **해 보게 하기** 둘씩 탐색기를 움직입니다. 그다음 구간이 참값을 담는 비율을 버튼으로 예측합니다. | "95% 구간이니 95%." 시드가 셋이면 72%입니다. 그 셋에 들어 있지 않은 것은 무엇인가요? |
# | {section:무엇이 중요} | 8 | 6 | **예측하게 하기** 가장 해로운 스위치를 고르게 하고, 그림을 보고, 판정을 읽습니다. | "구별되지 않으면 차이가 없는 것이다." 구간의 폭은 얼마인가요? |
# | {section:논문의 표} | 4 | - | **보여 주기** 표 둘. | "우리 결과가 논문과 어긋난다." 논문은 무엇을 평균했나요? 과제가 일곱이고, -0.39는 그 가운데 하나에서 왔습니다. |
# | {section:값 하나로는} | 5 | - | **예측하게 하기** 실행의 반은 만점, 반은 0점인 변형의 곡선. | 비스듬한 직선을 그립니다. 100점과 400점 사이에 있는 실행은 몇 개인가요? |
# | {section:갈림길} | 7 | 6 | **예측하게 하기** 시드 셋으로 더 나쁜 쪽을 고를 확률, 그다음 쌍둥이에게서 "뚜렷한 차이"를 찾을 확률. | "5%." 40%와 81%입니다. 마음에 드는 그림이 나오자 더 보지 않은 적이 있나요? |
# | {section:직접 연구} | 3 | - | **보여 주기** 호출하는 방법. 해 볼 사람은 질문부터 적습니다. | |
# | {section:연습} | 15 | 7 | **해 보게 하기** 겹치는 구간을 함께, 시간이 있으면 사분위간 평균도. 나머지는 집에서. | |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | {section:노트와 논문} | 1 | - | **보여 주기** 한 번 읽습니다. | |
# | 이야기 | 10 | 4 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 논문의 표, 성능 프로파일, 직접 연구를 빼고, 사분위간 평균은 집에서 합니다. 무엇이 중요한지는 그림 한 장으로 6분이면 됩니다. 사람들이 기억하는 것은 갈림길의 정원이니 그 시간은 줄이지 마세요.
#
# ## 토론거리
#
# 1. **Acrobot에서 클리핑을 빼면 사분위간 평균은 높아지고 평균은 낮아집니다. 어느 쪽이 맞을까요?** 같은 스무 번을 두 가지로 줄인 것입니다. 대부분 조금 빨리 배우고 한두 번은 무너집니다. 실행 결과를 모두 보이면 아무도 속지 않습니다.
# 2. **시드 셋을 쓴 논문이 "유의한 차이가 없다"고 합니다. 무엇을 알 수 있을까요?** 방법에 대해서는 아무것도 알 수 없습니다. 여기에서 재 보니 그런 구간은 넓은데도 95%가 아니라 72%만 참값을 담았습니다.
# 3. **속일 수 없게 하려면 연구를 어떻게 예고해야 할까요?** 첫 실행 전에 무엇을, 어느 과제에서, 시드 몇 개로 재고 어떤 비교를 할지 적어 둡니다. 끝난 뒤에는 실패한 실행까지 모두 셉니다.
#
# ## 연습, 이 순서로
#
# "겹치는 구간"은 모두에게 묻습니다. 많은 사람이 배운 것과 반대이기 때문입니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# 첫 섹션의 훈련 열 번과 마지막의 작은 연구는 앞에서만 실행합니다. 그 사이는 기록한 실행에서 뽑을 뿐이니 모두 직접 실행해도 됩니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="64cca484"
# **Aim** Everybody shows runs and an interval with every number, knows that three seeds prove next to nothing, and has cheated once without telling a lie.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:same program} | 4 | 4 | **Have them predict** how far best and worst are apart; you run it. | "Ten per cent." Several times over. Ask two people to write the headline, one for the blue line, one for the orange. |
# | {section:Ten runs} | 3 | 3 | **Have them predict** which of the three statistics moves most. | "The median moves too." 99.1 to 102.8, while the mean goes from 100.7 to 137.0. Ask: and what does the interquartile mean not see? |
# | {section:How sure is that} | 4 | 4 | **Have them try** with slips of paper: ten numbers in a bag, draw ten with putting back, three people, three means. | "Drawing from the same ten tells nothing new." Ask: how different were your three means? |
# | {section:Seed by seed} | 5 | 5 | **Have them try** the explorer in pairs, then predict the coverage (buttons). | "A 95% interval holds the truth in 95%." With three seeds in 72%. Ask: what is not among the three? |
# | {section:What matters} | 8 | 6 | **Have them predict** the switch that does most harm; show the picture; read the verdicts. | "Cannot be told means no difference." Ask for the width of the interval. |
# | {section:paper's table} | 4 | - | **Show** it. | "Ours contradicts the paper." Ask what is averaged there: seven tasks, and the -0.39 comes from one. |
# | {section:one number hides} | 5 | - | **Have them predict** the curve of a variant whose runs are half perfect and half broken. | A straight slope. Ask: how many runs lie between 100 and 400? |
# | {section:garden} | 7 | 6 | **Have them predict** how often three seeds name the worse variant, then how often eight tries find a "clear difference" between twins. | "5%." It is 40% and 81%. Ask: who in the room has stopped looking after the first good plot? |
# | {section:study of your own} | 3 | - | **Show** the call; who wants one writes the question down first. | |
# | {section:Exercises} | 15 | 7 | **Have them try** the overlapping intervals in class, and the interquartile mean if there is time; the rest at home. | |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | {section:The notes, the paper} | 1 | - | **Show** it. | |
# | Talk | 10 | 4 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Cut the paper's table, the profiles and the own study; the interquartile mean goes home. What matters may be told from the one picture in six minutes. The garden of forking paths is what people remember: leave it its time.
#
# ## To discuss
#
# 1. **By the interquartile mean Acrobot is better off without clipping, by the mean it is worse off. Who is right?** Both describe the same twenty runs: most learn a little faster, one or two break down. Show the runs; then nobody is deceived.
# 2. **"No significant difference" in a paper with three seeds: what do you conclude?** Nothing about the methods. Such an interval covers 72% here instead of 95, and yet is wide.
# 3. **How would you have to announce a study so that you cannot cheat?** Before the first run: what is measured, in which tasks, with how many seeds, which comparison is the one. And afterwards everything is counted, failed runs as well.
#
# ## Exercises, in this order
#
# "Intervals that overlap" goes to the whole class: it turns round what most have learned.
#
# {exercises}
#
# ## What computes
#
# The ten runs of the first section and the small study of the last are yours. All between draws from recorded runs: everybody may run it.
#
# {machine}
