"""Lesson 04, predict: which of the two masks does a time limit set?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("time_limit.right"),
        "b": t("time_limit.as_terminated"),
        "c": t("time_limit.as_nothing"),
        "d": t("time_limit.swapped"),
    }


def hints():
    return (t("time_limit.hint_1"), t("time_limit.hint_2"), t("time_limit.hint_3"))


EXERCISE = ChoiceExercise(name="time_limit", right="a", replies=replies, hints=hints)
