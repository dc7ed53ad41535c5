"""PPO's clipped objective."""

import numpy as np
import pytest
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial, said
from ppo_edu.objective import clipped_surrogate


def clip(ratio, epsilon):
    return np.clip(ratio, 1 - epsilon, 1 + epsilon)


def surrogate(ratio, advantage, epsilon):
    return np.minimum(ratio * advantage, clip(ratio, epsilon) * advantage)


def loop_surrogate(ratio, advantage, epsilon):
    objective = []
    for r, A in zip(ratio, advantage, strict=True):
        clipped = max(min(r, 1 + epsilon), 1 - epsilon)
        objective.append(min(r * A, clipped * A))
    return objective


def generated(ratio, advantage, epsilon):
    for r, A in zip(ratio, advantage, strict=True):
        yield min(r * A, max(min(r, 1 + epsilon), 1 - epsilon) * A)


def surrogate_by_cases(ratio, advantage, epsilon):
    good = np.minimum(ratio, 1 + epsilon) * advantage
    bad = np.maximum(ratio, 1 - epsilon) * advantage
    return np.where(advantage > 0, good, bad)


def dual_clip(ratio, advantage, epsilon, floor=3.0):
    plain = surrogate(ratio, advantage, epsilon)
    return np.where(advantage < 0, np.maximum(plain, floor * advantage), plain)


NAMES = ("ratio", "advantage", "epsilon")


RIGHT = {
    "package": ppo_edu.clipped_surrogate,
    "loop": loop_surrogate,
    "generator": generated,
    "by cases": surrogate_by_cases,
    "torch": lambda r, A, eps: torch.min(r * A, torch.clamp(r, 1 - eps, 1 + eps) * A),
    "one bound": lambda r, A, eps: np.minimum(r * A, np.where(A > 0, 1 + eps, 1 - eps) * A),
    "stack": lambda r, A, eps: np.stack([r * A, r.clip(1 - eps, 1 + eps) * A]).min(axis=0).astype(np.float32),
    "minus max of losses": lambda r, A, eps: -np.maximum(-A * r, -A * np.clip(r, 1 - eps, 1 + eps)),
    "float32": in_float32(surrogate),
    "keyword-only": keyword_only(surrogate, *NAMES),
    "partial": partial(surrogate),
    "object": Called(surrogate),
    "what it loses": lambda r, A, eps: r * A - np.maximum(0, (r - clip(r, eps)) * A),
}

WRONG = [
    ("no_min", ppo_edu.clipped_without_min),
    ("no_min", lambda r, A, eps: torch.clamp(r, 1 - eps, 1 + eps) * A),
    ("no_clip", lambda r, A, eps: r * A),
    ("max_for_min", lambda r, A, eps: np.maximum(r * A, clip(r, eps) * A)),
    ("wrong_sign", lambda r, A, eps: -np.minimum(r * A, clip(r, eps) * A)),
    ("one_sign", lambda r, A, eps: np.maximum(-r * A, clip(r, eps) * A)),
    ("one_sign", lambda r, A, eps: np.minimum(r * A, clip(r, eps) * -A)),
    ("loss_with_min", lambda r, A, eps: torch.min(-r * A, -torch.clamp(r, 1 - eps, 1 + eps) * A)),
    ("holds_for_positive", lambda r, A, eps: np.where(r <= 1 + eps, r * A, (1 + eps) * A)),
    ("holds_for_positive", lambda r, A, eps: np.minimum(r, clip(r, eps)) * A),
    ("holds_for_negative", lambda r, A, eps: np.maximum(r, clip(r, eps)) * A),
    ("around_zero", lambda r, A, eps: np.minimum(r * A, r.clip(-eps, eps) * A)),
    ("clips_product", lambda r, A, eps: np.minimum(r * A, clip(r * A, eps))),
    ("clips_product", lambda r, A, eps: clip(r * A, eps)),
    ("no_advantage", lambda r, A, eps: np.minimum(r * A, clip(r, eps))),
    ("fixed_epsilon", lambda r, A, eps: np.minimum(r * A, np.clip(r, 0.8, 1.2) * A)),
    ("half_epsilon", lambda r, A, eps: surrogate(r, A, 0.5 * eps)),
    ("quotient_range", lambda r, A, eps: np.minimum(r * A, r.clip(1 / (1 + eps), 1 + eps) * A)),
    ("one_side", lambda r, A, eps: np.minimum(r * A, np.where(A > 0, (1 + eps) * A, r * A))),
    ("one_side", lambda r, A, eps: np.minimum(r * A, np.where(A > 0, r * A, (1 - eps) * A))),
    ("zero_outside", lambda r, A, eps: r * A * (r >= 1 - eps) * (r <= 1 + eps)),
    ("upside_down", lambda r, A, eps: np.minimum(A / r, clip(1 / r, eps) * A)),
    ("clip_of_logs", lambda r, A, eps: np.minimum(np.exp(r) * A, clip(np.exp(r), eps) * A)),
    ("absolute", lambda r, A, eps: np.minimum(r * abs(A), clip(r, eps) * abs(A))),
    ("dual_clip", dual_clip),
    ("dual_clip", lambda r, A, eps: dual_clip(r, A, eps, floor=10.0)),
    ("dual_clip", lambda r, A, eps: surrogate(r.clip(max=10), A, eps)),
    ("exercise.bounded", lambda r, A, eps: surrogate(r, A.clip(-10, 10), eps)),
    ("exercise.bounded", lambda r, A, eps: surrogate(r, A.clip(-5, 5), eps)),
    ("normalised", lambda r, A, eps: surrogate(r, A - np.mean(A), eps)),
    ("normalised", lambda r, A, eps: surrogate(r, A / (np.std(A) + 1e-8), eps)),
    ("divided", lambda r, A, eps: surrogate(r, A / r.size, eps)),
    ("exercise.unknown_mistake", lambda r, A, eps: np.where(np.abs(A) < 5, surrogate(r, A, eps), 5.0)),
    (
        "exercise.gradient_cut",
        lambda r, A, eps: torch.min(
            r.detach() * A.detach(), torch.clamp(r.detach(), 1 - eps, 1 + eps) * A.detach()
        ),
    ),
    ("exercise.mean_returned", lambda *x: ppo_edu.clipped_surrogate(*x).mean()),
    ("exercise.sum_returned", lambda *x: ppo_edu.clipped_surrogate(*x).sum()),
    ("exercise.one_number_returned", lambda *x: 7.5),
    ("exercise.broadcast", lambda r, A, eps: clip(r[:, None], eps) * A),
]


class TestClippedSurrogate(Answers):
    name, right, wrong = "clipped_surrogate", RIGHT, WRONG


def test_an_unknown_mistake_is_shown_by_one_case():
    message = ppo_edu.check(
        "clipped_surrogate", lambda r, A, eps: surrogate(r, A, eps) + 0.125 * (A < 0)
    ).message
    for shown in (
        "ratio     = 1.5",
        "advantage = -1",
        "epsilon   = 0.2",
        "returns `-1.375`",
        "Right is `-1.5`",
    ):
        assert shown in message


# What the message says of a mistake, and the sign of A and the place of r in the example that goes with it.
SPOKEN_OF = {
    "no_min": (-1, 1.5),
    "max_for_min": (-1, 1.5),
    "holds_for_positive": (-1, 1.5),
    "no_clip": (1, 1.5),
    "holds_for_negative": (1, 1.5),
    "wrong_sign": (-1, 1.5),
    "one_sign": (-1, 1.5),
    "absolute": (-1, 1.5),
}


@pytest.mark.parametrize("key", SPOKEN_OF)
def test_the_example_is_the_case_that_the_message_speaks_of(key):
    advantage, ratio = SPOKEN_OF[key]
    wrong = next(wrong for name, wrong in WRONG if name == key)
    message = ppo_edu.check("clipped_surrogate", wrong).message
    assert message.startswith(said("clipped_surrogate", key))
    assert f"ratio     = {ratio}\n" in message and f"advantage = {advantage}\n" in message, message


def test_the_opposite_sign_is_shown_by_opposite_numbers():
    message = ppo_edu.check("clipped_surrogate", lambda *x: -clipped_surrogate(*x)).message
    assert "returns `1.5`. Right is `-1.5`" in message
