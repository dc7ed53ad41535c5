"""Stills that move: where there is no kernel, an explorer's picture shows by itself what its controls do.

They are made by the explorer's own scene, and take seconds, so only for notebooks that are to be kept: in a
process in whose environment `VARIABLE` is set. Elsewhere a still is its start alone.
"""

import io
import itertools
import os

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.drawing.live import Draft, LiveFigure
from ppo_edu.drawing.picture import still_bundle
from ppo_edu.drawing.style import BLUE, INK, for_words
from ppo_edu.language import font_families, t

VARIABLE = "PPO_EDU_MOVING_STILLS"
FRAMES, ROUNDS, MILLISECONDS, REST_MILLISECONDS = 16, 3, 350, 1500
_COLOURS = 127  # and one for what stays as it was
_EXACT = 24
_WORDS, _CONTROL, _TRACK = 30, 30, 200


def moves():
    """Return whether stills are to move here."""
    return bool(os.environ.get(VARIABLE))


def path(controls):
    """Return the values through which the controls go, one after the other, a list of (control, values).

    It begins and ends at the start.
    """
    start = {control.name: control.start for control in controls}
    places = max(4, round(FRAMES / len(controls)))
    return [
        (control, {**start, control.name: value}) for control in controls for value in _way(control, places)
    ]


def _way(control, places):
    if isinstance(control, Slider):
        steps = round((control.high - control.low) / control.step)
        start = round((control.start - control.low) / control.step)
        kind = int if control.whole else float
        through = (
            kind(round(control.low + step * control.step, 6)) for step in _to_and_fro(start, steps, places)
        )
        return [control.start, *through, control.start]
    if isinstance(control, Choice):
        values = list(control.options.values())
        at = values.index(control.start)
        if control.in_order:
            return [values[place] for place in (at, *_to_and_fro(at, len(values) - 1, places), at)]
        turned = values[at:] + values[:at]
        few = turned[:: max(1, round(len(turned) / places))]
        return [*few, control.start]
    return [control.start, not control.start, not control.start, control.start]


def _to_and_fro(start, last, places):
    """Return whole numbers on the way from `start` up to `last`, down to 0 and back, without `start`."""
    corners = np.cumsum([0, last - start, last, start])
    passed = np.union1d(np.linspace(0, corners[-1], places - 1), corners)[1:-1]
    way = np.round(np.interp(passed, corners, [start, last, 0, start])).astype(int).tolist()
    return [place for place, _ in itertools.groupby(way)]


def moving_still(explorer):
    """Return the (data, metadata) of an explorer whose controls move by themselves."""
    live = LiveFigure(explorer._new_scene())
    draft = Draft(live, explorer._new_scene())
    frames = (
        _captioned(draft.image(**values), t("page.in_motion"), control, values[control.name])
        for control, values in path(explorer.controls)
    )
    return bundle(live.scene.picture, list(frames), t("page.in_motion_alt"))


def bundle(picture, frames, words):
    """Return the (data, metadata) of `frames`, images as wide as `picture`, shown one after the other.

    For those who cannot see them, `words` say what moves.
    """
    data, metadata = still_bundle(picture, animated_png(frames))
    words = f"{picture.alt} {words}"
    metadata["image/png"] |= {"height": frames[0].height, "alt": words, "moves": True}
    # Where something else can be done than running a cell, these rows say the wrong thing.
    metadata["image/png"]["words_height"] = _WORDS
    return {**data, "text/plain": words}, metadata


def captioned(frame, words):
    """Return `frame` under a line of words."""
    return _captioned(frame, words, None, None)


def _captioned(frame, words, control, value):
    height = _WORDS + (_CONTROL if control else 0)
    made = Image.new("RGB", (frame.width, frame.height + height), "white")
    made.paste(frame, (0, height))
    pen = ImageDraw.Draw(made)
    family = font_manager.FontProperties(family=font_families())
    font = ImageFont.truetype(font_manager.findfont(family), 15)
    pen.text((18, _WORDS // 2), words, for_words(BLUE), font, anchor="lm")
    if control is None:
        return made
    y = _WORDS + _CONTROL // 2
    pen.text((18, y), control.label, INK, font, anchor="lm")
    x = 18 + font.getlength(control.label) + 24
    if isinstance(control, Slider):
        share, said = (value - control.low) / (control.high - control.low), control.readout(value)
    elif isinstance(control, Choice):
        place = list(control.options.values()).index(value)
        share = place / (len(control.options) - 1) if control.in_order else None
        said = list(control.options)[place]
    else:
        pen.rectangle([x, y - 7, x + 14, y + 7], "white", INK, 1)
        if value:
            pen.line([(x + 3, y), (x + 6, y + 4), (x + 12, y - 5)], BLUE, 3)
        return made
    if share is not None:
        pen.line([(x, y), (x + _TRACK, y)], "#BDBDBD", 4)
        pen.ellipse([x + share * _TRACK - 8, y - 8, x + share * _TRACK + 8, y + 8], "white", BLUE, 2)
        x += _TRACK + 24
    pen.text((x, y), said, INK, font, anchor="lm")
    return made


def animated_png(frames):
    """Return `frames` as an APNG that plays `ROUNDS` times and rests at its start."""
    # One palette for all frames, from some of them: no colour flickers.
    colours = _palette(frames[:: max(1, len(frames) // 6)])
    indices = _nearest(colours, frames)
    # What stays as it was is transparent, over the frame before: that packs into next to nothing. Its colour
    # must be no other's: Pillow leaves out what it takes for unchanged.
    unused = next(red for red in range(256) if [red, 0, 255] not in colours.tolist())
    changes = [
        np.where(now == before, np.uint8(_COLOURS), now) for before, now in itertools.pairwise(indices)
    ]
    flat = [Image.fromarray(each, "P") for each in (indices[0], *changes)]
    for frame in flat:
        frame.putpalette([*colours.ravel().tolist(), unused, 0, 255])
    buffer = io.BytesIO()
    flat[0].save(
        buffer,
        "PNG",
        save_all=True,
        append_images=flat[1:],
        duration=[REST_MILLISECONDS, *[MILLISECONDS] * (len(flat) - 2), REST_MILLISECONDS],
        loop=ROUNDS,
        blend=1,
        transparency=_COLOURS,
        compress_level=9,
    )
    return buffer.getvalue()


def _palette(frames):
    """Return colours that suit all of `frames`, (_COLOURS, 3): the most frequent ones, white say, exactly."""
    sheet = Image.new("RGB", (frames[0].width, len(frames) * frames[0].height))
    for row, frame in enumerate(frames):
        sheet.paste(frame, (0, row * frame.height))
    found = sheet.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * _COLOURS]
    colours = np.resize(np.array(found).reshape(-1, 3), (_COLOURS, 3))
    free = np.ones(_COLOURS, bool)
    for colour in _colours_of(sheet)[:_EXACT]:
        distance = np.where(free, np.abs(colours - colour).sum(axis=1), np.inf)
        nearest = distance.argmin()
        colours[nearest], free[nearest] = colour, False
    return colours


def _colours_of(frame):
    """Return the colours of an image, (N, 3), the most frequent first."""
    counted = sorted(frame.getcolors(frame.width * frame.height), reverse=True)
    return np.array([colour for _, colour in counted])


def _nearest(colours, frames):
    """Return for each frame which of `colours`, (_COLOURS, 3), its pixels are like, (height, width)."""
    # Pillow's own search is not exact: white becomes some other light colour.
    seen = np.unique(np.concatenate([_colours_of(frame) for frame in frames]), axis=0)
    places = [
        np.abs(part[:, None] - colours).sum(axis=2).argmin(axis=1)
        for part in np.array_split(seen, 1 + len(seen) // 5000)
    ]
    table = np.zeros(2**24, np.uint8)
    table[_packed(seen)] = np.concatenate(places)
    return [table[_packed(np.asarray(frame))] for frame in frames]


def _packed(colours):
    return colours.astype(np.int32) @ np.array([2**16, 2**8, 1], np.int32)
