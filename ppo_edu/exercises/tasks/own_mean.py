"""How much of the gradient is left with the mean of the batch itself for a baseline?"""

from ppo_edu.exercises.kinds import NumberExercise

# Each weight is R_i - (R_1 + ... + R_4) / 4. With its own grad log pi, the other three returns have the
# expectation 0, and of its own return three quarters are left.
EXERCISE = NumberExercise(
    name="own_mean",
    right=0.75,
    tolerance=0.005,
    mistakes={
        1.0: "unbiased",
        0.0: "nothing",
        0.25: "taken_off",
        4 / 3: "upside_down",
        3.0: "share",
        0.8: "counts",
    },
)
