"""Lesson 03: which of the six cases, sign of A times place of r, pass a gradient?"""

from ppo_edu.exercises.kinds import PickExercise
from ppo_edu.language import t


def mistakes():
    # a b c: A > 0 with r below, inside and above the clip range; d e f: the same for A < 0.
    return {
        "cd": t("gradient_cases.those_without"),
        "be": t("gradient_cases.no_min"),
        "abde": t("gradient_cases.not_mirrored"),
        "bcef": t("gradient_cases.mirrored"),
        "bcde": t("gradient_cases.max_for_min"),
        "abcdef": t("gradient_cases.no_clip"),
        "abc": t("gradient_cases.good_only"),
        "def": t("gradient_cases.bad_only"),
    }


def hints():
    return (t("gradient_cases.hint_1"), t("gradient_cases.hint_2"), t("gradient_cases.hint_3"))


EXERCISE = PickExercise(
    name="gradient_cases", letters="abcdef", right="abef", mistakes=mistakes, hints=hints
)
