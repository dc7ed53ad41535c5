"""TRPO and PPO, predict: why does the batch not see that the return has fallen?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("broken_promise.larger_batch"),
        "b": t("broken_promise.right"),
        "c": t("broken_promise.wrong_gradient"),
        "d": t("broken_promise.chance"),
    }


def hints():
    return (t("broken_promise.hint_1"), t("broken_promise.hint_2"), t("broken_promise.hint_3"))


EXERCISE = ChoiceExercise(name="broken_promise", right="b", replies=replies, hints=hints)
