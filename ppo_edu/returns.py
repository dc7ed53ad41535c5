"""Episode returns, looked at over the last hundred: how lessons, curves and ``stop_at`` score a training.

The mean of the last 100 finished episodes is a score of the policies that played them, not of the last one:
with many environments side by side an episode spans many updates. It tells how early a training learned.
"""

import numpy as np

WINDOW = 100


def mean_of_last(returns, window=WINDOW):
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


def first_reached(episodes, threshold, known=0):
    """Return the step at which the mean return of 100 consecutive episodes first reached `threshold`.

    None if it never did, or `threshold` is None.

    Parameters
    ----------
    episodes : list of (int, float)
        The step at which each ended, and its return.
    threshold : float or None
    known : int
        Windows that end within the first `known` episodes do not count.
    """
    if threshold is None:
        return None
    first = max(known + 1, WINDOW)
    recent = episodes[first - WINDOW :]
    means = mean_of_last([value for _, value in recent])[WINDOW - 1 :]
    reached = np.flatnonzero(means >= threshold)
    return recent[WINDOW - 1 + reached[0]][0] if reached.size else None


def reward_threshold(env_id):
    """Return the mean return from which a Gymnasium environment counts as solved, NaN if it has none.

    A function that makes environments, and its name in a run that was loaded, have none.
    """
    # Here, because pictures need it before anything else of gymnasium.
    import gymnasium

    try:
        threshold = gymnasium.spec(env_id).reward_threshold if isinstance(env_id, str) else None
    except gymnasium.error.Error:
        threshold = None
    return float("nan") if threshold is None else threshold
