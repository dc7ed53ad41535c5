"""Lesson how_sure's pictures: how far seeds of one program differ, and what can be said all the same.

They show the recorded study (`ppo_edu.recorded.ablations`) unless they are given another.
"""

import functools

import numpy as np
from matplotlib.lines import Line2D

from ppo_edu import recorded
from ppo_edu.drawing.legend import colour_of, name_of, things
from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, styled
from ppo_edu.figures.training import check_is_run, curve_axes
from ppo_edu.guards.validation import check_kind, check_listed
from ppo_edu.language import t
from ppo_edu.returns import mean_of_last
from ppo_edu.study.results import Results
from ppo_edu.study.statistics import bootstrap_interval, interquartile_mean, performance_profile

__all__ = ["ablation", "beside_the_paper", "curves", "profiles"]


# PPO paper (https://arxiv.org/abs/1707.06347), Table 1: seven MuJoCo tasks, 3 seeds each, random policy = 0,
# the best result = 1. Those of its settings that the recorded study has, too.
PAPER_SCORES = {
    "no_clip": -0.39,
    "epsilon_0.1": 0.76,
    "default": 0.82,
    "kl_adaptive_0.003": 0.68,
    "kl_adaptive_0.01": 0.74,
    "kl_adaptive_0.03": 0.71,
    "kl_fixed_0.3": 0.62,
    "kl_fixed_1": 0.71,
    "kl_fixed_3": 0.72,
    "kl_fixed_10": 0.69,
}


def measure_name(column):
    """Return the words for what a column of the recorded study holds."""
    return {
        "final_return": t("measures.final_return"),
        "sampled_return": t("measures.sampled_return"),
        "greedy_return": t("measures.greedy_return"),
        "return_10": t("measures.return_10"),
    }[column]


def variant_name(variant):
    """Return the words for a variant of the recorded study; its own name if it is another."""
    words = {
        "default": t("many_seeds.default"),
        "no_clip": name_of("no_clip"),
        "clip_only": name_of("clip_only"),
        "no_advantage_normalisation": t("many_seeds.no_advantage_normalisation"),
        "no_annealing": t("many_seeds.no_annealing"),
        "value_clipping": t("many_seeds.value_clipping"),
        "trpo": "TRPO",
        "random": t("many_seeds.random"),
    }
    if variant in words:
        return words[variant]
    name, _, value = variant.rpartition("_")
    symbols = {
        "epsilon": "ε = {}",
        "lam": "λ = {}",
        "epochs": t("many_seeds.epochs"),
        "kl_fixed": t("many_seeds.kl_fixed"),
        "kl_adaptive": t("many_seeds.kl_adaptive"),
    }
    return symbols[name].format(value) if name in symbols else variant


def normalised_scores(results, column="final_return"):
    """Return every variant's scores as the PPO paper's Table 1 scores them, a dict of (runs, tasks).

    In each environment the random policy's mean is 0 and that of the best variant is 1.

    Parameters
    ----------
    results : ppo_edu.results.Results
        With a variant "random".
    column : str
        What is measured: see `ppo_edu.study.results.Results`.
    """
    tasks = []
    for env_id in results.env_ids:
        raw = {variant: results.scores(env_id, variant, column) for variant in results.variants}
        worst = raw["random"].mean()
        best = max(scores.mean() for scores in raw.values())
        tasks.append({variant: (scores - worst) / (best - worst) for variant, scores in raw.items()})
    return {variant: np.stack([task[variant] for task in tasks], axis=1) for variant in results.variants}


@styled
def curves(runs):
    """Return the learning curves of training runs that differ in their seed alone, one line each."""
    runs = check_listed("runs", runs)
    if not runs:
        raise ValueError(t("error.no_scores", name="runs"))
    for run in runs:
        check_is_run(run, "seed", "mean_return")
    picture = Picture(900, 380, t("many_seeds.curves_alt", runs=len(runs)))
    axes = picture.figure.subplots()
    curve_axes(axes, (0, max(run.total_steps for run in runs)), (0, 1))
    axes.set_ylabel(t("figure.mean_of_last"))
    order = np.argsort([run.mean_return for run in runs])
    for place, index in enumerate(order):
        color, width = {0: (ORANGE, 3.5), len(runs) - 1: (BLUE, 3.5)}.get(place, (GREY, 1.2))
        run = runs[index]
        label = t("many_seeds.seed_scored", seed=run.seed, score=run.mean_return) if width > 2 else None
        axes.plot(run.steps, mean_of_last(run.returns), color=color, lw=width, label=label, zorder=width)
    axes.set_ylim(auto=True)
    axes.autoscale(axis="y")
    handles, labels = axes.get_legend_handles_labels()
    picture.figure.legend(handles[::-1], labels[::-1], loc="outside upper center", ncols=2)
    return picture


@styled
def ablation(results=None, column="final_return"):
    """Return every variant's interquartile mean with its 95 % interval, in each environment.

    Parameters
    ----------
    results : ppo_edu.results.Results, optional
    column : str
        What is measured, such as "greedy_return": see `ppo_edu.results.Results`.
    """
    results = recorded.ablations() if results is None else check_kind("results", results, Results)
    variants = [variant for variant in results.variants if variant != "random"]
    picture = Picture(900, 90 + 24 * len(variants), t("many_seeds.ablation_alt"))
    panels = np.atleast_1d(picture.figure.subplots(1, len(results.env_ids), sharey=True))
    for axes, env_id in zip(panels, results.env_ids, strict=True):
        scores = np.stack([results.scores(env_id, variant, column) for variant in variants])
        _draw_intervals(axes, scores)
        if "default" in variants:
            low, high = bootstrap_interval(interquartile_mean, scores[variants.index("default")])
            axes.axvspan(low, high, color=SKY, alpha=0.25, lw=0)
        axes.set(title=env_id, xlabel=t("figure.return_axis"))
    panels[0].set(yticks=range(len(variants)), yticklabels=map(variant_name, variants))
    panels[0].set_ylim(len(variants) - 0.4, -0.6)
    keys = [Line2D([], [], color=SKY, marker="o", ms=5, lw=0), Line2D([], [], color=BLUE, marker="o", lw=3)]
    labels = [t("many_seeds.one_run"), t("many_seeds.iqm_with_interval")]
    picture.figure.legend(keys, labels, loc="outside upper center", ncols=2)
    return picture


def _draw_intervals(axes, scores):
    """Draw each row of `scores`, (V, runs), as its runs, their interquartile mean and its interval."""
    rows = np.arange(len(scores))
    axes.plot(scores, rows, color=SKY, marker="o", ms=5.5, lw=0, alpha=0.8, markeredgewidth=0)
    low, high = bootstrap_interval(interquartile_mean, scores[..., None])
    axes.hlines(rows, low, high, color=BLUE, lw=3)
    axes.plot(interquartile_mean(scores, axis=-1), rows, color=BLUE, marker="o", ms=7, lw=0)


@styled
def beside_the_paper(results=None, column="final_return"):
    """Return the PPO paper's scores beside those of the same settings here, which have intervals."""
    results = recorded.ablations() if results is None else check_kind("results", results, Results)
    scores = normalised_scores(results, column)
    variants = [variant for variant in PAPER_SCORES if variant in scores]
    rows = np.arange(len(variants))
    picture = Picture(900, 110 + 28 * len(variants), t("many_seeds.beside_the_paper_alt"))
    axes = picture.figure.subplots()
    ours = np.stack([scores[variant] for variant in variants])
    low, high = bootstrap_interval(np.mean, ours)
    axes.hlines(rows, low, high, color=BLUE, lw=3)
    means = ours.mean(axis=(-2, -1))
    axes.plot(means, rows, color=BLUE, marker="o", ms=8, lw=0, label=t("many_seeds.here", runs=ours[0].size))
    for task, env_id in enumerate(results.env_ids):
        look = {"marker": "sv^"[task % 3], "ms": 5, "lw": 0, "markeredgecolor": BLUE}
        axes.plot(ours[..., task].mean(axis=-1), rows, color="white", label=env_id, **look)
    theirs = [PAPER_SCORES[variant] for variant in variants]
    axes.plot(theirs, rows, color=ORANGE, marker="D", ms=8, lw=0, label=t("many_seeds.paper"))
    axes.axvline(0, color=GREY, lw=1, ls=":")
    axes.set(yticks=rows, yticklabels=map(variant_name, variants), ylim=(len(variants) - 0.4, -0.6))
    axes.set_xlabel(t("many_seeds.normalised_axis"))
    picture.figure.legend(loc="outside upper center", ncols=4)
    return picture


def _variant_colour(variant, variants):
    """Return the colour that a variant has in the whole course; if it has none, one that is free here."""
    known = {"default": "ppo"}
    things_here = {known.get(each, each) for each in variants} & set(things())
    thing = known.get(variant, variant)
    if thing in things_here:
        return colour_of(thing)
    taken = set(map(colour_of, things_here))
    free = [color for color in (SKY, PURPLE, ORANGE, GREEN, BLUE) if color not in taken]
    others = [each for each in variants if known.get(each, each) not in things_here]
    return free[others.index(variant) % len(free)]


@styled
def profiles(env_id, variants, results=None, column="final_return"):
    """Return the performance profiles of up to four variants in one environment, with 95 % intervals."""
    results = recorded.ablations() if results is None else check_kind("results", results, Results)
    variants = check_listed("variants", variants)
    if not variants:
        raise ValueError(t("error.no_scores", name="variants"))
    scores = [results.scores(env_id, variant, column) for variant in variants]
    picture = Picture(900, 380, t("many_seeds.profiles_alt", env_id=env_id))
    axes = picture.figure.subplots()
    every = np.concatenate(scores)
    thresholds = np.linspace(every.min(), every.max(), 121)
    profile = functools.partial(performance_profile, thresholds=thresholds)
    for variant, runs in zip(variants, scores, strict=True):
        color = _variant_colour(variant, variants)
        low, high = bootstrap_interval(profile, runs, resamples=500)
        axes.fill_between(thresholds, low, high, color=color, alpha=0.2, lw=0)
        axes.plot(thresholds, profile(runs), color=color, label=variant_name(variant))
    axes.set(ylim=(0, 1.03), xlabel=t("figure.return_axis"), ylabel=t("many_seeds.profile_axis"))
    axes.margins(x=0)
    picture.figure.legend(loc="outside upper center", ncols=len(variants))
    return picture
