"""Training: one loop for every algorithm, and the run that comes out of it."""

import contextlib
import copy
import dataclasses
import functools
import time

import gymnasium
import numpy as np
import torch

from ppo_edu import ppo, saving, trpo
from ppo_edu.language import t
from ppo_edu.policy import ActorCritic
from ppo_edu.rollout import Collector, environment_actions, make_environments, play_episodes
from ppo_edu.validation import check_choice, check_count, check_number, check_switch

# An algorithm is a module with Config, make_optimiser(policy, config) and
# update(policy, optimiser, rollout, config, generator, progress) -> dict of floats, named by DIAGNOSTICS.
ALGORITHMS = {"ppo": ppo, "trpo": trpo}
WINDOW = 100


def train(env_id="CartPole-v1", config=None, *, algorithm="ppo", seed=0, max_steps=200_000,
          stop_at="threshold", on_update=None, start_from=None):
    """Train an agent and return the run.

    Parameters
    ----------
    env_id : str
        A Gymnasium environment with vector observations and discrete or continuous actions.
    config : PPOConfig or TRPOConfig, optional
        The algorithm's settings; its defaults if not given, or those of `start_from`.
    algorithm : {"ppo", "trpo"}
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

    Returns
    -------
    TrainingRun
        Also after a KeyboardInterrupt: then ``run.interrupted`` is True, and curve and policy are what they
        were at that moment.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter, its value and what is allowed.
    """
    rules = ALGORITHMS[check_choice("algorithm", algorithm, tuple(ALGORITHMS))]
    seed, max_steps = check_count("seed", seed, at_least=0), check_count("max_steps", max_steps)
    if on_update is not None and not callable(on_update):
        raise TypeError(t("error.not_callable", name="on_update", value=repr(on_update)))
    if start_from is not None and not isinstance(start_from, TrainingRun):
        raise TypeError(t("error.not_a_run", type=type(start_from).__name__))
    if config is None:
        config = start_from.config if start_from else rules.Config()
    elif not isinstance(config, rules.Config):
        raise TypeError(t("error.wrong_config", algorithm=repr(algorithm), expected=rules.Config.__name__,
                          type=type(config).__name__))
    envs = make_environments(env_id, config.num_envs)
    with contextlib.closing(envs), one_thread():
        stop_at = _stop_at(stop_at, envs.spec)
        if start_from is None:
            policy = _new_policy(envs, config, seed)
            run = TrainingRun(env_id, algorithm, config, seed, policy, rules.make_optimiser(policy, config))
        else:
            run = _continued(start_from, env_id, algorithm, config, seed)
        _train(run, envs, max_steps, stop_at, on_update)
    return run


def _train(run, envs, max_steps, stop_at, on_update):
    """Collect, update, repeat: the loop, for every algorithm."""
    rules, config = ALGORITHMS[run.algorithm], run.config
    started, first_step = time.perf_counter() - run.seconds, run.total_steps
    threshold = envs.spec.reward_threshold if stop_at is None else stop_at
    run.solved_at_step = first_reached(run.episodes, threshold)
    env_seed, draw_seed = seeds_of(run.seed, first_step)
    generator = torch.Generator().manual_seed(draw_seed)
    try:
        collector = make_collector(envs, env_seed, config)
        reached = stop_at is not None and run.mean_return >= stop_at and len(run.episodes) >= WINDOW
        while not reached and run.total_steps < first_step + max_steps:
            progress = (run.total_steps - first_step) / max_steps
            rollout, episodes = collector.collect(run.policy, config.horizon, generator)
            reached_at = run.add_rollout(rollout, episodes, threshold)
            if stop_at is not None and reached_at is not None:
                break
            figures = rules.update(run.policy, run.optimiser, rollout, config, generator, progress)
            run.seconds = time.perf_counter() - started
            run.updates.append({"steps": run.total_steps, "seconds": run.seconds, **figures})
            if on_update is not None:
                on_update(run)
    except KeyboardInterrupt:
        run.interrupted = True
    run.seconds = time.perf_counter() - started


@dataclasses.dataclass(repr=False)
class TrainingRun:
    """What `train` returns: the curve, the policy, and all it takes to go on.

    Attributes
    ----------
    env_id : str
    algorithm : str
    config : PPOConfig or TRPOConfig
    seed : int
    policy : ActorCritic
    optimiser : torch.optim.Optimizer
    seconds : float
        Wall clock of the training, `on_update` included.
    total_steps : int
        Environment steps taken. Steps that only restart an environment do not count.
    solved_at_step : int or None
        The step at which the mean return of the last 100 finished episodes first reached `stop_at` (or the
        environment's own threshold, where that is None).
    interrupted : bool
    """

    env_id: str
    algorithm: str
    config: object
    seed: int
    policy: ActorCritic
    optimiser: torch.optim.Optimizer
    seconds: float = 0.0
    total_steps: int = 0
    solved_at_step: int | None = None
    interrupted: bool = False
    episodes: list = dataclasses.field(default_factory=list)
    updates: list = dataclasses.field(default_factory=list)

    @property
    def returns(self):
        """Undiscounted return of each finished training episode, (E,), in the order in which they ended."""
        return np.array([episode[1] for episode in self.episodes], dtype=float)

    @property
    def steps(self):
        """Environment step at which each of them ended, (E,)."""
        return np.array([episode[0] for episode in self.episodes], dtype=int)

    @property
    def mean_return(self):
        """Mean return of the last 100 finished episodes; NaN if none has finished."""
        last = self.episodes[-WINDOW:]
        return sum(episode[1] for episode in last) / len(last) if last else float("nan")

    @property
    def history(self):
        """What each update did: a dict from name to an array with one entry per update.

        "steps", "seconds", and what the algorithm's update returns: see `ppo_edu.ppo.update` and
        `ppo_edu.trpo.update`.
        """
        names = ("steps", "seconds", *ALGORITHMS[self.algorithm].DIAGNOSTICS)
        return {name: np.array([update[name] for update in self.updates]) for name in names}

    def add_rollout(self, rollout, episodes, threshold):
        """Count the rollout's steps and append its episodes.

        Returns the step at which, within this rollout, the mean of the last 100 reached `threshold`, or None.
        """
        known = len(self.episodes)
        # One call each, so that an interrupt leaves no episode without its step.
        self.episodes.extend([(self.total_steps + step, value) for step, value in episodes])
        self.total_steps += int(np.count_nonzero(rollout.valid))
        reached_at = first_reached(self.episodes, threshold, known)
        if self.solved_at_step is None:
            self.solved_at_step = reached_at
        return reached_at

    def evaluate(self, episodes=100, seed=10_000, *, greedy=True):
        """Return the undiscounted returns, (episodes,), of the policy as it is now, in new episodes.

        Parameters
        ----------
        episodes : int >= 1
        seed : int >= 0
            Decides the episodes' starts and, where actions are drawn, the draws.
        greedy : bool
            Whether the most probable action is taken (the default) or one is drawn, as in training.
        """
        episodes, seed = check_count("episodes", episodes), check_count("seed", seed, at_least=0)
        generator = torch.Generator().manual_seed(seed)
        act = self.policy.greedy if check_switch("greedy", greedy) else (
            lambda states: self.policy.sample(states, generator)[0])
        with one_thread():
            return play_episodes(self.env_id, act, episodes, seed, self.config.clip_actions)

    def act(self, observation):
        """Return the greedy action for one observation, (D,), as a single environment takes it."""
        action = self.policy.greedy(observation).numpy()
        return environment_actions(action, self._action_space, self.config.clip_actions)

    @functools.cached_property
    def _action_space(self):
        with contextlib.closing(gymnasium.make(self.env_id)) as env:
            return env.action_space

    def save(self, path):
        """Write the run to `path` as a .npz file: curve, policy, optimiser state and settings.

        All or nothing: a process killed on the way leaves an earlier file of that name whole.
        """
        facts = {
            "env_id": self.env_id, "algorithm": self.algorithm, "config": dataclasses.asdict(self.config),
            "seed": self.seed, "seconds": self.seconds, "total_steps": self.total_steps,
            "solved_at_step": self.solved_at_step, "interrupted": self.interrupted,
            "sizes": [self.policy.observation_size, self.policy.action_size],
            "discrete": self.policy.discrete,
        }
        arrays = {"returns": self.returns, "steps": self.steps}
        arrays |= {f"history.{name}": column for name, column in self.history.items()}
        arrays |= {f"policy.{name}": tensor.numpy() for name, tensor in self.policy.state_dict().items()}
        for index, state in self.optimiser.state_dict()["state"].items():
            arrays |= {f"optimiser.{index}.{name}": tensor.numpy() for name, tensor in state.items()}
        saving.write(path, facts, arrays)

    @classmethod
    def load(cls, path):
        """Return the run that `save` wrote to `path`. Runs no code from the file.

        Raises
        ------
        ValueError
            If the file is damaged or is not a run.
        OSError
            If there is no such file, or it cannot be read.
        """
        return saving.read(path, cls._from_file)

    @classmethod
    def _from_file(cls, facts, arrays):
        rules = ALGORITHMS[facts["algorithm"]]
        config = facts["config"] = rules.Config(**facts["config"])
        sizes, discrete = facts.pop("sizes"), facts.pop("discrete")
        policy = make_policy(*sizes, discrete, config, facts["seed"])
        policy.load_state_dict({name: torch.from_numpy(array) for name, array in _under("policy", arrays)})
        optimiser = rules.make_optimiser(policy, config)
        state = {}
        for name, array in _under("optimiser", arrays):
            index, part = name.split(".")
            state.setdefault(int(index), {})[part] = torch.from_numpy(array)
        optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
        history = dict(_under("history", arrays))
        updates = [dict(zip(history, row, strict=True))
                   for row in zip(*(column.tolist() for column in history.values()), strict=True)]
        episodes = list(zip(arrays["steps"].tolist(), arrays["returns"].tolist(), strict=True))
        return cls(**facts, policy=policy, optimiser=optimiser, episodes=episodes, updates=updates)

    def __repr__(self):
        return (f"<TrainingRun {self.env_id} {self.algorithm} seed={self.seed} "
                f"total_steps={self.total_steps} episodes={len(self.episodes)} "
                f"mean_return={self.mean_return:.1f} solved_at_step={self.solved_at_step} "
                f"seconds={self.seconds:.2f} interrupted={self.interrupted}>")


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


def seeds_of(seed, first_step):
    """Return the environments' seed and that of all other draws, for a training from `first_step` on."""
    # A run that goes on must not meet the same episodes and the same draws again.
    return np.random.SeedSequence([seed, first_step]).generate_state(2).tolist()


def make_policy(observation_size, action_size, discrete, config, seed):
    """Return a new `ActorCritic` as `config` describes it, its first weights decided by `seed`."""
    return ActorCritic(
        observation_size, action_size, discrete=discrete, hidden_sizes=config.hidden_sizes,
        shared_trunk=config.shared_trunk, orthogonal_init=config.orthogonal_init,
        initial_log_std=config.initial_log_std, generator=torch.Generator().manual_seed(seed))


def make_collector(envs, seed, config):
    """Return a `Collector` of transitions as `config` describes it."""
    return Collector(envs, seed, config.gamma, config.clip_actions, config.normalise_rewards,
                     config.normalise_observations)


def _new_policy(envs, config, seed):
    actions = envs.single_action_space
    discrete = isinstance(actions, gymnasium.spaces.Discrete)
    action_size = int(actions.n) if discrete else actions.shape[0]
    return make_policy(envs.single_observation_space.shape[0], action_size, discrete, config, seed)


def _continued(earlier, env_id, algorithm, config, seed):
    """Return a copy of `earlier`, ready to go on under `config`."""
    for name, value in (("env_id", env_id), ("algorithm", algorithm)):
        if getattr(earlier, name) != value:
            raise ValueError(t("error.start_from_differs", name=name, value=repr(value),
                               earlier=repr(getattr(earlier, name))))
    for name in ("hidden_sizes", "shared_trunk"):
        if getattr(earlier.config, name) != getattr(config, name):
            raise ValueError(t("error.start_from_differs", name=name, value=repr(getattr(config, name)),
                               earlier=repr(getattr(earlier.config, name))))
    policy = copy.deepcopy(earlier.policy)
    optimiser = ALGORITHMS[algorithm].make_optimiser(policy, config)
    state = copy.deepcopy(earlier.optimiser.state_dict()["state"])
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    return dataclasses.replace(earlier, config=config, seed=seed, policy=policy, optimiser=optimiser,
                               interrupted=False, episodes=list(earlier.episodes),
                               updates=list(earlier.updates))


def _stop_at(stop_at, spec):
    if isinstance(stop_at, str):
        check_choice("stop_at", stop_at, ("threshold",))
        return spec.reward_threshold
    return None if stop_at is None else check_number("stop_at", stop_at)


def _under(prefix, arrays):
    return [(name.removeprefix(f"{prefix}."), array) for name, array in arrays.items()
            if name.startswith(f"{prefix}.")]


@contextlib.contextmanager
def one_thread():
    """Return a context in which torch computes on one thread."""
    # Networks this small lose more by handing work to other threads than they gain.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
