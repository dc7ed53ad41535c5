"""How long a lesson's cells compute: measured once, for the teacher's notes.

``notebooks/source/teacher/seconds.toml`` holds, for each lesson, the processor seconds of the cells that
take a second or more, by the `fingerprint` of their text. So a cell that was changed is unknown until it is
timed again: ``python -m lessons --time ratio``.
"""

import asyncio
import tomllib

import psutil

from lessons import notebook as building
from lessons.source import NOTEBOOKS, fingerprint
from ppo_edu.guards.files import whole_file

SHORTEST = 1.0
# How many times as long a cell takes when 30 learners run it at once on two cores: 80 s in place of 4 s, and
# 35 s in place of 1.8 s, with 30 kernels under one JupyterHub.
AT_ONCE = 20


def recorded(folder=NOTEBOOKS):
    """Return the recorded seconds: from a lesson's slug to a dict from fingerprint to seconds."""
    path = _path(folder)
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def changed_since(lesson, folder=NOTEBOOKS):
    """Return how many of the timed cells of a lesson are no longer in its source."""
    known = {fingerprint(cell.source) for cell in lesson.cells if cell.cell_type == "code"}
    return len(recorded(folder).get(lesson.slug, {}).keys() - known)


def time(lesson, folder=NOTEBOOKS):
    """Run a lesson, record the seconds of its cells and return them, a dict by fingerprint."""
    notebook = building.build(lesson, "en")
    seconds = asyncio.run(_seconds(notebook, folder / "en"))
    known = {fingerprint(cell.source) for cell in lesson.cells if cell.cell_type == "code"}
    kept = {key: value for key, value in seconds.items() if key in known and value >= SHORTEST}
    found = recorded(folder) | {lesson.slug: kept}
    lines = ["# Written by tools/lessons: seconds of one core that a lesson's cells compute."]
    for slug, cells in sorted(found.items()):
        lines += ["", f"[{slug}]", *(f'"{key}" = {value:.1f}' for key, value in cells.items())]
    path = _path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(("\n".join(lines) + "\n").encode("utf-8"))
    return kept


def _path(folder):
    return folder / "source" / "teacher" / "seconds.toml"


async def _seconds(notebook, folder):
    """Return the processor seconds of each code cell, by the fingerprint of its text."""
    client = building.client_of(notebook, folder)
    seconds, before = {}, {}

    def spent():
        # Of the kernel and what it started: another one's work on this machine does not count.
        times = psutil.Process(client.km.provisioner.pid).cpu_times()
        return times.user + times.system + times.children_user + times.children_system

    def begin(cell, cell_index):
        before["begin"] = spent()

    def end(cell, cell_index, execute_reply):
        seconds[fingerprint(cell.source)] = spent() - before["begin"]

    client.on_cell_execute, client.on_cell_executed = begin, end
    await client.async_execute()
    return seconds
