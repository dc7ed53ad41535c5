"""Every difference between the small program and the defaults is told, and switched on exactly once."""

import dataclasses
import io
from pathlib import Path

import pytest
from PIL import Image

import ppo_edu
from ppo_edu import figures, recorded
from ppo_edu.language import LANGUAGES
from ppo_edu.study import details

SETTINGS = [field.name for field in dataclasses.fields(ppo_edu.PPOConfig)]


def test_every_setting_that_differs_is_in_one_difference_and_no_other_is():
    told = [name for settings, _ in details.DIFFERENCES.values() for name in settings]
    differ = [name for name in SETTINGS if getattr(details.SMALL, name) != getattr(ppo_edu.PPOConfig(), name)]
    assert sorted(told) == sorted(differ)


def test_the_programs_go_from_the_small_one_to_the_default_one_difference_at_a_time():
    configs = [variant.config for variant in details.cumulative()]
    assert configs[0] == details.SMALL and configs[-1] == ppo_edu.PPOConfig()
    for (settings, _), before, after in zip(details.DIFFERENCES.values(), configs, configs[1:], strict=False):
        changed = [name for name in SETTINGS if getattr(before, name) != getattr(after, name)]
        assert sorted(changed) == sorted(settings)


def test_one_alone_and_one_left_out_differ_in_that_one():
    for key, variant in zip(details.DIFFERENCES, details.left_out(), strict=True):
        assert details.switched(variant.config, key) == ppo_edu.PPOConfig()
    for variant in details.one_at_a_time():
        key = variant.name.removeprefix("only_")
        assert variant.config == details.switched(details.SMALL, details.FIRST, key)


def test_the_small_program_is_the_one_in_the_lesson():
    root = Path(ppo_edu.__file__).parents[1]
    text = next(root.glob("notebooks/source/*full_training.py")).read_text(encoding="utf-8")
    assert "learning_rate, gamma, lmbda, eps_clip = 0.0005, 0.98, 0.95, 0.1\n" in text
    assert "K_epoch, T_horizon = 3, 20\n" in text and "nn.Linear(4, 256)" in text and "r / 100" in text
    small = details.SMALL
    assert (small.gamma, small.lam, small.epsilon, small.learning_rate) == (0.98, 0.95, 0.1, 0.0005)
    assert (small.epochs, small.horizon, small.hidden_sizes, small.reward_scale) == (3, 20, (256,), 0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_and_the_table_are_drawn_in_both_languages(language, no_missing_glyphs):
    ppo_edu.use_language(language)
    assert Image.open(io.BytesIO(figures.small_to_default().png())).width == 1800
    rows = details.as_markdown().split("\n")
    assert len(rows) == 2 + len(details.DIFFERENCES) + 3 and len({row.count("|") for row in rows}) == 1


def test_what_was_recorded_is_every_program_with_ten_seeds():
    results = recorded.small_to_default()
    programs = [*details.cumulative(), *details.one_at_a_time(), *details.left_out()]
    assert results.variants == tuple(variant.name for variant in programs)
    assert all(len(results.scores("CartPole-v1", name)) == 10 for name in results.variants)


def test_a_recorded_run_comes_out_again():
    results = recorded.small_to_default()
    third = details.cumulative()[2]
    run = ppo_edu.train(config=third.config, seed=1, max_steps=50_000, stop_at=None)
    # Other processors round otherwise, and a training makes much of it; another setting changes far more.
    assert run.mean_return == pytest.approx(results.scores("CartPole-v1", third.name)[1], rel=0.2)
