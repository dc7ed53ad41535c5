"""Lesson 04: the TD error of each step."""

import numpy as np

from ppo_edu import advantage
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def td_errors(rewards, values, next_values, terminated, gamma):
    return rewards + gamma * next_values * (1 - terminated) - values


def cases():
    return [
        # The last step is cut off by a time limit: next_values[3] is the value of a state not in `values`.
        {"rewards": np.array([1.0, 2.0, -1.0, 0.5]), "values": np.array([3.0, 0.7, 5.0, 2.0]),
         "next_values": np.array([0.7, 5.0, 2.0, 9.0]), "terminated": np.array([False, False, False, False]),
         "gamma": 0.9},
        {"rewards": np.array([1.0, 2.0, -1.0, 0.5]), "values": np.array([3.0, 0.7, 5.0, 2.0]),
         "next_values": np.array([0.7, 4.0, 2.0, 9.0]), "terminated": np.array([False, True, False, True]),
         "gamma": 0.5},
    ]


def mistakes():
    def later(column):
        return np.append(column[1:], 0).astype(column.dtype)

    def earlier(column):
        return np.append(0, column[:-1]).astype(column.dtype)

    return [
        (t("td_errors.bootstraps_through_end"), lambda r, v, n, end, gamma: r + gamma * n - v),
        (t("td_errors.mask_inverted"), lambda r, v, n, end, gamma: r + gamma * n * end - v),
        (t("td_errors.no_gamma"), lambda r, v, n, end, gamma: r + n * ~end - v),
        (t("td_errors.wrong_sign"), lambda r, v, n, end, gamma: v - (r + gamma * n * ~end)),
        (t("td_errors.target"), lambda r, v, n, end, gamma: r + gamma * n * ~end),
        (t("td_errors.no_reward"), lambda r, v, n, end, gamma: gamma * n * ~end - v),
        (t("td_errors.masks_all"), lambda r, v, n, end, gamma: (r + gamma * n - v) * ~end),
        (t("td_errors.masks_value"), lambda r, v, n, end, gamma: r + (gamma * n - v) * ~end),
        (t("td_errors.masks_reward"), lambda r, v, n, end, gamma: (r + gamma * n) * ~end - v),
        (t("td_errors.values_swapped"), lambda r, v, n, end, gamma: r + gamma * v * ~end - n),
        (t("td_errors.gamma_on_value"), lambda r, v, n, end, gamma: r + n * ~end - gamma * v),
        (t("td_errors.gamma_on_all"), lambda r, v, n, end, gamma: r + gamma * (n * ~end - v)),
        (t("td_errors.shifts_values"), lambda r, v, n, end, gamma: r + gamma * later(v) * ~end - v),
        (t("td_errors.shifts_values"), lambda r, v, n, end, gamma: r + gamma * np.roll(v, -1) * ~end - v),
        (t("td_errors.off_by_one"), lambda r, v, n, end, gamma: r + gamma * n * ~later(end) - v),
        (t("td_errors.off_by_one"), lambda r, v, n, end, gamma: r + gamma * n * ~earlier(end) - v),
    ]


def hints():
    return (t("td_errors.hint_1"), t("td_errors.hint_2"), t("td_errors.hint_3"))


EXERCISE = FunctionExercise(
    solution=td_errors, expected=advantage.td_errors, cases=cases, mistakes=mistakes, hints=hints
)
