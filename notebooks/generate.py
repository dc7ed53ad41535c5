"""Make the Korean and the English notebooks of each lesson from its one bilingual source.

    python notebooks/generate.py               every lesson (`make lessons`)
    python notebooks/generate.py 03            one of them (`make lessons LESSON=03`)
    python notebooks/generate.py --agree 03    both languages say the same now (`make agree LESSON=03`)
    python notebooks/generate.py --check       are the committed notebooks what the sources make?

A source is a notebook in jupytext's percent format, ``notebooks/source/NN_slug.py``:

- Each markdown cell says its language and stands next to its sibling in the other one. ``against`` is the
  `fingerprint` of the sibling's text that it was written against, so a change to one tells that the other
  is stale until a person has looked at both:

      # %% [markdown] lang="ko" against="1f3a9c2e"
      # %% [markdown] lang="en" against="9b01d77c"

- Code cells serve both languages: at most 25 lines, no prose (words come from ``ppo_edu/locale``).
- One code cell is tagged ``tags=["language"]`` and says ``ppo_edu.use_language("en")``, which becomes
  ``"ko"`` in the Korean notebook. Other tags, such as nbval's, are kept.

``notebooks/ko`` and ``notebooks/en`` are written and executed from that, outputs included, and never edited.
"""

import argparse
import asyncio
import base64
import copy
import hashlib
import io
import os
import re
import sys
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupytext
import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from PIL import Image

NOTEBOOKS = Path(__file__).parent
LANGUAGES = {"ko": "Korean", "en": "English"}
LANGUAGE_CALL = 'ppo_edu.use_language("{}")'
MAX_CODE_LINES = 25
MAX_NOTEBOOK_BYTES = 1_000_000
MAX_IMAGE_BYTES = 300_000
MAX_CELL_SECONDS = 300
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

# What a run writes here differs from machine to machine (the Python version), so it is not taken from there.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}

_CELL_HEADER = re.compile(r"^# %%(?=\s|$)")
_AGAINST = re.compile(r"""\s+against=("[^"]*"|'[^']*')""")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{4,}")
_HERE = re.escape(str(NOTEBOOKS.parent.resolve()))
_ROOTS = rf"~/|/(?:home|Users|root|tmp|usr|var|opt)/|[A-Z]:\\|{_HERE}"
_MACHINE_PATH = re.compile(rf"(?<![\w./:-])(?:{_ROOTS})[^\s'\"<]+")
_TERMINAL_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_IMAGE_WITHOUT_ALT = re.compile(r"<img\b(?![^>]*\balt=['\"]?[^'\"\s>])[^>]*>")
_DATA_URI = re.compile(r"data:[\w/+.;-]+,[A-Za-z0-9+/=%]*")


@dataclass(frozen=True)
class Lesson:
    """One bilingual source, read."""

    path: Path
    text: str

    @classmethod
    def read(cls, path):
        # Bytes, because text mode would turn the newlines of a Windows checkout into others.
        return cls(path, path.read_bytes().decode("utf-8"))

    @property
    def name(self):
        return self.path.stem

    @property
    def number(self):
        return self.name.split("_")[0]

    @cached_property
    def cells(self):
        return jupytext.reads(self.text, fmt="py:percent").cells

    @cached_property
    def header_lines(self):
        """Index of the line on which each cell begins."""
        return [i for i, line in enumerate(self.text.splitlines()) if _CELL_HEADER.match(line)]

    def pairs(self):
        """Return the indices of the markdown siblings, as dicts from language to index."""
        pairs, index = [], 0
        while index + 1 < len(self.cells):
            pair = {_language(self.cells[i]): i for i in (index, index + 1)}
            if pair.keys() == LANGUAGES.keys():
                pairs.append(pair)
                index += 1
            index += 1
        return pairs

    def against(self, pair, language):
        """Return the fingerprint that this language's cell of `pair` should have, or None if it has it."""
        other = "en" if language == "ko" else "ko"
        wanted = fingerprint(self.cells[pair[other]].source)
        return None if self.cells[pair[language]].metadata.get("against") == wanted else wanted

    def where(self, index):
        """Return what leads an author to a cell: file and line, number, first line."""
        line = f":{self.header_lines[index] + 1}" if index < len(self.header_lines) else ""
        return f"{self.path.name}{line}: cell {index + 1} ({_first_line(self.cells[index])})"


def fingerprint(text):
    """Return eight hexadecimal digits that change when `text` does (not for newlines or outer space)."""
    text = "\n".join(text.splitlines()).strip()
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def find_lessons(folder=NOTEBOOKS, only=None):
    """Return the lessons of ``folder/source`` in order; `only` is a number such as ``"03"`` or a name.

    Raises
    ------
    SystemExit
        If `only` names no lesson.
    """
    lessons = [Lesson.read(path) for path in sorted((folder / "source").glob("*.py"))]
    if not only:
        return lessons
    chosen = [lesson for lesson in lessons if only.zfill(2) in (lesson.number, lesson.name)]
    if not chosen:
        raise SystemExit(f"no lesson {only!r}; there are: {', '.join(lesson.name for lesson in lessons)}")
    return chosen


# The source: what a lesson must keep to before it is run


def problems_in_source(lesson):
    """Return what keeps the source from becoming two notebooks, one line each."""
    if len(lesson.header_lines) != len(lesson.cells):
        return [f"{lesson.path.name}: text before the first `# %%`, or a line inside a cell begins with it"]
    paired = {index for pair in lesson.pairs() for index in pair.values()}
    problems = []
    for index, cell in enumerate(lesson.cells):
        if not cell.source.strip():
            found = ["is empty"]
        elif cell.cell_type == "markdown":
            found = [] if index in paired else [_why_unpaired(cell)]
        elif cell.cell_type == "code":
            found = _problems_in_code(cell)
        else:
            found = ["is neither markdown nor code"]
        problems += [f"{lesson.where(index)} {problem}" for problem in found]
    chosen = [cell for cell in lesson.cells if "language" in cell.metadata.get("tags", [])]
    call = LANGUAGE_CALL.format("en")
    if len(chosen) != 1 or chosen[0].source.count(call) != 1:
        problems.append(f'{lesson.path.name}: one code cell must be tagged tags=["language"] and say {call}')
    return problems


def stale_pairs(lesson):
    """Return a line for each pair of siblings that changed since the two were compared."""
    lines = []
    for pair in lesson.pairs():
        stale = [language for language in LANGUAGES if lesson.against(pair, language) is not None]
        if not stale:
            continue
        this, other = stale[0], "en" if stale[0] == "ko" else "ko"
        beside = f"cell {pair[other] + 1} ({_first_line(lesson.cells[pair[other]])})"
        if len(stale) == 1:
            what = f"the {LANGUAGES[this]} is stale: the {LANGUAGES[other]} beside it, {beside}, has changed"
            todo = f"bring the {LANGUAGES[this]} up to date"
        else:
            what = f"is stale, and so is {beside} beside it: they were not compared as they are now"
            todo = "compare them"
        lines.append(f"{lesson.where(pair[this])} {what}; {todo}, then: make agree LESSON={lesson.number}")
    return lines


def agree(lesson):
    """Rewrite the fingerprints that are stale, and nothing else; return a line for each of them."""
    lines = lesson.text.splitlines(keepends=True)
    accepted = []
    for pair in lesson.pairs():
        for language in LANGUAGES:
            if against := lesson.against(pair, language):
                number = lesson.header_lines[pair[language]]
                lines[number] = _with_fingerprint(lines[number], against)
                accepted.append(f"{lesson.where(pair[language])} agrees with what stands beside it now")
    if accepted:
        _write_atomically(lesson.path, "".join(lines))
    return accepted


def _with_fingerprint(header, against):
    new = f' against="{against}"'
    if _AGAINST.search(header):
        return _AGAINST.sub(new, header, count=1)
    bare = header.rstrip()
    return bare + new + header[len(bare):]


def _problems_in_code(cell):
    problems = []
    if len(cell.source.splitlines()) > MAX_CODE_LINES:
        problems.append(f"has {len(cell.source.splitlines())} lines; {MAX_CODE_LINES} fit a screen: split it")
    if _HANGUL.search(cell.source):
        problems.append("has Hangul in its code, which both languages share: words come from ppo_edu/locale")
    try:
        python = TransformerManager().transform_cell(cell.source)
        tokens = list(tokenize.generate_tokens(io.StringIO(python).readline))
    except (SyntaxError, tokenize.TokenError) as error:
        return [*problems, f"is not Python: {error}"]
    for token in tokens:
        if token.type == tokenize.COMMENT and not token.string.startswith("# noqa"):
            problems.append(f"has the comment {token.string!r}: say it in a markdown cell, in both languages")
    return problems


def _why_unpaired(cell):
    language = _language(cell)
    if language not in LANGUAGES:
        return 'does not say its language: # %% [markdown] lang="ko" or lang="en"'
    missing = LANGUAGES["en" if language == "ko" else "ko"]
    return f"is {LANGUAGES[language]} without {missing} directly before or after it"


def _language(cell):
    return cell.metadata.get("lang") if cell.cell_type == "markdown" else None


def _first_line(cell):
    line = next(iter(cell.source.strip().splitlines()), "")
    return repr(line if len(line) <= 60 else line[:57] + "...")


# The notebooks: built from the source, executed, cleaned


def build(lesson, language):
    """Return one language's notebook, not yet executed; cell ids come from the text, so they are stable."""
    english = {pair["ko"]: lesson.cells[pair["en"]].source for pair in lesson.pairs()}
    seen = {}
    cells = []
    for index, cell in enumerate(lesson.cells):
        if _language(cell) not in (language, None):
            continue
        name = fingerprint(english.get(index, cell.source))
        seen[name] = seen.get(name, 0) + 1
        options = {
            "id": name if seen[name] == 1 else f"{name}-{seen[name]}",
            # jupytext adds lines_to_next_cell, for its own use
            "metadata": {
                key: value
                for key, value in cell.metadata.items()
                if key not in ("lang", "against", "lines_to_next_cell")
            },
        }
        source = cell.source
        if cell.cell_type == "code":
            if "language" in cell.metadata.get("tags", []):
                source = source.replace(LANGUAGE_CALL.format("en"), LANGUAGE_CALL.format(language))
            cells.append(nbformat.v4.new_code_cell(source, **options))
        else:
            cells.append(nbformat.v4.new_markdown_cell(source, **options))
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(METADATA))


async def execute(notebook, folder):
    """Run every cell of `notebook` in place, in a fresh kernel that stands in `folder`."""
    client = NotebookClient(
        notebook,
        timeout=MAX_CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        # It listens on this machine only, but would warn each time that it speaks plain TCP.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    # A backend chosen for scripts would keep figures out of the notebook.
    env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    await client.async_execute(env=env)


def clean(notebook):
    """Take out of `notebook`, in place, what only the kernel that ran it could show again."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in _code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            if any(kind.startswith("image/") for kind in data):
                data.pop(WIDGET_VIEW, None)
            if "image/png" in data:
                data["image/png"] = _with_fewer_colours(data["image/png"])
        cell.outputs = _join_streams(cell.outputs)


def _with_fewer_colours(png):
    """Return a still picture, PNG in base64, with 256 colours: a third of the size, and no eye sees it."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        if picture.mode == "P" or getattr(picture, "is_animated", False):
            return png
        # Of Pillow's methods the one that stays nearest to every colour, and leaves white as white as it was.
        flat = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    flat.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


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
        problems += [f"cell {number} ({_first_line(cell)}) {problem}" for problem in found]
    size = len(nbformat.writes(notebook).encode("utf-8"))
    if size >= MAX_NOTEBOOK_BYTES:
        limit = MAX_NOTEBOOK_BYTES / 1e6
        problems.append(f"has {size / 1e6:.2f} MB and the limit is {limit:.0f} MB: show smaller pictures")
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
        if path := _MACHINE_PATH.search(_TERMINAL_COLOUR.sub(" ", text)):
            yield f"prints a path of this machine: {path[0]!r} (%xmode Minimal leaves them out of tracebacks)"
        if image := _IMAGE_WITHOUT_ALT.search(text):
            yield f"shows a picture without alt text: {image[0][:80]!r}"


def _texts(output):
    if output.output_type == "stream":
        return [output.text]
    if output.output_type == "error":
        return [output.evalue, *output.traceback]
    return [text for kind, text in output.data.items() if kind.startswith("text/")]


def _join_streams(outputs):
    # A kernel sends what a cell prints in chunks that depend on timing.
    joined = []
    for output in outputs:
        before = joined[-1] if joined else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            before.text += output.text
        else:
            joined.append(output)
    return joined


def _code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


# The three commands


async def make_notebooks(lesson, folder=NOTEBOOKS):
    """Write the lesson's notebooks, both or, if there are problems, neither; return the problems."""
    if problems := problems_in_source(lesson):
        return problems
    notebooks = {language: build(lesson, language) for language in LANGUAGES}
    for language in LANGUAGES:
        (folder / language).mkdir(exist_ok=True)
    failures = await asyncio.gather(
        *(execute(notebook, folder / language) for language, notebook in notebooks.items()),
        return_exceptions=True,
    )
    for (language, notebook), failure in zip(notebooks.items(), failures, strict=True):
        where = f"{language}/{lesson.name}.ipynb"
        if isinstance(failure, (CellControlSignal, DeadKernelError)):
            problems.append(f"{where}: {_TERMINAL_COLOUR.sub('', str(failure))}")
        elif failure is not None:
            raise failure
        else:
            clean(notebook)
            problems += [f"{where}: {problem}" for problem in problems_in_outputs(notebook)]
    if not problems:
        for language, notebook in notebooks.items():
            _write_atomically(folder / language / f"{lesson.name}.ipynb", nbformat.writes(notebook) + "\n")
    return problems


def check(folder=NOTEBOOKS):
    """Return every way in which the committed notebooks are not what the sources make; runs no cell."""
    lessons = find_lessons(folder)
    problems = []
    for lesson in lessons:
        wrong = problems_in_source(lesson)
        problems += wrong or stale_pairs(lesson)
        for language in LANGUAGES if not wrong else ():
            where = f"{language}/{lesson.name}.ipynb"
            problems += [f"{where} {problem}" for problem in _problems_in_committed(lesson, language, folder)]
    names = {f"{lesson.name}.ipynb" for lesson in lessons}
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.ipynb")):
            if path.name not in names:
                problems.append(f"{language}/{path.name}: has no source; remove it")
    return problems


def _problems_in_committed(lesson, language, folder):
    again = f"make lessons LESSON={lesson.number}"
    path = folder / language / f"{lesson.name}.ipynb"
    if not path.exists():
        return [f"is missing: {again}"]
    notebook = nbformat.read(path, as_version=4)
    built = build(lesson, language)
    if difference := _difference(built, notebook):
        return [f"is not what the source makes ({difference}): {again}"]
    counts = [cell.execution_count for cell in _code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        return [f"was not executed from top to bottom in a fresh kernel: {again}"]
    return problems_in_outputs(notebook)


def _difference(built, notebook):
    if built.metadata != notebook.metadata:
        return "its metadata differ"
    for number, (cell, found) in enumerate(zip(built.cells, notebook.cells, strict=False), start=1):
        for key in ("cell_type", "id", "source", "metadata"):
            if cell[key] != found.get(key):
                return f"the {key} of cell {number}, {_first_line(cell)}, differs"
    if len(built.cells) != len(notebook.cells):
        return f"{len(built.cells)} cells expected, {len(notebook.cells)} found"
    return None


def _write_atomically(path, text):
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(text.encode("utf-8"))
    unfinished.replace(path)


def main(arguments=None, folder=NOTEBOOKS):
    """Carry out the command line and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", help="number or name; all lessons if left out")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--agree", action="store_true", help="accept a lesson's two languages as they stand")
    what.add_argument("--check", action="store_true", help="compare the notebooks with their sources")
    options = parser.parse_args(arguments)
    if options.agree and not options.lesson:
        parser.error("--agree needs a lesson: make agree LESSON=03")
    if options.check:
        problems = check(folder)
        print("\n".join(problems) or "the notebooks are what the sources make")
        return 1 if problems else 0
    lessons = find_lessons(folder, options.lesson)
    if options.agree:
        return max(_agree_aloud(lesson) for lesson in lessons)
    failed = [lesson.name for lesson in lessons if not _make_aloud(lesson, folder)]
    if failed:
        print(f"left as they were: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _agree_aloud(lesson):
    if problems := problems_in_source(lesson):
        print("\n".join(problems), file=sys.stderr)
        return 1
    print("\n".join(agree(lesson)) or f"{lesson.path.name}: nothing was stale")
    return 0


def _make_aloud(lesson, folder):
    problems = asyncio.run(make_notebooks(lesson, folder))
    for line in problems or stale_pairs(lesson):
        print(line, file=sys.stderr)
    if not problems:
        print(f"{lesson.name}: written and executed in {' and '.join(LANGUAGES.values())}")
    return not problems


if __name__ == "__main__":
    sys.exit(main())
