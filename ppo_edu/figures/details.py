"""The picture of what lies between the small program and the default settings."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import BLUE, GREY, SKY, styled
from ppo_edu.guards.validation import check_kind
from ppo_edu.language import t
from ppo_edu.study.results import Results
from ppo_edu.study.statistics import bootstrap_interval, interquartile_mean

__all__ = ["small_to_default"]

ENV_ID = "CartPole-v1"


@styled
def small_to_default(results=None, column="sampled_return"):
    """Return what each difference did: one after another, one alone, and left out of the default.

    Parameters
    ----------
    results : ppo_edu.results.Results, optional
    column : str
        What is measured: see `ppo_edu.results.Results`.
    """
    from ppo_edu.study import details  # whose settings load torch

    results = recorded.small_to_default() if results is None else check_kind("results", results, Results)
    keys = list(details.DIFFERENCES)
    panels = {
        t("details.one_after_another"): ["small", *(f"up_to_{key}" for key in keys)],
        t("details.one_alone"): [None, f"up_to_{details.FIRST}", *(f"only_{key}" for key in keys[1:])],
        t("details.one_left_out"): [None, *(f"without_{key}" for key in keys)],
    }
    picture = Picture(900, 460, t("details.alt", numbers=_in_words(results, panels, column)))
    axes_of_all = picture.figure.subplots(1, 3, sharex=True, sharey=True)
    for axes, (title, variants) in zip(axes_of_all, panels.items(), strict=True):
        for row, variant in enumerate(variants):
            if variant in results.variants:
                _draw_row(axes, row, results.scores(ENV_ID, variant, column))
        axes.set(xlabel=t("figure.return_axis"), xlim=(0, 520))
        axes.set_title(title, fontsize=11)
    names = [details.name_of(key) for key in ("small", *keys)]
    axes_of_all[0].set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    references = f"up_to_{details.FIRST}", f"up_to_{keys[-1]}"
    for axes, reference in zip(axes_of_all[1:], references, strict=True):
        if reference in results.variants:
            middle = interquartile_mean(results.scores(ENV_ID, reference, column))
            axes.axvline(middle, color=GREY, lw=1, ls=":")
    return picture


def _draw_row(axes, row, scores):
    rows = np.full(len(scores), row)
    axes.plot(scores, rows, color=SKY, marker="o", ms=5, lw=0, alpha=0.8, markeredgewidth=0)
    axes.hlines(row, *bootstrap_interval(interquartile_mean, scores), color=BLUE, lw=3)
    axes.plot(interquartile_mean(scores), row, color=BLUE, marker="o", ms=7, lw=0)


def _in_words(results, panels, column):
    shown = next(iter(panels.values()))
    return ", ".join(
        f"{interquartile_mean(results.scores(ENV_ID, variant, column)):.0f}"
        for variant in shown
        if variant in results.variants
    )
