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

# %% [markdown] lang="ko" against="8dd781e9"
# # {title}
#
# **이 레슨의 질문** 이 과정을 마치면 무엇을 할 수 있게 될까요?
#
# **먼저 알아 둘 것** 없습니다. 수식도 나오지 않습니다.
#
# **걸리는 시간** 10분쯤
#
# 셀을 하나씩 골라 `Shift`+`Enter`를 누르면 실행됩니다. 그러면 그림이 새로 그려지고 슬라이더가 움직이기 시작합니다. 먼저 설치가 잘 되었는지 확인합시다.

# %% [markdown] lang="en" against="ec4468e2"
# # {title}
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
from ppo_edu import explorers
from ppo_edu.drawing.animation import watch
from ppo_edu.jupyter import installation

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

# %% [markdown] lang="ko" against="4166e150"
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
# {map}
#
# 차례대로 읽으면 가장 좋지만, 궁금한 것부터 봐도 됩니다. 레슨마다 먼저 알아 둘 것이 맨 위에 적혀 있습니다.
#
# ## 4. 낱말
#
# | 낱말 | 영어 | 뜻 | 나오는 곳 |
# |---|---|---|---|
# | 에이전트 | agent | 행동을 고르는 쪽 | 00 |
# | 정책 | policy | 상태마다 어떤 행동을 어떤 확률로 고를지 정한 것, $\pi(a\mid s)$ | [{number:ratio}]({link:ratio}) |
# | 확률 비율 | probability ratio | 새 정책이 그 행동을 이전 정책보다 몇 배 자주 고르는가 | [{number:ratio}]({link:ratio}) |
# | 중요도 샘플링 | importance sampling | 다른 분포에서 뽑은 샘플에 비율을 곱해 기댓값을 구하는 방법 | [{number:ratio}]({link:ratio}) |
# | 대리 목적함수 | surrogate objective | 진짜 목표 대신 키우는, 계산할 수 있는 함수 | [{number:clip_and_min}]({link:clip_and_min}) |
# | 클리핑 | clipping | 비율을 정해진 범위로 자르는 것 | [{number:clip_and_min}]({link:clip_and_min}) |
# | 클립 범위 | clip range | 어디서 자를지 정하는 $\epsilon$. 범위는 $[1-\epsilon, 1+\epsilon]$ | [{number:clip_and_min}]({link:clip_and_min}) |
# | KL 발산 | KL divergence | 두 정책이 얼마나 다른지 재는 값 | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | 신뢰 영역 | trust region | 이전 정책에서 KL로 $\delta$ 안에 있는 정책들 | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | 어드밴티지 | advantage | 그 행동이 평소보다 얼마나 나았는가 | [{number:gae}]({link:gae}) |
# | 크리틱 | critic | 상태의 가치 $V(s)$를 어림하는 신경망 | [{number:gae}]({link:gae}) |
# | TD 오차 | TD error | 한 스텝 동안 예상과 달라진 만큼, $\delta$ | [{number:gae}]({link:gae}) |
# | GAE | generalized advantage estimation | TD 오차를 줄여 가며 더해 어드밴티지를 구하는 방법 | [{number:gae}]({link:gae}) |
# | 부트스트랩 | bootstrap | 아직 받지 않은 보상 대신 크리틱의 예상을 쓰는 것 | [{number:gae}]({link:gae}) |
# | 종료 | terminated | 과제의 규칙에 따라 에피소드가 끝남(막대가 쓰러짐) | [{number:gae}]({link:gae}) |
# | 중단 | truncated | 바깥의 제한 때문에 에피소드가 끊김(500스텝) | [{number:gae}]({link:gae}) |
# | 롤아웃 | rollout | 한 정책으로 모은 데이터 한 벌 | [{number:full_training}]({link:full_training}) |
# | 에폭 | epoch | 롤아웃 한 벌을 한 번 다 쓰는 것 | [{number:full_training}]({link:full_training}) |
# | 미니배치 | minibatch | 그래디언트 한 걸음에 쓰는 롤아웃의 한 조각 | [{number:full_training}]({link:full_training}) |
# | 시드 | seed | 훈련에 섞인 우연을 정하는 수. 같으면 결과도 같음 | [{number:how_sure}]({link:how_sure}) |
# | 사분위간 평균 | interquartile mean | 위아래 4분의 1씩을 뺀 가운데 절반의 평균 | [{number:how_sure}]({link:how_sure}) |
#
# **다음** {lesson:trpo_vs_ppo}에서 한 번에 너무 많이 고치면 무슨 일이 생기는지 봅니다. PPO의 조각부터 보고 싶다면 {lesson:ratio}에서 시작해도 좋습니다.

# %% [markdown] lang="en" against="bc468d57"
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
# {map}
#
# In order is best, but you may begin with what you are most curious about: each lesson says at its top what it builds on.
#
# ## 4. The words
#
# | word | Korean | meaning | where |
# |---|---|---|---|
# | agent | 에이전트 | the one who chooses actions | 00 |
# | policy | 정책 | how likely each action is in each state, $\pi(a\mid s)$ | [{number:ratio}]({link:ratio}) |
# | probability ratio | 확률 비율 | how many times more often the new policy takes an action than the old one | [{number:ratio}]({link:ratio}) |
# | importance sampling | 중요도 샘플링 | an expectation from samples of another distribution, weighted by the ratio | [{number:ratio}]({link:ratio}) |
# | surrogate objective | 대리 목적함수 | a function we can compute, raised in place of the true goal | [{number:clip_and_min}]({link:clip_and_min}) |
# | clipping | 클리핑 | cutting the ratio to a range | [{number:clip_and_min}]({link:clip_and_min}) |
# | clip range | 클립 범위 | the $\epsilon$ that says where to cut: $[1-\epsilon, 1+\epsilon]$ | [{number:clip_and_min}]({link:clip_and_min}) |
# | KL divergence | KL 발산 | how much two policies differ | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | trust region | 신뢰 영역 | the policies within a KL of $\delta$ from the old one | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | advantage | 어드밴티지 | how much better than usual an action was | [{number:gae}]({link:gae}) |
# | critic | 크리틱 | the network that estimates a state's value $V(s)$ | [{number:gae}]({link:gae}) |
# | TD error | TD 오차 | how far one step went from what was expected, $\delta$ | [{number:gae}]({link:gae}) |
# | GAE | GAE | generalized advantage estimation: the advantage as a fading sum of TD errors | [{number:gae}]({link:gae}) |
# | bootstrap | 부트스트랩 | using the critic's expectation for rewards that have not come yet | [{number:gae}]({link:gae}) |
# | terminated | 종료 | the episode ended by the rules of the task (the pole fell) | [{number:gae}]({link:gae}) |
# | truncated | 중단 | the episode was cut off by a limit from outside (500 steps) | [{number:gae}]({link:gae}) |
# | rollout | 롤아웃 | one batch of data, collected by one policy | [{number:full_training}]({link:full_training}) |
# | epoch | 에폭 | using a whole rollout once | [{number:full_training}]({link:full_training}) |
# | minibatch | 미니배치 | the part of a rollout used for one gradient step | [{number:full_training}]({link:full_training}) |
# | seed | 시드 | the number that decides all chance in a training: the same seed, the same result | [{number:how_sure}]({link:how_sure}) |
# | interquartile mean | 사분위간 평균 | the mean of the middle half, without the top and bottom quarters | [{number:how_sure}]({link:how_sure}) |
#
# **Next** In {lesson:trpo_vs_ppo} you see what happens when a policy changes too much at once. If you would rather begin with PPO's own pieces, start with {lesson:ratio}.
