"""No legend lies over a picture's axes, and no word is cut off at its border."""

import pytest
from test_explorers import EXPLORERS
from test_figures import PICTURES
from test_many_seeds import PICTURES as SEED_PICTURES
from test_trust_region import EXPLORERS as TRUST_REGION_EXPLORERS

import ppo_edu
from ppo_edu import explorers, many_seeds, trust_region
from ppo_edu.language import LANGUAGES

ROUNDING = 2  # pixels


def at_start(explorer):
    explorer.draw()
    return explorer._live.scene.picture


def drawn(picture):
    picture.png()
    return picture


PLACES = {
    **{name: lambda make=make: drawn(make()) for name, make in {**PICTURES, **SEED_PICTURES}.items()},
    **{name: lambda name=name: drawn(getattr(trust_region, name)()) for name in ("bill", "race")},
    **{f"explorer {name}": lambda name=name: at_start(getattr(explorers, name)()) for name in EXPLORERS},
    **{f"explorer {name}": lambda name=name: at_start(getattr(trust_region, name)())
       for name in TRUST_REGION_EXPLORERS},
    "explorer how_sure": lambda: at_start(many_seeds.how_sure()),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLACES)
def test_words_stand_where_nothing_else_does(name, language):
    ppo_edu.use_language(language)
    figure = PLACES[name]().figure
    with_words = {axes: axes.get_tightbbox() for axes in figure.axes}
    for axes, box in with_words.items():
        where = (axes.get_title() or axes.get_xlabel(), box, figure.bbox)
        assert box.x0 > -ROUNDING and box.x1 < figure.bbox.width + ROUNDING, where
        assert box.y0 > -ROUNDING and box.y1 < figure.bbox.height + ROUNDING, where
    for legend in figure.legends:
        keys = legend.get_window_extent().padded(-ROUNDING)
        assert not keys.count_overlaps(with_words.values())
