"""Lesson 02: the probability ratio, from log-probabilities."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def probability_ratio(log_prob, old_log_prob):
    return np.exp(log_prob - old_log_prob)


def cases():
    return [
        {"log_prob": np.log([0.6, 0.5, 0.1, 0.9]), "old_log_prob": np.log([0.5, 0.5, 0.4, 0.3])},
        # Densities may be above 1, and their logarithms above 0.
        {"log_prob": np.array([-3.0, -0.2, 0.5]), "old_log_prob": np.array([-1.0, -2.2, 0.9])},
    ]


def mistakes():
    return [
        (t("probability_ratio.upside_down"), lambda new, old: np.exp(old - new)),
        (t("probability_ratio.not_exponentiated"), lambda new, old: new - old),
        (t("probability_ratio.not_exponentiated"), lambda new, old: old - new),
        (t("probability_ratio.quotient_of_logs"), lambda new, old: new / old),
        (t("probability_ratio.quotient_of_logs"), lambda new, old: np.exp(new / old)),
        (t("probability_ratio.product"), lambda new, old: np.exp(new + old)),
        (t("probability_ratio.difference"), lambda new, old: np.exp(new) - np.exp(old)),
        (t("probability_ratio.new_alone"), lambda new, old: np.exp(new)),
        (t("probability_ratio.minus_one"), lambda new, old: np.exp(new - old) - 1),
        (t("probability_ratio.another_base"), lambda new, old: 10 ** (new - old)),
        (t("probability_ratio.another_base"), lambda new, old: 2 ** (new - old)),
        (t("probability_ratio.clipped"), lambda new, old: np.clip(np.exp(new - old), 0.8, 1.2)),
    ]


def pitfall():
    log_probs = {"log_prob": np.array([-800.0, -1000.0]), "old_log_prob": np.array([-801.0, -1000.0])}
    return log_probs, t("probability_ratio.divides_zeros")


def hints():
    return (t("probability_ratio.hint_1"), t("probability_ratio.hint_2"), t("probability_ratio.hint_3"))


EXERCISE = FunctionExercise(
    solution=probability_ratio, expected=objective.probability_ratio, cases=cases,
    mistakes=mistakes, pitfall=pitfall, hints=hints, samplewise=True,
)  # fmt: skip
