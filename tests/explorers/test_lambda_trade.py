"""The explorer of what lambda trades: it shows what the trials found, and what is known without them."""

import itertools

import numpy as np
import pytest
from pictures import frame

import ppo_edu
from ppo_edu import explorers, recorded
from ppo_edu.explorers.difference_errors import batch_error, stretched
from ppo_edu.language import LANGUAGES

LEVELS = recorded.lambda_trade()["levels"].tolist()


def scene_at(**values):
    explorer = explorers.lambda_trade()
    scene = explorer.scene
    scene.update(**{**explorer.start, **values})
    return scene


@pytest.mark.parametrize("samples", [1, 10, 1_000])
def test_the_error_of_a_mean_is_what_simulated_means_have(samples):
    # Tolerance: 20,000 simulated means know their mean square to about 1 % (four standard errors: 4 %).
    rng = np.random.default_rng(0)
    truth, bias, std = 3.0, -2.0, 5.0
    noise = np.array([rng.normal(scale=std, size=samples).mean() for _ in range(20_000)])
    means = truth + bias + noise
    assert batch_error(bias**2, std**2, samples) == pytest.approx(((means - truth) ** 2).mean(), rel=0.04)


def test_the_axis_keeps_the_order_and_gives_room_near_one():
    lams = recorded.lambda_trade()["lams"]
    places = stretched(lams)
    assert (np.diff(places) > 0).all()
    assert places[-1] - stretched(0.9) > stretched(0.9) - places[0]


@pytest.mark.parametrize("level", LEVELS)
def test_with_lam_one_nothing_of_the_critic_is_left_and_with_lam_zero_no_luck(level):
    found = recorded.lambda_errors(level)
    assert (found["squared_bias"][:, -1] == 0).all() and (found["sign_right"][:, -1] == 1).all()
    # CartPole's own step holds no chance: with lam = 0 and the action given, every trial says the same.
    # Tolerance: float32's rounding of the critic's values.
    assert (found["variance"][:, 0] < 1e-6).all()
    assert (np.diff(found["variance"], axis=1) > -1e-6).mean() > 0.95
    assert ((found["sign_right"] >= 0) & (found["sign_right"] <= 1)).all()


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_shown_is_worked_out_from_the_trials(level):
    study = recorded.lambda_trade()
    row = LEVELS.index(level)
    samples = 10
    scene = scene_at(level=level, samples=samples)
    errors = []
    for seed in range(len(study["seeds"])):
        bias, error, variance = (study[name][row, seed] for name in ("bias", "bias_error", "variance"))
        errors.append((bias**2 - error**2).mean(axis=0) + variance.mean(axis=0) / samples)
    shown = scene.curves["error"].get_ydata()
    # Tolerance: the recorded arrays are float32, and what is shown is summed in float64.
    np.testing.assert_allclose(shown, np.maximum(np.mean(errors, axis=0), 1e-6), rtol=1e-4)
    (x,), (y,) = scene.best.get_data()
    assert y == shown.min() and x == pytest.approx(stretched(study["lams"][shown.argmin()]))
    assert f"λ = {study['lams'][shown.argmin()]:g} " in scene.words.get_text()


def test_the_best_lam_rises_with_the_number_of_samples():
    lams = recorded.lambda_trade()["lams"]
    for level in LEVELS:
        found = recorded.lambda_errors(level)
        best = [
            lams[batch_error(found["squared_bias"], found["variance"], samples).mean(axis=0).argmin()]
            for samples in (1, 10, 100, 1_000_000)
        ]
        assert best == sorted(best)
        assert best[0] < 0.95 and best[-1] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_corner_is_drawn_without_a_missing_glyph(language, no_missing_glyphs):
    ppo_edu.use_language(language)
    explorer = explorers.lambda_trade()
    options = [list(control.options.values()) for control in explorer.controls]
    seen = set()
    for samples, level in itertools.product(*options):
        drawn = frame(explorer, samples=samples, level=level)
        assert drawn.size == (1800, 860)
        seen.add(drawn.tobytes())
    assert len(seen) == len(options[0]) * len(options[1])


def test_what_is_shown_lies_within_the_axes():
    explorer = explorers.lambda_trade()
    scene = explorer.scene
    for samples, level in itertools.product(*(control.options.values() for control in explorer.controls)):
        scene.update(**{**explorer.start, "samples": samples, "level": level})
        low, high = scene.picture.figure.axes[0].get_ylim()
        shown = scene.curves["error"].get_ydata()
        assert shown.max() < high
        assert (shown > low).mean() > 0.5


def test_the_last_values_alone_decide():
    explorer = explorers.lambda_trade()
    first = frame(explorer)
    frame(explorer, samples=1_000, level=LEVELS[-1])
    assert frame(explorer) == first == frame(explorers.lambda_trade())


@pytest.mark.parametrize("values", [{"samples": 3}, {"level": 1}])
def test_a_value_out_of_range_is_refused_by_name(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        explorers.lambda_trade().draw(**values)


def test_a_level_that_was_not_recorded_is_refused_by_name():
    with pytest.raises(ValueError, match="level"):
        recorded.lambda_errors(7)


def test_lesson_04_tells_what_was_recorded():
    study, found = recorded.lambda_trade(), recorded.lambda_errors(120)
    lams = study["lams"].tolist()
    squared_bias, variance = (found[name].mean(axis=0) for name in ("squared_bias", "variance"))
    assert round(squared_bias[0], 1) == 21.5 and round(float((study["truth"][0] ** 2).mean()), 1) == 21.4
    usual = lams.index(0.95)
    assert round(squared_bias[usual], 1) == 6.2
    assert (round(variance[usual]), round(variance[-1])) == (36, 337)
    assert (found["states"].sum(), study["truth"][0].size) == (103, 240)
    right = (found["sign_right"] * found["states"])[:, [0, usual]]
    assert (100 * right.sum(axis=0) / 103).round().tolist() == [53, 94]
    best = {
        samples: lams[batch_error(squared_bias, variance, samples).argmin()] for samples in (1, 10, 100, 500)
    }
    assert best == {1: 0.8, 10: 0.95, 100: 0.99, 500: 1}
    by_seed = batch_error(found["squared_bias"], found["variance"], 1).argmin(axis=1)
    assert (lams[by_seed.min()], lams[by_seed.max()]) == (0, 0.9)
    # The interval, by drawing the policies anew. Tolerance: 5,000 drawings know its ends to about a point.
    drawn = np.random.default_rng(1).integers(0, len(right), (5_000, len(right)))
    shares = 100 * right[drawn].sum(axis=1) / found["states"][drawn, 0].sum(axis=1)[:, None]
    np.testing.assert_allclose(np.percentile(shares, [2.5, 97.5], axis=0), [[36, 88], [73, 100]], atol=1.5)
