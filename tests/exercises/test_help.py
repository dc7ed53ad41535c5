"""Names, hints, solutions: what holds for all exercises."""

import pkgutil

import pytest

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import tasks
from ppo_edu.language import catalogue

EXERCISES = {name: exercises.exercise_called(name) for name in exercises.names()}


def test_each_file_is_one_exercise_of_that_name_and_each_exercise_has_one():
    files = {module.name for module in pkgutil.iter_modules(tasks.__path__)} - {"bugs"}
    assert files == {name for name in EXERCISES if not name.startswith("bug_")}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_two_words_of_an_exercise_are_the_same(language):
    words = catalogue(language)
    for name in EXERCISES:
        own = [text for key, text in words.items() if key.startswith(f"{name}.")]
        assert len(own) == len(set(own)), name


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", EXERCISES)
def test_hints_come_in_three_steps_and_none_is_the_solution(name, language):
    ppo_edu.use_language(language)
    hints = [ppo_edu.hint(name, step) for step in (1, 2, 3)]
    assert len({hint.text for hint in hints}) == 3
    assert all(hint._repr_markdown_().endswith(hint.text) and repr(hint) == hint.text for hint in hints)
    assert ppo_edu.hint(name) == hints[0]
    solution = ppo_edu.hint(name, 4)
    assert solution.text == exercises.solution_cell(name)
    assert solution.text not in repr(solution)
    assert solution._repr_html_().startswith("<details><summary>")


def test_a_wrong_name_or_step_is_told():
    with pytest.raises(ValueError, match=r"name must be one of .*'gae', .* but is 'gea'"):
        ppo_edu.check("gea", ...)
    with pytest.raises(ValueError, match=r"step must be one of 1, 2, 3, 4, but is 5"):
        ppo_edu.hint("gae", 5)


def test_names_are_in_the_order_of_the_lessons():
    names = exercises.names()
    assert names.index("probability_ratio") < names.index("gae") < names.index("make_batch")
    assert {"probability_ratio", "clipped_surrogate", "td_errors", "gae"} <= set(names)
    assert len(names) == len(set(names))
    own = [[name for name in lesson if "bug_" not in name] for lesson in exercises.LESSONS.values()]
    assert all(3 <= len(lesson) <= 8 for lesson in own if "ppo_program" not in lesson)
    assert all(name == EXERCISES[name].name for name in names)
