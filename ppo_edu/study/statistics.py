"""Honest statistics of a few training runs: interquartile mean, bootstrap intervals, and who is better.

Scores are arrays (runs, tasks): one column for each environment, one row for each run (seed), with larger
better. A plain (runs,) is a single task. Axes in front of these two are studies of their own, computed side
by side.

References
----------
Agarwal et al. (2021), Deep Reinforcement Learning at the Edge of the Statistical Precipice,
https://arxiv.org/abs/2108.13264
"""

import numpy as np

from ppo_edu.guards.validation import (
    check_callable,
    check_count,
    check_no_nan,
    check_not_empty,
    check_number,
    check_seed,
    float_array,
    float_row,
)
from ppo_edu.language import t


def interquartile_mean(scores, axis=None):
    """Return the mean of the middle half of all runs.

    The highest and the lowest quarter are left out, counted in whole runs and rounded down: of 10 runs two at
    each end, of 3 runs none, which leaves the plain mean. Runs of all tasks are pooled before they are
    sorted, as Agarwal et al. (2021) do; so the scores of several tasks must be normalised first.

    Parameters
    ----------
    scores : array, (runs,) or (..., runs, tasks)
    axis : int or tuple of int, optional
        What is pooled; everything if not given.

    Returns
    -------
    float, or array without `axis`

    Examples
    --------
    >>> float(interquartile_mean([1, 2, 3, 100]))
    2.5
    """
    scores = _scores("scores", scores)
    axes = tuple(range(scores.ndim)) if axis is None else _axes(axis, scores.ndim)
    pooled = np.moveaxis(scores, axes, range(-len(axes), 0))
    from scipy import stats  # 0.4 s and 40 MB, which a kernel that shows a slider need not have

    return stats.trim_mean(pooled.reshape(*pooled.shape[: -len(axes)], -1), 0.25, axis=-1)


def bootstrap_interval(statistic, *scores, confidence=0.95, resamples=2000, seed=0):
    """Return a confidence interval for a statistic of few runs: the stratified percentile bootstrap.

    As many runs as there are, are drawn with replacement, for each task on its own, `resamples` times; the
    interval holds the middle 95 % of what `statistic` is on these. With very few runs it is too narrow.

    Parameters
    ----------
    statistic : callable
        ``statistic(*scores, axis=(-2, -1))`` reduces both axes, as `interquartile_mean`, ``np.mean`` and
        ``np.median`` do, and `probability_of_improvement`, which takes the scores of two algorithms.
    *scores : array, (runs,) or (..., runs, tasks), at least 2 runs
        What `statistic` takes; each is resampled on its own.
    confidence : float in (0, 1), default 0.95
    resamples : int >= 2, default 2000
    seed : int >= 0
        Decides the draws.

    Returns
    -------
    low, high : float, or array of the shape before ``runs``

    Raises
    ------
    TypeError, ValueError
        If scores hold something else than numbers, or a task has fewer than 2 runs.

    References
    ----------
    Agarwal et al. (2021), section 4.1; Efron (1979), Bootstrap methods: another look at the jackknife.

    Examples
    --------
    >>> low, high = bootstrap_interval(interquartile_mean, [470, 480, 480, 490, 500, 500])
    >>> bool(470 <= low < high <= 500)
    True
    """
    check_callable("statistic", statistic)
    confidence = check_number("confidence", confidence, above=0, below=1)
    tables = [_table("scores", each, at_least=2) for each in scores]
    columns = [table[..., task] for table in tables for task in range(table.shape[-1])]
    ends = np.cumsum([table.shape[-1] for table in tables])[:-1]

    def of_columns(*columns, axis):
        # SciPy puts the runs last, and the resamples before them.
        parts = np.split(np.arange(len(columns)), ends)
        return statistic(*(np.stack([columns[i] for i in part], axis=-1) for part in parts), axis=(-2, -1))

    from scipy import stats

    found = stats.bootstrap(
        columns,
        of_columns,
        n_resamples=check_count("resamples", resamples, at_least=2),
        vectorized=True,
        axis=-1,
        confidence_level=confidence,
        method="percentile",
        rng=check_seed("seed", seed),
    )
    return tuple(found.confidence_interval)


def performance_profile(scores, thresholds, axis=None):
    """Return the share of runs that score above each threshold, averaged over the tasks.

    For an interval around each share, ``functools.partial(performance_profile, thresholds=thresholds)`` is a
    statistic for `bootstrap_interval`.

    Parameters
    ----------
    scores : array, (runs,) or (..., runs, tasks)
    thresholds : array, (K,)
    axis : (-2, -1), optional
        There for `bootstrap_interval`, which names it; it is always these two.

    Returns
    -------
    array, (K, ...), in [0, 1]

    References
    ----------
    Agarwal et al. (2021), section 4.2: the score distribution, eq. 1.

    Examples
    --------
    >>> performance_profile([100, 200, 500, 500], [0, 150, 500]).tolist()
    [1.0, 0.75, 0.0]
    """
    scores, thresholds = _table("scores", scores), float_row("thresholds", thresholds)
    return np.stack([(scores > threshold).mean(axis=(-2, -1)) for threshold in thresholds])


def probability_of_improvement(x, y, axis=None):
    """Return how likely a run of algorithm X is to score higher than one of Y, on a task drawn at random.

    For each task it is P(X > Y) + P(X = Y) / 2 over all pairs of a run of X and a run of Y, which is the
    Mann-Whitney U statistic divided by the number of pairs. These are averaged over the tasks. It says
    nothing of how *much* higher.

    Parameters
    ----------
    x, y : array, (runs,) or (..., runs, tasks)
        With the same tasks; the number of runs may differ.
    axis : (-2, -1), optional
        There for `bootstrap_interval`, which names it; it is always these two.

    Returns
    -------
    float in [0, 1], or array of the shape before ``runs``

    References
    ----------
    Agarwal et al. (2021), section 4.3.

    Examples
    --------
    >>> float(probability_of_improvement([500, 300], [500, 200]))
    0.625
    """
    x, y = _table("x", x), _table("y", y)
    if x.shape[-1] != y.shape[-1]:
        raise ValueError(t("error.tasks_differ", x=x.shape[-1], y=y.shape[-1]))
    x, y = x[..., :, None, :], y[..., None, :, :]
    return ((x > y) + 0.5 * (x == y)).mean(axis=(-3, -2, -1))


def difference(statistic, x, y, axis=None):
    """Return `statistic` of `x` minus that of `y`.

    ``functools.partial(difference, statistic)`` is a statistic for `bootstrap_interval`.

    Parameters
    ----------
    statistic : callable
        As `bootstrap_interval` takes it, such as `interquartile_mean`.
    x, y : array, (runs,) or (..., runs, tasks)
    axis : int or tuple of int, optional
        What `statistic` reduces.

    Examples
    --------
    >>> import functools
    >>> of_means = functools.partial(difference, np.mean)
    >>> low, high = bootstrap_interval(of_means, [5.0, 6.0, 7.0], [1.0, 2.0, 3.0])
    >>> bool(low > 0)
    True
    """
    check_callable("statistic", statistic)
    return statistic(x, axis=axis) - statistic(y, axis=axis)


def _table(name, scores, at_least=1):
    """Return `scores` as a float array (..., runs, tasks)."""
    scores = _scores(name, scores)
    table = scores[:, None] if scores.ndim == 1 else scores
    if table.ndim < 2 or table.shape[-2] < at_least:
        raise ValueError(t("error.too_few_runs", name=name, at_least=at_least, shape=scores.shape))
    return table


def _scores(name, scores):
    scores = float_array(name, scores)
    check_no_nan(**{name: scores})
    check_not_empty(**{name: scores})
    return scores


def _axes(axis, ndim):
    # Each once, for NumPy would take a second time for a mistake.
    found = [check_count("axis", each, at_least=-ndim, at_most=ndim - 1) for each in np.atleast_1d(axis)]
    return tuple({each % ndim for each in found})
