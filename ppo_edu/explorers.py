"""The interactive explorers, one function each: call it as a cell's last line and drag.

``explorers.clip()`` shows itself in a notebook; ``explorers.clip().draw(epsilon=0.3)`` is the same picture as
PNG bytes, with no browser and no widget.
"""

import numpy as np

from ppo_edu.figures import (
    BLUE,
    INK,
    ORANGE,
    ClippedObjective,
    ObjectiveCurve,
    Picture,
    SamplePlane,
    moving,
    moving_text,
    ratio_gradient,
    styled,
)
from ppo_edu.language import t
from ppo_edu.live import Explorer, LearningCurve, Slider
from ppo_edu.objective import clipped_surrogate, clipped_without_min, unclipped_surrogate

__all__ = ["LearningCurve", "clip", "clip_point"]


def clip():
    """Return the explorer that bends the clipped objective, for A > 0 and A < 0, with its epsilon slider."""
    return Explorer(styled(ClippedObjective), [_epsilon()])


def _epsilon():
    return Slider("epsilon", t("explorer.epsilon"), low=0.01, high=0.9, step=0.01, start=0.2)


def clip_point():
    """Return the explorer of a single sample (r, A): its objective, its gradient and what the min took."""
    return Explorer(styled(_ClipPoint), [
        Slider("ratio", t("explorer.ratio"), low=0.0, high=2.2, step=0.01, start=1.5),
        Slider("advantage", t("explorer.advantage"), low=-2.0, high=2.0, step=0.05, start=-1.0),
        _epsilon(),
    ])


class _ClipPoint:
    def __init__(self):
        self.picture = Picture(900, 390, t("explorer.clip_point_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.85))
        left, right = figure.subplots(1, 2)
        left.set(title=t("explorer.objective_of_point"), ylim=(-4.6, 4.6))
        right.set(title=t("explorer.plane_of_points"))
        self._curve, self._plane = ObjectiveCurve(left), SamplePlane(right)
        self._tangent = moving(left.plot([], [], color=INK, lw=2, zorder=4)[0])
        dot = {"color": INK, "marker": "o", "ms": 11, "markeredgecolor": "white", "zorder": 5}
        self._dots = [moving(axes.plot([], [], **dot)[0]) for axes in (left, right)]
        self._pull = moving(right.plot([], [], color=BLUE, lw=3, ms=10, markevery=[1], zorder=4)[0])
        self._minimum = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self._push = moving_text(figure, 0.02, 0.87, figure.transFigure)

    def update(self, ratio, advantage, epsilon):
        self._curve.update(advantage, epsilon)
        self._plane.update(epsilon)
        objective, plain, clipped, gradient = (
            round(float(function), 6) + 0.0  # no "-0.00" to read
            for function in (
                clipped_surrogate(ratio, advantage, epsilon),
                unclipped_surrogate(ratio, advantage),
                clipped_without_min(ratio, advantage, epsilon),
                ratio_gradient(ratio, advantage, epsilon),
            )
        )
        reach = np.array([-0.25, 0.25])
        self._tangent.set_data(ratio + reach, objective + gradient * reach)
        self._dots[0].set_data([ratio], [objective])
        self._dots[1].set_data([ratio], [advantage])
        self._pull.set_data([ratio, ratio + 0.2 * gradient], [advantage, advantage])
        self._pull.set_marker(">" if gradient > 0 else "<" if gradient < 0 else "")
        took = (
            t("explorer.took_either") if plain == clipped
            else t("explorer.took_plain") if objective == plain
            else t("explorer.took_clipped")
        )
        self._minimum.set_text(
            t("explorer.minimum", plain=plain, clipped=clipped, objective=objective, took=took))
        push = (
            t("explorer.push_up") if gradient > 0
            else t("explorer.push_down") if gradient < 0
            else t("explorer.push_nothing")
        )
        self._push.set(
            text=t("explorer.gradient", gradient=gradient, push=push), color=BLUE if gradient else ORANGE)
