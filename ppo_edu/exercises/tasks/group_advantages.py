"""GRPO's advantage: each answer beside the others to the same prompt."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language_models import formulas


def group_advantages(rewards, group):
    groups = rewards.reshape(-1, group)
    spread = groups.std(1, keepdims=True)
    centred = groups - groups.mean(1, keepdims=True)
    return np.where(spread > 0, centred / np.maximum(spread, 1e-8), 0.0).reshape(-1)


def cases():
    flat = [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0]
    return [
        {"rewards": np.array([1.0, 0.0, 0.0, 0.5, 0.5, 1.0]), "group": 3},
        {"rewards": np.array(flat), "group": 4},
    ]


def drawn(rng):
    """Return batches of rewards, right or wrong and points from -3 to 9, in groups of 2 to 16."""
    made = [
        {"rewards": rng.integers(2, size=8 * group).astype(float), "group": group} for group in (2, 8, 16)
    ]
    return [*made, {"rewards": rng.uniform(-3, 9, 40), "group": 5}]


def expected(rewards, group):
    return formulas.group_advantages(rewards, group)


def mistakes():
    def made(mean, spread, wrong_way=False):
        def answer(rewards, group):
            groups = rewards.reshape(group, -1).T if wrong_way else rewards.reshape(-1, group)
            found = (groups - mean(groups)) / np.maximum(spread(groups), 1e-8)
            return (found.T if wrong_way else found).reshape(-1)

        return answer

    def own(groups):
        return groups.mean(1, keepdims=True)

    def std(groups):
        return groups.std(1, keepdims=True)

    def others(groups):
        return (groups.sum(1, keepdims=True) - groups) / (groups.shape[1] - 1)

    return [
        ("batch_mean", made(lambda g: g.mean(), lambda g: g.std())),
        ("batch_mean", made(lambda g: g.mean(), std)),
        ("batch_std", made(own, lambda g: g.std())),
        ("sample_std", made(own, lambda g: g.std(1, keepdims=True, ddof=1))),
        ("no_std", made(own, lambda g: 1.0)),
        ("others", made(others, lambda g: 1.0)),
        ("variance", made(own, lambda g: g.var(1, keepdims=True))),
        ("wrong_way", made(own, std, wrong_way=True)),
        ("epsilon_too_large", made(own, lambda g: g.std(1, keepdims=True) + 1e-3)),
        ("epsilon_too_large", made(own, lambda g: g.std(1, keepdims=True) + 1e-2)),
    ]


EXERCISE = FunctionExercise(
    solution=group_advantages, expected=expected, cases=cases, drawn=drawn, mistakes=mistakes
)
