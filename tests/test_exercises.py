"""Right answers pass however they are written; each usual mistake is told by name, in both languages."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch.nn import functional as F

import ppo_edu
from ppo_edu import exercises, trpo
from ppo_edu.exercises.kinds import ChoiceExercise, FunctionExercise, PickExercise, _agree
from ppo_edu.language import catalogue
from ppo_edu.study import statistics

EXERCISES = {name: exercises._exercise(name) for name in exercises.names()}
FUNCTIONS = [name for name, exercise in EXERCISES.items() if isinstance(exercise, FunctionExercise)]
CHOICES = [name for name, exercise in EXERCISES.items() if isinstance(exercise, ChoiceExercise)]

# Right answers, written in as many ways as we could think of


def loop_surrogate(ratio, advantage, epsilon):
    objective = []
    for r, A in zip(ratio, advantage, strict=True):
        clipped = max(min(r, 1 + epsilon), 1 - epsilon)
        objective.append(min(r * A, clipped * A))
    return objective


def surrogate_by_cases(ratio, advantage, epsilon):
    good = np.minimum(ratio, 1 + epsilon) * advantage
    bad = np.maximum(ratio, 1 - epsilon) * advantage
    return np.where(advantage > 0, good, bad)


def gae_by_definition(rewards, values, next_values, terminated, truncated, gamma, lam):
    advantages = np.zeros(len(rewards))
    for start in range(len(rewards)):
        for step in range(start, len(rewards)):
            delta = rewards[step] - values[step]
            if not terminated[step]:
                delta += gamma * next_values[step]
            advantages[start] += (gamma * lam) ** (step - start) * delta
            if terminated[step] or truncated[step]:
                break
    return advantages


def gae_in_torch(rewards, values, next_values, terminated, truncated, gamma, lam):
    goes_on = 1 - torch.logical_or(terminated, truncated).double()
    deltas = rewards + gamma * next_values * (~terminated) - values
    advantages, following = [], torch.tensor(0.0)
    for delta, mask in zip(deltas.flip(0), goes_on.flip(0), strict=True):
        following = delta + gamma * lam * mask * following
        advantages.insert(0, following)
    return torch.stack(advantages)


def gae_from_the_right_as_a_list(rewards, values, next_values, terminated, truncated, gamma, lam):
    advantages, rows = [], zip(rewards, values, next_values, terminated, truncated, strict=True)
    for r, v, n, end, cut in reversed(list(rows)):
        following = 0 if end or cut or not advantages else advantages[-1]
        advantages.append(r + (0 if end else gamma * n) - v + gamma * lam * following)
    return advantages[::-1]


def batch_by_appending(transitions):
    s, a, r, s_prime, log_prob, terminated, truncated = [], [], [], [], [], [], []
    for one in transitions:
        for column, value in zip((s, a, r, s_prime, log_prob, terminated, truncated), one, strict=True):
            column.append(value)
    s, s_prime = torch.tensor(np.array(s)), torch.tensor(np.array(s_prime))
    return s, torch.tensor(a), torch.tensor(r), s_prime, torch.tensor(log_prob), terminated, truncated


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


def product_by_the_whole_matrix(kl, parameters, vector, damping):
    matrix = torch.autograd.functional.hessian(kl, parameters)
    return (matrix + damping * torch.eye(len(vector))) @ vector


def product_by_differences(kl, parameters, vector, damping):
    def gradient(x):
        return torch.autograd.grad(kl(x), x)[0]

    near, far = ((parameters + step * vector).detach().requires_grad_() for step in (-1e-5, 1e-5))
    return (gradient(far) - gradient(near)) / 2e-5 + damping * vector


RIGHT = {
    "fisher_vector_product": [product_by_the_whole_matrix, product_by_differences],
    "largest_step": [
        lambda x, fx, delta: x * (2 * delta / sum(x * fx)) ** 0.5,
        lambda x, fx, delta: torch.sqrt(2 * delta / torch.dot(x, fx)) * x,
        lambda x, fx, delta: [math.sqrt(2 * delta / np.dot(x, fx)) * entry for entry in x],
    ],
    "probability_ratio": [
        ppo_edu.probability_ratio,
        lambda log_prob, old_log_prob: [math.exp(a - b) for a, b in zip(log_prob, old_log_prob, strict=True)],
        lambda log_prob, old_log_prob: torch.exp(log_prob - old_log_prob),
        lambda log_prob, old_log_prob: np.float32(1) * np.exp((log_prob - old_log_prob).astype(np.float32)),
        lambda a, b: np.e ** (a - b),
        lambda *logs: tuple(np.exp(logs[0] - logs[1])),
    ],
    "effective_sample_size": [
        lambda ratio: sum(ratio) ** 2 / sum(r * r for r in ratio),
        lambda ratio: 1 / np.square(ratio / ratio.sum()).sum(),
        lambda ratio: torch.sum(ratio) ** 2 / torch.sum(ratio**2),
        lambda ratio: float(len(ratio) * np.mean(ratio) ** 2 / np.mean(ratio**2)),
    ],
    "kl_estimate": [
        ppo_edu.approx_kl,
        lambda new, old: np.mean(np.exp(new - old)) - 1 - np.mean(new - old),
        lambda new, old: (torch.expm1(new - old) - (new - old)).mean(),
        lambda new, old: sum(math.exp(a - b) - 1 - (a - b) for a, b in zip(new, old, strict=True)) / len(new),
    ],
    "clipped_surrogate": [
        ppo_edu.clipped_surrogate,
        loop_surrogate,
        surrogate_by_cases,
        lambda r, A, eps: torch.min(r * A, torch.clamp(r, 1 - eps, 1 + eps) * A),
        lambda r, A, eps: np.minimum(r * A, np.where(A > 0, 1 + eps, 1 - eps) * A),
        lambda r, A, eps: np.stack([r * A, r.clip(1 - eps, 1 + eps) * A]).min(axis=0).astype(np.float32),
        lambda r, A, eps: -np.maximum(-A * r, -A * np.clip(r, 1 - eps, 1 + eps)),
    ],
    "negative_advantage": [
        ppo_edu.clipped_surrogate,
        lambda r, A, eps: A * np.maximum(r, 1 - eps),
        lambda r, A, eps: [x * y if x > 1 - eps else (1 - eps) * y for x, y in zip(r, A, strict=True)],
        lambda r, A, eps: torch.where(r < 1 - eps, (1 - eps) * A, r * A),
    ],
    "td_errors": [
        ppo_edu.td_errors,
        lambda r, v, n, end, gamma: r - v + np.where(end, 0.0, gamma * n),
        lambda r, v, n, end, gamma: r + gamma * n * ~end - v,
        lambda r, v, n, end, gamma: [a + (0 if e else gamma * c) - b
                                     for a, b, c, e in zip(r, v, n, end, strict=True)],
        lambda r, v, n, end, gamma: r + gamma * n * torch.logical_not(end) - v,
        lambda r, v, n, end, gamma: (r + gamma * n * (1 - end.astype(np.float32)) - v).astype(np.float32),
    ],
    "gae": [
        ppo_edu.gae,
        gae_by_definition,
        gae_in_torch,
        gae_from_the_right_as_a_list,
    ],
    "make_batch": [
        batch_by_appending,
        lambda transitions: list(map(np.array, zip(*transitions, strict=True))),
        lambda transitions: [np.array([row[i] for row in transitions]) for i in range(7)],
    ],
    "ppo_loss": [loss_of_the_package, loss_in_float32],
    "interquartile_mean": [
        statistics.interquartile_mean,
        lambda scores: stats.trim_mean(scores, 0.25),
        lambda scores: np.mean(sorted(scores)[len(scores) // 4 : len(scores) - len(scores) // 4]),
        lambda scores: torch.sort(scores).values[len(scores) // 4 : len(scores) - len(scores) // 4].mean(),
    ],
    "probability_of_improvement": [
        statistics.probability_of_improvement,
        lambda x, y: stats.mannwhitneyu(x, y).statistic / (len(x) * len(y)),
        lambda x, y: sum((a > b) + (a == b) / 2 for a in x for b in y) / len(x) / len(y),
        lambda x, y: (np.sign(np.subtract.outer(x, y)).mean() + 1) / 2,
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "index"), [(name, i) for name in RIGHT for i in range(len(RIGHT[name]))])
def test_a_right_answer_passes_however_it_is_written(name, index):
    result = ppo_edu.check(name, RIGHT[name][index])
    assert result.passed, result.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_solution_shown_passes_as_the_cell_that_it_is(name):
    lesson = {"np": np, "torch": torch, "F": F, "ppo_edu": ppo_edu}
    exec(exercises.solution_cell(name), lesson)
    result = ppo_edu.check(name, lesson[name])
    assert result.passed and result.message == "Correct."
    assert len(exercises.solution_cell(name).splitlines()) <= 25


def test_the_trust_region_solutions_agree_with_the_functions_that_train():
    policy = ppo_edu.ActorCritic(3, 2, hidden_sizes=(4,), generator=torch.Generator().manual_seed(0))
    observations = torch.randn(20, 3, generator=torch.Generator().manual_seed(1))
    start = trpo.flat(trpo.actor_parameters(policy)).detach().requires_grad_()
    names = [name for name, _ in policy.named_parameters() if name.startswith("actor")]
    shapes = [policy.get_parameter(name).shape for name in names]
    old = torch.log_softmax(policy.pi(observations).logits.detach(), dim=-1)

    def kl(parameters):
        parts = parameters.split([shape.numel() for shape in shapes])
        named = {name: part.reshape(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
        hidden = torch.tanh(observations @ named["actor_trunk.0.weight"].T + named["actor_trunk.0.bias"])
        new = torch.log_softmax(hidden @ named["actor_head.weight"].T + named["actor_head.bias"], dim=-1)
        return (old.exp() * (old - new)).sum(dim=-1).mean()

    vector = torch.randn(len(start), generator=torch.Generator().manual_seed(2))
    fisher = trpo.fisher_vector_product(policy, observations, damping=0.1)
    found = EXERCISES["fisher_vector_product"].solution(kl, start, vector, 0.1)
    torch.testing.assert_close(found, fisher(vector), rtol=1e-3, atol=1e-6)
    step = EXERCISES["largest_step"].solution(vector.numpy(), fisher(vector).numpy(), 0.01)
    torch.testing.assert_close(torch.as_tensor(step), trpo.step_to_boundary(vector, fisher, 0.01))


def test_dividing_probabilities_passes_and_is_told_its_weakness():
    result = ppo_edu.check("probability_ratio", lambda new, old: np.exp(new) / np.exp(old))
    assert result.passed
    assert ppo_edu.t("probability_ratio.divides_zeros") in result.message


# Mistakes, each with the key of the words that must name it


def clip(ratio, epsilon):
    return np.clip(ratio, 1 - epsilon, 1 + epsilon)


def gae_with(bootstrap, carry, decay=lambda gamma, lam: gamma * lam, row=lambda step: step):
    """Return a GAE loop in which `bootstrap` and `carry` decide by (terminated, truncated) of a row."""

    def wrong(rewards, values, next_values, terminated, truncated, gamma, lam):
        advantages, following = np.zeros(len(rewards)), 0.0
        for step in range(len(rewards) - 1, -1, -1):
            end, cut = bool(terminated[step]), bool(truncated[step])
            delta = rewards[step] + (gamma * next_values[step] if bootstrap(end, cut) else 0.0) - values[step]
            at = min(max(row(step), 0), len(rewards) - 1)
            if not carry(bool(terminated[at]), bool(truncated[at])):
                following = 0.0
            advantages[step] = following = delta + decay(gamma, lam) * following
        return advantages

    return wrong


def not_end(end, cut):
    return not end


def neither(end, cut):
    return not (end or cut)


def always(end, cut):
    return True


def gae_off_by_one(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, gamma)
    advantages, following = np.zeros(len(rewards)), 0.0
    for step in reversed(range(len(rewards))):
        advantages[step] = following
        following = deltas[step] + gamma * lam * (not (terminated[step] or truncated[step])) * following
    return advantages


def gae_adding_next_delta(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, gamma)
    goes_on = ~(terminated | truncated)
    advantages = deltas.copy()
    advantages[:-1] += gamma * lam * goes_on[:-1] * deltas[1:]
    return advantages


def gae_forwards(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, gamma)
    advantages, before = [], 0.0
    for delta, end, cut in zip(deltas, terminated, truncated, strict=True):
        before = delta + gamma * lam * (0 if end or cut else 1) * before
        advantages.append(before)
    return advantages


def gae_not_turned_round(*inputs):
    return [*reversed(gae_by_definition(*inputs))]


def gae_from_the_next_row(rewards, values, next_values, *rest):
    return gae_by_definition(rewards, values, [*values[1:], 0.0], *rest)


def columns_with(**changes):
    """Return make_batch with some columns made from the list of transitions in another way."""
    names = ("s", "a", "r", "s_prime", "log_prob", "terminated", "truncated")

    def wrong(transitions):
        columns = dict(zip(names, map(np.array, zip(*transitions, strict=True)), strict=True))
        return [changes[name](columns) if name in changes else columns[name] for name in names]

    return wrong


def notes_batch(transitions):
    """The columns as the notes make them, each number in a list of its own."""
    s, a, r, s_prime, log_prob, end, cut = zip(*transitions, strict=True)
    return (np.array(s), [[x] for x in a], [[x] for x in r], np.array(s_prime), [[x] for x in log_prob],
            [[x] for x in end], [[x] for x in cut])


def loss_with(sign=-1, value_sign=1, min_=torch.min, clipped=True, new_over_old=True, exp=torch.exp,
              value_loss=F.smooth_l1_loss, keep=("log_prob", "value"), unclipped=True, mean=torch.mean):
    """Return the loss written out, with one thing in it changed."""

    def wrong(log_prob, old_log_prob, advantage, value, target, epsilon):
        given = {"log_prob": log_prob, "old_log_prob": old_log_prob, "advantage": advantage, "value": value,
                 "target": target}
        new, old, A, v, goal = (x if name in keep else x.detach() for name, x in given.items())
        ratio = exp(new - old if new_over_old else old - new)
        one = ratio * A
        other = ratio.clamp(1 - epsilon, 1 + epsilon) * A
        surrogate = min_(one, other) if clipped and unclipped else other if clipped else one
        return sign * mean(surrogate) + value_sign * value_loss(v, goal)

    return wrong


LEARNED = ("log_prob", "value")

def gradient_of_kl(kl, parameters, graph=False):
    return torch.autograd.grad(kl(parameters), parameters, create_graph=graph)[0]


def whole(kl, parameters, damping):
    rows = torch.eye(len(parameters), dtype=torch.float64)
    return torch.stack([curved(kl, parameters, row) + damping * row for row in rows])


def curved(kl, parameters, vector):
    return torch.autograd.functional.hvp(kl, parameters, vector)[1]


WRONG = {
    "fisher_vector_product": [
        ("no_damping", lambda kl, x, v, damping: curved(kl, x, v)),
        ("first_derivative", lambda kl, x, v, damping: gradient_of_kl(kl, x)),
        ("first_derivative", lambda kl, x, v, damping: gradient_of_kl(kl, x) * v + damping * v),
        ("number", lambda kl, x, v, damping: gradient_of_kl(kl, x, graph=True).dot(v)),
        ("half", lambda kl, x, v, damping: curved(kl, x, v) / 2 + damping * v),
        ("wrong_sign", lambda kl, x, v, damping: damping * v - curved(kl, x, v)),
        ("damping_subtracted", lambda kl, x, v, damping: curved(kl, x, v) - damping * v),
        ("damping_alone", lambda kl, x, v, damping: curved(kl, x, v) + damping),
        ("damping_factor", lambda kl, x, v, damping: curved(kl, x, v) * damping),
        ("diagonal", lambda kl, x, v, damping: whole(kl, x, damping).diagonal() * v),
        ("matrix", lambda kl, x, v, damping: whole(kl, x, damping)),
        ("solves", lambda kl, x, v, damping: torch.linalg.inv(
            torch.autograd.functional.hessian(kl, x) + damping * torch.eye(4)) @ v),
    ],
    "largest_step": [
        ("no_two", lambda x, fx, delta: x * np.sqrt(delta / np.dot(x, fx))),
        ("half", lambda x, fx, delta: x * np.sqrt(0.5 * delta / np.dot(x, fx))),
        ("no_root", lambda x, fx, delta: x * 2 * delta / np.dot(x, fx)),
        ("upside_down", lambda x, fx, delta: x * np.sqrt(np.dot(x, fx) / 2 / delta)),
        ("length_for_kl", lambda x, fx, delta: x * np.sqrt(2 * delta) / np.linalg.norm(x)),
        ("length_for_kl", lambda x, fx, delta: x * delta / np.linalg.norm(x)),
        ("factor_alone", lambda x, fx, delta: np.sqrt(2 * delta / np.dot(x, fx))),
        ("along_the_product", lambda x, fx, delta: fx * np.sqrt(2 * delta / np.dot(x, fx))),
        ("product_with_itself", lambda x, fx, delta: x * np.sqrt(2 * delta) / np.linalg.norm(fx)),
        ("entrywise", lambda x, fx, delta: x * np.sqrt(2 * delta / abs(fx * x))),
        ("wrong_sign", lambda x, fx, delta: -x * np.sqrt(2 * delta / np.dot(x, fx))),
        ("delta_as_factor", lambda x, fx, delta: x * delta),
    ],
    "probability_ratio": [
        ("upside_down", lambda new, old: torch.exp(old - new)),
        ("upside_down", lambda new, old: 1 / np.exp(new - old)),
        ("upside_down", lambda new, old: np.exp(old) / np.exp(new)),
        ("not_exponentiated", lambda new, old: [a - b for a, b in zip(new, old, strict=True)]),
        ("not_exponentiated", lambda new, old: np.log(np.exp(new) / np.exp(old))),
        ("quotient_of_logs", np.divide),
        ("product", lambda new, old: np.exp(new) * np.exp(old)),
        ("difference", lambda new, old: np.exp(new) - np.exp(old)),
        ("new_alone", lambda new, old: np.exp(new)),
        ("minus_one", lambda new, old: np.expm1(new - old)),
        ("another_base", lambda new, old: np.power(10.0, new - old)),
        ("another_base", lambda new, old: np.exp2(new - old)),
        ("clipped", lambda new, old: clip(np.exp(new - old), 0.2)),
    ],
    "effective_sample_size": [
        ("share", lambda r: r.sum() ** 2 / (r**2).sum() / len(r)),
        ("outer_square", lambda r: np.sum(r) / np.sum(r**2)),
        ("inner_square", lambda r: r.sum()),
        ("always_one", lambda r: 1.0 * r.sum() / sum(r)),
        ("upside_down", lambda r: np.sum(r**2) / np.sum(r) ** 2),
        ("means_for_sums", lambda r: np.sum(r) ** 2 / np.mean(r**2)),
        ("not_normalised", lambda r: 1 / sum(r**2)),
        ("mean_not_one", lambda r: r.size / (1 + np.var(r))),
        ("counts", lambda r: float(r.size)),
    ],
    "kl_estimate": [
        ("can_be_negative", lambda new, old: np.mean(old) - np.mean(new)),
        ("log_ratio", lambda new, old: torch.mean(new - old)),
        ("upside_down", lambda new, old: np.mean(np.exp(old - new) - 1 - (old - new))),
        ("wrong_sign", lambda new, old: np.mean((new - old) - (np.exp(new - old) - 1))),
        ("plus", lambda new, old: np.mean(np.exp(new - old) - 1 + new - old)),
        ("no_log", lambda new, old: np.mean(np.exp(new - old)) - 1),
        ("no_minus_one", lambda new, old: np.mean(np.exp(new - old) - new + old)),
        ("other_direction", lambda new, old: np.mean(np.exp(new - old) * (new - old))),
        ("squares", lambda new, old: np.mean(np.square(new - old)) / 2),
        ("absolute", lambda new, old: np.mean(np.abs(old - new))),
        ("mean_first", lambda new, old: np.exp(np.mean(new - old)) - 1 - np.mean(new - old)),
    ],
    "clipped_surrogate": [
        ("no_min", ppo_edu.clipped_without_min),
        ("no_min", lambda r, A, eps: torch.clamp(r, 1 - eps, 1 + eps) * A),
        ("no_clip", lambda r, A, eps: r * A),
        ("max_for_min", lambda r, A, eps: np.maximum(r * A, clip(r, eps) * A)),
        ("wrong_sign", lambda r, A, eps: -np.minimum(r * A, clip(r, eps) * A)),
        ("holds_for_positive", lambda r, A, eps: np.where(r <= 1 + eps, r * A, (1 + eps) * A)),
        ("holds_for_positive", lambda r, A, eps: np.minimum(r, clip(r, eps)) * A),
        ("holds_for_negative", lambda r, A, eps: np.maximum(r, clip(r, eps)) * A),
        ("around_zero", lambda r, A, eps: np.minimum(r * A, r.clip(-eps, eps) * A)),
        ("clips_product", lambda r, A, eps: np.minimum(r * A, clip(r * A, eps))),
        ("clips_product", lambda r, A, eps: clip(r * A, eps)),
        ("no_advantage", lambda r, A, eps: np.minimum(r * A, clip(r, eps))),
        ("fixed_epsilon", lambda r, A, eps: np.minimum(r * A, np.clip(r, 0.8, 1.2) * A)),
        ("upside_down", lambda r, A, eps: np.minimum(A / r, clip(1 / r, eps) * A)),
        ("clip_of_logs", lambda r, A, eps: np.minimum(np.exp(r) * A, clip(np.exp(r), eps) * A)),
        ("absolute", lambda r, A, eps: np.minimum(r * abs(A), clip(r, eps) * abs(A))),
    ],
    "negative_advantage": [
        ("form_of_positive", lambda r, A, eps: np.where(r <= 1 + eps, r * A, (1 + eps) * A)),
        ("halves_swapped", lambda r, A, eps: np.where(r < 1 - eps, r * A, (1 - eps) * A)),
        ("wrong_corner", lambda r, A, eps: np.where(r >= 1 + eps, r * A, (1 + eps) * A)),
        ("both_sides", lambda r, A, eps: clip(r, eps) * A),
        ("no_clip", lambda r, A, eps: r * A),
        ("always_flat", lambda r, A, eps: (1 - eps) * A),
        ("wrong_sign", lambda r, A, eps: np.abs(A) * np.maximum(r, 1 - eps)),
        ("no_advantage", lambda r, A, eps: np.where(r >= 1 - eps, r * A, 1 - eps)),
        ("fixed_epsilon", lambda r, A, eps: np.where(r >= 0.8, r * A, 0.8 * A)),
    ],
    "td_errors": [
        ("bootstraps_through_end", lambda r, v, n, end, gamma: r + gamma * n - v),
        ("mask_inverted", lambda r, v, n, end, gamma: r - v + np.where(end, gamma * n, 0)),
        ("no_gamma", lambda r, v, n, end, gamma: r + n * (1 - end) - v),
        ("wrong_sign", lambda r, v, n, end, gamma: v - r - gamma * n * (1 - end)),
        ("target", lambda r, v, n, end, gamma: r + gamma * n * (1 - end)),
        ("no_reward", lambda r, v, n, end, gamma: gamma * n * (1 - end) - v),
        ("masks_all", lambda r, v, n, end, gamma: (1 - end) * (r + gamma * n - v)),
        ("masks_value", lambda r, v, n, end, gamma: r + (1 - end) * (gamma * n - v)),
        ("masks_reward", lambda r, v, n, end, gamma: (1 - end) * (r + gamma * n) - v),
        ("values_swapped", lambda r, v, n, end, gamma: r + gamma * v * (1 - end) - n),
        ("gamma_on_value", lambda r, v, n, end, gamma: r + n * (1 - end) - gamma * v),
        ("gamma_on_all", lambda r, v, n, end, gamma: r + gamma * (n * (1 - end) - v)),
        ("shifts_values", lambda r, v, n, end, gamma: r + gamma * np.array([*v[1:], 0]) * (1 - end) - v),
        ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * (1 - np.array([*end[1:], False])) - v),
    ],
    "gae": [
        ("no_mask", gae_with(not_end, always)),
        ("cut_by_termination_only", gae_with(not_end, not_end)),
        ("cut_by_truncation_only", gae_with(not_end, lambda end, cut: not cut)),
        ("bootstraps_through_termination", gae_with(always, neither)),
        ("no_bootstrap_at_truncation", gae_with(neither, neither)),
        ("masks_swapped", gae_with(neither, not_end)),
        ("mask_inverted", gae_with(not_end, lambda end, cut: end or cut)),
        ("no_mask_at_all", gae_with(always, always)),
        ("mask_off_by_one", gae_with(not_end, neither, row=lambda step: step + 1)),
        ("mask_one_early", gae_with(not_end, neither, row=lambda step: step - 1)),
        ("no_lam", gae_with(not_end, neither, decay=lambda gamma, lam: gamma)),
        ("no_gamma", gae_with(not_end, neither, decay=lambda gamma, lam: lam)),
        ("no_decay", gae_with(not_end, neither, decay=lambda gamma, lam: 1)),
        ("deltas_only", lambda r, v, n, end, cut, gamma, lam: r + gamma * n * ~end - v),
        ("forwards", gae_forwards),
        ("reversed", gae_not_turned_round),
        ("recursion_off_by_one", gae_off_by_one),
        ("one_step_only", gae_adding_next_delta),
        ("targets", lambda r, v, *rest: v + ppo_edu.gae(r, v, *rest)),
        ("wrong_sign", lambda *inputs: -gae_by_definition(*inputs)),
        ("shifts_values", gae_from_the_next_row),
        ("normalised", lambda *inputs: (lambda A: (A - A.mean()) / A.std())(gae_by_definition(*inputs))),
    ],
    "make_batch": [
        ("states_swapped",
         lambda rows: columns_with()([(row[3], *row[1:3], row[0], *row[4:]) for row in rows])),
        ("next_row", columns_with(s_prime=lambda x: np.concatenate([x["s"][1:], x["s_prime"][-1:]]))),
        ("ends_merged", columns_with(terminated=lambda x: np.logical_or(x["terminated"], x["truncated"]))),
        ("ends_swapped", lambda rows: columns_with()([(*row[:5], row[6], row[5]) for row in rows])),
        ("mask_inverted", columns_with(terminated=lambda x: 1 - x["terminated"])),
        ("probabilities", columns_with(log_prob=lambda x: np.exp(x["log_prob"]))),
        ("logs_again", columns_with(log_prob=lambda x: np.log(x["log_prob"]))),
        ("scaled_again", columns_with(r=lambda x: x["r"] * 0.01)),
        ("backwards", lambda rows: columns_with()([*reversed(rows)])),
        ("last_missing", lambda rows: columns_with()(rows[:-1])),
        ("first_missing", lambda rows: columns_with()(rows[1:])),
        ("columns", notes_batch),
    ],
    "ppo_loss": [
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
    ],
    "interquartile_mean": [
        ("mean", np.mean),
        ("median", lambda x: sorted(x)[len(x) // 2] if len(x) % 2 else np.median(x)),
        ("not_sorted", lambda x: np.mean(x[len(x) // 4 : len(x) - len(x) // 4])),
        ("one_side", lambda x: np.mean(sorted(x)[len(x) // 4 :])),
        ("one_side", lambda x: np.mean(sorted(x, reverse=True)[len(x) // 4 :])),
        ("eighths", lambda x: stats.trim_mean(x, 0.125)),
        ("rounded_up", lambda x: np.mean(sorted(x)[math.ceil(len(x) / 4) : len(x) - math.ceil(len(x) / 4)])),
        ("midpoint", lambda x: (np.quantile(x, 0.25) + np.quantile(x, 0.75)) / 2),
        ("range", stats.iqr),
        ("by_value", lambda x: np.mean(x[(x >= np.quantile(x, 0.25)) & (x <= np.quantile(x, 0.75))])),
        ("sum", lambda x: sum(sorted(x)[len(x) // 4 : len(x) - len(x) // 4])),
        ("divided_by_all", lambda x: sum(sorted(x)[len(x) // 4 : len(x) - len(x) // 4]) / len(x)),
        ("ends", lambda x: np.mean([*sorted(x)[: len(x) // 4], *sorted(x)[len(x) - len(x) // 4 :]])),
        ("clipped", lambda x: float(stats.mstats.winsorize(x, (0.25, 0.25)).mean())),
    ],
    "probability_of_improvement": [
        ("no_ties", lambda x, y: np.mean([a > b for a in x for b in y])),
        ("ties_as_wins", lambda x, y: np.mean([a >= b for a in x for b in y])),
        ("upside_down", lambda x, y: 1 - statistics.probability_of_improvement(x, y)),
        ("same_row", lambda x, y: np.mean([(a > b) + (a == b) / 2 for a, b in zip(x, y, strict=False)])),
        ("means", lambda x, y: 1.0 * (np.mean(x) > np.mean(y))),
        ("means", lambda x, y: float(np.median(x) > np.median(y))),
        ("difference", lambda x, y: np.mean(x) - np.mean(y)),
        ("count", lambda x, y: stats.mannwhitneyu(x, y).statistic),
        ("one_length", lambda x, y: stats.mannwhitneyu(x, y).statistic / len(x)),
        ("one_length", lambda x, y: stats.mannwhitneyu(x, y).statistic / len(y)),
        ("against_mean", lambda x, y: np.mean(x > y.mean()) + np.mean(x == y.mean()) / 2),
        ("wins_minus_losses", lambda x, y: np.sign(np.subtract.outer(x, y)).mean()),
    ],
}  # fmt: skip

MISTAKES = [(name, index, language) for name in WRONG for index in range(len(WRONG[name]))
            for language in ("en", "ko")]


def the_words(name, key):
    text = ppo_edu.t(f"{name}.{key}")
    return text.partition("{")[0]


@pytest.mark.parametrize(("name", "index", "language"), MISTAKES)
def test_each_usual_mistake_is_rejected_and_named(name, index, language):
    ppo_edu.use_language(language)
    key, wrong = WRONG[name][index]
    result = ppo_edu.check(name, wrong)
    assert not result.passed
    assert result.message.startswith(the_words(name, key)), result.message


def test_a_leak_names_where_it_is():
    leaks = loss_with(keep=(*LEARNED, "old_log_prob", "advantage"))
    assert "`old_log_prob`, `advantage`" in ppo_edu.check("ppo_loss", leaks).message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_at_least_six_different_mistakes(name):
    keys = {key for key, _ in WRONG[name]}
    assert len(keys) >= 6
    words = {message for message, _ in EXERCISES[name].mistakes()}
    tested = tuple(the_words(name, key) for key in keys)
    unseen = [message for message in words if not message.startswith(tested)]
    assert not unseen, "the package names a mistake that no test makes"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_cases_tell_all_mistakes_from_each_other(name):
    exercise = EXERCISES[name]
    right = [("right", exercise.results(exercise.expected or exercise.solution))]
    results = right + [(words, exercise.results(mistake)) for words, mistake in exercise.mistakes()]
    for (words, one), (others, other) in itertools.combinations(results, 2):
        assert words == others or not all(map(_agree, one, other)), f"{words} | {others}"


SHAPES = [
    ("probability_ratio", lambda new, old: np.exp(new - old).mean(), "exercise.mean_returned"),
    ("clipped_surrogate", lambda *x: ppo_edu.clipped_surrogate(*x).mean(), "exercise.mean_returned"),
    ("clipped_surrogate", lambda *x: ppo_edu.clipped_surrogate(*x).sum(), "exercise.sum_returned"),
    ("clipped_surrogate", lambda *x: 7.5, "exercise.one_number_returned"),
    ("clipped_surrogate", lambda r, A, eps: clip(r[:, None], eps) * A, "exercise.broadcast"),
    ("td_errors", lambda *x: ppo_edu.td_errors(*x)[:, None], "exercise.shape"),
    ("gae", lambda *x: ppo_edu.gae(*x)[:-1], "exercise.shape"),
    ("gae", lambda *x: ppo_edu.gae(*x).mean(), "exercise.mean_returned"),
    ("kl_estimate", lambda new, old: np.expm1(new - old) - (new - old), "exercise.one_number_wanted"),
    ("ppo_loss", lambda new, old, A, v, goal, eps: -torch.exp(new - old) * A, "ppo_loss.no_mean"),
    ("ppo_loss", lambda *x: loss_with()(*x).item(), "ppo_loss.no_tensor"),
    ("ppo_loss", lambda *x: loss_with()(*x).detach(), "ppo_loss.no_gradient"),
    ("make_batch", lambda rows: rows, "make_batch.seven"),
    ("make_batch", lambda rows: columns_with()(rows)[:6], "make_batch.seven"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("index", range(len(SHAPES)))
def test_a_wrong_shape_is_told_for_what_it_is(index, language):
    ppo_edu.use_language(language)
    name, wrong, key = SHAPES[index]
    result = ppo_edu.check(name, wrong)
    assert not result.passed
    assert result.message.startswith(ppo_edu.t(key).partition("{")[0]), result.message


def test_a_gradient_that_cannot_be_differentiated_again_is_told():
    def once(kl, parameters, vector, damping):
        return torch.autograd.grad(gradient_of_kl(kl, parameters) @ vector, parameters)[0] + damping * vector

    assert ppo_edu.t("exercise.no_history") in ppo_edu.check("fisher_vector_product", once).message


def test_an_unknown_mistake_is_shown_by_one_case():
    message = ppo_edu.check("clipped_surrogate", lambda r, A, eps: r * A + 0.125 * (A < 0)).message
    for shown in ("ratio     = 1.5", "advantage = 1", "epsilon   = 0.2", "returns `1.5`", "Right is `1.2`"):
        assert shown in message
    message = ppo_edu.check("gae", lambda r, *rest: np.sqrt(-np.abs(r))).message
    assert message.startswith(ppo_edu.t("exercise.nan"))
    assert "terminated  = [False, False, False, False, False]" in message


# Choices


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", CHOICES)
def test_each_choice_has_its_own_reply_and_one_is_right(name, language):
    ppo_edu.use_language(language)
    replies = {letter: ppo_edu.check(name, letter) for letter in "abcd"}
    assert [letter for letter, reply in replies.items() if reply.passed] == [EXERCISES[name].right]
    assert len({reply.message for reply in replies.values()}) == 4
    assert ppo_edu.check(name, f" {EXERCISES[name].right.upper()}) ").passed
    for nonsense in ("e", "ab", 2, ["a"], len, np.array([1, 2]), b"a"):
        result = ppo_edu.check(name, nonsense)
        assert not result.passed and "a, b, c, d" in result.message
    assert not ppo_edu.check(name, ...).attempted


@pytest.mark.parametrize("answer", ["abef", "a, b, e, f", set("abef"), ["F", "e", "b", "a"], tuple("abef")])
def test_the_four_cases_with_a_gradient_pass_in_any_form(answer):
    assert ppo_edu.check("gradient_cases", answer).passed


PICKED = ["".join(some) for count in range(1, 7) for some in itertools.combinations("abcdef", count)]


@pytest.mark.parametrize("picked", PICKED)
def test_every_other_choice_of_cases_is_rejected(picked):
    result = ppo_edu.check("gradient_cases", picked)
    assert result.passed == (picked == "abef")
    mistakes = EXERCISES["gradient_cases"].mistakes()
    assert result.message == mistakes.get(picked, result.message)


def test_nonsense_instead_of_cases_is_told():
    assert isinstance(EXERCISES["gradient_cases"], PickExercise)
    for nonsense in ("xyz", 4, [1, 2], len, {"a": 1, "z": 2}):
        assert "a, b, c, d, e, f" in ppo_edu.check("gradient_cases", nonsense).message
    assert "2" in ppo_edu.check("gradient_cases", "ab").message
    assert "`c`" in ppo_edu.check("gradient_cases", "abcef").message
    for empty in (..., None, "", set()):
        assert not ppo_edu.check("gradient_cases", empty).attempted


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_two_words_of_an_exercise_are_the_same(language):
    words = catalogue(language)
    for name in EXERCISES:
        own = [text for key, text in words.items() if key.startswith(f"{name}.")]
        assert len(own) == len(set(own)), name


# Help


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", EXERCISES)
def test_hints_come_in_three_steps_and_none_is_the_solution(name, language):
    ppo_edu.use_language(language)
    hints = [ppo_edu.hint(name, step) for step in (1, 2, 3)]
    assert len({hint.text for hint in hints}) == 3
    assert all(hint._repr_markdown_().endswith(hint.text) and repr(hint) == hint.text for hint in hints)
    assert ppo_edu.hint(name) == hints[0]
    solution = ppo_edu.hint(name, 4)
    assert solution.text == exercises.solution_cell(name)
    assert solution.text not in repr(solution)
    assert solution._repr_html_().startswith("<details><summary>")


def test_a_wrong_name_or_step_is_told():
    with pytest.raises(ValueError, match=r"name must be one of .*'gae', .* but is 'gea'"):
        ppo_edu.check("gea", ...)
    with pytest.raises(ValueError, match=r"step must be one of 1, 2, 3, 4, but is 5"):
        ppo_edu.hint("gae", 5)


def test_names_are_in_the_order_of_the_lessons():
    names = exercises.names()
    assert names.index("probability_ratio") < names.index("gae") < names.index("make_batch")
    assert {"probability_ratio", "clipped_surrogate", "td_errors", "gae"} <= set(names)
    assert len(names) == len(set(names))
    assert all(3 <= len(lesson) <= 6 for number, lesson in exercises.LESSONS.items() if number != "05")
    assert all(name == EXERCISES[name].name for name in names)
