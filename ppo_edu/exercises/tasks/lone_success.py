"""Predict: the advantage of the only right answer among eight."""

from ppo_edu.exercises.kinds import NumberExercise

# (1 - 1/8) / sqrt(1/8 x 7/8) is the root of 7; without the division, 7/8; from the others' mean, 1.
EXERCISE = NumberExercise(
    name="lone_success",
    right=2.65,
    mistakes={
        0.875: "no_std",
        1: "others",
        2.47: "sample_std",
        7: "squared",
        0: "nothing",
        -0.38: "wrong_one",
    },
    tolerance=0.011,
)
