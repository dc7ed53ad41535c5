"""Count: how many samples of an old batch still pass a gradient?"""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import NumberExercise

# The table of the lesson: pi_old(a|s) when the batch was collected, pi(a|s) now, the advantage of then.
OLD = np.array([0.5, 0.6, 0.4, 0.5, 0.7, 0.5, 0.3, 0.8])
NOW = np.array([0.95, 0.63, 0.08, 0.91, 0.21, 0.9, 0.06, 0.97])
ADVANTAGE = np.array([1.2, 0.4, -0.9, 0.8, -1.1, -0.3, 0.5, 0.6])
EPSILON = 0.2

RATIO = objective.probability_ratio(np.log(NOW), np.log(OLD))
_flat = ((ADVANTAGE > 0) & (RATIO > 1 + EPSILON)) | ((ADVANTAGE < 0) & (RATIO < 1 - EPSILON))
_inside = np.abs(RATIO - 1) <= EPSILON

EXERCISE = NumberExercise(
    name="throwing_away",
    right=int((~_flat).sum()),
    mistakes={
        int(_inside.sum()): "inside_only",
        int(_flat.sum()): "those_without",
        int((~_inside).sum()): "outside",
        len(RATIO): "all",
        0: "none",
    },
)
