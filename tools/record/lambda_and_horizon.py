"""Record lambda_and_horizon.csv: ``python tools/record/lambda_and_horizon.py``.

lambda 0.95 and 1, with short rollouts (128 environments x 32 steps) and long ones (8 x 512), ten seeds
each: at a rollout's end the critic's value stands for all that is still to come, so only in a long rollout
is lambda = 1 near to counting the rewards alone. Each run's result is a file in the folder, so after an
interrupt the same command goes on where it was.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import ppo_edu
from ppo_edu import PPOConfig
from ppo_edu.study import Variant, run_study
from ppo_edu.study.results import Results

SEEDS = range(10)
STEPS = {"CartPole-v1": 100_000, "Acrobot-v1": 150_000}
SHAPES = {"short": {"num_envs": 128, "horizon": 32}, "long": {"num_envs": 8, "horizon": 512}}
VARIANTS = [
    Variant(f"{name}_lam_{lam:g}", PPOConfig(lam=lam, **shape))
    for name, shape in SHAPES.items()
    for lam in (0.95, 1.0)
]
TARGET = Path(ppo_edu.__file__).parent / "recorded" / "lambda_and_horizon.csv"


def main():
    """Write lambda_and_horizon.csv."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("build/lambda_and_horizon"), help="one file per run"
    )
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()

    parts = []
    for env_id, max_steps in STEPS.items():
        parts.append(
            run_study(
                VARIANTS, SEEDS, chosen.folder, env_ids=[env_id], max_steps=max_steps, workers=chosen.workers
            )
        )
        if parts[-1].interrupted:
            return 130
    Results(
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    ).write(TARGET)
    return int(any(part.failures for part in parts))


if __name__ == "__main__":
    sys.exit(main())
