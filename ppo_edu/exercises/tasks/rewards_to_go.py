"""What came from each step on."""

import numpy as np

from ppo_edu import corridor
from ppo_edu.exercises.kinds import FunctionExercise


def rewards_to_go(rewards, gamma):
    to_go, following = np.zeros(len(rewards)), 0.0
    for step in reversed(range(len(rewards))):
        following = rewards[step] + gamma * following
        to_go[step] = following
    return to_go


def cases():
    # The second has two rewards that are equal, and the third adds up to nothing.
    return [
        {"rewards": np.array([2.0, -1.0, 0.5, 3.0]), "gamma": 0.5},
        {"rewards": np.array([1.0, 1.0, -4.0]), "gamma": 0.9},
        {"rewards": np.array([3.0, -2.0, -1.0]), "gamma": 1.0},
    ]


def drawn(rng):
    """Return episodes of one step to many, with rewards of both signs, and both ends of gamma."""
    made = []
    for steps, size, gamma in (
        (1, 5.0, 0.99),
        (2, 1.0, 0.0),
        (30, 0.01, 1.0),
        (200, 100.0, 0.98),
        (60, 1.0, 0.7),
    ):
        made.append({"rewards": size * (rng.standard_normal(steps) + rng.choice([0.0, 1.0])), "gamma": gamma})
    # As CartPole pays: one point a step.
    return [*made, {"rewards": np.ones(500), "gamma": 0.99}]


def mistakes():
    right = corridor.rewards_to_go

    def weights(rewards, gamma):
        return gamma ** np.arange(len(rewards))

    def immediate(rewards, gamma):
        return rewards + gamma * np.append(rewards[1:], 0.0)

    return [
        ("whole_return", lambda r, gamma: np.full(len(r), right(r, gamma)[0])),
        ("whole_return", lambda r, gamma: np.full(len(r), r.sum())),
        ("no_gamma", lambda r, gamma: right(r, 1.0)),
        (("exercise.fixed_number", {"parameter": "gamma"}), lambda r, gamma: right(r, 0.99)),
        (("exercise.fixed_number", {"parameter": "gamma"}), lambda r, gamma: right(r, 0.9)),
        ("from_the_start", lambda r, gamma: np.cumsum(r[::-1] * weights(r, gamma)[::-1])[::-1]),
        ("from_the_start", lambda r, gamma: np.cumsum((r * weights(r, gamma))[::-1])[::-1]),
        ("past", lambda r, gamma: np.cumsum(r)),
        ("past", lambda r, gamma: np.cumsum(r * weights(r, gamma))),
        ("past", lambda r, gamma: right(r[::-1], gamma)[::-1]),
        ("reversed", lambda r, gamma: right(r, gamma)[::-1]),
        ("without_own", lambda r, gamma: right(r, gamma) - r),
        ("without_own", lambda r, gamma: np.append(right(r, gamma)[1:], 0.0)),
        ("gamma_on_own", lambda r, gamma: gamma * right(r, gamma)),
        ("gamma_squared", lambda r, gamma: right(r, gamma**2)),
        ("one_ahead", immediate),
        ("rewards_alone", lambda r, gamma: r + 0.0),
        ("mean", lambda r, gamma: right(r, gamma) / np.arange(len(r), 0, -1)),
        ("mean", lambda r, gamma: right(r, gamma) / len(r)),
        ("centred", lambda r, gamma: right(r, gamma) - right(r, gamma).mean()),
        ("exercise.absolute", lambda r, gamma: np.abs(right(r, gamma))),
        ("exercise.bounded", lambda r, gamma: np.clip(right(r, gamma), -100, 100)),
    ]


EXERCISE = FunctionExercise(
    solution=rewards_to_go, expected=corridor.rewards_to_go, cases=cases, drawn=drawn, mistakes=mistakes
)
