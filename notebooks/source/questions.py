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

# %% [markdown] lang="ko" against="d572e27c"
# # {title}
#
# PPO를 배우고 쓰는 사람들이 거듭 묻는 질문을 모았습니다. 답은 짧습니다. 실행으로 보여 주는 레슨이 있으면 그리로 이어지고, 없으면 바로 아래 셀을 실행하면 됩니다. 아무 데서나 읽어도 됩니다(첫 셀은 먼저 실행하세요).
#
# - **비율과 클리핑(clipping)**: 1–6 · **어드밴티지(advantage)와 보상**: 7–13 · **훈련과 평가**: 14–22 · **내 과제에 쓰기**: 23–32

# %% [markdown] lang="en" against="0f8abd94"
# # {title}
#
# Questions that come up again and again where people learn and use PPO. The answers are short. Where a lesson shows it by a run, they lead there; where none does, run the cell below. Read them in any order (but run the first cell first).
#
# - **Ratio and clipping**: 1 to 6 · **Advantages and rewards**: 7 to 13 · **Training and evaluation**: 14 to 22 · **Your own task**: 23 to 32

# %% tags=["language"]
import tempfile
from pathlib import Path

import gymnasium as gym
import numpy as np
import torch

import ppo_edu
from ppo_edu.rollout import play_episodes

ppo_edu.use_language("en")
torch.set_num_threads(1)

# %% [markdown] lang="ko" against="68dab31b"
# ## 비율과 클리핑
#
# ### 1. 첫 미니배치에서 비율이 모두 1인데, 그래디언트는 어디서 나오나요?
#
# 값이 1이라고 기울기가 0인 것은 아닙니다. $r = 1$에서 $\nabla r = \nabla \log \pi_\theta(a|s)$이므로, 첫 스텝의 그래디언트(gradient)는 정책 그래디언트(policy gradient) 그대로입니다. 클리핑은 두 번째 스텝부터 할 일이 생깁니다. {lesson:ratio} 5절에서 실행으로 봅니다.

# %% [markdown] lang="en" against="5164ce7a"
# ## Ratio and clipping
#
# ### 1. All ratios are 1 in the first minibatch. Where does the gradient come from?
#
# That the value is 1 does not make the slope 0. At $r = 1$ we have $\nabla r = \nabla \log \pi_\theta(a|s)$, so the first step follows the policy gradient itself. Clipping has something to do from the second step on. {lesson:ratio}, section 5, shows it.

# %% tags=["nbval-check-output"]
log_prob = torch.tensor(np.log(0.25), requires_grad=True)
ratio = ppo_edu.probability_ratio(log_prob, np.log(0.25))
ppo_edu.clipped_surrogate(ratio, 2.0, epsilon=0.2).backward()
print(f"r = {ratio.item():.1f}   dL/dlog_prob = {log_prob.grad.item():.1f}")

# %% [markdown] lang="ko" against="f665dc3f"
# ### 2. $A < 0$일 때 `min`은 무슨 일을 하나요?
#
# 나쁜 행동의 확률이 올라가 버린 샘플($r > 1+\epsilon$)에 그래디언트를 남겨 둡니다. `min`이 없으면 그 샘플은 자른 값에 갇혀 돌아올 길이 없습니다. 확률이 이미 충분히 내려간 샘플($r < 1-\epsilon$)에서는 멈춥니다. {lesson:clip_and_min} 5절.
#
# ### 3. 클리핑을 하는데도 비율이 범위를 벗어나요. 버그인가요?
#
# 아닙니다. 클리핑은 비율을 붙잡지 않고, 벗어난 샘플의 그래디언트만 끊습니다. 다른 샘플과 옵티마이저의 모멘텀이 그 비율을 더 밀 수 있습니다. {lesson:clip_and_min} 6절.
#
# ### 4. KL 추정값이 음수로 나와요.
#
# $-\log r$의 평균은 샘플 몇 개로는 음수가 될 수 있습니다. KL *자체*가 아니라 그 추정이기 때문입니다. $(r - 1) - \log r$의 평균은 기댓값이 같으면서 음수가 되지 않습니다. {lesson:ratio} 7절.

# %% [markdown] lang="en" against="ecfc6f2d"
# ### 2. What does the `min` do when $A < 0$?
#
# It leaves a gradient to a sample whose bad action became more likely ($r > 1+\epsilon$). Without it, that sample is stuck at the clipped value and has no way back. Where the action has become rare enough already ($r < 1-\epsilon$), it stops. {lesson:clip_and_min}, section 5.
#
# ### 3. Ratios leave the range although they are clipped. Is that a bug?
#
# No. Clipping does not hold a ratio; it cuts the gradient of a sample that has left. Other samples, and the optimiser's momentum, may push it further. {lesson:clip_and_min}, section 6.
#
# ### 4. My KL estimate is negative.
#
# The mean of $-\log r$ can be, with few samples: it is an estimate and not the KL itself. The mean of $(r - 1) - \log r$ has the same expectation and is never negative. {lesson:ratio}, section 7.

# %% tags=["nbval-check-output"]
log_prob, old_log_prob = np.log([0.5, 0.6]), np.log([0.4, 0.55])
print(f"mean(-log r) = {(old_log_prob - log_prob).mean():+.3f}")
print(f"mean((r - 1) - log r) = {ppo_edu.approx_kl(log_prob, old_log_prob):+.3f}")

# %% [markdown] lang="ko" against="97ca14d9"
# ### 5. `approx_kl`은 오르는데 클립 비중(clip fraction)은 내려가요. 어떻게 그럴 수 있나요?
#
# 둘은 다른 것을 잽니다. 클립 비중(clip fraction)은 범위를 벗어난 샘플의 *수*를 세고, KL은 *얼마나 멀리* 갔는지를 잽니다. 조금 벗어난 샘플이 많으면 클립 비중이 크고, 몇 개가 아주 멀리 가면 KL이 큽니다. 둘이 함께 커지지 않아도 이상한 일이 아닙니다.

# %% [markdown] lang="en" against="a699b311"
# ### 5. `approx_kl` rises while the clip fraction falls. How can that be?
#
# They measure different things. The clip fraction *counts* samples outside the range, the KL weighs *how far* they went. Many samples just outside make a large clip fraction; a few that went very far make a large KL. They need not rise together.

# %% tags=["nbval-check-output"]
many_near = np.where(np.arange(100) < 40, 1.25, 1.0)
few_far = np.where(np.arange(100) < 5, 5.0, 1.0)
for r in (many_near, few_far):
    fraction, kl = ppo_edu.clip_fraction(r, 0.2), ppo_edu.approx_kl(np.log(r), np.zeros(100))
    print(f"clip_fraction = {fraction:.2f}   approx_kl = {kl:.3f}")

# %% [markdown] lang="ko" against="fa052b57"
# ### 6. `target_kl`에 왜 1.5를 곱하나요?
#
# 목표값에서 바로 멈추면 KL 추정의 잡음만으로도 업데이트가 끊깁니다. 그래서 여러 라이브러리가 목표의 1.5배를 넘을 때 멈춥니다. 이론에서 나온 수는 아닙니다. 이 과정의 `PPOConfig(target_kl=...)`에는 **1.5가 없습니다**. KL이 지정한 값을 넘으면 그 에폭(epoch)까지만 하고 업데이트를 끝냅니다. 적응형 KL 페널티(`kl_penalty="adaptive"`)에는 논문대로 1.5가 있습니다. {lesson:inside_trpo} 8절.
#
# ## 어드밴티지와 보상
#
# ### 7. `dones[t]`인가요, `dones[t+1]`인가요?
#
# `terminated[t]`가 스텝 $t$가 *도착한* 상태를 말하면 `[t]`입니다. 스텝 $t$를 *시작한* 상태를 말하는 프로그램(예: CleanRL)에서는 `[t+1]`입니다. 답은 배열의 뜻에 달려 있으니, 이름보다 저장하는 줄을 보세요. {lesson:gae} 5절의 표로 확인할 수 있습니다.
#
# ### 8. 마스크가 왜 둘인가요?
#
# 하나는 부트스트랩(bootstrap)을 끊습니다(`terminated`일 때만: 뒤에 받을 것이 없으니까요). 하나는 GAE(generalized advantage estimation)의 합을 끊습니다(`terminated`나 `truncated`: 다음 행은 다른 에피소드이니까요). 하나로 합치면 시간 제한에 걸린 스텝을 실패로 배웁니다. {lesson:gae} 5–6절.
#
# ### 9. 어드밴티지를 에폭마다 다시 계산해야 하나요?
#
# 논문과 대부분의 라이브러리는 한 번만 계산합니다. 노트의 프로그램은 에폭마다 계산합니다. 두 방법을 시드 여러 개로 비교한 결과가 {lesson:the_notes} 6절에 있습니다. 이 과정에서는 `PPOConfig(recompute_advantages=True)`로 해 볼 수 있습니다.
#
# ### 10. 어드밴티지에서 왜 평균을 빼나요? 왜 미니배치마다 하나요?
#
# 평균이 한쪽으로 치우치면 배치의 거의 모든 행동을 함께 밀어 올리거나 내리게 됩니다. 빼면 "평균보다 나은가"만 남고, 표준편차로 나누면 알맞은 학습률이 보상의 크기에 따라 달라지지 않습니다. {lesson:how_sure} 5절의 기록을 시드 스무 개의 평균으로 세면 CartPole에서 정규화하면 487점, 하지 않으면 331점입니다(그 절의 그림은 사분위간 평균(interquartile mean)입니다). 미니배치(minibatch)마다 하는 것은 널리 쓰는 관행이고, 배치에서 한 번 하는 것과의 차이는 재지 않았습니다. `PPOConfig(normalise_advantages="batch")`로 직접 비교해 보세요.

# %% [markdown] lang="en" against="3349c4cb"
# ### 6. Why 1.5 times `target_kl`?
#
# If an update stopped right at the target, the noise of the KL estimate alone would cut it short. So several libraries stop at 1.5 times the target; no theory gives that number. `PPOConfig(target_kl=...)` of this course has **no 1.5**: it ends the update after the epoch that passes the value you wrote. Its adaptive penalty (`kl_penalty="adaptive"`) has the paper's 1.5. {lesson:inside_trpo}, section 8.
#
# ## Advantages and rewards
#
# ### 7. Is it `dones[t]` or `dones[t+1]`?
#
# It is `[t]` where `terminated[t]` speaks of the state that step $t$ *reached*, and `[t+1]` in programs (CleanRL's, for one) where it speaks of the state in which step $t$ *began*. It depends on what the array means: look at the line that stores it, not at its name. The table in {lesson:gae}, section 5, lets you check.
#
# ### 8. Why two masks?
#
# One cuts the bootstrap (only at `terminated`: nothing follows). One cuts GAE's sum (at `terminated` or `truncated`: the next row belongs to another episode). Take `terminated or truncated` for both, and a time limit is learned as a failure; take `terminated` for both, and the next episode leaks in. {lesson:gae}, sections 5 and 6.
#
# ### 9. Should advantages be computed again in every epoch?
#
# The paper and most libraries compute them once, the notes' program in every epoch. {lesson:the_notes}, section 6, compares both with several seeds. Here you can try it with `PPOConfig(recompute_advantages=True)`.
#
# ### 10. Why subtract the mean of the advantages, and why in each minibatch?
#
# If their mean is off to one side, nearly every action of the batch is pushed up, or down. Once the mean is taken off, only "better than average?" is left, and after dividing by the standard deviation, the learning rate that suits no longer depends on the size of the rewards. In the runs recorded for {lesson:how_sure}, section 5, twenty seeds of CartPole average 487 with it and 331 without (the picture there shows interquartile means). In each minibatch is what most programs do; we have not measured it against once for a batch. `PPOConfig(normalise_advantages="batch")` lets you.

# %% [markdown] lang="ko" against="31d9ddf5"
# ### 11. 보상을 왜 리턴의 표준편차로 나누나요? 평균은 왜 빼지 않나요?
#
# 크리틱(critic)이 맞혀야 하는 것은 보상이 아니라 그 합인 리턴(return)이므로, 리턴의 표준편차로 나누어야 크리틱이 맞힐 값이 한 자릿수가 됩니다. 평균을 빼면 **과제가 바뀝니다**. CartPole의 보상은 언제나 1이라서 평균을 빼면 모두 0이 되고, 배울 것이 없어집니다.

# %% [markdown] lang="en" against="ac34c23c"
# ### 11. Why are rewards divided by the spread of the *returns*? And why is no mean subtracted?
#
# What the critic has to predict is not a reward but their sum, the return. Dividing by the spread of that brings the critic's targets to the size of a few units. Subtracting a mean would **change the task**: in CartPole every reward is 1, so all would become 0, and nothing would be left to learn.

# %%
rewards = np.ones(500)
returns = np.array([np.sum(0.99 ** np.arange(500 - t)) for t in range(500)])
print(
    f"std(r) = {rewards.std():.1f}   std(R) = {returns.std():.1f}   max(R / std(R)) = {(returns / returns.std()).max():.1f}"
)
print("r - mean(r) =", (rewards - rewards.mean())[:5])

# %% [markdown] lang="ko" against="964bbd62"
# ### 12. `(B, 1) * (B,)`가 왜 그렇게 위험한가요?
#
# 오류 없이 `(B, B)`가 되기 때문입니다. 모든 샘플이 다른 모든 샘플과 섞이고, 평균을 내면 그럴듯한 값이 하나 나옵니다. 손실은 줄어들기도 합니다. 이 과정의 함수들은 모양이 다르면 거절합니다.

# %% [markdown] lang="en" against="848440e0"
# ### 12. Why is `(B, 1) * (B,)` so dangerous?
#
# Because it gives `(B, B)` and no error. Every sample is mixed with every other, the mean is one plausible number, and the loss may even fall. The functions of this course refuse shapes that differ.

# %% tags=["nbval-check-output"]
ratio, advantage = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, -1.0, 2.0])
for product in (ratio * advantage, ratio[:, 0] * advantage):
    print(f"{tuple(product.shape)!s:6}   mean = {product.mean().item():.2f}")
try:
    ppo_edu.unclipped_surrogate(ratio, advantage)
except ValueError as error:
    print(error)

# %% [markdown] lang="ko" against="07e113da"
# ### 13. 가치 클리핑(value clipping)은 max인가요, min인가요? 도움이 되나요?
#
# 손실 둘 가운데 **큰** 쪽(`max`)을 고릅니다. 손실은 줄이려는 값이니, 큰 쪽이 비관적인 쪽입니다. 도움이 되는지는 의심스럽습니다. Andrychowicz 등(2021, [arXiv 2006.05990](https://arxiv.org/abs/2006.05990))은 도움이 된다는 결과를 얻지 못했습니다. {lesson:how_sure} 5절에서 잰 시드 스무 개의 평균도 켜면 낮아졌습니다(CartPole 487 → 393, Acrobot -96 → -104). `PPOConfig(clip_values=True)`로 켤 수 있습니다.
#
# ## 훈련과 평가
#
# ### 14. 훈련 점수는 낮은데 평가하면 훨씬 높아요.
#
# 가장 큰 이유는 훈련 점수(아래의 첫째 값)가 지금보다 못하던 **이전 정책들**의 점수이기 때문입니다(17번). 또 훈련하는 동안에는 확률에 따라 행동을 **뽑고**, `run.evaluate()`는 가장 확률이 높은 행동만 **고릅니다**(탐욕 정책). 뽑은 행동에는 실수가 섞입니다. 둘째 값과 셋째 값이 다른 이유입니다. 둘 다 옳은 값이니 어느 쪽인지 적어야 하고, 서로 비교하면 안 됩니다. {lesson:full_training} 8절. 두 가지를 따로 잰 결과는 {lesson:how_sure} 8절에 있습니다.

# %% [markdown] lang="en" against="205ce81c"
# ### 13. Is value clipping a max or a min, and does it help?
#
# It takes the **larger** of two losses (`max`): a loss is to be lowered, so the larger one is the pessimistic one. Whether it helps is doubtful: Andrychowicz et al. (2021, [arXiv 2006.05990](https://arxiv.org/abs/2006.05990)) saw no benefit. Nor did we: over twenty seeds ({lesson:how_sure}, section 5) the mean fell with it, from 487 to 393 in CartPole and from -96 to -104 in Acrobot. `PPOConfig(clip_values=True)` turns it on.
#
# ## Training and evaluation
#
# ### 14. The training score is low, but the evaluation is much higher.
#
# Mostly because the training score, the first value below, is that of **older policies** (question 17). Besides, in training actions are **drawn**, while `run.evaluate()` takes the **most likely** one each time (the greedy policy). Drawn actions include mistakes: that is the difference between the second and the third value. Both are right: say which one you report, and never compare one with the other. {lesson:full_training}, section 8; {lesson:how_sure}, section 8, measures both shares.

# %%
run = ppo_edu.train("CartPole-v1", seed=0, max_steps=30_000, stop_at=None)
dice = torch.Generator().manual_seed(0)
drawn = play_episodes(run.env_id, lambda s: run.policy.sample(s, dice)[0], episodes=20, seed=10_000)
print(
    f"mean_return: {run.mean_return:.0f}   π: {drawn.mean():.0f}   argmax π: {run.evaluate(episodes=20).mean():.0f}"
)

# %% [markdown] lang="ko" against="8c0cc2f3"
# ### 15. 그럼 평가는 어느 쪽으로 해야 하나요?
#
# 무엇을 알고 싶은지에 달렸습니다. 완성된 정책을 *쓸* 때처럼 재려면 탐욕 정책, *배우는 과정*을 비교하려면 뽑은 행동의 점수가 알맞습니다. 정책이 무작위여야 하는 과제(상대가 있는 게임, 일부만 보이는 상태)에서는 뽑아야 합니다. {lesson:how_sure} 8절.
#
# ### 16. 다 풀고 나서 갑자기 무너져요.
#
# 그때의 업데이트가 너무 컸을 가능성이 높습니다. `run.history["approx_kl"]`에서 튀는 곳을 찾으세요. 먼저 클리핑을 켜 두세요. 끄면 어떻게 되는지는 {lesson:full_training} 13절에 있습니다. 학습률을 줄여 가는 것(`anneal_learning_rate=True`)도 도움이 될 수 있지만, 거기서는 차이가 없었습니다. 가장 좋았을 때를 저장해 두는 것(19번)은 무너진 뒤의 대비책입니다.
#
# ### 17. 최근 에피소드 100개의 평균이 왜 이렇게 늦게 오르나요?
#
# 환경 128개를 나란히 돌리면 500스텝짜리 에피소드 하나가 끝나는 동안 업데이트를 열여섯 번쯤 합니다. 끝난 에피소드는 그동안의 여러 정책이 함께 만든 점수입니다. 14번 셀의 첫째 값과 둘째 값이 그만큼 다릅니다. 지금 정책의 점수가 궁금하면 `run.evaluate()`를 부르세요. {lesson:how_sure} 8절.
#
# ### 18. 시드는 몇 개나 써야 하나요?
#
# 하나로는 아무것도 말할 수 없고, 셋으로는 큰 차이만 보입니다. 이 과정은 다섯 개에서 스무 개까지 쓰고, 몇 개인지 밝힙니다. {lesson:how_sure}에서는 스무 개로 신뢰구간을 함께 그립니다. 시드를 늘려 가며 구간이 어떻게 줄어드는지는 {lesson:how_sure} 4절에 있습니다.
#
# ### 19. 훈련하는 도중에 저장하고 싶어요.
#
# `on_update`는 업데이트마다 불리고, 그때까지의 훈련을 통째로 받습니다. 거기서 `run.save`를 부르면 됩니다. 저장하는 도중에 컴퓨터가 꺼져도 이전 파일은 그대로 남습니다.

# %% [markdown] lang="en" against="ce493ed2"
# ### 15. Then which one should I evaluate?
#
# It depends on the question. The greedy policy, for how the finished agent would do in use; drawn actions, to compare how agents *learn*. Where a policy has to be random (games with an opponent, states that are only partly seen), draw. {lesson:how_sure}, section 8.
#
# ### 16. It had solved the task, and then it collapsed.
#
# Most likely an update was too large: look for a spike in `run.history["approx_kl"]`. Keep the clipping on: {lesson:full_training}, section 13, shows what happens without. A falling learning rate (`anneal_learning_rate=True`) may help, too; there it made no difference. Saving the best state so far (question 19) is what you have left after a collapse.
#
# ### 17. Why does the mean of the last 100 episodes rise so late?
#
# With 128 environments side by side, an episode of 500 steps lasts some sixteen updates: its score was made by all the policies in between. That is the first against the second value in the cell of question 14. For the policy as it is now, call `run.evaluate()`. {lesson:how_sure}, section 8.
#
# ### 18. How many seeds do I need?
#
# One says nothing, three show only large differences. This course takes five to twenty, says how many, and with twenty draws confidence intervals. {lesson:how_sure}, section 4, shows how they shrink seed by seed.
#
# ### 19. I want to save while it is training.
#
# `on_update` is called after every update with the whole run so far: call `run.save` there. If the computer goes off while it is saving, the earlier file stays whole.

# %%
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "best.npz"


class KeepTheBest:
    best = -np.inf

    def __call__(self, run):
        if run.mean_return > self.best:
            self.best = run.mean_return
            run.save(path)


keeper = KeepTheBest()
ppo_edu.train("CartPole-v1", seed=0, max_steps=50_000, on_update=keeper)
print(f"{keeper.best = :.1f}   {ppo_edu.TrainingRun.load(path).mean_return = :.1f}")

# %% [markdown] lang="ko" against="92e11303"
# ### 20. 멈췄다가 이어서 훈련하려면요?
#
# 도중에 정지(■)를 누르면 `train`은 그때까지의 훈련을 돌려줍니다. 저장한 것을 불러와 `start_from`에 넣으면 정책, 옵티마이저, 곡선이 모두 이어집니다.

# %% [markdown] lang="en" against="8d636d2c"
# ### 20. How do I stop, and go on later?
#
# Press stop (■), and `train` returns what it has so far. Load a saved run and hand it to `start_from`: policy, optimiser and curve go on.

# %%
loaded = ppo_edu.TrainingRun.load(path)
more = ppo_edu.train("CartPole-v1", start_from=loaded, max_steps=10_000, stop_at=None)
print(f"{loaded.total_steps = }   {more.total_steps = }")
folder.cleanup()

# %% [markdown] lang="ko" against="71564ce0"
# ### 21. 같은 시드인데 다른 컴퓨터에서는 결과가 달라요.
#
# 같은 컴퓨터에서는 마지막 자리까지 같습니다. 다른 컴퓨터나 다른 버전에서는 덧셈의 순서가 달라 마지막 자리가 다를 수 있고, 훈련은 그 차이를 키웁니다. 그래서 숫자 하나를 맞추려 하지 말고 시드 여러 개의 분포를 비교하세요. {lesson:how_sure} 1절.
#
# ### 22. GPU를 쓰면 빨라지나요?
#
# 이 과정의 신경망은 아주 작아서 대개 그렇지 않습니다. 데이터를 GPU로 옮기는 데 드는 시간이 계산보다 길기 때문입니다. `train`은 CPU의 스레드 하나만 씁니다. 업데이트 한 번에 걸리는 시간은 {lesson:trpo_vs_ppo} 6절에서 쟀습니다. 화면을 입력으로 받는 합성곱 신경망이라면 GPU가 필요합니다.
#
# ## 내 과제에 쓰기
#
# ### 23. 내가 만든 환경에 쓰려면요?
#
# 환경의 클래스나 환경을 만드는 함수를 `train`에 그대로 주면 됩니다: `ppo_edu.train(HoldThePoint)`. 관측은 수의 벡터(`Box`)나 번호(`Discrete`), 행동은 `Discrete`나 `Box`여야 합니다(`Dict`나 `Tuple` 관측은 24번). Gymnasium에 **등록**하면 이름으로 부를 수 있고, `max_episode_steps`를 적으면 시간 제한이, `reward_threshold`를 적으면 멈출 점수가 생깁니다. 아래는 그대로 고쳐 쓸 수 있는 환경입니다. 점을 0에 가까이 붙들어 두는 과제입니다.

# %% [markdown] lang="en" against="a6df4261"
# ### 21. The same seed, but another result on another computer.
#
# On one machine it is the same to the last digit. Another machine or version may add numbers in another order, and training magnifies the last digit. So do not chase a number: compare the distributions of several seeds. {lesson:how_sure}, section 1.
#
# ### 22. Does a GPU make it faster?
#
# Usually not here: the networks are so small that moving the data takes longer than computing. `train` uses one thread of the CPU; {lesson:trpo_vs_ppo}, section 6, times an update. A convolutional network that looks at a screen does want a GPU.
#
# ## Your own task
#
# ### 23. How do I use an environment of my own?
#
# Give `train` its class, or a function that makes one: `ppo_edu.train(HoldThePoint)`. Observations must be a vector of numbers (`Box`) or a number out of n (`Discrete`), actions `Discrete` or `Box` (question 24: `Dict` and `Tuple` observations). **Registered** with Gymnasium, it goes by a name, `max_episode_steps` gives it a time limit, and `reward_threshold` a score at which to stop. Here is one to start from: keep a point near 0.


# %%
class HoldThePoint(gym.Env):
    observation_space = gym.spaces.Box(-10, 10, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x = self.np_random.uniform(-1, 1)
        return np.array([self.x], np.float32), {}

    def step(self, action):
        self.x += 0.2 * (2 * action - 1) + self.np_random.normal(scale=0.1)
        lost = abs(self.x) > 2
        return np.array([self.x], np.float32), 1.0 - abs(self.x), lost, False, {}


gym.register("HoldThePoint-v0", entry_point=HoldThePoint, max_episode_steps=100, reward_threshold=80)
run = ppo_edu.train("HoldThePoint-v0", ppo_edu.PPOConfig(num_envs=16, horizon=64), max_steps=100_000)
print(f"{run.solved_at_step = }   {run.evaluate(episodes=20).mean() = :.1f}")

# %% [markdown] lang="ko" against="37377b11"
# 훈련하기 전에 `gymnasium.utils.env_checker.check_env`로 환경을 검사하세요. 배우지 않으면 먼저 보상의 크기, `terminated`와 `truncated`의 구별, 관측의 크기를 의심해 보세요. 관측의 단위가 제각각이면 `PPOConfig(normalise_observations=True)`가 도움이 됩니다.
#
# ### 24. 관측이 번호(`Discrete`)인 환경은요? FrozenLake 같은 것이요.
#
# 그대로 쓸 수 있습니다. `train`이 번호를 원-핫(one-hot) 벡터로 바꾸고, `Dict`나 `Tuple` 관측도 벡터로 만듭니다. 환경을 만들 때의 옵션은 `env_kwargs`로 줍니다.

# %% [markdown] lang="en" against="98af3564"
# Before training, let `gymnasium.utils.env_checker.check_env` look at it. If it does not learn, suspect first the size of the rewards, `terminated` against `truncated`, and the size of the observations: where their units differ, `PPOConfig(normalise_observations=True)` helps.
#
# ### 24. What if an observation is a number out of n (`Discrete`), as in FrozenLake?
#
# It works as it is: `train` makes it a one-hot vector, and makes vectors of `Dict` and `Tuple` observations, too. What the environment is made with goes into `env_kwargs`.


# %%
config = ppo_edu.PPOConfig(num_envs=32, entropy_coefficient=0.01)
dry = {"is_slippery": False}
run = ppo_edu.train("FrozenLake-v1", config, max_steps=100_000, stop_at=0.9, env_kwargs=dry)
print(f"{run.solved_at_step = }   {run.evaluate(episodes=20).mean() = :.1f}")

# %% [markdown] lang="ko" against="cac72e7c"
# ### 25. 상태에 따라 고를 수 없는 행동이 있어요(action masking).
#
# 이 과정에는 그런 기능이 없습니다. 고를 수 없는 행동의 로짓을 절댓값이 큰 음수(가령 $-10^8$)로 바꾸면 되는데, 모을 때와 배울 때 **같은 마스크**를 써야 비율이 맞습니다. [sb3-contrib](https://sb3-contrib.readthedocs.io)의 `MaskablePPO`를 쓰세요. 아래는 가운데 행동을 막았을 때의 확률, 그리고 배울 때 마스크를 빠뜨리면 아직 아무것도 배우지 않았는데 비율이 얼마가 되는지입니다.

# %% [markdown] lang="en" against="824cf1ab"
# ### 25. In some states some actions are not allowed (action masking).
#
# This course has none. The logits of forbidden actions are replaced by a large negative number (such as $-10^8$), with **the same mask** when collecting and when learning, or the ratios are wrong. Use `MaskablePPO` of [sb3-contrib](https://sb3-contrib.readthedocs.io). Below, the probabilities with the middle action forbidden, and what the ratios are, before anything has been learned, if learning forgets the mask.

# %% tags=["nbval-check-output"]
logits, allowed = torch.tensor([1.0, 2.0, 0.5]), torch.tensor([True, False, True])
masked = logits.where(allowed, -1e8).log_softmax(-1)
forgotten = logits.log_softmax(-1)
print("π =", masked.exp().numpy().round(3))
print("r =", ppo_edu.probability_ratio(forgotten, masked)[allowed].numpy().round(2))

# %% [markdown] lang="ko" against="bb8261af"
# ### 26. 기억이 필요한 과제(상태가 일부만 보이는 과제)는요?
#
# 순환 신경망은 이 과정에 없습니다. [sb3-contrib](https://sb3-contrib.readthedocs.io)의 `RecurrentPPO`가 있습니다. 많은 과제에서는 최근 관측 몇 개를 쌓는 것으로 충분하고, 이 방법은 여기서도 됩니다. 환경에 `gym.wrappers.FrameStackObservation`과 `FlattenObservation`을 차례로 씌우세요. 아래는 속도를 감춘 CartPole입니다. 관측을 하나만 볼 때와 네 개를 쌓을 때, 훈련을 마친 정책의 점수가 나옵니다.

# %% [markdown] lang="en" against="7f53840a"
# ### 26. And tasks that need a memory, where a state is only partly seen?
#
# Recurrent networks are not part of this course; `RecurrentPPO` of [sb3-contrib](https://sb3-contrib.readthedocs.io) has them. In many tasks it is enough to stack the last few observations, and that works here, with `gym.wrappers.FrameStackObservation` and then `FlattenObservation` around your environment. Below is a CartPole whose velocities are hidden: what the trained policy scores with one observation at a time, and with four stacked.


# %%
def half_seen(frames):
    env = gym.make("CartPole-v1")
    places = gym.spaces.Box(-np.inf, np.inf, (2,), np.float32)
    env = gym.wrappers.TransformObservation(env, lambda state: state[[0, 2]], places)
    return gym.wrappers.FlattenObservation(gym.wrappers.FrameStackObservation(env, frames))


for frames in (1, 4):
    run = ppo_edu.train(half_seen, seed=0, stop_at=None, max_steps=50_000, env_kwargs={"frames": frames})
    print(f"{frames = }   {run.evaluate(episodes=20).mean() = :.0f}")

# %% [markdown] lang="ko" against="4901e74c"
# ### 27. 화면(픽셀)을 보고 배우게 하려면요?
#
# 합성곱 신경망이 필요해서 이 과정의 정책으로는 되지 않습니다. [Stable-Baselines3](https://stable-baselines3.readthedocs.io)의 `PPO("CnnPolicy", ...)`나 [CleanRL](https://docs.cleanrl.dev)의 `ppo_atari.py`를 보세요. 목적함수와 GAE는 여기서 배운 그대로입니다({lesson:clip_and_min} 1절, {lesson:gae} 2절).
#
# ### 28. PPO를 쓰지 말아야 할 때는 언제인가요?
#
# 환경의 한 스텝이 비싸면(로봇, 사람) 모은 데이터를 버리지 않는 SAC, TD3, DQN이 스텝을 훨씬 아낍니다. 이미 모아 둔 데이터뿐이고 더 모을 수 없으면 오프라인 강화 학습을 씁니다. 상태가 몇십 개뿐이면 표로 푸는 Q-러닝이나 동적 계획법이, 행동 한 번으로 끝나는 과제라면 밴딧이 알맞습니다. PPO는 시뮬레이터가 빠르고 많이 돌릴 수 있을 때 강합니다. 왜 데이터를 버리는지는 {lesson:full_training} 12절에 있습니다.
#
# ### 29. MountainCar에서는 왜 아무것도 배우지 못하나요?
#
# 아무렇게나 움직여서는 목표에 한 번도 닿지 못해 모든 에피소드가 똑같이 -200점이기 때문입니다. 비교할 것이 없으면 어드밴티지는 잡음뿐입니다. CleanRL의 문서에서도 `ppo.py`는 이 과제에서 -200에 머뭅니다. 탐색을 돕거나(행동 반복, 호기심) 보상을 고쳐야 합니다. 아래의 값은 에피소드의 수, 가장 낮은 점수, 가장 높은 점수입니다.

# %% [markdown] lang="en" against="3b8252eb"
# ### 27. Can it learn from a screen, from pixels?
#
# That takes a convolutional network, which this course's policy is not. See `PPO("CnnPolicy", ...)` of [Stable-Baselines3](https://stable-baselines3.readthedocs.io), or `ppo_atari.py` of [CleanRL](https://docs.cleanrl.dev). Objective and GAE are what you learn here ({lesson:clip_and_min}, section 1, {lesson:gae}, section 2).
#
# ### 28. When should I not use PPO?
#
# Where a step of the environment is expensive (robots, people): SAC, TD3 and DQN do not throw their data away and need far fewer steps. Where the data are there and no more can be had: offline reinforcement learning. Where there are only a few dozen states: tabular Q-learning or dynamic programming. Where one action ends it: a bandit. PPO is strong where a simulator is fast and can be run a lot. Why it throws its data away: {lesson:full_training}, section 12.
#
# ### 29. Why does it learn nothing in MountainCar?
#
# Moving at random never reaches the goal, so every episode scores the same -200. With nothing to compare, advantages are noise. In CleanRL's documentation, too, `ppo.py` stays at -200. Help it explore (repeated actions, curiosity), or change the reward. Below, the number of episodes, the lowest score and the highest.

# %%
run = ppo_edu.train("MountainCar-v0", seed=0, max_steps=30_000, stop_at=None)
print(f"{len(run.returns) = }   {run.returns.min() = :.0f}   {run.returns.max() = :.0f}")

# %% [markdown] lang="ko" against="1ddb78bf"
# ### 30. $\epsilon$, $\lambda$, 학습률은 어떤 값으로 시작할까요?
#
# $\epsilon = 0.2$, $\gamma = 0.99$, $\lambda = 0.95$에서 시작하고, 가장 먼저 학습률을 바꿔 보세요. 논문의 표 1(MuJoCo 과제 7개)에서 $\epsilon$ = 0.1 / 0.2 / 0.3의 점수는 0.76 / 0.82 / 0.70으로 비슷하고, 클리핑이 없으면 -0.39입니다. 어느 설정이 중요한지는 {lesson:how_sure} 5절에 있습니다.
#
# ### 31. TRPO가 더 느린가요?
#
# 무엇으로 재느냐에 달렸습니다. 같은 환경 수, 같은 스텝 수로 잰 것이 아니면 믿지 마세요. TRPO는 이차 미분을 여러 번 계산해 한 걸음을 가고, PPO는 가벼운 그래디언트 스텝을 수십 번 갑니다. 업데이트 한 번은 {lesson:trpo_vs_ppo} 6절, 과제를 다 풀 때까지는 {lesson:inside_trpo} 6절에서 직접 잽니다.
#
# ### 32. 언어 모델에도 PPO를 쓴다던데요?
#
# 토큰(token) 하나를 고르는 것이 행동이고, 지금까지의 글이 상태입니다. 목적함수는 같고, 처음 모델에서 멀어지지 않게 하는 KL 항이 하나 더 붙습니다. 첫 그래디언트 스텝을 하기도 전에 비율이 1이 아니라면, 크게 벗어났을 때는 버그이고(밀려 읽기, 온도), 아주 조금일 때는 글을 생성한 프로그램과 학습하는 프로그램이 로그 확률을 조금 다르게 계산하는 것입니다. 모델이 크든 작든 목적함수는 `ppo_edu.clipped_surrogate` 그대로입니다. {lesson:language_models} 3절에서 비율을 확인하고 4절에서 훈련합니다.

# %% [markdown] lang="en" against="55016e47"
# ### 30. With which $\epsilon$, $\lambda$ and learning rate should I begin?
#
# With $\epsilon = 0.2$, $\gamma = 0.99$, $\lambda = 0.95$, and change the learning rate first. In the paper's Table 1 (seven MuJoCo tasks), $\epsilon$ = 0.1 / 0.2 / 0.3 score 0.76 / 0.82 / 0.70, much alike, and no clipping scores -0.39. Which settings matter: {lesson:how_sure}, section 5.
#
# ### 31. Is TRPO slower?
#
# It depends on the measure. Do not believe a number that was not taken with equal environments and equal steps. TRPO uses second derivatives many times to take one step; PPO takes dozens of light ones. Measure it yourself: one update in {lesson:trpo_vs_ppo}, section 6, and all the way to a solved task in {lesson:inside_trpo}, section 6.
#
# ### 32. And language models? They use PPO, too.
#
# Choosing a token is the action, the text so far is the state. The objective is the same, with one more KL term that keeps the model near where it started. If ratios differ from 1 *before the first gradient step*, by much, it is a bug (tokens shifted, another temperature); by very little, the program that draws the text and the one that learns compute log-probabilities a little differently. In a model of any size the objective is `ppo_edu.clipped_surrogate` as it stands. {lesson:language_models}, sections 3 and 4, check the ratios and train.
