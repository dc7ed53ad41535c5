"""What is recorded is what its recorder records: a slice of each file, recorded again.

Tolerances: with the libraries that `requirements.lock` names, a training repeats itself to the last digit,
and files keep float32. 1e-4 leaves room for another order of adding up within one step; a setting or a
default that has changed since moves every number by far more.
"""

import copy
import csv
import dataclasses
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu import recorded, trpo
from ppo_edu.batch import make_batch
from ppo_edu.ppo import PPOConfig
from ppo_edu.recorded import SETTINGS, steps, table
from ppo_edu.study import cost, details, landings
from ppo_edu.study.seeds import CURVE, Job, measure

ROOT = Path(ppo_edu.__file__).parents[1]
RECORDERS = {
    "cartpole": "tools/record/cartpole.py",
    "clip_training": "tools/record/clip_training.py",
    "trust_region": "tools/record/trust_region.py",
    "lambda_trade": "tools/record/lambda_trade.py",
    "cliff_weights": "tools/record/cliff_weights.py",
    "truncation": "tools/record/truncation.py",
    "notes_program": "tools/record/notes_program.py",
    "small_to_default": "tools/record/small_to_default.py",
    "lambda_and_horizon": "tools/record/lambda_and_horizon.py",
    "whole_program": "tools/record/whole_program.py",
}
EVERY_SETTING = {field.name for field in dataclasses.fields(PPOConfig)}
CLOSE = {"rtol": 1e-4, "atol": 1e-4}


def recorder(name):
    """Return the script that records this file, as a module."""
    spec = importlib.util.spec_from_file_location(f"recorder_of_{name}", ROOT / RECORDERS[name])
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def half_trained():
    """Return the run whose policy collected the batch of cartpole.npz."""
    return recorder("cartpole").half_trained()


def test_every_setting_is_pinned():
    assert set(SETTINGS) == EVERY_SETTING
    varied = {"clip", "learning_rate"}
    assert recorder("clip_training").SETTINGS.keys() | varied == EVERY_SETTING
    for name in ("cartpole", "lambda_trade"):
        assert PPOConfig(**SETTINGS) == recorder(name).CONFIG


def test_the_batch_and_the_episode_of_cartpole(half_trained):
    script = recorder("cartpole")
    rollout = script.collected(half_trained)
    found = script.transitions("batch", half_trained.policy, rollout)
    found |= script.whole_episode("terminated", half_trained)
    for name, array in found.items():
        kind, column = name.split(".")
        np.testing.assert_allclose(array, table("cartpole", kind)[column], **CLOSE, err_msg=name)
    later = script.later_log_probs(half_trained, rollout, recorded.LEARNING_RATES[-1])
    np.testing.assert_allclose(later, table("cartpole", "batch")["later_log_probs"][-1], **CLOSE)


def test_two_states_of_lambda_trade(half_trained):
    script = recorder("lambda_trade")
    assert (script.LEVELS[0], script.SEEDS[0]) == (120, 1), "the half-trained run is another policy now"
    study = recorded.lambda_trade()
    np.testing.assert_array_equal(study["lams"], script.LAMS)
    np.testing.assert_array_equal(study["levels"], script.LEVELS)
    np.testing.assert_array_equal(study["seeds"], script.SEEDS)
    states = script.states_of(half_trained.policy, seed=1)
    for row in (0, script.STATES - 1):
        found = script.one_state(half_trained.policy, states[row], seed=1000 + row)
        for name in ("truth", "bias", "bias_error", "variance"):
            # Variances are in the hundreds, and differences of numbers near 100 lose digits.
            kept = study[name][0, 0, row]
            np.testing.assert_allclose(found[name], kept, rtol=1e-3, atol=1e-3, err_msg=name)


def test_an_independent_oracle_agrees_with_lambda_trade(half_trained):
    """A(s, right) - A(s, left) from episodes played one step at a time, without any of the course's GAE.

    Tolerance: four standard errors of the difference of two means of some hundred trials each.
    """
    from gymnasium.envs.classic_control.cartpole import CartPoleEnv

    script, study = recorder("lambda_trade"), recorded.lambda_trade()
    row = int(np.abs(study["truth"][0, 0]).argmax())
    state = script.states_of(half_trained.policy, seed=1)[row]
    generator, env = torch.Generator().manual_seed(0), CartPoleEnv()
    env.reset(seed=0)
    returns = {0: [], 1: []}
    for first in returns:
        for _ in range(60):
            env.state, env.steps_beyond_terminated = tuple(map(float, state)), None
            action, total, discount = first, 0.0, 1.0
            for _ in range(script.TRIAL_STEPS):
                observation, reward, terminated, _, _ = env.step(action)
                total, discount = total + discount * reward, discount * recorded.GAMMA
                if terminated:
                    break
                action = int(half_trained.policy.sample(observation, generator)[0])
            returns[first].append(total)
    difference = np.mean(returns[1]) - np.mean(returns[0])
    error = np.sqrt(
        sum(np.var(each, ddof=1) / len(each) for each in returns.values())
        + study["variance"][0, 0, row, -1] / study["trials"]
    )
    assert abs(difference - study["truth"][0, 0, row]) < 4 * error


def test_two_lengths_of_cliff_weights():
    script, walks = recorder("cliff_weights"), recorded.cliff_weights()
    np.testing.assert_array_equal(walks["batch_seeds"], script.BATCH_SEEDS)
    chosen = [0, 6]
    found = script.walk(steps.half_trained().policy, script.BATCH_SEEDS[0], script.LENGTHS[chosen])
    for name, column in found.items():
        np.testing.assert_allclose(column, walks[name][0, chosen], **CLOSE, err_msg=name)
    assert found["effective_share"][0] == pytest.approx(1)


def test_one_training_of_clip_training_and_the_lesson_trains_alike():
    script, study = recorder("clip_training"), recorded.clip_training()
    assert study["clips"][0] == "clip_and_min" and study["learning_rates"][0] == 0.006
    curve = script.curve("clip_and_min", 0.006, seed=1)
    np.testing.assert_allclose(curve, study["curves"][0, 0, 1], **CLOSE)
    # The lesson's own cell says only these; the rest must be what was recorded.
    lesson = PPOConfig(clip="clip_and_min", learning_rate=0.006, minibatch_size=512)
    assert lesson == PPOConfig(clip="clip_and_min", learning_rate=0.006, **script.SETTINGS)


def test_the_policy_of_half_trained_and_a_step_of_the_cliff():
    script = recorder("trust_region")
    run = ppo_edu.train(config=PPOConfig(**steps.PPO_SETTINGS), seed=3, stop_at=60)
    kept = steps.half_trained()
    for name, tensor in run.policy.state_dict().items():
        np.testing.assert_allclose(tensor, kept.policy.state_dict()[name], **CLOSE, err_msg=name)

    rollout, _ = landings.collect(kept.policy, seed=steps.BATCH_SEED)
    batch = make_batch(kept.policy, rollout, PPOConfig(**{**SETTINGS, "normalise_advantages": "batch"}))
    gradient = trpo.surrogate_gradient(kept.policy, batch)
    row = 15
    found = landings.walk(
        kept.policy, gradient, script.LENGTHS[[row]], batch, steps.STATES, episodes=script.EPISODES
    )
    cliff = steps.recorded("cliff")
    for name in ("return", "return_error", "kl", "surrogate_gain"):
        np.testing.assert_allclose(found[name][0], cliff[name][row], **CLOSE, err_msg=name)


def test_the_episode_that_the_time_limit_cuts_is_one_that_the_environment_plays():
    """Its actions again, from its start. (Its policy is not trained again: that takes half a minute.)

    Tolerance: of a step that float64 takes from a state in float32.
    """
    from gymnasium.envs.classic_control.cartpole import CartPoleEnv

    kept, env = table("cartpole", "truncated"), CartPoleEnv()
    env.reset(seed=0)
    env.state = tuple(map(float, kept["observations"][0]))
    for row in range(499):
        after, reward, terminated, _, _ = env.step(int(kept["actions"][row]))
        assert reward == kept["rewards"][row] and not terminated
        env.state = tuple(map(float, kept["observations"][row + 1]))
        np.testing.assert_allclose(after, env.state, atol=1e-5)
    assert len(kept["rewards"]) == 500 and kept["valid"].all() and not kept["terminated"].any()
    assert kept["truncated"][-1] and not kept["truncated"][:-1].any()
    np.testing.assert_array_equal(kept["next_values"][:-1], kept["values"][1:])


def test_four_places_of_the_plane_and_one_true_return_there():
    script, plane = recorder("trust_region"), steps.recorded("plane")
    start = steps.half_trained().policy
    rollout, batch = landings.collect(start, seed=steps.BATCH_SEED)
    by_trpo, by_ppo = copy.deepcopy(start), copy.deepcopy(start)
    trpo.policy_step(by_trpo, batch, trpo.TRPOConfig(**steps.TRPO_SETTINGS))
    path = script.ppo_path(by_ppo, rollout, PPOConfig(**steps.PPO_SETTINGS))
    ends = [landings.step_between(start, policy) for policy in (by_trpo, by_ppo)]
    up, across = script.orthonormal(*ends)
    for name, walked in (("trpo", ends[:1]), ("ppo", path[-1:])):
        place = [float(walked[-1] @ direction) for direction in (across, up)]
        np.testing.assert_allclose(place, plane[name][-1], **CLOSE, err_msg=name)

    columns, rows = np.array([4, 36]), np.array([8, 32])
    found = landings.plane(start, batch, across, up, plane["xs"][columns], plane["ys"][rows])
    for name, values in found.items():
        np.testing.assert_allclose(values, plane[name][np.ix_(rows, columns)], **CLOSE, err_msg=name)
    x, y = plane["coarse_xs"][9], plane["coarse_ys"][9]
    there = landings.moved(start, float(x) * across + float(y) * up)
    # An action drawn differently ends an episode elsewhere: 200 of them may move a mean by a little.
    assert landings.sampled_returns(there).mean() == pytest.approx(plane["returns"][9, 9], rel=0.02)


@pytest.mark.parametrize("variant", cost.CONTENDERS)
def test_what_is_counted_in_one_column_of_the_bill(variant):
    """Passes and arithmetic; seconds are another machine's."""
    with np.load(ROOT / "ppo_edu" / "recorded" / "trpo_bill.npz") as bill:
        kept = {name.partition(".")[2]: array for name, array in bill.items()}
    column = cost.SHAPES.index((64, 512))
    assert (kept["widths"][column], kept["batches"][column]) == (64, 512)
    found = cost.update_bill(variant, (64, 64), 512, repeats=1)
    row = tuple(cost.CONTENDERS).index(variant)
    for name in ("forward", "backward", "work"):
        assert found[name] == pytest.approx(kept[name][row, column], rel=0.01), name


def hold_one_run_against(results, job):
    found = measure(job)
    columns = results.columns
    (row,) = np.flatnonzero(
        (columns["env_id"] == job.env_id)
        & (columns["variant"] == job.variant.name)
        & (columns["seed"] == job.seed)
    )
    assert columns["max_steps"][row] == job.max_steps
    for name in ("final_return", "sampled_return", "greedy_return", *CURVE):
        again = np.nan if found[name] is None else found[name]
        np.testing.assert_allclose(again, columns[name][row], **CLOSE, err_msg=name)


def test_one_run_between_the_small_program_and_the_default():
    script, results = recorder("small_to_default"), recorded.small_to_default()
    variants = (*details.cumulative(), *details.one_at_a_time(), *details.left_out())
    named = {variant.name: variant for variant in variants}
    assert set(results.variants) == named.keys()
    hold_one_run_against(results, Job("CartPole-v1", named["up_to_initial_weights"], 3, script.STEPS))


def test_one_run_of_lambda_and_horizon():
    script, results = recorder("lambda_and_horizon"), recorded.lambda_and_horizon()
    named = {variant.name: variant for variant in script.VARIANTS}
    assert set(results.variants) == named.keys()
    hold_one_run_against(results, Job("CartPole-v1", named["short_lam_1"], 8, script.STEPS["CartPole-v1"]))


def test_the_first_episodes_of_the_notes_program_and_of_each_mend():
    """A whole training takes half a minute: the episodes of its first steps are recorded beside its end.

    Mends that change nothing so early are left out.
    """
    script, kept = recorder("notes_program"), recorded.notes_program()
    assert kept.keys() == script.VARIANTS.keys()
    told_apart = {columns["early"][0]: variant for variant, columns in reversed(kept.items())}
    assert "as_written" in told_apart.values() and len(told_apart) == 5
    for early, variant in told_apart.items():
        found = script.early(script.train(variant, 0, script.EARLY))
        assert found == pytest.approx(early, abs=0.001), variant


def test_one_training_of_the_whole_program():
    script = recorder("whole_program")
    with script.RECORDED.open(encoding="utf-8", newline="") as file:
        kept = {(row["program"], row["task"], int(row["seed"])): row for row in csv.DictReader(file)}
    (lamp,) = [task for task in script.learning.TASKS if task.name == "Lamp"]
    *_, score, _ = script.train("right", lamp, 0)
    assert score == pytest.approx(float(kept["right", "Lamp", 0]["score"]), abs=0.01)


def test_one_training_of_truncation():
    *_, own, full = recorder("truncation").record(50, False, 0)
    found = recorded.truncation()[50, False]
    np.testing.assert_allclose([own, full], [found["own_limit"][0], found["full_limit"][0]], atol=0.01)
