"""Pick the cases in which a gradient passes."""

import itertools

import pytest

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises.kinds import PickExercise

EXERCISE = exercises.exercise_called("gradient_cases")


@pytest.mark.parametrize("answer", ["ㅁㅠㄷㄹ", "ＡＢＥＦ"])
def test_letters_of_another_keyboard_are_understood(answer):
    assert ppo_edu.check("gradient_cases", answer).passed


@pytest.mark.parametrize("answer", ["abef", "a, b, e, f", set("abef"), ["F", "e", "b", "a"], tuple("abef")])
def test_the_four_cases_with_a_gradient_pass_in_any_form(answer):
    assert ppo_edu.check("gradient_cases", answer).passed


PICKED = ["".join(some) for count in range(1, 7) for some in itertools.combinations("abcdef", count)]


@pytest.mark.parametrize("picked", PICKED)
def test_every_other_choice_of_cases_is_rejected(picked):
    result = ppo_edu.check("gradient_cases", picked)
    assert result.passed == (picked == "abef")
    key = EXERCISE.mistakes.get(picked)
    assert key is None or result.message == EXERCISE.words(key)


def test_nonsense_instead_of_cases_is_told():
    assert isinstance(EXERCISE, PickExercise)
    for nonsense in ("xyz", 4, [1, 2], len, {"a": 1, "z": 2}):
        assert "a, b, c, d, e, f" in ppo_edu.check("gradient_cases", nonsense).message
    assert "2" in ppo_edu.check("gradient_cases", "ab").message
    assert "`c`" in ppo_edu.check("gradient_cases", "abcef").message
    for empty in (..., None, "", set()):
        assert not ppo_edu.check("gradient_cases", empty).attempted
