"""An estimate of the KL divergence that is never negative."""

import math

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def estimate(log_prob, old_log_prob):
    log_ratio = log_prob - old_log_prob
    return np.mean(np.exp(log_ratio) - 1 - log_ratio)


RIGHT = {
    "package": ppo_edu.approx_kl,
    "means": lambda new, old: np.mean(np.exp(new - old)) - 1 - np.mean(new - old),
    "torch": lambda new, old: (torch.expm1(new - old) - (new - old)).mean(),
    "loop": lambda new, old: (
        sum(math.exp(a - b) - 1 - (a - b) for a, b in zip(new, old, strict=True)) / len(new)
    ),
    "float32": in_float32(estimate),
    "keyword-only": keyword_only(estimate, "log_prob", "old_log_prob"),
    "partial": partial(estimate),
    "object": Called(estimate),
    "average": lambda new, old: np.average((r := np.exp(new - old)) - 1 - np.log(r)),
}

WRONG = [
    ("can_be_negative", lambda new, old: np.mean(old) - np.mean(new)),
    ("log_ratio", lambda new, old: torch.mean(new - old)),
    ("upside_down", lambda new, old: np.mean(np.exp(old - new) - 1 - (old - new))),
    ("wrong_sign", lambda new, old: np.mean((new - old) - (np.exp(new - old) - 1))),
    ("plus", lambda new, old: np.mean(np.exp(new - old) - 1 + new - old)),
    ("no_log", lambda new, old: np.mean(np.exp(new - old)) - 1),
    ("no_minus_one", lambda new, old: np.mean(np.exp(new - old) - new + old)),
    ("other_direction", lambda new, old: np.mean(np.exp(new - old) * (new - old))),
    ("squares", lambda new, old: np.mean(np.square(new - old)) / 2),
    ("absolute", lambda new, old: np.mean(np.abs(old - new))),
    ("kept_from_negative", lambda new, old: max(0, np.mean(old) - np.mean(new))),
    ("mean_first", lambda new, old: np.exp(np.mean(new - old)) - 1 - np.mean(new - old)),
    ("weighted", lambda new, old: np.sum(np.exp(old) * (old - new))),
    ("weighted", lambda new, old: np.mean(np.exp(old) * (old - new))),
    ("half", lambda new, old: estimate(new, old) / 2),
    ("sum", lambda new, old: np.sum(np.exp(new - old) - 1 - (new - old))),
    ("median", lambda new, old: np.median(np.exp(new - old) - 1 - (new - old))),
    ("one_less", lambda new, old: estimate(new, old) * len(new) / max(1, len(new) - 1)),
    ("exercise.bounded", lambda new, old: np.mean(np.exp(x := np.clip(new - old, -5, 5)) - 1 - x)),
    ("exercise.bounded", lambda new, old: np.mean(np.exp(x := np.clip(new - old, -10, 10)) - 1 - x)),
    ("exercise.one_number_wanted", lambda new, old: np.expm1(new - old) - (new - old)),
    ("exercise.gradient_cut", lambda new, old: (torch.expm1(new - old) - (new - old)).mean().detach()),
]


class TestKlEstimate(Answers):
    name, right, wrong = "kl_estimate", RIGHT, WRONG
