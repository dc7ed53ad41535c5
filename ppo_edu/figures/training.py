"""A training's returns against its steps."""

import numpy as np

from ppo_edu.drawing.picture import Picture, moving
from ppo_edu.drawing.style import BLUE, GREEN, SKY, styled
from ppo_edu.language import t
from ppo_edu.returns import mean_of_last, reward_threshold

__all__ = ["learning_curve"]


class ReturnCurve:
    """The returns of a training run against environment steps, on one pair of axes; `update` follows it."""

    def __init__(self, axes):
        # CartPole's range until the run says more: the usual lesson then never redraws its axes.
        self.axes = curve_axes(axes, (0, 100_000), (0, 520))
        self.threshold = moving(self.axes.axhline(np.nan, color=GREEN, lw=1.5, ls="--"))
        self._episodes = moving(self.axes.plot([], [], color=SKY, marker=".", ms=5, lw=0, alpha=0.6)[0])
        self.mean = moving(self.axes.plot([], [], color=BLUE, lw=3)[0])

    def legend(self, figure):
        """Put a legend for this kind of curve above all axes of `figure`."""
        labels = [t("figure.episode_return"), t("figure.mean_of_last"), t("figure.solved_from")]
        lines = [self._episodes, self.mean, self.threshold]
        figure.legend(lines, labels, loc="outside upper center", ncols=3)

    def update(self, run):
        """Show `run` as it stands (None: nothing yet); return whether the axes had to be stretched for it."""
        if run is None:
            return False
        returns, steps = run.returns, run.steps
        threshold = reward_threshold(run.env_id)
        self._episodes.set_data(steps, returns)
        self.mean.set_data(steps, mean_of_last(returns))
        self.threshold.set_ydata([threshold, threshold])
        return self._stretched(run.total_steps, returns, threshold)

    def _stretched(self, total_steps, returns, threshold):
        (_, right), (low, high) = before = self.axes.get_xlim(), self.axes.get_ylim()
        while total_steps > right:
            right *= 2
        seen = np.append(returns, threshold)
        seen = seen[np.isfinite(seen)]
        if seen.size and (seen.min() < low or seen.max() > high or seen.max() < (low + high) / 2):
            margin = 0.1 * (np.ptp(seen) or 1)
            low, high = (0 if 0 <= seen.min() < margin else seen.min() - margin), seen.max() + margin
        self.axes.set(xlim=(0, right), ylim=(low, high))
        return before != (self.axes.get_xlim(), self.axes.get_ylim())


class TrainingPicture:
    """A picture of nothing but a `ReturnCurve`."""

    def __init__(self):
        self.picture = Picture(900, 350, t("figure.learning_curve_alt"))
        self.curve = ReturnCurve(self.picture.figure.subplots())
        self.curve.legend(self.picture.figure)
        self.update = self.curve.update


def curve_axes(axes, xlim, ylim):
    """Return `axes` with the labels and limits of a learning curve."""
    axes.set(xlim=xlim, ylim=ylim, xlabel=t("figure.steps_axis"), ylabel=t("figure.return_axis"))
    axes.xaxis.set_major_formatter(lambda steps, position: f"{steps:,.0f}")
    axes.locator_params(axis="x", nbins=5)  # more of such long numbers would run into each other
    return axes


def check_is_run(run, *more):
    """Return `run` if it has what a learning curve shows, and `more`; else raise TypeError."""
    # Not by its class, which would load torch.
    try:
        known = all(hasattr(run, name) for name in ("env_id", "returns", "steps", "total_steps", *more))
    except Exception:  # whatever an object's own `__getattr__` raises
        known = False
    if not known:
        raise TypeError(t("error.not_a_run_here", type=type(run).__name__))
    return run


@styled
def learning_curve(run):
    """Return the learning curve of a `TrainingRun`: its episodes, and the mean of the last 100 of them."""
    check_is_run(run)
    drawing = TrainingPicture()
    drawing.update(run)
    drawing.curve.axes.set_xlim(0, max(run.total_steps, 1))
    return drawing.picture
