"""Record language_bug_symptoms.csv: ``python tools/record/language_bug_symptoms.py``.

Whether the symptom of each program with a bug shows, for six seeds of the program: one row for each program
and seed; some three minutes on one core. What counts as a symptom is told in
`ppo_edu.exercises.tasks.bugs.language.SYMPTOMS`. What the programs did is kept in the folder, so after an
interrupt, or after `--minutes`, the same command goes on.
"""

import argparse
import csv
import json
import sys
import time
from pathlib import Path

import numpy as np

from ppo_edu.exercises.tasks.bugs import language
from ppo_edu.guards.files import whole_file

SEEDS = range(6)
COLUMNS = ("number", "seed", "shows")


def history(number, seed, folder):
    """Return the diagnostics of a program, from the folder if they are there."""
    path = folder / f"{number or 'right'}-{seed}.json"
    if not path.exists():
        found = language.FAMILY.history(number, seed=seed)
        with whole_file(path) as file:
            file.write(json.dumps({name: column.tolist() for name, column in found.items()}).encode())
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {name: np.array(column) for name, column in kept.items()}


def record(folder, minutes):
    """Return the rows, or None if there was no time for all of them."""
    rows, ends = [], time.monotonic() + 60 * minutes
    for seed in SEEDS:
        right = history(None, seed, folder)
        for number in language.FAULTS:
            if time.monotonic() > ends:
                return None
            wrong = history(number, seed, folder)
            rows.append((number, seed, int(language.FAMILY.shows(number, right, wrong))))
    return rows


def main():
    """Write language_bug_symptoms.csv, once all is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("build/language_bugs"))
    parser.add_argument("--minutes", type=float, default=60, help="begin no run after so long")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    rows = record(chosen.folder, chosen.minutes)
    if rows is None:
        return 3
    with language.RECORDED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
