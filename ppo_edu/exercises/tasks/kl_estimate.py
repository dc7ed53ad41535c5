"""An estimate of the KL divergence that is never negative."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.exercises.tasks.probability_ratio import cases, drawn


def kl_estimate(log_prob, old_log_prob):
    log_ratio = log_prob - old_log_prob
    return ((np.exp(log_ratio) - 1) - log_ratio).mean()


def mistakes():
    def terms(new, old):
        return np.expm1(new - old) - (new - old)

    return [
        ("can_be_negative", lambda new, old: (old - new).mean()),
        ("log_ratio", lambda new, old: (new - old).mean()),
        ("upside_down", lambda new, old: objective.approx_kl(old, new)),
        ("wrong_sign", lambda new, old: -terms(new, old).mean()),
        ("plus", lambda new, old: (np.expm1(new - old) + (new - old)).mean()),
        ("no_log", lambda new, old: np.expm1(new - old).mean()),
        ("no_minus_one", lambda new, old: (np.exp(new - old) - (new - old)).mean()),
        ("other_direction", lambda new, old: (np.exp(new - old) * (new - old)).mean()),
        ("other_direction", lambda new, old: (np.exp(new - old) * (new - old) - np.expm1(new - old)).mean()),
        ("squares", lambda new, old: 0.5 * ((new - old) ** 2).mean()),
        ("squares", lambda new, old: ((new - old) ** 2).mean()),
        ("squares", lambda new, old: 0.5 * (np.expm1(new - old) ** 2).mean()),
        ("absolute", lambda new, old: np.abs(new - old).mean()),
        ("absolute", lambda new, old: np.abs((new - old).mean())),
        ("kept_from_negative", lambda new, old: max((old - new).mean(), 0.0)),
        ("mean_first", lambda new, old: np.expm1((new - old).mean()) - (new - old).mean()),
        ("weighted", lambda new, old: (np.exp(new) * (new - old)).mean()),
        ("weighted", lambda new, old: (np.exp(old) * (old - new)).mean()),
        ("weighted", lambda new, old: (np.exp(old) * (old - new)).sum()),
        ("weighted", lambda new, old: (np.exp(new) * (new - old)).sum()),
        ("half", lambda new, old: 0.5 * terms(new, old).mean()),
        ("sum", lambda new, old: terms(new, old).sum()),
        ("median", lambda new, old: np.median(terms(new, old))),
        ("one_less", lambda new, old: terms(new, old).sum() / max(len(new) - 1, 1)),
        ("exercise.bounded", lambda new, old: terms(np.clip(new - old, -5, 5), 0 * old).mean()),
        ("exercise.bounded", lambda new, old: terms(np.clip(new - old, -10, 10), 0 * old).mean()),
    ]


EXERCISE = FunctionExercise(
    solution=kl_estimate,
    expected=objective.approx_kl,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    differentiable=True,
)
