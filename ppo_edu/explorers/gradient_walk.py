"""A walk along the policy gradient: what the surrogate promises, and what the return does."""

import functools

import numpy as np
from matplotlib.patches import Rectangle

from ppo_edu.drawing.controls import Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.legend import colour_of
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREY, INK, ORANGE, SKY, styled
from ppo_edu.guards.validation import check_table, float_row
from ppo_edu.language import t
from ppo_edu.recorded.steps import RECORDED_DELTA, STATES, recorded

__all__ = ["cliff"]


def cliff(data=None):
    """Return the explorer of a walk along the policy gradient: return, surrogate, KL and the policy.

    Parameters
    ----------
    data : dict, optional
        From `ppo_edu.study.landings.walk`, with "probs" (K, S) of pushing right in `STATES`, for lengths in
        equal steps from 0; the recorded walk if not given.
    """
    data = recorded("cliff") if data is None else check_table("data", data, recorded("cliff"))
    lengths = float_row("lengths", data["lengths"])
    step = round(float(lengths[1] - lengths[0]), 6)
    return Explorer(
        styled(functools.partial(CliffScene, data)),
        [
            Slider(
                "length",
                t("trust_region.length"),
                low=0.0,
                high=round(float(lengths[-1]), 6),
                step=step,
                start=0.3,
            ),
        ],
    )


class CliffScene:
    def __init__(self, data, others=()):
        self._data, self._others = data, others
        self.picture = Picture(900, 560, t("trust_region.cliff_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.92))
        grid = figure.add_gridspec(3, 3, width_ratios=(2.1, 0.4, 0.8), height_ratios=(1.6, 1, 1))
        curves = [figure.add_subplot(grid[row, 0]) for row in range(3)]
        self._draw_curves(curves)
        self._lines = [moving(axes.axvline(0, color=INK, lw=1)) for axes in curves]
        dot = {"color": INK, "marker": "o", "ms": 9, "markeredgecolor": "white", "zorder": 5}
        self.dots = [moving_dots(axes, **dot) for axes in curves]
        _draw_states(figure.add_subplot(grid[:, 1]))
        bars = figure.add_subplot(grid[:, 2])
        rows = len(STATES)
        bars.set(xlim=(0, 1), ylim=(rows - 0.5, -0.5), yticks=[], xticks=(0, 0.5, 1))
        bars.set_title(t("trust_region.push_right"))
        self.bars = [
            moving(bars.add_patch(Rectangle((0, row - 0.22), 0, 0.44, color=SKY))) for row in range(rows)
        ]
        self.words = moving_text(figure, 0.02, 0.955, figure.transFigure)

    def _draw_curves(self, curves):
        lengths, returns, error = (self._data[name] for name in ("lengths", "return", "return_error"))
        names, colours = ("return", "surrogate_gain", "kl"), (BLUE, ORANGE, colour_of("kl"))
        for axes, name, color in zip(curves, names, colours, strict=True):
            for other in self._others:
                # On the KL's logarithmic axis the start, 0, would be a line straight down.
                height = np.where((name != "kl") | (other[name] > 0), other[name], np.nan)
                axes.plot(other["lengths"], height, color=color, lw=1.2, alpha=0.35)
        curves[0].fill_between(lengths, returns - 2 * error, returns + 2 * error, color=BLUE, alpha=0.2, lw=0)
        curves[0].plot(lengths, returns, color=BLUE)
        curves[0].axhline(returns[0], color=GREY, lw=1.5, ls="--")
        curves[0].set(title=t("trust_region.true_return"), ylim=(0, None))
        curves[1].plot(lengths, self._data["surrogate_gain"], color=ORANGE)
        curves[1].axhline(0, color=GREY, lw=1.5, ls="--")
        curves[1].set_title(t("trust_region.promised"))
        curves[2].plot(lengths, self._data["kl"], color=colour_of("kl"))
        curves[2].axhline(RECORDED_DELTA, color=GREY, lw=1.5, ls="--")
        curves[2].set(title=t("trust_region.kl_title"), xlabel=t("trust_region.length_axis"))
        curves[2].set(
            yscale="log", ylim=(1e-4, 10), yticks=(1e-4, 1e-2, 1), yticklabels=("0.0001", "0.01", "1")
        )
        for axes in curves:
            # Room for the dot at either end.
            axes.set_xlim(-0.02 * lengths[-1], 1.02 * lengths[-1])

    def update(self, length):
        at = int(np.abs(self._data["lengths"] - length).argmin())
        found = {name: float(self._data[name][at]) for name in ("return", "surrogate_gain", "kl")}
        for line, dot, height in zip(self._lines, self.dots, found.values(), strict=True):
            line.set_xdata([length, length])
            dot.set_data([length], [height])
        for bar, prob in zip(self.bars, self._data["probs"][at], strict=True):
            bar.set_width(float(prob))
        self.words.set_text(
            t(
                "trust_region.cliff_words",
                length=length,
                value=found["return"],
                gain=found["surrogate_gain"],
                kl=found["kl"],
            )
        )


def _draw_states(axes):
    """Draw a small cart and pole for each of `STATES`, from top to bottom, with an arrow where it moves."""
    axes.set_axis_off()
    axes.set(xlim=(-1, 1), ylim=(len(STATES) - 0.5, -0.5))
    for row, (position, speed, angle, turning) in enumerate(STATES.tolist()):
        floor, middle = row + 0.26, 0.25 * position
        axes.plot([-0.95, 0.75], [floor, floor], color=GREY, lw=1)
        axes.add_patch(Rectangle((middle - 0.28, floor - 0.14), 0.56, 0.14, color=INK, lw=0))
        # Six times as far as it really leans: 3 degrees would look upright.
        tip = middle + 0.6 * np.sin(6 * angle), floor - 0.14 - 0.42 * np.cos(6 * angle)
        axes.plot([middle, tip[0]], [floor - 0.14, tip[1]], color=ORANGE, lw=4)
        start, push = (tip, turning) if turning else ((middle, floor - 0.07), speed)
        if push:
            end = (start[0] + 0.55 * np.sign(push), start[1])
            axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 2})
