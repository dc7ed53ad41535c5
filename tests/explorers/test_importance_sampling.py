"""The explorer of importance sampling: every number on it against what is known without any sample."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import frame
from scipy import integrate, stats

import ppo_edu
from ppo_edu import explorers
from ppo_edu.explorers.weighted_samples import effective_share, true_share, weights
from ppo_edu.language import LANGUAGES


def scene_at(**values):
    explorer = explorers.importance_sampling()
    scene = explorer.scene
    scene.update(**{**explorer.start, **values})
    return scene


@given(x=st.floats(-4, 4), shift=st.floats(0, 4))
def test_a_weight_is_the_ratio_of_the_two_densities(x, shift):
    # Tolerance: rounding of float64 only.
    expected = stats.norm.pdf(x, shift) / stats.norm.pdf(x)
    assert weights(np.array([x]), shift)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0, 2.0, 3.0, 4.0])
def test_the_true_share_is_that_of_the_integrals(shift):
    def moment(power):
        ratio = lambda x: np.exp(shift * x - shift**2 / 2) ** power * stats.norm.pdf(x)  # noqa: E731
        return integrate.quad(ratio, -20, 20, points=(0, shift, 2 * shift))[0]

    assert true_share(shift) == pytest.approx(moment(1) ** 2 / moment(2), rel=1e-6)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=50))
def test_the_samples_own_share_is_between_one_of_them_and_all(ratio):
    share = effective_share(np.array(ratio))
    assert 1 / len(ratio) <= share * (1 + 1e-12) and share <= 1 + 1e-12


def test_near_by_the_samples_tell_the_truth_and_far_away_they_are_too_rosy():
    # Tolerance: over 200 draws of 10,000, the mean share at shift 1 is known to a few thousandths.
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=(200, 10_000))
    near = np.mean([effective_share(weights(x, 1.0)) for x in drawn])
    assert near == pytest.approx(true_share(1.0), rel=0.02)
    far = [effective_share(weights(x, 3.0)) for x in drawn]
    assert np.median(far) > 10 * true_share(3.0)


def test_the_bars_are_the_weighted_histogram_and_the_words_its_mean():
    scene = scene_at(shift=2.0, samples=100, draw=3)
    x = np.random.default_rng(3).normal(size=100)
    ratio = stats.norm.pdf(x, 2.0) / stats.norm.pdf(x)
    heights, width = scene.bars.get_data().values, np.diff(scene.edges)[0]
    assert heights.sum() * width == pytest.approx(ratio.mean())
    tallest = heights.argmax()
    inside = (scene.edges[tallest] <= x) & (x < scene.edges[tallest + 1])
    assert heights[tallest] * width == pytest.approx(ratio[inside].sum() / 100)
    assert f"{(ratio * x).mean():.2f}" in scene.mean.get_text() and "2.00" in scene.mean.get_text()
    told = ratio.sum() ** 2 / (ratio**2).sum()
    assert f"{told:.0f} " in scene.size.get_text() and "1.8" in scene.size.get_text()
    assert f"{100 * ratio.max() / ratio.sum():.0f}" in scene.size.get_text()


@pytest.mark.parametrize("shift", [0.0, 1.5, 4.0])
def test_the_dots_lie_on_their_lines(shift):
    scene = scene_at(shift=shift, samples=1_000, draw=1)
    told = scene.told.get_ydata()[np.isclose(scene.shifts, shift)]
    truth, by_samples = (dot.get_ydata()[0] for dot in scene.dots)
    assert by_samples == pytest.approx(told[0])
    assert truth == pytest.approx(np.exp(-(shift**2)))
    low, high = scene.picture.figure.axes[1].get_ylim()
    assert low < min(truth, by_samples) and max(truth, by_samples) < high


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_corner_is_drawn_without_a_missing_glyph(language, no_missing_glyphs):
    ppo_edu.use_language(language)
    explorer = explorers.importance_sampling()
    seen = set()
    for shift, samples, draw in itertools.product((0.0, 4.0), (100, 1_000, 10_000), (1, 20)):
        drawn = frame(explorer, shift=shift, samples=samples, draw=draw)
        assert drawn.size == (1800, 860)
        seen.add(drawn.tobytes())
    assert len(seen) == 12


def test_the_last_values_alone_decide():
    explorer = explorers.importance_sampling()
    first = frame(explorer)
    frame(explorer, shift=4.0, samples=10_000, draw=20)
    assert frame(explorer) == first == frame(explorers.importance_sampling())


@pytest.mark.parametrize("values", [{"shift": 4.5}, {"shift": -1.0}, {"samples": 50}, {"draw": 0}])
def test_a_value_out_of_range_is_refused_by_name(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        explorers.importance_sampling().draw(**values)


def test_a_frame_computes_in_little_time():
    """Tolerance: some 2 ms where nothing else runs; 50 ms would be seen, and other tests may run beside."""
    scene = scene_at(samples=10_000)
    times = []
    for shift in np.linspace(0, 4, 20):
        started = time.process_time()
        scene.update(shift=float(shift), samples=10_000, draw=1)
        times.append(time.process_time() - started)
    assert np.median(times) < 0.05
