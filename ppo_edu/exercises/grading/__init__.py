"""Checks a folder of handed-in notebooks and writes a table: one row a learner, one column an exercise.

Every notebook runs in a kernel of its own, as in JupyterLab, which is ended when its time or memory is up.
That keeps a broken notebook from stopping the others. It is no sandbox: see `--help`, and `grade`.
"""

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ppo_edu.exercises import names, progress_file
from ppo_edu.exercises.grading.file_names import shown
from ppo_edu.exercises.grading.sources import unexplained
from ppo_edu.guards.files import check_replaceable
from ppo_edu.guards.validation import check_count, check_number, in_words
from ppo_edu.language import t

MAX_NOTEBOOK_BYTES = 50 * 10**6
MAX_REPORT_BYTES = 10**6
KEPT_FREE_BYTES = 200 * 10**6  # of the disk
LOOK_EVERY_SECONDS = 0.05


@dataclass
class Handed:
    """What became of one notebook.

    Attributes
    ----------
    learner, name : str
        As people write them, whatever letters the file system holds.
    notebook : Path
    marks : dict
        From an exercise's name to `progress_file.PASSED` or `progress_file.TRIED`.
    note : str
        What kept the notebook from running to its end, if anything did, and what is odd about its passes.
    seconds : float
    """

    learner: str
    notebook: Path
    marks: dict = field(default_factory=dict)
    note: str = ""
    seconds: float = 0.0

    @property
    def name(self):
        return shown(self.notebook.name)


def grade(folder, table, *, seconds=300.0, memory=4 * 10**9, jobs=1, on_notebook=None):
    """Run all notebooks in `folder` and write what they passed to `table`, a CSV file.

    This **runs the learners' code on this machine, with the rights of whoever calls it.** A time limit, a
    memory limit and an empty working folder guard against accidents, not against malice: the code can read
    and change files, use the network, and report exercises as passed that are not.

    Parameters
    ----------
    folder : path
        Notebooks of one learner are in a folder named after the learner, or there is one file a learner.
    table : path
        UTF-8 with a byte order mark, so that Excel shows Hangul. 1 is passed, 0 tried, nothing is neither.
    seconds, memory : float
        What each notebook may take at most, above 0: wall-clock time, and bytes with all processes it starts.
    jobs : int
        Notebooks at a time, at least 1.
    on_notebook : callable, optional
        Called with each `Handed` as it is done.

    Returns
    -------
    list of Handed

    Raises
    ------
    OSError
        If the table cannot be written: before the first notebook runs, or after the last.
    """
    check_number("seconds", seconds, above=0)
    check_number("memory", memory, above=0)
    check_count("jobs", jobs)
    table = Path(table)
    check_writable(table)
    found, stop, writing = list(find(Path(folder))), threading.Event(), threading.Lock()

    def one(handed, copy):
        started = time.monotonic()
        try:
            run_one(handed, copy, seconds, memory, stop)
        except Exception as error:  # whatever it is, the others are graded
            handed.note = t("grade.not_run", reason=in_words(error))
        handed.seconds = time.monotonic() - started
        with writing:
            # After each notebook, so that a long run that is broken off leaves what it found. If the disk is
            # full just now, or the table open in a spreadsheet, it is tried again after the next one.
            with contextlib.suppress(OSError):
                write_table(table, found)
            if on_notebook is not None:
                on_notebook(handed)

    with tempfile.TemporaryDirectory(prefix="ppo_edu", ignore_cleanup_errors=True) as stash:
        # Before the first runs, which might change or remove another's.
        copies = [_copied(handed, Path(stash, f"{number}.ipynb")) for number, handed in enumerate(found)]
        with ThreadPoolExecutor(jobs) as pool:
            try:
                list(pool.map(one, found, copies))
            except BaseException:  # Ctrl-C: end what runs, begin nothing more
                stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    if found:
        write_table(table, found)
    return found


def find(folder):
    """Yield a `Handed` for each notebook in `folder`, in the order of the learners' names."""
    handed = []
    for path in folder.rglob("*.ipynb"):
        inside = path.relative_to(folder)
        # Looked at in turn, because a sync client may take one away at any time.
        with contextlib.suppress(OSError):
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                handed.append(Handed(shown(inside.parts[0] if len(inside.parts) > 1 else path.stem), path))
    yield from sorted(handed, key=lambda one: (one.learner, os.fsencode(one.notebook)))


def run_one(handed, notebook, seconds, memory, stop):
    """Run `notebook`, the copy of a handed-in one, and fill in what became of it; `stop` ends it at once."""
    if notebook is None:
        return
    # What the learner's code has left open may keep a file from being removed on Windows.
    with contextlib.ExitStack() as stack:
        workplace = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="ppo_edu", ignore_cleanup_errors=True))
        )
        marks, room = workplace / "progress.json", workplace / "kernel"
        desk, temporary = workplace / "desk", workplace / "tmp"
        for folder in (room, desk, temporary):
            folder.mkdir()
        # Without a name: it is not for the learner's code.
        report = stack.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(
            [sys.executable, "-m", "ppo_edu.exercises.grading.run_notebook", notebook, room],
            env=_surroundings(marks, room, temporary),
            cwd=desk,
            stdin=subprocess.DEVNULL,
            stdout=report,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this program, and a signal to the whole group for theirs
        )
        seen = set()
        try:
            why_ended = _watch(process, time.monotonic() + seconds, memory, workplace.parent, seen, stop)
        finally:
            _end(process, seen, str(marks))
        handed.marks, about_marks = _read_marks(marks)
        notes = [why_ended or about_notebook(report), about_marks, _about_passes(notebook, handed.marks)]
        handed.note = "; ".join(filter(None, notes))


def check_writable(table):
    """Raise OSError if `table` cannot be written."""
    check_replaceable(table)
    if table.exists():
        open(table, "r+b").close()  # also says so where a spreadsheet holds it
    unfinished = _unfinished(table)
    open(unfinished, "wb").close()
    unfinished.unlink()


def write_table(table, all_handed):
    """Write the CSV file: whole, or not at all."""
    rows = {}
    for handed in all_handed:
        marks, notes = rows.setdefault(handed.learner, ({}, []))
        for name, mark in handed.marks.items():
            marks[name] = max(marks.get(name, 0), int(mark == progress_file.PASSED))
        if handed.note:
            notes.append(f"{handed.name}: {handed.note}")
    unfinished = _unfinished(table)
    try:
        with open(unfinished, "w", encoding="utf-8-sig", errors="backslashreplace", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([t("grade.learner"), *names(), t("grade.sum"), t("grade.notes")])
            for learner, (marks, notes) in rows.items():
                passed = sum(marks.get(name, 0) for name in names())
                cells = [marks.get(name, "") for name in names()]
                writer.writerow([_text(learner), *cells, passed, _text("; ".join(notes))])
        unfinished.replace(table)
    finally:
        unfinished.unlink(missing_ok=True)


def _unfinished(table):
    return table.with_name(f".{table.name}.unfinished")


def _copied(handed, copy):
    """Return the copy of a notebook, or None with a note if it cannot be had."""
    try:
        if handed.notebook.stat().st_size > MAX_NOTEBOOK_BYTES:
            handed.note = t("grade.too_large", megabytes=MAX_NOTEBOOK_BYTES // 10**6)
            return None
        return Path(shutil.copyfile(handed.notebook, copy))
    except OSError as error:
        handed.note = t("grade.not_run", reason=error.strerror or type(error).__name__)
        return None


def _surroundings(marks, room, temporary):
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    surroundings = {
        **os.environ,
        **places,
        progress_file.ELSEWHERE: str(marks),
        "IPYTHONDIR": str(room / "ipython"),
    }
    surroundings.pop("MPLBACKEND", None)  # figures stand in the notebook, as in JupyterLab
    return surroundings


def _watch(process, deadline, memory, disk, seen, stop):
    """Wait for the end of `process`; return why it must be ended before, or ``""``.

    Whatever it starts is entered in `seen`.
    """
    room_at_first = shutil.disk_usage(disk).free > KEPT_FREE_BYTES
    while process.poll() is None and not stop.is_set():
        if time.monotonic() > deadline:
            return t("grade.out_of_time")
        seen.update(_family(process))
        # What forks share counts with each of them at first, and once where it matters: that takes longer.
        if _memory(seen) > memory and _memory(seen, shared_once=True) > memory:
            return t("grade.out_of_memory")
        if room_at_first and shutil.disk_usage(disk).free < KEPT_FREE_BYTES:
            return t("grade.out_of_disk")
        time.sleep(LOOK_EVERY_SECONDS)
    return ""


def _family(process):
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(process.pid)
        return [*parent.children(recursive=True), parent]
    return []


def _memory(seen, shared_once=False):
    total = 0
    for member in list(seen):
        try:
            total += _share_of(member) if shared_once else member.memory_info().rss
        except psutil.Error:
            seen.discard(member)
    return total


def _share_of(process):
    """Return the bytes of `process`, where the system tells it with its share of what it has in common."""
    with contextlib.suppress(psutil.AccessDenied, AttributeError):
        return process.memory_full_info().pss
    return process.memory_info().rss


def _end(process, seen, mark):
    """End `process` and all that came of it: children, group, and who has `mark` in its environment."""
    seen.update(_family(process))
    with contextlib.suppress(OSError, AttributeError):  # Windows knows no groups
        os.killpg(process.pid, signal.SIGKILL)
    for member in seen:
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait()
    # What has left its parents and its session behind; again, because it may just have begun another.
    for _ in range(5):
        left = [other for other in psutil.process_iter() if _has_mark(other, mark)]
        for other in left:
            with contextlib.suppress(psutil.Error):
                other.kill()
        if not left:
            return
        psutil.wait_procs(left, timeout=1)


def _has_mark(other, mark):
    try:
        return other.status() != psutil.STATUS_ZOMBIE and other.environ().get(progress_file.ELSEWHERE) == mark
    except (psutil.Error, OSError):
        return False


def _read_marks(file):
    """Return the marks that the learner's code left, and a word if they cannot be read."""
    try:
        return progress_file.load(file), ""
    except FileNotFoundError:
        return {}, "" if file.parent.exists() else t("grade.progress_damaged")
    except (OSError, ValueError):  # the learner's code may have written anything here
        return {}, t("grade.progress_damaged")


def about_notebook(report):
    """Return a word about the cells that failed, and about an early end."""
    report.seek(0)
    try:
        failures, stopped_at = json.loads(report.read(MAX_REPORT_BYTES))
        cells = ", ".join(f"{int(number)} ({shown(str(error))})" for number, error in failures)
    except (ValueError, TypeError, RecursionError):
        return t("grade.stopped_early")
    words = [t("grade.failed_cells", cells=cells)] if cells else []
    if stopped_at is not None:
        words.append(t("grade.stopped_at", cell=stopped_at) if stopped_at else t("grade.no_kernel"))
    return "; ".join(words)


def _about_passes(notebook, marks):
    passed = [name for name in names() if marks.get(name) == progress_file.PASSED]
    unchecked, borrowed = unexplained(notebook.read_bytes(), passed) if passed else ([], [])
    words = [t("grade.unchecked", names=", ".join(unchecked))] if unchecked else []
    return "; ".join([*words, t("grade.borrowed", names=", ".join(borrowed))] if borrowed else words)


def _text(text):
    # A spreadsheet would take such a text for a formula and compute it.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
