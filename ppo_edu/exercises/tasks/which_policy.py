"""Which policy stands in the ratio?"""

from ppo_edu.exercises.kinds import ChoiceExercise

EXERCISE = ChoiceExercise(name="which_policy", right="b")
