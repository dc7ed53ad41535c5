"""The log-probability of each token of a text."""

import numpy as np
import torch

from exercises.answers import Answers, Called, keyword_only, partial


def picked(log_probs, tokens):
    return np.take_along_axis(np.asarray(log_probs)[:-1], np.asarray(tokens)[1:, None], 1)[:, 0]


RIGHT = {
    "numpy": picked,
    "loop": lambda p, x: [p[t][x[t + 1]] for t in range(len(x) - 1)],
    "torch": lambda p, x: torch.as_tensor(p)[:-1].gather(1, torch.as_tensor(x)[1:, None])[:, 0],
    "index": lambda p, x: p[range(len(x) - 1), x[1:]],
    "keyword-only": keyword_only(picked, "log_probs", "tokens"),
    "partial": partial(picked),
    "object": Called(picked),
    "zip": lambda p, x: np.array([row[token] for row, token in zip(p, x[1:], strict=False)]),
}

WRONG = [
    ("not_shifted", lambda p, x: [p[t][x[t]] for t in range(len(x) - 1)]),
    ("not_shifted", lambda p, x: [p[t][x[t]] for t in range(1, len(x))]),
    ("too_many", lambda p, x: np.take_along_axis(p, x[:, None], 1)[:, 0]),
    ("other_way", lambda p, x: [p[t + 1][x[t]] for t in range(len(x) - 1)]),
    ("most_probable", lambda p, x: np.max(p, axis=1)[:-1]),
    ("probabilities", lambda p, x: np.exp(picked(p, x))),
    ("sign", lambda p, x: -picked(p, x)),
    ("exercise.sum_returned", lambda p, x: picked(p, x).sum()),
]


class TestTokenLogProbs(Answers):
    name, right, wrong = "token_log_probs", RIGHT, WRONG
