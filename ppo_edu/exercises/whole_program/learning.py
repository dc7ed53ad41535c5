"""Does a whole program learn? Two tasks, each with a threshold that right programs pass."""

import contextlib
import dataclasses
from collections.abc import Callable

import gymnasium
import numpy as np
import torch

from ppo_edu.exercises.whole_program.lamp import Lamp
from ppo_edu.exercises.whole_program.watched import Enough, Watched

TRIES = (1001, 1002, 1003)  # seeds that were not among those by which the thresholds were chosen
MOST_SECONDS = 120


@dataclasses.dataclass(frozen=True)
class Task:
    """What a program is to learn.

    Attributes
    ----------
    name : str
    make : callable
        Returns the environment.
    steps : int
        For how many steps it trains.
    threshold : float
        What the mean return of the episodes that ended in the last third of the steps has to reach. See the
        record: of 85 right trainings, 2 were below it in CartPole (a rate of 7% at most, with 95%
        confidence) and of 84 none in Lamp (3.5%). Three tries fail with 4e-4 and 5e-5, if seeds fail by
        themselves. None of 20 without learning reached either.
    """

    name: str
    make: Callable
    steps: int
    threshold: float


TASKS = (
    Task("CartPole-v1", lambda: gymnasium.make("CartPole-v1"), 6_000, 30.0),
    Task("Lamp", Lamp, 4_000, -11.5),
)


def watched(task, seed):
    """Return the environment of a task, watched."""
    env = Watched(task.make(), task.steps, seed)
    env.most_seconds = MOST_SECONDS
    return env


def run(main, env, seed):
    """Let a program train in a `Watched` environment."""
    torch.manual_seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (a learner may draw from it)
    with contextlib.suppress(Enough):
        main(env, env.most_steps)


def score(env):
    """Return the mean return of the last third of the steps: of whole episodes, or what came of the last."""
    last = [score for score, end in zip(env.scores, env.ends, strict=True) if end > env.most_steps * 2 / 3]
    return float(np.mean(last)) if last else float(env.most_steps)
