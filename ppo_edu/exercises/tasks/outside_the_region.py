"""Read a log: which of the tries of a line search does TRPO take?"""

from ppo_edu.exercises.kinds import NumberExercise

# Share of the step, KL divergence, gain of the surrogate; delta is 0.01. The divergence goes with the square
# of the share; the gain rises at first and turns, as a linear promise with a curved error does.
TRIES = (
    (1.0, 0.0172, -0.0100),
    (0.8, 0.0108, -0.0040),
    (0.64, 0.0069, -0.0006),
    (0.512, 0.0044, 0.0011),
    (0.41, 0.0029, 0.0020),
    (0.328, 0.0018, 0.0022),
)

EXERCISE = NumberExercise(
    name="outside_the_region",
    right=0.512,
    mistakes={
        1: "accepts",
        0.8: "nearly",
        0.64: "gain_forgotten",
        0.41: "on_and_on",
        0.328: "largest_gain",
        0: "none",
    },
    tolerance=0.004,
)
