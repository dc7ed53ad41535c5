"""Checks a folder of handed-in notebooks and writes a table: one row a learner, one column an exercise.

Every notebook runs in a process of its own, which is ended when its time or memory is up. That keeps a broken
notebook from stopping the others. It is no sandbox: see `--help`, and `grade`.
"""

import contextlib
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ppo_edu.exercises import names, record
from ppo_edu.language import t

MAX_NOTEBOOK_BYTES = 50 * 10**6
LOOK_EVERY_SECONDS = 0.05


@dataclass
class Handed:
    """What became of one notebook.

    Attributes
    ----------
    learner : str
    notebook : Path
    marks : dict
        From an exercise's name to `record.PASSED` or `record.TRIED`.
    note : str
        What kept the notebook from running to its end, if anything did.
    seconds : float
    """

    learner: str
    notebook: Path
    marks: dict = field(default_factory=dict)
    note: str = ""
    seconds: float = 0.0


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
        What each notebook may take at most: wall-clock time, and bytes with all processes it starts.
    jobs : int
        Notebooks at a time.
    on_notebook : callable, optional
        Called with each `Handed` as it is done.

    Returns
    -------
    list of Handed
    """
    found, stop = list(find(Path(folder))), threading.Event()

    writing = threading.Lock()

    def one(handed):
        run_one(handed, seconds, memory, stop)
        with writing:
            # After each notebook, so that a long run that is broken off leaves what it found.
            write_table(Path(table), found)
            if on_notebook is not None:
                on_notebook(handed)

    with ThreadPoolExecutor(jobs) as pool:
        try:
            list(pool.map(one, found))
        except BaseException:  # Ctrl-C: end what runs, begin nothing more
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def find(folder):
    """Yield a `Handed` for each notebook in `folder`, in the order of the learners' names."""
    for path in sorted(folder.rglob("*.ipynb")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            yield Handed(inside.parts[0] if len(inside.parts) > 1 else path.stem, path)


def run_one(handed, seconds, memory, stop):
    """Run a notebook in a process of its own, and fill in what became of it; the event `stop` ends it."""
    started = time.monotonic()
    if handed.notebook.stat().st_size > MAX_NOTEBOOK_BYTES:
        handed.note = t("grade.too_large", megabytes=MAX_NOTEBOOK_BYTES // 10**6)
        return
    # What the learner's code has left open may keep a file from being removed on Windows.
    with tempfile.TemporaryDirectory(prefix="ppo_edu", ignore_cleanup_errors=True) as workplace:
        marks, report = Path(workplace, "progress.json"), Path(workplace, "report.json")
        desk = Path(workplace, "desk")
        desk.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", "ppo_edu.exercises.run_notebook", handed.notebook.resolve(), report],
            env={**os.environ, record.ELSEWHERE: str(marks), "MPLBACKEND": "Agg"}, cwd=desk,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this program, and a signal to the whole group for theirs
        )  # fmt: skip
        try:
            handed.note = _watch(process, started + seconds, memory, stop)
        finally:
            _end(process)
        handed.marks = _read(marks, {})
        failures = _read(report, None)
    if not isinstance(handed.marks, dict):
        handed.marks = {}
    if not handed.note:
        handed.note = t("grade.stopped_early") if failures is None else _about(failures)
    handed.seconds = time.monotonic() - started


def write_table(table, all_handed):
    """Write the CSV file: whole, or not at all."""
    rows = {}
    for handed in all_handed:
        marks, notes = rows.setdefault(handed.learner, ({}, []))
        for name, mark in handed.marks.items():
            marks[name] = max(marks.get(name, 0), int(mark == record.PASSED))
        if handed.note:
            notes.append(f"{handed.notebook.name}: {handed.note}")
    unfinished = table.with_name(f".{table.name}.unfinished")
    with open(unfinished, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([t("grade.learner"), *names(), t("grade.sum"), t("grade.notes")])
        for learner, (marks, notes) in rows.items():
            passed = sum(marks.get(name, 0) for name in names())
            cells = [marks.get(name, "") for name in names()]
            writer.writerow([_text(learner), *cells, passed, _text("; ".join(notes))])
    unfinished.replace(table)


def _watch(process, deadline, memory, stop):
    """Wait for the end of `process`; return why it must be ended before, or ``""``."""
    while process.poll() is None and not stop.is_set():
        if time.monotonic() > deadline:
            return t("grade.out_of_time")
        if _memory(process) > memory:
            return t("grade.out_of_memory")
        time.sleep(LOOK_EVERY_SECONDS)
    return ""


def _family(process):
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(process.pid)
        return [*parent.children(recursive=True), parent]
    return []


def _memory(process):
    total = 0
    for member in _family(process):
        with contextlib.suppress(psutil.Error):
            total += member.memory_info().rss
    return total


def _end(process):
    for member in _family(process):
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait()


def _read(file, otherwise):
    # The learner's code may have written anything here.
    try:
        return json.loads(file.read_bytes().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return otherwise


def _about(failures):
    cells = ", ".join(f"{number} ({error})" for number, error in failures)
    return t("grade.failed_cells", cells=cells) if cells else ""


def _text(text):
    # A spreadsheet would take such a text for a formula and compute it.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
