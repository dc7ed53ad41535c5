"""No legend lies over a picture's axes, and no word is cut off at its border."""

import pytest
from pictures import make

import ppo_edu
from ppo_edu import explorers, figures
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.language import LANGUAGES

ROUNDING = 2  # pixels


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
