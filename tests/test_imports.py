"""What an import loads, and which way the modules lean on each other."""

import ast
import graphlib
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import ppo_edu

PACKAGE = Path(ppo_edu.__file__).parent
SHOWN_TO_LEARNERS = {
    "figures", "live", "explorers", "trust_region", "many_seeds", "workbench", "exercises"}  # fmt: skip


def loaded_by(module):
    """Return the top-level names that a fresh interpreter holds after importing `module`."""
    code = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    return set(done.stdout.split())


def imports():
    """Return the package's modules, each with those that it imports anywhere in its text."""
    paths = {}
    for path in PACKAGE.rglob("*.py"):
        if path != PACKAGE / "__init__.py":
            paths.setdefault(path.relative_to(PACKAGE).parts[0].removesuffix(".py"), []).append(path)
    graph = {}
    for module, files in paths.items():
        names = set()
        trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
        for node in (node for tree in trees for node in ast.walk(tree)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} has a relative import, which this test does not follow"
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        assert "ppo_edu" not in names, f"{module} imports the whole package instead of what it needs"
        used = {name.split(".")[1] for name in names if name.startswith("ppo_edu.")}
        graph[module] = (used & paths.keys()) - {module}
    # use_language checks its argument as everybody does; the messages of the checks come from language.
    graph["language"].discard("validation")
    return graph


def everything_behind(module, graph):
    found, to_see = set(), {module}
    while to_see:
        used = graph[to_see.pop()] - found
        found |= used
        to_see |= used
    return found


def test_importing_the_package_is_light():
    assert not loaded_by("ppo_edu") & {"torch", "gymnasium", "ipywidgets", "matplotlib", "IPython", "PIL"}


@pytest.mark.parametrize("module", ["objective", "advantage", "figures", "live", "explorers", "trust_region",
                                    "many_seeds"])  # fmt: skip
def test_lessons_can_plot_before_torch_has_loaded(module):
    assert not loaded_by(f"ppo_edu.{module}") & {"torch", "gymnasium"}


def test_every_public_name_is_there():
    for name in ppo_edu.__all__:
        assert getattr(ppo_edu, name) is not None
    for name, module in ppo_edu._LOADED_ON_FIRST_USE.items():
        importlib.import_module(f"ppo_edu.{module or name}")


def test_no_module_leans_on_itself_through_others():
    tuple(graphlib.TopologicalSorter(imports()).static_order())


def test_the_formulas_stand_on_the_ground():
    graph = imports()
    for module in ("objective", "advantage", "statistics"):
        assert everything_behind(module, graph) <= {"validation", "language"}


def test_training_runs_through_the_formulas_and_shows_nothing():
    graph = imports()
    behind = everything_behind("training", graph)
    assert {"objective", "advantage", "policy", "rollout", "ppo"} <= behind
    assert not behind & SHOWN_TO_LEARNERS
    assert not everything_behind("ppo", graph) & {"training", *SHOWN_TO_LEARNERS}


def test_nothing_reads_from_what_learners_see():
    for module, used in imports().items():
        # "data" is the scripts that recorded what is shown.
        may = module in {*SHOWN_TO_LEARNERS, "data"}
        assert may or not used & SHOWN_TO_LEARNERS, f"{module} imports {used}"
