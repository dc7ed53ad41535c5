"""The KL to the reference as a loss has it."""

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def k3(log_prob, ref_log_prob):
    d = ref_log_prob - log_prob
    return np.mean(np.exp(d) - 1 - d)


RIGHT = {
    "numpy": k3,
    "torch": lambda new, ref: (torch.expm1(ref - new) - (ref - new)).mean(),
    "package": lambda new, ref: ppo_edu.approx_kl(ref, new),
    "other letters": lambda new, ref: np.mean(np.exp(-(new - ref)) + (new - ref) - 1),
    "keyword-only": keyword_only(k3, "log_prob", "ref_log_prob"),
    "partial": partial(k3),
    "object": Called(k3),
    "float32": in_float32(k3),
}

WRONG = [
    ("upside_down", lambda new, ref: k3(ref, new)),
    ("k1", lambda new, ref: np.mean(new) - np.mean(ref)),
    ("k2", lambda new, ref: np.square(new - ref).mean() / 2),
    ("plus", lambda new, ref: np.mean(np.exp(ref - new) - 1 + ref - new)),
    ("no_minus_one", lambda new, ref: np.mean(np.exp(ref - new) - ref + new)),
    ("wrong_sign", lambda new, ref: -k3(new, ref)),
    ("no_log", lambda new, ref: np.mean(np.exp(ref - new)) - 1),
    ("sum", lambda new, ref: len(new) * k3(new, ref)),
    ("exercise.gradient_cut", lambda new, ref: (torch.expm1(ref - new) - (ref - new)).mean().detach()),
]


class TestKlInLoss(Answers):
    name, right, wrong = "kl_in_loss", RIGHT, WRONG
