"""The probability ratio, from log-probabilities."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise


def probability_ratio(log_prob, old_log_prob):
    return np.exp(log_prob - old_log_prob)


def cases():
    return [
        {"log_prob": np.log([0.6, 0.5, 0.1, 0.9]), "old_log_prob": np.log([0.5, 0.5, 0.4, 0.3])},
        # Densities may be above 1, and their logarithms above 0.
        {"log_prob": np.array([-3.0, -0.2, 0.5]), "old_log_prob": np.array([-1.0, -2.2, 0.9])},
    ]


def drawn(rng):
    """Return pairs of log-probabilities from nearly equal ones to policies that have become strangers."""
    made = []
    for samples, apart in ((1, 0.5), (6, 0.01), (64, 0.3), (64, 2.0), (200, 6.0)):
        # A probability, a density, and the product of many: -60 to 4.
        old = rng.uniform(-8, 0, samples) * rng.choice([0.01, 1.0, 7.5], samples) + rng.choice(
            [0, 4], samples
        )
        made.append({"log_prob": old + apart * rng.standard_normal(samples), "old_log_prob": old})
    return made


def mistakes():
    return [
        ("upside_down", lambda new, old: np.exp(old - new)),
        ("not_exponentiated", lambda new, old: new - old),
        ("not_exponentiated", lambda new, old: old - new),
        ("quotient_of_logs", lambda new, old: new / old),
        ("quotient_of_logs", lambda new, old: np.exp(new / old)),
        ("product", lambda new, old: np.exp(new + old)),
        ("difference", lambda new, old: np.exp(new) - np.exp(old)),
        ("new_alone", lambda new, old: np.exp(new)),
        ("minus_one", lambda new, old: np.exp(new - old) - 1),
        ("another_base", lambda new, old: 10 ** (new - old)),
        ("another_base", lambda new, old: 2 ** (new - old)),
        ("inexact_base", lambda new, old: 2.718 ** (new - old)),
        ("inexact_base", lambda new, old: 2.72 ** (new - old)),
        ("inexact_base", lambda new, old: 2.7 ** (new - old)),
        ("approximation", lambda new, old: 1 + (new - old)),
        ("approximation", lambda new, old: 1 + (new - old) + (new - old) ** 2 / 2),
        ("exercise.absolute", lambda new, old: np.exp(np.abs(new - old))),
        ("mean_of_all", lambda new, old: np.exp(np.mean(new - old)) * np.ones_like(new)),
        ("self_normalised", lambda new, old: np.exp(new - old) / np.exp(new - old).mean()),
        ("clipped", lambda new, old: np.clip(np.exp(new - old), 0.8, 1.2)),
        ("exercise.bounded", lambda new, old: np.exp(np.clip(new - old, -2.5, 2.5))),
        ("exercise.bounded", lambda new, old: np.exp(np.clip(new - old, -5, 5))),
        ("exercise.bounded", lambda new, old: np.exp(np.clip(new - old, -10, 10))),
        ("exercise.bounded", lambda new, old: np.minimum(np.exp(new - old), 10.0)),
        ("exercise.bounded", lambda new, old: np.minimum(np.exp(new - old), 100.0)),
        ("probabilities_only", lambda new, old: np.exp(np.minimum(new, 0) - np.minimum(old, 0))),
        ("epsilon_added", lambda new, old: np.exp(new) / (np.exp(old) + 1e-8)),
        ("epsilon_added", lambda new, old: np.exp(new) / (np.exp(old) + 1e-5)),
    ]


FAR = {"log_prob": np.array([-800.0, -1000.0]), "old_log_prob": np.array([-801.0, -1000.0])}


EXERCISE = FunctionExercise(
    solution=probability_ratio,
    expected=objective.probability_ratio,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    pitfall=(FAR, "divides_zeros"),
    samplewise=True,
    differentiable=True,
)
