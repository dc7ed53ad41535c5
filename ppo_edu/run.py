"""What a training is and leaves behind: its policy, its curve, its settings, and a file of them."""

import contextlib
import dataclasses
import functools
import itertools
import os
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from ppo_edu import ppo, saving, trpo
from ppo_edu.environments import as_vector, closing, make_environment, name_of
from ppo_edu.guards.torch_settings import neutral_torch
from ppo_edu.guards.validation import check_count, check_counts, check_number, check_seed, check_switch
from ppo_edu.language import t
from ppo_edu.policy import ActorCritic
from ppo_edu.returns import WINDOW, first_reached, mean_of_last
from ppo_edu.rollout import Rollout, environment_actions, play_episodes

# An algorithm is a module with Config, make_optimiser(policy, config) and
# update(policy, optimiser, rollout, config, generator, progress) -> dict of floats, named by DIAGNOSTICS.
ALGORITHMS = {"ppo": ppo, "trpo": trpo}


def algorithm_of(config):
    """Return the name of the algorithm whose settings `config` is, or raise TypeError."""
    for name, algorithm in ALGORITHMS.items():
        if isinstance(config, algorithm.Config):
            return name
    expected = " / ".join(algorithm.Config.__name__ for algorithm in ALGORITHMS.values())
    raise TypeError(t("error.no_config", expected=expected, type=type(config).__name__))


def check_config(algorithm, config):
    """Raise TypeError unless `config` is the settings of `algorithm`, one of `ALGORITHMS`."""
    expected = ALGORITHMS[algorithm].Config
    if not isinstance(config, expected):
        raise TypeError(
            t(
                "error.wrong_config",
                algorithm=repr(algorithm),
                expected=expected.__name__,
                type=type(config).__name__,
            )
        )


@dataclasses.dataclass(repr=False, eq=False)
class TrainingRun:
    """What `train` returns: the curve, the policy, and all it takes to go on.

    Attributes
    ----------
    env_id : str or callable
        As given to `train`; after `load`, for a function, its name: assign the function again to evaluate.
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
    env_kwargs : dict
    """

    env_id: str | Callable[..., Any]
    algorithm: str
    config: ppo.PPOConfig | trpo.TRPOConfig
    seed: int
    policy: ActorCritic
    optimiser: torch.optim.Optimizer
    seconds: float = 0.0
    total_steps: int = 0
    solved_at_step: int | None = None
    interrupted: bool = False
    episodes: list[tuple[int, float]] = dataclasses.field(default_factory=list)
    updates: list[dict[str, float]] = dataclasses.field(default_factory=list)
    env_kwargs: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def returns(self) -> NDArray[np.float64]:
        """Undiscounted return of each finished training episode, (E,), in the order in which they ended."""
        return np.array([episode[1] for episode in self.episodes], dtype=float)

    @property
    def steps(self) -> NDArray[np.int_]:
        """Environment step at which each of them ended, (E,)."""
        return np.array([episode[0] for episode in self.episodes], dtype=int)

    @property
    def mean_return(self) -> float:
        """Mean return of the last 100 finished episodes; NaN if none has finished."""
        last = [value for _, value in self.episodes[-WINDOW:]]
        return float(mean_of_last(last)[-1]) if last else float("nan")

    @property
    def watched(self) -> tuple[str, ...]:
        """Names in `history` of what is worth watching while it trains, as the algorithm says."""
        return ALGORITHMS[self.algorithm].watched(self.config)

    @property
    def history(self) -> dict[str, NDArray[Any]]:
        """What each update did: a dict from name to an array with one entry per update.

        "steps", "seconds", and what the algorithm's update returns: see `ppo_edu.ppo.update` and
        `ppo_edu.trpo.update`.
        """
        names = ("steps", "seconds", *ALGORITHMS[self.algorithm].DIAGNOSTICS)
        return {name: np.array([update[name] for update in self.updates]) for name in names}

    def add_rollout(
        self, rollout: Rollout, episodes: list[tuple[int, float]], threshold: float | None
    ) -> int | None:
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

    def evaluate(
        self, episodes: int = 100, seed: int = 10_000, *, greedy: bool = True
    ) -> NDArray[np.float64]:
        """Return the undiscounted returns, (episodes,), of the policy as it is now, in new episodes.

        Parameters
        ----------
        episodes : int >= 1
        seed : int >= 0
            Decides the episodes' starts and, where actions are drawn, the draws.
        greedy : bool
            Whether the most probable action is taken (the default) or one is drawn, as in training.
        """
        episodes, seed = check_count("episodes", episodes), check_seed("seed", seed)
        with one_thread():
            act = self.policy.greedy if check_switch("greedy", greedy) else self.policy.drawing(seed)
            return play_episodes(
                self.env_id, act, episodes, seed, self.config.clip_actions, env_kwargs=self.env_kwargs
            )

    def act(self, observation: ArrayLike) -> Any:
        """Return the greedy action for one observation, (D,), as a single environment takes it."""
        observations, actions = self._spaces
        with one_thread():
            action = self.policy.greedy(as_vector(observations, observation)).numpy()
        return environment_actions(action, actions, self.config.clip_actions)

    @functools.cached_property
    def _spaces(self):
        with closing(make_environment(self.env_id, **self.env_kwargs), name_of(self.env_id)) as env:
            return env.observation_space, env.action_space

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run to `path` as a .npz file: curve, policy, optimiser state and settings.

        All or nothing: a process killed on the way leaves an earlier file of that name whole.
        """
        facts = {
            "env_id": name_of(self.env_id),
            "env_kwargs": self.env_kwargs,
            "algorithm": self.algorithm,
            "config": dataclasses.asdict(self.config),
            "seed": self.seed,
            "seconds": self.seconds,
            "total_steps": self.total_steps,
            "solved_at_step": self.solved_at_step,
            "interrupted": self.interrupted,
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
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the run that `save` wrote to `path`. Runs no code from the file.

        Raises
        ------
        ValueError
            If the file is damaged or is not a run.
        OSError
            If there is no such file, or it cannot be read.
        """
        with one_thread():
            return saving.read(path, cls._from_file)

    @classmethod
    def _from_file(cls, facts, arrays):
        algorithm = ALGORITHMS[facts["algorithm"]]
        config = facts["config"] = algorithm.Config(**facts["config"])
        sizes, discrete = facts.pop("sizes"), check_switch("discrete", facts.pop("discrete"))
        facts.setdefault("env_kwargs", {})
        _check_facts(facts)
        curve = _checked_columns(arrays, ("steps", "returns"), facts["total_steps"])
        names = ("steps", "seconds", *algorithm.DIAGNOSTICS)
        history = _checked_columns(dict(under("history", arrays)), names, facts["total_steps"])
        # Before a network is made: a forged file must not ask for one that fills the memory.
        check_counts("sizes", sizes, at_most=1_000_000, longest=2)
        if _network_numbers(*sizes, config) != sum(
            array.size for name, array in under("policy", arrays) if name.startswith(("actor_", "critic_"))
        ):
            raise ValueError("policy")
        # Its first weights do not matter, and orthogonal ones take long.
        plain = dataclasses.replace(config, orthogonal_init=False)
        policy = make_policy(*sizes, discrete, plain, facts["seed"])
        policy.load_state_dict(_tensors("policy", arrays, policy.state_dict()))
        optimiser = algorithm.make_optimiser(policy, config)
        optimiser.load_state_dict({**optimiser.state_dict(), "state": _optimiser_state(optimiser, arrays)})
        known = {"steps", "returns", *(f"history.{name}" for name in names)}
        if any(not name.startswith(("policy.", "optimiser.")) for name in arrays.keys() - known):
            raise ValueError("names")
        updates = [dict(zip(history, row, strict=True)) for row in zip(*history.values(), strict=True)]
        episodes = list(zip(curve["steps"], curve["returns"], strict=True))
        return cls(**facts, policy=policy, optimiser=optimiser, episodes=episodes, updates=updates)

    def __repr__(self):
        return (
            f"<TrainingRun {name_of(self.env_id)} {self.algorithm} seed={self.seed} "
            f"total_steps={self.total_steps} episodes={len(self.episodes)} "
            f"mean_return={self.mean_return:.1f} solved_at_step={self.solved_at_step} "
            f"seconds={self.seconds:.2f} interrupted={self.interrupted}>"
        )


def keep_run(error, run):
    """Give `error` the attribute ``run``, the training that it broke off, and a note that says so."""
    with contextlib.suppress(Exception):  # an error's class may allow no new attributes
        error.run = run
        error.add_note(t("error.run_kept"))


def make_policy(observation_size, action_size, discrete, config, seed):
    """Return a new `ActorCritic` as `config` describes it, its first weights decided by `seed`."""
    return ActorCritic(
        observation_size,
        action_size,
        discrete=discrete,
        hidden_sizes=config.hidden_sizes,
        shared_trunk=config.shared_trunk,
        orthogonal_init=config.orthogonal_init,
        initial_log_std=config.initial_log_std,
        generator=torch.Generator().manual_seed(seed),
    )


def _check_facts(facts):
    """Raise TypeError or ValueError unless `facts` of a file are what a run's are."""
    check_seed("seed", facts["seed"])
    check_count("total_steps", facts["total_steps"], at_least=0, at_most=2**63 - 1)
    check_number("seconds", facts["seconds"], at_least=0)
    check_switch("interrupted", facts["interrupted"])
    if facts["solved_at_step"] is not None:
        check_count("solved_at_step", facts["solved_at_step"], at_least=0, at_most=facts["total_steps"])
    if not isinstance(facts["env_id"], str) or not isinstance(facts["env_kwargs"], dict):
        raise TypeError("env_id")


def _checked_columns(arrays, names, total_steps):
    """Return the columns `names` of `arrays` as lists of one length, or raise if they are not that."""
    columns = {name: arrays[name] for name in names}
    for name, column in columns.items():
        # Without any update, NumPy has no number to take the type from.
        kinds = "iu" if name == "steps" and column.size else "iuf"
        if column.ndim != 1 or column.dtype.kind not in kinds or column.dtype.itemsize > 8:
            raise ValueError(name)
    if len({len(column) for column in columns.values()}) > 1:
        raise ValueError("lengths")
    columns = {name: column.tolist() for name, column in columns.items()}
    steps = [0, *columns["steps"], total_steps]
    if steps != sorted(steps):
        raise ValueError("steps")
    return columns


def _network_numbers(observation_size, action_size, config):
    """Return how many numbers the layers of a policy of this `config` have, shared ones counted twice."""
    widths = (observation_size, *config.hidden_sizes)
    trunk = sum((inputs + 1) * outputs for inputs, outputs in itertools.pairwise(widths))
    return 2 * trunk + (widths[-1] + 1) * (action_size + 1)


def _tensors(prefix, arrays, like):
    """Return the arrays under `prefix` as tensors, or raise if they are not alike."""
    found = dict(under(prefix, arrays))
    if found.keys() != like.keys():
        raise ValueError(prefix)
    tensors = {name: torch.from_numpy(array) for name, array in found.items()}
    for name, tensor in tensors.items():
        # Adam's counts and squares are never below 0; a square may be beyond all floats, and the step then 0.
        low = name in ("step", "exp_avg_sq") and bool((tensor < 0).any())
        finite = ~tensor.isnan() if name == "exp_avg_sq" else tensor.isfinite()
        if low or not bool(finite.all()):
            raise ValueError(f"{prefix}.{name}")
        if tensor.shape != like[name].shape or tensor.dtype != like[name].dtype:
            raise ValueError(f"{prefix}.{name}")
    return tensors


def _optimiser_state(optimiser, arrays):
    """Return the state that the file holds for each parameter, or raise if it is not Adam's."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    held = {name.partition(".")[0] for name, _ in under("optimiser", arrays)}
    state = {}
    for index, parameter in enumerate(parameters):
        if str(index) in held:
            like = {"step": torch.zeros(()), "exp_avg": parameter, "exp_avg_sq": parameter}
            state[index] = _tensors(f"optimiser.{index}", arrays, like)
    if held - {str(index) for index in state}:
        raise ValueError("optimiser")
    return state


def under(prefix, arrays):
    return [
        (name.removeprefix(f"{prefix}."), array)
        for name, array in arrays.items()
        if name.startswith(f"{prefix}.")
    ]


@contextlib.contextmanager
def one_thread():
    """Return a context in which torch counts on one thread of the CPU, whatever is set in the session."""
    # Networks this small lose more by handing work to other threads than they gain.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        # NumPy, too, as after its import: a session may have made errors of its warnings.
        with neutral_torch(), np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            yield
    finally:
        torch.set_num_threads(threads)
