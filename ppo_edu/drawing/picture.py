"""A picture: a figure with a text for those who cannot see it, and what in it moves.

A picture is built without pyplot: nothing is shown twice, no figure stays open, and a learner's own
matplotlib settings neither change it nor are changed by it.
"""

import base64
import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ppo_edu.drawing.quicktext import QuickText
from ppo_edu.drawing.style import CSS_DPI, INK, PIXELS_PER_CSS_PIXEL, for_words, style
from ppo_edu.guards.console import printable
from ppo_edu.language import font_families


class Picture:
    """A matplotlib figure with a text for those who cannot see it; a notebook shows it crisp on every screen.

    Parameters
    ----------
    width, height : int
        Size on the page in CSS pixels.
    alt : str
        What the picture shows, in one sentence or two.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        Made without pyplot. (It is a part of the picture and not its base class, because IPython lets a
        formatter that ``%matplotlib inline`` registers for figures overrule the picture's own.)
    """

    def __init__(self, width, height, alt):
        self.width, self.height, self.alt = width, height, alt
        self.font_family = font_families()
        self.figure = Figure(figsize=(width / CSS_DPI, height / CSS_DPI))

    def png(self):
        """Return the picture as PNG bytes, two pixels to a CSS pixel each way."""
        buffer, figure = io.BytesIO(), self.figure
        canvas, dpi = figure.canvas, figure.dpi
        with style(self.font_family):
            # As `savefig` does, which draws everything twice.
            try:
                figure.set_dpi(CSS_DPI * PIXELS_PER_CSS_PIXEL)
                _WholeCanvas(figure).print_png(buffer, metadata={"Software": None})
            finally:
                figure.set_dpi(dpi)
                figure.set_canvas(canvas)
        return buffer.getvalue()

    def words(self):
        """Return the words that change with what is shown, a list of texts, as they stand now."""
        return [text.get_text() for text in self.figure.findobj(QuickText) if text.get_text()]

    def __repr__(self):
        return printable(self.alt)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return still_bundle(self, self.png())


class _WholeCanvas(FigureCanvasAgg):
    """Draws also what a LiveFigure moves, as matplotlib does for a file."""

    def is_saving(self):
        return True


class Png(bytes):
    """The bytes of a PNG of a `Picture`, which show themselves in a notebook."""

    def __new__(cls, png, picture):
        made = super().__new__(cls, png)
        made._picture = picture
        return made

    def _repr_mimebundle_(self, include=None, exclude=None):
        return still_bundle(self._picture, self)


def still_bundle(picture, png):
    """Return the (data, metadata) by which a notebook shows `png` in the picture's size, with its text."""
    data = {"text/plain": picture.alt, "image/png": base64.b64encode(png).decode("ascii")}
    # In a dark theme, JupyterLab and VS Code put something light behind it; `custom.css` makes it dark.
    size = {"width": picture.width, "height": picture.height}
    return data, {"image/png": {**size, "alt": picture.alt, "needs_background": "light"}}


def moving(artist):
    """Mark `artist` as one that a LiveFigure draws anew in each frame, and that has no say in the layout."""
    artist.set_animated(True)
    artist.set_in_layout(False)
    return artist


class WholeDots(Line2D):
    """Dots that the frame of their axes does not cut in half: at its edge whole, beyond it not there."""

    def draw(self, renderer):
        x, y = data = self.get_data()
        places = self.get_transform().transform(np.column_stack(data).astype(float))
        frame = self.axes.bbox
        within = ((places >= frame.min - 0.5) & (places <= frame.max + 0.5)).all(axis=1)
        if within.all():
            return super().draw(renderer)
        self.set_data(np.asarray(x)[within], np.asarray(y)[within])
        super().draw(renderer)
        self.set_data(x, y)


def moving_dots(axes, **look):
    """Return dots without a line on `axes`, as yet nowhere, whose places may change with every frame."""
    dots = axes.add_line(WholeDots([], [], **{"marker": "o", "lw": 0, **look}))
    dots.set_clip_on(False)
    return moving(dots)


def moving_text(axes, x, y, transform, color=INK, **look):
    """Return an empty text on `axes` whose words may change with every frame; x and y in `transform`."""
    return moving(axes.add_artist(QuickText(x, y, transform=transform, color=for_words(color), **look)))
