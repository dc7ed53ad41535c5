"""The pages for teachers, ``notebooks/teacher/LANGUAGE/NAME.md``: made of the teacher's notes in the sources.

The plan of the meetings, which belongs to no lesson, is made of ``notebooks/source/teacher/plan.py``.
"""

import re
import tomllib
from pathlib import Path

from lessons import navigation, timing
from lessons.references import resolved
from lessons.source import (
    LANGUAGES,
    NOTEBOOKS,
    Lesson,
    find_lessons,
    fingerprint,
    is_for_teachers,
    language_of,
)
from lessons.teacher import Notes
from ppo_edu import exercises
from ppo_edu.exercises.kinds import NumberExercise, PickExercise
from ppo_edu.exercises.tasks import IN_LESSONS
from ppo_edu.guards.files import whole_file
from ppo_edu.language import speaking
from ppo_edu.language.lessons import anchor, exercise_headings, lessons

PLAN = "plan"
WORDS = tomllib.loads(Path(__file__).with_name("handbook.toml").read_text(encoding="utf-8"))
# Mistakes that are not folded: the files of the exercises name the usual ones first.
_IN_THE_OPEN = 3
# Where more wrong answers than this get the same words, those words tell which they are.
_FEW = 3
_AGAIN = "python -m lessons --teacher"
_TIME = "python -m lessons --time"
_REFERENCE = re.compile(r"\{(section|total|short|page):([^}]+)\}")
_LINK = re.compile(r"\]\(((?:\d\d_)?\w+\.ipynb)")


def pages(folder=NOTEBOOKS):
    """Return the text of every page, a dict by its path under ``folder/teacher``, and the problems."""
    noted = [lesson for lesson in find_lessons(folder) if any(map(is_for_teachers, lesson.cells))]
    notes = {(lesson.slug, each): Notes(lesson, each) for lesson in noted for each in LANGUAGES}
    problems = [problem for each in notes.values() for problem in each.problems]
    for lesson in noted:
        if notes[lesson.slug, "ko"].table() != notes[lesson.slug, "en"].table():
            problems.append(f"{lesson.path.name}: teacher's notes: the two languages have different tables")
    found, seconds = {}, timing.recorded(folder)
    if not problems:
        for (_, language), each in notes.items():
            found[f"{language}/{each.lesson.name}.md"] = _page_of_lesson(each, seconds, problems)
        if plan_in(folder):
            found |= {f"{each}/{PLAN}.md": page_of_plan(each, notes, folder) for each in LANGUAGES}
    return found, problems


def plan_in(folder=NOTEBOOKS):
    """Return the source of the plan of the meetings, in a list that is empty if there is none."""
    path = folder / "source" / "teacher" / f"{PLAN}.py"
    return [Lesson.read(path)] if path.exists() else []


def _page_of_lesson(notes, seconds, problems):
    language, name = notes.language, f"{notes.lesson.name}.ipynb"
    text = notes.text

    def link(found):
        place = notes.section(found[2])
        return "" if place is None else _link(notes, place)

    text = resolved(_REFERENCE.sub(link, text), notes.lesson.slug, language)
    problems += [problem for problem in notes.problems if problem not in problems]
    sums = WORDS[language]["sums"].format(**notes.sums())
    for place, made in (
        ("{sums}", sums),
        ("{exercises}", _exercises(notes)),
        ("{machine}", _machine(notes, seconds)),
    ):
        text = text.replace(place, made)
    ways = f"[{WORDS[language]['lesson']}]({name}) | [{WORDS[language]['plan']}]({PLAN}.md)"
    return _page(lessons()[notes.lesson.slug].heading(language), ways, notes.lesson.name, text, language)


def page_of_plan(language, notes, folder=NOTEBOOKS):
    """Return the text of the page of the meetings; `notes` is a dict from (slug, language) to `Notes`."""
    (plan,) = plan_in(folder)
    (text,) = [cell.source for cell in plan.cells if language_of(cell) == language]
    sums = {slug: each.sums() for (slug, spoken), each in notes.items() if spoken == language}

    def put_in(found):
        if found[1] != "page":
            return str(sums[found[2]][found[1]])
        return resolved(f"{{lesson:{found[2]}}}", PLAN, language).replace(".ipynb", ".md")

    text = resolved(_REFERENCE.sub(put_in, text), PLAN, language)
    return _page(WORDS[language]["plan"], "", PLAN, text, language)


def _page(heading, ways, name, text, language):
    other = "en" if language == "ko" else "ko"
    here = f"[{navigation.NAMES[other]}](../{other}/{name}.md)"
    title = WORDS[language]["title"].format(heading=heading)
    text = f"# {title}\n\n{f'{ways} | ' if ways else ''}{here}\n\n{text.strip()}\n"
    return _LINK.sub(rf"](../../{language}/\1", text)


def _link(notes, place):
    heading = notes.headings[place]
    return f"[{navigation.cell(heading)}]({notes.lesson.name}.ipynb{anchor(heading)})"


def _exercises(notes):
    words, parts = WORDS[notes.language], []
    with speaking(notes.language):
        for name in IN_LESSONS.get(notes.lesson.slug, ()):
            exercise, heading = exercises.exercise_called(name), exercise_headings()[name][notes.language]
            head = f"**[{heading}]({notes.lesson.name}.ipynb{anchor(heading)})** · `{name}` · "
            if not hasattr(exercise, "known_mistakes"):
                parts.append(f"{head}{words['where']}\n\n- {exercise.hints()[-1]}")
                parts.append(_solution(exercise, words))
                continue
            known = [_reply(said, answers) for said, answers in exercise.known_mistakes().items()]
            parts.append(f"{head}{words['knows'].format(count=len(known))}")
            parts.append(_solution(exercise, words))
            parts.append("\n".join(known[:_IN_THE_OPEN]))
            if rest := known[_IN_THE_OPEN:]:
                parts.append(_folded(words["more"].format(count=len(rest)), rest))
    return "\n\n".join(parts)


def _solution(exercise, words):
    """Return what is right, folded: an answer with what the check says to it, code, or the line to mend."""
    if hasattr(exercise, "difference"):
        mended = ["```diff", *exercise.difference(), "```", "", exercise.mended()]
        return _folded(words["mended"].format(part=exercise.part), mended)
    if isinstance(exercise, (NumberExercise, PickExercise)):
        right = exercise.right if isinstance(exercise, PickExercise) else f"{exercise.right:g}"
        return _folded(words["right"], [_reply(exercise.check(right).message, [right])])
    return _folded(words["solution"], ["```python", exercise.solution_text, "```"])


def _folded(summary, lines):
    # Without the empty lines, GitHub and JupyterLab would take what is folded for HTML.
    return "\n".join([f"<details><summary>{summary}</summary>", "", *lines, "", "</details>"])


def _reply(said, answers):
    named = f"**{', '.join(answers)}**: " if 0 < len(answers) <= _FEW else ""
    return f"- {named}{' '.join(said.split())}"


def _machine(notes, recorded):
    words, seconds = WORDS[notes.language], {}
    if notes.lesson.slug not in recorded:
        return words["untimed"]
    for place, cell in notes.cells():
        key = fingerprint(cell.source)
        if cell.cell_type == "code" and key in recorded[notes.lesson.slug]:
            seconds[place] = seconds.get(place, 0) + recorded[notes.lesson.slug][key]
    if not seconds:
        return words["light"]
    lines = [f"| {' | '.join(words['machine'])} |", "|---|---|---|"]
    for place, alone in seconds.items():
        together = _duration(round(timing.AT_ONCE * alone, -1), words)  # an estimate
        lines.append(f"| {_link(notes, place)} | {_duration(alone, words)} | {together} |")
    how = words["how"].replace("{factor}", str(timing.AT_ONCE))
    return "\n".join([*lines, "", resolved(how, notes.lesson.slug, notes.language)])


def _duration(seconds, words):
    if seconds < 100:
        return words["second"].format(count=seconds)
    return words["minute"].format(count=seconds / 60)


def write(folder=NOTEBOOKS):
    """Write the pages that are not as they should be, remove those without a source; return the problems."""
    found, problems = pages(folder)
    if problems:
        return problems
    for name, text in found.items():
        path = folder / "teacher" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if _differs(path, text):
            with whole_file(path) as file:
                file.write(text.encode("utf-8"))
    for path in _orphans(found, folder):
        path.unlink()
    return []


def check(folder=NOTEBOOKS):
    """Return every way in which the committed pages are not what the sources make."""
    found, problems = pages(folder)
    for name, text in found.items():
        path = folder / "teacher" / name
        if not path.exists():
            problems.append(f"teacher/{name} is missing: {_AGAIN}")
        elif _differs(path, text):
            problems.append(f"teacher/{name} is not what the sources make: {_AGAIN}")
    if found or not problems:
        for path in _orphans(found, folder):
            problems.append(f"teacher/{path.parent.name}/{path.name}: has no source; remove it")
    for lesson in find_lessons(folder):
        if changed := timing.changed_since(lesson, folder):
            problems.append(
                f"{lesson.path.name}: {changed} of its timed cells are no more: {_TIME} {lesson.slug}"
            )
    return problems


def _differs(path, text):
    # Bytes, so that a Windows checkout is the only one to have other newlines.
    return not path.exists() or path.read_bytes().replace(b"\r\n", b"\n") != text.encode("utf-8")


def _orphans(found, folder):
    paths = sorted((folder / "teacher").glob("*/*.md"))
    return [path for path in paths if f"{path.parent.name}/{path.name}" not in found]
