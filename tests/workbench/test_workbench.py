"""The workbench: step mode is the training itself, and what a button starts can be seen and stopped."""

import base64
import io
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch
from jupyter_client.manager import start_new_kernel
from PIL import Image

import ppo_edu
from ppo_edu import PPOConfig
from ppo_edu.drawing import stills
from ppo_edu.workbench import Dashboard, Retrain, StepMode, dashboard, retrain, step_mode

SMALL = PPOConfig(num_envs=8, horizon=16, epochs=2, minibatch_size=32)
DEADLINE = 20


def parameters(policy):
    return torch.cat([parameter.detach().flatten() for parameter in policy.parameters()])


def trained(updates, **settings):
    """Return the run of `ppo_edu.train` after so many updates."""

    def stop(run):
        if len(run.updates) == updates:
            raise KeyboardInterrupt

    return ppo_edu.train(on_update=stop, **settings)


def finish(view):
    assert view.wait(DEADLINE), "the training thread did not end"


# Step mode


@pytest.fixture
def two_threads():
    """As in a notebook; training and step mode compute on one all the same."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_pushes_add_up_to_what_train_does(two_threads):
    stepper = step_mode.Stepper(SMALL, seed=3)
    for _ in range(3):
        stepper.collect()
        stepper.take_minibatch()
        stepper.take_epoch()
        stepper.take_update()
    run = trained(3, config=SMALL, seed=3)
    assert torch.equal(parameters(stepper.run.policy), parameters(run.policy))
    assert stepper.run.episodes == run.episodes and stepper.run.total_steps == run.total_steps
    last = run.updates[-1]
    assert stepper.diagnostics() == {name: last[name] for name in stepper.diagnostics()}


def test_steps_are_counted_as_the_line_of_text_says():
    stepper = step_mode.Stepper(SMALL)
    stepper.collect()
    assert (stepper.epoch, stepper.minibatch, stepper.finished) == (0, 0, False)
    seen = []
    while not stepper.finished:
        stepper.take_minibatch()
        seen.append((stepper.epoch, stepper.minibatch))
    assert seen == [(epoch, part) for epoch in (1, 2) for part in range(1, stepper.minibatches + 1)]
    stepper.collect()
    stepper.take_minibatch()
    stepper.take_epoch()
    assert (stepper.epoch, stepper.minibatch, stepper.finished) == (1, stepper.minibatches, False)
    stepper.take_epoch()
    assert (stepper.epoch, stepper.finished) == (2, True)


def test_target_kl_ends_an_update_early():
    stepper = step_mode.Stepper(PPOConfig(target_kl=1e-9, num_envs=8, horizon=16, minibatch_size=32))
    stepper.collect()
    stepper.take_update()
    assert stepper.finished and stepper.epoch == 1


def test_histogram_counts_every_sample_and_clips_what_clip_fraction_clips():
    stepper = step_mode.Stepper(seed=1)
    picture = step_mode.StepPicture(epsilon=0.2)
    for _ in range(4):
        stepper.collect()
        stepper.take_update()
    picture.update(stepper)
    inside, clipped = (
        stairs.get_data().values.sum() for stairs in (picture.ratios.inside, picture.ratios.clipped)
    )
    assert inside + clipped == len(stepper.batch)
    assert clipped == round(ppo_edu.clip_fraction(stepper.ratios(), 0.2) * len(stepper.batch)) > 0
    edges = picture.ratios.clipped.get_data().edges
    beyond = (edges[1:] <= 0.8 + 1e-9) | (edges[:-1] >= 1.2 - 1e-9)
    assert not picture.ratios.clipped.get_data().values[~beyond].any()
    assert not picture.ratios.inside.get_data().values[beyond].any()


def test_heat_map_has_angles_in_columns_and_velocities_in_rows():
    class Policy:
        @staticmethod
        def pi(observations):
            assert not observations[..., :2].any()
            chosen = (observations[..., 2] > 0) & (observations[..., 3] > 1)
            return torch.distributions.Categorical(probs=torch.stack([~chosen, chosen], dim=-1).float())

    chances = step_mode.push_right(Policy, points=5)
    # Angles -12, -6, 0, 6, 12 degrees and velocities -2, -1, 0, 1, 2 rad/s.
    assert np.argwhere(chances == 1).tolist() == [[4, 3], [4, 4]]


def test_only_sensible_buttons_are_enabled():
    view = StepMode(SMALL)

    def enabled():
        return {name for name, button in view.buttons.items() if not button.disabled}

    assert enabled() == {"collect", "rounds"}
    view.buttons["collect"].click()
    assert enabled() == {"minibatch", "epoch", "update", "rounds", "reset"}
    view.buttons["minibatch"].click()
    assert enabled() == {"minibatch", "epoch", "update", "rounds", "reset"}
    view.buttons["update"].click()
    assert enabled() == {"collect", "rounds", "reset"}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_same_pushes_same_pictures_and_reset_begins_anew(language, monkeypatch):
    ppo_edu.use_language(language)
    monkeypatch.setattr(step_mode, "ROUNDS", 2)
    first, second = StepMode(SMALL, seed=5), StepMode(SMALL, seed=5)
    start = first.image.value, first.line.value
    for name in ("collect", "minibatch", "epoch", "rounds"):
        before = first.image.value
        first.buttons[name].click()
        second.buttons[name].click()
        assert first.image.value != before
        assert (first.image.value, first.line.value) == (second.image.value, second.line.value)
    assert first.stepper.rollouts == 3
    first.buttons["reset"].click()
    assert (first.image.value, first.line.value) == start


def test_an_error_of_a_push_is_shown(monkeypatch):
    view = StepMode(SMALL)
    monkeypatch.setattr(view.stepper, "_events", (1 / 0 for _ in "a"))
    view.buttons["collect"].click()
    assert "ZeroDivisionError" in view.line.value and "Traceback" in view.line.value
    assert not view.buttons["collect"].disabled


# Retrain


def test_retrain_trains_with_what_the_sliders_say():
    view = Retrain(max_steps=4096)
    view.inputs["lam"].value, view.inputs["learning_rate"].value, view.inputs["seed"].value = 0.5, 0.001, 7
    before = view.image.value
    view.buttons["train"].click()
    assert view.buttons["train"].disabled and not view.buttons["stop"].disabled
    finish(view)
    run = ppo_edu.train(config=PPOConfig(lam=0.5, learning_rate=0.001), seed=7, max_steps=4096)
    (curve,) = view.curves
    assert curve.steps.tolist() == run.steps.tolist()
    assert curve.means[-1] == pytest.approx(run.mean_return)
    assert curve.label == "λ 0.5, learning rate 0.001, seed 7"
    assert f"{run.total_steps:,}" in curve.result and curve.result in view.line.value
    assert view.image.value != before
    assert view.buttons["stop"].disabled and not view.buttons["train"].disabled


def test_a_new_curve_lies_over_the_earlier_ones_until_they_are_cleared():
    earlier = ppo_edu.train(max_steps=2048)
    view = Retrain(earlier, max_steps=2048)
    empty = Retrain(max_steps=2048).image.value
    for epochs in range(1, len(retrain.COLOURS) + 1):
        assert len(view.curves) == epochs
        view.inputs["epochs"].value = epochs
        view.buttons["train"].click()
        finish(view)
    # There is room for so many: the first one has gone, and its colour is the last one's now.
    assert view.curves[0].label == "epochs 1"
    assert {curve.colour for curve in view.curves} == set(range(len(retrain.COLOURS)))
    view.buttons["defaults"].click()
    assert view.inputs["epochs"].value == PPOConfig().epochs and len(view.curves) == len(retrain.COLOURS)
    view.buttons["clear"].click()
    assert not view.curves and view.image.value == empty


def test_the_same_settings_again_take_the_next_seed():
    view = Retrain(ppo_edu.train(max_steps=2048), max_steps=2048)
    for seed in (1, 2):
        view.buttons["train"].click()
        finish(view)
        assert view.curves[-1].seed == view.inputs["seed"].value == seed
    view.inputs["lam"].value = 0.5
    view.buttons["train"].click()
    finish(view)
    assert view.curves[-1].seed == 2


def test_stop_ends_the_training_after_the_update_under_way_and_keeps_its_curve(monkeypatch):
    def told_how_often(*args, on_update, **kwargs):
        def tell(run):
            after_stop.append(view.stop.is_set())
            on_update(run)

        return ppo_edu.train(*args, on_update=tell, **kwargs)

    after_stop = []
    monkeypatch.setattr(retrain, "train", told_how_often)
    view = Retrain(max_steps=10_000_000)
    view.inputs["learning_rate"].value = 1e-4  # would take minutes
    view.buttons["train"].click()
    deadline = time.monotonic() + DEADLINE
    while not len(view.curves[0].steps) and time.monotonic() < deadline:
        time.sleep(0.01)
    view.buttons["stop"].click()
    finish(view)
    # None if it was pressed between the two looks at it.
    assert sum(after_stop) <= 1
    assert len(view.curves[0].steps) > 0 and "stopped" in view.curves[0].result
    view.buttons["train"].click()
    view.buttons["stop"].click()
    finish(view)
    assert len(view.curves) == 2


def test_python_can_end_while_a_training_runs():
    code = """
import time
from ppo_edu import workbench
view = workbench.Retrain(max_steps=10**9)
view.inputs["learning_rate"].value = 1e-4
view.buttons["train"].click()
while not len(view.curves[0].steps):
    time.sleep(0.01)
time.sleep(0.3)  # now it computes
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_second_push_during_a_training_is_refused():
    view = Retrain(max_steps=10_000_000)
    view.inputs["learning_rate"].value = 1e-4
    view.buttons["train"].click()
    view.buttons["train"].click()
    view.buttons["clear"].click()
    assert len(view.curves) == 1 and ppo_edu.t("workbench.busy") in view.line.value
    view.buttons["stop"].click()
    finish(view)
    assert len(view.curves) == 1


def test_a_training_goes_on_when_waiting_for_it_is_interrupted(interruptible):
    view = Retrain(max_steps=10_000_000)
    view.inputs["learning_rate"].value = 1e-4
    view.buttons["train"].click()
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        view.wait(DEADLINE)
    assert not view.wait(timeout=0)
    view.buttons["stop"].click()
    finish(view)


def test_an_error_in_the_thread_is_shown(monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("<no numbers>")

    monkeypatch.setattr(retrain, "train", broken)
    view = Retrain()
    view.buttons["train"].click()
    finish(view)
    assert "ValueError: &lt;no numbers&gt;" in view.line.value
    assert not view.curves and not view.buttons["train"].disabled


@pytest.mark.parametrize(("language", "words"), [("en", "default settings"), ("ko", "기본 설정")])
def test_labels_say_what_differs(language, words):
    ppo_edu.use_language(language)
    assert retrain.differences(PPOConfig(), 0) == words
    differing = retrain.differences(PPOConfig(epsilon=0.1, clip="none"), 2)
    assert "ε 0.1" in differing and "clip none" in differing and " 2" in differing
    for line in retrain.lines("ε 0.05, λ 0.5, learning rate 0.001, epochs 10, seed 12"):
        assert len(line) <= retrain.LETTERS and "\u00a0" not in line


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_letter_has_a_glyph(language, no_missing_glyphs):
    ppo_edu.use_language(language)
    run = trained(2, config=SMALL, seed=1)
    assert Retrain(run).image.value
    view = StepMode(SMALL)
    view.buttons["collect"].click()
    view.buttons["update"].click()
    with Dashboard() as board:
        board(run)
    assert board.png()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_readers_without_a_kernel_see_a_picture_with_words(language):
    ppo_edu.use_language(language)
    for view in (StepMode(SMALL), Retrain()):
        data, metadata = view._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in data
        assert base64.b64decode(data["image/png"])[1:4] == b"PNG"
        assert len(data["image/png"]) < 300_000
        assert metadata["image/png"]["alt"] == data["text/plain"]
        buttons = view.buttons.values()
        assert all(button.description for button in buttons)


def test_without_a_kernel_an_update_takes_its_steps_by_itself(monkeypatch):
    monkeypatch.setenv(stills.VARIABLE, "1")
    data, metadata = StepMode(SMALL, seed=3)._repr_mimebundle_()
    told = metadata["image/png"]
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as picture:
        # Two rollouts of as many epochs.
        assert picture.n_frames == 2 * SMALL.epochs and picture.info["loop"] == stills.ROUNDS
        assert picture.size == (told["width"], told["height"])
    assert told["moves"] and told["alt"] == data["text/plain"]
    monkeypatch.delenv(stills.VARIABLE)  # its name is the same at rest
    other = StepMode(SMALL, seed=4)._repr_mimebundle_()[1]["image/png"]
    assert told["explorer"] != other["explorer"]


# The dashboard


def test_dashboard_shows_the_last_update_and_the_way_to_go():
    run = trained(2, seed=0)
    picture = dashboard.DashboardPicture(max_steps=8192, watched=run.watched)
    picture.begin(trained(1, seed=0))
    picture.update(run)
    for name, sparkline in picture.sparklines.items():
        assert float(sparkline.value.get_text()) == pytest.approx(run.history[name][-1], abs=1e-3, rel=1e-3)
    assert picture.progress.bar.get_width() == run.total_steps / 8192
    assert "left" in picture.progress.left.get_text()
    picture.finished = True
    picture.update(run)
    assert "left" not in picture.progress.left.get_text()


def test_dashboard_counts_from_where_a_training_goes_on():
    earlier = ppo_edu.train(max_steps=2048)
    with Dashboard(max_steps=20_000) as view:
        run = ppo_edu.train(start_from=earlier, max_steps=2048, on_update=view)
    view.png()
    width = view._live.scene.progress.bar.get_width()
    assert width == pytest.approx((run.total_steps - earlier.total_steps) / 20_000)


# In a real kernel, where a thread's messages must find their way to the page


def test_a_thread_updates_the_widget_and_the_dashboard_leaves_a_picture():
    manager, client = start_new_kernel()

    def execute(code):
        messages = []
        reply = client.execute_interactive(code, timeout=60, output_hook=messages.append)
        assert reply["content"]["status"] == "ok", reply["content"]
        return [message["content"] for message in messages]

    try:
        execute("from ppo_edu import train, workbench; view = workbench.Retrain(max_steps=4096)")
        printed = execute("print(view.image.comm.comm_id)")
        (image,) = (content["text"].strip() for content in printed if "text" in content)
        execute("view.buttons['train'].click()")
        # The cell is over, and the training goes on: the frames come from its thread.
        while True:
            message = client.get_iopub_msg(timeout=DEADLINE)
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == image:
                assert message["content"]["data"]["buffer_paths"] == [["value"]]
                assert message["buffers"][0].tobytes().startswith(b"data:image/jpeg;base64,")
                break
        execute(f"assert view.wait({DEADLINE}) and len(view.curves[0].steps)")

        shown = execute("with workbench.Dashboard() as board: train(max_steps=4096, on_update=board)")
        (last,) = (content for content in shown if "image/png" in content.get("data", {}))
        assert last["metadata"]["image/png"]["alt"] and len(last["data"]["image/png"]) < 300_000
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


# What is no training here


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Retrain(3), "int"),
        (lambda: Retrain("run.npz"), "str"),
        (lambda: Retrain(None), "NoneType"),
        (lambda: Retrain(PPOConfig()), "PPOConfig"),
        (lambda: Retrain(other_run("trpo", "CartPole-v1")), "TRPOConfig"),
        (lambda: Retrain(other_run("ppo", "Acrobot-v1")), "env_id.*Acrobot"),
        (lambda: Retrain(max_steps=0), "max_steps"),
        (lambda: Retrain(max_steps="9"), "max_steps"),
        (lambda: StepMode(ppo_edu.TRPOConfig()), "TRPOConfig"),
        (lambda: StepMode({"epsilon": 0.1}), "dict"),
        (lambda: StepMode(3), "int"),
        (lambda: StepMode(seed=-1), "seed"),
        (lambda: StepMode(seed="0"), "seed"),
    ],
)
def test_what_is_no_training_here_is_said_in_a_sentence(make, words, language):
    ppo_edu.use_language(language)
    with pytest.raises((TypeError, ValueError), match=words):
        make()


def other_run(algorithm, env_id):
    config = {"ppo": PPOConfig, "trpo": ppo_edu.TRPOConfig}[algorithm](
        num_envs=2, horizon=4, hidden_sizes=(4,)
    )
    return ppo_edu.train(env_id, config, max_steps=8)
