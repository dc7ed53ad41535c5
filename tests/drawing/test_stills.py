"""Stills that move: what they show, what they weigh, and that they outlive a save."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageSequence

from ppo_edu import explorers
from ppo_edu.drawing import stills
from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.live import Draft, LiveFigure


@pytest.fixture(scope="module")
def moving():
    data, metadata = stills.moving_still(explorers.clip())
    return base64.b64decode(data["image/png"]), metadata["image/png"]


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_way_begins_and_ends_at_the_start_and_goes_everywhere(name):
    explorer = getattr(explorers, name)()
    way = stills.path(explorer.controls)
    assert way[0][1] == way[-1][1] == explorer.start
    assert len(way) * stills.MILLISECONDS < 20_000
    for control in explorer.controls:
        along = [values[control.name] for moved, values in way if moved is control]
        assert along[0] == along[-1] == control.start
        assert [control.check(value) for value in along] == along
        if isinstance(control, Slider) or (isinstance(control, Choice) and control.in_order):
            ends = control.places()
            assert (min(along), max(along)) == (min(ends), max(ends))
        else:
            assert len(set(along)) == min(len(control.places()), len(along) - 1)


def test_a_still_moves_for_a_few_rounds_and_is_small(moving):
    png, told = moving
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.n_frames > 10 and picture.info["loop"] == stills.ROUNDS
        assert picture.size == (told["width"], told["height"])
    assert len(png) < 200_000


# Where something is gone in one frame, and nothing else changes there; and where most of it is white.
@pytest.mark.parametrize("name", ["token_map", "group_advantage"])
def test_every_frame_is_what_the_scene_draws(name):
    explorer = getattr(explorers, name)()
    way = stills.path(explorer.controls)
    live = LiveFigure(explorer._new_scene())
    draft = Draft(live, explorer._new_scene())
    data, _ = stills.moving_still(explorer)
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as picture:
        assert picture.n_frames == len(way)
        for (_, values), frame in zip(way, ImageSequence.Iterator(picture), strict=True):
            wanted = draft.image(**values)
            below = frame.convert("RGB").crop((0, frame.height - wanted.height, *frame.size))
            # 127 colours are up to 18 of 255 away from a colour bar's; a line that is left over, 100.
            assert np.asarray(ImageChops.difference(below, wanted).reduce(4)).max() < 40, values
            # White is white, and no other light colour.
            assert below.getpixel((0, 0)) == wanted.getpixel((0, 0)) == (255, 255, 255)
