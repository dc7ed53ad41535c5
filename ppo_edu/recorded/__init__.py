"""Recorded data, for the lessons that are instant and exact: pure NumPy.

The scripts in ``tools/record`` recorded it, once, with the training that the later lessons run.
"""

import csv
import functools
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ppo_edu.advantage import gae
from ppo_edu.guards.validation import check_choice
from ppo_edu.study.results import Results

GAMMA, LAM, EPSILON = 0.99, 0.95, 0.2
LEARNING_RATES = (0.0003, 0.001, 0.003, 0.01)
# How the policies of ratio, clip_and_min, gae were trained: the PPO paper's settings nearly, slower than this
# course's own, so that half-way the critic is no worse than the policy. The learning rate does not fall, or
# a batch could not be used ten times alike. Each one of `ppo_edu.PPOConfig` is named: a recording must not
# follow the course's defaults when these change.
SETTINGS = MappingProxyType(
    {
        "num_envs": 8,
        "horizon": 128,
        "gamma": GAMMA,
        "lam": LAM,
        "bootstrap_truncated": True,
        "clip": "clip_and_min",
        "epsilon": EPSILON,
        "kl_penalty": "off",
        "kl_coefficient": 1.0,
        "kl_target": 0.01,
        "normalise_advantages": "minibatch",
        "epochs": 10,
        "minibatch_size": 64,
        "learning_rate": 3e-4,
        "anneal_learning_rate": False,
        "target_kl": None,
        "entropy_coefficient": 0.0,
        "value_coefficient": 0.5,
        "clip_values": False,
        "max_grad_norm": 0.5,
        "recompute_advantages": False,
        "reward_scale": 1.0,
        "normalise_rewards": False,
        "normalise_observations": False,
        "adam_epsilon": 1e-5,
        "hidden_sizes": (64, 64),
        "shared_trunk": False,
        "orthogonal_init": True,
        "initial_log_std": 0.0,
        "clip_actions": True,
    }
)


def transitions():
    """Return a batch of B = about 1000 transitions, in no particular order, as a dict of arrays.

    Returns
    -------
    dict
        "observations" (B, 4), "actions" (B,) of int64, "log_probs" (B,) under the policy that acted,
        "rewards", "values", "next_values" (B,), "terminated", "truncated" (B,) of bool, and "advantages" (B,)
        by `ppo_edu.gae` (gamma 0.99, lam 0.95), brought to mean 0 and standard deviation 1 as for training.

    Examples
    --------
    >>> sorted(transitions())[:3]
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
    """Return a whole episode of T steps in time order, as a dict of arrays named as in `transitions`.

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


def lambda_trade():
    """Return what GAE's estimates of A(s, right) - A(s, left) are worth, for each of L values of lam.

    Policies were trained to P mean returns, S seeds each, and from K states of each one's own rollouts both
    actions were tried hundreds of times. ``tools/record/lambda_trade.py`` recorded it.

    Returns
    -------
    dict
        "lams" (L,); "levels" (P,), the mean returns at which training stopped; "seeds" (S,); "trials", of
        each action in each state; "truth" (P, S, K), the difference by the rewards that came; "bias"
        (P, S, K, L), the mean estimate minus it, with its standard error "bias_error"; "variance"
        (P, S, K, L), of a difference made of one trial of each action; "explained_variance" (P, S), the
        critic's, of the true values.
    """
    return table("lambda_trade")


def lambda_errors(level):
    """Return each policy's errors of A(s, right) - A(s, left), means over its states, at each recorded lam.

    Parameters
    ----------
    level : float
        One of the mean returns at which training stopped.

    Returns
    -------
    dict of str to array, (S, L)
        "squared_bias", freed of what the finite number of trials adds to it (so it may come out a little
        below 0); "variance", for one trial of each action; "sign_right", the share of states in which the
        mean estimate prefers the better action, among those where the trials can tell which that is (by more
        than three standard errors); "states" (S, 1), how many those are.

    Raises
    ------
    ValueError
        If no policy was trained to this level.
    """
    study = lambda_trade()
    row = study["levels"].tolist().index(check_choice("level", level, study["levels"].tolist()))
    truth, bias, bias_error, variance = (
        study[name][row].astype(float) for name in ("truth", "bias", "bias_error", "variance")
    )
    certain = np.abs(truth) > 3 * np.sqrt(variance[..., -1] / study["trials"])
    right = (truth[..., None] + bias) * truth[..., None] > 0
    return {
        "squared_bias": (bias**2 - bias_error**2).mean(axis=1),
        "variance": variance.mean(axis=1),
        "sign_right": (right & certain[..., None]).sum(axis=1) / certain.sum(axis=1)[:, None],
        "states": certain.sum(axis=1)[:, None],
    }


def cliff_weights():
    """Return what ratios see of a fall: walks from the half-trained policy, along the gradients of B batches.

    ``tools/record/cliff_weights.py`` recorded it.

    Returns
    -------
    dict
        "lengths" (K,) of the step in the parameters; "batch_seeds" (B,); "episodes", of each mean return;
        "return" (B, K) with its standard error "return_error"; "kl" (B, K), KL(old || new); "effective_share"
        (B, K), the effective sample size of the batch's ratios as a share of the batch.
    """
    return table("cliff_weights")


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
def ablations():
    """Return how twenty seeds of each of `ppo_edu.study.ablations` did, as `ppo_edu.results.Results`.

    Scores of different environments go together once "random" counts as 0 and the best variant's mean as 1.

    Examples
    --------
    >>> len(ablations().scores("CartPole-v1", "default", "final_return"))
    20
    """
    return _results("study")


@functools.cache
def small_to_default():
    """Return how ten seeds of each of `ppo_edu.study.details`' programs did, as `Results`."""
    return _results("small_to_default")


@functools.cache
def lambda_and_horizon():
    """Return how ten seeds with lambda 0.95 and 1 did, in short rollouts and long ones, as `Results`.

    The variants are "short_lam_0.95", "short_lam_1" (128 environments x 32 steps), "long_lam_0.95" and
    "long_lam_1" (8 x 512).
    """
    return _results("lambda_and_horizon")


@functools.cache
def truncation():
    """Return what it does to a policy if a time limit is taken for a true end: CartPole, ten seeds each.

    Returns
    -------
    dict
        From the limit in steps, 500 or 50, and ``bootstrap_truncated`` to a dict of arrays, one entry a
        seed: "own_limit", the mean return of the final policy, drawing its actions, in 100 new episodes with
        that limit, and "full_limit", the same with a limit of 500.

    Examples
    --------
    >>> truncation()[50, False]["own_limit"].shape
    (10,)
    """
    with Path(__file__).with_name("truncation.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for limit, bootstrap in dict.fromkeys((row["limit"], row["bootstrap"]) for row in rows):
        chosen = [row for row in rows if (row["limit"], row["bootstrap"]) == (limit, bootstrap)]
        columns = {
            name: np.array([float(row[name]) for row in chosen]) for name in ("own_limit", "full_limit")
        }
        for column in columns.values():
            column.setflags(write=False)
        found[int(limit), bootstrap == "True"] = columns
    return found


def _results(name):
    found = Results.read(Path(__file__).with_name(f"{name}.csv"))
    for column in found.columns.values():
        column.setflags(write=False)
    return found


def notes_program():
    """Return how the notes' program and its mends learned CartPole, with several seeds.

    Returns
    -------
    dict
        From each variant, in the order recorded, to a dict of arrays with one entry a seed: "seed",
        "steps" and "episodes" of its training, "last_100": the mean return of its last 100 episodes, each
        return cut at 500, "longest": the longest episode as the program counted it, "seconds", and "early":
        the mean return of the episodes that ended within the first 500 steps.

    Examples
    --------
    >>> sorted(notes_program()["as_written"])[:3]
    ['early', 'episodes', 'last_100']
    """
    with Path(__file__).with_name("notes_program.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        columns = found.setdefault(row.pop("variant"), {})
        for name, value in row.items():
            columns.setdefault(name, []).append(float(value))
    return {
        variant: {name: np.array(column) for name, column in columns.items()}
        for variant, columns in found.items()
    }


def token_map():
    """Return eight answers of a half-trained language model to one prompt, and eight gradient steps on them.

    Returns
    -------
    dict
        "number", what the prompt asks for; "tokens" and "valid" (8, L); "rewards" (8,); and for each source
        of advantages, "group" and "critic", ``source.log_probs`` (9, 8, L), before the first step and after
        each, and ``source.advantages`` (8, L).
    """
    return table("token_map")


def language_models():
    """Return curves and answers of the study of language models, `language_model_runs` has its numbers.

    Returns
    -------
    dict
        "columns", the names of a curve's rows; ``curve.variant.reward.seed`` (C, U), from the course's
        reference; "sampled_at" (S,), updates; ``texts.variant.reward`` (S, 8), what seed 0 wrote.
    """
    return table("language_models")


def language_model_runs():
    """Return how each run of the study of language models ended, a list of dicts, one for each run.

    "variant", "reward" and what else names a run are as ``tools/record/language_models.py`` has them; all
    that is measured is a float, and NaN where it was not.
    """
    with Path(__file__).with_name("language_models.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("variant", "reward")
    return [
        {key: value if key in names else float(value or "nan") for key, value in row.items()} for row in rows
    ]


def advantages_of(steps, gamma, lam):
    """Return `ppo_edu.gae` of recorded `steps`, a dict as `episode` returns it."""
    names = ("rewards", "values", "next_values", "terminated", "truncated")
    return gae(*(steps[name] for name in names), gamma, lam)


def table(file, name=""):
    """Return the arrays of `file`.npz, or those named ``name.*``, without that part."""
    prefix = f"{name}." if name else ""
    found = _file(file).items()
    return {key.removeprefix(prefix): array for key, array in found if key.startswith(prefix)}


@functools.cache
def _file(name):
    with np.load(Path(__file__).with_name(f"{name}.npz"), allow_pickle=False) as arrays:
        found = dict(arrays)
    for array in found.values():
        # Everybody gets the same arrays: what one changed, the next would see.
        array.setflags(write=False)
    return found
