"""The KL to the reference as a loss has it: k3, from the policy's own tokens."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise


def kl_in_loss(log_prob, ref_log_prob):
    d = ref_log_prob - log_prob
    return (np.exp(d) - 1 - d).mean()


def cases():
    return [
        {"log_prob": np.log([0.6, 0.2, 0.9, 0.3]), "ref_log_prob": np.log([0.5, 0.4, 0.3, 0.3])},
        {"log_prob": np.array([-0.1, -2.0]), "ref_log_prob": np.array([-3.0, -1.0])},
    ]


def drawn(rng):
    """Return tokens of a policy from near its reference to far away from it."""
    made = []
    for samples, apart in ((1, 0.5), (12, 0.05), (300, 0.5), (300, 2.0)):
        log_prob = -rng.exponential(1.0, samples)
        ref = np.minimum(log_prob + apart * rng.standard_normal(samples), 0)
        made.append({"log_prob": log_prob, "ref_log_prob": ref})
    return made


def expected(log_prob, ref_log_prob):
    return objective.kl_terms(ref_log_prob, log_prob, "k3").mean()


def mistakes():
    def of(term):
        return lambda new, ref: term(ref - new).mean()

    return [
        ("upside_down", lambda new, ref: (np.expm1(new - ref) - (new - ref)).mean()),
        ("k1", of(lambda d: -d)),
        ("k1", of(lambda d: d)),
        ("k2", of(lambda d: d**2 / 2)),
        ("plus", of(lambda d: np.expm1(d) + d)),
        ("no_minus_one", of(lambda d: np.exp(d) - d)),
        ("wrong_sign", of(lambda d: d - np.expm1(d))),
        ("no_log", of(np.expm1)),
        ("sum", lambda new, ref: (np.expm1(ref - new) - (ref - new)).sum()),
    ]


EXERCISE = FunctionExercise(
    solution=kl_in_loss,
    expected=expected,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    differentiable=True,
)
