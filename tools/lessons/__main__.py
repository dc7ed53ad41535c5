"""Make the Korean and the English notebooks of each lesson from its one bilingual source.

    python -m lessons               every lesson (`make lessons`)
    python -m lessons 03            one of them (`make lessons LESSON=03`)
    python -m lessons --words 03    only words changed: its notebooks keep the outputs they have
    python -m lessons --agree 03    both languages say the same now (`make agree LESSON=ratio`)
    python -m lessons --check       are the committed notebooks and pages what the sources make?
    python -m lessons --teacher     the teacher's notes alone, which needs no notebook to be run
    python -m lessons --time 03     how long do its cells compute? For the teacher's notes

A source is a notebook in jupytext's percent format: see `lessons.source`.

``notebooks/ko`` and ``notebooks/en`` are written and executed from that, outputs included, and never edited;
so is ``notebooks/teacher``, which is not executed: see `lessons.handbook`.
"""

import argparse
import asyncio
import sys

import nbformat
from nbclient.exceptions import CellControlSignal, DeadKernelError

from lessons import handbook, timing
from lessons.navigation import exercise_headings
from lessons.notebook import build, clean, code_cells, execute, take_over
from lessons.outputs import TERMINAL_COLOUR, problems_in_outputs
from lessons.source import (
    LANGUAGES,
    NOTEBOOKS,
    agree,
    find_lessons,
    first_line,
    problems_in_cells,
    problems_in_source,
    stale_pairs,
)
from ppo_edu.guards.files import whole_file

HEADINGS = NOTEBOOKS.parent / "ppo_edu" / "language" / "exercise_headings.toml"


async def make_notebooks(lesson, folder=NOTEBOOKS, only_words=False):
    """Write the lesson's notebooks, both or, if there are problems, neither; return the problems.

    With `only_words` they keep the outputs that they have, if their code is the same.
    """
    if problems := problems_in_source(lesson):
        return problems
    notebooks = {language: build(lesson, language) for language in LANGUAGES}
    for language in LANGUAGES:
        (folder / language).mkdir(exist_ok=True)
    failures = await asyncio.gather(
        *(
            _keep_outputs(notebook, folder / language, lesson.name)
            if only_words
            else execute(notebook, folder / language)
            for language, notebook in notebooks.items()
        ),
        return_exceptions=True,
    )
    for (language, notebook), failure in zip(notebooks.items(), failures, strict=True):
        where = f"{language}/{lesson.name}.ipynb"
        if isinstance(failure, (CellControlSignal, DeadKernelError, ValueError, FileNotFoundError)):
            problems.append(f"{where}: {TERMINAL_COLOUR.sub('', str(failure))}")
        elif failure is not None:
            raise failure
        else:
            clean(notebook)
            problems += [f"{where}: {problem}" for problem in problems_in_outputs(notebook)]
    if not problems:
        for language, notebook in notebooks.items():
            with whole_file(folder / language / f"{lesson.name}.ipynb") as file:
                file.write((nbformat.writes(notebook) + "\n").encode("utf-8"))
    return problems


async def _keep_outputs(notebook, folder, name):
    await take_over(notebook, folder, nbformat.read(folder / f"{name}.ipynb", as_version=4))


def check(folder=NOTEBOOKS):
    """Return every way in which the committed notebooks are not what the sources make; runs no cell."""
    lessons = find_lessons(folder)
    problems = []
    for lesson in lessons:
        wrong = problems_in_source(lesson)
        problems += wrong or stale_pairs(lesson)
        for language in LANGUAGES if not wrong else ():
            where = f"{language}/{lesson.name}.ipynb"
            problems += [f"{where} {problem}" for problem in _problems_in_committed(lesson, language, folder)]
    if folder == NOTEBOOKS and HEADINGS.read_text(encoding="utf-8") != exercise_headings(lessons):
        problems.append(f"{HEADINGS.name} is not what the sources say: make lessons")
    for plan in handbook.plan_in(folder):
        problems += problems_in_cells(plan) or stale_pairs(plan)
    problems += handbook.check(folder)
    names = {f"{lesson.name}.ipynb" for lesson in lessons}
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.ipynb")):
            if path.name not in names:
                problems.append(f"{language}/{path.name}: has no source; remove it")
    return problems


def _problems_in_committed(lesson, language, folder):
    again = f"make lessons LESSON={lesson.slug}"
    path = folder / language / f"{lesson.name}.ipynb"
    if not path.exists():
        return [f"is missing: {again}"]
    notebook = nbformat.read(path, as_version=4)
    built = build(lesson, language)
    if difference := _difference(built, notebook):
        return [f"is not what the source makes ({difference}): {again}"]
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        return [f"was not executed from top to bottom in a fresh kernel: {again}"]
    return problems_in_outputs(notebook)


def _difference(built, notebook):
    if built.metadata != notebook.metadata:
        return "its metadata differ"
    for number, (cell, found) in enumerate(zip(built.cells, notebook.cells, strict=False), start=1):
        for key in ("cell_type", "id", "source", "metadata"):
            if cell[key] != found.get(key):
                return f"the {key} of cell {number}, {first_line(cell)}, differs"
    if len(built.cells) != len(notebook.cells):
        return f"{len(built.cells)} cells expected, {len(notebook.cells)} found"
    return None


def main(arguments=None, folder=NOTEBOOKS):
    """Carry out the command line and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson", nargs="?", help="number or slug; all lessons if left out")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--words", action="store_true", help="keep the outputs, as only words have changed")
    what.add_argument("--agree", action="store_true", help="accept a lesson's two languages as they stand")
    what.add_argument("--check", action="store_true", help="compare notebooks and pages with their sources")
    what.add_argument("--teacher", action="store_true", help="write the teacher's notes, run no notebook")
    what.add_argument("--time", action="store_true", help="record how long the lesson's cells compute")
    options = parser.parse_args(arguments)
    if options.agree and not options.lesson:
        parser.error("--agree needs a lesson: make agree LESSON=ratio")
    if options.check:
        problems = check(folder)
        print("\n".join(problems) or "the notebooks are what the sources make")
        return 1 if problems else 0
    if options.teacher:
        return _write_teachers_notes(folder)
    if options.agree and options.lesson == handbook.PLAN:
        return max(_agree_aloud(plan, problems_in_cells(plan)) for plan in handbook.plan_in(folder))
    lessons = find_lessons(folder, options.lesson)
    if options.agree:
        return max(_agree_aloud(lesson, problems_in_source(lesson)) for lesson in lessons)
    if options.time:
        for lesson in lessons:
            print(lesson.slug, timing.time(lesson, folder))
        return 0
    if folder == NOTEBOOKS:
        with whole_file(HEADINGS) as file:
            file.write(exercise_headings(find_lessons(folder)).encode("utf-8"))
    failed = [lesson.name for lesson in lessons if not _make_aloud(lesson, folder, options.words)]
    if failed:
        print(f"left as they were: {', '.join(failed)}", file=sys.stderr)
    return 1 if _write_teachers_notes(folder) or failed else 0


def _write_teachers_notes(folder):
    problems = handbook.write(folder)
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


def _agree_aloud(lesson, problems):
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    print("\n".join(agree(lesson)) or f"{lesson.path.name}: nothing was stale")
    return 0


def _make_aloud(lesson, folder, only_words):
    problems = asyncio.run(make_notebooks(lesson, folder, only_words))
    for line in problems or stale_pairs(lesson):
        print(line, file=sys.stderr)
    if not problems:
        done = "written" if only_words else "written and executed"
        print(f"{lesson.name}: {done} in {' and '.join(LANGUAGES.values())}")
    return not problems


if __name__ == "__main__":
    sys.exit(main())
