"""Checks of what a caller passed in: each names the parameter, the value and what is allowed.

The messages come from the catalogues, so a learner reads them in the language of the lesson.
"""

import contextlib
import math
import numbers
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ppo_edu.language import t

if TYPE_CHECKING:  # the formulas are there before torch has loaded
    import torch

# What the formulas take and give back in kind.
Values = TypeVar("Values", NDArray[Any], "torch.Tensor", float)
# Where a number comes back, whatever went in.
AnyValues = Union[ArrayLike, "torch.Tensor"]


def check_number(name, value, *, above=None, at_least=None, below=None, at_most=None):
    """Return `value` as an int or a float if it is a finite real number within the given bounds, else raise.

    A number of NumPy's becomes Python's: it would make float64 of float32 arrays that it is multiplied with.

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
    # No fractions: NumPy and torch cannot count with them.
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(t("error.not_a_number", name=name, value=shortened(value), allowed=allowed))
    try:
        number = int(value) if isinstance(value, (int, np.integer)) else float(value)
        finite = math.isfinite(number)
    except OverflowError:  # a whole number beyond all floats
        finite = False
    inside = (
        finite
        and (above is None or number > above)
        and (at_least is None or number >= at_least)
        and (below is None or number < below)
        and (at_most is None or number <= at_most)
    )
    if not inside:
        raise ValueError(t("error.out_of_range", name=name, value=shortened(value), allowed=allowed))
    return number


def check_count(name, value, *, at_least=1, at_most=None):
    """Return `value` if it is a whole number within the given bounds, else raise as `check_number` does."""
    allowed = f"[{at_least}, {'inf)' if at_most is None else f'{at_most}]'}"
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise TypeError(t("error.not_a_count", name=name, value=shortened(value), allowed=allowed))
    if value < at_least or (at_most is not None and value > at_most):
        raise ValueError(t("error.not_a_count", name=name, value=shortened(value), allowed=allowed))
    return int(value)


def check_seed(name, value):
    """Return `value` if it can be a seed of NumPy, torch and Gymnasium: a whole number in [0, 2**63)."""
    return check_count(name, value, at_least=0, at_most=2**63 - 1)


def check_counts(name, values, *, at_least=1, at_most=None, longest=None):
    """Return `values` as a tuple if it is a tuple or list of whole numbers in these bounds, else raise."""
    if not isinstance(values, (tuple, list)) or (longest is not None and len(values) > longest):
        raise TypeError(t("error.not_counts", name=name, value=shortened(values), longest=longest))
    try:
        return tuple(check_count(name, value, at_least=at_least, at_most=at_most) for value in values)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} = {shortened(values)}: {error}") from None


def shortened(value):
    """Return `value` as text on one line, cut where it would fill the screen."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a whole number of more than 4,300 digits, or an object whose repr is broken
        return type(value).__name__
    return text if len(text) <= 80 else f"{text[:80]}..."


def in_words(error):
    """Return the type of `error` and its text on one line, also of an error that fails to tell its text."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"


def check_choice(name, value, choices):
    """Return that of `choices` which `value` equals, else raise ValueError."""
    # An array, or another object that does not simply say whether it equals one of them, may raise.
    with contextlib.suppress(Exception):
        for choice in choices:
            if value is choice or bool(value == choice):
                return choice
    listed = ", ".join(repr(choice) for choice in choices)
    raise ValueError(t("error.not_a_choice", name=name, value=shortened(value), choices=listed))


def check_switch(name, value):
    """Return `value` if it is True or False, else raise TypeError."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(t("error.not_a_switch", name=name, value=shortened(value)))
    return bool(value)


def check_listed(name, value):
    """Return a list of what is in `value`, an array, a tuple or the like; of a text, raise TypeError."""
    with contextlib.suppress(Exception):
        if not isinstance(value, (str, bytes)):
            return list(value)
    raise TypeError(t("error.wrong_type", name=name, expected="list", type=type(value).__name__))


def check_kind(name, value, kind, where=""):
    """Return `value` if it is an instance of `kind`, else raise TypeError; `where` says what returns one."""
    if not isinstance(value, kind):
        expected = f"{kind.__name__} ({where})" if where else kind.__name__
        raise TypeError(t("error.wrong_type", name=name, expected=expected, type=type(value).__name__))
    return value


def check_callable(name, value):
    """Return `value` if it can be called, else raise TypeError."""
    if not callable(value):
        raise TypeError(t("error.not_callable", name=name, value=shortened(value)))
    return value


def check_table(name, value, like):
    """Return `value` as a dict of arrays with all the keys of the dict `like`, or raise."""
    check_kind(name, value, Mapping)
    if missing := sorted(like.keys() - value.keys()):
        raise ValueError(t("error.lacks_keys", name=name, missing=", ".join(missing)))
    return {**value, **{key: np.asarray(value[key]) for key in like}}


def check_generator(name, value):
    """Return `value` if it is a torch.Generator or None, else raise TypeError."""
    torch = sys.modules.get("torch")
    if value is not None and not (torch is not None and isinstance(value, torch.Generator)):
        raise TypeError(t("error.no_generator", name=name, value=shortened(value)))
    return value


def keep_checked(settings, check, *names, **bounds):
    """Check fields of the frozen `settings` by `check`, and keep what it returns in their place.

    So they hold Python's own numbers and texts, which a file can hold, and which leave float32 as it is.
    """
    for name in names:
        object.__setattr__(settings, name, check(name, getattr(settings, name), **bounds))


def check_path(name, value):
    """Return `value` as a `Path` if it can be one, else raise TypeError or ValueError."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(t("error.no_path", name=name, value=shortened(value)))
    path = os.fspath(value)
    if not isinstance(path, str) or not path or "\0" in path:
        raise ValueError(t("error.no_path", name=name, value=shortened(value)))
    return Path(path)


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
    return torch, [
        _float_tensor(name, value, torch, dtype, tensors[0].device) for name, value in values.items()
    ]


def _float_tensor(name, value, torch, dtype, device):
    if not isinstance(value, torch.Tensor):
        return torch.as_tensor(float_array(name, value).astype(np.float64), dtype=dtype, device=device)
    if value.is_complex() or value.is_quantized or value.is_meta or value.layout != torch.strided:
        raise TypeError(t("error.not_numeric", name=name, type=type(value).__name__))
    return value if value.is_floating_point() else value.to(dtype)


def float_array(name, value):
    """Return `value` as a NumPy float array (float32 stays float32), or raise TypeError."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        if value.requires_grad:
            raise TypeError(t("error.with_gradient", name=name))
        # NumPy knows neither bfloat16 nor views that are still to be negated.
        value = (value.float() if value.dtype == torch.bfloat16 else value).resolve_neg()
    with contextlib.suppress(Exception):  # whatever the object's own `__array__` raises
        array = np.asarray(value)
        if array.dtype.kind == "f":
            return array
        if array.dtype.kind in "iub":
            return array.astype(np.float64)
        if (
            array.dtype.kind == "O"
        ):  # fractions, and whole numbers beyond 64 bits; NumPy would take None for NaN
            return np.array([float(each) for each in array.flat]).reshape(array.shape)
    raise TypeError(t("error.not_numeric", name=name, type=type(value).__name__))


def float_row(name, value):
    """Return `value` as a NumPy float array (K,) with K >= 1, or raise TypeError or ValueError."""
    row = float_array(name, value)
    check_no_nan(**{name: row})
    if row.ndim != 1:
        raise ValueError(t("error.not_in_a_row", name=name, shape=row.shape))
    check_not_empty(**{name: row})
    return row


def as_mask(name, value):
    """Return `value`, True and False or 1 and 0, as an array of bool, or raise TypeError or ValueError."""
    if isinstance(value, np.ndarray) and value.dtype == bool:
        return value
    mask = float_array(name, value)
    if not np.isin(mask, (0, 1)).all():
        raise ValueError(t("error.not_a_mask", name=name))
    return mask.astype(bool)


def check_not_empty(**arrays):
    """Raise ValueError if one of the arrays (NumPy or torch) holds nothing."""
    for name, array in arrays.items():
        if 0 in array.shape:
            raise ValueError(t("error.no_scores", name=name))
