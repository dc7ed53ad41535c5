"""What an update of each algorithm costs, and how fast each learns."""

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator

from ppo_edu.drawing.legend import colour_of, name_of
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import GREY, styled
from ppo_edu.guards.validation import check_table
from ppo_edu.language import t
from ppo_edu.recorded.steps import recorded
from ppo_edu.returns import reward_threshold

__all__ = ["bill", "race"]


VARIANTS = ("trpo", "ppo", "ppo_10_epochs")


@styled
def bill(data=None):
    """Return what one update costs: passes and arithmetic, then time and memory as network and batch grow.

    Parameters
    ----------
    data : dict, optional
        From `ppo_edu.study.cost.update_bills`; the recorded bill if not given.
    """
    data = recorded("updates") if data is None else check_table("data", data, recorded("updates"))
    picture = Picture(900, 560, t("trust_region.bill_alt"))
    (passes, memory), (by_width, by_batch) = picture.figure.subplots(2, 2)
    _draw_passes(passes, data)
    width, batch = int(data["widths"][0]), int(data["batches"][0])
    grows = {"widths": data["batches"] == batch, "batches": data["widths"] == width}
    for axes, axis, name, scale in (
        (memory, "batches", "megabytes", 1),
        (by_width, "widths", "cpu_seconds", 1000),
        (by_batch, "batches", "cpu_seconds", 1000),
    ):
        rows = np.flatnonzero(grows[axis])
        rows = rows[np.argsort(data[axis][rows])]
        for values, color in zip(data[name], map(colour_of, VARIANTS), strict=True):
            axes.plot(data[axis][rows], scale * values[rows], color=color, marker="o")
        ticks = data[axis][rows]
        axes.set(xscale="log", yscale="log", xticks=ticks, xticklabels=[f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
        axes.yaxis.set_major_formatter(lambda value, position: f"{value:g}")
    memory.set(title=t("trust_region.memory"), xlabel=t("trust_region.batch_axis", width=width))
    by_width.set(title=t("trust_region.time_by_width"), xlabel=t("trust_region.width_axis", batch=batch))
    by_batch.set(title=t("trust_region.time_by_batch"), xlabel=t("trust_region.batch_axis", width=width))
    return picture


def _draw_passes(axes, data):
    kinds = ("forward", "backward", "work")
    names = (t("trust_region.forward"), t("trust_region.backward"), t("trust_region.work"))
    looks = zip(map(colour_of, VARIANTS), map(name_of, VARIANTS), strict=True)
    for row, (color, label) in enumerate(looks):
        heights = [data[kind][row, 0] for kind in kinds]
        bars = axes.bar(np.arange(3) + 0.27 * (row - 1), heights, 0.25, color=color, label=label)
        axes.bar_label(bars, [f"{height:.0f}" for height in heights], fontsize=10)
    axes.set(xticks=range(3), xticklabels=names, title=t("trust_region.passes"))
    axes.margins(y=0.15)
    axes.figure.legend(loc="outside upper center", ncols=3)


@styled
def race(data=None):
    """Return how TRPO's and PPO's return grows on CartPole, against steps and against seconds.

    Parameters
    ----------
    data : dict, optional
        From `ppo_edu.study.cost.run_race` with its usual variants; the recorded race if not given.
    """
    data = recorded("race") if data is None else check_table("data", data, recorded("race"))
    picture = Picture(900, 400, t("trust_region.race_alt"))
    panels = picture.figure.subplots(1, 2, sharey=True)
    for axes, name in zip(panels, ("steps", "seconds"), strict=True):
        for curves, variant in zip(data[f"by_{name}"], ("trpo", "ppo"), strict=True):
            color, label = colour_of(variant), name_of(variant)
            axes.plot(data[name], curves.T, color=color, lw=1, alpha=0.3)
            axes.plot(data[name], np.median(curves, axis=0), color=color, lw=3.5, label=label)
        axes.axhline(reward_threshold("CartPole-v1"), color=GREY, lw=1.5, ls="--")
        axes.set_xlim(0, data[name][-1])
    panels[0].set(xlabel=t("figure.steps_axis"), ylabel=t("figure.mean_of_last"), ylim=(0, 520))
    panels[0].xaxis.set_major_locator(MaxNLocator(4))
    panels[0].xaxis.set_major_formatter(lambda steps, position: f"{steps:,.0f}")
    panels[1].set_xlabel(t("trust_region.seconds_axis"))
    picture.figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return picture
