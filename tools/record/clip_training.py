"""Record clip_training.npz: ``python tools/record/clip_training.py`` (three minutes).

CartPole trained with PPO's three objectives, all else the same, at a large learning rate and at an eighth of
it. The layout of the file is told in `ppo_edu.recorded`.
"""

from pathlib import Path

import numpy as np

from ppo_edu import recorded
from ppo_edu.ppo import CLIPS, PPOConfig
from ppo_edu.returns import mean_on_grid
from ppo_edu.training import train

SEEDS = 10
STEPS = 150_000
LEARNING_RATES = (6e-3, 7.5e-4)
MINIBATCH_SIZE = 512
GRID = np.linspace(0, STEPS, 151)


def main():
    """Write clip_training.npz beside this file."""
    curves = np.empty((len(LEARNING_RATES), len(CLIPS), SEEDS, len(GRID)), dtype=np.float32)
    for row, rate in enumerate(LEARNING_RATES):
        for column, clip in enumerate(CLIPS):
            for seed in range(SEEDS):
                config = PPOConfig(clip=clip, learning_rate=rate, minibatch_size=MINIBATCH_SIZE)
                run = train("CartPole-v1", config, seed=seed, max_steps=STEPS, stop_at=None)
                curves[row, column, seed] = mean_on_grid(run, GRID)
            print(f"{rate:g} {clip}: median {np.median(curves[row, column, :, -1]):.0f}")
    np.savez_compressed(
        Path(recorded.__file__).with_name("clip_training.npz"),
        learning_rates=LEARNING_RATES, clips=CLIPS, steps=GRID, curves=curves,
    )  # fmt: skip


if __name__ == "__main__":
    main()
