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

# %% [markdown] lang="ko" against="c7d32893"
# # {title}
#
# **이 레슨의 질문** 지금까지의 조각들이 어떻게 *배우는 프로그램*이 될까요?
#
# **먼저 알아 둘 것** {lesson:ratio}의 확률 비율(probability ratio), {lesson:clip_and_min}의 클리핑(clipping),
# {lesson:gae}의 GAE(generalized advantage estimation). PyTorch로 작은 신경망을 만들어 본 적이 있으면 충분합니다.
#
# **걸리는 시간** {minutes}분쯤. 프로그램 전체를 빈 셀에서 직접 짜는 마지막 연습에는 한 시간쯤 더
#
# 먼저 작은 PPO를 셀 하나에 한 조각씩 직접 만들어 CartPole에 풀어놓습니다. 그다음 같은 수학을 여러 환경에서 한꺼번에 돌려
# 몇 초 만에 과제를 풀고, 훈련된 에이전트가 막대를 세우는 모습을 지켜봅니다.

# %% [markdown] lang="en" against="5c200c5a"
# # {title}
#
# **The question** How do the pieces become a program that *learns*?
#
# **What you need first** The probability ratio ({lesson:ratio}), clipping ({lesson:clip_and_min}) and
# GAE ({lesson:gae}). It helps to have built a small network in PyTorch before.
#
# **Time** about {minutes} minutes, and an hour more for the last exercise, the whole program from an empty cell
#
# First you build a small PPO, one piece a cell, and let it loose on CartPole. Then the same mathematics runs in many environments at once
# and solves the task within seconds, and you watch the trained agent balance its pole.

# %% tags=["language"]
import tempfile
from pathlib import Path

import gymnasium as gym
import numpy as np
import torch
from IPython.display import Markdown, display
from torch import nn
from torch.nn import functional as F

import ppo_edu
from ppo_edu import figures, recorded, t, workbench
from ppo_edu.drawing.animation import watch, watch_together
from ppo_edu.exercises import sick_runs
from ppo_edu.study import details, elsewhere, statistics

ppo_edu.use_language("en")
torch.set_num_threads(1)

# %% [markdown] lang="ko" against="c7919949"
# ## 1. 과제: 막대를 세워라
#
# CartPole은 수레를 왼쪽(0)이나 오른쪽(1)으로 밀어 막대가 쓰러지지 않게 하는 과제입니다. 관측(observation)은 수레의 위치와 속도, 막대의 각도와 각속도,
# 이렇게 수 네 개입니다. 한 스텝을 버틸 때마다 보상 1을 받고, 막대가 12도 넘게 기울거나 수레가 트랙을 벗어나면 **종료(terminated)**,
# 500스텝을 채우면 **중단**(truncated)됩니다.
#
# **예측** 동전을 던져 아무렇게나 밀면 몇 스텝이나 버틸까요?

# %% [markdown] lang="en" against="2fe86686"
# ## 1. The task: keep the pole up
#
# In CartPole you push a cart to the left (0) or to the right (1) so that its pole does not fall. An observation is four numbers: position and velocity
# of the cart, angle and angular velocity of the pole. Each step survived earns a reward of 1. The episode is **terminated** when the pole leans more than
# 12 degrees or the cart leaves the track, and **truncated** after 500 steps.
#
# **Predict** Tossing a coin for every push: how many steps does the pole stay up?

# %%
coin = np.random.default_rng(0)
watch(lambda observation: int(coin.integers(2)), seed=4)

# %% [markdown] lang="ko" against="1699850d"
# 20스텝 남짓, 0.5초도 못 버티고 쓰러집니다. 이제 배우는 에이전트를 만듭시다.
#
# ## 2. 신경망: `pi`와 `v`
#
# 클래스와 설정의 이름은 노트({lesson:the_notes})를 따랐습니다. 클래스 하나가 셀을 따라 자라납니다(`class PPO(PPO)`는 앞의 `PPO`에 메서드를 더한다는 뜻입니다).
# 은닉층 하나를 함께 쓰고, 출력만 둘로 나눕니다. `pi`는 행동의 확률분포를, `v`는 그 상태의 가치를 냅니다. 행동하는 `pi`가 액터(actor), 평가하는 `v`가 크리틱(critic)이므로
# 이런 구조를 **액터-크리틱**(actor-critic)이라고 합니다.
# 노트의 `pi(x, softmax_dim)`은 `softmax`로 확률을 낸 뒤 나중에 `log`를 취합니다. 확률이 0으로 반올림되면 $\log 0 = -\infty$가 되니, 여기서는 로짓(logit)을
# `Categorical`에 그대로 넘깁니다. 그러면 안에서 `log_softmax`로 안전하게 계산합니다.

# %% [markdown] lang="en" against="4f00f0b0"
# Twenty steps or so: it is down in less than half a second. Now let us build an agent that learns.
#
# ## 2. The network: `pi` and `v`
#
# The class and the settings have the names of the notes ({lesson:the_notes}). It is one class that grows from cell to cell: `class PPO(PPO)` adds methods to the `PPO` before.
# One hidden layer is shared, only the outputs part. `pi` gives the distribution over actions, `v` the value of the state:
# an actor that acts and a critic that judges, hence the name **actor-critic**.
# The notes' `pi(x, softmax_dim)` computes probabilities by `softmax`, and they take their `log` later. If a probability is rounded to 0, that gives $\log 0 = -\infty$. Here the
# logits go straight into `Categorical`, which computes with `log_softmax` inside and is safe.


# %%
learning_rate, gamma, lmbda, eps_clip = 0.0005, 0.98, 0.95, 0.1
K_epoch, T_horizon = 3, 20


class PPO(nn.Module):
    def __init__(self):
        super().__init__()
        self.data = []
        self.fc1 = nn.Linear(4, 256)
        self.fc_pi = nn.Linear(256, 2)
        self.fc_v = nn.Linear(256, 1)
        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate)

    def pi(self, x):
        return torch.distributions.Categorical(logits=self.fc_pi(F.relu(self.fc1(x))))

    def v(self, x):
        return self.fc_v(F.relu(self.fc1(x))).squeeze(-1)


# %% [markdown] lang="ko" against="a9319a37"
# `v`의 끝에 있는 `squeeze(-1)`은 모양을 $(B, 1)$에서 $(B,)$로 바꿉니다. 사소해 보이지만 가장 흔한 버그 하나를 막습니다.
#
# **예측** 모양이 $(3, 1)$인 텐서와 $(3,)$인 텐서를 빼면 오류가 날까요? 아니라면 결과의 모양은 무엇일까요? {shape: 오류 | (3,) | (3, 1) | (3, 3)}

# %% [markdown] lang="en" against="7eb68de6"
# The `squeeze(-1)` at the end of `v` turns the shape $(B, 1)$ into $(B,)$. It looks like a trifle, but it prevents one of the most common bugs.
#
# **Predict** Subtract a tensor of shape $(3,)$ from one of shape $(3, 1)$. Is it an error? And if not, what is the shape of the result? {shape: an error | (3,) | (3, 1) | (3, 3)}

# %% tags=["nbval-check-output"]
print((torch.zeros(3, 1) - torch.zeros(3)).shape)
try:
    ppo_edu.clipped_surrogate(torch.ones(3, 1), torch.ones(3), epsilon=0.2)
except ValueError as error:
    print(error)

# %% [markdown] lang="ko" against="fd896ef2"
# 오류 없이 $(3, 3)$이 됩니다. 샘플 하나하나가 다른 모든 샘플의 값과 섞이는데 프로그램은 아무 말이 없습니다.
# 그래서 `ppo_edu`의 함수들은 모양이 다르면 계산하지 않고 알려 줍니다.
#
# ## 3. 기억: `put_data`와 `make_batch`
#
# 한 스텝에서 일어난 일을 하나씩 담아 두었다가, 배울 때 한꺼번에 배열로 바꾸고 **비웁니다**. DQN의 리플레이 버퍼(replay buffer)와 닮았지만 쓰임이
# 다릅니다. PPO는 지금 정책이 방금 모은 데이터만 쓰고 버립니다.
#
# 행동의 로그 확률도 **모을 때의 값**을 담습니다. 나중에 비율의 분모가 될 값이기 때문입니다.

# %% [markdown] lang="en" against="812c4314"
# No error, but $(3, 3)$: every sample is mixed with the values of all the others, and the program does not say a word.
# That is why the functions of `ppo_edu` refuse shapes that differ, and say so.
#
# ## 3. The memory: `put_data` and `make_batch`
#
# What happens in a step is put aside; when it is time to learn, everything becomes arrays and the memory is **emptied**. It looks like DQN's replay buffer
# but is used differently: PPO learns from what the current policy has just collected, and throws it away.
#
# The log-probability of the action is stored **as it was when collecting**, because it will be the denominator of the ratio.


# %%
class PPO(PPO):
    def put_data(self, transition):
        self.data.append(transition)

    def make_batch(self):
        s, a, r, s_prime, log_prob, terminated, truncated = (
            np.array(column) for column in zip(*self.data, strict=True)
        )
        self.data = []
        s, s_prime, a = torch.as_tensor(s), torch.as_tensor(s_prime), torch.as_tensor(a)
        return s, a, r, s_prime, torch.as_tensor(log_prob), terminated, truncated


# %% [markdown] lang="ko" against="46a37a72"
# ## 4. 배우기: `train_net`
#
# 여기가 PPO의 심장입니다. 위에서 아래로 읽으면 지금까지의 레슨이 차례로 나옵니다.
#
# 1. 크리틱(critic)의 값 $V(s)$, $V(s')$와 TD 목표 $r + \gamma V(s')$. 종료된 스텝에서는 뒤에 아무것도 없으니 $V(s')$을 더하지 않습니다.
# 2. GAE로 어드밴티지(advantage)를 구합니다({lesson:gae}).
# 3. 비율({lesson:ratio})과 클리핑된 목적함수({lesson:clip_and_min}). **키우려는** 값이라 손실에는 앞에 마이너스를 붙여 넣습니다.
# 4. 가치 손실. `smooth_l1_loss`는 오차가 1보다 작으면 제곱, 크면 절댓값처럼 움직이는 **Huber 손실**입니다(노트는 L1 norm이라고 부릅니다).
#
# 같은 배치를 `K_epoch`번 다시 씁니다. 첫 번째에는 비율이 모두 1이고, 두 번째부터 클리핑이 할 일이 생깁니다.

# %% [markdown] lang="en" against="9c747e56"
# ## 4. Learning: `train_net`
#
# This is the heart of PPO. Read it from top to bottom and you meet the lessons so far, one by one.
#
# 1. The critic's $V(s)$ and $V(s')$, and the TD target $r + \gamma V(s')$. After a terminated step nothing follows, so $V(s')$ is not added.
# 2. The advantages by GAE ({lesson:gae}).
# 3. The ratio ({lesson:ratio}) and the clipped objective ({lesson:clip_and_min}). It is to be **raised**, so it enters the loss with a minus sign.
# 4. The value loss. `smooth_l1_loss` goes like a square for errors below 1 and like an absolute value above: it is the **Huber loss** (the notes call it an L1 norm).
#
# The same batch is used `K_epoch` times. The first time all ratios are 1; from the second on, clipping has something to do.


# %%
class PPO(PPO):
    def train_net(self):
        s, a, r, s_prime, old_log_prob, terminated, truncated = self.make_batch()
        for _ in range(K_epoch):
            with torch.no_grad():
                v, v_prime = self.v(s).numpy(), self.v(s_prime).numpy()
            td_target = torch.as_tensor(r + gamma * v_prime * ~terminated).float()
            advantage = ppo_edu.gae(r, v, v_prime, terminated, truncated, gamma, lmbda)

            ratio = ppo_edu.probability_ratio(self.pi(s).log_prob(a), old_log_prob.float())
            surrogate = ppo_edu.clipped_surrogate(ratio, torch.as_tensor(advantage).float(), eps_clip)
            loss = -surrogate.mean() + F.smooth_l1_loss(self.v(s), td_target)

            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


# %% [markdown] lang="ko" against="4da0d487"
# ## 5. 반복: 모으고, 배우고, 다시
#
# 최대 `T_horizon` 스텝을 모으고 배우기를 반복합니다. 보상은 100으로 나누어 크리틱이 다룰 값의 크기를 줄입니다.
# 에피소드 20번마다 그 20번의 평균을 출력합니다. 여기서는 12,000스텝만 돌려 봅니다(몇 초면 됩니다).
#
# **예측** 평균은 얼마나 오를까요? 12,000스텝 안에 475를 넘을까요? {passes_475: 넘습니다 | 못 넘습니다}

# %% [markdown] lang="en" against="645ec235"
# ## 5. The loop: collect, learn, again
#
# Collect up to `T_horizon` steps, learn from them, and repeat. Rewards are divided by 100 to keep the numbers small for the critic.
# Every 20 episodes it prints the mean of those 20. Here it runs for 12,000 steps only, which takes some seconds.
#
# **Predict** How far does the average rise? Does it pass 475 within 12,000 steps? {passes_475: yes | no}

# %%
torch.manual_seed(0)
env, model = gym.make("CartPole-v1"), PPO()
score, steps, episodes = 0.0, 0, 0
while steps < 12_000:
    s, _ = env.reset(seed=episodes)
    done = False
    while not done:
        for _ in range(T_horizon):
            with torch.no_grad():
                policy = model.pi(torch.from_numpy(s))
                a = policy.sample()
            s_prime, r, terminated, truncated, _ = env.step(a.item())
            log_prob = policy.log_prob(a).item()
            model.put_data((s, a.item(), r / 100, s_prime, log_prob, terminated, truncated))
            s, score, steps = s_prime, score + r, steps + 1
            done = terminated or truncated
            if done:
                break
        model.train_net()
    episodes += 1
    if episodes % 20 == 0:
        print(t("lesson.average", episodes=episodes, average=score / 20))
        score = 0.0

# %% [markdown] lang="ko" against="61868c1e"
# 배우고 있습니다. 하지만 시간이 오래 걸립니다. 환경이 하나뿐이라 스텝마다 신경망을 한 번씩 부르고, 20스텝마다 업데이트를 하기 때문입니다.
#
# ## 6. 같은 수학, 여러 환경
#
# `ppo_edu.train`은 방금 만든 것과 같은 함수들(`probability_ratio`, `clipped_surrogate`, `gae`)로 배웁니다. 여러 환경을 한꺼번에
# 굴려서 큰 배치를 모으고, 그것을 미니배치(minibatch)로 나누어 씁니다. 그 밖에도 다른 점이 여럿 있습니다(7절).
#
# 최근 에피소드 100개의 평균이 **475**에 이르면 풀었다고 보고 멈춥니다. 곡선이 자라는 모습을 지켜보세요. 도중에 정지(■)를 누르면 그때까지의
# 결과를 돌려줍니다.

# %% [markdown] lang="en" against="4c311bd8"
# It is learning, but it takes its time: with a single environment the network is called for every step, and there is an update every 20 steps.
#
# ## 6. The same mathematics, many environments
#
# `ppo_edu.train` learns with the very functions you have just used (`probability_ratio`, `clipped_surrogate`, `gae`). It runs many
# environments side by side, so it collects large batches, and it uses them in minibatches. That is not all that differs (section 7).
#
# It calls the task solved, and stops, when the mean of the last 100 episodes reaches **475**. Watch the curve grow. Press stop (■) on the way, and it
# returns what it has so far.

# %%
with workbench.Dashboard() as dashboard:
    run = ppo_edu.train("CartPole-v1", seed=0, on_update=dashboard)

# %%
print(t("lesson.solved", steps=run.solved_at_step, seconds=run.seconds))
print(t("lesson.steps_per_second", rate=run.total_steps / run.seconds))

# %% [markdown] lang="ko" against="9690f28d"
# **곡선은 왜 중간에 평평할까요?** 굵은 선은 *끝난* 에피소드 100개의 평균입니다. 막대 128개를 한꺼번에 세우고 있으니, 처음부터 500스텝을 버티는 에피소드도 환경 스텝으로 128 × 500 = 64,000스텝이 지나야 끝납니다.
# 평평한 구간은 못 배우는 구간이 아니라 기다리는 구간입니다. 같은 이유로 이 평균은 업데이트 열여섯 번쯤 전에 시작한 에피소드까지 담고 있어서, "풀었다"는 소식도 늦게 옵니다.
#
# 곡선 옆의 작은 그림들은 훈련이 건강한지 알려 줍니다.
#
# - **클립 비중**(clip fraction): 클립 범위(clip range)를 벗어난 샘플의 비중. 늘 0이면 걸음이 너무 작고, 0.5를 넘나들면 너무 큽니다.
# - **KL 추정값**: 업데이트 한 번에 정책이 움직인 거리.
# - **엔트로피**(entropy): 정책이 얼마나 망설이는가. 배우면서 줄어듭니다.
# - **가치 손실**과 **설명된 분산**(explained variance): 크리틱이 보상의 합을 얼마나 잘 맞히는가. 설명된 분산이 1이면 완벽하고, 0이면 평균만 아는 것과 같고, 0보다 작으면 없느니만 못합니다.
#
# ## 7. 작은 프로그램은 왜 느릴까요?
#
# 배치의 크기만 다른 것이 아닙니다. 그리고 무엇이 느린지도 따져 보아야 합니다. 같은 *시간*에 덜 배우는 것일까요, 같은 *스텝 수*에 덜 배우는 것일까요? 두 프로그램 사이의 차이를 모두 적으면 이렇습니다. 출처의 "37"은 [Huang 등(2022)](https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/)이 정리한 구현의 세부 사항 37가지의 번호,
# "PPO"는 [논문](https://arxiv.org/abs/1707.06347), "Engstrom"은 [Engstrom 등(2020)](https://arxiv.org/abs/2005.12729)입니다.

# %% [markdown] lang="en" against="d53c6024"
# **Why is the curve flat in the middle?** The thick line is the mean of 100 episodes that have *ended*. 128 poles are balanced at once: none can finish 500 steps before step 128 × 500 = 64,000.
# The flat stretch is waiting, and not a failure to learn. For the same reason the mean holds episodes that began up to some 16 updates ago, and the news "solved" comes late.
#
# The small pictures beside the curve tell whether a training is in good health.
#
# - **clip fraction**: the share of samples outside the clip range. Always 0: the steps are too small. Beyond 0.5: too large.
# - **approximate KL**: how far one update moves the policy.
# - **entropy**: how undecided the policy is. It falls as the policy learns.
# - **value loss** and **explained variance**: how well the critic foretells the sum of rewards. An explained variance of 1 is perfect; at 0 it knows their mean and no more; below 0, it is worse than none.
#
# ## 7. What makes the small program slow?
#
# Not the size of its batches alone. And slow in what: does it learn less in the same *time*, or in the same number of *steps*? Here are all the differences between the two programs. "37" gives the number among the 37 implementation details of [Huang et al. (2022)](https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/),
# "PPO" is [the paper](https://arxiv.org/abs/1707.06347), "Engstrom" is [Engstrom et al. (2020)](https://arxiv.org/abs/2005.12729).

# %%
display(Markdown(details.as_markdown()))

# %% [markdown] lang="ko" against="e75bc22a"
# 맨 아래 세 가지는 스위치가 없습니다. 나머지는 `PPOConfig`의 설정이니, 작은 프로그램의 설정에서 시작해 한 행씩 기본 설정으로 바꾸어 봅시다. 바꿀 때마다 50,000스텝을 훈련하고, **마지막 정책**에게 새 에피소드 100번을 시킵니다(행동은 뽑습니다).
# 첫 번째 프로그램은 환경이 하나라 오래 걸려서 기록만 보여 주고, 나머지는 시드 하나로 지금 훈련합니다. 옆의 수는 미리 시드 열 개로 훈련해 둔 결과의 사분위간 평균(interquartile mean, 위아래 4분의 1씩을 뺀 가운데 절반의 평균)과 95% 구간({lesson:how_sure}), 그리고 실행 하나에 걸린 프로세서 시간(초)의 중앙값입니다.
#
# **예측** 어느 행에서 가장 크게 오를까요? 환경을 여러 개로 늘리는 것만으로 얼마나 나아질까요?

# %% [markdown] lang="en" against="c6053fc2"
# The last three have no switch. The others are settings of `PPOConfig`, so let us start from the small program's and turn them into the defaults, row by row. After each change we train for 50,000 steps and let the **final policy** play 100 new episodes (drawing its actions).
# The first program has a single environment and takes long, so only its record is shown; the others are trained now, with one seed. Beside them stand the interquartile mean (that of the middle half, without the quarters at the top and the bottom) and its 95% interval, of ten recorded seeds ({lesson:how_sure}), and the median of what one run took of a processor, in seconds.
#
# **Predict** Which row lifts it most? How far does it come with many environments alone?

# %%
recorded_runs = recorded.small_to_default()
for key, variant in zip(["small", *details.DIFFERENCES], details.cumulative(), strict=True):
    live = "-"
    if key != "small":
        trained = ppo_edu.train("CartPole-v1", variant.config, seed=0, max_steps=50_000, stop_at=None)
        live = f"{trained.evaluate(episodes=100, greedy=False).mean():.0f}"
    ten = recorded_runs.scores("CartPole-v1", variant.name, "sampled_return")
    low, high = statistics.bootstrap_interval(statistics.interquartile_mean, ten)
    iqm = statistics.interquartile_mean(ten)
    seconds = np.median(recorded_runs.scores("CartPole-v1", variant.name, "processor_seconds"))
    plus = "  " if key == "small" else "+ "
    print(
        f"{live:>5}   {iqm:5.0f} [{low:3.0f}, {high:3.0f}]   {seconds:5.1f} s   {plus}{details.name_of(key)}"
    )

# %%
figures.small_to_default()

# %% [markdown] lang="ko" against="0ea15d6b"
# **환경을 여러 개로 늘리자 오히려 나빠졌습니다.** 작은 프로그램은 *시간*이 오래 걸릴 뿐, *스텝 수*로 재면 그리 느리지 않습니다. 20스텝마다 배우니 50,000스텝 동안 그래디언트(gradient) 스텝이 7,500번입니다. 다만 시드에 따라 들쭉날쭉합니다.
# 환경 128개로 4,096스텝씩 모으면 걸리는 시간은 열여섯 배쯤 줄지만, 그래디언트 스텝도 150번쯤으로 줄어듭니다. 나머지 행들이 하는 일은 **그 적은 스텝으로도 배우게 하는 것**입니다. 단번에 되찾아 주는 행은 없습니다. 작은 신경망 두 개에서 크게 오르고, 에폭(epoch)을 하나 늘리면 또 오르고, 마지막에 $\epsilon$까지 넓히면 만점입니다.
# 그림에서 점은 실행 하나, 막대는 95% 구간입니다. 가운데 그림은 하나만 더했을 때, 오른쪽은 기본 설정에서 하나만 뺐을 때입니다. 세 그림에서 가장 크게 움직이는 행이 같은지 비교해 보세요. 설정들은 **서로 얽혀 있어서** 같아야 할 이유가 없습니다. 하나를 더해서 얻는 만큼도 더하는 순서에 따라 달라집니다.
# 그러니 이 그림은 "이 과제에서, 50,000스텝 안에, 이 순서로"라는 말과 함께 읽어야 합니다. 차이가 보이지 않는 행도 다른 과제에서는 중요할 수 있습니다.
#
# ## 8. 에이전트를 지켜보기
#
# 훈련하기 전, 중간(최근 에피소드 100개의 평균이 40에 이른 때), 끝난 뒤의 정책을 같은 자리에서 출발시킵니다. 시드가 같으면 훈련도 마지막 자리까지 똑같으니, 일찍 멈춘 훈련이 바로 중간의 모습입니다.
# 여기서는 확률이 가장 높은 행동만 고르게 합니다(탐욕 정책, greedy policy).

# %% [markdown] lang="en" against="60c98cec"
# **With many environments it got worse.** The small program takes long in *time*; in *steps* it is not that slow. It learns every 20 steps, so it takes 7,500 gradient steps in 50,000 steps of the environment, though seeds differ a good deal.
# With 128 environments and 4,096 steps to a rollout, it takes a sixteenth of the time, but the gradient steps shrink, too, to some 150. What all the other rows do is to **let it learn in those few steps**. No single row brings it back. It rises a good deal with two small networks, again with one more epoch, and with the wider $\epsilon$ at the end it is at full marks.
# In the picture a dot is a run and a bar the 95% interval. The middle picture adds one thing alone, the right one leaves one out of the default. Compare which row moves most in each of the three: the settings **depend on each other**, so there is no reason why it should be the same one. What a row adds depends on what was added before it, too.
# So read it with the words "in this task, within 50,000 steps, in this order". A row that shows no difference here may matter elsewhere.
#
# ## 8. Watch the agent
#
# The policy before training, half-way (here: when the mean of the last 100 episodes has reached 40) and after it, starting from the same place. The same seed gives the same training to the last digit, so a training stopped early *is* the half-way one.
# We let each take the action it holds most likely (the greedy policy).

# %%
beginner = ppo_edu.train("CartPole-v1", seed=0, max_steps=1)
halfway = ppo_edu.train("CartPole-v1", seed=0, stop_at=40)
agents = {t("lesson.before"): beginner.act, t("lesson.halfway"): halfway.act, t("lesson.after"): run.act}
watch_together(agents, seed=4, steps=300)

# %% [markdown] lang="ko" against="2eee7657"
# 이제 점수가 세 가지 있습니다. 훈련의 마지막 에피소드 100번, 마지막 정책이 행동을 *뽑은* 새 에피소드 100번, 마지막 정책이 확률이 가장 높은 행동만 고른(탐욕) 새 에피소드 100번입니다.
#
# **예측** 어느 것이 가장 낮을까요? {lowest: 훈련의 점수 | 뽑은 행동 | 탐욕} 그 이유는 뽑기일까요, 다른 것일까요?

# %% [markdown] lang="en" against="06fd6c2c"
# There are three scores now: the last 100 episodes of the training, 100 new episodes of the final policy that *draws* its actions, and 100 new ones in which it takes the most likely action (greedy).
#
# **Predict** Which is the lowest? {lowest: the training's | drawn | greedy} Is it because of drawing, or of something else?

# %%
drawn = run.evaluate(episodes=100, seed=1, greedy=False)
scores = run.evaluate(episodes=100, seed=1)
print(t("lesson.sampled", mean=run.mean_return))
print(t("lesson.final_drawn", episodes=len(drawn), mean=drawn.mean(), worst=drawn.min()))
print(t("lesson.greedy", episodes=len(scores), mean=scores.mean(), worst=scores.min()))

# %% [markdown] lang="ko" against="6d6e0b8e"
# 가장 낮은 것은 훈련의 점수인데, 뽑았기 때문이 아닙니다. 마지막 정책은 **뽑아도** 만점입니다. 훈련의 점수가 낮은 것은 **오래된 정책들의 점수**이기 때문입니다. 그 에피소드들은 업데이트 열여섯 번쯤 전부터 시작했습니다(6절).
# 이 과제에서는 뽑아도 손해가 없지만, 다른 과제에서는 손해를 볼 수도 있습니다({lesson:how_sure}의 Acrobot). 반대로 다 배운 뒤에도 뽑아야 하는 과제가 있습니다. 가위바위보처럼 상대가 있는 게임, 상태가 다 보이지 않는 과제, 글을 만드는 언어 모델이 그렇습니다.
# 그래서 점수를 말할 때는 무엇을 쟀는지 함께 말하고, 다르게 잰 점수끼리 비교하지 않습니다.
#
# ## 9. 업데이트 한 번을 천천히
#
# 훈련은 순식간이라 안에서 무슨 일이 벌어지는지 보기 어렵습니다. 아래의 버튼을 누르면 **한 번에 한 가지씩** 일어납니다. 롤아웃(rollout)을 모으고, 미니배치 하나를 배우고, 에폭 하나를 마칩니다.
# 히스토그램은 비율이 어떻게 퍼지는지, 두 히트맵은 막대의 각도와 각속도에 따라 정책이 오른쪽으로 밀 확률이 업데이트 전과 후에 어떻게 다른지 보여 줍니다.
#
# **예측** 미니배치를 하나만 배우면 히스토그램은 어떤 모양일까요? 네 에폭을 다 마치면?

# %% [markdown] lang="en" against="22dcb695"
# The training's score is the lowest, and not because of drawing: the final policy reaches full marks **even when it draws**. The training's score is lower because it is that of **older policies**: those episodes began up to some 16 updates earlier (section 6).
# In this task drawing costs nothing. In others it does (Acrobot, {lesson:how_sure}), and in some one has to draw even when all is learnt: in games with an opponent such as rock-paper-scissors, where the state is only partly seen, in language models.
# So a score goes with the words how it was measured, and scores measured in different ways are not compared.
#
# ## 9. One update in slow motion
#
# Training is over before you can see what goes on inside. With the buttons below, **one thing happens at a time**: collect a rollout, learn from one minibatch, finish an epoch.
# The histogram shows how the ratios spread; the two heat maps show how likely the policy is to push right, for each angle and angular velocity of the pole, before the update and after.
#
# **Predict** What does the histogram look like after a single minibatch? And after all four epochs?

# %%
workbench.StepMode()

# %% [markdown] lang="ko" against="5f04a583"
# 롤아웃을 막 모았을 때는 비율이 모두 1입니다. 첫 미니배치를 배우고 나면 조금 퍼지고, 에폭이 지날수록 클립 범위 밖으로 나가는 샘플이 생깁니다.
#
# ## 10. 다시 훈련해 보기
#
# 훈련이 몇 초면 끝나니, 궁금하면 **다시 훈련해 보면** 됩니다. 슬라이더를 옮기고 **다시 훈련**을 누르면 새 곡선이 앞의 곡선 위에 겹쳐집니다. **정지**를 누르면 그때까지의 곡선이 남습니다.
#
# **예측** $\epsilon$을 0.05로 줄이면? $\lambda$를 0으로 하면? 학습률을 다섯 배인 0.05로 하면?

# %% [markdown] lang="en" against="da52ef34"
# With a rollout just collected, all ratios are 1. After the first minibatch they spread a little, and epoch by epoch some samples leave the clip range.
#
# ## 10. Train it again
#
# Training takes seconds, so when you wonder, **train again**. Move the sliders and press **Retrain**: the new curve is laid over the earlier ones. Press **Stop**, and the curve so far stays.
#
# **Predict** What if $\epsilon$ is only 0.05? If $\lambda$ is 0? If the learning rate is five times as large, 0.05?

# %%
workbench.Retrain(run)

# %% [markdown] lang="ko" against="73f5de2d"
# 한 번의 결과로 결론을 내리지는 마세요. 시드만 바꾸어도 곡선은 꽤 달라집니다({lesson:how_sure}).
#
# ## 11. `truncated`를 읽고도 쓰지 않으면
#
# 노트의 반복문은 `env.step`이 돌려주는 `truncated`를 받아 놓고 쓰지 않습니다. `terminated`일 때만 에피소드를 끝냅니다.
# 훈련된 정책으로 그대로 해 봅시다(끝나지 않을 수 있으니 2,000스텝에서 멈춥니다).
#
# **예측** CartPole의 만점은 500입니다. 점수는 얼마가 나올까요?

# %% [markdown] lang="en" against="5c821690"
# Do not conclude anything from one run: another seed alone changes the curve a good deal ({lesson:how_sure}).
#
# ## 11. Reading `truncated` and not using it
#
# The loop in the notes receives `truncated` from `env.step` and does nothing with it: only `terminated` ends an episode.
# Let us do the same with the trained policy (and stop at 2,000 steps, because it may never end).
#
# **Predict** Full marks in CartPole are 500. What will the score be?


# %%
def play(ends):
    s, _ = env.reset(seed=3)
    for score in range(1, 2_001):
        s, _, terminated, truncated, _ = env.step(run.act(s))
        if ends(terminated, truncated):
            break
    return score


print("terminated            ", play(lambda terminated, truncated: terminated))
print("terminated | truncated", play(lambda terminated, truncated: terminated or truncated))

# %% [markdown] lang="ko" against="25cb4e4d"
# 과제가 허락하지 않는 점수가 나옵니다. 이런 에피소드가 평균에 섞이면 보고하는 점수가 부풀고, 다른 사람의 결과와 비교할 수 없게 됩니다.
# 그래서 5절의 반복문은 `terminated or truncated`에서 에피소드를 끝내고, 부트스트랩(bootstrap)만 `terminated`에서 끊습니다({lesson:gae}).
#
# ## 12. 왜 리플레이 버퍼를 쓰지 않을까요?
#
# DQN은 오래된 경험도 버퍼에서 꺼내 다시 씁니다. DQN의 목표 $r + \gamma \max_{a'} Q(s', a')$에는 누가 그 행동을 골랐는지가 나오지 않기 때문입니다.
# PPO의 비율에는 그것이 분모로 들어갑니다. 배우기 전의 정책이 모은 데이터를 훈련된 정책으로 다시 쓰려고 하면 어떻게 될까요?
#
# **예측** 그 샘플 가운데 비율이 $[0.8,\ 1.2]$를 벗어난 것은 몇 퍼센트일까요?

# %% [markdown] lang="en" against="b886dcb2"
# A score that the task does not allow. Once such episodes enter an average, the reported score is inflated and cannot be compared with anybody else's.
# So the loop in section 5 ends an episode at `terminated or truncated`, and only the bootstrap is cut at `terminated` alone ({lesson:gae}).
#
# ## 12. Why no replay buffer?
#
# DQN takes old experience out of its buffer and uses it again. It can, because its target $r + \gamma \max_{a'} Q(s', a')$ does not say who chose the action.
# PPO's ratio does: the one who chose is its denominator. What if we reuse, for the trained policy, data collected before it had learned anything?
#
# **Predict** What share of these samples has a ratio outside $[0.8,\ 1.2]$?

# %%
from ppo_edu.environments import make_environments
from ppo_edu.rollout import Collector

old, _ = Collector(make_environments("CartPole-v1", 16), seed=0).collect(beginner.policy, horizon=64)
with torch.no_grad():
    log_prob = run.policy.pi(old.observations[:-1]).log_prob(torch.as_tensor(old.actions))
ratio = ppo_edu.probability_ratio(log_prob.numpy(), old.log_probs)
print(f"{ppo_edu.clip_fraction(ratio, epsilon=0.2):.1%}")

# %% [markdown] lang="ko" against="f98cec91"
# 거의 모두 벗어나 있습니다. 이런 샘플은 그래디언트가 끊기거나, 끊기지 않더라도 *이전* 정책에 대한 낡은 어드밴티지로 정책을 밀어 댑니다.
# 그래서 PPO는 방금 모은 배치를 몇 에폭만 쓰고 버립니다. 이것을 온폴리시(on-policy)라고 합니다.
#
# ## 13. 다 푼 뒤에도 계속 훈련하면
#
# 훈련한 결과는 파일로 저장했다가 불러올 수 있고, 멈춘 곳에서 이어 갈 수도 있습니다. 정책도, 옵티마이저의 상태도, 곡선도 이어집니다.
#
# **예측** 곡선은 500에 머물까요? {stays: 머뭅니다 | 떨어집니다}

# %% [markdown] lang="en" against="2cfcd456"
# Nearly all of them. Such a sample either has its gradient cut, or pushes the policy by a stale advantage that was measured for *another* policy.
# So PPO uses the batch it has just collected for a few epochs and throws it away. This is what on-policy means.
#
# ## 13. Training on after it is solved
#
# What came out of a training can be saved to a file and loaded again, and training can go on where it stopped: policy, optimiser state and curve continue.
#
# **Predict** Does the curve stay at 500? {stays: it stays | it falls}

# %%
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "cartpole.npz"
    run.save(path)
    loaded = ppo_edu.TrainingRun.load(path)

more = ppo_edu.train("CartPole-v1", start_from=loaded, stop_at=None, max_steps=100_000)
figures.learning_curve(more)

# %% [markdown] lang="ko" against="1b5d40e4"
# 여기서는 500에 머뭅니다. 하지만 "다 풀고 나서 갑자기 무너졌다"는 이야기를 흔히 듣습니다. 무엇이 막아 주고 있는 걸까요? 안전장치를 하나씩 떼고 시드 다섯 개로 다시 이어 봅시다.
# 먼저 학습률을 줄이지 않습니다. 그다음에는 클리핑까지 뺍니다.
#
# **예측** 어느 쪽에서 무너지는 시드가 나올까요? {collapse: 클리핑이 있어도 | 클리핑을 빼면 | 어느 쪽도 아님}

# %% [markdown] lang="en" against="20b039bd"
# Here it stays at 500. But "it had solved the task, and then it collapsed" is often heard. What prevents it here? Let us take off the safeguards one by one and train on with five seeds:
# first the learning rate no longer falls, then there is no clipping either.
#
# **Predict** Where do seeds collapse? {collapse: even with clipping | without clipping | in neither}

# %%
for clip in ("clip_and_min", "none"):
    config = ppo_edu.PPOConfig(clip=clip, anneal_learning_rate=False)
    for seed in range(5):
        more = ppo_edu.train(
            "CartPole-v1", config, seed=seed, start_from=loaded, stop_at=None, max_steps=70_000
        )
        returns = more.returns[len(loaded.returns) :]
        kl = more.history["approx_kl"][len(loaded.updates) :]
        found = {"mean": returns.mean(), "lowest": returns.min(), "largest": kl.max()}
        print(ppo_edu.t("printed.trained_on", clip=clip, seed=seed, **found))

# %% [markdown] lang="ko" against="7ddad490"
# 클리핑이 있으면 학습률을 줄이지 않아도 다섯 시드 모두 버팁니다. 클리핑을 빼면 업데이트 한 번에 KL이 5를 넘게 뛰기도 합니다. 걸음이 크다고 다 점수가 떨어지는 것은 아니지만({lesson:trpo_vs_ppo}), 크게 떨어진 시드에서는 열 스텝 만에 쓰러지는 에피소드까지 나옵니다.

# %% [markdown] lang="en" against="fba4dba6"
# With clipping all five seeds hold, falling learning rate or not. Without it, a single update may move the KL by more than 5. Not every such step leads downhill ({lesson:trpo_vs_ppo}), but a seed that falls far has episodes that end after some ten steps.

# %% [markdown] lang="ko" against="3ab36e0b"
# ## 연습
#
# 이제 직접 작성해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.

# %% [markdown] lang="en" against="96b0d501"
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.

# %% [markdown] lang="ko" against="7b49050c"
# ### 연습 · 행을 열로
#
# 트랜지션(transition) 하나는 `(s, a, r, s_prime, log_prob, terminated, truncated)`입니다. 트랜지션의 리스트를 받아 열 일곱 개를 같은 순서로 돌려주는 함수를 작성해 보세요.
# 열 하나는 행마다 값이 하나씩 든 배열입니다(`s`와 `s_prime`만 상태 벡터이고 나머지의 모양은 `(B,)`). 힌트: `ppo_edu.hint("make_batch", 1)`.

# %% [markdown] lang="en" against="7d3e4eff"
# ### Exercise · Rows into columns
#
# One transition is `(s, a, r, s_prime, log_prob, terminated, truncated)`. Write the function that takes a list of transitions and returns seven columns, in the same order.
# A column is an array with one entry a row (`s` and `s_prime` hold state vectors, the others have the shape `(B,)`). For help: `ppo_edu.hint("make_batch", 1)`.


# %% tags=["exercise-make_batch"]
def make_batch(transitions): ...


# %%
ppo_edu.check("make_batch", make_batch)

# %% [markdown] lang="ko" against="e885175a"
# ### 연습 · 손실
#
# 입력은 텐서 다섯 개(모양 `(B,)`)와 `epsilon`이고, 결과는 스칼라 텐서, 즉 클리핑된 목적함수와 가치 손실(`F.smooth_l1_loss`)을 합친 손실입니다.
# 실제 프로그램에서 실수하기 쉬운 그대로, 여기서는 **다섯 텐서가 모두 그래디언트를 받을 수 있습니다.** 정책과 크리틱(`log_prob`, `value`)으로만 그래디언트가 흐르게 하세요.

# %% [markdown] lang="en" against="2ef489a8"
# ### Exercise · The loss
#
# Five tensors of the shape `(B,)` and `epsilon` come in; out goes a tensor of one number, the loss made of the clipped objective and the value loss (`F.smooth_l1_loss`).
# As easily happens in real programs, **all five tensors can receive gradients here.** Let the gradient flow to the policy and the critic (`log_prob` and `value`) only.


# %% tags=["exercise-ppo_loss"]
def ppo_loss(log_prob, old_log_prob, advantage, value, target, epsilon): ...


# %%
ppo_edu.check("ppo_loss", ppo_loss)

# %% [markdown] lang="ko" against="aae94fdf"
# ### 연습 · 왜 버릴까요? (예측)
#
# PPO는 배치를 몇 에폭만 쓰고 버립니다. DQN처럼 버퍼에 쌓아 두고 다시 쓰면 어떻게 될까요? 아래는 스무 번쯤 전의 업데이트에서 모은 샘플 여덟 개입니다.
#
# | 샘플 | 모을 때의 확률 | 지금의 확률 | 모을 때의 A |
# |---|---|---|---|
# | 1 | 0.50 | 0.95 | +1.2 |
# | 2 | 0.60 | 0.63 | +0.4 |
# | 3 | 0.40 | 0.08 | -0.9 |
# | 4 | 0.50 | 0.91 | +0.8 |
# | 5 | 0.70 | 0.21 | -1.1 |
# | 6 | 0.50 | 0.90 | -0.3 |
# | 7 | 0.30 | 0.06 | +0.5 |
# | 8 | 0.80 | 0.97 | +0.6 |
#
# $\epsilon = 0.2$로 클리핑하면 그래디언트가 흐르는 샘플은 몇 개일까요? `...` 자리에 수를 적으세요.

# %% [markdown] lang="en" against="af85b7c3"
# ### Exercise · Why throw it away? (predict)
#
# PPO uses a batch for a few epochs and throws it away. What if it kept a buffer and used the data again, as DQN does? Here are eight samples that were collected some twenty updates ago.
#
# | sample | probability then | probability now | A then |
# |---|---|---|---|
# | 1 | 0.50 | 0.95 | +1.2 |
# | 2 | 0.60 | 0.63 | +0.4 |
# | 3 | 0.40 | 0.08 | -0.9 |
# | 4 | 0.50 | 0.91 | +0.8 |
# | 5 | 0.70 | 0.21 | -1.1 |
# | 6 | 0.50 | 0.90 | -0.3 |
# | 7 | 0.30 | 0.06 | +0.5 |
# | 8 | 0.80 | 0.97 | +0.6 |
#
# With $\epsilon = 0.2$, how many of them still pass a gradient? Put the number in place of the `...`.

# %% tags=["exercise-throwing_away"]
throwing_away = ...

# %%
ppo_edu.check("throwing_away", throwing_away)

# %% [markdown] lang="ko" against="01006283"
# ## 버그 찾기
#
# 작은 PPO 프로그램이 여섯 개 있습니다. 하나하나에 버그가 딱 하나씩 있는데, 모두 실제 라이브러리의 이슈 트래커에 올라온 적이 있는 종류입니다.
# 오류를 내며 멈추는 것은 하나도 없습니다. 그래서 더 찾기 어렵습니다.
#
# 순서는 이렇습니다.
#
# 1. **증상**만 봅니다. 주황색이 버그 있는 프로그램, 회색이 버그 없는 프로그램입니다(그리는 데 몇 초 걸립니다).
# 2. 무엇이 잘못되었을지 **짐작해** 봅니다.
# 3. 접어 둔 **코드**를 펼쳐 확인하고, 잘못된 함수를 복사해 고칩니다.
# 4. 고친 함수를 넘기면 프로그램을 다시 돌려 채점합니다. 예: `loss`를 고쳤다면 그 함수를 셀에 적고 마지막 줄에 `bug_1 = loss`
#
# 과제는 100스텝에서 중단되는 CartPole이고, 환경은 8개, 한 번에 128스텝씩 모읍니다. *설명된 분산*은 크리틱이 목표를 얼마나 맞히는지를 나타냅니다.
# 1이면 완벽하고, 0이면 평균만 맞힙니다. 아무도 쓰러지지 않으면 목표가 거의 같아서, 버그가 없어도 0에 가까워질 수 있습니다.
#
# 그림에는 증상이 가장 잘 보이는 시드 하나를 골라 썼습니다. 골랐으니 다른 시드에서도 보이는지 말해야 공정합니다. 프로그램마다 시드 열두 개로 돌려 세어 둔 것이 있습니다. 증상을 미리 알고 싶지 않다면 마지막 프로그램 뒤에서 봅니다.

# %% [markdown] lang="en" against="ca138695"
# ## Find the bug
#
# Here are six small PPO programs. Each has exactly one bug, of a kind that has stood in the issue tracker of a real library.
# None of them stops with an error, which is what makes them hard to find.
#
# 1. Look at the **symptoms** alone: orange is the program with the bug, grey the one without (drawing takes a few seconds).
# 2. **Guess** what is wrong.
# 3. Unfold the **code**, find the place, copy the function that is wrong, and mend it.
# 4. Hand in the mended function: the check runs the program with it. If you mended `loss`, for example, write it into the cell and end with `bug_1 = loss`.
#
# The task is CartPole, truncated after 100 steps, in 8 environments, 128 steps at a time. The *explained variance* tells how well the critic foretells its targets:
# 1 is perfect, at 0 it knows their mean and no more. When nobody falls, all targets are nearly the same, and it may come near 0 without any bug.
#
# The pictures show one seed, picked because the symptoms read well there. Whoever picks has to say how it is with others: each program was run with twelve seeds. As the counts give the symptoms away, they stand after the last program.

# %%
from ppo_edu.exercises.tasks import bugs

# %% [markdown] lang="ko" against="5c3b5cef"
# ### 프로그램 1
#
# 정책은 배우는 것 같습니다. 크리틱은 어떤가요?

# %% [markdown] lang="en" against="c13e14a9"
# ### Program 1
#
# The policy seems to learn. What about the critic?

# %%
bugs.symptoms(1)

# %%
bugs.code(1)

# %% tags=["exercise-bug_1"]
bug_1 = ...

# %%
ppo_edu.check("bug_1", bug_1)

# %% [markdown] lang="ko" against="221edcf8"
# ### 프로그램 2
#
# 클리핑이 있으면 정책이 한 번에 이렇게 멀리 갈 수 없을 텐데요.

# %% [markdown] lang="en" against="4d9226b9"
# ### Program 2
#
# With clipping, a policy cannot go that far in one update. Or can it?

# %%
bugs.symptoms(2)

# %%
bugs.code(2)

# %% tags=["exercise-bug_2"]
bug_2 = ...

# %%
ppo_edu.check("bug_2", bug_2)

# %% [markdown] lang="ko" against="c9c91357"
# ### 프로그램 3
#
# 잘 배우다가 자꾸 무너집니다. 어떤 진단값이 처음부터 다른가요?

# %% [markdown] lang="en" against="3ecb01b5"
# ### Program 3
#
# It learns, and breaks down again and again. Which diagnostic is different from the start?

# %%
bugs.symptoms(3)

# %%
bugs.code(3)

# %% tags=["exercise-bug_3"]
bug_3 = ...

# %%
ppo_edu.check("bug_3", bug_3)

# %% [markdown] lang="ko" against="18e98a10"
# ### 프로그램 4
#
# 막대는 거의 쓰러지지 않게 되었습니다. 그런데 무엇이 내려가지 않나요?

# %% [markdown] lang="en" against="82ae153a"
# ### Program 4
#
# The pole hardly falls any more. But what does not come down?

# %%
bugs.symptoms(4)

# %%
bugs.code(4)

# %% tags=["exercise-bug_4"]
bug_4 = ...

# %%
ppo_edu.check("bug_4", bug_4)

# %% [markdown] lang="ko" against="84d981ed"
# ### 프로그램 5
#
# 거의 알아챌 수 없습니다. 그래도 자로 그은 듯한 선이 하나 있습니다.

# %% [markdown] lang="en" against="18710a6a"
# ### Program 5
#
# Hardly anything to see. Only one line looks as if drawn with a ruler.

# %%
bugs.symptoms(5)

# %%
bugs.code(5)

# %% tags=["exercise-bug_5"]
bug_5 = ...

# %%
ppo_edu.check("bug_5", bug_5)

# %% [markdown] lang="ko" against="0061046d"
# ### 프로그램 6
#
# 배우기는 합니다. 그런데 배치가 이상합니다.

# %% [markdown] lang="en" against="a2b931af"
# ### Program 6
#
# It does learn. But there is something odd about the batch.

# %%
bugs.symptoms(6)

# %%
bugs.code(6)

# %% tags=["exercise-bug_6"]
bug_6 = ...

# %%
ppo_edu.check("bug_6", bug_6)

# %% [markdown] lang="ko" against="41cb802b"
# ### 다른 시드에서도 그럴까요?
#
# **예측** 여섯 증상 가운데 시드 열두 개 모두에서 보이는 것은 몇 개일까요? {in_all_seeds: 2개 | 3개 | 4개 | 5개 | 6개}

# %% [markdown] lang="en" against="fcfb51b4"
# ### And with other seeds?
#
# **Predict** How many of the six symptoms show in all twelve seeds? {in_all_seeds: 2 | 3 | 4 | 5 | 6}

# %% tags=["nbval-check-output"]
print(bugs.in_how_many_seeds())

# %% [markdown] lang="ko" against="8f429622"
# 모든 시드에서 보이는 증상은 대개 계산에서 바로 나오는 것입니다(행의 수, 클립 비중, $|A|$의 한계). 훈련의 결과로 나타나는 증상, 즉 무너지거나 가치 손실이 줄지 않는 것은 시드를 탑니다. 증상이 안 보인다고 버그가 없는 것은 아닙니다.

# %% [markdown] lang="en" against="34acced3"
# The symptoms that show in every seed come straight from the computation, most of them: the number of rows, the clip fraction, the limit on $|A|$. Those that training has to bring about, breaking down or a value loss that does not fall, depend on the seed. Not seeing a symptom does not mean that there is no bug.

# %% [markdown] lang="ko" against="3a906ebd"
# ## 빈 셀에서 처음부터
#
# 이제 프로그램 **전체**를 직접 짭니다. 네 단계로 나누어 하나씩 점검하고, 끝에 전체를 훈련시킵니다. 서두르지 않으면 한 시간쯤 걸립니다. 여러 번에 나누어 해도 됩니다.
#
# 작성하는 방법은 자유입니다. 노트처럼 클래스 하나에 모두 담아도, 함수로 나누어도, 셀을 여러 개 써도, NumPy로 계산해도 됩니다. 이름도 마음대로 지으세요. 정해진 것은 단계마다 적어 둔 몇 가지뿐입니다.
# 설정은 2절과 같습니다: `gamma` 0.98, `lmbda` 0.95, `eps_clip` 0.1, `learning_rate` 0.0005, `K_epoch` 3, `T_horizon` 20.
#
# ### 1단계 · 신경망
#
# 관측의 크기와 행동의 개수를 받아(`PPO(4, 2)`처럼. 2절의 클래스는 인수를 받지 않으니 크기를 인수로 바꿉니다) 신경망을 만드는 클래스나 함수를 작성하고, 마지막 줄에서 `ppo_network`에 넣으세요(예: `ppo_network = PPO`).
# 만들어진 신경망에는 `pi`와 `v`가 있어야 합니다. 상태 $B$개를 담은 텐서를 받아, `pi`는 행동의 확률 $(B, \text{행동의 개수})$이나 `Categorical`을, `v`는 가치 $(B,)$나 $(B, 1)$을 돌려줍니다. 3단계에서 쓸 옵티마이저도 여기에 함께 두면 편합니다.

# %% [markdown] lang="en" against="cd8077f2"
# ## From an empty cell
#
# Now you write the **whole** program. It is done in four steps, each checked on its own, and at the end all of it is trained. Without hurry it takes about an hour, and you can stop after any step.
#
# Write it as you like: everything in one class, as the notes have it, or in functions, in one cell or many, with NumPy where you want it, under any names. Only the few things that each step says are fixed.
# The settings are those of section 2: `gamma` 0.98, `lmbda` 0.95, `eps_clip` 0.1, `learning_rate` 0.0005, `K_epoch` 3, `T_horizon` 20.
#
# ### Step 1 · The network
#
# Write a class or a function that takes the size of an observation and the number of actions (as in `PPO(4, 2)`; the class of section 2 takes none, so its sizes become arguments) and makes a network. On the last line, put it into `ppo_network`: `ppo_network = PPO`, for example.
# The network has a `pi` and a `v`. They take a tensor of $B$ states: `pi` gives probabilities, one row a state and one column an action, or a `Categorical`; `v` gives values, $(B,)$ or $(B, 1)$. The optimiser of step 3 may live here, too.

# %% tags=["exercise-ppo_network"]
ppo_network = ...

# %%
ppo_edu.check("ppo_network", ppo_network)

# %% [markdown] lang="ko" against="ce93da29"
# ### 2단계 · 모으기
#
# 신경망, 환경, 출발할 상태를 받아 **트랜지션의 리스트**를 돌려주는 함수를 작성하세요. 트랜지션은 3절과 같은 `(s, a, r, s_prime, log_prob, terminated, truncated)`이고, `r`은 보상을 100으로 나눈 값입니다.
# `T_horizon` 스텝을 채우거나 에피소드가 끝나면 멈춥니다. `reset`은 여기서 하지 않습니다.
#
# 신경망과 함수를 함께 넘깁니다: `ppo_collection = PPO, collect`. 클래스의 메서드로 작성했다면 이름을 `collect`로 하고 클래스만 넘깁니다.

# %% [markdown] lang="en" against="d7cb6dc2"
# ### Step 2 · Collecting
#
# Write a function that takes the network, an environment and the state to begin from, and returns a **list of transitions**: `(s, a, r, s_prime, log_prob, terminated, truncated)` as in section 3, where `r` is the reward divided by 100.
# It stops after `T_horizon` steps or where the episode ends. There is no `reset` in it.
#
# Hand in the network and the function: `ppo_collection = PPO, collect`. If it is a method of your class, name it `collect` and hand in the class alone.

# %% tags=["exercise-ppo_collection"]
ppo_collection = ...

# %%
ppo_edu.check("ppo_collection", ppo_collection)

# %% [markdown] lang="ko" against="6f3cc16d"
# ### 3단계 · 배우기: `train_net`
#
# 신경망과 트랜지션의 리스트를 받아 가중치를 업데이트하는 함수를 작성하세요. 4절의 네 가지를 그대로, `Adam`으로 합니다. GAE도, 비율도, 클리핑도 직접 계산합니다.
# 점검에서는 미리 만들어 둔 트랜지션을 여러분의 함수에 넘기고, 배운 뒤의 가중치가 `ppo_edu`의 함수로 배운 가중치와 같은지 봅니다. 가중치가 움직인 거리의 0.2%까지의 차이는 반올림 오차로 봅니다. 흔한 실수는 그 실수가 남기는 가중치로 알아냅니다.
#
# 넘기는 방법은 같습니다: `ppo_train_net = PPO, train_net`, 또는 `train_net` 메서드가 있는 클래스. `put_data`로 담아 두고 인자 없이 부르는 노트의 방식도 됩니다.

# %% [markdown] lang="en" against="0cf56eb8"
# ### Step 3 · Learning: `train_net`
#
# Write a function that takes the network and a list of transitions, and updates the weights: the four points of section 4, with `Adam`. GAE, ratio and clipping are yours to compute.
# The check hands you transitions made by hand, and looks whether the weights become those that the functions of `ppo_edu` give. A difference of up to 0.2% of the distance that the weights moved counts as rounding. A usual mistake is known by the weights that it leaves.
#
# It is handed in as before: `ppo_train_net = PPO, train_net`, or a class with the method `train_net`. The notes' way, with `put_data` first and no arguments, will do, too.

# %% tags=["exercise-ppo_train_net"]
ppo_train_net = ...

# %%
ppo_edu.check("ppo_train_net", ppo_train_net)

# %% [markdown] lang="ko" against="1e50b7e3"
# ### 4단계 · 반복
#
# 환경과 스텝 수를 받아 처음부터 훈련하는 함수 `main(env, max_steps)`를 작성하세요. 신경망도 여기서, 환경에 맞는 크기로 만듭니다. 롤아웃마다 배우고, 에피소드가 끝났을 때만 `reset`하고, `max_steps` 스텝을 채우면 멈춥니다(진행 중인 롤아웃은 마쳐도 됩니다). 무엇을 출력하고 돌려줄지는 자유입니다.

# %% [markdown] lang="en" against="a36e9efb"
# ### Step 4 · The loop
#
# Write the function `main(env, max_steps)` that trains from the beginning. It makes the network, too, in the sizes of that environment; learns after each rollout; resets where an episode ended, and only there; and stops after `max_steps` steps (it may finish its rollout). What it prints and returns is up to you.

# %% tags=["exercise-ppo_main"]
ppo_main = ...

# %%
ppo_edu.check("ppo_main", ppo_main)

# %% [markdown] lang="ko" against="99fc7d5e"
# ### 전체 · 두 과제를 배우기
#
# 부분들을 차례대로 모두 넘깁니다: `ppo_program = PPO, collect, train_net, main`, 클래스 하나라면 `ppo_program = PPO, main`.
# 네 단계를 다시 점검한 뒤 CartPole에서 6,000스텝, 처음 보는 과제에서 4,000스텝을 훈련시킵니다. 처음 보는 과제는 선 위를 걸어 등불 밑에 서는 것입니다. 관측의 크기가 3, 행동이 3개, 보상은 음수이고, 언제나 20스텝에서 중단됩니다. 짧은 선에서 스텝마다 보상이 오니, 맞는 프로그램이면 몇 초 만에 배웁니다.
# 한 번에 통과하지 못하면 시드를 바꾸어 두 번 더 해 봅니다. 훈련하는 동안 진행 상황이 나오고, 정지(■)로 멈출 수 있습니다.
#
# **예측** 여러분의 프로그램은 6,000스텝의 마지막 3분의 1에서 평균 몇 스텝을 버틸까요? (통과 기준은 30이고, 배우지 않는 정책은 20쯤입니다.)

# %% [markdown] lang="en" against="b92ab08e"
# ### The whole · Two tasks to learn
#
# Hand in all parts in their order: `ppo_program = PPO, collect, train_net, main`, or with one class `ppo_program = PPO, main`.
# The four steps are checked again; then the program trains for 6,000 steps on CartPole and for 4,000 on a task that it has never seen: to walk along a line and stand under a lamp. There are three numbers to observe, three actions, rewards are negative, and every episode is truncated after 20 steps. On a short line where every step is paid at once, a right program learns it in seconds.
# If it does not pass at once, two more seeds are tried. Meanwhile you see how far it has got, and stop (■) ends it.
#
# **Predict** How many steps will your program balance the pole, on average, in the last third of the 6,000? (30 are wanted; a policy that does not learn lasts some 20.)

# %% tags=["exercise-ppo_program"]
ppo_program = ...

# %%
ppo_edu.check("ppo_program", ppo_program)

# %% [markdown] lang="ko" against="7512db2d"
# 통과했다면 파일로 저장하세요. 아래 셀을 실행하면, 지금까지 실행한 셀에서 프로그램에 필요한 부분만 저절로 모아 파일에 적습니다. 그 파일은 `ppo_edu` 없이 `python my_ppo.py`로 돌아갑니다.

# %% [markdown] lang="en" against="a352af04"
# If it has passed, save it as a file. What the program needs is collected from the cells that you have run. The file runs by `python my_ppo.py`, without `ppo_edu`.

# %%
ppo_edu.exercises.save_program(ppo_program, "my_ppo.py")

# %% [markdown] lang="ko" against="312bb403"
# ## 훈련이 안 될 때의 점검표
#
# 내 프로그램이 배우지 않을 때 이 순서로 봅니다. 앞의 것이 틀렸으면 뒤의 것은 볼 필요가 없습니다. 그림의 주황색은 버그 찾기에 나온 버그 있는 프로그램이고, 회색은 버그 없는 프로그램입니다. 제목의 번호가 아래의 번호입니다.

# %% [markdown] lang="en" against="073a4b5a"
# ## A checklist for when it does not learn
#
# When a program of yours does not learn, look in this order: if an early line is wrong, the later ones mean nothing. In the picture orange is a sick one of the six programs above, and grey the healthy one. The numbers in the titles are those of the list below.

# %%
sick_runs.checklist()

# %% [markdown] lang="ko" against="c05917a3"
# 1. **첫 미니배치의 비율이 1인가?** 모을 때와 배울 때의 정책이 같으니 반올림 오차 안에서 1이어야 합니다. 아니라면 로그 확률을 저장할 때와 다시 계산할 때가 다른 것입니다(다른 행동, 다른 정규화, 드롭아웃). 반대로 배치 하나를 여러 스텝에 쓰는데도 **언제나** 1이고 클립 비중이 꼭 0이면, 이전 로그 확률을 새 정책으로 다시 계산하고 있습니다(프로그램 2).
# 2. **설명된 분산이 0에서 올라오는가?** 0에 붙어 있으면 크리틱이 배우지 못합니다. 모양부터 확인하세요(프로그램 1). 음수면 목표의 크기와 학습률을 봅니다. 다만 모든 목표가 비슷하면 건강해도 0 근처입니다.
# 3. **KL 추정값과 클립 비중.** 6절의 건강한 훈련에서는 업데이트 한 번의 KL이 0.001에서 0.03, 클립 비중이 0.4까지였습니다. 모을 때 저장한 로그 확률과 비교한 KL이 1을 넘으면 걸음이 너무 크거나, 프로그램 2처럼 비율이 잘못되어 클리핑이 일어나지 않는 것입니다. 둘 다 0이면 정책이 거의 바뀌지 않는 것입니다.
# 4. **엔트로피.** 천천히 내려가야 합니다. 몇 번의 업데이트 만에 0이 되면 더는 새로운 행동을 해 보지 않습니다. 끝까지 그대로면 어드밴티지에 신호가 없습니다.
# 5. **가치 손실과 시간 제한.** 에피소드의 길이를 롤아웃의 길이와 비교해 보세요. 끝나는 에피소드가 롤아웃에 하나도 없으면 어드밴티지는 크리틱의 예상뿐이고, 시간 제한을 종료로 다루면 크리틱이 알 수 없는 것을 배우려 애씁니다(프로그램 4).
# 6. **배치의 행 수.** 새 에피소드를 시작하기만 하는 스텝(reset)을 배치에서 뺐는지, 행을 세어 확인합니다(프로그램 6).
# 7. **시드.** 여기까지 괜찮으면 시드 다섯 개로 다시 돌립니다. 하나가 배우고 하나가 못 배우는 것은 버그가 아닐 수도 있습니다({lesson:how_sure}).
#
# ### 조절하는 순서
#
# 정해진 법칙은 아니고, 한 번에 하나씩, 바꿀 때마다 시드 여러 개로 봅니다.
#
# 1. **단위부터**: 보상과 관측을 정규화합니다. 보상과 관측의 크기에 따라 다른 설정의 뜻이 달라지고, 설정들은 서로 얽혀 있습니다(7절).
# 2. **학습률**: 3배씩 올리고 내려 봅니다. KL과 클립 비중이 눈금입니다.
# 3. **배치**: 환경 수 × 롤아웃 길이. 곡선이 들쭉날쭉하면 늘립니다.
# 4. **에폭과 미니배치**: KL이 작으면 데이터를 더 쓰고, 크면 덜 씁니다(`target_kl`).
# 5. **$\gamma$와 $\lambda$**: 보상이 몇 스텝 뒤에 오는지에 맞춥니다. $1 / (1 - \gamma)$스텝 너머의 보상은 가중치가 0.37 아래로 줄어듭니다.
# 6. **$\epsilon$과 엔트로피 보너스**: $\epsilon$은 0.1에서 0.3. 엔트로피가 너무 일찍 사라지면 보너스를 조금 줍니다.
# 7. **신경망의 크기**는 마지막입니다.
#
# ### 다른 라이브러리에서는 뭐라고 부를까요?
#
# 같은 설정이 라이브러리마다 이름이 다르고, 이름이 같아도 뜻이 다를 때가 있습니다. 등호 뒤의 값은 그 라이브러리의 기본값입니다(Stable-Baselines3 2.9, CleanRL 1.0의 `ppo.py`, TRL 0.x의 `PPOConfig`. TRL 1.16에는 PPO가 없고 GRPO와 RLOO가 남았습니다).

# %% [markdown] lang="en" against="3d4de80a"
# 1. **Is the ratio 1 in the first minibatch?** The policy that collected and the one that learns are the same, so it must be 1, up to rounding. If not, the log-probability was stored in one way and is computed in another (other actions, another normalisation, dropout). If it is 1 *always* although each batch is used for several steps, and the clip fraction is exactly 0, the old log-probabilities are computed anew with the new policy (program 2).
# 2. **Does the explained variance rise from 0?** If it sticks to 0 the critic does not learn: look at shapes first (program 1). If it is negative, look at the scale of the targets and the learning rate. But when all targets are alike, it is near 0 in good health, too.
# 3. **Approximate KL and clip fraction.** In the healthy training of section 6, an update's KL was between 0.001 and 0.03 and the clip fraction at most about 0.4. A KL beyond 1, measured against the log-probabilities stored when collecting: steps too large, or wrong ratios, as in program 2, where clipping never acts. Both at 0: the policy hardly changes.
# 4. **Entropy.** It should fall slowly. If it is at 0 within a few updates, nothing new is tried any more. If it never falls, there is no signal in the advantages.
# 5. **Value loss and the time limit.** Compare how long episodes are with how long a rollout is. If no episode ends within a rollout, the advantages are the critic's word alone; and if a time limit is taken for an end, the critic struggles to learn what cannot be known (program 4).
# 6. **Rows in the batch.** Count whether the steps that only reset an environment are left out (program 6).
# 7. **Seeds.** If all this is well, run five seeds. If one seed learns and another does not, that need not be a bug ({lesson:how_sure}).
#
# ### In which order to tune
#
# This is practice and no law. One thing at a time, each with several seeds.
#
# 1. **Units first**: normalise rewards and observations. The sizes of rewards and observations decide what other settings mean, and settings depend on each other (section 7).
# 2. **The learning rate**, up and down by factors of 3. KL and clip fraction are its gauge.
# 3. **The batch**: environments × length of a rollout. Larger if the curve is ragged.
# 4. **Epochs and minibatches**: use the data more if the KL is small, less if it is large (`target_kl`).
# 5. **$\gamma$ and $\lambda$**, to suit how many steps later rewards come: beyond $1 / (1 - \gamma)$ steps, a reward counts for less than 0.37 of itself.
# 6. **$\epsilon$ and the entropy bonus**: an $\epsilon$ of 0.1 to 0.3; a small bonus if the entropy vanishes too early.
# 7. **The size of the networks** comes last.
#
# ### What is it called elsewhere?
#
# One setting has another name in each library, and sometimes one name has another meaning. The values are that library's defaults (Stable-Baselines3 2.9, `ppo.py` of CleanRL 1.0, `PPOConfig` of TRL 0.x; TRL 1.16 has no PPO any more, but GRPO and RLOO).

# %%
display(Markdown(elsewhere.as_markdown()))

# %% [markdown] lang="ko" against="0e53c851"
# ## 정리
#
# - PPO 프로그램은 **모으고(rollout), 따지고(GAE), 고치는(클리핑된 손실)** 반복입니다. 2절부터 5절까지의 프로그램은 백 줄도 되지 않습니다.
# - `ppo_edu.train`은 같은 함수들을 씁니다. 여러 환경은 시간을 줄여 줄 뿐이고, 적은 업데이트로 배우게 하는 것은 신경망, 에폭 수, 클립 범위 같은 세부 사항들이 함께 하는 일입니다(7절).
# - 훈련의 점수는 이전 정책들의 점수입니다. 정책을 재려면 새 에피소드를 시킵니다.
# - 에피소드는 `terminated or truncated`에서 끝나고, 부트스트랩은 `terminated`에서만 끊깁니다.
#
# ## 노트와 비교하면
#
# 노트의 프로그램은 뼈대를 아주 잘 보여 줍니다. 사용할 때 알아 두면 좋은 점은 이렇습니다.
#
# - `truncated`를 쓰지 않아 에피소드가 500에서 끝나지 않습니다(11절).
# - 첫 번째로 출력하는 평균은 에피소드 21개의 합을 20으로 나눈 값이라 조금 큽니다. 5절의 반복문은 꼭 20개씩 나눕니다.
# - TD 목표와 어드밴티지를 에폭마다 다시 계산합니다. 4절의 `train_net`도 노트를 따랐지만, 논문과 대부분의 라이브러리는 한 번만 계산합니다.
# - 가치 손실은 L1 norm이 아니라 Huber 손실입니다(4절).
# - 환경이 하나라 시간이 오래 걸립니다. 스텝 수로 재면 그리 느리지 않습니다(7절).
#
# **다음** 시드 하나의 곡선을 얼마나 믿어도 될까요? {lesson:how_sure}에서 시드를 스무 개로 늘려 봅니다.

# %% [markdown] lang="en" against="1e97ab86"
# ## Summary
#
# - A PPO program is a loop of **collecting (the rollout), judging (GAE) and changing (the clipped loss)**. The one of sections 2 to 5 takes less than a hundred lines.
# - `ppo_edu.train` uses the same functions. Many environments save time, no more; that few updates are enough is the work of many details together: networks, epochs, clip range (section 7).
# - The score of a training is that of older policies. To measure a policy, let it play new episodes.
# - An episode ends at `terminated or truncated`; the bootstrap is cut at `terminated` alone.
#
# ## Beside the notes
#
# The program in the notes shows the anatomy very well. When you use it, it is good to know that:
#
# - it does not use `truncated`, so episodes do not end at 500 (section 11);
# - the first average it prints divides the sum of 21 episodes by 20, and is a little too high. The loop in section 5 divides exactly 20;
# - it computes TD targets and advantages anew in each epoch. `train_net` in section 4 follows the notes; the paper and most libraries compute them once;
# - its value loss is not an L1 norm but the Huber loss (section 4);
# - with its single environment it takes long in time; in steps it is not that slow (section 7).
#
# **Next** How far can you trust a curve from one seed? {lesson:how_sure} takes twenty.

# %% [markdown] lang="ko" tags=["teacher"] against="de8dbbbf"
# **목표** PPO 프로그램 하나를 처음부터 끝까지 읽고, 앞 레슨의 내용이 어느 줄에 있는지 짚으며, 훈련이 안 될 때 무엇부터 볼지 모두가 압니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:막대를 세워라} | 2 | 1 | **보여 주기** 넘어지는 막대. | |
# | {section:신경망} | 4 | 3 | **예측하게 하기** $(3, 1)$에서 $(3,)$을 뺀 모양. | "오류가 난다." $(3, 3)$입니다. 어떻게 알아차릴 수 있었을까요? |
# | {section:기억:} | 2 | 2 | **보여 주기** 일곱 열 가운데 *이전* 정책의 것은 어느 열인지 묻습니다. | "없다. 신경망이 다시 계산하니까." 어느 가중치로 다시 계산하나요? |
# | {section:배우기:} | 6 | 6 | **해 보게 하기** 둘씩 GAE, 비율, 클리핑 레슨에서 온 줄에 표시합니다. | 마이너스 부호를 놓칩니다. 옵티마이저는 손실을 어떻게 하나요? |
# | {section:반복:} | 4 | 3 | **예측하게 하기** 12,000스텝에 몇 점까지 갈지. 실행은 앞에서만 합니다. | "다 푼다." 끝에서 249점입니다. 업데이트를 몇 번 했나요? |
# | {section:같은 수학} | 4 | 4 | **보여 주기** 계기판과 함께 훈련하고, 작은 그림을 하나씩 맡아 읽게 합니다. | "평평한 구간은 실패다." $128 \times 500$은 얼마인가요? |
# | {section:왜 느릴까요} | 5 | - | **예측하게 하기** 어느 행에서 가장 많이 오를지. 가장 오래 걸리는 셀이니 앞에서만 실행합니다. | "환경을 늘리기만 하면 된다." 50,000스텝에서는 오히려 나빠집니다(346에서 130). 그래디언트 스텝은 몇 번 남았나요? |
# | {section:지켜보기} | 4 | 2 | **예측하게 하기** 세 점수 가운데 어느 것이 가장 낮고, 왜 낮은지. | "뽑은 쪽. 우연 때문에." 훈련의 점수가 가장 낮습니다. 예전 정책의 점수이기 때문입니다. |
# | {section:천천히} | 3 | 3 | **보여 주기** 버튼을 누르기 전마다 무엇이 나올지 말하게 합니다. | "첫 미니배치부터 많이 잘린다." 그 전에는 비율이 모두 1입니다. |
# | {section:다시 훈련해} | 2 | - | **해 보게 하기** 설정을 하나씩 맡아 바꿔 봅니다. 결과를 모은 뒤, 한 번의 실행으로 무엇을 알 수 있는지 묻습니다. | |
# | {section:`truncated`를} | 2 | 2 | **예측하게 하기** 몇 점이 나올지. | "500." 2,000스텝에서 우리가 멈추게 했으니 2,000점입니다. 이런 점수가 섞인 평균은 어떻게 될까요? |
# | {section:리플레이 버퍼} | 2 | - | **예측하게 하기** 범위를 벗어난 비중. | "3분의 1쯤." 97.3%입니다. |
# | {section:다 푼 뒤에도} | 2 | - | **보여 주기** 앞에서만 실행합니다. | "다 배웠으니 그대로다." 클리핑이 없으면 다섯 시드 가운데 둘이 무너집니다. |
# | {section:연습} | 20 | 8 | **해 보게 하기** 행을 열로 바꾸고 손실을 작성합니다. "왜 버릴까요?"는 샘플마다 손을 듭니다. | |
# | {section:버그 찾기} | 30 | 8 | **해 보게 하기** 셋씩 모여 증상부터 봅니다. 코드는 접어 둡니다. 모둠마다 프로그램 하나를 맡고, 찾은 버그를 서로 설명합니다. 45분이라면 프로그램 1을 함께 봅니다. | 코드부터 펼칩니다. 회색과 다른 그림은 어느 것이고, 그 값은 어느 함수가 계산하나요? |
# | {section:빈 셀에서} | 60 | - | **해 보게 하기** 모임이 끝난 뒤 집에서. 다음 모임은 통과한 사람의 이야기로 시작합니다. | |
# | {section:점검표} | 1 | - | **보여 주기** 가져갈 한 장으로 소개합니다. | |
# | {section:정리} | 1 | - | **보여 주기** 한 번 읽습니다. | |
# | {section:노트와 비교하면} | 1 | - | **보여 주기** 노트를 아는 사람에게. | |
# | 이야기 | 10 | 3 | **이야기하기** 아래 질문. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 프로그램을 읽고, 빠른 훈련을 보고, 버그 하나를 찾습니다. *왜* 빠르고 튼튼한지 설명하는 부분(세부 사항을 하나씩 더하는 표, 푼 뒤의 훈련, 다시 훈련하기)은 다음 모임으로 넘깁니다. 두 번으로 나누어 둘째 모임에서 버그 여섯 개를 찾으면 더 좋습니다.
#
# ## 토론거리
#
# 1. **환경을 늘리니 50,000스텝 동안 덜 배웠습니다. 그런데도 왜 모두 그렇게 할까요?** 스텝이 아니라 시간을 아껴 주기 때문입니다(24.5초가 1.5초). 표의 나머지 행들은 몇 번 안 되는 큰 업데이트로도 배우게 해 줍니다.
# 2. **훈련은 493.7점이라 하고 정책은 500점을 얻습니다. 어느 쪽이 맞을까요?** 둘 다 맞습니다. 앞의 점수는 길게는 16번쯤 전 업데이트의 정책이 얻은 것입니다. 점수에는 어떻게 쟀는지가 따라와야 합니다.
# 3. **버그 여섯 개는 모두 오류를 내지 않습니다. 옆에 멀쩡한 프로그램이 없다면 어떻게 찾을까요?** 반드시 그래야 하는 것을 봅니다. 첫 미니배치의 비율은 1, 설명된 분산은 0에서 올라가고, 클립 비중은 늘 0일 수 없으며, 배치의 행 수는 셀 수 있습니다. 그것이 점검표입니다.
#
# ## 연습, 이 순서로
#
# 행과 손실, 손 들기, 버그의 순서입니다. 프로그램 전체를 짜는 일은 하룻저녁 분량이고, 점검이 다섯이니 닷새에 나누어도 됩니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# 어느 레슨보다 많습니다. 작은 프로그램의 반복, 세부 사항의 표, 푼 뒤의 훈련은 **앞에서만** 실행하고 학습자는 예측합니다. 환경 여러 개의 훈련은 짧으니 모두 해도 됩니다. 버그의 증상을 그릴 때마다 작은 프로그램 둘을 훈련하므로, 모두가 여섯 개를 다 그리지 말고 모둠마다 하나씩 맡습니다. 프로그램 전체의 마지막 점검은 훈련을 두 번 하는데, 맞는 프로그램이라면 코어 하나로 6초쯤 걸립니다. 집에서는 금방이지만 30명이 한꺼번에 하면 2분쯤으로 추정합니다(아래와 같은 방법).
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="94ef61aa"
# **Aim** Everybody has read one whole PPO program, can point at the line where each earlier lesson stands, and knows what to look at first when a program does not learn.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:The task} | 2 | 1 | **Show** the falling pole. | |
# | {section:The network} | 4 | 3 | **Have them predict** the shape of $(3, 1) - (3,)$. | "An error." It is $(3, 3)$. Ask: how would you have noticed? |
# | {section:The memory} | 2 | 2 | **Show** it. Ask which of the seven columns belongs to the *old* policy. | "None, the network computes it anew." Ask: anew with which weights? |
# | {section:Learning:} | 6 | 6 | **Have them try** in pairs: mark the lines that came from the lessons on GAE, ratio and clipping. | The minus sign is overlooked. Ask: what does an optimiser do with a loss? |
# | {section:The loop} | 4 | 3 | **Have them predict** how far it gets in 12,000 steps; you run it. | "It is solved." It stands at 249 at the end. Ask: how many updates were there? |
# | {section:same mathematics} | 4 | 4 | **Show** the training with its dashboard; the class reads out one small picture each. | "The flat stretch is a failure." Ask for $128 \times 500$. |
# | {section:small program slow} | 5 | - | **Have them predict** which row lifts it most. You run it, it is the longest cell of all. | "Many environments alone do it." They make it worse in 50,000 steps (346 to 130). Ask: how many gradient steps are left? |
# | {section:Watch the agent} | 4 | 2 | **Have them predict** which of the three scores is the lowest, and why. | "The drawn one, because of chance." It is that of training, because it is old. |
# | {section:slow motion} | 3 | 3 | **Show** it with the buttons, the class says what comes before each press. | "The first minibatch clips a lot." All ratios are 1 before it. |
# | {section:Train it again} | 2 | - | **Have them try** one setting each; collect the stories, and then ask what one run proves. | |
# | {section:Reading `truncated`} | 2 | 2 | **Have them predict** the score. | "500." It is 2,000, where we stopped it. Ask: what becomes of an average that holds this? |
# | {section:replay buffer} | 2 | - | **Have them predict** the share outside the range. | "A third." It is 97.3%. |
# | {section:Training on after} | 2 | - | **Show** it; you run it. | "It is learned, so it stays." Two of the five seeds without clipping fall. |
# | {section:Exercises} | 20 | 8 | **Have them try** rows and loss; "Why throw it away?" as a vote, sample by sample. | |
# | {section:Find the bug} | 30 | 8 | **Have them try** in groups of three, symptoms first, code folded. A group a program, then each tells its bug to the others. In 45 minutes: program 1 together. | They unfold the code at once. Ask: which line of the picture is not as in grey, and who computes that number? |
# | {section:From an empty cell} | 60 | - | **Have them try** at home, after the meeting; the next one begins with whoever has passed. | |
# | {section:A checklist} | 1 | - | **Show** it as what to take home. | |
# | {section:Summary} | 1 | - | **Show** it. | |
# | {section:Beside the notes} | 1 | - | **Show** it to those who know the notes. | |
# | Talk | 10 | 3 | **Talk** about the questions below. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Read the program, run the fast training, hunt one bug. All that explains *why* it is fast and robust (the ladder of details, training on, retraining) is for a second meeting. Better still: two meetings, the second for the six bugs.
#
# ## To discuss
#
# 1. **Many environments made it learn less in 50,000 steps. Why does everybody use them?** They save time (24.5 s became 1.5), not steps. The other rows of the table then make few, large updates count.
# 2. **The training reports 493.7, the policy scores 500. Which is true?** Both: the first is the score of policies up to some 16 updates old. A score needs the words how it was measured.
# 3. **None of the six bugs raises an error. How would one find them without a healthy program beside it?** By what must be so: ratio 1 in the first minibatch, an explained variance that leaves 0, a clip fraction that is not always 0, the number of rows. That is the checklist.
#
# ## Exercises, in this order
#
# Rows and loss, then the vote, then the bugs. The whole program is an evening's work; its five checks may be taken on five evenings.
#
# {exercises}
#
# ## What computes
#
# More than in any other lesson. The loop of the small program, the ladder of details and training on after it is solved are **yours**: you run them, the class predicts. The training in many environments is short enough for everybody. The symptoms of the bugs train two small programs each: a group a program, not everybody all six. The last check of the whole program trains twice, about six seconds of one core where the program is right; at home that is nothing, with 30 at once it is some two minutes (an estimate, as below).
#
# {machine}
