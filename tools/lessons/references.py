"""What a source says of other lessons by slug, put into words: number, title and link stand in one list.

In a markdown cell

- ``{lesson:ratio}`` becomes a link, ``[lesson 03](03_ratio.ipynb)`` or ``[레슨 03](03_ratio.ipynb)`` (a page
  without a number: its title); with a section named behind it, ``{lesson:ratio} 5절`` or ``{lesson:ratio},
  section 5``, the link leads there;
- ``{number:ratio}`` becomes ``03``, ``{title:ratio}`` its title, ``{link:ratio}`` its file;
- ``{title}`` becomes this lesson's number and title, ``{minutes}`` its minutes;
- ``{map}`` becomes the rows of a table of all lessons, ``{glossary}`` those of a table of all terms.

No Korean particle may follow a number or title: which of its two forms is right would change with them.
"""

import functools
import re
from pathlib import Path

from ppo_edu.language.glossary import terms
from ppo_edu.language.lessons import anchor, lessons

SOURCES = Path(__file__).parents[2] / "notebooks" / "source"

_REFERENCE = re.compile(r"\{(lesson|number|title|link|minutes|map|glossary)(?::(\w+))?\}")
# 은/는, 이/가, 을/를, 와/과 and (으)로 depend on the sound before them; "이다" and its like do, too.
_PARTICLE = re.compile(
    r"\{(?:lesson|number|title)(?::\w+)?\}[*`\"']*(은|는|이|가|을|를|와|과|로|으로|라는|이라)"
)
# "3–5절", "3절, 7절"; "section 3", "sections 3 and 7".
_SECTIONS = {
    "ko": re.compile(r"\{lesson:(\w+)\}(?= (\d+(?:(?:절, |[–·])\d+)*)절)"),
    "en": re.compile(r"\{lesson:(\w+)\}(?=,? sections? (\d+(?:(?:, | and | to )\d+)*))"),
}
_CELL = re.compile(r'^# %% \[markdown\] lang="(\w+)".*?$(.*?)(?=^# %%|\Z)', re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^# ## +((\d+)\. .+?) *$", re.MULTILINE)
_BY_HAND = re.compile(r"(?:[Ll]essons?|레슨) \d\d|\d\d_\w+\.ipynb")


def resolved(text, slug, language):
    """Return a markdown cell's `text` with its references put into words."""

    def at_section(found):
        entry, numbers = lessons()[found[1]], re.findall(r"\d+", found[2])
        return _link(entry, language, anchor(numbered_sections(found[1], language)[numbers[0]]))

    def words(found):
        what, other = found[1], found[2] or slug
        if what == "map":
            return _map(language)
        if what == "glossary":
            return _glossary(language)
        entry = lessons()[other]
        if what == "lesson":
            return _link(entry, language)
        if what == "title":
            return entry.title[language] if found[2] else entry.heading(language)
        return {"number": entry.number, "link": f"{entry.name}.ipynb", "minutes": str(entry.minutes)}[what]

    return _REFERENCE.sub(words, _SECTIONS[language].sub(at_section, text))


def _link(entry, language, place=""):
    numbered = f"{'레슨' if language == 'ko' else 'lesson'} {entry.number}"
    return f"[{numbered if entry.number else entry.title[language]}]({entry.name}.ipynb{place})"


@functools.cache
def numbered_sections(slug, language):
    """Return a lesson's headings that begin with a number, a dict by that number, as text."""
    text = (SOURCES / f"{slug}.py").read_text(encoding="utf-8")
    cells = [cell for spoken, cell in _CELL.findall(text) if spoken == language]
    return {number: heading for cell in cells for heading, number in _HEADING.findall(cell)}


def problems_in_references(text, language):
    """Return what is wrong with the references of a markdown cell, one line each."""
    problems = []
    for what, slug in _REFERENCE.findall(text):
        if slug and slug not in lessons():
            problems.append(f"refers to {{{what}:{slug}}}, and the lessons are {', '.join(lessons())}")
    for slug, numbers in _SECTIONS[language].findall(text) if language in _SECTIONS else ():
        there = numbered_sections(slug, language) if slug in lessons() else {}
        for number in set(re.findall(r"\d+", numbers)) - set(there) if there else ():
            problems.append(f"refers to section {number} of {slug}, which has {', '.join(there)}")
    if language == "ko" and (found := _PARTICLE.search(text)):
        problems.append(f"has the particle {found[1]!r} after a reference: use 에서, 의, 까지 or a noun")
    if found := _BY_HAND.search(text):
        problems.append(f"names a lesson by its number, {found[0]!r}: say {{lesson:slug}}, which stays right")
    return problems


def _map(language):
    rows = []
    for entry in lessons().values():
        link = f"[{entry.title[language]}]({entry.name}.ipynb)"
        rows.append(f"| {entry.number} | {link} | {entry.question[language]} | {entry.minutes} |")
    return "\n".join(rows)


def _glossary(language):
    rows = []
    for term in terms():
        entry = lessons()[term.lesson]
        words = [term.ko, term.en] if language == "ko" else [term.en, term.ko]
        link = f"[{entry.number}]({entry.name}.ipynb)"
        rows.append("| " + " | ".join([*words, ", ".join(term.others), term.meaning[language], link]) + " |")
    return "\n".join(rows)
