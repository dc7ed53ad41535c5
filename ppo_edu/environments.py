"""Environments for training: any task of Gymnasium's as vectors in, an action out, and its accidents by name.

Observations that are choices (FrozenLake, Taxi) or several things at once (Blackjack) become vectors by
Gymnasium's own `FlattenObservation`, a choice as zeros and a one.
"""

import contextlib
import functools
import math
import numbers
import warnings

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple, flatdim
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import FlattenObservation

from ppo_edu.guards.validation import check_count, float_array, in_words, shortened
from ppo_edu.language import t

MOST_ENVIRONMENTS = 65_536
# What has no time limit of its own is cut here when it is played to its end.
LONGEST_EPISODE = 10_000


class EnvironmentFailed(RuntimeError):
    """An environment raised, or gave what is no observation or reward."""


def make_environments(env_id, num_envs, /, **env_kwargs):
    """Return `num_envs` environments as one Gymnasium vector environment.

    The environment's own vectorised form where it has one, else `gymnasium.vector.SyncVectorEnv`. Time
    limits hold in both.

    Parameters
    ----------
    env_id : str or callable
        A registered environment, or a function that takes `env_kwargs` and makes one.
    num_envs : int >= 1
    **env_kwargs
        For `gymnasium.make`, such as ``is_slippery=False``.

    Raises
    ------
    TypeError, ValueError
        If `env_id` is neither, cannot be made, its observations are not vectors (or what can be made one), or
        its actions are neither a choice of one out of n (Discrete) nor a vector of numbers (Box).
    """
    check_count("num_envs", num_envs, at_most=MOST_ENVIRONMENTS)
    if not (isinstance(env_id, str) or callable(env_id)):
        raise TypeError(t("error.env_id_not_text", value=shortened(env_id)))
    envs = _own_vector_form(env_id, num_envs, env_kwargs)
    if envs is None:
        singles = [_guarded(env_id, env_kwargs, index) for index in range(num_envs)]
        if len({id(env.unwrapped) for env in singles}) < num_envs:
            raise ValueError(t("error.same_env", name=name_of(env_id)))
        spaces = {(repr(env.observation_space), repr(env.action_space)) for env in singles}
        if len(spaces) > 1:
            raise ValueError(t("error.envs_differ", name=name_of(env_id)))
        envs = SyncVectorEnv([functools.partial(_itself, env) for env in singles])
    return envs


def _itself(env):
    return env


def spec_of(envs):
    """Return the `gymnasium.envs.registration.EnvSpec` of a vector environment, None if it has none."""
    return envs.envs[0].spec if isinstance(envs, SyncVectorEnv) else envs.spec


def make_environment(env_id, /, **kwargs):
    """Return a single environment; see `make_environments` for what is raised."""
    if not (isinstance(env_id, str) or callable(env_id)):
        raise TypeError(t("error.env_id_not_text", value=shortened(env_id)))
    with _named(env_id):
        env = env_id(**kwargs) if callable(env_id) else gymnasium.make(env_id, **kwargs)
    if not isinstance(env, gymnasium.Env):
        raise TypeError(t("error.makes_no_env", name=name_of(env_id), type=type(env).__name__))
    return env


def name_of(env_id):
    """Return what a reader calls this environment: its id, or the name of the function that makes it."""
    name = env_id if isinstance(env_id, str) else type(env_id).__name__
    with contextlib.suppress(Exception):  # whatever an object's own `__getattr__` raises
        name = getattr(env_id, "__qualname__", name)
    return name


def as_vector(space, observation):
    """Return one `observation` of `space` as the vector, (D,), on which a policy acts."""
    if isinstance(space, Box):
        return float_array("observation", observation)
    try:
        return np.asarray(gymnasium.spaces.flatten(space, observation), dtype=np.float32)
    except Exception:  # of many kinds, as are the objects that are no choice of this space
        raise TypeError(
            t("error.not_in_space", value=shortened(observation), space=shortened(space))
        ) from None


def as_action(action, space):
    """Return `action` as an environment with this (single) action space takes it.

    Tensors, arrays without a shape and plain numbers are taken for what they mean.

    Raises
    ------
    TypeError
        If it is no action of this space.
    """
    try:
        array = np.asarray(action.detach().cpu() if hasattr(action, "detach") else action)
        if isinstance(space, Discrete):
            whole = int(array.item())
            if whole != array.item() or not space.contains(whole):
                raise ValueError("not a choice")
            return whole
        if isinstance(space, Box):
            vector = array.astype(space.dtype).reshape(space.shape)
            if np.isnan(vector).any():  # None, too
                raise ValueError("not a number")
            return vector
    except Exception as error:  # of many kinds: an object may raise what it likes
        raise TypeError(t("error.not_an_action", value=shortened(action), space=space)) from error
    return action


def _own_vector_form(env_id, num_envs, env_kwargs):
    """Return the environment's own vectorised form; None if it has none that restarts on the next step."""
    if callable(env_id):
        return None
    with _named(env_id):
        if gymnasium.spec(env_id).vector_entry_point is None:
            return None
        envs = gymnasium.make_vec(env_id, num_envs, **env_kwargs)
    if envs.metadata.get("autoreset_mode") is not AutoresetMode.NEXT_STEP:
        envs.close()
        return None
    _check_spaces(env_id, envs.single_observation_space, envs.single_action_space)
    return envs


@contextlib.contextmanager
def _named(env_id):
    """Return a context in which an environment that cannot be made is told by its name."""
    try:
        yield
    except gymnasium.error.DependencyNotInstalled:
        raise
    except (gymnasium.error.Error, ModuleNotFoundError) as error:
        raise ValueError(t("error.unknown_env", env_id=repr(name_of(env_id)), reason=error)) from error
    except (
        Exception,
        SystemExit,
    ) as error:  # of its constructor, often for a keyword that it does not know
        words = t("error.env_not_made", env_id=repr(name_of(env_id)), reason=in_words(error))
        raise ValueError(words) from error


def _guarded(env_id, env_kwargs, index):
    env = make_environment(env_id, **env_kwargs)
    if isinstance(env.observation_space, (Dict, Discrete, MultiBinary, MultiDiscrete, Tuple)):
        _check_length(env_id, env.observation_space)  # before it is flattened, which takes the memory
        env = FlattenObservation(env)
    _check_spaces(env_id, env.observation_space, env.action_space)
    return Guarded(env, name_of(env_id), index)


class Guarded(gymnasium.Wrapper):
    """Says which of the environments failed, at which step, and how."""

    def __init__(self, env, name, index):
        super().__init__(env)
        self._name, self._index, self._step = name, index, 0

    def close(self):
        close(self.env, self._name)

    def reset(self, **options):
        self._step = 0
        with self._told():
            observation, _ = self.env.reset(**options)
        return self._checked(observation), {}

    def step(self, action):
        self._step += 1
        with self._told():
            observation, reward, terminated, truncated, _ = self.env.step(action)
        # Without its info: nothing here reads it, and Gymnasium cannot stack all that may stand in it.
        return (
            self._checked(observation),
            self._reward(reward),
            self._end(terminated),
            self._end(truncated),
            {},
        )

    def _told(self):
        return told(self._name, self._index, self._step)

    def _checked(self, observation):
        space = self.observation_space
        try:
            array = np.asarray(observation, dtype=np.float64)
            if array.shape != space.shape:
                raise ValueError(array.shape)
        except Exception as error:
            what = t("environment.no_observation", value=shortened(observation), shape=space.shape)
            raise self._failed(what) from error
        fits = np.abs(array) <= LARGEST  # which NaN is not
        if not fits.all():
            entry = int(fits.argmin())
            raise self._failed(t("environment.not_finite", entry=entry, value=float(array[entry])))
        return array.astype(space.dtype)

    def _reward(self, reward):
        try:
            if isinstance(reward, (str, bytes)):
                raise TypeError(type(reward))
            # Also an array of one number, as many environments give it.
            number = float(reward.item() if hasattr(reward, "item") else reward)
            if not (math.isfinite(number) and abs(number) <= LARGEST):
                raise ValueError(number)
        except Exception as error:
            raise self._failed(t("environment.no_reward", value=shortened(reward))) from error
        return number

    def _end(self, ended):
        if isinstance(ended, np.ndarray) and ended.size == 1:
            ended = ended.item()
        if not isinstance(ended, (bool, np.bool_, numbers.Integral)):
            raise self._failed(t("environment.no_end", value=shortened(ended)))
        return bool(ended)

    def _failed(self, what):
        return _failed(self._name, self._index, self._step, what)


def _failed(name, index, step, what):
    return EnvironmentFailed(f"{t('environment.where', name=name, index=index, step=step)} {what}")


class told:
    """A context in which what an environment raises is told with its name, its number and the step.

    Not made by `contextlib.contextmanager`, which lets a StopIteration go on as it is.
    """

    def __init__(self, name, index, step):
        self._where = name, index, step

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, Exception):
            raise _failed(*self._where, t("environment.raised", error=in_words(error))) from error


def close(env, name):
    """Close `env`; where that fails, warn only: what was done in it is not to be lost for that."""
    try:
        env.close()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        warnings.warn(t("environment.not_closed", name=name, error=in_words(error)), stacklevel=2)


@contextlib.contextmanager
def closing(env, name):
    """Return a context with `env`, which is closed after it: see `close`."""
    try:
        yield env
    finally:
        close(env, name)


LONGEST_VECTOR = 1_000_000
# Larger numbers, squared, would not fit into float32.
LARGEST = 1e18


def _check_length(env_id, space):
    try:
        length = flatdim(space)
    except (ValueError, NotImplementedError):  # what has no fixed length, and is refused for that
        return
    if length > LONGEST_VECTOR:
        words = {"env_id": repr(name_of(env_id)), "length": length, "longest": LONGEST_VECTOR}
        raise ValueError(t("error.too_long", **words))


def _check_spaces(env_id, observations, actions):
    if not (isinstance(observations, Box) and len(observations.shape) == 1):
        raise ValueError(t("error.observation_space", env_id=repr(name_of(env_id)), space=observations))
    numbers = isinstance(actions, Box) and np.issubdtype(actions.dtype, np.floating)
    if not (isinstance(actions, Discrete) or (numbers and len(actions.shape) == 1)):
        raise ValueError(t("error.action_space", env_id=repr(name_of(env_id)), space=actions))
    for space in (observations, actions):
        _check_length(env_id, space)
