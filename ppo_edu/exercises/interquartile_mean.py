"""Lesson 06: the mean of the middle half of the runs."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t
from ppo_edu.study import statistics


def interquartile_mean(scores):
    left_out = len(scores) // 4
    return np.sort(scores)[left_out : len(scores) - left_out].mean()


def cases():
    return [
        {"scores": np.array([470.0, 20.0, 500.0, 310.0, 485.0, 90.0, 440.0, 495.0])},
        # A quarter of these is no whole number of runs.
        {"scores": np.array([1.0, -4.0, 8.0, 30.0, 2.0, 3.0, 5.0])},
        {"scores": np.array([4.0, 11.0, -3.0, 0.0, 1.0])},
        {"scores": np.array([9.0, -6.0, 1.0])},
    ]


def mistakes():
    right = interquartile_mean
    return [
        (t("interquartile_mean.mean"), lambda x: x.mean()),
        (t("interquartile_mean.median"), np.median),
        (t("interquartile_mean.not_sorted"), lambda x: x[_middle(x)].mean()),
        (t("interquartile_mean.one_side"), lambda x: np.sort(x)[len(x) // 4 :].mean()),
        (t("interquartile_mean.one_side"), lambda x: np.sort(x)[: len(x) - len(x) // 4].mean()),
        (t("interquartile_mean.eighths"), lambda x: np.sort(x)[len(x) // 8 : len(x) - len(x) // 8].mean()),
        (t("interquartile_mean.rounded_up"), lambda x: np.sort(x)[-(-len(x) // 4) : len(x) // -4].mean()),
        (t("interquartile_mean.midpoint"), lambda x: np.percentile(x, [25, 75]).mean()),
        (t("interquartile_mean.range"), lambda x: np.ptp(np.percentile(x, [25, 75]))),
        (t("interquartile_mean.by_value"), _between_quartiles),
        (t("interquartile_mean.sum"), lambda x: right(x) * len(x[_middle(x)])),
        (t("interquartile_mean.divided_by_all"), lambda x: right(x) * len(x[_middle(x)]) / len(x)),
        (t("interquartile_mean.ends"), lambda x: np.delete(np.sort(x), np.s_[_middle(x)]).mean()),
        (t("interquartile_mean.clipped"), lambda x: x.clip(*np.sort(x)[_middle(x)][[0, -1]]).mean()),
    ]


def _middle(scores):
    left_out = len(scores) // 4
    return slice(left_out, len(scores) - left_out)


def _between_quartiles(scores):
    low, high = np.percentile(scores, [25, 75])
    return scores[(low <= scores) & (scores <= high)].mean()


def hints():
    return (t("interquartile_mean.hint_1"), t("interquartile_mean.hint_2"), t("interquartile_mean.hint_3"))


EXERCISE = FunctionExercise(
    solution=interquartile_mean, expected=statistics.interquartile_mean, cases=cases,
    mistakes=mistakes, hints=hints,
)  # fmt: skip
