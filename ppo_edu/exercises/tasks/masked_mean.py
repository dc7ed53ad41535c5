"""The mean over all tokens that are not padding."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language_models import formulas


def masked_mean(terms, valid):
    return (terms * valid).sum() / valid.sum()


def cases():
    rng = np.random.default_rng(5)
    return [_terms(rng, [1, 4, 2], 4), _terms(rng, [3, 5], 6)]


def drawn(rng):
    """Return batches of one answer to a hundred, full of padding or without any."""
    return [
        _terms(rng, rng.integers(1, long + 1, size=count), long)
        for count, long in ((1, 3), (8, 12), (64, 12), (100, 40))
    ]


def _terms(rng, lengths, longest):
    valid = np.arange(longest) < np.array(lengths)[:, None]
    # Padding holds numbers too: nobody has put zeros there.
    return {"terms": rng.uniform(-1, 3, valid.shape), "valid": valid}


def expected(terms, valid):
    return formulas.masked_mean(terms, valid)


def mistakes():
    return [
        ("padding_counts", lambda x, valid: x.mean()),
        ("divided_by_all", lambda x, valid: (x * valid).mean()),
        ("by_answers", lambda x, valid: ((x * valid).sum(1) / valid.sum(1)).mean()),
        ("sum_over_answers", lambda x, valid: (x * valid).sum(1).mean()),
        ("only_divided", lambda x, valid: x.sum() / valid.sum()),
        ("sum", lambda x, valid: (x * valid).sum()),
        ("columns", lambda x, valid: ((x * valid).sum(0) / np.maximum(valid.sum(0), 1)).mean()),
    ]


EXERCISE = FunctionExercise(
    solution=masked_mean, expected=expected, cases=cases, drawn=drawn, mistakes=mistakes
)
