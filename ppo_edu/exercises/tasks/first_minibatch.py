"""Predict: the slope of one sample's objective when an update begins."""

from ppo_edu.exercises.kinds import NumberExercise

# A = 2 and d log pi / d theta = -1.5: r is 1, and dr / d theta = r d log pi / d theta.
EXERCISE = NumberExercise(
    name="first_minibatch",
    right=-3.0,
    mistakes={0: "no_gradient", 2: "value", -1.5: "no_advantage", 3: "wrong_sign", 1: "ratio"},
    tolerance=1e-3,
)
