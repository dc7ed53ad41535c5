"""What a lesson is written as: one bilingual source in jupytext's percent format.

A source is ``notebooks/source/slug.py``; its place and its titles stand in ``ppo_edu/language/lessons.toml``.

- Each markdown cell says its language and stands next to its sibling in the other one. ``against`` is the
  `fingerprint` of the sibling's text that it was written against, so a change to one tells that the other
  is stale until a person has looked at both:

      # %% [markdown] lang="ko" against="1f3a9c2e"
      # %% [markdown] lang="en" against="9b01d77c"

- Code cells serve both languages: at most 25 lines, no prose (words come from ``ppo_edu/language``).
- One code cell is tagged ``tags=["language"]`` and says ``ppo_edu.use_language("en")``, which becomes
  ``"ko"`` in the Korean notebook. Other tags, such as nbval's, are kept.
- What is tagged ``tags=["teacher"]`` is for teachers alone: see `teacher`.
- A text names a lesson by its slug, and the generator writes number, title and link: see `references`.
"""

import hashlib
import io
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupytext
from IPython.core.inputtransformer2 import TransformerManager

from lessons import predictions
from lessons.references import problems_in_references
from ppo_edu.guards.files import whole_file
from ppo_edu.language import lessons as listed

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LANGUAGES = {"ko": "Korean", "en": "English"}
LANGUAGE_CALL = 'ppo_edu.use_language("{}")'
MAX_CODE_LINES = 25
_CELL_HEADER = re.compile(r"^# %%(?=\s|$)")
AGAINST = re.compile(r"""\s+against=("[^"]*"|'[^']*')""")
_ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
_STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}  # the latter from 3.12 on
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


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
    def slug(self):
        return self.path.stem

    @property
    def name(self):
        """Its notebooks' name, without the ending."""
        entry = listed.lessons().get(self.slug)
        return entry.name if entry else self.slug

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
            pair = {language_of(self.cells[i]): i for i in (index, index + 1)}
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
        return f"{self.path.name}{line}: cell {index + 1} ({first_line(self.cells[index])})"


def fingerprint(text):
    """Return eight hexadecimal digits that change when `text` does (not for newlines or outer space)."""
    text = "\n".join(text.splitlines()).strip()
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


def find_lessons(folder=NOTEBOOKS, only=None):
    """Return the lessons of ``folder/source`` in order; `only` is a number (``"03"``), slug or name.

    Raises
    ------
    SystemExit
        If `only` names no lesson.
    """
    order = list(listed.lessons())
    paths = sorted(
        (folder / "source").glob("*.py"),
        key=lambda path: (order.index(path.stem) if path.stem in order else len(order), path.stem),
    )
    lessons = [Lesson.read(path) for path in paths]
    if not only:
        return lessons
    chosen = [
        lesson
        for lesson in lessons
        if only in (lesson.slug, lesson.name) or only.zfill(2) == lesson.name.split("_")[0]
    ]
    if not chosen:
        raise SystemExit(f"no lesson {only!r}; there are: {', '.join(lesson.name for lesson in lessons)}")
    return chosen


def problems_in_source(lesson):
    """Return what keeps the source from becoming two notebooks, one line each."""
    problems = problems_in_cells(lesson)
    chosen = [cell for cell in lesson.cells if "language" in cell.metadata.get("tags", [])]
    call = LANGUAGE_CALL.format("en")
    if len(chosen) != 1 or chosen[0].source.count(call) != 1:
        problems.append(f'{lesson.path.name}: one code cell must be tagged tags=["language"] and say {call}')
    return problems


def problems_in_cells(lesson):
    """Return what is wrong with the cells of a source one by one, or pair by pair, one line each."""
    if len(lesson.header_lines) != len(lesson.cells):
        return [f"{lesson.path.name}: text before the first `# %%`, or a line inside a cell begins with it"]
    paired = {index for pair in lesson.pairs() for index in pair.values()}
    problems = []
    for index, cell in enumerate(lesson.cells):
        if not cell.source.strip():
            found = ["is empty"]
        elif cell.cell_type == "markdown":
            found = [] if index in paired else [_why_unpaired(cell)]
            found += problems_in_references(cell.source, language_of(cell))
        elif cell.cell_type == "code":
            found = _problems_in_code(cell)
        else:
            found = ["is neither markdown nor code"]
        problems += [f"{lesson.where(index)} {problem}" for problem in found]
    for pair in lesson.pairs():
        texts = [lesson.cells[pair[language]].source for language in ("ko", "en")]
        problems += [f"{lesson.where(pair['ko'])} {found}" for found in predictions.problems(*texts)]
    return problems


def stale_pairs(lesson):
    """Return a line for each pair of siblings that changed since the two were compared."""
    lines = []
    for pair in lesson.pairs():
        stale = [language for language in LANGUAGES if lesson.against(pair, language) is not None]
        if not stale:
            continue
        this, other = stale[0], "en" if stale[0] == "ko" else "ko"
        beside = f"cell {pair[other] + 1} ({first_line(lesson.cells[pair[other]])})"
        if len(stale) == 1:
            what = f"the {LANGUAGES[this]} is stale: the {LANGUAGES[other]} beside it, {beside}, has changed"
            todo = f"bring the {LANGUAGES[this]} up to date"
        else:
            what = f"is stale, and so is {beside} beside it: they were not compared as they are now"
            todo = "compare them"
        lines.append(f"{lesson.where(pair[this])} {what}; {todo}, then: make agree LESSON={lesson.slug}")
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
        with whole_file(lesson.path) as file:
            file.write("".join(lines).encode("utf-8"))
    return accepted


def _with_fingerprint(header, against):
    new = f' against="{against}"'
    if AGAINST.search(header):
        return AGAINST.sub(new, header, count=1)
    bare = header.rstrip()
    return bare + new + header[len(bare) :]


def _problems_in_code(cell):
    problems = []
    if len(cell.source.splitlines()) > MAX_CODE_LINES:
        problems.append(f"has {len(cell.source.splitlines())} lines; {MAX_CODE_LINES} fit a screen: split it")
    if _HANGUL.search(cell.source):
        problems.append("has Hangul in its code, which both languages share: see ppo_edu/language")
    try:
        python = TransformerManager().transform_cell(cell.source)
        tokens = list(tokenize.generate_tokens(io.StringIO(python).readline))
    except (SyntaxError, tokenize.TokenError) as error:
        return [*problems, f"is not Python: {error}"]
    for token in tokens:
        if token.type == tokenize.COMMENT and not token.string.startswith("# noqa"):
            problems.append(f"has the comment {token.string!r}: say it in a markdown cell, in both languages")
        # What an f-string puts in is code and not words.
        if token.type in _STRINGS and (found := _ENGLISH.search(re.sub(r"\{.*?\}", "{}", token.string))):
            problems.append(f"has the words {found[0]!r} in its code: t(...) has them in both languages")
    return problems


def _why_unpaired(cell):
    language = language_of(cell)
    if language not in LANGUAGES:
        return 'does not say its language: # %% [markdown] lang="ko" or lang="en"'
    missing = LANGUAGES["en" if language == "ko" else "ko"]
    return f"is {LANGUAGES[language]} without {missing} directly before or after it"


def language_of(cell):
    return cell.metadata.get("lang") if cell.cell_type == "markdown" else None


def is_for_teachers(cell):
    """Return whether a cell is for teachers alone, and no part of the lesson: see `teacher`."""
    return "teacher" in cell.metadata.get("tags", [])


def is_exercise(cell):
    """Return whether a cell is where the learner's answer goes."""
    return any(tag.startswith("exercise-") for tag in cell.metadata.get("tags", []))


def first_line(cell):
    line = next(iter(cell.source.strip().splitlines()), "")
    return repr(line if len(line) <= 60 else line[:57] + "...")
