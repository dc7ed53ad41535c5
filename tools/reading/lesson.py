"""A lesson's executed notebook as the body of a page."""

import ast
import base64
import html
import io
import itertools
import re

from PIL import Image, ImageSequence

from ppo_edu import exercises, explorers
from reading import live, marked, trainings
from reading.questions import exercise

explorers_shown = [*dir(explorers), *trainings.SHOWN]
_EXPLORER = re.compile(r"^(?:explorers\.(\w+)\(\)|workbench\.(\w+)\(.*\))$")
_CHECK = re.compile(r"^ppo_edu\.check\(")
_HEADING = re.compile(r"<h([1-3])>(.*?)</h\1>", re.DOTALL)
_PREDICT = re.compile(
    r"(?:<blockquote>\s*)?<p>(?:(?!</p>).)*?<strong>(?:예측|Predict)</strong>.*?</p>(?:\s*</blockquote>)?",
    re.DOTALL,
)
_NUMBER = re.compile(r"(\d+)\. ")


class Body:
    """The body of a lesson's page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    name : str
        The notebook's name, without its ending.
    words : dict
        The edition's own words.
    tables : callable
        From an explorer's name to its two `live.Layout`, a wide one and one for phones.
    save : callable
        ``save(path, bytes)`` puts a file beside the page.
    run : str
        Where the notebook is, an address.

    Attributes
    ----------
    html : str
    headings : list of (level, anchor, words)
        The anchors are the same in both languages.
    """

    def __init__(self, notebook, name, words, tables, save, run):
        self.name, self.words, self._tables, self._save = name, words, tables, save
        self._run = f'<a class="run" href="{run}">{words["run_this"]}</a>' if run else ""
        here = (
            f'<a class="run" href="{run}" title="{words["run_this"]}" aria-label="{words["run_this"]}">▶</a>'
        )
        self._run_cell = here if run else ""
        self.headings, self._parts, self._open, self._count = [], [], False, 0
        cells = [cell for cell in notebook.cells if not {"navigation", "language"} & _tags(cell)]
        for cell, following in itertools.pairwise([*cells, None]):
            if cell.cell_type == "markdown":
                self._markdown(cell.source, _answers(following))
            elif "predict" not in _tags(cell):
                self._code(cell)
        self._close()
        self.html = "".join(self._parts)

    def _markdown(self, source, answers):
        made = marked.to_pages(marked.text(source))
        for piece in re.split(r"(?=<h[1-3]>)", made):
            if _HEADING.match(piece):
                self._close()
            piece = _HEADING.sub(self._heading, piece)
            # The page's first paragraphs tell what a prediction is.
            predicted = _PREDICT.search(piece) if len(self.headings) > 1 else None
            if not predicted:
                self._parts.append(piece)
                continue
            self._parts.append(piece[: predicted.start()])
            self._close()
            self._predict(predicted[0], answers)
            self._parts.append(piece[predicted.end() :])

    def _heading(self, found):
        anchor = f"s{len(self.headings)}"
        self.headings.append((int(found[1]), anchor, marked.plain(found[2])))
        number = _NUMBER.match(found[2]) if found[1] == "2" else None
        place = f'<span id="section-{number[1]}"></span>' if number else ""
        return f'<h{found[1]} id="{anchor}">{place}{found[2]}</h{found[1]}>'

    def _predict(self, paragraph, answers):
        self._count += 1
        after, words = f"after{self._count}", self.words
        said = [html.escape(answer) for answer in answers]
        asked = (
            "".join(f'<button value="{answer}">{answer}</button>' for answer in said)
            if said
            else f'<label>{words["predict_label"]}<textarea rows="2"></textarea></label>'
            f"<button>{words['predict_go']}</button>"
        )
        self._parts.append(
            f'<form class="predict" data-after="{after}">{paragraph}{asked}</form>'
            f'<div class="after" id="{after}">'
        )
        self._open = True
        self._waiting = True

    def _close(self):
        if self._open:
            self._parts.append("</div>")
        self._open = self._waiting = False

    def _code(self, cell):
        tags, source = _tags(cell), cell.source.strip()
        last = source.splitlines()[-1]
        name = shown_by(source)
        if name in explorers_shown:
            self._explorer(name, last)
            return
        named = [tag.removeprefix("exercise-") for tag in tags if tag.startswith("exercise-")]
        if named and named[0] in exercises.names():
            self._parts.append(
                f'<section class="exercise">{exercise(named[0], source, self.words, self._run)}</section>'
            )
            return
        if _CHECK.match(last):
            return
        self._parts.append(
            f'<div class="cell">{marked.code(source)}<span class="tools">{self._run_cell}<button class="copy" type="button" '
            f'data-copy="{self.words["copy"]}" data-done="{self.words["copied"]}">{self.words["copy"]}</button></span></div>'
        )
        shown = "".join(map(self._output, cell.outputs))
        self._parts.append(shown)
        if name:
            # A widget whose button trains or measures.
            self._parts.append(f'<p class="source">{html.escape(self.words["button_there"])} {self._run}</p>')
        if shown:
            self._compare()

    def _compare(self):
        if self._open and self._waiting:
            words = self.words
            self._parts.append(
                f'<p class="compare" hidden>{words["predicted"]} <q></q> {words["compare"]}</p>'
            )
            self._waiting = False

    def _explorer(self, name, call):
        self._parts.append(live.figure(explorer_called(name), name, *self._tables(name), self.words))
        told = html.escape(self.words["recorded"]) if name in trainings.SHOWN else ""
        self._parts.append(f'<p class="source"><code>{html.escape(call)}</code> {told} {self._run}</p>')
        self._compare()

    def _output(self, output):
        data = output.get("data", {})
        if "image/png" in data:
            return self._picture(data["image/png"], output.metadata.get("image/png", {}))
        if "text/html" in data:
            return f'<div class="output">{data["text/html"].replace("<pre", "<pre tabindex=0")}</div>'
        if "text/markdown" in data:
            return f'<div class="output">{marked.text(data["text/markdown"])}</div>'
        words = output.text if output.output_type == "stream" else data.get("text/plain", "")
        words = re.sub(r"\x1b\[[0-9;]*m", "", words)
        return f'<pre class="output" tabindex="0">{html.escape(words.rstrip())}</pre>' if words else ""

    def _picture(self, png, about):
        picture = Image.open(io.BytesIO(base64.b64decode(png)))
        self._count += 1
        name = f"media/{self.name}.{self._count}"
        # What stands there is for who can run the cell.
        words = about.get("words_height", 0)
        width, height = about.get("width", picture.width), about.get("height", picture.height) - words
        size = f'width="{width}" height="{height}"'
        alt = html.escape(about.get("alt", ""))
        if getattr(picture, "n_frames", 1) == 1:
            shown = picture.crop((0, words, *picture.size)) if words else picture
            self._save(f"{name}.webp", _webp([shown]))
            return f'<figure class="still"><img src="{name}.webp" {size} alt="{alt}" loading="lazy"></figure>'
        frames, durations = [], []
        for frame in ImageSequence.Iterator(picture):
            frames.append(frame.convert("RGB").crop((0, words, *picture.size)))
            durations.append(round(frame.info["duration"]))
        self._save(f"{name}.webp", _webp(frames, duration=durations, loop=picture.info["loop"]))
        self._save(f"{name}.still.webp", _webp(frames[:1]))
        words = self.words
        return (
            f'<figure class="film"><img src="{name}.still.webp" data-moving="{name}.webp" {size} alt="{alt}" loading="lazy">'
            f'<button type="button" hidden aria-pressed="false" data-play="{words["play"]}" data-pause="{words["pause"]}">'
            f"{words['play']}</button></figure>"
        )


def shown_by(source):
    """Return the name of the explorer or widget that the last line of a cell shows, or None."""
    found = _EXPLORER.match((source.strip().splitlines() or [""])[-1])
    return found and (found[1] or found[2])


def explorer_called(name):
    """Return the explorer, or the training, of this name."""
    return trainings.SHOWN[name]() if name in trainings.SHOWN else getattr(explorers, name)()


def _tags(cell):
    return set(cell.metadata.get("tags", []))


def _answers(cell):
    """Return the answers that a cell lets a learner choose from: none, if it asks nothing."""
    if cell is None or "predict" not in _tags(cell):
        return []
    (call,) = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call))
    return [ast.literal_eval(answer) for answer in call.args[1:]]


def _webp(frames, **options):
    buffer = io.BytesIO()
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    frames[0].save(buffer, "WEBP", lossless=True, quality=80, method=4, **options)
    return buffer.getvalue()
