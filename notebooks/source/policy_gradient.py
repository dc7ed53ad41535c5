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

# %% [markdown] lang="ko" against="6e04b9dc"
# # {title}
#
# **이 레슨의 질문** 점수가 어떻게 그래디언트(gradient)가 될까요?
#
# **먼저 알아 둘 것** PyTorch로 손실을 만들고 `backward()`를 부르는 법, {lesson:start_here}의 용어(에이전트, 정책, 에피소드).
#
# **걸리는 시간** {minutes}분쯤
#
# 지도 학습에는 정답이 있어서 손실을 바로 미분합니다. 강화 학습에는 정답이 없고 점수만 있습니다. 점수를 매기는 것은 환경인데, 환경은 미분할 수 없습니다.
# 그런데도 {lesson:start_here}의 에이전트는 점수만 보고 배웠습니다. 어떻게 그럴 수 있을까요?
#
# 이 레슨의 기호: $s_t$는 상태, $a_t$는 행동, $r_t$는 보상이고 $\theta$는 정책의 파라미터입니다.

# %% [markdown] lang="en" against="8c150150"
# # {title}
#
# **The question** How does a score become a gradient?
#
# **What you need first** How to make a loss in PyTorch and call `backward()`, and the words of {lesson:start_here} (agent, policy, episode).
#
# **Time** about {minutes} minutes
#
# Supervised learning has the right answers, so it differentiates a loss. Reinforcement learning has no answers, only scores. The scores come from the environment, and that
# cannot be differentiated. Still, the agent of {lesson:start_here} learned from scores alone. How is that possible?
#
# The symbols here: $s_t$ is a state, $a_t$ an action, $r_t$ a reward, and $\theta$ the parameters of the policy.

# %% tags=["language"]
import numpy as np

import ppo_edu
from ppo_edu import corridor, explorers, figures

ppo_edu.use_language("en")
figures.corridor()

# %% [markdown] lang="ko" against="b10520e4"
# ## 1. 손으로 다 셀 수 있는 과제
#
# 칸이 둘뿐인 복도입니다. A에서 시작합니다. 왼쪽으로 가면 2를 받고 끝나고, 오른쪽으로 가면 1을 받고 B로 갑니다. B에서는 왼쪽이 0, 오른쪽이 4이고 어느 쪽이든 끝납니다. 그림의 주황색 화살표가 왼쪽, 파란색 화살표가 오른쪽으로 가는 행동입니다.
#
# 한 에피소드에서 받은 보상의 합을 **리턴**(return)이라고 합니다. 에피소드가 지나간 길, 즉 상태와 행동과 보상의 열을 **궤적**(trajectory) $\tau$라고 합니다.
# 이 복도에서는 행동만 정해지면 다음 칸도 정해지므로, 궤적의 확률은 그 길에서 고른 행동의 확률을 모두 곱한 것입니다.
#
# 정책의 파라미터는 칸마다 하나입니다. $\pi(\text{오른쪽}\mid s) = \sigma(\theta_s) = 1/(1+e^{-\theta_s})$이고, $\theta = (0, 0)$이면 어디서나 반반입니다.
#
# **예측** 반반으로 고르면 리턴은 평균 얼마일까요? 길은 셋뿐이니 종이에 계산해 보세요.

# %% [markdown] lang="en" against="3f14e8ab"
# ## 1. A task that you can count out by hand
#
# A corridor with no more than two cells. You start in A. To the left you get 2 and it ends; to the right you get 1 and come to B. In B, left pays 0 and right pays 4, and it ends either way. In the picture orange arrows stand for left, blue ones for right.
#
# The sum of the rewards of an episode is its **return**. The way that an episode took, its states, actions and rewards, is a **trajectory** $\tau$.
# In this corridor an action alone decides where you go, so its probability is the product of the probabilities of the actions on the way.
#
# The policy has one parameter a cell: $\pi(\text{right}\mid s) = \sigma(\theta_s) = 1/(1+e^{-\theta_s})$. At $\theta = (0, 0)$ both ways are equally likely everywhere.
#
# **Predict** With both ways equally likely, what is the return on average? There are three trajectories: work it out on paper.

# %% tags=["nbval-check-output"]
task, theta = corridor.Corridor(), np.zeros(2)
probs, returns = task.trajectory_probs(theta), task.returns()

print("tau   P(tau)   R(tau)")
for way, prob, score in zip(task.trajectories(), probs, returns, strict=True):
    print(f"{''.join('LR'[action] for action in way.actions):4} {prob:7.2f} {score:8.1f}")
print(f"E[R] = {probs @ returns}")

# %% [markdown] lang="ko" against="f3d6f844"
# $0.5 \cdot 2 + 0.25 \cdot 1 + 0.25 \cdot 5 = 2.5$입니다. 이 값이 키우고 싶은 목표 $J(\theta) = \mathbb{E}_{\tau \sim \pi_\theta}[R(\tau)]$입니다.
#
# 목표를 칸과 행동으로 나누어 볼 수 있습니다.
#
# - **가치 함수**(value function) $V(s)$: 상태 $s$에서 시작하면 앞으로 받을 보상의 합은 평균 얼마인가.
# - **행동 가치 함수**(action-value function) $Q(s, a)$: $s$에서 $a$를 하고, 그다음부터 정책을 따르면 평균 얼마인가.
# - **어드밴티지**(advantage) $A(s, a) = Q(s, a) - V(s)$: 그 행동이 그 자리의 평균보다 얼마나 나은가.
#
# **예측** A에서 오른쪽으로 가는 행동의 $Q$는 얼마일까요? 눈앞의 보상은 왼쪽이 더 큽니다.

# %% [markdown] lang="en" against="26287e6e"
# $0.5 \cdot 2 + 0.25 \cdot 1 + 0.25 \cdot 5 = 2.5$. This is what we want to raise: the objective $J(\theta) = \mathbb{E}_{\tau \sim \pi_\theta}[R(\tau)]$.
#
# It can be told cell by cell and action by action:
#
# - The **value function** $V(s)$: from state $s$ on, what do the rewards add up to on average?
# - The **action-value function** $Q(s, a)$: the same, if the first action is $a$ and the policy goes on from there.
# - The **advantage** $A(s, a) = Q(s, a) - V(s)$: how much better is that action than the average one in this place?
#
# **Predict** What is the $Q$ of going right in A? The reward at hand is larger on the left.

# %% tags=["nbval-check-output"]
V, Q = task.values(theta)
print("s      V   Q(L)  Q(R)   A(L)  A(R)")
for name, v, (left, right) in zip("AB", V, Q, strict=True):
    print(f"{name}    {v:3.1f}   {left:4.1f}  {right:4.1f}   {left - v:4.1f}  {right - v:4.1f}")

# %% [markdown] lang="ko" against="3e55a792"
# $Q(A, \text{오른쪽}) = 1 + V(B) = 3$이라 왼쪽의 2보다 낫습니다. 어드밴티지를 그 칸에서 확률로 평균하면 언제나 0입니다. 한쪽이 평균보다 나으면 다른 쪽은 그만큼 못합니다.
#
# ## 2. 로그를 미분하는 요령
#
# 목표는 $J(\theta) = \sum_\tau P_\theta(\tau) R(\tau)$입니다. $\theta$는 $P_\theta$에만 들어 있고 $R$에는 없으므로 점수는 미분하지 않아도 됩니다. 다만 $\sum_\tau \nabla P_\theta(\tau) R(\tau)$는 확률로
# 평균한 값이 아니라서 샘플로 추정할 수 없습니다. 여기서 $\nabla P = P\, \nabla \log P$를 이용합니다.
#
# $$\nabla J = \sum_\tau P_\theta(\tau)\, R(\tau)\, \nabla \log P_\theta(\tau) = \mathbb{E}_{\tau \sim \pi_\theta}\Bigl[ R(\tau) \sum_t \nabla \log \pi_\theta(a_t \mid s_t) \Bigr]$$
#
# 이것이 **정책 그래디언트**(policy gradient)입니다. 식의 오른쪽은 기댓값이므로, 실제로 해 본 에피소드의 평균으로 추정할 수 있습니다. $\log P_\theta(\tau)$는 합이어서,
# 환경이 다음 상태를 고르는 확률이 섞여 있더라도 $\theta$가 없는 그 항은 미분하면 사라집니다. 환경을 몰라도 되는 이유입니다.
#
# 행동이 둘이면 손으로 할 수 있습니다. $p = \sigma(\theta)$라고 하면 $\frac{d}{d\theta}\log p = 1 - p$이고, $\frac{d}{d\theta}\log (1 - p) = -p$입니다.
#
# **예측** $\theta = (0, 0)$에서 세 궤적의 $\sum_t \nabla \log \pi$를 적고 $P \cdot R$을 곱해 더해 보세요. A의 기울기와 B의 기울기 가운데 어느 쪽이 더 클까요? {slope: A | B | 같음}

# %% [markdown] lang="en" against="4d20c95c"
# $Q(A, \text{right}) = 1 + V(B) = 3$, better than the 2 on the left. Averaged by their probabilities, the advantages in a cell are always 0: if one way is better than average, the other is worse.
#
# ## 2. The log-derivative trick
#
# The objective is $J(\theta) = \sum_\tau P_\theta(\tau) R(\tau)$. In it, $\theta$ stands in $P_\theta$ alone and not in $R$: nobody has to differentiate a score. But $\sum_\tau \nabla P_\theta(\tau) R(\tau)$ is
# no average by probabilities, so samples cannot estimate it. Here $\nabla P = P\, \nabla \log P$ helps:
#
# $$\nabla J = \sum_\tau P_\theta(\tau)\, R(\tau)\, \nabla \log P_\theta(\tau) = \mathbb{E}_{\tau \sim \pi_\theta}\Bigl[ R(\tau) \sum_t \nabla \log \pi_\theta(a_t \mid s_t) \Bigr]$$
#
# This is the **policy gradient**. On the right stands an expectation, so the mean over episodes played estimates it. And $\log P_\theta(\tau)$ is a sum: where the environment
# draws the next state, the terms of its probabilities hold no $\theta$ and vanish. That is why nobody needs to know the environment.
#
# For two actions it is done by hand: with $p = \sigma(\theta)$, $\frac{d}{d\theta}\log p = 1 - p$ and $\frac{d}{d\theta}\log (1 - p) = -p$.
#
# **Predict** At $\theta = (0, 0)$, write down $\sum_t \nabla \log \pi$ for each of the three trajectories, multiply by $P \cdot R$ and add up. Which slope is larger, that for A or that for B? {slope: A | B | they are equal}

# %%
import torch

p_A, p_B = task.action_probs(theta)[:, 1]
slopes = np.array([[-p_A, 0.0], [1 - p_A, -p_B], [1 - p_A, 1 - p_B]])
by_hand = (probs * returns) @ slopes

logits = torch.zeros(2, requires_grad=True)
right_A, right_B = torch.sigmoid(logits)
((1 - right_A) * 2 + right_A * (1 - right_B) * 1 + right_A * right_B * 5).backward()

h, J = 1e-5, task.expected_return
difference = [(J(theta + h * axis) - J(theta - h * axis)) / (2 * h) for axis in np.eye(2)]

# %% tags=["nbval-check-output"]
ways = {
    ppo_edu.t("policy_gradient.by_hand"): by_hand,
    ppo_edu.t("policy_gradient.autograd"): logits.grad,
    ppo_edu.t("policy_gradient.difference"): difference,
}
for name, gradient in ways.items():
    print(*(f"{float(slope):8.4f}" for slope in gradient), "  ", name)

# %% [markdown] lang="ko" against="54bc3000"
# 세 가지가 같습니다. 손으로 구한 것, 기댓값의 식을 autograd로 미분한 것, $\theta$를 조금 움직여 기댓값의 차이를 잰 것입니다. 뒤의 둘은 모든 궤적을 알아야 하지만 첫 번째는 **해 본 에피소드만 있으면** 추정할 수 있습니다.
#
# B의 기울기가 더 큽니다. B에는 절반의 확률로만 가지만, 거기서는 좌우의 차이가 4나 되기 때문입니다. 이 기울기는 (그 칸에 갈 확률) × $p(1-p)$ × ($Q$의 차이)이고, 리턴을 $Q$나 $A$로 바꾸어도 같습니다.
#
# ## 3. REINFORCE
#
# 식을 그대로 옮기면 **REINFORCE**라는 알고리즘이 됩니다. 에피소드를 모으고, 로그 확률에 점수를 곱해 평균하고, 그 값이 커지도록 한 걸음 갑니다.
# 두 가지를 더합니다. 첫째, 스텝 $t$의 행동은 이미 받은 보상을 바꾸지 못하므로, 전체 리턴 대신 **이후 보상의 합**(reward-to-go), 즉 그 스텝부터 받은 보상의 합만 곱합니다. 둘째, 먼 보상일수록 **할인율**(discount) $\gamma$를 거듭 곱해 줄입니다.
#
# $$G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \cdots$$
#
# CartPole 열여섯 대를 나란히 돌려 한 판씩 합니다. 먼저 끝난 수레는 `alive`가 `False`가 되어 더는 세지 않습니다. 정책은 선형 층 하나입니다.
#
# **예측** 곡선은 매끄러울까요? 파라미터 10개로 CartPole을 배울 수는 있을까요? {ten_parameters: 배웁니다 | 못 배웁니다}

# %% [markdown] lang="en" against="c6d54a25"
# All three are the same: by hand, by autograd through the formula of the expectation, and by moving $\theta$ a little and measuring how the expectation changes. The last two need to know all trajectories. The first can be estimated **from episodes played**, and from nothing else.
#
# The slope for B is larger: you come to B only half of the time, but there the two ways differ by 4. Such a slope is (probability of coming to the cell) × $p(1-p)$ × (difference of the $Q$), and it stays the same with $Q$ or the advantage in place of the return.
#
# ## 3. REINFORCE
#
# Written down as it stands, the formula is an algorithm, **REINFORCE**: collect episodes, multiply the log-probabilities by the scores, average, and take a step that raises this.
# Two things more. The action of step $t$ cannot change what was paid before, so it is multiplied only by the rewards from there on, the **reward-to-go**. And the further off a reward, the more often it is multiplied by the **discount** $\gamma$:
#
# $$G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \cdots$$
#
# Sixteen CartPoles run side by side, one episode each. `alive` turns `False` for a cart whose episode is over, and it no longer counts. The policy is a single linear layer.
#
# **Predict** Will the curve be smooth? And can ten parameters learn CartPole at all? {ten_parameters: yes | no}

# %%
import copy

import gymnasium
from torch.distributions import Categorical


def play(policy, envs):
    state, alive, steps = envs.reset()[0], np.ones(envs.num_envs, bool), []
    while alive.any():
        with torch.no_grad():
            action = Categorical(logits=policy(torch.tensor(state))).sample().numpy()
        following, reward, terminated, truncated, _ = envs.step(action)
        steps.append((state, action, reward * alive, alive))
        state, alive = following, alive & ~(terminated | truncated)
    return [np.array(column) for column in zip(*steps, strict=True)]


def carts(count, seed):
    envs = gymnasium.make_vec("CartPole-v1", num_envs=count, vectorization_mode="vector_entry_point")
    envs.reset(seed=seed)
    return envs


# %%
torch.manual_seed(0)
envs, policy = carts(16, seed=0), torch.nn.Linear(4, 2)
optimizer = torch.optim.Adam(policy.parameters(), lr=0.1)
scores, policies = [], []

for update in range(40):
    policies.append(copy.deepcopy(policy))
    states, actions, rewards, alive = play(policy, envs)
    to_go = torch.tensor(corridor.rewards_to_go(rewards, gamma=0.99))
    log_prob = Categorical(logits=policy(torch.tensor(states))).log_prob(torch.tensor(actions))
    loss = -(log_prob * to_go)[torch.tensor(alive)].mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scores.append(rewards.sum(axis=0).mean())

figures.reinforce_scores(scores)

# %% [markdown] lang="ko" against="c324ec10"
# 배웁니다. 그러나 곡선은 오르내립니다. `loss`라는 이름에 속지 마세요. 이 값은 줄어드는지 보는 손실이 아니라, **미분하면 정책 그래디언트가 나오도록** 만든 식입니다.
#
# ## 4. 이 그래디언트는 얼마나 흔들릴까요?
#
# 복도에서는 참 그래디언트를 알고 있으니 추정과 비교할 수 있습니다. 파란 화살표 하나가 배치 하나의 추정이고, 배치 100개를 한꺼번에 그렸습니다. 검은색 화살표는 참 그래디언트, 주황색 화살표는 추정의 기댓값입니다.
#
# **베이스라인**(baseline) $b$는 점수에서 빼는 값입니다. $\mathbb{E}_{a \sim \pi}[\nabla \log \pi(a)] = \sum_a \nabla \pi(a) = \nabla 1 = 0$이므로 행동과 상관없는 $b$는 얼마를 빼도 기댓값을 바꾸지 않습니다.
#
# **예측** 에피소드를 네 배로 모으면 화살표는 얼마나 모일까요? $b$를 0에서 2로 올리면? $\gamma$를 0.3으로 낮추면 주황색 화살표는 어디로 갈까요?

# %% [markdown] lang="en" against="cf40d971"
# It learns. But the curve goes up and down. And do not trust the name `loss`: it is not a loss whose fall means anything, but a formula made so that **its derivative is the policy gradient**.
#
# ## 4. How noisy is this gradient?
#
# In the corridor we know the true gradient, so estimates can be held against it. Each blue arrow is the estimate of one batch; a hundred batches are drawn at once. The black arrow is the true gradient, the orange one what the estimates are on average.
#
# A **baseline** $b$ is something subtracted from the score. Because $\mathbb{E}_{a \sim \pi}[\nabla \log \pi(a)] = \sum_a \nabla \pi(a) = \nabla 1 = 0$, a $b$ that has nothing to do with the action changes no expectation, however large it is.
#
# **Predict** With four times as many episodes, how much closer do the arrows come? With $b$ raised from 0 to 2? And where does the orange arrow go when $\gamma$ falls to 0.3?

# %%
explorers.gradient_arrows()

# %% [markdown] lang="ko" against="4085dcdf"
# - 에피소드가 네 배이면 잡음은 절반입니다($1/\sqrt{N}$). 잡음을 10분의 1로 줄이려면 에피소드가 100배 필요합니다.
# - $b$를 바꾸어도 주황색은 검은색 위에 그대로 있고, 화살표만 모이거나 흩어집니다. 잡음이 가장 작은 곳은 평균 리턴 2.5 근처입니다. 점수가 모두 양수이면 고른 행동은 무엇이든 밀어 올립니다. 평균을 빼면 **평균보다 나은 행동만** 올립니다.
# - $\gamma$를 낮추면 잡음은 줄지만 주황색 화살표가 *돌아갑니다*. 0.5 아래에서는 A의 기울기가 음수가 됩니다. 멀리 있는 4가 보이지 않아 눈앞의 2를 고르라고 합니다. 이것은 잡음이 아니라 **편향**(bias)입니다.
#
# 가장 좋은 베이스라인은 상태마다 다릅니다. $b(s) = V(s)$를 빼면 곱하는 값이 어드밴티지의 추정이 됩니다. 그런데 $V$는 모르니 신경망으로 배웁니다. 정책을 **액터**(actor), $V$를 추정하는 신경망을 **크리틱**(critic)이라 하고,
# 둘을 함께 쓰는 방법을 **액터-크리틱**(actor-critic)이라고 합니다. (아직 받지 않은 보상까지 크리틱의 예상으로 대신할 때만 그렇게 부르는 책도 있습니다. 그 방법은 {lesson:gae}에서 봅니다.)
#
# CartPole에서 재 보겠습니다. 열 번 업데이트한 정책으로 500판씩 두 벌을 모아, 한 벌로는 크리틱을 가르치고 다른 한 벌로는 그래디언트를 잽니다.

# %% [markdown] lang="en" against="8e1c1e2c"
# - Four times the episodes halve the noise ($1/\sqrt{N}$). A tenth of the noise costs a hundred times the episodes.
# - Whatever $b$ is, orange stays on black; only the arrows gather or scatter. The noise is least near the mean return, 2.5. With scores that are all positive, every action that was taken is pushed up; minus the mean, **only the better ones** are.
# - A smaller $\gamma$ makes less noise, but it *turns* the orange arrow. Below 0.5 the slope for A is negative: the 4 far off is out of sight, and the 2 at hand looks better. That is not noise but **bias**.
#
# The best baseline differs from state to state. With $b(s) = V(s)$ subtracted, the factor becomes an estimate of the advantage. Nobody knows $V$, so a network learns it. The policy is called the **actor**, the network that estimates $V$ the **critic**,
# and a method with both is **actor-critic**. (Some books keep that word for a critic that also stands in for rewards that have not come yet. That is for {lesson:gae}.)
#
# Now measured in CartPole. With the policy after ten updates we play two sets of 500 episodes: one teaches the critic, on the other the gradient is measured.

# %%
early = policies[10]
many = carts(500, seed=1)
states, actions, rewards, alive = play(early, many)
states_2, _, rewards_2, alive_2 = play(early, many)

inputs = torch.tensor(states_2[alive_2])
targets = torch.tensor(corridor.rewards_to_go(rewards_2)[alive_2], dtype=torch.float32)
critic = torch.nn.Sequential(torch.nn.Linear(4, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
fit = torch.optim.Adam(critic.parameters(), lr=0.02)
for _ in range(300):
    rows = torch.randint(len(inputs), (1024,))
    error = critic(inputs[rows]).squeeze(-1) - targets[rows] / targets.std()
    fit.zero_grad()
    error.square().mean().backward()
    fit.step()

with torch.no_grad():
    values = (critic(torch.tensor(states)).squeeze(-1) * targets.std()).numpy()
    logits = early(torch.tensor(states)).numpy()

# %% [markdown] lang="ko" against="9403f1dd"
# 선형 정책이라 로짓의 기울기에 상태를 곱하면 파라미터의 그래디언트가 됩니다. 에피소드마다 하나씩, 네 가지 점수로 구합니다. 막대의 길이는, 잡음이 그래디언트의 길이만큼 작아지려면 배치에 에피소드가 몇 개 있어야 하는지를 나타냅니다.
#
# **예측** 네 막대는 어떤 순서일까요? 가장 긴 것과 가장 짧은 것은 몇 배나 차이 날까요?

# %% [markdown] lang="en" against="b375f72f"
# The policy is linear, so its gradient is the slope of the logits times the state. We compute one for each episode, with four kinds of score. The bars tell how many episodes a batch must have until the noise is no longer than the gradient itself.
#
# **Predict** In which order are the four bars? How many times the shortest is the longest?

# %%
to_go = corridor.rewards_to_go(rewards)
weights = {
    "full": rewards.sum(axis=0) + 0 * to_go,
    "to_go": to_go,
    "baseline": to_go - targets.mean().item(),
    "critic": to_go - values,
}
slope = corridor.log_prob_gradient(logits, actions) * alive[..., None]
inputs = np.concatenate([states, np.ones_like(states[..., :1])], axis=-1)
gradients = {
    name: np.einsum("tn,tna,tns->nas", weight, slope, inputs).reshape(500, -1)
    for name, weight in weights.items()
}

length = np.linalg.norm(gradients["critic"].mean(axis=0))
needed = {name: gradient.var(axis=0).sum() / length**2 for name, gradient in gradients.items()}
figures.gradient_noise(needed)

# %% [markdown] lang="ko" against="1c178eae"
# 같은 것을 추정하는데 필요한 에피소드 수가 이렇게 다릅니다. 기댓값은 넷 다 같고 잡음만 다릅니다. 이미 받은 보상을 빼놓기만 해도 크게 줄어듭니다.
# 베이스라인과 크리틱은 거기서 조금씩 더 줄입니다. 얼마나 더 줄지는 지금의 정책과 크리틱의 정확도에 달려 있습니다. 시드를 바꾸면 막대의 길이는 달라져도 순서는 대개 그대로입니다.
#
# ## 5. 예전 데이터로는 왜 안 될까요?
#
# 에피소드는 비쌉니다. 한 번 모은 데이터로 여러 걸음 가면 안 될까요? 복도에서 잡음 없이, 모든 궤적을 확률대로 넣어 비교합니다. 파란 쪽은 걸음마다 *지금* 정책의 확률로, 주황색 쪽은 언제까지나 *처음* 정책의 확률로 평균합니다. (`task.estimates`는 궤적마다 $\gamma = 1$로 구한 $\sum_t G_t \nabla \log \pi(a_t \mid s_t)$입니다.)
#
# **예측** 주황색은 5까지 갈까요? 데이터에는 세 길이 모두 들어 있고, 5를 받은 에피소드도 있습니다. {orange: 갑니다 | 못 갑니다}

# %% [markdown] lang="en" against="c7086c98"
# They estimate the same thing, and need so different numbers of episodes. The expectation is the same for all four; only the noise differs. Leaving out what was paid before is enough to take off a large part.
# Baseline and critic each take off some more; how much depends on the policy at hand and on how accurate the critic is. With another seed the bars have other lengths, but mostly the same order.
#
# ## 5. Why not with old data?
#
# Episodes are expensive. Why not collect once and take many steps? We compare in the corridor, without any noise, with every trajectory in its proportion. Blue averages by the probabilities of the policy as it is *now*, in each step anew; orange, for ever, by those of the *first* policy. (`task.estimates` gives, for each trajectory, $\sum_t G_t \nabla \log \pi(a_t \mid s_t)$ with $\gamma = 1$.)
#
# **Predict** Does orange get to 5? All three ways are in its data, the one that paid 5 among them. {orange: yes | no}

# %%
fresh, old = np.zeros(2), np.zeros(2)
scores_fresh, scores_old = [], []
for update in range(150):
    scores_fresh.append(task.expected_return(fresh))
    scores_old.append(task.expected_return(old))
    fresh = fresh + 0.5 * task.trajectory_probs(fresh) @ task.estimates(fresh)
    old = old + 0.5 * probs @ task.estimates(old)
figures.old_data(scores_fresh, scores_old, best=5)

# %% tags=["nbval-check-output"]
print("pi(R|A), pi(R|B)   ", *(f"{p:6.3f}" for p in task.action_probs(old)[:, 1]))
print("E_old[estimate]    ", *(f"{slope:6.3f}" for slope in probs @ task.estimates(old)))
print("grad J             ", *(f"{slope:6.3f}" for slope in task.gradient(old)))

# %% [markdown] lang="ko" against="5749ecb9"
# 주황색은 $\pi(\text{오른쪽}\mid A) = 0.6$에서 멈춥니다. 예전 데이터의 "그래디언트"는 거의 0인데, 참 그래디언트는 여전히 오른쪽을 가리킵니다.
#
# 이유는 손으로 셀 수 있습니다. 처음 정책은 A에서 반반이었고 점수는 왼쪽이 2, 오른쪽이 평균 3이었습니다. 로그 확률에 점수를 곱해 키우면 두 행동의 확률은 그 점수의 비인 $2 : 3$에서 균형을 이룹니다.
# 정책 그래디언트의 식은 **지금 정책이 만든** 궤적의 평균이어야 합니다. 이런 방법을 **온폴리시**(on-policy)라고 합니다.
# (어드밴티지를 곱하면 멈추지 않습니다. 대신 $\theta_A$를 미는 힘이 0.25에서 줄지 않아, 예전에 나았던 쪽으로 *끝없이* 밉니다. 여기서는 우연히 그쪽이 맞을 뿐입니다.)
#
# 온폴리시의 대가는 큽니다. 한 걸음을 가고 나면 데이터를 버려야 합니다. 그래서 질문이 둘 나옵니다. 한 배치로 **얼마나 멀리** 가도 될까요({lesson:trpo_vs_ppo}), 그리고 예전 데이터를 **고쳐서** 다시 쓸 수는 없을까요({lesson:ratio})? 두 질문의 답을 합친 것이 PPO입니다.
#
# ## 6. 엔트로피: 너무 일찍 굳어 버리면
#
# 정책이 얼마나 고르게 고르는지는 **엔트로피**(entropy) $H = -\sum_a \pi(a) \log \pi(a)$로 잽니다. 행동이 둘이면 반반일 때 $\log 2$로 가장 크고, 한쪽만 고르면 0입니다.
#
# 온폴리시 방법은 스스로 해 본 것에서만 배웁니다. 왼쪽을 좋아하는 정책 $\theta = (-1, -2)$에서 시작해, 한 배치에 에피소드를 네 개만 모으고, 걸음은 크게 잡겠습니다. 오른쪽 그림에서는 목표에 엔트로피를 조금 더합니다. 이렇게 더하는 항을 **엔트로피 보너스**(entropy bonus)라고 합니다.
# 행동이 둘이면 $\frac{dH}{d\theta} = -\theta\, p(1-p)$입니다.
#
# **예측** 시드 30개 가운데 몇 개가 5를 찾을까요?

# %% [markdown] lang="en" against="6a95e64d"
# Orange stops at $\pi(\text{right}\mid A) = 0.6$. The "gradient" of the old data is nearly 0 there, while the true one still points to the right.
#
# It can be worked out by hand. In A the first policy went either way half of the time; the scores were 2 on the left and 3 on average on the right. Whoever raises log-probabilities times scores finds a balance where the probabilities are as these scores, $2 : 3$.
# The formula of the policy gradient wants an average over trajectories **made by the policy as it is now**. Such a method is called **on-policy**.
# (With advantages for scores it does not stop: the push on $\theta_A$ stays at 0.25 and never fades, towards what was better in the past, *without end*. Here that happens to be the right side.)
#
# Being on-policy is expensive: after one step the data must be thrown away. Two questions follow. **How far** may one batch carry us ({lesson:trpo_vs_ppo})? And can old data be **mended** and used again ({lesson:ratio})? PPO is what comes of both answers.
#
# ## 6. Entropy: made up its mind too early
#
# How evenly a policy chooses is measured by its **entropy** $H = -\sum_a \pi(a) \log \pi(a)$. With two actions it is largest, $\log 2$, at half and half, and 0 where only one is ever taken.
#
# An on-policy method learns from nothing but what it tries itself. We begin with a policy that likes the left, $\theta = (-1, -2)$, collect only four episodes a batch, and take large steps. In the picture on the right, a little of the entropy is added to the objective: an **entropy bonus**.
# With two actions, $\frac{dH}{d\theta} = -\theta\, p(1-p)$.
#
# **Predict** How many of 30 seeds will find the 5?


# %%
def learn(bonus, seed, updates=100):
    rng, theta, scores, entropies = np.random.default_rng(seed), np.array([-1.0, -2.0]), [], []
    for _ in range(updates):
        chances = task.action_probs(theta)
        scores.append(task.expected_return(theta))
        entropies.append(-(chances[0] * np.log(chances[0])).sum())
        played = task.play(theta, 4, rng)
        visited = np.array([1.0, (played > 0).mean()])
        gradient = task.estimates(theta)[played].mean(axis=0)
        entropy_slope = -theta * chances.prod(axis=1)
        theta = theta + 2.0 * (gradient + bonus * visited * entropy_slope)
    return scores, entropies


runs = {bonus: np.array([learn(bonus, seed) for seed in range(30)]).swapaxes(0, 1) for bonus in (0.0, 0.6)}
figures.entropy_runs(runs)

# %% [markdown] lang="ko" against="d31d29fc"
# 주황색 실행은 A에서 엔트로피를 일찍 잃습니다. 그러면 오른쪽에 갈 일이 거의 없으니 B가 좋아질 기회도 없고, 그래디언트는 $p(1-p)$와 함께 0에 가까워집니다. 리턴 2에서 *자신 있게* 멈춥니다. 보너스가 있으면 A에서 오른쪽을 고를 확률이 0까지 내려가지 않아서, 늦더라도 B를 배웁니다.
#
# 공짜는 아닙니다. 보너스가 있는 쪽은 끝까지 조금은 무작위라 5에 아주 살짝 못 미칩니다. 그래서 훈련할 때는 리턴과 함께 엔트로피를 지켜봅니다. 리턴은 그대로인데 엔트로피가 0에 가까우면 더 기다려도 소용이 없습니다.
#
# ## 연습
#
# 이제 직접 작성해 볼 차례입니다. 틀려도 괜찮습니다. 채점 결과가 어디서 어긋났는지 알려 줍니다.
# 막히면 `ppo_edu.hint("rewards_to_go", 1)`처럼 힌트를 보세요. 힌트는 3까지 갈수록 자세해지고, 4는 접어 둔 풀이입니다.

# %% [markdown] lang="en" against="5abc8f7d"
# The orange runs lose their entropy in A early. Then they hardly ever go to the right, so B has no chance to become better, and the gradient goes towards 0 along with $p(1-p)$. They stand still at a return of 2, *quite sure of themselves*. With the bonus, the door in A is never quite shut, and B is learned, if late.
#
# It is not free: with a bonus the policy stays a little random to the end and falls just short of 5. So watch the entropy beside the return. If the return stands still and the entropy is near 0, waiting will not help.
#
# ## Exercises
#
# Now it is your turn to write. A wrong answer does no harm: the check tells you where it goes astray.
# If you get stuck, ask for a hint, `ppo_edu.hint("rewards_to_go", 1)` for example. Hints go up to 3, each telling more; 4 is the solution, folded.

# %% [markdown] lang="ko" against="619dd656"
# ### 연습 · 이후 보상의 합
#
# 한 에피소드의 보상 `rewards`(길이 T)와 할인율 `gamma`를 받아, 스텝마다 $G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \cdots$을 담은 배열(길이 T)을 돌려주세요.

# %% [markdown] lang="en" against="a113955c"
# ### Exercise · Rewards-to-go
#
# From the `rewards` of one episode, T of them, and the discount `gamma`, return the array of $G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \cdots$, one for each of the T steps.


# %% tags=["exercise-rewards_to_go"]
def rewards_to_go(rewards, gamma): ...


# %%
ppo_edu.check("rewards_to_go", rewards_to_go)

# %% [markdown] lang="ko" against="061ae472"
# ### 연습 · 소프트맥스의 로그를 미분하기
#
# 행동이 여럿이면 로짓 $z$에 소프트맥스를 취해 확률을 만듭니다. $\pi(k) = e^{z_k} / \sum_j e^{z_j}$. `logits`와 고른 행동의 번호 `action`을 받아, $\log \pi(\text{action})$을 로짓마다 미분한 배열을 돌려주세요. autograd 없이 손으로 구한 식이면 됩니다.

# %% [markdown] lang="en" against="8456bbd5"
# ### Exercise · The log-derivative of a softmax
#
# With more actions, a softmax makes probabilities of logits $z$: $\pi(k) = e^{z_k} / \sum_j e^{z_j}$. From the `logits` and the number `action` of the action taken, return the derivative of $\log \pi(\text{action})$ with respect to each logit: by a formula of your own, without autograd.


# %% tags=["exercise-log_prob_gradient"]
def log_prob_gradient(logits, action): ...


# %%
ppo_edu.check("log_prob_gradient", log_prob_gradient)

# %% [markdown] lang="ko" against="ecc4232b"
# ### 연습 · 해롭지 않은 베이스라인
#
# 한 배치에 에피소드가 N개 있습니다. 점수에서 다음을 뺄 때, 그래디언트 추정의 기댓값이 **그대로인 것을 모두** 고르세요.
#
# - **a** 언제나 1000.
# - **b** 크리틱의 $V(s_t)$. 크리틱은 예전 데이터로 배웠고 별로 정확하지 않습니다.
# - **c** 이 배치의 에피소드 N개 전체의 평균 리턴.
# - **d** 이 배치에서 자기 에피소드를 뺀 나머지 N - 1개의 평균 리턴.
# - **e** 크리틱의 $Q(s_t, a_t)$. 크리틱은 예전 데이터로 배웠고 아주 정확합니다.
# - **f** 같은 크리틱의 $\max_a Q(s_t, a)$.
#
# `...` 자리에 `"ab"`처럼 따옴표로 감싼 글자를 넣으세요.

# %% [markdown] lang="en" against="91724051"
# ### Exercise · Harmless baselines
#
# A batch holds N episodes. Pick **all** of these that leave the expectation of the estimated gradient as it is when they are subtracted from the score.
#
# - **a** 1000, always.
# - **b** A critic's $V(s_t)$. It learned from earlier data and is not very accurate.
# - **c** The mean return of all N episodes of this batch.
# - **d** The mean return of the other N - 1 episodes of this batch, without the episode itself.
# - **e** A critic's $Q(s_t, a_t)$. It learned from earlier data and is very accurate.
# - **f** The same critic's $\max_a Q(s_t, a)$.
#
# Put letters in place of the `...`, in quotes: `"ab"`, for example.

# %% tags=["exercise-harmless_baselines"]
harmless_baselines = ...

# %%
ppo_edu.check("harmless_baselines", harmless_baselines)

# %% [markdown] lang="ko" against="d52511e6"
# ### 연습 · 배치 자신의 평균 (예측)
#
# 한 스텝짜리 에피소드를 N = 4개 모아, 리턴 $R_i$에서 네 리턴의 평균을 빼고 그래디언트를 추정합니다. 이 추정의 기댓값은 참 그래디언트의 몇 배일까요? `...` 자리에 수를 넣으세요.

# %% [markdown] lang="en" against="ae59ce92"
# ### Exercise · The batch's own mean (predict)
#
# We collect N = 4 episodes of one step, subtract the mean of the four returns from each return $R_i$, and estimate the gradient. The expectation of this estimate is how many times the true gradient? Put a number in place of the `...`.

# %% tags=["exercise-own_mean"]
own_mean = ...

# %%
ppo_edu.check("own_mean", own_mean)

# %% [markdown] lang="ko" against="62710241"
# ### 연습 · 업데이트 한 번
#
# 상태가 S개, 행동이 A개이고 정책은 로짓의 표 `logits`(S, A)입니다. 한 에피소드의 `states`, `actions`, `rewards`(길이 T)로 REINFORCE를 한 번 업데이트한 새 로짓을 돌려주세요. 그래디언트는 스텝마다 $G_t \nabla \log \pi(a_t \mid s_t)$를 **더한** 것이고(평균이 아님), 베이스라인은 없습니다.

# %% [markdown] lang="en" against="80bce1f2"
# ### Exercise · One update
#
# There are S states and A actions, and the policy is a table of `logits`, (S, A). From the `states`, `actions` and `rewards` of one episode, T of each, return the new logits after one update of REINFORCE. The gradient is the **sum** over the steps (not the mean) of $G_t \nabla \log \pi(a_t \mid s_t)$, without a baseline.


# %% tags=["exercise-reinforce_update"]
def reinforce_update(logits, states, actions, rewards, gamma, learning_rate): ...


# %%
ppo_edu.check("reinforce_update", reinforce_update)

# %% [markdown] lang="ko" against="8940c265"
# ## 정리
#
# - 점수는 미분하지 않습니다. 고른 행동의 로그 확률을 미분하고 점수를 **곱합니다**. 그 평균이 리턴의 기댓값의 그래디언트입니다.
# - 추정에는 잡음이 많습니다. 이후 보상의 합, 베이스라인, 크리틱은 기댓값을 바꾸지 않고 잡음만 줄입니다. $\gamma$를 낮추면 잡음은 줄지만 편향이 생깁니다.
# - 이 식에는 지금 정책이 모은 데이터만 쓸 수 있습니다(온폴리시). 예전 데이터로 계속 가면 엉뚱한 곳에서 멈추거나 끝없이 갑니다.
# - 엔트로피가 일찍 사라지면 더 좋은 것을 해 볼 기회도 사라집니다.
#
# ## 노트와 비교하면
#
# - 노트는 PPO가 "Actor-Critic 구조에서 활용되는 학습 방법론"이라고 합니다. 맞습니다. 노트의 `pi`가 액터, `v`가 크리틱입니다. 코드 아래에 적힌 "Agent-Critic"은 이 말의 오타입니다.
# - 노트는 업데이트 방향이 "긍정적인지, 부정적인지"를 어드밴티지가 정한다고 합니다. 4절의 말로 하면, 베이스라인을 뺀 점수의 부호가 로그 확률을 올릴지 내릴지 정합니다.
# - 노트는 `put_data`를 DQN(행동 가치 $Q$를 배우는 다른 방법)의 replay buffer에 빗댑니다. 모아 둔다는 점은 같지만 결정적인 차이가 있습니다. 온폴리시인 PPO는 `make_batch`에서 `self.data = []`로 **버립니다**(5절). DQN은 예전 데이터도 계속 씁니다.
# - 노트의 손실에는 엔트로피 보너스가 없습니다. PPO 논문에는 있습니다(식 9). CartPole에서는 없어도 됩니다.
#
# **다음** 한 배치로 얼마나 멀리 가도 되는지는 {lesson:trpo_vs_ppo}에서 봅니다.

# %% [markdown] lang="en" against="6e7c3703"
# ## Summary
#
# - A score is not differentiated. The log-probability of the action taken is, **times** the score; the mean of that is the gradient of the expected return.
# - The estimate is noisy. Rewards-to-go, a baseline and a critic take noise away and leave the expectation as it is. A smaller $\gamma$ takes noise away, too, but brings bias.
# - The formula takes data of the present policy only (on-policy). With old data one stops in the wrong place, or goes on without end.
# - Where entropy is gone too early, so is every chance to try something better.
#
# ## Beside the notes
#
# - The notes call PPO a method that is used in an actor-critic structure. Right: their `pi` is the actor, their `v` the critic. ("Agent-Critic", below the code, is a slip for it.)
# - The notes say that the advantage tells whether the direction of an update is positive or negative. In the words of section 4: the sign of the score minus its baseline decides whether a log-probability is raised or lowered.
# - The notes liken `put_data` to the replay buffer of DQN (another method, which learns the action values $Q$). Both store, but with a difference that decides: PPO is on-policy, and `make_batch` **throws away** what it has read, by `self.data = []` (section 5). DQN goes on using old data.
# - The loss in the notes has no entropy bonus. The PPO paper has one (its equation 9). CartPole can do without.
#
# **Next** How far one batch may carry us is for {lesson:trpo_vs_ppo}.

# %% [markdown] lang="ko" tags=["teacher"] against="f5b78f11"
# **목표** 점수가 아니라 로그 확률을 미분하는 이유, 그 추정값에 잡음이 많은 이유, 예전 데이터로는 안 되는 이유를 모두가 설명합니다.
#
# | 섹션 | 분 | 45분 수업 | 할 일 | 흔히 틀리는 예측과 그때 물을 것 |
# |---|---|---|---|---|
# | {section:손으로 다 셀 수} | 5 | 4 | **예측하게 하기** 종이에 평균 리턴을, 그다음 $Q(A, \text{오른쪽})$을 적게 합니다. 계산하기 전에 궤적 셋을 입으로 말하게 합니다. | "$(2 + 1 + 5)/3$." 세 길의 확률은 같지 않습니다. 길마다 동전을 몇 번 던져야 하나요? "A에서는 2를 주는 왼쪽이 낫다." 오른쪽으로 가면 아직 무엇이 남아 있나요? |
# | {section:로그를 미분하는} | 6 | 6 | **예측하게 하기** 어느 기울기가 클지 둘씩 연필로 풀게 한 다음, 세 방법의 값이 같다는 것을 보여 줍니다. | "A 쪽. 언제나 A를 지나가니까." 두 길의 차이가 A에서는 얼마(1)이고 B에서는 얼마(4)인가요? |
# | {section:REINFORCE} | 4 | 3 | **보여 주기** 훈련을 실행하고 `-(log_prob * to_go)` 한 줄만 소리 내어 읽습니다. | "손실이니 줄어야 한다." 점수가 커지면 이 `loss`는 어떻게 되나요? 미분하려고 만든 식일 뿐입니다. |
# | {section:얼마나 흔들릴까요} | 6 | 6 | **해 보게 하기** 둘씩 3분 동안 슬라이더를 움직입니다. 에피소드 수, $b$, $\gamma$를 하나씩 맡깁니다. 그다음 막대그래프를 실행합니다. | "베이스라인을 빼면 답이 틀린다." $b$를 움직일 때 *주황* 화살표는 어디로 가나요? "$\gamma$를 줄이면 잡음만 준다." $\gamma$로도 똑같이 해 보면요? |
# | {section:예전 데이터로는} | 4 | 4 | **예측하게 하기** 예, 아니요로 손을 들게 하고 두 셀을 실행합니다. | "된다. 5를 받은 길도 데이터에 있으니까." 확률은 어디에서 멈추었나요(0.6)? A에서 두 방향의 평균 점수는 얼마였나요(2와 3)? |
# | {section:엔트로피} | 3 | - | **보여 주기** 두 그림. | "30개 모두 5를 찾는다." 12개가 갇힙니다. 갇힌 실행은 A에서 오른쪽을 얼마나 자주 고르나요? |
# | {section:연습} | 25 | 15 | **해 보게 하기** 앞의 둘은 함께 풀고, "해롭지 않은 베이스라인"은 보기마다 손을 들어 정합니다. 나머지는 집에서. | |
# | {section:정리} | 1 | 1 | **보여 주기** 마무리 쪽지로 씁니다. "점수를 미분하는 것이 아니라 …"를 각자 완성합니다. | |
# | {section:노트와 비교하면} | 1 | - | **보여 주기** 노트를 읽고 온 모임에서만. | |
# | 이야기 | 10 | 6 | **이야기하기** 아래 질문. 첫째는 꼭 다룹니다. | |
#
# {sums}
#
# ## 45분 수업이라면
#
# 엔트로피와 노트를 빼고, 연습은 첫째와 손 들기만 합니다. REINFORCE는 코드를 읽지 않고 실행만 합니다. 예전 데이터를 다루는 섹션은 빼지 마세요. 이 과정의 나머지가 모두 그 질문의 답입니다.
#
# ## 토론거리
#
# 1. **환경은 아무도 미분하지 않았습니다. 어디로 갔을까요?** $\log P(\tau)$는 합이고, 환경이 정하는 항에는 $\theta$가 없어 미분하면 0입니다. 정책의 항만 남습니다.
# 2. **모든 점수에서 1000을 빼도 기댓값은 그대로입니다. 달라지는 것이 있을까요?** 잡음이 크게 달라집니다. 기댓값에 해롭지 않다고 해서 필요한 에피소드 수까지 그대로인 것은 아닙니다.
# 3. **크리틱의 $V(s)$는 틀려도 베이스라인이 되는데, $Q(s, a)$는 왜 정확해도 안 될까요?** $V(s)$는 행동과 상관이 없어서 값이 무엇이든 그 항의 기댓값이 0입니다. $Q(s, a)$는 행동에 따라 달라집니다. 정확한 $Q$를 빼면 그래디언트가 통째로 사라집니다.
#
# ## 연습, 이 순서로
#
# "이후 보상의 합"과 소프트맥스는 다섯 줄이면 됩니다. 손 들기에는 "해롭지 않은 베이스라인"이 가장 좋습니다. "배치 자신의 평균"은 빨리 끝낸 사람에게 주고, 앞의 둘을 합친 "업데이트 한 번"은 숙제로 냅니다.
#
# {exercises}
#
# ## 계산이 오래 걸리는 셀
#
# CartPole의 REINFORCE와, 엔트로피 섹션의 시드 서른 개입니다. 앞에서 실행하는 동안 예측하게 하세요. 막대그래프는 REINFORCE가 남긴 정책을 쓰므로, 직접 해 볼 사람은 둘 다 실행합니다.
#
# {machine}

# %% [markdown] lang="en" tags=["teacher"] against="8a4c12fe"
# **Aim** Everybody can say why the log-probability is differentiated and the score is not, why the estimate is noisy, and why old data will not do.
#
# | section | minutes | 45-minute class | do | likely wrong, and what to ask then |
# |---|---|---|---|---|
# | {section:count out by hand} | 5 | 4 | **Have them predict** the mean return on paper, then $Q(A, \text{right})$. Ask for the three trajectories aloud before anybody computes. | "$(2 + 1 + 5)/3$." The three ways are not equally likely: ask how many coins each needs. And "left in A is better, it pays 2": ask what is still to come on the right. |
# | {section:log-derivative} | 6 | 6 | **Have them predict** which slope is larger, in pairs, with pencil. Then show that three ways agree. | "The one for A, because you always pass A." Ask: by how much do the two ways differ there (1), and in B (4)? |
# | {section:REINFORCE} | 4 | 3 | **Show** the training. Read one line aloud: `-(log_prob * to_go)`. | "The loss should fall." Ask: what happens to this `loss` when the scores become larger? It is a formula made for its derivative. |
# | {section:How noisy} | 6 | 6 | **Have them try** the sliders in pairs for three minutes, one question each: episodes, $b$, $\gamma$. Then run the bars. | "A baseline makes it wrong." Ask: where does the *orange* arrow go when $b$ moves? "A smaller $\gamma$ only takes noise away": ask the same of $\gamma$. |
# | {section:old data} | 4 | 4 | **Have them predict** yes or no by hands, then run both cells. | "Yes: the 5 is in the data." Ask: where do the probabilities stop (0.6), and what are the two average scores in A (2 and 3)? |
# | {section:Entropy} | 3 | - | **Show** the two pictures. | "All 30 will find the 5." Twelve are stuck. Ask: how often does a stuck run still go right in A? |
# | {section:Exercises} | 25 | 15 | **Have them try** the first two in class and "Harmless baselines" as a vote, one letter after the other; the rest at home. | |
# | {section:Summary} | 1 | 1 | **Show** it as a ticket: everybody finishes the sentence "A score is not differentiated; …". | |
# | {section:Beside the notes} | 1 | - | **Show** it to a group that has read the notes. | |
# | Talk | 10 | 6 | **Talk** about the questions below; the first is the one that must not be left out. | |
#
# {sums}
#
# ## In a class of 45 minutes
#
# Cut entropy and the notes; of the exercises keep the first and the vote. Run REINFORCE without reading its code. Do not cut the section on old data: all that follows in the course answers it.
#
# ## To discuss
#
# 1. **Nobody differentiates the environment. Where did it go?** $\log P(\tau)$ is a sum; the terms of the environment hold no $\theta$, so their derivative is 0. What is left are the policy's own terms.
# 2. **Subtracting 1000 from every score changes nothing in expectation. Does it change anything?** The noise, a great deal. Harmless for the expectation is not harmless for the number of episodes one needs.
# 3. **Why may a critic's $V(s)$ be wrong as a baseline, and its $Q(s, a)$ not even right?** $V(s)$ does not depend on the action, so its term vanishes whatever it is. $Q(s, a)$ does: an exact one takes the gradient away altogether.
#
# ## Exercises, in this order
#
# "Rewards-to-go" and the softmax are five lines each. "Harmless baselines" makes the best vote. "The batch's own mean" is for those who were quick; "One update" puts the first two together and suits homework.
#
# {exercises}
#
# ## What computes
#
# REINFORCE on CartPole, and the thirty seeds of the section on entropy. Let the class predict while you run them. The measured bars need the policies of REINFORCE, so who wants to run those runs both.
#
# {machine}
