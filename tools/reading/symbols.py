"""Greek letters by their names, for the search: who looks for lambda finds the sections whose formulas have a λ."""

import re
import unicodedata

from reading import marked

# English and Korean; where Korean has two spellings, both.
NAMES = {
    "α": ("alpha", "알파"),
    "β": ("beta", "베타"),
    "γ": ("gamma", "감마"),
    "δ": ("delta", "델타"),
    "ε": ("epsilon", "엡실론 입실론"),
    "ζ": ("zeta", "제타"),
    "η": ("eta", "에타"),
    "θ": ("theta", "세타 쎄타"),
    "κ": ("kappa", "카파"),
    "λ": ("lambda", "람다"),
    "μ": ("mu", "뮤"),
    "ν": ("nu", "뉴"),
    "ξ": ("xi", "크시 크사이"),
    "π": ("pi", "파이"),
    "ρ": ("rho", "로"),
    "σ": ("sigma", "시그마"),
    "τ": ("tau", "타우"),
    "φ": ("phi", "파이 피"),
    "χ": ("chi", "카이"),
    "ψ": ("psi", "프사이 프시"),
    "ω": ("omega", "오메가"),
    "∇": ("nabla", "나블라"),
}
_SIGNS = {"∑": "σ", "∏": "π"}
_HEADING = re.compile(r"(?=<h[1-3] )")
_NOT_READ = re.compile(r"<svg.*?</svg>", re.DOTALL)


def used(text):
    """Return the letters of `NAMES` in `text`, in any of their forms, each once and in that order."""
    letters = {_SIGNS.get(letter, letter.lower()) for letter in unicodedata.normalize("NFKC", text)}
    return [letter for letter in NAMES if letter in letters]


def named(body, language):
    """Return the body of a page whose headings tell Pagefind by name which letters their sections use.

    The formulas alone would not do: there, a letter is part of what stands around it.
    """
    pieces = []
    for piece in _HEADING.split(body):
        letters = used(marked.plain(_NOT_READ.sub("", piece))) if piece.startswith("<h") else []
        words = " ".join(f"{letter} {_spoken(letter, language)}" for letter in letters)
        mark = f' data-symbols="{words}" data-pagefind-index-attrs="data-symbols"' if words else ""
        pieces.append(piece[:3] + mark + piece[3:])
    return "".join(pieces)


def _spoken(letter, language):
    english, korean = NAMES[letter]
    return f"{korean} {english}" if language == "ko" else english
