"""No legend lies over a picture's axes, and no word is cut off at its border."""

import pytest
from test_explorers import EXPLORERS
from test_figures import PICTURES
from test_many_seeds import PICTURES as SEED_PICTURES
from test_trust_region import EXPLORERS as TRUST_REGION_EXPLORERS

import ppo_edu
from ppo_edu import explorers, many_seeds, trust_region
from ppo_edu.language import LANGUAGES
from ppo_edu.live import Explorer

ROUNDING = 2  # pixels


MAKERS = {
    **PICTURES, **SEED_PICTURES, "bill": trust_region.bill, "race": trust_region.race,
    **{name: getattr(explorers, name) for name in EXPLORERS},
    **{name: getattr(trust_region, name) for name in TRUST_REGION_EXPLORERS},
    "how_sure": many_seeds.how_sure,
}  # fmt: skip


def laid_out(made):
    """Return the figure of a picture, or of an explorer at its start, with everything in its place."""
    if isinstance(made, Explorer):
        return made._live.scene.picture.figure
    made.png()
    return made.figure


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MAKERS)
def test_words_stand_where_nothing_else_does(name, language):
    ppo_edu.use_language(language)
    figure = laid_out(MAKERS[name]())
    with_words = {axes: axes.get_tightbbox() for axes in figure.axes}
    for axes, box in with_words.items():
        where = (axes.get_title() or axes.get_xlabel(), box, figure.bbox)
        assert box.x0 > -ROUNDING and box.x1 < figure.bbox.width + ROUNDING, where
        assert box.y0 > -ROUNDING and box.y1 < figure.bbox.height + ROUNDING, where
    for legend in figure.legends:
        keys = legend.get_window_extent().padded(-ROUNDING)
        assert not keys.count_overlaps(with_words.values())
