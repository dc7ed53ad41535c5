"""Exercises as they stand in the lessons. The browser tests put their solutions in and run them there."""

import ast

import pytest
from lessons import source

from ppo_edu import exercises
from ppo_edu.exercises.tasks import IN_LESSONS

TAG = "exercise-"


def exercise_of(cell):
    """Return the name in the tag of a stub, or None."""
    tags = [tag.removeprefix(TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(TAG)]
    return tags[0] if tags else None


LESSONS = [lesson for lesson in source.find_lessons() if any(map(exercise_of, lesson.cells))]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_stub_has_its_check_and_stands_in_the_right_lesson(lesson):
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    found = []
    for stub, after in zip(code, [*code[1:], None], strict=True):
        if name := exercise_of(stub):
            found.append(name)
            assert after is not None and after.source == f'ppo_edu.check("{name}", {name})'
            assert "..." in stub.source
            wanted = _signature(exercises.solution_cell(name), name)
            assert _signature(stub.source, name) == wanted is not None
    assert len(found) == len(set(found))
    assert set(found) <= set(IN_LESSONS[lesson.slug])


def _signature(cell, name):
    """Return the parameters of the function `name` that a cell defines, or ``""`` if it sets that name."""
    for statement in ast.parse(cell).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return ast.unparse(statement.args)
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return ""
    return None
