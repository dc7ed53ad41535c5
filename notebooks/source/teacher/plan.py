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

# %% [markdown] lang="ko" tags=["teacher"] against="4d9dad26"
# 다섯 명에서 서른 명이 90분씩 여섯 번 모이는 스터디를 위한 계획입니다. 한 사람이 모임을 이끕니다. 이끄는 사람은 그날 레슨의 교사용 노트(아래 표의 링크)를 5분 동안 읽고, 레슨을 미리 한 번 실행해 봅니다. 아직 어느 모임에서도 해 보지 않은 계획이니, 오래 걸린 곳을 적어 두세요.
#
# ## 여섯 번의 모임
#
# '전체'는 교사용 노트대로 연습과 이야기까지 모두 하는 것이고, '짧게'는 그 노트에 있는 45분 수업의 방법을 따르는 것입니다. 그래서 README의 시간(레슨을 읽고 실행하는 시간)보다 깁니다. 모임마다 90분 가운데 적어도 5분은 비워 두었습니다. 지난 모임의 쪽지와 마무리 쪽지, 생각보다 오래 걸린 곳에 쓰는 시간입니다.
#
# | 모임 | 레슨 | 분 | 다음 모임까지 집에서 |
# |---|---|---|---|
# | 1 | {page:start_here} {title:start_here}, 전체. {page:policy_gradient} {title:policy_gradient}, 전체 | {total:start_here} + {total:policy_gradient} | 연습 "업데이트 한 번", {lesson:trpo_vs_ppo}의 첫 섹션 읽기 |
# | 2 | {page:trpo_vs_ppo} {title:trpo_vs_ppo}, 짧게. {page:ratio} {title:ratio}, 짧게 | {short:trpo_vs_ppo} + {short:ratio} | 연습 "유효 샘플 수"와 KL 추정값, {lesson:ratio}에서 뺀 두 섹션 |
# | 3 | 지난 연습. {page:clip_and_min} {title:clip_and_min}, 전체 | 15 + {total:clip_and_min} | 남은 연습, {lesson:gae}의 처음 두 섹션 |
# | 4 | 지난 연습. {page:gae} {title:gae}, 전체 | 15 + {total:gae} | 연습 "GAE", {lesson:full_training}의 프로그램(처음 다섯 섹션) |
# | 5 | {page:full_training} {title:full_training}, 짧게. 셋씩 모둠을 지어 버그를 하나씩 찾기 | {short:full_training} + 35 | 빈 셀에서 프로그램 전체 짜기 |
# | 6 | {page:how_sure} {title:how_sure}, 짧게. {page:language_models} {title:language_models}, 짧게 | {short:how_sure} + {short:language_models} | 자기 질문을 하나 골라, 실행하기 전에 질문과 예측을 적어 두기 |
#
# ## 첫 모임 전에
#
# 저마다 집에서 {lesson:start_here}의 첫 셀을 실행해 봅니다. ✓가 있는 한 줄이 나오면 준비가 끝난 것입니다. 그러지 않으면 첫 모임의 30분이 설치로 다 지나갑니다. 화면에 띄울 언어도 정합니다. 두 언어의 레슨은 섹션까지 똑같습니다.
#
# ## 모임마다
#
# - **예측을 정하기 전에는 아무도 결과를 보지 않습니다.** 손을 들거나, 카드를 들거나, 한마디를 종이에 적은 다음 셀을 실행합니다. 틀린 예측만큼 좋은 것이 없습니다. 설명하기 전에 무엇을 보고 그렇게 예측했는지 물어보세요.
# - **계산은 한 컴퓨터가 하고, 나머지는 슬라이더를 움직입니다.** 어느 셀이 오래 걸리는지, 모두가 한꺼번에 실행하면 얼마나 걸리는지 페이지마다 적혀 있습니다. 훈련하지 않는 부분은 읽기판(`make site`로 만드는 웹 페이지)의 *발표*를 눌러 슬라이드로 보여 줄 수 있고, 그때 이 노트는 발표자의 창에 나옵니다.
# - **마지막 2분은 마무리 쪽지입니다.** 레슨 맨 위에 있는 질문에 한 문장으로 답합니다. 다음 모임은 그 가운데 둘을 읽으며 시작합니다.
# - 무엇을 끝냈는지는 `ppo_edu.progress()`로 저마다 볼 수 있습니다. 기록은 레슨을 실행하는 컴퓨터에만 남습니다.
#
# ## 다른 방법
#
# - **세 번만 모인다면** 1, 3, 5를 합니다. 확률 비율(probability ratio)과 GAE는 집에서 읽어 옵니다.
# - **TRPO를 뺀다면** 둘째 모임에서는 {page:ratio} 하나만, 대신 전체를 합니다.
# - **이 과정이 출발한 스터디 노트를 가지고 온 모임이라면** 먼저 {page:the_notes}({total:the_notes}분)에 한 번의 모임을 쓰고, 레슨마다 끝에 있는 "노트와 비교하면"을 봅니다.
# - **언어 모델 때문에 모였다면** 여섯째와 일곱째 모임에서 {page:language_models} 전체({total:language_models}분)를 합니다. {lesson:how_sure}의 내용은 집에서 읽습니다.
# - **한 번 더 모이고 싶다면** {page:inside_trpo}({total:inside_trpo}분) 차례입니다.

# %% [markdown] lang="en" tags=["teacher"] against="d1b18f36"
# For a group of five to thirty people that meets six times for 90 minutes. One of them leads a meeting: five minutes for the lesson's teacher's notes (linked below), and once through the lesson itself beforehand. No group has tried this plan yet; write down where it took longer.
#
# ## The six meetings
#
# Whole: as the teacher's notes have it, with exercises and talk. Short: their version for 45 minutes. So the minutes are more than those in the README, which count reading and running. Every meeting leaves at least five of its 90 minutes free: for last time's tickets and today's, and for what took longer.
#
# | meeting | lessons | minutes | at home before the next one |
# |---|---|---|---|
# | 1 | {page:start_here} {title:start_here}, whole; {page:policy_gradient} {title:policy_gradient}, whole | {total:start_here} + {total:policy_gradient} | the exercise on one update; read the first section of {lesson:trpo_vs_ppo} |
# | 2 | {page:trpo_vs_ppo} {title:trpo_vs_ppo}, short; {page:ratio} {title:ratio}, short | {short:trpo_vs_ppo} + {short:ratio} | effective sample size and the estimate of KL; the two sections of {lesson:ratio} that were cut |
# | 3 | last time's exercises; {page:clip_and_min} {title:clip_and_min}, whole | 15 + {total:clip_and_min} | what is left of the exercises; the first two sections of {lesson:gae} |
# | 4 | last time's exercises; {page:gae} {title:gae}, whole | 15 + {total:gae} | the exercise on GAE; the program in {lesson:full_training}, its first five sections |
# | 5 | {page:full_training} {title:full_training}, short; the bugs in groups of three, a program each | {short:full_training} + 35 | the whole program from an empty cell |
# | 6 | {page:how_sure} {title:how_sure}, short; {page:language_models} {title:language_models}, short | {short:how_sure} + {short:language_models} | a question of one's own, written down before it is run |
#
# ## Before the first meeting
#
# Everybody runs the first cell of {lesson:start_here} at home: one line with a ✓ is all that is needed. Half an hour of a first meeting is easily lost to installing. Choose a language for the projector; the lessons are the same in both, section by section.
#
# ## In every meeting
#
# - **Nobody sees an answer before having settled on one.** Hands, a card or one word on paper, then the cell. A prediction that was wrong is the best thing that can happen: ask what it was based on before you explain.
# - **One machine computes, the others move sliders.** Each page says which cells take long and how long when all run them at once. What does not train can be shown as slides: *Present* on the lesson's page in the reading edition (web pages that `make site` makes), with these notes in a window of your own.
# - **The last two minutes are a ticket**: one sentence on the lesson's question, which stands at its top. Begin the next meeting with two of them.
# - `ppo_edu.progress()` shows everybody what is done. It is kept on the machine on which their lessons run.
#
# ## Other ways
#
# - **Three meetings**: 1, 3 and 5. What ratio and GAE are, people then read at home.
# - **Without TRPO**: take {page:ratio} whole in the second meeting, and nothing else.
# - **A group that comes with the study notes this course grew out of**: {page:the_notes} ({total:the_notes} minutes) as a meeting of its own before the others, and the section "Beside the notes" at each lesson's end.
# - **A group that comes for language models**: {page:language_models} whole ({total:language_models} minutes) as the sixth meeting and a seventh, and {lesson:how_sure} at home.
# - **One meeting more, for those who want it**: {page:inside_trpo} ({total:inside_trpo} minutes).
