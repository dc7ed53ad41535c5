"""How far to go along a direction until the trust region ends."""

import math

import numpy as np
import torch

from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def step(direction, fisher_direction, delta):
    return np.sqrt(2 * delta / np.dot(direction, fisher_direction)) * direction


RIGHT = {
    "sum": lambda x, fx, delta: x * (2 * delta / sum(x * fx)) ** 0.5,
    "torch": lambda x, fx, delta: torch.sqrt(2 * delta / torch.dot(x, fx)) * x,
    "list": lambda x, fx, delta: [math.sqrt(2 * delta / np.dot(x, fx)) * entry for entry in x],
    "generator": lambda x, fx, delta: (math.sqrt(2 * delta / np.dot(x, fx)) * entry for entry in x),
    "einsum": lambda x, fx, delta: x / np.sqrt(np.einsum("i,i", x, fx) / (2 * delta)),
    "two roots": lambda x, fx, delta: math.sqrt(2 * delta) / math.sqrt(x @ fx) * x,
    "float32": in_float32(step),
    "keyword-only": keyword_only(step, "direction", "fisher_direction", "delta"),
    "partial": partial(step),
    "object": Called(step),
}

WRONG = [
    ("no_two", lambda x, fx, delta: x * np.sqrt(delta / np.dot(x, fx))),
    ("half", lambda x, fx, delta: x * np.sqrt(0.5 * delta / np.dot(x, fx))),
    ("two_outside", lambda x, fx, delta: x * 2 * np.sqrt(delta / np.dot(x, fx))),
    ("no_root", lambda x, fx, delta: x * 2 * delta / np.dot(x, fx)),
    ("root_of_part", lambda x, fx, delta: x * np.sqrt(2 * delta) / np.dot(x, fx)),
    ("root_of_part", lambda x, fx, delta: x * 2 * delta / np.sqrt(np.dot(x, fx))),
    ("upside_down", lambda x, fx, delta: x * np.sqrt(np.dot(x, fx) / 2 / delta)),
    ("length_for_kl", lambda x, fx, delta: x * np.sqrt(2 * delta) / np.linalg.norm(x)),
    ("length_for_kl", lambda x, fx, delta: x * delta / np.linalg.norm(x)),
    ("no_curvature", lambda x, fx, delta: x * math.sqrt(2 * delta)),
    ("no_delta", lambda x, fx, delta: x * np.sqrt(2 / np.dot(x, fx))),
    ("exercise.fixed_number", lambda x, fx, delta: step(x, fx, 0.01)),
    ("factor_alone", lambda x, fx, delta: np.sqrt(2 * delta / np.dot(x, fx))),
    ("along_the_product", lambda x, fx, delta: fx * np.sqrt(2 * delta / np.dot(x, fx))),
    ("product_with_itself", lambda x, fx, delta: x * np.sqrt(2 * delta) / np.linalg.norm(fx)),
    (
        "lengths_for_product",
        lambda x, fx, delta: x * np.sqrt(2 * delta / np.linalg.norm(x) / np.linalg.norm(fx)),
    ),
    ("mean_for_sum", lambda x, fx, delta: x * np.sqrt(2 * delta * len(x) / np.dot(x, fx))),
    ("absolutes", lambda x, fx, delta: x * np.sqrt(2 * delta / np.dot(abs(x), abs(fx)))),
    ("entrywise", lambda x, fx, delta: x * np.sqrt(2 * delta / abs(fx * x))),
    ("wrong_sign", lambda x, fx, delta: -x * np.sqrt(2 * delta / np.dot(x, fx))),
    ("unit_direction", lambda x, fx, delta: np.sqrt(2 * delta / np.dot(x, fx)) * x / np.linalg.norm(x)),
    ("exercise.bounded", lambda x, fx, delta: x * min(1, math.sqrt(2 * delta / np.dot(x, fx)))),
    ("delta_as_factor", lambda x, fx, delta: x * delta),
]


class TestLargestStep(Answers):
    name, right, wrong = "largest_step", RIGHT, WRONG
