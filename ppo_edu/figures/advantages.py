"""Advantages in pictures: a cut mistaken for an end, and GAE's error for each lambda."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import BLUE, GREEN, INK, ORANGE, styled
from ppo_edu.guards.validation import check_count
from ppo_edu.language import t

__all__ = ["gae_error", "truncation_mistake"]


@styled
def truncation_mistake(steps=150):
    """Return the advantages of a recorded episode that a time limit cut, with the cut taken for what it is
    and mistaken for the task's own end.

    Parameters
    ----------
    steps : int
        How many steps before the cut to show.
    """
    check_count("steps", steps)
    episode = recorded.episode("truncated")
    mistaken = {**episode, "terminated": episode["truncated"]}
    before = np.arange(1 - len(episode["rewards"]), 1)
    picture = Picture(900, 350, t("figure.truncation_mistake_alt"))
    axes = picture.figure.subplots()
    for kind, color, label in (
        (mistaken, ORANGE, t("figure.cut_as_end")),
        (episode, BLUE, t("figure.cut_as_cut")),
    ):
        estimates = recorded.advantages_of(kind, recorded.GAMMA, recorded.LAM)
        axes.plot(before[-steps:], estimates[-steps:], color=color, lw=3, label=label)
    axes.set(xlabel=t("figure.before_cut_axis"), ylabel=t("figure.advantage_axis"))
    picture.figure.legend(loc="outside upper center", ncols=2)
    return picture


def gae_errors():
    """Return how far GAE is from the truth on the recorded states, for each lam.

    The truth is Q of the action that was taken, from hundreds of trials, minus the critic's V of the state:
    an error in that V alone shifts both actions' advantages alike and moves no policy.

    Returns
    -------
    lams, squared_bias, variance : array, (L,)
        Means over the states. The squared bias is freed of what the finite number of trials adds to it.
    """
    study = recorded.gae_study()
    truth = study["q"] - study["values"]
    by_chance = study["estimate_variances"] / study["trials"] + study["q_error"][:, None] ** 2
    squared_bias = (study["estimate_means"] - truth[:, None]) ** 2 - by_chance
    return study["lams"], squared_bias.mean(axis=0), study["estimate_variances"].mean(axis=0)


@styled
def gae_error():
    """Return the measured squared bias, variance and squared error of GAE against lam, with its minimum."""
    lams, squared_bias, variance = gae_errors()
    error = squared_bias + variance
    best = error.argmin()
    picture = Picture(900, 380, t("figure.gae_error_alt"))
    whole, near_one = picture.figure.subplots(1, 2)
    for axes, shown in ((whole, lams >= 0), (near_one, lams >= 0.9)):
        axes.plot(lams[shown], squared_bias[shown], color=ORANGE, ls="--", label=t("figure.squared_bias"))
        axes.plot(lams[shown], variance[shown], color=GREEN, ls=":", label=t("figure.variance"))
        axes.plot(lams[shown], error[shown], color=BLUE, lw=4, label=t("figure.squared_error"))
        axes.plot(lams[best], error[best], color=INK, marker="o", ms=10, markeredgecolor="white")
        axes.set(xlabel=t("figure.lam_axis"), ylim=(0, 1.05 * error.max()))
    smallest = t("figure.smallest_error", lam=lams[best], error=error[best])
    near_one.text(0.98, 0.92, smallest, ha="right", transform=near_one.transAxes)
    whole.set_title(t("figure.every_lam"))
    near_one.set_title(t("figure.close_to_one"))
    picture.figure.legend(*whole.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return picture
