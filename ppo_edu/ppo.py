"""PPO: its settings, and the update that turns one rollout into a better policy.

References
----------
Schulman et al. (2017), Proximal Policy Optimization Algorithms, https://arxiv.org/abs/1707.06347
Huang et al. (2022), The 37 Implementation Details of Proximal Policy Optimization,
https://iclr-blog-track.github.io/2022/03/25/ppo-implementation-details/
Engstrom et al. (2020), Implementation Matters in Deep Policy Gradients, https://arxiv.org/abs/2005.12729
"""

import copy
from dataclasses import dataclass, replace
from typing import ClassVar

import torch

from ppo_edu.batch import common_diagnostics, make_batch, outcome_of, standardised
from ppo_edu.guards.validation import (
    check_choice,
    check_count,
    check_number,
    check_switch,
    keep_checked,
)
from ppo_edu.objective import (
    approx_kl,
    clip_fraction,
    clipped_surrogate,
    clipped_without_min,
    probability_ratio,
    unclipped_surrogate,
)
from ppo_edu.policy import mean_kl
from ppo_edu.settings import LARGEST, Settings

CLIPS = ("clip_and_min", "clip_only", "none")
KL_PENALTIES = ("off", "fixed", "adaptive")
DIAGNOSTICS = ("clip_fraction", "approx_kl", "entropy", "value_loss", "explained_variance", "kl_coefficient")


@dataclass(frozen=True, kw_only=True)
class PPOConfig(Settings):
    """PPO's settings. Frozen: ``dataclasses.replace(config, epsilon=0.1)`` gives a changed copy.

    Parameters
    ----------
    clip : {"clip_and_min", "clip_only", "none"}, default "clip_and_min"
        The surrogate: PPO's (eq. 7), its clipped half alone, or the plain ratio times advantage (eq. 6).
    epsilon : float in (0, 1e6], default 0.2
        Clip range of the ratio (PPO paper: 0.2). With ``clip="none"`` only clip_fraction uses it.
    kl_penalty : {"off", "fixed", "adaptive"}, default "off"
        Whether beta times the exact mean KL(old || new) is subtracted from the surrogate (PPO paper, section
        4, eq. 8, there with ``clip="none"``). If "adaptive", beta is halved after an update that ends at a KL
        below kl_target / 1.5, and doubled after one that ends above kl_target * 1.5.
    kl_coefficient : float in (0, 1e6], default 1.0
        beta, at the start if it is adaptive (PPO paper: 0.3 to 10 if fixed, 1 if adaptive).
    kl_target : float in (0, 1e6], default 0.01
        What an adaptive penalty aims at, in nats (PPO paper: 0.003 to 0.03).
    normalise_advantages : {"off", "batch", "minibatch"}, default "minibatch"
        Where advantages are brought to mean 0 and standard deviation 1 (37 details, no. 7: minibatch).
    epochs : int >= 1, default 4
        Passes over each rollout.
    minibatch_size : int >= 1, default 1024
        Transitions per gradient step; a rollout is cut into equal parts of about this size.
    learning_rate : float in (0, 1e6], default 1e-2
        Adam's step size at the start.
    anneal_learning_rate : bool, default True
        Whether it falls linearly to 0 at max_steps (37 details, no. 4).
    target_kl : float in (0, 1e6], or None; default None
        Ends an update after the epoch in which approx_kl passes it (Spinning Up, Stable-Baselines3).
    entropy_coefficient : float in [0, 1e6], default 0.0
        Weight of the entropy bonus (PPO paper, eq. 9).
    value_coefficient : float in [0, 1e6], default 0.5
        Weight of the value loss (PPO paper, eq. 9), half the mean squared error.
    clip_values : bool, default False
        Whether the new value may count only within epsilon of the old one (OpenAI baselines' ppo2; 37
        details, no. 9, and others saw no benefit).
    max_grad_norm : float in (0, 1e6], or None; default 0.5
        Longer gradients (all parameters together) are scaled down to this length (37 details, no. 11: 0.5).
    recompute_advantages : bool, default False
        Whether advantages and value targets are computed anew before each epoch (Andrychowicz et al. 2021).
    adam_epsilon : float in [1e-30, 1e6], default 1e-5
        Adam's epsilon (37 details, no. 3: 1e-5; PyTorch's own default is 1e-8).
    **settings
        And those of `ppo_edu.settings.Settings`, which every algorithm has.

    Raises
    ------
    TypeError, ValueError
        Naming the field, its value and what is allowed.

    Examples
    --------
    >>> PPOConfig(epsilon=0.1).epsilon
    0.1
    """

    NORMALISATIONS: ClassVar[tuple[str, ...]] = ("off", "batch", "minibatch")

    clip: str = "clip_and_min"
    epsilon: float = 0.2
    kl_penalty: str = "off"
    kl_coefficient: float = 1.0
    kl_target: float = 0.01
    normalise_advantages: str = "minibatch"
    epochs: int = 4
    minibatch_size: int = 1024
    learning_rate: float = 1e-2
    anneal_learning_rate: bool = True
    target_kl: float | None = None
    entropy_coefficient: float = 0.0
    value_coefficient: float = 0.5
    clip_values: bool = False
    max_grad_norm: float | None = 0.5
    recompute_advantages: bool = False
    adam_epsilon: float = 1e-5

    def __post_init__(self) -> None:
        super().__post_init__()
        keep_checked(self, check_count, "epochs", "minibatch_size")
        positive = ["epsilon", "kl_coefficient", "kl_target", "learning_rate"]
        positive += [name for name in ("target_kl", "max_grad_norm") if getattr(self, name) is not None]
        keep_checked(self, check_number, *positive, above=0, at_most=LARGEST)
        keep_checked(self, check_number, "adam_epsilon", at_least=1e-30, at_most=LARGEST)
        keep_checked(
            self, check_number, "entropy_coefficient", "value_coefficient", at_least=0, at_most=LARGEST
        )
        keep_checked(self, check_switch, "anneal_learning_rate", "clip_values", "recompute_advantages")
        keep_checked(self, check_choice, "clip", choices=CLIPS)
        keep_checked(self, check_choice, "kl_penalty", choices=KL_PENALTIES)


Config = PPOConfig


def watched(config):
    """Return those of `DIAGNOSTICS` that say something under `config`, in the order of the dashboard."""
    return tuple(name for name in DIAGNOSTICS if name != "kl_coefficient" or config.kl_penalty != "off")


def make_optimiser(policy, config):
    """Return Adam over all parameters of `policy`."""
    return torch.optim.Adam(policy.parameters(), lr=config.learning_rate, eps=config.adam_epsilon, fused=True)


def update(policy, optimiser, rollout, config, generator=None, progress=0.0):
    """Improve `policy` in place with one rollout: `steps` to their end.

    Parameters
    ----------
    policy : ActorCritic
    optimiser : torch.optim.Optimizer
        From `make_optimiser`.
    rollout : Rollout
    config : PPOConfig
    generator : torch.Generator, optional
        Decides the minibatches.
    progress : float in [0, 1]
        Share of the training that is done, for what is annealed.

    Returns
    -------
    dict of str to float
        Of the policy and critic after the update, over the whole rollout: "clip_fraction", "approx_kl" (old
        to new), "entropy" and "value_loss" (mean squared error). "explained_variance" is of the values
        before the update: 1 - Var(target - value) / Var(target). "kl_coefficient" is the KL penalty's beta
        from now on, 0 if there is none.
    """
    return outcome_of(steps(policy, optimiser, rollout, config, generator, progress))


def steps(policy, optimiser, rollout, config, generator=None, progress=0.0):
    """Do what `update` does, one event at each ``next``; it returns what `update` returns.

    Yields
    ------
    tuple
        ("batch", Batch) once, and then ("step", dict) after each of the `gradient_steps`.
    """
    anneal(optimiser, config, progress)
    batch = make_batch(policy, rollout, config)
    yield "batch", batch
    for step in gradient_steps(policy, optimiser, rollout, batch, config, generator):
        yield "step", step
    return diagnostics(policy, batch, config)


def anneal(optimiser, config, progress):
    """Set the learning rate for an update that comes after the share `progress`, in [0, 1], of a training."""
    for group in optimiser.param_groups:
        group["lr"] = config.learning_rate * (1 - progress if config.anneal_learning_rate else 1)


def gradient_steps(policy, optimiser, rollout, batch, config, generator=None):
    """Take PPO's gradient steps on one rollout, one at each ``next``.

    `batch` is ``make_batch(policy, rollout, config)``, made before the first step.

    Yields
    ------
    dict
        "epoch" (int, from 0), "minibatch" (Batch), "ratio" (tensor, one per row, as the step saw it),
        "policy_loss" and "value_loss" (tensors of one number).
    """
    parameters = list(policy.parameters())
    old_policy = None if config.kl_penalty == "off" else copy.deepcopy(policy)
    for epoch in range(config.epochs):
        if config.recompute_advantages and epoch > 0:
            anew = make_batch(policy, rollout, config)
            batch = replace(batch, advantages=anew.advantages, targets=anew.targets)
        shuffled = batch[torch.randperm(len(batch), generator=generator)]
        for minibatch in shuffled.parts(config.minibatch_size):
            pi = policy.pi(minibatch.observations)
            ratio = probability_ratio(pi.log_prob(minibatch.actions), minibatch.log_probs)
            policy_loss = -_surrogate(ratio, minibatch.advantages, config).mean()
            value_loss = _value_loss(policy.v(minibatch.observations), minibatch, config)
            loss = policy_loss + config.value_coefficient * value_loss
            if config.entropy_coefficient:
                loss = loss - config.entropy_coefficient * pi.entropy().mean()
            if old_policy is not None:
                loss = loss + kl_coefficient(policy, config) * _exact_kl(old_policy, pi, minibatch)
            optimiser.zero_grad()
            loss.backward()
            if config.max_grad_norm is not None:
                torch.nn.utils.clip_grad_norm_(parameters, config.max_grad_norm)
            optimiser.step()
            yield {
                "epoch": epoch,
                "minibatch": minibatch,
                "ratio": ratio.detach(),
                "policy_loss": policy_loss.detach(),
                "value_loss": value_loss.detach(),
            }
        if config.target_kl is not None and _kl(policy, batch) > config.target_kl:
            break
    if config.kl_penalty == "adaptive":
        kl = _exact_kl(old_policy, policy.pi(batch.observations), batch).item()
        adapt_kl_penalty(policy, kl, config)


def kl_coefficient(policy, config):
    """Return the KL penalty's beta as it stands, a float; 0 if there is none."""
    return 0.0 if config.kl_penalty == "off" else config.kl_coefficient * float(policy.kl_factor)


def adapt_kl_penalty(policy, kl, config):
    """Halve or double beta for the updates to come, after one that ended at this `kl` (paper, section 4)."""
    if kl < config.kl_target / 1.5:
        policy.kl_factor /= 2
    elif kl > config.kl_target * 1.5:
        policy.kl_factor *= 2


def _exact_kl(old_policy, pi, batch):
    with torch.no_grad():
        old = old_policy.pi(batch.observations)
    return mean_kl(old, pi)


def _surrogate(ratio, advantages, config):
    if config.normalise_advantages == "minibatch":
        advantages = standardised(advantages)
    if config.clip == "none":
        return unclipped_surrogate(ratio, advantages)
    surrogate = clipped_surrogate if config.clip == "clip_and_min" else clipped_without_min
    return surrogate(ratio, advantages, config.epsilon)


def _value_loss(values, minibatch, config):
    error = (values - minibatch.targets).square()
    if config.clip_values:
        near = minibatch.values + (values - minibatch.values).clip(-config.epsilon, config.epsilon)
        error = torch.maximum(error, (near - minibatch.targets).square())
    return 0.5 * error.mean()


@torch.no_grad()
def _kl(policy, batch):
    return approx_kl(policy.pi(batch.observations).log_prob(batch.actions), batch.log_probs)


@torch.no_grad()
def diagnostics(policy, batch, config):
    """Return what `update` returns, for the policy as it stands and the batch made before the update."""
    pi = policy.pi(batch.observations)
    log_probs = pi.log_prob(batch.actions)
    return {
        "clip_fraction": clip_fraction(probability_ratio(log_probs, batch.log_probs), config.epsilon),
        "approx_kl": approx_kl(log_probs, batch.log_probs),
        **common_diagnostics(policy, pi, batch),
        "kl_coefficient": kl_coefficient(policy, config),
    }
