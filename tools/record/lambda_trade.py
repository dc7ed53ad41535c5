"""Record lambda_trade.npz, what lambda trades: ``python tools/record/lambda_trade.py`` (ten minutes).

Policies are trained with PPO to two levels, ten seeds each. From states of each one's own rollouts both
actions are tried, `TRIALS` times each, and the policy goes on from there. GAE makes an advantage of every
trial, with the policy's own critic, for each lambda. What moves a policy is the difference of the two
actions' advantages: whatever V(s) is, it shifts both alike.

Goes on where it was interrupted. The layout of the file is told in `ppo_edu.recorded.lambda_trade`.
"""

import contextlib
from pathlib import Path

import numpy as np
import torch
from gymnasium.envs.classic_control.cartpole import CartPoleVectorEnv

import ppo_edu
from ppo_edu import ppo
from ppo_edu.advantage import gae
from ppo_edu.environments import make_environments
from ppo_edu.recorded import GAMMA, SETTINGS
from ppo_edu.rollout import Collector
from ppo_edu.training import train

FILE = Path(ppo_edu.__file__).parent / "recorded" / "lambda_trade.npz"
CONFIG = ppo.PPOConfig(**SETTINGS)
# Training stops when the last 100 episodes average so much.
LEVELS = (120, 200)
SEEDS = tuple(range(1, 11))
MAX_STEPS = 300_000
STATES, TRIALS = 24, 256
# Steps before the rollout that the states come from: or it would hold the beginnings of episodes only.
WARM_UP = 400
# 0.99 to the 500th is 0.007: the critic's word for what comes later hardly counts.
TRIAL_STEPS = 500
LAMS = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 1)


def main():
    """Write lambda_trade.npz among the recorded arrays."""
    torch.set_num_threads(1)
    parts = FILE.with_suffix(".parts")
    parts.mkdir(exist_ok=True)
    for level in LEVELS:
        for seed in SEEDS:
            part = parts / f"{level}_{seed}.npz"
            if not part.exists():
                found = one_policy(level, seed)
                np.savez(part, **found)
                print(level, seed, summary(found), flush=True)
    arrays = {name: gathered(parts, name) for name in ("truth", "bias", "bias_error", "variance")}
    arrays["explained_variance"] = gathered(parts, "explained_variance")
    np.savez_compressed(
        FILE, lams=np.array(LAMS), levels=np.array(LEVELS), seeds=np.array(SEEDS), trials=TRIALS, **arrays
    )
    for part in parts.iterdir():
        part.unlink()
    parts.rmdir()


def gathered(parts, name):
    """Return the arrays of this name of all policies, (levels, seeds, ...)."""
    rows = [[np.load(parts / f"{level}_{seed}.npz")[name] for seed in SEEDS] for level in LEVELS]
    return np.array(rows, dtype=np.float32)


def one_policy(level, seed):
    """Return the arrays of one policy, (STATES,) or (STATES, L) each."""
    policy = train("CartPole-v1", CONFIG, seed=seed, max_steps=MAX_STEPS, stop_at=level).policy
    found = [one_state(policy, state, 1000 * seed + row) for row, state in enumerate(states_of(policy, seed))]
    arrays = {name: np.array([each[name] for each in found]) for name in found[0]}
    error = arrays.pop("level_error")
    arrays["explained_variance"] = 1 - error.var() / arrays.pop("value").var()
    return arrays


def states_of(policy, seed):
    """Return `STATES` of the states that a rollout of `policy` passes through, (STATES, 4)."""
    envs = make_environments("CartPole-v1", CONFIG.num_envs)
    with contextlib.closing(envs):
        collector, generator = Collector(envs, seed), torch.Generator().manual_seed(seed)
        collector.collect(policy, WARM_UP, generator)
        rollout, _ = collector.collect(policy, CONFIG.horizon, generator)
    rows = np.random.default_rng(seed).choice(np.argwhere(rollout.valid), STATES, replace=False)
    return rollout.observations[rows[:, 0], rows[:, 1]]


def one_state(policy, state, seed):
    """Return what GAE's estimates of A(s, right) - A(s, left) are worth in `state`, for each lambda.

    Returns
    -------
    dict
        "truth": the difference by the rewards that came (lambda = 1). "bias" (L,): how far the mean estimate
        is from it, found trial by trial, so that what the two share by chance falls away; its standard error
        "bias_error" (L,). "variance" (L,): of the difference between one trial of each action. "value": of
        the state, by the rewards that came, and "level_error", the critic's error in it.
    """
    estimates = trial_estimates(policy, state, seed)
    left, right = estimates[:, 0], estimates[:, 1]
    bias = estimates - estimates[-1]
    with torch.no_grad():
        probs, value = policy.pi(state).probs.double().numpy(), policy.v(state).item()
    level_error = probs @ estimates[-1].mean(axis=1)
    return {
        "truth": right[-1].mean() - left[-1].mean(),
        "bias": bias[:, 1].mean(axis=1) - bias[:, 0].mean(axis=1),
        "bias_error": np.sqrt(bias.var(axis=2, ddof=1).sum(axis=1) / TRIALS),
        "variance": estimates.var(axis=2, ddof=1).sum(axis=1),
        "value": value + level_error,
        "level_error": level_error,
    }


@torch.no_grad()
def trial_estimates(policy, state, seed):
    """Return GAE's advantage of the first step, (L, 2, TRIALS): of pushes to the left, then to the right."""
    envs = CartPoleVectorEnv(2 * TRIALS, max_episode_steps=TRIAL_STEPS + 2)
    collector = Collector(envs, seed)
    envs.state = np.repeat(state[:, None], 2 * TRIALS, axis=1).astype(np.float64)
    collector.observations, rewards, terminated, _, _ = envs.step(np.repeat([0, 1], TRIALS))
    collector.only_resets = terminated.copy()
    rollout, _ = collector.collect(policy, TRIAL_STEPS, torch.Generator().manual_seed(seed))

    first = np.full(2 * TRIALS, policy.v(state).item())
    values = np.vstack([first, policy.v(rollout.observations).numpy()]).astype(np.float64)
    rewards = np.vstack([rewards, rollout.rewards])
    never = np.zeros_like(terminated)
    ends = [np.vstack([terminated, rollout.terminated]), np.vstack([never, rollout.truncated])]
    estimates = [gae(rewards, values[:-1], values[1:], *ends, GAMMA, lam)[0] for lam in LAMS]
    return np.reshape(estimates, (len(LAMS), 2, TRIALS))


def summary(found):
    """Return a line to follow the recording by."""
    squared = (found["bias"] ** 2 - found["bias_error"] ** 2).mean(axis=0)
    chosen = [LAMS.index(lam) for lam in (0, 0.7, 0.95, 1)]
    return f"bias2 {squared[chosen].round(1)} variance {found['variance'].mean(axis=0)[chosen].round(1)}"


if __name__ == "__main__":
    main()
