"""A language model's training under the learner's hands: watch it, change a setting and train again."""

import numpy as np

from ppo_edu.drawing.controls import Choice, Slider, input_widgets
from ppo_edu.drawing.legend import name_of
from ppo_edu.drawing.live import LiveFigure, Pace
from ppo_edu.drawing.page import column, image_widget
from ppo_edu.drawing.picture import Picture, moving
from ppo_edu.drawing.style import BLUE, GREEN, ORANGE, styled
from ppo_edu.explorers.training_curve import LearningCurve
from ppo_edu.guards.validation import check_count, check_kind, in_words
from ppo_edu.language import t
from ppo_edu.workbench.dashboard import Sparkline
from ppo_edu.workbench.parts import bundle, button, rounded, row, say, status_line, tell_error

WATCHED = ("kl_reference", "entropy", "length", "clip_fraction")


class AnswersDashboard(LearningCurve):
    """What a language model's training does while it runs: accuracy, and below it the diagnostics.

    A context manager, and what `ppo_edu.language_models.train` takes as `on_update`.

    Parameters
    ----------
    updates : int in [1, 1000000]
        As given to `train`.
    """

    def __init__(self, updates=100):
        check_count("updates", updates, at_most=1_000_000)
        super().__init__(lambda: AnswersPicture(updates))

    def _checked(self, run):
        from ppo_edu.language_models.training import LMRun

        return check_kind("run", run, LMRun)


class AnswersPicture:
    """The picture of an `AnswersDashboard`; `update` follows an `LMRun`."""

    def __init__(self, updates, watched=WATCHED):
        self.picture = Picture(900, 380, t("lm_workbench.alt"))
        figure = self.picture.figure
        left, right = figure.subfigures(1, 2, width_ratios=(1.8, 1))
        axes = left.subplots()
        axes.set(xlim=(0, updates), ylim=(0, 1.02), xlabel=t("lm_explorer.updates_axis"))
        self.lines = {
            # Above the others: where right answers are what is paid, it lies on the accuracy.
            "reward": moving(axes.plot([], [], color=ORANGE, lw=2, ls="--", zorder=3)[0]),
            "accuracy": moving(axes.plot([], [], color=BLUE)[0]),
            "held_out": moving(axes.plot([], [], color=GREEN, marker=".", ms=8)[0]),
        }
        words = (t("lm_explorer.paid"), t("lm_workbench.trained"), t("lm_workbench.held_out"))
        close = {"columnspacing": 1, "handlelength": 1.4}
        left.legend(self.lines.values(), words, loc="outside upper center", ncols=3, **close)
        panels = zip(watched, right.subplots(len(watched), 1), strict=True)
        self.sparklines = {name: Sparkline(axes, name_of(name)) for name, axes in panels}

    def update(self, run):
        """Show `run` as it stands; None: nothing yet."""
        if run is not None:
            self.show(run.history)

    def show(self, history):
        """Show a training's `history`, a dict from name to an array with one entry an update."""
        for name, line in self.lines.items():
            known = np.flatnonzero(np.isfinite(history[name]))
            line.set_data(known + 1, history[name][known])
        for name, sparkline in self.sparklines.items():
            sparkline.update(history[name])


class RetrainAnswers:
    """Sliders for a language model's settings, and a button that trains it with them, some 15 seconds long.

    Parameters
    ----------
    run : LMRun or None
        Whose curves are there from the start.
    updates : int in [1, 1000000]
        How many a push of the button trains.

    Attributes
    ----------
    run : LMRun or None
        The last training.
    """

    def __init__(self, run=None, *, updates=60):
        from ppo_edu.language_models.training import LMRun

        if run is not None:
            check_kind("run", run, LMRun, where="ppo_edu.language_models.train")
        self._updates, self.run, self._pace = check_count("updates", updates, at_most=1_000_000), run, Pace()
        shown = updates if run is None else max(updates, len(run.history["entropy"]))
        self._live = LiveFigure(styled(AnswersPicture)(shown))
        self.image, self.line = image_widget(self._live), status_line()
        self.image.show(self._live.jpeg(run=run))
        methods = {"PPO": "ppo", "GRPO": "grpo"}
        controls = [
            Choice("advantage", t("lm_workbench.method"), methods, start="grpo"),
            Slider("epsilon", "ε", low=0.05, high=1.0, step=0.05, start=0.2),
            Slider("beta", "β", low=0.0, high=0.3, step=0.01, start=0.0),
            Choice("group", t("lm_workbench.group"), {str(n): n for n in (2, 4, 8, 16, 32)}, start=8),
            Slider("seed", t("workbench.seed"), 0, 99, 1, 0),
        ]
        self.inputs = input_widgets(controls)
        self.button = button(t("lm_workbench.train"), "play", self.train)
        self._view = column([*self.inputs.values(), row([self.button]), self.line, self.image])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return bundle(self._view, self._live, run=self.run)

    def config(self):
        """Return the settings that the sliders say; PPO, which has a critic, takes one answer to a prompt."""
        from ppo_edu.language_models.update import LMConfig

        values = {name: rounded(widget.value) for name, widget in self.inputs.items() if name != "seed"}
        if values["advantage"] == "ppo":
            values["group"] = None
        return LMConfig(**values)

    def train(self):
        """Train with what the sliders say, and show it as it goes."""
        from ppo_edu.language_models.training import train

        self.button.disabled = True
        say(self.line, t("lm_workbench.training"))
        try:
            seed = self.inputs["seed"].value
            self.run = train(config=self.config(), seed=seed, updates=self._updates, on_update=self._show)
            self.image.show(self._live.jpeg(run=self.run))
            found = {kind: 100 * self.run.accuracy(kind) for kind in ("trained", "held_out")}
            say(self.line, t("lm_workbench.done", seconds=self.run.seconds, **found))
        except Exception as error:
            tell_error(self.line, t("workbench.failed", error=in_words(error)), error)
        finally:
            self.button.disabled = False

    def _show(self, run):
        if self._pace.is_due():
            with self._pace.frame():
                self.image.show(self._live.jpeg(run=run))
