"""No word lies over another, over a line, a dot or a bar, and no dot is cut off, wherever the sliders stand.

Nor has one a letter without a glyph. Each picture is drawn for it once; the rest is geometry.
"""

import base64
import functools
import io
import itertools
import random

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle, StepPatch
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from pictures import frame, make
from PIL import Image

import ppo_edu
from ppo_edu import explorers, figures
from ppo_edu.drawing.controls import Slider
from ppo_edu.drawing.live import LiveFigure
from ppo_edu.drawing.quicktext import QuickText
from ppo_edu.drawing.style import CSS_DPI, PIXELS_PER_CSS_PIXEL, style, styled
from ppo_edu.explorers import confidence
from ppo_edu.language import LANGUAGES
from ppo_edu.workbench.step_mode import Stepper, StepPicture

ROUNDING = 2  # pixels
GAP = 3  # pixels on either side of a word
# Of all its corners and its places, for a picture has as many words wherever its controls stand.
CORNERS, SETTINGS = 32, 16


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", figures.__all__)
def test_every_picture_is_drawn_with_its_words_where_nothing_else_stands(name, language, no_missing_glyphs):
    ppo_edu.use_language(language)
    made = make(name)
    data, metadata = made._repr_mimebundle_()
    width, height = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size
    assert (width, height) == (2 * made.width, 2 * made.height)
    assert (
        metadata["image/png"].items() >= {"width": made.width, "height": made.height, "alt": made.alt}.items()
    )
    assert data["text/plain"] == made.alt
    assert made.alt.strip().endswith((".", "다."))
    # As it was drawn.
    made.figure.set_dpi(CSS_DPI * PIXELS_PER_CSS_PIXEL)
    with style(made.font_family):
        assert not list(_cut_off(made.figure))
        assert not list(_run_together(made.figure))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_an_update_in_slow_motion_stand_free(language):
    ppo_edu.use_language(language)
    stepper = Stepper(seed=0)
    picture = LiveFigure(styled(StepPicture)(stepper.run.config.epsilon)).scene
    stepper.collect()
    for _ in range(2):
        stepper.take_epoch()
        picture.update(stepper)
        with style():
            assert Layout(picture.picture.figure).faults() == []


def _cut_off(figure):
    """Yield what does not fit into a figure, and which keys lie over its axes."""
    with_words = {axes: axes.get_tightbbox() for axes in figure.axes}
    for axes, box in with_words.items():
        where = (axes.get_title() or axes.get_xlabel(), box, figure.bbox)
        if not _holds(figure.bbox.padded(ROUNDING), box):
            yield f"{where} is cut off"
    for legend in figure.legends:
        keys = legend.get_window_extent().padded(-ROUNDING)
        if keys.count_overlaps(with_words.values()):
            yield "keys over axes"


def _run_together(figure):
    """Yield which words stand so close beside others that they read as one."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in _standing_texts(figure)]
    boxes = [(words, Bbox([[box.x0 - GAP, box.y0], [box.x1 + GAP, box.y1]])) for words, box in boxes]
    yield from _overlaps(boxes, boxes)


def settings_of(explorer):
    """Yield the start, with each choice, corners, and random places; of many choices two are at corners."""
    draw = random.Random(0)
    names = [control.name for control in explorer.controls]
    corners = list(
        itertools.product(*(control.places()[:: _apart(control)] for control in explorer.controls))
    )
    drawn = [[_anywhere(control, draw) for control in explorer.controls] for _ in range(SETTINGS)]
    yield explorer.start
    for control in explorer.controls:
        if not isinstance(control, Slider):
            yield from ({**explorer.start, control.name: place} for place in control.places())
    for values in (*draw.sample(corners, min(CORNERS, len(corners))), *drawn):
        yield dict(zip(names, values, strict=True))


def _apart(control):
    return max(1, len(control.places()) - 1)


def _anywhere(control, draw):
    if not isinstance(control, Slider):
        return draw.choice(control.places())
    places = round((control.high - control.low) / control.step)
    return control.check(min(control.low + draw.randint(0, places) * control.step, control.high))


class Layout:
    """Where everything in a figure is, in pixels; `faults` tells what lies over what."""

    def __init__(self, figure):
        self._figure = figure
        self._standing = [(text.get_text(), text.get_window_extent()) for text in _standing_texts(figure)]
        self._among_standing = list(_overlaps(self._standing, self._standing))
        # Those among the curves: what is written there, and keys.
        legends = [axes.get_legend() for axes in figure.axes if axes.get_legend() and axes.get_visible()]
        inside = [text for legend in legends for text in legend.get_texts()]
        inside += [text for axes in figure.axes if axes.get_visible() for text in axes.texts]
        self._inside = [
            (text.get_text(), _box(text))
            for text in inside
            if not isinstance(text, QuickText) and text.get_text()
        ]
        self._words = figure.findobj(QuickText)
        keys = {part for legend in figure.findobj(Legend) for part in legend.findobj()}
        lines = [part for part in figure.findobj(Line2D) if part not in keys and part.axes]
        ticks = {
            mark for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for mark in axis.findobj(Line2D)
        }
        self._lines = [line for line in lines if line not in ticks]
        self._bars = [
            patch
            for patch in figure.findobj(Patch)
            if isinstance(patch, (Rectangle, StepPatch))
            and patch.axes
            and patch not in keys
            and _is_dark(patch)
        ]

    def faults(self):
        """Return what is wrong now, a list of words."""
        boxes = [(text.get_text(), _box(text)) for text in self._words if text.get_text()]
        found = [*self._among_standing, *_overlaps(boxes, [*boxes, *self._standing])]
        whole = self._figure.bbox.padded(ROUNDING)
        found += [f"{words!r} is cut off" for words, box in boxes if not _holds(whole, box)]
        for line in self._lines:
            if line.get_visible():
                found += self._faults_of(line, [*boxes, *self._inside])
        for bar in self._bars:
            path = bar.get_path().transformed(bar.get_transform())
            inside = bar.axes.bbox
            for words, box in boxes:
                seen = Bbox.intersection(box, inside)
                if seen is not None and seen.width > 0 and bar.get_visible() and path.intersects_bbox(seen):
                    found.append(f"{words!r} over a bar")
        return found

    def _faults_of(self, line, boxes):
        points = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
        points = np.where(np.isfinite(points), points, np.nan)
        edge = line.axes.bbox
        inside = ((points >= edge.min - 0.5) & (points <= edge.max + 0.5)).all(axis=1)
        if line.get_marker() not in ("None", "", None):
            marked = np.flatnonzero(inside)
            if line.get_markevery() is not None:
                marked = np.intersect1d(marked, line.get_markevery())
            radius = line.get_markersize() / 2 * self._figure.dpi / 72
            # A dash is wide, but no higher than its line.
            height = line.get_markeredgewidth() if line.get_marker() == "_" else radius
            dots, reach = points[marked], np.array([radius, height])
            low, high = dots - reach, dots + reach
            beyond = ((low < edge.min - ROUNDING) | (high > edge.max + ROUNDING)).any(axis=1)
            for x, y in dots[beyond] if line.get_clip_on() else ():
                yield f"a dot of {line.get_label()} is cut off at {x:.0f}, {y:.0f}"
            for words, box in boxes:
                if ((low + 1 <= box.max) & (box.min <= high - 1)).all(axis=1).any():
                    yield f"{words!r} over a dot"
        if line.get_linestyle() in ("None", "", None) or line.get_linewidth() == 0:
            return
        low, high = (-np.inf, np.inf) if not line.get_clip_on() else (edge.min, edge.max)
        for words, box in boxes:
            seen_low, seen_high = np.maximum(box.min, low), np.minimum(box.max, high)
            if (seen_low < seen_high).all() and _crosses(points, seen_low, seen_high):
                yield f"{words!r} over a line"


def _overlaps(texts, others):
    """Yield which of `texts`, pairs of words and box, lie over which of `others` that say something else."""
    if not texts or not others:
        return
    low, high, low_of_others, high_of_others = (
        np.array([getattr(box, end) for _, box in each]) for each in (texts, others) for end in ("min", "max")
    )
    apart = (low[:, None] + ROUNDING >= high_of_others) | (high[:, None] <= low_of_others + ROUNDING)
    for one, other in np.argwhere(~apart.any(axis=2)):
        if texts[one][0] != others[other][0]:
            yield f"{texts[one][0]!r} over {others[other][0]!r}"


def _standing_texts(figure):
    """Yield the texts that do not change with every frame, where they are seen at all."""
    ticks, seen = set(), []
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for tick in (*axis.majorTicks, *axis.minorTicks):
                ticks |= {tick.label1, tick.label2}
            seen += [tick.label1 for tick in axis._update_ticks()]
            ticks.add(axis.get_offset_text())
    hidden = {part for axes in figure.axes if not axes.get_visible() for part in axes.findobj(Text)}
    for text in [*seen, *(other for other in figure.findobj(Text) if other not in ticks)]:
        if text in hidden:
            continue
        if text.get_text().strip() and text.get_visible() and not isinstance(text, QuickText):
            yield text


def _box(text):
    # Of the letters, without the room below them for those that reach further down.
    box = text.get_window_extent()
    return Bbox([[box.x0, box.y0 + 0.1 * box.height], [box.x1, box.y1 - 0.1 * box.height]])


def _is_dark(patch):
    red, green, blue = to_rgb(patch.get_facecolor())
    return patch.get_alpha() in (None, 1) and 0.3 * red + 0.59 * green + 0.11 * blue < 0.8


def _holds(outer, inner):
    return outer.x0 <= inner.x0 and outer.y0 <= inner.y0 and inner.x1 <= outer.x1 and inner.y1 <= outer.y1


def _crosses(points, low, high):
    """Return whether the line through `points`, (N, 2), which not-a-numbers interrupt, meets a box.

    `low` and `high` are its corners, (2,).
    """
    start, step = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = (np.stack([low, high])[:, None] - start) / step
    near, far = np.fmin(*ends), np.fmax(*ends)
    # Along an axis a piece stays where it is: in the box or never.
    still = step == 0
    within = (start >= low) & (start <= high)
    near = np.where(still, np.where(within, -np.inf, np.inf), near)
    far = np.where(still, np.where(within, np.inf, -np.inf), far)
    finite = np.isfinite(start).all(axis=1) & np.isfinite(step).all(axis=1)
    return bool((finite & (np.fmax(near.max(axis=1), 0) <= np.fmin(far.min(axis=1), 1))).any())


def test_a_line_that_crosses_a_box_is_seen():
    box = (np.array([10, 10]), np.array([20, 20]))
    assert _crosses(np.array([[0.0, 15], [30, 15]]), *box)
    assert _crosses(np.array([[0.0, 0], [30, 30]]), *box)
    assert not _crosses(np.array([[0.0, 15], [np.nan, 15], [30, 15]]), *box)
    assert not _crosses(np.array([[0.0, 25], [30, 25]]), *box)
    assert not _crosses(np.array([[0.0, 15], [5, 15]]), *box)


BOOTSTRAP_INTERVAL = confidence.bootstrap_interval


@functools.cache  # the same in both languages
def from_few_resamples(statistic, *scores):
    return BOOTSTRAP_INTERVAL(statistic, *scores, resamples=10)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", explorers.__all__)
def test_nothing_lies_over_anything_wherever_the_controls_stand(
    name, language, monkeypatch, no_missing_glyphs
):
    # Words are as long with intervals from few resamples, which take a hundredth of the time.
    monkeypatch.setattr(
        confidence,
        "bootstrap_interval",
        lambda statistic, *scores, resamples: from_few_resamples(statistic, *map(tuple, scores)),
    )
    ppo_edu.use_language(language)
    explorer = getattr(explorers, name)()
    figure, start = explorer._live.scene.picture.figure, explorer.start
    faults = dict.fromkeys(_cut_off(figure), start)
    # In such an order that what stands still seldom changes.
    choices = [control.name for control in explorer.controls if not isinstance(control, Slider)]
    places = sorted(settings_of(explorer), key=lambda each: [str(each[name]) for name in choices])
    moving = figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_animated())
    # How many ticks an axis has depends on the size of their words.
    with style(explorer.scene.picture.font_family):
        layout = Layout(figure)
        for values in places:
            if explorer.scene.update(**values):
                figure.draw_without_rendering()
                layout = Layout(figure)
            for text in moving:
                text.get_window_extent()  # it looks for all glyphs
            for fault in layout.faults():
                faults.setdefault(fault, values)
    drawn = frame(explorer)  # and not only measured
    assert drawn.width == 1800
    assert not faults, "\n".join(f"{fault} at {values}" for fault, values in list(faults.items())[:12])
