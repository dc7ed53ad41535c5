"""How noisy is a gradient from a few episodes? Estimates as arrows against the true one."""

import numpy as np

from ppo_edu.corridor import Corridor
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREEN, GREY, INK, ORANGE, styled
from ppo_edu.language import t

__all__ = ["gradient_arrows"]


def gradient_arrows():
    """Return the explorer of the corridor's gradient: estimates of a hundred batches, and the truth."""
    sizes = {str(size): size for size in (1, 2, 5, 10, 20, 50, 100, 200)}
    return Explorer(
        styled(_GradientArrows),
        [
            Choice("episodes", t("policy_gradient.episodes"), sizes, start=10),
            Slider(
                "baseline",
                t("policy_gradient.baseline"),
                low=-2.0,
                high=6.0,
                step=0.1,
                start=0.0,
                page_step=1.0,
            ),
            Slider("gamma", t("explorer.gamma"), low=0.0, high=1.0, step=0.05, start=1.0, page_step=0.5),
        ],
    )


class _GradientArrows:
    batches, most = 100, 200
    baselines = np.linspace(-2, 6, 81)

    def __init__(self):
        self.picture = Picture(900, 430, t("policy_gradient.arrows_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0.08, 1, 0.92))
        left, right = figure.subplots(1, 2, width_ratios=(1.35, 1))
        self._corridor, self._theta = Corridor(), np.zeros(2)
        self._true = self._corridor.gradient(self._theta)
        self._probs = self._corridor.trajectory_probs(self._theta)
        played = self._corridor.play(self._theta, self.batches * self.most, np.random.default_rng(0))
        # Of each batch, how often each trajectory is among its first episodes: all that an estimate needs.
        ways = played.reshape(self.batches, self.most, 1) == np.arange(len(self._probs))
        self._counts = ways.cumsum(axis=1)

        left.set(
            xlim=(-1.5, 2.1),
            ylim=(-0.9, 1.9),
            xlabel=t("policy_gradient.slope_a"),
            ylabel=t("policy_gradient.slope_b"),
        )
        left.axhline(0, color=GREY, lw=1, ls=":")
        left.axvline(0, color=GREY, lw=1, ls=":")
        self._shafts = moving(left.plot([], [], color=BLUE, lw=1, alpha=0.35)[0])
        tips = {"lw": 0, "marker": "o", "ms": 5, "color": BLUE, "alpha": 0.5, "markeredgewidth": 0}
        self.tips = moving_dots(left, **tips)
        head = {"markevery": [1], "markeredgecolor": "white"}
        # The wider one below: it is still seen where the two are the same.
        self._exact = moving(left.plot([], [], color=INK, lw=7, marker="o", ms=18, zorder=3, **head)[0])
        self.mean = moving(left.plot([], [], color=ORANGE, lw=2.5, marker="D", ms=8, zorder=4, **head)[0])
        self._exact.set_data([0, self._true[0]], [0, self._true[1]])
        labels = [
            t("policy_gradient.one_batch"),
            t("policy_gradient.true_gradient"),
            t("policy_gradient.expected_estimate"),
        ]
        figure.legend(
            [self.tips, self._exact, self.mean],
            labels,
            loc="outside upper center",
            ncols=3,
            markerscale=0.8,
        )

        right.set(
            xlim=(-2, 6),
            ylim=(0, 3.4),
            xlabel=t("policy_gradient.baseline_axis"),
            ylabel=t("policy_gradient.noise_axis"),
        )
        self.curve = moving(right.plot([], [], color=GREEN)[0])
        dot = {"color": INK, "marker": "o", "ms": 10, "markeredgecolor": "white"}
        self.dot = moving_dots(right, **dot)
        self.words = moving_text(figure, 0.02, 0.035, figure.transFigure)

    def update(self, episodes, baseline, gamma):
        one = self._corridor.estimates(self._theta, gamma=gamma, baseline=baseline)
        estimates = self._counts[:, episodes - 1] @ one / episodes
        nowhere = np.full(self.batches, np.nan)
        x, y = (np.stack([0 * tip, tip, nowhere], axis=1).ravel() for tip in estimates.T)
        self._shafts.set_data(x, y)
        self.tips.set_data(*estimates.T)
        mean = self._probs @ one
        self.mean.set_data([0, mean[0]], [0, mean[1]])
        self.curve.set_data(self.baselines, self._noise(gamma, self.baselines))
        (noise,) = self._noise(gamma, np.array([baseline]))
        self.dot.set_data([baseline], [noise])
        self.words.set_text(
            t(
                "policy_gradient.arrows_words",
                noise=noise / episodes**0.5,
                length=np.hypot(*self._true),
                uphill=int((estimates @ self._true > 1e-9).sum()),
                batches=self.batches,
            )
        )

    def _noise(self, gamma, baselines):
        """Return the noise of one episode's estimate at each of `baselines`."""
        # Estimates are linear in the baseline, so two of them tell all.
        at_0, at_1 = (self._corridor.estimates(self._theta, gamma=gamma, baseline=b) for b in (0.0, 1.0))
        estimates = at_0 + baselines[:, None, None] * (at_1 - at_0)
        off = estimates - np.einsum("w,bwp->bp", self._probs, estimates)[:, None]
        return np.sqrt(np.einsum("w,bwp->b", self._probs, off**2))
