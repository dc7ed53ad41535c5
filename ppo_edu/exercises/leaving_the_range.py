"""Lesson 03, predict: does clipping keep a ratio inside the clip range?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("leaving_the_range.never"),
        "b": t("leaving_the_range.cut_back"),
        "c": t("leaving_the_range.right"),
        "d": t("leaving_the_range.wrong_side"),
    }


def hints():
    return (t("leaving_the_range.hint_1"), t("leaving_the_range.hint_2"), t("leaving_the_range.hint_3"))


EXERCISE = ChoiceExercise(name="leaving_the_range", right="c", replies=replies, hints=hints)
