"""Environments as learners bring them: choices, functions, keywords, and every way to go wrong, by name."""

import dataclasses
import pickle
import re
import sys
import warnings
from functools import partial

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.envs.classic_control.cartpole import CartPoleVectorEnv
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple

import ppo_edu
from ppo_edu import PPOConfig, TrainingRun, TRPOConfig, environments, rollout, train
from ppo_edu.environments import EnvironmentFailed, as_action, as_vector, make_environments
from ppo_edu.study.seeds import Variant, run_study


def named(value):
    """Return a test's name for `value`, the same in every process: without addresses."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


TINY = PPOConfig(num_envs=2, horizon=8, hidden_sizes=(4,), minibatch_size=8, epochs=1)
ALGORITHMS = [TINY, TRPOConfig(num_envs=2, horizon=8, hidden_sizes=(4,))]


class Scripted(gymnasium.Env):
    """Does at certain steps what it is told to; for the rest observes its step, and rewards with 1."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(
        self,
        rewards=(),
        observations=(),
        ends=(),
        starts=None,
        length=None,
        space=None,
        raises=None,
        info=None,
        render_mode=None,
    ):
        self.render_mode = render_mode
        self.rewards, self.observations, self.ends = dict(rewards), dict(observations), dict(ends)
        self.starts, self.length, self.raises, self.info = starts, length, raises, info
        self.observation_space = space or Box(-np.inf, np.inf, (2,), np.float32)
        self.action_space = Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0
        if callable(self.starts):
            self.starts()
        return np.zeros(2, np.float32) if self.starts is None else self.starts, {}

    def step(self, action):
        self.count += 1
        if self.count == self.raises:
            raise RuntimeError("simulator crashed")
        observation = self.observations.get(self.count, np.array([self.count, 1], np.float32))
        ended = self.ends.get(self.count, self.count == self.length)
        info = {} if self.info is None else self.info(self.count)
        return observation, self.rewards.get(self.count, 1.0), ended, False, info


def scripted(**script):
    def make_scripted():
        return Scripted(**script)

    return make_scripted


def weights(run):
    return torch.nn.utils.parameters_to_vector(run.policy.parameters()).detach()


# What observes choices

[TAXI] = [name for name in gymnasium.registry if name.startswith("Taxi-v")]


@pytest.mark.parametrize("config", ALGORITHMS, ids=["ppo", "trpo"])
@pytest.mark.parametrize(("env_id", "length"), [("FrozenLake-v1", 16), (TAXI, 500), ("Blackjack-v1", 45)])
def test_choices_are_learned_from_evaluated_and_acted_on(env_id, length, config, tmp_path):
    run = train(env_id, config, max_steps=64)
    assert run.policy.observation_size == length
    assert run.evaluate(2).shape == (2,)
    with gymnasium.make(env_id) as env:
        observation, _ = env.reset(seed=0)
        assert env.action_space.contains(run.act(observation))
    run.save(tmp_path / "run.npz")
    np.testing.assert_array_equal(TrainingRun.load(tmp_path / "run.npz").evaluate(2), run.evaluate(2))


SPACES = [
    Discrete(5),
    Discrete(3, start=-1),
    MultiDiscrete([2, 3]),
    MultiBinary(3),
    Tuple((Discrete(2), Box(-1, 1, (2,), np.float32))),
    Dict(a=Discrete(2), b=Box(0, 1, (2, 2), np.float32)),
]


@pytest.mark.parametrize("space", SPACES, ids=named)
def test_the_vector_is_gymnasiums_and_the_rollout_holds_it(space):
    space.seed(0)
    seen = [space.sample() for _ in range(9)]
    make = scripted(observations=dict(enumerate(seen)), starts=seen[0], space=space)
    envs = make_environments(make, 1)
    collected, _ = rollout.Collector(envs, 0).collect(
        ppo_edu.ActorCritic(envs.single_observation_space.shape[0], 2), horizon=8
    )
    expected = np.stack([gymnasium.spaces.flatten(space, observation) for observation in seen])
    np.testing.assert_array_equal(collected.observations[:, 0], expected.astype(np.float32))
    np.testing.assert_array_equal(as_vector(space, seen[3]), expected[3].astype(np.float32))


def test_a_choice_is_zeros_and_a_one():
    np.testing.assert_array_equal(as_vector(Discrete(4), 2), [0, 0, 1, 0])
    np.testing.assert_array_equal(as_vector(Discrete(3, start=5), 5), [1, 0, 0])


def test_frozen_lake_without_ice_is_learned():
    config = PPOConfig(num_envs=16, horizon=32, minibatch_size=128, hidden_sizes=(16,), learning_rate=3e-3)
    run = train("FrozenLake-v1", config, max_steps=30_000, env_kwargs={"is_slippery": False}, stop_at=0.9)
    assert run.evaluate(5).min() == 1.0


# Functions that make one, and keywords


def test_a_function_trains_evaluates_and_goes_on_as_the_id_does(tmp_path):
    def make_acrobot():
        return gymnasium.make("Acrobot-v1")

    by_id, by_function = train("Acrobot-v1", TINY, max_steps=64), train(make_acrobot, TINY, max_steps=64)
    assert torch.equal(weights(by_id), weights(by_function))
    by_function.save(tmp_path / "run.npz")
    loaded = TrainingRun.load(tmp_path / "run.npz")
    assert loaded.env_id.endswith("make_acrobot") and "make_acrobot" in repr(by_function)
    with pytest.raises(ValueError, match="make_acrobot' cannot be made"):
        loaded.evaluate(1)
    longer = train(make_acrobot, start_from=loaded, max_steps=64)
    assert longer.env_id is make_acrobot and longer.total_steps > loaded.total_steps
    with pytest.raises(ValueError, match="start_from was trained with env_id"):
        train(scripted(), start_from=loaded)


def test_a_class_is_such_a_function():
    assert train(Scripted, TINY, max_steps=32, env_kwargs={"length": 4}).returns.tolist()[0] == 4


@pytest.mark.parametrize("name", ["seed", "act", "episodes", "longest", "num_envs", "env_id", "clip_actions"])
def test_a_keyword_of_the_environment_may_have_any_name(name):
    made = []

    def make(**keywords):
        made.append(keywords)
        return Scripted(length=3)

    run = train(make, TINY, max_steps=16, env_kwargs={name: 7})
    run.evaluate(1)
    run.act(np.zeros(2))
    assert made == [{name: 7}] * len(made) and len(made) == 4


def test_keywords_are_kept_in_the_file_and_for_going_on(tmp_path):
    lake = {"is_slippery": False, "map_name": "8x8"}
    run = train("FrozenLake-v1", TINY, max_steps=32, env_kwargs=lake)
    run.save(tmp_path / "run.npz")
    loaded = TrainingRun.load(tmp_path / "run.npz")
    assert loaded.env_kwargs == lake and loaded.policy.observation_size == 64
    assert train("FrozenLake-v1", start_from=loaded, max_steps=32).env_kwargs == lake
    other = {**lake, "is_slippery": True}
    assert train("FrozenLake-v1", start_from=loaded, max_steps=32, env_kwargs=other).env_kwargs == other


def test_what_a_file_cannot_hold_is_named(tmp_path):
    run = train(lambda made: Scripted(), TINY, max_steps=16, env_kwargs={"made": object()})
    with pytest.raises(TypeError, match=r"object .* cannot be written"):
        run.save(tmp_path / "run.npz")
    assert not list(tmp_path.iterdir())
    run.env_kwargs = {"made": np.array([1, 2])}
    run.save(tmp_path / "run.npz")
    assert TrainingRun.load(tmp_path / "run.npz").env_kwargs == {"made": [1, 2]}


ONE = Scripted()


def broken_constructor():
    raise KeyError("no model file")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"env_id": Scripted()}, TypeError, "env_id"),
        ({"env_id": 7}, TypeError, "env_id"),
        ({"env_id": lambda: None}, TypeError, "gymnasium.Env.*NoneType"),
        ({"env_id": lambda: ONE}, ValueError, "lambda"),
        ({"env_id": lambda: sys.exit(3)}, ValueError, "lambda.*SystemExit: 3"),
        ({"env_id": broken_constructor}, ValueError, "broken_constructor.*KeyError: 'no model file'"),
        ({"env_id": Scripted, "env_kwargs": {"lenght": 3}}, ValueError, "Scripted.*TypeError.*lenght"),
        ({"env_kwargs": {"nonsense": 3}}, ValueError, "CartPole-v1.*nonsense"),
        ({"env_id": "Acrobot-v1", "env_kwargs": {"nonsense": 3}}, ValueError, "Acrobot-v1.*nonsense"),
        ({"env_kwargs": "is_slippery"}, TypeError, "env_kwargs.*'is_slippery'"),
        ({"env_kwargs": {1: 2}}, TypeError, "env_kwargs"),
    ],
)
def test_what_cannot_be_made_is_named(arguments, error, words, language):
    ppo_edu.use_language(language)
    with pytest.raises(error, match=words):
        train(config=TINY, max_steps=16, **arguments)


# Accidents: which environment, which step, which number, and the run is kept

BAD_REWARDS = [
    np.nan,
    np.inf,
    -np.inf,
    1e30,
    1e40,
    10**400,
    None,
    "1",
    [1.0],
    np.ones(2),
    1j,
    torch.ones(3),
    {},
]
BAD_OBSERVATIONS = [
    np.array([0, np.nan]),
    np.array([0, np.inf]),
    np.array([0, -np.inf]),
    np.array([0, 1e200]),
    None,
    "ab",
    np.zeros(3),
    np.zeros((2, 1)),
    3.0,
    [[1, 2], [3]],
    {"a": 1},
    (np.zeros(2), {}),
]
BAD_ENDS = [None, "no", np.array([True, False]), [], {}]
ACCIDENTS = (
    [({"rewards": {5: bad}}, 5, None) for bad in BAD_REWARDS]
    + [({"observations": {5: bad}}, 5, None) for bad in BAD_OBSERVATIONS]
    + [({"ends": {5: bad}}, 5, None) for bad in BAD_ENDS]
    + [({"raises": 5}, 5, "RuntimeError: simulator crashed"), ({"starts": np.zeros(3)}, 0, None)]
    + [({"starts": broken_constructor}, 0, "KeyError: 'no model file'")]
)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("script", "step", "words"), ACCIDENTS, ids=named)
def test_an_accident_is_told_with_environment_number_and_step(script, step, words, language):
    ppo_edu.use_language(language)
    with pytest.raises(EnvironmentFailed) as told:
        train(scripted(**script), TINY, max_steps=64)
    where = {
        "en": f"make_scripted, number 0, step {step} of its episode",
        "ko": f"make_scripted 환경의 0번, 에피소드의 {step}번째 스텝",
    }
    assert where[language] in str(told.value)
    assert words is None or words in str(told.value)
    assert told.value.run.total_steps == 0 and told.value.run.policy.observation_size == 2
    assert "`run`" in told.value.__notes__[0] or "run 속성" in told.value.__notes__[0]


def test_the_number_that_is_wrong_is_told():
    with pytest.raises(EnvironmentFailed, match=r"entry 1 .* finite number .* but is nan"):
        train(scripted(observations={3: np.array([0, np.nan])}), TINY, max_steps=64)
    with pytest.raises(EnvironmentFailed, match=r"its reward .* but is inf"):
        train(scripted(rewards={3: np.inf}), TINY, max_steps=64)


@pytest.mark.parametrize("config", ALGORITHMS, ids=["ppo", "trpo"])
def test_what_was_trained_before_an_accident_is_kept_and_gone_on_with(config, tmp_path):
    with pytest.raises(EnvironmentFailed, match="step 30 ") as told:
        train(scripted(raises=30), config, max_steps=1000)
    run = told.value.run
    assert run.total_steps == 48 and len(run.updates) == 3 and not run.interrupted
    run.save(tmp_path / "run.npz")
    expected = train(scripted(), config, max_steps=1000, on_update=stop_after(3))
    assert torch.equal(weights(run), weights(expected))
    assert train(scripted(), start_from=run, max_steps=16).total_steps == 64


def stop_after(updates):
    def stop(run):
        if len(run.updates) == updates:
            raise KeyboardInterrupt

    return stop


class Unchangeable(Exception):
    def __setattr__(self, name, value):
        if not name.startswith("__"):
            raise AttributeError(name)
        super().__setattr__(name, value)


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("plot"), Unchangeable("plot")], ids=["plain", "unchangeable"]
)
def test_an_error_of_the_callback_brings_the_run_where_it_can(error):
    def fail(run):
        if len(run.updates) == 2:
            raise error

    with pytest.raises(type(error), match="plot") as told:
        train(scripted(length=4), TINY, max_steps=64, on_update=fail)
    if not isinstance(error, Unchangeable):
        assert len(told.value.run.updates) == 2 and told.value.run.evaluate(1).tolist() == [4.0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("config", ALGORITHMS, ids=["ppo", "trpo"])
def test_an_update_that_breaks_the_policy_is_told_as_such(bad, config, monkeypatch):
    step = torch.optim.Adam.step

    def break_it(optimiser, *arguments):
        step(optimiser, *arguments)
        with torch.no_grad():
            optimiser.param_groups[0]["params"][0].view(-1)[0] = bad

    monkeypatch.setattr(torch.optim.Adam, "step", break_it)
    with (
        warnings.catch_warnings(action="ignore"),
        pytest.raises(FloatingPointError, match=r"The update after 8 steps.*learning_rate") as told,
    ):
        train(scripted(), dataclasses.replace(config, num_envs=1), max_steps=64)
    assert told.value.run.total_steps == 8


@pytest.mark.parametrize("config", ALGORITHMS, ids=["ppo", "trpo"])
@pytest.mark.parametrize("size", [1e6, 1e12, 1e18])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_largest_rewards_leave_the_policy_finite(size, config):
    for settings in ({}, {"normalise_rewards": False, "reward_scale": 1e6, "normalise_advantages": "off"}):
        made = scripted(rewards={step: size * (-1) ** step for step in range(1, 100)}, length=5)
        run = train(made, dataclasses.replace(config, **settings), max_steps=64)
        assert torch.isfinite(weights(run)).all() and np.isfinite(run.returns).all()


class Poisoned(CartPoleVectorEnv):
    def step(self, actions):
        observations, rewards, *rest = super().step(actions)
        self.taken = getattr(self, "taken", 0) + 1
        if self.taken == 5:
            rewards = rewards.copy()
            rewards[1] = np.nan
        return observations, rewards, *rest


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_vectorised_environment_is_told_with_number_and_step_too(language):
    ppo_edu.use_language(language)
    gymnasium.register("Poisoned-v0", entry_point="a:B", vector_entry_point=Poisoned)
    try:
        words = {"en": "Poisoned-v0, number 1, step 5 of", "ko": "Poisoned-v0 환경의 1번, 롤아웃의 5번째"}
        with pytest.raises(EnvironmentFailed, match=words[language]) as told:
            train("Poisoned-v0", TINY, max_steps=64)
        assert told.value.run.total_steps == 0
    finally:
        del gymnasium.registry["Poisoned-v0"]


GOOD = [
    {
        "rewards": {
            1: np.array([2.0]),
            2: np.float64(1),
            3: 1,
            4: True,
            5: torch.tensor(1.0),
            6: np.array(1.0),
        }
    },
    {"observations": {1: [1, 2], 2: np.ones(2), 3: (1.0, 2.0), 4: torch.ones(2), 5: np.array([1, 2])}},
    {"ends": {1: np.bool_(False), 2: 0, 3: np.array(False), 4: np.array([False]), 5: 1}},
    {
        "info": lambda step: {"note": [None, "a", np.zeros(step), {"a": step}, object()][step % 5]},
        "length": 4,
    },
    {"info": lambda step: None, "length": 4},
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("script", GOOD, ids=named)
def test_what_means_the_right_thing_is_taken(script):
    run = train(scripted(**script), TINY, max_steps=64)
    assert run.total_steps >= 64 and torch.isfinite(weights(run)).all()


# No time limit


def test_evaluation_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(rollout, "LONGEST_EPISODE", 50)
    run = train(scripted(), TINY, max_steps=16)
    with pytest.warns(UserWarning, match="2 of 2 episodes had not ended after 50 steps") as told:
        assert run.evaluate(2).tolist() == [50.0, 50.0]
    assert told[0].filename == __file__
    with warnings.catch_warnings(action="error"):
        run.env_id = scripted(length=49)
        assert run.evaluate(2).tolist() == [49.0, 49.0]


def test_a_time_limit_of_its_own_is_the_environments(monkeypatch):
    monkeypatch.setattr(rollout, "LONGEST_EPISODE", 50)
    gymnasium.register("Long-v0", entry_point=Scripted, max_episode_steps=80)
    try:
        with warnings.catch_warnings(action="error"):
            assert train("Long-v0", TINY, max_steps=16).evaluate(1).tolist() == [80.0]
    finally:
        del gymnasium.registry["Long-v0"]


def test_a_study_ends_without_a_time_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(rollout, "LONGEST_EPISODE", 50)
    gymnasium.register("Endless-v0", entry_point=Scripted)
    try:
        with pytest.warns(UserWarning, match="no time limit"):
            results = run_study(
                [Variant("a", TINY)],
                [0],
                tmp_path,
                env_ids=["Endless-v0"],
                max_steps=16,
                workers=1,
                progress=False,
            )
        assert results.columns["greedy_return"].tolist() == [50.0]
    finally:
        del gymnasium.registry["Endless-v0"]


def test_the_limit_is_ten_thousand_steps():
    assert environments.LONGEST_EPISODE == 10_000


# Actions


@pytest.mark.parametrize(
    ("action", "space", "expected"),
    [
        (torch.tensor(1), Discrete(2), 1),
        (torch.tensor([1]), Discrete(2), 1),
        (np.array([0]), Discrete(2), 0),
        (np.int64(1), Discrete(2), 1),
        (1.0, Discrete(2), 1),
        (True, Discrete(2), 1),
        (-1, Discrete(3, start=-1), -1),
        (0.5, Box(-2, 2, (1,), np.float32), [0.5]),
        (torch.tensor([0.5], requires_grad=True), Box(-2, 2, (1,), np.float32), [0.5]),
        ([1, 2], Box(-2, 2, (2,), np.float64), [1.0, 2.0]),
    ],
)
def test_an_action_is_taken_for_what_it_means(action, space, expected):
    taken = as_action(action, space)
    np.testing.assert_array_equal(taken, expected)
    assert space.contains(taken)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("action", "space"),
    [
        *(
            (bad, Discrete(2))
            for bad in (None, "left", 0.5, 2, -1, np.nan, np.inf, [0, 1], ValueError, {}, 1j)
        ),
        *((bad, Box(-2, 2, (1,), np.float32)) for bad in (None, "left", [0.0, 1.0], ValueError, {}, [[]])),
        (torch.empty((), device="meta"), Discrete(2)),
    ],
    ids=named,
)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_what_is_no_action_is_named(action, space, language):
    ppo_edu.use_language(language)
    with pytest.raises(TypeError, match="act") as told:
        as_action(action, space)
    assert str(space) in str(told.value) and "run.act" in str(told.value)


def test_a_run_can_still_be_pickled_after_it_acted():
    run = train("CartPole-v1", TINY, max_steps=16)
    run.act(np.zeros(4))
    assert pickle.loads(pickle.dumps(run)).act(np.zeros(4)) == run.act(np.zeros(4))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("space", [Discrete(10**9), MultiDiscrete([10**6, 10**6]), Tuple((Discrete(10**8),))])
def test_choices_out_of_too_many_are_refused_before_they_take_the_memory(space, language):
    ppo_edu.use_language(language)
    with pytest.raises(ValueError, match=r"scripted.*\d0000"):
        train(scripted(space=space), TINY, max_steps=16)


@pytest.mark.parametrize("differ", ["space", "actions"])
def test_environments_that_differ_are_refused(differ):
    made = []

    def growing():
        made.append(Scripted())
        space = Box(-1, 1, (2 + len(made),), np.float32) if differ == "space" else Discrete(2 + len(made))
        setattr(made[-1], "observation_space" if differ == "space" else "action_space", space)
        return made[-1]

    with pytest.raises(ValueError, match="growing makes environments that differ"):
        train(growing, TINY, max_steps=16)


# Errors of every kind


class Untold(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class NoException(BaseException):
    pass


ERRORS = [
    KeyError("x"),
    StopIteration(),
    StopAsyncIteration(),
    MemoryError(),
    RecursionError(),
    AssertionError(),
    Untold(),
    ExceptionGroup("many", [ValueError("x")]),
    SystemExit(3),
    GeneratorExit(),
    NoException("x"),
]


class Raising(Scripted):
    def __init__(self, where, error, **script):
        super().__init__(**script)
        self.where, self.error, self.resets = where, error, 0

    def reset(self, **options):
        self.resets += 1
        if self.where == "reset" and self.resets == 8:
            raise self.error
        return super().reset(**options)

    def step(self, action):
        if self.where == "step" and self.resets == 8:
            raise self.error
        return super().step(action)

    def close(self):
        if self.where == "close":
            raise self.error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["reset", "step", "on_update"])
def test_every_error_on_the_way_brings_the_run(where, error):
    def fail(run):
        if where == "on_update" and len(run.updates) == 2:
            raise error

    expected = EnvironmentFailed if where != "on_update" and isinstance(error, Exception) else type(error)
    with pytest.raises(expected) as told:
        train(partial(Raising, where, error, length=3), TINY, max_steps=640, on_update=fail)
    assert told.value.run.updates and told.value.run.total_steps < 640
    assert expected is not EnvironmentFailed or type(error).__name__ in str(told.value)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_environment_that_cannot_be_closed_costs_no_run(error):
    with pytest.warns(UserWarning, match=f"could not be closed: {type(error).__name__}"):
        run = train(partial(Raising, "close", error, length=3), TINY, max_steps=32)
        assert run.evaluate(2).tolist() == [3.0, 3.0] and run.act(np.zeros(2)) in (0, 1)
