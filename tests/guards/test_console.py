"""A console that lacks letters: words are spelled out, and nothing fails."""

import contextlib
import io

import pytest

from ppo_edu.exercises import Hint, check, hint, names
from ppo_edu.guards.console import lenient_streams, printable
from ppo_edu.language import catalogue, use_language

ENCODINGS = ("cp1252", "cp949", "ascii")


def console(encoding):
    """Return a context in which standard output is strict in a small alphabet."""
    return contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict"))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_text_can_be_printed(language, encoding):
    with console(encoding):
        for words in catalogue(language).values():
            printable(words).encode(encoding)
            assert printable(words) == words or encoding != "cp949"  # which has them all


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_letters_get_their_names(encoding):
    with console(encoding):
        if encoding != "cp949":
            assert printable("1 + ε ≤ √2, δ₁, Σ ∇") == "1 + epsilon <= sqrt 2, delta1, Sigma grad "
        assert printable("\N{GRINNING FACE}") == "\\U0001f600"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_checks_and_hints_say_can_be_printed(language, encoding):
    use_language(language)
    with console(encoding):
        print(check("lambda_ends", 1.8), check("gradient_cases", "ε"), *(hint(name) for name in names()[:5]))
        print(Hint("ε \N{GRINNING FACE} é"))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_program_spells_out_what_a_folder_is_called(encoding):
    with console(encoding) as stream:
        lenient_streams()
        print("\N{GRINNING FACE}", flush=True)
    assert stream.buffer.getvalue().strip() == b"\\U0001f600"


def test_a_notebook_has_every_letter():
    with console("utf-8"):
        assert printable("ε √ 가 \N{GRINNING FACE}") == "ε √ 가 \N{GRINNING FACE}"


def test_no_output_at_all_is_no_obstacle():
    with contextlib.redirect_stdout(None):
        lenient_streams()
        assert printable("ε") == "ε"
