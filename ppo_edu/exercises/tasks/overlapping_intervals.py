"""Predict: where the interval of a difference begins, when the intervals of the two overlap."""

from ppo_edu.exercises.kinds import NumberExercise

# A is 470 +- 18 and B 440 +- 20: they overlap from 452 to 460. The difference is 30, its half-width the root
# of the sum of the two squares, 26.9, if the estimates are about normally distributed and independent.
EXERCISE = NumberExercise(
    name="overlapping_intervals",
    right=round(30 - (18**2 + 20**2) ** 0.5, 1),
    mistakes={
        -8: "added",
        30: "no_interval",
        12: "one_alone",
        10: "one_alone",
        11: "one_alone",
        28: "subtracted",
        32: "subtracted",
        56.9: "upper_end",
        26.9: "half_width",
        0: "overlap",
    },
    tolerance=0.25,
)
