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

# %% [markdown] lang="ko" against="c25ebae9"
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
# 셀을 하나씩 골라 `Shift`+`Enter`를 누르면 실행됩니다. 그러면 그림이 새로 그려지고 슬라이더를 움직일 수 있게 됩니다. 먼저 설치가 잘 되었는지 확인합시다.

# %% [markdown] lang="en" against="c4bc82ed"
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
# Choose a cell and press `Shift`+`Enter` to run it: pictures are drawn anew, and you can move the sliders. First let us see whether everything is installed.

# %% tags=["language"]
import ppo_edu
from ppo_edu import explorers, t
from ppo_edu.drawing.animation import watch
from ppo_edu.jupyter import installation

ppo_edu.use_language("en")
installation.report()

# %% [markdown] lang="ko" against="8d353ac8"
# ✓가 있는 한 줄만 나오면 준비가 끝난 것입니다(누르면 버전이 나옵니다). 빠진 것이 있으면 여러 줄이 나오고, ✗가 있는 줄에 어떻게 하면 되는지 적혀 있습니다.
#
# ## 1. 풀고 싶은 과제
#
# 수레 위에 막대가 서 있습니다. 할 수 있는 일은 수레를 왼쪽(0)이나 오른쪽(1)으로 미는 것뿐입니다. 막대를 오래 세울수록 좋습니다. 한 번 미는 것이 **한 스텝**이고, 500스텝을 버티면 만점입니다.
# 이 과제의 이름은 **CartPole**입니다.
#
# 수레를 어느 쪽으로 밀지 정하는 프로그램을 **에이전트**(agent)라고 합니다. 먼저 아무것도 배우지 않은 에이전트를 봅시다. 밀 때마다 동전을 던져 정합니다. 동전의 난수도 출발점의 난수도 시드(seed)는 첫 번째 값인 0입니다. 보기 좋은 시드를 골라내지 않았습니다.

# %% [markdown] lang="en" against="b19ca0fa"
# One line with a ✓, and you are ready (click on it for the versions). If something is missing you see several lines, and the one with a ✗ says what to do.
#
# ## 1. The task
#
# A pole stands on a cart. All you can do is push the cart to the left (0) or to the right (1). The longer the pole stays up the better; a push is one **step**, and 500 steps are full marks.
# The task is called **CartPole**.
#
# The one who chooses where to push is the **agent**. First, an agent that has learned nothing: it tosses a coin for every push. Coin and start have the first seed, 0; none was picked for its looks.

# %%
import numpy as np

coin = np.random.default_rng(0)
watch(lambda observation: int(coin.integers(2)), seed=0)

# %% [markdown] lang="ko" against="b174ab5e"
# 금세 쓰러집니다. 20스텝도 버티지 못했습니다. 운이 나빴던 것은 아닙니다. 시드를 0부터 199까지 바꾸어 재어 보니 중앙값이 20스텝이었습니다. 이 에이전트는 막대가 무엇인지도, 쓰러지면 안 된다는 것도 모릅니다.
#
# ## 2. 눈앞에서 배우기
#
# 예측 다음의 셀을 실행하면 에이전트가 스스로 연습합니다. 아무도 방법을 알려 주지 않습니다. 한 스텝 버틸 때마다 1점을 받을 뿐입니다.
# 가로축은 지금까지 수레를 민 횟수(환경 스텝), 세로축은 한 판(에피소드)의 점수입니다. 최근 100판의 평균이 475점에 이르면 풀었다고 보고 멈춥니다.
#
# 레슨에는 이렇게 먼저 **예측**하는 곳이 많습니다. 바로 아래 셀을 실행하면 답을 고르는 버튼이 나오고, 그다음 셀의 출력은 실행할 때까지 접혀 있습니다(•••). 무엇을 골랐는지는 결과 옆에 다시 나옵니다. 버튼이 없는 예측은 종이에 적어 두세요.
#
# **예측** 얼마나 걸릴까요? {seconds: 1초쯤 | 10초쯤 | 1분쯤 | 더 오래}

# %% [markdown] lang="en" against="60916bab"
# It falls at once: not even 20 steps. That was no bad luck: the median of the seeds from 0 to 199 is 20 steps. This agent does not know what a pole is, nor that it should not fall.
#
# ## 2. Learning, before your eyes
#
# Run the next cell and the agent practises on its own. Nobody tells it how: it gets one point for every step it survives, and that is all.
# The horizontal axis counts its pushes so far (environment steps), the vertical one shows the score of each game (an episode). When the mean of the last 100 games reaches 475, the task counts as solved and it stops.
#
# Lessons often ask you to **predict** first, as here. Run the cell below the question, and its answers become buttons; the output of the cell after it stays folded (•••) until you run that. What you chose is shown again beside the result. A prediction without buttons is for paper.
#
# **Predict** How long will it take, in seconds? {seconds: about 1 | about 10 | about 60 | more}

# %%
with explorers.LearningCurve() as curve:
    run = ppo_edu.train("CartPole-v1", seed=0, on_update=curve)
print(t("lesson.solved", steps=run.solved_at_step, seconds=run.seconds))

# %% [markdown] lang="ko" against="55622757"
# 곡선이 한동안 멈춘 것처럼 보이는 구간이 있습니다. 배우지 않는 것이 아니라 **끝나는 판이 없는** 것입니다. 막대 128개를 한꺼번에 세우고 있으므로, 500스텝을 다 버틴 판은 아무리 빨라도 $128 \times 500 = 64{,}000$번째 스텝이 되어야 끝납니다.
#
# 이제 방금 배운 에이전트를 아까와 같은 자리에서 출발시켜 봅시다.

# %% [markdown] lang="en" against="b055acfe"
# There is a stretch where the curve seems to stand still. It is not that nothing is learned; **no game ends**. 128 poles are balanced at once, so a game that lasts all 500 steps cannot end before step $128 \times 500 = 64{,}000$.
#
# Now let the agent that has just learned start from the same place as before.

# %%
watch(run.act, seed=0, steps=300)

# %% [markdown] lang="ko" against="455abed7"
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
# 차례대로 읽으면 가장 좋지만, 궁금한 것부터 봐도 됩니다. 레슨마다 먼저 알아 둘 것이 맨 위에 적혀 있습니다. TRPO는 PPO의 바탕이 된 방법입니다. 그 속이 궁금하지 않다면 {lesson:inside_trpo}까지 가지 않아도 됩니다.
# 번호가 없는 두 페이지는 아무 때나 보세요. 노트를 읽고 온 분은 {lesson:the_notes}부터, 막히는 데가 있는 분은 {lesson:questions}부터 보아도 좋습니다.
#
# ## 4. 용어
#
# 책마다 옮긴 말이 다릅니다. "다른 책에서는" 칸은 한국어 책과 글에서 만날 수 있는 다른 이름입니다.
#
# | 용어 | 영어 | 다른 책에서는 | 뜻 | 레슨 |
# |---|---|---|---|---|
# {glossary}
#
# "이득"은 책에 따라 리턴이기도 하고 어드밴티지이기도 합니다. "절단"도 클리핑과 중단(truncated) 두 가지로 쓰이니 앞뒤를 보고 구별하세요.
#
# **다음** {lesson:policy_gradient}에서 점수가 어떻게 그래디언트가 되는지부터 봅니다. PPO의 조각부터 보고 싶다면 {lesson:ratio}에서 시작해도 좋습니다.

# %% [markdown] lang="en" against="3a23c186"
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
# They are best read in order, but you may begin with what you are most curious about: each lesson says at its top what it builds on. TRPO is the method from which PPO grew; if you do not care for its inside, you need not go as far as {lesson:inside_trpo}.
# The two pages without a number are for any time. If you come with the notes, begin with {lesson:the_notes}; if you are stuck, with {lesson:questions}.
#
# ## 4. The words
#
# Korean books differ in their words. The third column has other names under which you may meet them.
#
# | word | Korean | in other Korean books | meaning | lesson |
# |---|---|---|---|---|
# {glossary}
#
# Mind that 이득 is the return in some books and the advantage in others, and 절단 may be clipping or truncation.
#
# **Next** In {lesson:policy_gradient} you see how a score becomes a gradient. If you would rather begin with PPO's own pieces, start with {lesson:ratio}.

# %% [markdown] lang="ko" tags=["teacher"] against="91e45648"
# **목표** 정책이 몇 초 만에 배우는 모습을 모두가 보고, PPO가 하는 일을 한 문장으로 말합니다. 해 보고, 평가하고, 바꾸되 한 번에 너무 많이 바꾸지 않는다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:풀고 싶은 과제} | 2 | 2 | **보여 주기** 동전 던지는 에이전트. 실행하기 전에 몇 스텝이나 버틸지 묻습니다. | "백 스텝쯤." 실제로는 18스텝이고, 시드 200개의 한가운데가 20입니다. 20스텝은 몇 초일까요? (0.5초가 안 됩니다) |
# | {section:눈앞에서 배우기} | 5 | 5 | **예측하게 하기** 몇 초 걸릴지 네 버튼마다 손을 들게 한 다음 실행합니다. 곡선이 평평한 동안에는 말을 멈추고 화면을 가리킵니다. | "1분 넘게." 그다음에는 "멈춘 것 같다." 막대 128개를 동시에 세우면 500스텝짜리 판은 몇 스텝이 지나야 처음 끝날 수 있을까요? (64,000) |
# | {section:과정 지도} | 2 | 2 | **보여 주기** 지도를 펴고 이 모임에서 다룰 레슨을 알려 줍니다. | "TRPO부터 알아야 하나요?" 건너뛰어도 됩니다. {lesson:inside_trpo}에서 다루는 내용은 궁금한 사람을 위한 것입니다. |
# | {section:용어} | 1 | 1 | **보여 주기** 표를 10초만 보여 줍니다. 필요할 때 찾아보는 표입니다. | 다른 책을 보던 사람은 이득과 절단을 한 가지 뜻으로만 알고 있습니다. 표 아래 줄에 두 뜻이 모두 있습니다. |
# | 이야기 | 5 | 5 | **이야기하기** 아래 세 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 뺄 것이 없습니다. 남는 시간에 {lesson:policy_gradient}까지 시작하거나, 각자 설치하고 실행하게 하세요. 첫 셀이 설치가 잘되었는지 한 줄로 알려 줍니다. 첫 수업의 처음 5분은 늘 여기에 들어갑니다.
#
# ## 토론거리
#
# 1. **에이전트는 막대에 대해 무엇을 들었나요?** 아무것도 듣지 못했습니다. 한 스텝 버틸 때마다 1점을 받고, 막대에 대해서는 값 네 개를 볼 뿐입니다. 나머지는 해 보면서 찾아냈습니다.
# 2. **왜 "한 번에 너무 많이 바꾸지 않을까요"? 가장 잘된 쪽으로 한꺼번에 옮기면 안 되나요?** 다음 데이터를 그 정책이 모으기 때문입니다. 크게 바꾸다 망가진 정책은 나쁜 판만 모으고, 거기에는 다시 일어설 재료가 거의 없습니다({lesson:trpo_vs_ppo}에서 직접 봅니다).
# 3. **1초 만에 풀었으니 PPO가 좋다고 증명된 걸까요?** 이 시드가 이 과제를 배웠다는 것만 알 수 있습니다. 다른 시드와 다른 과제는 {lesson:how_sure}에서 다룹니다.
#
# ## 연습
#
# 이 레슨에는 연습이 없습니다.
#
# ## 계산이 오래 걸리는 셀
#
# 훈련 셀 하나입니다. 모두 직접 실행해도 됩니다. 다만 다 같이 실행하면 앞에서 보여 준 것보다 오래 걸린다고 미리 말해 두세요.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="eb4ac9a7"
# **Aim** Everybody has seen a policy learn within seconds, and can say what PPO does in one sentence: try, judge, change, but never by too much at once.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:The task} | 2 | 2 | **Show** the coin tosser. Before the run: how many steps will it last? | "A hundred or so." It is 18, and 20 in the middle of 200 seeds. Ask: how long is 20 steps in seconds? (Less than half a second.) |
# | {section:before your eyes} | 5 | 5 | **Have them predict** the seconds (hands up for each of the four buttons), then run. While the curve is flat, stop talking and point at it. | "A minute or more", and then "it is stuck". Ask: 128 poles are balanced at once; before which step can no game of 500 steps have ended? (64,000) |
# | {section:The map} | 2 | 2 | **Show** the map and say which lessons this group takes. | "I have to know TRPO first." It may be left out: {lesson:inside_trpo} is for those who want it. |
# | {section:The words} | 1 | 1 | **Show** the table for ten seconds: it is for looking up. | Whoever has a Korean book at hand may take 이득 or 절단 for one thing; the line below the table names both meanings. |
# | Talk | 5 | 5 | **Talk** about the three questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Nothing is to be cut. Go on with {lesson:policy_gradient} in the time that is left, or let everybody install and run this lesson: the first cell says in one line whether all is well, and the first five minutes of a course go into that.
#
# ## To discuss
#
# 1. **What was the agent told about poles?** Nothing. It gets one point for every step survived, and of the pole it sees four numbers. All else it found by trying.
# 2. **Why "never by too much at once"? Why not jump to what worked best?** Because the policy collects its own next data. One that was spoiled by too large a step collects bad games, and has little to recover from ({lesson:trpo_vs_ppo} shows it).
# 3. **It was solved in a second. Does that prove that PPO is good?** It proves that this seed learned this task. Other seeds, other tasks: {lesson:how_sure}.
#
# ## Exercises
#
# This lesson has none.
#
# ## What computes
#
# The training cell. All may run it themselves; tell them that it takes longer than on your machine when everybody does.
#
# {machine}
