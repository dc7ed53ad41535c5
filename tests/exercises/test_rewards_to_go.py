"""What came from each step on."""

import itertools

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial


def by_sums(rewards, gamma):
    steps = np.arange(len(rewards))
    return [float(np.sum(gamma ** steps[: len(rewards) - start] * rewards[start:])) for start in steps]


def by_recursion(rewards, gamma):
    if len(rewards) == 1:
        return [rewards[0]]
    following = by_recursion(rewards[1:], gamma)
    return [rewards[0] + gamma * following[0], *following]


def by_matrix(rewards, gamma):
    distance = np.arange(len(rewards)) - np.arange(len(rewards))[:, None]
    return np.where(distance >= 0, gamma ** np.maximum(distance, 0), 0) @ rewards


def in_torch(rewards, gamma):
    to_go = torch.zeros(len(rewards), dtype=torch.float64)
    following = torch.tensor(0.0)
    for step in range(len(rewards) - 1, -1, -1):
        to_go[step] = following = torch.as_tensor(rewards)[step] + gamma * following
    return to_go


def by_inserting(rewards, gamma):
    to_go, following = [], 0
    for reward in rewards[::-1]:
        following = reward + gamma * following
        to_go.insert(0, following)
    return tuple(to_go)


def by_gae(rewards, gamma):
    nothing, never = np.zeros(len(rewards)), np.zeros(len(rewards), bool)
    return ppo_edu.gae(rewards, nothing, nothing, never, never, gamma, 1.0)


RIGHT = {
    "sums": by_sums,
    "recursion": by_recursion,
    "matrix": by_matrix,
    "torch": in_torch,
    "inserting": by_inserting,
    "gae": by_gae,
    "accumulate": lambda r, g: list(itertools.accumulate(r[::-1], lambda after, now: now + g * after))[::-1],
    "float32": in_float32(by_inserting),
    "keyword-only": keyword_only(by_sums, "rewards", "gamma"),
    "partial": partial(by_sums),
    "object": Called(by_inserting),
}


def powers(rewards, gamma):
    return gamma ** np.arange(len(rewards))


WRONG = [
    ("whole_return", lambda r, gamma: [sum(gamma**t * x for t, x in enumerate(r))] * len(r)),
    ("whole_return", lambda r, gamma: [sum(r)] * len(r)),
    ("no_gamma", lambda r, gamma: [sum(r[t:]) for t in range(len(r))]),
    ("no_gamma", lambda r, gamma: np.flip(np.cumsum(np.flip(r)))),
    ("exercise.fixed_number", lambda r, gamma: by_sums(r, 0.99)),
    ("exercise.fixed_number", lambda r, gamma: by_sums(r, 0.9)),
    (
        "from_the_start",
        lambda r, gamma: [sum(gamma**k * r[k] for k in range(t, len(r))) for t in range(len(r))],
    ),
    ("past", lambda r, gamma: [sum(r[: t + 1]) for t in range(len(r))]),
    ("past", lambda r, gamma: list(itertools.accumulate(r, lambda before, now: now + gamma * before))),
    ("past", lambda r, gamma: np.cumsum(powers(r, gamma) * r)),
    (
        "reversed",
        lambda r, gamma: list(itertools.accumulate(r[::-1], lambda after, now: now + gamma * after)),
    ),
    ("without_own", lambda r, gamma: np.array(by_sums(r, gamma)) - r),
    ("without_own", lambda r, gamma: [*by_sums(r, gamma)[1:], 0]),
    ("gamma_on_own", lambda r, gamma: gamma * np.array(by_sums(r, gamma))),
    ("gamma_squared", lambda r, gamma: by_sums(r, gamma * gamma)),
    ("one_ahead", lambda r, gamma: [x + gamma * y for x, y in zip(r, [*r[1:], 0], strict=True)]),
    ("rewards_alone", lambda r, gamma: list(r)),
    ("mean", lambda r, gamma: np.array(by_sums(r, gamma)) / len(r)),
    ("mean", lambda r, gamma: [x / (len(r) - t) for t, x in enumerate(by_sums(r, gamma))]),
    ("centred", lambda r, gamma: (x := np.array(by_sums(r, gamma))) - x.mean()),
    ("exercise.absolute", lambda r, gamma: np.abs(by_sums(r, gamma))),
    ("exercise.bounded", lambda r, gamma: np.clip(by_sums(r, gamma), -100, 100)),
    ("exercise.one_number_returned", lambda r, gamma: by_sums(r, gamma)[0]),
    (
        "exercise.changed",
        lambda r, gamma: (
            [
                r.__setitem__(t, r[t] + gamma * (r[t + 1] if t + 1 < len(r) else 0))
                for t in range(len(r) - 1, -1, -1)
            ]
            and r
        ),
    ),
    ("exercise.unknown_mistake", lambda r, gamma: by_sums(r[:12], gamma) + [0.0] * (len(r) - len(r[:12]))),
]


class TestRewardsToGo(Answers):
    name, right, wrong = "rewards_to_go", RIGHT, WRONG
