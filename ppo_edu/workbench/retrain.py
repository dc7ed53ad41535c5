"""Retrain: move a setting, train again, and see the new learning curve over the earlier ones."""

import atexit
import dataclasses
import textwrap
import threading

import numpy as np

from ppo_edu.drawing.controls import Choice, Slider, input_widgets
from ppo_edu.drawing.live import LiveFigure, Pace
from ppo_edu.drawing.page import column, image_widget
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, styled
from ppo_edu.figures.training import curve_axes
from ppo_edu.guards.threads import Worker
from ppo_edu.guards.validation import check_choice, check_count, in_words
from ppo_edu.language import t
from ppo_edu.ppo import PPOConfig
from ppo_edu.returns import mean_of_last, reward_threshold
from ppo_edu.run import TrainingRun, check_config
from ppo_edu.training import train
from ppo_edu.workbench.dashboard import MOST_STEPS
from ppo_edu.workbench.parts import bundle, button, rounded, row, say, status_line, tell_error

ENV_ID = "CartPole-v1"
COLOURS = (BLUE, ORANGE, GREEN, SKY, PURPLE, "#E69F00")
LINES, LETTERS = 20, 32  # room for words beside the curves


class Curve:
    """One training's learning curve, and the words beside it.

    Attributes
    ----------
    colour : int
        Its place in `COLOURS`.
    config : PPOConfig
    seed : int
    label : str
        In which settings it differs from the default.
    result : str
        How far it has come.
    stopped : bool
        Whether the learner ended it.
    steps, means : array, (E,)
        Environment steps at which each episode ended, and the mean return of the last 100 until then.
    """

    def __init__(self, colour, config, seed):
        self.colour, self.config, self.seed = colour, config, seed
        self.label = differences(config, seed)
        self.result, self.stopped = "", False
        self.steps = self.means = np.empty(0)

    def follow(self, run):
        """Take over where a training under way stands."""
        self.steps, self.means = run.steps, mean_of_last(run.returns)
        self.result = t("workbench.under_way", steps=run.total_steps)

    def finish(self, run):
        """Take over how a training ended."""
        self.follow(run)
        self.stopped = run.interrupted
        if run.solved_at_step is not None:
            self.result = t("workbench.solved", steps=run.solved_at_step, seconds=run.seconds)
        elif run.interrupted:
            self.result = t("workbench.stopped", steps=run.total_steps)
        else:
            self.result = t("workbench.not_solved", steps=run.total_steps)


def differences(config, seed):
    """Return in words in which settings `config` and `seed` differ from the default."""
    short = {
        "epsilon": "ε",
        "lam": "λ",
        "gamma": "γ",
        "learning_rate": t("workbench.learning_rate_short"),
        "epochs": t("workbench.epochs_short"),
        "seed": t("workbench.seed_short"),
    }
    given = {**dataclasses.asdict(config), "seed": seed}
    default = {**dataclasses.asdict(PPOConfig()), "seed": 0}
    words = [f"{short.get(name, name)} {value}" for name, value in given.items() if value != default[name]]
    return ", ".join(words) or t("workbench.default_settings")


def lines(label):
    """Return `label` in at most two lines that fit beside the curves, no setting torn from its value."""
    bound = ", ".join(setting.replace(" ", "\u00a0") for setting in label.split(", "))
    return [line.replace("\u00a0", " ") for line in textwrap.wrap(bound, LETTERS)][:2]


class RetrainPicture:
    """Learning curves over each other, and beside them whose they are; `update` takes them as they are."""

    def __init__(self, max_steps):
        self.picture = Picture(900, 370, t("workbench.retrain_alt"))
        axes, beside = self.picture.figure.subplots(1, 2, width_ratios=(1.9, 1))
        curve_axes(axes, (0, max_steps), (0, 520)).set_ylabel(t("figure.mean_of_last"))
        axes.axhline(reward_threshold(ENV_ID), color=GREY, lw=1.5, ls="--")
        beside.set_axis_off()
        beside.set(xlim=(0, 1), ylim=(LINES, 0))
        self._curves = [moving(axes.plot([], [], color=color, lw=3)[0]) for color in COLOURS]
        self._keys = [moving(beside.plot([], [], color=color, lw=4)[0]) for color in COLOURS]
        self._words = [moving_text(beside, 0.1, 0, beside.transData, fontsize=11) for _ in range(LINES)]

    def update(self, curves):
        """Show `curves`, a list of `Curve`, and nothing else."""
        for line in (*self._curves, *self._keys):
            line.set_data([], [])
        for text in self._words:
            text.set_text("")
        words, height = iter(self._words), 1.0
        for curve in curves:
            self._curves[curve.colour].set_data(curve.steps, curve.means)
            self._keys[curve.colour].set_data([0, 0.07], [height - 0.3, height - 0.3])
            for part in [*lines(curve.label), curve.result]:
                next(words).set(text=part, y=height)
                height += 1
            height += 0.3


class Retrain:
    """Sliders for PPO's settings, and a button that trains CartPole with them, beside the earlier curves.

    It trains in a thread of its own, so that its stop button, and other cells, work meanwhile. Settings whose
    curve is there already are trained with the next seed: with the same one, the curve would be the same.

    Parameters
    ----------
    *runs : TrainingRun
        Of CartPole-v1, whose curves are there from the start.
    max_steps : int in [1, 10**12]
        As in `ppo_edu.train`.

    Attributes
    ----------
    curves : list of Curve
        What the picture shows, the newest last.
    inputs : dict of str to ipywidgets widget
        "epsilon", "lam", "gamma", "learning_rate", "epochs" and "seed".
    buttons : dict of str to ipywidgets.Button
        "train", "stop", "defaults" and "clear".
    """

    def __init__(self, *runs, max_steps=200_000):
        import ipywidgets as widgets

        self.max_steps = check_count("max_steps", max_steps, at_most=MOST_STEPS)
        self.curves, self._thread, self.stop = [], None, threading.Event()
        for run in runs:
            if not isinstance(run, TrainingRun):
                raise TypeError(t("error.not_a_run_here", type=type(run).__name__))
            check_choice("env_id", run.env_id, (ENV_ID,))
            check_config("ppo", run.config)
            self._new_curve(run.config, run.seed).finish(run)
        self._live, self._drawing = LiveFigure(styled(RetrainPicture)(self.max_steps)), threading.Lock()
        self.image, self.line = image_widget(self._live), status_line()
        self._controls = _controls()
        self.inputs = input_widgets(self._controls, width="30em")
        pushes = {
            "train": (t("workbench.retrain"), "play", self._train),
            "stop": (t("workbench.stop"), "stop", self.stop.set),
            "defaults": (t("workbench.set_defaults"), "undo", self._set_defaults),
            "clear": (t("workbench.clear"), "eraser", self._clear),
        }
        self.buttons = {name: button(*push) for name, push in pushes.items()}
        self._enable(training=False)
        self._show()
        say(self.line, t("workbench.retrain_hint"))
        grid = widgets.Layout(flex_flow="row wrap", width="62em", max_width="100%")
        self._view = column(
            [
                widgets.HBox(list(self.inputs.values()), layout=grid),
                row(self.buttons.values()),
                self.line,
                self.image,
            ]
        )

    def wait(self, timeout=None):
        """Wait until no training runs, at most `timeout` seconds; return whether none does."""
        return self._thread is None or self._thread.wait(timeout)

    def _repr_mimebundle_(self, include=None, exclude=None):
        with self._drawing:
            return bundle(self._view, self._live, curves=self.curves)

    def _train(self):
        if not self.wait(timeout=0):
            say(self.line, t("workbench.busy"))
            return
        settings = {name: rounded(widget.value) for name, widget in self.inputs.items()}
        del settings["seed"]
        config = PPOConfig(**settings)
        seed = self._unseen_seed(config)
        self.stop.clear()
        self._enable(training=True)
        say(self.line, t("workbench.training", seed=seed))
        curve = self._new_curve(config, seed)
        # A thread that computes while Python takes itself apart would crash it.
        atexit.register(self._end)
        self._thread = Worker(self._work, (curve, config, seed))
        self._thread.start()

    def _work(self, curve, config, seed):
        """Train, show it, and say how it ended: what the thread does."""
        pace = Pace()

        def follow(run):
            if self.stop.is_set():
                raise KeyboardInterrupt
            if pace.is_due():
                with pace.frame():
                    curve.follow(run)
                    self._show()

        try:
            run = train(ENV_ID, config, seed=seed, max_steps=self.max_steps, on_update=follow)
            curve.finish(run)
            self._show()
            say(self.line, f"{curve.label}: {curve.result}")
        except Exception as error:
            # Nobody else would see it: a thread has no cell to show it under.
            self.curves.remove(curve)
            self._show()
            tell_error(self.line, t("workbench.failed", error=in_words(error)), error)
        finally:
            atexit.unregister(self._end)
            self._enable(training=False)

    def _end(self):
        self.stop.set()
        self._thread.join(timeout=5)

    def _unseen_seed(self, config):
        """Return the slider's seed, moved on first if it would only draw an old curve again."""
        slider = self.inputs["seed"]
        seen = {curve.seed for curve in self.curves if curve.config == config and not curve.stopped}
        while slider.value in seen and slider.value < slider.max:
            slider.value += 1
        return slider.value

    def _new_curve(self, config, seed):
        """Add a curve in a free colour; if there is none, in that of the oldest, which goes."""
        if len(self.curves) == len(COLOURS):
            del self.curves[0]
        free = set(range(len(COLOURS))) - {curve.colour for curve in self.curves}
        self.curves.append(Curve(min(free), config, seed))
        return self.curves[-1]

    def _show(self):
        with self._drawing:
            self.image.show(self._live.jpeg(curves=self.curves))

    def _enable(self, training):
        for name, made in self.buttons.items():
            made.disabled = training != (name == "stop")

    def _set_defaults(self):
        for control in self._controls:
            self.inputs[control.name].value = control.start

    def _clear(self):
        if self.wait(timeout=0):
            self.curves.clear()
            self._show()
            say(self.line, t("workbench.retrain_hint"))


def _controls():
    default = PPOConfig()
    rates = {1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, default.learning_rate}
    return [
        Slider("epsilon", t("workbench.epsilon"), 0.01, 1.0, 0.01, default.epsilon),
        Choice(
            "learning_rate",
            t("workbench.learning_rate"),
            {f"{rate:g}": rate for rate in sorted(rates)},
            default.learning_rate,
        ),
        Slider("lam", t("workbench.lam"), 0.0, 1.0, 0.01, default.lam),
        Slider("epochs", t("workbench.epochs"), 1, 20, 1, default.epochs),
        Slider("gamma", t("workbench.gamma"), 0.5, 1.0, 0.01, default.gamma),
        Slider("seed", t("workbench.seed"), 0, 99, 1, 0),
    ]
