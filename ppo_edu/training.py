"""Training: one loop for every algorithm."""

import copy
import dataclasses
import functools
import time
import warnings
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import torch

from ppo_edu.environments import closing, make_environments, name_of, spec_of
from ppo_edu.guards.validation import (
    check_callable,
    check_choice,
    check_count,
    check_number,
    check_seed,
    shortened,
)
from ppo_edu.language import t
from ppo_edu.returns import WINDOW, first_reached
from ppo_edu.rollout import Collector
from ppo_edu.run import ALGORITHMS, TrainingRun, algorithm_of, check_config, keep_run, make_policy, one_thread
from ppo_edu.settings import Settings


def train(
    env_id: str | Callable[..., gymnasium.Env] = "CartPole-v1",
    config: Settings | None = None,
    *,
    algorithm: str | None = None,
    seed: int = 0,
    max_steps: int = 200_000,
    stop_at: str | float | None = "threshold",
    on_update: Callable[[TrainingRun], object] | None = None,
    start_from: TrainingRun | None = None,
    env_kwargs: dict[str, Any] | None = None,
) -> TrainingRun:
    """Train an agent and return the run.

    Parameters
    ----------
    env_id : str or callable
        A Gymnasium environment, by its id or as a function that makes one. Its observations are vectors, or
        choices, which become vectors; its actions are discrete or continuous.
    config : PPOConfig or TRPOConfig, optional
        The algorithm's settings; its defaults if not given, or those of `start_from`.
    algorithm : {"ppo", "trpo"}, optional
        The one whose settings `config` is, if not given; without `config`, that of `start_from`, or PPO.
    seed : int >= 0
        Decides the first weights, the environments, the actions and the minibatches. The same seed on the
        same machine gives the same run to the last digit. The global random generators are left alone.
    max_steps : int >= 1
        Environment steps that this call takes at most, up to the rollout in which they are reached. The
        learning rate, if annealed, falls to 0 over this many.
    stop_at : "threshold", float or None
        Stop once the mean return of the last 100 finished training episodes reaches it. "threshold" is the
        environment's own ``spec.reward_threshold``; where it has none, and for None, training runs to
        `max_steps`.
    on_update : callable, optional
        Called with the run after every update. It may read everything, and may raise KeyboardInterrupt to
        stop the training.
    start_from : TrainingRun, optional
        Go on with a copy of its policy, optimiser state and curve, in new episodes.
    env_kwargs : dict, optional
        For `gymnasium.make` or the function, such as ``{"is_slippery": False}``; those of `start_from` if not
        given.

    Returns
    -------
    TrainingRun
        Also after a KeyboardInterrupt: then ``run.interrupted`` is True, and curve and policy are what they
        were at that moment. Before the first step, while environments and networks are made, there is no run
        yet: then the KeyboardInterrupt comes out.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter, its value and what is allowed.
    BaseException
        Whatever goes wrong on the way, in the environment (`ppo_edu.environments.EnvironmentFailed` says
        where), in `on_update` or in the update: its attribute ``run`` is the training until then.
    """
    algorithm, config = _algorithm_and_config(algorithm, config, start_from)
    seed, max_steps = check_seed("seed", seed), check_count("max_steps", max_steps)
    if on_update is not None:
        check_callable("on_update", on_update)
    env_kwargs = _keywords(env_kwargs, start_from)
    _tell_about_the_device(torch.get_default_device())
    envs = make_environments(env_id, config.num_envs, **env_kwargs)
    with closing(envs, name_of(env_id)), one_thread():
        stop_at = _stop_at(stop_at, envs)
        if start_from is None:
            run = new_run(envs, env_id, algorithm, config, seed, env_kwargs)
        else:
            run = _continued(start_from, env_id, algorithm, config, seed, env_kwargs)
        started = time.perf_counter() - run.seconds
        try:
            for event, _ in loop(run, envs, max_steps, stop_at):
                if event == "update" and on_update is not None:
                    on_update(run)
        except KeyboardInterrupt:
            run.interrupted = True
            run.seconds = time.perf_counter() - started
        except BaseException as error:  # also the SystemExit of an environment's or a callback's sys.exit()
            run.seconds = time.perf_counter() - started
            keep_run(error, run)
            raise
    return run


@functools.cache
def _tell_about_the_device(device):
    if device.type != "cpu":
        warnings.warn(t("error.on_the_cpu", device=str(device)), stacklevel=3)


def _keywords(env_kwargs, start_from):
    if env_kwargs is None:
        return dict(start_from.env_kwargs) if start_from else {}
    if not isinstance(env_kwargs, dict) or not all(isinstance(name, str) for name in env_kwargs):
        raise TypeError(t("error.env_kwargs", value=shortened(env_kwargs)))
    return dict(env_kwargs)


def loop(run, envs, max_steps, stop_at=None, forever=False):
    """Collect, update, repeat: the training loop of every algorithm, one event at each ``next``.

    `train` runs it to the end; the step mode walks through it.

    Parameters
    ----------
    run : TrainingRun
        Grows with every event.
    envs : gymnasium.vector.VectorEnv
        From `ppo_edu.environments.make_environments`, with ``run.config.num_envs`` of them.
    max_steps : int >= 1
        As in `train`.
    stop_at : float or None
        As in `train`, but a number if anything.
    forever : bool
        Whether to go on after `max_steps`, with a learning rate that, if annealed, stays 0.

    Yields
    ------
    tuple
        ("rollout", Rollout); then, unless the training is over, what the algorithm's ``steps`` yields:
        ("batch", Batch), ("step", ...) after each of its steps; then ("update", dict), its diagnostics.
    """
    algorithm, config = ALGORITHMS[run.algorithm], run.config
    started, first_step = time.perf_counter() - run.seconds, run.total_steps
    threshold = _threshold(envs) if stop_at is None else stop_at
    run.solved_at_step = first_reached(run.episodes, threshold)
    env_seed, draw_seed = seeds_of(run.seed, first_step)
    generator = torch.Generator().manual_seed(draw_seed)
    collector = make_collector(envs, env_seed, config)
    reached = stop_at is not None and run.mean_return >= stop_at and len(run.episodes) >= WINDOW
    while not reached and (forever or run.total_steps < first_step + max_steps):
        progress = min((run.total_steps - first_step) / max_steps, 1)
        rollout, episodes = collector.collect(run.policy, config.horizon, generator)
        reached_at = run.add_rollout(rollout, episodes, threshold)
        yield "rollout", rollout
        if stop_at is not None and reached_at is not None:
            break
        if not rollout.valid.any():  # nothing but restarts: there is nothing to learn from
            continue
        try:
            figures = yield from algorithm.steps(
                run.policy, run.optimiser, rollout, config, generator, progress
            )
        except ValueError:  # a formula that met NaN, which knows nothing of where it came from
            _check_update(run)
            raise
        run.seconds = time.perf_counter() - started
        _check_update(run)
        run.updates.append({"steps": run.total_steps, "seconds": run.seconds, **figures})
        yield "update", figures
    run.seconds = time.perf_counter() - started


def _check_update(run):
    if not all(bool(tensor.isfinite().all()) for tensor in run.policy.state_dict().values()):
        rate = getattr(run.config, "learning_rate", getattr(run.config, "value_learning_rate", None))
        raise FloatingPointError(t("error.update_broke", steps=run.total_steps, learning_rate=rate))


def seeds_of(seed, first_step):
    """Return the environments' seed and that of all other draws, for a training from `first_step` on."""
    # A run that goes on must not meet the same episodes and the same draws again.
    return np.random.SeedSequence([seed, first_step]).generate_state(2).tolist()


def make_collector(envs, seed, config):
    """Return a `Collector` of transitions as `config` describes it."""
    return Collector(
        envs, seed, config.gamma, config.clip_actions, config.normalise_rewards, config.normalise_observations
    )


def new_run(envs, env_id, algorithm, config, seed, env_kwargs=None):
    """Return a `TrainingRun` at its very beginning: a new policy, its optimiser, and nothing learned."""
    actions = envs.single_action_space
    discrete = isinstance(actions, gymnasium.spaces.Discrete)
    action_size = int(actions.n) if discrete else actions.shape[0]
    policy = make_policy(envs.single_observation_space.shape[0], action_size, discrete, config, seed)
    optimiser = ALGORITHMS[algorithm].make_optimiser(policy, config)
    return TrainingRun(env_id, algorithm, config, seed, policy, optimiser, env_kwargs=env_kwargs or {})


def _algorithm_and_config(algorithm, config, start_from):
    """Return the algorithm's name and its settings; whichever is None follows from the others."""
    if start_from is not None and not isinstance(start_from, TrainingRun):
        raise TypeError(t("error.not_a_run", type=type(start_from).__name__))
    if algorithm is None:
        earlier = start_from.algorithm if start_from else "ppo"
        algorithm = earlier if config is None else algorithm_of(config)
    check_choice("algorithm", algorithm, tuple(ALGORITHMS))
    if config is None:
        return algorithm, start_from.config if start_from else ALGORITHMS[algorithm].Config()
    check_config(algorithm, config)
    return algorithm, config


def _continued(earlier, env_id, algorithm, config, seed, env_kwargs):
    """Return a copy of `earlier`, ready to go on under `config`."""
    for name, value in (("env_id", name_of(env_id)), ("algorithm", algorithm)):
        before = name_of(earlier.env_id) if name == "env_id" else earlier.algorithm
        if before != value:
            raise ValueError(
                t("error.start_from_differs", name=name, value=shortened(value), earlier=shortened(before))
            )
    for name in ("hidden_sizes", "shared_trunk"):
        if getattr(earlier.config, name) != getattr(config, name):
            raise ValueError(
                t(
                    "error.start_from_differs",
                    name=name,
                    value=shortened(getattr(config, name)),
                    earlier=shortened(getattr(earlier.config, name)),
                )
            )
    policy = copy.deepcopy(earlier.policy)
    optimiser = ALGORITHMS[algorithm].make_optimiser(policy, config)
    state = copy.deepcopy(earlier.optimiser.state_dict()["state"])
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    return dataclasses.replace(
        earlier,
        env_id=env_id,
        config=config,
        seed=seed,
        policy=policy,
        optimiser=optimiser,
        interrupted=False,
        env_kwargs=env_kwargs,
        episodes=list(earlier.episodes),
        updates=list(earlier.updates),
    )


def _stop_at(stop_at, envs):
    if isinstance(stop_at, str):
        check_choice("stop_at", stop_at, ("threshold",))
        return _threshold(envs)
    return None if stop_at is None else check_number("stop_at", stop_at)


def _threshold(envs):
    spec = spec_of(envs)
    return spec.reward_threshold if spec else None
