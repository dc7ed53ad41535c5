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

# %% [markdown] lang="ko" against="d006f0ed"
# # 00 · 시작하기
#
# **이 레슨의 질문** 이 과정을 마치면 무엇을 할 수 있게 될까요?
#
# **먼저 알아 둘 것** 없습니다. 수식도 나오지 않습니다.
#
# **걸리는 시간** 10분쯤
#
# 셀을 하나씩 골라 `Shift`+`Enter`를 누르면 실행됩니다. 그러면 그림이 새로 그려지고 슬라이더가 움직이기 시작합니다. 먼저 설치가 잘 되었는지 확인합시다.

# %% [markdown] lang="en" against="24549b5d"
# # 00 · Start here
#
# **The question** What will I be able to do at the end?
#
# **What you need first** Nothing. There is no mathematics in this one.
#
# **Time** about 10 minutes
#
# Choose a cell and press `Shift`+`Enter` to run it: pictures are drawn anew, and sliders begin to move. First let us see whether everything is installed.

# %% tags=["language"]
import ppo_edu
from ppo_edu import explorers, installation
from ppo_edu.animation import watch

ppo_edu.use_language("en")
installation.report()

# %% [markdown] lang="ko" against="a5e84479"
# 모두 ✓이면 준비가 끝났습니다. ✗가 있으면 그 줄에 어떻게 하면 되는지 적혀 있습니다.
#
# ## 1. 풀고 싶은 과제
#
# 수레 위에 막대가 서 있습니다. 할 수 있는 일은 수레를 왼쪽(0)이나 오른쪽(1)으로 미는 것뿐입니다. 막대를 오래 세울수록 좋고, 500번을 버티면 만점입니다.
# 이 과제의 이름은 **CartPole**입니다.
#
# 먼저 아무것도 배우지 않은 에이전트(agent)를 봅시다.

# %% [markdown] lang="en" against="8e97bdd2"
# If every line has a ✓, you are ready. Where there is a ✗, the line says what to do.
#
# ## 1. The task
#
# A pole stands on a cart. All you can do is push the cart to the left (0) or to the right (1). The longer the pole stays up the better; 500 pushes is full marks.
# The task is called **CartPole**.
#
# First, an agent that has learned nothing.

# %%
beginner = ppo_edu.train("CartPole-v1", seed=1, max_steps=1)
watch(beginner.act, seed=4)

# %% [markdown] lang="ko" against="ced44af3"
# 금세 쓰러집니다. 이 에이전트는 막대가 무엇인지도, 쓰러지면 안 된다는 것도 모릅니다.
#
# ## 2. 눈앞에서 배우기
#
# 다음 셀을 실행하면 에이전트가 스스로 연습합니다. 아무도 방법을 알려 주지 않습니다. 한 번 버틸 때마다 1점을 받을 뿐입니다.
# 가로축은 지금까지 해 본 횟수, 세로축은 한 판의 점수입니다. 최근 100판의 평균이 475점에 이르면 풀었다고 보고 멈춥니다.
#
# **예측** 몇 초나 걸릴까요?

# %% [markdown] lang="en" against="5f2de2bb"
# It falls at once. This agent does not know what a pole is, nor that it should not fall.
#
# ## 2. Learning, before your eyes
#
# Run the next cell and the agent practises on its own. Nobody tells it how: it gets one point for every push it survives, and that is all.
# From left to right you see how often it has tried, upwards the score of a game. When the mean of the last 100 games reaches 475, the task counts as solved and it stops.
#
# **Predict** How many seconds will it take?

# %%
with explorers.LearningCurve() as curve:
    run = ppo_edu.train("CartPole-v1", seed=1, on_update=curve)

# %% [markdown] lang="ko" against="103b2375"
# 이제 같은 자리에서 다시 시작해 봅시다.

# %% [markdown] lang="en" against="864c6c56"
# Now let it start from the same place again.

# %%
watch(run.act, seed=4, steps=300)

# %% [markdown] lang="ko" against="cab7330a"
# 방금 본 것이 **PPO**(Proximal Policy Optimization)입니다. 하는 일은 세 가지뿐입니다.
#
# 1. 지금 방식대로 **해 본다**.
# 2. 어떤 행동이 기대보다 좋았고 어떤 행동이 나빴는지 **따져 본다**.
# 3. 좋았던 행동은 조금 더 자주, 나빴던 행동은 조금 덜 하도록 **고친다**. 단, 한 번에 *너무 많이 고치지는 않는다*.
#
# 세 번째에 붙은 "단"이 PPO의 핵심입니다. 너무 많이 고치면 무슨 일이 생기는지, "너무 많이"를 어떻게 정하는지, "기대보다 좋았다"를 어떻게 재는지를 이 과정에서 하나씩
# 직접 움직여 봅니다. 끝까지 가면 위의 프로그램을 **처음부터 직접 쓸 수 있습니다**.
#
# ## 3. 과정 지도
#
# | | 레슨 | 답하는 질문 | 분 |
# |---|---|---|---|
# | 01 | [TRPO와 PPO](01_trpo_vs_ppo.ipynb) | 왜 걸음을 제한하고, TRPO는 그것을 어떻게 하며, 값은 얼마나 치를까요? | 40 |
# | 02 | [확률 비율](02_ratio.ipynb) | 이전 정책이 모은 데이터를 어떻게 다시 쓸 수 있을까요? | 20 |
# | 03 | [클리핑과 min](03_clip_and_min.ipynb) | 클리핑은 그래디언트에 무슨 일을 하고, min은 왜 있어야 할까요? | 25 |
# | 04 | [GAE](04_gae.ipynb) | 그 행동은 얼마나 좋았고, 람다는 무엇과 무엇을 맞바꿀까요? | 30 |
# | 05 | [처음부터 끝까지 훈련하기](05_full_training.ipynb) | 조각들이 어떻게 배우는 프로그램이 될까요? | 35 |
# | 06 | [얼마나 확실할까요?](06_how_sure.ipynb) | PPO의 여러 선택 가운데 정말 중요한 것은 무엇이고, 그것을 어떻게 알까요? | 40 |
#
# 차례대로 읽으면 가장 좋지만, 궁금한 것부터 봐도 됩니다. 레슨마다 먼저 알아 둘 것이 맨 위에 적혀 있습니다.
#
# ## 4. 낱말
#
# | 낱말 | 영어 | 뜻 | 나오는 곳 |
# |---|---|---|---|
# | 에이전트 | agent | 행동을 고르는 쪽 | 00 |
# | 정책 | policy | 상태마다 어떤 행동을 어떤 확률로 고를지 정한 것, $\pi(a\mid s)$ | [02](02_ratio.ipynb) |
# | 확률 비율 | probability ratio | 새 정책이 그 행동을 이전 정책보다 몇 배 자주 고르는가 | [02](02_ratio.ipynb) |
# | 중요도 샘플링 | importance sampling | 다른 분포에서 뽑은 샘플에 비율을 곱해 기댓값을 구하는 방법 | [02](02_ratio.ipynb) |
# | 대리 목적함수 | surrogate objective | 진짜 목표 대신 키우는, 계산할 수 있는 함수 | [03](03_clip_and_min.ipynb) |
# | 클리핑 | clipping | 비율을 정해진 범위로 자르는 것 | [03](03_clip_and_min.ipynb) |
# | 클립 범위 | clip range | 어디서 자를지 정하는 $\epsilon$. 범위는 $[1-\epsilon, 1+\epsilon]$ | [03](03_clip_and_min.ipynb) |
# | KL 발산 | KL divergence | 두 정책이 얼마나 다른지 재는 값 | [01](01_trpo_vs_ppo.ipynb) |
# | 신뢰 영역 | trust region | 이전 정책에서 KL로 $\delta$ 안에 있는 정책들 | [01](01_trpo_vs_ppo.ipynb) |
# | 어드밴티지 | advantage | 그 행동이 평소보다 얼마나 나았는가 | [04](04_gae.ipynb) |
# | 크리틱 | critic | 상태의 가치 $V(s)$를 어림하는 신경망 | [04](04_gae.ipynb) |
# | TD 오차 | TD error | 한 스텝 동안 예상과 달라진 만큼, $\delta$ | [04](04_gae.ipynb) |
# | GAE | generalized advantage estimation | TD 오차를 줄여 가며 더해 어드밴티지를 구하는 방법 | [04](04_gae.ipynb) |
# | 부트스트랩 | bootstrap | 아직 받지 않은 보상 대신 크리틱의 예상을 쓰는 것 | [04](04_gae.ipynb) |
# | 종료 | terminated | 과제의 규칙에 따라 에피소드가 끝남(막대가 쓰러짐) | [04](04_gae.ipynb) |
# | 중단 | truncated | 바깥의 제한 때문에 에피소드가 끊김(500스텝) | [04](04_gae.ipynb) |
# | 롤아웃 | rollout | 한 정책으로 모은 데이터 한 벌 | [05](05_full_training.ipynb) |
# | 에폭 | epoch | 롤아웃 한 벌을 한 번 다 쓰는 것 | [05](05_full_training.ipynb) |
# | 미니배치 | minibatch | 그래디언트 한 걸음에 쓰는 롤아웃의 한 조각 | [05](05_full_training.ipynb) |
# | 시드 | seed | 훈련에 섞인 우연을 정하는 수. 같으면 결과도 같음 | [06](06_how_sure.ipynb) |
# | 사분위간 평균 | interquartile mean | 위아래 4분의 1씩을 뺀 가운데 절반의 평균 | [06](06_how_sure.ipynb) |
#
# **다음** [레슨 01](01_trpo_vs_ppo.ipynb)에서 한 번에 너무 많이 고치면 무슨 일이 생기는지 봅니다. PPO의 조각부터 보고 싶다면 [레슨 02](02_ratio.ipynb)에서 시작해도 좋습니다.

# %% [markdown] lang="en" against="1283dbf9"
# What you have just seen is **PPO** (Proximal Policy Optimization). It does three things and no more:
#
# 1. It **tries**, in the way it has so far.
# 2. It **judges** which actions went better than expected, and which worse.
# 3. It **changes**: the better ones become a little more frequent, the worse ones a little less, but *never by too much at once*.
#
# The "but" in the third is the heart of PPO. What happens if it changes too much, where "too much" begins, and how "better than expected" is measured: in this course you
# move each of these with your own hands. At the end you can **write the program above yourself**.
#
# ## 3. The map
#
# | | lesson | the question it answers | minutes |
# |---|---|---|---|
# | 01 | [TRPO and PPO](01_trpo_vs_ppo.ipynb) | Why limit a policy step, how does TRPO do it, and what does that cost? | 40 |
# | 02 | [The probability ratio](02_ratio.ipynb) | How can we reuse data that the old policy collected? | 20 |
# | 03 | [Clipping and the min](03_clip_and_min.ipynb) | What does clipping do to the gradient, and what is the min there for? | 25 |
# | 04 | [GAE](04_gae.ipynb) | How good was that action, and what does lambda trade? | 30 |
# | 05 | [Full training](05_full_training.ipynb) | How do the pieces become a program that learns? | 35 |
# | 06 | [How sure are we?](06_how_sure.ipynb) | Which of these choices matter, and how do we know? | 40 |
#
# In order is best, but you may begin with what you are most curious about: each lesson says at its top what it builds on.
#
# ## 4. The words
#
# | word | Korean | meaning | where |
# |---|---|---|---|
# | agent | 에이전트 | the one who chooses actions | 00 |
# | policy | 정책 | how likely each action is in each state, $\pi(a\mid s)$ | [02](02_ratio.ipynb) |
# | probability ratio | 확률 비율 | how many times more often the new policy takes an action than the old one | [02](02_ratio.ipynb) |
# | importance sampling | 중요도 샘플링 | an expectation from samples of another distribution, weighted by the ratio | [02](02_ratio.ipynb) |
# | surrogate objective | 대리 목적함수 | a function we can compute, raised in place of the true goal | [03](03_clip_and_min.ipynb) |
# | clipping | 클리핑 | cutting the ratio to a range | [03](03_clip_and_min.ipynb) |
# | clip range | 클립 범위 | the $\epsilon$ that says where to cut: $[1-\epsilon, 1+\epsilon]$ | [03](03_clip_and_min.ipynb) |
# | KL divergence | KL 발산 | how much two policies differ | [01](01_trpo_vs_ppo.ipynb) |
# | trust region | 신뢰 영역 | the policies within a KL of $\delta$ from the old one | [01](01_trpo_vs_ppo.ipynb) |
# | advantage | 어드밴티지 | how much better than usual an action was | [04](04_gae.ipynb) |
# | critic | 크리틱 | the network that estimates a state's value $V(s)$ | [04](04_gae.ipynb) |
# | TD error | TD 오차 | how far one step went from what was expected, $\delta$ | [04](04_gae.ipynb) |
# | GAE | GAE | generalized advantage estimation: the advantage as a fading sum of TD errors | [04](04_gae.ipynb) |
# | bootstrap | 부트스트랩 | using the critic's expectation for rewards that have not come yet | [04](04_gae.ipynb) |
# | terminated | 종료 | the episode ended by the rules of the task (the pole fell) | [04](04_gae.ipynb) |
# | truncated | 중단 | the episode was cut off by a limit from outside (500 steps) | [04](04_gae.ipynb) |
# | rollout | 롤아웃 | one batch of data, collected by one policy | [05](05_full_training.ipynb) |
# | epoch | 에폭 | using a whole rollout once | [05](05_full_training.ipynb) |
# | minibatch | 미니배치 | the part of a rollout used for one gradient step | [05](05_full_training.ipynb) |
# | seed | 시드 | the number that decides all chance in a training: the same seed, the same result | [06](06_how_sure.ipynb) |
# | interquartile mean | 사분위간 평균 | the mean of the middle half, without the top and bottom quarters | [06](06_how_sure.ipynb) |
#
# **Next** In [lesson 01](01_trpo_vs_ppo.ipynb) you see what happens when a policy changes too much at once. If you would rather begin with PPO's own pieces, start with [lesson 02](02_ratio.ipynb).
