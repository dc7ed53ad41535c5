"""Lesson 03: PPO's clipped objective."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def clipped_surrogate(ratio, advantage, epsilon):
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    return np.minimum(ratio * advantage, clipped * advantage)


def cases():
    # Both signs of the advantage, and the ratio below, inside and above the clip range, in every batch.
    return [
        {"ratio": np.array([0.5, 0.9, 1.5, 0.5, 0.9, 1.5]),
         "advantage": np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0]), "epsilon": 0.2},
        {"ratio": np.array([3.0, 1.05, 0.3, 3.0, 1.05, 0.3, 1.0]),
         "advantage": np.array([0.5, 2.0, 3.0, -2.0, -0.5, -3.0, 0.0]), "epsilon": 0.1},
    ]


def mistakes():
    def clip(ratio, epsilon):
        return np.clip(ratio, 1 - epsilon, 1 + epsilon)

    right = objective.clipped_surrogate
    return [
        (t("clipped_surrogate.no_min"), lambda r, A, epsilon: clip(r, epsilon) * A),
        (t("clipped_surrogate.no_clip"), lambda r, A, epsilon: r * A),
        (t("clipped_surrogate.max_for_min"), lambda r, A, epsilon: np.maximum(r * A, clip(r, epsilon) * A)),
        (t("clipped_surrogate.wrong_sign"), lambda r, A, epsilon: -right(r, A, epsilon)),
        (t("clipped_surrogate.wrong_sign"), lambda r, A, epsilon: np.maximum(-r * A, clip(r, epsilon) * A)),
        (t("clipped_surrogate.holds_for_positive"), lambda r, A, epsilon: np.minimum(r, 1 + epsilon) * A),
        (t("clipped_surrogate.holds_for_negative"), lambda r, A, epsilon: np.maximum(r, 1 - epsilon) * A),
        (t("clipped_surrogate.around_zero"),
         lambda r, A, epsilon: np.minimum(r * A, np.clip(r, -epsilon, epsilon) * A)),
        (t("clipped_surrogate.clips_product"),
         lambda r, A, epsilon: np.minimum(r * A, np.clip(r * A, 1 - epsilon, 1 + epsilon))),
        (t("clipped_surrogate.clips_product"), lambda r, A, epsilon: clip(r * A, epsilon)),
        (t("clipped_surrogate.no_advantage"), lambda r, A, epsilon: np.minimum(r * A, clip(r, epsilon))),
        (t("clipped_surrogate.no_advantage"), lambda r, A, epsilon: np.minimum(r, clip(r, epsilon))),
        (t("clipped_surrogate.fixed_epsilon"), lambda r, A, epsilon: right(r, A, 0.2)),
        (t("clipped_surrogate.upside_down"), lambda r, A, epsilon: right(1 / r, A, epsilon)),
        (t("clipped_surrogate.clip_of_logs"), lambda r, A, epsilon: right(np.exp(r), A, epsilon)),
        (t("clipped_surrogate.absolute"), lambda r, A, epsilon: right(r, np.abs(A), epsilon)),
    ]


def hints():
    return (t("clipped_surrogate.hint_1"), t("clipped_surrogate.hint_2"), t("clipped_surrogate.hint_3"))


EXERCISE = FunctionExercise(
    solution=clipped_surrogate, expected=objective.clipped_surrogate, cases=cases,
    mistakes=mistakes, hints=hints, samplewise=True,
)  # fmt: skip
