"""Predict: what comes of a promise when the new policy goes where the old one seldom went?"""

from ppo_edu.exercises.kinds import NumberExercise

# The table of the lesson, from 100 episodes of the old policy, drawn as often as its probabilities say:
# state, points if the episode ends there, rows, advantage, pi_old, pi_new.
EPISODES = 100
ROWS = (
    ("s_0", 5, 90, -0.4, 0.9, 0.2),
    ("s_0", None, 10, 3.6, 0.1, 0.8),
    ("s_1", 10, 9, 1.0, 0.9, 0.25),
    ("s_1", 0, 1, -9.0, 0.1, 0.75),
)
PROMISE = 2.15

# In s_1 the old policy gets 9 and the new one 2.5, in s_0 they get 5.4 and 0.8 * 2.5 + 0.2 * 5.
EXERCISE = NumberExercise(
    name="broken_promise",
    right=-2.4,
    mistakes={
        PROMISE: "promise",
        215: "promise",
        1.955: "promise",
        3: "new_return",
        5.4: "old_return",
        2.4: "wrong_sign",
        2.8: "first_state_alone",
        -0.65: "as_seldom_as_before",
        -3.7: "in_every_episode",
        -5.2: "second_state_alone",
        -6.5: "second_state_alone",
        -240: "all_episodes",
        0: "new_advantages",
    },
    tolerance=0.01,
)
