"""Lesson 01, predict: what does TRPO do when a step comes out longer than the trust region allows?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("outside_the_region.accepts"),
        "b": t("outside_the_region.clips"),
        "c": t("outside_the_region.learning_rate"),
        "d": t("outside_the_region.right"),
    }


def hints():
    return (t("outside_the_region.hint_1"), t("outside_the_region.hint_2"), t("outside_the_region.hint_3"))


EXERCISE = ChoiceExercise(name="outside_the_region", right="d", replies=replies, hints=hints)
