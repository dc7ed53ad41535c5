"""Record how the notes' program, and each of its mends, learns CartPole over several seeds.

    python tools/record/notes_program.py    about half an hour on one core; goes on where it stopped

The program and its mends are what the lesson shows: the cells of notebooks/source/the_notes.py with the tags
below. One row for each training goes to notes_program.csv: ``last_100`` is the mean return of the last 100
episodes with every return cut at 500, which is all that CartPole-v1 gives; ``longest`` is the longest episode
as the program counted it; ``early`` is the mean return of the episodes that ended within the first 500 steps,
so that a test can record that much again.
"""

import csv
import time
from pathlib import Path

import jupytext
import numpy as np

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "notebooks" / "source" / "the_notes.py"
RECORDED = ROOT / "ppo_edu" / "recorded" / "notes_program.csv"
TAGS = {"language", "notes-program", "notes-mends"}
COLUMNS = ("variant", "seed", "steps", "episodes", "last_100", "longest", "seconds", "early")
SEEDS, MAX_STEPS, EARLY = range(10), 60_000, 500
VARIANTS = {
    "as_written": ("PPO", {}),
    "log_softmax": ("LogSoftmax", {}),
    "ends_in_time": ("EndsInTime", {}),
    "advantages_once": ("AdvantagesOnce", {}),
    "absolute_error": ("AbsoluteError", {}),
    "normalised": ("Normalised", {}),
    "horizon_200": ("PPO", {"T_horizon": 200}),
}


def lesson_program():
    """Return the names that the lesson's program defines, as a dict, in a namespace of its own."""
    names = {}
    for cell in jupytext.read(SOURCE).cells:
        if cell.cell_type == "code" and TAGS & set(cell.metadata.get("tags", [])):
            exec(compile(cell.source, SOURCE.name, "exec"), names)
    return names


def train(variant, seed, max_steps=MAX_STEPS):
    """Train one variant with one seed and return what the program's ``main`` does."""
    model, changes = VARIANTS[variant]
    program = lesson_program() | changes
    # The functions look their constants up where they were defined.
    program["main"].__globals__.update(changes)
    program["torch"].manual_seed(seed)
    return program["main"](program[model](), max_steps, seed)


def early(run):
    """Return the mean return of the episodes that ended within the first steps of a run."""
    ended = np.array(run.steps) <= EARLY
    return round(float(np.mean(np.array(run.returns)[ended])), 3)


def record(variant, seed):
    """Train one variant with one seed and return its row."""
    started = time.perf_counter()
    run = train(variant, seed)
    seconds = time.perf_counter() - started
    last = np.minimum(run.returns[-100:], 500)
    return (
        variant,
        seed,
        run.total_steps,
        len(run.returns),
        round(float(last.mean()), 1),
        int(max(run.returns)),
        round(seconds, 1),
        early(run),
    )


def main():
    """Record what is not recorded yet, a seed of every variant at a time."""
    done = set()
    if RECORDED.exists():
        with RECORDED.open(encoding="utf-8", newline="") as file:
            done = {(row["variant"], int(row["seed"])) for row in csv.DictReader(file)}
    else:
        RECORDED.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    for seed in SEEDS:
        for variant in VARIANTS:
            if (variant, seed) not in done:
                row = record(variant, seed)
                with RECORDED.open("a", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerow(row)


if __name__ == "__main__":
    main()
