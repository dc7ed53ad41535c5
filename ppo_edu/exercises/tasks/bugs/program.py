"""A whole PPO in six short functions, for "find the bug": this is the one without.

A learner reads it as `bugs.code` shows it, with one of the functions taken from `bugs.FAULTS`.
It is written out, and not made of `ppo_edu`'s functions, because the places where they could have gone wrong
must be in sight. The seed is the one, of 0 to 3, whose curves are easiest to read; in how many of twelve
seeds the symptoms show, `bugs.in_how_many_seeds` tells.
"""

import gymnasium
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

gamma, lam, epsilon = 0.99, 0.95, 0.2


def collect(envs, actor, start, steps):
    s, just_ended = start
    rows = []
    for _ in range(steps):
        with torch.no_grad():
            pi = Categorical(logits=actor(torch.as_tensor(s)), validate_args=False)
            a = pi.sample()
            log_prob = pi.log_prob(a)
        s_next, r, terminated, truncated, _ = envs.step(a.numpy())
        valid = ~just_ended
        rows.append((s, a.numpy(), log_prob.numpy(), r, s_next, terminated, truncated, valid))
        s, just_ended = s_next, terminated | truncated
    return [np.stack(column) for column in zip(*rows, strict=True)], (s, just_ended)


def gae(r, v, v_next, terminated, truncated):
    deltas = r + gamma * v_next * ~terminated - v
    goes_on = ~(terminated | truncated)
    advantages, following = np.zeros_like(deltas), 0.0
    for t in reversed(range(len(r))):
        following = deltas[t] + gamma * lam * goes_on[t] * following
        advantages[t] = following
    return advantages


def normalise(advantages, valid):
    mean, std = advantages.mean(where=valid), advantages.std(where=valid)
    return (advantages - mean) / (std + 1e-8)


def make_batch(rows, critic):
    s, a, log_prob, r, s_next, terminated, truncated, valid = rows
    with torch.no_grad():
        v, v_next = (critic(torch.as_tensor(x)).squeeze(-1).numpy() for x in (s, s_next))
    advantages = gae(r, v, v_next, terminated, truncated)
    columns = s, a, log_prob, normalise(advantages, valid), advantages + v
    return [torch.as_tensor(column[valid]) for column in columns]


def loss(actor, critic, batch):
    s, a, old_log_prob, A, target = batch
    ratio = torch.exp(Categorical(logits=actor(s)).log_prob(a) - old_log_prob)
    surrogate = torch.min(ratio * A, ratio.clip(1 - epsilon, 1 + epsilon) * A)
    clipped = ((ratio - 1).abs() > epsilon).float().mean().item()
    value_loss = (critic(s).squeeze(-1) - target).square().mean()
    return -surrogate.mean() + 0.5 * value_loss, clipped


def learn(actor, critic, optimiser, batch, epochs):
    for _ in range(epochs):
        total, clipped = loss(actor, critic, batch)
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
    return clipped


def train(updates=24, num_envs=8, steps=128, time_limit=100, epochs=10, seed=2):
    torch.manual_seed(seed)
    actor, critic = (
        nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs))
        for outputs in (2, 1)
    )
    optimiser = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=0.01)
    envs = gymnasium.make_vec("CartPole-v1", num_envs, max_episode_steps=time_limit)
    start, history = (envs.reset(seed=seed)[0], np.zeros(num_envs, dtype=bool)), []
    for _ in range(updates):
        rows, start = collect(envs, actor, start, steps)
        batch = make_batch(rows, critic)
        clipped = learn(actor, critic, optimiser, batch, epochs)
        history.append(diagnose(actor, critic, rows, batch, clipped))
    return history


@torch.no_grad()
def diagnose(actor, critic, rows, batch, clipped):
    """Return what the learner sees of one update. It belongs to the measuring and not to the program."""
    s, a, log_prob, _, _, terminated, _, _ = rows
    pi = Categorical(logits=actor(torch.as_tensor(s)))
    log_ratio = pi.log_prob(torch.as_tensor(a)) - torch.as_tensor(log_prob)
    values = critic(torch.as_tensor(batch[0])).squeeze(-1)
    return {
        "falls": 1000 * float(terminated.mean()),
        "value_loss": float((values - batch[4]).square().mean()),
        "explained_variance": float(1 - (batch[4] - values).var() / batch[4].var()),
        "clip_fraction": clipped,
        "kl": float((torch.expm1(log_ratio) - log_ratio).mean()),
        "entropy": float(pi.entropy().mean()),
        "rows": len(batch[0]),
        "largest_advantage": float(batch[3].abs().max()),
    }
