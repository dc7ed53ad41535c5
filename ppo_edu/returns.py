"""Episode returns, looked at over the last hundred: how lessons, curves and ``stop_at`` score a training."""

import numpy as np


def mean_of_last(returns, window=100):
    """Return, for each episode, the mean return of the last `window` episodes up to it (of all, if fewer)."""
    sums = np.concatenate([[0.0], np.cumsum(returns)])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


def mean_on_grid(run, grid):
    """Return the mean return of the run's last 100 episodes after each of the steps `grid`, (G,)."""
    means = mean_of_last(run.returns)
    # The mean stands until the next episode ends; before the first one there is none.
    last = np.searchsorted(run.steps, grid, side="right") - 1
    return np.where(last >= 0, means[last], np.nan)


WINDOW = 100


def first_reached(episodes, threshold, known=0):
    """Return the step at which the mean return of 100 consecutive `episodes` first reached `threshold`.

    None if it never did, or `threshold` is None. Windows that end within the first `known` do not count.
    """
    if threshold is None:
        return None
    for last in range(max(known + 1, WINDOW), len(episodes) + 1):
        if sum(value for _, value in episodes[last - WINDOW:last]) >= threshold * WINDOW:
            return episodes[last - 1][0]
    return None
