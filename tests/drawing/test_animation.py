"""The film of an agent: shows what happened, stays small, needs no display."""

import io

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.spaces import Box, Discrete
from PIL import Image

import ppo_edu
from ppo_edu.drawing import animation
from ppo_edu.drawing.animation import _steps_a_second, watch, watch_together
from ppo_edu.environments import EnvironmentFailed


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
        rounds, durations, pictures = picture.info["loop"], [], []
        for frame in range(picture.n_frames):
            picture.seek(frame)
            durations.append(picture.info["duration"])
            pictures.append(np.asarray(picture.convert("RGB"), dtype=int))
    # CartPole's clock is 50 steps a second; the last picture stays for a second.
    assert sum(durations) == pytest.approx(298 * 20 + 1000)
    assert 20_000 < rounds * sum(durations) < 40_000, "it comes to rest"
    assert np.abs(pictures[0] - pictures[-1]).max() > 100
    assert "300" in metadata["image/png"]["alt"] and metadata["image/png"]["needs_background"] == "light"


def test_film_stops_where_the_episode_ends():
    film = watch(lambda observation: 0, steps=200, seed=3)
    assert film.ended and film.steps == film.total_reward < 15


@pytest.mark.parametrize("width", [360, 50])
def test_at_its_end_a_film_says_how_long_it_lasted_within_its_picture(monkeypatch, width):
    written = []
    monkeypatch.setattr(
        animation.ImageDraw.ImageDraw,
        "text",
        lambda draw, centre, words, fill, font, anchor: written.append((words, font.getlength(words))),
    )
    for act in (balance, lambda observation: 0):
        film = watch(act, steps=40, width=width)
        words, length = written.pop()
        assert str(film.steps) in words and length <= width and not written
        assert (words == ppo_edu.t("animation.over", steps=film.steps)) == film.ended


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


class Drawn(gymnasium.Env):
    """Draws what it is given, three steps long."""

    def __init__(self, frame, fps=30, render_mode=None):
        self.frame, self.render_mode = frame, render_mode
        self.metadata = {"render_modes": ["rgb_array"], "render_fps": fps}
        self.observation_space, self.action_space = Box(-1, 1, (1,), np.float32), Discrete(2)

    def reset(self, *, seed=None, options=None):
        self.count = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        assert isinstance(action, int)
        self.count += 1
        return np.zeros(1, np.float32), np.array([1.0])[0], self.count == 3, False, {}

    def render(self):
        return self.frame


RGB = np.full((20, 30, 3), 128, np.uint8)
FRAMES = {
    "rgb": RGB,
    "rgba": np.full((20, 30, 4), 128, np.uint8),
    "grey": RGB[..., 0],
    "grey with an axis": RGB[..., :1],
    "floats": np.full((20, 30, 3), 0.5),
    "floats beyond": np.full((20, 30, 3), np.nan),
    "large integers": RGB.astype(np.int64),
    "a view": np.full((40, 30, 3), 128, np.uint8)[::2],
    "a list": RGB.tolist(),
}


@pytest.mark.parametrize("fps", [None, 0, 30])
@pytest.mark.parametrize("frame", FRAMES)
def test_whatever_an_environment_draws_becomes_a_film(frame, fps):
    film = watch(
        lambda observation: torch.tensor(1), lambda **more: Drawn(FRAMES[frame], fps, **more), width=60
    )
    assert film.size == (60, 40) and film.steps == 3 and film.ended and film.total_reward == 3
    with Image.open(io.BytesIO(film.png)) as picture:
        middle = picture.convert("RGB").getpixel((30, 20))
    assert frame == "floats beyond" or all(abs(level - 128) < 8 for level in middle)


@pytest.mark.parametrize(
    "frame", [None, np.zeros((2, 2, 5)), np.zeros(3), np.zeros((1, 2, 2, 3)), 7], ids=str
)
def test_what_is_no_picture_is_said(frame):
    with pytest.raises(ValueError, match="render"):
        watch(lambda observation: 0, lambda **more: Drawn(frame, **more))


ACTS = {
    "policy": lambda observation: ppo_edu.ActorCritic(4, 2).greedy(observation),
    "tensor": lambda observation: torch.tensor(0),
    "tensor that learns": lambda observation: torch.tensor(0.0, requires_grad=True),
    "array": lambda observation: np.array([0]),
    "number": lambda observation: 0.0,
}


@pytest.mark.parametrize("act", ACTS)
def test_actions_are_taken_for_what_they_mean(act):
    assert watch(ACTS[act], steps=5).steps == 5
    if act != "policy":
        assert watch(ACTS[act], "Pendulum-v1", steps=5).steps == 5


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("action", [None, "left", 2, -1, 0.5, [0, 1], float("nan")])
def test_what_is_no_action_is_said(action, language):
    ppo_edu.use_language(language)
    with pytest.raises(TypeError, match=r"Discrete\(2\).*run\.act"):
        watch(lambda observation: action)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"act": 3}, "act"),
        ({"act": lambda observation: 0, "width": 99.5}, "width"),
        ({"act": lambda observation: 0, "env_id": 7}, "env_id"),
        ({"act": lambda observation: 0, "env_id": lambda: None}, "cannot be made"),
    ],
)
def test_wrong_arguments_are_named(arguments, words):
    with pytest.raises((TypeError, ValueError), match=words):
        watch(**arguments)


@pytest.mark.parametrize("acts", [{}, None, [lambda observation: 0], 3])
def test_agents_must_have_names(acts):
    with pytest.raises(TypeError, match="acts"):
        watch_together(acts)


def test_a_name_may_be_a_number():
    assert watch_together({1: ACTS["number"], 2.5: ACTS["tensor"]}, steps=2).steps == (2, 2)


TROUBLES = {
    "four values": lambda env: (np.zeros(2), 1.0, False, {}),
    "nothing": lambda env: None,
    "an error": lambda env: 1 / 0,
    "a reward that is none": lambda env: (np.zeros(2), None, False, False, {}),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_environment_that_fails_is_told_with_its_step(trouble):
    class Failing(Drawn):
        def __init__(self, **more):
            super().__init__(RGB, **more)

        def step(self, action):
            return TROUBLES[trouble](self)

    with pytest.raises(EnvironmentFailed, match="number 0, step 1 of its episode"):
        watch(lambda observation: 0, Failing)


@pytest.mark.parametrize("fps", [-5, "10", float("inf"), float("nan"), 1e-9, 1e9])
def test_a_clock_that_is_none_is_taken_for_fifty_a_second(fps):
    assert 1 <= _steps_a_second({"render_fps": fps}) <= 1000
