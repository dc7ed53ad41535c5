"""PPO's objective: the probability ratio, the clipped surrogate and its variants, and the KL estimate.

Pure functions. Each takes NumPy arrays, torch tensors (and is then differentiable) or plain floats, and the
curve that a slider bends, the number that an exercise checks and the loss that trains all come from here.

References
----------
Schulman et al. (2017), Proximal Policy Optimization Algorithms, https://arxiv.org/abs/1707.06347
"""

from ppo_edu.guards.validation import (
    AnyValues,
    Values,
    as_arrays,
    check_choice,
    check_no_nan,
    check_not_empty,
    check_number,
    check_same_shape,
)
from ppo_edu.language import t

KL_ESTIMATORS = ("k1", "k2", "k3")


def probability_ratio(log_prob: Values, old_log_prob: Values) -> Values:
    r"""Return how much more likely the new policy makes each action than the old one did.

    .. math:: r(\theta) = \frac{\pi_\theta(a|s)}{\pi_{old}(a|s)} = \exp(\log\pi_\theta - \log\pi_{old})

    Parameters
    ----------
    log_prob, old_log_prob : array, tensor or float
        Natural logarithms of the two probabilities (or densities), of one shape.

    Returns
    -------
    array, tensor or float
        Ratios >= 0, in the shape of the inputs.

    Raises
    ------
    ValueError
        If the shapes differ or an entry is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(probability_ratio(np.log(0.6), np.log(0.5))), 6)
    1.2
    """
    library, (log_prob, old_log_prob) = _checked(log_prob=log_prob, old_log_prob=old_log_prob)
    return library.exp(log_prob - old_log_prob)


def clipped_surrogate(
    ratio: Values, advantage: Values | float, epsilon: float, epsilon_high: float | None = None
) -> Values:
    r"""Return PPO's objective for each sample, to be *maximised* (eq. 7 of the paper, before the mean).

    .. math:: \min\bigl(r A,\ \mathrm{clip}(r, 1-\epsilon, 1+\epsilon)\,A\bigr)

    Parameters
    ----------
    ratio, advantage : array, tensor or float
        One shape for both; a float goes with every shape.
    epsilon : float
        Clip range, in (0, 1e6].
    epsilon_high : float, optional
        Clip range above 1, in (0, 1e6], where it is to be another than below 1 (DAPO's "clip-higher").

    Returns
    -------
    array, tensor or float
        The objective in the shape of the inputs: no mean is taken.

    Raises
    ------
    ValueError
        If the shapes differ, an entry is NaN, or `epsilon` or `epsilon_high` is out of range.

    Examples
    --------
    >>> clipped_surrogate([0.5, 1.5], [1.0, 1.0], epsilon=0.2).tolist()
    [0.5, 1.2]
    >>> clipped_surrogate([0.5, 1.5], [-1.0, -1.0], epsilon=0.2).tolist()
    [-0.8, -1.5]
    >>> clipped_surrogate([0.5, 1.5], [1.0, 1.0], epsilon=0.2, epsilon_high=0.25).tolist()
    [0.5, 1.25]
    """
    library, (ratio, advantage) = _checked(ratio=ratio, advantage=advantage)
    return library.minimum(ratio * advantage, _clip(library, ratio, epsilon, epsilon_high) * advantage)


def clipped_without_min(ratio: Values, advantage: Values | float, epsilon: float) -> Values:
    r"""Return ``clip(r, 1-eps, 1+eps) * A``: the clipped half of `clipped_surrogate`, without the min.

    Not what PPO uses. It exists to show what goes wrong without the min. Parameters, shapes and errors are
    those of `clipped_surrogate`.

    Examples
    --------
    >>> clipped_without_min([0.5, 1.5], [-1.0, -1.0], epsilon=0.2).tolist()
    [-0.8, -1.2]
    """
    library, (ratio, advantage) = _checked(ratio=ratio, advantage=advantage)
    return _clip(library, ratio, epsilon) * advantage


def unclipped_surrogate(ratio: Values, advantage: Values | float) -> Values:
    r"""Return ``r * A``, the conservative policy iteration objective (eq. 6 of the paper), for each sample.

    Parameters, shapes and errors are those of `clipped_surrogate`.

    Examples
    --------
    >>> unclipped_surrogate([0.5, 1.5], [-1.0, -1.0]).tolist()
    [-0.5, -1.5]
    """
    _, (ratio, advantage) = _checked(ratio=ratio, advantage=advantage)
    return ratio * advantage


def clip_fraction(ratio: AnyValues, epsilon: float, epsilon_high: float | None = None) -> float:
    r"""Return the fraction of ratios outside ``[1-eps, 1+eps]``, a float in [0, 1].

    With `epsilon_high`, outside ``[1-epsilon, 1+epsilon_high]``. Whether a gradient still flows there is
    another question, which takes the advantage to answer: `no_gradient_fraction`.

    Examples
    --------
    >>> clip_fraction([0.5, 0.9, 1.0, 1.5], epsilon=0.2)
    0.5
    >>> clip_fraction([0.5, 0.9, 1.0, 1.5], epsilon=0.2, epsilon_high=0.6)
    0.25
    """
    library, (ratio,) = _checked(ratio=ratio)
    return _share(library, ratio != _clip(library, ratio, epsilon, epsilon_high))


def no_gradient(
    ratio: AnyValues, advantage: AnyValues | float, epsilon: float, epsilon_high: float | None = None
) -> AnyValues:
    r"""Return for which samples the clipped surrogate holds the gradient back, True or False each.

    That is ``r > 1 + epsilon_high`` where A > 0, and ``r < 1 - epsilon`` where A < 0: outside the range, and
    on the side to which the advantage pulls. A ratio outside on the other side is pulled back.

    Parameters, shapes and errors are those of `clipped_surrogate`.

    Examples
    --------
    >>> no_gradient([0.5, 1.5, 0.5, 1.5], [1.0, 1.0, -1.0, -1.0], epsilon=0.2).tolist()
    [False, True, True, False]
    """
    library, (ratio, advantage) = _checked(ratio=ratio, advantage=advantage)
    near = _clip(library, ratio, epsilon, epsilon_high)
    return (ratio - near) * advantage > 0


def no_gradient_fraction(
    ratio: AnyValues, advantage: AnyValues | float, epsilon: float, epsilon_high: float | None = None
) -> float:
    r"""Return the fraction of samples of which `no_gradient` is true, a float in [0, 1].

    Never above `clip_fraction`.

    Examples
    --------
    >>> no_gradient_fraction([0.5, 1.5, 1.0, 1.5], [1.0, 1.0, 1.0, -1.0], epsilon=0.2)
    0.25
    """
    library, (ratio, advantage) = _checked(ratio=ratio, advantage=advantage)
    return _share(library, no_gradient(ratio, advantage, epsilon, epsilon_high))


def kl_terms(log_prob: Values, old_log_prob: Values, estimator: str = "k3") -> Values:
    r"""Return a term for each sample; their mean estimates KL(old || new), from the old one's actions.

    .. math:: k_1 = -\log r, \qquad k_2 = \tfrac12 (\log r)^2, \qquad k_3 = (r - 1) - \log r

    with ``r = exp(log_prob - old_log_prob)``. The mean of k1 and of k3 is KL itself; that of k2 is near to it
    where the two are close. k2 and k3 are >= 0, term by term. Each is differentiable in either argument, and
    as *losses* they differ more than as numbers: see the derivative in the first argument, -1, log r, r - 1.

    The KL from a policy to its reference, KL(policy || reference), is ``kl_terms(ref_log_prob, log_prob)``:
    the actions are the policy's, so it stands in the place of the old one.

    Parameters
    ----------
    log_prob, old_log_prob : array, tensor or float
        Natural logarithms of probabilities of the actions drawn, of one shape.
    estimator : {"k1", "k2", "k3"}

    Returns
    -------
    array, tensor or float
        In nats, in the shape of the inputs: no mean is taken.

    Raises
    ------
    ValueError
        If the shapes differ, an entry is NaN or there is no such estimator.

    References
    ----------
    J. Schulman (2020), Approximating KL Divergence, http://joschu.net/blog/kl-approx.html

    Examples
    --------
    >>> import numpy as np
    >>> [round(float(kl_terms(np.log(0.25), np.log(0.5), k)), 4) for k in ("k1", "k2", "k3")]
    [0.6931, 0.2402, 0.1931]
    """
    estimator = check_choice("estimator", estimator, KL_ESTIMATORS)
    library, (log_prob, old_log_prob) = _checked(log_prob=log_prob, old_log_prob=old_log_prob)
    log_ratio = log_prob - old_log_prob
    if estimator == "k1":
        return -log_ratio
    if estimator == "k2":
        return log_ratio * log_ratio / 2
    # expm1 keeps the digits where r is near 1.
    return library.expm1(log_ratio) - log_ratio


def approx_kl(log_prob: AnyValues, old_log_prob: AnyValues) -> float:
    r"""Return an estimate >= 0 of KL(old || new), from actions drawn by the old policy.

    .. math:: \mathrm{mean}\bigl((r - 1) - \log r\bigr)

    The mean of `kl_terms` "k3". Each term is >= 0, where the plain estimate ``mean(-log r)``, of k1, can come
    out negative; both have the same expectation. No gradient flows: it is a number to look at. Errors are
    those of `kl_terms`, and a ValueError if there are no samples.

    Examples
    --------
    >>> approx_kl([0.0, 0.0], [0.0, 0.0])
    0.0
    """
    _, (log_prob, old_log_prob) = _checked(log_prob=log_prob, old_log_prob=old_log_prob)
    # Rounding may still leave a last-digit negative.
    check_not_empty(log_prob=log_prob, old_log_prob=old_log_prob)
    mean = kl_terms(log_prob, old_log_prob).mean()
    return max(mean.item(), 0.0)


def categorical_kl(log_probs, new_log_probs):
    r"""Return KL(old || new), exactly, for two choices of one out of K.

    .. math:: \mathrm{KL}(p\,\|\,q) = \sum_k p_k\,(\log p_k - \log q_k)

    Parameters
    ----------
    log_probs, new_log_probs : array or tensor, (..., K)
        Natural logarithms of the probabilities, of one shape; each row's probabilities add up to 1.

    Returns
    -------
    array or tensor, (...)
        In nats, >= 0. An outcome that the old one rules out adds nothing; one that only the new one rules out
        makes it infinite.

    Raises
    ------
    ValueError
        If the shapes differ or an entry is NaN.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(categorical_kl(np.log([0.5, 0.5]), np.log([0.9, 0.1]))), 4)
    0.5108
    >>> round(float(categorical_kl(np.log([0.9, 0.1]), np.log([0.5, 0.5]))), 4)
    0.3681
    """
    library, (log_probs, new_log_probs) = _checked(log_probs=log_probs, new_log_probs=new_log_probs)
    if not log_probs.shape or not new_log_probs.shape:
        raise ValueError(t("error.no_choices", name="log_probs, new_log_probs"))
    probs = library.exp(log_probs)
    # 0 log 0 counts as 0: without the mask, -inf - -inf would make it NaN.
    difference = library.where(probs > 0, log_probs, 0.0) - library.where(probs > 0, new_log_probs, 0.0)
    return (probs * difference).sum(-1)


def gaussian_kl(mean, std, new_mean, new_std):
    r"""Return KL(old || new), exactly, for two Gaussians in one dimension.

    .. math:: \log\frac{\sigma_{new}}{\sigma}
              + \frac{\sigma^2 + (\mu - \mu_{new})^2}{2\sigma_{new}^2} - \frac12

    Parameters
    ----------
    mean, new_mean : array, tensor or float
    std, new_std : array, tensor or float
        Standard deviations > 0; all four of one shape, a float goes with every shape.

    Returns
    -------
    array, tensor or float
        In nats, >= 0, in the shape of the inputs. The entries of a diagonal Gaussian add up.

    Raises
    ------
    ValueError
        If the shapes differ, an entry is NaN or a standard deviation is not above 0.

    Examples
    --------
    >>> float(gaussian_kl(0.0, 1.0, 1.0, 1.0)), float(gaussian_kl(0.0, 0.1, 1.0, 0.1))
    (0.5, 50.0)
    """
    library, (mean, std, new_mean, new_std) = _checked(mean=mean, std=std, new_mean=new_mean, new_std=new_std)
    for name, value in (("std", std), ("new_std", new_std)):
        if 0 not in value.shape:
            check_number(name, value.min().item(), above=0)
    shift = (mean - new_mean) / new_std
    scale = std / new_std
    return (scale * scale + shift * shift - 1) / 2 - library.log(scale)


def _checked(**values):
    library, arrays = as_arrays(**values)
    named = dict(zip(values, arrays, strict=True))
    check_same_shape(**named)
    check_no_nan(**named)
    return library, arrays


def _clip(library, ratio, epsilon, epsilon_high=None):
    epsilon = check_number("epsilon", epsilon, above=0, at_most=1e6)
    if epsilon_high is None:
        epsilon_high = epsilon
    epsilon_high = check_number("epsilon_high", epsilon_high, above=0, at_most=1e6)
    largest = float(library.finfo(ratio.dtype).max)  # half precision ends below the largest epsilon
    return library.clip(ratio, max(1 - epsilon, -largest), min(1 + epsilon_high, largest))


def _share(library, chosen):
    """Return how many of `chosen`, an array of truth values, are true, a float in [0, 1]."""
    return float(chosen.sum()) / max(chosen.size if library.__name__ == "numpy" else chosen.numel(), 1)
