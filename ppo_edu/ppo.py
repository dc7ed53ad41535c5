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

import torch

from ppo_edu.batch import common_diagnostics, make_batch, standardised
from ppo_edu.guards.validation import check_choice, check_count, check_counts, check_number, check_switch
from ppo_edu.objective import (
    approx_kl,
    clip_fraction,
    clipped_surrogate,
    clipped_without_min,
    probability_ratio,
    unclipped_surrogate,
)
from ppo_edu.policy import mean_kl

CLIPS = ("clip_and_min", "clip_only", "none")
KL_PENALTIES = ("off", "fixed", "adaptive")
NORMALISATIONS = ("off", "batch", "minibatch")
DIAGNOSTICS = ("clip_fraction", "approx_kl", "entropy", "value_loss", "explained_variance", "kl_coefficient")


@dataclass(frozen=True, kw_only=True)
class PPOConfig:
    """PPO's settings. Frozen: ``dataclasses.replace(config, epsilon=0.1)`` gives a changed copy.

    Parameters
    ----------
    num_envs : int >= 1, default 128
        N, environments side by side.
    horizon : int >= 1, default 32
        T, steps in each environment before an update: a rollout holds up to T * N transitions.
    gamma : float in [0, 1], default 0.99
        Discount per step.
    lam : float in [0, 1], default 0.95
        GAE's lambda: 0 trusts the critic, 1 the rewards that came (GAE paper, eq. 16).
    bootstrap_truncated : bool, default True
        Whether a time limit's cut leaves V of the final state in the target (Pardo et al. 2018,
        https://arxiv.org/abs/1712.00378). False treats a cut as a true end, as much code does.
    clip : {"clip_and_min", "clip_only", "none"}, default "clip_and_min"
        The surrogate: PPO's (eq. 7), its clipped half alone, or the plain ratio times advantage (eq. 6).
    epsilon : float > 0, default 0.2
        Clip range of the ratio (PPO paper: 0.2). With ``clip="none"`` only clip_fraction uses it.
    kl_penalty : {"off", "fixed", "adaptive"}, default "off"
        Whether beta times the exact mean KL(old || new) is subtracted from the surrogate (PPO paper, section
        4, eq. 8, there with ``clip="none"``). If "adaptive", beta is halved after an update that ends at a KL
        below kl_target / 1.5, and doubled after one that ends above kl_target * 1.5.
    kl_coefficient : float > 0, default 1.0
        beta, at the start if it is adaptive (PPO paper: 0.3 to 10 if fixed, 1 if adaptive).
    kl_target : float > 0, default 0.01
        What an adaptive penalty aims at, in nats (PPO paper: 0.003 to 0.03).
    normalise_advantages : {"off", "batch", "minibatch"}, default "minibatch"
        Where advantages are brought to mean 0 and standard deviation 1 (37 details, no. 7: minibatch).
    epochs : int >= 1, default 4
        Passes over each rollout.
    minibatch_size : int >= 1, default 1024
        Transitions per gradient step; a rollout is cut into equal parts of about this size.
    learning_rate : float > 0, default 1e-2
        Adam's step size at the start.
    anneal_learning_rate : bool, default True
        Whether it falls linearly to 0 at max_steps (37 details, no. 4).
    target_kl : float > 0, or None; default None
        Ends an update after the epoch in which approx_kl passes it (Spinning Up, Stable-Baselines3).
    entropy_coefficient : float >= 0, default 0.0
        Weight of the entropy bonus (PPO paper, eq. 9).
    value_coefficient : float >= 0, default 0.5
        Weight of the value loss (PPO paper, eq. 9), half the mean squared error.
    clip_values : bool, default False
        Whether the new value may count only within epsilon of the old one (OpenAI baselines' ppo2; 37
        details, no. 9, and others saw no benefit).
    max_grad_norm : float > 0, or None; default 0.5
        Longer gradients (all parameters together) are scaled down to this length (37 details, no. 11: 0.5).
    recompute_advantages : bool, default False
        Whether advantages and value targets are computed anew before each epoch (Andrychowicz et al. 2021).
    reward_scale : float > 0, default 1.0
        Factor on every reward that the update sees; reported returns stay as they are.
    normalise_rewards : bool, default True
        Divides rewards by the running standard deviation of the discounted return (Engstrom et al. 2020).
    normalise_observations : bool, default False
        Shifts and scales observations by their running mean and standard deviation, clipped at 10.
    adam_epsilon : float > 0, default 1e-5
        Adam's epsilon (37 details, no. 3: 1e-5; PyTorch's own default is 1e-8).
    hidden_sizes : tuple of int >= 1, default (32, 32)
        Width of each hidden tanh layer (PPO paper: 64, 64).
    shared_trunk : bool, default False
        Whether actor and critic share their hidden layers (37 details, no. 13: separate ones do better).
    orthogonal_init : bool, default True
        Orthogonal initial weights, small in the policy head (37 details, no. 2).
    initial_log_std : float, default 0.0
        Start of the Gaussian policy's log standard deviation; continuous actions only.
    clip_actions : bool, default True
        Whether continuous actions are clipped on their way to the environment; the update always uses them
        as they were drawn.

    Raises
    ------
    TypeError, ValueError
        Naming the field, its value and what is allowed.

    Examples
    --------
    >>> PPOConfig(epsilon=0.1).epsilon
    0.1
    """

    num_envs: int = 128
    horizon: int = 32
    gamma: float = 0.99
    lam: float = 0.95
    bootstrap_truncated: bool = True
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
    reward_scale: float = 1.0
    normalise_rewards: bool = True
    normalise_observations: bool = False
    adam_epsilon: float = 1e-5
    hidden_sizes: tuple[int, ...] = (32, 32)
    shared_trunk: bool = False
    orthogonal_init: bool = True
    initial_log_std: float = 0.0
    clip_actions: bool = True

    def __post_init__(self):
        for name in ("num_envs", "horizon", "epochs", "minibatch_size"):
            check_count(name, getattr(self, name))
        for name in ("gamma", "lam"):
            check_number(name, getattr(self, name), at_least=0, at_most=1)
        for name in ("epsilon", "kl_coefficient", "kl_target", "learning_rate", "reward_scale",
                     "adam_epsilon"):
            check_number(name, getattr(self, name), above=0)
        for name in ("entropy_coefficient", "value_coefficient"):
            check_number(name, getattr(self, name), at_least=0)
        for name in ("target_kl", "max_grad_norm"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name), above=0)
        for name in ("bootstrap_truncated", "anneal_learning_rate", "clip_values", "recompute_advantages",
                     "normalise_rewards", "normalise_observations", "shared_trunk", "orthogonal_init",
                     "clip_actions"):
            check_switch(name, getattr(self, name))
        check_choice("clip", self.clip, CLIPS)
        check_choice("kl_penalty", self.kl_penalty, KL_PENALTIES)
        check_choice("normalise_advantages", self.normalise_advantages, NORMALISATIONS)
        check_number("initial_log_std", self.initial_log_std)
        object.__setattr__(self, "hidden_sizes", check_counts("hidden_sizes", self.hidden_sizes))


Config = PPOConfig


def make_optimiser(policy, config):
    """Return Adam over all parameters of `policy`."""
    return torch.optim.Adam(policy.parameters(), lr=config.learning_rate, eps=config.adam_epsilon, fused=True)


def update(policy, optimiser, rollout, config, generator=None, progress=0.0):
    """Improve `policy` in place with one rollout: `gradient_steps` to its end.

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
    anneal(optimiser, config, progress)
    batch = make_batch(policy, rollout, config)
    for _ in gradient_steps(policy, optimiser, rollout, batch, config, generator):
        pass
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
            yield {"epoch": epoch, "minibatch": minibatch, "ratio": ratio.detach(),
                   "policy_loss": policy_loss.detach(), "value_loss": value_loss.detach()}
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
