"""The corridor's exact numbers against brute force, autograd and differences; its estimates against them."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import ppo_edu
from ppo_edu.corridor import LEFT, RIGHT, Corridor, log_prob_gradient, rewards_to_go

EXACT = 1e-12  # sums of a few products in float64
SEEDS = range(8)


def any_corridor(seed):
    rng = np.random.default_rng(seed)
    cells = int(rng.integers(1, 6))
    rewards = tuple(map(tuple, rng.normal(0, 3, (cells, 2))))
    return Corridor(rewards), rng.normal(0, 1.5, cells), float(rng.choice([0.0, 0.3, 0.9, 1.0]))


def brute_force(corridor, theta, gamma):
    """Walk through all sequences of n actions; those that part after an episode's end are one episode."""
    seen = {}
    for actions in itertools.product((LEFT, RIGHT), repeat=len(corridor)):
        prob, score = 1.0, 0.0
        for cell, action in enumerate(actions):
            right = 1 / (1 + np.exp(-theta[cell]))
            prob *= right if action == RIGHT else 1 - right
            score += gamma**cell * corridor.rewards[cell][action]
            if action == LEFT:
                break
        seen[actions[: cell + 1]] = prob, score
    return seen


@pytest.mark.parametrize("seed", SEEDS)
def test_every_trajectory_is_there_with_its_probability_and_return(seed):
    corridor, theta, gamma = any_corridor(seed)
    wanted = brute_force(corridor, theta, gamma)
    ways = corridor.trajectories()
    assert {way.actions for way in ways} == wanted.keys() and len(ways) == len(wanted)
    got = zip(corridor.trajectory_probs(theta), corridor.returns(gamma), strict=True)
    for way, (prob, score) in zip(ways, got, strict=True):
        assert np.allclose((prob, score), wanted[way.actions], rtol=EXACT, atol=EXACT)
    assert corridor.trajectory_probs(theta).sum() == pytest.approx(1, abs=EXACT)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_expected_return_is_the_value_of_the_first_cell(seed):
    corridor, theta, gamma = any_corridor(seed)
    v, q = corridor.values(theta, gamma)
    wanted = sum(prob * score for prob, score in brute_force(corridor, theta, gamma).values())
    assert corridor.expected_return(theta, gamma) == pytest.approx(wanted, rel=EXACT, abs=EXACT)
    assert v[0] == pytest.approx(wanted, rel=EXACT, abs=EXACT)
    # From a later cell on: the corridor that begins there.
    rest = Corridor(corridor.rewards[1:]) if len(corridor) > 1 else None
    following = 0.0 if rest is None else rest.expected_return(theta[1:], gamma)
    assert q[0] == pytest.approx([corridor.rewards[0][LEFT], corridor.rewards[0][RIGHT] + gamma * following])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_is_that_of_autograd_and_of_a_difference_quotient(seed):
    corridor, theta, gamma = any_corridor(seed)
    variable = torch.tensor(theta, requires_grad=True)
    right = torch.sigmoid(variable)
    probs = torch.stack([1 - right, right], dim=-1)
    expected = sum(
        probs[way.cells, way.actions].prod()
        * sum(gamma**step * reward for step, reward in enumerate(way.rewards))
        for way in corridor.trajectories()
    )
    (wanted,) = torch.autograd.grad(expected, variable)
    got = corridor.gradient(theta, gamma)
    assert np.allclose(got, wanted, rtol=0, atol=1e-10)
    step = 1e-5
    slopes = [
        (
            corridor.expected_return(theta + step * unit, gamma)
            - corridor.expected_return(theta - step * unit, gamma)
        )
        / (2 * step)
        for unit in np.eye(len(theta))
    ]
    assert np.allclose(got, slopes, rtol=0, atol=1e-8)  # a central difference errs by about step squared


@pytest.mark.parametrize("to_go", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_without_discount_estimates_are_right_on_average_whatever_the_baseline(seed, to_go):
    corridor, theta, _ = any_corridor(seed)
    probs = corridor.trajectory_probs(theta)
    for baseline in (0.0, -3.0, 7.5, np.arange(len(corridor)) - 1.0, corridor.values(theta)[0]):
        mean = probs @ corridor.estimates(theta, to_go=to_go, baseline=baseline)
        assert np.allclose(mean, corridor.gradient(theta), rtol=0, atol=1e-11)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_estimate_is_what_autograd_makes_of_one_episode(seed):
    corridor, theta, gamma = any_corridor(seed)
    baseline = np.linspace(-1, 2, len(corridor))
    got = corridor.estimates(theta, gamma=gamma, baseline=baseline)
    for way, estimate in zip(corridor.trajectories(), got, strict=True):
        logits = torch.tensor(theta, requires_grad=True)
        log_probs = torch.log_softmax(torch.stack([torch.zeros_like(logits), logits], dim=-1), dim=-1)
        weights = torch.tensor(rewards_to_go(way.rewards, gamma) - baseline[: len(way.cells)])
        (weights * log_probs[way.cells, way.actions]).sum().backward()
        assert np.allclose(estimate, logits.grad, rtol=0, atol=1e-11)


def test_with_discount_the_arrow_in_cell_a_turns_round():
    corridor = Corridor()
    probs = corridor.trajectory_probs([0, 0])
    means = [probs @ corridor.estimates([0, 0], gamma=gamma) for gamma in (1.0, 0.5, 0.2)]
    assert [mean[0] for mean in means] == pytest.approx([0.25, 0.0, -0.15])
    assert [mean[1] for mean in means] == pytest.approx([0.5, 0.5, 0.5])


def test_the_noise_is_that_of_episodes_played():
    corridor, theta = Corridor(), np.array([0.4, -0.3])
    played = corridor.play(theta, 200_000, np.random.default_rng(0))
    for how in (
        {"to_go": False},
        {},
        {"baseline": corridor.values(theta)[0]},
        {"gamma": 0.5, "baseline": 1.0},
    ):
        measured = np.sqrt(corridor.estimates(theta, **how)[played].var(axis=0).sum())
        # The relative error of a standard deviation from 200,000 draws is below 0.4 %: five times that.
        assert corridor.noise(theta, **how) == pytest.approx(measured, rel=0.02)


def test_each_means_takes_noise_away():
    corridor = Corridor()
    v, _ = corridor.values([0, 0])
    noise = [
        corridor.noise([0, 0], **how) for how in ({"to_go": False}, {}, {"baseline": 2.0}, {"baseline": v})
    ]
    assert noise[0] > noise[1] > noise[2] > noise[3]


def test_episodes_are_played_as_often_as_they_are_likely():
    corridor, theta = Corridor(), [1.0, -0.5]
    played = np.bincount(corridor.play(theta, 100_000, np.random.default_rng(1)), minlength=3) / 100_000
    # Five standard deviations of a share of 100,000.
    assert np.abs(played - corridor.trajectory_probs(theta)).max() < 5 * 0.5 / 100_000**0.5


def test_far_parameters_give_no_nan():
    corridor = Corridor()
    probs = corridor.action_probs([800.0, -800.0])
    assert np.array_equal(probs, [[0, 1], [1, 0]])
    assert np.isfinite(corridor.gradient([800.0, -800.0])).all()
    assert np.isfinite(log_prob_gradient([1e4, -1e4, 0.0], 2)).all()


numbers = st.floats(-100, 100)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=30), st.sampled_from([0.0, 0.5, 0.97, 1.0]))
def test_rewards_to_go_is_gae_without_a_critic(rewards, gamma):
    nothing, never = np.zeros(len(rewards)), np.zeros(len(rewards), bool)
    got = rewards_to_go(rewards, gamma)
    assert np.allclose(got, ppo_edu.gae(np.array(rewards), nothing, nothing, never, never, gamma, 1.0))
    by_sums = [sum(gamma**k * r for k, r in enumerate(rewards[start:])) for start in range(len(rewards))]
    assert np.allclose(got, by_sums, rtol=1e-9, atol=1e-9)


def test_rewards_to_go_of_episodes_side_by_side_is_that_of_each():
    rewards = np.random.default_rng(3).normal(size=(7, 4))
    columns = [rewards_to_go(column, 0.9) for column in rewards.T]
    assert np.allclose(rewards_to_go(rewards, 0.9), np.transpose(columns), rtol=0, atol=EXACT)


def test_rewards_to_go_leaves_its_input_and_takes_whole_numbers():
    rewards = np.array([1, 2, 3])
    assert rewards_to_go(rewards, 0.5).tolist() == [2.75, 3.5, 3.0]
    assert rewards.tolist() == [1, 2, 3]


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=8), st.data())
def test_the_log_derivative_is_that_of_autograd(logits, data):
    action = data.draw(st.integers(0, len(logits) - 1))
    variable = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    torch.log_softmax(variable, dim=0)[action].backward()
    got = log_prob_gradient(logits, action)
    assert np.allclose(got, variable.grad, rtol=0, atol=1e-12)
    assert got.sum() == pytest.approx(0, abs=1e-12)


def test_the_log_derivative_of_a_batch_is_row_by_row():
    rng = np.random.default_rng(2)
    logits, actions = rng.normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    rows = [log_prob_gradient(row, action) for row, action in zip(logits, actions, strict=True)]
    assert np.array_equal(log_prob_gradient(logits, actions), rows)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: rewards_to_go([1.0], 1.5), "gamma"),
        (lambda: rewards_to_go([1.0], -0.1), "gamma"),
        (lambda: rewards_to_go([[[1.0]]]), "rewards"),
        (lambda: rewards_to_go([float("nan")]), "rewards"),
        (lambda: rewards_to_go(["much"]), "rewards"),
        (lambda: log_prob_gradient([0.0, 1.0], 2), "action"),
        (lambda: log_prob_gradient([0.0, 1.0], -1), "action"),
        (lambda: log_prob_gradient([0.0, float("nan")], 0), "logits"),
        (lambda: Corridor(((1.0, 2.0, 3.0),)), "rewards"),
        (lambda: Corridor(()), "rewards"),
        (lambda: Corridor().gradient([0.0, 0.0, 0.0]), "theta"),
        (lambda: Corridor().gradient([0.0, float("nan")]), "theta"),
        (lambda: Corridor().values([0.0, 0.0], gamma=2), "gamma"),
        (lambda: Corridor().estimates([0.0, 0.0], baseline=[1.0, 2.0, 3.0]), "baseline"),
        (lambda: Corridor().play([0.0, 0.0], 0, np.random.default_rng()), "episodes"),
    ],
)
def test_bad_input_is_told_by_name(call, name, language):
    ppo_edu.use_language(language)
    with pytest.raises((TypeError, ValueError), match=name):
        call()
