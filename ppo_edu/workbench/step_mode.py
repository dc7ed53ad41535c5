"""Step mode: one PPO update in slow motion, a minibatch a push, for a class in front of a projector.

`Stepper` walks through the loop that `ppo_edu.train` runs to its end. `StepPicture` draws where it stands,
and `StepMode` gives it buttons.
"""

import copy

import numpy as np
import torch

from ppo_edu import ppo
from ppo_edu.drawing import stills
from ppo_edu.drawing.legend import colour_of, name_of
from ppo_edu.drawing.live import LiveFigure
from ppo_edu.drawing.page import as_bundle, column, image_widget
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.style import BLUE, PIXELS_PER_CSS_PIXEL, SKY, styled
from ppo_edu.environments import make_environments
from ppo_edu.guards.validation import check_count, check_seed, in_words
from ppo_edu.language import current_language, t
from ppo_edu.objective import probability_ratio
from ppo_edu.run import check_config, one_thread
from ppo_edu.training import loop, new_run
from ppo_edu.workbench.parts import bundle, button, row, say, status_line, tell_error

ENV_ID = "CartPole-v1"
ANGLE_LIMIT, VELOCITY_LIMIT = 12.0, 2.0  # degrees, where an episode ends, and rad/s
ROUNDS = 10


class Stepper:
    """A training on CartPole that goes on by one rollout, one minibatch, one epoch or one update at a time.

    Parameters
    ----------
    config : PPOConfig, optional
        The defaults if not given.
    seed : int >= 0
        As in `ppo_edu.train`, which after as many updates has the same policy to the last digit.
    max_steps : int >= 1
        As in `ppo_edu.train`: the learning rate falls to 0 over this many environment steps.

    Attributes
    ----------
    run : TrainingRun
        Policy, optimiser and episodes so far.
    batch : Batch or None
        The last rollout's transitions; None before the first rollout.
    old_policy : ActorCritic or None
        A copy of the policy that collected them.
    rollouts, epoch, minibatch : int
        Counted from 1; 0 before the first one of a rollout.
    finished : bool
        Whether the rollout is used up (or there is none): only a new one brings the policy further.

    Examples
    --------
    >>> stepper = Stepper(seed=0)
    >>> stepper.collect()
    >>> stepper.take_epoch()
    >>> stepper.epoch, stepper.finished
    (1, False)
    """

    def __init__(self, config=None, seed=0, max_steps=200_000):
        config = ppo.PPOConfig() if config is None else config
        check_config("ppo", config)
        check_seed("seed", seed)
        check_count("max_steps", max_steps)
        envs = make_environments(ENV_ID, config.num_envs)
        with one_thread():  # the first weights depend on how many there are
            self.run = new_run(envs, ENV_ID, "ppo", config, seed)
        self._events = loop(self.run, envs, max_steps, forever=True)
        self.rollouts = self.epoch = self.minibatch = 0
        self.batch = self.old_policy = None
        self.finished = True

    def _next(self):
        with one_thread():
            return next(self._events)

    @property
    def minibatches(self):
        """Minibatches in an epoch of this rollout."""
        return 0 if self.batch is None else sum(1 for _ in self.batch.parts(self.run.config.minibatch_size))

    def collect(self):
        """Collect a rollout with the policy as it stands, and make a batch of it."""
        event, self.batch = self._next()
        while event != "batch":
            event, self.batch = self._next()
        self.old_policy = copy.deepcopy(self.run.policy)
        self.rollouts, self.epoch, self.minibatch = self.rollouts + 1, 0, 0
        self.finished = False

    def take_minibatch(self):
        """Take one gradient step."""
        event, step = self._next()
        if event == "update":  # target_kl has ended it early
            self.finished = True
            return
        if step["epoch"] == self.epoch:
            self.epoch, self.minibatch = self.epoch + 1, 0
        self.minibatch += 1
        if self.epoch == self.run.config.epochs and self.minibatch == self.minibatches:
            self._next()
            self.finished = True

    def take_epoch(self):
        """Take gradient steps to the end of the epoch that has begun, else of the next one."""
        self.take_minibatch()
        while not self.finished and self.minibatch < self.minibatches:
            self.take_minibatch()

    def take_update(self):
        """Take gradient steps until the rollout is used up."""
        while not self.finished:
            self.take_minibatch()

    def ratios(self):
        """Return the probability ratio, new policy to old, of every transition of the rollout, (B,)."""
        with one_thread(), torch.no_grad():
            log_probs = self.run.policy.pi(self.batch.observations).log_prob(self.batch.actions)
            return probability_ratio(log_probs, self.batch.log_probs).numpy()

    def diagnostics(self):
        """Return what `ppo.update` would return if the update ended here."""
        with one_thread():
            return ppo.diagnostics(self.run.policy, self.batch, self.run.config)


def push_right(policy, points=61):
    """Return pi(right | s), cart at rest, (points, points): a row for a velocity, a column for an angle."""
    with one_thread(), torch.no_grad():
        observations = torch.zeros(points, points, 4)
        observations[..., 2] = torch.deg2rad(torch.linspace(-ANGLE_LIMIT, ANGLE_LIMIT, points))
        observations[..., 3] = torch.linspace(-VELOCITY_LIMIT, VELOCITY_LIMIT, points)[:, None]
        return policy.pi(observations).probs[..., 1].numpy()


def position(stepper):
    """Return in words where `stepper` stands."""
    if stepper.batch is None:
        return t("workbench.nothing_yet")
    if stepper.epoch == 0:
        return t("workbench.collected", rollout=stepper.rollouts, samples=len(stepper.batch))
    where = t(
        "workbench.position",
        rollout=stepper.rollouts,
        epoch=stepper.epoch,
        epochs=stepper.run.config.epochs,
        minibatch=stepper.minibatch,
        minibatches=stepper.minibatches,
    )
    return f"{where} {t('workbench.used_up')}" if stepper.finished else where


class StepPicture:
    """The ratios of a rollout's transitions, and the policy before and now; `update` follows a `Stepper`."""

    def __init__(self, epsilon):
        self.picture = Picture(900, 480, t("workbench.step_alt"))
        above, below = self.picture.figure.subfigures(2, 1, height_ratios=(1, 1.25))
        left, right = above.subplots(1, 2, width_ratios=(1.6, 1))
        self.ratios, self._numbers = MinibatchRatios(left, epsilon), _Numbers(right)
        maps = below.subplots(1, 3)
        self._before = _heat_map(maps[0], t("workbench.policy_before"), "RdBu_r", (0, 1))
        self._now = _heat_map(maps[1], t("workbench.policy_now"), "RdBu_r", (0, 1))
        self._change = _heat_map(maps[2], t("workbench.policy_change"), "PRGn", (-1, 1))
        maps[0].set_ylabel(t("workbench.velocity_axis"))
        for axes in maps[1:]:
            axes.tick_params(labelleft=False, left=False)
        bar = below.colorbar(self._now, ax=maps[:2], pad=0.02, ticks=[0, 0.5, 1])
        bar.set_label(t("workbench.push_right"))
        bar = below.colorbar(self._change, ax=maps[2], pad=0.04, ticks=[-1, 0, 1])
        bar.ax.yaxis.set_major_formatter(lambda end, position: f"{end * self._largest:+.3f}" if end else "0")
        # Marked, but still part of the layout: its numbers are as wide in every frame.
        bar.ax.yaxis.set_animated(True)
        self._largest = 0.0

    def update(self, stepper):
        """Show where `stepper` stands."""
        now = push_right(stepper.run.policy)
        before = now if stepper.old_policy is None else push_right(stepper.old_policy)
        self._before.set_data(before)
        self._now.set_data(now)
        # At a fixed scale, the little that one minibatch changes would look like nothing.
        self._largest = float(np.abs(now - before).max())
        self._change.set_data((now - before) / (self._largest or 1))
        self.ratios.update(stepper)
        self._numbers.update(stepper)


class MinibatchRatios:
    """How many transitions have which ratio on one pair of axes; those outside the clip range stand out."""

    def __init__(self, axes, epsilon):
        self._epsilon = epsilon
        # Ten bins from 1 to either bound, so that the bounds are edges; the outermost hold what is beyond.
        self._edges = 1 + epsilon / 10 * np.arange(-min(30, int(10 / epsilon)), 31)
        axes.set(xlim=self._edges[[0, -1]], yscale="log", ylim=(0.7, 5000))
        axes.set(xlabel=t("figure.ratio_axis"), ylabel=t("workbench.samples_axis"))
        axes.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
        axes.minorticks_off()
        axes.axvspan(1 - epsilon, 1 + epsilon, color=SKY, alpha=0.2, lw=0)
        none = np.zeros(len(self._edges) - 1)
        self.inside, self.clipped = (
            moving(axes.stairs(none, self._edges, baseline=0.1, fill=True, color=color))
            for color in (BLUE, colour_of("clip_fraction"))
        )
        # Above the axes, in a title's room: inside, the tallest bar would stand behind the words.
        axes.set_title(" ")
        self._words = moving_text(
            axes, 0.99, 1.03, axes.transAxes, ha="right", color=colour_of("clip_fraction")
        )

    def update(self, stepper):
        """Count the ratios of the last rollout under the policy as it stands."""
        ratios = np.empty(0) if stepper.batch is None else stepper.ratios()
        clipped = (ratios < 1 - self._epsilon) | (ratios > 1 + self._epsilon)
        for stairs, chosen in ((self.inside, ratios[~clipped]), (self.clipped, ratios[clipped])):
            counts, _ = np.histogram(np.clip(chosen, *self._edges[[0, -1]]), self._edges)
            stairs.set_data(counts)
        self._words.set_text(t("workbench.clipped", clipped=int(clipped.sum()), samples=len(ratios)))


class _Numbers:
    """What `ppo.diagnostics` says and how the agent fares, as a table."""

    def __init__(self, axes):
        axes.set_axis_off()
        words = (
            name_of("approx_kl"),
            name_of("clip_fraction"),
            name_of("entropy"),
            t("workbench.mean_return"),
            t("workbench.steps"),
        )
        heights = np.linspace(0.88, 0.04, len(words))
        for label, height in zip(words, heights, strict=True):
            axes.text(0, height, label, transform=axes.transAxes)
        self._values = [moving_text(axes, 1, height, axes.transAxes, ha="right") for height in heights]

    def update(self, stepper):
        values = ["-"] * 3
        if stepper.batch is not None:
            figures = stepper.diagnostics()
            values = [
                f"{figures['approx_kl']:.4f}",
                f"{figures['clip_fraction']:.1%}",
                f"{figures['entropy']:.3f}",
            ]
        mean_return = stepper.run.mean_return
        values += ["-" if np.isnan(mean_return) else f"{mean_return:.1f}", f"{stepper.run.total_steps:,}"]
        for text, value in zip(self._values, values, strict=True):
            text.set_text(value)


def _heat_map(axes, title, colours, limits):
    extent = (-ANGLE_LIMIT, ANGLE_LIMIT, -VELOCITY_LIMIT, VELOCITY_LIMIT)
    image = axes.imshow(
        np.zeros((2, 2)),
        cmap=colours,
        vmin=limits[0],
        vmax=limits[1],
        extent=extent,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    axes.set(title=title, xlabel=t("workbench.angle_axis"), xticks=(-10, 0, 10), yticks=(-1, 0, 1))
    axes.grid(False)
    return moving(image)


class StepMode:
    """A training on CartPole in slow motion: each push of a button takes one step of the algorithm.

    Parameters
    ----------
    config : PPOConfig, optional
        The defaults if not given.
    seed : int >= 0
        The same seed and the same pushes give the same pictures, and after as many updates the policy is that
        of `ppo_edu.train`.

    Attributes
    ----------
    stepper : Stepper
        Where the training stands.
    buttons : dict of str to ipywidgets.Button
        "collect", "minibatch", "epoch", "update", "rounds" and "reset".
    """

    def __init__(self, config=None, seed=0):
        self._begin = lambda: Stepper(config, seed)
        self.stepper = self._begin()
        # Those of the same name begin alike.
        self._name = f"workbench.StepMode({config}, {seed})"
        self._live = LiveFigure(styled(StepPicture)(self.stepper.run.config.epsilon))
        self.image, self.line = image_widget(self._live), status_line()
        pushes = {
            "collect": (t("workbench.collect"), "download", lambda: self.stepper.collect()),
            "minibatch": (t("workbench.minibatch"), "step-forward", lambda: self.stepper.take_minibatch()),
            "epoch": (t("workbench.epoch"), "forward", lambda: self.stepper.take_epoch()),
            "update": (t("workbench.update"), "fast-forward", lambda: self.stepper.take_update()),
            "rounds": (t("workbench.rounds", rounds=ROUNDS), "repeat", self._take_rounds),
            "reset": (t("explorer.reset"), "undo", self._reset),
        }
        self.buttons = {
            name: button(words, icon, lambda act=act: self._push(act))
            for name, (words, icon, act) in pushes.items()
        }
        self._draw()
        self._enable()
        self._view = column([row(self.buttons.values()), self.line, self.image])

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = (
            self._moving_still() if stills.moves() else bundle(self._view, self._live, stepper=self.stepper)
        )
        metadata["image/png"]["explorer"] = f"{self._name} {current_language()}"
        return {**as_bundle(self._view), **data}, metadata

    def _moving_still(self):
        """Return the (data, metadata) of a still that takes steps: the start alone would show nothing."""
        stepper, frames = self._begin(), []
        live = LiveFigure(styled(StepPicture)(stepper.run.config.epsilon))
        for _ in range(2):
            stepper.collect()
            while not stepper.finished:
                stepper.take_epoch()
                frame = live.image(stepper=stepper).reduce(PIXELS_PER_CSS_PIXEL)
                frames.append(stills.captioned(frame, t("page.in_motion_steps")))
        return stills.bundle(live.scene.picture, frames, t("page.in_motion_steps_alt"))

    def _push(self, act):
        for made in self.buttons.values():
            made.disabled = True
        try:
            act()
            self._draw()
        except Exception as error:
            tell_error(self.line, t("workbench.failed", error=in_words(error)), error)
        finally:
            self._enable()

    def _take_rounds(self):
        self.stepper.take_update()
        for _ in range(ROUNDS):
            self.stepper.collect()
            self.stepper.take_update()
            self._draw()

    def _reset(self):
        self.stepper = self._begin()

    def _draw(self):
        self.image.show(self._live.jpeg(stepper=self.stepper))
        say(self.line, position(self.stepper))

    def _enable(self):
        """Enable those buttons that make sense now."""
        idle = self.stepper.finished
        sensible = {
            "collect": idle,
            "minibatch": not idle,
            "epoch": not idle,
            "update": not idle,
            "rounds": True,
            "reset": self.stepper.batch is not None,
        }
        for name, made in self.buttons.items():
            made.disabled = not sensible[name]
