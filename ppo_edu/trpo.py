"""TRPO: a step as long as the trust region allows, along the natural gradient.

Each part of the step is a function of its own, to be called in this order: `surrogate_gradient`,
`fisher_vector_product`, `conjugate_gradient`, `step_to_boundary`, `line_search`. P is the number of the
policy's parameters; steps and gradients are vectors of that length.

References
----------
Schulman et al. (2015), Trust Region Policy Optimization, https://arxiv.org/abs/1502.05477 (appendix C)
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from ppo_edu.batch import common_diagnostics, make_batch, outcome_of
from ppo_edu.guards.validation import check_count, check_number, keep_checked
from ppo_edu.language import t
from ppo_edu.objective import probability_ratio, unclipped_surrogate
from ppo_edu.policy import mean_kl
from ppo_edu.settings import LARGEST, Settings

DIAGNOSTICS = ("kl", "surrogate_gain", "step_fraction", "entropy", "value_loss", "explained_variance")


@dataclass(frozen=True, kw_only=True)
class TRPOConfig(Settings):
    """TRPO's settings. Frozen: ``dataclasses.replace(config, delta=0.02)`` gives a changed copy.

    Parameters
    ----------
    delta : float in (0, 1e6], default 0.01
        Radius of the trust region: the most that the mean KL(old || new) over the batch's states may be after
        a step, in nats (TRPO paper: 0.01).
    damping : float in [0, 1e6], default 0.1
        Multiple of the vector that is added to each Fisher-vector product, which keeps the conjugate gradient
        method away from directions of almost no curvature (OpenAI baselines: 0.1; RL Zoo's CartPole: 1e-3).
    cg_iterations : int >= 1, default 10
        Conjugate gradient iterations (TRPO paper, appendix C: 10).
    backtrack_ratio : float in (0, 1), default 0.8
        Factor on the step after each failed try of the line search (Spinning Up: 0.8).
    backtrack_steps : int >= 1, default 10
        Tries, the full step included, before the line search gives up (Spinning Up: 10).
    value_epochs : int >= 1, default 4
        Passes of the critic over each rollout, after the policy's step.
    value_minibatch_size : int >= 1, default 512
        Transitions per gradient step of the critic.
    value_learning_rate : float in (0, 1e6], default 4e-3
        Adam's step size for the critic.
    **settings
        And those of `ppo_edu.settings.Settings`, which every algorithm has. With a shared trunk, fitting the
        critic moves the policy too, with no regard to `delta`.

    Raises
    ------
    TypeError, ValueError
        Naming the field, its value and what is allowed.

    Examples
    --------
    >>> TRPOConfig(delta=0.02).delta
    0.02
    """

    delta: float = 0.01
    damping: float = 0.1
    cg_iterations: int = 10
    backtrack_ratio: float = 0.8
    backtrack_steps: int = 10
    value_epochs: int = 4
    value_minibatch_size: int = 512
    value_learning_rate: float = 4e-3

    def __post_init__(self) -> None:
        super().__post_init__()
        keep_checked(
            self, check_count, "cg_iterations", "backtrack_steps", "value_epochs", "value_minibatch_size"
        )
        keep_checked(self, check_number, "delta", "value_learning_rate", above=0, at_most=LARGEST)
        keep_checked(self, check_number, "damping", at_least=0, at_most=LARGEST)
        keep_checked(self, check_number, "backtrack_ratio", above=0, below=1)


Config = TRPOConfig


def watched(config):
    """Return those of `DIAGNOSTICS` that say something under `config`, in the order of the dashboard."""
    return DIAGNOSTICS


def make_optimiser(policy, config):
    """Return Adam over the critic's parameters alone: the policy's step needs no optimiser."""
    critic = [*policy.critic_trunk.parameters(), *policy.critic_head.parameters()]
    return torch.optim.Adam(critic, lr=config.value_learning_rate, fused=True)


def update(policy, optimiser, rollout, config, generator=None, progress=0.0):
    """Improve `policy` in place with one rollout: one step of the actor, then `value_epochs` of the critic.

    Parameters and their types are those of `ppo_edu.ppo.update`, with a TRPOConfig. Nothing is annealed, so
    `progress` plays no part.

    Returns
    -------
    dict of str to float
        "kl" (exact mean KL of old to new over the batch's states), "surrogate_gain", "step_fraction" (of the
        step to the boundary, 0 if no step was good), "entropy" and "value_loss" after the update;
        "explained_variance" of the values before it.
    """
    return outcome_of(steps(policy, optimiser, rollout, config, generator, progress))


def steps(policy, optimiser, rollout, config, generator=None, progress=0.0):
    """Do what `update` does, one event at each ``next``; it returns what `update` returns.

    Yields
    ------
    tuple
        ("batch", Batch) once, and then ("step", LineSearch) after the actor's step.
    """
    batch = make_batch(policy, rollout, config)
    yield "batch", batch
    with torch.no_grad():
        old = policy.pi(batch.observations)
    search = policy_step(policy, batch, config)
    yield "step", search
    fit_values(policy, optimiser, batch, config, generator)
    return _diagnostics(policy, batch, old, search)


def policy_step(policy, batch, config):
    """Move `policy` by one TRPO step on `batch`, a `ppo_edu.batch.Batch`; return the `LineSearch`."""
    gradient = surrogate_gradient(policy, batch)
    fisher = fisher_vector_product(policy, batch.observations, config.damping)
    direction = conjugate_gradient(fisher, gradient, config.cg_iterations)
    step = step_to_boundary(direction, fisher, config.delta)
    return line_search(policy, batch, step, config.delta, config.backtrack_ratio, config.backtrack_steps)


def actor_parameters(policy):
    """Return the parameters on which `policy.pi` depends, a list of tensors with P entries in all."""
    spread = [] if policy.discrete else [policy.log_std]
    return [*policy.actor_trunk.parameters(), *policy.actor_head.parameters(), *spread]


def flat(tensors):
    """Return all entries of `tensors` as one vector, (P,)."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


@torch.no_grad()
def set_parameters(parameters, vector):
    """Copy `vector`, (P,), into the tensors `parameters`, in place."""
    parts = vector.split([parameter.numel() for parameter in parameters])
    for parameter, part in zip(parameters, parts, strict=True):
        parameter.copy_(part.view_as(parameter))


def surrogate(policy, batch):
    r"""Return the surrogate objective, the mean of :math:`r(\theta) A` over the batch, as a tensor."""
    ratio = probability_ratio(policy.pi(batch.observations).log_prob(batch.actions), batch.log_probs)
    return unclipped_surrogate(ratio, batch.advantages).mean()


def surrogate_gradient(policy, batch):
    r"""Return g, the gradient of `surrogate` in the policy's parameters, (P,).

    At the old policy every ratio is 1, and g is the policy gradient: the mean of
    :math:`A\,\nabla\log\pi_\theta(a|s)`.
    """
    return flat(torch.autograd.grad(surrogate(policy, batch), actor_parameters(policy)))


def fisher_vector_product(policy, observations, damping=0.0):
    r"""Return the function v -> F v + damping v, where the Fisher matrix F is the curvature of the KL.

    Near the old policy KL(old || new) is :math:`\frac12 s^\top F s` for a step s. F has P x P entries and is
    never formed: F v is the gradient of (gradient of KL) . v, which is a second backward pass.

    Parameters
    ----------
    policy : ActorCritic
    observations : tensor, (B, D)
    damping : float >= 0

    Returns
    -------
    callable
        From a vector (P,) to a vector (P,). It stays that of the policy as it is now.
    """
    check_number("damping", damping, at_least=0)
    parameters = actor_parameters(policy)
    pi = policy.pi(observations)
    with torch.no_grad():
        old = policy.pi(observations)
    gradient = flat(torch.autograd.grad(mean_kl(old, pi), parameters, create_graph=True))

    def product(vector):
        return flat(torch.autograd.grad(gradient @ vector, parameters, retain_graph=True)) + damping * vector

    return product


def conjugate_gradient(matrix_product, b, iterations=10, tolerance=1e-10):
    """Return x, about the solution of ``matrix_product(x) = b``, after that many products at most.

    For a symmetric positive definite matrix. Exact after as many iterations as the matrix has rows, but
    useful long before.

    Parameters
    ----------
    matrix_product : callable
        From a vector (P,) to the matrix times that vector, (P,).
    b : tensor, (P,)
    iterations : int >= 1
    tolerance : float >= 0
        The iteration ends early when the squared length of the residual ``b - matrix_product(x)`` is no more
        than this part of that of `b`.

    Returns
    -------
    tensor, (P,)

    References
    ----------
    Hestenes and Stiefel (1952), Methods of conjugate gradients for solving linear systems

    Examples
    --------
    >>> matrix = torch.tensor([[4.0, 1.0], [1.0, 3.0]])
    >>> x = conjugate_gradient(lambda v: matrix @ v, torch.tensor([1.0, 2.0]), iterations=2)
    >>> [round(float(entry), 4) for entry in x]
    [0.0909, 0.6364]
    """
    check_count("iterations", iterations)
    check_number("tolerance", tolerance, at_least=0)
    x, residual, direction = torch.zeros_like(b), b.clone(), b.clone()
    squared = residual @ residual
    enough = tolerance * squared
    for _ in range(iterations):
        if squared <= enough:
            break
        product = matrix_product(direction)
        curvature = direction @ product
        # Rounding can lead into a direction in which the matrix is flat: no step along it is the right one.
        if curvature <= 0:
            break
        length = squared / curvature
        x += length * direction
        residual -= length * product
        before, squared = squared, residual @ residual
        direction = residual + squared / before * direction
    return x


def step_to_boundary(direction, fisher, delta):
    r"""Return `direction`, scaled so that the quadratic approximation of the step's KL is `delta`.

    .. math:: s = \sqrt{\frac{2\delta}{x^\top F x}}\; x, \qquad \text{so that } \tfrac12 s^\top F s = \delta

    If `fisher` is damped, the damping counts, and the KL itself comes out smaller.

    Parameters
    ----------
    direction : tensor, (P,)
        x, from `conjugate_gradient`. Where it has no length, the step has none either.
    fisher : callable
        From `fisher_vector_product`.
    delta : float > 0

    Returns
    -------
    tensor, (P,)
    """
    check_number("delta", delta, above=0)
    curvature = float(direction @ fisher(direction))
    return direction * math.sqrt(2 * delta / curvature) if curvature > 0 else torch.zeros_like(direction)


@dataclass(frozen=True)
class LineSearch:
    """What a line search tried, K steps, and which one it took.

    Attributes
    ----------
    fractions : array, (K,)
        Of the full step: 1 first, then shorter and shorter.
    kls : array, (K,)
        Exact mean KL(old || new) over the batch's states after each.
    gains : array, (K,)
        How much each changed the surrogate.
    accepted : int or None
        Index of the step taken, the last one tried; None if none was good, and the policy is as it was.
    """

    fractions: np.ndarray
    kls: np.ndarray
    gains: np.ndarray
    accepted: int | None


@torch.no_grad()
def line_search(policy, batch, step, delta, ratio=0.8, steps=10):
    """Move `policy` by the longest of the steps ``step * ratio**k``, k = 0, 1, ..., that proves good.

    Good is a step that raises the surrogate and leaves KL(old || new) within `delta`, both measured, on the
    batch. If none is, the policy stays exactly as it was.

    Parameters
    ----------
    policy : ActorCritic
        Changed in place.
    batch : ppo_edu.batch.Batch
        Collected by this policy.
    step : tensor, (P,)
    delta : float > 0
    ratio : float in (0, 1)
    steps : int >= 1

    Returns
    -------
    LineSearch

    Raises
    ------
    ValueError
        If an argument is out of range, or `step` is not a vector of P finite numbers.
    """
    check_number("delta", delta, above=0)
    check_number("ratio", ratio, above=0, below=1)
    check_count("steps", steps)
    parameters = actor_parameters(policy)
    start = flat(parameters)
    _check_step(step, start)
    old, before = policy.pi(batch.observations), surrogate(policy, batch)
    fractions, kls, gains, accepted = [], [], [], None
    try:
        for index in range(steps):
            fractions.append(ratio**index)
            set_parameters(parameters, start + fractions[-1] * step)
            kl, gain = _measured(policy, batch, old, before)
            kls.append(kl)
            gains.append(gain)
            if gains[-1] > 0 and kls[-1] <= delta:
                accepted = index
                break
    finally:
        if accepted is None:
            set_parameters(parameters, start)
    return LineSearch(np.array(fractions), np.array(kls), np.array(gains), accepted)


def _measured(policy, batch, old, before):
    """Return KL(old || new) and the gain, infinite and -infinite where the step led to no policy at all."""
    try:
        kl = float(mean_kl(old, policy.pi(batch.observations)))
        return kl, float(surrogate(policy, batch) - before)
    except ValueError:  # probabilities are NaN, or a standard deviation is 0 or beyond all floats
        return math.inf, -math.inf


def fit_values(policy, optimiser, batch, config, generator=None):
    """Bring the critic nearer to the batch's targets: Adam on half the mean squared error, in minibatches."""
    for _ in range(config.value_epochs):
        shuffled = batch[torch.randperm(len(batch), generator=generator)]
        for minibatch in shuffled.parts(config.value_minibatch_size):
            loss = 0.5 * (policy.v(minibatch.observations) - minibatch.targets).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


@torch.no_grad()
def _diagnostics(policy, batch, old, search):
    pi, taken = policy.pi(batch.observations), search.accepted
    return {
        # Measured here and not in the search, because with a shared trunk the critic has moved the policy.
        "kl": float(mean_kl(old, pi)),
        "surrogate_gain": 0.0 if taken is None else float(search.gains[taken]),
        "step_fraction": 0.0 if taken is None else float(search.fractions[taken]),
        **common_diagnostics(policy, pi, batch),
    }


def _check_step(step, start):
    if step.shape != start.shape or not bool(step.isfinite().all()):
        raise ValueError(t("trust_region.not_a_step", expected=len(start), shape=tuple(step.shape)))
