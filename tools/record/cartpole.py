"""Record cartpole.npz, the data of lessons ratio to gae: ``python tools/record/cartpole.py`` (half a minute).

A half-trained CartPole policy acts. Kept are a batch of its transitions; what the policy becomes when PPO
uses this batch again and again, at several learning rates; an episode in which the pole falls, and one that
the time limit cuts (of a later policy, which no longer falls).

The layout of the file is told in `ppo_edu.recorded`.
"""

import copy
import dataclasses
from pathlib import Path

import numpy as np
import torch

from ppo_edu import ppo, recorded
from ppo_edu.batch import make_batch
from ppo_edu.environments import make_environments
from ppo_edu.recorded import LEARNING_RATES, SETTINGS
from ppo_edu.rollout import Collector
from ppo_edu.training import train

CONFIG = ppo.PPOConfig(**SETTINGS)
# Steps before the batch, so that it does not hold the beginnings of episodes only.
WARM_UP = 400


def main():
    """Write cartpole.npz into ppo_edu/recorded."""
    torch.set_num_threads(1)
    run = half_trained()
    rollout = collected(run)
    arrays = transitions("batch", run.policy, rollout)
    arrays["batch.later_log_probs"] = np.stack([later_log_probs(run, rollout, lr) for lr in LEARNING_RATES])
    arrays |= whole_episode("terminated", run)
    arrays |= whole_episode("truncated", train("CartPole-v1", CONFIG, seed=1))
    np.savez_compressed(Path(recorded.__file__).with_name("cartpole.npz"), **arrays)


def half_trained():
    """Return the run whose policy collected the batch."""
    return train("CartPole-v1", CONFIG, seed=1, stop_at=120)


def collected(run):
    """Return the rollout that the batch is made of."""
    collector = Collector(make_environments(run.env_id, CONFIG.num_envs), seed=1)
    generator = torch.Generator().manual_seed(1)
    collector.collect(run.policy, WARM_UP, generator)
    return collector.collect(run.policy, CONFIG.horizon, generator)[0]


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


if __name__ == "__main__":
    main()
