"""A recorded measurement with a button that repeats it here, smaller."""

import functools
import itertools

import numpy as np

from ppo_edu.drawing.live import LiveFigure
from ppo_edu.drawing.page import as_bundle, column, image_widget
from ppo_edu.drawing.picture import still_bundle
from ppo_edu.drawing.style import styled
from ppo_edu.explorers.gradient_walk import CliffScene
from ppo_edu.figures.update_cost import bill, race
from ppo_edu.guards.validation import check_callable, check_choice, in_words
from ppo_edu.language import t
from ppo_edu.recorded.steps import BATCH_SEED, STATES, half_trained, recorded


class Rerun:
    """A recorded picture, and a button that measures the same on this machine, with less patience.

    Parameters
    ----------
    scene : callable
        From the measured arrays, or None for the recorded ones, to an object with a `picture` and an
        ``update()``.
    measure : callable
        Called without arguments, returns the measured arrays, a dict.

    Attributes
    ----------
    button : ipywidgets.Button
    """

    def __init__(self, scene, measure):
        import ipywidgets as widgets

        self._scene, self._measure = check_callable("scene", scene), check_callable("measure", measure)
        self._live = LiveFigure(scene(None))
        self.image = image_widget(self._live)
        self.image.show(self._live.jpeg())
        self.line = widgets.Label(t("trust_region.recorded"))
        self.button = widgets.Button(
            description=t("trust_region.again"), icon="play", layout=widgets.Layout(width="auto")
        )
        self.button.on_click(lambda _: self.rerun())
        self._view = column([widgets.HBox([self.button, self.line]), self.image])

    def rerun(self):
        """Measure, and show what was found."""
        self.button.disabled = True
        self.line.value = t("trust_region.measuring")
        try:
            self._live = LiveFigure(self._scene(self._measure()))
            self.image.show(self._live.jpeg())
            self.line.value = t("trust_region.measured_here")
        except Exception as error:
            # A button has no cell to show an error under.
            self.line.value = t("trust_region.failed", error=in_words(error))
            raise
        finally:
            self.button.disabled = False

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = still_bundle(self._live.scene.picture, self._live.png())
        return {**as_bundle(self._view), **data}, metadata


class Still:
    def __init__(self, picture):
        self.picture = picture

    def update(self):
        """Nothing moves."""


class _Walks(CliffScene):
    """One walk among others, which are faint."""

    def __init__(self, data, others):
        super().__init__(data, others)
        self.picture.alt = t("trust_region.walks_alt")
        self.picture.figure.axes[0].set_title(t("trust_region.walks_return"))

    def update(self):
        super().update(length=0.3)


def walks_scene():
    """Return the scene of a walk that keeps the walks shown before, and the recorded ones, behind it."""
    walks = recorded("walks")
    names = ("return", "surrogate_gain", "kl")
    shown = [
        {"lengths": walks["lengths"]} | {name: walks[name][row] for name in names}
        for row in range(len(walks["return"]))
    ]

    def scene(measured):
        data = recorded("cliff") if measured is None else measured
        made = styled(_Walks)(data, tuple(shown))
        shown.append(data)
        return made

    return scene


def again(what):
    """Return a recorded measurement with a button that repeats it here, smaller, in some ten seconds.

    At each press, the cliff is walked from a new batch, and the walks before stay, faint.

    Parameters
    ----------
    what : {"cliff", "bill", "race"}
    """
    kinds = {
        "cliff": (walks_scene(), functools.partial(_measure_cliff, itertools.count(BATCH_SEED + 1))),
        "bill": (lambda data: Still(bill(data)), _measure_bill),
        "race": (lambda data: Still(race(data)), _measure_race),
    }
    return Rerun(*kinds[check_choice("what", what, tuple(kinds))])


def _measure_cliff(batch_seeds):
    from ppo_edu import trpo
    from ppo_edu.study import landings

    start = half_trained().policy
    _, batch = landings.collect(start, seed=next(batch_seeds))
    gradient = trpo.surrogate_gradient(start, batch)
    found = landings.walk(start, gradient, np.linspace(0, 2, 21), batch, STATES, episodes=64)
    return {**found, "probs": found["probs"][:, :, 1]}


def _measure_bill():
    from ppo_edu.study.cost import update_bills

    return update_bills(shapes=((64, 2048), (32, 2048), (128, 2048), (64, 512), (64, 4096)), repeats=1)


def _measure_race():
    from ppo_edu.study.cost import run_race

    return run_race(seeds=(0,), max_steps=40_000)
