"""GRPO's advantage: each answer beside the others to the same prompt."""

import numpy as np
import torch

from exercises.answers import Answers, Called, in_float32, keyword_only, partial
from ppo_edu import language_models as lm


def standardised(rewards, group):
    g = np.reshape(rewards, (-1, group))
    return ((g - g.mean(1, keepdims=True)) / (g.std(1, keepdims=True) + 1e-8)).ravel()


def in_a_loop(rewards, group):
    made = []
    for start in range(0, len(rewards), group):
        part = rewards[start : start + group]
        spread = np.std(part)
        made += [0.0 if spread == 0 else (reward - np.mean(part)) / spread for reward in part]
    return made


RIGHT = {
    "numpy": standardised,
    "loop": in_a_loop,
    "package": lm.group_advantages,
    "torch": lambda r, n: lm.group_advantages(torch.as_tensor(r), n),
    "keyword-only": keyword_only(standardised, "rewards", "group"),
    "partial": partial(standardised),
    "object": Called(standardised),
    "float32": in_float32(standardised),
}


def rows(r, n):
    return np.reshape(r, (-1, n))


def divided(r, n, spread):
    g = rows(r, n)
    return np.ravel((g - g.mean(1)[:, None]) / np.maximum(spread(g), 1e-8))


def mixed(r, n):
    g = np.reshape(r, (n, -1))
    return np.ravel((g - g.mean(0)) / np.maximum(g.std(0), 1e-8))


WRONG = [
    ("batch_mean", lambda r, n: (r - np.mean(r)) / np.maximum(np.std(r), 1e-8)),
    ("batch_std", lambda r, n: divided(r, n, np.std)),
    ("sample_std", lambda r, n: divided(r, n, lambda g: np.std(g, 1, ddof=1)[:, None])),
    ("no_std", lambda r, n: divided(r, n, lambda g: 1.0)),
    ("others", lambda r, n: np.ravel(rows(r, n) - rows(r, n).mean(1)[:, None]) * n / (n - 1)),
    ("variance", lambda r, n: divided(r, n, lambda g: np.var(g, 1)[:, None])),
    ("wrong_way", mixed),
    ("epsilon_too_large", lambda r, n: divided(r, n, lambda g: np.std(g, 1)[:, None] + 1e-2)),
]


class TestGroupAdvantages(Answers):
    name, right, wrong = "group_advantages", RIGHT, WRONG
