"""Whatever a session has set in torch and NumPy: the same numbers, and the setting stays."""

import contextlib
import warnings

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu import PPOConfig, TrainingRun, TRPOConfig, train
from ppo_edu import language_models as lm
from ppo_edu.run import under
from ppo_edu.study.seeds import Variant, run_study
from ppo_edu.training import _tell_about_the_device
from ppo_edu.workbench import Retrain, StepMode
from ppo_edu.workbench.step_mode import Stepper, push_right

SMALL = {"num_envs": 4, "horizon": 8, "hidden_sizes": (8,), "normalise_observations": True}
PPO = PPOConfig(**SMALL, minibatch_size=16, epochs=2)
TRPO = TRPOConfig(**SMALL)


@contextlib.contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextlib.contextmanager
def default_device(device):
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextlib.contextmanager
def gradients_off():
    torch.set_grad_enabled(False)
    try:
        yield
    finally:
        torch.set_grad_enabled(True)


@contextlib.contextmanager
def threads(number):
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextlib.contextmanager
def matmul_precision(kind):
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(kind)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


@contextlib.contextmanager
def no_mkldnn():
    torch._C._set_mkldnn_enabled(False)
    try:
        yield
    finally:
        torch._C._set_mkldnn_enabled(True)


SETTINGS = {
    "float64": lambda: default_dtype(torch.float64),
    "float16": lambda: default_dtype(torch.float16),
    "bfloat16": lambda: default_dtype(torch.bfloat16),
    "device": lambda: default_device("meta"),
    "device_context": lambda: torch.device("meta"),
    "grad_off": gradients_off,
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "threads": lambda: threads(2),
    "matmul_precision": lambda: matmul_precision("medium"),
    "no_mkldnn": no_mkldnn,
    "numpy_raises": lambda: np.errstate(all="raise"),
    "warnings_raise": lambda: warnings.catch_warnings(action="error"),
}


def settings_now():
    return (
        torch.get_default_dtype(),
        torch.get_default_device(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch.get_num_threads(),
        torch.get_float32_matmul_precision(),
        torch.backends.mkldnn.enabled,
        np.geterr(),
    )


def short(env_id, config, **more):
    # Episodes so short that some end within these steps, and are soon played.
    return train(env_id, config, max_steps=96, stop_at=None, env_kwargs={"max_episode_steps": 20}, **more)


def numbers_of_a_run(env_id, config, path):
    run = short(env_id, config)
    run.save(path)
    loaded = TrainingRun.load(path)
    longer = short(env_id, config, start_from=loaded, seed=1)
    observation = np.linspace(-0.1, 0.1, run.policy.observation_size, dtype=np.float32)
    weights = [parameter.detach().numpy() for parameter in longer.policy.parameters()]
    return [
        run.returns,
        longer.returns,
        *weights,
        run.evaluate(2),
        loaded.evaluate(2, greedy=False),
        np.asarray(loaded.act(observation)),
    ]


def numbers_of_a_wide_network(*_):
    # Wide enough for the kernels in which precision counts.
    wide = PPOConfig(num_envs=16, horizon=16, hidden_sizes=(64, 64), minibatch_size=128, epochs=1)
    run = train(config=wide, max_steps=256, stop_at=None)
    return [parameter.detach().numpy() for parameter in run.policy.parameters()]


def numbers_of_a_language_model(*_):
    reference = lm.reference()
    run = lm.train(reference, lm.LMConfig(answers=16, minibatch_size=8), updates=1)
    drawn = lm.sample(reference, [11, 12], torch.Generator().manual_seed(0))
    made = lm.GPT(generator=torch.Generator().manual_seed(0))
    return [
        run.history["approx_kl"],
        drawn.tokens.numpy(),
        drawn.log_probs.numpy(),
        made.head.weight.detach(),
    ]


def numbers_of_step_mode(*_):
    stepper = Stepper(PPO)
    stepper.collect()
    stepper.take_update()
    figures = stepper.diagnostics()
    view = StepMode(PPO)
    view.buttons["collect"].click()
    view.buttons["minibatch"].click()
    assert "Traceback" not in view.line.value
    return [stepper.ratios(), push_right(stepper.run.policy, 5), np.array(list(figures.values()))]


def numbers_of_retrain(*_):
    view = Retrain(short("CartPole-v1", PPO), max_steps=64)
    view.buttons["train"].click()
    assert view.wait(60)
    assert len(view.curves) == 2, view.line.value
    return [view.curves[0].means, view.curves[1].means]


def numbers_of_a_study(path):
    folder = path.with_suffix("")
    variants = [Variant("ppo", PPO), Variant("trpo", TRPO)]
    results = run_study(variants, [0], folder, max_steps=64, workers=1, progress=False)
    assert not results.failures
    return [
        results.columns["greedy_return"],
        results.columns["sampled_return"],
        results.columns["final_return"],
    ]


WORK = {
    "ppo": lambda path: numbers_of_a_run("CartPole-v1", PPO, path),
    "ppo_continuous": lambda path: numbers_of_a_run("Pendulum-v1", PPO, path),
    "trpo": lambda path: numbers_of_a_run("CartPole-v1", TRPO, path),
    "trpo_continuous": lambda path: numbers_of_a_run("Pendulum-v1", TRPO, path),
    "wide": numbers_of_a_wide_network,
    "language_model": numbers_of_a_language_model,
    "step_mode": numbers_of_step_mode,
    "retrain": numbers_of_retrain,
    "study": numbers_of_a_study,
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    return {name: work(folder / f"{name}.npz") for name, work in WORK.items()}


@pytest.mark.filterwarnings("ignore:The session's default device")
@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_the_session_changes_no_digit_and_stays(setting, work, expected, tmp_path):
    _tell_about_the_device.cache_clear()
    with SETTINGS[setting]():
        before = settings_now()
        if setting.startswith("device"):
            with warnings.catch_warnings(action="ignore"):
                found = WORK[work](tmp_path / "run.npz")
        else:
            found = WORK[work](tmp_path / "run.npz")
        assert settings_now() == before
    assert len(found) == len(expected[work])
    for one, other in zip(found, expected[work], strict=True):
        np.testing.assert_array_equal(one, other)


def test_settings_come_back_after_an_error_too():
    def fail(run):
        raise LookupError

    for setting in SETTINGS.values():
        with setting(), warnings.catch_warnings(action="ignore"):
            before = settings_now()
            with pytest.raises(LookupError):
                short("CartPole-v1", PPO, on_update=fail)
            assert settings_now() == before


@pytest.mark.parametrize("language", ["en", "ko"])
def test_who_set_a_device_is_told_once_that_training_runs_on_the_cpu(language):
    ppo_edu.use_language(language)
    _tell_about_the_device.cache_clear()
    short("CartPole-v1", PPO)
    with default_device("meta"):
        with pytest.warns(UserWarning, match=r"meta.*CPU") as told:
            run = short("CartPole-v1", PPO)
        assert [warning.filename for warning in told] == [__file__]
        with warnings.catch_warnings(action="error"):
            short("CartPole-v1", PPO)
    assert {parameter.device.type for parameter in run.policy.parameters()} == {"cpu"}


def test_rewards_too_small_for_float32_are_no_error_where_numpy_raises():
    # 0.5 ** 200 is no float32: the discounted reward of a long episode with one reward at its beginning.
    config = PPOConfig(num_envs=1, horizon=300, hidden_sizes=(4,), gamma=0.5)
    with np.errstate(all="raise"):
        run = train(once_rewarded, config, max_steps=300)
    assert np.isfinite(run.history["value_loss"]).all()


def once_rewarded():
    from test_environments import Scripted

    return Scripted(rewards={1: 1.0}, length=1000)


def test_names_under_a_prefix_are_found():
    assert under("a", {"a.b": 1, "ab": 2, "a.b.c": 3}) == [("b", 1), ("b.c", 3)]
