"""Which way the logits go to make one action likelier."""

import math

import numpy as np
import torch
from scipy import special

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def plain(logits, action):
    return np.eye(len(logits))[action] - special.softmax(logits)


def loop(logits, action):
    total = sum(math.exp(z) for z in logits)
    return [(1 if k == action else 0) - math.exp(z) / total for k, z in enumerate(logits)]


def autograd(logits, action):
    variable = torch.tensor(np.asarray(logits), requires_grad=True)
    torch.log_softmax(variable, dim=0)[action].backward()
    return variable.grad


def in_torch(logits, action):
    gradient = -torch.softmax(logits, dim=0)
    gradient[action] = gradient[action] + 1
    return gradient


def difference(logits, action):
    return [
        (
            special.log_softmax(logits + 1e-5 * axis)[action]
            - special.log_softmax(logits - 1e-5 * axis)[action]
        )
        / 2e-5
        for axis in np.eye(len(logits))
    ]


RIGHT = {
    "scipy": plain,
    "loop": loop,
    "autograd": autograd,
    "torch": in_torch,
    "difference": difference,
    "no maximum": lambda z, a: (np.arange(len(z)) == a) - np.exp(z) / np.exp(z).sum(),
    "float32": in_float32(plain),
    "keyword-only": keyword_only(plain, "logits", "action"),
    "partial": partial(plain),
    "object": Called(loop),
}


def one_hot(logits, action):
    return np.eye(len(logits))[action]


WRONG = [
    ("of_the_prob", lambda z, a: special.softmax(z)[a] * plain(z, a)),
    ("wrong_sign", lambda z, a: special.softmax(z) - one_hot(z, a)),
    ("no_chosen", lambda z, a: -special.softmax(z)),
    ("no_chosen", lambda z, a: special.softmax(z)),
    ("no_probs", one_hot),
    ("chosen_alone", lambda z, a: one_hot(z, a) * (1 - special.softmax(z))),
    ("one_number", lambda z, a: 1 - special.softmax(z)[a]),
    ("log_prob", lambda z, a: special.log_softmax(z)[a]),
    ("log_prob", lambda z, a: special.log_softmax(z)),
    ("one_over", lambda z, a: one_hot(z, a) / special.softmax(z)[a]),
    ("logits_for_probs", lambda z, a: one_hot(z, a) - z),
    ("sigmoid", lambda z, a: one_hot(z, a) - special.expit(z)),
    ("plus", lambda z, a: one_hot(z, a) + special.softmax(z)),
    ("chosen_times", lambda z, a: one_hot(z, a) - special.softmax(z)[a]),
    ("uniform", lambda z, a: one_hot(z, a) - 1 / len(z)),
    ("other_action", lambda z, a: plain(z, len(z) - 1 - a)),
    ("other_action", lambda z, a: plain(z, np.argmax(z))),
    ("exercise.absolute", lambda z, a: np.abs(plain(z, a))),
    ("exercise.unknown_mistake", lambda z, a: one_hot(z, a) - special.softmax(z / 2)),
]


class TestLogProbGradient(Answers):
    name, right, wrong = "log_prob_gradient", RIGHT, WRONG


def test_an_exponential_that_overflows_passes_and_is_told():
    result = ppo_edu.check("log_prob_gradient", RIGHT["no maximum"])
    assert result.passed and ppo_edu.t("log_prob_gradient.overflows") in result.message
    result = ppo_edu.check("log_prob_gradient", plain)
    assert result.passed and ppo_edu.t("log_prob_gradient.overflows") not in result.message
