"""How many samples' worth of information is left."""

import math

import numpy as np
import torch
from scipy import stats

from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def size(ratio):
    return np.sum(ratio) ** 2 / np.sum(ratio * ratio)


RIGHT = {
    "sums": lambda ratio: sum(ratio) ** 2 / sum(r * r for r in ratio),
    "normalised": lambda ratio: 1 / np.square(ratio / ratio.sum()).sum(),
    "torch": lambda ratio: torch.sum(ratio) ** 2 / torch.sum(ratio**2),
    "means": lambda ratio: float(len(ratio) * np.mean(ratio) ** 2 / np.mean(ratio**2)),
    "dot": lambda ratio: ratio.sum() ** 2 / (ratio @ ratio),
    "fsum": lambda ratio: math.fsum(ratio) ** 2 / math.fsum(r**2 for r in ratio),
    "variation": lambda ratio: len(ratio) / (1 + stats.variation(ratio) ** 2),
    "float32": in_float32(size),
    "keyword-only": keyword_only(size, "ratio"),
    "partial": partial(size),
    "object": Called(size),
}

WRONG = [
    ("share", lambda r: r.sum() ** 2 / (r**2).sum() / len(r)),
    ("outer_square", lambda r: np.sum(r) / np.sum(r**2)),
    ("inner_square", lambda r: r.sum()),
    ("always_one", lambda r: 1.0 * r.sum() / sum(r)),
    ("upside_down", lambda r: np.sum(r**2) / np.sum(r) ** 2),
    ("means_for_sums", lambda r: np.sum(r) ** 2 / np.mean(r**2)),
    ("not_normalised", lambda r: 1 / sum(r**2)),
    ("not_normalised", lambda r: 1 / np.mean(r**2)),
    ("mean_not_one", lambda r: r.size / (1 + np.var(r))),
    ("mean_not_one", lambda r: r.size / np.mean(r**2)),
    ("no_root", lambda r: np.linalg.norm(r, 1) / np.linalg.norm(r)),
    ("entropy", lambda r: np.exp(stats.entropy(r))),
    ("largest", lambda r: sum(r) / max(r)),
    ("larger_than_one", lambda r: float((r >= 1).sum())),
    ("larger_than_one", lambda r: np.count_nonzero(r > 1)),
    ("exercise.rounded", lambda r: round(float(size(r)))),
    ("exercise.rounded", lambda r: math.floor(size(r))),
    ("exercise.bounded", lambda r: size(np.clip(r, 0.8, 1.2))),
    ("counts", lambda r: float(r.size)),
    ("exercise.unknown_mistake", lambda r: max(1.5, size(r))),
]


class TestEffectiveSampleSize(Answers):
    name, right, wrong = "effective_sample_size", RIGHT, WRONG
