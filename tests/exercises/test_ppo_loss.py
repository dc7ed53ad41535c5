"""The loss of `train_net`, with gradients where they belong and nowhere else."""

import torch
from torch.nn import functional as F

import ppo_edu
from exercises.answers import Answers, Called, keyword_only, partial

NAMES = ("log_prob", "old_log_prob", "advantage", "value", "target", "epsilon")


def loss_of_the_package(log_prob, old_log_prob, advantage, value, target, epsilon):
    ratio = ppo_edu.probability_ratio(log_prob, old_log_prob.detach())
    surrogate = ppo_edu.clipped_surrogate(ratio, advantage.detach(), epsilon)
    return F.smooth_l1_loss(value, target.detach()) - surrogate.mean()


def loss_in_float32(log_prob, old_log_prob, advantage, value, target, epsilon):
    with torch.no_grad():
        old, A, target = old_log_prob.float().clone(), advantage.float().clone(), target.float().clone()
    ratio = (log_prob.float() - old).exp()
    negative = torch.maximum(-A * ratio, -A * ratio.clamp(1 - epsilon, 1 + epsilon))
    return (negative + F.huber_loss(value.float(), target, reduction="none")).mean()


def loss_by_loop(log_prob, old_log_prob, advantage, value, target, epsilon):
    """One sample after the other, and the parts of Huber's loss written out."""
    total = 0.0
    for new, old, A, v, goal in zip(log_prob, old_log_prob, advantage, value, target, strict=True):
        r, A, error = (new - old.item()).exp(), A.item(), v - goal.item()
        bound = 1 + epsilon if A > 0 else 1 - epsilon
        total = total - (r * A if (bound - r) * A > 0 else bound * A * torch.ones_like(r))
        total = total + (0.5 * error**2 if error.abs() < 1 else error.abs() - 0.5)
    return total / len(log_prob)


def loss_with_data(log_prob, old_log_prob, advantage, value, target, epsilon):
    """With `.data` and a shape of (1,)."""
    ratio = (log_prob - old_log_prob.data).exp()
    A = advantage.data
    surrogate = torch.stack([ratio * A, ratio.clamp(1 - epsilon, 1 + epsilon) * A]).amin(0)
    return (F.huber_loss(value, target.data) - surrogate.mean()).reshape(1)


def loss_with(
    sign=-1,
    value_sign=1,
    min_=torch.min,
    clipped=True,
    new_over_old=True,
    exp=torch.exp,
    value_loss=F.smooth_l1_loss,
    keep=("log_prob", "value"),
    unclipped=True,
    mean=torch.mean,
):
    """Return the loss written out, with one thing in it changed."""

    def wrong(log_prob, old_log_prob, advantage, value, target, epsilon):
        given = {
            "log_prob": log_prob,
            "old_log_prob": old_log_prob,
            "advantage": advantage,
            "value": value,
            "target": target,
        }
        new, old, A, v, goal = (x if name in keep else x.detach() for name, x in given.items())
        ratio = exp(new - old if new_over_old else old - new)
        one = ratio * A
        other = ratio.clamp(1 - epsilon, 1 + epsilon) * A
        surrogate = min_(one, other) if clipped and unclipped else other if clipped else one
        return sign * mean(surrogate) + value_sign * value_loss(v, goal)

    return wrong


def written_out(
    log_prob,
    old_log_prob,
    advantage,
    value,
    target,
    epsilon,
    floor=None,
    most=None,
    normalise=False,
    beta=1.0,
):
    """Return the right loss with something held within bounds."""
    A, goal, old = advantage.detach(), target.detach(), old_log_prob.detach()
    if normalise:
        A = (A - A.mean()) / (A.std(correction=0) + 1e-8)
    ratio = (log_prob - old).exp()
    surrogate = torch.min(ratio * A, ratio.clamp(1 - epsilon, 1 + epsilon) * A)
    if floor:
        surrogate = torch.where(A < 0, surrogate.clamp(min=floor * A), surrogate)
    v = value if most is None else value.clamp(-most, most)
    return -surrogate.mean() + F.smooth_l1_loss(v, goal, beta=beta)


LEARNED = ("log_prob", "value")


RIGHT = {
    "package": loss_of_the_package,
    "float32": loss_in_float32,
    "loop": loss_by_loop,
    "data": loss_with_data,
    "written out": written_out,
    "keyword-only": keyword_only(written_out, *NAMES),
    "partial": partial(written_out),
    "object": Called(written_out),
}

WRONG = [
    ("wrong_sign", loss_with(sign=1)),
    ("value_to_be_raised", loss_with(value_sign=-1)),
    ("all_negative", loss_with(sign=1, value_sign=-1)),
    ("sum_for_mean", loss_with(mean=torch.sum)),
    ("no_value", loss_with(value_sign=0)),
    ("no_policy", loss_with(sign=0)),
    ("half_value", loss_with(value_sign=0.5)),
    ("no_min", loss_with(unclipped=False)),
    ("no_clip", loss_with(clipped=False)),
    ("max_for_min", loss_with(min_=torch.max)),
    ("upside_down", loss_with(new_over_old=False)),
    ("not_exponentiated", loss_with(exp=lambda x: x)),
    ("squares", loss_with(value_loss=F.mse_loss)),
    ("absolutes", loss_with(value_loss=F.l1_loss)),
    ("value_detached", loss_with(keep=("log_prob",))),
    ("ratio_detached", loss_with(keep=("value",))),
    ("leak", loss_with(keep=(*LEARNED, "advantage"))),
    ("leak", loss_with(keep=(*LEARNED, "old_log_prob"))),
    ("leak", loss_with(keep=(*LEARNED, "target"))),
    ("leak", loss_with(keep=(*LEARNED, "target", "advantage", "old_log_prob"))),
    ("double_value", loss_with(value_sign=2)),
    ("exercise.fixed_number", lambda *x: written_out(*x[:-1], 0.2)),
    ("exercise.fixed_number", lambda *x: written_out(*x[:-1], 0.1)),
    ("fixed_batch", loss_with(mean=lambda s: s.sum() / 6)),
    ("dual_clip", lambda *x: written_out(*x, floor=3.0)),
    ("dual_clip", lambda *x: written_out(*x, floor=5.0)),
    ("exercise.bounded", lambda *x: written_out(*x, most=5.0)),
    ("exercise.bounded", lambda *x: written_out(*x, most=50.0)),
    ("probabilities_only", lambda new, old, *rest: written_out(new.clamp(max=0), old.clamp(max=0), *rest)),
    ("normalised", lambda *x: written_out(*x, normalise=True)),
    ("value_sum", loss_with(value_loss=lambda v, goal: F.smooth_l1_loss(v, goal, reduction="sum"))),
    ("other_huber", lambda *x: written_out(*x, beta=0.5)),
    ("min_of_means", loss_with(min_=lambda one, other: torch.min(one.mean(), other.mean()))),
    ("entropy", lambda new, *rest: written_out(new, *rest) + new.mean() / 100),
    ("exercise.unknown_mistake", lambda *x: written_out(*x) + 0.05 * x[0].mean() * (len(x[0]) > 100)),
    ("no_mean", lambda new, old, A, v, goal, eps: -torch.exp(new - old) * A),
    ("no_tensor", lambda *x: loss_with()(*x).item()),
    ("no_gradient", lambda *x: loss_with()(*x).detach()),
    (
        "exercise.changed",
        lambda new, old, A, v, goal, eps: written_out(new, old.detach_(), A.detach_(), v, goal, eps),
    ),
]


class TestPpoLoss(Answers):
    name, right, wrong = "ppo_loss", RIGHT, WRONG


def test_a_leak_names_where_it_is():
    leaks = loss_with(keep=(*LEARNED, "old_log_prob", "advantage"))
    assert "`old_log_prob`, `advantage`" in ppo_edu.check("ppo_loss", leaks).message
