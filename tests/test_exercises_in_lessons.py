"""Exercises as they stand in the lessons: the stubs run as they are, and the solutions pass every check."""

import ast
import asyncio
import json

import generate
import pytest

from ppo_edu import exercises

TAG = "exercise-"


def exercise_of(cell):
    """Return the name in the tag of a stub, or None."""
    tags = [tag.removeprefix(TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(TAG)]
    return tags[0] if tags else None


LESSONS = [lesson for lesson in generate.find_lessons() if any(map(exercise_of, lesson.cells))]


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
    assert set(found) <= set(exercises.LESSONS[lesson.number])


def _signature(cell, name):
    """Return the parameters of the function `name` that a cell defines, or ``""`` if it sets that name."""
    for statement in ast.parse(cell).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return ast.unparse(statement.args)
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            return ""
    return None


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_with_the_solutions_put_in_every_check_passes(lesson, tmp_path, monkeypatch):
    record = tmp_path / "progress.json"
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(record))
    language = "ko" if int(lesson.number) % 2 else "en"
    notebook = generate.build(lesson, language)
    wanted = {}
    for cell in notebook.cells:
        if name := exercise_of(cell):
            cell.source = exercises.solution_cell(name)
            wanted[name] = "passed"
    asyncio.run(generate.execute(notebook, tmp_path))
    assert json.loads(record.read_text(encoding="utf-8")) == wanted
