"""A console that lacks letters: words are spelled out, and nothing fails."""

import io
import sys

import pytest

from ppo_edu.exercises import Hint, check, hint, names
from ppo_edu.guards.console import lenient_streams, printable
from ppo_edu.language import catalogue, use_language


@pytest.fixture(params=["cp1252", "cp949", "ascii"])
def console(request, monkeypatch):
    """Standard output that is strict in a small alphabet."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=request.param, errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    return stream


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_text_can_be_printed(language, console):
    for words in catalogue(language).values():
        printable(words).encode(console.encoding)
        assert printable(words) == words or console.encoding != "cp949"  # which has them all


def test_letters_get_their_names(console):
    if console.encoding != "cp949":
        assert printable("1 + ε ≤ √2, δ₁, Σ ∇") == "1 + epsilon <= sqrt 2, delta1, Sigma grad "
    assert printable("\N{GRINNING FACE}") == "\\U0001f600"


def test_what_checks_and_hints_say_can_be_printed(console):
    use_language("ko")
    print(check("lambda_ends", 1.8), check("gradient_cases", "ε"), *(hint(name) for name in names()[:5]))
    print(Hint("ε \N{GRINNING FACE} é"))


def test_a_notebook_has_every_letter():
    assert printable("ε √ 가 \N{GRINNING FACE}") == "ε √ 가 \N{GRINNING FACE}"


def test_a_program_spells_out_what_a_folder_is_called(console):
    lenient_streams()
    print("\N{GRINNING FACE}")


def test_no_output_at_all_is_no_obstacle(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    lenient_streams()
    assert printable("ε") == "ε"
