"""The probability ratio."""

import math

import numpy as np
import torch
from scipy import special

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def ratio(log_prob, old_log_prob):
    return np.exp(log_prob - old_log_prob)


def clip(ratio, epsilon):
    return np.clip(ratio, 1 - epsilon, 1 + epsilon)


RIGHT = {
    "package": ppo_edu.probability_ratio,
    "list": lambda log_prob, old_log_prob: [
        math.exp(a - b) for a, b in zip(log_prob, old_log_prob, strict=True)
    ],
    "torch": lambda log_prob, old_log_prob: torch.exp(log_prob - old_log_prob),
    "torch from numpy": lambda new, old: torch.exp(torch.as_tensor(new) - torch.as_tensor(old)),
    "float32": in_float32(ratio),
    "float32 late": lambda new, old: np.float32(1) * np.exp((new - old).astype(np.float32)),
    "power": lambda a, b: np.e ** (a - b),
    "tuple": lambda *logs: tuple(np.exp(logs[0] - logs[1])),
    "generator": lambda new, old: (math.exp(a - b) for a, b in zip(new, old, strict=True)),
    "map": lambda new, old: map(math.exp, new - old),
    "keyword-only": keyword_only(ratio, "log_prob", "old_log_prob"),
    "partial": partial(ratio),
    "object": Called(ratio),
    "Python's own numbers": lambda new, old: np.array(
        [math.exp(a - b) for a, b in zip(new, old, strict=True)], dtype=object
    ),
    "expm1": lambda new, old: np.expm1(new - old) + 1,
    "softmax-like": lambda new, old: 1 / np.exp(old - new),
    "scipy": lambda new, old: special.exp10((new - old) / np.log(10)),
    "vectorize": np.vectorize(lambda a, b: math.exp(a - b)),
    "divides": lambda new, old: np.exp(new) / np.exp(old),
}

WRONG = [
    ("upside_down", lambda new, old: torch.exp(old - new)),
    ("upside_down", lambda new, old: 1 / np.exp(new - old)),
    ("upside_down", lambda new, old: np.exp(old) / np.exp(new)),
    ("not_exponentiated", lambda new, old: [a - b for a, b in zip(new, old, strict=True)]),
    ("not_exponentiated", lambda new, old: np.log(np.exp(new) / np.exp(old))),
    ("quotient_of_logs", np.divide),
    ("product", lambda new, old: np.exp(new) * np.exp(old)),
    ("difference", lambda new, old: np.exp(new) - np.exp(old)),
    ("new_alone", lambda new, old: np.exp(new)),
    ("minus_one", lambda new, old: np.expm1(new - old)),
    ("another_base", lambda new, old: np.power(10.0, new - old)),
    ("another_base", lambda new, old: np.exp2(new - old)),
    ("inexact_base", lambda new, old: np.power(2.72, new - old)),
    ("inexact_base", lambda new, old: np.exp((new - old) * math.log(2.718))),
    ("approximation", lambda new, old: new - old + 1),
    ("exercise.absolute", lambda new, old: np.maximum(np.exp(new - old), np.exp(old - new))),
    ("mean_of_all", lambda new, old: np.full(len(new), np.exp(new.mean() - old.mean()))),
    ("self_normalised", lambda new, old: len(new) * special.softmax(new - old)),
    ("exercise.bounded", lambda new, old: np.exp((new - old).clip(-5, 5))),
    ("exercise.bounded", lambda new, old: np.exp(new - old).clip(max=100)),
    ("probabilities_only", lambda new, old: np.exp(new.clip(max=0) - old.clip(max=0))),
    ("epsilon_added", lambda new, old: np.exp(new) / (1e-8 + np.exp(old))),
    ("clipped", lambda new, old: clip(np.exp(new - old), 0.2)),
    ("exercise.gradient_cut", lambda new, old: torch.exp(new - old).detach()),
    (
        "exercise.gradient_cut",
        lambda new, old: torch.tensor([(a - b).exp().item() for a, b in zip(new, old, strict=True)]),
    ),
    ("exercise.unknown_mistake", lambda new, old: np.float16(1) * np.exp(new - old).astype(np.float16)),
    ("exercise.mean_returned", lambda new, old: np.exp(new - old).mean()),
]


class TestProbabilityRatio(Answers):
    name, right, wrong = "probability_ratio", RIGHT, WRONG


def test_dividing_probabilities_passes_and_is_told_its_weakness():
    result = ppo_edu.check("probability_ratio", lambda new, old: np.exp(new) / np.exp(old))
    assert result.passed
    assert ppo_edu.t("probability_ratio.divides_zeros") in result.message


def test_two_numbers_that_differ_are_shown_as_texts_that_differ():
    message = ppo_edu.check("probability_ratio", lambda new, old: 1.0002 * np.exp(new - old)).message
    assert "returns `1.2002`. Right is `1.2`" in message
