"""How good was each action? TD errors and generalized advantage estimation (GAE), in plain NumPy.

Shapes: ``T`` steps in time order, or ``(T, N)`` for N environments side by side.

References
----------
Schulman et al. (2016), High-Dimensional Continuous Control Using Generalized Advantage Estimation,
https://arxiv.org/abs/1506.02438
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ppo_edu.guards.validation import as_mask, check_no_nan, check_number, check_same_shape, float_array
from ppo_edu.language import t


def td_errors(
    rewards: ArrayLike, values: ArrayLike, next_values: ArrayLike, terminated: ArrayLike, gamma: float
) -> NDArray[np.floating[Any]]:
    r"""Return how much better each step went than the critic had foretold.

    .. math:: \delta_t = r_t + \gamma\,(1 - \mathrm{terminated}_t)\,V(s_{t+1}) - V(s_t)

    Parameters
    ----------
    rewards, values, next_values : array, (T,) or (T, N)
        ``next_values[t]`` is V of the state really reached by step t, also at an episode's end (not of the
        state that a reset put in its place). It is not used where `terminated` is True.
    terminated : array of bool, (T,) or (T, N)
        True where the episode ended by the task's own rules: nothing follows, so nothing is bootstrapped.
    gamma : float
        Discount in [0, 1].

    Returns
    -------
    array, (T,) or (T, N)

    Raises
    ------
    ValueError
        If the shapes differ or are not (T,) or (T, N), an entry is NaN, or `gamma` is out of range.

    Examples
    --------
    >>> td_errors([1.0, 1.0], [0.5, 0.5], [0.5, 9.0], [False, True], gamma=1.0).tolist()
    [1.0, 0.5]
    """
    gamma = check_number("gamma", gamma, at_least=0, at_most=1)
    rewards, values, next_values = (
        float_array(name, value)
        for name, value in (("rewards", rewards), ("values", values), ("next_values", next_values))
    )
    terminated = as_mask("terminated", terminated)
    check_same_shape(rewards=rewards, values=values, next_values=next_values, terminated=terminated)
    if rewards.ndim not in (1, 2):
        raise ValueError(t("error.not_steps", name="rewards", shape=rewards.shape))
    next_values = np.where(terminated, rewards.dtype.type(0), next_values)
    check_no_nan(rewards=rewards, values=values, next_values=next_values)
    return rewards + gamma * next_values - values


def gae(
    rewards: ArrayLike,
    values: ArrayLike,
    next_values: ArrayLike,
    terminated: ArrayLike,
    truncated: ArrayLike,
    gamma: float,
    lam: float,
) -> NDArray[np.floating[Any]]:
    r"""Return the generalized advantage estimate of each step (eq. 16 of the paper), by its recursion.

    .. math:: A_t = \delta_t + \gamma\lambda\,(1 - \mathrm{ended}_t)\,A_{t+1},
              \qquad \mathrm{ended} = \mathrm{terminated} \lor \mathrm{truncated}

    `terminated` removes the bootstrap from delta, because no reward follows. `terminated` or `truncated`
    ends the sum, because the next row belongs to another episode. Truncation alone (a time limit) keeps
    the bootstrap: the task would have gone on.

    Parameters
    ----------
    rewards, values, next_values, terminated, gamma
        As for `td_errors`.
    truncated : array of bool, (T,) or (T, N)
        True where the episode was cut off from outside.
    lam : float
        GAE's lambda in [0, 1]: 0 gives the TD error, 1 the Monte Carlo return minus the value.

    Returns
    -------
    advantages : array, (T,) or (T, N)

    Raises
    ------
    ValueError
        As `td_errors`, and if `lam` is out of range.

    Examples
    --------
    >>> gae([1, 1, 1], [0, 0, 0], [0, 0, 0], [False, False, True], [False] * 3, gamma=1.0, lam=0.5).tolist()
    [1.75, 1.5, 1.0]
    """
    gamma = check_number("gamma", gamma, at_least=0, at_most=1)
    lam = check_number("lam", lam, at_least=0, at_most=1)
    deltas = td_errors(rewards, values, next_values, terminated, gamma)
    truncated = as_mask("truncated", truncated)
    check_same_shape(rewards=deltas, truncated=truncated)
    goes_on = ~(as_mask("terminated", terminated) | truncated)
    advantages = np.empty_like(deltas)
    following = np.zeros_like(deltas[:1].sum(axis=0))
    for step in reversed(range(len(deltas))):
        following = deltas[step] + gamma * lam * goes_on[step] * following
        advantages[step] = following
    return advantages
