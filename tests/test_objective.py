"""The surrogate and its gradient against autograd, SB3's loss and numbers worked by hand."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import ppo_edu
from ppo_edu import objective

# sign(A) x where r stands: A, r, objective, its gradient in r; by hand from eq. 7 with epsilon = 0.2.
SIX_CASES = [
    (+2.0, 0.5, 1.0, 2.0),
    (+2.0, 1.1, 2.2, 2.0),
    (+2.0, 1.5, 2.4, 0.0),
    (-2.0, 0.5, -1.6, 0.0),
    (-2.0, 1.1, -2.2, -2.0),
    (-2.0, 1.5, -3.0, -2.0),
]
finite = st.floats(-10, 10)
ratios = st.floats(0, 10)
epsilons = st.floats(0.01, 0.9)


@pytest.mark.parametrize(("advantage", "ratio", "objective", "gradient"), SIX_CASES)
def test_six_cases(advantage, ratio, objective, gradient):
    assert ppo_edu.clipped_surrogate(ratio, advantage, 0.2) == pytest.approx(objective)
    r = torch.tensor(ratio, dtype=torch.float64, requires_grad=True)
    ppo_edu.clipped_surrogate(r, advantage, 0.2).backward()
    assert r.grad.item() == pytest.approx(gradient)


@pytest.mark.parametrize(("advantage", "ratio", "objective", "gradient"), SIX_CASES)
def test_without_min_every_ratio_outside_the_range_loses_its_gradient(advantage, ratio, objective, gradient):
    r = torch.tensor(ratio, dtype=torch.float64, requires_grad=True)
    ppo_edu.clipped_without_min(r, advantage, 0.2).backward()
    assert r.grad.item() == (advantage if 0.8 < ratio < 1.2 else 0.0)


@given(st.lists(st.tuples(ratios, finite), min_size=1, max_size=8), epsilons)
def test_the_three_objectives_belong_together(pairs, epsilon):
    r, advantage = np.array(pairs).T
    clipped = ppo_edu.clipped_surrogate(r, advantage, epsilon)
    parts = ppo_edu.unclipped_surrogate(r, advantage), ppo_edu.clipped_without_min(r, advantage, epsilon)
    np.testing.assert_array_equal(clipped, np.minimum(*parts))
    # The pessimistic bound: never above r * A.
    assert (clipped <= r * advantage).all()


@given(st.lists(st.tuples(finite, finite, finite), min_size=1, max_size=8), epsilons)
def test_agrees_with_stable_baselines3s_loss(rows, epsilon):
    """The lines of PPO.train() in Stable-Baselines3 2.9.2, which inlines them in its loop."""
    log_prob, old_log_prob, advantages = torch.tensor(rows, dtype=torch.float64).T
    log_prob.requires_grad_()
    ratio = torch.exp(log_prob - old_log_prob)
    policy_loss_1 = advantages * ratio
    policy_loss_2 = advantages * torch.clamp(ratio, 1 - epsilon, 1 + epsilon)
    theirs = -torch.min(policy_loss_1, policy_loss_2).mean()
    (their_gradient,) = torch.autograd.grad(theirs, log_prob)

    our_ratio = ppo_edu.probability_ratio(log_prob, old_log_prob)
    ours = -ppo_edu.clipped_surrogate(our_ratio, advantages, epsilon).mean()
    (our_gradient,) = torch.autograd.grad(ours, log_prob)
    assert torch.equal(ours, theirs) and torch.equal(our_gradient, their_gradient)
    assert ppo_edu.clip_fraction(ratio, epsilon) == pytest.approx(
        ((ratio - 1).abs() > epsilon).double().mean().item(), abs=0
    )


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=8), epsilons)
def test_numpy_and_torch_give_the_same_numbers(rows, epsilon):
    a, b = np.array(rows).T
    ta, tb = torch.tensor(a), torch.tensor(b)
    for ours, tensor in [
        (ppo_edu.probability_ratio(a, b), ppo_edu.probability_ratio(ta, tb)),
        (ppo_edu.clipped_surrogate(np.abs(a), b, epsilon), ppo_edu.clipped_surrogate(ta.abs(), tb, epsilon)),
    ]:
        # Two implementations of exp may differ in the last digit.
        np.testing.assert_allclose(ours, tensor.numpy(), rtol=1e-14)
    assert ppo_edu.approx_kl(a, b) == pytest.approx(ppo_edu.approx_kl(ta, tb), rel=1e-12)


@given(st.floats(-5, 0), st.floats(-5, 0))
def test_approx_kl_is_never_negative(log_prob, old_log_prob):
    assert ppo_edu.approx_kl(log_prob, old_log_prob) >= 0


def test_approx_kl_estimates_the_kl_divergence():
    old, new = np.array([0.7, 0.2, 0.1]), np.array([0.5, 0.3, 0.2])
    exact = (old * np.log(old / new)).sum()
    actions = np.random.default_rng(0).choice(3, size=400_000, p=old)
    estimate = ppo_edu.approx_kl(np.log(new)[actions], np.log(old)[actions])
    # Standard error of 400,000 samples is about 2e-4 here.
    assert estimate == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("kind", [np.array, torch.tensor, list])
def test_shape_and_kind_are_kept(kind):
    values = kind([[0.9, 1.5, 1.0]])
    for result in (
        ppo_edu.clipped_surrogate(values, values, 0.2),
        ppo_edu.clipped_surrogate(values, 1.0, 0.2),
        ppo_edu.clipped_surrogate(1.0, values, 0.2),
        ppo_edu.probability_ratio(values, values),
    ):
        assert tuple(result.shape) == (1, 3)
        assert isinstance(result, torch.Tensor if kind is torch.tensor else np.ndarray)
    assert isinstance(ppo_edu.clipped_surrogate(1.5, 1, 0.2), float)
    assert ppo_edu.clipped_surrogate(torch.tensor([1.5]), 1.0, 0.2).dtype == torch.float32


def test_far_apart_policies_give_infinity_not_an_error():
    assert ppo_edu.probability_ratio(torch.tensor(0.0), -1000.0).item() == math.inf
    assert ppo_edu.probability_ratio(-1000.0, 0.0) == 0.0


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((1.0, 1.0, 0), ValueError, ["epsilon", "0", "(0, 1000000.0]"]),
        ((1.0, 1.0, -0.2), ValueError, ["epsilon", "-0.2"]),
        ((1.0, 1.0, math.nan), ValueError, ["epsilon", "nan"]),
        ((1.0, 1.0, "0.2"), TypeError, ["epsilon", "'0.2'"]),
        ((1.0, 1.0, True), TypeError, ["epsilon", "True"]),
        ((np.ones((3, 1)), np.ones(3), 0.2), ValueError, ["ratio (3, 1)", "advantage (3,)"]),
        ((torch.ones(3, 1), torch.ones(3), 0.2), ValueError, ["ratio (3, 1)", "advantage (3,)"]),
        ((np.array([1.0, np.nan]), np.ones(2), 0.2), ValueError, ["ratio", "NaN"]),
        ((torch.ones(2), torch.tensor([1.0, math.nan]), 0.2), ValueError, ["advantage", "NaN"]),
        ((torch.ones(2), np.ones(2), 0.2), TypeError, ["advantage", "NumPy"]),
        ((["a"], [1.0], 0.2), TypeError, ["ratio", "list"]),
    ],
)
def test_bad_input_is_named(language, arguments, error, words):
    ppo_edu.use_language(language)
    for function in (ppo_edu.clipped_surrogate, ppo_edu.clipped_without_min):
        with pytest.raises(error) as raised:
            function(*arguments)
        for word in words:
            assert word in str(raised.value)


@given(st.lists(st.tuples(ratios, finite), min_size=1, max_size=8), epsilons, st.floats(0.01, 3))
def test_another_bound_above_is_two_clip_ranges_one_for_each_side_of_the_advantage(pairs, low, high):
    """DAPO's clip-higher: only the upper bound can bind where A > 0, only the lower one where A < 0."""
    r, advantage = np.array(pairs).T
    both = [ppo_edu.clipped_surrogate(r, advantage, epsilon) for epsilon in (high, low)]
    ours = ppo_edu.clipped_surrogate(r, advantage, low, high)
    np.testing.assert_array_equal(ours, np.where(advantage > 0, *both))
    np.testing.assert_array_equal(
        ppo_edu.clipped_surrogate(r, advantage, low, None), ppo_edu.clipped_surrogate(r, advantage, low)
    )
    assert ppo_edu.clip_fraction(r, low, high) == np.mean((r < 1 - low) | (r > 1 + high))


@settings(deadline=None)  # the first call loads half of torch
@given(st.lists(st.tuples(ratios, finite), min_size=1, max_size=8), epsilons, st.floats(0.01, 3))
def test_no_gradient_is_where_autograd_finds_none(pairs, low, high):
    r, advantage = torch.tensor(pairs, dtype=torch.float64).T
    # At a bound itself, and for an A that is or rounds to 0, autograd's answer is a matter of taste.
    near_a_bound = (
        ((r - (1 - low)).abs() < 1e-9) | ((r - (1 + high)).abs() < 1e-9) | (advantage.abs() < 1e-300)
    )
    r, advantage = r[~near_a_bound].requires_grad_(), advantage[~near_a_bound]
    ppo_edu.clipped_surrogate(r, advantage, low, high).sum().backward()
    held = objective.no_gradient(r.detach(), advantage, low, high)
    assert torch.equal(held, r.grad == 0)
    share = objective.no_gradient_fraction(r.detach().numpy(), advantage.numpy(), low, high)
    assert share == pytest.approx(held.double().mean().item() if len(held) else 0.0)
    assert share <= ppo_edu.clip_fraction(r.detach(), low, high)


@settings(deadline=None)  # the first call loads half of torch
@given(st.lists(st.tuples(st.floats(-5, 0), st.floats(-5, 0)), min_size=1, max_size=8))
def test_approx_kl_is_the_mean_of_its_terms_and_their_slopes_are_what_the_docstring_says(pairs):
    new, old = torch.tensor(pairs, dtype=torch.float64).T
    new.requires_grad_()
    log_ratio = (new - old).detach()
    slopes = {"k1": -torch.ones_like(log_ratio), "k2": log_ratio, "k3": log_ratio.exp() - 1}
    for estimator, slope in slopes.items():
        terms = objective.kl_terms(new, old, estimator)
        (gradient,) = torch.autograd.grad(terms.sum(), new)
        torch.testing.assert_close(gradient, slope)
        as_arrays = objective.kl_terms(new.detach().numpy(), old.numpy(), estimator)
        np.testing.assert_allclose(as_arrays, terms.detach(), rtol=1e-12, atol=1e-15)
    assert ppo_edu.approx_kl(new, old) == pytest.approx(max(terms.mean().item(), 0))


def test_the_three_estimators_against_the_exact_divergence():
    """Taken over all outcomes: k1 and k3 give the KL itself, k2 only its second order."""
    old, new = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.4, 0.2])
    exact = float(objective.categorical_kl(np.log(old), np.log(new)))
    mean = {k: float(old @ objective.kl_terms(np.log(new), np.log(old), k)) for k in objective.KL_ESTIMATORS}
    assert mean["k1"] == pytest.approx(exact) == mean["k3"]
    assert mean["k2"] == pytest.approx(exact, rel=0.1) and mean["k2"] != pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_unknown_estimator_and_a_bad_upper_bound_are_named(language):
    ppo_edu.use_language(language)
    with pytest.raises(ValueError, match=r"estimator.*'k1', 'k2', 'k3'.*'k4'"):
        objective.kl_terms(0.0, 0.0, "k4")
    for function in (ppo_edu.clipped_surrogate, objective.no_gradient, objective.no_gradient_fraction):
        with pytest.raises(ValueError, match="epsilon_high"):
            function(1.0, 1.0, 0.2, -0.1)
    with pytest.raises(ValueError, match="epsilon_high"):
        ppo_edu.clip_fraction(1.0, 0.2, 0.0)
