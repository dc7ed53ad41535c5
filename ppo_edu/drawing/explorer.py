"""An explorer: a picture with controls, a pure function from their values to what is drawn."""

import asyncio
import base64
import functools
import gc
import html
import threading
import time
from typing import ClassVar

from ppo_edu.drawing.controls import Toggle, input_widgets
from ppo_edu.drawing.live import Draft, LiveFigure
from ppo_edu.drawing.page import as_bundle, column, image_widget, share_button
from ppo_edu.drawing.picture import Png, still_bundle
from ppo_edu.drawing.stills import moves, moving_still
from ppo_edu.language import current_language, t


class Explorer:
    """A picture with controls: a pure function from their values to what is drawn.

    In a notebook it shows itself, with its controls above it and a still PNG of its start for readers without
    a kernel. Each display stands alone and begins at the start.

    Parameters
    ----------
    scene : callable
        Called without arguments, returns an object with a `picture` (`figures.Picture`) and an
        ``update(**values)`` that moves the picture's animated artists to these values.
    controls : sequence of Slider, Choice and Toggle
        Their names are the keywords of ``update``.

    Attributes
    ----------
    call : str or None
        What makes the same explorer, such as ``"explorers.clip()"``, for its button that copies its code;
        None if nobody knows.

    Examples
    --------
    >>> from ppo_edu import explorers
    >>> explorers.clip().draw(epsilon=0.3)[1:4]
    b'PNG'
    """

    def __init__(self, scene, controls):
        self._new_scene = scene
        self.controls = tuple(controls)
        self.call = None

    @property
    def start(self):
        """The values at which every display begins, and to which reset returns."""
        return {control.name: control.start for control in self.controls}

    def draw(self, /, **values):
        """Return the picture at `values` as PNG bytes; controls that are not named stand at their start.

        As the last value of a cell, they show themselves.

        Raises
        ------
        TypeError
            If no control has such a name.
        ValueError
            If a value is out of its control's range.
        """
        shown = self.checked(values)  # first, for a picture takes a while
        return Png(self._live.png(**shown), self.scene.picture)

    def words(self, /, **values):
        """Return the words in the picture at `values`, a list of texts: its numbers, for who cannot see it.

        Raises as `draw` does.
        """
        self.scene.update(**self.checked(values))
        return self.scene.picture.words()

    @functools.cached_property
    def scene(self):
        """What `draw` moves and draws: an object with a `picture` and an ``update(**values)``."""
        return self._new_scene()

    @functools.cached_property
    def _live(self):
        return LiveFigure(self.scene)

    def checked(self, values):
        """Return the value of every control, those of `values` checked; raise as `draw` does."""
        unknown = sorted(values.keys() - self.start.keys())
        if unknown:
            names = ", ".join(self.start)
            raise TypeError(t("error.no_such_control", name=", ".join(unknown), names=names))
        given = {**self.start, **values}
        return {control.name: control.check(given[control.name]) for control in self.controls}

    def code(self, /, **values):
        """Return the lines that draw the picture at `values`, which run wherever the course is installed."""
        given = ", ".join(f"{name}={value!r}" for name, value in self.checked(values).items())
        return f"from ppo_edu import explorers\n{self.call}.draw({given})"

    def _repr_mimebundle_(self, include=None, exclude=None):
        frames = Frames(self._new_scene, self.call or self._new_scene)
        if moves():
            data, metadata = moving_still(self)
        else:
            data, metadata = still_bundle(frames.live.scene.picture, frames.live.png(**self.start))
        if self.call:
            metadata["image/png"]["explorer"] = f"{self.call} {current_language()}"
        return {**as_bundle(self._view(frames)), **data}, metadata

    def _view(self, frames):
        """Return the widgets: the controls, a reset button, and the picture that follows them."""
        import ipywidgets as widgets

        image = image_widget(frames.live)
        # On a projector, a slider, reset and the small buttons find room side by side.
        inputs = input_widgets(self.controls, width="49em")
        share = _Share(self, frames, inputs)

        def show(figure):
            shown = self.checked({name: widget.value for name, widget in inputs.items()})
            image.show(figure.jpeg(**shown))

        def show_crisp():
            show(frames.live)
            image.tooltip = frames.words()
            share.follow()

        at_rest = AtRest(show_crisp)
        players = {control.name: Player(inputs[control.name]) for control in self.controls if control.time}

        def redraw(change):
            show(frames.draft)
            at_rest.put_off()

        def reset(button):
            for player in players.values():
                player.stop()
            for name, value in self.start.items():
                inputs[name].value = value
            share.note.value = ""

        # Nothing piles up: a front end keeps a control's newest value back until the kernel is idle again.
        for widget in inputs.values():
            widget.observe(redraw, "value")
        button = widgets.Button(
            description=t("explorer.reset"), icon="undo", layout=widgets.Layout(width="auto")
        )
        button.on_click(reset)
        show_crisp()
        # Side by side, so that controls and picture are on a projector at once.
        rows = []
        for control, before in zip(self.controls, (None, *self.controls), strict=False):
            part = inputs[control.name]
            if control.name in players:
                part = _together(widgets, [part, players[control.name].button])
            if isinstance(control, Toggle) and isinstance(before, Toggle):
                rows[-1].append(part)
            else:
                rows.append([part])
        # Where there is no room beside the slider they go below it as one, and no small button stands alone.
        rows[-1] += [_together(widgets, [button, *share.buttons]), share.note]
        wrapped = widgets.Layout(flex_flow="row wrap")
        beside = [widgets.HBox(parts, layout=wrapped) if len(parts) > 1 else parts[0] for parts in rows]
        return column([*beside, image])


def _together(widgets, parts):
    return widgets.HBox(parts, layout=widgets.Layout(flex_flow="row nowrap", max_width="100%"))


class Frames:
    """The frames of one display: `live` is crisp, and `draft` quick.

    A display has some 16 MB of pixels, and lives until its kernel ends. Only the `KEPT` that were shown or
    moved last have theirs, of one explorer `OF_ONE`, for a cell that is run again shows it anew; and none has
    them while nobody moves anything for `SECONDS`. The others give them up, and make them again when moved.

    Parameters
    ----------
    new_scene : callable
    shown : hashable
        The same for every display of an explorer.
    """

    KEPT, OF_ONE = 6, 2  # no lesson has more at once
    SECONDS = 180  # a class that reads, trains or listens needs no pixels
    _awake: ClassVar[list] = []  # the one moved last at the end
    _moved_at: ClassVar[float] = 0.0
    _untidy: ClassVar[int] = 0  # gave up their pixels since Python last looked for what nobody knows
    _looks_again: ClassVar[asyncio.AbstractEventLoop | None] = None
    # Sliders are heard in a thread of their own: see `style`.
    _lock: ClassVar = threading.Lock()

    def __init__(self, new_scene, shown):
        self._new_scene, self._shown, self._made = new_scene, shown, None
        self._wake()

    @property
    def live(self):
        """The LiveFigure at rest."""
        return self._wake()[0]

    @property
    def draft(self):
        """The Draft for a slider on the move."""
        return self._wake()[1]

    def words(self):
        """Return the picture's text and the words in it as they stand."""
        picture = self.live.scene.picture
        return " ".join([picture.alt, *picture.words()])

    def _wake(self):
        Frames._moved_at = time.monotonic()
        if Frames._looks_again is None or Frames._looks_again.is_closed():
            self._look_again_in(self.SECONDS)
        made = self._made
        if made is not None and self._awake and self._awake[-1] is self:
            return made
        with self._lock:
            if self in self._awake:
                self._awake.remove(self)
            self._awake.append(self)
            alike = [one for one in self._awake if one._shown == self._shown]
            others = alike[: -self.OF_ONE] or self._awake[: -self.KEPT]
            for other in others:
                self._awake.remove(other)
        # First, so that the new pixels take the place of theirs.
        for other in others:
            other._give_up()
        if made is None:
            live = LiveFigure(self._new_scene())
            self._made = made = live, Draft(live, self._new_scene())
        return made

    @classmethod
    def _look_again_in(cls, seconds):
        try:
            Frames._looks_again = asyncio.get_running_loop()
            Frames._looks_again.call_later(seconds, cls._sleep_if_unmoved)
        except RuntimeError:  # no loop that could
            Frames._looks_again = None

    @classmethod
    def _sleep_if_unmoved(cls):
        Frames._looks_again = None
        left = cls._moved_at + cls.SECONDS - time.monotonic()
        if left > 0:
            cls._look_again_in(left)
            return
        with cls._lock:
            sleepers = list(cls._awake)
            cls._awake.clear()
        for one in sleepers:
            one._give_up()

    def _give_up(self):
        made, self._made = self._made, None
        for figure in made or ():
            figure.give_up_pixels()
        # A figure and its parts know each other: Python sees only now and then that nobody else does. A hand
        # that goes round more displays than are kept never rests.
        Frames._untidy += 1
        if Frames._untidy < self.KEPT:
            _tidy.put_off()
        else:
            _collect()


class Player:
    """A button that moves a slider on by itself, step by step to its end; a second press stops it."""

    SECONDS, LONGEST = 0.6, 12.0

    def __init__(self, slider):
        self._slider, self._timer = slider, None
        if hasattr(slider, "options"):
            self._trait, self._low, self._high, self._step = "index", 0, len(slider.options) - 1, 1
        else:
            self._trait, self._low, self._high, self._step = "value", slider.min, slider.max, slider.step
        self._pause = min(self.SECONDS, self.LONGEST * self._step / (self._high - self._low))
        self.button = share_button(t("explorer.play"), "play", self.push)

    def push(self):
        """Begin, or stop."""
        if self._timer is not None:
            self.stop()
            return
        if self._at() >= self._high:
            setattr(self._slider, self._trait, self._low)
        self.button.icon, self.button.tooltip = "pause", t("explorer.pause")
        self._wait()

    def stop(self):
        """Stop, if it plays."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self.button.icon, self.button.tooltip = "play", t("explorer.play")

    def _at(self):
        return getattr(self._slider, self._trait)

    def _wait(self):
        try:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._go_on)
        except RuntimeError:
            self.stop()

    def _go_on(self):
        setattr(self._slider, self._trait, min(self._at() + self._step, self._high))
        if self._at() < self._high:
            self._wait()
        else:
            self.stop()


class _Share:
    """Buttons for the code of what is shown and for its picture as a file, and the line they answer in."""

    def __init__(self, explorer, frames, inputs):
        import ipywidgets as widgets

        self._explorer, self._frames, self._inputs = explorer, frames, inputs
        self.note = widgets.HTML()
        # column.js takes the code from this button's tooltip, and clicks on the link to the file.
        self._copy = share_button(t("explorer.copy_code"), "code", self._show_code)
        save = share_button(t("explorer.save_picture"), "camera", self._save)
        self.buttons = [self._copy, save] if explorer.call else [save]

    def _values(self):
        return self._explorer.checked({name: widget.value for name, widget in self._inputs.items()})

    def follow(self):
        """Have the code say what the controls say now."""
        if self._explorer.call:
            self._copy.tooltip = f"{t('explorer.copy_code')}\n{self._explorer.code(**self._values())}"

    def _show_code(self):
        self.follow()
        code = html.escape(self._explorer.code(**self._values()).splitlines()[-1])
        self.note.value = f"{html.escape(t('explorer.as_code'))} <code>{code}</code>"

    def _save(self):
        values = self._values()
        png = base64.b64encode(self._frames.live.png(**values)).decode("ascii")
        name = (self._explorer.call or "explorer").removeprefix("explorers.").removesuffix("()")
        file = "_".join([name, *(f"{key}={value}" for key, value in values.items())]) + ".png"
        file = html.escape(file.replace(" ", "_").replace("/", "_"))
        self.note.value = (
            f'<a class="ppo-edu-file" download="{file}" href="data:image/png;base64,{png}">{file}</a>'
        )


class AtRest:
    """Calls `action` as soon as it has not been put off for `SECONDS`; at once if no event loop runs."""

    # Longer than a hand pauses between two presses: a crisp frame takes twice a draft, and thirty hands on
    # one machine would have each drawn for nothing.
    SECONDS = 0.5

    def __init__(self, action):
        self._action, self._timer = action, None

    def put_off(self):
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(self.SECONDS, self._action)
        except RuntimeError:
            self._action()


def _collect():
    Frames._untidy = 0
    gc.collect()


_tidy = AtRest(_collect)
