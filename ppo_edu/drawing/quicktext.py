"""Words and numbers that change with every frame, drawn ten times as fast as matplotlib's own text."""

import functools
import math
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text


class QuickText(Text):
    """A one-line text, at its baseline, that draws each character and each word once; then it copies pixels.

    matplotlib lays out and draws every glyph anew whenever a text changes, which for a short number costs
    0.7 ms of a frame's six. Mathematics between dollar signs is not understood here.
    """

    def draw(self, renderer):
        if not (self.get_visible() and self.get_text()):
            return
        sprites = _sprites(self.get_fontproperties(), self.get_color(), renderer.dpi)
        words = [sprites(word) for word in self.get_text().split(" ")]
        space = sprites(" ").advance
        x, y = self.get_transform().transform(self.get_unitless_position())
        width = sum(word.advance for word in words) + space * (len(words) - 1)
        x -= width * {"left": 0, "center": 0.5, "right": 1}[self.get_horizontalalignment()]
        gc = renderer.new_gc()
        for word in words:
            if word.pixels.size:
                renderer.draw_image(gc, round(x) + word.right, round(y) + word.up, word.pixels)
            x += word.advance + space
        gc.restore()
        self.stale = False


class _Sprite(NamedTuple):
    """Ready-made pixels (RGBA, the lowest row first), where they begin, and how far on what follows is."""

    advance: float
    right: int
    up: int
    pixels: np.ndarray


@functools.lru_cache(maxsize=64)
def _sprites(font, color, dpi):
    """Return a function from a word to its sprite."""
    # Coarse letters are fine ones made smaller: matplotlib would make them wider to fit the pixels.
    zoom = 2 if dpi < 150 else 1
    dpi *= zoom
    size = zoom * math.ceil(font.get_size_in_points() * dpi / 72 / zoom)

    @functools.cache
    def letter_sprite(letter):
        scratch = RendererAgg(3 * size, 3 * size, dpi)
        width = functools.partial(scratch.get_text_width_height_descent, prop=font, ismath=False)
        advance = width(f"0{letter}0")[0] - width("00")[0]
        gc = scratch.new_gc()
        gc.set_foreground(color)
        scratch.draw_text(gc, size, 2 * size, letter, font, 0)
        # The scratch picture counts rows from the top, but draw_image from the bottom.
        pixels = np.asarray(scratch.buffer_rgba())[::-1]
        if zoom > 1:
            alpha = pixels[..., 3].reshape(3 * size // zoom, zoom, 3 * size // zoom, zoom).mean(axis=(1, 3))
            pixels = np.dstack([np.full((*alpha.shape, 3), 255 * np.array(to_rgb(color))), alpha])
            pixels = pixels.round().astype(np.uint8)
        rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
        if not rows.size:
            return _Sprite(advance / zoom, 0, 0, pixels[:0, :0])
        ink = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return _Sprite(advance / zoom, columns[0] - size // zoom, rows[0] - size // zoom, ink.copy())

    # A slider passes by many numbers, and goes back and forth.
    @functools.lru_cache(maxsize=1000)
    def word_sprite(word):
        letters, x = [], 0.0
        for letter in map(letter_sprite, word):
            if letter.pixels.size:
                letters.append(letter._replace(right=round(x) + letter.right))
            x += letter.advance
        if not letters:
            return _Sprite(x, 0, 0, np.empty((0, 0, 4), np.uint8))
        left, bottom = min(each.right for each in letters), min(each.up for each in letters)
        right = max(each.right + each.pixels.shape[1] for each in letters)
        top = max(each.up + each.pixels.shape[0] for each in letters)
        pixels = np.zeros((top - bottom, right - left, 4), np.uint8)
        for each in letters:
            rows, columns, _ = each.pixels.shape
            place = pixels[each.up - bottom :, each.right - left :][:rows, :columns]
            # All of one colour, so that where two letters touch, the stronger one counts.
            np.maximum(place, each.pixels, out=place)
        return _Sprite(x, left, bottom, pixels)

    return word_sprite
