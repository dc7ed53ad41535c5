"""What a source takes from the lists: the table of terms."""

import pytest
from lessons.references import resolved

from ppo_edu.language import LANGUAGES, glossary


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_terms_has_a_row_for_each_with_all_it_holds(language):
    rows = resolved("{glossary}", "start_here", language).splitlines()
    assert len(rows) == len(glossary.terms())
    for row, term in zip(rows, glossary.terms(), strict=True):
        assert row.count("|") == 6  # five columns; a bar within a cell would break the table
        for words in (term.ko, term.en, term.meaning[language], *term.others, f"_{term.lesson}.ipynb"):
            assert words in row
