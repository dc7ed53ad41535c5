"""Pick: which of the six cases, sign of A times place of r, pass a gradient?"""

from ppo_edu.exercises.kinds import PickExercise

# a b c: A > 0 with r below, inside and above the clip range; d e f: the same for A < 0.
EXERCISE = PickExercise(
    name="gradient_cases",
    letters="abcdef",
    right="abef",
    mistakes={
        "cd": "those_without",
        "be": "no_min",
        "abde": "not_mirrored",
        "bcef": "mirrored",
        "bcde": "max_for_min",
        "abcdef": "no_clip",
        "abc": "good_only",
        "def": "bad_only",
    },
)
