"""pyproject.toml, requirements.lock and environment.yml ask for the same things."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

SYSTEMS = {"linux": ("posix", "Linux"), "win32": ("nt", "Windows"), "darwin": ("posix", "Darwin")}
PLATFORMS = [
    {
        "sys_platform": platform,
        "os_name": os_name,
        "platform_system": system,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
    }
    for platform, (os_name, system) in SYSTEMS.items()
    for python in ("3.11", "3.12", "3.13")
]


def locked():
    return [Requirement(line) for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]


def pin(requirement):
    [specifier] = requirement.specifier
    assert specifier.operator == "==", f"{requirement} is not pinned"
    return specifier.version


def asked_for(*extras):
    groups = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {canonicalize_name(asked.name): asked for group in groups for asked in map(Requirement, group)}


def conda_pins():
    [pip] = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    options = [line for line in pip if line.startswith("-")]
    return options, {canonicalize_name(r.name): r for r in map(Requirement, set(pip) - set(options))}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda p: f"{p['sys_platform']}-{p['python_version']}")
def test_lock_pins_every_dependency_once_and_in_range(platform):
    pins = {}
    for requirement in locked():
        if requirement.marker is None or requirement.marker.evaluate(platform):
            name = canonicalize_name(requirement.name)
            assert name not in pins, f"{name} is pinned twice"
            pins[name] = pin(requirement)
    for name, asked in asked_for("lab", "test", "cluster", "site").items():
        assert name in pins, f"pyproject.toml asks for {name}, which requirements.lock lacks: make lock"
        assert asked.specifier.contains(pins[name]), f"{asked} excludes the lock's {pins[name]}: make lock"


def test_lock_leaves_out_what_belongs_to_one_machine():
    lines = [line for line in LOCK.splitlines() if not line.lstrip().startswith("#")]
    strange = [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+( ; [\w\s.<>=!()']+)?", line)]
    assert not strange, "a pin is `name==version ; marker`, without hosts, options, paths or local versions"
    assert not re.search(r"://|/tmp|/home|/opt", LOCK)
    assert not [r.name for r in locked() if r.name.startswith(("nvidia", "cuda", "triton"))], "GPU libraries"


@pytest.mark.parametrize(
    ("name", "platforms"),
    [("pywinpty", {"win32"}), ("colorama", {"win32"}), ("pexpect", {"linux", "darwin"})],
)
def test_packages_of_one_platform_are_marked(name, platforms):
    [requirement] = [requirement for requirement in locked() if requirement.name == name]
    assert {p["sys_platform"] for p in PLATFORMS if requirement.marker.evaluate(p)} == platforms


def test_environment_pins_what_pyproject_asks_for_as_the_lock_does():
    options, pins = conda_pins()
    asked = asked_for("lab")
    versions = {canonicalize_name(requirement.name): pin(requirement) for requirement in locked()}
    assert pins.keys() == asked.keys()
    for name, requirement in pins.items():
        assert pin(requirement) == versions[name], f"{name} in environment.yml is not the lock's"
        assert requirement.extras == asked[name].extras
    assert options[-1] == "-e .[lab]"
    assert [option.split()[0] for option in options[:-1]] == ["--extra-index-url"]


def test_environment_takes_only_python_and_pip_from_conda():
    assert CONDA["name"] == "ppo_edu"
    assert CONDA["channels"] == ["conda-forge"]
    assert [entry for entry in CONDA["dependencies"] if isinstance(entry, str)] == ["python=3.11", "pip"]


def test_python_versions_agree():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert PROJECT["requires-python"] == ">=3.11"
    assert tools["ruff"]["target-version"] == "py311"
    [conda] = [entry for entry in CONDA["dependencies"] if str(entry).startswith("python=")]
    assert SpecifierSet(PROJECT["requires-python"]).contains(conda.removeprefix("python="))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "sys.version_info < (3, 11)" in makefile
    assert "--python-version 3.11" in makefile


def test_a_folder_called_as_the_package_does_not_hide_it(tmp_path):
    """As where a clone has this name, and Python starts in the folder above it."""
    (tmp_path / "ppo_edu").mkdir()
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", "import ppo_edu; print(ppo_edu.__file__)"]
    done = subprocess.run(command, cwd=tmp_path, env=surroundings, capture_output=True, encoding="utf-8")
    assert done.stdout.strip().endswith("__init__.py"), (
        f"{done.stdout}{done.stderr}`make setup` installs anew"
    )
