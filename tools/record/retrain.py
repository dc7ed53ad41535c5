"""Record tools/reading/retrain.npz: ``python tools/record/retrain.py`` (some five minutes).

CartPole trained with all combinations of a few settings: what the page of a lesson shows where a notebook
has a button that trains. Each run is a file in the folder, so after an interrupt, or after `--minutes`, the
same command goes on where it was.
"""

import argparse
import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np

from ppo_edu.guards.files import whole_file
from ppo_edu.ppo import PPOConfig
from ppo_edu.returns import mean_on_grid
from ppo_edu.training import train

TARGET = Path(__file__).parents[1] / "reading" / "retrain.npz"
EPSILONS = (0.05, 0.1, 0.2, 0.4, 0.8)
LAMS = (0.0, 0.8, 0.95, 1.0)
LEARNING_RATES = (0.002, 0.01, 0.05)
SEEDS = (0, 1)
STEPS = 200_000
GRID = np.linspace(0, STEPS, 41)


def play(epsilon, lam, learning_rate, seed):
    """Return the curve and the end of one training, in what JSON takes."""
    # What the lesson's button starts, so whatever else is set follows the course's defaults.
    config = PPOConfig(epsilon=epsilon, lam=lam, learning_rate=learning_rate)
    run = train("CartPole-v1", config, seed=seed, max_steps=STEPS)
    curve = mean_on_grid(run, GRID)
    # It ends with the run.
    curve[run.total_steps + GRID[1] <= GRID] = np.nan
    return {"curve": curve.tolist(), "solved": run.solved_at_step, "seconds": run.seconds}


def main():
    """Record what is missing, and write the file once all is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("build/retrain"))
    parser.add_argument("--minutes", type=float, default=60, help="begin no run after so long")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    ends = time.monotonic() + 60 * chosen.minutes
    found = []
    for job in itertools.product(EPSILONS, LAMS, LEARNING_RATES, SEEDS):
        path = chosen.folder / ("-".join(map(str, job)) + ".json")
        if not path.exists():
            if time.monotonic() > ends:
                return 3
            with whole_file(path) as file:
                file.write(json.dumps(play(*job)).encode())
        found.append(json.loads(path.read_text(encoding="utf-8")))
    shape = (len(EPSILONS), len(LAMS), len(LEARNING_RATES), len(SEEDS))
    with whole_file(TARGET) as file:
        np.savez_compressed(
            file,
            epsilon=EPSILONS,
            lam=LAMS,
            learning_rate=LEARNING_RATES,
            seed=SEEDS,
            steps=GRID,
            curves=np.array([run["curve"] for run in found], dtype="f2").reshape(*shape, -1),
            solved=np.array([run["solved"] or np.nan for run in found]).reshape(shape),
            seconds=np.array([run["seconds"] for run in found], dtype="f4").reshape(shape),
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
