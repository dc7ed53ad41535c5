"""How likely one run of X is to score higher than one of Y."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
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


def drawn(rng):
    """Return scores of one run to forty: ties by the dozen, none, near misses, negative ones, all alike."""
    made = [
        (np.array([1.0]), np.array([1.0])),
        (np.array([2.0]), np.array([1.0, 3.0, 2.0])),
        # A near miss is no tie.
        (np.array([499.999, 500.0, 500.0]), np.array([500.0, 499.999, 499.6, 500.0])),
        (np.array([1e-3, 2e-3]), np.array([1.5e-3, 1e-3, 0.0])),
        (np.full(5, 500.0), np.full(3, 500.0)),
        (np.full(4, 500.0), np.full(6, 9.0)),
    ]
    for runs, others, apart in ((5, 5, 0), (10, 7, 40), (7, 10, -40), (40, 20, 15)):
        made.append(
            (
                np.minimum(500, np.round(rng.normal(470 + apart, 40, runs))),
                np.minimum(500, np.round(rng.normal(470, 40, others))),
            )
        )
        made.append((rng.normal(apart / 40, 1, runs) - 100, rng.normal(0, 1, others) - 100))
    return [{"x": x, "y": y} for x, y in made]


def mistakes():
    def pairs(x, y):
        return x[:, None], y[None, :]

    def near(x, y, **tolerance):
        a, b = pairs(x, y)
        tie = np.isclose(a, b, **tolerance)
        return ((a > b) & ~tie).mean() + 0.5 * tie.mean()

    right = statistics.probability_of_improvement
    return [
        ("no_ties", lambda x, y: np.greater(*pairs(x, y)).mean()),
        ("ties_as_wins", lambda x, y: np.greater_equal(*pairs(x, y)).mean()),
        ("ties_left_out", _ties_left_out),
        ("near_ties", near),
        ("near_ties", lambda x, y: near(x, y, atol=0.5, rtol=0)),
        ("near_ties", lambda x, y: near(x, y, atol=1e-2, rtol=0)),
        ("near_ties", lambda x, y: right(np.round(x), np.round(y))),
        ("upside_down", lambda x, y: right(y, x)),
        ("same_row", _row_by_row),
        ("sorted_rows", lambda x, y: _row_by_row(np.sort(x), np.sort(y))),
        ("means", lambda x, y: float(x.mean() > y.mean())),
        ("means", lambda x, y: float(np.median(x) > np.median(y))),
        ("difference", lambda x, y: x.mean() - y.mean()),
        ("count", lambda x, y: right(x, y) * len(x) * len(y)),
        ("one_length", lambda x, y: right(x, y) * len(x)),
        ("one_length", lambda x, y: right(x, y) * len(y)),
        ("against_mean", lambda x, y: right(x, y.mean(keepdims=True))),
        ("against_mean", lambda x, y: right(x.mean(keepdims=True), y)),
        ("against_mean", lambda x, y: right(x, np.array([np.median(y)]))),
        ("against_best", lambda x, y: right(x, y.max(keepdims=True))),
        ("best_against", lambda x, y: right(x.max(keepdims=True), y)),
        ("scores_once", lambda x, y: right(np.unique(x), np.unique(y))),
        ("wins_minus_losses", lambda x, y: 2 * right(x, y) - 1),
        ("normal", _normal),
        ("exercise.rounded", lambda x, y: np.round(right(x, y), 2)),
        ("percent", lambda x, y: 100 * right(x, y)),
    ]


def _row_by_row(x, y):
    runs = min(len(x), len(y))
    x, y = x[:runs], y[:runs]
    return ((x > y) + 0.5 * (x == y)).mean()


def _ties_left_out(x, y):
    a, b = x[:, None], y[None, :]
    return (a > b).sum() / (a != b).sum()


def _normal(x, y):
    from scipy.special import ndtr

    return ndtr((x.mean() - y.mean()) / np.sqrt(x.var() + y.var()))


EXERCISE = FunctionExercise(
    solution=probability_of_improvement,
    expected=statistics.probability_of_improvement,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
)
