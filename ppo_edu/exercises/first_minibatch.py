"""Lesson 02, predict: what are ratio and gradient when an update begins?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("first_minibatch.no_gradient"),
        "b": t("first_minibatch.right"),
        "c": t("first_minibatch.nearly_one"),
        "d": t("first_minibatch.clipped"),
    }


def hints():
    return (t("first_minibatch.hint_1"), t("first_minibatch.hint_2"), t("first_minibatch.hint_3"))


EXERCISE = ChoiceExercise(name="first_minibatch", right="b", replies=replies, hints=hints)
