"""Lesson 02: how many samples' worth of information is left."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def effective_sample_size(ratio):
    return ratio.sum() ** 2 / (ratio**2).sum()


def cases():
    return [
        {"ratio": np.array([2.0, 0.5, 0.25, 1.75])},
        {"ratio": np.array([10.0, 0.1, 0.1])},
        {"ratio": np.array([1.0, 1.0, 1.0, 1.0, 1.0])},
    ]


def mistakes():
    return [
        (t("effective_sample_size.share"), lambda r: r.mean() ** 2 / (r**2).mean()),
        (t("effective_sample_size.outer_square"), lambda r: r.sum() / (r**2).sum()),
        (t("effective_sample_size.inner_square"), lambda r: r.sum() ** 2 / r.sum()),
        (t("effective_sample_size.always_one"), lambda r: r.sum() ** 2 / r.sum() ** 2),
        (t("effective_sample_size.upside_down"), lambda r: (r**2).sum() / r.sum() ** 2),
        (t("effective_sample_size.means_for_sums"), lambda r: r.sum() ** 2 / (r**2).mean()),
        (t("effective_sample_size.means_for_sums"), lambda r: r.mean() ** 2 / (r**2).sum()),
        (t("effective_sample_size.not_normalised"), lambda r: 1 / (r**2).sum()),
        (t("effective_sample_size.mean_not_one"), lambda r: len(r) / (1 + r.var())),
        (t("effective_sample_size.counts"), len),
    ]


def hints():
    return (t("effective_sample_size.hint_1"), t("effective_sample_size.hint_2"),
            t("effective_sample_size.hint_3"))


EXERCISE = FunctionExercise(
    solution=effective_sample_size, cases=cases, mistakes=mistakes, hints=hints
)
