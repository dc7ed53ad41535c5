"""A number to predict: the right one is worked out here anew, each usual wrong one has its words."""

from fractions import Fraction

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises.kinds import NumberExercise
from ppo_edu.exercises.tasks import (
    broken_promise,
    lambda_ends,
    leaving_the_range,
    outside_the_region,
    throwing_away,
    time_limit,
    which_policy,
)
from ppo_edu.objective import kl_terms

EXERCISES = {name: exercises.exercise_called(name) for name in exercises.names()}
NUMBERS = {name: exercise for name, exercise in EXERCISES.items() if isinstance(exercise, NumberExercise)}
MISTAKES = [
    (name, number, key) for name, exercise in NUMBERS.items() for number, key in exercise.mistakes.items()
]


def slope_of_the_first_minibatch():
    theta = torch.tensor(0.0, requires_grad=True)
    log_prob = -0.7 - 1.5 * theta
    ratio = ppo_edu.probability_ratio(log_prob.reshape(1), log_prob.detach().reshape(1))
    ppo_edu.clipped_surrogate(ratio, torch.tensor([2.0]), 0.2).mean().backward()
    return theta.grad.item()


def try_that_the_line_search_takes():
    delta = 0.01
    return next(share for share, kl, gain in outside_the_region.TRIES if kl <= delta and gain > 0)


def samples_with_a_gradient():
    log_prob = torch.tensor(np.log(throwing_away.NOW), requires_grad=True)
    ratio = ppo_edu.probability_ratio(log_prob, torch.tensor(np.log(throwing_away.OLD)))
    ppo_edu.clipped_surrogate(
        ratio, torch.tensor(throwing_away.ADVANTAGE), throwing_away.EPSILON
    ).sum().backward()
    return int((log_prob.grad != 0).sum())


def lower_end_of_the_difference():
    rng = np.random.default_rng(0)
    a, b = rng.normal(470, 18 / 1.96, 10**6), rng.normal(440, 20 / 1.96, 10**6)
    return np.quantile(a - b, 0.025)


def ratio_that_momentum_carries_on():
    ratio = torch.tensor(1.0, requires_grad=True)
    optimiser = torch.optim.SGD(
        [ratio], lr=leaving_the_range.LEARNING_RATE, momentum=leaving_the_range.MOMENTUM, maximize=True
    )
    for _ in range(60):
        optimiser.zero_grad()
        ppo_edu.clipped_surrogate(ratio, 1.0, leaving_the_range.EPSILON).backward()
        optimiser.step()
    return ratio.item()


def error_that_gae_keeps():
    gamma, lam = lambda_ends.GAMMA, lambda_ends.LAM
    rng, goes_on = np.random.default_rng(0), np.zeros(6, dtype=bool)
    rewards, values = rng.normal(size=6), rng.normal(size=7)
    wrong = values.copy()
    wrong[1] += lambda_ends.ERROR
    right, shifted = (
        ppo_edu.gae(rewards, v[:-1], v[1:], goes_on, goes_on, gamma, lam)[0] for v in (values, wrong)
    )
    return shifted - right


def advantage_at_the_time_limit():
    gamma, lam = time_limit.GAMMA, time_limit.LAM
    next_values = np.array([time_limit.NEXT_VALUE, 32.0])
    # The other episode's row gets the advantage of the table from what follows it; here, from its reward.
    other = time_limit.OTHER_ADVANTAGE - gamma * next_values[1] + time_limit.OTHER_VALUE
    rewards, values = (
        np.array([time_limit.REWARD, other]),
        np.array([time_limit.VALUE, time_limit.OTHER_VALUE]),
    )
    never, cut = np.zeros(2, dtype=bool), np.array([True, False])
    advantages = ppo_edu.gae(rewards, values, next_values, never, cut, gamma, lam)
    assert advantages[1] == pytest.approx(time_limit.OTHER_ADVANTAGE)
    return advantages[0]


def advantage_of_one_right_of_sixteen():
    rewards = np.eye(16)[0]
    return (rewards[0] - np.mean(rewards)) / np.std(rewards)


def change_of_the_return(column=5):
    """Return what an episode brings under the probabilities of `column` beyond that under the old."""
    returns = []
    for probs in (column, 4):
        worth = {"s_0": 0.0, "s_1": 0.0}
        for row in reversed(broken_promise.ROWS):
            worth[row[0]] += row[probs] * (worth["s_1"] if row[1] is None else row[1])
        returns.append(worth["s_0"])
    return returns[0] - returns[1]


def objective_of_the_token():
    log_probs = (which_policy.REFERENCE, which_policy.OLD, which_policy.NOW)
    reference, old, now = (torch.tensor([value], dtype=torch.float64) for value in log_probs)
    ratio = ppo_edu.probability_ratio(now, old)
    gain = ppo_edu.clipped_surrogate(ratio, torch.tensor([which_policy.ADVANTAGE]), which_policy.EPSILON)
    return (gain - which_policy.BETA * kl_terms(reference, now, "k3")).item()


@pytest.mark.parametrize(
    ("name", "work_out", "rounding"),
    [
        ("first_minibatch", slope_of_the_first_minibatch, 1e-6),
        ("outside_the_region", try_that_the_line_search_takes, 0),
        ("throwing_away", samples_with_a_gradient, 0),
        ("leaving_the_range", ratio_that_momentum_carries_on, 1e-6),
        ("lambda_ends", error_that_gae_keeps, 1e-9),
        ("time_limit", advantage_at_the_time_limit, 1e-9),
        ("broken_promise", change_of_the_return, 1e-9),
        ("which_policy", objective_of_the_token, 1e-4),
        ("lone_success", advantage_of_one_right_of_sixteen, 0.005),
        ("overlapping_intervals", lower_end_of_the_difference, 0.1),  # a million draws: 0.03 or so
    ],
)
def test_the_right_number_is_what_a_computation_gives(name, work_out, rounding):
    assert NUMBERS[name].right == pytest.approx(work_out(), abs=rounding)


def test_the_batch_promises_a_gain_though_no_chance_is_in_it():
    promise, counts = 0.0, {"s_0": broken_promise.EPISODES, "s_1": 10}
    for state, _, count, advantage, old, new in broken_promise.ROWS:
        assert count == pytest.approx(counts[state] * old)
        promise += count * ppo_edu.probability_ratio(np.log(new), np.log(old)) * advantage
    assert promise / broken_promise.EPISODES == pytest.approx(broken_promise.PROMISE)
    # The advantages are the old policy's: under it, they average to 0 in each state.
    for state in counts:
        rows = [row for row in broken_promise.ROWS if row[0] == state]
        assert sum(row[3] * row[4] for row in rows) == pytest.approx(0, abs=1e-12)


def test_the_log_shortens_the_step_as_trpo_does():
    shares, kls, _ = zip(*outside_the_region.TRIES, strict=True)
    assert np.allclose(shares, 0.8 ** np.arange(6), atol=0.002)
    # A divergence goes with the square of a small step.
    assert np.allclose(np.array(kls) / np.square(shares), kls[0], rtol=0.05)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "form", [float, str, np.float32, np.array, torch.tensor, Fraction, lambda x: f" {x} "]
)
def test_the_right_number_passes_in_any_form(name, form):
    result = ppo_edu.check(name, form(NUMBERS[name].right))
    assert result.passed and result.message == ppo_edu.t(f"{name}.right")
    assert ppo_edu.check(name, eval(exercises.solution_cell(name).partition("= ")[2])).passed


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_beside_the_right_one_do_not_pass_nor_do_mistakes_overlap(name):
    exercise = NUMBERS[name]
    for step in (-3, -1.5, 1.5, 3):
        assert not exercise.check(exercise.right + step * exercise.tolerance).passed
    known = sorted([exercise.right, *exercise.mistakes])
    assert min(np.diff(known)) > exercise.tolerance


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("name", "number", "key"), MISTAKES)
def test_each_usual_wrong_number_has_its_words(name, number, key, language):
    ppo_edu.use_language(language)
    result = ppo_edu.check(name, number)
    assert not result.passed and result.attempted
    assert result.message == ppo_edu.t(f"{name}.{key}")


@pytest.mark.parametrize("name", NUMBERS)
def test_any_other_number_and_nonsense_are_told(name):
    for other in (-17.5, 1e9, float("nan"), float("inf")):
        assert "another number" in ppo_edu.check(name, other).message
    for nonsense in ("a", True, [1, 2], len, {}, b"x", 1j, np.array([1.0, 2.0])):
        result = ppo_edu.check(name, nonsense)
        assert not result.passed and "one number" in result.message, nonsense
    for empty in (..., None, " "):
        assert not ppo_edu.check(name, empty).attempted


def test_the_numbers_in_the_lessons_are_those_of_the_exercises():
    from lessons import source

    text = "".join(lesson.text for lesson in source.find_lessons())
    for share, kl, gain in outside_the_region.TRIES:
        assert text.count(f"| {share:g} | {kl:.4f} | {gain:+.4f} |") == 2
    for state, _, count, advantage, old, new in broken_promise.ROWS:
        cells = f"| {count} | {advantage:+.1f} | {old:g} | {new:g} |"
        assert sum(cells in line and f"| ${state}$ |" in line for line in text.splitlines()) == 2
    assert text.count(f"{broken_promise.PROMISE:+.2f}") == 2
    for log_prob in (which_policy.REFERENCE, which_policy.OLD, which_policy.BEFORE, which_policy.NOW):
        rows = [line for line in text.splitlines() if line.endswith(f" | {log_prob:.1f} |")]
        assert sum(row.count("|") == 3 for row in rows) == 2
    columns = zip(throwing_away.OLD, throwing_away.NOW, throwing_away.ADVANTAGE, strict=True)
    for row, (old, now, advantage) in enumerate(columns, start=1):
        assert text.count(f"| {row} | {old:.2f} | {now:.2f} | {advantage:+.1f} |") == 2
