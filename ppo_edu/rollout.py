"""Collecting transitions: N environments side by side, T steps each, with the current policy.

Gymnasium's vector environments restart an ended episode on the *next* step: that step ignores the action and
returns the first observation of the new episode. It is no transition of the task, so it is marked here and
never enters a batch. In return, the observation that an episode's last step returns is the true final one.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from gymnasium.spaces import Discrete

from ppo_edu.environments import (
    LONGEST_EPISODE,
    EnvironmentFailed,
    closing,
    make_environments,
    name_of,
    spec_of,
)
from ppo_edu.language import t


@dataclass(frozen=True, eq=False)
class Rollout:
    """What N environments did in T steps of one policy.

    Attributes
    ----------
    observations : array of float32, (T + 1, N, D)
        ``observations[s]`` is what step s acted on, ``observations[s + 1]`` what it led to, also at the end
        of an episode. The last row has no action yet.
    actions : array, (T, N) of int64 or (T, N, A) of float32
        As drawn from the policy: continuous ones before they were clipped to the environment's bounds.
    log_probs : array of float32, (T, N)
        Logarithm of the probability (density) that the policy gave to each action.
    rewards : array of float32, (T, N)
    discounted : array of float32, (T, N)
        The episode's rewards up to this step, each discounted by its age; its spread is what reward
        normalisation divides by.
    terminated, truncated : array of bool, (T, N)
        Whether the step ended an episode by the task's rules, or by a limit from outside.
    valid : array of bool, (T, N)
        False where the step only restarted an environment: not a transition, to be left out.
    """

    observations: np.ndarray
    actions: np.ndarray
    log_probs: np.ndarray
    rewards: np.ndarray
    discounted: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    valid: np.ndarray


class Collector:
    """Steps a vector environment with a policy, and remembers where it stands between two rollouts.

    Parameters
    ----------
    envs : gymnasium.vector.VectorEnv
        With next-step autoreset, such as `make_environments` returns.
    seed : int
        For the environments' first reset.
    gamma : float
        Discount for `Rollout.discounted`; nothing else here depends on it.
    clip_actions : bool
        Whether continuous actions are clipped to the environment's bounds on their way to it.
    normalise_rewards, normalise_observations : bool
        Whether to keep the policy's running moments of discounted returns and of observations up to date.
    """

    def __init__(
        self, envs, seed, gamma=0.99, clip_actions=True, normalise_rewards=False, normalise_observations=False
    ):
        self.envs, self.gamma, self.clip_actions = envs, gamma, clip_actions
        self.normalise_rewards, self.normalise_observations = normalise_rewards, normalise_observations
        self.unseen = None
        self.observations, _ = envs.reset(seed=seed)
        self.only_resets = np.zeros(envs.num_envs, dtype=bool)
        self.returns, self.discounted = np.zeros(envs.num_envs), np.zeros(envs.num_envs)

    def collect(self, policy, horizon, generator=None):
        """Take `horizon` steps in each environment.

        Returns
        -------
        rollout : Rollout
        episodes : list of (int, float)
            For each episode that ended, in order: the transitions of this rollout up to and including its
            last step (all environments together), and its undiscounted return.
        """
        if self.unseen is not None:
            # Only now: during the last update, old and new policy had to see the same numbers.
            policy.observation_moments.see(self.unseen)
        rollout = self._empty(policy, horizon)
        episodes, transitions = [], 0
        for step in range(horizon):
            actions, log_probs = policy.sample(self.observations, generator)
            rollout.observations[step] = self.observations
            rollout.actions[step], rollout.log_probs[step] = actions.numpy(), log_probs.numpy()
            rollout.valid[step] = ~self.only_resets
            self.observations, rewards, terminated, truncated, _ = self.envs.step(
                environment_actions(rollout.actions[step], self.envs.single_action_space, self.clip_actions)
            )
            rollout.rewards[step] = rewards
            rollout.terminated[step], rollout.truncated[step] = terminated, truncated
            transitions += int(np.count_nonzero(rollout.valid[step]))
            self.returns += rewards
            self.discounted = self.gamma * self.discounted + rewards
            rollout.discounted[step] = self.discounted
            self.only_resets = terminated | truncated
            for index in np.flatnonzero(self.only_resets):
                episodes.append((transitions, float(self.returns[index])))
                self.returns[index] = self.discounted[index] = 0.0
        rollout.observations[horizon] = self.observations
        self._check_finite(rollout)
        if self.normalise_rewards:
            policy.return_moments.see(rollout.discounted[rollout.valid][:, None])
        if self.normalise_observations:
            self.unseen = rollout.observations[:-1][rollout.valid]
        return rollout, episodes

    def _check_finite(self, rollout):
        """Raise EnvironmentFailed, saying which environment and step, if it gave what is not finite."""
        # Once a rollout, for environments in one vectorised piece; single ones are checked at every step.
        for what in ("rewards", "observations"):
            numbers = getattr(rollout, what)
            if not np.isfinite(numbers).all():
                step, index, *_ = np.argwhere(~np.isfinite(numbers))[0].tolist()
                spec = spec_of(self.envs)
                name = spec.id if spec else type(self.envs.unwrapped).__name__
                value = numbers[step, index].tolist()
                # Observations have a row more: the first is what the rollout began with.
                step += what == "rewards"
                where = {"name": name, "index": index, "step": step, "what": what, "value": value}
                raise EnvironmentFailed(t("environment.in_rollout", **where))

    def _empty(self, policy, horizon):
        shape = (horizon, self.envs.num_envs)
        return Rollout(
            observations=np.empty((horizon + 1, *self.observations.shape), dtype=np.float32),
            actions=np.empty(shape, np.int64)
            if policy.discrete
            else np.empty((*shape, policy.action_size), np.float32),
            log_probs=np.empty(shape, np.float32),
            rewards=np.empty(shape, np.float32),
            discounted=np.empty(shape, np.float32),
            terminated=np.empty(shape, bool),
            truncated=np.empty(shape, bool),
            valid=np.empty(shape, bool),
        )


def play_episodes(env_id, act, episodes, seed, clip_actions=True, longest=None, env_kwargs=None):
    """Return the undiscounted returns, (episodes,), of new episodes in which ``act(observations)`` decides.

    One environment per episode, so that short episodes are not preferred. Where the environment has no time
    limit, episodes are cut after `longest` steps (`ppo_edu.environments.LONGEST_EPISODE` if not given), and a
    warning says so.
    """
    with closing(make_environments(env_id, episodes, **(env_kwargs or {})), name_of(env_id)) as envs:
        spec = spec_of(envs)
        limit = longest or (spec and spec.max_episode_steps) or LONGEST_EPISODE
        observations, _ = envs.reset(seed=seed)
        returns, running = np.zeros(episodes), np.ones(episodes, dtype=bool)
        for _ in range(limit):
            actions = environment_actions(act(observations).numpy(), envs.single_action_space, clip_actions)
            observations, rewards, terminated, truncated, _ = envs.step(actions)
            returns += np.where(running, rewards, 0.0)
            running &= ~(terminated | truncated)
            if not running.any():
                break
        else:
            told = {"count": int(running.sum()), "episodes": episodes, "longest": limit}
            warnings.warn(t("error.cut_short", name=name_of(env_id), **told), stacklevel=3)
    return returns


def environment_actions(actions, space, clip):
    """Return the policy's `actions` as an environment with this (single) action space takes them."""
    if isinstance(space, Discrete):
        return actions + space.start
    clipped = np.clip(actions, space.low, space.high) if clip else actions
    return clipped.astype(space.dtype)
