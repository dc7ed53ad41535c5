"""Record cartpole.npz, the data of lessons 02 to 04: ``python tools/record/cartpole.py`` (two minutes).

A half-trained CartPole policy acts. Kept are a batch of its transitions; what the policy becomes when PPO
uses this batch again and again, at several learning rates; an episode in which the pole falls, and one that
the time limit cuts (of a later policy, which no longer falls); and, for some states, the true value of acting
there, found by acting there hundreds of times.

The layout of the file is told in `ppo_edu.recorded`.
"""

import copy
import dataclasses
from pathlib import Path

import numpy as np
import torch
from gymnasium.envs.classic_control.cartpole import CartPoleVectorEnv

from ppo_edu import ppo, recorded
from ppo_edu.advantage import gae
from ppo_edu.batch import make_batch
from ppo_edu.recorded import EPSILON, GAMMA, LAM, LEARNING_RATES
from ppo_edu.rollout import Collector, make_environments
from ppo_edu.training import train

# The paper's settings, more or less: slower than this course's own, so that half-way the critic is no worse
# than the policy. Learning rates do not fall, or the batch could not be used ten times alike.
CONFIG = ppo.PPOConfig(num_envs=8, horizon=128, epochs=10, minibatch_size=64, learning_rate=3e-4,
                       anneal_learning_rate=False, epsilon=EPSILON, gamma=GAMMA, lam=LAM)  # fmt: skip
# Steps before the batch, so that it does not hold the beginnings of episodes only.
WARM_UP = 400
STATES = 32
TRIALS = 512
# 0.99 to the 1000th: what comes later is worth less than 0.005.
TRIAL_STEPS = 1000
LAMS = np.round(np.concatenate([np.arange(0, 0.9, 0.05), np.arange(0.9, 1.001, 0.01)]), 2)


def main():
    """Write cartpole.npz into ppo_edu/recorded."""
    torch.set_num_threads(1)
    run = train(config=CONFIG, seed=1, stop_at=120)
    solved = train(config=CONFIG, seed=1)
    collector = Collector(make_environments(run.env_id, CONFIG.num_envs), seed=1)
    generator = torch.Generator().manual_seed(1)
    collector.collect(run.policy, WARM_UP, generator)
    rollout, _ = collector.collect(run.policy, CONFIG.horizon, generator)
    arrays = transitions("batch", run.policy, rollout)
    arrays["batch.later_log_probs"] = np.stack([later_log_probs(run, rollout, lr) for lr in LEARNING_RATES])
    arrays |= whole_episode("terminated", run)
    arrays |= whole_episode("truncated", solved)
    arrays |= true_advantages(run.policy, rollout)
    np.savez_compressed(Path(recorded.__file__).with_name("cartpole.npz"), **arrays)


@torch.no_grad()
def transitions(name, policy, rollout):
    """Return what `ppo_edu.gae` needs of a rollout, and what the policy saw and did."""
    values = policy.v(rollout.observations).numpy()
    return {
        f"{name}.observations": rollout.observations[:-1],
        f"{name}.actions": rollout.actions,
        f"{name}.log_probs": rollout.log_probs,
        f"{name}.rewards": rollout.rewards,
        f"{name}.values": values[:-1],
        f"{name}.next_values": values[1:],
        f"{name}.terminated": rollout.terminated,
        f"{name}.truncated": rollout.truncated,
        f"{name}.valid": rollout.valid,
    }


def later_log_probs(run, rollout, learning_rate):
    """Return the valid actions' log-probabilities after each epoch of PPO on this rollout, (epochs, B).

    An epoch is one step on the whole batch: with minibatches, the policy swings to and fro within an epoch,
    and where it happens to be at the end of one says little.
    """
    config = dataclasses.replace(run.config, learning_rate=learning_rate, minibatch_size=rollout.valid.size)
    policy = copy.deepcopy(run.policy)
    optimiser = ppo.make_optimiser(policy, config)
    state = copy.deepcopy(run.optimiser.state_dict()["state"])
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    batch = make_batch(policy, rollout, config)
    after = []
    for _ in ppo.gradient_steps(policy, optimiser, rollout, batch, config):
        with torch.no_grad():
            after.append(policy.pi(batch.observations).log_prob(batch.actions).numpy())
    return np.stack(after)


def whole_episode(ending, run):
    """Return an episode that the run's policy played and that ended like this, (T,) or (T, 4) arrays."""
    collector = Collector(make_environments(run.env_id, 100), seed=2)
    rollout, _ = collector.collect(run.policy, 501, torch.Generator().manual_seed(2))
    # In 501 steps every first episode has ended. Of those that ended so, one of middle length is kept.
    last = (rollout.terminated | rollout.truncated).argmax(axis=0)
    envs = np.flatnonzero(getattr(rollout, ending)[last, np.arange(len(last))])
    env = envs[np.argsort(last[envs])[len(envs) // 2]]
    steps = transitions(ending, run.policy, rollout)
    return {name: array[: last[env] + 1, env] for name, array in steps.items()}


def true_advantages(policy, rollout):
    """Return, for some states of the batch, GAE's estimates over many trials beside the truth.

    Q of the action that was taken is the mean discounted return of TRIALS trials, V of the state likewise.
    The estimates come from other trials, from the state's successor on, with the policy's own critic.
    """
    goes_on = rollout.valid & ~rollout.terminated & ~rollout.truncated
    rows = np.random.default_rng(0).choice(np.argwhere(goes_on), STATES, replace=False)
    states = rollout.observations[rows[:, 0], rows[:, 1]]
    successors = rollout.observations[rows[:, 0] + 1, rows[:, 1]]
    later = returns_from(policy, successors, seed=3)
    returns = returns_from(policy, states, seed=4)
    estimates = gae_estimates(policy, states, successors, seed=5)
    return {
        "study.lams": LAMS,
        "study.q": 1 + GAMMA * later.mean(axis=1),
        "study.q_error": GAMMA * later.std(axis=1, ddof=1) / np.sqrt(TRIALS),
        "study.v": returns.mean(axis=1),
        "study.v_error": returns.std(axis=1, ddof=1) / np.sqrt(TRIALS),
        "study.values": policy.v(states).detach().numpy(),
        "study.estimate_means": estimates.mean(axis=2),
        "study.estimate_variances": estimates.var(axis=2, ddof=1),
        "study.trials": np.array(TRIALS),
    }


def trials_from(policy, states, seed):
    """Let the policy act from each state TRIALS times, without a time limit: TRIAL_STEPS steps."""
    envs = CartPoleVectorEnv(len(states) * TRIALS, max_episode_steps=TRIAL_STEPS + 1)
    collector = Collector(envs, seed)
    start = np.repeat(states, TRIALS, axis=0)
    envs.state, collector.observations = start.T.astype(np.float64), start
    return collector.collect(policy, TRIAL_STEPS, torch.Generator().manual_seed(seed))[0]


def returns_from(policy, states, seed):
    """Return the discounted return of each trial, (STATES, TRIALS)."""
    rollout = trials_from(policy, states, seed)
    nothing = np.zeros_like(rollout.rewards, dtype=np.float64)
    # Without a critic, and with lam = 1, an advantage is the discounted return.
    returns = gae(rollout.rewards, nothing, nothing, rollout.terminated, rollout.truncated, GAMMA, lam=1.0)
    return returns[0].reshape(len(states), TRIALS)


@torch.no_grad()
def gae_estimates(policy, states, successors, seed):
    """Return GAE's advantage of the first step of each trial, for each lam: (STATES, len(LAMS), TRIALS)."""
    rollout = trials_from(policy, successors, seed)
    later = policy.v(rollout.observations).numpy()
    first = np.repeat(policy.v(states).numpy(), TRIALS)
    values = np.vstack([first[None], later]).astype(np.float64)

    # Before each trial comes the step to the successor: its reward was 1, and it ended nothing.
    rewards = np.pad(rollout.rewards, ((1, 0), (0, 0)), constant_values=1)
    ends = [np.pad(ended, ((1, 0), (0, 0))) for ended in (rollout.terminated, rollout.truncated)]
    estimates = [gae(rewards, values[:-1], values[1:], *ends, GAMMA, lam)[0] for lam in LAMS.tolist()]
    return np.stack(estimates).reshape(len(LAMS), len(states), TRIALS).swapaxes(0, 1)


if __name__ == "__main__":
    main()
