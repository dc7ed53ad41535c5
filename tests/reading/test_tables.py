"""Tables of an explorer: what a page looks up is what the explorer draws."""

import numpy as np
import pytest
from reading import trainings
from reading.lesson import explorer_called
from reading.live import drawn, layout
from reading.narrow import WIDTH, relay
from reading.recorder import UNITS
from reading.tables import Table

from ppo_edu import explorers
from ppo_edu.drawing.controls import Slider


@pytest.fixture(scope="module")
def table():
    return Table(explorers.clip()).fill()


def test_the_table_rebuilt_is_the_picture_drawn_anew(table):
    rng = np.random.default_rng(5)
    artists = [table.order[index] for index, _ in table.parts]
    for _ in range(5):
        values = table.values(rng)
        assert [table.look_up(part, values) for _, part in table.parts] == table.draw(artists, values)


def test_only_what_a_control_moves_is_in_the_table(table):
    assert all(part.controls == ("epsilon",) for _, part in table.parts)
    assert all(len(part.drawings) > 40 for _, part in table.parts)
    assert len(table.parts) + len(table.still) <= len(table.order)


def test_a_phone_has_the_picture_narrow_and_every_word_as_large():
    table = Table(explorers.cliff(), relay)
    assert table.scene.picture.width == WIDTH
    left = [axes.get_position().x0 for axes in table.scene.picture.figure.axes]
    assert len(set(np.round(left[:3], 3))) == 1  # the curves below each other
    drawings = table.draw(table.order, table.explorer.start)
    assert any(drawings)
    sizes = [look["font-size"] for look in map(dict, table.recorder.looks) if "font-size" in look]
    assert min(sizes) / UNITS * 358 / WIDTH >= 12


def test_a_slider_on_a_page_stands_at_its_start_and_at_both_ends():
    slider = Slider("x", "x", low=0.0, high=1.0, step=0.01, start=0.25, page_step=0.3)
    assert slider.places() == [0.0, 0.25, 0.55, 0.85, 1.0]
    assert Slider("n", "n", low=1, high=10, step=1, start=3, page_step=4).places() == [1, 3, 7, 10]


@pytest.mark.parametrize("name", [*dir(explorers), *trainings.SHOWN])
def test_no_table_has_more_places_than_a_page_can_carry(name):
    places = [len(control.places()) for control in explorer_called(name).controls]
    assert np.prod(places) <= 25_000


def test_markers_that_overlap_are_painted_one_by_one():
    table = Table(explorers.clip_cloud())
    svg = drawn(table, table.explorer.start)
    assert svg.count("<marker ") >= 2 and "fill-opacity" in svg
    assert svg.count("marker-mid") >= 2


def test_a_layout_holds_the_start_without_a_script():
    made = layout(explorers.clip(), "p-", narrow=False)
    assert "1 + ε = 1.20" in made.svg and 'role="img"' in made.svg
