"""Record how right programs, and programs that do not learn, score in the two tasks of the whole program.

    python tools/record/whole_program.py SECONDS    goes on where it stopped, for about so many seconds

One row for each training goes to whole_program.csv: what `learning.score` gives, which a check holds against
the task's threshold. ``untrained`` is the right program without its updates: it is what a threshold must be
above. ``once`` computes advantages once, as the paper has it.
"""

import csv
import sys
import time
from pathlib import Path

import torch

from ppo_edu.exercises.tasks import ppo_collection, ppo_main, ppo_network, ppo_train_net
from ppo_edu.exercises.whole_program import learning, update
from ppo_edu.exercises.whole_program.model import Model

RECORDED = Path(__file__).parents[2] / "ppo_edu" / "recorded" / "whole_program.csv"
COLUMNS = ("program", "task", "seed", "score", "seconds")
SEEDS = {"right": 300, "untrained": 12, "once": 12}


def once(model, transitions):
    """Update by the course's own functions, with advantages computed once."""
    made = Model(model)
    update._update(made, model.optimizer, transitions, update.ONCE[0])


UPDATES = {"right": ppo_train_net.train_net, "untrained": lambda model, transitions: None, "once": once}


def train(program, task, seed):
    """Train a program and return its row."""
    names = {**vars(ppo_main), "PPO": ppo_network.PPO, "collect": ppo_collection.collect}
    names["train_net"] = UPDATES[program]
    main = type(ppo_main.main)(ppo_main.main.__code__, names)
    env, started = learning.watched(task, seed), time.perf_counter()
    learning.run(main, env, seed)
    return program, task.name, seed, round(learning.score(env), 2), round(time.perf_counter() - started, 1)


def main(seconds):
    """Record what is not recorded yet."""
    torch.set_num_threads(1)
    end, done = time.monotonic() + seconds, set()
    if RECORDED.exists():
        with RECORDED.open(encoding="utf-8", newline="") as file:
            done = {(row["program"], row["task"], int(row["seed"])) for row in csv.DictReader(file)}
    else:
        RECORDED.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    for seed in range(max(SEEDS.values())):
        for program in (name for name, seeds in SEEDS.items() if seed < seeds):
            for task in learning.TASKS:
                if time.monotonic() > end:
                    return
                if (program, task.name, seed) not in done:
                    with RECORDED.open("a", encoding="utf-8", newline="") as file:
                        csv.writer(file, lineterminator="\n").writerow(train(program, task, seed))


if __name__ == "__main__":
    main(float(sys.argv[1]))
