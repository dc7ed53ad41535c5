"""Three estimates of the KL to the reference, and how each of them pulls."""

import numpy as np

from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREEN, GREY, INK, ORANGE, styled
from ppo_edu.language import t
from ppo_edu.objective import KL_ESTIMATORS, kl_terms

__all__ = ["two_kls"]

COLOURS = dict(zip(KL_ESTIMATORS, (BLUE, ORANGE, GREEN), strict=True))


def two_kls():
    """Return the explorer of k1, k2 and k3 of one token, and the weight each puts on its gradient."""
    places = {t("lm_explorer.in_reward"): "reward", t("lm_explorer.in_loss"): "loss"}
    return Explorer(
        styled(_TwoKls),
        [
            Slider("log_ratio", t("lm_explorer.log_ratio"), low=-2.0, high=5.0, step=0.05, start=2.0),
            Choice("place", t("lm_explorer.place"), places, start="loss"),
        ],
    )


def pulls(d, place):
    """Return the weight of each estimate on the gradient of log pi, by name, for ``d = log pi - log ref``.

    In the reward, the estimate itself weighs the gradient, as every reward does; in the loss it is the slope
    of the estimate. k1's is 1 wherever the policy has gone, which is 0 on average.
    """
    if place == "reward":
        return {name: kl_terms(-d, 0 * d, name) for name in KL_ESTIMATORS}
    return {"k1": np.ones_like(d), "k2": d, "k3": -np.expm1(-d)}


class _TwoKls:
    def __init__(self):
        self.picture = Picture(900, 400, t("lm_explorer.two_kls_alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.9))
        left, right = figure.subplots(1, 2)
        self._d = np.linspace(-2, 5, 141)
        label = t("lm_explorer.log_ratio_axis")
        left.set(xlim=(-2, 5), ylim=(-2.5, 6), xlabel=label, title=t("lm_explorer.kl_values"))
        right.set(xlim=(-2, 5), ylim=(-4, 6), xlabel=label, title=t("lm_explorer.kl_pulls"))
        for axes in (left, right):
            axes.set_yticks(range(-4 if axes is right else -2, 7, 2))
            axes.axhline(0, color=GREY, lw=1)
            axes.axvline(0, color=GREY, lw=1)
        for name, color in COLOURS.items():
            left.plot(self._d, kl_terms(-self._d, 0 * self._d, name), color=color, label=name)
        figure.legend(loc="upper right", ncols=3)
        self._lines = {name: moving(right.plot([], [], color=color)[0]) for name, color in COLOURS.items()}
        look = {"marker": "o", "ms": 9, "markeredgecolor": "white", "zorder": 5}
        self.dots = {
            name: [moving_dots(axes, color=color, **look) for axes in (left, right)]
            for name, color in COLOURS.items()
        }
        self._marks = [moving(axes.axvline(0, color=INK, lw=1, ls=":")) for axes in (left, right)]
        self.told = moving_text(figure, 0.02, 0.94, figure.transFigure)

    def update(self, log_ratio, place):
        here = np.array([float(log_ratio)])
        along, pull = pulls(self._d, place), pulls(here, place)
        for name in KL_ESTIMATORS:
            self._lines[name].set_data(self._d, along[name])
            value = kl_terms(-here, 0 * here, name)
            self.dots[name][0].set_data(here, value)
            self.dots[name][1].set_data(here, pull[name])
        for mark in self._marks:
            mark.set_xdata([log_ratio, log_ratio])
        self.told.set_text(
            t(
                "lm_explorer.two_kls_told",
                times=float(np.exp(log_ratio)),
                **{name: float(pull[name][0]) + 0.0 for name in KL_ESTIMATORS},
            )
        )
