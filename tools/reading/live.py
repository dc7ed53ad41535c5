"""The pages' half of an explorer: its start as SVG in the page, and its table as a script beside it."""

import dataclasses
import html
import json
import zlib

import numpy as np

from ppo_edu.drawing.controls import Choice, Slider
from ppo_edu.language import t
from reading.narrow import relay
from reading.recorder import UNITS
from reading.tables import Table

# On a dark page these are others: see site.css.
INKS = {
    "#222222": "ink",
    "#000000": "ink",
    "#ffffff": "ground",
    "#e8e8e8": "grid",
    "#8a8a8a": "grey",
    "#6b6b6b": "grey-words",
    "#fbe6d8": "pale",
    "#ddeef8": "pale-blue",
    "#0072b2": "blue",
    "#d55e00": "orange",
    "#009e73": "green",
    "#56b4e9": "sky",
    "#cc79a7": "purple",
    "#e69f00": "amber",
    "#6b3a0a": "brown",
    "#b24e00": "orange-words",
    "#00744f": "green-words",
    "#1b6e9e": "sky-words",
    "#9c3f73": "purple-words",
    "#8a5a00": "amber-words",
}


@dataclasses.dataclass
class Layout:
    """An explorer in one layout, ready for a page: its SVG, its words below it, its table as text."""

    svg: str
    said: list
    data: bytes


class _Looks:
    """The looks of a picture as attributes of SVG, and the definitions that they refer to."""

    def __init__(self, recorder, prefix):
        self._prefix, self.definitions = prefix, []
        self._clips, self._markers = {}, {}
        self.all = [self._attributes(look) for look in recorder.looks]

    def _attributes(self, look):
        look = dict(look)
        made = {}
        if "turned" in look:
            del look["turned"]
            made["turned"] = 1
        if "marker" in look:
            name = self._marker(*look.pop("marker"))
            made |= {f"marker-{end}": f"url(#{name})" for end in ("start", "mid", "end")}
            made["fill"] = "none"
        elif "image" not in look and "fill" not in look:
            made["fill"] = "none"
        if "clip" in look:
            made["clip-path"] = f"url(#{self._clip(look.pop('clip'))})"
        if "image" in look:
            names = ("x", "y", "width", "height")
            made |= dict(zip(names, look.pop("image").split(), strict=True))
            made |= {"preserveAspectRatio": "none", "style": "image-rendering:pixelated"}
        return made | {name: _inked(value) for name, value in look.items()}

    def _clip(self, box):
        if box not in self._clips:
            self._clips[box] = f"{self._prefix}c{len(self._clips)}"
            x, y, width, height = box
            self.definitions.append(
                f'<clipPath id="{self._clips[box]}"><rect x="{x}" y="{y}" width="{width}" height="{height}"/></clipPath>'
            )
        return self._clips[box]

    def _marker(self, look, shape):
        name = self._markers.setdefault((look, shape), f"{self._prefix}m{len(self._markers)}")
        attributes = _written(
            {name: _inked(value) for name, value in ({"fill": "none"} | dict(look)).items()}
        )
        self.definitions.append(
            f'<marker id="{name}" markerUnits="userSpaceOnUse" markerWidth="1" markerHeight="1" overflow="visible">'
            f'<path{attributes} d="{shape}"/></marker>'
        )
        return name


def _inked(value):
    return f"var(--{INKS[value]},{value})" if value in INKS else value


def _written(attributes):
    return "".join(f' {name}="{value}"' for name, value in attributes.items())


def _elements(drawing, looks):
    """Return a drawing as SVG, just as site.js puts it into a page."""
    made = []
    for number, what in _pairs(drawing):
        attributes = dict(looks[number])
        if "font-size" in attributes:
            x, y, words = what.split(" ", 2)
            if attributes.pop("turned", None):
                attributes["transform"] = f"translate({x} {y})rotate(-90)"
            else:
                attributes |= {"x": x, "y": y}
            made.append(f"<text{_written(attributes)}>{html.escape(words)}</text>")
        elif "preserveAspectRatio" in attributes:
            made.append(f'<image{_written(attributes)} href="{what}"/>')
        else:
            made.append(f'<path{_written(attributes)} d="{what}"/>')
    return "".join(made)


def _pairs(drawing):
    return zip(drawing[::2], drawing[1::2], strict=True)


def layout(explorer, prefix, narrow):
    """Return one `Layout` of an explorer; ids in it begin with `prefix`."""
    table = Table(explorer, relay if narrow else None).fill()
    looks = _Looks(table.recorder, prefix)
    start = explorer.start
    places = [(index, _elements(drawing, looks.all)) for index, drawing in table.still]
    parts, said = [], []
    for index, part in table.parts:
        now = table.look_up(part, start)
        if part.artist in table.said:
            said.append((len(parts), _words(now), looks.all[now[0]].get("fill", "") if now else ""))
        else:
            places.append((index, f'<g data-p="{len(parts)}">{_elements(now, looks.all)}</g>'))
        numbers = None if part.at == list(range(len(part.at))) else part.at
        parts.append([list(part.controls), part.drawings, numbers])
    places.sort(key=lambda place: place[0])
    picture = table.scene.picture
    box = f"0 0 {picture.width * UNITS} {picture.height * UNITS}"
    svg = (
        f'<svg viewBox="{box}" role="img" aria-label="{html.escape(picture.alt)}">'
        f"<defs>{''.join(looks.definitions)}</defs>{''.join(drawing for _, drawing in places)}</svg>"
    )
    sizes = {name: len(values) for name, values in table.places.items()}
    raw = json.dumps([sizes, looks.all, parts], ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Layout(svg, said, packer.compress(raw) + packer.flush())


def drawn(table, values):
    """Return the whole picture of a `Table` at `values` as SVG, as a page shows it."""
    drawings = table.draw(table.order, values)
    looks = _Looks(table.recorder, "")
    picture = table.scene.picture
    box = f"0 0 {picture.width * UNITS} {picture.height * UNITS}"
    inner = "".join(_elements(drawing, looks.all) for drawing in drawings)
    return f'<svg viewBox="{box}" xmlns="http://www.w3.org/2000/svg"><defs>{"".join(looks.definitions)}</defs>{inner}</svg>'


def _words(drawing):
    return drawing[1].split(" ", 2)[2] if drawing else ""


def script(name, packed):
    """Return the file that brings a table into a page, from a disk as well: a script in UTF-16.

    Fifteen bits a letter, all of them between the Japanese syllables and the end of Hangul's: a fifteenth larger
    than the table, where base64 would be a third larger.
    """
    count = -(-len(packed) * 8 // 15)
    bits = np.unpackbits(np.frombuffer(packed, np.uint8))
    bits = np.pad(bits, (0, 15 * count - len(bits))).reshape(count, 15)
    letters = (bits @ (1 << np.arange(14, -1, -1)) + 0x3000).astype("<u2").tobytes().decode("utf-16-le")
    return f'ppoLive("{name}",{len(packed)},"{letters}")'.encode("utf-16")


def figure(explorer, name, wide, small, words):
    """Return the figure of an explorer: controls, both layouts; a button, if a control of it plays.

    Parameters
    ----------
    explorer : ppo_edu.drawing.explorer.Explorer
    name : str
        By which the page's script finds the tables.
    wide, small : Layout
    words : dict
        The edition's own words in this language.
    """
    controls = "".join(_control(control) for control in explorer.controls)
    plays = getattr(explorer, "plays", None)
    coarse = not plays and any(isinstance(c, Slider) and c.page_step for c in explorer.controls)
    note = f'<p class="coarse">{html.escape(words["coarse"])}</p>' if coarse else ""
    said = "".join(
        f'<p class="said" data-p="{part}" style="color:{color}">{html.escape(text)}</p>'
        for part, text, color in small.said
    )
    button = (
        f'<button type="button" class="play" data-plays="{plays}" aria-pressed="false" data-play="{words["play"]}" '
        f'data-pause="{words["pause"]}">{words["play"]}</button>'
        if plays
        else ""
    )
    return (
        f'<figure class="live" data-live="{name}">'
        f'<div class="panel wide">{wide.svg}</div><div class="panel small">{small.svg}{said}</div>'
        f'<form class="controls">{controls}<span class="pushes">{button}<button type="reset">{html.escape(t("explorer.reset"))}</button></span></form>'
        f'{note}<p class="skip" role="status"></p></figure>'
    )


def _control(control):
    label, places = html.escape(control.label), control.places()
    at = places.index(control.start)
    if isinstance(control, Slider) or (isinstance(control, Choice) and _is_numeric(control)):
        words = _readings(control, places)
        told = html.escape(json.dumps(words, ensure_ascii=False))
        return (
            f'<label><span>{label}</span><input type="range" data-c="{control.name}" min="0" max="{len(places) - 1}" '
            f'value="{at}" data-words="{told}" aria-valuetext="{words[at]}"><output>{words[at]}</output></label>'
        )
    if isinstance(control, Choice):
        options = "".join(
            f"<option{' selected' * (value == control.start)}>{html.escape(words)}</option>"
            for words, value in control.options.items()
        )
        return f'<label><span>{label}</span><select data-c="{control.name}">{options}</select></label>'
    checked = " checked" if control.start else ""
    return f'<label class="check"><input type="checkbox" data-c="{control.name}"{checked}><span>{label}</span></label>'


def _is_numeric(control):
    return all(isinstance(value, (int, float)) for value in control.options.values())


def _readings(control, places):
    if isinstance(control, Choice):
        return list(control.options)
    if control.whole:
        return [str(value) for value in places]
    decimals = max(2, len(f"{control.step}".partition(".")[2]))
    return [f"{value:.{decimals}f}" for value in places]
