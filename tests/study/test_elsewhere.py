"""The table of names elsewhere agrees with `PPOConfig` and with the installed Stable-Baselines3."""

import dataclasses
import inspect

import pytest

import ppo_edu
from ppo_edu.language import LANGUAGES
from ppo_edu.study import elsewhere


def test_the_column_of_stable_baselines3_is_that_of_the_installed_one():
    stable_baselines3 = pytest.importorskip("stable_baselines3")
    parameters = inspect.signature(stable_baselines3.PPO.__init__).parameters
    told = [setting.stable_baselines3 for setting in elsewhere.SETTINGS if setting.stable_baselines3]
    assert len(told) >= 12
    for name, default in told:
        assert name in parameters, name
        assert parameters[name].default == default and type(parameters[name].default) is type(default), name


def test_every_setting_is_one_of_ours():
    ours = {field.name for field in dataclasses.fields(ppo_edu.PPOConfig)}
    assert {setting.ours for setting in elsewhere.SETTINGS} <= ours
    assert len({setting.ours for setting in elsewhere.SETTINGS}) == len(elsewhere.SETTINGS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_a_row_for_each_setting(language):
    ppo_edu.use_language(language)
    rows = elsewhere.as_markdown().split("\n")
    assert len(rows) == 2 + len(elsewhere.SETTINGS) and len({row.count("|") for row in rows}) == 1
