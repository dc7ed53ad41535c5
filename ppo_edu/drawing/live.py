"""Frames of a figure within milliseconds: a background that is drawn once, and over it what moves.

A full redraw of a figure takes tens of milliseconds, nearly all of it for axes, ticks and words that did not
change. A `LiveFigure` draws those once, and each frame puts only the moving artists over that background.
"""

import contextlib
import io
import time

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from ppo_edu.drawing.style import CSS_DPI, PIXELS_PER_CSS_PIXEL, style


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

    def image(self, **values):
        """Return the frame at `values` as a Pillow image of its own."""
        return self._frame(values).convert("RGB")

    def png(self, **values):
        """Return the frame at `values` as PNG bytes, exact to the pixel, for files and notebooks."""
        return _encoded(self.image(**values), "PNG")

    def give_up_pixels(self):
        """Free the memory of all pixels at once; they are drawn again when they are asked for."""
        with style(self.scene.picture.font_family):  # nobody draws meanwhile
            # Each text of a figure remembers the renderer, and so its pixels.
            vars(self._canvas.get_renderer()).clear()
            self._canvas = FigureCanvasAgg(self.scene.picture.figure)
            self._background = None

    @property
    def background(self):
        """Everything that stands still, an array of RGBA."""
        if self._background is None:
            self._draw_background()
        return self._background

    def _draw_background(self):
        with style(self.scene.picture.font_family):
            self._canvas.draw()
        self._background = np.array(self._canvas.buffer_rgba())

    def _change_background(self, values):
        self._draw_background()

    def _frame(self, values):
        with style(self.scene.picture.font_family):
            if self.scene.update(**values):
                self._change_background(values)
            background = self.background
            renderer = self._canvas.get_renderer()
            pixels = np.asarray(renderer.buffer_rgba())
            np.copyto(pixels, background)
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
        # Nothing of it is drawn. What moves has to know where its axes are, which drawing would bring about.
        for axes in self.scene.picture.figure.axes:
            axes.apply_aspect()
            axes.viewLim  # noqa: B018
        crisp = Image.fromarray(self._live.background)
        self._background = np.asarray(crisp.reduce(self._live._sharpness))

    def _change_background(self, values):
        self._live._frame(values)
        self._draw_background()


def _encoded(image, file_format, **options):
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


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
