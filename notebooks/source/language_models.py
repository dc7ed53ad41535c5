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

# %% [markdown] lang="ko" against="5d66b222"
# # {title}
#
# **이 레슨의 질문** PPO는 언어 모델과 무슨 상관이 있을까요?
#
# **먼저 알아 둘 것** 확률 비율(probability ratio, {lesson:ratio}), 클리핑(clipping, {lesson:clip_and_min}), GAE(generalized advantage estimation, {lesson:gae}), 그리고 시드 하나로는 아무것도 말할 수 없다는 것({lesson:how_sure}). 언어 모델은 몰라도 됩니다.
#
# **걸리는 시간** {minutes}분쯤
#
# 요즘은 RLHF(사람의 피드백을 이용하는 강화 학습)나 GRPO(5절) 이야기에서 PPO라는 이름을 처음 듣는 사람이 많습니다. 이 레슨에서는 앞 레슨들의 `probability_ratio`, `clipped_surrogate`, `gae`, `approx_kl`을 **한 글자도 고치지 않고** 가져와, 아주 작은 GPT를 이 컴퓨터에서 훈련합니다.

# %% [markdown] lang="en" against="6c3bf787"
# # {title}
#
# **The question** What has PPO to do with language models?
#
# **What you need first** The probability ratio ({lesson:ratio}), clipping ({lesson:clip_and_min}), GAE ({lesson:gae}), and that one seed proves nothing ({lesson:how_sure}). You need not know anything about language models.
#
# **Time** about {minutes} minutes
#
# Many people who look up PPO today have met its name in RLHF (reinforcement learning from human feedback) or GRPO (group relative policy optimisation, section 5). In this lesson we take `probability_ratio`, `clipped_surrogate`, `gae` and `approx_kl` from the earlier lessons, **without changing a letter**, and train a tiny GPT with them on this computer.

# %% tags=["language"]
import numpy as np
import torch
from torch.nn import functional as F

import ppo_edu
from ppo_edu import explorers, recorded, workbench
from ppo_edu import language_models as lm
from ppo_edu.objective import kl_terms
from ppo_edu.study import statistics

ppo_edu.use_language("en")

# %% [markdown] lang="ko" against="5397e15d"
# ## 1. 글쓰기도 에피소드입니다
#
# 과제는 이렇습니다. `47=`이라는 **프롬프트**(prompt)를 주면, 더해서 47이 되는 식을 적습니다. `20+27.`도 맞고 `9+30+8.`도 맞습니다. 0보다 큰 수를 두 개 이상 더해야 합니다. 모델은 글자를 한 번에 하나씩 고르는데, 그 글자 하나가 **토큰**(token)입니다.
#
# | | CartPole | 언어 모델 |
# |---|---|---|
# | 상태 | 수레와 막대의 위치와 속도 | 지금까지의 글 |
# | 행동 | 왼쪽, 오른쪽 | 다음 토큰(여기서는 글자 14개 가운데 하나: 숫자 열 개, `+`, `=`, 끝을 뜻하는 `.`, 빈자리를 채우는 `#`) |
# | 다음 상태 | 물리 법칙이 정함 | 글 뒤에 토큰을 붙인 것. 우연이 없음 |
# | 에피소드 | 막대가 쓰러질 때까지 | 답 하나 |
# | 보상 | 한 스텝마다 1 | 답이 끝났을 때 한 번: 맞으면 1, 틀리면 0 |
# | $\gamma$ | 0.99 | 1. 답이 짧아서 할인할 이유가 없음 |
# | 종료(terminated) | 막대가 쓰러짐 | 끝 토큰 `.` |
# | 중단(truncated) | 500스텝 | 12토큰에서 끊음. 길이 제한이 과제의 규칙이라 여기서는 종료로 다룸(오답, 부트스트랩(bootstrap) 없음) |
#
# 이 가운데 GAE나 클리핑의 식까지 바꿔야 하는 행이 있을까요?

# %% [markdown] lang="en" against="c7adece6"
# ## 1. Writing is an episode, too
#
# The task: given a **prompt** such as `47=`, write a sum that makes 47. `20+27.` is right, and so is `9+30+8.`; it takes two positive numbers at least. The model chooses one character at a time; such a character is a **token**.
#
# | | CartPole | language model |
# |---|---|---|
# | state | positions and velocities of cart and pole | the text so far |
# | action | left, right | the next token (here one of 14 characters: ten digits, `+`, `=`, `.` for the end, `#` to fill up) |
# | next state | decided by physics | the text with the token put behind it: no chance |
# | episode | until the pole falls | one answer |
# | reward | 1 for each step | once, at the answer's end: 1 if right, 0 if wrong |
# | $\gamma$ | 0.99 | 1: answers are short, nothing needs discounting |
# | terminated | the pole has fallen | the end token `.` |
# | truncated | 500 steps | cut off after 12 tokens; the limit is part of this task, so it is treated as terminated: wrong, no bootstrap |
#
# Does any of these rows change a formula of GAE or of clipping?

# %% [markdown] lang="ko" against="05212e12"
# 없습니다. 바뀌는 것은 데이터가 어디서 오는가뿐입니다.
#
# ## 2. 출발점
#
# 처음부터 강화 학습으로 글을 가르치지는 않습니다. 먼저 사람이 쓴 글을 흉내 내도록 **사전 훈련**을 합니다. 여기 있는 GPT(파라미터 10만 개쯤)는 맞는 식을 흉내 내도록 500번 업데이트한 것입니다.
#
# 프롬프트 10부터 49까지 가운데 여덟 개(`lm.HELD_OUT`)는 앞으로의 훈련에서 **빼 둡니다**. 외운 것인지 배운 것인지 가려내기 위해서입니다.
#
# **예측** 이 모델은 몇 %나 맞힐까요? 확률대로 뽑을 때와, 가장 그럴듯한 토큰만 고를 때(greedy)는 얼마나 다를까요?

# %% [markdown] lang="en" against="15e76013"
# None does. All that changes is where the data come from.
#
# ## 2. Where it starts
#
# Nobody teaches writing by reinforcement from nothing. First the model is **pretrained** to imitate text that people wrote. This GPT, of some 100,000 parameters, took 500 updates to imitate right sums.
#
# Of the prompts from 10 to 49, eight (`lm.HELD_OUT`) are **held out** of all training to come, so that we can tell learning from memorising.
#
# **Predict** How often is this model right? And how much does it matter whether tokens are drawn by their probabilities, or the most probable one is always taken (greedy)?

# %%
reference = lm.reference()
start = lm.LMRun(lm.LMConfig(), 0, reference, reference)
for number, answer in start.answers("held_out", samples=1):
    print(f"{number}={answer:13} {lm.correct(number, answer):.0f}")
for prompts in ("trained", "held_out"):
    drawn, greedy = (start.accuracy(prompts, greedy=greedy) for greedy in (False, True))
    print(ppo_edu.t("lm_lesson.accuracy", prompts=prompts, drawn=drawn, greedy=greedy))

# %% [markdown] lang="ko" against="fe56a7fe"
# 모양은 그럴듯하지만, 확률대로 뽑으면 셋 가운데 하나쯤만 맞습니다. 가장 그럴듯한 토큰만 고를 때(greedy)의 정답률은 위 출력의 오른쪽에 있습니다. 빼 둔 프롬프트는 여덟 개뿐이라 그때는 하나를 맞히고 못 맞히는 데 따라 12.5%씩 달라집니다.
#
# ## 3. 첫 스텝 전의 비율
#
# 답 여덟 개를 뽑고, 뽑을 때의 로그 확률을 적어 두었습니다. 그리고 똑같은 모델로 같은 답의 로그 확률을 다시 계산합니다. 뽑을 때는 한 토큰씩, 다시 계산할 때는 답 전체를 한꺼번에 모델에 넣습니다.
#
# **예측** 토큰마다의 비율 $r = \pi_\theta / \pi_{old}$는 얼마일까요?

# %% [markdown] lang="en" against="8b799ebb"
# The shape is right, but of answers drawn by their probabilities only about one in three is correct. The column on the right is for greedy answers; there are only eight held-out prompts, so each is worth 12.5% there.
#
# ## 3. The ratio before the first step
#
# We sample eight answers and keep the log-probabilities with which their tokens were drawn. Then the same model scores the same answers again: when drawing, token by token; when scoring, the whole answer at once.
#
# **Predict** What is each token's ratio $r = \pi_\theta / \pi_{old}$?

# %%
answers = lm.sample(reference, [47] * 8, torch.Generator().manual_seed(0))
log_probs = lm.token_log_probs(reference, answers)
ratio = ppo_edu.probability_ratio(log_probs, answers.log_probs)[answers.valid]
print(ppo_edu.t("lm_lesson.ratios", count=len(ratio), low=ratio.min().item(), high=ratio.max().item()))

# %% [markdown] lang="ko" against="9b859561"
# 1입니다({lesson:ratio}). 아직 아무것도 변하지 않았으니까요. 이 한 줄이 언어 모델을 훈련하는 프로그램에서 **가장 먼저 해 볼 테스트**입니다. 토큰을 한 칸 밀어 읽거나($t$번 자리의 출력은 $t+1$번 토큰의 확률입니다), 온도(temperature, softmax 전에 로짓을 나누는 수)를 다르게 정하면 여기서 1이 나오지 않습니다.
#
# **예측** 한 칸 밀려서 읽으면 비율은 얼마나 어긋날까요? 온도 1로 뽑고 0.7로 다시 계산하면요?

# %% [markdown] lang="en" against="0e8efab8"
# It is 1 ({lesson:ratio}): nothing has changed yet. This line is **the first test to make** of a program that trains a language model. Read the tokens shifted by one (the output at a place speaks of the *next* token), or score at another temperature (the number by which the logits are divided before the softmax), and it does not come out as 1.
#
# **Predict** How far off is it if the tokens are read shifted by one? If they are drawn at temperature 1 and scored at 0.7?

# %%
scores = reference(torch.cat([answers.prompts, answers.tokens], 1))
tokens, old = answers.tokens[..., None], answers.log_probs
wrong = {
    ppo_edu.t("lm_lesson.shifted"): scores[:, 3:].log_softmax(-1).gather(-1, tokens)[..., 0],
    ppo_edu.t("lm_lesson.temperature"): (scores[:, 2:-1] / 0.7).log_softmax(-1).gather(-1, tokens)[..., 0],
}
for name, logp in wrong.items():
    ratio = ppo_edu.probability_ratio(logp, old)[answers.valid]
    clipped = float(ppo_edu.clip_fraction(ratio, 0.2))
    print(ppo_edu.t("lm_lesson.wrong", median=ratio.median().item(), clipped=clipped, name=name))

# %% [markdown] lang="ko" against="160bf96b"
# 한 스텝도 하기 전에 클리핑이 일어납니다. 훈련 곡선만 보아서는 찾기 어려운 버그가 여기서는 바로 드러납니다.
#
# 큰 라이브러리의 이슈 게시판에는 "비율이 언제나 1이고 클립 비중(clip fraction)이 0인데 버그인가요?"라는 질문이 되풀이됩니다(예: 언어 모델을 훈련하는 라이브러리 TRL의 이슈 #3120, #2703). 답을 모을 때마다 그래디언트(gradient) 스텝을 *한 번만* 한다면 그것이 정상입니다. 비율은 **두 번째** 스텝부터 움직입니다.
#
# 아래 탐색기는 답 여덟 개를 토큰마다 보여 줍니다. 왼쪽 색이 비율, 오른쪽 색이 어드밴티지(advantage)입니다. 테두리가 있는 토큰은 클리핑 때문에 그래디언트가 흐르지 않습니다.
#
# **예측** 스텝을 0에서 8까지 옮기면, 오답의 토큰만 확률이 내려갈까요? {only_wrong: 예 | 아니요}

# %% [markdown] lang="en" against="7b41c525"
# Clipping, before any step has been taken. A bug that hides in a learning curve shows here at once.
#
# In the forums of large libraries people ask again and again whether it is a bug that the ratio is always 1 and the clip fraction 0 (issues #3120 and #2703 of TRL, a library that trains language models, for instance). If each batch of answers is used for *one* gradient step, that is as it should be. The ratio moves from the **second** step on.
#
# The explorer shows eight answers, token by token: on the left the colour is the ratio, on the right the advantage. A frame marks a token through which clipping lets no gradient flow.
#
# **Predict** As you move the step from 0 to 8, do only the tokens of wrong answers become less probable? {only_wrong: yes | no}

# %%
explorers.token_map()

# %% [markdown] lang="ko" against="12746662"
# 아닙니다. 정답의 토큰인데 확률이 내려간 것도 있습니다. 같은 상태에서 같은 토큰을 고른 오답들에 끌려 함께 내려간 것입니다. $A > 0$이고 $r < 1 - \epsilon$이니 테두리가 없고, 그래디언트는 그대로 흐릅니다. {lesson:clip_and_min}의 `min`이 하는 일입니다.
#
# 지금 보는 어드밴티지는 같은 프롬프트의 답 여덟 개, 즉 **그룹**(group) 안에서 비교해 얻은 것이고(5절), 답 하나의 모든 토큰에서 같습니다. 어디에서 틀렸든 모든 토큰이 똑같은 책임을 집니다. 탐색기에서 어드밴티지의 출처를 크리틱(critic)으로 바꾸면 자리마다 달라집니다.
#
# ## 4. PPO
#
# 이제 훈련합니다. 업데이트 한 번에 답 256개를 뽑고(프롬프트 32개에 여덟 개씩), 에폭(epoch) 두 번, 미니배치(minibatch)는 답 64개입니다. 크리틱은 모델을 복사해 출력만 하나로 바꾼 것이고, 어드밴티지는 `ppo_edu.gae`가 구합니다.
#
# **예측** 업데이트 100번 뒤의 정답률은 얼마일까요? 빼 둔 프롬프트에서는요? 엔트로피(entropy)는 어느 쪽으로 움직일까요?

# %% [markdown] lang="en" against="6c0accdd"
# No. Some tokens of right answers have fallen, too, dragged down by wrong answers that chose the same token in the same state. There $A > 0$ and $r < 1 - \epsilon$, so no frame, and the gradient flows: the `min` of {lesson:clip_and_min} at work.
#
# The advantages on show come from comparing the eight answers to one prompt, the **group** (section 5): every token of an answer has the same one, and so the same blame, wherever the mistake was. Let the critic give the advantages, in the explorer, and they differ from place to place.
#
# ## 4. PPO
#
# Now we train: 256 answers an update, eight to each of the 32 prompts, two epochs, minibatches of 64 answers. The critic is a copy of the model with one output in place of 14, and the advantages come from `ppo_edu.gae`.
#
# **Predict** How often is it right after 100 updates? On the held-out prompts? Which way does the entropy move?

# %%
with workbench.AnswersDashboard(updates=100) as view:
    ppo = lm.train(reference, lm.LMConfig(), seed=0, updates=100, on_update=view)

# %%
for name, run in (("reference", start), ("PPO", ppo)):
    for prompts in ("trained", "held_out"):
        found = [f"pass@{k} {run.pass_at(k, prompts):.0%}" for k in (1, 4, 16)]
        print(f"{name:10} {prompts:9}", *found)
print(*(f"{number}={answer}" for number, answer in ppo.answers("trained", samples=1)[::4]), sep="   ")

# %% [markdown] lang="ko" against="90852751"
# 훈련한 프롬프트에서는 스무 번에 열아홉 번쯤 맞힙니다. **빼 둔 프롬프트에서는 그만큼 오르지 않습니다.** 기록해 둔 시드 스무 개(5절의 `ppo` 행)에서 빼 둔 프롬프트의 정답률은 37%에서 77%까지 흩어졌습니다(출발점은 33%). 일부는 배운 것이고 일부는 외운 것입니다.
#
# `pass@k`는 답을 $k$개 뽑았을 때 하나라도 맞을 확률입니다. 출발점의 모델도 열여섯 번 뽑으면 대개 하나는 맞힙니다. 그러니 강화 학습이 한 일은 상당 부분, 할 줄 알던 것을 **첫 번째 답으로 끌어 올린 것**입니다. 그 대가로 엔트로피는 크게 줄었습니다.
#
# ## 5. 크리틱을 버리면
#
# 크리틱은 모델만큼 크고, 훈련 시간의 40%쯤을 씁니다. 큰 언어 모델에서는 메모리도 두 배입니다. 그래서 GRPO(Shao 외 2024)는 크리틱 대신 **그룹**을 씁니다. 프롬프트 하나에 답을 여덟 개 뽑아, 답마다의 보상을 그룹의 평균과 비교합니다.
#
# $$A_i = \frac{R_i - \mathrm{mean}(R)}{\mathrm{std}(R)}$$
#
# 표준편차는 $n$으로 나누어 구하고, 0이면 $A = 0$으로 정합니다. 이런 방법을 **크리틱 없는 방법**(critic-free)이라고 합니다. 이 절에서는 어드밴티지만 바꾸고 나머지 손실은 PPO와 똑같이 둡니다. 논문의 GRPO는 평균을 내는 방법과 KL 항도 다릅니다(8절). {lesson:policy_gradient}의 베이스라인(baseline)을 기억하나요? 그룹의 평균이 그 자리에 들어갑니다. 다만 자기 보상도 든 평균이라, 빼기만 하면 그래디언트의 기댓값이 $(n-1)/n$배가 됩니다. RLOO(8절)는 그래서 자기를 뺀 평균을 씁니다.
#
# **예측** 여덟 개 가운데 하나만 맞으면 그 답의 $A$는 얼마일까요? 여덟 개가 모두 맞으면요?

# %% [markdown] lang="en" against="ece83cba"
# On the prompts that it trained on it is right some 19 times out of 20. **On those held out it does not get as far**: over twenty recorded seeds (the row `ppo` of section 5) it was right in anything from 37% to 77% there (33% at the start). Part of it was learned, part memorised.
#
# `pass@k` is the chance that at least one of $k$ answers is right. Given sixteen tries, the model from before the training (`reference` above) nearly always gets one right, too. So a good part of what reinforcement did was to **bring to the front** what the model could do already. The entropy has fallen a long way: that is the price.
#
# ## 5. Throw the critic out
#
# The critic is as large as the model and takes some 40% of the time; with a large language model, it takes as much memory again. GRPO (Shao et al. 2024) puts a **group** in its place: eight answers to one prompt, each one's reward compared with the mean of the group.
#
# $$A_i = \frac{R_i - \mathrm{mean}(R)}{\mathrm{std}(R)}$$
#
# (The standard deviation divides by $n$; where it is 0, $A$ is 0.) Such methods are called **critic-free**. In this section only the advantage changes and the rest of the loss stays PPO's; the paper's GRPO also has another mean and a KL in the loss (section 8). Remember the baseline of {lesson:policy_gradient}? The group's mean takes its place, nearly: it holds the answer's own reward, too, which makes the expected gradient $(n-1)/n$ of itself. RLOO (section 8) leaves that one out.
#
# **Predict** If one of eight is right, what is its $A$? And if all eight are?

# %%
explorers.group_advantage()

# %% [markdown] lang="ko" against="e48907d8"
# 하나만 맞으면 $A = +2.65$로 크게 끌어 올립니다. 모두 맞거나 모두 틀린 그룹에서는 $A = 0$이라 **배울 것이 없습니다**. 훈련이 잘될수록 이런 그룹이 늘어납니다. 이런 그룹을 **평평한 그룹**이라고 부르겠습니다. DAPO(8절)의 dynamic sampling은 평평한 그룹을 버리고 다시 뽑는 것입니다.

# %% [markdown] lang="en" against="55b94378"
# If one is right, it is lifted hard, $A = +2.65$. In a group whose answers are all correct, or all wrong, each has $A = 0$: **nothing to learn**. The better the training goes, the more such groups there are. We call them **flat**. DAPO (section 8) throws flat groups away and draws others; it calls that dynamic sampling.

# %%
with workbench.AnswersDashboard(updates=100) as view:
    grpo = lm.train(reference, lm.LMConfig(advantage="grpo"), seed=0, updates=100, on_update=view)
for name, run in (("PPO", ppo), ("GRPO", grpo)):
    print(f"{name:5} {run.seconds:5.1f} s", *(f"{p} {run.accuracy(p):.0%}" for p in ("trained", "held_out")))
flat = grpo.history["flat_groups"]
print(ppo_edu.t("lm_lesson.flat_groups", first=flat[0], last=flat[-1]))

# %% [markdown] lang="ko" against="493f9614"
# 시드 하나로는 우열을 말할 수 없습니다. 기록해 둔 실행을 봅시다. 시드 여럿에서 얻은 사분위간 평균(interquartile mean)의 95% 구간입니다. 시드가 이 정도로 적으면 구간이 실제보다 좁게 나온다는 것도 잊지 마세요({lesson:how_sure}). `ppo_drawn`과 `grpo_drawn`은 프롬프트를 차례로 쓰지 않고 그때그때 뽑아 80번 업데이트한 실행입니다. `fast_`로 시작하는 두 행은 그렇게 뽑으면서 학습률을 1e-3으로 크게 올린 GRPO이고, `fast_unclipped`에는 클리핑이 없습니다. 그 아래 행들은 설정 하나씩만 바꾼 실행입니다. `lam_`은 `ppo`($\lambda = 1$)에서, 나머지는 `grpo`에서 바꿉니다(둘 다 학습률은 3e-4). `group_`은 프롬프트마다 뽑는 답의 수, `no_std`는 표준편차로 나누지 않은 것, `clip_higher`는 $\epsilon$의 위쪽만 0.28로 키운 것, `reinforce`는 그룹이 아니라 배치 전체의 평균을 뺀 것입니다. 나머지 이름은 6절(`reward_0.1`, `k2_0.1`, `k3_0.1`: $\beta = 0.1$)과 8절(`sequence_mean`, `constant_mean`, `sequence_ratio`, `rloo`)에서 설명합니다.
#
# **예측** 클리핑이 없으면 정답률은 출발점(33%)보다 높을까요, 낮을까요? {unclipped: 대개 높습니다 | 대개 낮습니다}

# %% [markdown] lang="en" against="36248fc1"
# One seed says nothing about an order, so here are the recorded runs: 95% intervals of the interquartile mean over seeds (the mean of the middle half, without the quarters at the top and the bottom). With as few seeds as these, intervals come out too narrow ({lesson:how_sure}). `ppo_drawn`, `grpo_drawn`: prompts drawn at random in place of one after the other, and 80 updates. `fast_clipped`: GRPO on drawn prompts at a learning rate of 1e-3, too fast on purpose; `fast_unclipped`: the same without clipping. Each row below changes one setting: `lam_` of `ppo` (whose $\lambda$ is 1), the others of `grpo` (the learning rate of both is 3e-4). `group_` is the number of answers to a prompt; `no_std` does not divide by the standard deviation; `clip_higher` raises only the upper $\epsilon$, to 0.28; `reinforce` takes off the mean of the whole batch, not of a group. Section 6 explains `reward_0.1`, `k2_0.1` and `k3_0.1` ($\beta = 0.1$), section 8 the rest.
#
# **Predict** Without clipping, is it right more often than at the start (33%), or less? {unclipped: mostly more often | mostly less}

# %%
runs = recorded.language_model_runs()


def scores(variant, column):
    rows = [row for row in runs if row["variant"] == variant and row["reward"] == "correct"]
    return [row[column] for row in rows if row["reference"] == 0]


def told(variant, column):
    low, high = statistics.bootstrap_interval(statistics.interquartile_mean, scores(variant, column))
    return f"[{low:.2f}, {high:.2f}]"


print(ppo_edu.t("lm_lesson.recorded_header"))
for variant in dict.fromkeys(row["variant"] for row in runs if row["reward"] == "correct"):
    if (count := len(scores(variant, "trained"))) >= 5:
        print(f"{variant:16} {count:5}  {told(variant, 'trained'):14} {told(variant, 'held_out')}")

# %% [markdown] lang="ko" against="71650174"
# 다섯 가지만 읽어 냅시다. 첫째, 구간이 겹치는 행 사이에서는 **우열을 말하지 않습니다**. 둘째, GRPO는 PPO보다 시간이 40%쯤 덜 듭니다(기록한 시드 스무 개의 중앙값으로 27초와 47초). `ppo` 행도 `grpo` 행도 업데이트마다 프롬프트 하나에 답 여덟 개씩이니 데이터의 양은 같고, 다른 것은 크리틱을 훈련하는 비용입니다. 셋째, PPO도 GRPO도 빼 둔 프롬프트의 구간이 더 넓습니다. 넷째, 학습률이 클 때 클리핑이 없으면 무너지는 시드가 나옵니다. 훈련한 프롬프트에서, 클리핑 없이는 다섯 시드 가운데 셋이 **출발점보다 나빠졌고**, 클리핑을 하면 다섯 모두 나아졌습니다. 다섯째, 훈련을 시작할 때의 모델(**참조 정책**(reference policy), 6절)에서 멀어지면 벌을 주는 세 행(`reward_0.1`, `k2_0.1`, `k3_0.1`)은 훈련한 프롬프트에서 `grpo`보다 낮지만, 빼 둔 프롬프트에서는 낮지 않습니다. 덜 외운 셈입니다.
#
# 끝 무렵에는 프롬프트마다 거의 늘 맞거나 거의 늘 틀립니다. 프롬프트 하나가 전체의 3%라서, 정답률이 업데이트 몇 번 사이에도 몇 %씩 오르내립니다. 마지막 업데이트 하나의 값으로 시드를 줄 세우지 마세요.
#
# ## 6. 헷갈리기 쉬운 둘: 이전 정책과 참조 정책
#
# 언어 모델을 훈련할 때는 "여기서 너무 멀어지지 말라"는 기준이 되는 정책이 둘 있는데, 많은 사람이 둘을 헷갈립니다.
#
# | | 이전 정책 $\pi_{old}$ | 참조 정책(reference policy) $\pi_{ref}$ |
# |---|---|---|
# | 무엇인가 | 이번 답을 뽑은 정책 | 훈련을 시작할 때의 모델 |
# | 언제 바뀌나 | 답을 새로 뽑을 때마다 | 바뀌지 않음 |
# | 어디에 나오나 | 비율 $r$과 클리핑 | KL 페널티 $\beta\,\mathrm{KL}(\pi_\theta\,\|\,\pi_{ref})$ |
# | 왜 | 이 데이터로 믿을 수 있는 만큼만 움직이려고 | 사람처럼 쓰는 법을 잊지 않으려고 |
#
# 비율에 참조 정책을 넣으면 훈련이 망가집니다. 정책이 멀어질수록 더 많은 토큰이 클립 범위(clip range) 밖으로 나가고, 거기서는 그래디언트가 흐르지 않거나 엉뚱한 크기로 흐릅니다.
#
# KL은 {lesson:ratio}에서처럼 샘플로 재고, 세 가지 식이 쓰입니다: $k_1 = d$, $k_2 = d^2/2$, $k_3 = e^{-d} - 1 + d$ ($d = \log\pi_\theta - \log\pi_{ref}$). **참조 정책 가까이에서는 토큰들에 걸친 평균이 비슷하지만, 손실에 넣고 미분하면 전혀 다릅니다.** 멀어지면 $k_3$의 평균은 드물게 나오는 토큰 몇 개에 달려 있습니다. 기댓값은 $k_1$과 같은데도, 그런 토큰이 뽑히지 않은 샘플에서는 작게 나옵니다(아래에서 둘의 평균을 비교해 보세요).
#
# **예측** 정책이 어떤 토큰을 참조 정책보다 7배쯤 자주 쓰게 되었습니다($d = 2$). 셋 가운데 무엇이 가장 세게 되돌릴까요? $d = 5$라면요?

# %% [markdown] lang="en" against="f25c6223"
# Read five things out of it. First, where intervals overlap, **we claim no order**. Second, GRPO takes some 40% less time (27 and 47 seconds, the medians of the twenty recorded seeds): in the rows `ppo` and `grpo`, both see eight answers to each prompt in every update, so the data are as many, and what differs is the cost of a critic. Third, for PPO and GRPO alike the intervals on held-out prompts are wider. Fourth, with large steps and no clipping it easily breaks down: on the trained prompts, without it three seeds of five ended **below the start**, with it all five above. Fifth, the three rows that are punished for leaving the model that training started from (the *reference*, section 6: `reward_0.1`, `k2_0.1`, `k3_0.1`) are below `grpo` on the trained prompts, and not on those held out: they memorise less.
#
# Towards the end each prompt is nearly always right or nearly always wrong. As one prompt is 3% of them all, accuracy moves by a few % within a few updates: do not rank seeds by what the last update says.
#
# ## 6. Two policies that are easily confused: the old one and the reference
#
# With language models there are two policies not to move away from, and many people take one for the other.
#
# | | old policy $\pi_{old}$ | reference policy $\pi_{ref}$ |
# |---|---|---|
# | what it is | the one that drew these answers | the model that training started from |
# | when it changes | whenever answers are drawn | never |
# | where it stands | the ratio $r$, and clipping | the KL penalty $\beta\,\mathrm{KL}(\pi_\theta\,\|\,\pi_{ref})$ |
# | why | to move no further than these data can be trusted | not to unlearn how people write |
#
# Put the reference into the ratio, and training breaks: as the policy moves on, more and more tokens leave the clip range. There the gradient is either zero or multiplied by a ratio that is far too large or too small.
#
# A KL is estimated from samples as in {lesson:ratio}, and three estimators of it are in use: $k_1 = d$, $k_2 = d^2/2$, $k_3 = e^{-d} - 1 + d$, with $d = \log\pi_\theta - \log\pi_{ref}$. **Near the reference their means over tokens are close; as losses they are far apart.** Further away, the mean of $k_3$ hangs on a few rare tokens: without them in the sample it comes out too small, although its expectation is that of $k_1$ (compare their means below).
#
# **Predict** The policy has come to use a token seven times as often as the reference ($d = 2$). Which of the three pulls it back hardest? And at $d = 5$?

# %%
explorers.two_kls()

# %% [markdown] lang="ko" against="e0393123"
# 손실에 넣고 미분하면 $\nabla\log\pi_\theta$에 곱하는 수가 저마다 다릅니다. $k_3$는 $1 - e^{-d}$라서, 정책이 그 토큰을 아무리 자주 써도 1을 넘지 않습니다($d < 0$에는 한계가 없습니다. 드문 토큰 몇 개가 크게 흔드는 것은 이쪽입니다). $k_2$는 $d$입니다. 위의 예측에서는 $d = 2$일 때 차례로 1, 2, 0.86이고 $d = 5$일 때 1, 5, 0.99이니, 가장 세게 되돌리는 것은 두 번 다 $k_2$입니다. 토큰 하나만 보면 $k_2$를 손실에 넣는 것은 $k_1$을 *보상에서* 빼는 것과 같습니다. 답 전체에서는 다릅니다. 보상에서 빼면 뒤 토큰이 받을 벌까지 앞 토큰이 함께 떠안고, GRPO에서는 그룹의 표준편차로도 나뉩니다(5절의 `reward_0.1`과 `k2_0.1`). 손실에 그대로 넣은 $k_1$은 어디서나 1인데, $\mathbb{E}_\pi[\nabla\log\pi] = 0$이라 평균하면 **아무 일도 하지 않습니다**.
#
# 이전 정책과의 KL도 참조 정책까지의 KL도 `approx_kl` 하나로 잽니다. 인수만 다르고, 토큰을 뽑은 정책이 뒤에 옵니다. 아래의 답은 지금 정책이 뽑았으니 이전 정책과의 KL은 0입니다.

# %% [markdown] lang="en" against="755dbc99"
# As a loss, each has the gradient (its weight) × $\nabla\log\pi_\theta$. The weight of $k_3$ is $1 - e^{-d}$, which for $d > 0$ never gets beyond 1, however much more often the policy uses the token. (For $d < 0$ it has no bound: that is where a few rare tokens weigh so much.) The weight of $k_2$ is $d$. So for $k_1$, $k_2$, $k_3$ they are 1, 2, 0.86 at $d = 2$, and 1, 5, 0.99 at $d = 5$: $k_2$ pulls hardest both times. For a single token $k_2$ in the loss is the same as $k_1$ taken off the *reward*; for a whole answer it is not: taken off the reward, the penalty of later tokens falls on earlier ones, too, and GRPO divides it by the group's standard deviation (`reward_0.1` and `k2_0.1` in section 5). And $k_1$ put straight into the loss has the weight 1 everywhere; since $\mathbb{E}_\pi[\nabla\log\pi] = 0$, it does **nothing** on average.
#
# One `approx_kl` measures the KL to the old policy and that to the reference; only its arguments differ, and the policy that drew the tokens stands second. The answers below were drawn by the policy as it is now, so the KL to the old one is 0.

# %%
answers = lm.sample(ppo.policy, lm.TRAINED, torch.Generator().manual_seed(0))
with torch.no_grad():
    new = lm.token_log_probs(ppo.policy, answers)[answers.valid]
    ref = lm.token_log_probs(reference, answers)[answers.valid]
old = answers.log_probs[answers.valid]
print(
    f"KL(old || new)  {ppo_edu.approx_kl(new, old):.4f}   KL(policy || reference)  {ppo_edu.approx_kl(ref, new):.4f}"
)
for estimator in ("k1", "k2", "k3"):
    terms = kl_terms(ref, new, estimator)
    found = {"mean": terms.mean().item(), "std": terms.std().item(), "smallest": terms.min().item()}
    print(ppo_edu.t("lm_lesson.estimator", name=estimator, **found))

# %% [markdown] lang="ko" against="a32c5e30"
# ## 7. 보상 해킹
#
# 실제 과제에서는 정답을 확인하는 규칙이 없을 때가 많습니다. 그래서 사람의 선호를 배운 **보상 모델**(reward model)이 점수를 매깁니다. 보상 모델은 틀릴 수 있고, 훈련받는 언어 모델은 그 틈을 찾아냅니다. 이것이 **보상 해킹**(reward hacking)입니다.
#
# 여기 틀린 보상이 있습니다. `+` 하나에 0.2점씩 다섯 개까지(최대 1점) 주고, 합은 확인하지 않습니다.
#
# **예측** 25번 업데이트하면 무엇을 적을까요? 받은 보상과 정답률은 각각 얼마일까요?

# %% [markdown] lang="en" against="15b5bd63"
# ## 7. Reward hacking
#
# For most real tasks there is no rule that knows the right answer. A **reward model**, trained on people's choices, gives points instead. It can be wrong, and the model will find out where: **reward hacking**.
#
# Here is a wrong reward: it pays 0.2 for each `+`, for five at most (1 in all), and never checks the sum.
#
# **Predict** After 25 updates, what does it write? What is it paid, and how often is it right?

# %%
config = lm.LMConfig(advantage="grpo", learning_rate=1e-3)
hacked = lm.train(reference, config, updates=25, reward="wordy")
print(*(f"{number}={answer}" for number, answer in hacked.answers("trained", samples=1)[::5]), sep="   ")
print(ppo_edu.t("lm_lesson.hacked", paid=hacked.history["reward"][-1], right=hacked.accuracy("trained")))

# %% [markdown] lang="ko" against="48b4620c"
# 보상 곡선만 보았다면 대성공입니다. **곡선보다 샘플을 먼저 읽으세요.**
#
# KL 페널티는 이것을 막아 줄까요? 기록해 둔 실행에서 $\beta$를 바꾸어 보세요. 틀린 보상을 하나 더 고를 수도 있습니다. 합은 확인하지만 `+`가 있는지는 잊고 확인하지 않는 보상이라, `47=47.`에도 1점을 줍니다.
#
# **예측** `+`마다 주는 보상에서 $\beta$를 키우면 정답률이 출발점보다 올라갈까요? {penalty: 예 | 아니요}

# %% [markdown] lang="en" against="de9381ac"
# By the reward curve alone, a triumph. **Read the samples before the curve.**
#
# Does a KL penalty prevent it? Change $\beta$ among the recorded runs. There is a second wrong reward to choose, too: it checks the sum but forgets to ask for a `+`, so that `47=47.` is paid in full.
#
# **Predict** With the reward for each `+`, does the model become right more often than the reference was, as $\beta$ grows? {penalty: yes | no}

# %%
explorers.hacking()

# %% [markdown] lang="ko" against="ed9b6a01"
# `+`마다 주는 보상에서는 어떤 $\beta$로도 정답률이 출발점(33% 안팎)을 넘지 못합니다. KL은 해킹을 **늦추고 한계를 둘 뿐, 틀린 보상을 고치지는 못합니다.** $\beta$를 크게 하면 덜 망가지지만 배우는 것도 없습니다. 이 보상에서는 같은 $\beta$라도 $k_3$를 손실에 넣은 쪽이 훨씬 멀리 갑니다. 6절에서 본 가중치 때문입니다.
#
# ## 8. 어느 줄이 바뀌나요
#
# 이름은 많지만, 대부분은 이 레슨의 코드에서 **한 줄**이 다를 뿐입니다.
#
# | 방법 | 논문 | 바뀌는 줄 |
# |---|---|---|
# | RLHF | Ouyang 외 2022, arXiv 2203.02155 | `reward`: 보상 모델, `beta`, `kl="reward"` |
# | GRPO | Shao 외 2024, 2402.03300 | `advantage="grpo"`, `mean="sequence"`, `beta`, `kl="k3"` |
# | RLOO | Ahmadian 외 2024, 2402.14740 | `advantage="rloo"`: 나를 뺀 나머지의 평균 |
# | Dr. GRPO | Liu 외 2025, 2503.20783 | `divide_by_std=False`, `mean="constant"` |
# | DAPO | Yu 외 2025, 2503.14476 | `epsilon_high=0.28`, `mean="token"`, 평평한 그룹은 다시 뽑기 |
# | GSPO | Zheng 외 2025, 2507.18071 | `ratio="sequence"`: 답마다 비율 하나, `mean="sequence"` |
# | CISPO | MiniMax 2025, 2506.13585 | `min` 대신, 잘라 낸 비율을 상수로 보고 $\log\pi$에 곱하기 |
# | DPO | Rafailov 외 2023, 2305.18290 | 답을 뽑지 않음. 고른 답과 버린 답의 쌍으로 바로 학습 |
#
# 표의 방법을 모두 실행해 봅시다. 위의 여섯은 업데이트를 두 번씩 하고, CISPO와 DPO는 손실만 한 번 계산합니다. (평평한 그룹을 다시 뽑는 것은 빼고, 보상 모델 자리에는 정답을 확인하는 규칙을 씁니다.) 그러니 어느 것이 나은지는 알 수 없고, 그 줄이 정말 돌아간다는 것만 보입니다.

# %% [markdown] lang="en" against="1f630aa7"
# With the reward that pays for "+", no $\beta$ brings it above the start (some 33%). A KL **slows hacking and bounds it; it does not repair a wrong reward.** A large $\beta$ spoils less, and nothing is learned. With this reward and the same $\beta$, it goes much further astray with $k_3$ in the loss than with the KL in the reward: those are the weights of section 6.
#
# ## 8. Which line changes
#
# There are many names, but most of them differ by **one line** of this lesson's code.
#
# | method | paper | the line |
# |---|---|---|
# | RLHF | Ouyang et al. 2022, arXiv 2203.02155 | `reward`: a reward model, `beta`, `kl="reward"` |
# | GRPO | Shao et al. 2024, 2402.03300 | `advantage="grpo"`, `mean="sequence"`, `beta`, `kl="k3"` |
# | RLOO | Ahmadian et al. 2024, 2402.14740 | `advantage="rloo"`: the mean of the others |
# | Dr. GRPO | Liu et al. 2025, 2503.20783 | `divide_by_std=False`, `mean="constant"` |
# | DAPO | Yu et al. 2025, 2503.14476 | `epsilon_high=0.28`, `mean="token"`, flat groups drawn anew |
# | GSPO | Zheng et al. 2025, 2507.18071 | `ratio="sequence"`: one ratio an answer, `mean="sequence"` |
# | CISPO | MiniMax 2025, 2506.13585 | no `min`: the clipped ratio, as a constant, times $\log\pi$ |
# | DPO | Rafailov et al. 2023, 2305.18290 | no sampling: learns from pairs, one answer chosen and one rejected |
#
# Let us run the lines: six are trained, and of CISPO and DPO we compute the loss once. (Drawing flat groups anew is left out, and the checker stands in for a reward model.) With two updates each, this says nothing about which is better, only that the line works.

# %%
lines = {
    "RLHF": {"beta": 0.05, "kl": "reward"},
    "GRPO": {"advantage": "grpo", "mean": "sequence", "beta": 0.04, "kl": "k3"},
    "RLOO": {"advantage": "rloo"},
    "Dr. GRPO": {"advantage": "grpo", "divide_by_std": False, "mean": "constant"},
    "DAPO": {"advantage": "grpo", "epsilon_high": 0.28, "mean": "token"},
    "GSPO": {"advantage": "grpo", "ratio": "sequence", "mean": "sequence"},
}
for name, settings in lines.items():
    run = lm.train(reference, lm.LMConfig(**settings), updates=2)
    last = {each: run.history[each][-1] for each in ("entropy", "clip_fraction")}
    print(ppo_edu.t("lm_lesson.line", name=name, **last))

# %%
answers = lm.sample(reference, [47] * 8, torch.Generator().manual_seed(0))
rewards = torch.tensor([lm.correct(47, text) for text in answers.texts])
A = lm.group_advantages(rewards, 8)[:, None]
logp, old = lm.token_log_probs(reference, answers), answers.log_probs
ratio = ppo_edu.probability_ratio(logp, old)
cispo = -lm.masked_mean(ratio.clip(max=1.28).detach() * A * logp, answers.valid)
chosen, rejected = int(rewards.argmax()), int(rewards.argmin())
margin = (logp - old).sum(1)
dpo = -F.logsigmoid(0.1 * (margin[chosen] - margin[rejected]))
print(f"CISPO {cispo.item():.4f}   DPO {dpo.item():.4f}")

# %% [markdown] lang="ko" against="1b1a953a"
# DPO의 손실이 $\log 2 \approx 0.6931$인 이유를 알겠나요? 아직 정책이 참조 정책과 같아서, 두 답의 로그 비율이 모두 0이니 그 차이도 0이고 $-\log\sigma(0) = \log 2$입니다. 여기서는 답을 뽑은 정책이 참조 정책이기도 하니 `old`를 참조의 로그 확률로 썼습니다.
#
# 평균을 내는 방법이 왜 문제가 될까요? 긴 오답과 짧은 오답이 받는 벌이 다르기 때문입니다. 길이를 바꾸어 보세요.
#
# **예측** "토큰 평균"은 모든 토큰을 한데 모아 평균합니다. "답 평균"은 답마다 평균한 것을 다시 평균합니다. "상수로 나눔"은 답의 길이 대신 정해진 수로 나눕니다. "답 평균"에서는 긴 답의 토큰 하나가 짧은 답의 토큰 하나보다 무거울까요, 가벼울까요? {long_answer: 무겁습니다 | 가볍습니다}

# %% [markdown] lang="en" against="a3e01092"
# Do you see why DPO's loss is $\log 2 \approx 0.6931$? The policy still is the reference, so both log-ratios are 0 and so is their difference, and $-\log\sigma(0) = \log 2$. (The policy that drew the answers is the reference here, so `old` served as its log-probabilities.)
#
# Why does the kind of mean matter? Because it decides how a long wrong answer is blamed beside a short one. Change the lengths.
#
# **Predict** The mean over tokens puts all tokens into one mean. The mean over answers takes a mean within each answer, then the mean of those. Dividing by a constant takes a fixed number in place of an answer's length. Under the mean over answers, does a token of the long answer weigh more than one of the short answer, or less? {long_answer: more | less}

# %%
explorers.loss_means()

# %% [markdown] lang="ko" against="298de934"
# "답 평균"에서는 긴 답의 토큰이 가볍습니다. 그래서 틀릴 때 길게 적으면 벌이 옅어집니다. Dr. GRPO는 상수로 나누어 이것을 없앱니다. 이 과제에서는 답의 길이가 비슷해 차이를 보기 어렵습니다.
#
# 직접 바꾸어 보세요. 처음에는 5절의 GRPO 훈련이 그려져 있고, 버튼을 누르면 새로 60번 업데이트합니다(10초에서 15초쯤).

# %% [markdown] lang="en" against="306a99fc"
# Under the mean over answers, tokens of a long answer are light; so when wrong, writing more thins out the blame. Dr. GRPO divides by a constant to end that. In this task answers are of similar lengths, so do not expect to see it here.
#
# Change things yourself. At first you see the GRPO training of section 5; the button trains anew, for 60 updates (some 10 to 15 seconds).

# %%
workbench.RetrainAnswers(grpo)

# %% [markdown] lang="ko" against="6232c749"
# ## 9. 이 장난감이 보여 주지 못하는 것
#
# - **우열.** 그룹의 크기, $\lambda$, 세 가지 평균, GSPO, 위쪽 $\epsilon$만 키우는 방법(DAPO의 clip-higher) 가운데 무엇이 나은지는 이 실험으로 알 수 없습니다. 다섯 시드의 구간은 대개 `ppo`나 `grpo`의 구간과 겹칩니다. 5절의 표에서 조금 떨어진 행(`lam_0.9`와 GSPO인 `sequence_ratio`)도 시드가 다섯뿐이고, 그만한 시드로 얻은 구간은 실제보다 좁습니다.
# - **엔트로피를 살리는 설정.** 이 과제에서는 프롬프트마다 정답 하나만 알면 만점이라 엔트로피가 줄어드는 것이 당연합니다. 위쪽 $\epsilon$을 키우면 엔트로피가 되살아난다고 말할 근거는 여기에 없습니다.
# - **일반화.** 프롬프트가 32개뿐이라 외우는 것이 섞입니다. 빼 둔 프롬프트도 같은 범위의 숫자입니다.
# - **큰 모델의 문제.** 뽑는 프로그램과 훈련하는 프로그램의 확률이 어긋나는 일, 수천 토큰짜리 답, 메모리는 여기 없습니다.
#
# ## 연습

# %% [markdown] lang="en" against="51aa1465"
# ## 9. What this toy does not show
#
# - **Which is better**: group sizes, values of $\lambda$, the three means, GSPO, or clip-higher (DAPO's larger $\epsilon$ for the upper bound only). The intervals of five seeds mostly overlap with those of `ppo` or `grpo`. Of the rows for these choices, two stand a little apart (`lam_0.9`, and `sequence_ratio`, which is GSPO): five seeds each, and intervals of five seeds are too narrow.
# - **A knob that saves entropy.** Here one right answer to each prompt is enough for full marks, so entropy is bound to fall. Nothing that we ran says that a larger $\epsilon$ above brings it back.
# - **Generalisation.** There are 32 prompts, and memorising is part of it. The held-out ones are numbers of the same range.
# - **What troubles large models**: a sampler and a trainer whose probabilities differ, answers of thousands of tokens, memory.
#
# ## Exercises

# %% [markdown] lang="ko" against="789ee678"
# ### 연습 · 토큰의 로그 확률
#
# 길이 L인 글의 토큰 `tokens` (L,)와, 글을 모델에 넣어 자리마다 얻은 로그 확률 `log_probs` (L, V)가 있습니다. V는 토큰의 종류 수이고, 번호는 0부터 셉니다. 0번을 뺀 1번 토큰부터 마지막 토큰까지의 로그 확률 (L - 1,)을 돌려주세요. 두 배열은 NumPy 배열입니다.

# %% [markdown] lang="en" against="524d4ec4"
# ### Exercise · Log-probabilities of tokens
#
# Given the tokens of a text, `tokens` (L,), and the log-probabilities that the model gives at each of its places, `log_probs` (L, V), V being the number of different tokens, return the log-probability of each token from token 1 to the last, (L - 1,). Both are NumPy arrays.


# %% tags=["exercise-token_log_probs"]
def token_log_probs(log_probs, tokens): ...


# %%
ppo_edu.check("token_log_probs", token_log_probs)

# %% [markdown] lang="ko" against="2f3c0a2d"
# ### 연습 · 그룹의 어드밴티지
#
# 답마다의 보상 `rewards` (B,)와 그룹의 크기 `group`을 받아 GRPO의 어드밴티지 (B,)를 돌려주세요. 한 프롬프트의 답은 나란히 있습니다. 표준편차는 n으로 나누어 구하고, 보상이 모두 같은 그룹에서는 0입니다.

# %% [markdown] lang="en" against="4216a20e"
# ### Exercise · Advantages of a group
#
# From the rewards of the answers, `rewards` (B,), and the size of a group, `group`, return GRPO's advantages, (B,). The answers to one prompt stand together. The standard deviation divides by n, and a group whose rewards are all alike gets 0.


# %% tags=["exercise-group_advantages"]
def group_advantages(rewards, group): ...


# %%
ppo_edu.check("group_advantages", group_advantages)

# %% [markdown] lang="ko" against="94c1be4d"
# ### 연습 · 하나만 맞았을 때 (예측)
#
# 이번에는 답이 열여섯 개입니다. 하나만 맞아 보상 1을 받고 나머지는 0입니다. GRPO에서 맞은 답의 $A$는 얼마일까요? 소수 둘째 자리까지 적으세요.

# %% [markdown] lang="en" against="dc44ca8d"
# ### Exercise · One right of sixteen (predict)
#
# This time there are sixteen answers. One is right, with a reward of 1; the others have 0. What is the right one's $A$ under GRPO, to two decimals?

# %% tags=["exercise-lone_success"]
lone_success = ...

# %%
ppo_edu.check("lone_success", lone_success)

# %% [markdown] lang="ko" against="3ddf2963"
# ### 연습 · 토큰의 보상
#
# 답마다의 보상 `reward` (B,), 토큰마다의 로그 확률 `log_prob`와 `ref_log_prob` (B, L), 유효한 토큰을 나타내는 `valid` (B, L), 그리고 `beta`를 받아 토큰마다의 보상 (B, L)을 돌려주세요. 답의 보상은 마지막 유효한 토큰에 주고, 유효한 토큰마다 $\beta\,(\log\pi - \log\pi_{ref})$를 뺍니다.

# %% [markdown] lang="en" against="1c6f42c0"
# ### Exercise · Rewards of tokens
#
# From each answer's `reward` (B,), the log-probabilities of its tokens under policy and reference, `log_prob` and `ref_log_prob` (B, L), the mask `valid` (B, L) and `beta`, return what each token is paid, (B, L): the answer's reward on the last valid one, and $\beta\,(\log\pi - \log\pi_{ref})$ taken off every valid one.


# %% tags=["exercise-token_rewards"]
def token_rewards(reward, log_prob, ref_log_prob, valid, beta): ...


# %%
ppo_edu.check("token_rewards", token_rewards)

# %% [markdown] lang="ko" against="5973fe3b"
# ### 연습 · 패딩을 뺀 평균
#
# `terms` (B, L) 가운데 `valid` (B, L)가 참인 것만의 평균을 스칼라로 돌려주세요. 모든 토큰의 무게가 같습니다.

# %% [markdown] lang="en" against="53148d7f"
# ### Exercise · A mean without padding
#
# Return the mean of those `terms` (B, L) where `valid` (B, L) is true, as one number. All tokens weigh the same.


# %% tags=["exercise-masked_mean"]
def masked_mean(terms, valid): ...


# %%
ppo_edu.check("masked_mean", masked_mean)

# %% [markdown] lang="ko" against="f48079a6"
# ### 연습 · 위아래가 다른 클리핑
#
# 아래로는 `1 - low`, 위로는 `1 + high`까지를 클립 범위로 하는 목적함수를 샘플마다 돌려주세요.

# %% [markdown] lang="en" against="9ec591e5"
# ### Exercise · Another bound above
#
# Return the clipped objective of each sample, with a clip range from `1 - low` to `1 + high`.


# %% tags=["exercise-asymmetric_clip"]
def asymmetric_clip(ratio, advantage, low, high): ...


# %%
ppo_edu.check("asymmetric_clip", asymmetric_clip)

# %% [markdown] lang="ko" against="cfbf81f1"
# ### 연습 · 손실 속의 KL
#
# 정책이 뽑은 토큰의 로그 확률 `log_prob`와 참조 정책의 `ref_log_prob`를 받아, $\mathrm{KL}(\pi\,\|\,\pi_{ref})$의 추정값을 $k_3$의 평균으로 돌려주세요. 결과는 스칼라입니다.

# %% [markdown] lang="en" against="e7487595"
# ### Exercise · The KL in the loss
#
# From the log-probabilities of tokens that the policy drew, `log_prob`, and the reference's, `ref_log_prob`, return an estimate of $\mathrm{KL}(\pi\,\|\,\pi_{ref})$: the mean of $k_3$, one number.


# %% tags=["exercise-kl_in_loss"]
def kl_in_loss(log_prob, ref_log_prob): ...


# %%
ppo_edu.check("kl_in_loss", kl_in_loss)

# %% [markdown] lang="ko" against="f923d005"
# ### 연습 · 어느 정책일까요? (예측)
#
# 토큰 하나의 로그 확률을 네 정책에서 적어 두었습니다.
#
# | 정책 | 로그 확률 |
# |---|---|
# | 참조 정책 | -2.0 |
# | 이 답을 뽑을 때의 정책 | -1.2 |
# | 바로 앞 그래디언트 스텝의 정책 | -1.0 |
# | 지금 정책 | -0.8 |
#
# 이 토큰의 목적함수 $\min(rA,\ \mathrm{clip}(r)A) - \beta\,k_3$는 얼마일까요? $A = -1$, $\epsilon = 0.2$, $\beta = 0.5$이고 $k_3 = e^{-d} - 1 + d$입니다. $r$과 $d$에 어느 정책을 넣을지 정해, 소수 둘째 자리까지 적으세요.

# %% [markdown] lang="en" against="063516ca"
# ### Exercise · Which policy? (predict)
#
# Of one token, the log-probability under four policies has been written down.
#
# | policy | log-probability |
# |---|---|
# | the reference | -2.0 |
# | the policy that drew this answer | -1.2 |
# | the policy before the last gradient step | -1.0 |
# | the policy now | -0.8 |
#
# What is this token's objective, $\min(rA,\ \mathrm{clip}(r)A) - \beta\,k_3$? Here $A = -1$, $\epsilon = 0.2$, $\beta = 0.5$, and $k_3 = e^{-d} - 1 + d$. Decide which policies belong in $r$ and in $d$, and answer to two decimals.

# %% tags=["exercise-which_policy"]
which_policy = ...

# %%
ppo_edu.check("which_policy", which_policy)

# %% [markdown] lang="ko" against="87631706"
# ## 버그 찾기
#
# {lesson:full_training}에서처럼, 버그가 하나씩 든 작은 프로그램 여섯 개입니다(번호는 그 레슨에 이어 7에서 12까지). 이번에는 GRPO로 언어 모델을 훈련합니다. 여섯 가지 모두 큰 라이브러리의 이슈에 되풀이해 올라오는 것이고, 오류를 내며 멈추는 프로그램은 하나도 없습니다.
#
# 1. **증상**만 봅니다. 주황색이 버그 있는 프로그램, 회색이 버그 없는 프로그램입니다(그리는 데 몇 초 걸립니다).
# 2. 무엇이 잘못되었을지 **짐작해** 봅니다.
# 3. 접어 둔 **코드**를 펼쳐 확인하고, 잘못된 함수를 복사해 고칩니다.
# 4. 고친 함수를 넘기면 프로그램을 다시 돌려 채점합니다. 예: `loss`를 고쳤다면 그 함수를 셀에 적고 마지막 줄에 `bug_7 = loss`
#
# 과제는 이 레슨의 것인데, 빨리 배우도록 프롬프트를 여덟 개로 줄였습니다. 답은 온도 0.8로 뽑습니다. 패딩 토큰이 따로 없어서, 답이 끝난 뒤의 빈자리는 끝 토큰 `.`으로 채웁니다. 참조 정책까지의 KL은 $k_3$로 손실에 들어갑니다. 코드에서 `start`는 프롬프트의 길이, `END`는 끝 토큰입니다.

# %% [markdown] lang="en" against="f23c16e0"
# ## Find the bug
#
# As in {lesson:full_training}, here are six small programs with a bug each, numbered on from that lesson's: 7 to 12. This time they train a language model by GRPO. All six bugs come up again and again in the issues of large libraries, and none of the programs stops with an error.
#
# 1. Look at the **symptoms** alone: orange is the program with the bug, grey the one without (drawing takes a few seconds).
# 2. **Guess** what is wrong.
# 3. Unfold the **code**, find the place, copy the function that is wrong, and mend it.
# 4. Hand in the mended function: the check runs the program with it. If you mended `loss`, for example, write it into the cell and end with `bug_7 = loss`.
#
# The task is this lesson's, with only eight prompts, so that it learns fast. Answers are drawn at temperature 0.8. There is no token for padding: what follows the end of an answer is filled with the end token `.` again. The KL to the reference stands in the loss, as $k_3$. In the code, `start` is the length of a prompt and `END` the end token.

# %%
from ppo_edu.exercises.tasks.bugs import language as bugs

# %% [markdown] lang="ko" against="b2c54f81"
# ### 프로그램 7
#
# 처음에는 멀쩡합니다. 언제부터, 어떤 값이 벌어지나요?

# %% [markdown] lang="en" against="d5f7c80a"
# ### Program 7
#
# At first all is well. From when on is it not, and in which curve?

# %%
bugs.symptoms(7)

# %%
bugs.code(7)

# %% tags=["exercise-bug_7"]
bug_7 = ...

# %%
ppo_edu.check("bug_7", bug_7)

# %% [markdown] lang="ko" against="061ca9f9"
# ### 프로그램 8
#
# 정답률로는 거의 알 수 없습니다. 세어 보면 압니다.

# %% [markdown] lang="en" against="952e0969"
# ### Program 8
#
# Accuracy hardly tells. Counting does.

# %%
bugs.symptoms(8)

# %%
bugs.code(8)

# %% tags=["exercise-bug_8"]
bug_8 = ...

# %%
ppo_edu.check("bug_8", bug_8)

# %% [markdown] lang="ko" against="a655c19c"
# ### 프로그램 9
#
# 한 스텝도 하기 전에 이미 이상합니다.

# %% [markdown] lang="en" against="c29c5301"
# ### Program 9
#
# Something is wrong before a single step has been taken.

# %%
bugs.symptoms(9)

# %%
bugs.code(9)

# %% tags=["exercise-bug_9"]
bug_9 = ...

# %%
ppo_edu.check("bug_9", bug_9)

# %% [markdown] lang="ko" against="e805ee1d"
# ### 프로그램 10
#
# 프로그램 9의 증상과 닮았지만 훨씬 작습니다. 무엇이 다를까요?

# %% [markdown] lang="en" against="7f268b09"
# ### Program 10
#
# Like the symptom of program 9, only much smaller. What is different?

# %%
bugs.symptoms(10)

# %%
bugs.code(10)

# %% tags=["exercise-bug_10"]
bug_10 = ...

# %%
ppo_edu.check("bug_10", bug_10)

# %% [markdown] lang="ko" against="9f1b13ce"
# ### 프로그램 11
#
# 페널티는 무엇을 하라고 있는 것이었나요?

# %% [markdown] lang="en" against="15ece52d"
# ### Program 11
#
# What was the penalty there for?

# %%
bugs.symptoms(11)

# %%
bugs.code(11)

# %% tags=["exercise-bug_11"]
bug_11 = ...

# %%
ppo_edu.check("bug_11", bug_11)

# %% [markdown] lang="ko" against="ad81bcb0"
# ### 프로그램 12
#
# 비율도 KL도 멀쩡합니다. 무엇이 늘지 않나요?

# %% [markdown] lang="en" against="c6e8a095"
# ### Program 12
#
# The ratio is fine, and so is the KL. What does not grow?

# %%
bugs.symptoms(12)

# %%
bugs.code(12)

# %% tags=["exercise-bug_12"]
bug_12 = ...

# %%
ppo_edu.check("bug_12", bug_12)

# %% [markdown] lang="ko" against="6e2e4e90"
# ### 다른 시드에서도 그럴까요?
#
# 그림은 시드 하나입니다. 프로그램마다 시드 여섯 개로 돌려 세어 두었습니다.
#
# **예측** 여섯 증상 가운데 여섯 시드 모두에서 보이는 것은 몇 개일까요? {in_all_seeds: 2개 | 3개 | 4개 | 5개 | 6개}

# %% [markdown] lang="en" against="94305f24"
# ### And with other seeds?
#
# The pictures show one seed. Each program was run with six, and counted.
#
# **Predict** How many of the six symptoms show in all six seeds? {in_all_seeds: 2 | 3 | 4 | 5 | 6}

# %%
print(bugs.in_how_many_seeds())

# %% [markdown] lang="ko" against="9b6bc68d"
# 8, 9, 10의 증상은 계산에서 바로 나오니 시드를 타지 않습니다. 9와 10은 배우기도 전에, 첫 그래디언트 스텝 전의 비율 하나로 드러납니다. 그래서 **가장 먼저 해 볼 테스트**입니다. 나머지 넷은 그것만으로는 보이지 않으니 다른 곡선도 봐야 합니다. 12의 증상은 시드를 탑니다. 그룹이 섞여도 배우기는 하기 때문입니다. 정답률은 더 믿을 것이 못 됩니다. 프로그램 8, 10, 12의 정답률은 버그 없는 쪽보다 조금 낮을 뿐이라, 그것만 보아서는 버그인지 알 수 없습니다.

# %% [markdown] lang="en" against="5f4ae1b6"
# The symptoms of 8, 9 and 10 come straight from the computation and do not depend on the seed; 9 and 10 show before anything is learned, in a single number, the ratio before the first gradient step. That is why it is **the first test to make**; the other four it does not see, so look at the other curves, too. The symptom of 12 depends on the seed: with mixed groups it learns all the same. Accuracy is to be trusted even less: programs 8, 10 and 12 are right only a little less often than the one without a bug, which says nothing by itself.

# %% [markdown] lang="ko" against="6be7b86a"
# ## 정리
#
# - 토큰은 행동, 지금까지의 글은 상태, 답은 에피소드입니다. 비율, 클리핑, GAE, KL은 **같은 함수**입니다.
# - 첫 스텝 전의 비율은 1입니다. 아니면 버그입니다.
# - GRPO는 크리틱 자리에 그룹의 평균을 놓은 PPO입니다. 모두 같은 그룹에서는 배울 것이 없습니다.
# - 이전 정책은 비율에, 참조 정책은 KL에 나옵니다.
# - KL은 보상 해킹을 늦출 뿐 고치지 못합니다. 샘플을 먼저 읽으세요.
# - 훈련한 프롬프트의 정답률만 보지 마세요. 빼 둔 프롬프트와 `pass@k`를 함께 보세요.
#
# **다음** 노트와 한 줄씩 비교하는 일은 {lesson:the_notes}에서 합니다.

# %% [markdown] lang="en" against="a32da033"
# ## Summary
#
# - A token is an action, the text so far the state, an answer an episode. Ratio, clipping, GAE and KL are **the same functions**.
# - Before the first step the ratio is 1. If not, it is a bug.
# - GRPO is PPO with the mean of a group in the critic's place. A group in which all are alike teaches nothing.
# - The old policy stands in the ratio, the reference in the KL.
# - A KL slows reward hacking and does not cure it. Read the samples first.
# - Look not only at the prompts that were trained on: look at held-out ones, and at `pass@k`.
#
# **Next** What is left is {lesson:the_notes}.

# %% [markdown] lang="ko" tags=["teacher"] against="be6d6edf"
# **목표** RLHF와 GRPO에서 비율, 클리핑, GAE, KL을 알아보고, 이전 정책과 참조 정책을 구별하며, 곡선보다 샘플을 먼저 읽습니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:글쓰기도} | 4 | 3 | **해 보게 하기** 표의 오른쪽 열을 가리고 함께 채웁니다. | "프롬프트가 행동이다." 프롬프트는 누가 고르나요? |
# | {section:출발점} | 4 | 3 | **예측하게 하기** 훈련하기 전의 정답률. | "0" 또는 "거의 다." 셋 가운데 하나입니다. |
# | {section:첫 스텝 전의} | 8 | 6 | **예측하게 하기** 비율이 얼마일지, 토큰을 밀지 않고 읽으면 얼마나 틀릴지. 그다음 둘씩 토큰 지도를 봅니다. | "토큰마다 다르다." 1입니다. "틀린 답의 토큰만 확률이 내려간다." 맞은 답에서 내려간 토큰을 찾아볼까요? |
# | {section:PPO} | 7 | 5 | **예측하게 하기** 훈련한 프롬프트와 빼 둔 프롬프트의 정답률. 앞에서만 실행합니다. | "둘 다 비슷하다." 스무 번에 열아홉 번인데, 빼 둔 쪽은 시드 스무 개에서 37%에서 77%까지 흩어집니다. 프롬프트는 모두 몇 개인가요? |
# | {section:크리틱을 버리면} | 8 | 6 | **예측하게 하기** 여덟 가운데 하나만 맞았을 때의 어드밴티지, 그다음 모두 맞았을 때. | "+1." +2.65입니다. 모두 맞으면 0입니다. 그런 그룹에서는 무엇을 배우나요? |
# | {section:헷갈리기 쉬운} | 7 | 4 | **해 보게 하기** 둘씩 어느 식에 어느 정책이 들어가는지 말하고, 세 가지 힘의 크기를 예측합니다. | "비율의 분모는 참조 정책이다." 그러면 업데이트를 백 번 한 뒤의 클립 비중은 얼마일까요? |
# | {section:보상 해킹} | 5 | 4 | **예측하게 하기** 무엇을 적을지. 곡선보다 샘플을 먼저 소리 내어 읽습니다. | "길고 맞는 덧셈." `6+++++++3+3+` 같은 것입니다. "KL이 막아 준다." 처음보다 나아지는 β가 있나요? |
# | {section:어느 줄이} | 5 | - | **보여 주기** 아는 이름이 있으면 그 줄을 찾습니다. | "저마다 새로운 알고리즘이다." |
# | {section:보여 주지 못하는} | 1 | 1 | **보여 주기** 여기에서 끌어내면 안 되는 결론입니다. | |
# | {section:연습} | 25 | 3 | **해 보게 하기** "하나만 맞았을 때"를 함께 풉니다. 시간이 있으면 토큰의 로그 확률도 함께, "어느 정책일까요?"는 둘씩 종이에 계산합니다. 나머지는 집에서. | |
# | {section:버그 찾기} | 20 | - | **해 보게 하기** 셋씩 모여 프로그램을 하나씩 맡고 증상부터 봅니다. | 정답률부터 봅니다. 첫 스텝 전의 비율은 얼마인가요? 무엇을 세어 볼 수 있나요? |
# | {section:정리} | 1 | 1 | **보여 주기** 한 번 읽습니다. | |
# | 이야기 | 10 | 4 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 훈련은 수업 전에 실행해 두고 결과만 보여 줍니다. 훈련하는 시간은 위의 분에 들어 있지 않습니다. 방법들의 표와 버그 찾기를 빼고, 연습은 손을 들어 답할 수 있는 "하나만 맞았을 때"만 합니다. 첫 스텝 전의 비율과 보상 해킹은 빼지 않습니다.
#
# ## 토론거리
#
# 1. **GRPO에는 크리틱이 없습니다. 베이스라인은 어디로 갔을까요?** 한 프롬프트에 대한 여덟 답의 평균으로 옮겨 갔습니다. 다만 같은 답 안에서 토큰마다 책임을 다르게 묻지는 못합니다.
# 2. **열여섯 번 뽑으면 참조 정책도 거의 언제나 하나는 맞힙니다. 그러면 강화 학습은 무엇을 배운 걸까요?** 대부분은 이미 할 줄 알던 것을 첫 번째 답으로 끌어 올린 것이고, 그 대신 엔트로피가 줄었습니다. 그래서 `pass@1`은 크게 오르고 `pass@16`은 거의 그대로입니다.
# 3. **해킹된 모델의 보상 곡선은 완벽합니다. 어떻게 알아차릴 수 있었을까요?** 샘플을 읽으면 됩니다. 보상과 상관없는 둘째 척도(여기서는 덧셈이 맞는지)를 함께 재는 것도 방법입니다.
#
# ## 연습, 이 순서로
#
# 작은 연습 여덟 개와 버그가 든 프로그램 여섯 개입니다. 실제 프로그램이 가장 조용히 틀리는 곳은 첫째 연습과 "패딩을 뺀 평균"입니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# 긴 훈련 둘과 보상 해킹의 훈련은 **수업 전에 앞에서만** 실행해 둡니다. 30명이 한꺼번에 실행하면 10분 넘게 걸립니다. 버그 찾기의 그림은 모둠마다 하나씩, 다시 훈련하는 버튼은 앞에서만 누르고, 나머지는 모두 직접 실행해도 됩니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="d658e81e"
# **Aim** Everybody recognises ratio, clipping, GAE and KL in RLHF and GRPO, can say which policy is the old one and which the reference, and reads samples before curves.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:Writing is} | 4 | 3 | **Have them try**: cover the right column of the table and fill it in together. | "The prompt is the action." Ask: who chooses it? |
# | {section:Where it starts} | 4 | 3 | **Have them predict** how often the model is right before any training. | "Never", or "always". One in three. |
# | {section:before the first step} | 8 | 6 | **Have them predict** the ratio; then how far off it is when tokens are read shifted by one. Then the map in pairs. | "The ratio differs from token to token." It is 1. And "only tokens of wrong answers become rarer": ask for one of a right answer that did, too. |
# | {section:PPO} | 7 | 5 | **Have them predict** accuracy on trained and on held-out prompts; you run it. | "As good on both." Nineteen in twenty against 37 to 77%, over twenty seeds. Ask: how many prompts are there? |
# | {section:critic out} | 8 | 6 | **Have them predict** the advantage of one right in eight, then of eight right. | "+1." It is +2.65; and 0 if all are right. Ask what is learned from such a group. |
# | {section:easily confused} | 7 | 4 | **Have them try**: each pair says which policy stands in which formula; then predict the three pulls. | "The reference stands in the ratio." Ask: what is the clip fraction after a hundred updates then? |
# | {section:Reward hacking} | 5 | 4 | **Have them predict** what it writes. Read the samples aloud before the curve is shown. | "A long right sum." It is `6+++++++3+3+` and the like. And "a KL mends it": ask whether any $\beta$ beats the start. |
# | {section:Which line} | 5 | - | **Show** the table; who knows one of the names finds its line. | "Each is a new algorithm." |
# | {section:does not show} | 1 | 1 | **Show** it: what must not be carried home. | |
# | {section:Exercises} | 25 | 3 | **Have them try** "One right of sixteen" in class; with more time token log-probabilities, too, and "Which policy?" on paper in pairs; the rest at home. | |
# | {section:Find the bug} | 20 | - | **Have them try** in groups of three, a program each, symptoms first. | They look at accuracy. Ask for the ratio before the first step, and for what may be counted. |
# | {section:Summary} | 1 | 1 | **Show** it. | |
# | Talk | 10 | 4 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Run the trainings before the class and show the outputs: they are the one thing that does not fit. Cut the table of methods, the hunt for bugs and all exercises but "One right of sixteen", which takes a show of hands. The ratio before the first step and the hacked reward must stay.
#
# ## To discuss
#
# 1. **GRPO has no critic. Where did the baseline go?** Into the group: the mean of eight answers to one prompt. What it cannot do is to blame one token more than another of the same answer.
# 2. **Drawing sixteen times, the reference hits nearly always. What has reinforcement learned, then?** Mostly to bring to the front what the model could do already; the entropy has fallen for it. That is why `pass@1` rises so much and `pass@16` hardly at all.
# 3. **The reward curve of the hacked model is perfect. How could one have noticed?** By reading samples, and by a second measure that is not paid for (here: is the sum right?).
#
# ## Exercises, in this order
#
# Eight small ones, and six programs with a bug. The first and "A mean without padding" are the two where real programs go wrong most quietly.
#
# {exercises}
#
# ## What computes
#
# The two long trainings and the run of the hacked reward are **yours, before the class**. With 30 at once they would take more than ten minutes of a meeting. All else may be run by everybody.
#
# {machine}
