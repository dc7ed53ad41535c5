"""Checks of what a caller passed in: each names the parameter, the value and what is allowed.

The messages come from the catalogues, so a learner reads them in the language of the lesson.
"""

import math
import numbers
import sys

import numpy as np

from ppo_edu.language import t


def check_number(name, value, *, above=None, at_least=None, below=None, at_most=None):
    """Return `value` if it is a finite real number within the given bounds, else raise.

    Raises
    ------
    TypeError
        If `value` is not a real number (a bool does not count as one).
    ValueError
        If `value` is NaN, infinite or out of bounds.
    """
    left = f"({above}" if above is not None else f"[{at_least}" if at_least is not None else "(-inf"
    right = f"{below})" if below is not None else f"{at_most}]" if at_most is not None else "inf)"
    allowed = f"{left}, {right}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise TypeError(t("error.not_a_number", name=name, value=repr(value), allowed=allowed))
    inside = (
        math.isfinite(value)
        and (above is None or value > above)
        and (at_least is None or value >= at_least)
        and (below is None or value < below)
        and (at_most is None or value <= at_most)
    )
    if not inside:
        raise ValueError(t("error.out_of_range", name=name, value=value, allowed=allowed))
    return value


def check_count(name, value, *, at_least=1):
    """Return `value` if it is a whole number of at least `at_least`, else raise TypeError or ValueError."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(t("error.not_a_count", name=name, value=repr(value), at_least=at_least))
    if value < at_least:
        raise ValueError(t("error.not_a_count", name=name, value=value, at_least=at_least))
    return int(value)


def check_counts(name, values, *, at_least=1):
    """Return `values` as a tuple if it holds whole numbers of at least `at_least`, else raise TypeError."""
    whole = isinstance(values, (tuple, list)) and all(
        isinstance(value, numbers.Integral) and not isinstance(value, bool) and value >= at_least
        for value in values)
    if not whole:
        raise TypeError(t("error.not_counts", name=name, value=repr(values), at_least=at_least))
    return tuple(int(value) for value in values)


def check_choice(name, value, choices):
    """Return `value` if it is one of `choices`, else raise ValueError."""
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ValueError(t("error.not_a_choice", name=name, value=repr(value), choices=listed))
    return value


def check_switch(name, value):
    """Return `value` if it is True or False, else raise TypeError."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(t("error.not_a_switch", name=name, value=repr(value)))
    return bool(value)


def check_same_shape(**arrays):
    """Raise ValueError unless all arrays have one shape; scalars (shape ``()``) go with every shape."""
    shapes = {name: tuple(array.shape) for name, array in arrays.items()}
    if len({shape for shape in shapes.values() if shape != ()}) > 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(t("error.shapes_differ", shapes=listed))


def check_no_nan(**arrays):
    """Raise ValueError if one of the arrays (NumPy or torch) holds NaN."""
    for name, array in arrays.items():
        # x != x holds for NaN alone, and both libraries understand it.
        if bool((array != array).any()):
            raise ValueError(t("error.nan", name=name))


def as_arrays(**values):
    """Return the array library of `values`, NumPy or torch, and the values as its float arrays.

    Plain numbers and lists go with either library; a NumPy array beside a torch tensor is an error,
    because one of the two would silently lose its gradient or its device.

    Returns
    -------
    library : module
        ``torch`` if one of the values is a tensor, else ``numpy``.
    arrays : list
        In the order given; integers and booleans become floats.
    """
    torch = sys.modules.get("torch")
    tensors = [value for value in values.values() if torch is not None and isinstance(value, torch.Tensor)]
    if not tensors:
        return np, [float_array(name, value) for name, value in values.items()]
    for name, value in values.items():
        if isinstance(value, np.ndarray) and value.shape != ():
            raise TypeError(t("error.mixed_libraries", name=name, names=", ".join(values)))
    like = next((tensor for tensor in tensors if tensor.is_floating_point()), None)
    dtype = torch.get_default_dtype() if like is None else like.dtype
    arrays = [
        value if isinstance(value, torch.Tensor) and value.is_floating_point()
        else torch.as_tensor(value, dtype=dtype, device=tensors[0].device)
        for value in values.values()
    ]
    return torch, arrays


def float_array(name, value):
    """Return `value` as a NumPy float array (float32 stays float32), or raise TypeError."""
    try:
        array = np.asarray(value)
        return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)
    except (TypeError, ValueError):
        raise TypeError(t("error.not_numeric", name=name, type=type(value).__name__)) from None
