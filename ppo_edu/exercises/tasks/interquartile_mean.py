"""The mean of the middle half of the runs."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.study import statistics


def interquartile_mean(scores):
    left_out = len(scores) // 4
    return np.sort(scores)[left_out : len(scores) - left_out].mean()


def cases():
    return [
        {"scores": np.array([470.0, 20.0, 500.0, 310.0, 485.0, 90.0, 440.0, 495.0])},
        # Full marks for most: the runs that are left out score the same as some that stay.
        {"scores": np.array([500.0, 500.0, 200.0, 500.0, 500.0, 300.0, 500.0, 500.0])},
        # A quarter of these is no whole number of runs.
        {"scores": np.array([1.0, -4.0, 8.0, 30.0, 2.0, 3.0, 5.0])},
        {"scores": np.array([4.0, 11.0, -3.0, 0.0, 1.0])},
        {"scores": np.array([9.0, -6.0, 1.0])},
    ]


def drawn(rng):
    """Return the scores of one run to a hundred: all alike, full marks, negative ones, far apart."""
    made = [np.array([7.5]), np.array([-80.0, -500.0]), np.full(4, 500.0)]
    for runs in (4, 6, 9, 20, 23, 100):
        made.append(np.minimum(500.0, np.round(rng.normal(470, 60, runs))))
        made.append(rng.permutation(-np.exp(rng.normal(4, 1.5, runs))))
    return [{"scores": scores} for scores in made]


def mistakes():
    right = interquartile_mean
    return [
        ("mean", lambda x: x.mean()),
        ("median", np.median),
        ("not_sorted", lambda x: x[_middle(x)].mean()),
        ("one_side", lambda x: np.sort(x)[len(x) // 4 :].mean()),
        ("one_side", lambda x: np.sort(x)[: len(x) - len(x) // 4].mean()),
        ("eighths", lambda x: np.sort(x)[len(x) // 8 : len(x) - len(x) // 8].mean()),
        ("one_each", lambda x: np.sort(x)[1:-1].mean() if len(x) > 2 else x.mean()),
        ("thirds", lambda x: np.sort(x)[len(x) // 3 : len(x) - len(x) // 3].mean()),
        ("rounded_up", lambda x: _without(x, -(-len(x) // 4))),
        ("rounded", lambda x: _without(x, round(len(x) / 4))),
        ("rounded", lambda x: _without(x, int(len(x) / 4 + 0.5))),
        ("one_off", lambda x: np.sort(x)[len(x) // 4 : max(len(x) - len(x) // 4 - 1, 1)].mean()),
        ("one_off", lambda x: np.sort(x)[len(x) // 4 : 3 * len(x) // 4].mean()),
        ("midpoint", lambda x: np.percentile(x, [25, 75]).mean()),
        ("range", lambda x: np.ptp(np.percentile(x, [25, 75]))),
        ("by_value", _between_quartiles),
        ("by_value", lambda x: _between_quartiles(x, strictly=True)),
        ("by_value", _between_runs),
        ("ties_once", lambda x: right(np.unique(x))),
        ("ties_once", lambda x: np.unique(np.sort(x)[_middle(x)]).mean()),
        ("extremes_only", lambda x: x[(x > x.min()) & (x < x.max())].mean()),
        ("sum", lambda x: right(x) * len(x[_middle(x)])),
        ("divided_by_all", lambda x: right(x) * len(x[_middle(x)]) / len(x)),
        ("divided_by_half", lambda x: right(x) * len(x[_middle(x)]) / (len(x) / 2)),
        ("ends", lambda x: np.delete(np.sort(x), np.s_[_middle(x)]).mean()),
        ("clipped", lambda x: x.clip(*np.sort(x)[_middle(x)][[0, -1]]).mean()),
        ("exercise.absolute", lambda x: right(np.abs(x))),
        ("exercise.absolute", lambda x: right(x[np.argsort(np.abs(x))][_middle(x)].repeat(2))),
    ]


def _middle(scores):
    left_out = len(scores) // 4
    return slice(left_out, len(scores) - left_out)


def _without(scores, left_out):
    return np.sort(scores)[left_out : len(scores) - left_out].mean()


def _between_quartiles(scores, strictly=False):
    low, high = np.percentile(scores, [25, 75])
    inside = (low < scores) & (scores < high) if strictly else (low <= scores) & (scores <= high)
    return scores[inside].mean()


def _between_runs(scores):
    left_out, ordered = len(scores) // 4, np.sort(scores)
    if not left_out:
        return scores.mean()
    return scores[(scores > ordered[left_out - 1]) & (scores < ordered[-left_out])].mean()


EXERCISE = FunctionExercise(
    solution=interquartile_mean,
    expected=statistics.interquartile_mean,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
)
