"""Predict: which of the two masks does a time limit set?"""

from ppo_edu.exercises.kinds import ChoiceExercise

EXERCISE = ChoiceExercise(name="time_limit", right="a")
