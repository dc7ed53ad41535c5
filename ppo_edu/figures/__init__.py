"""Every still picture of the course, one function each. ``python -m ppo_edu.figures`` draws images/.

``dir(figures)`` names them all.
"""

from ppo_edu.drawing.gallery import hung_in

_all = hung_in(__name__, __path__)
globals().update(_all)
__all__ = sorted(_all)


def __dir__():
    return __all__
