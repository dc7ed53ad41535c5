"""Record cliff_weights.npz, what ratios see of a fall: ``python tools/record/cliff_weights.py``.

From the half-trained CartPole policy, batches of its transitions are collected, and each points along
its own policy gradient. On the way there the policy's true return is measured, and beside it the effective
sample size of the batch's ratios: how many of the old policy's samples still count.

The layout of the file is told in `ppo_edu.recorded.cliff_weights`.
"""

from pathlib import Path

import numpy as np
import torch

import ppo_edu
from ppo_edu import trpo
from ppo_edu.batch import make_batch
from ppo_edu.objective import probability_ratio
from ppo_edu.ppo import PPOConfig
from ppo_edu.recorded import SETTINGS
from ppo_edu.recorded.steps import BATCH_SEED, half_trained
from ppo_edu.study import landings

FILE = Path(ppo_edu.__file__).parent / "recorded" / "cliff_weights.npz"
CONFIG = PPOConfig(**{**SETTINGS, "normalise_advantages": "batch"})
# The first batch is the one of `trust_region.py`.
BATCH_SEEDS = (BATCH_SEED, *range(100, 109))
NUM_ENVS, HORIZON, WARM_UP = 64, 64, 300
LENGTHS = np.round(np.concatenate([np.arange(20) * 0.05, np.arange(1, 2.01, 0.1)]), 2)
EPISODES = 200


def main():
    """Write cliff_weights.npz among the recorded arrays."""
    torch.set_num_threads(1)
    policy = half_trained().policy
    walks = []
    for seed in BATCH_SEEDS:
        walks.append(walk(policy, seed))
        print(seed, {name: column[::6].round(3) for name, column in walks[-1].items()}, flush=True)
    arrays = {name: np.array([each[name] for each in walks], dtype=np.float32) for name in walks[0]}
    np.savez_compressed(FILE, lengths=LENGTHS, batch_seeds=BATCH_SEEDS, episodes=EPISODES, **arrays)


def walk(policy, batch_seed, lengths=LENGTHS):
    """Return "return", "return_error", "effective_share" and "kl" after each of `lengths`, (K,) each."""
    rollout, _ = landings.collect(
        policy, num_envs=NUM_ENVS, horizon=HORIZON, warm_up=WARM_UP, seed=batch_seed
    )
    batch = make_batch(policy, rollout, CONFIG)
    gradient = trpo.surrogate_gradient(policy, batch)
    found = landings.walk(policy, gradient, lengths, batch, batch.observations[:1], episodes=EPISODES)
    unit = gradient / gradient.norm()
    shares = [effective_share(landings.moved(policy, float(length) * unit), batch) for length in lengths]
    names = ("return", "return_error", "kl")
    return {**{name: found[name] for name in names}, "effective_share": np.array(shares)}


@torch.no_grad()
def effective_share(policy, batch):
    """Return the effective sample size of `policy`'s ratios on `batch`, as a share of the batch."""
    log_probs = policy.pi(batch.observations).log_prob(batch.actions)
    ratio = probability_ratio(log_probs, batch.log_probs).double()
    return float(ratio.sum() ** 2 / ratio.square().sum() / len(ratio))


if __name__ == "__main__":
    main()
