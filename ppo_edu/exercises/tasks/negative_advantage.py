"""The clipped objective of a bad action, in two lines and without a min."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import Complaint, FunctionExercise, names_used
from ppo_edu.exercises.tasks import clipped_surrogate
from ppo_edu.language import t

MINIMA = {"min", "minimum", "fmin", "amin", "nanmin", "clipped_surrogate"}


def negative_advantage(ratio, advantage, epsilon):
    return np.where(ratio >= 1 - epsilon, ratio * advantage, (1 - epsilon) * advantage)


def cases():
    return [
        {"ratio": np.array([0.5, 0.9, 1.5]), "advantage": np.array([-1.0, -1.0, -1.0]), "epsilon": 0.2},
        {"ratio": np.array([3.0, 1.05, 0.3]), "advantage": np.array([-2.0, -0.5, -3.0]), "epsilon": 0.1},
    ]


def drawn(rng):
    """Return the batches of the clipped objective, with every advantage negative."""
    return [
        {**case, "advantage": -np.abs(case["advantage"]) - 0.001} for case in clipped_surrogate.drawn(rng)
    ]


def mistakes():
    right = objective.clipped_surrogate
    return [
        ("form_of_positive", lambda r, A, epsilon: np.minimum(r, 1 + epsilon) * A),
        ("halves_swapped", lambda r, A, epsilon: np.minimum(r, 1 - epsilon) * A),
        ("wrong_corner", lambda r, A, epsilon: np.maximum(r, 1 + epsilon) * A),
        ("corner_at_one", lambda r, A, epsilon: np.maximum(r, 1.0) * A),
        ("both_sides", lambda r, A, epsilon: np.clip(r, 1 - epsilon, 1 + epsilon) * A),
        ("no_clip", lambda r, A, epsilon: r * A),
        ("always_flat", lambda r, A, epsilon: (1 - epsilon) * A),
        ("wrong_sign", lambda r, A, epsilon: -np.maximum(r, 1 - epsilon) * A),
        ("no_advantage", lambda r, A, epsilon: np.maximum(r, 1 - epsilon)),
        ("no_advantage", lambda r, A, epsilon: np.where(r >= 1 - epsilon, r * A, 1 - epsilon)),
        ("flat_at_one", lambda r, A, epsilon: np.where(r >= 1 - epsilon, r * A, A)),
        ("flat_at_zero", lambda r, A, epsilon: np.where(r >= 1 - epsilon, r * A, 0.0)),
        ("fixed_epsilon", lambda r, A, epsilon: np.maximum(r, 0.8) * A),
        ("fixed_epsilon", lambda r, A, epsilon: np.maximum(r, 0.9) * A),
        *(
            ("dual_clip", lambda r, A, epsilon, most=most: np.maximum(right(r, A, epsilon), most * A))
            for most in (2.0, 3.0, 5.0, 10.0)
        ),
        ("fixed_advantage", lambda r, A, epsilon: -np.maximum(r, 1 - epsilon)),
    ]


def afterwards(function):
    """Raise a `Complaint` if there is a min after all."""
    if names_used(function) & MINIMA:
        raise Complaint(t("negative_advantage.has_min"))


EXERCISE = FunctionExercise(
    solution=negative_advantage,
    expected=objective.clipped_surrogate,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    afterwards=afterwards,
    samplewise=True,
    differentiable=True,
)
