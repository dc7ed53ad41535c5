"""What the ratios see of a fall: the true return beside the samples that still count."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import BLUE, GREY, INK, ORANGE, styled
from ppo_edu.language import t

__all__ = ["cliff_weights"]


def back_at_start():
    """Return, for each recorded walk, where its return first lies below its start again after its top.

    Returns
    -------
    at : array of int, (B,)
        Index into the walk's lengths; -1 if the walk ended before.
    share : array, (B,)
        Effective samples there, as a share of the batch; NaN if it ended before.
    """
    walks = recorded.cliff_weights()
    at = np.full(len(walks["batch_seeds"]), -1)
    for row, returns in enumerate(walks["return"]):
        below = np.flatnonzero((returns < returns[0]) & (np.arange(len(returns)) > returns.argmax()))
        at[row] = below[0] if below.size else -1
    shares = walks["effective_share"][np.arange(len(at)), at]
    return at, np.where(at < 0, np.nan, shares)


@styled
def cliff_weights():
    """Return the recorded walks: true return and effective samples against the length of the step."""
    walks = recorded.cliff_weights()
    picture = Picture(900, 380, t("cliff_weights.alt"))
    left, right = picture.figure.subplots(1, 2)
    at, shares = back_at_start()
    for axes, name, color, title in (
        (left, "return", BLUE, t("cliff_weights.return")),
        (right, "effective_share", ORANGE, t("cliff_weights.effective_share")),
    ):
        axes.plot(walks["lengths"], walks[name].T, color=color, lw=1, alpha=0.4)
        axes.plot(walks["lengths"], np.median(walks[name], axis=0), color=color, lw=4)
        axes.set(title=title, xlabel=t("cliff_weights.length_axis"), ylim=(0, None))
    left.axhline(walks["return"][0, 0], color=GREY, lw=1.5, ls="--")
    fell = at >= 0
    dots = {"color": INK, "marker": "o", "ms": 6, "lw": 0, "markeredgecolor": "white", "zorder": 5}
    left.plot(walks["lengths"][at[fell]], walks["return"][fell, at[fell]], **dots)
    right.plot(walks["lengths"][at[fell]], shares[fell], **dots, label=t("cliff_weights.back"))
    right.set_ylim(0, 1.05)
    right.legend(loc="lower left")
    return picture
