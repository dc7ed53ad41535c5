"""The clipped objective of a bad action, in two pieces."""

import functools

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def two_pieces(ratio, advantage, epsilon):
    return np.where(ratio < 1 - epsilon, (1 - epsilon) * advantage, ratio * advantage)


RIGHT = {
    "package": ppo_edu.clipped_surrogate,
    "max": lambda r, A, eps: A * np.maximum(r, 1 - eps),
    "loop": lambda r, A, eps: [x * y if x > 1 - eps else (1 - eps) * y for x, y in zip(r, A, strict=True)],
    "generator": lambda r, A, eps: (
        x * y if x > 1 - eps else (1 - eps) * y for x, y in zip(r, A, strict=True)
    ),
    "torch": lambda r, A, eps: torch.where(r < 1 - eps, (1 - eps) * A, r * A),
    "clip from below": lambda r, A, eps: np.clip(r, 1 - eps, None) * A,
    "masks": lambda r, A, eps: A * (r * (r >= 1 - eps) + (1 - eps) * (r < 1 - eps)),
    "piecewise": lambda r, A, eps: A * np.piecewise(r, [r < 1 - eps], [1 - eps, lambda x: x]),
    "float32": in_float32(two_pieces),
    "keyword-only": keyword_only(two_pieces, "ratio", "advantage", "epsilon"),
    "partial": partial(two_pieces),
    "object": Called(two_pieces),
}

WRONG = [
    ("form_of_positive", lambda r, A, eps: np.where(r <= 1 + eps, r * A, (1 + eps) * A)),
    ("halves_swapped", lambda r, A, eps: np.where(r < 1 - eps, r * A, (1 - eps) * A)),
    ("wrong_corner", lambda r, A, eps: np.where(r >= 1 + eps, r * A, (1 + eps) * A)),
    ("corner_at_one", lambda r, A, eps: np.where(r >= 1, r * A, A)),
    ("both_sides", lambda r, A, eps: np.clip(r, 1 - eps, 1 + eps) * A),
    ("no_clip", lambda r, A, eps: r * A),
    ("always_flat", lambda r, A, eps: (1 - eps) * A),
    ("wrong_sign", lambda r, A, eps: np.abs(A) * np.maximum(r, 1 - eps)),
    ("no_advantage", lambda r, A, eps: np.where(r >= 1 - eps, r * A, 1 - eps)),
    ("flat_at_one", lambda r, A, eps: A * np.where(r < 1 - eps, 1, r)),
    ("flat_at_zero", lambda r, A, eps: A * r * (r >= 1 - eps)),
    ("fixed_epsilon", lambda r, A, eps: np.where(r >= 0.8, r * A, 0.8 * A)),
    ("dual_clip", lambda r, A, eps: A * np.clip(r, 1 - eps, 3.0)),
    ("dual_clip", lambda r, A, eps: A * r.clip(1 - eps, 10.0)),
    ("fixed_advantage", lambda r, A, eps: -r.clip(1 - eps)),
    ("has_min", lambda r, A, eps: np.minimum(r * A, (1 - eps) * A)),
    ("has_min", lambda r, A, eps: [min(x * y, (1 - eps) * y) for x, y in zip(r, A, strict=True)]),
    ("has_min", functools.partial(lambda one, r, A, eps: torch.min(r * A, (one - eps) * A), 1)),
    ("has_min", lambda *inputs: ppo_edu.clipped_surrogate(*inputs)),
    ("has_min", lambda r, A, eps: np.stack([r * A, (1 - eps) * A]).min(axis=0)),
]


class TestNegativeAdvantage(Answers):
    name, right, wrong = "negative_advantage", RIGHT, WRONG
