"""Record small_to_default.csv: ``python tools/record/small_to_default.py``.

The small program of the lesson on full training, and the differences between it and the default settings,
switched on one after the other, one alone, and left out one at a time: ten seeds each. Each run's result is a
file in the folder, so after an interrupt the same command goes on where it was.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import ppo_edu
from ppo_edu.study import details, run_study
from ppo_edu.study.results import Results

SEEDS = range(10)
# Enough for the default settings, and few enough that what hinders can be seen.
STEPS = 50_000
TARGET = Path(ppo_edu.__file__).parent / "recorded" / "small_to_default.csv"


def main():
    """Write small_to_default.csv."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--folder", type=Path, default=Path("build/small_to_default"), help="one file per run"
    )
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()

    groups = [details.cumulative(), details.one_at_a_time(), details.left_out()]
    variants = [variant for group in groups for variant in group]
    # One environment is slow: those programs come last.
    fast = [[variant for variant in group if variant.config.num_envs > 1] for group in groups]
    parts = []
    for some in [*fast, [variant for variant in variants if variant.config.num_envs == 1]]:
        parts.append(run_study(some, SEEDS, chosen.folder, max_steps=STEPS, workers=chosen.workers))
        if parts[-1].interrupted:
            return 130
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    place = {variant.name: index for index, variant in enumerate(variants)}
    order = np.argsort([place[name] for name in columns["variant"]], kind="stable")
    Results({name: column[order] for name, column in columns.items()}).write(TARGET)
    return int(any(part.failures for part in parts))


if __name__ == "__main__":
    sys.exit(main())
