"""Every still picture of the course, one function each. ``python -m ppo_edu.figures`` draws images/.

A picture is built without pyplot: nothing is shown twice, no figure stays open, and a learner's own
matplotlib settings neither change it nor are changed by it.
"""

import base64
import contextlib
import functools
import io
import threading
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import style as matplotlib_style
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from ppo_edu import recorded
from ppo_edu.language import t
from ppo_edu.objective import clipped_surrogate, probability_ratio, unclipped_surrogate
from ppo_edu.quicktext import QuickText
from ppo_edu.validation import check_count, check_number

# Okabe and Ito's palette: colour-blind readers can tell these apart. https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, SKY, PURPLE = "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#CC79A7"
INK, GREY, PALE = "#222222", "#8A8A8A", "#FBE6D8"

# Sizes are for a picture 900 CSS pixels wide, where 100 dots of matplotlib's inch are 100 CSS pixels.
CSS_DPI = 100
PIXELS_PER_CSS_PIXEL = 2
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 13,
    "axes.unicode_minus": False,  # NanumGothic lacks U+2212
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.dpi": CSS_DPI,
    "font.size": 12,
    "grid.color": "#E8E8E8",
    "legend.frameon": False,
    "lines.linewidth": 2.5,
    "lines.solid_capstyle": "round",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


# matplotlib's settings are the process's, but sliders are heard in a thread of their own (JupyterLab 4.4 and
# ipykernel 7): two styles at once would each put back what the other had set.
_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def style(font_family=None):
    """Return a context in which matplotlib draws as this course does, whatever was set before.

    Only one thread is in it at a time; others wait.
    """
    with _one_at_a_time:
        family = matplotlib.rcParams["font.family"] if font_family is None else font_family
        with matplotlib_style.context(["default", {**_STYLE, "font.family": family}]):
            yield


def styled(function):
    """Make `function` draw in the course's style and in the language in use when it is called."""

    @functools.wraps(function)
    def in_style(*args, **kwargs):
        with style():
            return function(*args, **kwargs)

    return in_style


class Picture:
    """A matplotlib figure with a text for those who cannot see it; a notebook shows it crisp on every screen.

    Parameters
    ----------
    width, height : int
        Size on the page in CSS pixels.
    alt : str
        What the picture shows, in one sentence or two.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        Made without pyplot. (It is a part of the picture and not its base class, because IPython lets a
        formatter that ``%matplotlib inline`` registers for figures overrule the picture's own.)
    """

    def __init__(self, width, height, alt):
        self.width, self.height, self.alt = width, height, alt
        self.font_family = matplotlib.rcParams["font.family"]
        self.figure = Figure(figsize=(width / CSS_DPI, height / CSS_DPI))

    def png(self):
        """Return the picture as PNG bytes, two pixels to a CSS pixel each way."""
        buffer = io.BytesIO()
        with style(self.font_family):
            self.figure.savefig(
                buffer, format="png", dpi=CSS_DPI * PIXELS_PER_CSS_PIXEL, metadata={"Software": None}
            )
        return buffer.getvalue()

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        return still_bundle(self, self.png())


def still_bundle(picture, png):
    """Return the (data, metadata) by which a notebook shows `png` in the picture's size, with its text."""
    data = {"text/plain": picture.alt, "image/png": base64.b64encode(png).decode("ascii")}
    return data, {"image/png": {"width": picture.width, "height": picture.height, "alt": picture.alt}}


def moving(artist):
    """Mark `artist` as one that a LiveFigure draws anew in each frame, and that has no say in the layout."""
    artist.set_animated(True)
    artist.set_in_layout(False)
    return artist


def moving_text(axes, x, y, transform, **look):
    """Return an empty text on `axes` whose words may change with every frame; x and y in `transform`."""
    return moving(axes.add_artist(QuickText(x, y, transform=transform, **look)))


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
        self._ratios = ratios
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
            bounds = np.union1d(self._ratios, [1 - epsilon, 1 + epsilon])
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
        self._dot = moving(axes.plot([], [], color=color, marker="o", ms=10, markeredgecolor="white")[0])
        self._text = moving_text(axes, *at, axes.transAxes, color=color)

    def update(self, values, epoch):
        """Show `values`, one per epoch, and the one of `epoch`."""
        self._line.set_data(range(len(values)), values)
        self._dot.set_data([epoch], [values[epoch]])
        self._text.set_text(f"{self._label}: {self._number.format(values[epoch])}")


class ClippedObjective:
    """The clipped objective for A = 1 and A = -1 side by side; `update` bends it to another epsilon."""

    def __init__(self):
        self.picture = Picture(900, 350, t("figure.clipped_objective_alt"))
        good, bad = self.picture.figure.subplots(1, 2)
        good.set(title=t("figure.positive_advantage"), ylim=(-0.15, 2.35), yticks=np.arange(0, 2.1, 0.5))
        bad.set(title=t("figure.negative_advantage"), ylim=(-2.35, 0.15), yticks=-np.arange(0, 2.1, 0.5))
        self._curves = [(1.0, ObjectiveCurve(good)), (-1.0, ObjectiveCurve(bad))]
        self._corners = [moving(axes.plot([], [], color=ORANGE, marker="o", ms=8)[0]) for axes in (good, bad)]
        self._labels = [
            moving_text(axes, 1, height, axes.get_xaxis_transform(), color=ORANGE, ha=side)
            for axes, height, side in ((good, 0.92, "right"), (bad, 0.85, "left"))  # no grid line through it
        ]
        self._curves[0][1].legend(self.picture.figure)

    def update(self, epsilon):
        """Bend the curves to clip range `epsilon`."""
        bounds = (f" 1 + ε = {1 + epsilon:.2f} ", f" 1 - ε = {1 - epsilon:.2f} ")
        parts = zip(self._curves, self._corners, self._labels, bounds, (0, -1), strict=True)
        for (advantage, curve), corner, label, bound, end in parts:
            curve.update(advantage, epsilon)
            x, y = curve.flat.get_data()
            corner.set_data(x[[end]], y[[end]])
            label.set(x=x[end], text=bound)


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
    check_number("epsilon", epsilon, above=0, below=1)
    picture = Picture(900, 330, t("figure.one_sample_alt"))
    axes = picture.figure.subplots()
    axes.axhspan(1 - epsilon, 1 + epsilon, color=SKY, alpha=0.2, lw=0, label=t("figure.clip_range"))
    axes.plot(without_min, color=ORANGE, marker="s", ms=5, label=t("figure.without_min"))
    axes.plot(with_min, color=BLUE, marker="o", ms=5, label=t("figure.with_min"))
    axes.set(xlabel=t("figure.gradient_step_axis"), ylabel=t("figure.ratio_axis"))
    picture.figure.legend(loc="outside upper center", ncols=3)
    return picture


def mean_of_last(returns, window=100):
    """Return, for each episode, the mean return of the last `window` episodes up to it (of all, if fewer)."""
    sums = np.concatenate([[0.0], np.cumsum(returns)])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - window, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


class ReturnCurve:
    """The returns of a training run against environment steps, on one pair of axes; `update` follows it."""

    def __init__(self, axes):
        # CartPole's range until the run says more: the usual lesson then never redraws its axes.
        self.axes = curve_axes(axes, (0, 100_000), (0, 520))
        self._threshold = moving(self.axes.axhline(np.nan, color=GREEN, lw=1.5, ls="--"))
        self._episodes = moving(self.axes.plot([], [], color=SKY, marker=".", ms=5, lw=0, alpha=0.6)[0])
        self._mean = moving(self.axes.plot([], [], color=BLUE, lw=3)[0])

    def legend(self, figure):
        """Put a legend for this kind of curve above all axes of `figure`."""
        labels = [t("figure.episode_return"), t("figure.mean_of_last"), t("figure.solved_from")]
        lines = [self._episodes, self._mean, self._threshold]
        figure.legend(lines, labels, loc="outside upper center", ncols=3)

    def update(self, run):
        """Show `run` as it stands (None: nothing yet); return whether the axes had to be stretched for it."""
        if run is None:
            return False
        returns, steps = run.returns, run.steps
        threshold = _threshold_of(run)
        self._episodes.set_data(steps, returns)
        self._mean.set_data(steps, mean_of_last(returns))
        self._threshold.set_ydata([threshold, threshold])
        return self._stretched(run.total_steps, returns, threshold)

    def _stretched(self, total_steps, returns, threshold):
        (_, right), (low, high) = before = self.axes.get_xlim(), self.axes.get_ylim()
        while total_steps > right:
            right *= 2
        seen = np.append(returns, threshold)
        seen = seen[np.isfinite(seen)]
        if seen.size and (seen.min() < low or seen.max() > high or seen.max() < (low + high) / 2):
            margin = 0.1 * (np.ptp(seen) or 1)
            low, high = (0 if 0 <= seen.min() < margin else seen.min() - margin), seen.max() + margin
        self.axes.set(xlim=(0, right), ylim=(low, high))
        return before != (self.axes.get_xlim(), self.axes.get_ylim())


class TrainingPicture:
    """A picture of nothing but a `ReturnCurve`."""

    def __init__(self):
        self.picture = Picture(900, 350, t("figure.learning_curve_alt"))
        self.curve = ReturnCurve(self.picture.figure.subplots())
        self.curve.legend(self.picture.figure)
        self.update = self.curve.update


def curve_axes(axes, xlim, ylim):
    """Return `axes` with the labels and limits of a learning curve."""
    axes.set(xlim=xlim, ylim=ylim, xlabel=t("figure.steps_axis"), ylabel=t("figure.return_axis"))
    axes.xaxis.set_major_formatter(lambda steps, position: f"{steps:,.0f}")
    axes.locator_params(axis="x", nbins=5)  # more of such long numbers would run into each other
    return axes


def _threshold_of(run):
    import gymnasium

    threshold = gymnasium.spec(run.env_id).reward_threshold
    return np.nan if threshold is None else threshold


@styled
def learning_curve(run):
    """Return the learning curve of a `TrainingRun`: its episodes, and the mean of the last 100 of them."""
    drawing = TrainingPicture()
    drawing.update(run)
    drawing.curve.axes.set_xlim(0, max(run.total_steps, 1))
    return drawing.picture


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


def _draw_objectives(axes, grid, curves):
    """Draw curves, a dict from a ``clip`` to (seeds, G), over the steps `grid`, (G,)."""
    names = {
        "clip_and_min": (t("figure.clip_and_min"), BLUE),
        "clip_only": (t("figure.clip_only"), ORANGE),
        "none": (t("figure.no_clip"), GREEN),
    }
    curve_axes(axes, (0, grid[-1]), (0, 1))
    for clip, seeds in curves.items():
        name, color = names[clip]
        axes.plot(grid, np.transpose(seeds), color=color, lw=1, alpha=0.35)
        axes.plot(grid, np.median(seeds, axis=0), color=color, lw=3.5, label=name)
    axes.set_ylim(auto=True)
    axes.autoscale(axis="y")


def mean_on_grid(run, grid):
    """Return the mean return of the run's last 100 episodes after each of the steps `grid`, (G,)."""
    means = mean_of_last(run.returns)
    # The mean stands until the next episode ends; before the first one there is none.
    last = np.searchsorted(run.steps, grid, side="right") - 1
    return np.where(last >= 0, means[last], np.nan)


@styled
def truncation_mistake(steps=150):
    """Return the advantages of a recorded episode that a time limit cut, with the cut taken for what it is
    and mistaken for the task's own end.

    Parameters
    ----------
    steps : int
        How many steps before the cut to show.
    """
    check_count("steps", steps)
    episode = recorded.episode("truncated")
    mistaken = {**episode, "terminated": episode["truncated"]}
    before = np.arange(1 - len(episode["rewards"]), 1)
    picture = Picture(900, 350, t("figure.truncation_mistake_alt"))
    axes = picture.figure.subplots()
    for kind, color, label in (
        (mistaken, ORANGE, t("figure.cut_as_end")),
        (episode, BLUE, t("figure.cut_as_cut")),
    ):
        estimates = recorded.advantages_of(kind, recorded.GAMMA, recorded.LAM)
        axes.plot(before[-steps:], estimates[-steps:], color=color, lw=3, label=label)
    axes.set(xlabel=t("figure.before_cut_axis"), ylabel=t("figure.advantage_axis"))
    picture.figure.legend(loc="outside upper center", ncols=2)
    return picture


@styled
def trust_region(delta=0.1):
    """Return TRPO's problem, and its solution for a policy small enough to see it whole.

    The policy chooses among three actions in a single state, by a softmax with two free logits. Over these
    two parameters lie the surrogate's levels, the border of the trust region (all policies whose KL from the
    old one is at most `delta`), the ellipse that TRPO takes for it, its step to that ellipse, and what the
    line search accepts of the step.

    Parameters
    ----------
    delta : float
        Radius of the trust region, > 0. TRPO itself uses 0.01; a larger one shows the two borders part.

    References
    ----------
    Schulman et al. (2015), Trust Region Policy Optimization, https://arxiv.org/abs/1502.05477
    """
    check_number("delta", delta, above=0, at_most=0.5)
    small = _SmallPolicy()
    picture = Picture(900, 400, t("figure.trust_region_alt"))
    words, axes = picture.figure.subplots(1, 2, width_ratios=(1, 0.9))
    _draw_surrogate(axes, small)
    x, y, logits = _parameter_grid()
    axes.contour(x, y, small.kl(logits), levels=[delta], colors=INK, linewidths=2.5)
    ellipse = small.quadratic_kl(logits)
    axes.contour(x, y, ellipse, levels=[delta], colors=INK, linewidths=1.5, linestyles="--")
    full_step = small.natural_step(delta)
    accepted = small.line_search(full_step, delta)
    old = axes.plot(0, 0, color=INK, marker="o", ms=8, lw=0)[0]
    full = axes.plot(*full_step, color=ORANGE, marker="x", ms=11, mew=3, lw=0)[0]
    arrow = {"arrowstyle": "-|>", "lw": 3.5, "shrinkA": 0, "shrinkB": 0, "color": ORANGE}
    axes.annotate("", accepted, (0, 0), arrowprops={**arrow, "mutation_scale": 24})
    words.set_axis_off()
    for height, formula in ((0.87, _TRPO_OBJECTIVE), (0.66, _TRPO_CONSTRAINT)):
        words.text(0, height, formula, va="center", size=15.5, math_fontfamily="cm")
    lines = {
        t("figure.old_policy"): old,
        t("figure.kl_border"): Line2D([], [], color=INK, lw=2.5),
        t("figure.kl_ellipse"): Line2D([], [], color=INK, lw=1.5, ls="--"),
        t("figure.full_step"): full,
        t("figure.accepted_step"): Line2D([], [], color=ORANGE, lw=3.5),
    }
    words.legend(lines.values(), lines, loc="lower left", borderaxespad=0)
    return picture


_TRPO_OBJECTIVE = (
    r"$\mathrm{maximize}_{\,\theta}\quad \mathbb{E}_{\,s,a\,\sim\,\pi_{\mathrm{old}}}"
    r"\left[\,\frac{\pi_\theta(a\,|\,s)}{\pi_{\mathrm{old}}(a\,|\,s)}\;A(s,a)\right]$"
)
_TRPO_CONSTRAINT = (
    r"$\mathrm{subject\;to}\quad \mathbb{E}_{\,s\,\sim\,\pi_{\mathrm{old}}}\left[\,D_{\mathrm{KL}}"
    r"(\,\pi_{\mathrm{old}}(\cdot|s)\;\|\;\pi_\theta(\cdot|s)\,)\,\right]\;\leq\;\delta$"
)


def _parameter_grid():
    x, y = np.meshgrid(np.linspace(-1.6, 1.6, 161), np.linspace(-1.6, 1.6, 161))
    return x, y, np.stack([x, y], axis=-1)


def _draw_surrogate(axes, small):
    x, y, logits = _parameter_grid()
    levels = axes.contourf(x, y, small.surrogate(logits), levels=12, cmap="cividis", alpha=0.55)
    axes.figure.colorbar(levels, ax=axes, label=t("figure.surrogate_gain"), format="{x:.1f}")
    axes.grid(False)
    axes.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")


class _SmallPolicy:
    """A softmax over three actions in one state; a parameter is a change (2,) of the first two logits."""

    def __init__(self):
        self.probs = np.array([0.5, 0.3, 0.2])
        self.advantages = np.array([-1.0, 1.0, 1.0])
        # The Fisher information of a softmax, in these two logits.
        self.fisher = (np.diag(self.probs) - np.outer(self.probs, self.probs))[:2, :2]
        self.gradient = (self.probs * (self.advantages - self.probs @ self.advantages))[:2]

    def log_probs(self, change):
        logits = np.log(self.probs) + np.concatenate([change, np.zeros_like(change[..., :1])], axis=-1)
        return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))

    def surrogate(self, change):
        log_probs = self.log_probs(change)
        old = np.broadcast_to(np.log(self.probs), log_probs.shape)
        advantages = np.broadcast_to(self.advantages, log_probs.shape)
        return unclipped_surrogate(probability_ratio(log_probs, old), advantages) @ self.probs

    def kl(self, change):
        return (np.log(self.probs) - self.log_probs(change)) @ self.probs

    def quadratic_kl(self, change):
        return 0.5 * np.einsum("...i,ij,...j", change, self.fisher, change)

    def natural_step(self, delta):
        direction = np.linalg.solve(self.fisher, self.gradient)
        return direction * np.sqrt(2 * delta / (self.gradient @ direction))

    def line_search(self, step, delta):
        while self.kl(step) > delta or self.surrogate(step) <= self.surrogate(np.zeros(2)):
            step = 0.8 * step
        return step


# Further pictures stand in the folder of the same name, a file each.
__path__ = [str(Path(__file__).with_suffix(""))]

# File name in images/ -> what draws it. TPRO is how the notes spell it.
IMAGES = {"TPRO.png": trust_region, "ppoclip.png": ppoclip}


def draw_images(folder):
    """Write every picture of `IMAGES` into `folder`, in English, as the repository's images/ holds them."""
    from ppo_edu.language import current_language, use_language

    before = current_language()
    use_language("en")
    try:
        for name, draw in IMAGES.items():
            (folder / name).write_bytes(draw().png())
    finally:
        use_language(before)


if __name__ == "__main__":
    draw_images(Path(__file__).parents[1] / "images")
