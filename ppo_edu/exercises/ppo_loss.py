"""Lesson 05: the loss of `train_net`, with gradients where they belong and nowhere else."""

import itertools

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
    def leaf(*numbers):
        # Every input asks for its gradient, so that one that leaks can be seen.
        return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)

    # Ratios 1.5, 1.05, 0.5 and the same again; errors of the value on both sides of where Huber's loss bends.
    old = [-1.0, -0.7, -0.4, -1.2, -0.8, -0.5]
    shift = [0.4055, 0.0488, -0.6931] * 2
    return [{
        "log_prob": leaf(*(one + other for one, other in zip(old, shift, strict=True))),
        "old_log_prob": leaf(*old),
        "advantage": leaf(1.0, 0.5, 2.0, -1.5, -0.6, -2.5),
        "value": leaf(0.1, 0.2, 0.3, 1.0, 2.0, 3.0),
        "target": leaf(0.3, 0.1, 2.5, 0.6, 2.2, -1.0),
        "epsilon": 0.2,
    }]  # fmt: skip


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
    tensors = inputs[:-1]
    gradients = torch.autograd.grad(loss.sum(), tensors, allow_unused=True)
    names = ("log_prob", "old_log_prob", "advantage", "value", "target")
    measured = Measured(loss=loss.detach().reshape(()))
    for name, tensor, gradient in zip(names, tensors, gradients, strict=True):
        measured[f"d loss / d {name}"] = torch.zeros_like(tensor) if gradient is None else gradient
    return measured


def mistakes():
    leaks = [chosen for count in (1, 2, 3)
             for chosen in itertools.combinations(("old_log_prob", "advantage", "target"), count)]
    return [
        (t("ppo_loss.wrong_sign"), _variant(total=lambda s, v: s.mean() + v)),
        (t("ppo_loss.value_to_be_raised"), _variant(total=lambda s, v: -s.mean() - v)),
        (t("ppo_loss.all_negative"), _variant(total=lambda s, v: s.mean() - v)),
        (t("ppo_loss.sum_for_mean"), _variant(total=lambda s, v: -s.sum() + v)),
        (t("ppo_loss.no_value"), _variant(total=lambda s, v: -s.mean())),
        (t("ppo_loss.no_policy"), _variant(total=lambda s, v: v)),
        (t("ppo_loss.half_value"), _variant(total=lambda s, v: -s.mean() + 0.5 * v)),
        (t("ppo_loss.no_min"), _variant(surrogate=objective.clipped_without_min)),
        (t("ppo_loss.no_clip"), _variant(surrogate=lambda r, A, epsilon: r * A)),
        (t("ppo_loss.max_for_min"),
         _variant(surrogate=lambda r, A, epsilon: -objective.clipped_surrogate(r, -A, epsilon))),
        (t("ppo_loss.upside_down"), _variant(ratio=lambda new, old: (old - new).exp())),
        (t("ppo_loss.not_exponentiated"), _variant(ratio=lambda new, old: new - old)),
        (t("ppo_loss.squares"), _variant(value_loss=F.mse_loss)),
        (t("ppo_loss.squares"), _variant(value_loss=lambda v, target: 0.5 * F.mse_loss(v, target))),
        (t("ppo_loss.absolutes"), _variant(value_loss=F.l1_loss)),
        (t("ppo_loss.value_detached"),
         _variant(value_loss=lambda v, target: F.smooth_l1_loss(v.detach(), target))),
        (t("ppo_loss.ratio_detached"), _variant(ratio=lambda new, old: (new - old).detach().exp())),
        *((t("ppo_loss.leak", names=", ".join(f"`{name}`" for name in chosen)), _variant(leaks=chosen))
          for chosen in leaks),
    ]


def _variant(ratio=objective.probability_ratio, surrogate=objective.clipped_surrogate,
             value_loss=F.smooth_l1_loss, total=lambda s, v: -s.mean() + v, leaks=()):
    """Return the loss with one part made in another way, or without a detach."""

    def loss(log_prob, old_log_prob, advantage, value, target, epsilon):
        fixed = {"old_log_prob": old_log_prob, "advantage": advantage, "target": target}
        old_log_prob, advantage, target = (
            tensor if name in leaks else tensor.detach() for name, tensor in fixed.items())
        clipped = surrogate(ratio(log_prob, old_log_prob), advantage, epsilon)
        return total(clipped, value_loss(value, target))

    return loss


def expected(*inputs):
    return _variant()(*inputs)


def hints():
    return t("ppo_loss.hint_1"), t("ppo_loss.hint_2"), t("ppo_loss.hint_3")


EXERCISE = FunctionExercise(
    solution=ppo_loss, expected=expected, cases=cases, mistakes=mistakes, hints=hints,
    measure=measure,
)  # fmt: skip
