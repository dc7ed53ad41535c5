"""Batches of one row, episodes of one step, rewards that never vary: finite, and nothing gets stuck."""

import itertools
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from test_environments import Scripted

from ppo_edu import PPOConfig, TrainingRun, TRPOConfig, train
from ppo_edu.batch import standardised
from ppo_edu.policy import RunningMoments
from ppo_edu.workbench.step_mode import Stepper

KINDS = {"ppo": PPOConfig, "trpo": TRPOConfig}


def made(kind, **changed):
    own = {"minibatch_size": 1, "epochs": 1} if kind == "ppo" else {}
    return KINDS[kind](**{"hidden_sizes": (4,), **own, **changed})


def finite_run(config, length=None, steps=24, **script):
    with warnings.catch_warnings(action="error"):
        run = train(lambda: Scripted(length=length, **script), config, max_steps=steps)
    assert run.total_steps >= steps
    assert all(torch.isfinite(tensor).all() for tensor in run.policy.state_dict().values())
    for name, column in run.history.items():
        # Undefined where all targets are alike: see `common_diagnostics`.
        assert np.isfinite(column).all() or name == "explained_variance", name
    assert length is None or (run.returns == length).all()
    return run


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize(("num_envs", "horizon"), list(itertools.product((1, 2, 3), repeat=2)))
def test_small_rollouts_of_short_episodes(num_envs, horizon, normalise, kind):
    for length in (1, 2, 3):
        config = made(kind, num_envs=num_envs, horizon=horizon, normalise_observations=normalise)
        finite_run(config, length)


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(list(KINDS)),
    num_envs=st.integers(1, 3),
    horizon=st.integers(1, 3),
    length=st.integers(1, 3),
    gamma=st.sampled_from([0.0, 0.5, 1.0]),
    lam=st.sampled_from([0.0, 1.0]),
    reward=st.sampled_from([0.0, 1.0, -1e-30, 1e9]),
    normalise_observations=st.booleans(),
    normalise_rewards=st.booleans(),
    normalise_advantages=st.sampled_from(["off", "batch"]),
    shared_trunk=st.booleans(),
    bootstrap_truncated=st.booleans(),
)
def test_all_settings_together(kind, length, reward, **changed):
    with warnings.catch_warnings(action="error"):
        config = made(kind, **changed)
        run = train(
            lambda: Scripted(length=length, rewards=dict.fromkeys((1, 2, 3), reward)), config, max_steps=12
        )
    assert all(torch.isfinite(tensor).all() for tensor in run.policy.state_dict().values())
    assert np.isfinite(run.history["value_loss"]).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("minibatch_size", [1, 2, 10**9])
@pytest.mark.parametrize("normalise_advantages", ["off", "batch", "minibatch"])
def test_minibatches_of_one_and_of_more_than_there_is(normalise_advantages, minibatch_size, kind):
    if kind == "ppo":
        config = made(
            kind,
            num_envs=4,
            horizon=4,
            minibatch_size=minibatch_size,
            normalise_advantages=normalise_advantages,
        )
    elif normalise_advantages == "minibatch":
        pytest.skip("TRPO has no minibatches")
    else:
        config = made(kind, num_envs=4, horizon=4, normalise_advantages=normalise_advantages)
    finite_run(config, length=2, steps=30)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("gamma", "reward"), [(0.0, 1.0), (0.0, -3.0), (1.0, 0.0), (0.99, 0.0)])
def test_rewards_that_do_not_vary_keep_their_size(gamma, reward, kind):
    config = made(kind, num_envs=4, horizon=8, gamma=gamma, normalise_observations=True)
    run = finite_run(config, rewards=dict.fromkeys(range(1, 100), reward), steps=64)
    # Dividing by a spread of 0 once made 10,000 of every reward, and 1e8 of the value loss.
    assert run.history["value_loss"].max() < 100


def test_cartpole_with_gamma_0_has_a_value_loss_of_a_few_hundredths():
    run = train(config=PPOConfig(gamma=0.0), max_steps=12_000, stop_at=None)
    assert run.history["value_loss"].max() < 1.0


def test_a_bandit_is_learned_from_rollouts_of_one_step():
    class Bandit(Scripted):
        def step(self, action):
            return np.zeros(2, np.float32), float(action), True, False, {}

    for config in (
        made("ppo", num_envs=16, horizon=2, minibatch_size=16, learning_rate=3e-2),
        made("trpo", num_envs=16, horizon=2),
    ):
        run = train(Bandit, config, max_steps=2000)
        assert run.evaluate(5).tolist() == [1.0] * 5 and run.mean_return > 0.8


def test_step_mode_collects_until_there_is_something_to_learn_from():
    stepper = Stepper(made("ppo", num_envs=1, horizon=1))
    for _ in range(60):
        stepper.collect()
        stepper.take_update()
        assert len(stepper.batch) == 1 and np.isfinite(stepper.ratios()).all()


@pytest.mark.parametrize("value", [0.0, 1.0, -7.3, 1e-20, 1e9, 123456.789])
@pytest.mark.parametrize("rows", [1, 2, 3, 1000])
def test_what_is_all_alike_is_not_scaled(value, rows):
    assert (standardised(torch.full((rows,), value)) == 0).all()
    moments = RunningMoments(1)
    for _ in range(3):
        moments.see(np.full((rows, 1), value, np.float32))
    assert float(moments.std) == 1.0


@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e4])
def test_what_varies_is(spread):
    rows = np.random.default_rng(0).normal(0, spread, (1000, 1)).astype(np.float32)
    moments = RunningMoments(1)
    moments.see(rows)
    assert float(moments.std) == pytest.approx(rows.std(), rel=1e-2)
    assert float(standardised(torch.from_numpy(rows[:, 0])).std()) == pytest.approx(1, rel=1e-2)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_in_numpys_numbers_are_pythons(kind, tmp_path):
    """As np.linspace gives them: the run, its repr and its file are those of plain numbers."""
    plain = made(kind, gamma=0.5, lam=0.25, reward_scale=0.5, num_envs=2, horizon=4, hidden_sizes=(4,))
    for real, whole in ((np.float64, np.int64), (np.float32, np.uint8), (np.float16, np.int16)):
        numbers = {name: real(getattr(plain, name)) for name in ("gamma", "lam", "reward_scale")}
        config = made(
            kind,
            **numbers,
            num_envs=whole(2),
            horizon=whole(4),
            hidden_sizes=(whole(4),),
            clip_actions=np.True_,
        )
        assert config == plain and repr(config) == repr(plain)
        run = finite_run(config, steps=16)
        run.save(tmp_path / "run.npz")
        loaded = TrainingRun.load(tmp_path / "run.npz")
        assert loaded.config == plain
        assert (
            loaded.history["value_loss"].tolist()
            == finite_run(plain, steps=16).history["value_loss"].tolist()
        )
