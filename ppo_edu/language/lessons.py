"""The lessons by slug: number, title, question and minutes, as ``lessons.toml`` lists them."""

import dataclasses
import functools
import tomllib
from pathlib import Path


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
