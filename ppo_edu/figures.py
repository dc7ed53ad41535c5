"""Every still picture of the course, one function each. ``python -m ppo_edu.figures`` draws images/.

A picture is built without pyplot: nothing is shown twice, no figure stays open, and a learner's own
matplotlib settings neither change it nor are changed by it.
"""

import base64
import functools
import io
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import style as matplotlib_style
from matplotlib.figure import Figure

from ppo_edu.language import t
from ppo_edu.objective import clipped_surrogate, unclipped_surrogate
from ppo_edu.quicktext import QuickText
from ppo_edu.validation import check_number

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


def style(font_family=None):
    """Return a context in which matplotlib draws as this course does, whatever was set before."""
    family = matplotlib.rcParams["font.family"] if font_family is None else font_family
    return matplotlib_style.context(["default", {**_STYLE, "font.family": family}])


def styled(function):
    """Make `function` draw in the course's style and in the language in use when it is called."""

    @functools.wraps(function)
    def in_style(*args, **kwargs):
        with style():
            return function(*args, **kwargs)

    return in_style


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
        self.font_family = matplotlib.rcParams["font.family"]
        self.figure = Figure(figsize=(width / CSS_DPI, height / CSS_DPI))

    def png(self):
        """Return the picture as PNG bytes, two pixels to a CSS pixel each way."""
        buffer = io.BytesIO()
        with style(self.font_family):
            self.figure.savefig(
                buffer, format="png", dpi=CSS_DPI * PIXELS_PER_CSS_PIXEL, metadata={"Software": None}
            )
        return buffer.getvalue()

    def __repr__(self):
        return self.alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        return still_bundle(self, self.png())


def still_bundle(picture, png):
    """Return the (data, metadata) by which a notebook shows `png` in the picture's size, with its text."""
    data = {"text/plain": picture.alt, "image/png": base64.b64encode(png).decode("ascii")}
    return data, {"image/png": {"width": picture.width, "height": picture.height, "alt": picture.alt}}


class ClippedObjective:
    """The clipped objective against the ratio, for A = 1 and A = -1 side by side; `update` bends it."""

    ratios = np.linspace(0, 2.2, 111)

    def __init__(self):
        self.picture = Picture(900, 350, t("figure.clipped_objective_alt"))
        self._advantages = (1.0, -1.0)
        panels = self.picture.figure.subplots(1, 2)
        pairs = zip(panels, self._advantages, strict=True)
        self._parts = [self._draw_panel(axes, advantage) for axes, advantage in pairs]
        lines = [self._parts[0][name] for name in ("sloped", "flat", "unclipped")]
        labels = [t("figure.gradient_flows"), t("figure.gradient_is_zero"), t("figure.unclipped")]
        self.picture.figure.legend(lines, labels, loc="outside upper center", ncols=3)

    def _draw_panel(self, axes, advantage):
        positive = advantage > 0
        axes.set(
            title=t("figure.positive_advantage") if positive else t("figure.negative_advantage"),
            xlabel=t("figure.ratio_axis"),
            ylabel=t("figure.objective_axis"),
            xlim=(0, 2.2),
            ylim=(-0.15, 2.35) if positive else (-2.35, 0.15),
            xticks=np.arange(0, 2.1, 0.5),
            yticks=np.arange(0, 2.1, 0.5) * advantage,
        )
        axes.axvline(1, color=GREY, lw=1, ls=":")
        unclipped = unclipped_surrogate(self.ratios, advantage)
        side = "right" if positive else "left"
        label = QuickText(1, 0.92, ha=side, color=ORANGE, transform=axes.get_xaxis_transform())
        moving(axes.spines["left"])  # or the shade would cover half of it
        return {
            "shade": moving(axes.axvspan(0, 1, color=PALE, lw=0)),
            "unclipped": moving(axes.plot(self.ratios, unclipped, color=GREY, lw=1.5, ls="--")[0]),
            "sloped": moving(axes.plot([], [], color=BLUE, lw=4)[0]),
            "flat": moving(axes.plot([], [], color=ORANGE, lw=4)[0]),
            "corner": moving(axes.plot([], [], color=ORANGE, marker="o", ms=8)[0]),
            "label": moving(axes.add_artist(label)),
        }

    def update(self, epsilon):
        """Bend the curves to clip range `epsilon`."""
        for advantage, parts in zip(self._advantages, self._parts, strict=True):
            # With the corners among the points, the curve is exact wherever the grid lies.
            ratios = np.union1d(self.ratios, [1 - epsilon, 1 + epsilon])
            objective = clipped_surrogate(ratios, advantage, epsilon)
            flat = ratio_gradient((ratios[1:] + ratios[:-1]) / 2, advantage, epsilon) == 0
            for name, pieces in (("sloped", ~flat), ("flat", flat)):
                ends = np.append(pieces, False) | np.insert(pieces, 0, False)
                parts[name].set_data(ratios[ends], objective[ends])
            x, y = parts["flat"].get_data()
            corner = 0 if advantage > 0 else -1
            parts["corner"].set_data(x[[corner]], y[[corner]])
            parts["shade"].set(x=x[0], width=x[-1] - x[0])
            parts["label"].set(x=x[corner], text=f" 1 {'+' if advantage > 0 else '-'} ε = {x[corner]:.2f} ")


def ratio_gradient(ratio, advantage, epsilon):
    """Return the slope of the clipped surrogate against the ratio, without torch: by a central difference."""
    step = 1e-6
    above, below = (clipped_surrogate(ratio + side * step, advantage, epsilon) for side in (1, -1))
    return (above - below) / (2 * step)


def moving(artist):
    """Mark `artist` as one that a LiveFigure draws anew in each frame, and that has no say in the layout."""
    artist.set_animated(True)
    artist.set_in_layout(False)
    return artist


@styled
def ppoclip(epsilon=0.2):
    """Return the clipped objective for A > 0 and A < 0, with its flat parts marked (fig. 1 of the PPO paper).

    Parameters
    ----------
    epsilon : float
        Clip range in (0, 1).

    Raises
    ------
    ValueError
        If `epsilon` is out of range.
    """
    check_number("epsilon", epsilon, above=0, below=1)
    drawing = ClippedObjective()
    drawing.update(epsilon)
    return drawing.picture


# File name in images/ -> what draws it. TPRO is how the notes spell it.
IMAGES = {"ppoclip.png": ppoclip}


def draw_images(folder):
    """Write every picture of `IMAGES` into `folder`, in English, as the repository's images/ holds them."""
    from ppo_edu.language import current_language, use_language

    before = current_language()
    use_language("en")
    try:
        for name, draw in IMAGES.items():
            (folder / name).write_bytes(draw().png())
    finally:
        use_language(before)


if __name__ == "__main__":
    draw_images(Path(__file__).parents[1] / "images")
