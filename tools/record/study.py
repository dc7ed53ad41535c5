"""Record study.csv: ``python tools/record/study.py``.

PPO's parts switched off and its settings changed, one at a time, twenty seeds each, on two tasks. The
result of each run is a file in the folder: after an interrupt, the same command goes on where it was. How
long it took stands in the column "processor_seconds".
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from ppo_edu import recorded
from ppo_edu.study.results import Results
from ppo_edu.study.seeds import ablations, run_study

SEEDS = range(20)
# So many that the default solves the task, or nearly, and few enough that not every variant does. In steps of
# each of the 128 environments: 781 and 546, so that even an episode of 500 steps ends within the budget.
STEPS = {"CartPole-v1": 100_000, "Acrobot-v1": 70_000}


def main():
    """Write study.csv into ppo_edu/recorded."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("build/study"), help="one file per run")
    parser.add_argument("--workers", type=int, default=None, help="as many as there are cores if not given")
    chosen = parser.parse_args()

    parts = []
    for env_id, max_steps in STEPS.items():
        parts.append(
            run_study(
                ablations(),
                SEEDS,
                chosen.folder,
                env_ids=[env_id],
                max_steps=max_steps,
                workers=chosen.workers,
            )
        )
        if parts[-1].interrupted:
            return 130
        seconds = parts[-1].columns["processor_seconds"].sum()
        print(f"{env_id}: {len(parts[-1])} runs, {seconds:.0f} s of one core")
    results = Results(
        {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    )
    results.write(Path(recorded.__file__).with_name("study.csv"))
    print(f"all: {len(results)} runs, {results.columns['processor_seconds'].sum() / 60:.0f} min of one core")
    return int(any(part.failures for part in parts))


if __name__ == "__main__":
    sys.exit(main())
