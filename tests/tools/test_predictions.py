"""What the generator makes of a prediction, and of the ways between lessons."""

import functools
import itertools
import re

import pytest
from lessons import navigation, predictions
from lessons.notebook import build
from lessons.source import LANGUAGES, find_lessons, is_exercise

from ppo_edu.language.lessons import anchor, lessons

LESSONS = {lesson.slug: lesson for lesson in find_lessons()}
EACH = pytest.mark.parametrize(("slug", "language"), list(itertools.product(LESSONS, LANGUAGES)))


@functools.cache
def built(slug, language):
    return build(LESSONS[slug], language)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("Words.\n\n**Predict** How\nmany?", "Words.\n\n> **Predict** How\n> many?"),
        ("Words. **예측** 몇 개? {n: 1개 | 2개}", "Words.\n\n> **예측** 몇 개?"),
        ("**Predict** One?\n\nAnd more.", "> **Predict** One?\n\nAnd more."),
        (
            "Where it says **Predict**, settle. **예측**이 나오면",
            "Where it says **Predict**, settle. **예측**이 나오면",
        ),
    ],
)
def test_a_prediction_becomes_a_block(text, block):
    assert predictions.with_blocks(text) == block


def test_answers_become_buttons():
    text = '**Predict** Which? {which: the "first" | second}'
    assert predictions.buttons(text, "gae") == 'ppo_edu.predict("gae.which", "the \\"first\\"", "second")'
    assert predictions.buttons("**Predict** Which?", "gae") is None


def test_languages_that_ask_differently_are_told():
    assert predictions.problems("**예측** 몇? {n: 1 | 2}", "**Predict** How many? {n: 1 | 2 | 3}")
    assert predictions.problems("**예측** 몇?", "How many?")
    assert not predictions.problems("**예측** 몇? {n: 하나 | 둘}", "**Predict** How many? {n: one | two}")


@EACH
def test_what_would_give_an_answer_away_is_folded(slug, language):
    cells = built(slug, language).cells
    question = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            asked = cell.source.rstrip().splitlines()[-1].startswith("> **")
            question = cell.source[-200:] if asked else ""
        elif "predict" in cell.metadata.get("tags", []):
            assert cell.source.startswith("ppo_edu.predict(")
        elif is_exercise(cell):
            question = ""
        else:
            # Not only the next cell: often that one computes, and the one after it shows.
            folded = cell.metadata.get("jupyter") == {"outputs_hidden": True}
            assert folded == bool(question), question or cell.source
    assert not any("**예측** " in line[:8] for cell in cells for line in cell.source.splitlines())


@EACH
def test_above_its_last_line_stands_the_end_of_its_kernel(slug, language):
    *_, finish, footer = built(slug, language).cells
    assert (finish.cell_type, finish.source, footer.id) == ("code", "ppo_edu.finish()", "footer")


@EACH
def test_every_way_leads_to_a_lesson_and_a_section_that_is_there(slug, language):
    cells = {cell.id: cell.source for cell in built(slug, language).cells}
    names = {f"{entry.name}.ipynb": other for other, entry in lessons().items()}
    links = re.findall(
        r"\]\((\.\./(?:ko|en)/)?([^)#]*)(#[^)]*)?\)", cells["header"] + cells["sections"] + cells["footer"]
    )
    assert len(links) > 6
    for folder, name, place in links:
        there = built(names[name] if name else slug, folder.strip("./") or language)
        headings = re.findall(r"^##? (.+)$", "\n".join(cell.source for cell in there.cells), re.MULTILINE)
        assert not place or place in map(anchor, headings), (name, place)


def test_neighbours_and_the_other_language_are_named():
    order = list(lessons())
    header = navigation.header(LESSONS[order[3]], "ko")
    assert [f"]({lessons()[order[place]].name}.ipynb" in header for place in (2, 4, 0)] == [True] * 3
    assert f"[English](../en/{lessons()[order[3]].name}.ipynb)" in header
    assert "←" not in navigation.header(LESSONS[order[0]], "en") and "→" not in navigation.header(
        LESSONS[order[-1]], "en"
    )
