"""How far the ratios of one batch spread while it is trained on."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.legend import colour_of, name_of
from ppo_edu.drawing.picture import Picture, moving
from ppo_edu.drawing.style import BLUE, styled
from ppo_edu.figures.clipping import EpochLine
from ppo_edu.language import t
from ppo_edu.objective import approx_kl, clip_fraction, probability_ratio

__all__ = ["ratio_histogram"]


def epsilon_slider(page_step=None):
    return Slider("epsilon", t("explorer.epsilon"), 0.01, 0.9, step=0.01, start=0.2, page_step=page_step)


def epoch_slider(start):
    return Slider("epoch", t("explorer.epoch"), low=0, high=10, step=1, start=start, time=True)


def recorded_ratios(learning_rate):
    """Return the batch's ratios after each epoch and its advantages once for each epoch, (11, B) both."""
    batch = recorded.transitions()
    log_probs = recorded.log_probs_by_epoch(learning_rate)
    ratios = probability_ratio(log_probs, np.broadcast_to(batch["log_probs"], log_probs.shape))
    return ratios, np.broadcast_to(batch["advantages"], ratios.shape)


def ratio_histogram():
    """Return the explorer of how a batch's ratios spread while PPO uses the batch again and again."""
    rates = {f"{rate:g}": rate for rate in recorded.LEARNING_RATES}
    return Explorer(
        styled(_RatioHistogram),
        [
            epoch_slider(start=6),
            Choice("learning_rate", t("explorer.learning_rate"), rates, start=0.003),
            Slider("epsilon", t("explorer.epsilon"), low=0.05, high=0.5, step=0.01, start=0.2),
        ],
    )


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
        self.inside, self.outside = (
            moving(left.stairs(nothing, self.edges, fill=True, color=color))
            for color in (BLUE, colour_of("clip_fraction"))
        )
        above = (0, 1.06)
        self._clipped = EpochLine(
            panels["clipped"], colour_of("clip_fraction"), name_of("clip_fraction"), at=above
        )
        self.kl = EpochLine(panels["kl"], colour_of("kl"), name_of("approx_kl"), "{:.4f}", at=above)
        panels["clipped"].set(title=" ", ylim=(0, 0.7), yticks=(0, 0.3, 0.6), xlabel="")
        # Learning rates differ a hundredfold in KL, and epoch 0 has none.
        panels["kl"].set_yscale("symlog", linthresh=0.001)
        panels["kl"].set(title=" ", ylim=(0, 0.5), yticks=(0, 0.001, 0.01, 0.1))
        panels["kl"].yaxis.set_major_formatter("{x:g}")
        labels = [t("figure.clip_range"), t("explorer.inside"), t("explorer.outside")]
        lines = [self._range, self.inside, self.outside]
        figure.legend(lines, labels, loc="outside upper center", ncols=3)
        self._old = recorded.transitions()["log_probs"]

    def update(self, epoch, learning_rate, epsilon):
        log_probs = recorded.log_probs_by_epoch(learning_rate)
        ratios = [probability_ratio(after, self._old) for after in log_probs]
        self._range.set(x=1 - epsilon, width=2 * epsilon)
        clipped = np.abs(ratios[epoch] - 1) > epsilon
        outside, _ = np.histogram(ratios[epoch][clipped], self.edges)
        everything, _ = np.histogram(ratios[epoch], self.edges)
        tallest = everything.max()
        self.inside.set_data((everything - outside) / tallest)
        self.outside.set_data(everything / tallest, baseline=(everything - outside) / tallest)
        self._clipped.update([clip_fraction(ratio, epsilon) for ratio in ratios], epoch)
        self.kl.update([approx_kl(after, self._old) for after in log_probs], epoch)
