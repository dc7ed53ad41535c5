"""The film of an agent: shows what happened, stays small, needs no display."""

import io

import numpy as np
import pytest
from PIL import Image

import ppo_edu
from ppo_edu.drawing.animation import watch, watch_together


def balance(observation):
    """A hand-made controller that keeps the pole up for a long time."""
    position, velocity, angle, angular_velocity = observation
    return int(angle + 0.5 * angular_velocity + 0.05 * position + 0.1 * velocity > 0)


def test_film_moves_and_is_small(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    film = watch(balance, steps=300)
    data, metadata = film._repr_mimebundle_()
    assert not film.ended and film.steps == 300 and film.total_reward == 300
    assert len(data["image/png"]) < 300_000
    with Image.open(io.BytesIO(data["image/png"])) as picture:
        durations, pictures = [], []
        for frame in range(picture.n_frames):
            picture.seek(frame)
            durations.append(picture.info["duration"])
            pictures.append(np.asarray(picture.convert("RGB"), dtype=int))
    # CartPole's clock is 50 steps a second; the last picture stays for a second.
    assert sum(durations) == pytest.approx(298 * 20 + 1000)
    assert np.abs(pictures[0] - pictures[-1]).max() > 100
    assert "300" in metadata["image/png"]["alt"]


def test_film_stops_where_the_episode_ends():
    film = watch(lambda observation: 0, steps=200, seed=3)
    assert film.ended and film.steps == film.total_reward < 15


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"seed": -1}, {"width": 5}])
def test_bad_input_is_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        watch(balance, **wrong)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_agents_play_side_by_side_from_the_same_start(language):
    ppo_edu.use_language(language)
    film = watch_together({"A": lambda observation: 0, "가": balance, "B": lambda observation: 0}, steps=300)
    assert film.ended == (True, False, True) and film.steps[0] == film.steps[2] < 15 and film.steps[1] == 300
    assert len(film.png) < 300_000 and str(film.steps[0]) in film.alt and "가" in film.alt
    with Image.open(io.BytesIO(film.png)) as picture:
        pictures = []
        for frame in (0, picture.n_frames - 1):
            picture.seek(frame)
            pictures.append(np.asarray(picture.convert("RGB"), dtype=int))
    left, right = (slice(0, 280), slice(580, 860))
    for frame in pictures:
        # The same agent twice, below the captions: the same picture twice.
        assert np.array_equal(frame[30:, left], frame[30:, right])
    # What has ended has faded: nothing of the black cart is left.
    assert pictures[0][30:, left].min() < 40
    assert pictures[1][100:, left].min() > 100 > pictures[1][100:, 290:570].min()
