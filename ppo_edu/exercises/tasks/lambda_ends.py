"""Predict: what does each end of lambda trust?"""

from ppo_edu.exercises.kinds import ChoiceExercise

EXERCISE = ChoiceExercise(name="lambda_ends", right="d")
