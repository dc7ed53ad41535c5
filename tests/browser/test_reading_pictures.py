"""A page of the reading edition shows what matplotlib draws: every explorer, at values drawn by chance."""

import io

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.text import Text
from PIL import Image
from reading import live, trainings
from reading.lesson import explorer_called
from reading.tables import Table

from ppo_edu import explorers
from ppo_edu.drawing.style import style

# Of blocks 4 x 4 pixels with ink in them: matplotlib moves straight lines to whole pixels, SVG does not.
MOST_DIFFERENT, BLOCK, SAME = 0.02, 4, 40


@pytest.fixture(scope="module")
def blank(chrome):
    return chrome.new_page(viewport={"width": 900, "height": 600})


def blocks(pixels):
    """Return the mean colour of each block of `pixels`, (H, W, 3)."""
    high, wide = (side // BLOCK * BLOCK for side in pixels.shape[:2])
    return pixels[:high, :wide].reshape(high // BLOCK, BLOCK, wide // BLOCK, BLOCK, 3).mean(axis=(1, 3))


def by_matplotlib(table):
    canvas = table.scene.picture.figure.canvas
    with style(table.scene.picture.font_family):
        canvas.draw()
        renderer = canvas.get_renderer()
        moving = table.scene.picture.figure.findobj(Artist.get_animated)
        for artist in sorted(moving, key=Artist.get_zorder):
            artist.draw(renderer)
    return np.array(renderer.buffer_rgba())[..., :3].astype(float)


def by_browser(page, svg, width, height):
    page.set_content(
        f"<style>body{{margin:0}}svg{{display:block;width:{width}px;height:{height}px}}</style>{svg}"
    )
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": width, "height": height})
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(float)


def share_different(one, other):
    one, other = blocks(one), blocks(other)
    inked = (one.min(axis=-1) < 250) | (other.min(axis=-1) < 250)
    different = np.abs(one - other).max(axis=-1) > SAME
    return (different & inked).sum() / inked.sum()


@pytest.mark.parametrize("name", [*dir(explorers), *trainings.SHOWN])
def test_a_page_shows_what_matplotlib_draws(name, blank):
    table = Table(explorer_called(name))
    # Letters are a reader's own.
    for text in table.scene.picture.figure.findobj(Text):
        text.set_visible(False)
    rng = np.random.default_rng(3)
    picture = table.scene.picture
    for values in (table.explorer.start, table.values(rng), table.values(rng)):
        svg = live.drawn(table, values)
        shown = by_browser(blank, svg, picture.width, picture.height)
        assert share_different(shown, by_matplotlib(table)) < MOST_DIFFERENT, (name, values)
