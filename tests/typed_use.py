"""The public names as a caller uses them, for mypy to check (`make test`); nothing here runs.

Each `assert_type` fails for mypy if an editor would see something else, such as Any.
"""

from collections.abc import Callable
from typing import Any, assert_type

import numpy as np
import torch
from numpy.typing import NDArray

import ppo_edu
from ppo_edu import explorers, figures
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture
from ppo_edu.exercises import CheckResult, Hint, Solution
from ppo_edu.exercises.progress_file import Progress
from ppo_edu.ppo import PPOConfig
from ppo_edu.run import TrainingRun
from ppo_edu.study import Results, Variant, run_study
from ppo_edu.trpo import TRPOConfig


def formulas(array: NDArray[np.float64], tensor: torch.Tensor) -> None:
    assert_type(ppo_edu.probability_ratio(tensor, tensor), torch.Tensor)
    assert_type(ppo_edu.probability_ratio(0.5, 0.5), float)
    assert_type(ppo_edu.clipped_surrogate(tensor, tensor, 0.2), torch.Tensor)
    assert_type(ppo_edu.clipped_surrogate(tensor, 1.0, epsilon=0.2), torch.Tensor)
    assert_type(ppo_edu.clipped_surrogate(array, array, 0.2), NDArray[Any])
    assert_type(ppo_edu.clipped_without_min(array, array, 0.2), NDArray[Any])
    assert_type(ppo_edu.unclipped_surrogate(1.5, -1.0), float)
    assert_type(ppo_edu.clip_fraction([0.5, 1.5], 0.2), float)
    assert_type(ppo_edu.approx_kl(tensor, tensor), float)
    deltas = ppo_edu.td_errors([1, 1], [0, 0], [0, 0], [False, True], gamma=0.99)
    assert_type(deltas, NDArray[np.floating[Any]])
    advantages = ppo_edu.gae(array, array, array, array > 0, array > 0, gamma=0.99, lam=0.95)
    assert_type(advantages, NDArray[np.floating[Any]])


def training() -> None:
    run = ppo_edu.train("CartPole-v1", ppo_edu.PPOConfig(epsilon=0.1), seed=1)
    assert_type(run, TrainingRun)
    assert_type(run.config, PPOConfig | TRPOConfig)
    assert_type(run.returns, NDArray[np.float64])
    assert_type(run.solved_at_step, int | None)
    assert_type(run.evaluate(), NDArray[np.float64])
    assert_type(TrainingRun.load("run.npz"), TrainingRun)
    assert_type(run.policy.v(run.returns), torch.Tensor)
    ppo_edu.train(config=ppo_edu.TRPOConfig(), start_from=run, on_update=lambda run: run.mean_return)


def studies() -> None:
    results = run_study([Variant("default", PPOConfig())], range(20), "my_study", workers=1)
    assert_type(results, Results)
    assert_type(results.scores("CartPole-v1", "default"), NDArray[Any])
    assert_type(ppo_edu.study.Results.read("study.csv"), Results)


def lessons() -> None:
    ppo_edu.use_language("ko")
    assert_type(ppo_edu.t("error.nan", name="x"), str)
    assert_type(ppo_edu.check("gae", len), CheckResult)
    assert_type(ppo_edu.hint("gae"), Hint | Solution)
    assert_type(ppo_edu.progress(), Progress)
    assert_type(explorers.clip, Callable[..., Explorer])
    assert_type(figures.ppoclip, Callable[..., Picture])
