"""PPO's clipped objective."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise


def clipped_surrogate(ratio, advantage, epsilon):
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon)
    return np.minimum(ratio * advantage, clipped * advantage)


def cases():
    # Both signs of the advantage, and the ratio below, inside and above the clip range, in every batch. First
    # the sample at which the usual mistake, clipping without the min, hurts: a bad action grown likelier.
    return [
        {
            "ratio": np.array([1.5, 1.5, 0.5, 0.9, 0.5, 0.9]),
            "advantage": np.array([-1.0, 1.0, 1.0, 1.0, -1.0, -1.0]),
            "epsilon": 0.2,
        },
        {
            "ratio": np.array([3.0, 1.05, 0.3, 3.0, 1.05, 0.3, 1.0]),
            "advantage": np.array([0.5, 2.0, 3.0, -2.0, -0.5, -3.0, 0.0]),
            "epsilon": 0.1,
        },
    ]


def drawn(rng):
    """Return batches with ratios from 0 to hundreds, ties at the corners, and advantages of every size."""
    made = []
    for samples, epsilon, apart, size in (
        (1, 0.2, 0.3, 1.0),
        (8, 0.05, 0.1, 0.01),
        (64, 0.1, 0.5, 1.0),
        (64, 0.3, 1.5, 30.0),
        (256, 0.2, 2.5, 300.0),
        (64, 0.9, 1.5, 5.0),
    ):
        ratio = np.exp(apart * rng.standard_normal(samples))
        corners = rng.choice([np.nan, 1 - epsilon, 1.0, 1 + epsilon, 0.0], samples, p=[0.8, *[0.05] * 4])
        ratio = np.where(np.isnan(corners), ratio, corners)
        advantage = size * rng.standard_normal(samples) * rng.choice([0, 0.1, 1, 4], samples)
        made.append({"ratio": ratio, "advantage": advantage, "epsilon": epsilon})
    return made


def mistakes():
    def clip(ratio, epsilon):
        return np.clip(ratio, 1 - epsilon, 1 + epsilon)

    def dual(factor):
        """Return the objective of "dual clip", which bounds it from below for a bad action."""
        return lambda r, A, epsilon: np.where(
            A < 0, np.maximum(right(r, A, epsilon), factor * A), right(r, A, epsilon)
        )

    right = objective.clipped_surrogate
    return [
        ("no_min", lambda r, A, epsilon: clip(r, epsilon) * A),
        ("no_clip", lambda r, A, epsilon: r * A),
        ("max_for_min", lambda r, A, epsilon: np.maximum(r * A, clip(r, epsilon) * A)),
        ("wrong_sign", lambda r, A, epsilon: -right(r, A, epsilon)),
        ("one_sign", lambda r, A, epsilon: np.maximum(-r * A, clip(r, epsilon) * A)),
        ("one_sign", lambda r, A, epsilon: np.maximum(r * A, -clip(r, epsilon) * A)),
        ("one_sign", lambda r, A, epsilon: np.minimum(-r * A, clip(r, epsilon) * A)),
        ("one_sign", lambda r, A, epsilon: np.minimum(r * A, -clip(r, epsilon) * A)),
        ("loss_with_min", lambda r, A, epsilon: np.minimum(-r * A, -clip(r, epsilon) * A)),
        ("holds_for_positive", lambda r, A, epsilon: np.minimum(r, 1 + epsilon) * A),
        ("holds_for_negative", lambda r, A, epsilon: np.maximum(r, 1 - epsilon) * A),
        ("around_zero", lambda r, A, epsilon: np.minimum(r * A, np.clip(r, -epsilon, epsilon) * A)),
        ("clips_product", lambda r, A, epsilon: np.minimum(r * A, clip(r * A, epsilon))),
        ("clips_product", lambda r, A, epsilon: clip(r * A, epsilon)),
        ("no_advantage", lambda r, A, epsilon: np.minimum(r * A, clip(r, epsilon))),
        ("no_advantage", lambda r, A, epsilon: np.minimum(r, clip(r, epsilon))),
        ("fixed_epsilon", lambda r, A, epsilon: right(r, A, 0.2)),
        ("fixed_epsilon", lambda r, A, epsilon: right(r, A, 0.1)),
        ("half_epsilon", lambda r, A, epsilon: right(r, A, epsilon / 2)),
        (
            "quotient_range",
            lambda r, A, epsilon: np.minimum(r * A, np.clip(r, 1 / (1 + epsilon), 1 + epsilon) * A),
        ),
        (
            "quotient_range",
            lambda r, A, epsilon: np.minimum(r * A, np.clip(r, np.exp(-epsilon), np.exp(epsilon)) * A),
        ),
        ("one_side", lambda r, A, epsilon: np.where(A > 0, np.minimum(r, 1 + epsilon) * A, r * A)),
        ("one_side", lambda r, A, epsilon: np.where(A < 0, np.maximum(r, 1 - epsilon) * A, r * A)),
        ("zero_outside", lambda r, A, epsilon: np.where(np.abs(r - 1) <= epsilon, r * A, 0.0)),
        ("upside_down", lambda r, A, epsilon: right(1 / r, A, epsilon)),
        ("clip_of_logs", lambda r, A, epsilon: right(np.exp(r), A, epsilon)),
        ("absolute", lambda r, A, epsilon: right(r, np.abs(A), epsilon)),
        *(("dual_clip", dual(factor)) for factor in (2.0, 3.0, 5.0, 10.0)),
        *(
            ("dual_clip", lambda r, A, epsilon, most=most: right(np.minimum(r, most), A, epsilon))
            for most in (2.0, 5.0, 10.0, 20.0)
        ),
        *(
            ("exercise.bounded", lambda r, A, epsilon, most=most: right(r, np.clip(A, -most, most), epsilon))
            for most in (1.0, 3.0, 5.0, 10.0)
        ),
        ("normalised", lambda r, A, epsilon: right(r, (A - A.mean()) / (A.std() + 1e-8), epsilon)),
        ("normalised", lambda r, A, epsilon: right(r, A / (A.std() + 1e-8), epsilon)),
        ("normalised", lambda r, A, epsilon: right(r, A - A.mean(), epsilon)),
        ("divided", lambda r, A, epsilon: right(r, A, epsilon) / len(r)),
    ]


EXERCISE = FunctionExercise(
    solution=clipped_surrogate,
    expected=objective.clipped_surrogate,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    samplewise=True,
    differentiable=True,
)
