"""Public names say what they take and give back; whether that is true, mypy checks by `typed_use.py`."""

import inspect
from pathlib import Path

import pytest

import ppo_edu
from ppo_edu import exercises, study

MODULES = (ppo_edu, study, exercises)
NAMES = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in MODULES
    for name in module.__all__
    if not inspect.ismodule(getattr(module, name))
}


def functions(found):
    """Yield a function, or the methods and properties that a class of ours defines for its users."""
    if not inspect.isclass(found):
        yield found
        return
    for name, member in vars(found).items():
        if not name.startswith("_") or (name == "__init__" and not hasattr(found, "__dataclass_fields__")):
            member = getattr(member, "fget", getattr(member, "__func__", member))
            if inspect.isfunction(member):
                yield member


@pytest.mark.parametrize("name", NAMES)
def test_it_is_annotated(name):
    for function in functions(NAMES[name]):
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.name not in ("self", "cls")]
        bare = [each.name for each in own if each.annotation is inspect.Parameter.empty]
        assert not bare and signature.return_annotation is not inspect.Signature.empty, (function, bare)


def test_editors_are_told_that_there_are_types():
    assert Path(ppo_edu.__file__).with_name("py.typed").exists()
