"""The ablations' pictures show what was recorded, and what was recorded holds what the lesson says of it."""

import functools

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pictures import frame, make

import ppo_edu
from ppo_edu import explorers, recorded
from ppo_edu.drawing.controls import Choice
from ppo_edu.explorers import confidence
from ppo_edu.figures import ablations
from ppo_edu.language import LANGUAGES
from ppo_edu.study import statistics

STUDY = recorded.ablations()
IQM = statistics.interquartile_mean


@functools.cache
def explorer(language, name="one"):
    ppo_edu.use_language(language)
    return explorers.how_sure()


def values_of(control):
    if isinstance(control, Choice):
        return st.sampled_from(list(control.options.values()))
    return st.integers(control.low, control.high)


# The pictures


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_recorded_variant_has_words(language):
    ppo_edu.use_language(language)
    assert not [variant for variant in STUDY.variants if "_" in ablations.variant_name(variant)]
    assert len(set(map(ablations.variant_name, STUDY.variants))) == len(STUDY.variants)
    assert ablations.variant_name("my_own_idea") == "my_own_idea"


def test_the_thick_curves_are_the_highest_and_the_lowest():
    picture = make("curves")
    _, labels = picture.figure.axes[0].get_legend_handles_labels()
    assert [label.split(":")[0] for label in labels] == ["seed 1", "seed 0"]


def test_scores_are_normalised_as_in_the_papers_table():
    scores = ablations.normalised_scores(STUDY)
    assert scores.keys() == set(STUDY.variants)
    for task in range(len(STUDY.env_ids)):
        means = {variant: runs[:, task].mean() for variant, runs in scores.items()}
        assert means["random"] == pytest.approx(0)
        assert max(means.values()) == pytest.approx(1)
    raw = STUDY.scores(STUDY.env_ids[0], "default")
    assert np.corrcoef(raw, scores["default"][:, 0])[0, 1] == pytest.approx(1)


def test_the_paper_is_compared_in_settings_that_were_recorded():
    assert set(STUDY.variants) >= ablations.PAPER_SCORES.keys()
    assert ablations.PAPER_SCORES["no_clip"] == -0.39 and ablations.PAPER_SCORES["default"] == 0.82


# The explorer


@settings(max_examples=6, deadline=None, phases=[Phase.generate])
@given(st.data())
def test_the_last_values_alone_decide_the_picture(data):
    one, other = explorer("en"), explorer("en", "other")
    values_of_all = st.fixed_dictionaries({control.name: values_of(control) for control in one.controls})
    for _ in range(data.draw(st.integers(1, 4))):
        values = data.draw(values_of_all)
        drawn = frame(one, **values)
    assert drawn == frame(other, **values)


def test_every_control_changes_the_picture():
    one = explorer("en")
    for control in one.controls:
        ends = list(control.options.values()) if isinstance(control, Choice) else [control.low, control.high]
        changed = next((value for value in ends if value != control.start), None)
        assert changed is None or frame(one, **{control.name: changed}) != frame(one), control.name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("runs", [1, 2, 20])
def test_the_explorer_has_every_glyph(language, runs, no_missing_glyphs):
    one = explorer(language)
    assert frame(one, runs=runs, first="default").size == (1800, 860)


@pytest.mark.parametrize("statistic", confidence.STATISTICS)
@pytest.mark.parametrize("runs", [2, 7, 20])
def test_the_words_are_what_the_statistics_say(statistic, runs):
    scene = explorer("en").scene
    env_id, first, second = STUDY.env_ids[0], "no_clip", "default"
    scene.update(env_id, first, second, runs, statistic)
    x, y = (STUDY.scores(env_id, variant)[:runs] for variant in (first, second))
    function = confidence.STATISTICS[statistic]
    low, high = statistics.bootstrap_interval(function, x, resamples=1000)
    name = ablations.variant_name(first)
    assert scene.words[0].get_text() == f"{name}: {function(x):.0f}   [{low:.0f}, {high:.0f}]"
    assert scene.likely.get_text().endswith(f"{statistics.probability_of_improvement(x, y):.2f}")
    of_both = functools.partial(statistics.difference, function)
    low, high = statistics.bootstrap_interval(of_both, x, y, resamples=1000)
    assert f"[{low:.0f}, {high:.0f}]" in scene.verdict.get_text()


def test_one_seed_has_no_interval():
    scene = explorer("en").scene
    scene.update(STUDY.env_ids[0], "default", "no_clip", 1, "mean")
    assert "[" not in scene.words[0].get_text() + scene.verdict.get_text()
    assert np.isnan(scene.pair[0].interval.get_ydata()).all()


def test_each_run_is_drawn_once_seen_or_not():
    scene = explorer("en").scene
    for runs in (1, 6, 20):
        scene.update(STUDY.env_ids[0], "no_clip", "clip_only", runs, "iqm")
        for drawn, variant in zip(scene.pair, ("no_clip", "clip_only"), strict=True):
            seen, later = drawn.seen.get_ydata(), drawn.later.get_ydata()
            assert len(seen) == runs
            np.testing.assert_array_equal(np.append(seen, later), STUDY.scores(STUDY.env_ids[0], variant))


@pytest.mark.parametrize("values", [{"runs": 0}, {"runs": 21}, {"first": "sarsa"}, {"statistic": "mode"}])
def test_a_value_out_of_range_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        explorer("en").draw(**values)


# What was recorded holds what the lesson says of it


def against_default(env_id, variant):
    """Return 1 or -1 if the variant can be called better or worse than the default there, else 0."""
    of_both = functools.partial(statistics.difference, IQM)
    pair = STUDY.scores(env_id, variant), STUDY.scores(env_id, "default")
    low, high = statistics.bootstrap_interval(of_both, *pair)
    return int(low > 0) - int(high < 0)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Acrobot-v1"])
@pytest.mark.parametrize("variant", ["lam_0", "epsilon_0.05", "epsilon_0.1", "kl_fixed_3", "kl_fixed_10"])
def test_a_small_lambda_and_small_steps_do_harm_everywhere(env_id, variant):
    assert against_default(env_id, variant) == -1


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Acrobot-v1"])
@pytest.mark.parametrize("variant", ["no_annealing", "epochs_10"])
def test_what_the_lesson_calls_undecided_is_undecided(env_id, variant):
    assert against_default(env_id, variant) == 0


@pytest.mark.parametrize("variant", ["no_clip", "clip_only", "epsilon_0.4", "kl_fixed_0.3"])
def test_clipping_and_larger_steps_depend_on_the_task(variant):
    assert against_default("CartPole-v1", variant) == -1
    assert against_default("Acrobot-v1", variant) == 1


def test_most_seeds_of_acrobot_are_ahead_without_clipping_and_some_break_down():
    default, no_clip, clip_only = (
        STUDY.scores("Acrobot-v1", variant) for variant in ("default", "no_clip", "clip_only")
    )
    for scores in (no_clip, clip_only):
        assert IQM(scores) > IQM(default) and scores.mean() < default.mean()
        assert scores.min() < -200 < default.min()
        assert statistics.probability_of_improvement(scores, default) > 0.7


def test_lambda_of_zero_keeps_most_seeds_of_acrobot_from_the_goal_and_one_is_a_few_points_behind():
    assert np.mean(STUDY.scores("Acrobot-v1", "lam_0") == -500) > 0.5
    assert against_default("CartPole-v1", "lam_1") == 0
    assert 0 < IQM(STUDY.scores("Acrobot-v1", "default")) - IQM(STUDY.scores("Acrobot-v1", "lam_1")) < 8


def test_one_epoch_is_too_few_in_cartpole_alone():
    assert against_default("CartPole-v1", "epochs_1") == -1
    assert against_default("Acrobot-v1", "epochs_1") == 0


def test_on_the_whole_no_penalty_is_better_than_clipping():
    scores = ablations.normalised_scores(STUDY)
    of_means = functools.partial(statistics.difference, np.mean)
    for variant in (name for name in scores if name.startswith("kl_")):
        low, _ = statistics.bootstrap_interval(of_means, scores[variant], scores["default"])
        assert low < 0, variant


def test_the_profiles_of_trpo_and_no_clipping_cross():
    trpo, no_clip = (
        statistics.performance_profile(STUDY.scores("CartPole-v1", variant), [200, 490])
        for variant in ("trpo", "no_clip")
    )
    assert trpo[0] > no_clip[0] and trpo[1] < no_clip[1]


def test_greedy_policies_tell_another_story_of_a_small_epsilon():
    sampled = IQM(STUDY.scores("CartPole-v1", "epsilon_0.05"))
    greedy = IQM(STUDY.scores("CartPole-v1", "epsilon_0.05", "greedy_return"))
    assert sampled < 0.6 * IQM(STUDY.scores("CartPole-v1", "default")) and greedy > 480
