"""The clipped objective with another bound above than below."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise


def asymmetric_clip(ratio, advantage, low, high):
    clipped = np.clip(ratio, 1 - low, 1 + high)
    return np.minimum(ratio * advantage, clipped * advantage)


def cases():
    ratio = np.array([0.5, 0.75, 1.0, 1.25, 1.5] * 2)
    advantage = np.repeat([2.0, -1.0], 5)
    return [
        {"ratio": ratio, "advantage": advantage, "low": 0.2, "high": 0.4},
        {"ratio": ratio, "advantage": -advantage, "low": 0.35, "high": 0.1},
    ]


def drawn(rng):
    """Return batches with ratios from nearly 1 to far away, and bounds from 0.05 to 0.9."""
    made = []
    for samples, apart in ((4, 0.02), (64, 0.3), (200, 1.5)):
        low, high = (float(bound) for bound in rng.uniform(0.05, 0.9, 2))
        ratio = np.exp(apart * rng.standard_normal(samples))
        advantage = 3 * rng.standard_normal(samples)
        made.append({"ratio": ratio, "advantage": advantage, "low": low, "high": high})
    return made


def expected(ratio, advantage, low, high):
    return objective.clipped_surrogate(ratio, advantage, low, high)


def mistakes():
    def clipped(r, below, above):
        return np.clip(r, 1 - below, 1 + above)

    return [
        ("low_alone", lambda r, a, low, high: np.minimum(r * a, clipped(r, low, low) * a)),
        ("high_alone", lambda r, a, low, high: np.minimum(r * a, clipped(r, high, high) * a)),
        ("swapped", lambda r, a, low, high: np.minimum(r * a, clipped(r, high, low) * a)),
        ("no_min", lambda r, a, low, high: clipped(r, low, high) * a),
        ("max_for_min", lambda r, a, low, high: np.maximum(r * a, clipped(r, low, high) * a)),
        ("no_clip", lambda r, a, low, high: r * a),
        ("not_around_one", lambda r, a, low, high: np.minimum(r * a, np.clip(r, low, high) * a)),
        ("negative", lambda r, a, low, high: -np.minimum(r * a, clipped(r, low, high) * a)),
        ("upper_only", lambda r, a, low, high: np.minimum(r, 1 + high) * a),
    ]


EXERCISE = FunctionExercise(
    solution=asymmetric_clip,
    expected=expected,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    samplewise=True,
    differentiable=True,
)
