"""Every still picture of the course, one function each. ``python -m ppo_edu.figures`` draws images/.

``dir(figures)`` names them all.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ppo_edu.drawing.gallery import hung_in
from ppo_edu.drawing.picture import Picture

_all = hung_in(__name__, __path__)
globals().update(_all)
__all__ = sorted(_all)

if TYPE_CHECKING:  # editors cannot see what is put into the module's names

    def __getattr__(name: str) -> Callable[..., Picture]: ...


def __dir__():
    return __all__
