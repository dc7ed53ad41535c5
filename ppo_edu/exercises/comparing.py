"""Comparing what a learner's function gives with what is right, and telling the difference in words.

The tolerance is what a right formula may lose when it is computed in float32: each input is off by 6e-8 of
itself, and sums, powers and differences of a few hundred such numbers by some 1e-5 of the largest result.
"""

import sys

import numpy as np

from ppo_edu.language import t

RELATIVE, ABSOLUTE = 1e-4, 1e-6
OF_THE_LARGEST = 1e-5  # an entry that is nearly 0 among large ones is the rest of a difference of large ones
MOST_DIGITS = 17


class Measured(dict):
    """What a `measure` returns: numbers or arrays, each with the name by which a learner knows it."""


def as_arrays(result):
    """Return a result as a dict of float arrays, with an empty key if it is a single one."""
    if isinstance(result, Measured):
        return {key: as_array(value) for key, value in result.items()}
    return {"": as_array(result)}


def as_array(value):
    """Return numbers in any wrapping as a float array.

    Raises
    ------
    TypeError, ValueError
        If these are no real numbers.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu().numpy()
        elif isinstance(value, (list, tuple)):
            value = [entry.detach().numpy() if isinstance(entry, torch.Tensor) else entry for entry in value]
    array = np.asarray(value)
    # Of the type "object" are arrays of Python's own numbers, too, which are as good as any.
    if array.dtype.kind == "O" and any(isinstance(entry, (str, bytes)) for entry in array.flat):
        raise TypeError("texts")
    if array.dtype.kind not in "fiubO":
        raise TypeError("no real numbers")
    return array.astype(float)


def agree(got, wanted):
    """Return whether two dicts of arrays are the same up to rounding."""
    return got.keys() == wanted.keys() and all(close(got[key], wanted[key]) for key in wanted)


def close(got, wanted):
    """Return whether two arrays have one shape and are the same up to rounding."""
    return got.shape == wanted.shape and bool(entries_close(got, wanted).all())


def entries_close(got, wanted):
    """Return for each entry whether it is the same up to rounding."""
    largest = np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted))
    return np.isclose(got, wanted, RELATIVE, ABSOLUTE + OF_THE_LARGEST * largest, equal_nan=True)


def about_shape(value, right):
    """Return what a wrong shape tells of the mistake, in words."""
    shapes = {"got": value.shape, "right": right.shape}
    if value.shape == () and close(value, right.mean()):
        return t("exercise.mean_returned", **shapes)
    if value.shape == () and close(value, right.sum()):
        return t("exercise.sum_returned", **shapes)
    if value.shape == ():
        return t("exercise.one_number_returned", **shapes)
    if right.shape == ():
        return t("exercise.one_number_wanted", **shapes)
    if value.ndim == 2 and right.ndim == 1 and value.size == right.size**2:
        return t("exercise.broadcast", **shapes)
    return t("exercise.shape", **shapes)


def shown(value, indent=0, digits=4):
    """Return a number or an array as short text; further lines are indented."""
    if callable(value):
        return f"<{value.__name__}>"
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if np.ndim(value) == 0:
        return f"{value:.{digits}g}" if isinstance(value, (float, np.floating, np.ndarray)) else str(value)
    with np.printoptions(precision=digits, suppress=True, threshold=40, edgeitems=6):
        text = np.array2string(np.asarray(value), separator=", ", max_line_width=100)
    return text.replace("\n", "\n" + " " * indent)


def shown_apart(value, right):
    """Return two different values as texts that differ, with as many digits as that takes."""
    if value.ndim and value.size > 40:
        # The texts would leave out the middle: only the first entries that differ are shown.
        first = max(0, int(np.flatnonzero(~entries_close(value, right).ravel())[0]) - 1)
        value, right = (array.ravel()[first : first + 4] for array in (value, right))
    for digits in range(4, MOST_DIGITS + 1):
        texts = shown(value, digits=digits), shown(right, digits=digits)
        if texts[0] != texts[1]:
            break
    return texts
