"""Exercises: `check` tells at once whether an answer is right, and if not, which mistake it is.

Each exercise has a file in `tasks` that is named as the exercise: what is right, the cases it is checked
with, and the usual mistakes. `kinds` holds what the exercises share, `comparing` says when two answers are
the same, `isolation` and `calling` keep the kernel safe from a learner's function, `progress_file` remembers
what is done, `journal` tells a class's teacher, if it was asked to, and `class_page` shows it.
"""

import dataclasses
import importlib
import os

from ppo_edu.exercises import isolation, journal, progress_file
from ppo_edu.exercises.prediction import Prediction, predict
from ppo_edu.exercises.result import CheckResult, Hint, Solution
from ppo_edu.exercises.tasks import IN_LESSONS
from ppo_edu.guards.validation import check_choice
from ppo_edu.language.lessons import lessons

LESSONS = {entry.number: IN_LESSONS[slug] for slug, entry in lessons().items() if slug in IN_LESSONS}
SOLUTION_STEP = 4

__all__ = [
    "CheckResult",
    "Hint",
    "Prediction",
    "Solution",
    "check",
    "hint",
    "names",
    "predict",
    "progress",
    "save_program",
    "solution_cell",
]


def names() -> list[str]:
    """Return the names of all exercises, in the order of the lessons."""
    return [name for lesson in LESSONS.values() for name in lesson]


def check(name: str, answer: object) -> CheckResult:
    """Check an answer and tell what is right, or what is wrong and why.

    What is passed is entered in the learner's own file: see `progress`. Where a teacher has turned that on,
    the class's overview sees it, too, and the result says so: see `journal`.

    Parameters
    ----------
    name : str
        One of `names`.
    answer
        A function, or the number or the letters that it asks for. Whatever it is or does, nothing
        is raised, but for the KeyboardInterrupt of a learner who presses stop.

    Returns
    -------
    CheckResult
        Shows itself in a notebook.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> check("lambda_ends", ...).passed
    False
    """
    exercise = exercise_called(name)
    found = isolation.check(exercise, answer)
    result, seen = progress_file.note(exercise.name, found), journal.checked(exercise.name, found)
    message = f"{result.message}\n\n{seen}" if seen else result.message
    return dataclasses.replace(result, name=exercise.name, message=message)


def hint(name: str, step: int = 1) -> Hint | Solution:
    """Return help with an exercise: hints 1, 2 and 3, each telling more, and the solution, folded, as 4.

    Raises
    ------
    ValueError
        If there is no exercise of that name, or no such step.
    """
    exercise = exercise_called(name)
    step = check_choice("step", step, (1, 2, 3, SOLUTION_STEP))
    return Solution(exercise.solution_text) if step == SOLUTION_STEP else Hint(exercise.hints()[step - 1])


def progress() -> progress_file.Progress:
    """Return what is done across the lessons; shows itself in a notebook.

    It is kept on this machine alone, in the file that `ppo_edu.exercises.progress_file.path` tells. The
    environment variable PPO_EDU_PROGRESS moves it.
    """
    return progress_file.Progress(LESSONS)


def save_program(program: object, path: str | os.PathLike = "my_ppo.py") -> CheckResult:
    """Write the program of exercise "ppo_program" to a file that runs without this package.

    See `whole_program.as_a_file.save_program`.
    """
    from ppo_edu.exercises.whole_program import as_a_file

    return as_a_file.save_program(program, path)


def solution_cell(name: str) -> str:
    """Return the code cell that solves an exercise, to stand in the place of the stub in its lesson."""
    return exercise_called(name).solution_text


def exercise_called(name):
    """Return the exercise called `name`, one of the `kinds`; its file is read now, and not before.

    Raises
    ------
    ValueError
        If there is no exercise of that name, or it is no text.
    """
    # Imported when it is needed: the first lessons check and plot before torch has loaded.
    # An array could not be compared with names, nor need another type be honest about what it equals.
    name = str.__str__(name) if issubclass(type(name), str) else f"<{isolation.calling.type_name(name)}>"
    check_choice("name", name, names())
    if name.startswith("bug_"):
        module = "bugs" if name in IN_LESSONS["full_training"] else "bugs.language"
        return importlib.import_module(f"ppo_edu.exercises.tasks.{module}").EXERCISES[name]
    return importlib.import_module(f"ppo_edu.exercises.tasks.{name}").EXERCISE
