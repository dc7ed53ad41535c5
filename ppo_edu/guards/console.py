"""Words on a console that lacks some of their letters, as one of Windows may, or a pipe to a file."""

import sys
import unicodedata

# What the texts of the course hold beside letters and digits; Greek letters have their names.
_IN_ASCII = {
    "√": "sqrt ",
    "∇": "grad ",
    "≤": "<=",
    "≥": ">=",
    "−": "-",
    "×": "x",
    "·": "*",
    "✓": "v",
    "✗": "x",
}


def lenient_streams():
    """Have a program's output, and what it says of errors, spell out what the console lacks."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def printable(text):
    """Return `text` as ``print`` can write it just now: where a letter is lacking, its name or the like.

    Examples
    --------
    >>> printable("r > 1 + ε")
    'r > 1 + ε'
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text if _can(text, encoding) else "".join(_written(letter, encoding) for letter in text)


def _written(letter, encoding):
    plain = unicodedata.normalize("NFKC", letter)  # of a small or raised digit, the digit
    name = unicodedata.name(letter, "")
    if _can(letter, encoding):
        return letter
    if name.startswith(("GREEK SMALL LETTER ", "GREEK CAPITAL LETTER ")):
        word = name.rpartition(" ")[2].lower()
        return word if "SMALL" in name else word.capitalize()
    written = _IN_ASCII.get(letter, plain)
    return written if _can(written, encoding) else letter.encode("ascii", "backslashreplace").decode("ascii")


def _can(text, encoding):
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
