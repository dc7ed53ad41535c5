"""Where a step leads: the policy moved by so much, and what that does to KL, surrogate and return."""

import contextlib
import copy

import numpy as np
import torch

from ppo_edu import trpo
from ppo_edu.batch import make_batch
from ppo_edu.environments import make_environments
from ppo_edu.guards.validation import check_count
from ppo_edu.rollout import Collector, play_episodes


def collect(policy, env_id="CartPole-v1", *, num_envs=64, horizon=64, warm_up=300, seed=0):
    """Let `policy` act, and return a rollout and the batch made of it.

    Parameters
    ----------
    policy : ActorCritic
    env_id : str
    num_envs, horizon : int >= 1
        The rollout's size: N environments side by side, T steps each.
    warm_up : int >= 1
        Steps before the rollout, so that it does not hold the beginnings of episodes only.
    seed : int >= 0

    Returns
    -------
    rollout : Rollout
    batch : ppo_edu.batch.Batch
        With advantages brought to mean 0 and standard deviation 1, as `ppo_edu.TRPOConfig` has it.
    """
    envs = make_environments(env_id, num_envs)
    with contextlib.closing(envs):
        collector, generator = Collector(envs, seed), torch.Generator().manual_seed(seed)
        collector.collect(policy, warm_up, generator)
        rollout, _ = collector.collect(policy, horizon, generator)
    return rollout, make_batch(policy, rollout, trpo.TRPOConfig())


def sampled_returns(policy, env_id="CartPole-v1", episodes=200, seed=0):
    """Return the undiscounted returns, (episodes,), of `policy` drawing its actions, in new episodes.

    (`TrainingRun.evaluate` is the same for the greedy policy.)
    """
    check_count("episodes", episodes)
    return play_episodes(env_id, policy.drawing(seed), episodes, seed)


def moved(policy, step):
    """Return a copy of `policy` whose actor's parameters are moved by `step`, a vector (P,)."""
    there = copy.deepcopy(policy)
    parameters = trpo.actor_parameters(there)
    trpo.set_parameters(parameters, trpo.flat(parameters) + step)
    return there


def step_between(old, new):
    """Return the vector (P,) that leads from the parameters of `old`'s actor to those of `new`'s."""
    with torch.no_grad():
        return trpo.flat(trpo.actor_parameters(new)) - trpo.flat(trpo.actor_parameters(old))


@torch.no_grad()
def landing(old, new, batch, env_id="CartPole-v1", episodes=200, seed=0):
    """Return where `new` stands, seen from `old`, which collected `batch`.

    Returns
    -------
    dict of str to float
        "length" (of the step in the actor's parameters), "kl" (exact mean KL(old || new) over the batch's
        states), "surrogate_gain" (over the batch), and "return" with its standard error "return_error" (over
        `episodes` new episodes).
    """
    returns = sampled_returns(new, env_id, episodes, seed)
    return {
        "length": float(step_between(old, new).norm()),
        **_seen_from(old, new, batch),
        "return": float(returns.mean()),
        "return_error": float(returns.std(ddof=1) / np.sqrt(episodes)) if episodes > 1 else float("nan"),
    }


@torch.no_grad()
def walk(policy, direction, lengths, batch, states, env_id="CartPole-v1", episodes=200, seed=0):
    """Walk from `policy` along a straight line in its parameters, and look around after each length.

    Parameters
    ----------
    policy : ActorCritic
        Stays where it is.
    direction : tensor, (P,)
    lengths : sequence of float, (K,)
        Multiples of `direction` brought to length 1.
    batch : ppo_edu.batch.Batch
        Collected by `policy`.
    states : array, (S, D)
        Where to look at the action probabilities.
    env_id, episodes, seed
        As for `sampled_returns`.

    Returns
    -------
    dict of str to array
        "lengths" (K,), and what `landing` returns, (K,) each; for discrete actions also "probs" (K, S, A).
    """
    unit = direction / direction.norm()
    found = []
    for length in lengths:
        there = moved(policy, float(length) * unit)
        look = landing(policy, there, batch, env_id, episodes, seed)
        if policy.discrete:
            look["probs"] = there.pi(states).probs.numpy()
        found.append({**look, "lengths": float(length)})
    return {name: np.array([look[name] for look in found]) for name in found[0] if name != "length"}


@torch.no_grad()
def plane(policy, batch, across, up, xs, ys):
    """Return surrogate and KL over a plane through `policy`'s parameters.

    Parameters
    ----------
    policy : ActorCritic
        The plane's origin; stays where it is.
    batch : ppo_edu.batch.Batch
        Collected by `policy`.
    across, up : tensor, (P,)
        The plane's unit vectors.
    xs, ys : sequence of float, (X,) and (Y,)

    Returns
    -------
    dict of str to array, (Y, X)
        "kl" and "surrogate_gain" as in `landing`.
    """
    rows = [
        [_seen_from(policy, moved(policy, float(x) * across + float(y) * up), batch) for x in xs] for y in ys
    ]
    return {name: np.array([[look[name] for look in row] for row in rows]) for name in rows[0][0]}


def _seen_from(old, new, batch):
    kl = trpo.mean_kl(old.pi(batch.observations), new.pi(batch.observations))
    gain = trpo.surrogate(new, batch) - trpo.surrogate(old, batch)
    return {"kl": float(kl), "surrogate_gain": float(gain)}
