"""The KL divergence between two policies, state by state."""

import math

import numpy as np
import scipy.stats
import torch

from exercises.answers import Answers, Called, keyword_only, partial


def divergence(old_probs, new_probs):
    return np.sum(old_probs * (np.log(old_probs) - np.log(new_probs)), axis=1)


def by_loops(old, new):
    return [
        sum(p * math.log(p / q) for p, q in zip(*rows, strict=True)) for rows in zip(old, new, strict=True)
    ]


RIGHT = {
    "logs apart": divergence,
    "loops": by_loops,
    "scipy": lambda old, new: scipy.stats.entropy(old, new, axis=1),
    "torch": lambda old, new: torch.nn.functional.kl_div(new.log(), old, reduction="none").sum(dim=-1),
    "keyword-only": keyword_only(divergence, "old_probs", "new_probs"),
    "partial": partial(divergence),
    "object": Called(divergence),
}

WRONG = [
    ("other_direction", lambda old, new: (new * np.log(new / old)).sum(axis=1)),
    ("wrong_sign", lambda old, new: (old * np.log(new / old)).sum(axis=1)),
    ("weights_of_new", lambda old, new: (new * np.log(old / new)).sum(axis=1)),
    ("no_weights", lambda old, new: (np.log(old) - np.log(new)).sum(axis=1)),
    ("no_weights", lambda old, new: (np.log(old) - np.log(new)).mean(axis=1)),
    ("mean_of_actions", lambda old, new: (old * np.log(old / new)).mean(axis=1)),
    ("over_states", lambda old, new: sum(old * np.log(old / new))),
    ("not_summed", lambda old, new: old * (np.log(old) - np.log(new))),
    ("no_log", lambda old, new: (old**2 / new).sum(axis=1)),
    ("another_base", lambda old, new: (old * np.log2(old / new)).sum(axis=1)),
    ("another_base", lambda old, new: (old * np.log10(old / new)).sum(axis=1)),
    ("cross_entropy", lambda old, new: (old * -np.log(new)).sum(axis=1)),
    ("differences", lambda old, new: abs(new - old).sum(axis=1)),
    ("differences", lambda old, new: np.square(new - old).sum(axis=1)),
]


class TestKLDivergence(Answers):
    name, right, wrong = "kl_divergence", RIGHT, WRONG
