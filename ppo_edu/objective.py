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
    check_no_nan,
    check_number,
    check_same_shape,
)


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


def clipped_surrogate(ratio: Values, advantage: Values | float, epsilon: float) -> Values:
    r"""Return PPO's objective for each sample, to be *maximised* (eq. 7 of the paper, before the mean).

    .. math:: \min\bigl(r A,\ \mathrm{clip}(r, 1-\epsilon, 1+\epsilon)\,A\bigr)

    Parameters
    ----------
    ratio, advantage : array, tensor or float
        One shape for both; a float goes with every shape.
    epsilon : float
        Clip range, in (0, 1e6].

    Returns
    -------
    array, tensor or float
        The objective in the shape of the inputs: no mean is taken.

    Raises
    ------
    ValueError
        If the shapes differ, an entry is NaN or `epsilon` is out of range.

    Examples
    --------
    >>> clipped_surrogate([0.5, 1.5], [1.0, 1.0], epsilon=0.2).tolist()
    [0.5, 1.2]
    >>> clipped_surrogate([0.5, 1.5], [-1.0, -1.0], epsilon=0.2).tolist()
    [-0.8, -1.5]
    """
    library, (ratio, advantage) = _checked(ratio=ratio, advantage=advantage)
    return library.minimum(ratio * advantage, _clip(library, ratio, epsilon) * advantage)


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


def clip_fraction(ratio: AnyValues, epsilon: float) -> float:
    r"""Return the fraction of ratios outside ``[1-eps, 1+eps]``, a float in [0, 1].

    Examples
    --------
    >>> clip_fraction([0.5, 0.9, 1.0, 1.5], epsilon=0.2)
    0.5
    """
    library, (ratio,) = _checked(ratio=ratio)
    outside = ratio != _clip(library, ratio, epsilon)
    return float(outside.sum()) / max(outside.size if library.__name__ == "numpy" else outside.numel(), 1)


def approx_kl(log_prob: AnyValues, old_log_prob: AnyValues) -> float:
    r"""Return an estimate >= 0 of KL(old || new), from actions drawn by the old policy.

    .. math:: \mathrm{mean}\bigl((r - 1) - \log r\bigr)

    Each term is >= 0, where the plain estimate ``mean(-log r)`` can come out negative; both have the same
    expectation. No gradient flows: it is a number to look at.

    References
    ----------
    J. Schulman (2020), Approximating KL Divergence, http://joschu.net/blog/kl-approx.html

    Examples
    --------
    >>> approx_kl([0.0, 0.0], [0.0, 0.0])
    0.0
    """
    library, (log_prob, old_log_prob) = _checked(log_prob=log_prob, old_log_prob=old_log_prob)
    log_ratio = log_prob - old_log_prob
    # expm1 keeps the digits where r is near 1; rounding may still leave a last-digit negative.
    return max(float((library.expm1(log_ratio) - log_ratio).mean()), 0.0)


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


def _clip(library, ratio, epsilon):
    check_number("epsilon", epsilon, above=0, at_most=1e6)
    return library.clip(ratio, 1 - epsilon, 1 + epsilon)
