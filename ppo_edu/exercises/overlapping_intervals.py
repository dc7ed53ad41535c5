"""Lesson 06, predict: what do two intervals that overlap tell?"""

from ppo_edu.exercises.kinds import ChoiceExercise
from ppo_edu.language import t


def replies():
    return {
        "a": t("overlapping_intervals.proves_better"),
        "b": t("overlapping_intervals.proves_equal"),
        "c": t("overlapping_intervals.right"),
        "d": t("overlapping_intervals.pick_seeds"),
    }


def hints():
    return (t("overlapping_intervals.hint_1"), t("overlapping_intervals.hint_2"),
            t("overlapping_intervals.hint_3"))


EXERCISE = ChoiceExercise(name="overlapping_intervals", right="c", replies=replies, hints=hints)
