"""A group of answers, token by token: where the ratio has gone, and where no gradient flows any more."""

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize

from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.legend import colour_of
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.style import styled
from ppo_edu.language import t
from ppo_edu.language_models.task import decode
from ppo_edu.objective import clip_fraction, no_gradient, probability_ratio

__all__ = ["token_map"]


def token_map():
    """Return the explorer of eight recorded answers to one prompt, through eight gradient steps."""
    kinds = {t("lm_explorer.from_group"): "group", t("lm_explorer.from_critic"): "critic"}
    return Explorer(
        styled(_TokenMap),
        [
            Slider("step", t("lm_explorer.step"), low=0, high=8, step=1, start=5, time=True),
            Slider(
                "epsilon",
                t("lm_explorer.epsilon_low"),
                low=0.05,
                high=0.6,
                step=0.01,
                start=0.2,
                page_step=0.05,
            ),
            Slider(
                "epsilon_high",
                t("lm_explorer.epsilon_high"),
                low=0.05,
                high=0.6,
                step=0.01,
                start=0.2,
                page_step=0.05,
            ),
            Choice("advantage", t("lm_explorer.advantage"), kinds, start="group"),
        ],
    )


class _TokenMap:
    reach = np.log(2)  # of the colours: ratios from 1/2 to 2

    def __init__(self):
        self.picture = Picture(900, 420, t("lm_explorer.token_map_alt"))
        self._data = recorded.token_map()
        self._places = np.argwhere(self._data["valid"])
        self._colours = colormaps["RdBu_r"]
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.9))
        left, right = figure.subplots(1, 2)
        left.set_title(t("lm_explorer.ratios"))
        right.set_title(t("lm_explorer.advantages"))
        self.ratios, self.advantages = (self._map(axes) for axes in (left, right))
        right.tick_params(labelleft=False)
        self._frames = moving(
            left.plot([], [], color=colour_of("no_gradient"), lw=2.5, zorder=4, solid_joinstyle="miter")[0]
        )
        bar = figure.colorbar(
            ScalarMappable(Normalize(-self.reach, self.reach), self._colours), ax=left, pad=0.02
        )
        bar.set_ticks(np.log([0.5, 0.8, 1, 1.25, 2]), labels=["0.5", "0.8", "1", "1.25", "2"])
        bar = figure.colorbar(ScalarMappable(Normalize(-3, 3), colormaps["PuOr_r"]), ax=right, pad=0.02)
        bar.set_ticks([-3, 0, 3])
        self.told = moving_text(figure, 0.02, 0.94, figure.transFigure)

    def _map(self, axes):
        rows, columns = self._data["valid"].shape
        axes.grid(False)
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), xticks=[])
        marks = [t("lm_explorer.right") if paid else t("lm_explorer.wrong") for paid in self._data["rewards"]]
        axes.set_yticks(range(rows), marks)
        axes.tick_params(length=0)
        axes.set_xlabel(t("lm_explorer.prompt", prompt=f"{int(self._data['number'])}="))
        for row, column in self._places:
            letter = decode([self._data["tokens"][row, column]])
            axes.text(column, row - 0.06, letter, ha="center", family="monospace")
        blocks = PolyCollection(_around(self._places, 0.4), lw=0, zorder=2)
        return moving(axes.add_collection(blocks, autolim=False))

    def update(self, step, epsilon, epsilon_high, advantage):
        log_probs, valid = self._data[f"{advantage}.log_probs"], self._data["valid"]
        advantages = self._data[f"{advantage}.advantages"]
        rows, columns = self._places.T
        log_ratio = (log_probs[step] - log_probs[0])[rows, columns]
        self.ratios.set_facecolor(self._colours(0.5 + 0.5 * log_ratio / self.reach))
        self.advantages.set_facecolor(colormaps["PuOr_r"](0.5 + advantages[rows, columns] / 6))
        ratio = probability_ratio(log_probs[step], log_probs[0])
        held = no_gradient(ratio, advantages, epsilon, epsilon_high) & valid
        self._frames.set_data(*_outlines(held))
        self.told.set_text(
            t(
                "lm_explorer.token_map_told",
                clipped=clip_fraction(ratio[valid], epsilon, epsilon_high),
                held=int(held.sum()),
                tokens=int(valid.sum()),
            )
        )


def _around(cells, half):
    """Return the corners, (n, 4, 2), of a block below the letter of each cell, an array of (row, column)."""
    corners = np.array([[-half, 0.05], [half, 0.05], [half, 0.4], [-half, 0.4]])
    return np.asarray(cells)[:, None, ::-1] + corners


def _outlines(chosen):
    """Return the lines, x and y, around the blocks of the chosen cells, with NaN between them."""
    corners = _around(np.argwhere(chosen), 0.42)
    gaps = np.full((len(corners), 1, 2), np.nan)
    return np.concatenate([corners, corners[:, :1], gaps], 1).reshape(-1, 2).T
