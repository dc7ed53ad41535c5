"""``pip install ppo-edu`` is enough for all but the server: nothing else can be imported here."""

import csv
import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ppo_edu.language import LANGUAGES, catalogue

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def asked_for():
    """Return the names of all packages that the course needs, and that those need in turn."""
    found, to_see = set(), [Requirement(line) for line in PROJECT["dependencies"]]
    while to_see:
        asked = to_see.pop()
        name = (canonicalize_name(asked.name), *sorted(asked.extras))
        if name in found or (asked.marker and not asked.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        try:
            needed = map(Requirement, importlib.metadata.requires(asked.name) or ())
        except importlib.metadata.PackageNotFoundError:
            continue
        extras = [{"extra": extra} for extra in asked.extras] or [{"extra": ""}]
        for need in needed:
            if need.marker is None or any(need.marker.evaluate(extra) for extra in extras):
                need.marker = None
                to_see.append(need)
    return {name for name, *_ in found}


def others():
    """Return the modules that are installed here, and would not be if the course were installed alone."""
    promised = asked_for() | {"ppo-edu", "pip", "setuptools"}
    packages = importlib.metadata.packages_distributions()
    return sorted(
        module
        for module, owners in packages.items()
        if module.isidentifier() and not promised & set(map(canonicalize_name, owners))
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Return the environment of a Python in which only what the course asks for can be imported."""
    folder = tmp_path_factory.mktemp("alone")
    blocked = others()
    assert {"jupyterlab", "jupyter_server", "jupytext", "nbformat", "jupyterhub"} <= set(blocked)
    code = f"import sys\nsys.modules.update(dict.fromkeys({blocked!r}))\n"
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    paths = [str(folder), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    told = {
        "PYTHONPATH": os.pathsep.join(paths),
        "PPO_EDU_PROGRESS": str(folder / "progress.json"),
        "PPO_EDU_LESSONS": str(folder / "lessons"),
    }
    return os.environ | told


EVERYTHING = """
import importlib, json, pkgutil, sys
import torch
import ppo_edu

# A device that the session has set is not where a module keeps what it makes while it is loaded.
torch.set_default_device("meta")
for name in ppo_edu.__all__:
    found = getattr(ppo_edu, name)
    for inner in getattr(found, "__all__", ()):
        getattr(found, inner)
for module in pkgutil.walk_packages(ppo_edu.__path__, "ppo_edu."):
    if module.name != "ppo_edu.jupyter.server" and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
torch.set_default_device(None)
kept = [vars(module) for name, module in sys.modules.items() if name.startswith("ppo_edu.")]
pairs = [pair for names in kept for pair in names.items()]
assert not [name for name, value in pairs if isinstance(value, torch.Tensor) and value.is_meta]
from ppo_edu import explorers

explorers.gae()._repr_mimebundle_()
ppo_edu.finish()._repr_mimebundle_()
ppo_edu.predict("gae.two_ends", "yes", "no")._repr_mimebundle_()
assert ppo_edu.check("probability_ratio", ppo_edu.probability_ratio).passed
assert len(ppo_edu.train(max_steps=2000).returns)
print("done")
"""


def test_every_public_name_works(alone):
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING], env=alone, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.endswith("done\n"), done.stderr


ANSWERED = """
import numpy as np
import ppo_edu

def ratio(log_prob, old_log_prob):
    return np.exp(log_prob - old_log_prob)

ppo_edu.check("probability_ratio", ratio)
"""


def test_notebooks_are_graded(alone, tmp_path):
    cells = [{"cell_type": "code", "source": ANSWERED}, {"cell_type": "code", "source": "ppo_edu.finish()"}]
    (tmp_path / "one.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    table = tmp_path / "grades.csv"
    command = [sys.executable, "-m", "ppo_edu.exercises", "grade", str(tmp_path), "--table", str(table)]
    done = subprocess.run(command, env=alone, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    [row] = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert row["probability_ratio"] == "1", row


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lessons_say_what_they_open_in(alone, language):
    command = [sys.executable, "-m", "ppo_edu"]
    done = subprocess.run(command, env=alone | {"LANGUAGE": language}, capture_output=True, encoding="utf-8")
    assert done.returncode == 1 and done.stderr.strip() == catalogue(language)["copy.no_lab"]
    assert not Path(alone["PPO_EDU_LESSONS"]).exists(), "nothing was made that nobody can open"
