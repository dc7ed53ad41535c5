"""What a source takes from the lists: the table of terms, and the ways to sections of other lessons."""

import pytest
from lessons import source
from lessons.navigation import sections
from lessons.references import numbered_sections, problems_in_references, resolved

from ppo_edu.language import LANGUAGES, glossary
from ppo_edu.language.lessons import anchor, lessons


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_terms_has_a_row_for_each_with_all_it_holds(language):
    rows = resolved("{glossary}", "start_here", language).splitlines()
    assert len(rows) == len(glossary.terms())
    for row, term in zip(rows, glossary.terms(), strict=True):
        assert row.count("|") == 6  # five columns; a bar within a cell would break the table
        for words in (term.ko, term.en, term.meaning[language], *term.others, f"_{term.lesson}.ipynb"):
            assert words in row


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("{lesson:gae} 5–6절", "ko", 5),
        ("자세히: {lesson:gae} 3절, 7절", "ko", 3),
        ("({lesson:gae}, section 7, shows it)", "en", 7),
        ("{lesson:gae}, sections 2 and 5", "en", 2),
    ],
)
def test_a_section_named_behind_a_lesson_is_where_the_link_leads(text, language, number):
    lesson = next(each for each in source.find_lessons() if each.slug == "gae")
    heading = sections(lesson, language)[number - 1]
    assert heading.startswith(f"{number}. ")
    assert f"]({lessons()['gae'].name}.ipynb{anchor(heading)})" in resolved(text, "questions", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbered_sections_are_those_of_the_lesson(language):
    for lesson in source.find_lessons():
        there = [each for each in sections(lesson, language) if each.partition(". ")[0].isdigit()]
        assert list(numbered_sections(lesson.slug, language).values()) == there


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("{lesson:gae} 12절", "ko", 12),
        ("{lesson:gae} 3절, 13절", "ko", 13),
        ("{lesson:gae}, section 0", "en", 0),
        ("{lesson:gae}, sections 2, 3 and 14", "en", 14),
    ],
)
def test_a_section_that_is_not_there_is_told(text, language, number):
    (problem,) = problems_in_references(text, language)
    assert f"section {number} of gae" in problem
    assert not problems_in_references(text.replace(str(number), "1"), language)
