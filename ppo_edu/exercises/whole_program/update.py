"""One update, as the notes have it, made of the course's own functions; and as usual mistakes make it.

An update is judged by the weights that it leaves. Adam divides each gradient by its own size, so that a
rounding error in a gradient that is nearly 0 moves a weight by a good part of a step: weights are compared
all together, by the length of the difference over the length of the way.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

from ppo_edu import advantage, objective
from ppo_edu.exercises.whole_program.handed import ACTIONS, OBSERVATIONS

# Of the way that the weights went. The right programs of tests/exercises/styles.py differ by 2e-6 at most,
# and the mistake nearest to right, an entropy bonus of 0.01, by 1.3e-2: a test holds both ten and four times
# apart from this.
TOLERANCE = 2e-3

# How near one must be to what a mistake gives to be told of that mistake.
NAMED = 5e-3

# By how much the log-probability of an action has changed since it was collected: ratios from 0.55 to 1.8,
# so that the clip range has to do at once, on both sides and for both signs of the advantage.
CHANGES = np.array([0.0, 0.5, -0.6, 0.06, -0.05, 0.6, -0.3, 0.14, 0.35, -0.16])
STEPS = 20


@dataclasses.dataclass(frozen=True)
class Rule:
    """How to update. As it is without arguments, it is right.

    Attributes
    ----------
    ends : str
        Where V(s') is left out: ``"terminated"``, ``"none"``, ``"both"``, ``"truncated"``, ``"inverted"``.
    judge : callable or None
        ``judge(delta, decay)`` returns advantages from TD errors, if the course's GAE does not.
    surrogate, ratio, value_loss, total : callable
        As in the loss: ``total(surrogate.mean(), value_loss)``.
    advantage_leaks, target_leaks : bool
        Whether gradients flow where they should not.
    """

    gamma: float = 0.98
    lmbda: float = 0.95
    eps_clip: float = 0.1
    learning_rate: float = 0.0005
    epochs: int = 3
    ends: str = "terminated"
    judge: Callable | None = None
    ratio: Callable = objective.probability_ratio
    surrogate: Callable = objective.clipped_surrogate
    value_loss: Callable = F.smooth_l1_loss
    total: Callable = lambda surrogate, value_loss: -surrogate + value_loss
    optimiser: Callable = torch.optim.Adam
    advantage_leaks: bool = False
    target_leaks: bool = False
    target_from_advantage: bool = False
    once: bool = False
    normalised: bool = False
    old_anew: bool = False
    softmax_dim: int = -1
    entropy: float = 0.0
    scale: float = 1.0
    zero_grad: bool = True
    keeps_data: bool = False
    optimiser_anew: bool = False


def batches(model):
    """Return three lists of transitions: no end, cut off by a time limit, and ended by a fall.

    An end is always the last step, as a rollout stops there: a program need not know what to do with others.
    """
    rng = np.random.default_rng(7)
    made = []
    for end in (None, "truncated", "terminated"):
        s, s_prime = (0.8 * rng.standard_normal((STEPS, OBSERVATIONS)).astype(np.float32) for _ in range(2))
        s_prime[:-1] = s[1:]
        a, r = rng.integers(ACTIONS, size=STEPS), rng.uniform(-0.25, 0.25, STEPS)
        with torch.no_grad():
            log_prob = model.log_prob(torch.from_numpy(s), torch.from_numpy(a)).double().numpy()
        old = np.minimum(log_prob - rng.permutation(np.resize(CHANGES, STEPS)), -0.02)
        made.append(
            [
                (
                    s[row],
                    int(a[row]),
                    float(r[row]),
                    s_prime[row],
                    float(old[row]),
                    row == STEPS - 1 and end == "terminated",
                    row == STEPS - 1 and end == "truncated",
                )
                for row in range(STEPS)
            ]
        )
    return made


def ways(model, learn, given):
    """Return how the weights moved, one vector for each of the `given` batches, and put them back.

    ``learn(transitions)`` updates the weights of `model`.
    """
    weights = model.weights()
    before = [weight.detach().clone() for weight in weights]
    moved, last = [], model.vector()
    try:
        for transitions in given:
            learn(list(transitions))
            now = model.vector()
            if now.shape != last.shape:
                return None
            moved.append(now - last)
            last = now
    finally:
        with torch.no_grad():
            for weight, old in zip(weights, before, strict=True):
                weight.copy_(old)
                weight.grad = None
    return moved


def by_rule(model, given, rule):
    """Return how a `Rule` moves the weights: see `ways`."""
    weights, kept = model.weights(), []
    optimiser = rule.optimiser(weights, lr=rule.learning_rate)

    def learn(transitions):
        nonlocal optimiser
        kept[:] = [*kept, *transitions] if rule.keeps_data else transitions
        if rule.optimiser_anew:
            optimiser = rule.optimiser(weights, lr=rule.learning_rate)
        _update(model, optimiser, kept, rule)

    return ways(model, learn, given)


def apart(one, other):
    """Return how far apart two ways are, as a part of the second, the farthest of the batches."""
    return max(float((a - b).norm() / max(float(b.norm()), 1e-12)) for a, b in zip(one, other, strict=True))


def _update(model, optimiser, transitions, rule):
    s, a, r, s_prime, old, terminated, truncated = map(np.array, zip(*transitions, strict=True))
    s, s_prime, a = torch.from_numpy(s), torch.from_numpy(s_prime), torch.from_numpy(a)
    old = torch.from_numpy(old).float()
    no_more = {
        "terminated": terminated,
        "none": np.zeros_like(terminated),
        "both": terminated | truncated,
        "truncated": truncated,
        "inverted": ~terminated,
    }[rule.ends]
    judged = None
    for _ in range(rule.epochs):
        if judged is None or not rule.once:
            judged = _judged(model, (s, r * rule.scale, s_prime, no_more, truncated), rule)
        A, target = judged
        log_prob = model.log_prob(s, a, rule.softmax_dim)
        ratio = rule.ratio(log_prob, log_prob.detach() if rule.old_anew else old)
        policy = rule.surrogate(ratio, A, rule.eps_clip).mean()
        loss = rule.total(policy, rule.value_loss(model.value(s), target))
        if rule.entropy:
            p = model.probabilities(s)
            loss = loss + rule.entropy * (p * p.log()).sum(-1).mean()
        if rule.zero_grad:
            optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def _judged(model, batch, rule):
    """Return advantages and value targets."""
    s, r, s_prime, no_more, truncated = batch
    v, v_prime = model.value(s), model.value(s_prime)
    target = torch.from_numpy(r).float() + rule.gamma * v_prime * torch.from_numpy(~no_more).float()
    delta = target - v
    if rule.advantage_leaks:
        # The same sums as GAE's, kept differentiable: delta k steps later counts (gamma lambda)^k.
        later = np.subtract.outer(np.arange(len(r)), np.arange(len(r))).T
        weight = np.where(later >= 0, (rule.gamma * rule.lmbda) ** np.maximum(later, 0), 0.0)
        A = torch.from_numpy(weight).float() @ delta
    elif rule.judge is not None:
        A = rule.judge(delta.detach(), rule.gamma * rule.lmbda)
    else:
        values = v.detach().double().numpy(), v_prime.detach().double().numpy()
        A = torch.from_numpy(advantage.gae(r, *values, no_more, truncated, rule.gamma, rule.lmbda)).float()
    if rule.normalised:
        A = (A - A.mean()) / (A.std() + 1e-8)
    if rule.target_from_advantage:
        target = A + v.detach()
    return A, target if rule.target_leaks else target.detach()


def _forwards(delta, decay):
    """Return advantages summed from the first step to the last."""
    A, so_far = torch.zeros_like(delta), 0.0
    for step in range(len(delta)):
        so_far = A[step] = delta[step] + decay * so_far
    return A


def _not_turned_back(delta, decay):
    return _forwards(delta.flip(0), decay)


def _without_ends(delta, decay):
    """Return GAE as a program computes it that never meets an end within a batch."""
    return _not_turned_back(delta, decay).flip(0)


def _broadcast(v, target):
    return F.smooth_l1_loss(v[:, None].expand(-1, len(target)), target.expand(len(v), -1))


# The key of the words, and the rule that makes the mistake.
MISTAKES = (
    ("wrong_sign", Rule(total=lambda s, v: s + v)),
    ("value_to_be_raised", Rule(total=lambda s, v: -s - v)),
    ("all_raised", Rule(total=lambda s, v: s - v)),
    ("no_value_loss", Rule(total=lambda s, v: -s)),
    ("no_policy_loss", Rule(total=lambda s, v: v)),
    ("value_weight", Rule(total=lambda s, v: -s + 0.5 * v)),
    ("value_weight", Rule(total=lambda s, v: -s + 2 * v)),
    ("value_weight", Rule(value_loss=F.mse_loss)),
    ("value_weight", Rule(value_loss=lambda v, y: F.smooth_l1_loss(v, y, reduction="sum"))),
    ("absolutes", Rule(value_loss=F.l1_loss)),
    ("broadcast", Rule(value_loss=_broadcast)),
    ("max_for_min", Rule(surrogate=lambda r, A, e: -objective.clipped_surrogate(r, -A, e))),
    ("no_min", Rule(surrogate=objective.clipped_without_min)),
    ("no_clip", Rule(surrogate=lambda r, A, e: r * A)),
    ("eps_clip", Rule(eps_clip=0.2)),
    ("eps_clip", Rule(eps_clip=0.3)),
    ("upside_down", Rule(ratio=lambda new, old: (old - new).exp())),
    ("not_exponentiated", Rule(ratio=lambda new, old: new - old)),
    ("ratio_of_logs", Rule(ratio=lambda new, old: new / old)),
    ("logs_for_probabilities", Rule(ratio=lambda new, old: new.exp() / old)),
    ("no_old", Rule(ratio=lambda new, old: new.exp())),
    ("old_anew", Rule(old_anew=True)),
    ("softmax_dim", Rule(softmax_dim=0)),
    ("advantage_leaks", Rule(advantage_leaks=True)),
    ("target_leaks", Rule(target_leaks=True)),
    ("both_leak", Rule(advantage_leaks=True, target_leaks=True)),
    ("no_mask", Rule(ends="none")),
    ("truncated_as_terminated", Rule(ends="both")),
    ("mask_of_truncated", Rule(ends="truncated")),
    ("mask_inverted", Rule(ends="inverted")),
    ("mask_inverted", Rule(ends="inverted", judge=_without_ends)),
    ("gae_forwards", Rule(judge=_forwards)),
    ("gae_not_turned_back", Rule(judge=_not_turned_back)),
    ("no_lmbda", Rule(lmbda=1.0)),
    ("td_alone", Rule(judge=lambda delta, decay: delta)),
    ("no_gamma", Rule(gamma=1.0)),
    ("no_gamma", Rule(judge=lambda delta, decay: _not_turned_back(delta, 0.95).flip(0))),
    ("target_from_advantage", Rule(target_from_advantage=True)),
    ("normalised", Rule(normalised=True)),
    ("normalised", Rule(normalised=True, once=True)),
    ("entropy", Rule(entropy=0.01)),
    ("entropy_sign", Rule(entropy=-0.01)),
    ("scaled_again", Rule(scale=0.01)),
    ("one_epoch", Rule(epochs=1)),
    ("learning_rate", Rule(learning_rate=0.001)),
    ("other_optimiser", Rule(optimiser=torch.optim.SGD)),
    ("other_optimiser", Rule(optimiser=torch.optim.RMSprop)),
    ("no_zero_grad", Rule(zero_grad=False)),
    ("not_cleared", Rule(keeps_data=True)),
    ("not_cleared", Rule(keeps_data=True, judge=_without_ends)),
    ("optimiser_anew", Rule(optimiser_anew=True)),
)


def half_square(v, target):
    """Return what Huber's loss is for errors below 1, as those of rewards over 100 are."""
    return 0.5 * F.mse_loss(v, target)


RIGHT = (Rule(), Rule(value_loss=half_square))

# PPO as the paper has it: another right way, which is told.
ONCE = (Rule(once=True), Rule(once=True, value_loss=half_square))
