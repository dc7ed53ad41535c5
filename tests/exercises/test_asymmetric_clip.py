"""The clipped objective with another bound above than below."""

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def objective(ratio, advantage, low, high):
    return np.minimum(ratio * advantage, np.clip(ratio, 1 - low, 1 + high) * advantage)


def by_cases(r, a, low, high):
    return np.where(a > 0, np.minimum(r, 1 + high) * a, np.maximum(r, 1 - low) * a)


def with_torch(r, a, low, high):
    r, a = torch.as_tensor(r), torch.as_tensor(a)
    return torch.min(r * a, r.clamp(1 - low, 1 + high) * a)


RIGHT = {
    "numpy": objective,
    "by cases": by_cases,
    "torch": with_torch,
    "package": lambda r, a, low, high: ppo_edu.clipped_surrogate(r, a, low, high),
    "keyword-only": keyword_only(objective, "ratio", "advantage", "low", "high"),
    "partial": partial(objective),
    "object": Called(objective),
    "float32": in_float32(objective),
}

WRONG = [
    ("low_alone", lambda r, a, low, high: objective(r, a, low, low)),
    ("high_alone", lambda r, a, low, high: objective(r, a, high, high)),
    ("swapped", lambda r, a, low, high: objective(r, a, high, low)),
    ("no_min", lambda r, a, low, high: np.clip(r, 1 - low, 1 + high) * a),
    ("max_for_min", lambda r, a, low, high: -objective(r, -a, low, high)),
    ("no_clip", lambda r, a, low, high: a * r),
    ("not_around_one", lambda r, a, low, high: np.minimum(a * r, a * np.clip(r, low, high))),
    ("negative", lambda r, a, low, high: -objective(r, a, low, high)),
    ("upper_only", lambda r, a, low, high: a * np.minimum(r, 1 + high)),
]


class TestAsymmetricClip(Answers):
    name, right, wrong = "asymmetric_clip", RIGHT, WRONG
