"""The interactive explorers, one function each: call it as a cell's last line and drag.

``explorers.clip()`` shows itself in a notebook; ``explorers.clip().draw(epsilon=0.3)`` is the same picture as
PNG bytes, with no browser and no widget. ``dir(explorers)`` names them all.
"""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.gallery import hung_in
from ppo_edu.explorers.training_curve import LearningCurve  # noqa: F401 follows a training, not a slider


def _told_its_call(name, function):
    """Return `function`, whose explorer knows by which call it was made, unless it was given something."""

    @functools.wraps(function)
    def explorer(*args, **kwargs):
        made = function(*args, **kwargs)
        if not args and not kwargs:
            made.call = f"explorers.{name}()"
        return made

    return explorer


_all = {name: _told_its_call(name, function) for name, function in hung_in(__name__, __path__).items()}
globals().update(_all)
__all__ = sorted(_all)

if TYPE_CHECKING:  # editors cannot see what is put into the module's names

    def __getattr__(name: str) -> Callable[..., Explorer]: ...


def __dir__():
    return __all__
