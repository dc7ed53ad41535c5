"""Lesson 06: how likely one run of X is to score higher than one of Y."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t
from ppo_edu.study import statistics


def probability_of_improvement(x, y):
    x, y = x[:, None], y[None, :]
    return ((x > y) + 0.5 * (x == y)).mean()


def cases():
    return [
        # CartPole's full marks: ties are common, and in one of them the better mean is the other one's.
        {"x": np.array([500.0, 480.0, 500.0, 20.0]), "y": np.array([450.0, 500.0, 470.0, 460.0])},
        {"x": np.array([3.0, 1.0, 2.0]), "y": np.array([2.0, 2.0, 0.0, 1.0, 5.0])},
    ]


def mistakes():
    def pairs(x, y):
        return x[:, None], y[None, :]

    right = statistics.probability_of_improvement
    return [
        (t("probability_of_improvement.no_ties"), lambda x, y: np.greater(*pairs(x, y)).mean()),
        (t("probability_of_improvement.ties_as_wins"), lambda x, y: np.greater_equal(*pairs(x, y)).mean()),
        (t("probability_of_improvement.upside_down"), lambda x, y: right(y, x)),
        (t("probability_of_improvement.same_row"), _row_by_row),
        (t("probability_of_improvement.means"), lambda x, y: float(x.mean() > y.mean())),
        (t("probability_of_improvement.means"), lambda x, y: float(np.median(x) > np.median(y))),
        (t("probability_of_improvement.difference"), lambda x, y: x.mean() - y.mean()),
        (t("probability_of_improvement.count"), lambda x, y: right(x, y) * len(x) * len(y)),
        (t("probability_of_improvement.one_length"), lambda x, y: right(x, y) * len(x)),
        (t("probability_of_improvement.one_length"), lambda x, y: right(x, y) * len(y)),
        (t("probability_of_improvement.against_mean"), lambda x, y: right(x, y.mean(keepdims=True))),
        (t("probability_of_improvement.wins_minus_losses"), lambda x, y: 2 * right(x, y) - 1),
    ]


def _row_by_row(x, y):
    runs = min(len(x), len(y))
    x, y = x[:runs], y[:runs]
    return ((x > y) + 0.5 * (x == y)).mean()


def hints():
    return (t("probability_of_improvement.hint_1"), t("probability_of_improvement.hint_2"),
            t("probability_of_improvement.hint_3"))


EXERCISE = FunctionExercise(
    solution=probability_of_improvement, expected=statistics.probability_of_improvement, cases=cases,
    mistakes=mistakes, hints=hints,
)  # fmt: skip
