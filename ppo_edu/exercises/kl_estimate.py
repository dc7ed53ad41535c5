"""Lesson 02: an estimate of the KL divergence that is never negative."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.exercises.probability_ratio import cases
from ppo_edu.language import t


def kl_estimate(log_prob, old_log_prob):
    log_ratio = log_prob - old_log_prob
    return ((np.exp(log_ratio) - 1) - log_ratio).mean()


def mistakes():
    return [
        (t("kl_estimate.can_be_negative"), lambda new, old: (old - new).mean()),
        (t("kl_estimate.log_ratio"), lambda new, old: (new - old).mean()),
        (t("kl_estimate.upside_down"), lambda new, old: objective.approx_kl(old, new)),
        (t("kl_estimate.wrong_sign"), lambda new, old: (new - old - np.expm1(new - old)).mean()),
        (t("kl_estimate.plus"), lambda new, old: (np.expm1(new - old) + (new - old)).mean()),
        (t("kl_estimate.no_log"), lambda new, old: np.expm1(new - old).mean()),
        (t("kl_estimate.no_minus_one"), lambda new, old: (np.exp(new - old) - (new - old)).mean()),
        (t("kl_estimate.other_direction"), lambda new, old: (np.exp(new - old) * (new - old)).mean()),
        (t("kl_estimate.squares"), lambda new, old: 0.5 * ((new - old) ** 2).mean()),
        (t("kl_estimate.absolute"), lambda new, old: np.abs(new - old).mean()),
        (t("kl_estimate.mean_first"), lambda new, old: np.expm1((new - old).mean()) - (new - old).mean()),
    ]


def hints():
    return (t("kl_estimate.hint_1"), t("kl_estimate.hint_2"), t("kl_estimate.hint_3"))


EXERCISE = FunctionExercise(
    solution=kl_estimate, expected=objective.approx_kl, cases=cases, mistakes=mistakes, hints=hints
)
