"""The KL penalty's beta after an update, held against the rule that trains as well."""

import types

import numpy as np
import pytest
import torch

from exercises.answers import Answers, Called, keyword_only, partial
from ppo_edu import ppo
from ppo_edu.exercises.tasks import next_beta


def adapted(beta, kl, target):
    return beta * (2 if kl > 1.5 * target else 0.5 if 1.5 * kl < target else 1)


RIGHT = {
    "one line": adapted,
    "select": lambda beta, kl, target: np.select(
        [kl > 1.5 * target, kl * 1.5 < target], [2 * beta, beta / 2], beta
    ),
    "keyword-only": keyword_only(adapted, "beta", "kl", "target"),
    "partial": partial(adapted),
    "object": Called(adapted),
}

WRONG = [
    ("no_band", lambda beta, kl, target: beta * 2 if kl > target else beta / 2),
    ("swapped", lambda b, k, goal: b * 2 if k < goal / 1.5 else b / 2 if k > goal * 1.5 else b),
    ("swapped", lambda beta, kl, target: beta / 2 if kl > target else beta * 2),
    (
        "factor_of_the_band",
        lambda b, k, goal: b / 1.5 if k < goal / 1.5 else b * 1.5 if k > goal * 1.5 else b,
    ),
    ("band_of_two", lambda b, k, goal: b / 2 if k < goal / 2 else b * 2 if k > goal * 2 else b),
    ("lower_edge", lambda b, k, goal: b / 2 if k < goal * 0.5 else b * 2 if k > goal * 1.5 else b),
    ("never_down", lambda beta, kl, target: beta * 2 if kl > 1.5 * target else beta),
    ("never_up", lambda beta, kl, target: beta / 2 if kl < target / 1.5 else beta),
    ("never_moves", lambda beta, kl, target: beta),
    ("factor_alone", lambda b, k, goal: 0.5 if k < goal / 1.5 else 2.0 if k > goal * 1.5 else 1.0),
    ("in_proportion", lambda beta, kl, target: beta / target * kl),
    ("absolute_band", lambda b, k, goal: b / 2 if k < 1 / 1.5 else b * 2 if k > 1.5 else b),
]


class TestNextBeta(Answers):
    name, right, wrong = "next_beta", RIGHT, WRONG


@pytest.mark.parametrize("case", next_beta.cases(), ids=str)
def test_the_solution_is_the_rule_that_trains(case):
    policy = types.SimpleNamespace(kl_factor=torch.tensor(case["beta"]))
    ppo.adapt_kl_penalty(policy, case["kl"], types.SimpleNamespace(kl_target=case["target"]))
    assert float(policy.kl_factor) == pytest.approx(next_beta.next_beta(**case))
