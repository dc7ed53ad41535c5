"""ppo_edu: the functions that the PPO lessons show, and that train.

The import is light: torch, gymnasium, matplotlib and ipywidgets are loaded on the first use of a name that
needs them (PEP 562).
"""

import importlib
import sys
from typing import TYPE_CHECKING, Any

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # `python -m ppo_edu...` looks for every module in the folder it is started in first. Among handed-in
    # files, a learner's csv.py would be run in the place of Python's.
    del sys.path[0]

from ppo_edu.advantage import gae, td_errors
from ppo_edu.language import t, use_language
from ppo_edu.objective import (
    approx_kl,
    clip_fraction,
    clipped_surrogate,
    clipped_without_min,
    probability_ratio,
    unclipped_surrogate,
)

if TYPE_CHECKING:  # what `__getattr__` finds, for editors
    from ppo_edu import exercises, explorers, figures, language_models, recorded, study, workbench
    from ppo_edu.exercises import check, hint, predict, progress
    from ppo_edu.jupyter.finish import finish
    from ppo_edu.policy import ActorCritic
    from ppo_edu.ppo import PPOConfig
    from ppo_edu.run import TrainingRun
    from ppo_edu.training import train
    from ppo_edu.trpo import TRPOConfig

_LOADED_ON_FIRST_USE = {
    "ActorCritic": "policy",
    "PPOConfig": "ppo",
    "TRPOConfig": "trpo",
    "TrainingRun": "run",
    "check": "exercises",
    "finish": "jupyter.finish",
    "hint": "exercises",
    "predict": "exercises",
    "progress": "exercises",
    "train": "training",
    "exercises": None,
    "explorers": None,
    "figures": None,
    "language_models": None,
    "recorded": None,
    "study": None,
    "workbench": None,
}

__all__ = [
    "ActorCritic",
    "PPOConfig",
    "TRPOConfig",
    "TrainingRun",
    "approx_kl",
    "check",
    "clip_fraction",
    "clipped_surrogate",
    "clipped_without_min",
    "exercises",
    "explorers",
    "figures",
    "finish",
    "gae",
    "hint",
    "language_models",
    "predict",
    "probability_ratio",
    "progress",
    "recorded",
    "study",
    "t",
    "td_errors",
    "train",
    "unclipped_surrogate",
    "use_language",
    "workbench",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("ppo-edu")
    if name not in _LOADED_ON_FIRST_USE:
        raise AttributeError(f"module 'ppo_edu' has no attribute {name!r}")
    module = _LOADED_ON_FIRST_USE[name]
    found = importlib.import_module(f"ppo_edu.{module or name}")
    return getattr(found, name) if module else found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
