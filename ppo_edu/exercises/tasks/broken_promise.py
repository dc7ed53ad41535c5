"""Predict: why does the batch not see that the return has fallen?"""

from ppo_edu.exercises.kinds import ChoiceExercise

EXERCISE = ChoiceExercise(name="broken_promise", right="b")
