"""Advantages in pictures: a cut mistaken for an end."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import BLUE, ORANGE, styled
from ppo_edu.guards.validation import check_count
from ppo_edu.language import t

__all__ = ["truncation_mistake"]


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
