"""A class at a glance: how many solved what, and which mistake holds the others up.

The page is made of the journals in a folder (`ppo_edu.exercises.journal`), and of nothing that runs: a
damaged or hostile file costs its own lines and no more. Counts can stand on a projector; names are shown only
if asked for.
"""

import collections
import dataclasses
import html
import http.server
import re
import secrets
import string
import time
import urllib.parse
from pathlib import Path

from ppo_edu.exercises import LESSONS, journal, names
from ppo_edu.exercises.progress_file import OPEN, PASSED, SIGNS, TRIED, title
from ppo_edu.language import catalogue, current_language, t
from ppo_edu.language.lessons import lessons

MOST_LEARNERS = 1000
STUCK_TRIES = 3
SECONDS = 10  # between two looks
_FRAME = Path(__file__).with_name("class_page.html")


@dataclasses.dataclass
class Learner:
    """What one journal says.

    Attributes
    ----------
    name : str
    marks : dict
        From an exercise to `PASSED` or `TRIED`.
    failed : dict
        From an exercise that is not passed to how often it was tried.
    mistakes : dict
        From an exercise to the key of the last mistake, if it is a known one.
    chosen : dict
        From a question to the place of the answer last chosen.
    last : int
        The time of the last entry, in seconds since 1970.
    """

    name: str
    marks: dict = dataclasses.field(default_factory=dict)
    failed: dict = dataclasses.field(default_factory=dict)
    mistakes: dict = dataclasses.field(default_factory=dict)
    chosen: dict = dataclasses.field(default_factory=dict)
    last: int = 0

    @property
    def stuck(self):
        """Whether an exercise was tried `STUCK_TRIES` times or more and is not passed."""
        return any(tries >= STUCK_TRIES for tries in self.failed.values())


def read(folder):
    """Return a `Learner` for each journal in `folder`, by name.

    Raises
    ------
    OSError
        If the folder cannot be read.
    """
    files = sorted(file for file in Path(folder).iterdir() if file.suffix == journal.ENDING)
    learners = []
    for file in files[:MOST_LEARNERS]:
        try:
            learners.append(_learner(file.stem, journal.read(file)))
        except OSError:
            learners.append(Learner(file.stem))
    return learners


def _learner(name, entries):
    learner, known, words = Learner(name), set(names()), catalogue(current_language())
    for entry in entries:
        learner.last = max(learner.last, min(entry["time"], int(time.time())))
        if "question" in entry:
            if 0 <= entry["chosen"] < 26 and _is_a_question(entry["question"]):
                learner.chosen[entry["question"]] = entry["chosen"]
        elif entry["exercise"] in known:
            exercise = entry["exercise"]
            if entry["passed"]:
                learner.marks[exercise] = PASSED
                learner.failed.pop(exercise, None)
                learner.mistakes.pop(exercise, None)
            elif learner.marks.get(exercise) != PASSED:
                learner.marks[exercise] = TRIED
                learner.failed[exercise] = learner.failed.get(exercise, 0) + 1
                mistake = entry["mistake"] if entry["mistake"] in words else ""
                learner.mistakes[exercise] = mistake
    return learner


def _is_a_question(name):
    # A lesson's slug and a name in the code's letters: no sentence of anybody's stands on the page.
    slug, _, rest = name.partition(".")
    return slug in lessons() and re.fullmatch(r"[a-z][a-z0-9_]{0,40}", rest) is not None


def page(folder, with_names=False):
    """Return the page as HTML, in the language in use.

    Parameters
    ----------
    folder : path
        Where the journals are.
    with_names : bool
        Whether learners are listed, the stuck ones first.
    """
    learners = read(folder)
    parts = [f"<p>{t('journal.learners', count=len(learners), time=time.strftime('%H:%M:%S'))}</p>"]
    parts += [_lesson(number, learners) for number in LESSONS]
    parts.append(_predictions(learners))
    if with_names:
        parts.append(_list(learners))
    parts.append(f"<p class=small>{html.escape(t('journal.for_help'))}</p>")
    frame = string.Template(_FRAME.read_text(encoding="utf-8"))
    return frame.substitute(
        language=current_language(),
        title=t("journal.title"),
        seconds=SECONDS,
        body="\n".join(filter(None, parts)),
    )


def _lesson(number, learners):
    rows = [row for name in LESSONS[number] if (row := _exercise(name, learners))]
    heading = next(
        entry.heading(current_language()) for entry in lessons().values() if entry.number == number
    )
    if not rows:
        return ""
    words = (t("journal.exercise"), t("journal.count"), t("journal.mistakes"))
    heads = "".join(f"<th scope=col>{html.escape(word)}" for word in words)
    return (
        f"<h2>{html.escape(heading)}</h2>"
        f"<table><thead><tr>{heads}</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _exercise(name, learners):
    count = collections.Counter(learner.marks.get(name, OPEN) for learner in learners)
    if not count[PASSED] + count[TRIED]:
        return ""
    everybody = max(len(learners), 1)
    told = t("journal.of_all", passed=count[PASSED], tried=count[TRIED], everybody=len(learners))
    right, tried = (100 * count[mark] / everybody for mark in (PASSED, TRIED))
    made = collections.Counter(learner.mistakes[name] for learner in learners if name in learner.mistakes)
    mistakes = "".join(
        f"<li><b>{times}</b> {html.escape(_short(key))}" for key, times in made.most_common() if times
    )
    bar = f'<i style="width:{right:.1f}%"></i><u style="width:{tried:.1f}%"></u>'
    return (
        f"<tr><th scope=row>{html.escape(title(name))} <code>{html.escape(name)}</code>"
        f"<td><div class=bar aria-hidden=true>{bar}</div>{html.escape(told)}<td><ul>{mistakes}</ul>"
    )


def _short(key):
    """Return the first sentence of what the learner was told, without its values and marks of Markdown."""
    if not key:
        return t("journal.another_mistake")
    words = re.sub(r"\{[^{}]*\}", "…", catalogue(current_language())[key])
    words = re.sub(r"[`*$]|\\(?=\w)", "", words).strip()
    sentence = re.split(r"(?<=[.?!])\s", words, maxsplit=1)[0]
    return sentence if len(sentence) <= 120 else sentence[:119] + "…"


def _predictions(learners):
    asked = sorted({question for learner in learners for question in learner.chosen})
    if not asked:
        return ""
    rows = []
    for question in asked:
        count = collections.Counter(
            learner.chosen[question] for learner in learners if question in learner.chosen
        )
        told = "  ".join(f"{place + 1}: {count[place]}" for place in sorted(count))
        rows.append(f"<tr><th scope=row><code>{html.escape(question)}</code><td>{told}")
    return (
        f"<h2>{html.escape(t('journal.predictions'))}</h2>"
        f"<p class=small>{html.escape(t('journal.by_place'))}</p>"
        f"<table><tbody>{''.join(rows)}</tbody></table>"
    )


def _list(learners):
    now = time.time()
    order = sorted(learners, key=lambda each: (not each.stuck, -sum(each.failed.values()), each.last))
    rows = []
    for each in order:
        done = sum(mark == PASSED for mark in each.marks.values())
        where = ", ".join(f"{SIGNS[TRIED]} {title(name)} ({tries})" for name, tries in each.failed.items())
        since = t("journal.minutes_ago", minutes=int((now - each.last) // 60)) if each.last else ""
        mark = " class=stuck" if each.stuck else ""
        rows.append(
            f"<tr{mark}><th scope=row>{html.escape(each.name)}<td>{SIGNS[PASSED]} {done}"
            f"<td>{html.escape(where)}<td>{html.escape(since)}"
        )
    return (
        f"<h2>{html.escape(t('journal.names'))}</h2><table class=names><tbody>{''.join(rows)}</tbody></table>"
    )


def delete(folder):
    """Delete the journals in `folder`, those of `journal` alone, and return how many."""
    files = [file for file in Path(folder).iterdir() if file.suffix == journal.ENDING]
    for file in files:
        file.unlink()
    return len(files)


def server(folder, with_names=False, port=0):
    """Return a server of the page, on this machine alone, and its address, whose token it wants to see."""
    token = secrets.token_urlsafe(24)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("token", [""])[0]
            if not secrets.compare_digest(asked.encode(), token.encode()):
                self.send_error(403)
                return
            try:
                body = page(folder, with_names)
            except OSError as error:
                body = html.escape(t("journal.no_folder", folder=folder, reason=error.strerror or ""))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body.encode("utf-8"))

        def log_message(self, *arguments):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", port), Page)
    return made, f"http://127.0.0.1:{made.server_port}/?token={token}"
