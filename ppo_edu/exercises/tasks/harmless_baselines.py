"""Which baselines leave the expectation of the gradient as it is?"""

import itertools

from ppo_edu.exercises.kinds import PickExercise

LETTERS, RIGHT = "abcdef", "abdf"


def reply(picked):
    """Return the key of what is said to a wrong choice: to what biases first, then to what is missing."""
    if "e" in picked:
        return "knows_the_action"
    if "c" in picked:
        return "own_episode"
    return next(
        key
        for letter, key in (("a", "constant"), ("b", "state"), ("d", "others"), ("f", "largest"))
        if letter not in picked
    )


EXERCISE = PickExercise(
    name="harmless_baselines",
    letters=LETTERS,
    right=RIGHT,
    mistakes={
        "".join(picked): reply(picked)
        for count in range(1, len(LETTERS) + 1)
        for picked in itertools.combinations(LETTERS, count)
        if "".join(picked) != RIGHT
    },
)
