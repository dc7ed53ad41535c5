"""The learner's own small JSON file of what is done. Nothing leaves the machine."""

import contextlib
import dataclasses
import errno
import html
import json
import os
import stat
import tempfile
from pathlib import Path

import filelock
import platformdirs

from ppo_edu.exercises import journal
from ppo_edu.guards.console import printable
from ppo_edu.language import current_language, t
from ppo_edu.language.lessons import anchor, exercise_headings
from ppo_edu.language.lessons import lessons as listed

ELSEWHERE = "PPO_EDU_PROGRESS"
PASSED, TRIED, OPEN = "passed", "tried", "open"
MAX_BYTES = 10**6
LOCK_SECONDS = 10.0
SIGNS = {PASSED: "✓", TRIED: "✗", OPEN: "☐"}
COLOURS = {PASSED: "#00744f", TRIED: "#b24e00", OPEN: "inherit"}
PLAIN_SIGNS = {PASSED: "○", TRIED: "×", OPEN: "□"}  # a Korean console (CP949) has these


def path():
    """Return where the file is kept: in the user's data folder, or where PPO_EDU_PROGRESS says."""
    if chosen := os.environ.get(ELSEWHERE):
        return Path(chosen)
    return platformdirs.user_data_path("ppo_edu", appauthor=False) / "progress.json"


def load(file):
    """Return the marks in `file`, a dict from an exercise's name to PASSED or TRIED.

    Raises
    ------
    ValueError
        If the file is damaged or is something else.
    OSError
        If there is no such file, or it cannot be read.
    """
    marks = stored(file)
    if not all(mark in (PASSED, TRIED) for mark in marks.values()):
        raise ValueError("no marks of exercises")
    return marks


def stored(file):
    """Return what `write` has put into `file`, a dict; raise as `load` does."""
    # What is no plain file, a pipe say, might keep whoever reads it waiting for ever.
    if not stat.S_ISREG(os.stat(file).st_mode):
        raise OSError(errno.EINVAL, t("exercise.progress_no_file", name=Path(file).name))
    with open(file, "rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    try:
        facts = json.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("too deep") from error
    if len(content) > MAX_BYTES or not isinstance(facts, dict):
        raise ValueError("not what was written")
    return facts


def note(name, result):
    """Enter a `CheckResult` in the file and return it, with a word added if that went wrong."""
    if not result.attempted:
        return result
    try:
        with contextlib.suppress(OSError, ValueError):
            if not _changes(load(path()), name, result):
                return result
        with alone(path()):
            marks, word = _read_or_set_aside()
            if _changes(marks, name, result):
                write(path(), {**marks, name: PASSED if result.passed else TRIED})
    except (OSError, RuntimeError) as error:  # the latter if there is no home folder
        word = t("exercise.progress_not_written", reason=reason(error))
    return dataclasses.replace(result, message=f"{result.message}\n\n{word}") if word else result


def _changes(marks, name, result):
    return marks.get(name) != (PASSED if result.passed or marks.get(name) == PASSED else TRIED)


@contextlib.contextmanager
def alone(file):
    """Return a context in which no other notebook, and no other thread of this one, writes this file.

    Parameters
    ----------
    file : Path
        It is there or not yet. Its folder is made, and a lock lies beside it.

    Raises
    ------
    filelock.Timeout
        If the lock is not free after `LOCK_SECONDS`. (It is an OSError.)
    OSError
        If the folder cannot be made or the lock not be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(file.with_name(f".{file.name}.lock"), timeout=LOCK_SECONDS)
    # Some network drives know no locks: there, two notebooks that write at the same moment may lose a mark.
    with contextlib.suppress(NotImplementedError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _read_or_set_aside():
    # A damaged file is renamed, so nothing in it is lost, and another one is begun.
    try:
        return load(path()), ""
    except FileNotFoundError:
        return {}, ""
    except ValueError:
        return {}, t("exercise.progress_damaged", name=set_aside(path()).name)


def reason(error):
    """Return what `error` says to a reader."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def write(file, facts):
    """Put `facts`, a dict, into `file`."""
    # Whole or not at all: a second file takes the place of the first.
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(prefix=file.name, dir=file.parent)
    try:
        with open(handle, "w", encoding="utf-8") as stream:
            json.dump(facts, stream, indent=2)
        os.replace(unfinished, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def set_aside(file):
    """Rename a damaged `file`, so that nothing in it is lost; return its new path."""
    number = 1
    while os.path.lexists(aside := file.with_name(f"{file.stem}.damaged-{number}{file.suffix}")):
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
        try:
            with alone(path()) if path().exists() else contextlib.nullcontext():
                marks, of_marks = _read_or_set_aside()
        except (OSError, RuntimeError) as error:
            marks, of_marks = {}, t("exercise.progress_not_read", reason=reason(error))
        self.lessons = {
            lesson: {name: marks.get(name, OPEN) for name in names} for lesson, names in lessons.items()
        }
        from ppo_edu.exercises import prediction

        chosen, word = prediction.read()
        seen = t("journal.seen") if journal.folder() is not None else ""
        self._predicted, self._words = (
            sorted(chosen.items()),
            [each for each in (of_marks, word, seen) if each],
        )

    def __repr__(self):
        lines = [
            "\n".join(
                [
                    heading,
                    *(f"    {PLAIN_SIGNS[mark]} {title(name)} ({name})" for name, mark in marks.items()),
                ]
            )
            for heading, marks in self._headed()
        ]
        predicted = [f"    {name}: {words}" for name, words in self._predicted]
        if predicted:
            predicted.insert(0, t("prediction.heading"))
        return printable("\n".join([*lines, *predicted, *self._words]))

    def _repr_html_(self):
        parts = []
        for lesson, (heading, marks) in zip(self.lessons, self._headed(), strict=True):
            items = "".join(_item(lesson, name, mark) for name, mark in marks.items())
            parts.append(f'<p><b>{html.escape(heading)}</b></p><ul style="list-style: none">{items}</ul>')
        predicted = "".join(
            f"<li><code>{html.escape(name)}</code> {html.escape(words)}</li>"
            for name, words in self._predicted
        )
        if predicted:
            parts.append(f"<p><b>{html.escape(t('prediction.heading'))}</b></p><ul>{predicted}</ul>")
        return "".join([*parts, *(f"<p>{html.escape(word)}</p>" for word in self._words)])

    def _headed(self):
        for lesson, marks in self.lessons.items():
            done = sum(mark == PASSED for mark in marks.values())
            yield t("exercise.lesson_done", lesson=lesson, done=done, total=len(marks)), marks


def title(name):
    """Return what an exercise is called in its lesson, in the language in use."""
    heading = exercise_headings().get(name, {}).get(current_language(), name)
    return heading.split(" · ", 1)[-1]


def _item(lesson, name, mark):
    """Return an exercise as an item of a list, with a link to its place in the lesson."""
    words = html.escape(title(name))
    heading = exercise_headings().get(name, {}).get(current_language())
    entry = next((entry for entry in listed().values() if entry.number == lesson), None)
    if heading and entry:
        words = f'<a href="{html.escape(entry.name)}.ipynb{anchor(heading)}">{words}</a>'
    sign = f'<b style="color: {COLOURS[mark]}">{SIGNS[mark]}</b>'
    return f"<li>{sign} {words} <code>{html.escape(name)}</code></li>"
