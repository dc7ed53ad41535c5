"""The course's terms and the words it does not use, as ``glossary.toml`` lists them."""

import dataclasses
import functools
import tomllib
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Term:
    """One term of the course.

    Attributes
    ----------
    ko, en : str
        The term in Korean and in English.
    lesson : str
        Slug of the lesson that explains it.
    meaning : dict
        From ``"ko"`` and ``"en"`` to one line.
    others : tuple of str
        Its names in other Korean books.
    everyday : bool
        Whether a lesson may use it without its English.
    ruled_out : tuple of str
        Regular expressions of Korean words that no text may use for it.
    """

    ko: str
    en: str
    lesson: str
    meaning: dict
    others: tuple = ()
    everyday: bool = False
    ruled_out: tuple = ()


@functools.cache
def terms():
    """Return the terms in the order of the first lesson's table, as a tuple."""
    return tuple(Term(**entry) for entry in _file()["terms"].values())


@functools.cache
def ruled_out():
    """Return the ruled-out words, a dict from regular expression to what to say instead."""
    of_terms = {pattern: term.ko for term in terms() for pattern in term.ruled_out}
    return of_terms | _file()["ruled_out"]


def _file():
    return tomllib.loads(Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8"))
