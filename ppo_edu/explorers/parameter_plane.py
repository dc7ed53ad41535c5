"""The trust region on a plane of a real policy's parameters."""

import functools

import numpy as np
from contourpy import contour_generator

from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.legend import colour_of, name_of
from ppo_edu.drawing.picture import Picture, moving
from ppo_edu.drawing.style import INK, styled
from ppo_edu.guards.validation import check_table
from ppo_edu.language import t
from ppo_edu.recorded.steps import RECORDED_DELTA, recorded

__all__ = ["region"]


def region(data=None):
    """Return the explorer of the trust region on a plane of a real policy's parameters.

    Parameters
    ----------
    data : dict, optional
        As `recorded` returns it for "plane", which is what is drawn if not given.
    """
    data = recorded("plane") if data is None else check_table("data", data, recorded("plane"))
    maps = {t("trust_region.promised"): "surrogate_gain", t("trust_region.true_return"): "returns"}
    return Explorer(
        styled(functools.partial(_Region, data)),
        [
            Slider("delta", t("trust_region.delta"), low=0.002, high=0.05, step=0.002, start=0.01),
            Choice("shown", t("trust_region.map"), maps, "surrogate_gain"),
        ],
    )


class RegionMap:
    """The plane of TRPO's step and PPO's on one pair of axes; `update` moves the trust region's border."""

    def __init__(self, axes, data):
        self._data = data
        axes.set(xlim=data["xs"][[0, -1]], ylim=data["ys"][[0, -1]])
        axes.set(xlabel=t("trust_region.across"), ylabel=t("trust_region.up"), aspect="equal")
        axes.grid(False)
        # The border bends more within a cell of the recorded grid than a straight line shows.
        xs, ys = (
            np.linspace(data[name][0], data[name][-1], 4 * len(data[name]) - 3) for name in ("xs", "ys")
        )
        from scipy.interpolate import RectBivariateSpline  # slow to load, and only needed here

        kl = RectBivariateSpline(data["ys"], data["xs"], data["kl"])(ys, xs)
        self.kl = contour_generator(xs, ys, kl)
        self.border = moving(axes.plot([], [], color=INK, lw=3, label=t("trust_region.border"))[0])
        self.ellipse = moving(
            axes.plot([], [], color=INK, lw=1.5, ls="--", label=t("trust_region.ellipse"))[0]
        )
        path = np.vstack([[0, 0], data["ppo"]])
        moving(axes.plot(*path.T, color=colour_of("ppo"), lw=1.5)[0])
        end = {"marker": "o", "ms": 11, "markeredgecolor": "white", "zorder": 5}
        ppo = moving(axes.plot(*path[-1], color=colour_of("ppo"), label=name_of("ppo"), **end)[0])
        self._step = moving(axes.plot([], [], color=colour_of("trpo"), lw=2.5)[0])
        self._trpo = moving(axes.plot([], [], color=colour_of("trpo"), label=name_of("trpo"), **end)[0])
        moving(axes.plot(0, 0, color=INK, marker="o", ms=9, zorder=5)[0])
        self.keys = [self.border, self.ellipse, self._trpo, ppo]

    def update(self, delta):
        """Draw the border at KL = `delta`, and TRPO's step to the boundary."""
        lines = [np.vstack([line, [np.nan, np.nan]]) for line in self.kl.lines(delta)]
        self.border.set_data(*(np.vstack(lines).T if lines else ([], [])))
        # Points s with s F s / 2 = delta: a circle, stretched by the inverse root of F.
        values, vectors = np.linalg.eigh(self._data["fisher"])
        angles = np.linspace(0, 2 * np.pi, 121)
        circle = np.stack([np.cos(angles), np.sin(angles)])
        self.ellipse.set_data(*(vectors @ (np.sqrt(2 * delta / values)[:, None] * circle)))
        # The direction does not depend on delta, and the length goes with its root.
        end = self._data["trpo"][0] * np.sqrt(delta / RECORDED_DELTA)
        self._step.set_data([0, end[0]], [0, end[1]])
        self._trpo.set_data([end[0]], [end[1]])


class _Region:
    def __init__(self, data):
        self.picture = Picture(900, 450, t("trust_region.region_alt"))
        figure = self.picture.figure
        # With margins of its own, nothing moves when the other map is shown. They leave just the room that
        # the plane fills at one scale both ways, so that the colour bar is as high.
        figure.set_layout_engine("none")
        margins = {"left": 0.082, "right": 0.87, "bottom": 0.12, "top": 0.91}
        axes = figure.subplots(gridspec_kw=margins)
        fine, coarse = (data["xs"], data["ys"]), (data["coarse_xs"], data["coarse_ys"])
        look = {"levels": 16, "cmap": "cividis", "alpha": 0.6, "zorder": 0.5}
        self._maps = {
            "surrogate_gain": axes.contourf(*fine, data["surrogate_gain"], **look),
            "returns": axes.contourf(*coarse, data["returns"], **look),
        }
        self.bars = {name: self._colour_bar(name, drawn) for name, drawn in self._maps.items()}
        self._shown = None
        self.drawn_region = RegionMap(axes, data)
        figure.legend(handles=self.drawn_region.keys, loc="upper center", ncols=4)

    def _colour_bar(self, name, drawn):
        figure = self.picture.figure
        bar = figure.colorbar(drawn, cax=figure.add_axes((0.885, 0.12, 0.02, 0.79)))
        bar.ax.grid(False)
        bar.set_label(
            {"surrogate_gain": t("trust_region.promised"), "returns": t("trust_region.true_return")}[name]
        )
        return bar

    def update(self, delta, shown):
        changed, self._shown = shown != self._shown, shown
        for name, drawn in self._maps.items():
            drawn.set_visible(name == shown)
            self.bars[name].ax.set_visible(name == shown)
        self.drawn_region.update(delta)
        return changed
