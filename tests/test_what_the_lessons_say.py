"""What lessons say of recorded runs, held against them, and where the answers to questions lead."""

import functools
import itertools
import re

import numpy as np
import pytest
from lessons import source

from ppo_edu import recorded
from ppo_edu.study import details, statistics

IQM = statistics.interquartile_mean
STUDY = recorded.ablations()
less = functools.partial(statistics.difference, IQM)


def age_and_drawing(env_id, variant):
    columns = ("final_return", "sampled_return", "greedy_return")
    early, drawn, greedy = (STUDY.scores(env_id, variant, column) for column in columns)
    return drawn - early, greedy - drawn


def low(shares):
    return statistics.bootstrap_interval(IQM, shares)[0]


@pytest.mark.parametrize("column", ["final_return", "sampled_return", "greedy_return"])
def test_every_run_of_the_study_was_measured_in_all_three_ways(column):
    assert len(STUDY) == 2 * 24 * 20 and not np.isnan(STUDY.columns[column]).any()


@pytest.mark.parametrize("variant", ["epsilon_0.05", "epsilon_0.1", "no_advantage_normalisation", "trpo"])
def test_in_cartpole_nearly_all_of_it_is_age(variant):
    age, drawing = age_and_drawing("CartPole-v1", variant)
    assert low(age) > 90 and IQM(drawing) < 5
    assert IQM(STUDY.scores("CartPole-v1", variant, "sampled_return")) > 495


def test_in_cartpole_the_largest_penalty_shows_drawing_too():
    assert all(low(share) > 50 for share in age_and_drawing("CartPole-v1", "kl_fixed_10"))


@pytest.mark.parametrize("variant", ["epsilon_0.05", "epsilon_0.1", "kl_fixed_10"])
def test_in_acrobot_small_steps_cost_age_and_drawing(variant):
    assert all(low(share) > 5 for share in age_and_drawing("Acrobot-v1", variant))
    greedy = STUDY.scores("Acrobot-v1", variant, "greedy_return")
    assert IQM(greedy) > IQM(STUDY.scores("Acrobot-v1", "default", "greedy_return")) - 10


def test_by_the_drawn_score_more_than_half_of_the_variants_are_at_full_marks_in_cartpole():
    trained = [variant for variant in STUDY.variants if variant != "random"]
    full = [IQM(STUDY.scores("CartPole-v1", variant, "sampled_return")) > 499.5 for variant in trained]
    assert np.mean(full) > 0.5


def test_profiles_cross_as_the_lesson_says():
    scores = {
        variant: STUDY.scores("CartPole-v1", variant, "sampled_return")
        for variant in ("no_clip", "kl_fixed_10", "trpo")
    }
    assert (scores["trpo"] == 500).all() and scores["kl_fixed_10"].max() < 480
    assert (scores["no_clip"] > 499).sum() == 7 and scores["no_clip"].min() < scores["kl_fixed_10"].min()


@pytest.mark.parametrize("env_id", STUDY.env_ids)
@pytest.mark.parametrize("variant", ["lam_0", "lam_0.5", "epsilon_0.05", "epsilon_0.1", "kl_fixed_10"])
def test_a_small_lambda_and_small_steps_come_late_in_both_tasks(env_id, variant):
    pair = STUDY.scores(env_id, variant), STUDY.scores(env_id, "default")
    assert statistics.bootstrap_interval(less, *pair)[1] < 0


def test_lambda_0_8_is_seen_in_cartpole_alone():
    for env_id, seen in (("CartPole-v1", True), ("Acrobot-v1", False)):
        pair = STUDY.scores(env_id, "lam_0.8"), STUDY.scores(env_id, "default")
        assert (statistics.bootstrap_interval(less, *pair)[1] < 0) == seen


def test_lambda_1_falls_behind_in_the_long_rollouts_of_acrobot_alone():
    lengths = recorded.lambda_and_horizon()
    assert set(lengths.env_ids) == {"CartPole-v1", "Acrobot-v1"} and len(lengths) == 2 * 4 * 10
    for env_id in lengths.env_ids:
        for shape in ("short", "long"):
            pair = [lengths.scores(env_id, f"{shape}_lam_{lam}") for lam in ("1", "0.95")]
            low, high = statistics.bootstrap_interval(less, *pair)
            assert (low <= 0 <= high) == ((env_id, shape) != ("Acrobot-v1", "long")) and low < 0


def test_a_time_limit_taken_for_an_end_is_not_seen_in_the_return():
    cut = recorded.truncation()
    assert set(cut) == {(limit, bootstrap) for limit in (500, 50) for bootstrap in (True, False)}
    for (limit, _), columns in cut.items():
        assert len(columns["own_limit"]) == 10 and columns["own_limit"].min() > 0.997 * limit
    low, high = statistics.bootstrap_interval(less, cut[50, False]["full_limit"], cut[50, True]["full_limit"])
    assert low < 0 < high


def test_two_of_the_notes_mends_do_harm_and_no_other_makes_a_difference():
    trained = recorded.notes_program()
    as_written = trained.pop("as_written")["last_100"]
    assert len(as_written) == 10
    for variant, rows in trained.items():
        low, high = statistics.bootstrap_interval(less, rows["last_100"], as_written)
        assert low < 0 and (high < 0) == (variant in {"normalised", "absolute_error"})
    assert (trained["absolute_error"]["last_100"] < 15).sum() == 7
    assert np.median(trained["advantages_once"]["last_100"]) < np.median(as_written)


def test_from_the_small_program_to_the_default_no_single_row_does_it():
    results = recorded.small_to_default()
    keys = [variant.name for variant in details.cumulative()]
    value = {key: IQM(results.scores("CartPole-v1", key, "sampled_return")) for key in keys}
    assert value["up_to_environments"] < 200 and value["up_to_epsilon"] > 495
    for before, after in (("rewards", "networks"), ("gamma", "epochs"), ("value_weight", "epsilon")):
        assert value[f"up_to_{after}"] > value[f"up_to_{before}"] + 40
    assert value["small"] > 1.5 * value["up_to_environments"]
    seconds = {key: np.median(results.scores("CartPole-v1", key, "processor_seconds")) for key in keys[:2]}
    assert seconds["small"] > 10 * seconds["up_to_environments"]
    steps = np.diff([value[key] for key in keys[1:]])
    assert steps.max() < 0.6 * (value["up_to_epsilon"] - value["up_to_environments"])


def test_the_program_of_lesson_full_training_takes_less_than_a_hundred_lines():
    lesson = next(lesson for lesson in source.find_lessons() if lesson.slug == "full_training")
    section, lines = 0, 0
    for cell in lesson.cells:
        if headings := re.findall(r"^## (\d+)\. ", cell.source, flags=re.MULTILINE):
            section = int(headings[-1])
        # Section 2 also tries out what a wrong shape does.
        if cell.cell_type == "code" and 2 <= section <= 5 and "print((torch" not in cell.source:
            lines += len([line for line in cell.source.splitlines() if line.strip()])
    assert 50 < lines < 100


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_question_people_ask_is_answered_by_a_section_or_a_cell(language):
    page = next(lesson for lesson in source.find_lessons() if lesson.slug == "questions")
    cells = [cell for cell in page.cells if source.language_of(cell) in (language, None)]
    answered = {}
    for cell, following in itertools.pairwise([*cells, None]):
        answers = re.split(r"^### (?=\d+\. )", cell.source, flags=re.MULTILINE)[1:]
        for answer in answers:
            to_a_section = re.search(r"\{lesson:\w+\}(?: \d+\S*절|, sections? \d+)", answer)
            to_a_cell = answer is answers[-1] and following is not None and following.cell_type == "code"
            answered[int(answer.partition(".")[0])] = bool(to_a_section or to_a_cell)
    assert list(answered) == list(range(1, len(answered) + 1)) and len(answered) >= 25
    assert not [number for number, shown in answered.items() if not shown]
