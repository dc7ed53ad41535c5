"""The interactive explorers, one function each: call it as a cell's last line and drag.

``explorers.clip()`` shows itself in a notebook; ``explorers.clip().draw(epsilon=0.3)`` is the same picture as
PNG bytes, with no browser and no widget.
"""

from pathlib import Path
from types import MappingProxyType

import numpy as np

from ppo_edu import advantage as advantages
from ppo_edu import recorded
from ppo_edu.figures import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    ClippedObjective,
    EpochLine,
    ObjectiveCurve,
    Picture,
    SamplePlane,
    level_lines,
    moving,
    moving_text,
    ratio_gradient,
    styled,
)
from ppo_edu.language import t
from ppo_edu.live import Choice, Explorer, LearningCurve, Slider, Toggle
from ppo_edu.objective import (
    approx_kl,
    clip_fraction,
    clipped_surrogate,
    clipped_without_min,
    probability_ratio,
    unclipped_surrogate,
)

# Its files stand in the folder of the same name, an explorer each.
__path__ = [str(Path(__file__).with_suffix(""))]

from ppo_edu.explorers.importance_sampling import importance_sampling
from ppo_edu.explorers.lambda_trade import lambda_trade

__all__ = [
    "Explorer", "LearningCurve", "clip", "clip_cloud", "clip_point", "gae", "importance_sampling",
    "lambda_trade", "ratio_histogram",
]  # fmt: skip


def clip():
    """Return the explorer that bends the clipped objective, for A > 0 and A < 0, with its epsilon slider."""
    return Explorer(styled(ClippedObjective), [_epsilon()])


def _epsilon():
    return Slider("epsilon", t("explorer.epsilon"), low=0.01, high=0.9, step=0.01, start=0.2)


def _epoch(start):
    return Slider("epoch", t("explorer.epoch"), low=0, high=10, step=1, start=start)


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


def clip_cloud():
    """Return the explorer of a recorded batch as points (r, A), marked by whether a gradient flows."""
    return Explorer(styled(_ClipCloud), [
        _epoch(start=3),
        Slider("epsilon", t("explorer.epsilon"), low=0.1, high=0.5, step=0.01, start=0.2),
    ])


class _ClipCloud:
    learning_rate = 0.01
    ratios, levels = (0.4, 2.1), (-8, -6, -4, -3, -2, -1, 0.5, 1)

    def __init__(self):
        self.picture = Picture(900, 400, t("explorer.clip_cloud_alt"))
        figure = self.picture.figure
        left, right = figure.subplots(1, 2, width_ratios=(1.4, 1))
        left.grid(False)
        self._ratios, self._advantages = _recorded_ratios(self.learning_rate)
        self._plane = SamplePlane(left, self.ratios, advantages=(-6, 1.5))
        self._levels = moving(left.plot([], [], color=GREY, lw=0.8)[0])
        dots = {"lw": 0, "ms": 4.5, "alpha": 0.7, "markeredgewidth": 0}
        self._flowing = moving(left.plot([], [], color=BLUE, marker="o", **dots)[0])
        self._stopped = moving(left.plot([], [], color=ORANGE, marker="s", **dots)[0])
        self._outside = EpochLine(right, GREEN, t("explorer.clip_fraction"))
        self._without = EpochLine(right, ORANGE, t("explorer.without_gradient"), at=(0.04, 0.83))
        right.set(ylim=(0, 0.6), ylabel=t("explorer.share_axis"))
        labels = [t("figure.gradient_flows"), t("figure.gradient_is_zero"), t("explorer.level_lines")]
        lines = [self._flowing, self._stopped, self._levels]
        figure.legend(lines, labels, loc="outside upper center", ncols=3, markerscale=2)

    def update(self, epoch, epsilon):
        self._plane.update(epsilon)
        self._levels.set_data(*level_lines(self.levels, self.ratios, epsilon))
        stopped = ratio_gradient(self._ratios, self._advantages, epsilon) == 0
        for line, chosen in ((self._flowing, ~stopped[epoch]), (self._stopped, stopped[epoch])):
            line.set_data(self._ratios[epoch, chosen], self._advantages[epoch, chosen])
        self._outside.update([clip_fraction(ratios, epsilon) for ratios in self._ratios], epoch)
        self._without.update(stopped.mean(axis=1), epoch)


def _recorded_ratios(learning_rate):
    """Return the batch's ratios after each epoch and its advantages once for each epoch, (11, B) both."""
    batch = recorded.batch()
    log_probs = recorded.log_probs_by_epoch(learning_rate)
    ratios = probability_ratio(log_probs, np.broadcast_to(batch["log_probs"], log_probs.shape))
    return ratios, np.broadcast_to(batch["advantages"], ratios.shape)


def ratio_histogram():
    """Return the explorer of how a batch's ratios spread while PPO uses the batch again and again."""
    rates = {f"{rate:g}": rate for rate in recorded.LEARNING_RATES}
    return Explorer(styled(_RatioHistogram), [
        _epoch(start=6),
        Choice("learning_rate", t("explorer.learning_rate"), rates, start=0.003),
        Slider("epsilon", t("explorer.epsilon"), low=0.05, high=0.5, step=0.01, start=0.2),
    ])


class _RatioHistogram:
    edges = np.linspace(0.4, 2.1, 86)

    def __init__(self):
        self.picture = Picture(900, 400, t("explorer.ratio_histogram_alt"))
        figure = self.picture.figure
        panels = figure.subplot_mosaic([["histogram", "clipped"], ["histogram", "kl"]], width_ratios=(1.4, 1))
        left = panels["histogram"]
        left.set(xlim=(0.4, 2.1), ylim=(0, 1.05), yticks=[], xlabel=t("figure.ratio_axis"))
        left.set(ylabel=t("explorer.samples_axis"))
        self._range = moving(left.axvspan(0, 1, color="#DDEEF8", lw=0))
        nothing = np.zeros(len(self.edges) - 1)
        self._inside, self._outside = (
            moving(left.stairs(nothing, self.edges, fill=True, color=color)) for color in (BLUE, ORANGE)
        )
        above = (0, 1.06)
        self._clipped = EpochLine(panels["clipped"], ORANGE, t("explorer.clip_fraction"), at=above)
        self._kl = EpochLine(panels["kl"], GREEN, t("explorer.approx_kl"), "{:.4f}", at=above)
        panels["clipped"].set(title=" ", ylim=(0, 0.7), yticks=(0, 0.3, 0.6), xlabel="")
        # Learning rates differ a hundredfold in KL, and epoch 0 has none.
        panels["kl"].set_yscale("symlog", linthresh=0.001)
        panels["kl"].set(title=" ", ylim=(0, 0.5), yticks=(0, 0.001, 0.01, 0.1))
        panels["kl"].yaxis.set_major_formatter("{x:g}")
        labels = [t("figure.clip_range"), t("explorer.inside"), t("explorer.outside")]
        lines = [self._range, self._inside, self._outside]
        figure.legend(lines, labels, loc="outside upper center", ncols=3)
        self._old = recorded.batch()["log_probs"]

    def update(self, epoch, learning_rate, epsilon):
        log_probs = recorded.log_probs_by_epoch(learning_rate)
        ratios = [probability_ratio(after, self._old) for after in log_probs]
        self._range.set(x=1 - epsilon, width=2 * epsilon)
        clipped = np.abs(ratios[epoch] - 1) > epsilon
        outside, _ = np.histogram(ratios[epoch][clipped], self.edges)
        everything, _ = np.histogram(ratios[epoch], self.edges)
        tallest = everything.max()
        self._inside.set_data((everything - outside) / tallest)
        self._outside.set_data(everything / tallest, baseline=(everything - outside) / tallest)
        self._clipped.update([clip_fraction(ratio, epsilon) for ratio in ratios], epoch)
        self._kl.update([approx_kl(after, self._old) for after in log_probs], epoch)


def gae():
    """Return the explorer of GAE on a recorded episode: TD errors, their weights and the advantages."""
    endings = {t("explorer.terminated"): "terminated", t("explorer.truncated"): "truncated"}
    return Explorer(styled(_Gae), [
        Choice("ending", t("explorer.ending"), endings, start="terminated"),
        Slider("lam", t("explorer.lam"), low=0.0, high=1.0, step=0.01, start=0.95),
        Slider("gamma", t("explorer.gamma"), low=0.8, high=0.99, step=0.01, start=0.99),
        Slider("step", t("explorer.step"), low=-99, high=0, step=1, start=-40),
        Toggle("bootstrap", t("explorer.bootstrap"), start=True),
    ])


class _Gae:
    steps = 100
    # Of the TD errors and of the advantages, wherever the sliders stand.
    limits = MappingProxyType({"terminated": ((-30, 8), (-55, 30)), "truncated": ((-110, 15), (-110, 15))})

    def __init__(self):
        self.picture = Picture(900, 430, t("explorer.gae_alt"))
        figure = self.picture.figure
        # Fixed margins: those of a layout engine would follow the numbers on the axes, which change here.
        figure.set_layout_engine("none")
        margins = {"left": 0.085, "right": 0.985, "bottom": 0.125, "top": 0.98, "hspace": 0.36}
        rows = {"height_ratios": (1, 0.6, 1.2), "gridspec_kw": margins}
        self._panels = figure.subplots(3, 1, sharex=True, **rows)
        figure.align_ylabels(self._panels)
        top, middle, bottom = self._panels
        top.set(ylabel=t("explorer.deltas_axis"), xlim=(-self.steps + 0.5, 0.5))
        middle.set(ylabel=t("explorer.weights_axis"), ylim=(0, 1.1), yticks=(0, 1))
        bottom.set(ylabel=t("figure.advantage_axis"), xlabel=t("explorer.before_end_axis"))
        edges = np.arange(-self.steps, 1) + 0.5
        nothing = np.zeros(self.steps)
        self._deltas, self._weights = (
            moving(axes.stairs(nothing, edges, fill=True, color=color))
            for axes, color in ((top, SKY), (middle, PURPLE))
        )
        self._advantages = moving(bottom.plot([], [], color=BLUE)[0])
        self._dot = moving(bottom.plot([], [], color=INK, marker="o", ms=10, markeredgecolor="white")[0])
        self._here = [moving(axes.axvline(0, color=INK, lw=1, ls=":")) for axes in self._panels]
        bottom.set_title(" ")
        self._number = moving_text(bottom, 0, 1.06, bottom.transAxes)
        self._episodes = {
            ending: {name: array[-self.steps :] for name, array in recorded.episode(ending).items()}
            for ending in self.limits
        }
        self._show_limits("terminated")

    def _show_limits(self, ending):
        self._ending = ending
        for axes, limits in zip(self._panels[::2], self.limits[ending], strict=True):
            axes.set_ylim(limits)

    def update(self, ending, lam, gamma, step, bootstrap):
        episode = dict(self._episodes[ending])
        if not bootstrap:
            episode["terminated"] = episode["terminated"] | episode["truncated"]
        names = ("rewards", "values", "next_values", "terminated")
        self._deltas.set_data(advantages.td_errors(*(episode[name] for name in names), gamma))
        estimates = recorded.advantages_of(episode, gamma, lam)
        self._advantages.set_data(np.arange(-self.steps, 0) + 1, estimates)
        self._weights.set_data(_weights(self.steps, step, gamma, lam))
        estimate = estimates[step - 1]
        self._dot.set_data([step], [estimate])
        for line in self._here:
            line.set_xdata([step, step])
        self._number.set_text(t("explorer.advantage_here", advantage=estimate))
        changed = ending != self._ending
        self._show_limits(ending)
        return changed


def _weights(steps, step, gamma, lam):
    """Return the weight of each of the last `steps` TD errors in the advantage of `step` (0 is the last)."""
    nothing = np.zeros(1 - step)
    only_last = np.append(nothing[1:], 1.0)
    never = nothing.astype(bool)
    # How much one TD error counts l steps earlier: what gae makes of a single 1 at the end.
    back = advantages.gae(only_last, nothing, nothing, never, never, gamma, lam)
    return np.concatenate([np.zeros(steps - len(back)), back[::-1]])
