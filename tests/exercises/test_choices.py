"""One letter to choose: each has a reply of its own, and one is right."""

import numpy as np
import pytest

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises.kinds import ChoiceExercise

EXERCISES = {name: exercises.exercise_called(name) for name in exercises.names()}
CHOICES = [name for name, exercise in EXERCISES.items() if isinstance(exercise, ChoiceExercise)]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", CHOICES)
def test_each_choice_has_its_own_reply_and_one_is_right(name, language):
    ppo_edu.use_language(language)
    replies = {letter: ppo_edu.check(name, letter) for letter in "abcd"}
    assert [letter for letter, reply in replies.items() if reply.passed] == [EXERCISES[name].right]
    assert len({reply.message for reply in replies.values()}) == 4
    assert ppo_edu.check(name, f" {EXERCISES[name].right.upper()}) ").passed
    for nonsense in ("e", "ab", 2, ["a"], len, np.array([1, 2]), b"a"):
        result = ppo_edu.check(name, nonsense)
        assert not result.passed and "a, b, c, d" in result.message
    assert not ppo_edu.check(name, ...).attempted


@pytest.mark.parametrize("answer", ["ㅇ", "Ｄ", "（d）"])
def test_letters_of_another_keyboard_are_understood(answer):
    assert ppo_edu.check("lambda_ends", answer).passed
