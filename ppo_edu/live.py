"""Figures that follow a slider within milliseconds, on nothing but matplotlib, Pillow and core ipywidgets.

A full redraw of a figure takes tens of milliseconds, nearly all of it for axes, ticks and words that did not
change. A `LiveFigure` draws those once, and each frame puts only the moving artists over that background. An
`Explorer` is such a figure with the controls that move it: a pure function from control values to a picture.
"""

import asyncio
import base64
import contextlib
import dataclasses
import decimal
import functools
import io
import numbers
import time
import unicodedata
from pathlib import Path

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from ppo_edu.figures import CSS_DPI, PIXELS_PER_CSS_PIXEL, TrainingPicture, still_bundle, style, styled
from ppo_edu.language import t
from ppo_edu.validation import check_choice, check_count, check_number


class LiveFigure:
    """The frames of a scene: what its picture holds still is drawn once, what moves is drawn in each frame.

    Frames have two pixels to a CSS pixel each way, so they are crisp on every screen.

    Parameters
    ----------
    scene
        Has a `picture` (`figures.Picture`), whose artists marked by `figures.moving` are drawn over all the
        others, by zorder; and an ``update(**values)`` that sets those artists. If it also changed what
        stands still, such as an axis, it says so by returning True; it has margins of its own then, for a
        layout engine would move things at each such change.
    """

    _sharpness, _quality = PIXELS_PER_CSS_PIXEL, 90

    def __init__(self, scene):
        self.scene = scene
        figure = scene.picture.figure
        figure.set_dpi(CSS_DPI * self._sharpness)
        self._canvas = FigureCanvasAgg(figure)
        self._draw_background()
        self._moving = sorted(figure.findobj(Artist.get_animated), key=Artist.get_zorder)

    def jpeg(self, **values):
        """Return the frame at `values` as JPEG bytes, for a page: PNG takes seven times as long."""
        # Half the resolution for colour, not for brightness: still one colour sample to a CSS pixel at rest.
        return _encoded(self._frame(values), "JPEG", quality=self._quality, subsampling="4:2:0")

    def png(self, **values):
        """Return the frame at `values` as PNG bytes, exact to the pixel, for files and notebooks."""
        return _encoded(self._frame(values).convert("RGB"), "PNG")

    def _draw_background(self):
        with style(self.scene.picture.font_family):
            self._canvas.draw()
        self._background = np.array(self._canvas.buffer_rgba())

    def _change_background(self, values):
        self._draw_background()

    def _frame(self, values):
        if self.scene.update(**values):
            self._change_background(values)
        renderer = self._canvas.get_renderer()
        pixels = np.asarray(renderer.buffer_rgba())
        np.copyto(pixels, self._background)
        for artist in self._moving:
            artist.draw(renderer)
        # The background is opaque: taking the fourth byte for padding lets Pillow read the pixels in place.
        return Image.frombuffer("RGBX", pixels.shape[1::-1], pixels, "raw", "RGBX", 0, 1)


class Draft(LiveFigure):
    """A LiveFigure's frames with one pixel to a CSS pixel, for a slider on the move.

    They are drawn in about half the time, and a browser shows them sooner. Nothing jumps when the crisp
    frame follows: what stands still is the crisp one's, made smaller, for matplotlib would set words and axes
    a little elsewhere at another size.

    Parameters
    ----------
    live : LiveFigure
    scene
        Another one of the same kind.
    """

    # Coarser than the crisp frame's: with fewer bytes, a browser is often done a display's frame earlier.
    _sharpness, _quality = 1, 75

    def __init__(self, live, scene):
        self._live = live
        figure = scene.picture.figure
        figure.set_layout_engine("none")
        for axes, model in zip(figure.axes, live.scene.picture.figure.axes, strict=True):
            axes.set_position(model.get_position(original=True))
        super().__init__(scene)

    def _draw_background(self):
        super()._draw_background()
        crisp = Image.fromarray(self._live._background)
        self._background = np.asarray(crisp.reduce(self._live._sharpness))

    def _change_background(self, values):
        self._live._frame(values)
        self._draw_background()


def _encoded(image, file_format, **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


@dataclasses.dataclass(frozen=True)
class Slider:
    """A control for a number from `low` to `high`; whole numbers if `step` is one."""

    name: str
    label: str
    low: float
    high: float
    step: float
    start: float

    @property
    def whole(self):
        return isinstance(self.step, int)

    def check(self, value):
        if self.whole:
            check_count(self.name, value, at_least=self.low)
        return check_number(self.name, value, at_least=self.low, at_most=self.high)

    def widget(self, widgets, **look):
        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        decimals = -decimal.Decimal(str(self.step)).as_tuple().exponent
        return kind(
            self.start, min=self.low, max=self.high, step=self.step, description=self.label,
            readout_format="d" if self.whole else f".{max(2, decimals)}f", **look,
        )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Choice:
    """A control for one of `options`, a mapping from the words shown to the values: a slider for numbers."""

    name: str
    label: str
    options: dict
    start: object

    def check(self, value):
        return check_choice(self.name, value, list(self.options.values()))

    def widget(self, widgets, **look):
        in_order = all(isinstance(value, numbers.Real) for value in self.options.values())
        kind = widgets.SelectionSlider if in_order else widgets.Dropdown
        return kind(
            options=list(self.options.items()), value=self.start, description=self.label, **look
        )


@dataclasses.dataclass(frozen=True)
class Toggle:
    """A control that is on (True) or off (False)."""

    name: str
    label: str
    start: bool

    def check(self, value):
        return check_choice(self.name, value, (False, True))

    def widget(self, widgets, **look):
        return widgets.Checkbox(self.start, description=self.label, **look)


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

    Examples
    --------
    >>> from ppo_edu import explorers
    >>> explorers.clip().draw(epsilon=0.3)[1:4]
    b'PNG'
    """

    def __init__(self, scene, controls):
        self._new_scene = scene
        self.controls = tuple(controls)

    @property
    def start(self):
        """The values at which every display begins, and to which reset returns."""
        return {control.name: control.start for control in self.controls}

    def draw(self, **values):
        """Return the picture at `values` as PNG bytes; controls that are not named stand at their start.

        Raises
        ------
        TypeError
            If no control has such a name.
        ValueError
            If a value is out of its control's range.
        """
        return self._live.png(**self._checked(values))

    @functools.cached_property
    def _live(self):
        return LiveFigure(self._new_scene())

    def _checked(self, values):
        unknown = sorted(values.keys() - self.start.keys())
        if unknown:
            names = ", ".join(self.start)
            raise TypeError(t("error.no_such_control", name=", ".join(unknown), names=names))
        given = {**self.start, **values}
        return {control.name: control.check(given[control.name]) for control in self.controls}

    def _repr_mimebundle_(self, include=None, exclude=None):
        live = LiveFigure(self._new_scene())
        data, metadata = still_bundle(live.scene.picture, live.png(**self.start))
        return {**self._view(live)._repr_mimebundle_(), **data}, metadata

    def _view(self, live):
        """Return the widgets: the controls, a reset button, and the picture that follows them."""
        import ipywidgets as widgets

        image = image_widget(live)
        inputs = input_widgets(self.controls)

        draft = Draft(live, self._new_scene())

        def show(figure):
            image.show(figure.jpeg(**{name: widget.value for name, widget in inputs.items()}))

        at_rest = AtRest(lambda: show(live))

        def redraw(change):
            show(draft)
            at_rest.put_off()

        def reset(button):
            for name, value in self.start.items():
                inputs[name].value = value

        # Nothing piles up: a front end keeps a control's newest value back until the kernel is idle again.
        for widget in inputs.values():
            widget.observe(redraw, "value")
        button = widgets.Button(description=t("explorer.reset"), icon="undo")
        button.on_click(reset)
        show(live)
        # Side by side, so that controls and picture are on a projector at once.
        *above, last = inputs.values()
        beside = widgets.HBox([last, button], layout=widgets.Layout(flex_flow="row wrap"))
        return column([*above, beside, image])


class AtRest:
    """Calls `action` as soon as it has not been put off for `SECONDS`; at once if no event loop runs."""

    SECONDS = 0.15

    def __init__(self, action):
        self._action, self._timer = action, None

    def put_off(self):
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(self.SECONDS, self._action)
        except RuntimeError:
            self._action()


class LearningCurve:
    """A learning curve that grows while a training runs; a still picture of it stays in the notebook.

    A context manager, and what `ppo_edu.train` takes as `on_update`. It costs a small part of the training
    time: frames come at least 0.15 s apart, and further apart where drawing is slow.

    Parameters
    ----------
    scene : callable
        Called without arguments, returns what a `LiveFigure` takes; its ``update(run=...)`` shows a
        `TrainingRun`, or for None that nothing has happened yet.

    Examples
    --------
    ::

        with explorers.LearningCurve() as curve:
            run = ppo_edu.train(on_update=curve)
    """

    def __init__(self, scene=TrainingPicture):
        self._live = LiveFigure(styled(scene)())
        self._pace = Pace()
        self._display = self._image = self._run = None

    def __enter__(self):
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            self._image = image_widget(self._live)
            self._image.show(self._live.jpeg(run=None))
            self._display = display(self._image, display_id=True)
        return self

    def __call__(self, run):
        """Show `run`, a `TrainingRun` in progress, if it is time for a frame."""
        self._run = run
        if self._image is not None and self._pace.is_due():
            with self._pace.frame():
                self._image.show(self._live.jpeg(run=run))

    def __exit__(self, *error):
        if self._display is None:
            return
        # The browser shows a widget only as long as its kernel lives; the PNG stays.
        data, metadata = still_bundle(self._live.scene.picture, self.png())
        self._display.update(data, metadata=metadata, raw=True)
        self._image.close()

    def png(self):
        """Return the curve as it stands, as PNG bytes."""
        return self._live.png(run=self._run)


class Pace:
    """When to draw, so that frames take a small share of the time and come at least 0.15 s apart."""

    _SHARE_OF_TIME = 0.03

    def __init__(self):
        self._next_frame = 0.0

    def is_due(self):
        """Return whether it is time for a frame."""
        return time.perf_counter() >= self._next_frame

    @contextlib.contextmanager
    def frame(self):
        """Return a context in which to draw one."""
        started = time.perf_counter()
        yield
        ended = time.perf_counter()
        self._next_frame = ended + max(0.15, (ended - started) / self._SHARE_OF_TIME)


def input_widgets(controls, width="52em"):
    """Return the widget of each control by name: in line with each other, and no label cut off."""
    import ipywidgets as widgets

    # A SelectionSlider has no margin of its own, as the others have, and would stand two pixels beside them.
    layout = widgets.Layout(width=width, max_width="100%", margin="2px")
    look = {"description_width": f"{max(_width(control.label) for control in controls)}em"}
    return {
        # Without a tooltip, a label would say "null" under the mouse.
        control.name: control.widget(widgets, tooltip=control.label, style=look, layout=layout)
        for control in controls
    }


def column(parts):
    """Return `parts`, widgets, below each other, for projectors, screen readers and the keyboard, too."""
    import ipywidgets as widgets

    code = Path(__file__).with_name("jupyter").joinpath("column.js").read_text(encoding="utf-8")
    script = {"output_type": "display_data", "data": {"application/javascript": code}, "metadata": {}}
    return widgets.VBox([*parts, widgets.Output(outputs=(script,), layout={"display": "none"})])


def _width(words):
    """Return about how many em `words` take on a page: one for a Hangul syllable, less for a Latin letter."""
    return 1 + sum(1 if unicodedata.east_asian_width(letter) == "W" else 0.6 for letter in words)


def image_widget(live):
    """Return an empty widget to `show` frames of `live` in; the picture's words are its accessible name."""
    import ipywidgets as widgets
    import traitlets

    class DescribedImage(widgets.Image):
        # The browser's half shows a tooltip (the image's accessible name) only where a description is empty,
        # and fails where there is none, as on a plain Image.
        description = traitlets.Unicode("").tag(sync=True)

        def show(self, jpeg):
            """Show a frame."""
            # Inside its address: bytes by themselves go through a browser's other processes, some 10 ms more.
            self.value = b"data:image/jpeg;base64," + base64.b64encode(jpeg)

    picture = live.scene.picture
    layout = widgets.Layout(width=f"{picture.width}px", max_width="100%")
    return DescribedImage(format="url", tooltip=picture.alt, layout=layout)
