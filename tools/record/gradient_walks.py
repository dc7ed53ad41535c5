"""Record gradient_walks.npz: ``python tools/record/gradient_walks.py``, some two minutes.

From the recorded half-trained policy go eight walks, each along the gradient of a batch of its own, to set
beside the one that tools/record/trust_region.py took. "walks.lengths" (K,), and for each walk "walks.return",
"walks.return_error", "walks.surrogate_gain" and "walks.kl" (W, K), as in `ppo_edu.study.landings.walk`.
"""

from pathlib import Path

import numpy as np
import torch

from ppo_edu import recorded, trpo
from ppo_edu.recorded.steps import BATCH_SEED, STATES, half_trained
from ppo_edu.study import landings

WALKS = 8
LENGTHS = np.arange(21) * 0.1
EPISODES = 500


def main():
    """Write the file beside the others of `ppo_edu.recorded`."""
    torch.set_num_threads(1)
    start, found = half_trained().policy, []
    for seed in range(BATCH_SEED + 1, BATCH_SEED + 1 + WALKS):
        _, batch = landings.collect(start, seed=seed)
        gradient = trpo.surrogate_gradient(start, batch)
        found.append(landings.walk(start, gradient, LENGTHS, batch, STATES, episodes=EPISODES))
        print(seed, found[-1]["return"].round().astype(int).tolist(), flush=True)
    names = ("return", "return_error", "surrogate_gain", "kl")
    arrays = {"walks.lengths": LENGTHS} | {
        f"walks.{name}": np.array([walk[name] for walk in found]) for name in names
    }
    np.savez_compressed(
        Path(recorded.__file__).with_name("gradient_walks.npz"),
        **{name: array.astype(np.float32) for name, array in arrays.items()},
    )


if __name__ == "__main__":
    main()
