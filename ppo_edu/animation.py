"""Watch an agent: one episode as a short animated picture in the notebook, without a window or a screen."""

import contextlib
import io
import os

import gymnasium
import numpy as np
from PIL import Image

from ppo_edu.language import t
from ppo_edu.validation import check_count, check_number

_COLOURS = 32


class Film:
    """An animated PNG that shows itself in a notebook.

    Attributes
    ----------
    png : bytes
        The animation, looping, in the speed of the environment's own clock.
    steps : int
        Environment steps shown.
    total_reward : float
        Sum of their rewards.
    ended : bool
        Whether the episode ended by the task's rules (for CartPole: the pole fell) within the steps shown.
    """

    def __init__(self, png, size, steps, total_reward, ended):
        self.png = png
        self.size = size
        self.steps = steps
        self.total_reward = total_reward
        self.ended = ended

    @property
    def alt(self):
        """What the animation shows, in words, in the language in use."""
        if self.ended:
            return t("animation.alt_ended", steps=self.steps)
        return t("animation.alt_going", steps=self.steps)

    def _repr_mimebundle_(self, include=None, exclude=None):
        width, height = self.size
        return (
            {"image/png": self.png, "text/plain": self.alt},
            {"image/png": {"width": width, "height": height, "alt": self.alt}},
        )


def watch(act, env_id="CartPole-v1", *, steps=200, seed=0, width=360):
    """Let `act` play one episode and return it as a `Film`.

    Parameters
    ----------
    act : callable
        From one observation (float array) to one action of the environment.
    env_id : str
        A Gymnasium id of an environment that can draw itself (``render_mode="rgb_array"``).
    steps : int
        Stop after this many steps even if the episode goes on; 50 steps of CartPole are one second.
    seed : int
        Seed of the starting state, >= 0.
    width : int
        Width of the picture in pixels.

    Examples
    --------
    >>> film = watch(lambda observation: 0, steps=50)
    >>> film.ended, film.steps < 15
    (True, True)
    """
    check_count("steps", steps)
    check_count("seed", seed, at_least=0)
    check_number("width", width, at_least=50, at_most=1200)
    frames, total_reward = [], 0.0
    with _no_display(), contextlib.closing(gymnasium.make(env_id, render_mode="rgb_array")) as env:
        observation, _ = env.reset(seed=seed)
        # Every second frame: half the size, and still 25 pictures a second for CartPole.
        for step in range(1, steps + 1):
            observation, reward, terminated, truncated, _ = env.step(act(observation))
            total_reward += float(reward)
            if step % 2 == 0 or terminated or truncated:
                frames.append(_small(env.render(), width))
            if terminated or truncated:
                break
        milliseconds = 2 * 1000 / env.metadata.get("render_fps", 50)
    return Film(_animated_png(frames, milliseconds), frames[0].size, step, total_reward, bool(terminated))


@contextlib.contextmanager
def _no_display():
    # Gymnasium draws with SDL, which otherwise looks for a screen and complains where there is none.
    before = os.environ.get("SDL_VIDEODRIVER")
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SDL_VIDEODRIVER"]
        else:
            os.environ["SDL_VIDEODRIVER"] = before


def _small(pixels, width):
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def _animated_png(frames, milliseconds):
    # One palette for all frames: small files, and no colour flickers from frame to frame.
    palette = frames[0].quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE)
    flat = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    # The last frame stays for a second before the loop begins again.
    durations = [milliseconds] * (len(flat) - 1) + [1000]
    buffer = io.BytesIO()
    flat[0].save(buffer, "PNG", save_all=True, append_images=flat[1:], duration=durations, loop=0)
    return buffer.getvalue()
