"""The trust region: pictures and measurements show what was computed, and what was computed is right."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

import ppo_edu
from ppo_edu import explorers, figures, trpo, workbench
from ppo_edu.drawing.live import LiveFigure
from ppo_edu.language import LANGUAGES
from ppo_edu.objective import categorical_kl, gaussian_kl
from ppo_edu.recorded import steps
from ppo_edu.run import make_policy
from ppo_edu.study import cost, landings
from ppo_edu.workbench import rerun

EXPLORERS = {
    "cliff": {"length": 0.6},
    "kl_of_choices": {"old": 0.9, "new": 0.4},
    "kl_of_gaussians": {"shift": -1.0, "old_std": 0.5, "new_std": 1.5},
    "same_step": {"step": 1.5},
    "region": {"delta": 0.03, "shown": "returns"},
}
SMALL = trpo.TRPOConfig(num_envs=8, horizon=32, hidden_sizes=(8,))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def scene_at(name, **values):
    scene = getattr(explorers, name)().scene
    scene.update(**values)
    return scene


@pytest.fixture(scope="module")
def start():
    """Return a small CartPole policy, its rollout and its batch."""
    policy = ppo_edu.train(config=SMALL, algorithm="trpo", max_steps=2_000).policy
    return policy, *landings.collect(policy, num_envs=8, horizon=32, warm_up=20, seed=0)


# The explorers


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["bill", "race"])
def test_the_recorded_costs_are_drawn_in_both_languages(name, language, no_missing_glyphs):
    ppo_edu.use_language(language)
    assert pixels(getattr(figures, name)().png()).shape[1] == 1800


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_value_out_of_range_is_refused(name):
    first = next(iter(EXPLORERS[name]))
    with pytest.raises(ValueError, match=first):
        getattr(explorers, name)().draw(**{first: 1e6})


def test_the_words_tell_the_kl_that_trains():
    old, new = np.log([0.7, 0.3]), np.log([0.2, 0.8])
    scene = scene_at("kl_of_choices", old=0.3, new=0.8)
    assert f"= {float(categorical_kl(old, new)):.3f}" in scene.sum.get_text()
    assert f"= {float(categorical_kl(new, old)):.3f}" in scene.back.get_text()
    assert "0.70 log(0.70/0.20) + 0.30 log(0.30/0.80)" in scene.sum.get_text()


def test_the_area_under_the_curve_is_the_kl():
    scene = scene_at("kl_of_gaussians", shift=0.7, old_std=0.8, new_std=1.2)
    x, y = scene.curve.get_data()
    assert np.trapezoid(y, x) == pytest.approx(float(gaussian_kl(0.0, 0.8, 0.7, 1.2)), abs=1e-4)


def test_the_same_step_costs_the_decided_less_and_the_narrow_more():
    words = [text.get_text() for text in scene_at("same_step", step=1.0).words]
    undecided, decided, wide, narrow = (float(each.split("=")[1]) for each in words)
    assert undecided == pytest.approx(0.1201, abs=1e-4)
    assert decided < undecided / 5
    assert (wide, narrow) == (0.5, 12.5)


def test_the_border_is_where_the_kl_is_delta_and_the_ellipse_where_its_quadratic_is():
    data, scene = steps.recorded("plane"), scene_at("region", delta=0.02, shown="returns")
    ellipse = np.array(scene.drawn_region.ellipse.get_data())
    quadratic = 0.5 * np.einsum("ik,ij,jk->k", ellipse, data["fisher"], ellipse)
    np.testing.assert_allclose(quadratic, 0.02, rtol=1e-5)
    border = np.array(scene.drawn_region.border.get_data()).T
    for x, y in border[np.isfinite(border).all(axis=1)][::10]:
        column, row = np.abs(data["xs"] - x).argmin(), np.abs(data["ys"] - y).argmin()
        near = data["kl"][max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        assert near.min() < 0.02 < near.max()


# What was recorded holds what the lesson says of it


def test_a_little_is_better_and_more_is_a_fall():
    cliff = steps.recorded("cliff")
    at_start, best = cliff["return"][0], cliff["return"].max()
    assert best > 1.1 * at_start and cliff["return"][-1] < 0.5 * at_start
    # The surrogate does not see the fall: where the return has halved, it still promises a gain.
    fallen = np.flatnonzero((cliff["lengths"] > 0.1) & (cliff["return"] < 0.5 * at_start))[0]
    assert cliff["surrogate_gain"][fallen] > cliff["surrogate_gain"][cliff["return"].argmax()]
    assert cliff["kl"][0] == 0 and (np.diff(cliff["kl"]) > 0).all()
    assert cliff["probs"].shape == (len(cliff["lengths"]), len(steps.STATES))


def test_other_batches_lead_elsewhere_but_the_kl_tells_them_not_apart():
    walks = steps.recorded("walks")
    start, best = walks["return"][:, 0], walks["return"].max(axis=1)
    assert (best == start).any() and (best > 2 * start).any()
    near = np.abs(walks["lengths"] - 0.3).argmin()
    assert np.ptp(walks["return"][:, near]) > start[0]
    assert walks["kl"][:, near].min() > 0.03 and walks["kl"][:, near].max() < 0.1


def test_the_recorded_start_collects_a_batch_on_which_the_recorded_step_is_right():
    policy = steps.half_trained().policy
    _, batch = landings.collect(policy, seed=steps.BATCH_SEED)
    search = trpo.policy_step(policy, batch, trpo.TRPOConfig(**steps.TRPO_SETTINGS))
    cliff, plane = steps.recorded("cliff"), steps.recorded("plane")
    assert search.accepted is not None and search.kls[-1] <= steps.RECORDED_DELTA
    # Other machines round otherwise, and then other actions are drawn: alike, not equal.
    length = float(np.linalg.norm(plane["trpo"][0]))
    step = landings.step_between(steps.half_trained().policy, policy)
    assert float(step.norm()) == pytest.approx(length, rel=0.3)
    assert cliff["return"][0] > 50


def test_the_plane_fits_its_own_curvature_and_slope():
    plane = steps.recorded("plane")
    row, column = np.abs(plane["ys"]).argmin(), np.abs(plane["xs"]).argmin()
    point = np.array([plane["xs"][column + 1], plane["ys"][row + 1]])
    assert plane["kl"][row + 1, column + 1] == pytest.approx(
        0.5 * point @ plane["fisher"] @ point, rel=0.3, abs=1e-4
    )
    across = (plane["surrogate_gain"][row + 1, column] - plane["surrogate_gain"][row - 1, column]) / (
        plane["ys"][row + 1] - plane["ys"][row - 1]
    )
    assert across == pytest.approx(plane["gradient"][1], rel=0.1)


def test_the_recorded_race_is_ten_seeds_of_both():
    race = steps.recorded("race")
    assert race["by_steps"].shape == (2, 10, len(race["steps"]))
    assert np.isfinite(race["solved_steps"][0]).all()


def test_recorded_arrays_cannot_be_changed_for_the_next_one():
    with pytest.raises(ValueError):
        steps.recorded("cliff")["kl"][0] = 1.0
    with pytest.raises(ValueError, match="name"):
        steps.recorded("cliffs")


# Measuring


def test_a_step_leads_there_and_leaves_the_start_where_it_was(start):
    policy, _, batch = start
    before = trpo.flat(trpo.actor_parameters(policy)).clone()
    step = 0.1 * trpo.surrogate_gradient(policy, batch)
    there = landings.moved(policy, step)
    torch.testing.assert_close(landings.step_between(policy, there), step, atol=1e-6, rtol=1e-4)
    assert torch.equal(trpo.flat(trpo.actor_parameters(policy)), before)


def test_a_landing_at_the_start_is_no_step(start):
    policy, _, batch = start
    found = landings.landing(policy, policy, batch, episodes=16)
    assert found["length"] == found["kl"] == found["surrogate_gain"] == 0
    assert 8 <= found["return"] <= 500 and found["return_error"] > 0


def test_a_walk_and_a_plane_see_what_a_landing_sees(start):
    policy, _, batch = start
    direction = trpo.surrogate_gradient(policy, batch)
    unit = direction / direction.norm()
    walk = landings.walk(policy, 5 * direction, [0.0, 0.4], batch, steps.STATES, episodes=4)
    there = landings.moved(policy, 0.4 * unit)
    expected = landings.landing(policy, there, batch, episodes=4)
    for name in ("kl", "surrogate_gain", "return"):
        assert walk[name][1] == pytest.approx(expected[name], rel=1e-4)
    probs = there.pi(steps.STATES).probs.detach().numpy()
    np.testing.assert_allclose(walk["probs"][1], probs, atol=1e-6)
    plane = landings.plane(policy, batch, unit, torch.zeros_like(unit), xs=[0.0, 0.4], ys=[0.0])
    np.testing.assert_allclose(plane["kl"][0], walk["kl"], rtol=1e-4)


def test_sampled_returns_of_a_coin_are_those_of_a_coin():
    coin = make_policy(4, 2, True, trpo.TRPOConfig(), 0)
    returns = landings.sampled_returns(coin, episodes=300)
    # A coin holds CartPole's pole up for 22 steps; a second episode in the same environment must not count.
    assert returns.mean() == pytest.approx(22.3, abs=2.5)
    assert returns.min() >= 8


def test_the_bill_counts_every_pass():
    found = cost.update_bill("ppo", hidden_sizes=(8,), batch_size=512, repeats=1)
    epochs = ppo_edu.PPOConfig().epochs
    # Each epoch passes both networks both ways. Forward alone: both for the diagnostics, and the critic for
    # the batch's values, restarts and one row more at the end included.
    assert found["backward"] == pytest.approx(2 * epochs)
    assert found["forward"] == pytest.approx(2 * epochs + 3, abs=0.3)
    assert found["cpu_seconds"] > 0 and found["seconds"] < 10 and found["megabytes"] > 0


def test_trpo_pays_a_backward_pass_for_every_product(monkeypatch):
    found = []
    for iterations in (2, 7):
        monkeypatch.setitem(cost.CONTENDERS, "trpo", ("trpo", {"cg_iterations": iterations}))
        found.append(cost.update_bill("trpo", (16,), 512, repeats=1))
    few, many = found
    assert many["backward"] - few["backward"] == pytest.approx(5)
    assert many["work"] > few["work"]


def test_an_unknown_variant_is_refused():
    with pytest.raises(ValueError, match="variant"):
        cost.update_bill("sarsa")


def test_a_race_notes_steps_seconds_and_means():
    lines = []
    race = cost.run_race(seeds=(0,), max_steps=6_000, on_run=lines.append)
    assert len(lines) == 2
    assert race["by_steps"].shape == race["by_seconds"].shape == (2, 1, 121)
    assert np.isnan(race["solved_steps"]).all()
    assert np.nanmin(race["by_steps"]) > 8 and np.nanmax(race["by_steps"]) < 200


# The button


def test_a_button_repeats_the_measurement_and_says_so():
    seen = []

    def scene(data):
        seen.append(data)
        return rerun.Still(figures.race(data))

    view = workbench.Rerun(scene, lambda: steps.recorded("race"))
    data, _ = view._repr_mimebundle_()
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= data.keys()
    before = view.line.value
    view.button.click()
    assert seen[0] is None and "by_steps" in seen[1]
    assert view.line.value != before and not view.button.disabled


def test_a_measurement_that_fails_says_so_and_can_be_repeated():
    def fails():
        raise OSError("no room")

    view = workbench.Rerun(lambda data: rerun.Still(figures.race(data)), fails)
    with pytest.raises(OSError):
        view.rerun()
    assert "no room" in view.line.value and not view.button.disabled


def test_walks_shown_before_stay_behind_the_new_one():
    scene = rerun.walks_scene()
    lines = [len(scene(data).picture.figure.axes[0].lines) for data in (None, steps.recorded("cliff"))]
    assert lines[1] == lines[0] + 1
    assert lines[0] > len(steps.recorded("walks")["return"])
    assert scene(None).picture.alt == ppo_edu.t("trust_region.walks_alt")


@pytest.mark.parametrize("what", ["cliff", "bill", "race"])
def test_each_recorded_measurement_has_its_button(what):
    view = workbench.again(what)
    assert isinstance(view._live, LiveFigure)
    with pytest.raises(ValueError, match="what"):
        workbench.again("all")
