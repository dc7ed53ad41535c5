"""A tiny language model, trained by the functions of the other lessons.

A token is an action, the text so far is the state, an answer is an episode, and a checker pays at its end:
`ppo_edu.probability_ratio`, `clipped_surrogate`, `gae` and `approx_kl` do the rest. In reading order: `task`,
`model`, `rollout`, `update`, `reference`, `training`.

Examples
--------
::

    from ppo_edu import language_models as lm

    run = lm.train(lm.reference(), lm.LMConfig(advantage="grpo"), seed=0, updates=150)
    run.accuracy("held_out"), run.answers("held_out", samples=1)
"""

from ppo_edu.language_models.model import GPT
from ppo_edu.language_models.reference import pretrain
from ppo_edu.language_models.reference import shipped as reference
from ppo_edu.language_models.rollout import Answers, sample, token_log_probs
from ppo_edu.language_models.task import HELD_OUT, REWARDS, TRAINED, correct
from ppo_edu.language_models.training import LMRun, train
from ppo_edu.language_models.update import (
    LMConfig,
    advantages_of,
    group_advantages,
    masked_mean,
    policy_loss,
    token_rewards,
)

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
