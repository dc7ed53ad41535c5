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
# Each one is named, or the recording would follow the course's defaults when these change.
SETTINGS = {
    "num_envs": 128,
    "horizon": 32,
    "gamma": 0.99,
    "lam": 0.95,
    "bootstrap_truncated": True,
    "epsilon": 0.2,
    "kl_penalty": "off",
    "kl_coefficient": 1.0,
    "kl_target": 0.01,
    "normalise_advantages": "minibatch",
    "epochs": 4,
    "minibatch_size": 512,
    "anneal_learning_rate": True,
    "target_kl": None,
    "entropy_coefficient": 0.0,
    "value_coefficient": 0.5,
    "clip_values": False,
    "max_grad_norm": 0.5,
    "recompute_advantages": False,
    "reward_scale": 1.0,
    "normalise_rewards": True,
    "normalise_observations": False,
    "adam_epsilon": 1e-5,
    "hidden_sizes": (32, 32),
    "shared_trunk": False,
    "orthogonal_init": True,
    "initial_log_std": 0.0,
    "clip_actions": True,
}
GRID = np.linspace(0, STEPS, 151)


def main():
    """Write clip_training.npz beside this file."""
    curves = np.empty((len(LEARNING_RATES), len(CLIPS), SEEDS, len(GRID)), dtype=np.float32)
    for row, rate in enumerate(LEARNING_RATES):
        for column, clip in enumerate(CLIPS):
            for seed in range(SEEDS):
                curves[row, column, seed] = curve(clip, rate, seed)
            print(f"{rate:g} {clip}: median {np.median(curves[row, column, :, -1]):.0f}")
    np.savez_compressed(
        Path(recorded.__file__).with_name("clip_training.npz"),
        learning_rates=LEARNING_RATES,
        clips=CLIPS,
        steps=GRID,
        curves=curves,
    )


def curve(clip, learning_rate, seed):
    """Return the mean return of the last 100 episodes of one training after each step of GRID, (G,)."""
    config = PPOConfig(clip=clip, learning_rate=learning_rate, **SETTINGS)
    return mean_on_grid(train("CartPole-v1", config, seed=seed, max_steps=STEPS, stop_at=None), GRID)


if __name__ == "__main__":
    main()
