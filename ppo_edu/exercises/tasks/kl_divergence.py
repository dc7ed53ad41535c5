"""TRPO and PPO: the KL divergence between two policies, state by state, from the probabilities."""

import numpy as np

from ppo_edu import objective
from ppo_edu.exercises.kinds import FunctionExercise


def kl_divergence(old_probs, new_probs):
    return (old_probs * np.log(old_probs / new_probs)).sum(axis=-1)


def expected(old_probs, new_probs):
    return objective.categorical_kl(np.log(old_probs), np.log(new_probs))


def cases():
    return [
        {
            "old_probs": np.array([[0.5, 0.5], [0.9, 0.1], [0.3, 0.7]]),
            "new_probs": np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]),
        },
        {
            "old_probs": np.array([[0.2, 0.3, 0.5], [0.98, 0.01, 0.01], [0.25, 0.25, 0.5], [0.1, 0.6, 0.3]]),
            "new_probs": np.array([[0.6, 0.3, 0.1], [0.01, 0.98, 0.01], [0.2, 0.3, 0.5], [0.15, 0.6, 0.25]]),
        },
    ]


def drawn(rng):
    """Return policies of two to hundreds of actions in one state to thousands, even ones and decided ones."""
    shapes = ((1, 2, 1.0), (1, 5, 0.3), (7, 2, 0.2), (40, 10, 3.0), (2000, 2, 0.5), (30, 300, 1.0))
    return [
        {
            name: rng.dirichlet(np.full(actions, even), size=states).clip(1e-12)
            for name in ("old_probs", "new_probs")
        }
        for states, actions, even in shapes
    ]


def mistakes():
    def right(old, new):
        return kl_divergence(old, new)

    return [
        ("other_direction", lambda old, new: right(new, old)),
        ("wrong_sign", lambda old, new: -right(old, new)),
        ("weights_of_new", lambda old, new: -right(new, old)),
        ("no_weights", lambda old, new: np.log(old / new).sum(axis=-1)),
        ("no_weights", lambda old, new: np.log(old / new).mean(axis=-1)),
        ("mean_of_actions", lambda old, new: (old * np.log(old / new)).mean(axis=-1)),
        ("over_states", lambda old, new: (old * np.log(old / new)).sum(axis=0)),
        ("not_summed", lambda old, new: old * np.log(old / new)),
        ("no_log", lambda old, new: (old * old / new).sum(axis=-1)),
        ("another_base", lambda old, new: right(old, new) / np.log(2)),
        ("another_base", lambda old, new: right(old, new) / np.log(10)),
        ("cross_entropy", lambda old, new: -(old * np.log(new)).sum(axis=-1)),
        ("differences", lambda old, new: np.abs(old - new).sum(axis=-1)),
        ("differences", lambda old, new: 0.5 * np.abs(old - new).sum(axis=-1)),
        ("differences", lambda old, new: ((old - new) ** 2).sum(axis=-1)),
    ]


EXERCISE = FunctionExercise(
    solution=kl_divergence, expected=expected, cases=cases, drawn=drawn, mistakes=mistakes
)
