"""What a group makes of its rewards, and what three kinds of mean make of long and short answers."""

import numpy as np

from ppo_edu.drawing.controls import Slider, Toggle
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.style import BLUE, GREY, ORANGE, styled
from ppo_edu.language import t
from ppo_edu.language_models.formulas import MEANS, group_advantages, masked_mean
from ppo_edu.language_models.task import ANSWER_LENGTH

__all__ = ["group_advantage", "loss_means"]

GROUP = 8


def group_advantage():
    """Return the explorer of eight rewards, right or wrong, and the advantages that they become."""
    rewards = [Toggle(f"r{n}", t("lm_explorer.answer", n=n), start=n == 1) for n in range(1, GROUP + 1)]
    return Explorer(
        styled(_GroupAdvantage), [*rewards, Toggle("divide", t("lm_explorer.divide_by_std"), start=True)]
    )


class _GroupAdvantage:
    def __init__(self):
        self.picture = Picture(900, 320, t("lm_explorer.group_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.88))
        axes = figure.subplots()
        axes.set(xlim=(0.4, GROUP + 0.6), ylim=(-3.3, 3.3), xticks=range(1, GROUP + 1))
        axes.set(xlabel=t("lm_explorer.answer_axis"), ylabel=t("lm_explorer.advantage_axis"))
        axes.axhline(0, color=GREY, lw=1)
        self._edges = np.arange(0.65, GROUP + 0.5, 0.05)
        self._places = np.arange(1, GROUP + 1)
        self.bars = moving(axes.stairs(np.zeros(len(self._edges) - 1), self._edges, fill=True, color=BLUE))
        self._numbers = [moving_text(axes, n, 0, axes.transData, ha="center") for n in self._places]
        self.told = moving_text(figure, 0.02, 0.92, figure.transFigure)

    def update(self, divide, **rewards):
        paid = np.array([float(rewards[f"r{n}"]) for n in self._places])
        found = group_advantages(paid, GROUP, divide)
        middles = (self._edges[1:] + self._edges[:-1]) / 2
        nearest = np.abs(middles[:, None] - self._places).argmin(1)
        inside = np.abs(middles - self._places[nearest]) < 0.33
        self.bars.set_data(np.where(inside, found[nearest], 0.0))
        for text, value in zip(self._numbers, found + 0.0, strict=True):
            text.set(text=f"{value:+.2f}" if value else "0", y=value + (0.12 if value >= 0 else -0.5))
        self.told.set_text(
            t("lm_explorer.group_told", mean=paid.mean(), std=paid.std())
            if paid.std()
            else t("lm_explorer.group_flat", mean=paid.mean())
        )


def loss_means():
    """Return the explorer of two answers, and how much one token of each weighs in three means."""
    return Explorer(
        styled(_LossMeans),
        [
            Slider("short", t("lm_explorer.short"), low=1, high=ANSWER_LENGTH, step=1, start=3),
            Slider("long", t("lm_explorer.long"), low=1, high=ANSWER_LENGTH, step=1, start=12),
        ],
    )


class _LossMeans:
    def __init__(self):
        self.picture = Picture(900, 340, t("lm_explorer.means_alt"))
        figure = self.picture.figure
        panels = figure.subplots(1, 2)
        names = [t("lm_explorer.mean_token"), t("lm_explorer.mean_sequence"), t("lm_explorer.mean_constant")]
        self._panels = []
        for axes, title in zip(
            panels, (t("lm_explorer.one_token"), t("lm_explorer.whole_answer")), strict=True
        ):
            axes.set(title=title, xlim=(-0.6, 2.6), ylim=(0, 1.12), xticks=range(3), xticklabels=names)
            edges = np.arange(-0.4, 2.61, 0.05)
            bars = [
                moving(axes.stairs(np.zeros(len(edges) - 1), edges, fill=True, color=color))
                for color in (BLUE, ORANGE)
            ]
            texts = [
                [moving_text(axes, n + side, 0, axes.transData, ha="center") for n in range(3)]
                for side in (-0.2, 0.2)
            ]
            self._panels.append((edges, bars, texts))
        figure.legend(
            bars,
            [t("lm_explorer.one_answer"), t("lm_explorer.other_answer")],
            loc="outside upper center",
            ncols=2,
        )

    def update(self, short, long):
        valid = np.arange(ANSWER_LENGTH) < np.array([[short], [long]])
        one = [[self._weight(valid, row, kind, 1) for kind in MEANS] for row in (0, 1)]
        whole = [[self._weight(valid, row, kind, ANSWER_LENGTH) for kind in MEANS] for row in (0, 1)]
        for (edges, bars, texts), weights in zip(self._panels, (one, whole), strict=True):
            middles = (edges[1:] + edges[:-1]) / 2
            for side, stairs, words, values in zip((-0.2, 0.2), bars, texts, weights, strict=True):
                nearest = np.abs(middles[:, None] - side - np.arange(3)).argmin(1)
                inside = np.abs(middles - side - nearest) < 0.17
                stairs.set_data(np.where(inside, np.array(values)[nearest], 0.0))
                for text, value in zip(words, values, strict=True):
                    text.set(text=f"{value:.3f}" if value < 0.1 else f"{value:.2f}", y=value + 0.02)

    def _weight(self, valid, row, kind, tokens):
        """Return what a 1 on each of the first so many tokens of an answer adds to the mean."""
        terms = np.zeros(valid.shape)
        terms[row, :tokens] = 1
        return float(masked_mean(terms, valid, kind))
