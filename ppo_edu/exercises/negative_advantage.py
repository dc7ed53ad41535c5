"""Lesson 03: the clipped objective of a bad action, in two lines and without a min."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def negative_advantage(ratio, advantage, epsilon):
    return np.where(ratio >= 1 - epsilon, ratio * advantage, (1 - epsilon) * advantage)


def cases():
    return [
        {"ratio": np.array([0.5, 0.9, 1.5]), "advantage": np.array([-1.0, -1.0, -1.0]), "epsilon": 0.2},
        {"ratio": np.array([3.0, 1.05, 0.3]), "advantage": np.array([-2.0, -0.5, -3.0]), "epsilon": 0.1},
    ]


def mistakes():
    return [
        (t("negative_advantage.form_of_positive"), lambda r, A, epsilon: np.minimum(r, 1 + epsilon) * A),
        (t("negative_advantage.halves_swapped"), lambda r, A, epsilon: np.minimum(r, 1 - epsilon) * A),
        (t("negative_advantage.wrong_corner"), lambda r, A, epsilon: np.maximum(r, 1 + epsilon) * A),
        (t("negative_advantage.both_sides"), lambda r, A, epsilon: np.clip(r, 1 - epsilon, 1 + epsilon) * A),
        (t("negative_advantage.no_clip"), lambda r, A, epsilon: r * A),
        (t("negative_advantage.always_flat"), lambda r, A, epsilon: (1 - epsilon) * A),
        (t("negative_advantage.wrong_sign"), lambda r, A, epsilon: -np.maximum(r, 1 - epsilon) * A),
        (t("negative_advantage.no_advantage"), lambda r, A, epsilon: np.maximum(r, 1 - epsilon)),
        (t("negative_advantage.no_advantage"),
         lambda r, A, epsilon: np.where(r >= 1 - epsilon, r * A, 1 - epsilon)),
        (t("negative_advantage.fixed_epsilon"), lambda r, A, epsilon: np.maximum(r, 0.8) * A),
    ]


def hints():
    return (t("negative_advantage.hint_1"), t("negative_advantage.hint_2"), t("negative_advantage.hint_3"))


EXERCISE = FunctionExercise(
    solution=negative_advantage, expected=objective.clipped_surrogate, cases=cases,
    mistakes=mistakes, hints=hints, samplewise=True,
)  # fmt: skip
