"""Predict: where does a ratio come to rest that nothing but its own sample and momentum move?"""

from ppo_edu.exercises.kinds import NumberExercise

# r is the parameter itself, A = 1: v <- 0.5 v + 1 where a gradient passes and v <- 0.5 v where none does,
# r <- r + 0.1 v. From 1.0 it goes to 1.1 and 1.25; from there on it only rolls out, by 0.075 + 0.0375 + ...
LEARNING_RATE, MOMENTUM, EPSILON = 0.1, 0.5, 0.2

EXERCISE = NumberExercise(
    name="leaving_the_range",
    right=1.4,
    mistakes={
        1.2: "held",
        1.25: "stops_at_once",
        1.0: "set_back",
        1.1: "one_step",
        1.325: "one_more",
        1.3: "no_momentum",
        1.3625: "two_more",
        1.375: "two_more",
    },
    tolerance=0.004,
)
