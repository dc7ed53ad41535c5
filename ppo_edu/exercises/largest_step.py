"""Lesson 01: how far to go along a direction until the trust region ends."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def largest_step(direction, fisher_direction, delta):
    return (2 * delta / (direction @ fisher_direction)) ** 0.5 * direction


def cases():
    x, fx = np.array([1.0, -2.0, 0.5]), np.array([0.6, -0.8, 1.2])
    y, fy = np.array([0.3, 0.1, 4.0]), np.array([2.0, -1.0, 0.5])
    return [{"direction": x, "fisher_direction": fx, "delta": 0.01},
            {"direction": y, "fisher_direction": fy, "delta": 0.2}]


def mistakes():
    return [
        (t("largest_step.no_two"), lambda x, fx, delta: np.sqrt(delta / (x @ fx)) * x),
        (t("largest_step.half"), lambda x, fx, delta: np.sqrt(delta / 2 / (x @ fx)) * x),
        (t("largest_step.no_root"), lambda x, fx, delta: 2 * delta / (x @ fx) * x),
        (t("largest_step.upside_down"), lambda x, fx, delta: np.sqrt(x @ fx / (2 * delta)) * x),
        (t("largest_step.length_for_kl"), lambda x, fx, delta: np.sqrt(2 * delta / (x @ x)) * x),
        (t("largest_step.length_for_kl"), lambda x, fx, delta: delta * x / np.sqrt(x @ x)),
        (t("largest_step.factor_alone"), lambda x, fx, delta: np.sqrt(2 * delta / (x @ fx))),
        (t("largest_step.along_the_product"), lambda x, fx, delta: np.sqrt(2 * delta / (x @ fx)) * fx),
        (t("largest_step.product_with_itself"), lambda x, fx, delta: np.sqrt(2 * delta / (fx @ fx)) * x),
        (t("largest_step.entrywise"), lambda x, fx, delta: np.sqrt(2 * delta / np.abs(x * fx)) * x),
        (t("largest_step.wrong_sign"), lambda x, fx, delta: -np.sqrt(2 * delta / (x @ fx)) * x),
        (t("largest_step.delta_as_factor"), lambda x, fx, delta: delta * x),
    ]


def hints():
    return t("largest_step.hint_1"), t("largest_step.hint_2"), t("largest_step.hint_3")


EXERCISE = FunctionExercise(solution=largest_step, cases=cases, mistakes=mistakes, hints=hints)
