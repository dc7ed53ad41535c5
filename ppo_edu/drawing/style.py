"""How every picture of the course looks: colours, sizes, and matplotlib's settings while one is drawn."""

import contextlib
import functools
import threading

import matplotlib
from matplotlib import style as matplotlib_style

# Okabe and Ito's palette: colour-blind readers can tell these apart. https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, SKY, PURPLE = "#0072B2", "#D55E00", "#009E73", "#56B4E9", "#CC79A7"
INK, GREY, PALE = "#222222", "#8A8A8A", "#FBE6D8"
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

    Only one thread is in it at a time; others wait.
    """
    with _one_at_a_time:
        family = matplotlib.rcParams["font.family"] if font_family is None else font_family
        with matplotlib_style.context(["default", {**_STYLE, "font.family": family}]):
            yield


def styled(function):
    """Make `function` draw in the course's style and in the language in use when it is called."""

    @functools.wraps(function)
    def in_style(*args, **kwargs):
        with style():
            return function(*args, **kwargs)

    return in_style
