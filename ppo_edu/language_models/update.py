"""PPO, GRPO and their kin on answers: the formulas of `ppo_edu`, one token a row."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from ppo_edu.advantage import gae
from ppo_edu.batch import standardised
from ppo_edu.guards.validation import (
    check_choice,
    check_count,
    check_number,
    check_switch,
    keep_checked,
    shortened,
)
from ppo_edu.language import t
from ppo_edu.language_models.formulas import MEANS, group_advantages, masked_mean
from ppo_edu.language_models.model import check_model
from ppo_edu.language_models.rollout import check_answers, of_tokens, shifted, token_log_probs, token_scores
from ppo_edu.objective import (
    approx_kl,
    clip_fraction,
    clipped_surrogate,
    kl_terms,
    no_gradient_fraction,
    probability_ratio,
    unclipped_surrogate,
)

ADVANTAGES = ("ppo", "grpo", "rloo", "reinforce")
DIAGNOSTICS = ("approx_kl", "clip_fraction", "no_gradient", "entropy", "kl_reference")


@dataclass(frozen=True, kw_only=True)
class LMConfig:
    """How a language model is trained. The discount is 1 throughout: answers are short, and paid at the end.

    Parameters
    ----------
    advantage : {"ppo", "grpo", "rloo", "reinforce"}, default "ppo"
        Where the advantage comes from: a critic and GAE; the group's mean and spread; the mean of the others
        in the group; the batch's mean and spread.
    answers : int in [1, 65536], default 256
        Sampled for an update.
    group : int in [1, 65536] or None
        Answers to each prompt, a divisor of `answers`; None is 8 for "grpo" and "rloo", and 1 for the others.
    prompts : {"in_turn", "drawn"}, default "in_turn"
        Whether all prompts are asked before any is asked again, or each time any may come.
    epochs : int >= 1, default 2
    minibatch_size : int >= 1, default 64
        Answers to a gradient step.
    learning_rate, critic_learning_rate : float in (0, 1e6], default 3e-4 and 1e-3
    warmup : int >= 1, default 10
        Updates until the policy's learning rate is reached.
    clip : bool, default True
        Whether the surrogate is clipped.
    epsilon : float in (0, 1e6], default 0.2
    epsilon_high : float in (0, 1e6] or None, default None
        Clip range above 1, if it is to be another (DAPO).
    ratio : {"token", "sequence"}, default "token"
        One ratio for each token, or one for each answer, the geometric mean of its tokens' (GSPO).
    mean : {"token", "sequence", "constant"}, default "token"
        Over all tokens (DAPO); over each answer's, then over answers (GRPO's paper); by the longest length
        that an answer may have, the same for all (Dr. GRPO).
    divide_by_std : bool, default True
        Whether "grpo" divides by the group's standard deviation (Dr. GRPO does not).
    beta : float in [0, 1e6], default 0
        Weight of the KL to the reference.
    kl : {"reward", "k2", "k3"}, default "reward"
        Where it stands: k1 taken off each token's reward, or one of `ppo_edu.objective.kl_terms` in the loss.
    lam : float in [0, 1], default 1
        GAE's lambda, for "ppo".
    max_grad_norm : float in (0, 1e6], default 1
    adam_epsilon : float in [1e-30, 1e6], default 1e-5

    Raises
    ------
    TypeError, ValueError
        Naming the field, its value and what is allowed.
    """

    CHOICES: ClassVar[dict[str, tuple[str, ...]]] = {
        "advantage": ADVANTAGES,
        "prompts": ("in_turn", "drawn"),
        "ratio": ("token", "sequence"),
        "mean": MEANS,
        "kl": ("reward", "k2", "k3"),
    }

    advantage: str = "ppo"
    answers: int = 256
    group: int | None = None
    prompts: str = "in_turn"
    epochs: int = 2
    minibatch_size: int = 64
    learning_rate: float = 3e-4
    critic_learning_rate: float = 1e-3
    warmup: int = 10
    clip: bool = True
    epsilon: float = 0.2
    epsilon_high: float | None = None
    ratio: str = "token"
    mean: str = "token"
    divide_by_std: bool = True
    beta: float = 0.0
    kl: str = "reward"
    lam: float = 1.0
    max_grad_norm: float = 1.0
    adam_epsilon: float = 1e-5

    def __post_init__(self) -> None:
        for name, choices in self.CHOICES.items():
            keep_checked(self, check_choice, name, choices=choices)
        counts = ["answers", "epochs", "minibatch_size", "warmup"]
        counts += ["group"] if self.group is not None else []
        keep_checked(self, check_count, *counts, at_most=65_536)
        positive = ["learning_rate", "critic_learning_rate", "epsilon", "max_grad_norm"]
        positive += ["epsilon_high"] if self.epsilon_high is not None else []
        keep_checked(self, check_number, *positive, above=0, at_most=1e6)
        keep_checked(self, check_number, "adam_epsilon", at_least=1e-30, at_most=1e6)
        keep_checked(self, check_number, "beta", at_least=0, at_most=1e6)
        keep_checked(self, check_number, "lam", at_least=0, at_most=1)
        keep_checked(self, check_switch, "clip", "divide_by_std")
        if self.answers % self.group_size:
            raise ValueError(t("lm_error.group", group=self.group_size, answers=self.answers))
        if self.advantage in ("grpo", "rloo") and self.group_size < 2:
            raise ValueError(t("lm_error.group_of_one", advantage=repr(self.advantage)))

    @property
    def group_size(self) -> int:
        """Answers to each prompt."""
        if self.group is not None:
            return self.group
        return 8 if self.advantage in ("grpo", "rloo") else 1


def token_rewards(answers, rewards, log_probs, ref_log_probs, beta):
    """Return what each token is paid, (B, L): the answer's reward on its last one, less beta times k1.

    Parameters
    ----------
    answers : Answers
    rewards : tensor, (B,)
    log_probs, ref_log_probs : tensor, (B, L)
        Under the policy that sampled and under the reference.
    beta : float >= 0
    """
    check_answers("answers", answers, log_probs=log_probs, ref_log_probs=ref_log_probs)
    rewards, beta = _of_answers(answers, rewards), check_number("beta", beta, at_least=0, at_most=1e6)
    penalty = kl_terms(ref_log_probs, log_probs, "k1") * answers.valid
    return answers.last * rewards[:, None] - beta * penalty


def _of_answers(answers, rewards):
    if not isinstance(rewards, torch.Tensor) or tuple(rewards.shape) != (len(answers),):
        raise ValueError(
            t(
                "lm_error.not_of_tokens",
                name="rewards",
                shape=(len(answers),),
                value=shortened(rewards),
            )
        )
    return rewards


def _check_config(config):
    if not isinstance(config, LMConfig):
        raise TypeError(t("error.no_config", expected="LMConfig", type=type(config).__name__))


@torch.no_grad()
def advantages_of(answers, rewards, ref_log_probs, critic, config):
    """Return each token's advantage and what the critic is to learn, (B, L) both; without critic None.

    Time runs from left to right here; for `ppo_edu.gae` it runs down, with the answers side by side.
    """
    _check_config(config)
    check_answers("answers", answers, ref_log_probs=ref_log_probs)
    if config.advantage == "ppo":
        check_model("critic", critic)
    beta = config.beta if config.kl == "reward" else 0.0
    paid = token_rewards(answers, rewards, answers.log_probs, ref_log_probs, beta)
    valid, targets = answers.valid, None
    if config.advantage == "ppo":
        values = token_scores(critic, answers)[..., 0] * valid
        ended = answers.last | ~valid
        never = torch.zeros_like(valid)
        columns = (column.numpy().T for column in (paid, values, shifted(values), ended, never))
        advantages = torch.from_numpy(np.ascontiguousarray(gae(*columns, 1.0, config.lam).T))
        targets = advantages + values
    else:
        totals = paid.sum(1)
        if config.advantage == "reinforce":
            of_answer = totals - totals.mean()
        else:
            of_answer = group_advantages(
                totals, config.group_size, config.divide_by_std and config.advantage == "grpo"
            )
        if config.advantage == "rloo":  # the mean of the others is further away than the mean of all
            of_answer = of_answer * config.group_size / (config.group_size - 1)
        advantages = of_answer[:, None] * valid
    if config.advantage in ("ppo", "reinforce"):
        advantages = torch.zeros_like(advantages).masked_scatter(valid, standardised(advantages[valid]))
    return advantages, targets


def ratios_of(log_probs, answers, kind="token"):
    """Return the ratio of each token, (B, L), or for "sequence" the answer's one at each of its tokens."""
    old = answers.log_probs
    if kind == "token":
        return probability_ratio(log_probs, old)
    lengths = answers.valid.sum(1, keepdim=True)
    means = [(each.sum(1, keepdim=True) / lengths).expand_as(old) for each in (log_probs, old)]
    return probability_ratio(*means)


def policy_loss(log_probs, answers, advantages, ref_log_probs, config):
    """Return the loss of the policy, to be minimised: the surrogate's mean, and the KL if it stands there.

    Parameters
    ----------
    log_probs : tensor, (B, L)
        Under the policy that learns, with gradient, 0 where padded.
    answers : Answers
    advantages, ref_log_probs : tensor, (B, L)
    config : LMConfig
    """
    _check_config(config)
    check_answers("answers", answers, log_probs=log_probs, advantages=advantages, ref_log_probs=ref_log_probs)
    ratio = ratios_of(log_probs, answers, config.ratio)
    if config.clip:
        surrogate = clipped_surrogate(ratio, advantages, config.epsilon, config.epsilon_high)
    else:
        surrogate = unclipped_surrogate(ratio, advantages)
    loss = -masked_mean(surrogate, answers.valid, config.mean)
    if config.beta and config.kl != "reward":
        # The policy's own answers: it stands in the place of the old one, the reference in that of the new.
        penalty = kl_terms(ref_log_probs, log_probs, config.kl)
        loss = loss + config.beta * masked_mean(penalty, answers.valid, config.mean)
    return loss


def gradient_steps(
    policy, critic, optimisers, answers, advantages, targets, ref_log_probs, config, generator
):
    """Take the gradient steps of one update, one at each ``next``.

    Yields
    ------
    dict
        What each step saw, over its tokens: "approx_kl", "clip_fraction", "no_gradient" and "entropy".
    """
    for _ in range(config.epochs):
        for rows in torch.randperm(len(answers), generator=generator).split(config.minibatch_size):
            part, advantage = answers[rows.tolist()], advantages[rows]
            everything = token_scores(policy, part).log_softmax(-1)
            log_probs = of_tokens(everything, part)
            step(
                policy,
                optimisers[0],
                policy_loss(log_probs, part, advantage, ref_log_probs[rows], config),
                config.max_grad_norm,
            )
            if critic is not None:
                error = (token_scores(critic, part)[..., 0] - targets[rows]).square()
                step(critic, optimisers[1], masked_mean(error, part.valid), config.max_grad_norm)
            with torch.no_grad():
                yield _seen(everything, log_probs, part, advantage, config)


def step(network, optimiser, loss, max_grad_norm):
    """Take one step down `loss`."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), max_grad_norm)
    optimiser.step()


def _seen(everything, log_probs, part, advantage, config):
    valid = part.valid
    ratio = ratios_of(log_probs, part, config.ratio)[valid]
    bounds = (config.epsilon, config.epsilon_high)
    return {
        "approx_kl": approx_kl(log_probs[valid], part.log_probs[valid]),
        "clip_fraction": clip_fraction(ratio, *bounds),
        "no_gradient": no_gradient_fraction(ratio, advantage[valid], *bounds) if config.clip else 0.0,
        "entropy": float(-(everything.exp() * everything).sum(-1)[valid].mean()),
    }


def update(policy, critic, optimisers, reference, answers, rewards, config, generator):
    """Improve `policy` (and `critic`, if there is one) in place with one set of answers.

    Returns
    -------
    dict of str to float
        Means over the gradient steps of what each saw before it ("approx_kl" from old to new,
        "clip_fraction", "no_gradient", "entropy" in nats a token); and "kl_reference", in nats an answer,
        before the update.
    """
    with torch.no_grad():
        ref_log_probs = token_log_probs(reference, answers)
    advantages, targets = advantages_of(answers, rewards, ref_log_probs, critic, config)
    seen = list(
        gradient_steps(
            policy, critic, optimisers, answers, advantages, targets, ref_log_probs, config, generator
        )
    )
    found = {name: float(np.mean([each[name] for each in seen])) for name in seen[0]}
    return {**found, "kl_reference": float((answers.log_probs - ref_log_probs).sum(1).mean())}
