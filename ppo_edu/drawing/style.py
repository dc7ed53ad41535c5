"""How every picture of the course looks: colours, sizes, and matplotlib's settings while one is drawn."""

import contextlib
import functools
import threading

import matplotlib
from matplotlib import style as matplotlib_style

from ppo_edu.language import font_families

# Okabe and Ito's palette: colour-blind readers can tell these apart. https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, SKY, PURPLE = "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#CC79A7"
AMBER = "#E69F00"
# Not of theirs, but so dark that nobody takes it for another.
BROWN = "#6B3A0A"
INK, GREY, PALE = "#222222", "#8A8A8A", "#FBE6D8"
# Words are thinner than lines: in these they stand out from white by 4.5 to 1 (WCAG 2, AA).
_FOR_WORDS = {
    ORANGE: "#B24E00",
    GREEN: "#00744F",
    SKY: "#1B6E9E",
    PURPLE: "#9C3F73",
    AMBER: "#8A5A00",
    GREY: "#6B6B6B",
}
# Sizes are for a picture 900 CSS pixels wide, where 100 dots of matplotlib's inch are 100 CSS pixels.
CSS_DPI = 100
PIXELS_PER_CSS_PIXEL = 2
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 13,
    "axes.unicode_minus": False,  # NanumGothic lacks U+2212
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.dpi": CSS_DPI,
    "font.size": 12,
    "grid.color": "#E8E8E8",
    "legend.frameon": False,
    "lines.linewidth": 2.5,
    "lines.solid_capstyle": "round",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
# matplotlib's settings are the process's, but sliders are heard in a thread of their own (JupyterLab 4.4 and
# ipykernel 7): two styles at once would each put back what the other had set.
_one_at_a_time = threading.RLock()


@contextlib.contextmanager
def style(font_family=None):
    """Return a context in which matplotlib draws as this course does, whatever was set before.

    Only one thread is in it at a time; others wait. `font_family` is that of the language in use if None.
    """
    with _one_at_a_time:
        ours = _settings(tuple(font_families() if font_family is None else font_family))
        settings = matplotlib.rcParams
        before = {name: dict.__getitem__(settings, name) for name in ours}
        # As matplotlib.rc_context puts settings back: valid values need no second look, which would take
        # longer than drawing a frame.
        dict.update(settings, ours)
        try:
            yield
        finally:
            dict.update(settings, before)


@functools.cache
def _settings(font_family):
    """Return all of matplotlib's settings, but for the backend, as the course has them."""
    with matplotlib_style.context(["default", {**_STYLE, "font.family": list(font_family)}]):
        settings = matplotlib.rcParams
        names = [name for name in dict.keys(settings) if not name.startswith("backend")]
        return {name: dict.__getitem__(settings, name) for name in names}


def for_words(colour):
    """Return the shade of one of the course's colours that can be read as words on white."""
    return _FOR_WORDS.get(colour, colour)


def styled(function):
    """Make `function` draw in the course's style and in the language in use when it is called."""

    @functools.wraps(function)
    def in_style(*args, **kwargs):
        with style():
            return function(*args, **kwargs)

    return in_style
