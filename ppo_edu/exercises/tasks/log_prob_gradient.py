"""Which way the logits go to make one action likelier."""

import numpy as np

from ppo_edu import corridor
from ppo_edu.exercises.kinds import FunctionExercise


def log_prob_gradient(logits, action):
    probs = np.exp(logits - logits.max())
    gradient = -probs / probs.sum()
    gradient[action] += 1
    return gradient


def cases():
    return [
        {"logits": np.array([0.5, -1.0, 2.0]), "action": 1},
        # Two actions are equally likely.
        {"logits": np.array([1.0, 1.0, -0.5, 0.0]), "action": 0},
        {"logits": np.array([-0.3, 0.8]), "action": 1},
    ]


def drawn(rng):
    """Return logits of two actions to many, near and far apart, with the first and the last action."""
    made = []
    for actions, size in ((2, 0.01), (2, 5.0), (4, 1.0), (18, 3.0)):
        logits = size * rng.standard_normal(actions) + rng.choice([-2.0, 3.0])
        made += [{"logits": logits, "action": action} for action in (0, actions - 1)]
    return made


def mistakes():
    right = corridor.log_prob_gradient

    def probs(z):
        return np.exp(z - z.max()) / np.exp(z - z.max()).sum()

    def one_hot(z, a):
        return (np.arange(len(z)) == a).astype(float)

    return [
        ("of_the_prob", lambda z, a: probs(z)[a] * right(z, a)),
        ("wrong_sign", lambda z, a: -right(z, a)),
        ("no_chosen", lambda z, a: -probs(z)),
        ("no_chosen", lambda z, a: probs(z)),
        ("no_probs", one_hot),
        ("chosen_alone", lambda z, a: one_hot(z, a) * right(z, a)),
        ("one_number", lambda z, a: right(z, a)[a]),
        ("log_prob", lambda z, a: np.log(probs(z))[a]),
        ("log_prob", lambda z, a: np.log(probs(z))),
        ("one_over", lambda z, a: one_hot(z, a) / probs(z)),
        ("logits_for_probs", lambda z, a: one_hot(z, a) - z),
        ("sigmoid", lambda z, a: one_hot(z, a) - 1 / (1 + np.exp(-z))),
        ("plus", lambda z, a: one_hot(z, a) + probs(z)),
        ("chosen_times", lambda z, a: one_hot(z, a) - probs(z)[a]),
        ("uniform", lambda z, a: one_hot(z, a) - 1 / len(z)),
        ("other_action", lambda z, a: right(z, len(z) - 1 - a)),
        ("other_action", lambda z, a: right(z, (a + 1) % len(z))),
        ("other_action", lambda z, a: right(z, a - 1) if a else right(z, len(z) - 1)),
        ("other_action", lambda z, a: right(z, int(np.argmax(z)))),
        ("exercise.absolute", lambda z, a: np.abs(right(z, a))),
    ]


EXERCISE = FunctionExercise(
    solution=log_prob_gradient,
    expected=corridor.log_prob_gradient,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    pitfall=({"logits": np.array([1000.0, 0.0, -1000.0]), "action": 0}, "overflows"),
)
