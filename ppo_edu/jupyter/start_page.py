"""The first page that a learner sees, in the languages of the course, that of the system first."""

import html
import string
from pathlib import Path
from urllib.parse import quote

from ppo_edu import exercises
from ppo_edu.language import LANGUAGES, speaking, system_language, t
from ppo_edu.language.lessons import lessons

_FRAME = Path(__file__).with_name("start_page.html")


def page(copy, base_url, guard, path="", kept="", same=""):
    """Return the page as HTML.

    Parameters
    ----------
    copy : OwnCopy
    base_url : str
        Of the server.
    guard : str
        The hidden field by which the server knows that a form is its own.
    path, kept : str
        A lesson that was just given afresh, and the name under which the old one is kept.
    same : str
        Not empty if that lesson was as the course has it already, so that nothing was done.
    """
    first = system_language()
    order = [first, *(language for language in LANGUAGES if language != first)]
    copied = copy.lessons()
    done = exercises.progress().lessons
    halves = []
    for language in order:
        with speaking(language):
            half = [each for each in copied if each.language == language]
            told = _told(language, path, kept, same)
            others = "".join(_way_to(each) for each in order if each != language)
            halves.append(_half(half, done, base_url, guard, copy.folder, others, told))
    frame = string.Template(_FRAME.read_text(encoding="utf-8"))
    return frame.substitute(language=first, title="ppo_edu", halves="\n".join(halves))


def _way_to(language):
    with speaking(language):
        name = t("start_page.language")
    return f' <a class="small" href="#{language}" lang="{language}" hreflang="{language}">{name}</a>'


def _told(language, path, kept, same):
    """Return a line on a lesson that was asked for afresh, as HTML; "" if it is of another language."""
    if not path.startswith(f"{language}/"):
        return ""
    if same:
        words = t("copy.is_fresh", path=path)
    else:
        words = t("start_page.kept", path=path, old=kept) if kept else t("start_page.fresh", path=path)
    return f'<p class="told" role="status">{html.escape(words)}</p>'


def _half(copied, done, base_url, guard, folder, others, told):
    language = copied[0].language if copied else "en"
    rows = [_row(each, done, base_url, guard) for each in copied]
    first = next((each for each in copied if each.path and not _is_done(each, done)), None)
    start = ""
    if first is not None:
        heading = lessons()[first.slug].heading(language)
        words = t("start_page.begin") if first is copied[0] else t("start_page.go_on")
        start = (
            f'<a class="begin" href="{_address(base_url, first.path)}">{words}: {html.escape(heading)}</a>'
        )
    newer = f"<p>{t('start_page.newer')}</p>" if any(each.newer for each in copied) else ""
    heads = "".join(
        f"<th>{words}</th>"
        for words in (
            "",
            t("start_page.lesson"),
            t("start_page.minutes"),
            t("start_page.exercises"),
            t("start_page.afresh"),
        )
    )
    return (
        f'<section lang="{language}" id="{language}"><h1>{t("start_page.title")}</h1>'
        f"<p>{t('start_page.what')}{others}</p>{told}"
        f"<p>{start}</p>{newer}<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f'<p class="small">{t("start_page.folder", folder=html.escape(str(folder)))}</p></section>'
    )


def _row(copied, done, base_url, guard):
    entry = lessons()[copied.slug]
    title = html.escape(entry.title[copied.language])
    if copied.path:
        title = f'<a href="{_address(base_url, copied.path)}">{title}</a>'
    question = f'<div class="small">{html.escape(entry.question[copied.language])}</div>'
    marks = done.get(entry.number, {})
    passed = sum(mark == exercises.progress_file.PASSED for mark in marks.values())
    sign = "✓" if marks and passed == len(marks) else "☐"
    score = f"{sign} {passed}/{len(marks)}" if marks else ""
    if copied.newer:
        words, kind = t("start_page.get_newer"), "newer"
    elif copied.path is None:
        words, kind = t("start_page.get_again"), "quiet"
    else:
        words, kind = t("start_page.get_afresh"), "quiet"
    button = (
        f'<form method="post">{guard}<input type="hidden" name="lesson" '
        f'value="{copied.language}/{entry.name}.ipynb"><button class="{kind}" '
        f'aria-label="{html.escape(entry.title[copied.language])}: {words}">{words}</button></form>'
    )
    minutes = f'{entry.minutes}<span class="unit"> {t("start_page.minutes").lower()}</span>'
    cells = (entry.number, title + question, minutes, score, button)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _is_done(copied, done):
    marks = done.get(lessons()[copied.slug].number, {})
    # What has no exercises, the first lesson say, counts as done once another lesson was begun.
    if not marks:
        return any(
            mark != exercises.progress_file.OPEN for others in done.values() for mark in others.values()
        )
    return all(mark == exercises.progress_file.PASSED for mark in marks.values())


def _address(base_url, path):
    return f"{base_url}lab/tree/{quote(path)}"
