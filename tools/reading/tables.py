"""Explorers as tables: what each part of a picture looks like at every place of the controls that move it."""

import itertools

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from ppo_edu.drawing.style import CSS_DPI, style
from reading.recorder import Recorder

ROUNDS, TRIES, CHECKS, ANEW = 8, 3, 25, 3


class Part:
    """An artist of a picture that some controls change.

    Attributes
    ----------
    controls : tuple of str
    drawings : list of tuple
        All that it draws, each once.
    at : list of int
        Which of them at each place of its controls, the last control fastest.
    """

    def __init__(self, artist, controls=()):
        self.artist, self.controls = artist, controls
        self.drawings, self.at = [], []


class Table:
    """A scene over the places of its controls.

    Parameters
    ----------
    explorer : ppo_edu.drawing.explorer.Explorer
    relaid : callable, optional
        Called with the scene before anything is drawn; returns the artists whose words the page shows.

    Attributes
    ----------
    still : list of (place in the order of drawing, drawing)
        What no control changes.
    parts : list of (place in the order of drawing, Part)
    """

    def __init__(self, explorer, relaid=None):
        self.explorer, self.scene = explorer, explorer._new_scene()
        self.places = {control.name: control.places() for control in explorer.controls}
        figure = self.scene.picture.figure
        figure.set_dpi(CSS_DPI)
        canvas = FigureCanvasAgg(figure)
        self.scene.update(**explorer.start)
        self.said = relaid(self) if relaid else []
        with style(self.scene.picture.font_family):
            canvas.draw()
        figure.set_layout_engine("none")
        self.recorder = Recorder(figure)
        self.order = _in_order(figure)
        self._now, self._stood = None, {}

    def draw(self, artists, values):
        """Return what each of `artists` draws at `values`."""
        if values != self._now:
            if self.scene.update(**values):
                self._stood.clear()
            self._now = dict(values)
        return [self._drawing(artist) for artist in artists]

    def _drawing(self, artist):
        if artist.get_animated():
            return self.recorder.drawing_of(artist)
        # A scene says when it changes what is not animated; axes and their words take longest to draw.
        if artist not in self._stood:
            self._stood[artist] = self.recorder.drawing_of(artist)
        return self._stood[artist]

    def fill(self):
        """Find out which controls move which artist, and draw each at all places of its controls."""
        with style(self.scene.picture.font_family):
            moved = self._moved()
            # In the order of the controls, so that a page finds its way.
            parts = {
                index: Part(self.order[index], tuple(name for name in self.places if name in names))
                for index, names in moved.items()
                if names
            }
            by_controls = {}
            for part in parts.values():
                by_controls.setdefault(part.controls, []).append(part)
            for controls, members in by_controls.items():
                self._tabulate(controls, members)
            self.parts = sorted(parts.items())
            start = self.explorer.start
            kept = [(i, artist) for i, artist in enumerate(self.order) if i not in parts]
            drawn = self.draw([artist for _, artist in kept], start)
            self.still = [(i, drawing) for (i, _), drawing in zip(kept, drawn, strict=True) if drawing]
            self._check()
        return self

    def values(self, rng):
        """Return a place of each control, drawn by `rng`."""
        return {name: places[rng.integers(len(places))] for name, places in self.places.items()}

    def look_up(self, part, values):
        """Return the drawing of `part` at `values`, as a page finds it."""
        index = 0
        for name in part.controls:
            index = index * len(self.places[name]) + self.places[name].index(values[name])
        return part.drawings[part.at[index]]

    def _moved(self):
        rng, moved = np.random.default_rng(0), {index: set() for index in range(len(self.order))}
        for number in range(ROUNDS):
            base = self.values(rng) if number else dict(self.explorer.start)
            before = self.draw(self.order, base)
            for name, places in self.places.items():
                for value in {places[rng.integers(len(places))] for _ in range(TRIES)} | {places[0]}:
                    for index, drawing in enumerate(self.draw(self.order, base | {name: value})):
                        if drawing != before[index]:
                            moved[index].add(name)
        return moved

    def _tabulate(self, controls, members):
        seen = [{} for _ in members]
        artists = [part.artist for part in members]
        for values in itertools.product(*(self.places[name] for name in controls)):
            drawings = self.draw(artists, self.explorer.start | dict(zip(controls, values, strict=True)))
            for part, numbers, drawing in zip(members, seen, drawings, strict=True):
                part.at.append(numbers.setdefault(drawing, len(numbers)))
        for part, numbers in zip(members, seen, strict=True):
            part.drawings = list(numbers)

    def _check(self):
        """Hold the table against the scene, drawn anew."""
        rng = np.random.default_rng(1)
        for number in range(CHECKS):
            values = self.values(rng)
            if number < ANEW:
                self._stood.clear()
            drawn = self.draw([part.artist for _, part in self.parts], values)
            for (_, part), drawing in zip(self.parts, drawn, strict=True):
                if self.look_up(part, values) != drawing:
                    raise AssertionError(f"{part.artist} is not in the table at {values}")
            for (index, drawing), again in zip(
                self.still, self.draw([self.order[index] for index, _ in self.still], values), strict=True
            ):
                if drawing != again:
                    raise AssertionError(f"{self.order[index]} does not stand still at {values}")


def _in_order(figure):
    """Return everything that draws, in matplotlib's order, and what moves above all the rest."""
    moving = sorted(figure.findobj(Artist.get_animated), key=Artist.get_zorder)
    below = [artist for artist in _leaves(figure) if artist not in moving]
    return [*below, *moving]


def _leaves(figure):
    for artist in sorted(figure.get_children(), key=Artist.get_zorder):
        if artist is figure.patch:
            continue
        if hasattr(artist, "subfigs"):
            yield from _leaves(artist)
        elif hasattr(artist, "get_xlim"):
            yield from _leaves_of_axes(artist)
        elif artist.get_visible():
            yield artist


def _leaves_of_axes(axes):
    hidden = () if axes.axison else (axes.xaxis, axes.yaxis)
    if not (axes.axison and axes.get_frame_on()):
        hidden = (*hidden, *axes.spines.values(), axes.patch)
    # On a page, its ground is that of the axes.
    hidden = (*hidden, axes.patch)
    for artist in sorted(axes.get_children(), key=Artist.get_zorder):
        # Titles that nobody gave; an annotation without words still has its arrow.
        empty = type(artist) is Text and not artist.get_text().strip()
        if artist not in hidden and not empty:
            yield artist
