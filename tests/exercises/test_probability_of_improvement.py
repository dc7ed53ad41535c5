"""How likely one run of X is to score higher than one of Y."""

import itertools

import numpy as np
from scipy import stats

from exercises.answers import Answers, Called, in_float32, keyword_only, partial
from ppo_edu.study import statistics


def share(x, y):
    return np.mean([(a > b) + (a == b) / 2 for a, b in itertools.product(x, y)])


def near(x, y, far):
    return np.mean([0.5 if abs(a - b) < far else float(a > b) for a in x for b in y])


RIGHT = {
    "package": statistics.probability_of_improvement,
    "scipy": lambda x, y: stats.mannwhitneyu(x, y).statistic / (len(x) * len(y)),
    "sum": lambda x, y: sum((a > b) + (a == b) / 2 for a in x for b in y) / len(x) / len(y),
    "signs": lambda x, y: (np.sign(np.subtract.outer(x, y)).mean() + 1) / 2,
    "torch": lambda x, y: ((x[:, None] > y).double() + 0.5 * (x[:, None] == y)).mean(),
    "searchsorted": lambda x, y: (
        np.mean(np.searchsorted(np.sort(y), x) + np.searchsorted(np.sort(y), x, "right")) / 2 / len(y)
    ),
    "heaviside": lambda x, y: np.heaviside(np.subtract.outer(x, y), 0.5).mean(),
    "float32": in_float32(share),
    "keyword-only": keyword_only(share, "x", "y"),
    "partial": partial(share),
    "object": Called(share),
}

WRONG = [
    ("no_ties", lambda x, y: np.mean([a > b for a in x for b in y])),
    ("ties_as_wins", lambda x, y: np.mean([a >= b for a in x for b in y])),
    (
        "ties_left_out",
        lambda x, y: (lambda d: np.divide((d > 0).sum(), (d != 0).sum()))(np.subtract.outer(x, y)),
    ),
    ("near_ties", lambda x, y: near(x, y, 0.5)),
    ("near_ties", lambda x, y: near(x, y, 0.01)),
    ("near_ties", lambda x, y: share(np.round(x), np.round(y))),
    ("upside_down", lambda x, y: 1 - statistics.probability_of_improvement(x, y)),
    ("same_row", lambda x, y: np.mean([(a > b) + (a == b) / 2 for a, b in zip(x, y, strict=False)])),
    (
        "sorted_rows",
        lambda x, y: np.mean([(a > b) + (a == b) / 2 for a, b in zip(sorted(x), sorted(y), strict=False)]),
    ),
    ("means", lambda x, y: 1.0 * (np.mean(x) > np.mean(y))),
    ("means", lambda x, y: float(np.median(x) > np.median(y))),
    ("difference", lambda x, y: np.mean(x) - np.mean(y)),
    ("count", lambda x, y: stats.mannwhitneyu(x, y).statistic),
    ("one_length", lambda x, y: stats.mannwhitneyu(x, y).statistic / len(x)),
    ("one_length", lambda x, y: stats.mannwhitneyu(x, y).statistic / len(y)),
    ("against_mean", lambda x, y: np.mean(x > y.mean()) + np.mean(x == y.mean()) / 2),
    ("against_best", lambda x, y: np.mean(x > max(y)) + np.mean(x == max(y)) / 2),
    ("best_against", lambda x, y: np.mean(max(x) > y) + np.mean(max(x) == y) / 2),
    ("scores_once", lambda x, y: share(sorted(set(x)), sorted(set(y)))),
    ("wins_minus_losses", lambda x, y: np.sign(np.subtract.outer(x, y)).mean()),
    ("normal", lambda x, y: stats.norm.cdf((x.mean() - y.mean()) / np.hypot(x.std(), y.std()))),
    ("exercise.rounded", lambda x, y: round(float(share(x, y)), 2)),
    ("percent", lambda x, y: share(x, y) * 100),
]


class TestProbabilityOfImprovement(Answers):
    name, right, wrong = "probability_of_improvement", RIGHT, WRONG
