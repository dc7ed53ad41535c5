"""The clipped objective in pictures: its curve, one sample's way, and what it does to whole trainings."""

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from ppo_edu import recorded
from ppo_edu.drawing.legend import colour_of, name_of
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREY, ORANGE, PALE, SKY, styled
from ppo_edu.figures.training import curve_axes
from ppo_edu.guards.validation import check_number, float_row
from ppo_edu.language import t
from ppo_edu.objective import clipped_surrogate, unclipped_surrogate

__all__ = ["clip_training", "one_sample", "ppoclip"]


def ratio_gradient(ratio, advantage, epsilon):
    """Return the slope of the clipped surrogate against the ratio, by a difference quotient: without torch.

    The quotient looks towards r = 1, so at the corners it is the slope inside the clip range: what autograd
    gives there, too.
    """
    # In float32 the step would be lost.
    ratio, advantage = np.asarray(ratio, np.float64), np.asarray(advantage, np.float64)
    step = np.copysign(1e-7, 1 - ratio)
    near = clipped_surrogate(ratio + step, advantage, epsilon)
    return (near - clipped_surrogate(ratio, advantage, epsilon)) / step


def is_flat(objective):
    """Return whether the slope is zero between each two neighbours of `objective`: they are equal."""
    return objective[1:] == objective[:-1]


class ObjectiveCurve:
    """The clipped objective against the ratio on one pair of axes, for one advantage; `update` bends it."""

    ratios = np.linspace(0, 2.2, 111)

    def __init__(self, axes):
        axes.set(xlim=(0, 2.2), xticks=np.arange(0, 2.1, 0.5))
        axes.set(xlabel=t("figure.ratio_axis"), ylabel=t("figure.objective_axis"))
        axes.axvline(1, color=GREY, lw=1, ls=":")
        moving(axes.spines["left"])  # or the shade would cover half of it
        self.shade = moving(axes.axvspan(0, 1, color=PALE, lw=0))
        self.unclipped = moving(axes.plot([], [], color=GREY, lw=1.5, ls="--")[0])
        self.sloped = moving(axes.plot([], [], color=BLUE, lw=4)[0])
        self.flat = moving(axes.plot([], [], color=ORANGE, lw=4)[0])

    def update(self, advantage, epsilon):
        """Draw the curve of `advantage` and `epsilon`; shade the ratios where its slope is zero."""
        # With the corners among the points, the curve is exact wherever the grid lies. Between a corner and a
        # grid point beside it by no more than a rounding error, the slope would look like zero.
        corners = np.array([1 - epsilon, 1 + epsilon])
        beside = np.abs(self.ratios - corners[:, None]).min(axis=0) < 1e-9
        ratios = np.union1d(self.ratios[~beside], corners)
        objective = clipped_surrogate(ratios, advantage, epsilon)
        flat = is_flat(objective)
        for line, pieces in ((self.sloped, ~flat), (self.flat, flat)):
            ends = np.append(pieces, False) | np.insert(pieces, 0, False)
            line.set_data(ratios[ends], objective[ends])
        self.unclipped.set_data(ratios, unclipped_surrogate(ratios, advantage))
        left, right = self.flat.get_xdata()[[0, -1]]
        self.shade.set(x=left, width=right - left)

    def legend(self, figure):
        """Put a legend for this kind of curve above all axes of `figure`."""
        labels = [t("figure.gradient_flows"), t("figure.gradient_is_zero"), t("figure.unclipped")]
        figure.legend([self.sloped, self.flat, self.unclipped], labels, loc="outside upper center", ncols=3)


class SamplePlane:
    """The plane of samples (r, A) on one pair of axes; `update` shades where no gradient flows."""

    def __init__(self, axes, ratios=(0, 2.2), advantages=(-2.1, 2.1)):
        self.drawn_ratios = ratios
        axes.set(xlim=ratios, ylim=advantages)
        axes.set(xlabel=t("figure.ratio_axis"), ylabel=t("figure.advantage_axis"))
        moving(axes.spines["left"])
        self._shades = {
            sign: moving(axes.add_patch(Rectangle((0, 0), 0, limit, color=PALE, lw=0)))
            for sign, limit in zip((-1, 1), advantages, strict=True)
        }
        axes.axhline(0, color=GREY, lw=1, ls=":")
        axes.axvline(1, color=GREY, lw=1, ls=":")

    def update(self, epsilon):
        """Shade the samples that have no gradient at clip range `epsilon`."""
        # All samples of one sign are alike: the objective is proportional to |A|.
        for sign, shade in self._shades.items():
            bounds = np.union1d(self.drawn_ratios, [1 - epsilon, 1 + epsilon])
            (piece,) = np.flatnonzero(is_flat(clipped_surrogate(bounds, sign, epsilon)))
            shade.set(x=bounds[piece], width=bounds[piece + 1] - bounds[piece])


def level_lines(levels, ratios, epsilon):
    """Return the lines in the plane of samples on which the objective has each of `levels`, as one (x, y).

    Where a line runs level, the objective does not change with the ratio.
    """
    x = np.union1d(np.linspace(*ratios, 40), [1 - epsilon, 1 + epsilon])
    # The objective of a sample is |A| times that of A = 1 or A = -1.
    unit = {sign: clipped_surrogate(x, sign, epsilon) for sign in (-1, 1)}
    lines = [abs(level) / unit[np.sign(level)] for level in levels]
    return np.tile(np.append(x, np.nan), len(lines)), np.concatenate([np.append(y, np.nan) for y in lines])


class EpochLine:
    """A number after each epoch as a line, with the present epoch's value as a dot and in words."""

    def __init__(self, axes, color, label, number="{:.2f}", at=(0.04, 0.92)):
        axes.set(xlim=(-0.3, 10.3), xticks=range(0, 11, 2), xlabel=t("figure.epoch_axis"))
        self._label, self._number = label, number
        self._line = moving(axes.plot([], [], color=color)[0])
        self.dot = moving_dots(axes, color=color, marker="o", ms=10, markeredgecolor="white")
        self.text = moving_text(axes, *at, axes.transAxes, color=color)

    def update(self, values, epoch):
        """Show `values`, one per epoch, and the one of `epoch`."""
        self._line.set_data(range(len(values)), values)
        self.dot.set_data([epoch], [values[epoch]])
        self.text.set_text(f"{self._label}: {self._number.format(values[epoch])}")


class ClippedObjective:
    """The clipped objective for A = 1 and A = -1 side by side; `update` bends it to another epsilon."""

    def __init__(self):
        self.picture = Picture(900, 350, t("figure.clipped_objective_alt"))
        good, bad = self.picture.figure.subplots(1, 2)
        good.set(title=t("figure.positive_advantage"), ylim=(-0.15, 2.35), yticks=np.arange(0, 2.1, 0.5))
        bad.set(title=t("figure.negative_advantage"), ylim=(-2.35, 0.15), yticks=-np.arange(0, 2.1, 0.5))
        self.curves = [(1.0, ObjectiveCurve(good)), (-1.0, ObjectiveCurve(bad))]
        self._corners = [moving_dots(axes, color=ORANGE, marker="o", ms=8) for axes in (good, bad)]
        # Where no curve comes at any clip range, and the line at r = 1 does not either.
        self._labels = [
            moving_text(axes, x, 0.91, axes.transAxes, color=ORANGE, ha=side)
            for axes, x, side in ((good, 0.03, "left"), (bad, 0.97, "right"))
        ]
        self.curves[0][1].legend(self.picture.figure)

    def update(self, epsilon):
        """Bend the curves to clip range `epsilon`."""
        bounds = (f"1 + ε = {1 + epsilon:.2f}", f"1 - ε = {1 - epsilon:.2f}")
        parts = zip(self.curves, self._corners, self._labels, bounds, (0, -1), strict=True)
        for (advantage, curve), corner, label, bound, end in parts:
            curve.update(advantage, epsilon)
            x, y = curve.flat.get_data()
            corner.set_data(x[[end]], y[[end]])
            label.set_text(bound)


@styled
def ppoclip(epsilon=0.2):
    """Return the clipped objective for A > 0 and A < 0, with its flat parts marked (fig. 1 of the PPO paper).

    Parameters
    ----------
    epsilon : float
        Clip range in (0, 1).

    Raises
    ------
    ValueError
        If `epsilon` is out of range.
    """
    check_number("epsilon", epsilon, above=0, below=1)
    drawing = ClippedObjective()
    drawing.update(epsilon)
    return drawing.picture


@styled
def one_sample(with_min, without_min, epsilon):
    """Return how one sample's ratio moves, step by step, along the gradient of each of two objectives.

    Parameters
    ----------
    with_min, without_min : sequence of float, (S,)
        The ratio after each gradient step on `clipped_surrogate` and on `clipped_without_min`.
    epsilon : float
        Clip range in (0, 1), shaded.
    """
    epsilon = check_number("epsilon", epsilon, above=0, below=1)
    with_min, without_min = float_row("with_min", with_min), float_row("without_min", without_min)
    picture = Picture(900, 330, t("figure.one_sample_alt"))
    axes = picture.figure.subplots()
    axes.axhspan(1 - epsilon, 1 + epsilon, color=SKY, alpha=0.2, lw=0, label=t("figure.clip_range"))
    axes.plot(without_min, color=colour_of("clip_only"), marker="s", ms=5, label=t("figure.without_min"))
    axes.plot(with_min, color=colour_of("clip_and_min"), marker="o", ms=5, label=t("figure.with_min"))
    axes.set(xlabel=t("figure.gradient_step_axis"), ylabel=t("figure.ratio_axis"))
    picture.figure.legend(loc="outside upper center", ncols=3)
    return picture


@styled
def clip_training():
    """Return the recorded curves of CartPole trained with the three objectives, at two learning rates."""
    study = recorded.clip_training()
    picture = Picture(900, 400, t("figure.clip_training_alt"))
    panels = picture.figure.subplots(1, 2, sharey=True)
    for axes, rate, curves in zip(panels, study["learning_rates"], study["curves"], strict=True):
        _draw_objectives(axes, study["steps"], dict(zip(study["clips"], curves, strict=True)))
        axes.set_title(t("figure.learning_rate", rate=f"{rate:g}"))
        axes.xaxis.set_major_locator(MaxNLocator(3))
    panels[1].set_ylabel("")
    handles, labels = panels[0].get_legend_handles_labels()
    picture.figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return picture


def objective_name(clip):
    """Return the words for an objective, in the language in use; `clip` is as in `ppo_edu.PPOConfig`."""
    return name_of(_thing(clip))


def _thing(clip):
    return "no_clip" if clip == "none" else clip


def _draw_objectives(axes, grid, curves):
    """Draw curves, a dict from a ``clip`` to (seeds, G), over the steps `grid`, (G,)."""
    curve_axes(axes, (0, grid[-1]), (0, 1))
    for clip, seeds in curves.items():
        name, color = objective_name(clip), colour_of(_thing(clip))
        axes.plot(grid, np.transpose(seeds), color=color, lw=1, alpha=0.35)
        axes.plot(grid, np.median(seeds, axis=0), color=color, lw=3.5, label=name)
    axes.set_ylim(auto=True)
    axes.autoscale(axis="y")
