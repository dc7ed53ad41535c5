"""The explorer of importance sampling: the old policy's samples, weighted, speak for a new policy.

Both policies are normal with standard deviation 1, so that everything the samples can only guess is known.
"""

import functools

import numpy as np

from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREEN, GREY, ORANGE, SKY, styled
from ppo_edu.language import t
from ppo_edu.objective import probability_ratio

__all__ = ["importance_sampling"]


def importance_sampling():
    """Return the explorer of a new policy's mean, estimated from weighted samples of the old one."""
    counts = {f"{count:,}": count for count in (100, 1_000, 10_000)}
    return Explorer(
        styled(_ImportanceSampling),
        [
            Slider(
                "shift",
                t("importance_sampling.shift"),
                low=0.0,
                high=4.0,
                step=0.05,
                start=1.0,
                page_step=0.2,
            ),
            Choice("samples", t("importance_sampling.samples"), counts, start=1_000),
            Slider("draw", t("importance_sampling.draw"), low=1, high=20, step=1, start=1, page_step=5),
        ],
    )


def log_normal(x, mean):
    """Return the log-density, in the shape of `x`, of a normal policy with this mean and std 1."""
    return -0.5 * (x - mean) ** 2 - 0.5 * np.log(2 * np.pi)


def weights(x, shift):
    """Return the ratio of each of `x` for a new policy whose mean is shifted so far."""
    return probability_ratio(log_normal(x, shift), log_normal(x, 0.0))


def effective_share(ratio):
    """Return the effective sample size by the samples, (sum r)^2 / sum r^2, as a share of them."""
    return ratio.sum() ** 2 / (ratio**2).sum() / len(ratio)


def true_share(shift):
    """Return the share E[r]^2 / E[r^2] of the samples that is effective in truth: exp(-shift^2) here."""
    return np.exp(-np.square(shift, dtype=float))


@functools.lru_cache(maxsize=8)
def _drawn(samples, draw):
    x = np.random.default_rng(draw).normal(size=samples)
    x.setflags(write=False)
    return x


@functools.lru_cache(maxsize=64)
def _shares_along(samples, draw):
    x = _drawn(samples, draw)
    return np.array([effective_share(weights(x, shift)) for shift in _ImportanceSampling.shifts])


class _ImportanceSampling:
    shifts = np.linspace(0, 4, 33)
    edges = np.linspace(-4, 8, 97)

    def __init__(self):
        self.picture = Picture(900, 430, t("importance_sampling.alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.85))
        left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
        self._draw_policies(left)
        self._draw_shares(right)
        self.mean = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self.size = moving_text(figure, 0.02, 0.87, figure.transFigure)

    def _draw_policies(self, axes):
        self._x = np.linspace(self.edges[0], self.edges[-1], 241)
        nothing = np.zeros(len(self.edges) - 1)
        self.bars = moving(axes.stairs(nothing, self.edges, fill=True, color=SKY, alpha=0.7))
        axes.plot(self._x, np.exp(log_normal(self._x, 0.0)), color=GREY, ls="--")
        self._new = moving(axes.plot([], [], color=BLUE)[0])
        axes.set(xlim=(self.edges[0], self.edges[-1]), ylim=(0, 0.75), yticks=[])
        axes.set_xlabel(t("importance_sampling.action_axis"))
        old = axes.lines[0]
        lines = {
            t("importance_sampling.old"): old,
            t("importance_sampling.new"): self._new,
            t("importance_sampling.weighted"): self.bars,
        }
        above = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 3, "borderaxespad": 0}
        legend = axes.legend(lines.values(), lines, **above, handlelength=1.3, columnspacing=1)
        legend.set_in_layout(False)  # wider than the axes, it would make them smaller

    def _draw_shares(self, axes):
        axes.set(xlim=(-0.1, 4.1), yscale="log", ylim=(5e-8, 3), yticks=(1e-6, 1e-4, 1e-2, 1))
        axes.set_yticklabels(("0.000001", "0.0001", "0.01", "1"))
        axes.minorticks_off()
        axes.set_xlabel(t("importance_sampling.shift_axis"))
        axes.set_title(t("importance_sampling.share_title"))
        axes.plot(self.shifts, true_share(self.shifts), color=GREEN, label=t("importance_sampling.in_truth"))
        by_samples, one_sample = t("importance_sampling.by_samples"), t("importance_sampling.one_sample")
        self.told = moving(axes.plot([], [], color=ORANGE, ls="--", label=by_samples)[0])
        self._one = moving(axes.axhline(1, color=GREY, lw=1.5, ls=":", label=one_sample))
        dot = {"marker": "o", "ms": 10, "markeredgecolor": "white", "zorder": 5}
        self.dots = [moving_dots(axes, color=color, **dot) for color in (GREEN, ORANGE)]
        axes.legend(loc="lower left")

    def update(self, shift, samples, draw):
        x = _drawn(samples, draw)
        ratio = weights(x, shift)
        heights, _ = np.histogram(x, self.edges, weights=ratio)
        self.bars.set_data(heights / (samples * (self.edges[1] - self.edges[0])))
        self._new.set_data(self._x, np.exp(log_normal(self._x, shift)))
        told, truth = effective_share(ratio), float(true_share(shift))
        self.told.set_data(self.shifts, _shares_along(samples, draw))
        self._one.set_ydata([1 / samples, 1 / samples])
        for dot, share in zip(self.dots, (truth, told), strict=True):
            dot.set_data([shift], [share])
        self.mean.set_text(t("importance_sampling.mean", estimate=(ratio * x).mean() + 0.0, truth=shift))
        self.size.set_text(
            t(
                "importance_sampling.size",
                told=told * samples,
                truth=_short(truth * samples),
                largest=100 * ratio.max() / ratio.sum(),
            )
        )


def _short(count):
    """Return a number of samples in words: whole where it is large, else with its first digits."""
    return f"{count:,.0f}" if count >= 10 else f"{count:.1f}" if count >= 0.1 else f"{count:.2g}"
