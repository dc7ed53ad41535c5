"""Stills that move: what they show, what they weigh, and that they outlive a save."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ppo_edu import explorers
from ppo_edu.drawing import stills
from ppo_edu.drawing.controls import Choice, Slider


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


def test_its_first_frame_is_the_start_as_the_scene_draws_it(moving):
    with Image.open(io.BytesIO(moving[0])) as picture:
        below = np.asarray(picture.convert("RGB"), int)[-350:]
    with Image.open(io.BytesIO(explorers.clip().draw())) as picture:
        start = np.asarray(picture.convert("RGB").reduce(2), int)
    assert np.abs(below - start).mean() < 2
