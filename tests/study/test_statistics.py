"""The statistics of Agarwal et al. (2021): by hand, beside SciPy, by properties, by how often they hold."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from ppo_edu.study.statistics import (
    bootstrap_interval,
    interquartile_mean,
    performance_profile,
    probability_of_improvement,
)

# Whole numbers: ties are as common as in CartPole, where many runs score exactly 500.
SCORES = arrays(float, st.tuples(st.integers(2, 8), st.integers(1, 3)), elements=st.integers(-5, 5))


@st.composite
def two_algorithms(draw):
    tasks = draw(st.integers(1, 3))
    return [draw(arrays(float, (draw(st.integers(1, 7)), tasks), elements=st.integers(-3, 3))) for _ in "xy"]


# By hand


@pytest.mark.parametrize(
    "scores, mean",
    [
        ([7.0], 7.0),
        ([0.0, 10.0, 50.0], 20.0),  # a quarter of 3 is no whole run: nothing is left out
        ([0.0, 10.0, 20.0, 1000.0], 15.0),  # one at each end
        ([1000.0, 0.0, 20.0, 10.0, 30.0, 40.0, -9.0], 20.0),  # of 7, one at each end: 0 10 20 30 40
        ([0.0, 0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 11.0, 99.0, 99.0], 6.0),  # of 10, two at each end: 3 ... 11
    ],
)
def test_interquartile_mean_by_hand(scores, mean):
    assert interquartile_mean(scores) == pytest.approx(mean)


def test_interquartile_mean_pools_the_runs_of_all_tasks():
    # Pooled and sorted: 0 1 | 2 3 4 10 | 20 30.
    scores = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 10.0], [20.0, 30.0]])
    assert interquartile_mean(scores) == (2 + 3 + 4 + 10) / 4
    assert interquartile_mean(scores, axis=0).tolist() == [3.0, 6.5]
    assert interquartile_mean(np.stack([scores, scores + 1]), axis=(-2, -1)).tolist() == [4.75, 5.75]


def test_performance_profile_by_hand():
    # Task one: 3 of 4 above 1, none above 3 (a score equal to the threshold is not above it). Task two: 1, 1.
    scores = [[0, 9], [2, 9], [3, 8], [3, 7]]
    assert performance_profile(scores, [1, 3]).tolist() == [(3 / 4 + 1) / 2, (0 + 1) / 2]


def test_probability_of_improvement_by_hand():
    # Pairs (1, 0) (1, 1) (2, 0) (2, 1): three wins and a tie. Task two: none of the four.
    assert probability_of_improvement([1, 2], [0, 1]) == 3.5 / 4
    assert probability_of_improvement([[1, 5], [2, 5]], [[0, 6], [1, 7]]) == (3.5 / 4 + 0) / 2


def test_the_interval_of_two_runs_by_hand():
    # The mean of a resample of {0, 1} is 0, 1/2 or 1, with the chances 1/4, 1/2 and 1/4.
    assert bootstrap_interval(np.mean, [0.0, 1.0]) == (0, 1)
    assert bootstrap_interval(np.mean, [0.0, 1.0], confidence=0.4) == (0.5, 0.5)


def test_the_interval_is_that_of_every_possible_resample():
    scores = np.array([1.0, 2.0, 4.0, 8.0])
    every = [np.mean(resample) for resample in itertools.product(scores, repeat=4)]
    wanted = np.quantile(every, [0.025, 0.975], method="inverted_cdf")
    np.testing.assert_allclose(bootstrap_interval(np.mean, scores, resamples=20_000), wanted, atol=0.26)


def test_runs_are_resampled_within_their_task():
    # Within a task all runs are equal: whatever is drawn, each task keeps its own score.
    scores = np.tile([0.0, 10.0], (5, 1))
    assert bootstrap_interval(np.mean, scores) == (5.0, 5.0)


# Beside SciPy


@given(two_algorithms())
def test_probability_of_improvement_is_mann_whitneys_u(pair):
    x, y = pair
    wanted = np.mean([stats.mannwhitneyu(*task).statistic for task in zip(x.T, y.T, strict=True)])
    assert probability_of_improvement(x, y) == pytest.approx(wanted / (len(x) * len(y)))


@given(arrays(float, st.integers(1, 30), elements=st.floats(-1e3, 1e3)))
def test_interquartile_mean_is_a_sorted_list_without_its_ends(scores):
    out = len(scores) // 4
    kept = sorted(scores)[out : len(scores) - out]
    assert interquartile_mean(scores) == pytest.approx(sum(kept) / len(kept), rel=1e-9, abs=1e-6)


# Properties


@given(two_algorithms())
def test_one_of_two_is_better(pair):
    x, y = pair
    assert probability_of_improvement(x, y) + probability_of_improvement(y, x) == pytest.approx(1)
    assert probability_of_improvement(x, x) == 0.5
    assert probability_of_improvement(x + 10, y) == 1


@given(SCORES, st.randoms(use_true_random=False))
def test_the_order_of_the_runs_does_not_matter(scores, random):
    order = random.sample(range(len(scores)), len(scores))
    other = scores[order]
    assert interquartile_mean(other) == pytest.approx(interquartile_mean(scores))
    assert (performance_profile(other, [-2, 0, 2]) == performance_profile(scores, [-2, 0, 2])).all()
    assert probability_of_improvement(other, scores) == 0.5


@given(SCORES)
def test_a_profile_falls_from_one_to_nothing(scores):
    profile = performance_profile(scores, np.arange(-6, 6))
    assert profile[0] == 1 and profile[-1] == 0
    assert (np.diff(profile) <= 0).all()
    # The area under it is the mean: each score counts from -6 up to itself.
    assert profile.sum() - 6 == pytest.approx(scores.mean())


@settings(max_examples=15, deadline=None)
@given(SCORES)
def test_an_interval_moves_and_stretches_with_the_scores(scores):
    low, high = bootstrap_interval(interquartile_mean, scores, resamples=200)
    assert scores.min() <= low <= high <= scores.max()
    found = bootstrap_interval(interquartile_mean, 3 * scores + 1, resamples=200)
    assert found == pytest.approx((3 * low + 1, 3 * high + 1))
    inner = bootstrap_interval(interquartile_mean, scores, resamples=200, confidence=0.5)
    assert low <= inner[0] <= inner[1] <= high


def test_studies_side_by_side_give_what_each_gives_alone():
    scores = np.random.default_rng(0).normal(size=(3, 6, 2))
    low, high = bootstrap_interval(interquartile_mean, scores)
    alone = [bootstrap_interval(interquartile_mean, each) for each in scores]
    np.testing.assert_allclose(np.transpose([low, high]), alone)


def test_a_profile_and_a_comparison_have_intervals_too():
    rng = np.random.default_rng(1)
    x, y = rng.normal(1, 1, (9, 2)), rng.normal(0, 1, (7, 2))
    low, high = bootstrap_interval(probability_of_improvement, x, y)
    assert 0.5 < low < probability_of_improvement(x, y) < high < 1
    profile = functools.partial(performance_profile, thresholds=[-9.0, 0.5, 9.0])
    low, high = bootstrap_interval(profile, x)
    assert (low[0], high[0], low[2], high[2]) == (1, 1, 0, 0)
    assert low[1] < profile(x)[1] < high[1]


# How often an interval holds what it should


@pytest.mark.parametrize("runs, least, most", [(20, 0.90, 0.96), (3, 0.60, 0.85)])
def test_an_interval_covers_the_truth_as_often_as_it_should(runs, least, most):
    """With 20 runs nearly 95 % of the intervals hold the true mean, with 3 runs far fewer: known, and told.

    400 studies: the standard error of the share is about 0.012 with 20 runs and 0.022 with 3.
    """
    studies = np.random.default_rng(2).normal(size=(400, runs, 1))
    low, high = bootstrap_interval(np.mean, studies, resamples=1000)
    assert least < np.mean((low <= 0) & (high >= 0)) < most


# Bad input


@pytest.mark.parametrize(
    "call, named",
    [
        (lambda: interquartile_mean([1.0, np.nan]), "scores"),
        (lambda: interquartile_mean([]), "scores"),
        (lambda: performance_profile([1.0], [np.nan]), "thresholds"),
        (lambda: performance_profile(3.0, [1.0]), "scores"),
        (lambda: probability_of_improvement([[1.0, 2.0]], [[1.0]]), "x has 2 and y has 1"),
        (lambda: bootstrap_interval(np.mean, [1.0]), "at least 2 runs"),
        (lambda: bootstrap_interval(np.mean, [1.0, 2.0], confidence=95), "confidence"),
        (lambda: bootstrap_interval(np.mean, [1.0, 2.0], resamples=0), "resamples"),
    ],
)
def test_bad_input_is_told(call, named):
    with pytest.raises(ValueError, match=named):
        call()


def test_what_is_no_number_is_told():
    with pytest.raises(TypeError, match="scores"):
        interquartile_mean(["high", "low"])
