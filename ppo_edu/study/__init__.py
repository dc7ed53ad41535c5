"""Many seeds of many variants: training them (`run_study`), what was found, and what can be said of it."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what `__getattr__` finds, for editors
    from ppo_edu.study.results import Results
    from ppo_edu.study.seeds import Variant, ablations, run_study

# Loaded on first use: results and statistics, which lessons read before torch is there, do not need it.
_LOADED_ON_FIRST_USE = {
    "Results": "results",
    "Variant": "seeds",
    "ablations": "seeds",
    "run_study": "seeds",
}

__all__ = ["Results", "Variant", "ablations", "run_study"]


def __getattr__(name: str) -> Any:
    if name not in _LOADED_ON_FIRST_USE:
        raise AttributeError(f"module 'ppo_edu.study' has no attribute {name!r}")
    return getattr(importlib.import_module(f"ppo_edu.study.{_LOADED_ON_FIRST_USE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
