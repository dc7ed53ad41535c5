"""Pick the rows in which a gradient passes."""

import itertools

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises.kinds import PickExercise
from ppo_edu.exercises.tasks import gradient_cases

EXERCISE = exercises.exercise_called("gradient_cases")


def test_the_right_rows_are_those_in_which_autograd_finds_a_gradient():
    ratio, advantage = (
        torch.tensor(column, requires_grad=True) for column in zip(*gradient_cases.ROWS.values(), strict=True)
    )
    ppo_edu.clipped_surrogate(ratio, advantage, gradient_cases.EPSILON).sum().backward()
    found = [letter for letter, slope in zip(gradient_cases.LETTERS, ratio.grad, strict=True) if slope != 0]
    assert "".join(found) == EXERCISE.right


def test_the_rows_in_the_lesson_are_those_of_the_exercise():
    from lessons import source

    text = "".join(lesson.text for lesson in source.find_lessons())
    for letter, (ratio, advantage) in gradient_cases.ROWS.items():
        assert text.count(f"| **{letter}** | {ratio:.2f} | {advantage:+.1f} |") == 2


@pytest.mark.parametrize("answer", ["ㅠㅊㄷㅎ", "ＢＣＥＧ"])
def test_letters_of_another_keyboard_are_understood(answer):
    assert ppo_edu.check("gradient_cases", answer).passed


@pytest.mark.parametrize(
    "answer", ["bceg", "b, c, e, g", set("bceg"), ["G", "e", "c", "b"], tuple("bceg"), np.array(list("bceg"))]
)
def test_the_four_rows_with_a_gradient_pass_in_any_form(answer):
    assert ppo_edu.check("gradient_cases", answer).passed


PICKED = ["".join(some) for count in range(1, 9) for some in itertools.combinations("abcdefgh", count)]


def test_every_other_choice_of_rows_is_rejected_with_words_for_a_row_or_an_idea():
    for picked in PICKED:
        result = ppo_edu.check("gradient_cases", picked)
        assert result.passed == (picked == "bceg")
        assert result.passed or result.message == EXERCISE.words(EXERCISE.mistakes[picked])


@pytest.mark.parametrize(
    ("picked", "key"),
    [
        ("adfh", "those_without"),
        ("cg", "no_min"),
        ("cfg", "no_min"),
        ("abcdeg", "other_epsilon"),
        ("bcdgh", "not_mirrored"),
        ("aceg", "mirrored"),
        ("acdgh", "max_for_min"),
        ("abcdegh", "no_clip"),
        ("bg", "good_only"),
        ("ce", "bad_only"),
        ("abg", "good"),
        ("cdeh", "bad"),
        ("abdeh", "outside"),
        ("bcefg", "row_of_zero"),
        ("abceg", "row_above"),
        ("bcegh", "row_below"),
        ("bcg", "row_way_back"),
        ("bce", "row_inside"),
        ("abef", "row_above"),  # what was right of the six cases that once stood here
    ],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_idea_behind_a_wrong_choice_is_named(picked, key, language):
    ppo_edu.use_language(language)
    assert ppo_edu.check("gradient_cases", picked).message == ppo_edu.t(f"gradient_cases.{key}")


def test_nonsense_instead_of_rows_is_told():
    assert isinstance(EXERCISE, PickExercise)
    for nonsense in ("xyz", 4, [1, 2], len, {"a": 1, "z": 2}):
        assert "a, b, c, d, e, f, g, h" in ppo_edu.check("gradient_cases", nonsense).message
    for empty in (..., None, "", set()):
        assert not ppo_edu.check("gradient_cases", empty).attempted


def test_a_choice_that_nobody_thought_of_is_told_one_letter_or_how_many():
    exercise = PickExercise(name="gradient_cases", letters="abcd", right="ab", mistakes={})
    assert "`c`" in exercise.check("abc").message and "1" in exercise.check("a").message
