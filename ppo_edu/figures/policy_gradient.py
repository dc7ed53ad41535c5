"""The still pictures of the lesson on the policy gradient."""

from collections.abc import Mapping

import numpy as np
from matplotlib.patches import Rectangle

from ppo_edu.corridor import Corridor
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import BLUE, GREEN, GREY, ORANGE, SKY, for_words, styled
from ppo_edu.guards.validation import (
    check_choice,
    check_kind,
    check_listed,
    check_not_empty,
    check_number,
    float_array,
    float_row,
)
from ppo_edu.language import t

__all__ = ["corridor", "entropy_runs", "gradient_noise", "old_data", "reinforce_scores"]


@styled
def corridor():
    """Return the picture of the corridor with two cells: what each step pays, and where it leads."""
    picture = Picture(900, 210, t("policy_gradient.corridor_alt"))
    axes = picture.figure.subplots()
    axes.set(xlim=(-1.75, 6.25), ylim=(-0.75, 1.15))
    axes.axis("off")
    (left_a, right_a), (left_b, right_b) = Corridor().rewards
    for x, name in ((0, "A"), (3, "B")):
        axes.add_patch(Rectangle((x, 0), 1.5, 1, facecolor="#DDEEF8", edgecolor=BLUE, lw=2))
        axes.text(x + 0.75, 0.5, name, fontsize=24, fontweight="bold", ha="center", va="center")
    for start, end, reward, color in (
        (0, -1.1, left_a, ORANGE),
        (1.5, 3, right_a, BLUE),
        (4.5, 5.6, right_b, BLUE),
    ):
        axes.annotate(
            "", (end, 0.5), (start, 0.5), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.5}
        )
        axes.text((start + end) / 2, 0.62, f"+{reward:g}", ha="center", va="bottom", fontsize=15)
    axes.annotate("", (3.75, -0.62), (3.75, 0), arrowprops={"arrowstyle": "-|>", "color": ORANGE, "lw": 2.5})
    axes.text(3.9, -0.4, f"+{left_b:g}", ha="left", va="center", fontsize=15)
    for x, y, side in ((-1.15, 0.5, "right"), (5.65, 0.5, "left"), (3.6, -0.45, "right")):
        axes.text(x, y, t("policy_gradient.end"), ha=side, va="center", color=for_words(GREY))
    axes.text(0.75, -0.2, t("policy_gradient.start"), ha="center", va="center", color=for_words(GREY))
    return picture


@styled
def reinforce_scores(scores):
    """Return the picture of the mean return of each batch, one batch an update: scores (U,)."""
    scores = float_row("scores", scores)
    picture = Picture(900, 320, t("policy_gradient.scores_alt"))
    axes = picture.figure.subplots()
    axes.plot(np.arange(1, len(scores) + 1), scores, color=BLUE, marker="o", ms=5)
    axes.set(
        xlabel=t("policy_gradient.update_axis"), ylabel=t("policy_gradient.batch_return_axis"), ylim=(0, 520)
    )
    return picture


@styled
def gradient_noise(needed):
    """Return the picture of how many episodes each weight of log pi needs.

    Parameters
    ----------
    needed : dict
        From ``"full"``, ``"to_go"``, ``"baseline"`` and ``"critic"``, or some of them, to a number.
    """
    words = {
        "full": t("policy_gradient.weight_full"),
        "to_go": t("policy_gradient.weight_to_go"),
        "baseline": t("policy_gradient.weight_baseline"),
        "critic": t("policy_gradient.weight_critic"),
    }
    needed = {
        check_choice("needed", name, tuple(words)): check_number(f"needed[{name!r}]", number, at_least=0)
        for name, number in check_kind("needed", needed, Mapping).items()
    }
    names = [words[name] for name in needed]
    told = ", ".join(f"{name}: {number:.0f}" for name, number in zip(names, needed.values(), strict=True))
    picture = Picture(900, 280, t("policy_gradient.noise_alt", bars=told))
    axes = picture.figure.subplots()
    bars = axes.barh(
        names, list(needed.values()), color=[ORANGE, SKY, BLUE, GREEN][: len(names)], height=0.62
    )
    axes.bar_label(bars, fmt="{:.0f}", padding=5)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.1)
    axes.set_xlabel(t("policy_gradient.needed_axis"))
    return picture


@styled
def old_data(fresh, old, best):
    """Return the picture of the expected return, (U,), while climbing with fresh data and with old."""
    fresh, old, best = float_row("fresh", fresh), float_row("old", old), check_number("best", best)
    picture = Picture(900, 340, t("policy_gradient.old_alt", fresh=fresh[-1], old=old[-1]))
    axes = picture.figure.subplots()
    axes.axhline(best, color=GREY, lw=1.5, ls=":")
    names = t("policy_gradient.fresh"), t("policy_gradient.old")
    for scores, color, name in zip((fresh, old), (BLUE, ORANGE), names, strict=True):
        axes.plot(scores, color=color)
        axes.annotate(
            name,
            (len(scores) - 1, scores[-1]),
            (0, -9),
            color=for_words(color),
            textcoords="offset points",
            ha="right",
            va="top",
        )
    axes.set(
        xlabel=t("policy_gradient.update_axis"),
        ylabel=t("policy_gradient.expected_axis"),
        ylim=(2.3, best + 0.15),
        xlim=(0, len(fresh) - 1),
    )
    return picture


@styled
def entropy_runs(runs):
    """Return the picture of training runs without and with an entropy bonus.

    Parameters
    ----------
    runs : dict
        From the bonus, a number, to a pair: expected returns (R, U) and entropies (R, U) of R runs.
    """
    runs = {check_number("runs", bonus): _measured(pair) for bonus, pair in _pairs(runs)}
    titles, stuck = {}, {}
    for bonus, (scores, _) in runs.items():
        # To the left at once is worth 2, the best way 5.
        stuck[bonus] = scores[:, -1] < 3
        titles[bonus] = t(
            "policy_gradient.bonus", bonus=bonus, stuck=int(stuck[bonus].sum()), runs=len(stuck[bonus])
        )
    picture = Picture(900, 430, t("policy_gradient.entropy_alt", stuck="; ".join(titles.values())))
    panels = picture.figure.subplots(2, len(runs), sharex=True, sharey="row")
    for column, (bonus, measured) in zip(panels.T, runs.items(), strict=True):
        for axes, lines in zip(column, measured, strict=True):
            axes.plot(lines[~stuck[bonus]].T, color=BLUE, lw=1, alpha=0.5)
            axes.plot(lines[stuck[bonus]].T, color=ORANGE, lw=1.5, alpha=0.8)
        column[0].set_title(titles[bonus])
        column[1].set_xlabel(t("policy_gradient.update_axis"))
    panels[0, 0].set(ylabel=t("policy_gradient.expected_axis"), ylim=(0.9, 5.2))
    panels[1, 0].set(ylabel=t("policy_gradient.entropy_axis"), ylim=(-0.02, 0.72), yticks=(0, np.log(2)))
    panels[1, 0].set_yticklabels(["0", r"$\log 2$"])
    for axes in panels[1]:
        axes.axhline(np.log(2), color=GREY, lw=1, ls=":")
    return picture


def _pairs(runs):
    if not check_kind("runs", runs, Mapping):
        raise ValueError(t("error.no_scores", name="runs"))
    return runs.items()


def _measured(pair):
    """Return expected returns and entropies, (R, U) both, or raise."""
    measured = [float_array("runs", each) for each in check_listed("runs", pair)]
    if [each.ndim for each in measured] != [2, 2] or measured[0].shape != measured[1].shape:
        shapes = ", ".join(str(each.shape) for each in measured)
        raise ValueError(t("error.shapes_differ", shapes=f"runs {shapes}; (R, U), (R, U)"))
    check_not_empty(runs=measured[0])
    return measured
