"""Lesson 06's pictures: how far seeds of one program differ, and what can be said all the same.

They show the recorded study (`ppo_edu.recorded.study`) unless they are given another.
"""

import functools

import numpy as np
from matplotlib.lines import Line2D

from ppo_edu import recorded
from ppo_edu.figures import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    Picture,
    curve_axes,
    mean_of_last,
    moving,
    moving_text,
    styled,
)
from ppo_edu.language import t
from ppo_edu.live import Choice, Explorer, Slider
from ppo_edu.statistics import (
    bootstrap_interval,
    difference,
    interquartile_mean,
    performance_profile,
    probability_of_improvement,
)

STATISTICS = {"mean": np.mean, "median": np.median, "iqm": interquartile_mean}
# PPO paper (https://arxiv.org/abs/1707.06347), Table 1: seven MuJoCo tasks, 3 seeds each, random policy = 0,
# the best result = 1. Those of its settings that the recorded study has, too.
PAPER_SCORES = {
    "no_clip": -0.39, "epsilon_0.1": 0.76, "default": 0.82,
    "kl_adaptive_0.003": 0.68, "kl_adaptive_0.01": 0.74, "kl_adaptive_0.03": 0.71,
    "kl_fixed_0.3": 0.62, "kl_fixed_1": 0.71, "kl_fixed_3": 0.72, "kl_fixed_10": 0.69,
}  # fmt: skip


def variant_name(variant):
    """Return the words for a variant of the recorded study; its own name if it is another."""
    words = {
        "default": t("many_seeds.default"),
        "no_clip": t("many_seeds.no_clip"),
        "clip_only": t("many_seeds.clip_only"),
        "no_advantage_normalisation": t("many_seeds.no_advantage_normalisation"),
        "no_annealing": t("many_seeds.no_annealing"),
        "value_clipping": t("many_seeds.value_clipping"),
        "trpo": "TRPO",
        "random": t("many_seeds.random"),
    }
    if variant in words:
        return words[variant]
    name, _, value = variant.rpartition("_")
    symbols = {"epsilon": "ε = {}", "lam": "λ = {}", "epochs": t("many_seeds.epochs"),
               "kl_fixed": t("many_seeds.kl_fixed"), "kl_adaptive": t("many_seeds.kl_adaptive")}  # fmt: skip
    return symbols[name].format(value) if name in symbols else variant


def normalised_scores(results, column="final_return"):
    """Return every variant's scores as the PPO paper's Table 1 scores them, a dict of (runs, tasks).

    In each environment the random policy's mean is 0 and that of the best variant is 1.

    Parameters
    ----------
    results : ppo_edu.results.Results
        With a variant "random".
    column : str
        What is measured: see `ppo_edu.results.Results`.
    """
    tasks = []
    for env_id in results.env_ids:
        raw = {variant: results.scores(env_id, variant, column) for variant in results.variants}
        worst = raw["random"].mean()
        best = max(scores.mean() for scores in raw.values())
        tasks.append({variant: (scores - worst) / (best - worst) for variant, scores in raw.items()})
    return {variant: np.stack([task[variant] for task in tasks], axis=1) for variant in results.variants}


# The same program, another seed


@styled
def curves(runs):
    """Return the learning curves of training runs that differ in their seed alone, one line each."""
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


# What matters, and how sure that is


@styled
def ablation(results=None, column="final_return"):
    """Return every variant's interquartile mean with its 95 % interval, in each environment.

    Parameters
    ----------
    results : ppo_edu.results.Results, optional
    column : str
        What is measured, such as "greedy_return": see `ppo_edu.results.Results`.
    """
    results = recorded.study() if results is None else results
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
    results = recorded.study() if results is None else results
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


@styled
def profiles(env_id, variants, results=None, column="final_return"):
    """Return the performance profiles of up to four variants in one environment, with 95 % intervals."""
    results = recorded.study() if results is None else results
    scores = [results.scores(env_id, variant, column) for variant in variants]
    picture = Picture(900, 380, t("many_seeds.profiles_alt", env_id=env_id))
    axes = picture.figure.subplots()
    every = np.concatenate(scores)
    thresholds = np.linspace(every.min(), every.max(), 121)
    profile = functools.partial(performance_profile, thresholds=thresholds)
    for variant, runs, color in zip(variants, scores, (BLUE, ORANGE, GREEN, PURPLE), strict=False):
        low, high = bootstrap_interval(profile, runs, resamples=500)
        axes.fill_between(thresholds, low, high, color=color, alpha=0.2, lw=0)
        axes.plot(thresholds, profile(runs), color=color, label=variant_name(variant))
    axes.set(ylim=(0, 1.03), xlabel=t("figure.return_axis"), ylabel=t("many_seeds.profile_axis"))
    axes.margins(x=0)
    picture.figure.legend(loc="outside upper center", ncols=len(variants))
    return picture


# The explorer


def how_sure(results=None):
    """Return the explorer of two variants, run by run: how sure more and more of their seeds make us."""
    results = recorded.study() if results is None else results
    env_ids = {env_id: env_id for env_id in results.env_ids}
    variants = {variant_name(variant): variant for variant in results.variants}
    names = {t("many_seeds.mean"): "mean", t("many_seeds.median"): "median", t("many_seeds.iqm"): "iqm"}
    runs = len(results.scores(results.env_ids[0], results.variants[0]))
    return Explorer(styled(functools.partial(_HowSure, results)), [
        Choice("env_id", t("many_seeds.env_id"), env_ids, results.env_ids[0]),
        Choice("first", t("many_seeds.first"), variants, results.variants[1]),
        Choice("second", t("many_seeds.second"), variants, results.variants[2]),
        Slider("runs", t("many_seeds.runs"), low=1, high=runs, step=1, start=3),
        Choice("statistic", t("many_seeds.statistic"), names, "iqm"),
    ])  # fmt: skip


class _HowSure:
    def __init__(self, results):
        self._results = results
        # Resampling takes milliseconds, and sliders come by the same place again and again.
        self._table, self._told = functools.cache(self._new_table), functools.cache(_verdict)
        self._draw()

    def _new_table(self, env_id, variant, statistic):
        return _table(self._results.scores(env_id, variant), STATISTICS[statistic])

    def _draw(self):
        self.picture = Picture(900, 430, t("many_seeds.how_sure_alt"))
        figure = self.picture.figure
        figure.set_layout_engine("none")
        margins = {"left": 0.095, "right": 0.985, "bottom": 0.125, "top": 0.79, "wspace": 0.06}
        left, right = self._panels = figure.subplots(
            1, 2, sharey=True, width_ratios=(1, 1.5), gridspec_kw=margins)
        left.set(xlim=(-0.5, 1.5), xticks=[], ylabel=t("figure.return_axis"))
        left.set_title(t("many_seeds.runs_so_far"))
        runs = len(self._results.scores(self._results.env_ids[0], self._results.variants[0]))
        right.set(xlim=(1, runs), xlabel=t("many_seeds.runs"), title=t("many_seeds.interval_so_far"))
        right.xaxis.get_major_locator().set_params(integer=True)
        self._pair = [_Variant(left, right, 0, BLUE), _Variant(left, right, 1, ORANGE)]
        self._here = moving(right.axvline(1, color=INK, lw=1, ls=":"))
        self._words = [
            moving_text(figure, 0.02, height, figure.transFigure, color=color)
            for height, color in ((0.945, BLUE), (0.885, ORANGE))
        ]
        self._verdict = moving_text(figure, 0.985, 0.945, figure.transFigure, ha="right")
        self._likely = moving_text(figure, 0.985, 0.885, figure.transFigure, ha="right")
        self._still = None

    def update(self, env_id, first, second, runs, statistic):
        self._here.set_xdata([runs, runs])
        scores = [self._results.scores(env_id, variant) for variant in (first, second)]
        tables = [self._table(env_id, variant, statistic) for variant in (first, second)]
        parts = zip((first, second), self._pair, self._words, scores, tables, strict=True)
        for variant, drawn, words, all_runs, table in parts:
            drawn.show_runs(all_runs, table, runs)
            name, (value, low, high) = variant_name(variant), table[:, runs - 1]
            words.set_text(
                t("many_seeds.value", name=name, value=value) if runs == 1
                else t("many_seeds.value_and_interval", name=name, value=value, low=low, high=high)
            )
        x, y = (tuple(all_runs[:runs]) for all_runs in scores)
        self._verdict.set_text(self._told(x, y, statistic))
        self._likely.set_text(t("many_seeds.likely", probability=probability_of_improvement(x, y)))
        still = (env_id, first, second, statistic)
        if still == self._still:
            return False
        self._still = still
        for drawn, table in zip(self._pair, tables, strict=True):
            drawn.show_table(table)
        self._fit(np.array(scores))
        return True

    def _fit(self, scores):
        margin = 0.05 * (np.ptp(scores) or 1)
        self._panels[0].set_ylim(scores.min() - margin, scores.max() + margin)


class _Variant:
    """One variant in both panels: its runs beside their interval, and the interval as runs come in."""

    def __init__(self, left, right, place, color):
        self._place = place
        dots = {"marker": "o", "lw": 0, "ms": 8, "markeredgewidth": 1}
        self._later = moving(left.plot([], [], color="white", markeredgecolor=color, alpha=0.5, **dots)[0])
        self._seen = moving(left.plot([], [], color=color, markeredgecolor="white", **dots)[0])
        self._interval = moving(left.plot([], [], color=color, lw=5)[0])
        self._value = moving(left.plot([], [], color=color, marker="_", ms=24, mew=4)[0])
        self._fan = right.fill_between([1, 2], 0, color=color, alpha=0.25, lw=0)
        self._line = right.plot([], [], color=color)[0]
        self._dot = moving(right.plot([], [], color=color, marker="o", ms=10, markeredgecolor="white")[0])

    def show_runs(self, scores, table, runs):
        """Show `scores`, (S,), of which the first `runs` are seen, and what `table` says of those."""
        value, low, high = table
        # Runs of one score would hide each other.
        x = self._place - 0.22 + 0.09 * (np.arange(len(scores)) % 4)
        self._seen.set_data(x[:runs], scores[:runs])
        self._later.set_data(x[runs:], scores[runs:])
        beside = self._place + 0.28
        self._interval.set_data([beside, beside], [low[runs - 1], high[runs - 1]])
        self._value.set_data([beside], [value[runs - 1]])
        self._dot.set_data([runs], [value[runs - 1]])

    def show_table(self, table):
        """Show `table`, (3, S): value, low and high of the first 1, 2, ..., S runs."""
        value, low, high = table
        counts = np.arange(1, len(value) + 1)
        outline = np.concatenate([np.stack([counts, low])[:, 1:], np.stack([counts, high])[:, :0:-1]], axis=1)
        self._fan.set_verts([outline.T])
        self._line.set_data(counts, value)


def _table(scores, statistic):
    """Return value, low and high of the first 1, 2, ..., S of `scores`, (3, S)."""
    table = np.full((3, len(scores)), np.nan)
    for runs in range(1, len(scores) + 1):
        table[0, runs - 1] = statistic(scores[:runs])
        if runs > 1:
            table[1:, runs - 1] = bootstrap_interval(statistic, scores[:runs], resamples=1000)
    return table


def _verdict(x, y, statistic):
    """Return in words whether the runs `x` and `y`, tuples, tell which variant has the higher statistic."""
    if len(x) == 1:
        return t("many_seeds.no_interval")
    of_both = functools.partial(difference, STATISTICS[statistic])
    low, high = bootstrap_interval(of_both, x, y, resamples=1000)
    if low <= 0 <= high:
        return t("many_seeds.cannot_tell", low=low, high=high)
    return t("many_seeds.tells", low=low, high=high)
