"""What an environment sees of a program: its steps, where it began anew, and when it learned."""

import contextlib
import threading
import time

import gymnasium
import numpy as np
import torch
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.optim.optimizer import register_optimizer_step_post_hook

from ppo_edu.exercises.kinds import Complaint
from ppo_edu.language import t

MOST_PLAYED = 400  # by a `Tape`
SPARE_STEPS = 200  # beyond what was asked for, before a program is stopped


class Watched(gymnasium.Wrapper):
    """An environment that writes down what is done with it.

    Parameters
    ----------
    env : gymnasium.Env
    most_steps : int
        How many steps are asked for.
    seed : int
        Of the first episode. A program's own seeds are left out, so that two runs are two runs.

    Attributes
    ----------
    scores, ends : list
        The return of each finished episode, and the step at which it ended.
    steps, resets : int
    past_end : str
        ``"terminated"`` or ``"truncated"`` if a step was taken after such an end, without a reset.
    cut_off : int
        Resets in the middle of an episode.
    seen : float
        When there was a last sign of life, by `time.monotonic`.
    most_seconds, out_of_time : float, bool
        How long it may take, and whether it was ended for that.
    """

    def __init__(self, env, most_steps, seed=0):
        super().__init__(env)
        self.most_steps, self.scores, self.ends = most_steps, [], []
        self.steps, self.resets, self.past_end, self.cut_off = 0, 0, "", 0
        self.began = self.seen = time.monotonic()
        self.most_seconds, self.out_of_time = float("inf"), False
        self._seed, self._score, self._over = seed, 0.0, "before"

    def reset(self, *, seed=None, options=None):
        self.cut_off += self._over == "" and self.resets > 0
        self.resets += 1
        self._score, self._over = 0.0, ""
        seed, self._seed = self._seed, None
        return self.env.reset(seed=seed, options=options)

    def step(self, action):
        if self._over == "before":
            raise Complaint(t("ppo_main.no_reset"))
        self.past_end = self._over
        if self._over or self.steps >= self.most_steps + SPARE_STEPS:
            raise Enough
        self.steps += 1
        self.seen = time.monotonic()
        if self.seen - self.began > self.most_seconds:
            self.out_of_time = True
            raise Enough
        s, r, terminated, truncated, info = self.env.step(self._as_int(action))
        self._score += float(r)
        if terminated or truncated:
            self._over = "terminated" if terminated else "truncated"
            self.scores.append(self._score)
            self.ends.append(self.steps)
        return s, r, terminated, truncated, info

    def _as_int(self, action):
        if not self.action_space.contains(action):
            raise Complaint(
                t("ppo_collection.no_action", action=str(action)[:40], type=type(action).__name__)
            )
        return action


class Enough(Exception):
    """Ends a program that has shown all that one wants to see."""


class _Seen:
    """What was seen of the learning.

    Attributes
    ----------
    taken : list of (int, int)
        For each step of an optimiser: at which step of the environment, and on how many rows at most.
    rows : int
        Rows that the network was asked for with gradients, since the last of them.
    """

    def __init__(self):
        self.taken, self.rows = [], 0


@contextlib.contextmanager
def learning_watched(env):
    """Yield a `_Seen` of what a program does beside its steps in `env`."""
    seen, here = _Seen(), threading.get_ident()

    # torch calls them in every thread, also in that of a training that runs beside the check.
    def forward(module, inputs):
        if threading.get_ident() != here:
            return
        if torch.is_grad_enabled() and inputs and isinstance(inputs[0], torch.Tensor) and inputs[0].ndim == 2:
            seen.rows = max(seen.rows, len(inputs[0]))

    def stepped(optimiser, *_):
        if threading.get_ident() != here:
            return
        seen.taken.append((env.steps, seen.rows))
        seen.rows = 0

    hooks = register_module_forward_pre_hook(forward), register_optimizer_step_post_hook(stepped)
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


class Tape(gymnasium.Env):
    """An environment that plays back states and rewards, so that one knows what must have been collected.

    Parameters
    ----------
    ends_at, how : int, str
        After which step it ends, ``"terminated"`` or ``"truncated"``.
    """

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (4,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self, ends_at=10**9, how="terminated"):
        self.ends_at, self.how = ends_at, how
        self.actions, self.resets, self.past_end = [], 0, False

    def state(self, step):
        """Return the state before step `step`."""
        return np.random.default_rng(step).normal(size=4).astype(np.float32)

    def reward(self, step):
        """Return the reward of step `step`, each another one."""
        return 2.0 + 3.0 * (step % 7)

    def reset(self, *, seed=None, options=None):
        self.resets += 1
        return self.state(1000), {}

    def step(self, action):
        if not self.action_space.contains(action):
            raise Complaint(
                t("ppo_collection.no_action", action=str(action)[:40], type=type(action).__name__)
            )
        self.past_end = self.past_end or len(self.actions) > self.ends_at
        if len(self.actions) > MOST_PLAYED:
            raise Enough
        step = len(self.actions)
        self.actions.append(int(action))
        over = step == self.ends_at
        terminated, truncated = over and self.how == "terminated", over and self.how == "truncated"
        return self.state(step + 1), self.reward(step), terminated, truncated, {}
