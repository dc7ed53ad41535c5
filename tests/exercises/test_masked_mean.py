"""The mean over all tokens that are not padding."""

import numpy as np
import torch

from exercises.answers import Answers, Called, in_float32, keyword_only, partial
from ppo_edu import language_models as lm


def mean(terms, valid):
    return terms[valid].mean()


RIGHT = {
    "index": mean,
    "where": lambda x, valid: np.where(valid, x, 0).sum() / np.count_nonzero(valid),
    "numpy's": lambda x, valid: np.mean(x, where=valid),
    "average": lambda x, valid: np.average(x, weights=valid),
    "torch": lambda x, valid: torch.as_tensor(x)[torch.as_tensor(valid)].mean(),
    "package": lm.masked_mean,
    "keyword-only": keyword_only(mean, "terms", "valid"),
    "partial": partial(mean),
    "object": Called(mean),
    "float32": in_float32(mean),
}

WRONG = [
    ("padding_counts", lambda x, valid: np.mean(x)),
    ("divided_by_all", lambda x, valid: np.where(valid, x, 0).mean()),
    ("by_answers", lambda x, valid: np.mean([row[v].mean() for row, v in zip(x, valid, strict=True)])),
    ("sum_over_answers", lambda x, valid: np.mean([row[v].sum() for row, v in zip(x, valid, strict=True)])),
    ("only_divided", lambda x, valid: np.sum(x) / np.sum(valid)),
    ("sum", lambda x, valid: x[valid].sum()),
    ("columns", lambda x, valid: np.mean((x * valid).sum(0) / np.maximum(valid.sum(0), 1))),
]


class TestMaskedMean(Answers):
    name, right, wrong = "masked_mean", RIGHT, WRONG
