"""What an import loads, and which way the rooms lean on each other: see the table in CONTRIBUTING.md."""

import ast
import graphlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ppo_edu

PACKAGE = Path(ppo_edu.__file__).parent
ROOT = PACKAGE.parent
HEAVY = {"torch", "gymnasium"}
EVERYBODY_MAY = {"guards", "language"}
ROW = re.compile(r"^\| *(\d*) *\| `(\w+)(?:\.py|/)` \| [^|]+ \| ([^|]*)\|$", re.MULTILINE)


def tables():
    """Return the table of rooms of each language's half, {room: (place in the reading order, imports)}."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    halves = text.split("\n# ")
    return [{room: (place, imports.strip()) for place, room, imports in ROW.findall(half)} for half in halves]


def rooms():
    """Return each room with those that it may import."""
    table = tables()[0]
    algorithm = set(table) - {room for room in table if (PACKAGE / room).is_dir()}
    may = {}
    for room, (_, imports) in table.items():
        named = set(filter(None, imports.split(", ")))
        if "the algorithm" in named:
            named = named - {"the algorithm"} | algorithm
        may[room] = named | EVERYBODY_MAY - {room}
    may["language"] = set()
    may["guards"] = {"language"}
    return may


def imports():
    """Return the package's rooms, each with those that it imports anywhere in its text, and where."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room not in ("__init__", "__main__"):
            used = found.setdefault(room, {})
            for name in names_imported(path):
                used.setdefault(name.split(".")[1], path.relative_to(ROOT))
    return {
        room: {other: where for other, where in used.items() if other in found and other != room}
        for room, used in found.items()
    }


def names_imported(path):
    """Yield the full name of everything in the package that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import, which this test does not follow"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        assert "ppo_edu" not in names, f"{path} imports the whole package instead of what it needs"
        yield from (name for name in names if name.startswith("ppo_edu."))


def loaded(*modules):
    """Return the top-level names that a fresh interpreter holds after importing `modules`."""
    code = f"import sys, {', '.join(modules)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    return set(done.stdout.split())


def test_importing_the_package_is_light():
    assert not loaded("ppo_edu") & {*HEAVY, "ipywidgets", "matplotlib", "IPython", "PIL"}


def test_results_and_statistics_need_no_more_than_arrays():
    assert not loaded("ppo_edu.study.results", "ppo_edu.study.statistics") & {
        *HEAVY,
        "ipywidgets",
        "matplotlib",
    }


def test_lessons_can_plot_before_torch_has_loaded():
    shown = ("objective", "advantage", "recorded", "drawing.live", "figures", "explorers", "exercises")
    assert not loaded(*(f"ppo_edu.{name}" for name in shown)) & {*HEAVY, "scipy"}


def test_every_public_name_is_there():
    for name in ppo_edu.__all__:
        assert getattr(ppo_edu, name) is not None
    for name, module in ppo_edu._LOADED_ON_FIRST_USE.items():
        importlib.import_module(f"ppo_edu.{module or name}")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ppo_edu.nothing


def test_the_table_of_rooms_has_a_row_for_each_and_both_halves_agree():
    english, korean = tables()
    assert english == korean
    assert set(english) == set(imports())


def test_the_table_has_no_circle():
    tuple(graphlib.TopologicalSorter(rooms()).static_order())


def test_no_room_imports_what_the_table_does_not_allow():
    may = rooms()
    for room, used in imports().items():
        for other, where in used.items():
            assert other in may[room], f"{where}: {room} may import {sorted(may[room])} and not {other}"


def test_the_table_allows_no_import_between_files_of_the_algorithm_that_does_not_exist():
    """There each arrow is a sentence of the reading order; rooms may grow within theirs."""
    used = imports()
    for room, (place, named) in tables()[0].items():
        if place and named:
            assert set(named.split(", ")) == used[room].keys() - EVERYBODY_MAY, room


def test_the_reading_order_never_leans_on_a_later_file_but_the_loop():
    place = {room: int(number) for room, (number, _) in tables()[0].items() if number}
    for room, used in imports().items():
        for other in used.keys() & place.keys() if room in place else ():
            # What a training leaves behind can be read without the loop that makes it.
            assert place[other] <= place[room] or (room, other) == ("training", "run")


def test_training_runs_through_the_formulas():
    graph = imports()
    behind, to_see = set(), {"training"}
    while to_see:
        used = graph[to_see.pop()].keys() - behind
        behind |= used
        to_see |= used
    assert {"objective", "advantage", "policy", "rollout", "ppo", "trpo"} <= behind
