"""Predict: how much of an error of the critic is left in an advantage, between the two ends of lambda?"""

from ppo_edu.exercises.kinds import NumberExercise

# V(s_1) is too high by 10, all else is right. It enters A_0 with + gamma in the first TD error and with
# - gamma lam in the second: what is left is gamma (1 - lam) 10.
ERROR, GAMMA, LAM = 10, 0.9, 0.8

EXERCISE = NumberExercise(
    name="lambda_ends",
    right=1.8,
    mistakes={
        9: "lambda_0",
        0: "lambda_1",
        10: "undiscounted",
        2: "no_gamma",
        7.2: "second_only",
        -7.2: "second_only",
        16.2: "wrong_sign",
        -1.8: "turned",
        8: "turned_lambda",
        1: "no_lambda",
    },
    tolerance=1e-3,
)
