"""A lesson as slides: the script that makes them of its page, and what the presenter's own window shows beside them.

Both are files of their own, which only a page that is presented asks for.
"""

import json
from pathlib import Path

from lessons.source import NOTEBOOKS, is_for_teachers
from lessons.source import Lesson as Source
from lessons.teacher import presented

from reading import marked

_SCRIPT = Path(__file__).parent / "assets" / "present.js"


def script(words):
    """Return the script of the slides, in the language of `words`, the edition's own."""
    return f"{_SCRIPT.read_text(encoding='utf-8')}present({_json(words['present'])});\n"


def notes(slug, language, headings, folder=NOTEBOOKS):
    """Return the script that brings the teacher's notes into the presenter's window.

    Parameters
    ----------
    slug : str
        The lesson's.
    language : str
    headings : list of (level, anchor, words)
        Those of the lesson's page.
    folder : Path
        That of the notebooks, with the sources in it.

    Raises
    ------
    ValueError
        If the notes do not fit the lesson, or its page.
    """
    path = folder / "source" / f"{slug}.py"
    if not any(map(is_for_teachers, Source.read(path).cells)):
        return "ppoNotes({});\n"
    sections = [anchor for level, anchor, _ in headings if level == 2]
    found = presented(slug, language, folder)
    if len(found.sections) != len(sections):
        raise ValueError(
            f"{path.name} has {len(found.sections)} sections, and its page {len(sections)}: `make lessons`"
        )
    plan = {
        anchor: {
            "heading": marked.inline(each.heading),
            "minutes": each.minutes,
            "short": each.short,
            "do": _html(each.do),
            "ask": _html(each.ask),
        }
        for anchor, each in zip(sections, found.sections, strict=True)
    }
    questions = [_html(each) for each in found.questions]
    return f"ppoNotes({_json({'aim': _html(found.aim), 'plan': plan, 'questions': questions})});\n"


def _html(markdown):
    return marked.to_pages(marked.inline(markdown))


def _json(what):
    return json.dumps(what, ensure_ascii=False, separators=(",", ":"))
