"""Training a language model, and what it leaves behind."""

import copy
import dataclasses
import os
import time
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from ppo_edu import saving
from ppo_edu.guards.validation import (
    check_callable,
    check_choice,
    check_count,
    check_number,
    check_seed,
    check_switch,
)
from ppo_edu.language import t
from ppo_edu.language_models.model import GPT, check_model, critic_from
from ppo_edu.language_models.pretraining import arrays_of, network_of, shipped
from ppo_edu.language_models.rollout import sample
from ppo_edu.language_models.task import HELD_OUT, REWARDS, TRAINED, correct
from ppo_edu.language_models.update import DIAGNOSTICS, LMConfig, update
from ppo_edu.run import keep_run, one_thread, under

PROMPTS = {"trained": TRAINED, "held_out": HELD_OUT}
COLUMNS = (
    *("answers", "seconds", "reward", "accuracy", "held_out", "length", "distinct", "flat_groups"),
    *DIAGNOSTICS,
)
WATCHED = ("kl_reference", "entropy", "length", "clip_fraction")
# Sampling on held-out prompts takes time, too: so many updates apart.
_EVERY, _ANSWERS_TO_EACH = 5, 32

Reward = Callable[[int, str], float]


@dataclasses.dataclass(repr=False, eq=False)
class LMRun:
    """What `train` returns: the policy, its curve, and what it is compared with.

    Attributes
    ----------
    config : LMConfig
    seed : int
    policy, reference : GPT
    reward : str
        The name of the reward in `ppo_edu.language_models.REWARDS`, or of the function.
    seconds : float
        Wall clock of the training, `on_update` included.
    interrupted : bool
    """

    config: LMConfig
    seed: int
    policy: GPT
    reference: GPT
    reward: str = "correct"
    seconds: float = 0.0
    interrupted: bool = False
    updates: list[dict[str, float]] = dataclasses.field(default_factory=list)

    @property
    def history(self) -> dict[str, NDArray[Any]]:
        """What each update did: a dict from name to an array with one entry per update.

        "answers" (sampled so far), "seconds"; of the answers that the update learned from: "reward" (the mean
        that was paid), "accuracy" (share that is right), "length" (tokens), "distinct" (share of different
        answers), "flat_groups" (share of groups with all rewards alike; NaN without groups); "held_out", the
        accuracy on held-out prompts, measured at every fifth update and NaN at the others; and what
        `ppo_edu.language_models.update.update` returns.
        """
        return {name: np.array([each[name] for each in self.updates], dtype=float) for name in COLUMNS}

    @property
    def watched(self) -> tuple[str, ...]:
        """Names in `history` of what is worth watching while it trains."""
        return WATCHED

    @property
    def total_answers(self) -> int:
        """Answers sampled for updates so far."""
        return self.config.answers * len(self.updates)

    def answers(
        self,
        prompts: str = "held_out",
        samples: int = 64,
        *,
        greedy: bool = False,
        seed: int = 10_000,
    ) -> list[tuple[int, str]]:
        """Return pairs (number, answer) of the policy as it is now: `samples` to each of the `prompts`.

        Parameters
        ----------
        prompts : {"held_out", "trained"}
        samples : int in [1, 65536]
            Greedily there is only one answer to a prompt, and this is left aside.
        greedy : bool
        seed : int >= 0
        """
        chosen = PROMPTS[check_choice("prompts", prompts, tuple(PROMPTS))]
        samples = 1 if check_switch("greedy", greedy) else check_count("samples", samples, at_most=65_536)
        numbers = [number for number in chosen for _ in range(samples)]
        with one_thread():
            generator = torch.Generator().manual_seed(check_seed("seed", seed))
            return list(
                zip(numbers, sample(self.policy, numbers, generator, greedy=greedy).texts, strict=True)
            )

    def accuracy(
        self,
        prompts: str = "held_out",
        *,
        greedy: bool = False,
        samples: int = 64,
        seed: int = 10_000,
    ) -> float:
        """Return which share of `answers` is right, a float in [0, 1]."""
        found = self.answers(prompts, samples, greedy=greedy, seed=seed)
        return float(np.mean([correct(*pair) for pair in found]))

    def pass_at(self, k: int, prompts: str = "held_out", *, samples: int = 64, seed: int = 10_000) -> float:
        """Return the chance that at least one of `k` answers to a prompt is right, a float in [0, 1].

        Estimated without bias from `samples` >= k answers to each (Chen et al. 2021,
        https://arxiv.org/abs/2107.03374, section 2.1).
        """
        check_count("k", k, at_most=check_count("samples", samples))
        found = self.answers(prompts, samples, seed=seed)
        right = np.array([correct(*pair) for pair in found]).reshape(-1, samples).sum(1)
        missed = [np.prod([(samples - count - i) / (samples - i) for i in range(k)]) for count in right]
        return float(1 - np.mean(missed))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run to `path` as a .npz file, all or nothing."""
        facts = {
            "kind": "language_model",
            "config": dataclasses.asdict(self.config),
            "seed": self.seed,
            "reward": self.reward,
            "seconds": self.seconds,
            "interrupted": self.interrupted,
        }
        arrays = {f"history.{name}": column for name, column in self.history.items()}
        for part in ("policy", "reference"):
            arrays |= {f"{part}.{name}": array for name, array in arrays_of(getattr(self, part)).items()}
        saving.write(path, facts, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the run that `save` wrote to `path`. Runs no code from the file.

        Raises
        ------
        ValueError
            If the file is damaged or is not a run of a language model.
        OSError
            If there is no such file, or it cannot be read.
        """
        with one_thread():
            return saving.read(path, cls._from_file)

    @classmethod
    def _from_file(cls, facts, arrays):
        if facts.pop("kind") != "language_model":
            raise ValueError("kind")
        facts["config"] = LMConfig(**facts["config"])
        check_seed("seed", facts["seed"])
        check_number("seconds", facts["seconds"], at_least=0)
        check_switch("interrupted", facts["interrupted"])
        if not isinstance(facts["reward"], str):
            raise TypeError("reward")
        history = dict(under("history", arrays))
        if history.keys() != set(COLUMNS) or len({column.shape for column in history.values()}) > 1:
            raise ValueError("history")
        if any(column.ndim != 1 or column.dtype != np.float64 for column in history.values()):
            raise ValueError("history")
        updates = [
            dict(zip(COLUMNS, row, strict=True))
            for row in zip(*(history[name].tolist() for name in COLUMNS), strict=True)
        ]
        networks = {part: network_of(dict(under(part, arrays))) for part in ("policy", "reference")}
        if any(not name.startswith(("history.", "policy.", "reference.")) for name in arrays):
            raise ValueError("names")
        return cls(**facts, **networks, updates=updates)

    def __repr__(self):
        return (
            f"<LMRun {self.config.advantage} reward={self.reward} seed={self.seed} "
            f"updates={len(self.updates)} seconds={self.seconds:.2f} interrupted={self.interrupted}>"
        )


def train(
    reference: GPT | None = None,
    config: LMConfig | None = None,
    *,
    seed: int = 0,
    updates: int = 100,
    reward: str | Reward = "correct",
    on_update: Callable[[LMRun], object] | None = None,
) -> LMRun:
    """Train a copy of `reference` to answer as `reward` pays, and return the run.

    Parameters
    ----------
    reference : GPT, optional
        Where training starts, and what the KL is taken to; `reference()` if not given. It is left as it is.
    config : LMConfig, optional
        Its defaults, PPO with a critic, if not given.
    seed : int >= 0
        Decides prompts, answers and minibatches. The same seed on the same machine gives the same run to the
        last digit. The global random generators are left alone.
    updates : int >= 1
    reward : {"correct", "wordy", "careless"} or callable
        A callable takes the number and the answer's text, and returns a finite float.
    on_update : callable, optional
        Called with the run after every update; may raise KeyboardInterrupt to stop the training.

    Returns
    -------
    LMRun
        Also after a KeyboardInterrupt: then ``run.interrupted`` is True, and the policy is what it was.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter, its value and what is allowed.
    FloatingPointError
        If an update left numbers that are not finite.
    BaseException
        Whatever else goes wrong on the way, in `reward` or in `on_update`. The attribute ``run`` of every
        error that ends a training is that training until then.
    """
    config = LMConfig() if config is None else config
    if not isinstance(config, LMConfig):
        raise TypeError(t("error.no_config", expected="LMConfig", type=type(config).__name__))
    reference = shipped() if reference is None else reference
    check_model("reference", reference)
    seed, updates = check_seed("seed", seed), check_count("updates", updates)
    if on_update is not None:
        check_callable("on_update", on_update)
    pay, name = _reward(reward)
    with one_thread():
        run = LMRun(config, seed, copy.deepcopy(reference), copy.deepcopy(reference), name)
        started = time.perf_counter()
        try:
            for _ in loop(run, pay, updates, started):
                if on_update is not None:
                    on_update(run)
        except KeyboardInterrupt:
            run.interrupted = True
        except BaseException as error:
            keep_run(error, run)
            raise
        finally:
            run.seconds = time.perf_counter() - started
    return run


def loop(run, pay, updates, started):
    """Sample, pay, update, repeat: yields after each update, `run` having grown by it."""
    config, policy = run.config, run.policy
    generator = torch.Generator().manual_seed(run.seed)
    critic = critic_from(run.reference) if config.advantage == "ppo" else None
    prompts = asked(config, generator)
    networks = {policy: config.learning_rate}
    if critic is not None:
        networks[critic] = config.critic_learning_rate
    optimisers = [
        torch.optim.Adam(network.parameters(), lr=rate, eps=config.adam_epsilon, fused=True)
        for network, rate in networks.items()
    ]
    for index in range(updates):
        for group in optimisers[0].param_groups:
            group["lr"] = config.learning_rate * min(1, (index + 1) / config.warmup)
        numbers = next(prompts)
        answers = sample(policy, numbers, generator)
        texts = answers.texts
        rewards = torch.tensor([_checked(pay(*pair), pair) for pair in zip(numbers, texts, strict=True)])
        told = _told(numbers, texts, rewards, answers, config)
        told |= update(policy, critic, optimisers, run.reference, answers, rewards, config, generator)
        if not all(bool(weights.isfinite().all()) for weights in policy.parameters()):
            raise FloatingPointError(t("lm_error.broke", updates=index + 1, rate=config.learning_rate))
        measured = index % _EVERY == 0 or index == updates - 1
        told["held_out"] = run.accuracy(samples=_ANSWERS_TO_EACH) if measured else float("nan")
        run.seconds = time.perf_counter() - started
        told |= {"answers": (index + 1) * config.answers, "seconds": run.seconds}
        run.updates.append(told)
        yield told


def asked(config, generator):
    """Yield what the prompts of each update ask for, a list of int; those of a group stand together.

    In turn, each of `TRAINED` comes once, in a new order, before any comes again, as a data set is read.
    Drawn, an update of 32 groups misses a third of the 32 prompts, and asks others twice.
    """
    count, left = config.answers // config.group_size, []
    while True:
        if config.prompts == "drawn":
            left = torch.randint(len(TRAINED), (count,), generator=generator).tolist()
        while len(left) < count:
            left += torch.randperm(len(TRAINED), generator=generator).tolist()
        taken, left = left[:count], left[count:]
        yield [TRAINED[index] for index in taken for _ in range(config.group_size)]


def _told(numbers, texts, rewards, answers, config):
    """Return what the answers themselves say, before anything is learned from them."""
    groups = rewards.view(-1, config.group_size)
    flat = (groups == groups[:, :1]).all(1).float().mean() if config.group_size > 1 else float("nan")
    return {
        "reward": float(rewards.mean()),
        "accuracy": float(np.mean([correct(*pair) for pair in zip(numbers, texts, strict=True)])),
        "length": float(answers.valid.sum(1).float().mean()),
        "distinct": len(set(zip(numbers, texts, strict=True))) / len(texts),
        "flat_groups": float(flat),
    }


def _reward(reward):
    """Return the function and its name."""
    if callable(reward):
        return reward, getattr(reward, "__name__", type(reward).__name__)
    return REWARDS[check_choice("reward", reward, tuple(REWARDS))], reward


def _checked(paid, pair):
    return float(check_number(f"reward{pair!r}", paid, at_least=-1e6, at_most=1e6))
