"""Every emphasis in a text is one: no asterisk is left over for the reader to see.

Markdown takes no `**` for an end that stands between a bracket and a Hangul syllable: `**비율(ratio)**입니다`
is shown with its asterisks, `**비율**(ratio)입니다` in bold.
"""

import re
from pathlib import Path

import jupytext
import pytest
from markdown_it import MarkdownIt

import ppo_edu
from ppo_edu.language import LANGUAGES, catalogue

ROOT = Path(ppo_edu.__file__).parents[1]
SOURCES = sorted((ROOT / "notebooks/source").rglob("*.py"))


def asterisks_left(text):
    """Return the pieces of `text` in which an asterisk is shown that is not a sign of multiplication."""
    text = re.sub(r"\$[^$]*\$", "formula", text)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    shown = [child.content for token in tokens for child in token.children or () if child.type == "text"]
    return [piece for piece in shown if "*" in piece.replace(" * ", "")]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_asterisk_is_left_in_a_lesson(path):
    cells = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    left = [piece for cell in cells if cell.cell_type == "markdown" for piece in asterisks_left(cell.source)]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_asterisk_is_left_in_a_catalogue(language):
    left = {key: asterisks_left(text) for key, text in catalogue(language).items() if "*" in text}
    assert not {key: pieces for key, pieces in left.items() if pieces}


def test_an_asterisk_left_over_is_found():
    assert asterisks_left("**비율(ratio)**입니다")
    assert not asterisks_left("**비율**(ratio)입니다. $a*b$ `a**b` gamma * lam")
