"""The mean of the middle half of the runs."""

import math
import statistics as plain

import numpy as np
import torch
from scipy import stats

from exercises.answers import Answers, Called, in_float32, keyword_only, partial
from ppo_edu.study import statistics


def middle(scores):
    left_out = len(scores) // 4
    return np.sort(scores)[left_out : len(scores) - left_out]


RIGHT = {
    "package": statistics.interquartile_mean,
    "scipy": lambda scores: stats.trim_mean(scores, 0.25),
    "sorted": lambda scores: np.mean(sorted(scores)[len(scores) // 4 : len(scores) - len(scores) // 4]),
    "torch": lambda scores: (
        torch.sort(scores).values[len(scores) // 4 : len(scores) - len(scores) // 4].mean()
    ),
    "plain Python": lambda scores: plain.fmean(
        sorted(scores.tolist())[len(scores) // 4 : len(scores) - len(scores) // 4]
    ),
    "partition": lambda scores: scores[np.argsort(scores, kind="stable")][len(scores) // 4 :][
        : len(scores) - 2 * (len(scores) // 4)
    ].mean(),
    "ranks": lambda scores: scores[(r := stats.rankdata(scores, "ordinal") - 1) // 1 >= len(scores) // 4][
        r[r >= len(scores) // 4] < len(scores) - len(scores) // 4
    ].mean(),
    "float32": in_float32(lambda scores: middle(scores).mean()),
    "keyword-only": keyword_only(lambda scores: middle(scores).mean(), "scores"),
    "partial": partial(lambda scores: middle(scores).mean()),
    "object": Called(lambda scores: middle(scores).mean()),
}

WRONG = [
    ("mean", np.mean),
    ("median", lambda x: sorted(x)[len(x) // 2] if len(x) % 2 else np.median(x)),
    ("not_sorted", lambda x: np.mean(x[len(x) // 4 : len(x) - len(x) // 4])),
    ("one_side", lambda x: np.mean(sorted(x)[len(x) // 4 :])),
    ("one_side", lambda x: np.mean(sorted(x, reverse=True)[len(x) // 4 :])),
    ("eighths", lambda x: stats.trim_mean(x, 0.125)),
    ("one_each", lambda x: np.mean(sorted(x)[1:-1] or x)),
    ("thirds", lambda x: stats.trim_mean(x, 1 / 3)),
    ("rounded_up", lambda x: np.mean(sorted(x)[math.ceil(len(x) / 4) : len(x) - math.ceil(len(x) / 4)])),
    ("rounded", lambda x: np.mean(sorted(x)[round(len(x) / 4) : len(x) - round(len(x) / 4)])),
    ("one_off", lambda x: np.mean(sorted(x)[len(x) // 4 : len(x) * 3 // 4])),
    ("midpoint", lambda x: (np.quantile(x, 0.25) + np.quantile(x, 0.75)) / 2),
    ("range", stats.iqr),
    ("by_value", lambda x: np.mean(x[(x >= np.quantile(x, 0.25)) & (x <= np.quantile(x, 0.75))])),
    (
        "by_value",
        lambda x: (lambda o, k: x[(x > o[k - 1]) & (x < o[-k])].mean() if k else x.mean())(
            np.sort(x), len(x) // 4
        ),
    ),
    ("ties_once", lambda x: middle(np.array(sorted(set(x)))).mean()),
    ("ties_once", lambda x: np.mean(list(set(middle(x))))),
    ("extremes_only", lambda x: np.mean([s for s in x if min(x) < s < max(x)])),
    ("sum", lambda x: sum(sorted(x)[len(x) // 4 : len(x) - len(x) // 4])),
    ("divided_by_all", lambda x: sum(sorted(x)[len(x) // 4 : len(x) - len(x) // 4]) / len(x)),
    ("divided_by_half", lambda x: 2 * sum(sorted(x)[len(x) // 4 : len(x) - len(x) // 4]) / len(x)),
    ("ends", lambda x: np.mean([*sorted(x)[: len(x) // 4], *sorted(x)[len(x) - len(x) // 4 :]])),
    ("clipped", lambda x: float(stats.mstats.winsorize(x, (0.25, 0.25)).mean())),
    ("exercise.absolute", lambda x: middle(abs(x)).mean()),
    ("exercise.unknown_mistake", lambda x: min(middle(x).mean(), 480.0)),
]


class TestInterquartileMean(Answers):
    name, right, wrong = "interquartile_mean", RIGHT, WRONG
