"""The TD error of each step."""

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def errors(rewards, values, next_values, terminated, gamma):
    return rewards + gamma * np.where(terminated, 0.0, next_values) - values


NAMES = ("rewards", "values", "next_values", "terminated", "gamma")


RIGHT = {
    "package": ppo_edu.td_errors,
    "where": lambda r, v, n, end, gamma: r - v + np.where(end, 0.0, gamma * n),
    "not": lambda r, v, n, end, gamma: r + gamma * n * ~end - v,
    "loop": lambda r, v, n, end, gamma: [
        a + (0 if e else gamma * c) - b for a, b, c, e in zip(r, v, n, end, strict=True)
    ],
    "generator": lambda r, v, n, end, gamma: (
        a + (0 if e else gamma * c) - b for a, b, c, e in zip(r, v, n, end, strict=True)
    ),
    "torch": lambda r, v, n, end, gamma: r + gamma * n * torch.logical_not(end) - v,
    "float mask": lambda r, v, n, end, gamma: (r + gamma * n * (1 - end.astype(np.float32)) - v).astype(
        np.float32
    ),
    "copy": lambda r, v, n, end, gamma: (lambda d: d + gamma * n * (end == False))(r - v),  # noqa: E712
    "float32": in_float32(errors),
    "keyword-only": keyword_only(errors, *NAMES),
    "partial": partial(errors),
    "object": Called(errors),
}

WRONG = [
    ("bootstraps_through_end", lambda r, v, n, end, gamma: r + gamma * n - v),
    ("mask_inverted", lambda r, v, n, end, gamma: r - v + np.where(end, gamma * n, 0)),
    ("no_gamma", lambda r, v, n, end, gamma: r + n * (1 - end) - v),
    ("exercise.fixed_number", lambda r, v, n, end, gamma: errors(r, v, n, end, 0.99)),
    ("exercise.fixed_number", lambda r, v, n, end, gamma: errors(r, v, n, end, 0.9)),
    ("gamma_squared", lambda r, v, n, end, gamma: errors(r, v, gamma * n, end, gamma)),
    ("wrong_sign", lambda r, v, n, end, gamma: v - r - gamma * n * (1 - end)),
    ("plus_value", lambda r, v, n, end, gamma: r + gamma * n * (1 - end) + v),
    ("target", lambda r, v, n, end, gamma: r + gamma * n * (1 - end)),
    ("no_reward", lambda r, v, n, end, gamma: gamma * n * (1 - end) - v),
    ("no_bootstrap", lambda r, v, n, end, gamma: r - v),
    ("masks_all", lambda r, v, n, end, gamma: (1 - end) * (r + gamma * n - v)),
    ("masks_value", lambda r, v, n, end, gamma: r + (1 - end) * (gamma * n - v)),
    ("masks_reward", lambda r, v, n, end, gamma: (1 - end) * (r + gamma * n) - v),
    ("values_swapped", lambda r, v, n, end, gamma: r + gamma * v * (1 - end) - n),
    ("gamma_on_value", lambda r, v, n, end, gamma: r + n * (1 - end) - gamma * v),
    ("gamma_on_all", lambda r, v, n, end, gamma: r + gamma * (n * (1 - end) - v)),
    ("gamma_on_reward", lambda r, v, n, end, gamma: gamma * (r + n * (1 - end)) - v),
    ("shifts_values", lambda r, v, n, end, gamma: r + gamma * np.array([*v[1:], 0]) * (1 - end) - v),
    ("shifts_values", lambda r, v, n, end, gamma: r + gamma * np.array([*v[1:], n[-1]]) * (1 - end) - v),
    ("last_row", lambda r, v, n, end, gamma: errors(r, v, [*n[:-1], 0.0], end, gamma)),
    ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * (1 - np.array([*end[1:], False])) - v),
    ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * (1 - np.roll(end, -1)) - v),
    ("exercise.absolute", lambda *x: abs(errors(*x))),
    ("squared", lambda *x: errors(*x) ** 2),
    ("exercise.bounded", lambda *x: errors(*x).clip(-10, 10)),
    ("exercise.unknown_mistake", lambda r, v, n, end, gamma: errors(r, v, n, end, gamma) + 0.05 * (r > 50)),
    ("summed", lambda *x: np.cumsum(errors(*x))),
    ("exercise.shape", lambda *x: ppo_edu.td_errors(*x)[:, None]),
]


class TestTdErrors(Answers):
    name, right, wrong = "td_errors", RIGHT, WRONG
