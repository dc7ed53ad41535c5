"""Scripts that no other test runs: they begin, and the folders that they name are there."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The JAX peer needs what the course does not: see benchmarks/README.md.
SCRIPTS = [
    path
    for folder in ("tools/record", "benchmarks")
    for path in sorted((ROOT / folder).glob("*.py"))
    if path.name != "jax_peer.py"
]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_finds_its_way(path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(path.parent), *sys.path])
    before = set(sys.path)
    spec = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    assert all(Path(added).is_dir() for added in set(sys.path) - before)
    named = {name: value for name, value in vars(module).items() if isinstance(value, Path)}
    assert {name for name, value in named.items() if not value.parent.is_dir()} == set()
