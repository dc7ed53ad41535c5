"""Two variants of a study, run by run: how sure more and more of their seeds make us."""

import functools

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, INK, ORANGE, styled
from ppo_edu.figures.ablations import variant_name
from ppo_edu.guards.validation import check_kind
from ppo_edu.language import t
from ppo_edu.study.results import Results
from ppo_edu.study.statistics import (
    bootstrap_interval,
    difference,
    interquartile_mean,
    probability_of_improvement,
)

__all__ = ["how_sure"]


STATISTICS = {"mean": np.mean, "median": np.median, "iqm": interquartile_mean}


def how_sure(results=None):
    """Return the explorer of two variants, run by run: how sure more and more of their seeds make us."""
    results = recorded.ablations() if results is None else check_kind("results", results, Results)
    if len(results.variants) < 3:
        raise ValueError(t("error.too_few_variants", variants=", ".join(results.variants)))
    env_ids = {env_id: env_id for env_id in results.env_ids}
    variants = {variant_name(variant): variant for variant in results.variants}
    names = {t("many_seeds.mean"): "mean", t("many_seeds.median"): "median", t("many_seeds.iqm"): "iqm"}
    runs = len(results.scores(results.env_ids[0], results.variants[0]))
    return Explorer(
        styled(functools.partial(_HowSure, results)),
        [
            Choice("env_id", t("many_seeds.env_id"), env_ids, results.env_ids[0]),
            Choice("first", t("many_seeds.first"), variants, results.variants[1]),
            Choice("second", t("many_seeds.second"), variants, results.variants[2]),
            Slider("runs", t("many_seeds.runs"), low=1, high=runs, step=1, start=3, page_step=9, time=True),
            Choice("statistic", t("many_seeds.statistic"), names, "iqm"),
        ],
    )


class _HowSure:
    def __init__(self, results):
        self._results = results
        # Resampling takes milliseconds, and sliders come by the same place again and again.
        self._table, self.told = functools.cache(self._new_table), functools.cache(verdict)
        self._scores, self._likely = (
            functools.cache(results.scores),
            functools.cache(probability_of_improvement),
        )
        self._draw()

    def _new_table(self, env_id, variant, statistic):
        return _table(self._scores(env_id, variant), STATISTICS[statistic])

    def _draw(self):
        self.picture = Picture(900, 430, t("many_seeds.how_sure_alt"))
        figure = self.picture.figure
        figure.set_layout_engine("none")
        margins = {"left": 0.095, "right": 0.985, "bottom": 0.125, "top": 0.79, "wspace": 0.06}
        left, right = self._panels = figure.subplots(
            1, 2, sharey=True, width_ratios=(1, 1.5), gridspec_kw=margins
        )
        left.set(xlim=(-0.5, 1.5), xticks=[], ylabel=t("figure.return_axis"))
        left.set_title(t("many_seeds.runs_so_far"))
        runs = len(self._results.scores(self._results.env_ids[0], self._results.variants[0]))
        right.set(xlim=(1, runs), xlabel=t("many_seeds.runs"), title=t("many_seeds.interval_so_far"))
        right.xaxis.get_major_locator().set_params(integer=True)
        self.pair = [_Variant(left, right, 0, BLUE), _Variant(left, right, 1, ORANGE)]
        self._here = moving(right.axvline(1, color=INK, lw=1, ls=":"))
        self.words = [
            moving_text(figure, 0.02, height, figure.transFigure, color=color)
            for height, color in ((0.945, BLUE), (0.885, ORANGE))
        ]
        self.verdict = moving_text(figure, 0.985, 0.945, figure.transFigure, ha="right")
        self.likely = moving_text(figure, 0.985, 0.885, figure.transFigure, ha="right")
        self._still = None

    def update(self, env_id, first, second, runs, statistic):
        self._here.set_xdata([runs, runs])
        scores = [self._scores(env_id, variant) for variant in (first, second)]
        tables = [self._table(env_id, variant, statistic) for variant in (first, second)]
        parts = zip((first, second), self.pair, self.words, scores, tables, strict=True)
        for variant, drawn, words, all_runs, table in parts:
            drawn.show_runs(all_runs, table, runs)
            name, (value, low, high) = variant_name(variant), table[:, runs - 1]
            words.set_text(
                t("many_seeds.value", name=name, value=value)
                if runs == 1
                else t("many_seeds.value_and_interval", name=name, value=value, low=low, high=high)
            )
        x, y = (tuple(all_runs[:runs]) for all_runs in scores)
        self.verdict.set_text(self.told(x, y, statistic))
        self.likely.set_text(t("many_seeds.likely", probability=self._likely(x, y)))
        still = (env_id, first, second, statistic)
        if still == self._still:
            return False
        self._still = still
        for drawn, table in zip(self.pair, tables, strict=True):
            drawn.show_table(table)
        self._fit(env_id, np.array(scores))
        return True

    def _fit(self, env_id, scores):
        # Of all variants' range a half, a quarter, ...: most pairs stand on the same axis as the pair before.
        everything = [self._scores(env_id, variant) for variant in self._results.variants]
        top, bottom = max(map(np.max, everything)), min(map(np.min, everything))
        span = (top - bottom) or 1.0
        while span > 1e-3 and scores.min() >= top - span / 2:
            span /= 2
        self._panels[0].set_ylim(top - 1.05 * span, top + 0.05 * span)


class _Variant:
    """One variant in both panels: its runs beside their interval, and the interval as runs come in."""

    def __init__(self, left, right, place, color):
        self._place = place
        dots = {"marker": "o", "lw": 0, "ms": 8, "markeredgewidth": 1}
        self.later = moving(left.plot([], [], color="white", markeredgecolor=color, alpha=0.5, **dots)[0])
        self.seen = moving(left.plot([], [], color=color, markeredgecolor="white", **dots)[0])
        self.interval = moving(left.plot([], [], color=color, lw=5)[0])
        self._value = moving(left.plot([], [], color=color, marker="_", ms=24, mew=4)[0])
        self._fan = right.fill_between([1, 2], 0, color=color, alpha=0.25, lw=0)
        self._line = right.plot([], [], color=color)[0]
        self.dot = moving_dots(right, color=color, marker="o", ms=10, markeredgecolor="white")

    def show_runs(self, scores, table, runs):
        """Show `scores`, (S,), of which the first `runs` are seen, and what `table` says of those."""
        value, low, high = table
        # Runs of one score would hide each other.
        x = self._place - 0.22 + 0.09 * (np.arange(len(scores)) % 4)
        self.seen.set_data(x[:runs], scores[:runs])
        self.later.set_data(x[runs:], scores[runs:])
        beside = self._place + 0.28
        self.interval.set_data([beside, beside], [low[runs - 1], high[runs - 1]])
        self._value.set_data([beside], [value[runs - 1]])
        self.dot.set_data([runs], [value[runs - 1]])

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


def verdict(x, y, statistic):
    """Return in words whether the runs `x` and `y`, tuples, tell which variant has the higher statistic."""
    if len(x) == 1:
        return t("many_seeds.no_interval")
    low, high = _interval_of_difference(x, y, statistic)
    if low <= 0 <= high:
        return t("many_seeds.cannot_tell", low=low, high=high)
    return t("many_seeds.tells", low=low, high=high)


@functools.cache
def _interval_of_difference(x, y, statistic):
    return bootstrap_interval(functools.partial(difference, STATISTICS[statistic]), x, y, resamples=1000)
