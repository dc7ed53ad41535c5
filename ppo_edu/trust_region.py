"""Lesson 01's pictures: the cliff, what the KL measures, the trust region, and what each algorithm costs.

``data/record_trust_region.py`` and ``benchmarks/trpo_bill.py`` recorded what is drawn here.
"""

import functools
import itertools
from pathlib import Path

import numpy as np
from contourpy import contour_generator
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator

from ppo_edu.figures import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    Picture,
    moving,
    moving_text,
    still_bundle,
    styled,
)
from ppo_edu.language import t
from ppo_edu.live import Choice, Explorer, LiveFigure, Slider, column, image_widget
from ppo_edu.objective import categorical_kl, gaussian_kl
from ppo_edu.recorded import table
from ppo_edu.validation import check_choice

DATA = Path(__file__).parent / "data"
# The PPO paper's settings, more or less: small steps, many of them.
PPO_SETTINGS = {
    "num_envs": 8, "horizon": 128, "epochs": 10, "minibatch_size": 64, "learning_rate": 3e-4,
    "anneal_learning_rate": False, "hidden_sizes": (64, 64), "normalise_rewards": False,
}  # fmt: skip
RECORDED_DELTA = 0.01
TRPO_SETTINGS = {"delta": RECORDED_DELTA, "damping": 0.1, "cg_iterations": 10, "normalise_rewards": False}
BATCH_SEED = 7
# CartPole's cart position, velocity, pole angle (rad, right is positive) and angular velocity.
STATES = np.array(
    [[0, 0, 0.05, 0.6], [0, 0, -0.05, -0.6], [0, 0, 0.05, -0.6], [0, 0, 0, 0], [2, 0.5, 0, 0]],
    dtype=np.float32,
)


def half_trained():
    """Return a CartPole `TrainingRun` that stopped half-way: where the walk and the plane begin."""
    from ppo_edu.training import TrainingRun

    return TrainingRun.load(DATA / "half_trained.npz")


def recorded(name):
    """Return one table of recorded arrays, as a dict.

    Parameters
    ----------
    name : {"cliff", "walks", "plane", "updates", "race"}
        "cliff": `ppo_edu.stepping.walk` from `half_trained` along the policy gradient, where "probs" (K, S)
        is the probability of pushing right in each of `STATES`.
        "walks": W more such walks, each with a batch of its own: "lengths" (K,), and "return", "return_error",
        "surrogate_gain" and "kl" (W, K).
        "plane": the plane through the policy before an update (the origin), after one of TRPO (on the y axis)
        and after one of PPO. "xs" (X,), "ys" (Y,), "kl" and "surrogate_gain" (Y, X) as from
        `ppo_edu.stepping.plane`; "coarse_xs", "coarse_ys" and "returns", the mean return on a coarser grid;
        "trpo" (1, 2), where TRPO landed, and "ppo" (S, 2), where PPO stood after each gradient step; "fisher"
        (2, 2) and "gradient" (2,), the KL's curvature and the surrogate's slope at the origin, in the plane.
        "updates": `ppo_edu.bill.update_bills`. "race": `ppo_edu.bill.race` with ten seeds.
    """
    files = {
        "cliff": "trust_region", "plane": "trust_region", "walks": "gradient_walks", "updates": "trpo_bill",
        "race": "trpo_bill",
    }  # fmt: skip
    return table(files[check_choice("name", name, tuple(files))], name)


# The cliff


def cliff(data=None):
    """Return the explorer of a walk along the policy gradient: return, surrogate, KL and the policy.

    Parameters
    ----------
    data : dict, optional
        From `ppo_edu.stepping.walk`, with "probs" (K, S) of pushing right in `STATES`, for lengths in equal
        steps from 0; the recorded walk if not given.
    """
    data = recorded("cliff") if data is None else data
    lengths = np.asarray(data["lengths"], dtype=float)
    step = round(float(lengths[1] - lengths[0]), 6)
    return Explorer(
        styled(functools.partial(_Cliff, data)),
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


class _Cliff:
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
        self._dots = [moving(axes.plot([], [], **dot)[0]) for axes in curves]
        _draw_states(figure.add_subplot(grid[:, 1]))
        bars = figure.add_subplot(grid[:, 2])
        rows = len(STATES)
        bars.set(xlim=(0, 1), ylim=(rows - 0.5, -0.5), yticks=[], xticks=(0, 0.5, 1))
        bars.set_title(t("trust_region.push_right"))
        self._bars = [
            moving(bars.add_patch(Rectangle((0, row - 0.22), 0, 0.44, color=SKY))) for row in range(rows)
        ]
        self._words = moving_text(figure, 0.02, 0.955, figure.transFigure)

    def _draw_curves(self, curves):
        lengths, returns, error = (self._data[name] for name in ("lengths", "return", "return_error"))
        names = ("return", "surrogate_gain", "kl")
        for axes, name, color in zip(curves, names, (BLUE, ORANGE, PURPLE), strict=True):
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
        curves[2].plot(lengths, self._data["kl"], color=PURPLE)
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
        for line, dot, height in zip(self._lines, self._dots, found.values(), strict=True):
            line.set_xdata([length, length])
            dot.set_data([length], [height])
        for bar, prob in zip(self._bars, self._data["probs"][at], strict=True):
            bar.set_width(float(prob))
        self._words.set_text(
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


# What the KL measures


def kl_of_choices():
    """Return the explorer of the KL between two policies that choose one of two actions."""
    return Explorer(
        styled(_KLOfChoices),
        [
            Slider("old", t("trust_region.old_prob"), low=0.01, high=0.99, step=0.01, start=0.5),
            Slider("new", t("trust_region.new_prob"), low=0.01, high=0.99, step=0.01, start=0.8),
        ],
    )


def two_choices(prob):
    """Return the logarithms of the probabilities of two actions, (..., 2), the second with `prob`, (...)."""
    return np.log(np.stack([1 - np.asarray(prob), prob], axis=-1))


class _Bars:
    """The probabilities of two actions, those of the old policy beside those of the new."""

    def __init__(self, axes, names):
        axes.set(xlim=(-0.6, 1.6), ylim=(0, 1), xticks=(0, 1), xticklabels=names, yticks=(0, 0.5, 1))
        self._bars = []
        for left, color, label in ((-0.38, GREY, t("trust_region.old")), (0.02, BLUE, t("trust_region.new"))):
            pair = [Rectangle((action + left, 0), 0.36, 0, color=color, label=label) for action in (0, 1)]
            self._bars.append([moving(axes.add_patch(bar)) for bar in pair])
        self.keys = [pair[0] for pair in self._bars]

    def update(self, *log_probs):
        for pair, logs in zip(self._bars, log_probs, strict=True):
            for bar, prob in zip(pair, np.exp(logs), strict=True):
                bar.set_height(prob)


class _KLOfChoices:
    probs = np.linspace(0.002, 0.998, 250)

    def __init__(self):
        self.picture = Picture(900, 400, t("trust_region.choices_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.84))
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.4))
        self._bars = _Bars(left, (t("trust_region.left_action"), t("trust_region.right_action")))
        left.set_title(t("trust_region.two_policies"))
        figure.legend(handles=self._bars.keys, loc="outside lower left", ncols=2)
        right.set(
            xlim=(0, 1), ylim=(0, 2.5), xlabel=t("trust_region.new_prob"), title=t("trust_region.kl_title")
        )
        self._curve = moving(right.plot([], [], color=PURPLE, label=t("trust_region.kl_title"))[0])
        self._reverse = moving(
            right.plot([], [], color=PURPLE, lw=1.5, ls="--", label=t("trust_region.kl_back"))[0]
        )
        dot = {"color": INK, "marker": "o", "ms": 10, "markeredgecolor": "white", "zorder": 5}
        self._dot = moving(right.plot([], [], **dot)[0])
        figure.legend(handles=[self._curve, self._reverse], loc="outside lower right", ncols=2)
        self._sum = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self._back = moving_text(figure, 0.02, 0.87, figure.transFigure, color=GREY)

    def update(self, old, new):
        before, after, everywhere = two_choices(old), two_choices(new), two_choices(self.probs)
        self._bars.update(before, after)
        here = np.broadcast_to(before, everywhere.shape)
        self._curve.set_data(self.probs, categorical_kl(here, everywhere))
        self._reverse.set_data(self.probs, categorical_kl(everywhere, here))
        kl, back = float(categorical_kl(before, after)), float(categorical_kl(after, before))
        self._dot.set_data([new], [kl])
        words = t("trust_region.choices_sum", p=1 - old, q=1 - new, p2=old, q2=new, kl=kl)
        self._sum.set_text(words)
        self._back.set_text(t("trust_region.other_way", kl=back))


def kl_of_gaussians():
    """Return the explorer of the KL between two Gaussian policies: the area under p log(p/q)."""
    return Explorer(
        styled(_KLOfGaussians),
        [
            Slider("shift", t("trust_region.shift"), low=-2.0, high=2.0, step=0.05, start=1.0),
            Slider("old_std", t("trust_region.old_std"), low=0.3, high=2.0, step=0.05, start=1.0),
            Slider("new_std", t("trust_region.new_std"), low=0.3, high=2.0, step=0.05, start=0.5),
        ],
    )


def density(x, mean, std):
    """Return the Gaussian's density at `x`."""
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))


class _Densities:
    """The densities of two Gaussian policies."""

    def __init__(self, axes, reach, height):
        self._x = np.linspace(-reach, reach, 301)
        axes.set(xlim=(-reach, reach), ylim=(0, height), yticks=[])
        self.keys = [
            moving(axes.plot([], [], color=color, label=label)[0])
            for color, label in ((GREY, t("trust_region.old")), (BLUE, t("trust_region.new")))
        ]

    def update(self, *gaussians):
        for line, (mean, std) in zip(self.keys, gaussians, strict=True):
            line.set_data(self._x, density(self._x, mean, std))


class _KLOfGaussians:
    x = np.linspace(-6, 6, 601)

    def __init__(self):
        self.picture = Picture(900, 400, t("trust_region.gaussians_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.84))
        left, right = figure.subplots(1, 2)
        self._densities = _Densities(left, reach=5, height=1.4)
        left.set(title=t("trust_region.two_policies"), xlabel=t("trust_region.action"))
        figure.legend(handles=self._densities.keys, loc="outside lower left", ncols=2)
        right.set(
            xlim=(-5, 5), ylim=(-0.6, 1.8), xlabel=t("trust_region.action"), title=t("trust_region.integrand")
        )
        self._area = moving(right.fill_between(self.x, 0 * self.x, color=PURPLE, alpha=0.3, lw=0))
        self._curve = moving(right.plot([], [], color=PURPLE)[0])
        self._sum = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self._back = moving_text(figure, 0.02, 0.87, figure.transFigure, color=GREY)

    def update(self, shift, old_std, new_std):
        old, new = (0.0, old_std), (shift, new_std)
        self._densities.update(old, new)
        p = density(self.x, *old)
        log_ratio = (
            np.log(new_std / old_std)
            + 0.5 * ((self.x - shift) / new_std) ** 2
            - 0.5 * (self.x / old_std) ** 2
        )
        self._curve.set_data(self.x, p * log_ratio)
        self._area.set_verts([np.column_stack([self.x, p * log_ratio])])
        self._sum.set_text(t("trust_region.area", kl=float(gaussian_kl(*old, *new))))
        self._back.set_text(t("trust_region.other_way", kl=float(gaussian_kl(*new, *old))))


def same_step():
    """Return the explorer of one and the same step in a parameter, taken by four policies."""
    return Explorer(
        styled(_SameStep),
        [
            Slider("step", t("trust_region.step"), low=0.0, high=2.0, step=0.05, start=0.5),
        ],
    )


class _SameStep:
    logits, stds = (0.0, 4.0), (1.0, 0.2)

    def __init__(self):
        self.picture = Picture(900, 520, t("trust_region.same_step_alt"))
        figure = self.picture.figure
        axes = figure.subplots(2, 2)
        names = (t("trust_region.left_action"), t("trust_region.right_action"))
        self._bars = [_Bars(each, names) for each in axes[0]]
        self._densities = [
            _Densities(each, 3, height) for each, height in zip(axes[1], (0.5, 2.3), strict=True)
        ]
        titles = (
            t("trust_region.undecided"),
            t("trust_region.decided"),
            t("trust_region.wide"),
            t("trust_region.narrow"),
        )
        for each, title in zip(axes.flat, titles, strict=True):
            each.set_title(title)
            each.set_ylim(0, 1.2 * each.get_ylim()[1])
        figure.legend(handles=self._bars[0].keys, loc="outside upper center", ncols=2)
        self._words = [moving_text(each, 0.03, 0.88, each.transAxes, fontsize=15) for each in axes.flat]

    def update(self, step):
        kls = []
        for bars, logit in zip(self._bars, self.logits, strict=True):
            before, after = (two_choices(1 / (1 + np.exp(-z))) for z in (logit, logit - step))
            bars.update(before, after)
            kls.append(float(categorical_kl(before, after)))
        for densities, std in zip(self._densities, self.stds, strict=True):
            densities.update((0.0, std), (step, std))
            kls.append(float(gaussian_kl(0.0, std, step, std)))
        for words, kl in zip(self._words, kls, strict=True):
            words.set_text(f"KL = {kl:.4f}")


# The trust region


def region(data=None):
    """Return the explorer of the trust region on a plane of a real policy's parameters.

    Parameters
    ----------
    data : dict, optional
        As `recorded` returns it for "plane", which is what is drawn if not given.
    """
    maps = {t("trust_region.promised"): "surrogate_gain", t("trust_region.true_return"): "returns"}
    return Explorer(
        styled(functools.partial(_Region, recorded("plane") if data is None else data)),
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
        self._kl = contour_generator(data["xs"], data["ys"], data["kl"])
        self._border = moving(axes.plot([], [], color=INK, lw=3, label=t("trust_region.border"))[0])
        self._ellipse = moving(
            axes.plot([], [], color=INK, lw=1.5, ls="--", label=t("trust_region.ellipse"))[0]
        )
        path = np.vstack([[0, 0], data["ppo"]])
        moving(axes.plot(*path.T, color=BLUE, lw=1.5)[0])
        end = {"marker": "o", "ms": 11, "markeredgecolor": "white", "zorder": 5}
        ppo = moving(axes.plot(*path[-1], color=BLUE, label="PPO", **end)[0])
        self._step = moving(axes.plot([], [], color=ORANGE, lw=2.5)[0])
        self._trpo = moving(axes.plot([], [], color=ORANGE, label="TRPO", **end)[0])
        moving(axes.plot(0, 0, color=INK, marker="o", ms=9, zorder=5)[0])
        self.keys = [self._border, self._ellipse, self._trpo, ppo]

    def update(self, delta):
        """Draw the border at KL = `delta`, and TRPO's step to the boundary."""
        lines = [np.vstack([line, [np.nan, np.nan]]) for line in self._kl.lines(delta)]
        self._border.set_data(*(np.vstack(lines).T if lines else ([], [])))
        # Points s with s F s / 2 = delta: a circle, stretched by the inverse root of F.
        values, vectors = np.linalg.eigh(self._data["fisher"])
        angles = np.linspace(0, 2 * np.pi, 121)
        circle = np.stack([np.cos(angles), np.sin(angles)])
        self._ellipse.set_data(*(vectors @ (np.sqrt(2 * delta / values)[:, None] * circle)))
        # The direction does not depend on delta, and the length goes with its root.
        end = self._data["trpo"][0] * np.sqrt(delta / RECORDED_DELTA)
        self._step.set_data([0, end[0]], [0, end[1]])
        self._trpo.set_data([end[0]], [end[1]])


class _Region:
    def __init__(self, data):
        self.picture = Picture(900, 520, t("trust_region.region_alt"))
        figure = self.picture.figure
        # With margins of its own, nothing moves when the other map is shown.
        figure.set_layout_engine("none")
        margins = {"left": 0.082, "right": 0.988, "bottom": 0.06, "top": 0.92}
        axes = figure.subplots(gridspec_kw=margins)
        fine, coarse = (data["xs"], data["ys"]), (data["coarse_xs"], data["coarse_ys"])
        look = {"levels": 16, "cmap": "cividis", "alpha": 0.6, "zorder": 0.5}
        self._maps = {
            "surrogate_gain": axes.contourf(*fine, data["surrogate_gain"], **look),
            "returns": axes.contourf(*coarse, data["returns"], **look),
        }
        self._shown = None
        self._region = RegionMap(axes, data)
        figure.legend(handles=self._region.keys, loc="upper center", ncols=4)

    def update(self, delta, shown):
        changed, self._shown = shown != self._shown, shown
        for name, drawn in self._maps.items():
            drawn.set_visible(name == shown)
        self._region.update(delta)
        return changed


# What an update costs

VARIANT_LOOKS = {"trpo": ORANGE, "ppo": BLUE, "ppo_10_epochs": SKY}


def _variant_names():
    return {"trpo": "TRPO", "ppo": "PPO", "ppo_10_epochs": t("trust_region.ppo_10_epochs")}


@styled
def bill(data=None):
    """Return what one update costs: passes and arithmetic, then time and memory as network and batch grow.

    Parameters
    ----------
    data : dict, optional
        From `ppo_edu.bill.update_bills`; the recorded bill if not given.
    """
    data = recorded("updates") if data is None else data
    picture = Picture(900, 560, t("trust_region.bill_alt"))
    (passes, memory), (by_width, by_batch) = picture.figure.subplots(2, 2)
    _draw_passes(passes, data)
    width, batch = int(data["widths"][0]), int(data["batches"][0])
    grows = {"widths": data["batches"] == batch, "batches": data["widths"] == width}
    for axes, axis, name, scale in (
        (memory, "batches", "megabytes", 1),
        (by_width, "widths", "cpu_seconds", 1000),
        (by_batch, "batches", "cpu_seconds", 1000),
    ):
        rows = np.flatnonzero(grows[axis])
        rows = rows[np.argsort(data[axis][rows])]
        for values, color in zip(data[name], VARIANT_LOOKS.values(), strict=True):
            axes.plot(data[axis][rows], scale * values[rows], color=color, marker="o")
        ticks = data[axis][rows]
        axes.set(xscale="log", yscale="log", xticks=ticks, xticklabels=[f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes.yaxis.set_major_formatter(lambda value, position: f"{value:g}")
    memory.set(title=t("trust_region.memory"), xlabel=t("trust_region.batch_axis", width=width))
    by_width.set(title=t("trust_region.time_by_width"), xlabel=t("trust_region.width_axis", batch=batch))
    by_batch.set(title=t("trust_region.time_by_batch"), xlabel=t("trust_region.batch_axis", width=width))
    return picture


def _draw_passes(axes, data):
    kinds = ("forward", "backward", "work")
    names = (t("trust_region.forward"), t("trust_region.backward"), t("trust_region.work"))
    looks = zip(VARIANT_LOOKS.values(), _variant_names().values(), strict=True)
    for row, (color, label) in enumerate(looks):
        heights = [data[kind][row, 0] for kind in kinds]
        bars = axes.bar(np.arange(3) + 0.27 * (row - 1), heights, 0.25, color=color, label=label)
        axes.bar_label(bars, [f"{height:.0f}" for height in heights], fontsize=10)
    axes.set(xticks=range(3), xticklabels=names, title=t("trust_region.passes"))
    axes.margins(y=0.15)
    axes.figure.legend(loc="outside upper center", ncols=3)


@styled
def race(data=None):
    """Return how TRPO's and PPO's return grows on CartPole, against steps and against seconds.

    Parameters
    ----------
    data : dict, optional
        From `ppo_edu.bill.race` with its usual variants; the recorded race if not given.
    """
    data = recorded("race") if data is None else data
    picture = Picture(900, 400, t("trust_region.race_alt"))
    panels = picture.figure.subplots(1, 2, sharey=True)
    for axes, name in zip(panels, ("steps", "seconds"), strict=True):
        for curves, (variant, label) in zip(
            data[f"by_{name}"], list(_variant_names().items())[:2], strict=True
        ):
            color = VARIANT_LOOKS[variant]
            axes.plot(data[name], curves.T, color=color, lw=1, alpha=0.3)
            axes.plot(data[name], np.median(curves, axis=0), color=color, lw=3.5, label=label)
        axes.axhline(475, color=GREY, lw=1.5, ls="--")
        axes.set_xlim(0, data[name][-1])
    panels[0].set(xlabel=t("figure.steps_axis"), ylabel=t("figure.mean_of_last"), ylim=(0, 520))
    panels[0].xaxis.set_major_locator(MaxNLocator(4))
    panels[0].xaxis.set_major_formatter(lambda steps, position: f"{steps:,.0f}")
    panels[1].set_xlabel(t("trust_region.seconds_axis"))
    picture.figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return picture


# Measured here


class Rerun:
    """A recorded picture, and a button that measures the same on this machine, with less patience.

    Parameters
    ----------
    scene : callable
        From the measured arrays, or None for the recorded ones, to an object with a `picture` and an
        ``update()``.
    measure : callable
        Called without arguments, returns the measured arrays, a dict.

    Attributes
    ----------
    button : ipywidgets.Button
    """

    def __init__(self, scene, measure):
        import ipywidgets as widgets

        self._scene, self._measure = scene, measure
        self._live = LiveFigure(scene(None))
        self._image = image_widget(self._live)
        self._image.show(self._live.jpeg())
        self._line = widgets.Label(t("trust_region.recorded"))
        self.button = widgets.Button(
            description=t("trust_region.again"), icon="play", layout=widgets.Layout(width="auto")
        )
        self.button.on_click(lambda _: self.rerun())
        self._view = column([widgets.HBox([self.button, self._line]), self._image])

    def rerun(self):
        """Measure, and show what was found."""
        self.button.disabled = True
        self._line.value = t("trust_region.measuring")
        try:
            self._live = LiveFigure(self._scene(self._measure()))
            self._image.show(self._live.jpeg())
            self._line.value = t("trust_region.measured_here")
        except Exception as error:
            # A button has no cell to show an error under.
            self._line.value = t("trust_region.failed", error=f"{type(error).__name__}: {error}")
            raise
        finally:
            self.button.disabled = False

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = still_bundle(self._live.scene.picture, self._live.png())
        return {**self._view._repr_mimebundle_(), **data}, metadata


class _Still:
    def __init__(self, picture):
        self.picture = picture

    def update(self):
        """Nothing moves."""


class _Walks(_Cliff):
    """One walk among others, which are faint."""

    def __init__(self, data, others):
        super().__init__(data, others)
        self.picture.alt = t("trust_region.walks_alt")
        self.picture.figure.axes[0].set_title(t("trust_region.walks_return"))

    def update(self):
        super().update(length=0.3)


def _walks_scene():
    """Return the scene of a walk that keeps the walks shown before, and the recorded ones, behind it."""
    walks = recorded("walks")
    names = ("return", "surrogate_gain", "kl")
    shown = [
        {"lengths": walks["lengths"]} | {name: walks[name][row] for name in names}
        for row in range(len(walks["return"]))
    ]

    def scene(measured):
        data = recorded("cliff") if measured is None else measured
        made = styled(_Walks)(data, tuple(shown))
        shown.append(data)
        return made

    return scene


def again(what):
    """Return a recorded measurement with a button that repeats it here, smaller, in some ten seconds.

    At each press, the cliff is walked from a new batch, and the walks before stay, faint.

    Parameters
    ----------
    what : {"cliff", "bill", "race"}
    """
    kinds = {
        "cliff": (_walks_scene(),
                  functools.partial(_measure_cliff, itertools.count(BATCH_SEED + 1))),
        "bill": (lambda data: _Still(bill(data)), _measure_bill),
        "race": (lambda data: _Still(race(data)), _measure_race),
    }
    return Rerun(*kinds[check_choice("what", what, tuple(kinds))])


def _measure_cliff(batch_seeds):
    from ppo_edu import stepping, trpo

    start = half_trained().policy
    _, batch = stepping.collect(start, seed=next(batch_seeds))
    gradient = trpo.surrogate_gradient(start, batch)
    found = stepping.walk(start, gradient, np.linspace(0, 2, 21), batch, STATES, episodes=64)
    return {**found, "probs": found["probs"][:, :, 1]}


def _measure_bill():
    from ppo_edu.bill import update_bills

    return update_bills(shapes=((64, 2048), (32, 2048), (128, 2048), (64, 512), (64, 4096)), repeats=1)


def _measure_race():
    from ppo_edu.bill import race as run_race

    return run_race(seeds=(0,), max_steps=40_000)
