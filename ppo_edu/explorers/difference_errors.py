"""The explorer of what lambda trades: bias against variance, measured on what moves a policy."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_dots, moving_text
from ppo_edu.drawing.style import BLUE, GREEN, INK, ORANGE, PURPLE, styled
from ppo_edu.language import t

__all__ = ["lambda_trade"]


def lambda_trade():
    """Return the explorer of GAE's measured error in A(s, right) - A(s, left), for batches of any size."""
    counts = {f"{count:,}": count for count in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000)}
    levels = {f"{level}": level for level in recorded.lambda_trade()["levels"].tolist()}
    return Explorer(
        styled(_LambdaTrade),
        [
            Choice("samples", t("lambda_trade.samples"), counts, start=1),
            Choice("level", t("lambda_trade.level"), levels, start=min(levels.values())),
        ],
    )


def batch_error(squared_bias, variance, samples):
    """Return the squared error of a mean of `samples` estimates: the bias stays, the variance shrinks."""
    return squared_bias + variance / samples


def stretched(lams):
    """Return where each lambda stands on the axis: close to 1 a little changes much."""
    return -np.log10(1.01 - np.asarray(lams, dtype=float))


class _LambdaTrade:
    ticks = (0, 0.5, 0.8, 0.9, 0.95, 0.99, 1)

    def __init__(self):
        self.picture = Picture(900, 430, t("lambda_trade.alt"))
        figure = self.picture.figure
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.85))
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1))
        for axes in (left, right):
            axes.set(xlim=stretched((-0.1, 1.002)), xlabel=t("figure.lam_axis"))
            axes.set_xticks(stretched(self.ticks), [f"{tick:g}" for tick in self.ticks])
        left.set(yscale="log", ylim=(0.05, 20_000), yticks=(0.1, 1, 10, 100, 1000))
        left.set_title(t("lambda_trade.error_title"))
        left.set_yticklabels(("0.1", "1", "10", "100", "1000"))
        left.minorticks_off()
        right.set(ylim=(0, 1.04), title=t("lambda_trade.sign_title"))
        self._x = stretched(recorded.lambda_trade()["lams"])
        looks = {
            "squared_bias": {"color": ORANGE, "ls": "--"},
            "variance": {"color": GREEN, "ls": ":"},
            "error": {"color": BLUE, "lw": 4},
        }
        self.curves = {name: moving(left.plot([], [], **look)[0]) for name, look in looks.items()}
        self._seeds = [
            moving(axes.plot([], [], color=color, lw=0.8, alpha=0.5)[0])
            for axes, color in ((left, BLUE), (right, PURPLE))
        ]
        self._signs = moving(right.plot([], [], color=PURPLE, lw=4)[0])
        dot = {"color": INK, "marker": "o", "ms": 10, "markeredgecolor": "white", "zorder": 5}
        self.best = moving_dots(left, **dot)
        labels = [t("figure.squared_bias"), t("lambda_trade.shrunk"), t("lambda_trade.sum")]
        left.legend(list(self.curves.values()), labels, loc="upper left")
        self.words = moving_text(figure, 0.02, 0.94, figure.transFigure)
        self._signs_words = moving_text(figure, 0.02, 0.87, figure.transFigure)

    def update(self, samples, level):
        found = recorded.lambda_errors(level)
        lams = recorded.lambda_trade()["lams"]
        by_seed = batch_error(found["squared_bias"], found["variance"], samples)
        means = {
            "squared_bias": found["squared_bias"].mean(axis=0),
            "variance": found["variance"].mean(axis=0) / samples,
            "error": by_seed.mean(axis=0),
        }
        for name, line in self.curves.items():
            line.set_data(self._x, _above_zero(means[name]))
        for line, rows in zip(self._seeds, (_above_zero(by_seed), found["sign_right"]), strict=True):
            gaps = np.full((len(rows), 1), np.nan)
            line.set_data(np.tile(np.append(self._x, np.nan), len(rows)), np.hstack([rows, gaps]).ravel())
        # Every state counts alike: a policy with few clear ones would say little by itself.
        signs = (found["sign_right"] * found["states"]).sum(axis=0) / found["states"].sum()
        self._signs.set_data(self._x, signs)
        best = means["error"].argmin()
        self.best.set_data([self._x[best]], [_above_zero(means["error"])[best]])
        each = lams[by_seed.argmin(axis=1)]
        self.words.set_text(
            t(
                "lambda_trade.best",
                lam=lams[best],
                error=means["error"][best],
                low=each.min(),
                high=each.max(),
                seeds=len(each),
            )
        )
        at = {lam: signs[np.flatnonzero(lams == lam)[0]] for lam in (0, 0.95)}
        self._signs_words.set_text(t("lambda_trade.signs", zero=100 * at[0], usual=100 * at[0.95]))


def _above_zero(errors):
    """Return `errors` with what lies below the logarithmic axis moved to far below it: 0 has no logarithm."""
    return np.maximum(errors, 1e-6)
