"""Recorded trainings on a page: the widgets' own pictures, at each place of the slider."""

import itertools

import nbformat
import pytest
from reading import build, trainings
from reading.lesson import shown_by

from ppo_edu.language.lessons import lessons


@pytest.mark.parametrize("name", trainings.SHOWN)
def test_a_training_plays_from_its_first_place_to_its_last(name):
    training = trainings.SHOWN[name]()
    (played,) = (control for control in training.controls if control.name == training.plays)
    first, *_, last = played.places()
    scene = training.scene
    scene.update(**training.start | {played.name: first})
    before = [artist.get_text() for artist in scene.picture.figure.findobj(match=has_words)]
    scene.update(**training.start | {played.name: last})
    assert before != [artist.get_text() for artist in scene.picture.figure.findobj(match=has_words)]


def has_words(artist):
    return hasattr(artist, "get_text") and artist.get_animated()


def test_the_step_mode_goes_through_one_update_minibatch_by_minibatch():
    training = trainings.step_mode()
    untouched = training.words(moment=1)
    assert "outside the clip range: 0 of" in " ".join(untouched)
    told = [" ".join(training.words(moment=moment)) for moment in range(2, 18)]
    assert [
        f"epoch {i // 4 + 1} of 4 · minibatch {i % 4 + 1} of 4" in words for i, words in enumerate(told)
    ] == [True] * 16
    assert "used up" in told[-1] and "used up" not in told[-2]


def test_retraining_lays_a_curve_that_ends_where_the_slider_stands_over_the_default():
    scene = trainings.retrain().scene
    start = trainings.retrain().start
    scene.update(**start | {"epsilon": 0.2})
    default, chosen = (line.get_xydata() for line in scene._drawn._curves[:2])
    assert default.tolist() == chosen.tolist()
    scene.update(**start | {"steps": 10})
    chosen = scene._drawn._curves[1].get_xydata()
    assert chosen[-1, 0] == trainings._settings()["steps"][10] and default.shape[0] > 10


def test_every_widget_that_trains_in_a_lesson_is_shown_by_a_recorded_training():
    called = set()
    for entry in lessons().values():
        path = build.NOTEBOOKS / "en" / f"{entry.name}.ipynb"
        if path.exists():
            cells = nbformat.read(path, as_version=4).cells
            called |= {shown_by(cell.source) for cell in cells if cell.source.startswith("workbench.")}
    assert called - {"again", None} == set(trainings.SHOWN)


def test_two_curves_need_no_more_lines_than_a_phone_has_room_for():
    retraining = trainings.retrain()
    scene = retraining._new_scene()
    *settings, steps = retraining.controls
    needed = set()
    for values in itertools.product(*(control.places() for control in settings), steps.places()[::39]):
        scene.update(**dict(zip((control.name for control in retraining.controls), values, strict=True)))
        needed.add(max(words.get_position()[1] for words in scene._drawn._words if words.get_text()))
    # The last line ends two thirds of its height below where it stands.
    assert trainings.LINES_OF_TWO - 1 < max(needed) + 0.67 <= trainings.LINES_OF_TWO
