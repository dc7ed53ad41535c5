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

# %% [markdown] lang="ko" against="efa47722"
# # {title}
#
# 이 과정은 PPO를 공부하며 적은 **스터디 노트 한 장**에서 출발했습니다. 레슨에서 "노트"라고 하면 그 노트를 말합니다. 노트의 주장 하나하나에 대한 답은 {lesson:the_notes} 페이지에 노트의 순서대로 모았고, 노트의 프로그램도 거기서 실행합니다.
#
# **이 레슨의 질문** 이 과정을 마치면 무엇을 할 수 있게 될까요?
#
# **먼저 알아 둘 것** 없습니다. 수식도 나오지 않습니다(용어표에 기호만 몇 개 있습니다).
#
# **걸리는 시간** {minutes}분쯤
#
# 셀을 하나씩 골라 `Shift`+`Enter`를 누르면 실행됩니다. 그러면 그림이 새로 그려지고 슬라이더가 움직이기 시작합니다. 먼저 설치가 잘 되었는지 확인합시다.

# %% [markdown] lang="en" against="cc90e09a"
# # {title}
#
# This course grew out of **one page of study notes** on PPO. Where a lesson says "the notes", it means that page. {lesson:the_notes} answers them claim by claim, in their order, and runs their program.
#
# **The question** What will I be able to do at the end?
#
# **What you need first** Nothing. There is no mathematics in this one (the list of words has a few symbols).
#
# **Time** about {minutes} minutes
#
# Choose a cell and press `Shift`+`Enter` to run it: pictures are drawn anew, and sliders begin to move. First let us see whether everything is installed.

# %% tags=["language"]
import ppo_edu
from ppo_edu import explorers, t
from ppo_edu.drawing.animation import watch
from ppo_edu.jupyter import installation

ppo_edu.use_language("en")
installation.report()

# %% [markdown] lang="ko" against="739adad0"
# ✓ 한 줄이면 준비가 끝났습니다. 빠진 것이 있으면 여러 줄이 나오고, ✗가 있는 줄에 어떻게 하면 되는지 적혀 있습니다.
#
# ## 1. 풀고 싶은 과제
#
# 수레 위에 막대가 서 있습니다. 할 수 있는 일은 수레를 왼쪽(0)이나 오른쪽(1)으로 미는 것뿐입니다. 막대를 오래 세울수록 좋고, 500번을 버티면 만점입니다.
# 이 과제의 이름은 **CartPole**입니다.
#
# 먼저 아무것도 배우지 않은 에이전트(agent)를 봅시다.

# %% [markdown] lang="en" against="478fa29f"
# One line with a ✓, and you are ready. If something is missing you see several lines, and the one with a ✗ says what to do.
#
# ## 1. The task
#
# A pole stands on a cart. All you can do is push the cart to the left (0) or to the right (1). The longer the pole stays up the better; 500 pushes is full marks.
# The task is called **CartPole**.
#
# First, an agent that has learned nothing.

# %%
beginner = ppo_edu.train("CartPole-v1", seed=11, max_steps=1)
watch(beginner.act, seed=4)

# %% [markdown] lang="ko" against="22b51f72"
# 금세 쓰러집니다. 20스텝도 버티지 못했습니다. 이 에이전트는 막대가 무엇인지도, 쓰러지면 안 된다는 것도 모릅니다.
#
# ## 2. 눈앞에서 배우기
#
# 다음 셀을 실행하면 에이전트가 스스로 연습합니다. 아무도 방법을 알려 주지 않습니다. 한 스텝 버틸 때마다 1점을 받을 뿐입니다.
# 가로축은 지금까지 수레를 민 횟수(환경 스텝), 세로축은 한 판(에피소드)의 점수입니다. 최근 100판의 평균이 475점에 이르면 풀었다고 보고 멈춥니다.
#
# **예측** 몇 초나 걸릴까요?

# %% [markdown] lang="en" against="2602be4c"
# It falls at once: not even 20 steps. This agent does not know what a pole is, nor that it should not fall.
#
# ## 2. Learning, before your eyes
#
# Run the next cell and the agent practises on its own. Nobody tells it how: it gets one point for every step it survives, and that is all.
# From left to right you see how often it has pushed the cart so far (environment steps), upwards the score of a game (an episode). When the mean of the last 100 games reaches 475, the task counts as solved and it stops.
#
# **Predict** How many seconds will it take?

# %%
with explorers.LearningCurve() as curve:
    run = ppo_edu.train("CartPole-v1", seed=1, on_update=curve)
print(t("lesson.solved", steps=run.solved_at_step, seconds=run.seconds))

# %% [markdown] lang="ko" against="a5f93d4e"
# 곡선이 한동안 멈춘 것처럼 보이는 구간이 있습니다. 배우지 않는 것이 아니라 **끝나는 판이 없는** 것입니다. 막대 128개를 한꺼번에 세우고 있으므로, 500스텝을 다 버틴 판은 아무리 빨라도 $128 \times 500 = 64{,}000$번째 스텝이 되어야 끝납니다.
#
# 이제 같은 자리에서 다시 시작해 봅시다.

# %% [markdown] lang="en" against="f81f50c6"
# There is a stretch where the curve seems to stand still. It is not that nothing is learned; **no game ends**. 128 poles are balanced at once, so a game that lasts all 500 steps cannot end before step $128 \times 500 = 64{,}000$.
#
# Now let it start from the same place again.

# %%
watch(run.act, seed=4, steps=300)

# %% [markdown] lang="ko" against="86bbbd7e"
# 방금 본 것이 **PPO**(Proximal Policy Optimization)입니다. 하는 일은 세 가지뿐입니다.
#
# 1. 지금 방식대로 **해 본다**.
# 2. 어떤 행동이 기대보다 좋았고 어떤 행동이 나빴는지 **따져 본다**.
# 3. 좋았던 행동은 조금 더 자주, 나빴던 행동은 조금 덜 하도록 **고친다**. 단, 한 번에 *너무 많이 고치지는 않는다*.
#
# 세 번째에 붙은 "단"이 PPO의 핵심입니다. 너무 많이 고치면 무슨 일이 생기는지, "너무 많이"를 어떻게 정하는지, "기대보다 좋았다"를 어떻게 재는지를 이 과정에서 하나씩
# 직접 움직여 봅니다. 끝까지 가면 위의 프로그램을 **처음부터 직접 짤 수 있습니다**.
#
# ## 3. 과정 지도
#
# | | 레슨 | 답하는 질문 | 분 |
# |---|---|---|---|
# {map}
#
# 차례대로 읽으면 가장 좋지만, 궁금한 것부터 봐도 됩니다. 레슨마다 먼저 알아 둘 것이 맨 위에 적혀 있습니다. TRPO의 속이 궁금하지 않다면 {lesson:inside_trpo}까지 가지 않아도 됩니다.
# 번호가 없는 두 페이지는 아무 때나 보세요. 노트를 들고 온 분은 {lesson:the_notes}에서, 막히는 데가 있는 분은 {lesson:questions}에서 시작해도 좋습니다.
#
# ## 4. 용어
#
# 책마다 옮긴 말이 다릅니다. "다른 책에서는" 칸은 한국어 책과 글에서 만날 수 있는 다른 이름입니다.
#
# | 용어 | 영어 | 다른 책에서는 | 뜻 | 레슨 |
# |---|---|---|---|---|
# | 에이전트 | agent | 행위자 | 행동을 고르는 쪽 | [{number:start_here}]({link:start_here}) |
# | 환경 | environment |  | 에이전트가 행동하는 세계. 여기서는 수레와 막대 | [{number:start_here}]({link:start_here}) |
# | 상태 | state | 관측(observation) | 지금 세계가 어떤 모습인가, $s$. 에이전트가 보는 부분은 관측 | [{number:full_training}]({link:full_training}) |
# | 행동 | action | 액션 | 에이전트가 한 스텝에 고르는 것, $a$ | [{number:start_here}]({link:start_here}) |
# | 보상 | reward |  | 한 스텝마다 받는 점수, $r_t$ | [{number:gae}]({link:gae}) |
# | 에피소드 | episode | 한 판 | 시작부터 끝까지의 한 번 | [{number:start_here}]({link:start_here}) |
# | 스텝 | step | 타임스텝 | 행동 한 번. 정책이 한 번에 움직인 거리는 걸음이라고 부릅니다 | [{number:start_here}]({link:start_here}) |
# | 리턴 | return | 이득, 수익, 반환값 | 에피소드에서 받은 보상의 합. 그림의 세로축은 점수(return) | [{number:policy_gradient}]({link:policy_gradient}) |
# | 가치 | value | 가치 함수 | 그 상태에서 앞으로 받으리라 기대하는 리턴, $V(s)$ | [{number:gae}]({link:gae}) |
# | 정책 | policy |  | 상태마다 어떤 행동을 어떤 확률로 고를지 정한 것, $\pi(a\mid s)$ | [{number:policy_gradient}]({link:policy_gradient}) |
# | 그래디언트 | gradient | 기울기, 경사 | 파라미터를 어느 쪽으로 움직이면 값이 가장 빨리 커지는지 가리키는 벡터 | [{number:policy_gradient}]({link:policy_gradient}) |
# | 정책 그래디언트 | policy gradient | 정책 경사, 정책 기울기 | 점수의 기댓값을 키우는 그래디언트 | [{number:policy_gradient}]({link:policy_gradient}) |
# | 액터-크리틱 | actor-critic | 행위자-비평자 | 행동을 고르는 액터와 가치를 매기는 크리틱이 함께 배우는 구조 | [{number:full_training}]({link:full_training}) |
# | 크리틱 | critic | 비평자, 가치 신경망 | 상태의 가치 $V(s)$를 추정하는 신경망 | [{number:gae}]({link:gae}) |
# | 온폴리시 | on-policy | 활성 정책 | 지금 정책이 모은 데이터로만 배우는 방식 | [{number:full_training}]({link:full_training}) |
# | 확률 비율 | probability ratio | 중요도 비율, 정책 비율 | 새 정책이 그 행동을 이전 정책보다 몇 배 자주 고르는가 | [{number:ratio}]({link:ratio}) |
# | 중요도 샘플링 | importance sampling | 중요도 추출 | 다른 분포에서 뽑은 샘플에 비율을 곱해 기댓값을 구하는 방법 | [{number:ratio}]({link:ratio}) |
# | 유효 샘플 수 | effective sample size | 유효 표본 크기 | 비율이 고르지 않을 때 실제로 몇 개 몫을 하는가 | [{number:ratio}]({link:ratio}) |
# | 대리 목적함수 | surrogate objective | 서로게이트, 대체 목적함수 | 진짜 목표 대신 키우는, 계산할 수 있는 함수 | [{number:clip_and_min}]({link:clip_and_min}) |
# | 클리핑 | clipping | 절단, 클립 | 비율을 정해진 범위로 자르는 것 | [{number:clip_and_min}]({link:clip_and_min}) |
# | 클립 범위 | clip range |  | 어디서 자를지 정하는 $\epsilon$. 범위는 $[1-\epsilon, 1+\epsilon]$ | [{number:clip_and_min}]({link:clip_and_min}) |
# | KL 발산 | KL divergence | 쿨백-라이블러 발산 | 두 정책이 얼마나 다른지 재는 값 | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | 신뢰 영역 | trust region | 신뢰 구역 | 이전 정책에서 KL로 $\delta$ 안에 있는 정책들 | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | 어드밴티지 | advantage | 이득, 이점 | 그 행동이 평소보다 얼마나 나았는가 | [{number:gae}]({link:gae}) |
# | TD 오차 | TD error | 시간차 오차 | 한 스텝 동안 예상과 달라진 만큼, $\delta_t$ | [{number:gae}]({link:gae}) |
# | GAE | generalized advantage estimation | 일반화된 어드밴티지 추정 | 나중 것일수록 작은 가중치를 곱한 TD 오차의 합 | [{number:gae}]({link:gae}) |
# | 부트스트랩 | bootstrap | 부트스트래핑 | 아직 받지 않은 보상 대신 크리틱의 예상을 쓰는 것 | [{number:gae}]({link:gae}) |
# | 종료 | terminated | 종결 | 과제의 규칙에 따라 에피소드가 끝남(막대가 쓰러짐) | [{number:gae}]({link:gae}) |
# | 중단 | truncated | 절단, 잘림 | 바깥의 제한 때문에 에피소드가 끊김(500스텝) | [{number:gae}]({link:gae}) |
# | 트랜지션 | transition | 전이 | 한 스텝에서 일어난 일 한 벌: 상태, 행동, 보상, 다음 상태 | [{number:full_training}]({link:full_training}) |
# | 롤아웃 | rollout | 궤적(trajectory) | 한 정책으로 모은 데이터 한 벌 | [{number:full_training}]({link:full_training}) |
# | 에폭 | epoch | 에포크 | 롤아웃 한 벌을 한 번 다 쓰는 것 | [{number:full_training}]({link:full_training}) |
# | 미니배치 | minibatch |  | 그래디언트 스텝 한 번에 쓰는 롤아웃의 한 조각 | [{number:full_training}]({link:full_training}) |
# | 시드 | seed | 난수 씨앗 | 난수를 정하는 값. 같으면 결과도 같음 | [{number:how_sure}]({link:how_sure}) |
# | 사분위간 평균 | interquartile mean | 사분위 절사 평균 | 위아래 4분의 1씩을 뺀 가운데 절반의 평균 | [{number:how_sure}]({link:how_sure}) |
#
# "이득"은 책에 따라 리턴이기도 하고 어드밴티지이기도 합니다. "절단"도 클리핑과 중단(truncated) 두 가지로 쓰이니 앞뒤를 보고 구별하세요.
#
# **다음** {lesson:policy_gradient}에서 점수가 어떻게 그래디언트가 되는지부터 봅니다. PPO의 조각부터 보고 싶다면 {lesson:ratio}에서 시작해도 좋습니다.

# %% [markdown] lang="en" against="f2f1519d"
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
# In order is best, but you may begin with what you are most curious about: each lesson says at its top what it builds on. If you do not care for TRPO's inside, you need not go as far as {lesson:inside_trpo}.
# The two pages without a number are for any time. Who comes with the notes may begin with {lesson:the_notes}, who is stuck with {lesson:questions}.
#
# ## 4. The words
#
# Korean books differ in their words. The third column has other names under which you may meet them.
#
# | word | Korean | in other Korean books | meaning | lesson |
# |---|---|---|---|---|
# | agent | 에이전트 | 행위자 | the one who chooses actions | [{number:start_here}]({link:start_here}) |
# | environment | 환경 |  | the world the agent acts in: here, the cart and its pole | [{number:start_here}]({link:start_here}) |
# | state | 상태 | 관측(observation) | what the world looks like now, $s$; the part the agent sees is the observation | [{number:full_training}]({link:full_training}) |
# | action | 행동 | 액션 | what the agent chooses in a step, $a$ | [{number:start_here}]({link:start_here}) |
# | reward | 보상 |  | the points earned in a step, $r_t$ | [{number:gae}]({link:gae}) |
# | episode | 에피소드 | 한 판 | one go, from start to end | [{number:start_here}]({link:start_here}) |
# | step | 스텝 | 타임스텝 | one action; the distance a policy moves at once is its own kind of step | [{number:start_here}]({link:start_here}) |
# | return | 리턴 | 이득, 수익, 반환값 | the sum of an episode's rewards; the score in the pictures | [{number:policy_gradient}]({link:policy_gradient}) |
# | value | 가치 | 가치 함수 | the return to be expected from a state on, $V(s)$ | [{number:gae}]({link:gae}) |
# | policy | 정책 |  | how likely each action is in each state, $\pi(a\mid s)$ | [{number:policy_gradient}]({link:policy_gradient}) |
# | gradient | 그래디언트 | 기울기, 경사 | the direction in which a change of the parameters raises a value fastest | [{number:policy_gradient}]({link:policy_gradient}) |
# | policy gradient | 정책 그래디언트 | 정책 경사, 정책 기울기 | the gradient that raises the expected score | [{number:policy_gradient}]({link:policy_gradient}) |
# | actor-critic | 액터-크리틱 | 행위자-비평자 | an actor that chooses and a critic that values, learning together | [{number:full_training}]({link:full_training}) |
# | critic | 크리틱 | 비평자, 가치 신경망 | the network that estimates a state's value $V(s)$ | [{number:gae}]({link:gae}) |
# | on-policy | 온폴리시 | 활성 정책 | learning only from data of the current policy | [{number:full_training}]({link:full_training}) |
# | probability ratio | 확률 비율 | 중요도 비율, 정책 비율 | how many times more often the new policy takes an action than the old one | [{number:ratio}]({link:ratio}) |
# | importance sampling | 중요도 샘플링 | 중요도 추출 | an expectation from samples of another distribution, weighted by the ratio | [{number:ratio}]({link:ratio}) |
# | effective sample size | 유효 샘플 수 | 유효 표본 크기 | how many samples' worth is left when ratios are uneven | [{number:ratio}]({link:ratio}) |
# | surrogate objective | 대리 목적함수 | 서로게이트, 대체 목적함수 | a function we can compute, raised in place of the true goal | [{number:clip_and_min}]({link:clip_and_min}) |
# | clipping | 클리핑 | 절단, 클립 | cutting the ratio to a range | [{number:clip_and_min}]({link:clip_and_min}) |
# | clip range | 클립 범위 |  | the $\epsilon$ that says where to cut: $[1-\epsilon, 1+\epsilon]$ | [{number:clip_and_min}]({link:clip_and_min}) |
# | KL divergence | KL 발산 | 쿨백-라이블러 발산 | how much two policies differ | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | trust region | 신뢰 영역 | 신뢰 구역 | the policies within a KL of $\delta$ from the old one | [{number:trpo_vs_ppo}]({link:trpo_vs_ppo}) |
# | advantage | 어드밴티지 | 이득, 이점 | how much better than usual an action was | [{number:gae}]({link:gae}) |
# | TD error | TD 오차 | 시간차 오차 | how far one step went from what was expected, $\delta_t$ | [{number:gae}]({link:gae}) |
# | GAE | GAE | 일반화된 어드밴티지 추정 | generalized advantage estimation: the advantage as a fading sum of TD errors | [{number:gae}]({link:gae}) |
# | bootstrap | 부트스트랩 | 부트스트래핑 | using the critic's expectation for rewards that have not come yet | [{number:gae}]({link:gae}) |
# | terminated | 종료 | 종결 | the episode ended by the rules of the task (the pole fell) | [{number:gae}]({link:gae}) |
# | truncated | 중단 | 절단, 잘림 | the episode was cut off by a limit from outside (500 steps) | [{number:gae}]({link:gae}) |
# | transition | 트랜지션 | 전이 | what happened in a step: state, action, reward, next state | [{number:full_training}]({link:full_training}) |
# | rollout | 롤아웃 | 궤적(trajectory) | one batch of data, collected by one policy | [{number:full_training}]({link:full_training}) |
# | epoch | 에폭 | 에포크 | using a whole rollout once | [{number:full_training}]({link:full_training}) |
# | minibatch | 미니배치 |  | the part of a rollout used for one gradient step | [{number:full_training}]({link:full_training}) |
# | seed | 시드 | 난수 씨앗 | the number that decides all chance in a training: the same seed, the same result | [{number:how_sure}]({link:how_sure}) |
# | interquartile mean | 사분위간 평균 | 사분위 절사 평균 | the mean of the middle half, without the top and bottom quarters | [{number:how_sure}]({link:how_sure}) |
#
# Mind that 이득 is the return in some books and the advantage in others, and 절단 may be clipping or truncation.
#
# **Next** In {lesson:policy_gradient} you see how a score becomes a gradient. If you would rather begin with PPO's own pieces, start with {lesson:ratio}.
