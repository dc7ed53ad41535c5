"""What groups of answers add to `ppo_edu.objective`: pure functions for NumPy and PyTorch."""

from ppo_edu.guards.validation import (
    as_arrays,
    as_mask,
    check_choice,
    check_count,
    check_no_nan,
    check_same_shape,
    check_switch,
)
from ppo_edu.language import t
from ppo_edu.language_models.task import ANSWER_LENGTH

MEANS = ("token", "sequence", "constant")


def group_advantages(rewards, group, divide_by_std=True):
    """Return how much better each answer was than its group, as GRPO has it: ``(r - mean) / std``.

    Parameters
    ----------
    rewards : array or tensor, (B,)
        One for each answer; those to one prompt stand together.
    group : int in [1, 65536]
        Answers to each prompt, a divisor of B.
    divide_by_std : bool
        False leaves the division out (Dr. GRPO).

    Returns
    -------
    array or tensor, (B,)
        0 for every answer of a group whose rewards are all alike.

    References
    ----------
    Shao et al. (2024), DeepSeekMath, https://arxiv.org/abs/2402.03300, section 4.1;
    Liu et al. (2025), Understanding R1-Zero-Like Training, https://arxiv.org/abs/2503.20783

    Examples
    --------
    >>> group_advantages([1.0, 0.0, 1.0, 1.0], group=2).round(6).tolist()
    [1.0, -1.0, 0.0, 0.0]
    """
    library, (rewards,) = as_arrays(rewards=rewards)
    check_no_nan(rewards=rewards)
    group = check_count("group", group, at_most=65_536)
    if len(rewards.shape) != 1 or len(rewards) % group:
        raise ValueError(t("lm_error.no_groups", shape=tuple(rewards.shape), group=group))
    groups = rewards.reshape(-1, group)
    centred = groups - groups.mean(1)[:, None]
    if check_switch("divide_by_std", divide_by_std):
        spread = (centred**2).mean(1)[:, None] ** 0.5
        # All alike, but for rounding: dividing by that would make numbers out of nothing.
        centred = library.where(spread > 1e-6, centred / (spread + 1e-8), 0.0)
    return centred.reshape(-1)


def masked_mean(terms, valid, kind="token"):
    """Return the mean of those `terms` that are `valid`.

    Parameters
    ----------
    terms : array or tensor, (B, L)
    valid : array or tensor of bool, (B, L)
        False where an answer is padded; each has one valid token at least.
    kind : {"token", "sequence", "constant"}
        Over all tokens (DAPO); over each answer's, and then over answers (GRPO's paper); or the sum, divided
        by the number of answers and the longest length that there may be (Dr. GRPO).

    Examples
    --------
    >>> import numpy as np
    >>> terms, valid = np.array([[6.0, 0.0], [1.0, 2.0]]), np.array([[True, False], [True, True]])
    >>> float(masked_mean(terms, valid)), float(masked_mean(terms, valid, "sequence"))
    (3.0, 3.75)
    """
    kind = check_choice("kind", kind, MEANS)
    library, (terms,) = as_arrays(terms=terms)
    valid = _mask_beside(library, terms, valid)
    terms = library.where(valid, terms, 0.0)
    if kind == "token":
        return terms.sum() / valid.sum()
    if kind == "sequence":
        return (terms.sum(1) / valid.sum(1)).mean()
    return terms.sum(1).mean() / ANSWER_LENGTH


def _mask_beside(library, terms, valid):
    """Return `valid` as the library's array of bool, or raise if it is no mask for `terms`."""
    if library.__name__ == "numpy" or not hasattr(valid, "numpy"):
        valid = as_mask("valid", valid)
        valid = valid if library.__name__ == "numpy" else library.as_tensor(valid, device=terms.device)
    elif valid.dtype != library.bool:
        valid = library.as_tensor(as_mask("valid", valid), device=terms.device)
    check_same_shape(terms=terms, valid=valid)
    if len(terms.shape) != 2 or len(valid.shape) != 2 or not bool(valid.any(1).all()):
        raise ValueError(t("lm_error.no_tokens", terms=tuple(terms.shape), valid=tuple(valid.shape)))
    return valid
