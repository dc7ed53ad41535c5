"""Lesson 05, predict: why does PPO throw its data away?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("throwing_away.memory"),
        "b": t("throwing_away.order"),
        "c": t("throwing_away.right"),
        "d": t("throwing_away.clipping_helps"),
    }


def hints():
    return (t("throwing_away.hint_1"), t("throwing_away.hint_2"), t("throwing_away.hint_3"))


EXERCISE = ChoiceExercise(name="throwing_away", right="c", replies=replies, hints=hints)
