"""What the KL divergence measures: between choices, between Gaussians, and for one and the same step."""

import numpy as np
from matplotlib.patches import Rectangle

from ppo_edu.drawing.controls import Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.legend import colour_of
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREY, INK, styled
from ppo_edu.language import t
from ppo_edu.objective import categorical_kl, gaussian_kl

__all__ = ["kl_of_choices", "kl_of_gaussians", "same_step"]


def kl_of_choices():
    """Return the explorer of the KL between two policies that choose one of two actions."""
    return Explorer(
        styled(_KLOfChoices),
        [
            Slider(
                "old", t("trust_region.old_prob"), low=0.01, high=0.99, step=0.01, start=0.5, page_step=0.02
            ),
            Slider(
                "new", t("trust_region.new_prob"), low=0.01, high=0.99, step=0.01, start=0.8, page_step=0.02
            ),
        ],
    )


def two_choices(prob):
    """Return the logarithms of the probabilities of two actions, (..., 2), the second with `prob`, (...)."""
    return np.log(np.stack([1 - np.asarray(prob), prob], axis=-1))


class _Bars:
    """The probabilities of two actions, those of the old policy beside those of the new."""

    def __init__(self, axes, names):
        axes.set(xlim=(-0.6, 1.6), ylim=(0, 1), xticks=(0, 1), xticklabels=names, yticks=(0, 0.5, 1))
        self.bars = []
        for left, color, label in ((-0.38, GREY, t("trust_region.old")), (0.02, BLUE, t("trust_region.new"))):
            pair = [Rectangle((action + left, 0), 0.36, 0, color=color, label=label) for action in (0, 1)]
            self.bars.append([moving(axes.add_patch(bar)) for bar in pair])
        self.keys = [pair[0] for pair in self.bars]

    def update(self, *log_probs):
        for pair, logs in zip(self.bars, log_probs, strict=True):
            for bar, prob in zip(pair, np.exp(logs), strict=True):
                bar.set_height(prob)


class _KLOfChoices:
    probs = np.linspace(0.002, 0.998, 250)

    def __init__(self):
        self.picture = Picture(900, 400, t("trust_region.choices_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.84))
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.4))
        self.bars = _Bars(left, (t("trust_region.left_action"), t("trust_region.right_action")))
        left.set_title(t("trust_region.two_policies"))
        figure.legend(handles=self.bars.keys, loc="outside lower left", ncols=2)
        right.set(
            xlim=(0, 1), ylim=(0, 2.5), xlabel=t("trust_region.new_prob"), title=t("trust_region.kl_title")
        )
        self.curve = moving(right.plot([], [], color=colour_of("kl"), label=t("trust_region.kl_title"))[0])
        self._reverse = moving(
            right.plot([], [], color=colour_of("kl"), lw=1.5, ls="--", label=t("trust_region.kl_back"))[0]
        )
        dot = {"color": INK, "marker": "o", "ms": 10, "markeredgecolor": "white", "zorder": 5}
        self.dot = moving_dots(right, **dot)
        figure.legend(handles=[self.curve, self._reverse], loc="outside lower right", ncols=2)
        self.sum = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self.back = moving_text(figure, 0.02, 0.87, figure.transFigure, color=GREY)

    def update(self, old, new):
        before, after, everywhere = two_choices(old), two_choices(new), two_choices(self.probs)
        self.bars.update(before, after)
        here = np.broadcast_to(before, everywhere.shape)
        self.curve.set_data(self.probs, categorical_kl(here, everywhere))
        self._reverse.set_data(self.probs, categorical_kl(everywhere, here))
        kl, back = float(categorical_kl(before, after)), float(categorical_kl(after, before))
        self.dot.set_data([new], [kl])
        words = t("trust_region.choices_sum", p=1 - old, q=1 - new, p2=old, q2=new, kl=kl)
        self.sum.set_text(words)
        self.back.set_text(t("trust_region.other_way", kl=back))


def kl_of_gaussians():
    """Return the explorer of the KL between two Gaussian policies: the area under p log(p/q)."""
    return Explorer(
        styled(_KLOfGaussians),
        [
            Slider("shift", t("trust_region.shift"), low=-2.0, high=2.0, step=0.05, start=1.0, page_step=0.5),
            Slider(
                "old_std", t("trust_region.old_std"), low=0.3, high=2.0, step=0.05, start=1.0, page_step=0.3
            ),
            Slider(
                "new_std", t("trust_region.new_std"), low=0.3, high=2.0, step=0.05, start=0.5, page_step=0.3
            ),
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
        self._area = moving(right.fill_between(self.x, 0 * self.x, color=colour_of("kl"), alpha=0.3, lw=0))
        self.curve = moving(right.plot([], [], color=colour_of("kl"))[0])
        self.sum = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self.back = moving_text(figure, 0.02, 0.87, figure.transFigure, color=GREY)

    def update(self, shift, old_std, new_std):
        old, new = (0.0, old_std), (shift, new_std)
        self._densities.update(old, new)
        p = density(self.x, *old)
        log_ratio = (
            np.log(new_std / old_std)
            + 0.5 * ((self.x - shift) / new_std) ** 2
            - 0.5 * (self.x / old_std) ** 2
        )
        self.curve.set_data(self.x, p * log_ratio)
        self._area.set_verts([np.column_stack([self.x, p * log_ratio])])
        self.sum.set_text(t("trust_region.area", kl=float(gaussian_kl(*old, *new))))
        self.back.set_text(t("trust_region.other_way", kl=float(gaussian_kl(*new, *old))))


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
        self.bars = [_Bars(each, names) for each in axes[0]]
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
        figure.legend(handles=self.bars[0].keys, loc="outside upper center", ncols=2)
        self.words = [moving_text(each, 0.03, 0.88, each.transAxes, fontsize=15) for each in axes.flat]

    def update(self, step):
        kls = []
        for bars, logit in zip(self.bars, self.logits, strict=True):
            before, after = (two_choices(1 / (1 + np.exp(-z))) for z in (logit, logit - step))
            bars.update(before, after)
            kls.append(float(categorical_kl(before, after)))
        for densities, std in zip(self._densities, self.stds, strict=True):
            densities.update((0.0, std), (step, std))
            kls.append(float(gaussian_kl(0.0, std, step, std)))
        for words, kl in zip(self.words, kls, strict=True):
            words.set_text(f"KL = {kl:.4f}")
