"""The ways from a lesson to others, which the generator writes: header, footer and the list of its sections.

Each lesson begins and ends with links to the one before it, to the map, to the one after it and to the same
lesson in the other language. Its sections stand in a table beside those of the other language, so that each
leads to the same place there.
"""

import json
import re

from lessons.references import resolved
from lessons.source import Lesson, is_for_teachers, language_of
from ppo_edu.language.lessons import anchor, lessons

NAMES = {"ko": "한국어", "en": "English"}
_WORDS = {
    "ko": {"map": "과정 지도", "sections": "이 레슨의 차례"},
    "en": {"map": "The map", "sections": "The sections of this lesson"},
}
_MAP = "start_here"
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_SMALL_HEADING = re.compile(r"^### +(.+?) *$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def header(lesson, language):
    """Return the first cell of a lesson's notebook, in Markdown; None if it is not in the list."""
    return _ways(lesson, language, "")


def footer(lesson, language):
    """Return its last cell; the link to the other language leads to the last section there."""
    headings = sections(lesson, _other(language))
    return _ways(lesson, language, anchor(headings[-1]) if headings else "")


def contents(lesson, language):
    """Return the table of its sections; None if there are none."""
    here, there = sections(lesson, language), sections(lesson, _other(language))
    if not here or len(here) != len(there):
        return None
    name = f"{lesson.name}.ipynb"
    rows = [
        f"| [{cell(own)}]({anchor(own)}) | [{cell(other)}](../{_other(language)}/{name}{anchor(other)}) |"
        for own, other in zip(here, there, strict=True)
    ]
    head = f"| {_WORDS[language]['sections']} | {NAMES[_other(language)]} |"
    summary = f"<summary>{_WORDS[language]['sections']}</summary>"
    return "\n".join(["<details>", summary, "", head, "|---|---|", *rows, "", "</details>"])


def sections(lesson, language):
    """Return the headings of a lesson's sections in one language, as Markdown."""
    texts = [
        resolved(cell.source, lesson.slug, language)
        for cell in lesson.cells
        if language_of(cell) == language and not is_for_teachers(cell)
    ]
    return [heading for text in texts for heading in headings_in(text)]


def headings_in(text):
    """Return the headings of sections in a markdown cell's `text`."""
    return _HEADING.findall(_FENCED.sub("", text))


def _ways(lesson, language, place_there):
    order = list(lessons())
    if lesson.slug not in order:
        return None
    place = order.index(lesson.slug)
    ways = []
    if place > 0:
        ways.append(_link("← ", order[place - 1], "", language))
    ways.append(f"[{_WORDS[language]['map']}]({lessons()[_MAP].name}.ipynb{_map_anchor(lesson, language)})")
    if place + 1 < len(order):
        ways.append(_link("", order[place + 1], " →", language))
    other = _other(language)
    ways.append(f"[{NAMES[other]}](../{other}/{lesson.name}.ipynb{place_there})")
    return " | ".join(ways)


def _link(before, slug, after, language):
    entry = lessons()[slug]
    return f"[{before}{entry.heading(language)}{after}]({entry.name}.ipynb)"


def _map_anchor(lesson, language):
    """Return the anchor of the section with the map of the lessons."""
    path = lesson.path.with_name(f"{_MAP}.py")
    for cell in Lesson.read(path).cells if path.exists() else ():
        before, found, _ = cell.source.partition("{map}")
        if found and language_of(cell) == language:
            return anchor(_HEADING.findall(before)[-1])
    return ""


def cell(heading):
    """Return a heading as it may stand in a cell of a table."""
    return heading.replace("|", "\\|")


def _other(language):
    return "en" if language == "ko" else "ko"


def exercise_headings(lessons):
    """Return the file of headings above exercises, TOML: see `ppo_edu.language.lessons.exercise_headings`."""
    lines = ["# Written by tools/lessons: what each exercise is called in its lesson."]
    for lesson in lessons:
        last = {}
        for cell in [cell for cell in lesson.cells if not is_for_teachers(cell)]:
            if found := _SMALL_HEADING.findall(cell.source) if language_of(cell) else None:
                last[language_of(cell)] = found[-1]
            for tag in cell.metadata.get("tags", []):
                if tag.startswith("exercise-"):
                    entries = [
                        f"{language} = {json.dumps(last[language], ensure_ascii=False)}" for language in NAMES
                    ]
                    lines += ["", f"[{tag.removeprefix('exercise-')}]", *entries]
    return "\n".join(lines) + "\n"
