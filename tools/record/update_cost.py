"""What TRPO and PPO cost, measured side by side: ``python tools/record/update_cost.py`` (some minutes).

Prints, for each network and batch, what one update takes of passes, arithmetic, time and memory; then how
fast both solve CartPole, in environment steps and in seconds. With ``--record`` the figures go into
ppo_edu/recorded/trpo_bill.npz, which the lesson `trpo_vs_ppo` draws. ``--quick`` measures little, to see
that it runs.
"""

import argparse
from pathlib import Path

import numpy as np

from ppo_edu import recorded
from ppo_edu.study import cost

TARGET = Path(recorded.__file__).with_name("trpo_bill.npz")


def main():
    """Measure, print, and record if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    shapes = cost.SHAPES[:1] if asked.quick else cost.SHAPES
    updates = cost.update_bills(shapes, repeats=1 if asked.quick else 7, on_row=print_row)
    seeds, steps = (range(1), 5_000) if asked.quick else (range(10), 120_000)
    race = cost.run_race(seeds=seeds, max_steps=steps, on_run=lambda line: print(line, flush=True))
    print_race(race)
    if asked.record:
        arrays = {f"updates.{name}": array for name, array in updates.items()}
        arrays |= {f"race.{name}": array.astype(np.float32) for name, array in race.items()}
        np.savez_compressed(TARGET, **arrays)


def print_row(width, batch, variant, found):
    """Print one line of the first table, as it is measured."""
    print(
        f"{width:4} wide, batch {batch:5}  {variant:14} forward {found['forward']:5.1f}"
        f"  backward {found['backward']:5.1f}  work {found['work']:6.1f}"
        f"  {1e3 * found['seconds']:8.1f} ms  {1e3 * found['cpu_seconds']:8.1f} ms of CPU"
        f"  {found['megabytes']:7.2f} MB",
        flush=True,
    )


def print_race(race):
    """Print when each algorithm solved CartPole, and TRPO's ratio to PPO."""
    for name in ("solved_steps", "solved_seconds"):
        trpo, ppo = race[name]
        solved = [f"{np.isfinite(each).sum()} of {len(each)}" for each in (trpo, ppo)]
        medians = [np.median(np.nan_to_num(each, nan=np.inf)) for each in (trpo, ppo)]
        print(
            f"{name}: median TRPO {medians[0]:.6g} ({solved[0]}), PPO {medians[1]:.6g} ({solved[1]}), "
            f"ratio {np.divide(*medians) if np.isfinite(medians).all() else np.nan:.2f}"
        )


if __name__ == "__main__":
    main()
