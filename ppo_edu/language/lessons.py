"""The lessons by slug: number, title, question and minutes, as ``lessons.toml`` lists them."""

import dataclasses
import functools
import re
import tomllib
from pathlib import Path
from urllib.parse import quote

_MARKUP = re.compile(r"[`*]|\[([^\]]*)\]\([^)]*\)")
_UNSAFE = re.compile(r"[^\w.,:;?!~'-]")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One lesson of the list.

    Attributes
    ----------
    slug : str
        Its name in code and sources, such as ``"ratio"``.
    number : str
        Two digits, its place in the list; ``""`` for a page without a number.
    title, question : dict
        From ``"ko"`` and ``"en"`` to the words.
    minutes : int
    """

    slug: str
    number: str
    title: dict
    question: dict
    minutes: int

    @property
    def name(self):
        """The notebook's name without its ending, such as ``"03_ratio"``."""
        return f"{self.number}_{self.slug}" if self.number else self.slug

    def heading(self, language):
        """Return its number, if it has one, and its title."""
        return f"{self.number} · {self.title[language]}" if self.number else self.title[language]


@functools.cache
def lessons():
    """Return the entries of all lessons, a dict by slug, in their order."""
    words = tomllib.loads(Path(__file__).with_name("lessons.toml").read_text(encoding="utf-8"))
    entries, number = {}, 0
    for slug, entry in words.items():
        numbered = entry.pop("numbered", True)
        entries[slug] = Entry(slug, f"{number:02d}" if numbered else "", **entry)
        number += numbered
    return entries


@functools.cache
def exercise_headings():
    """Return the headings of exercises in their lessons: from a name to a dict by language.

    The generator of the lessons writes the file, from the headings there.
    """
    return tomllib.loads(Path(__file__).with_name("exercise_headings.toml").read_text(encoding="utf-8"))


def anchor(heading):
    """Return what leads to a heading, in JupyterLab and on GitHub: its words as read, with hyphens."""
    words = _MARKUP.sub(lambda found: found[1] or "", heading)
    # Of what is not a letter, some would end the link, and JupyterLab would take $ for mathematics.
    return "#" + _UNSAFE.sub(lambda found: quote(found[0]), words.replace(" ", "-"))
