"""Every explorer: the same picture however one got there, in both languages, with the numbers that train."""

import base64
import functools
import io
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pictures import frame
from PIL import Image

import ppo_edu
from ppo_edu import explorers, recorded
from ppo_edu.drawing import explorer as explorer_module
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer

EXPLORERS = explorers.__all__


def make(name):
    return getattr(explorers, name)()


kept = functools.cache(make)  # with all that it has shown before


def new_scene(name):
    return make(name).scene


def choices(control):
    """Return the values of a control that is no slider."""
    return list(control.options.values()) if isinstance(control, Choice) else [False, True]


def values_of(control):
    if not isinstance(control, Slider):
        return st.sampled_from(choices(control))
    return (st.integers if control.whole else st.floats)(control.low, control.high)


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_last_values_alone_decide_the_picture(name):
    one, other = kept(name), make(name)
    frame(one)  # so that they differ in what they showed first
    values_of_all = st.fixed_dictionaries({control.name: values_of(control) for control in one.controls})

    # Shrinking would draw hundreds of pictures.
    @settings(max_examples=2, deadline=None, phases=[Phase.generate])
    @given(data=st.data())
    def same(data):
        for _ in range(data.draw(st.integers(2, 4))):
            values = data.draw(values_of_all)
            drawn = frame(one, **values)
        assert drawn == frame(other, **values)

    same()


def test_going_from_one_episode_to_the_other_and_back_leaves_no_trace():
    one = make("gae")
    before = frame(one)
    frame(one, ending="truncated")
    assert frame(one) == before


@pytest.mark.parametrize("name", EXPLORERS)
def test_it_is_displayed_at_a_start_within_the_range_of_its_controls(name, monkeypatch):
    """`drawing/test_layout` draws it in both languages and goes through the places of its controls."""
    # Looking for what the displays before it have left behind would take as long as drawing.
    monkeypatch.setattr(explorer_module, "gc", SimpleNamespace(collect=int))
    one = kept(name)
    assert isinstance(one, Explorer)
    data, metadata = one._repr_mimebundle_()
    shown = metadata["image/png"]
    first = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
    assert first.width == 1800
    assert first.size == (2 * shown["width"], 2 * shown["height"])
    assert frame(one, **one.start) == first


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_changes_the_picture(name):
    one = kept(name)
    for control in one.controls:
        others = {"ending": "truncated"} if control.name == "bootstrap" else {}
        ends = (control.low, control.high) if isinstance(control, Slider) else choices(control)
        other = next(value for value in ends if value != control.start)
        assert frame(one, **others, **{control.name: other}) != frame(one, **others), control.name


@pytest.mark.parametrize(
    "ratio, advantage, words",
    [
        (0.5, 1.0, "took_plain"),
        (1.0, 1.0, "took_either"),
        (1.5, 1.0, "took_clipped"),
        (0.5, -1.0, "took_clipped"),
        (1.0, -1.0, "took_either"),
        (1.5, -1.0, "took_plain"),
    ],
)
def test_clip_point_tells_what_the_min_took_and_whether_a_gradient_flows(ratio, advantage, words):
    scene = new_scene("clip_point")
    scene.update(ratio, advantage, epsilon=0.2)
    said = {
        "took_plain": ppo_edu.t("explorer.took_plain"),
        "took_either": ppo_edu.t("explorer.took_either"),
        "took_clipped": ppo_edu.t("explorer.took_clipped"),
    }
    objective = ppo_edu.clipped_surrogate(ratio, advantage, 0.2)
    assert scene.minimum.get_text().endswith(f"= {objective:.2f}     {said[words]}")
    gradient = 0.0 if words == "took_clipped" else advantage
    assert f"= {gradient:.2f} " in scene.push.get_text()


@pytest.mark.parametrize("epoch", [0, 3, 10])
def test_clip_cloud_shows_as_stopped_what_autograd_calls_stopped(epoch):
    import torch

    scene = new_scene("clip_cloud")
    scene.update(epoch, epsilon=0.2)
    batch = recorded.transitions()
    log_probs = recorded.log_probs_by_epoch(scene.learning_rate)[epoch]
    ratio = torch.tensor(ppo_edu.probability_ratio(log_probs, batch["log_probs"]), requires_grad=True)
    ppo_edu.clipped_surrogate(ratio, torch.tensor(batch["advantages"]), 0.2).sum().backward()
    stopped = (ratio.grad == 0).numpy()
    assert len(scene.stopped.get_xdata()) == stopped.sum()
    assert len(scene.flowing.get_xdata()) == len(stopped) - stopped.sum()
    np.testing.assert_allclose(np.sort(scene.stopped.get_ydata()), np.sort(batch["advantages"][stopped]))
    assert f"{ppo_edu.clip_fraction(ratio.detach().numpy(), 0.2):.2f}" in scene.outside.text.get_text()
    assert f"{stopped.mean():.2f}" in scene.without.text.get_text()


def test_clip_cloud_has_every_point_on_the_picture():
    scene = new_scene("clip_cloud")
    axes = scene.picture.figure.axes[0]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert left < scene.drawn_ratios.min() and scene.drawn_ratios.max() < right
    assert low < scene.advantages.min() and scene.advantages.max() < high


@pytest.mark.parametrize("learning_rate", recorded.LEARNING_RATES)
def test_ratio_histogram_counts_every_sample_once(learning_rate):
    scene = new_scene("ratio_histogram")
    old = recorded.transitions()["log_probs"]
    for epoch, log_probs in enumerate(recorded.log_probs_by_epoch(learning_rate)):
        scene.update(epoch, learning_rate, epsilon=0.2)
        inside, outside = scene.inside.get_data().values, scene.outside.get_data().values
        ratio = ppo_edu.probability_ratio(log_probs, old)
        assert outside.max() == 1
        share = 1 - inside.sum() / outside.sum()
        assert share == pytest.approx(ppo_edu.clip_fraction(ratio, 0.2))
        assert scene.edges[0] <= ratio.min() and ratio.max() <= scene.edges[-1]
        assert f"{ppo_edu.approx_kl(log_probs, old):.4f}" in scene.kl.text.get_text()


@functools.cache
def gae_scene():
    return new_scene("gae")


@settings(deadline=None, max_examples=30)
@given(
    ending=st.sampled_from(["terminated", "truncated"]),
    lam=st.floats(0, 1),
    gamma=st.floats(0.8, 0.99),
    step=st.integers(-99, 0),
    bootstrap=st.booleans(),
)
def test_gae_weights_times_deltas_are_the_advantage(ending, lam, gamma, step, bootstrap):
    scene = gae_scene()
    scene.update(ending, lam, gamma, step, bootstrap)
    deltas, weights = scene.deltas.get_data().values, scene.weights.get_data().values
    (x,), (advantage,) = scene.dot.get_data()
    assert x == step
    assert advantage == pytest.approx(weights @ deltas, rel=1e-3, abs=2e-3)
    assert advantage == scene.advantages.get_ydata()[step - 1]
    shown_in = zip(scene.picture.figure.axes[::2], (deltas, scene.advantages.get_ydata()), strict=True)
    for axes, shown in shown_in:
        low, high = axes.get_ylim()
        assert low < shown.min() and shown.max() < high


def test_it_is_shown_where_ipywidgets_cannot_be_asked_for_it(monkeypatch):
    # Version 7, which Colab has: its widgets have no `_repr_mimebundle_`. All explorers are shown alike.
    monkeypatch.delattr(ipywidgets.Widget, "_repr_mimebundle_", raising=False)
    data, _ = explorers.clip()._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] and "image/png" in data
