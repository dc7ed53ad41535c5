"""What a reader should not meet in the outputs of a notebook."""

import re

import nbformat

from lessons.notebook import WIDGET_VIEW
from lessons.source import NOTEBOOKS, first_line

# Moving stills are some 100 kB each, and a lesson may have five.
MAX_NOTEBOOK_BYTES = 1_500_000
MAX_IMAGE_BYTES = 300_000
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
_HERE = re.escape(str(NOTEBOOKS.parent.resolve()))
_ROOTS = rf"~/|/(?:home|Users|root|tmp|usr|var|opt)/|[A-Z]:\\|{_HERE}"
_MACHINE_PATH = re.compile(rf"(?<![\w./:-])(?:{_ROOTS})[^\s'\"<]+")
TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_IMAGE_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\balt=['\"]?[^'\"\s>])[^>]*>")
_DATA_URI = re.compile(r"data:[\w/+.;-]+,[A-Za-z0-9+/=%]*")


def problems_in_outputs(notebook):
    """Return what a reader of `notebook` should not meet in its outputs, one line each."""
    problems = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        tags = cell.metadata.get("tags", [])
        found = [problem for output in cell.outputs for problem in _problems_in_output(output, tags)]
        if "nbval-check-output" in tags and not any(_texts(output) for output in cell.outputs):
            found.append("is tagged nbval-check-output, but prints nothing that could be compared")
        problems += [f"cell {number} ({first_line(cell)}) {problem}" for problem in found]
    size = len(nbformat.writes(notebook).encode("utf-8"))
    if size >= MAX_NOTEBOOK_BYTES:
        limit = MAX_NOTEBOOK_BYTES / 1e6
        problems.append(f"has {size / 1e6:.2f} MB and the limit is {limit:g} MB: show smaller pictures")
    return problems


def _problems_in_output(output, tags):
    if output.output_type == "error" and "raises-exception" not in tags:
        yield f"raised {output.ename}: {output.evalue}"
    if output.output_type == "stream" and output.name == "stderr":
        yield f"wrote to stderr (a warning?): {output.text.strip()[:300]}"
    data = output.get("data", {})
    if WIDGET_VIEW in data:
        yield "shows only a widget, which GitHub cannot draw: display it together with a picture (image/png)"
    for kind, content in data.items():
        if not kind.startswith("image/"):
            continue
        if not output.metadata.get(kind, {}).get("alt", "").strip():
            yield f'shows a picture ({kind}) without metadata "alt", its words for those who cannot see it'
        told = output.metadata.get(kind, {})
        if "explorer" in told and not told.get("moves"):
            yield f"shows {told['explorer']!r} at rest: without a kernel nobody sees that it can be moved"
        size = len(content.encode("utf-8")) * (1 if kind == "image/svg+xml" else 3 / 4)
        if size > MAX_IMAGE_BYTES:
            yield f"shows a picture of {size / 1e3:.0f} kB; {MAX_IMAGE_BYTES / 1e3:.0f} kB is the limit"
    for text in _texts(output):
        text = _DATA_URI.sub("", text)
        if "\r" in text:
            yield "overwrites its own output line (a progress bar?): print whole lines, or update a display"
        if address := _ADDRESS.search(text):
            yield f"prints a memory address: {address[0]!r}"
        # A colour code ends in a letter, which would hide that a path begins after it.
        if path := _MACHINE_PATH.search(TERMINAL_COLOUR.sub(" ", text)):
            yield f"prints a path of this machine: {path[0]!r} (%xmode Minimal leaves them out of tracebacks)"
        if image := _IMAGE_WITHOUT_ALT.search(text):
            yield f"shows a picture without alt text: {image[0][:80]!r}"


def _texts(output):
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return [output.evalue, *output.traceback]
    return [text for kind, text in output.data.items() if kind.startswith("text/")]
