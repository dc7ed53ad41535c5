"""Trainings on a page: where a notebook has buttons that train, a page has recorded ones and a slider through them.

Each is an explorer, so that its table is made, and its page's script works, like every other's.
"""

import copy
import functools
from pathlib import Path

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import moving_text
from ppo_edu.drawing.style import CSS_DPI, styled
from ppo_edu.language import t
from ppo_edu.ppo import PPOConfig
from ppo_edu.workbench.answers import AnswersPicture
from ppo_edu.workbench.retrain import Curve, RetrainPicture
from ppo_edu.workbench.step_mode import Stepper, StepPicture, position

ROUNDS = 12  # rollouts of the step mode after the first, which goes minibatch by minibatch
LINES_OF_TWO = 6  # of words about two curves, at most: a test counts them
RECORDED = Path(__file__).with_name("retrain.npz")


class Training(Explorer):
    """An explorer whose control `plays` runs by itself at the push of a button."""

    def __init__(self, scene, controls, plays):
        super().__init__(scene, controls)
        self.plays = plays


def step_mode():
    """Return the step mode: one update minibatch by minibatch, the next by epochs, then whole ones."""
    moments = len(_moments())
    return Training(
        styled(_StepMode),
        [Slider("moment", t("workbench.moment"), low=0, high=moments - 1, step=1, start=2)],
        plays="moment",
    )


@functools.cache
def _moments():
    stepper = Stepper(seed=0)
    found = [_still(stepper)]

    def take(push):
        push()
        found.append(_still(stepper))

    take(stepper.collect)
    while not stepper.finished:
        take(stepper.take_minibatch)
    take(stepper.collect)
    while not stepper.finished:
        take(stepper.take_epoch)
    for _ in range(ROUNDS):
        stepper.collect()
        take(stepper.take_update)
    return found


def _still(stepper):
    """Return `stepper` as it stands; it can go no further."""
    still = copy.copy(stepper)
    still._events = None
    still.run = copy.copy(stepper.run)
    still.run.policy = copy.deepcopy(stepper.run.policy)
    still.run.episodes = list(stepper.run.episodes)
    return still


class _StepMode:
    def __init__(self):
        self._drawn = StepPicture(PPOConfig().epsilon)
        self.picture = self._drawn.picture
        figure = self.picture.figure
        self.picture.height += 30
        figure.set_size_inches(self.picture.width / CSS_DPI, self.picture.height / CSS_DPI)
        figure.get_layout_engine().set(rect=(0, 0, 1, 0.9))
        self.where = moving_text(figure, 0.02, 0.955, figure.transFigure)

    def update(self, moment):
        stepper = _moments()[moment]
        self._drawn.update(stepper)
        self.where.set_text(position(stepper))


def retrain():
    """Return recorded trainings with other settings, over the one with the default settings."""
    settings = _settings()
    default = PPOConfig()
    names = ("epsilon", "learning_rate", "lam", "seed")
    start = {name: getattr(default, name, 0) for name in names} | {"epsilon": 0.05}
    labels = (t("workbench.epsilon"), t("workbench.learning_rate"), t("workbench.lam"), t("workbench.seed"))
    controls = [
        Choice(name, label, {f"{value:g}": value for value in settings[name]}, start[name])
        for name, label in zip(names, labels, strict=True)
    ]
    steps = settings["steps"]
    places = {f"{int(step):,}": place for place, step in enumerate(steps)}
    return Training(
        styled(_Retrain),
        [*controls, Choice("steps", t("workbench.steps_so_far"), places, len(steps) - 1)],
        plays="steps",
    )


@functools.cache
def _settings():
    with np.load(RECORDED, allow_pickle=False) as file:
        return {
            name: array.tolist() if name in ("epsilon", "lam", "learning_rate", "seed") else array
            for name, array in file.items()
        }


class _Retrain:
    def __init__(self):
        self._data = _settings()
        self._drawn = RetrainPicture(int(self._data["steps"][-1]))
        self.picture = self._drawn.picture
        # Two curves need fewer lines, which may be further apart.
        beside = self.picture.figure.axes[1]
        beside.set_ylim(14, 0)
        self.lines_written = {beside: LINES_OF_TWO}
        self._default = self._curve(0, PPOConfig(), 0, len(self._data["steps"]) - 1)

    def update(self, epsilon, learning_rate, lam, seed, steps):
        config = PPOConfig(epsilon=epsilon, learning_rate=learning_rate, lam=lam)
        self._drawn.update([self._default, self._curve(1, config, seed, steps)])

    def _curve(self, colour, config, seed, place):
        data = self._data
        row = tuple(
            data[name].index(value)
            for name, value in (
                ("epsilon", config.epsilon),
                ("lam", config.lam),
                ("learning_rate", config.learning_rate),
                ("seed", seed),
            )
        )
        curve = Curve(colour, config, seed)
        means, solved = data["curves"][row][: place + 1].astype(float), data["solved"][row]
        known = np.isfinite(means)
        curve.steps, curve.means = data["steps"][: place + 1][known], means[known]
        now = int(data["steps"][place])
        if solved <= now:
            curve.result = t("workbench.solved", steps=int(solved), seconds=float(data["seconds"][row]))
        elif place == len(data["steps"]) - 1:
            curve.result = t("workbench.not_solved", steps=now)
        else:
            curve.result = t("workbench.under_way", steps=now)
        return curve


def answers():
    """Return recorded trainings of the language model, update by update."""
    data = recorded.language_models()
    kinds = {"PPO": "ppo", "GRPO": "grpo"}
    seeds = sorted(int(key.rsplit(".", 1)[1]) for key in data if key.startswith("curve.grpo.correct."))
    seeds = seeds[:5]
    updates = data["curve.grpo.correct.0"].shape[1]
    return Training(
        styled(_Answers),
        [
            Choice("method", t("lm_workbench.method"), kinds, "grpo"),
            Choice("seed", t("workbench.seed"), {str(seed): seed for seed in seeds}, seeds[0]),
            Slider(
                "update", t("lm_explorer.update"), low=0, high=updates, step=1, start=updates, page_step=4
            ),
        ],
        plays="update",
    )


class _Answers:
    def __init__(self):
        self._data = recorded.language_models()
        columns = list(self._data["columns"])
        self._rows = {name: columns.index(name) for name in columns}
        updates = self._data["curve.grpo.correct.0"].shape[1]
        self._drawn = AnswersPicture(updates, watched=("kl_reference", "entropy", "length"))
        self.picture = self._drawn.picture

    def update(self, method, seed, update):
        curves = self._data[f"curve.{method}.correct.{seed}"][:, :update].astype(float)
        self._drawn.show({name: curves[row] for name, row in self._rows.items()})


# By what a lesson's cell calls.
SHOWN = {"StepMode": step_mode, "Retrain": retrain, "RetrainAnswers": answers}
