"""Predict: the advantage of the only right answer among sixteen. (Among eight, the lesson's text tells.)"""

from ppo_edu.exercises.kinds import NumberExercise

# (1 - 1/16) / sqrt(1/16 x 15/16) is the root of 15; without the division, 15/16; from the others' mean, 1.
EXERCISE = NumberExercise(
    name="lone_success",
    right=3.87,
    mistakes={
        0.94: "no_std",
        1: "others",
        3.75: "sample_std",
        16: "variance",
        0: "nothing",
        -0.26: "wrong_one",
        2.65: "of_eight",
    },
    tolerance=0.011,
)
