"""The language of labels, messages and figures: `use_language` chooses it, `t` looks words up.

The words stand in ``ko.toml`` and ``en.toml``, those of the exercises in ``exercises.ko.toml``
and ``exercises.en.toml``, one key for both languages.
"""

import contextlib
import functools
import importlib.util
import locale
import os
import tomllib
from pathlib import Path

LANGUAGES = ("ko", "en")
_current = "en"


def use_language(language: str) -> None:
    """Show labels, messages and figures in Korean (``"ko"``) or English (``"en"``) from now on.

    Also sets matplotlib's font, so that Hangul is drawn as Hangul in the learner's own figures too.

    Raises
    ------
    ValueError
        If `language` is neither.
    """
    global _current
    if not isinstance(language, str) or language not in LANGUAGES:  # an array could not be looked for
        listed = ", ".join(map(repr, LANGUAGES))
        given = repr(language) if isinstance(language, str) else type(language).__name__
        raise ValueError(t("error.not_a_choice", name="language", value=given, choices=listed))
    _current = str(language)
    _use_font_in_the_learners_figures()


@contextlib.contextmanager
def speaking(language):
    """Return a context in which `t` says its words in `language`; figures are left alone."""
    global _current
    before, _current = _current, language
    try:
        yield
    finally:
        _current = before


def current_language() -> str:
    """Return the language in use, ``"ko"`` or ``"en"`` (the default)."""
    return _current


def system_language():
    """Return the language of this system, as far as the course has it: ``"ko"``, or else ``"en"``."""
    # In the order in which POSIX systems ask; LANGUAGE is a list.
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if told := os.environ.get(name, "").partition(":")[0]:
            return "ko" if told.lower().startswith("ko") else "en"
    try:
        told = locale.getlocale()[0] or ""  # "Korean_Korea" on Windows
    except ValueError:
        told = ""
    return "ko" if told.lower().startswith("ko") else "en"


def t(key: str, **values: object) -> str:
    """Return the words for `key` in the language in use, with `values` put into their ``{places}``.

    Parameters
    ----------
    key : str
        Table and name in the catalogue, such as ``"error.nan"``.
    **values
        What the text's ``{places}`` stand for.

    Raises
    ------
    KeyError
        If the catalogue of this language has no such key.
    """
    text = catalogue(_current).get(key)
    if text is None:
        raise KeyError(f"{key!r} is not in language/{_current}.toml")
    return text.format(**values) if values else text


@functools.cache
def catalogue(language):
    """Return one language's words as a dict from ``"table.name"`` to text."""
    words = {}
    for path in Path(__file__).parent.glob(f"*{language}.toml"):
        for table, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            words |= {f"{table}.{name}": text for name, text in entries.items()}
    return words


def korean_font():
    """Return the folder of NanumGothic's font files, or None if koreanize-matplotlib is not installed."""
    # The package is found without importing it: importing needs distutils, which Python 3.12 removed.
    package = importlib.util.find_spec("koreanize_matplotlib")
    return Path(package.origin).with_name("fonts") if package else None


def font_families(language=None):
    """Return the font families, the first one first, that can show `language` (that in use if None).

    The course's own pictures ask here and never matplotlib's settings, which are the learner's. matplotlib
    knows the families from then on.
    """
    return list(_registered_families(_current if language is None else language))


@functools.cache
def _registered_families(language):
    from matplotlib import font_manager

    if language != "ko" or not korean_font():
        return ("DejaVu Sans",)
    # DejaVu Sans, matplotlib's own, has no Hangul.
    for font in sorted(korean_font().glob("NanumGothic*.ttf")):
        font_manager.fontManager.addfont(font)
    # A text that mixes Hangul and $mathematics$ uses the first family only: NanumGothic must be first.
    return ("NanumGothic", "DejaVu Sans")


def _use_font_in_the_learners_figures():
    from matplotlib import rcParams

    rcParams["font.family"] = font_families()
    # NanumGothic lacks U+2212, matplotlib's typographic minus sign.
    rcParams["axes.unicode_minus"] = False
