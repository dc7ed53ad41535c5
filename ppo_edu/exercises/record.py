"""The learner's own record of what is done, in one small JSON file. Nothing leaves the machine."""

import contextlib
import dataclasses
import json
import os
import tempfile
from pathlib import Path

import platformdirs

from ppo_edu.language import t

ELSEWHERE = "PPO_EDU_PROGRESS"
PASSED, TRIED, OPEN = "passed", "tried", "open"
SIGNS = {PASSED: "✓", TRIED: "✗", OPEN: "·"}


def path():
    """Return where the record is kept: in the user's data folder, or where PPO_EDU_PROGRESS says."""
    if chosen := os.environ.get(ELSEWHERE):
        return Path(chosen)
    return platformdirs.user_data_path("ppo_edu", appauthor=False) / "progress.json"


def read():
    """Return the record, a dict from an exercise's name to PASSED or TRIED, and a word if it was damaged.

    A damaged file is renamed, so nothing in it is lost, and the record begins anew.

    Raises
    ------
    OSError
        If the file is there, but cannot be read or renamed.
    """
    file = path()
    try:
        marks = json.loads(file.read_bytes().decode("utf-8"))
        if not isinstance(marks, dict) or not set(map(str, marks.values())) <= {PASSED, TRIED}:
            raise ValueError("no record of exercises")
    except FileNotFoundError:
        return {}, ""
    except (ValueError, RecursionError):
        return {}, t("exercise.record_damaged", name=_set_aside(file).name)
    return marks, ""


def note(name, result):
    """Enter a `CheckResult` in the record and return it, with a word added if that went wrong."""
    if not result.attempted:
        return result
    try:
        marks, word = read()
        mark = PASSED if result.passed or marks.get(name) == PASSED else TRIED
        if marks.get(name) != mark:
            _write(path(), {**marks, name: mark})
    except OSError as error:
        word = t("exercise.record_not_written", reason=error.strerror)
    return dataclasses.replace(result, message=f"{result.message}\n\n{word}") if word else result


def _write(file, marks):
    # Whole or not at all: a second file takes the place of the first.
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix=file.name, dir=file.parent)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            json.dump(marks, stream, indent=2)
        os.replace(unfinished, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _set_aside(file):
    number = 1
    while (aside := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")).exists():
        number += 1
    file.rename(aside)
    return aside


class Progress:
    """What is done, lesson by lesson; shows itself in a notebook.

    Attributes
    ----------
    lessons : dict
        From a lesson's number to a dict from an exercise's name to ``"passed"``, ``"tried"`` or ``"open"``.
    """

    def __init__(self, lessons):
        marks, self._word = read()
        self.lessons = {lesson: {name: marks.get(name, OPEN) for name in names}
                        for lesson, names in lessons.items()}

    def __repr__(self):
        lines = [f"{heading}\n    " + "   ".join(f"{SIGNS[mark]} {name}" for name, mark in marks.items())
                 for heading, marks in self._headed()]
        return "\n".join([*lines, *filter(None, [self._word])])

    def _repr_markdown_(self):
        lines = [f"**{heading}**  \n" + "   ".join(f"{SIGNS[mark]} `{name}`" for name, mark in marks.items())
                 for heading, marks in self._headed()]
        return "\n\n".join([*lines, *filter(None, [self._word])])

    def _headed(self):
        for lesson, marks in self.lessons.items():
            done = sum(mark == PASSED for mark in marks.values())
            yield t("exercise.lesson_done", lesson=lesson, done=done, total=len(marks)), marks
