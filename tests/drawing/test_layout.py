"""No word lies over another, over a line, a dot or a bar, and no dot is cut off, wherever the sliders stand.

All of it is geometry: nothing is drawn but each picture's background, once.
"""

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
from pictures import make

import ppo_edu
from ppo_edu import explorers, figures
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.quicktext import QuickText
from ppo_edu.drawing.style import style
from ppo_edu.explorers import confidence
from ppo_edu.language import LANGUAGES

ROUNDING = 2  # pixels
SETTINGS = 50


def laid_out(made):
    """Return the figure of a picture, or of an explorer at its start, with everything in its place."""
    if isinstance(made, Explorer):
        return made._live.scene.picture.figure
    made.png()
    return made.figure


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*explorers.__all__, *figures.__all__])
def test_words_stand_where_nothing_else_does(name, language):
    ppo_edu.use_language(language)
    figure = laid_out(getattr(explorers, name)() if name in explorers.__all__ else make(name))
    with_words = {axes: axes.get_tightbbox() for axes in figure.axes}
    for axes, box in with_words.items():
        where = (axes.get_title() or axes.get_xlabel(), box, figure.bbox)
        assert box.x0 > -ROUNDING and box.x1 < figure.bbox.width + ROUNDING, where
        assert box.y0 > -ROUNDING and box.y1 < figure.bbox.height + ROUNDING, where
    for legend in figure.legends:
        keys = legend.get_window_extent().padded(-ROUNDING)
        assert not keys.count_overlaps(with_words.values())


def settings_of(explorer):
    """Yield the start, every corner, and `SETTINGS` random places; of many choices two are at corners."""
    draw = random.Random(0)

    def ends(control):
        if isinstance(control, Slider):
            return control.low, control.high
        return (
            tuple(control.options.values())[:: max(1, len(control.options) - 1)]
            if isinstance(control, Choice)
            else (False, True)
        )

    def anywhere(control):
        if not isinstance(control, Slider):
            return draw.choice(
                list(control.options.values()) if isinstance(control, Choice) else (False, True)
            )
        places = round((control.high - control.low) / control.step)
        return control.low + draw.randint(0, places) * control.step

    yield explorer.start
    names = [control.name for control in explorer.controls]
    for corner in itertools.product(*map(ends, explorer.controls)):
        yield dict(zip(names, corner, strict=True))
    for _ in range(SETTINGS):
        values = {control.name: anywhere(control) for control in explorer.controls}
        yield {
            control.name: min(values[control.name], control.high)
            if isinstance(control, Slider)
            else values[control.name]
            for control in explorer.controls
        }


class Layout:
    """Where everything in a figure is, in pixels; `faults` tells what lies over what."""

    def __init__(self, figure):
        self._figure = figure
        self._standing = [(text.get_text(), text.get_window_extent()) for text in _standing_texts(figure)]
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
        found = [
            f"{one!r} over {other!r}"
            for (one, box), (other, theirs) in itertools.combinations([*boxes, *self._standing], 2)
            if one != other and box.padded(-ROUNDING / 2).overlaps(theirs.padded(-ROUNDING / 2))
        ]
        whole = self._figure.bbox.padded(ROUNDING)
        found += [f"{words!r} is cut off" for words, box in boxes if not _holds(whole, box)]
        for line in self._lines:
            if line.get_visible():
                found += self._faults_of(line, boxes)
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
        frame = line.axes.bbox
        inside = ((points >= frame.min - 0.5) & (points <= frame.max + 0.5)).all(axis=1)
        if line.get_marker() not in ("None", "", None):
            marked = np.flatnonzero(inside)
            if line.get_markevery() is not None:
                marked = np.intersect1d(marked, line.get_markevery())
            radius = line.get_markersize() / 2 * self._figure.dpi / 72
            for x, y in points[marked]:
                # A dash is wide, but no higher than its line.
                height = line.get_markeredgewidth() if line.get_marker() == "_" else radius
                dot = Bbox([[x - radius, y - height], [x + radius, y + height]])
                if line.get_clip_on() and not _holds(frame.padded(ROUNDING), dot):
                    yield f"a dot of {line.get_label()} is cut off at {x:.0f}, {y:.0f}"
                yield from (f"{words!r} over a dot" for words, box in boxes if box.overlaps(dot.padded(-1)))
        if line.get_linestyle() in ("None", "", None) or line.get_linewidth() == 0:
            return
        for words, box in boxes:
            seen = Bbox.intersection(box, frame) if line.get_clip_on() else box
            if seen is not None and seen.width > 0 and seen.height > 0 and _crosses(points, seen):
                yield f"{words!r} over a line"


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


def _crosses(points, box):
    """Return whether the line through `points`, (N, 2), which not-a-numbers interrupt, meets `box`."""
    start, step = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = (np.stack([box.min, box.max])[:, None] - start) / step
    near, far = np.fmin(*ends), np.fmax(*ends)
    # Along an axis a piece stays where it is: in the box or never.
    still = step == 0
    within = (start >= box.min) & (start <= box.max)
    near = np.where(still, np.where(within, -np.inf, np.inf), near)
    far = np.where(still, np.where(within, np.inf, -np.inf), far)
    finite = np.isfinite(start).all(axis=1) & np.isfinite(step).all(axis=1)
    return bool((finite & (np.fmax(near.max(axis=1), 0) <= np.fmin(far.min(axis=1), 1))).any())


def test_a_line_that_crosses_a_box_is_seen():
    box = Bbox([[10, 10], [20, 20]])
    assert _crosses(np.array([[0.0, 15], [30, 15]]), box)
    assert _crosses(np.array([[0.0, 0], [30, 30]]), box)
    assert not _crosses(np.array([[0.0, 15], [np.nan, 15], [30, 15]]), box)
    assert not _crosses(np.array([[0.0, 25], [30, 25]]), box)
    assert not _crosses(np.array([[0.0, 15], [5, 15]]), box)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", explorers.__all__)
def test_nothing_lies_over_anything_wherever_the_controls_stand(name, language, monkeypatch):
    # Words are as long with intervals from few resamples, which take a hundredth of the time.
    interval = confidence.bootstrap_interval
    monkeypatch.setattr(
        confidence, "bootstrap_interval", lambda *args, resamples: interval(*args, resamples=10)
    )
    ppo_edu.use_language(language)
    explorer = getattr(explorers, name)()
    figure, faults = laid_out(explorer), {}
    # In such an order that what stands still seldom changes.
    choices = [control.name for control in explorer.controls if not isinstance(control, Slider)]
    places = sorted(settings_of(explorer), key=lambda each: [str(each[name]) for name in choices])
    # How many ticks an axis has depends on the size of their words.
    with style(explorer.scene.picture.font_family):
        layout = Layout(figure)
        for values in places:
            if explorer.scene.update(**values):
                figure.draw_without_rendering()
                layout = Layout(figure)
            for fault in layout.faults():
                faults.setdefault(fault, values)
    assert not faults, "\n".join(f"{fault} at {values}" for fault, values in list(faults.items())[:12])
