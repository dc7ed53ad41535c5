"""The loss of `train_net`, with gradients where they belong and nowhere else."""

import itertools

import numpy as np
import torch
from torch.nn import functional as F

from ppo_edu import objective
from ppo_edu.exercises.kinds import Complaint, FunctionExercise, Measured
from ppo_edu.language import t


def ppo_loss(log_prob, old_log_prob, advantage, value, target, epsilon):
    ratio = torch.exp(log_prob - old_log_prob.detach())
    clipped = ratio.clip(1 - epsilon, 1 + epsilon)
    A = advantage.detach()
    surrogate = torch.min(ratio * A, clipped * A)
    return -surrogate.mean() + F.smooth_l1_loss(value, target.detach())


def cases():
    # Ratios 1.5, 1.05, 0.5 and the same again; errors of the value on both sides of where Huber's loss bends.
    old = np.array([-1.0, -0.7, -0.4, -1.2, -0.8, -0.5])
    one = {
        "log_prob": old + np.tile([0.4055, 0.0488, -0.6931], 2),
        "old_log_prob": old,
        "advantage": [1.0, 0.5, 2.0, -1.5, -0.6, -2.5],
        "value": [0.1, 0.2, 0.3, 1.0, 2.0, 3.0],
        "target": [0.3, 0.1, 2.5, 0.6, 2.2, -1.0],
        "epsilon": 0.2,
    }
    # Densities, whose logarithms may be above 0, and a policy that has gone far: ratios up to 5.
    other = {
        "log_prob": [0.9, 0.3, -0.2, 1.2, 1.0],
        "old_log_prob": [-0.7, 0.1, 1.0, 1.05, -0.6],
        "advantage": [3.0, -1.4, 0.7, -2.0, -1.0],
        "value": [12.0, -8.0, 0.2, 0.5, 3.0],
        "target": [1.0, 0.5, 0.7, -9.0, 3.5],
        "epsilon": 0.1,
    }
    return [_leaves(one), _leaves(other)]


def drawn(rng):
    """Return batches of one sample to hundreds, from a first minibatch, with ratios of 1, to strangers."""
    made = []
    for samples, apart, size, epsilon in (
        (1, 0.5, 1.0, 0.2),
        (5, 0.0, 1.0, 0.2),
        (32, 0.05, 0.1, 0.02),
        (64, 0.5, 3.0, 0.3),
        (256, 1.2, 40.0, 0.1),
    ):
        old = rng.uniform(-5, 2, samples)
        made.append(
            _leaves(
                {
                    "log_prob": old + apart * rng.standard_normal(samples),
                    "old_log_prob": old,
                    "advantage": size * rng.standard_normal(samples),
                    "value": size * rng.standard_normal(samples),
                    "target": 2 * size * rng.standard_normal(samples),
                    "epsilon": epsilon,
                }
            )
        )
    return made


def _leaves(case):
    # Every input asks for its gradient, so that one that leaks can be seen.
    return {
        name: value if name == "epsilon" else torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for name, value in case.items()
    }


def measure(function, *inputs):
    """Return the loss and its gradient with respect to each of the five tensors."""
    loss = function(*inputs)
    if loss is None or loss is ... or loss is NotImplemented:
        return loss
    if not isinstance(loss, torch.Tensor):
        raise Complaint(t("ppo_loss.no_tensor", type=type(loss).__name__))
    if loss.numel() != 1:
        raise Complaint(t("ppo_loss.no_mean", shape=tuple(loss.shape)))
    if not loss.requires_grad:
        raise Complaint(t("ppo_loss.no_gradient"))
    tensors, names = inputs[:-1], ("log_prob", "old_log_prob", "advantage", "value", "target")
    for name, tensor in zip(names, tensors, strict=True):
        if not tensor.requires_grad:
            raise Complaint(t("exercise.changed", parameter=name))
    gradients = torch.autograd.grad(loss.sum(), tensors, allow_unused=True)
    measured = Measured(loss=loss.detach().reshape(()))
    for name, tensor, gradient in zip(names, tensors, gradients, strict=True):
        measured[f"d loss / d {name}"] = torch.zeros_like(tensor) if gradient is None else gradient
    return measured


def mistakes():
    leaks = [
        chosen
        for count in (1, 2, 3)
        for chosen in itertools.combinations(("old_log_prob", "advantage", "target"), count)
    ]
    return [
        ("wrong_sign", _variant(total=lambda s, v: s.mean() + v)),
        ("value_to_be_raised", _variant(total=lambda s, v: -s.mean() - v)),
        ("all_negative", _variant(total=lambda s, v: s.mean() - v)),
        ("sum_for_mean", _variant(total=lambda s, v: -s.sum() + v)),
        ("no_value", _variant(total=lambda s, v: -s.mean())),
        ("no_policy", _variant(total=lambda s, v: v)),
        ("half_value", _variant(total=lambda s, v: -s.mean() + 0.5 * v)),
        ("no_min", _variant(surrogate=objective.clipped_without_min)),
        ("no_clip", _variant(surrogate=lambda r, A, epsilon: r * A)),
        (
            "max_for_min",
            _variant(surrogate=lambda r, A, epsilon: -objective.clipped_surrogate(r, -A, epsilon)),
        ),
        ("upside_down", _variant(ratio=lambda new, old: (old - new).exp())),
        ("not_exponentiated", _variant(ratio=lambda new, old: new - old)),
        ("squares", _variant(value_loss=F.mse_loss)),
        ("squares", _variant(value_loss=lambda v, target: 0.5 * F.mse_loss(v, target))),
        ("absolutes", _variant(value_loss=F.l1_loss)),
        ("value_detached", _variant(value_loss=lambda v, target: F.smooth_l1_loss(v.detach(), target))),
        ("double_value", _variant(total=lambda s, v: -s.mean() + 2 * v)),
        (("exercise.fixed_number", {"parameter": "epsilon"}), _fixed(0.2)),
        (("exercise.fixed_number", {"parameter": "epsilon"}), _fixed(0.1)),
        ("fixed_batch", _variant(total=lambda s, v: -s.sum() / 6 + v)),
        ("fixed_batch", _variant(total=lambda s, v: -s.sum() / 64 + v)),
        *(("dual_clip", _variant(surrogate=_dual(factor))) for factor in (2.0, 3.0, 5.0)),
        *(
            (
                "exercise.bounded",
                _variant(ratio=lambda new, old, most=most: (new - old).clip(-most, most).exp()),
            )
            for most in (0.5, 1.0, 2.0)
        ),
        *(
            (
                "exercise.bounded",
                _variant(
                    value_loss=lambda v, target, most=most: F.smooth_l1_loss(v.clip(-most, most), target)
                ),
            )
            for most in (1.0, 5.0, 10.0, 50.0)
        ),
        *(
            (
                "exercise.bounded",
                _variant(
                    value_loss=lambda v, target, most=most: F.smooth_l1_loss(v, target.clip(-most, most))
                ),
            )
            for most in (1.0, 5.0, 10.0, 50.0)
        ),
        ("probabilities_only", _variant(ratio=lambda new, old: (new.clip(max=0) - old.clip(max=0)).exp())),
        ("normalised", _variant(surrogate=_normalised)),
        ("value_sum", _variant(value_loss=lambda v, target: F.smooth_l1_loss(v, target, reduction="sum"))),
        ("other_huber", _variant(value_loss=lambda v, target: F.smooth_l1_loss(v, target, beta=0.5))),
        ("other_huber", _variant(value_loss=lambda v, target: F.huber_loss(v, target, delta=10.0))),
        ("min_of_means", _min_of_means),
        ("entropy", _variant(total=lambda s, v: -s.mean() + v, more=lambda new: 0.01 * new.mean())),
        ("ratio_detached", _variant(ratio=lambda new, old: (new - old).detach().exp())),
        *(
            (("leak", {"names": ", ".join(f"`{name}`" for name in chosen)}), _variant(leaks=chosen))
            for chosen in leaks
        ),
    ]


def _variant(
    ratio=objective.probability_ratio,
    surrogate=objective.clipped_surrogate,
    value_loss=F.smooth_l1_loss,
    total=lambda s, v: -s.mean() + v,
    leaks=(),
    more=lambda new: 0.0,
):
    """Return the loss with one part made in another way, or without a detach."""

    def loss(log_prob, old_log_prob, advantage, value, target, epsilon):
        fixed = {"old_log_prob": old_log_prob, "advantage": advantage, "target": target}
        old_log_prob, advantage, target = (
            tensor if name in leaks else tensor.detach() for name, tensor in fixed.items()
        )
        clipped = surrogate(ratio(log_prob, old_log_prob), advantage, epsilon)
        return total(clipped, value_loss(value, target)) + more(log_prob)

    return loss


def _fixed(epsilon):
    return lambda *inputs: _variant()(*inputs[:-1], epsilon)


def _dual(factor):
    def surrogate(ratio, advantage, epsilon):
        right = objective.clipped_surrogate(ratio, advantage, epsilon)
        return torch.where(advantage < 0, torch.maximum(right, factor * advantage), right)

    return surrogate


def _normalised(ratio, advantage, epsilon):
    advantage = (advantage - advantage.mean()) / (advantage.std(correction=0) + 1e-8)
    return objective.clipped_surrogate(ratio, advantage, epsilon)


def _min_of_means(log_prob, old_log_prob, advantage, value, target, epsilon):
    ratio, A = torch.exp(log_prob - old_log_prob.detach()), advantage.detach()
    both = (ratio * A).mean(), (ratio.clip(1 - epsilon, 1 + epsilon) * A).mean()
    return -torch.min(*both) + F.smooth_l1_loss(value, target.detach())


def expected(*inputs):
    return _variant()(*inputs)


EXERCISE = FunctionExercise(
    solution=ppo_loss, expected=expected, cases=cases, drawn=drawn, mistakes=mistakes, measure=measure
)
