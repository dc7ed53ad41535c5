"""The interactive explorers, one function each: call it as a cell's last line and drag.

``explorers.clip()`` shows itself in a notebook; ``explorers.clip().draw(epsilon=0.3)`` is the same picture as
PNG bytes, with no browser and no widget.
"""

from ppo_edu.figures import ClippedObjective, styled
from ppo_edu.language import t
from ppo_edu.live import Explorer, Slider


def clip():
    """Return the explorer that bends the clipped objective, for A > 0 and A < 0, with its epsilon slider."""
    return Explorer(styled(ClippedObjective), [_epsilon()])


def _epsilon():
    return Slider("epsilon", t("explorer.epsilon"), low=0.01, high=0.9, step=0.01, start=0.2)
