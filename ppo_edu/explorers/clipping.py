"""The clipped objective: bent by epsilon, at one sample, and over a whole batch."""

import numpy as np

from ppo_edu.drawing.controls import Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.legend import colour_of, name_of
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREY, INK, for_words, styled
from ppo_edu.explorers.ratios import epoch_slider, epsilon_slider, recorded_ratios
from ppo_edu.figures.clipping import (
    ClippedObjective,
    EpochLine,
    ObjectiveCurve,
    SamplePlane,
    level_lines,
    ratio_gradient,
)
from ppo_edu.language import t
from ppo_edu.objective import clip_fraction, clipped_surrogate, clipped_without_min, unclipped_surrogate

__all__ = ["clip", "clip_cloud", "clip_point"]


def clip():
    """Return the explorer that bends the clipped objective, for A > 0 and A < 0, with its epsilon slider."""
    return Explorer(styled(ClippedObjective), [epsilon_slider()])


def clip_point():
    """Return the explorer of a single sample (r, A): its objective, its gradient and what the min took."""
    return Explorer(
        styled(_ClipPoint),
        [
            Slider("ratio", t("explorer.ratio"), low=0.0, high=2.2, step=0.01, start=1.5, page_step=0.1),
            Slider(
                "advantage",
                t("explorer.advantage"),
                low=-2.0,
                high=2.0,
                step=0.05,
                start=-1.0,
                page_step=0.25,
            ),
            epsilon_slider(page_step=0.05),
        ],
    )


class _ClipPoint:
    def __init__(self):
        self.picture = Picture(900, 390, t("explorer.clip_point_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.85))
        left, right = figure.subplots(1, 2)
        left.set(title=t("explorer.objective_of_point"), ylim=(-4.6, 4.6))
        right.set(title=t("explorer.plane_of_points"))
        self.curve, self._plane = ObjectiveCurve(left), SamplePlane(right)
        self._tangent = moving(left.plot([], [], color=INK, lw=2, zorder=4)[0])
        dot = {"color": INK, "marker": "o", "ms": 11, "markeredgecolor": "white", "zorder": 5}
        self.dots = [moving_dots(axes, **dot) for axes in (left, right)]
        self._pull = moving(right.plot([], [], color=BLUE, lw=3, ms=10, markevery=[1], zorder=4)[0])
        self.minimum = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self.push = moving_text(figure, 0.02, 0.87, figure.transFigure)

    def update(self, ratio, advantage, epsilon):
        self.curve.update(advantage, epsilon)
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
        self.dots[0].set_data([ratio], [objective])
        self.dots[1].set_data([ratio], [advantage])
        self._pull.set_data([ratio, ratio + 0.2 * gradient], [advantage, advantage])
        self._pull.set_marker(">" if gradient > 0 else "<" if gradient < 0 else "")
        took = (
            t("explorer.took_either")
            if plain == clipped
            else t("explorer.took_plain")
            if objective == plain
            else t("explorer.took_clipped")
        )
        self.minimum.set_text(
            t("explorer.minimum", plain=plain, clipped=clipped, objective=objective, took=took)
        )
        push = (
            t("explorer.push_up")
            if gradient > 0
            else t("explorer.push_down")
            if gradient < 0
            else t("explorer.push_nothing")
        )
        self.push.set(
            text=t("explorer.gradient", gradient=gradient, push=push),
            color=for_words(BLUE if gradient else colour_of("no_gradient")),
        )


def clip_cloud():
    """Return the explorer of a recorded batch as points (r, A), marked by whether a gradient flows."""
    return Explorer(
        styled(_ClipCloud),
        [
            epoch_slider(start=3),
            Slider("epsilon", t("explorer.epsilon"), low=0.1, high=0.5, step=0.01, start=0.2, page_step=0.02),
        ],
    )


class _ClipCloud:
    learning_rate = 0.01
    ratios, levels = (0.4, 2.1), (-8, -6, -4, -3, -2, -1, 0.5, 1)

    def __init__(self):
        self.picture = Picture(900, 400, t("explorer.clip_cloud_alt"))
        figure = self.picture.figure
        left, right = figure.subplots(1, 2, width_ratios=(1.4, 1))
        left.grid(False)
        self.drawn_ratios, self.advantages = recorded_ratios(self.learning_rate)
        self._plane = SamplePlane(left, self.ratios, advantages=(-6, 1.5))
        self._levels = moving(left.plot([], [], color=GREY, lw=0.8)[0])
        dots = {"lw": 0, "ms": 4.5, "alpha": 0.7, "markeredgewidth": 0}
        self.flowing = moving(left.plot([], [], color=BLUE, marker="o", **dots)[0])
        self.stopped = moving(left.plot([], [], color=colour_of("no_gradient"), marker="s", **dots)[0])
        self.outside = EpochLine(right, colour_of("clip_fraction"), name_of("clip_fraction"))
        self.without = EpochLine(right, colour_of("no_gradient"), name_of("no_gradient"), at=(0.04, 0.83))
        right.set(ylim=(0, 0.6), ylabel=t("explorer.share_axis"))
        labels = [t("figure.gradient_flows"), t("figure.gradient_is_zero"), t("explorer.level_lines")]
        lines = [self.flowing, self.stopped, self._levels]
        figure.legend(lines, labels, loc="outside upper center", ncols=3, markerscale=2)

    def update(self, epoch, epsilon):
        self._plane.update(epsilon)
        self._levels.set_data(*level_lines(self.levels, self.ratios, epsilon))
        stopped = ratio_gradient(self.drawn_ratios, self.advantages, epsilon) == 0
        for line, chosen in ((self.flowing, ~stopped[epoch]), (self.stopped, stopped[epoch])):
            line.set_data(self.drawn_ratios[epoch, chosen], self.advantages[epoch, chosen])
        self.outside.update([clip_fraction(ratios, epsilon) for ratios in self.drawn_ratios], epoch)
        self.without.update(stopped.mean(axis=1), epoch)
