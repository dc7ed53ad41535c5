"""The dashboard: learning curve, diagnostics and time left of a training, while it runs."""

import inspect

import numpy as np
from matplotlib.patches import Rectangle

from ppo_edu import ppo
from ppo_edu.drawing.legend import name_of
from ppo_edu.drawing.live import LiveFigure
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.style import BLUE, GREY, styled
from ppo_edu.explorers.training_curve import LearningCurve
from ppo_edu.figures.training import ReturnCurve
from ppo_edu.guards.validation import check_count
from ppo_edu.language import t
from ppo_edu.training import train

MOST_STEPS = 10**12  # that fit on an axis


class Dashboard(LearningCurve):
    """What a training does while it runs: learning curve, diagnostics of the updates, speed and time left.

    A context manager, and what `ppo_edu.train` takes as `on_update`; a still picture of it stays in the
    notebook. It draws so seldom that it takes about 3 % of the training time.

    Parameters
    ----------
    max_steps : int in [1, 10**12]
        As given to `ppo_edu.train`, for the progress bar; its default if not given.

    Examples
    --------
    ::

        with workbench.Dashboard() as view:
            run = ppo_edu.train(on_update=view)
    """

    def __init__(self, max_steps=None):
        if max_steps is None:
            max_steps = inspect.signature(train).parameters["max_steps"].default
        check_count("max_steps", max_steps, at_most=MOST_STEPS)
        self._max_steps = max_steps
        super().__init__(lambda: DashboardPicture(max_steps, ppo.watched(ppo.PPOConfig())))

    def __call__(self, run):
        """Show `run`, a `TrainingRun` in progress, if it is time for a frame."""
        self._checked(run)
        if self._run is None:
            if run.watched != self._live.scene.watched:
                self._live = LiveFigure(styled(DashboardPicture)(self._max_steps, run.watched))
            self._live.scene.begin(run)
        super().__call__(run)

    def __exit__(self, *error):
        self._live.scene.finished = True
        super().__exit__(*error)


class DashboardPicture:
    """The picture of a `Dashboard`; `update` follows a `TrainingRun`.

    Parameters
    ----------
    max_steps : int
    watched : tuple of str
        Which diagnostics to follow, from above to below: `ppo_edu.TrainingRun.watched`.

    Attributes
    ----------
    finished : bool
        Whether nothing more will come, so that no time left is shown.
    """

    def __init__(self, max_steps, watched):
        self.watched = watched
        self.picture = Picture(900, 440, t("workbench.dashboard_alt"))
        self.finished = False
        head, body = self.picture.figure.subfigures(2, 1, height_ratios=(1, 9))
        left, right = body.subfigures(1, 2, width_ratios=(1.8, 1))
        self.progress = _Progress(head.subplots(), max_steps)
        self._curve = ReturnCurve(left.subplots())
        self._curve.legend(left)
        panels = zip(watched, np.atleast_1d(right.subplots(len(watched), 1)), strict=True)
        self.sparklines = {name: Sparkline(axes, name_of(name)) for name, axes in panels}

    def begin(self, run):
        """Count steps and seconds from where `run` stood before its first update of this training."""
        # A run that goes on from an earlier one brings its updates along.
        if len(run.updates) > 1:
            self.progress.start = run.updates[-2]

    def update(self, run):
        """Show `run` as it stands (None: nothing yet); return whether the axes had to be stretched for it."""
        if run is None:
            return False
        self.progress.update(run, self.finished)
        history = run.history
        for name, sparkline in self.sparklines.items():
            sparkline.update(history.get(name, np.empty(0)))
        return self._curve.update(run)


class _Progress:
    """A bar for the share of the steps that are done, with the speed and the time left above it."""

    def __init__(self, axes, max_steps):
        self._max_steps, self.start = max_steps, {"steps": 0, "seconds": 0.0}
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.add_patch(Rectangle((0, 0), 1, 0.25, color=GREY, alpha=0.25, lw=0))
        self.bar = moving(axes.add_patch(Rectangle((0, 0), 0, 0.25, color=BLUE, lw=0)))
        self._done = moving_text(axes, 0, 0.55, axes.transAxes)
        self.left = moving_text(axes, 1, 0.55, axes.transAxes, ha="right")

    def update(self, run, finished):
        steps, seconds = run.total_steps - self.start["steps"], run.seconds - self.start["seconds"]
        rate = steps / max(seconds, 1e-9)
        self.bar.set_width(min(steps / self._max_steps, 1))
        # The last rollout may end a little after max_steps.
        done = min(steps, self._max_steps)
        self._done.set_text(t("workbench.progress", steps=done, max_steps=self._max_steps, rate=rate))
        if not finished:
            left = t("workbench.time_left", seconds=max(self._max_steps - steps, 0) / rate)
        elif run.solved_at_step is None:
            left = t("workbench.took", seconds=seconds)
        else:
            left = t("workbench.solved", steps=run.solved_at_step, seconds=seconds)
        self.left.set_text(left)


class Sparkline:
    """A number's name, its last value, and its course over the updates; it scales itself."""

    def __init__(self, axes, name):
        axes.set_axis_off()
        # Room for the words above the line.
        axes.set(xlim=(0, 1), ylim=(-0.05, 1.9))
        axes.text(0, 1.35, name, transform=axes.transData)
        self.value = moving_text(axes, 1, 1.35, axes.transData, ha="right")
        self._zero = moving(axes.axhline(0, color=GREY, lw=1))
        self.line = moving(axes.plot([], [], color=BLUE, lw=2)[0])

    def update(self, values):
        known = values[np.isfinite(values)]
        if not known.size:
            return
        low, high = min(known.min(), 0), max(known.max(), 0)
        span = (high - low) or 1
        self.line.set_data(np.linspace(0, 1, len(values)), (values - low) / span)
        self._zero.set_ydata([-low / span] * 2)
        self.value.set_text(f"{values[-1]:.4g}" if abs(values[-1]) >= 1 else f"{values[-1]:.4f}")
