"""Predict: does clipping keep a ratio inside the clip range?"""

from ppo_edu.exercises.kinds import ChoiceExercise

EXERCISE = ChoiceExercise(name="leaving_the_range", right="c")
