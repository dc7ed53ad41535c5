"""Read a minibatch: which of its rows still pass a gradient?"""

import itertools

from ppo_edu.exercises.kinds import PickExercise

EPSILON = 0.1
# Ratio and advantage of each row.
ROWS = {
    "a": (1.15, 0.5),
    "b": (0.70, 2.0),
    "c": (1.00, -1.0),
    "d": (0.85, -0.3),
    "e": (1.40, -0.1),
    "f": (0.95, 0.0),
    "g": (1.05, 3.0),
    "h": (0.60, -2.0),
}
LETTERS, RIGHT = "".join(ROWS), "bceg"


def _rows(passes):
    return "".join(letter for letter, (ratio, advantage) in ROWS.items() if passes(ratio, advantage))


def _clipped(ratio, advantage, epsilon=EPSILON):
    return (advantage > 0 and ratio > 1 + epsilon) or (advantage < 0 and ratio < 1 - epsilon)


# Whole ideas that somebody may have, each with the rows that it picks, with the row of A = 0 and without.
IDEAS = {
    "those_without": _clipped,
    "no_min": lambda ratio, _: abs(ratio - 1) <= EPSILON,
    "outside": lambda ratio, _: abs(ratio - 1) > EPSILON,
    "other_epsilon": lambda ratio, advantage: not _clipped(ratio, advantage, 0.2),
    "not_mirrored": lambda ratio, _: ratio <= 1 + EPSILON,
    "mirrored": lambda ratio, _: ratio >= 1 - EPSILON,
    "max_for_min": lambda ratio, advantage: not _clipped(ratio, -advantage),
    "no_clip": lambda *_: True,
    "good_only": lambda ratio, advantage: advantage > 0 and not _clipped(ratio, advantage),
    "bad_only": lambda ratio, advantage: advantage < 0 and not _clipped(ratio, advantage),
    "good": lambda _, advantage: advantage > 0,
    "bad": lambda _, advantage: advantage < 0,
}
# Otherwise, what is said of the first row that is picked or left out wrongly.
ABOUT = {
    "a": "row_above",
    "d": "row_below",
    "h": "row_below",
    "b": "row_way_back",
    "e": "row_way_back",
    "c": "row_inside",
    "g": "row_inside",
    "f": "row_of_zero",
}


def reply(picked):
    """Return the key of what is said to a wrong choice: the idea behind it or else its first wrong row."""
    for key, passes in IDEAS.items():
        rows = _rows(passes)
        if picked in (rows, rows.replace("f", ""), "".join(sorted({*rows, "f"}))) and picked != RIGHT:
            return "row_of_zero" if set(picked) == {*RIGHT, "f"} else key
    return next(key for letter, key in ABOUT.items() if (letter in picked) != (letter in RIGHT))


EXERCISE = PickExercise(
    name="gradient_cases",
    letters=LETTERS,
    right=RIGHT,
    mistakes={
        "".join(picked): reply("".join(picked))
        for count in range(1, len(LETTERS) + 1)
        for picked in itertools.combinations(LETTERS, count)
        if "".join(picked) != RIGHT
    },
)
