"""Lesson 04, predict: what does each end of lambda trust?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("lambda_ends.swapped"),
        "b": t("lambda_ends.mixed_up"),
        "c": t("lambda_ends.zero"),
        "d": t("lambda_ends.right"),
    }


def hints():
    return (t("lambda_ends.hint_1"), t("lambda_ends.hint_2"), t("lambda_ends.hint_3"))


EXERCISE = ChoiceExercise(name="lambda_ends", right="d", replies=replies, hints=hints)
