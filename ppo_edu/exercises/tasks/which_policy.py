"""Work out one token's term of an objective that names three other policies than the present one."""

from math import exp

from ppo_edu.exercises.kinds import NumberExercise

# Log-probabilities of the token: the reference's, at its sampling, before the last step, and now.
REFERENCE, OLD, BEFORE, NOW = -2.0, -1.2, -1.0, -0.8
ADVANTAGE, EPSILON, BETA = -1, 0.2, 0.5


def _k3(log_ratio):
    return exp(-log_ratio) - 1 + log_ratio


# As A < 0 and no ratio is below 1 - epsilon, the min is rA.
_ratio, _penalty = exp(NOW - OLD), BETA * _k3(NOW - REFERENCE)

EXERCISE = NumberExercise(
    name="which_policy",
    right=round(-_ratio - _penalty, 4),
    mistakes={
        -exp(NOW - REFERENCE) - _penalty: "reference_in_ratio",
        -exp(NOW - REFERENCE) - BETA * _k3(NOW - OLD): "exchanged",
        -exp(NOW - BEFORE) - _penalty: "last_step_in_ratio",
        -1 - _penalty: "always_one",
        -_ratio - BETA * _k3(NOW - OLD): "no_reference_in_kl",
        -_ratio - BETA * _k3(NOW - BEFORE): "no_reference_in_kl",
        -_ratio: "no_kl",
        -_ratio + _penalty: "kl_added",
        -_ratio - BETA * (NOW - REFERENCE): "another_estimate",
        -_ratio - BETA * (NOW - REFERENCE) ** 2 / 2: "another_estimate",
        -_ratio - BETA * _k3(REFERENCE - NOW): "kl_upside_down",
        -(1 + EPSILON) - _penalty: "no_min",
        -(1 - EPSILON) - _penalty: "ratio_upside_down",
        -1 / _ratio - _penalty: "ratio_upside_down",
        _ratio + _penalty: "loss",
    },
    tolerance=0.004,
)
