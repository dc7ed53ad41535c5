"""Letters as they come out of a Korean keyboard."""

import unicodedata

LONGEST = 1000  # whatever is longer is no choice of letters

# On the two-set keyboard (dubeolsik), what a key gives while Hangul is on, by its name in Unicode.
_KEYS = {
    "PIEUP": "q",
    "CIEUC": "w",
    "TIKEUT": "e",
    "KIYEOK": "r",
    "SIOS": "t",
    "YO": "y",
    "YEO": "u",
    "YA": "i",
    "AE": "o",
    "E": "p",
    "MIEUM": "a",
    "NIEUN": "s",
    "IEUNG": "d",
    "RIEUL": "f",
    "HIEUH": "g",
    "O": "h",
    "EO": "j",
    "A": "k",
    "I": "l",
    "KHIEUKH": "z",
    "THIEUTH": "x",
    "CHIEUCH": "c",
    "PHIEUPH": "v",
    "YU": "b",
    "U": "n",
    "EU": "m",
}


def understood(text):
    """Return `text` in small ASCII letters where it means them, typed with Hangul on or in full width.

    >>> understood("ａ"), understood("ㅁ"), understood("뮤"), understood("(B)")
    ('a', 'a', 'ab', '(b)')
    """
    if len(text) > LONGEST:
        return text
    # This takes a syllable apart into the keys that it was typed with.
    return "".join(map(_key, unicodedata.normalize("NFKD", text))).lower()


def _key(letter):
    kind, _, names = unicodedata.name(letter, "").rpartition(" ")
    if not kind.startswith("HANGUL"):
        return letter
    keys = [_KEYS.get(name.removeprefix("SSANG")) for name in names.split("-")]
    return "".join(keys) if all(keys) else letter
