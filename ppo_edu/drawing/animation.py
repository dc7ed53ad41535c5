"""Watch agents: an episode as a short animated picture in the notebook, without a window or a screen."""

import contextlib
import functools
import io
import math
import numbers
import os
from dataclasses import dataclass

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from ppo_edu.environments import as_action, closing, make_environment, name_of, told
from ppo_edu.guards.validation import check_callable, check_count, check_seed, shortened
from ppo_edu.language import font_families, t

_COLOURS, _SECONDS, _TALLEST = 32, 30, 2400
_GAP, _CAPTION_HEIGHT, _FONT_SIZE = 10, 30, 16


class Film:
    """An animated PNG that shows itself in a notebook.

    Attributes
    ----------
    png : bytes
        The animation, in the speed of the environment's own clock. It plays for half a minute, or three times
        if an episode is long, and comes to rest.
    steps : int
        Environment steps shown.
    total_reward : float
        Sum of their rewards.
    ended : bool
        Whether the episode ended by the task's rules (for CartPole: the pole fell) within the steps shown.
    alt : str
        What the animation shows, in words.
    light : bool
        Whether its background is light, so that a dark theme may darken it.

    For several agents, `steps`, `total_reward` and `ended` are tuples in their order.
    """

    def __init__(self, png, first, steps, total_reward, ended, alt):
        self.png = png
        self.size = first.size
        self.light = min(first.getpixel((0, first.height - 1))) > 200
        self.steps = steps
        self.total_reward = total_reward
        self.ended = ended
        self.alt = alt

    def _repr_mimebundle_(self, include=None, exclude=None):
        width, height = self.size
        told = {"width": width, "height": height, "alt": self.alt}
        if self.light:
            told["needs_background"] = "light"
        return {"image/png": self.png, "text/plain": self.alt}, {"image/png": told}


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
    width : int in [50, 1200]
        Width of the picture in pixels.

    Examples
    --------
    >>> film = watch(lambda observation: 0, steps=50)
    >>> film.ended, film.steps < 15
    (True, True)
    """
    episode = _play(act, env_id, steps, seed, width)
    # On the last picture, where the film rests: how long it lasted is what one wants to know.
    _write(episode.frames[-1], episode.in_words, (width / 2, episode.frames[-1].height / 4), width)
    png = _animated_png(episode.frames, episode.milliseconds)
    return Film(png, episode.frames[0], episode.steps, episode.total_reward, episode.ended, episode.alt)


def watch_together(acts, env_id="CartPole-v1", *, steps=200, seed=0, width=280):
    """Let several agents play from the same start, and return them side by side as one `Film`.

    Where an episode is over, its picture fades and says after how many steps.

    Parameters
    ----------
    acts : dict of str to callable
        From the words above each agent's picture to what `watch` takes as `act`.
    env_id, steps, seed
        As in `watch`.
    width : int
        Width of one agent's picture in pixels.

    Examples
    --------
    >>> film = watch_together({"left": lambda observation: 0, "right": lambda observation: 1}, steps=20)
    >>> film.ended
    (True, True)
    """
    if not isinstance(acts, dict) or not acts:
        raise TypeError(t("error.no_acts", value=shortened(acts)))
    episodes = [_play(act, env_id, steps, seed, width) for act in acts.values()]
    frames = [
        _side_by_side(acts, episodes, number)
        for number in range(max(len(episode.frames) for episode in episodes))
    ]
    png = _animated_png(frames, episodes[0].milliseconds)
    alt = " ".join(f"{caption}: {episode.alt}" for caption, episode in zip(acts, episodes, strict=True))
    facts = zip(*((episode.steps, episode.total_reward, episode.ended) for episode in episodes), strict=True)
    return Film(png, frames[0], *facts, alt)


@dataclass
class _Episode:
    frames: list
    steps: int
    total_reward: float
    ended: bool
    milliseconds: float

    @property
    def in_words(self):
        if self.ended:
            return t("animation.over", steps=self.steps)
        return t("animation.going", steps=self.steps)

    @property
    def alt(self):
        if self.ended:
            return t("animation.alt_ended", steps=self.steps)
        return t("animation.alt_going", steps=self.steps)


def _play(act, env_id, steps, seed, width):
    check_count("steps", steps)
    check_seed("seed", seed)
    check_count("width", width, at_least=50, at_most=1200)
    frames, total_reward = [], 0.0
    check_callable("act", act)
    name = name_of(env_id)
    with _no_display(), closing(make_environment(env_id, render_mode="rgb_array"), name) as env:
        with told(name, 0, 0):
            observation, _ = env.reset(seed=seed)
        # Every second frame: half the size, and still 25 pictures a second for CartPole.
        for step in range(1, steps + 1):
            action = as_action(act(observation), env.action_space)
            with told(name, 0, step):
                observation, reward, terminated, truncated, _ = env.step(action)
                total_reward += float(reward)
                over = bool(terminated or truncated)
                pixels = env.render() if step % 2 == 0 or step == steps or over else None
            if step % 2 == 0 or step == steps or over:
                frames.append(_small(pixels, width))
            if over:
                break
        milliseconds = 2 * 1000 / _steps_a_second(env.metadata)
    return _Episode(frames, step, total_reward, bool(terminated), milliseconds)


def _steps_a_second(metadata):
    fps = (metadata or {}).get("render_fps")
    known = isinstance(fps, numbers.Real) and math.isfinite(fps) and fps > 0
    return min(max(float(fps), 1.0), 1000.0) if known else 50.0


def _side_by_side(captions, episodes, number):
    """Return the frame `number` of all `episodes` in one picture, each under its caption."""
    width, height = episodes[0].frames[0].size
    total = len(episodes) * (width + _GAP) - _GAP
    picture = Image.new("RGB", (total, height + _CAPTION_HEIGHT), "white")
    for index, (caption, episode) in enumerate(zip(captions, episodes, strict=True)):
        left = index * (width + _GAP)
        _write(picture, str(caption), (left + width / 2, _CAPTION_HEIGHT / 2), width)
        frame = episode.frames[min(number, len(episode.frames) - 1)]
        over = number >= len(episode.frames) - 1 and episode.ended
        if over:
            frame = Image.blend(frame, Image.new("RGB", frame.size, "white"), 0.6)
        picture.paste(frame, (left, _CAPTION_HEIGHT))
        if over:
            _write(picture, episode.in_words, (left + width / 2, _CAPTION_HEIGHT + height / 4), width)
    return picture


def _write(picture, words, centre, width):
    """Write `words` on `picture`, in place, small enough for so many pixels."""
    families = tuple(font_families())
    font = _font(families, _FONT_SIZE)
    if (wide := font.getlength(words)) > width:
        font = _font(families, max(1, int(_FONT_SIZE * width / wide)))
    ImageDraw.Draw(picture).text(centre, words, "black", font, anchor="mm")


@functools.lru_cache(maxsize=8)
def _font(families, size):
    # Each frame has captions, and a font is read from its file.
    path = font_manager.findfont(font_manager.FontProperties(family=list(families)))
    return ImageFont.truetype(path, size)


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
    if pixels is None:
        raise ValueError(t("error.no_frame"))
    pixels = np.asarray(pixels)
    if np.issubdtype(pixels.dtype, np.floating):  # from 0 to 1, as many programs have colours
        pixels = np.nan_to_num(pixels).clip(0, 1) * 255
    if pixels.ndim == 3 and pixels.shape[-1] == 1:  # grey, which Pillow wants without an axis for it
        pixels = pixels[..., 0]
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,), (4,)) or not pixels.size:
        raise ValueError(t("error.no_picture", shape=pixels.shape))
    picture = Image.fromarray(np.ascontiguousarray(pixels.astype(np.uint8))).convert("RGB")
    # A picture of one column would become one of a million rows.
    height = min(max(1, round(picture.height * width / picture.width)), _TALLEST)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _animated_png(frames, milliseconds):
    # One palette for all frames: small files, and no colour flickers from frame to frame.
    both = Image.new("RGB", (frames[0].width, 2 * frames[0].height))
    both.paste(frames[0], (0, 0))
    both.paste(frames[-1], (0, frames[0].height))
    palette = both.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE)
    flat = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    # The last frame stays for a second before the loop begins again.
    durations = [milliseconds] * (len(flat) - 1) + [1000]
    # Nothing moves for ever beside what is to be read.
    rounds = max(3, round(_SECONDS * 1000 / sum(durations)))
    buffer = io.BytesIO()
    flat[0].save(buffer, "PNG", save_all=True, append_images=flat[1:], duration=durations, loop=rounds)
    return buffer.getvalue()
