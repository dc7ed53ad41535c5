"""Where the advantages of an episode come from: gamma and lambda over recorded steps."""

from types import MappingProxyType

import numpy as np

from ppo_edu import advantage as advantages
from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice, Slider, Toggle
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, INK, PURPLE, SKY, styled
from ppo_edu.language import t

__all__ = ["gae"]


def gae():
    """Return the explorer of GAE on a recorded episode: TD errors, their weights and the advantages."""
    endings = {t("explorer.terminated"): "terminated", t("explorer.truncated"): "truncated"}
    return Explorer(
        styled(_Gae),
        [
            Choice("ending", t("explorer.ending"), endings, start="terminated"),
            Slider("lam", t("explorer.lam"), low=0.0, high=1.0, step=0.01, start=0.95, page_step=0.05),
            Slider("gamma", t("explorer.gamma"), low=0.8, high=0.99, step=0.01, start=0.99, page_step=0.05),
            Slider("step", t("explorer.step"), low=-99, high=0, step=1, start=-40, page_step=5, time=True),
            Toggle("bootstrap", t("explorer.bootstrap"), start=True),
        ],
    )


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
        self.deltas, self.weights = (
            moving(axes.stairs(nothing, edges, fill=True, color=color))
            for axes, color in ((top, SKY), (middle, PURPLE))
        )
        self.advantages = moving(bottom.plot([], [], color=BLUE)[0])
        self.dot = moving_dots(bottom, color=INK, marker="o", ms=10, markeredgecolor="white")
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
        self.deltas.set_data(advantages.td_errors(*(episode[name] for name in names), gamma))
        estimates = recorded.advantages_of(episode, gamma, lam)
        self.advantages.set_data(np.arange(-self.steps, 0) + 1, estimates)
        self.weights.set_data(weights(self.steps, step, gamma, lam))
        estimate = estimates[step - 1]
        self.dot.set_data([step], [estimate])
        for line in self._here:
            line.set_xdata([step, step])
        self._number.set_text(t("explorer.advantage_here", advantage=estimate))
        changed = ending != self._ending
        self._show_limits(ending)
        return changed


def weights(steps, step, gamma, lam):
    """Return the weight of each of the last `steps` TD errors in the advantage of `step` (0 is the last)."""
    nothing = np.zeros(1 - step)
    only_last = np.append(nothing[1:], 1.0)
    never = nothing.astype(bool)
    # How much one TD error counts l steps earlier: what gae makes of a single 1 at the end.
    back = advantages.gae(only_last, nothing, nothing, never, never, gamma, lam)
    return np.concatenate([np.zeros(steps - len(back)), back[::-1]])
