"""A tiny language model, trained by the functions of the other lessons.

A token is an action, the text so far is the state, an answer is an episode, and a checker pays at its end:
`ppo_edu.probability_ratio`, `clipped_surrogate`, `gae` and `approx_kl` do the rest. In reading order: `task`,
`model`, `rollout`, `formulas`, `update`, `pretraining`, `training`. torch is loaded
with the first name that needs it.

Examples
--------
::

    from ppo_edu import language_models as lm

    run = lm.train(lm.reference(), lm.LMConfig(advantage="grpo"), seed=0, updates=100)
    run.accuracy("held_out"), run.answers("held_out", samples=1)
"""

import importlib
from typing import TYPE_CHECKING, Any

from ppo_edu.language_models.formulas import group_advantages, masked_mean
from ppo_edu.language_models.task import HELD_OUT, REWARDS, TRAINED, correct

if TYPE_CHECKING:  # what `__getattr__` finds, for editors
    from ppo_edu.language_models.model import GPT
    from ppo_edu.language_models.pretraining import pretrain
    from ppo_edu.language_models.pretraining import shipped as reference
    from ppo_edu.language_models.rollout import Answers, sample, token_log_probs
    from ppo_edu.language_models.training import LMRun, train
    from ppo_edu.language_models.update import LMConfig, advantages_of, policy_loss, token_rewards

_LOADED_ON_FIRST_USE = {
    "GPT": "model.GPT",
    "Answers": "rollout.Answers",
    "LMConfig": "update.LMConfig",
    "LMRun": "training.LMRun",
    "advantages_of": "update.advantages_of",
    "policy_loss": "update.policy_loss",
    "pretrain": "pretraining.pretrain",
    "reference": "pretraining.shipped",
    "sample": "rollout.sample",
    "token_log_probs": "rollout.token_log_probs",
    "token_rewards": "update.token_rewards",
    "train": "training.train",
}

__all__ = [
    "GPT",
    "HELD_OUT",
    "REWARDS",
    "TRAINED",
    "Answers",
    "LMConfig",
    "LMRun",
    "advantages_of",
    "correct",
    "group_advantages",
    "masked_mean",
    "policy_loss",
    "pretrain",
    "reference",
    "sample",
    "token_log_probs",
    "token_rewards",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _LOADED_ON_FIRST_USE:
        raise AttributeError(f"module 'ppo_edu.language_models' has no attribute {name!r}")
    module, _, found = _LOADED_ON_FIRST_USE[name].partition(".")
    return getattr(importlib.import_module(f"ppo_edu.language_models.{module}"), found)
