"""How many samples' worth of information is left."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise


def effective_sample_size(ratio):
    return ratio.sum() ** 2 / (ratio**2).sum()


def cases():
    return [
        {"ratio": np.array([2.0, 0.5, 0.25, 1.75])},
        {"ratio": np.array([10.0, 0.1, 0.1])},
        {"ratio": np.array([1.0, 1.0, 1.0, 1.0, 1.0])},
    ]


def drawn(rng):
    """Return ratios of policies from nearly the same to strangers, one sample to a thousand, some 0."""
    made = [{"ratio": np.array([0.37])}, {"ratio": np.array([0.0, 3.0, 0.0, 1.0])}]
    for samples, apart in ((7, 0.05), (64, 0.5), (256, 1.5), (1000, 3.0)):
        # Their mean is 1 under the old policy only: in a sample it is what it is.
        made.append({"ratio": np.exp(apart * rng.standard_normal(samples) - apart**2 / 2)})
    return made


def mistakes():
    right = effective_sample_size
    return [
        ("share", lambda r: r.mean() ** 2 / (r**2).mean()),
        ("outer_square", lambda r: r.sum() / (r**2).sum()),
        ("inner_square", lambda r: r.sum() ** 2 / r.sum()),
        ("always_one", lambda r: r.sum() ** 2 / r.sum() ** 2),
        ("always_one", lambda r: (r**2).sum() / (r**2).sum()),
        ("upside_down", lambda r: (r**2).sum() / r.sum() ** 2),
        ("means_for_sums", lambda r: r.sum() ** 2 / (r**2).mean()),
        ("means_for_sums", lambda r: r.mean() ** 2 / (r**2).sum()),
        ("not_normalised", lambda r: 1 / (r**2).sum()),
        ("not_normalised", lambda r: 1 / (r**2).mean()),
        ("mean_not_one", lambda r: len(r) / (1 + r.var())),
        ("mean_not_one", lambda r: len(r) / (1 + (r.var(ddof=1) if len(r) > 1 else 0.0))),
        ("mean_not_one", lambda r: len(r) / (r**2).mean()),
        ("no_root", lambda r: r.sum() / np.sqrt((r**2).sum())),
        ("entropy", lambda r: np.exp(-np.sum(r / r.sum() * np.log(np.maximum(r / r.sum(), 1e-300))))),
        ("largest", lambda r: r.sum() / r.max()),
        ("larger_than_one", lambda r: np.sum(r >= 1)),
        ("larger_than_one", lambda r: np.sum(r > 1)),
        ("exercise.rounded", lambda r: np.round(right(r))),
        ("exercise.rounded", lambda r: int(right(r))),
        ("exercise.bounded", lambda r: right(np.clip(r, 0.8, 1.2))),
        ("counts", len),
    ]


EXERCISE = FunctionExercise(solution=effective_sample_size, cases=cases, drawn=drawn, mistakes=mistakes)
