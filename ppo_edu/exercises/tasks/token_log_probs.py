"""The log-probability of each token of a text, from what the model made of the text before it."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise


def token_log_probs(log_probs, tokens):
    places = np.arange(len(tokens) - 1)
    return log_probs[places, tokens[1:]]


def cases():
    # Three texts over an alphabet of four.
    rng = np.random.default_rng(7)
    return [_text(rng, length, 4) for length in (4, 2, 7)]


def drawn(rng):
    """Return texts from two tokens to a hundred, over alphabets from 3 to 300."""
    return [_text(rng, length, letters) for length, letters in ((2, 3), (15, 14), (100, 300))]


def _text(rng, length, letters):
    scores = 2 * rng.standard_normal((length, letters))
    log_probs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    return {"log_probs": log_probs, "tokens": rng.integers(letters, size=length)}


def mistakes():
    right = token_log_probs
    return [
        ("not_shifted", lambda p, x: p[np.arange(len(x) - 1), x[:-1]]),
        ("not_shifted", lambda p, x: p[np.arange(1, len(x)), x[1:]]),
        ("too_many", lambda p, x: p[np.arange(len(x)), x]),
        ("other_way", lambda p, x: p[np.arange(1, len(x)), x[:-1]]),
        ("most_probable", lambda p, x: p[:-1].max(1)),
        ("probabilities", lambda p, x: np.exp(right(p, x))),
        ("sign", lambda p, x: -right(p, x)),
    ]


EXERCISE = FunctionExercise(solution=token_log_probs, cases=cases, drawn=drawn, mistakes=mistakes)
