"""Read two rows of a batch: the advantage of a step at the time limit."""

from ppo_edu.exercises.kinds import NumberExercise

GAMMA, LAM = 0.9, 0.5
REWARD, VALUE, NEXT_VALUE = 1, 40, 50
# The next row, of another episode.
OTHER_VALUE, OTHER_ADVANTAGE = 30, 16

EXERCISE = NumberExercise(
    name="time_limit",
    right=6,
    mistakes={
        -39: "terminated",
        13.2: "both",
        -31.8: "swapped",
        -12: "value_of_the_next_row",
        -4.8: "value_of_the_next_row",
        11: "no_gamma",
        46: "no_value",
        1: "reward_alone",
        5: "no_reward",
        -13: "wrong_way_round",
        20.4: "no_lambda",
    },
    tolerance=1e-3,
)
