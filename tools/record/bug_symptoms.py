"""Record bug_symptoms.csv: ``python tools/record/bug_symptoms.py``, some three minutes on one core.

Whether the symptom of each program with a bug shows, for twelve seeds of the program: one row for each
program and seed. What counts as a symptom is told in `ppo_edu.exercises.tasks.bugs.SYMPTOMS`.
"""

import csv

from ppo_edu.exercises.tasks import bugs

SEEDS = range(12)
COLUMNS = ("number", "seed", "shows")


def main():
    """Write bug_symptoms.csv."""
    with bugs.RECORDED.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for seed in SEEDS:
            right = bugs.history(seed=seed)
            for number in bugs.FAULTS:
                rows.writerow((number, seed, int(bugs.shows(number, right, bugs.history(number, seed=seed)))))


if __name__ == "__main__":
    main()
