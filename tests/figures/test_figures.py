"""The still pictures: drawn from the functions that train, and as committed.

That each can be read in both languages is in `drawing/test_layout`.
"""

import io
import threading
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import EXAMPLES, a_run
from PIL import Image
from refusals import refusal

import ppo_edu
from ppo_edu import explorers, figures, recorded
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import style
from ppo_edu.figures import __main__ as drawing_them
from ppo_edu.figures import trpo_problem
from ppo_edu.figures.clipping import ClippedObjective, ObjectiveCurve, ratio_gradient
from ppo_edu.figures.training import TrainingPicture
from ppo_edu.returns import mean_of_last, mean_on_grid

IMAGES = Path(ppo_edu.__file__).parents[1] / "images"


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.int16)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return the folder with the images, drawn while Korean was spoken."""
    folder = tmp_path_factory.mktemp("images")
    ppo_edu.use_language("ko")
    drawing_them.draw_images(folder)
    assert ppo_edu.t("explorer.reset") == "처음으로"
    return folder


@pytest.mark.parametrize("name", drawing_them.IMAGES)
def test_committed_images_are_what_the_code_draws(name, drawn):
    """Tolerance: a mean difference of 0.2 of 255 levels, which another rasteriser may make, but no curve."""
    now, committed = (pixels((folder / name).read_bytes()) for folder in (drawn, IMAGES))
    assert now.shape == committed.shape, f"run make images: {name} has another size"
    assert np.abs(now - committed).mean() < 0.2, f"run make images: {name} is not what the code draws"


def test_that_tolerance_notices_a_small_change():
    assert np.abs(pixels(figures.ppoclip(0.21).png()) - pixels(figures.ppoclip(0.2).png())).mean() > 0.2


def test_images_are_drawn_in_english_whatever_the_language(drawn):
    assert (drawn / "ppoclip.png").read_bytes() == figures.ppoclip().png()


def test_a_learners_own_style_changes_nothing_and_is_not_changed():
    before = figures.ppoclip().png()
    with matplotlib.rc_context({"axes.facecolor": "black", "font.size": 30, "savefig.dpi": 20}):
        mine = dict(matplotlib.rcParams)
        assert figures.ppoclip().png() == before
        assert dict(matplotlib.rcParams) == mine


def test_sliders_heard_in_a_thread_of_their_own_do_not_mix_up_styles():
    mine, entered = dict(matplotlib.rcParams), threading.Event()
    sizes = []

    def other():
        with style("monospace"):
            entered.set()
            sizes.append(matplotlib.rcParams["font.size"])

    with style():
        thread = threading.Thread(target=other)
        thread.start()
        assert not entered.wait(0.2)
        assert dict(matplotlib.rcParams) != mine
    thread.join(timeout=10)
    assert sizes == [12]
    assert dict(matplotlib.rcParams) == mine


@settings(deadline=None)
@given(st.floats(0.01, 3), st.floats(-5, 5), st.floats(0.01, 0.9), st.sampled_from([0, -1, 1]))
def test_the_drawn_gradient_is_that_of_autograd(ratio, advantage, epsilon, corner):
    import torch

    if corner:
        ratio = 1 + corner * epsilon
    tensor = torch.tensor(ratio, dtype=torch.float64, requires_grad=True)
    ppo_edu.clipped_surrogate(tensor, advantage, epsilon).backward()
    drawn = ratio_gradient(ratio, advantage, epsilon)
    # Within the difference quotient's own step beside a corner, the two may differ.
    if abs(abs(ratio - 1) - epsilon) > 1e-6 or corner:
        assert drawn == pytest.approx(tensor.grad.item(), abs=1e-5)


def test_the_drawn_gradient_is_right_in_float32():
    ratio, advantage = np.float32([1.5, 1.5, 0.9]), np.float32([-1.0, 1.0, 1.0])
    assert ratio_gradient(ratio, advantage, 0.2).round(4).tolist() == [-1.0, 0.0, 1.0]


def test_no_rounding_error_is_taken_for_a_flat_part():
    curve = ObjectiveCurve(Picture(300, 200, "A curve.").figure.subplots())
    for advantage in np.arange(1, 41) / 20:
        for epsilon in np.arange(1, 91) / 100:
            curve.update(advantage, epsilon)
            assert curve.shade.get_x() == pytest.approx(1 + epsilon)


@pytest.mark.parametrize("epsilon", [0.01, 0.123, 0.2, 0.5, 0.9])
def test_the_shade_covers_the_flat_part_and_no_more(epsilon):
    drawing = ClippedObjective()
    drawing.update(epsilon)
    (_, good), (_, bad) = drawing.curves
    assert (good.shade.get_x(), good.shade.get_width()) == pytest.approx((1 + epsilon, 1.2 - epsilon))
    assert (bad.shade.get_x(), bad.shade.get_width()) == pytest.approx((0, 1 - epsilon))
    for curve, level in ((good, 1 + epsilon), (bad, epsilon - 1)):
        np.testing.assert_allclose(curve.flat.get_ydata(), level)


def test_the_mean_of_the_last_is_a_plain_mean():
    returns = np.random.default_rng(0).uniform(0, 500, 250)
    means = mean_of_last(returns, window=100)
    for episode in (0, 1, 99, 100, 249):
        assert means[episode] == pytest.approx(returns[max(0, episode - 99) : episode + 1].mean())
    assert mean_of_last(np.array([])).size == 0


def test_between_two_episodes_the_mean_stands():
    grid = np.array([0, 199, 200, 399, 400, 1000])
    means = mean_on_grid(a_run((20.0, 60.0)), grid)
    np.testing.assert_array_equal(means, [np.nan, np.nan, 20, 20, 40, 40])


@pytest.mark.parametrize(
    "env_id, returns",
    [
        ("CartPole-v1", [9, 500]),
        ("CartPole-v1", []),
        ("Acrobot-v1", [-500, -80]),
        ("Pendulum-v1", [-1600, -150]),
    ],
)
def test_a_learning_curve_shows_every_episode_of_any_task(env_id, returns):
    drawing = TrainingPicture()
    run = SimpleNamespace(
        returns=np.array(returns, float),
        steps=np.arange(len(returns)) * 150_000,
        total_steps=150_000,
        env_id=env_id,
    )
    drawing.update(run)
    axes = drawing.picture.figure.axes[0]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert left == 0 and right >= 150_000
    assert all(low <= value <= high for value in returns)
    assert not drawing.update(run), "nothing new, but the axes were stretched again"


def test_trust_region_solves_the_problem_it_shows():
    small, delta = trpo_problem.SmallPolicy(), 0.1
    step = small.natural_step(delta)
    assert small.quadratic_kl(step) == pytest.approx(delta)
    accepted = small.line_search(step, delta)
    assert small.kl(accepted) <= delta
    assert small.surrogate(accepted) > small.surrogate(np.zeros(2)) == pytest.approx(0, abs=1e-12)
    # The ellipse is the second-order part of the true KL, the gradient the first-order part of the surrogate.
    for direction in np.eye(2):
        near = 1e-3 * direction
        assert small.kl(near) == pytest.approx(small.quadratic_kl(near), rel=1e-2)
        gain = (small.surrogate(near) - small.surrogate(-near)) / 2e-3
        assert gain == pytest.approx(small.gradient @ direction, rel=1e-4)


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: figures.ppoclip(1.0), "epsilon"),
        (lambda: figures.one_sample([1.0], [1.0], epsilon=0), "epsilon"),
        (lambda: figures.trust_region(0), "delta"),
        (lambda: figures.truncation_mistake(0), "steps"),
    ],
)
def test_bad_values_are_refused_by_name(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_the_mistaken_end_is_worth_minus_the_bootstrap():
    episode = recorded.episode("truncated")
    mistaken = {**episode, "terminated": episode["truncated"]}
    right, wrong = (
        recorded.advantages_of(steps, recorded.GAMMA, recorded.LAM) for steps in (episode, mistaken)
    )
    assert right[-1] - wrong[-1] == pytest.approx(recorded.GAMMA * episode["next_values"][-1], rel=1e-5)


@pytest.mark.parametrize("env_id", [lambda: None, "my_own_environment"])
def test_a_curve_follows_an_environment_that_is_not_registered(env_id):
    drawing = TrainingPicture()
    drawing.update(a_run((20.0, 60.0), env_id=env_id))
    assert np.isnan(drawing.curve.threshold.get_ydata()).all()


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_picture_cannot_be_drawn_of_is_told(name):
    for place in range(len(EXAMPLES[name])):
        for value in (None, "x", {"a": 1}, object(), np.ones((2, 2, 2)), [None]):
            if value is None and name == "profiles":
                continue
            given = [*EXAMPLES[name][:place], value, *EXAMPLES[name][place + 1 :]]
            refusal(lambda given=given: getattr(figures, name)(*given))


def test_what_a_picture_of_results_cannot_be_drawn_of_is_told():
    for value in (3, "x", {"a": 1}, object()):
        for draw in (figures.ablation, figures.small_to_default, explorers.how_sure):
            assert "results" in refusal(lambda value=value, draw=draw: draw(value))
        for draw in (figures.bill, figures.race, explorers.cliff, explorers.region):
            assert "data" in refusal(lambda value=value, draw=draw: draw(value))
