"""train and TrainingRun: that it learns, stops, goes on, repeats itself, and can be kept."""

import dataclasses
import io
import itertools
import os
import pickle
import signal
import subprocess
import sys
import time
import zipfile
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu import ActorCritic, PPOConfig, TrainingRun, ppo, saving, train
from ppo_edu.returns import first_reached
from ppo_edu.study import landings

SMALL = PPOConfig(num_envs=8, horizon=32, minibatch_size=64, hidden_sizes=(8, 8))
# Hardly learns: its episodes stay at about 20 steps, so that 100 of them soon have ended.
STILL = dataclasses.replace(SMALL, learning_rate=1e-6)


def small(max_steps=1500, **settings):
    return train(config=SMALL, max_steps=max_steps, **{"stop_at": None, **settings})


@pytest.fixture(scope="module")
def run():
    return small()


def parameters(run):
    return torch.nn.utils.parameters_to_vector(run.policy.parameters()).detach()


def assert_same(one, other):
    np.testing.assert_array_equal(one.returns, other.returns)
    np.testing.assert_array_equal(one.steps, other.steps)
    assert torch.equal(parameters(one), parameters(other))


@pytest.mark.parametrize("seed", [0, 1])
def test_cartpole_is_solved(seed):
    run = train(seed=seed)
    assert run.solved_at_step <= run.total_steps <= 150_000 and not run.interrupted
    last = int(np.flatnonzero(run.steps == run.solved_at_step)[-1])
    assert any(run.returns[end - 99 : end + 1].mean() >= 475 for end in range(last - 4, last + 1))
    assert run.evaluate().mean() >= 490


def test_acrobot_learns_with_the_same_settings():
    run = train("Acrobot-v1", seed=1)
    assert run.solved_at_step < 120_000 and run.evaluate(episodes=20).mean() > -110


def test_pendulum_learns_with_the_same_settings():
    run = train("Pendulum-v1", seed=0, max_steps=150_000)
    assert run.solved_at_step is None
    # A random policy gets about -1200 an episode, and four seeds of four end between -140 and -205.
    assert run.returns[:100].mean() < -1000
    assert run.evaluate(episodes=20).mean() > -400


def test_the_curve(run):
    assert run.returns.shape == run.steps.shape and len(run.returns) > 20
    assert (np.diff(run.steps) >= 0).all() and run.steps[-1] <= run.total_steps
    assert 1500 <= run.total_steps < 1500 + 8 * 32
    assert run.mean_return == pytest.approx(run.returns[-100:].mean())
    assert run.env_id == "CartPole-v1" and run.algorithm == "ppo" and run.seed == 0 and run.config is SMALL
    assert run.seconds > 0 and isinstance(run.policy, ActorCritic)


def test_steps_are_transitions_and_every_reward_is_in_a_return(run):
    # CartPole pays 1 a step: the finished episodes and those under way make up all steps.
    under_way = run.total_steps - run.returns.sum()
    assert 0 <= under_way <= 8 * 500
    first = np.flatnonzero(np.diff(run.steps, prepend=0))[0]
    assert run.returns[first] <= run.steps[first]


def test_history_has_one_entry_an_update(run):
    history = run.history
    assert set(ppo.DIAGNOSTICS) | {"steps", "seconds"} == set(history)
    assert {column.shape for column in history.values()} == {(len(run.updates),)} and len(run.updates) >= 5
    assert history["steps"][-1] == run.total_steps
    assert (np.diff(history["seconds"]) > 0).all()
    assert (history["clip_fraction"] >= 0).all() and (history["approx_kl"] >= 0).all()
    assert np.isfinite(history["value_loss"]).all() and (history["entropy"] > 0).all()


def test_before_any_episode_has_ended_there_is_no_mean():
    seen = []
    config = dataclasses.replace(SMALL, horizon=2)
    train(config=config, max_steps=16, stop_at=None, on_update=lambda run: seen.append(run.mean_return))
    assert np.isnan(seen[0])


def test_the_same_seed_gives_the_same_run_and_leaves_the_learners_state_alone(run):
    threads, numpy_state = torch.get_num_threads(), np.random.get_state()[1].copy()  # noqa: NPY002
    torch.manual_seed(7)
    torch_state = torch.get_rng_state()
    torch.set_num_threads(2)
    try:
        assert_same(small(), run)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002
    assert not np.array_equal(small(seed=1).returns, run.returns)


def test_a_callback_that_draws_and_reads_changes_nothing(run):
    def meddle(run):
        torch.rand(3)
        np.random.rand(3)  # noqa: NPY002
        assert run.steps.shape == run.returns.shape and len(run.history["steps"]) == len(run.updates)

    assert_same(small(on_update=meddle), run)


@pytest.mark.parametrize(
    "config",
    [
        {"normalise_observations": True},
        {"normalise_rewards": False},
        {"shared_trunk": True},
        {"orthogonal_init": False},
        {"horizon": 16},
        {"num_envs": 4},
        {"bootstrap_truncated": False},
        {"hidden_sizes": (4,)},
        {"anneal_learning_rate": False},
    ],
)
def test_every_switch_of_the_loop_changes_the_run(config, run):
    gymnasium.register(
        "CutShort-v0", entry_point="gymnasium.envs.classic_control.cartpole:CartPoleEnv", max_episode_steps=20
    )
    try:
        runs = [
            train("CutShort-v0", settings, max_steps=800)
            for settings in (SMALL, dataclasses.replace(SMALL, **config))
        ]
    finally:
        del gymnasium.registry["CutShort-v0"]
    assert not np.array_equal(runs[0].returns, runs[1].returns)


def test_initial_log_std_and_action_clipping_matter_where_actions_are_continuous():
    runs = [
        train("Pendulum-v1", dataclasses.replace(SMALL, **settings), max_steps=2000)
        for settings in ({}, {"initial_log_std": -1.0})
    ]
    assert not np.array_equal(runs[0].returns, runs[1].returns)


@pytest.mark.parametrize(
    ("stop_at", "solved", "stops"),
    [(15.0, True, True), (10_000.0, False, False), ("threshold", False, False), (None, False, False)],
)
def test_where_training_stops(stop_at, solved, stops):
    run = train(config=STILL, max_steps=4000, stop_at=stop_at)
    assert len(run.returns) >= 100
    assert (run.solved_at_step is not None) == solved
    assert (run.total_steps < 4000) == stops
    if solved:
        assert run.solved_at_step == first_reached(run.episodes, stop_at)


def test_without_a_threshold_the_environment_runs_to_max_steps():
    run = train("Pendulum-v1", SMALL, max_steps=500)
    assert run.total_steps >= 500 and run.solved_at_step is None


def test_stop_at_none_still_tells_when_the_threshold_was_reached():
    gymnasium.register(
        "Easy-v0",
        entry_point="gymnasium.envs.classic_control.cartpole:CartPoleEnv",
        max_episode_steps=500,
        reward_threshold=15.0,
    )
    try:
        run = train("Easy-v0", STILL, max_steps=4000, stop_at=None)
    finally:
        del gymnasium.registry["Easy-v0"]
    assert run.total_steps >= 4000 > run.solved_at_step


def test_first_reached_against_brute_force():
    random = np.random.default_rng(0)
    episodes = [(10 * index, value) for index, value in enumerate(random.normal(0, 1, 400).cumsum())]
    values = np.array([value for _, value in episodes])
    means = np.convolve(values, np.ones(100) / 100, mode="valid")
    for threshold in (-5.0, 0.0, means.max() - 1e-9, means.max() + 1):
        for known in (0, 50, 150, 399):
            after = [99 + index for index in np.flatnonzero(means >= threshold) if 99 + index >= known]
            expected = episodes[after[0]][0] if after else None
            assert first_reached(episodes, threshold, known) == expected
    assert first_reached(episodes[:99], -1e9) is None and first_reached(episodes, None) is None


def interrupt_after(calls):
    count = itertools.count(1)

    def interrupt(*_, **__):
        if next(count) == calls:
            raise KeyboardInterrupt

    return interrupt


def test_an_interrupt_in_the_callback_keeps_the_run():
    run = small(on_update=interrupt_after(3))
    assert run.interrupted and len(run.updates) == 3 and run.total_steps == run.history["steps"][-1]
    assert run.evaluate(episodes=3).shape == (3,)


@pytest.mark.parametrize("place", ["env_step", "gradient_step", "first_reset"])
def test_an_interrupt_in_the_middle_keeps_what_there_is(place, monkeypatch, run):
    target, name, calls = {
        "env_step": (gymnasium.envs.classic_control.cartpole.CartPoleVectorEnv, "step", 50),
        "gradient_step": (torch.optim.Adam, "step", 40),
        "first_reset": (gymnasium.envs.classic_control.cartpole.CartPoleVectorEnv, "reset", 1),
    }[place]
    original, interrupt = getattr(target, name), interrupt_after(calls)

    def interrupted(*args, **kwargs):
        interrupt()
        return original(*args, **kwargs)

    monkeypatch.setattr(target, name, interrupted)
    broken = small()
    monkeypatch.undo()
    assert broken.interrupted and broken.total_steps < run.total_steps
    assert len(broken.returns) == len(broken.steps)
    np.testing.assert_array_equal(broken.returns, run.returns[: len(broken.returns)])
    assert broken.evaluate(episodes=3).shape == (3,)
    resumed = small(max_steps=300, start_from=broken)
    assert resumed.total_steps > broken.total_steps and not resumed.interrupted


def test_control_c_stops_the_training_and_not_the_program():
    # A process started in the background may have been told to ignore the signal.
    code = (
        "import signal, ppo_edu\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "tell = lambda run: print('on', flush=True)\n"
        "run = ppo_edu.train(stop_at=None, max_steps=10**9, on_update=tell)\n"
        "print('interrupted', run.interrupted, len(run.returns) > 0)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout.readline() == "on\n"
        process.send_signal(signal.SIGINT)
        last = process.communicate(timeout=60)[0].splitlines()[-1]
    assert process.returncode == 0 and last == "interrupted True True"


def test_evaluate_is_greedy_repeatable_and_one_episode_each(run):
    first, again, other = run.evaluate(10), run.evaluate(10), run.evaluate(10, seed=1)
    np.testing.assert_array_equal(first, again)
    assert first.shape == (10,) and not np.array_equal(first, other)
    env = gymnasium.make_vec("CartPole-v1", 10)
    observations, _ = env.reset(seed=10_000)
    returns, running = np.zeros(10), np.ones(10, bool)
    while running.any():
        actions = run.policy.pi(observations).probs.argmax(dim=-1).numpy()
        observations, rewards, terminated, truncated, _ = env.step(actions)
        returns += running * rewards
        running &= ~(terminated | truncated)
    np.testing.assert_array_equal(first, returns)


def test_act_is_what_a_single_environment_takes(run):
    env = gymnasium.make("CartPole-v1")
    observation, _ = env.reset(seed=0)
    assert env.action_space.contains(run.act(observation))


def test_training_goes_on_from_a_run_that_stays_as_it_was(run):
    before, episodes = parameters(run).clone(), list(run.episodes)
    longer = small(max_steps=700, start_from=run)
    assert torch.equal(parameters(run), before) and run.episodes == episodes
    np.testing.assert_array_equal(longer.returns[: len(run.returns)], run.returns)
    assert longer.total_steps >= run.total_steps + 700 and longer.seconds > run.seconds
    assert (np.diff(longer.steps) >= 0).all() and (np.diff(longer.history["steps"]) > 0).all()


def test_a_training_that_goes_on_meets_new_episodes():
    run = train(config=STILL, stop_at=None, max_steps=2000)
    longer = train(start_from=run, stop_at=None, max_steps=2000)
    # The policy has not moved: the same episodes would bring the same returns.
    assert not np.array_equal(longer.returns[len(run.returns) :][:20], run.returns[:20])


def test_only_what_a_rollout_brings_counts_as_reached_in_it(run):
    good = dataclasses.replace(run, episodes=[(step, 500.0) for step in range(100)], solved_at_step=99)
    brought = SimpleNamespace(valid=np.ones((1, 8), bool))
    assert good.add_rollout(brought, [(3, 0.0)], 500.0) is None and good.solved_at_step == 99
    assert good.add_rollout(brought, [(5, 500.0)], 490.0) == good.total_steps - 8 + 5


def test_policy_and_optimiser_are_handed_over_whole(run):
    at_once = small(max_steps=1, start_from=run, on_update=interrupt_after(1))
    kept = {name: state.clone() for name, state in run.optimiser.state_dict()["state"][0].items()}
    taken = at_once.optimiser.state_dict()["state"][0]
    parts = round(8 * 32 / 64) * 4
    assert int(taken["step"]) - int(kept["step"]) in range(parts - 4, parts + 5)
    fresh = small(max_steps=1)
    assert float(taken["exp_avg_sq"].mean()) != pytest.approx(
        float(fresh.optimiser.state_dict()["state"][0]["exp_avg_sq"].mean()), rel=0.05
    )


def test_a_run_that_has_reached_its_goal_does_not_move():
    run = train(config=STILL, stop_at=15.0, max_steps=4000)
    assert run.solved_at_step
    assert_same(train(stop_at=15.0, start_from=run), run)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_save_and_load(env_id, tmp_path):
    config = dataclasses.replace(SMALL, normalise_observations=True, epochs=np.int64(2))
    run = train(env_id, config, max_steps=1800, seed=3)
    path = tmp_path / "한글 이름 run.npz"
    run.save(path)
    loaded = TrainingRun.load(path)
    assert_same(loaded, run)
    for field in dataclasses.fields(TrainingRun):
        if field.name not in ("policy", "optimiser"):
            assert getattr(loaded, field.name) == getattr(run, field.name), field.name
    np.testing.assert_array_equal(loaded.evaluate(5), run.evaluate(5))
    goes_on, reference = (train(env_id, max_steps=600, start_from=start, seed=5) for start in (loaded, run))
    assert_same(goes_on, reference)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_an_interrupted_run_can_be_kept(tmp_path):
    run = small(on_update=interrupt_after(2))
    run.save(tmp_path / "run.npz")
    loaded = TrainingRun.load(tmp_path / "run.npz")
    assert loaded.interrupted
    assert_same(small(max_steps=300, start_from=loaded), small(max_steps=300, start_from=run))


def test_a_failed_save_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch, run):
    path = tmp_path / "run.npz"
    run.save(path)
    old = path.read_bytes()

    def half(file, **arrays):
        file.write(old[:100])
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="disk full"):
        run.save(path)
    assert path.read_bytes() == old and os.listdir(tmp_path) == ["run.npz"]


def test_a_kill_during_save_leaves_a_whole_file(tmp_path, run):
    path, source = tmp_path / "run.npz", tmp_path / "source.npz"
    run.save(source)
    # What `run.save` does, by which torch needs not be loaded three times.
    code = (
        "import sys\n"
        "from ppo_edu import saving\n"
        "facts, arrays = saving.read(sys.argv[1], lambda *whole: whole)\n"
        "while True:\n"
        "    saving.write(sys.argv[2], facts, arrays); print('saved', flush=True)"
    )
    for delay in (0.0, 0.0007, 0.003):
        with subprocess.Popen([sys.executable, "-c", code, source, path], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(delay)
            process.kill()
        assert_same(TrainingRun.load(path), run)


def archive(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def damaged(kind, good):
    if kind == "truncated":
        return good[: len(good) // 2]
    if kind == "flipped":
        middle = len(good) // 2
        return good[:middle] + bytes(255 - byte for byte in good[middle : middle + 64]) + good[middle + 64 :]
    return {
        "empty": b"",
        "text": "안녕하세요".encode(),
        "other archive": archive(a=np.ones(3)),
        "other zip": zipped(),
        "other json": archive(facts='{"format": "something else"}'),
        "pickle": pickle.dumps({"a": 1}),
    }[kind]


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "no arrays")
    return file.getvalue()


@pytest.mark.parametrize(
    "kind", ["truncated", "flipped", "empty", "text", "other archive", "other zip", "other json", "pickle"]
)
def test_a_damaged_or_foreign_file_is_named(kind, tmp_path, run):
    path = tmp_path / "run.npz"
    run.save(path)
    path.write_bytes(damaged(kind, path.read_bytes()))
    with pytest.raises(ValueError, match=r"run\.npz is no saved run, or it is damaged"):
        TrainingRun.load(path)


def test_nothing_in_a_file_is_executed(tmp_path, run):
    class Trap:
        def __reduce__(self):
            return open, (str(tmp_path / "executed"), "w")

    path = tmp_path / "run.npz"
    np.savez(path.open("wb"), facts=np.array(Trap(), dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="no saved run"):
        TrainingRun.load(path)
    assert not (tmp_path / "executed").exists()


def test_arrays_that_do_not_fit_the_settings_are_refused(tmp_path, run):
    path = tmp_path / "run.npz"
    run.save(path)

    def shrink(facts, arrays):
        facts["config"]["hidden_sizes"] = [4, 4]
        return facts, arrays

    facts, arrays = saving.read(path, shrink)
    saving.write(path, facts, arrays)
    with pytest.raises(ValueError, match="no saved run"):
        TrainingRun.load(path)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        TrainingRun.load(tmp_path / "nothing.npz")


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"env_id": "Nonsense-v1"}, ValueError, "env_id 'Nonsense-v1'"),
        ({"algorithm": "dqn"}, ValueError, "algorithm must be one of 'ppo', 'trpo'.*'dqn'"),
        (
            {"config": {"epsilon": 0.1}},
            TypeError,
            "config must be PPOConfig / TRPOConfig, but is of type dict",
        ),
        ({"seed": -1}, ValueError, "seed .* -1"),
        ({"seed": 0.5}, TypeError, "seed"),
        ({"max_steps": 0}, ValueError, "max_steps"),
        ({"max_steps": 1e5}, TypeError, "max_steps"),
        ({"stop_at": "solved"}, ValueError, "stop_at must be one of 'threshold'.*'solved'"),
        ({"stop_at": float("nan")}, ValueError, "stop_at"),
        ({"stop_at": [1]}, TypeError, "stop_at"),
        ({"on_update": 3}, TypeError, "on_update .* 3"),
        ({"start_from": "run.npz"}, TypeError, "start_from .* str"),
    ],
)
def test_a_wrong_argument_is_named(settings, error, words):
    with pytest.raises(error, match=words):
        train(**settings)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"env_id": "Acrobot-v1"}, "env_id"),
        ({"config": dataclasses.replace(SMALL, hidden_sizes=(4,))}, "hidden_sizes"),
        ({"config": dataclasses.replace(SMALL, shared_trunk=True)}, "shared_trunk"),
    ],
)
def test_going_on_as_something_else_is_refused(settings, words, run):
    with pytest.raises(ValueError, match=f"start_from was trained with {words}"):
        train(start_from=run, **settings)


def test_evaluate_draws_when_asked_to(run):
    drawn = run.evaluate(300, seed=3, greedy=False)
    np.testing.assert_array_equal(drawn, run.evaluate(300, seed=3, greedy=False))
    # The same distribution as that of the policy's own draws, from other starts.
    other = landings.sampled_returns(run.policy, episodes=300, seed=4)
    error = np.hypot(drawn.std(), other.std()) / np.sqrt(300)
    assert abs(drawn.mean() - other.mean()) < 4 * error
    assert abs(run.evaluate(300, seed=3).mean() - drawn.mean()) > 4 * error
    with pytest.raises(TypeError, match="greedy"):
        run.evaluate(5, greedy="no")


@pytest.mark.parametrize("settings", [{"episodes": 0}, {"episodes": 2.5}, {"seed": -1}])
def test_evaluate_names_what_is_wrong(settings, run):
    with pytest.raises((TypeError, ValueError), match=next(iter(settings))):
        run.evaluate(**settings)


def test_errors_come_in_korean_too():
    ppo_edu.use_language("ko")
    with pytest.raises(ValueError, match="환경을 만들 수 없습니다"):
        train("Nonsense-v1")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("ppo_edu.training", "make_environments"),
        ("ppo_edu.run", "ActorCritic"),
        ("ppo_edu.training", "new_run"),
    ],
)
def test_an_interrupt_before_there_is_a_run_comes_out_and_leaves_all_as_it_was(place, name, monkeypatch):
    def stop(*arguments, **settings):
        raise KeyboardInterrupt

    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    monkeypatch.setattr(f"{place}.{name}", stop)
    with pytest.raises(KeyboardInterrupt):
        small()
    assert (torch.get_num_threads(), torch.get_default_dtype()) == (threads, dtype)
    assert "KeyboardInterrupt comes out" in train.__doc__
