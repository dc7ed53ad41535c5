"""Recorded data, for the lessons that are instant and exact: pure NumPy.

The scripts in ``data/`` recorded it, once, with the training that the later lessons run.
"""

import functools
from pathlib import Path

import numpy as np

from ppo_edu.advantage import gae
from ppo_edu.results import Results
from ppo_edu.validation import check_choice

GAMMA, LAM, EPSILON = 0.99, 0.95, 0.2
LEARNING_RATES = (0.0003, 0.001, 0.003, 0.01)


def batch():
    """Return a batch of B = about 1000 transitions, in no particular order, as a dict of arrays.

    Returns
    -------
    dict
        "observations" (B, 4), "actions" (B,) of int64, "log_probs" (B,) under the policy that acted,
        "rewards", "values", "next_values" (B,), "terminated", "truncated" (B,) of bool, and "advantages" (B,)
        by `ppo_edu.gae` (gamma 0.99, lam 0.95), brought to mean 0 and standard deviation 1 as for training.

    Examples
    --------
    >>> sorted(batch())[:3]
    ['actions', 'advantages', 'log_probs']
    """
    steps = table("cartpole", "batch")
    valid = steps.pop("valid")
    del steps["later_log_probs"]
    steps["advantages"] = advantages_of(steps, GAMMA, LAM)
    rows = {name: array[valid] for name, array in steps.items()}
    rows["advantages"] = (rows["advantages"] - rows["advantages"].mean()) / rows["advantages"].std()
    return rows


def log_probs_by_epoch(learning_rate):
    """Return the log-probabilities, (11, B), of the batch's actions after 0, 1, ..., 10 epochs of PPO on it.

    Clip range 0.2; each epoch is one step of Adam on the whole batch, which goes on from the training so far.

    Parameters
    ----------
    learning_rate : float
        One of `LEARNING_RATES`.

    Raises
    ------
    ValueError
        If no update was recorded with this learning rate.

    Examples
    --------
    >>> log_probs_by_epoch(0.003).shape[0]
    11
    """
    row = LEARNING_RATES.index(check_choice("learning_rate", learning_rate, LEARNING_RATES))
    recorded = table("cartpole", "batch")
    before = recorded["log_probs"][recorded["valid"]]
    return np.concatenate([before[None], recorded["later_log_probs"][row]])


def episode(ending):
    """Return a whole episode of T steps in time order, as a dict of arrays named as in `batch`.

    Parameters
    ----------
    ending : {"terminated", "truncated"}
        How it ended: the pole fell, or the time limit of 500 steps cut it off.

    Raises
    ------
    ValueError
        If `ending` is neither.

    Examples
    --------
    >>> len(episode("truncated")["rewards"])
    500
    """
    steps = table("cartpole", check_choice("ending", ending, ("terminated", "truncated")))
    del steps["valid"]
    return steps


def gae_study():
    """Return how GAE's estimates for S recorded states compare with the truth, for each of L values of lam.

    The truth comes from acting: from each state, the policy was let loose hundreds of times.

    Returns
    -------
    dict
        "lams" (L,); "q", "v" (S,): the true values of the action that was taken, and of the state, with their
        standard errors "q_error", "v_error"; "values" (S,): what the critic says; "estimate_means" and
        "estimate_variances" (S, L): of GAE's advantage, over "trials" independent trials for each state.
    """
    return table("cartpole", "study")


def clip_training():
    """Return how CartPole training went with PPO's three objectives, ten seeds each, at two learning rates.

    Returns
    -------
    dict
        "learning_rates" (2,); "clips" (3,), the `ppo_edu.PPOConfig` ``clip`` of each objective; "steps" (G,);
        "curves" (2, 3, 10, G), the mean return of the last 100 episodes after so many environment steps, NaN
        before the first has finished.
    """
    return table("clip_training")


@functools.cache
def study():
    """Return how twenty seeds of each of `ppo_edu.study.ablations` did, as `ppo_edu.results.Results`.

    Scores of different environments go together once "random" counts as 0 and the best variant's mean as 1.

    Examples
    --------
    >>> len(study().scores("CartPole-v1", "default", "final_return"))
    20
    """
    return _results("study")


@functools.cache
def small_to_default():
    """Return how ten seeds of each of `ppo_edu.details`' programs did, as `ppo_edu.results.Results`."""
    return _results("small_to_default")


@functools.cache
def lambda_and_horizon():
    """Return how ten seeds with lambda 0.95 and 1 did, in short rollouts and long ones.

    As `ppo_edu.results.Results`, with the variants "short_lam_0.95", "short_lam_1" (128 environments x 32
    steps), "long_lam_0.95" and "long_lam_1" (8 x 512).
    """
    return _results("lambda_and_horizon")


def _results(name):
    found = Results.read(Path(__file__).parent / "data" / f"{name}.csv")
    for column in found.columns.values():
        column.setflags(write=False)
    return found


def advantages_of(steps, gamma, lam):
    """Return `ppo_edu.gae` of recorded `steps`, a dict as `episode` returns it."""
    names = ("rewards", "values", "next_values", "terminated", "truncated")
    return gae(*(steps[name] for name in names), gamma, lam)


def table(file, name=""):
    """Return the arrays of data/`file`.npz, or those named ``name.*``, without that part."""
    prefix = f"{name}." if name else ""
    found = _file(file).items()
    return {key.removeprefix(prefix): array for key, array in found if key.startswith(prefix)}


@functools.cache
def _file(name):
    with np.load(Path(__file__).parent / "data" / f"{name}.npz", allow_pickle=False) as arrays:
        found = dict(arrays)
    for array in found.values():
        # Everybody gets the same arrays: what one changed, the next would see.
        array.setflags(write=False)
    return found
