"""What a teacher needs of a lesson: the cells of its source that are tagged ``teacher``.

Such a cell is left out of the lesson; `handbook` makes a page of it. It holds, as Markdown, what only a
person can say, and in braces what is said elsewhere already:

- the aim, a line of its own that begins with "**Aim** ", and questions to discuss with their answers, the
  only numbered list;
- one table with a row for each section of the lesson, in their order: ``{section:How noisy}`` names it by
  words that stand in its heading alone, so the number in front of it may change. Then come its minutes, those
  it gets in a class of 45 minutes ("-" where it is cut), what to do, which begins with one of `DOING`, and
  the likely wrong prediction with what to ask then. Rows that name no section are for the talk around them;
- ``{sums}``, the sums of the table; ``{exercises}``, the exercises with the mistakes that their checks know;
  ``{machine}``, what computes, with the seconds that `timing` has recorded;
- in the plan of the meetings, ``{total:ratio}`` and ``{short:ratio}``, two of those sums, and
  ``{page:ratio}``, a link to the page of a lesson's notes (``{lesson:ratio}`` leads to the lesson itself).

The references of `references` work, too. The minutes of the sections without exercises add up to those that
``ppo_edu/language/lessons.toml`` gives the lesson, those of the short version to 45 at most.
"""

import dataclasses
import re

from lessons import navigation
from lessons.references import resolved
from lessons.source import LANGUAGES, NOTEBOOKS, Lesson, is_exercise, is_for_teachers, language_of
from ppo_edu.language.lessons import lessons

SHORT = 45
DOING = {
    "show": {"ko": "**보여 주기**", "en": "**Show**"},
    "predict": {"ko": "**예측하게 하기**", "en": "**Have them predict**"},
    "try": {"ko": "**해 보게 하기**", "en": "**Have them try**"},
    "talk": {"ko": "**이야기하기**", "en": "**Talk**"},
}
SECTION = re.compile(r"\{section:([^}]+)\}")
AIM = re.compile(r"(?m)^\*\*(?:목표|Aim)\*\* (.+)$")
# Those to discuss, each with its answer: no other list in the notes is numbered.
QUESTION = re.compile(r"(?m)^\d+\. (\*\*.+)$")
_COLUMNS = 5


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes
    ----------
    section : int or None
        Place of the section in the lesson, from 0; None for what stands in none.
    minutes : int
    short : int
        Minutes in the short version; 0 where it is cut.
    doing : str
        A key of `DOING`.
    do, ask : str
        What to do; the likely wrong prediction, and what to ask then. Markdown.
    """

    section: int | None
    minutes: int
    short: int
    doing: str
    do: str
    ask: str


@dataclasses.dataclass(frozen=True)
class Section:
    """What a presenter's window can show beside a section: see `Row`. The words are those of its heading."""

    heading: str
    minutes: int
    short: int
    do: str
    ask: str


class Notes:
    """The teacher's notes on one lesson, in one language.

    Parameters
    ----------
    lesson : Lesson
    language : str

    Attributes
    ----------
    text : str
        As it is written.
    headings : list of str
        Those of the lesson's sections.
    rows : list of Row
    aim : str
        Markdown.
    questions : list of str
        Those to discuss, each with its answer. Markdown.
    problems : list of str
        What keeps the notes from being put into words.
    """

    def __init__(self, lesson, language):
        self.lesson, self.language, self.problems = lesson, language, []
        self.headings = navigation.sections(lesson, language)
        mine = [cell for cell in lesson.cells if is_for_teachers(cell) and language_of(cell) == language]
        self.text = "\n\n".join(cell.source for cell in mine)
        lines = [line.strip("|").split(" | ") for line in self.text.splitlines() if line.startswith("| ")]
        _, *rows = [line for line in lines if len(line) == _COLUMNS] or [None]
        self.rows = [row for line in rows if (row := self._row(*map(str.strip, line)))]
        self.aim = "".join(AIM.findall(self.text)[:1])
        self.questions = QUESTION.findall(self.text)
        self._check()

    def _row(self, place, minutes, short, do, ask):
        words = SECTION.search(place)
        section = self.section(words[1]) if words else None
        doing = [name for name, said in DOING.items() if do.startswith(said[self.language])]
        if not doing or not (_is_minutes(minutes) and (short == "-" or _is_minutes(short))):
            said = ", ".join(each[self.language] for each in DOING.values())
            self._tell(f"the row of {place} needs minutes twice and then one of {said}")
            return None
        return Row(section, int(minutes), 0 if short == "-" else int(short), doing[0], do, ask)

    def section(self, words):
        """Return the place of the section whose heading holds `words`, or tell a problem and return None."""
        found = [place for place, heading in enumerate(self.headings) if words in heading]
        if len(found) == 1:
            return found[0]
        self._tell(f"{{section:{words}}} fits {len(found)} of the sections: {'; '.join(self.headings)}")
        return None

    def _check(self):
        order = [row.section for row in self.rows if row.section is not None]
        for place, heading in enumerate(self.headings):
            if place not in order:
                self._tell(f"no row for the section {heading!r}")
        if order != sorted(set(order)):
            self._tell("the rows are not in the order of the sections, each once")
        if not (self.aim and self.questions):
            self._tell("there is no aim, or nothing to discuss")
        sums, wanted = self.sums(), lessons()[self.lesson.slug].minutes
        if sums["reading"] != wanted:
            self._tell(f"the sections take {sums['reading']} minutes, and lessons.toml gives {wanted}")
        if not min(SHORT - 5, sums["total"]) <= sums["short"] <= SHORT:
            self._tell(f"the short version takes {sums['short']} minutes")

    def _tell(self, problem):
        where = f"{self.lesson.path.name}: teacher's notes, {LANGUAGES[self.language]}: "
        self.problems.append(where + problem)

    def sums(self):
        """Return sums of minutes.

        Returns
        -------
        dict
            Of ``reading`` (sections without exercises), ``exercises``, ``talk`` (rows that name no section),
            all in ``total``, and those of the ``short`` version.
        """
        exercises = {place for place, cell in self.cells() if is_exercise(cell)}
        found = {"reading": 0, "exercises": 0, "talk": 0}
        for row in self.rows:
            kind = "talk" if row.section is None else "exercises" if row.section in exercises else "reading"
            found[kind] += row.minutes
        return found | {"total": sum(found.values()), "short": sum(row.short for row in self.rows)}

    def cells(self):
        """Yield (place of its section, cell) for each of the lesson's cells that stands in one."""
        place = -1
        for cell in self.lesson.cells:
            if is_for_teachers(cell) or language_of(cell) not in (self.language, None):
                continue
            if language_of(cell):
                place += len(navigation.headings_in(cell.source))
            if place >= 0:
                yield place, cell

    def table(self):
        """Return what must be the same in both languages."""
        return [(row.section, row.minutes, row.short, row.doing) for row in self.rows]


def _is_minutes(words):
    return words.isdigit() and int(words) > 0


@dataclasses.dataclass(frozen=True)
class Presented:
    """What a presenter's window can show of the notes on a lesson. Markdown.

    Attributes
    ----------
    aim : str
    sections : list of Section
        One for each of the lesson's sections, in order.
    questions : list of str
        Those to discuss, each with its answer.
    """

    aim: str
    sections: list
    questions: list


def presented(slug, language, folder=NOTEBOOKS):
    """Return the teacher's notes on a lesson as `Presented`.

    Raises
    ------
    ValueError
        If the notes do not fit the lesson.
    """
    notes = Notes(Lesson.read(folder / "source" / f"{slug}.py"), language)
    if notes.problems:
        raise ValueError("\n".join(notes.problems))

    def put(words):
        return resolved(words, slug, language)

    sections = [
        Section(notes.headings[row.section], row.minutes, row.short, put(row.do), put(row.ask))
        for row in notes.rows
        if row.section is not None
    ]
    return Presented(put(notes.aim), sections, [put(question) for question in notes.questions])
