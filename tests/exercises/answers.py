"""What holds for every function to write: right answers pass in any style, wrong ones are told by name."""

import functools
import itertools
import re

import numpy as np
import torch
from torch.nn import functional as F

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises.comparing import agree


def said(name, key):
    """Return how the words for a key begin, up to the first value in them."""
    key = key if "." in key else f"{name}.{key}"
    return ppo_edu.t(key).partition("{")[0]


def in_float32(function):
    """Return `function` as it computes when all its numbers are float32."""

    def narrow(*arguments):
        return function(
            *(
                value.astype(np.float32) if getattr(value, "dtype", None) == np.float64 else value
                for value in arguments
            )
        )

    return narrow


def keyword_only(function, *names):
    """Return `function` with parameters that must be named."""

    def named(**given):
        return function(*(given[name] for name in names))

    parameters = ", ".join(names)
    text = f"lambda *, {parameters}: named({', '.join(f'{name}={name}' for name in names)})"
    return eval(text, {"named": named})


def shown_numbers(message):
    """Return the pairs of what a learner's function returned and what is right, as a message shows them."""
    pairs = []
    for key in ("exercise.example", "exercise.measured"):
        shape = re.escape(ppo_edu.t(key, what="<what>", got="<got>", right="<right>"))
        shape = shape.replace("<what>", "[^`]*").replace("<got>", "([^`]*)").replace("<right>", "([^`]*)")
        pairs += re.findall(shape, message)
    return pairs


class Called:
    """An answer that is an object with a method."""

    def __init__(self, function):
        self.function = function

    def __call__(self, *arguments):
        return self.function(*arguments)


def partial(function):
    """Return `function` behind a partial."""
    return functools.partial(lambda function, *arguments: function(*arguments), function)


class Answers:
    """Tests of one exercise. A subclass gives its name, right answers by style, and (key, wrong answer)."""

    name: str
    right: dict
    wrong: list

    @property
    def exercise(self):
        return exercises.exercise_called(self.name)

    def test_a_right_answer_passes_however_it_is_written(self, right_answer):
        result = ppo_edu.check(self.name, right_answer)
        assert result.passed, result.message

    def test_there_are_five_styles_at_least(self):
        assert len(self.right) >= 5

    def test_each_wrong_answer_is_rejected_and_named(self, wrong_answer):
        language, (key, wrong) = wrong_answer
        ppo_edu.use_language(language)
        result = ppo_edu.check(self.name, wrong)
        assert not result.passed
        assert result.message.startswith(said(self.name, key)), result.message
        for got, right in shown_numbers(result.message):
            assert got != right, "the message shows the same text twice"

    def test_each_mistake_that_the_package_names_is_made_here(self):
        made = {key if "." in key else f"{self.name}.{key}" for key, _ in self.wrong}
        assert len(made) >= 6
        named = {
            self.exercise.full_key(key if isinstance(key, str) else key[0])
            for key, _ in self.exercise.mistakes()
        }
        assert named <= made

    def test_the_cases_tell_all_mistakes_from_each_other(self):
        exercise = self.exercise
        right = [("right", exercise.results(exercise.expected or exercise.solution))]
        results = right + [(key, exercise.results(mistake)) for key, mistake in exercise.mistakes()]
        for (key, one), (other_key, other) in itertools.combinations(results, 2):
            assert key == other_key or not all(map(agree, one, other)), f"{key} | {other_key}"

    def test_the_solution_shown_passes_as_the_cell_that_it_is(self):
        lesson = {"np": np, "torch": torch, "F": F, "ppo_edu": ppo_edu}
        exec(exercises.solution_cell(self.name), lesson)
        result = ppo_edu.check(self.name, lesson[self.name])
        assert result.passed and result.message == "Correct."
        assert len(exercises.solution_cell(self.name).splitlines()) <= 25

    def test_the_courses_own_function_passes_with_a_wink(self):
        own = self.exercise.expected or self.exercise.solution
        result = ppo_edu.check(self.name, own)
        assert result.passed and ppo_edu.t("exercise.own_function") in result.message

    def test_the_same_cases_are_drawn_each_time_and_the_learner_s_dice_are_left_alone(self):
        np.random.seed(3)  # noqa: NPY002
        first = self.exercise.all_cases()
        again = self.exercise.all_cases()
        assert len(first) == len(again) > len(self.exercise.cases())
        for one, other in zip(first, again, strict=True):
            for key in one:
                if isinstance(one[key], np.ndarray):
                    np.testing.assert_array_equal(one[key], other[key])
        drawn = np.random.random()  # noqa: NPY002
        np.random.seed(3)  # noqa: NPY002
        assert drawn == np.random.random()  # noqa: NPY002
