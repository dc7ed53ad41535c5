"""The arrows are what the corridor estimates, held against batches that are summed one episode at a time."""

import numpy as np
import pytest

import ppo_edu
from ppo_edu import explorers
from ppo_edu.corridor import Corridor


@pytest.fixture
def scene():
    return explorers.gradient_arrows().scene


@pytest.mark.parametrize(("episodes", "baseline", "gamma"), [(1, 0.0, 1.0), (10, 2.0, 0.3), (200, -1.5, 0.0)])
def test_each_arrow_is_the_mean_over_the_first_episodes_of_its_batch(scene, episodes, baseline, gamma):
    scene.update(episodes, baseline, gamma)
    corridor = Corridor()
    played = corridor.play(np.zeros(2), scene.batches * scene.most, np.random.default_rng(0))
    one = corridor.estimates(np.zeros(2), gamma=gamma, baseline=baseline)
    wanted = one[played.reshape(scene.batches, scene.most)[:, :episodes]].mean(axis=1)
    assert np.allclose(np.transpose(scene.tips.get_data()), wanted, rtol=0, atol=1e-12)
    uphill = int((wanted @ corridor.gradient(np.zeros(2)) > 1e-9).sum())
    noise = corridor.noise(np.zeros(2), gamma=gamma, baseline=baseline)
    words = ppo_edu.t(
        "policy_gradient.arrows_words",
        noise=noise / episodes**0.5,
        length=0.3125**0.5,
        uphill=uphill,
        batches=100,
    )
    assert scene.words.get_text() == words


def test_the_curve_is_the_corridors_noise_at_each_baseline(scene):
    scene.update(10, 0.0, 0.7)
    baselines, noise = scene.curve.get_data()
    wanted = [Corridor().noise(np.zeros(2), gamma=0.7, baseline=b) for b in baselines]
    assert np.allclose(noise, wanted, rtol=1e-9)


def test_a_baseline_moves_no_expectation_but_a_discount_does(scene):
    scene.update(10, 5.0, 1.0)
    assert np.allclose(np.transpose(scene.mean.get_data())[1], [0.25, 0.5])
    scene.update(10, 5.0, 0.3)
    assert np.allclose(np.transpose(scene.mean.get_data())[1], [-0.1, 0.5])
