"""The learner's own copy of the lessons.

It is filled once. What the learner has changed or deleted stays changed or deleted; a lesson that is new in
the course is added, and of one that the course has mended the learner is told. `OwnCopy.fresh` gives a lesson
afresh and keeps the old one beside it.
"""

import contextlib
import dataclasses
import datetime
import functools
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

import filelock
import platformdirs

from ppo_edu.guards.files import whole_file
from ppo_edu.language import LANGUAGES, speaking, t
from ppo_edu.language.lessons import lessons

COURSE = Path(__file__).parents[2] / "notebooks"
ELSEWHERE = "PPO_EDU_LESSONS"
LOCK_SECONDS = 60.0
_LIST = ".ppo_edu.json"
_LOCK = ".ppo_edu.lock"


@dataclasses.dataclass(frozen=True)
class Copied:
    """How one lesson stands in the copy.

    Attributes
    ----------
    language, slug : str
    path : str or None
        In the copy, such as ``"ko/03_ratio.ipynb"``; None if the learner has deleted or renamed it.
    newer : bool
        Whether the course has another version of it than the one that was copied.
    """

    language: str
    slug: str
    path: str | None
    newer: bool


def default_folder(course=COURSE):
    """Return where the copy is: where PPO_EDU_LESSONS says, or beside the course, or among the documents.

    The last if the course is in a folder where nothing can be written.
    """
    if chosen := os.environ.get(ELSEWHERE):
        return Path(chosen).expanduser()
    beside = course.parent / "my_lessons"
    return beside if _can_be_written(beside) else platformdirs.user_documents_path() / "ppo_edu"


def _can_be_written(folder):
    # Permissions tell less than trying: a disk may be mounted for reading, and Windows answers yes to all.
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


class OwnCopy:
    """A learner's copy of the lessons of `course`, in `folder`.

    Raises
    ------
    ValueError
        If it is the folder of the course itself, which would be changed then.
    """

    def __init__(self, folder, course=COURSE):
        self.folder, self.course = Path(folder), Path(course)
        if self.folder.exists() and self.folder.samefile(self.course):
            raise ValueError(t("copy.is_the_course", folder=str(self.folder)))

    def fill(self):
        """Copy what was never copied, and let lessons follow their numbers; change nothing else.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        with self._alone() as listed:
            self._follow_numbers(listed)
            for language, slug, name in self._of_the_course():
                key, target = f"{language}/{slug}", self.folder / language / name
                if key in listed:
                    continue
                given = _version(self.course / language / name)
                if os.path.lexists(target):
                    # Copied before an interruption, or the learner's own work under a list that was lost.
                    given = given if _version(target) == given else None
                else:
                    _copy(self.course / language / name, target)
                listed[key] = {"file": name, "given": given}
                self._write(listed)

    def lessons(self):
        """Return a `Copied` for each lesson of the course, in its order, first all of one language."""
        listed = self._read()
        found = []
        for language, slug, name in self._of_the_course():
            entry = listed.get(f"{language}/{slug}", {"file": name, "given": None})
            there = os.path.lexists(self.folder / language / entry["file"])
            newer = there and entry["given"] != _version(self.course / language / name)
            path = f"{language}/{entry['file']}" if there else None
            found.append(Copied(language, slug, path, newer))
        return found

    def fresh(self, slug, language):
        """Put the course's version of a lesson into the copy; return the name that the old one got.

        The old one stays beside it, whatever is in it; None is returned if there was none.

        Raises
        ------
        FileExistsError
            If the lesson is just what the course has, and so was left alone.
        """
        with self._alone() as listed:
            entry = lessons()[slug]
            key, name = f"{language}/{slug}", f"{entry.name}.ipynb"
            source = self.course / language / name
            before = self.folder / language / listed.get(key, {"file": name})["file"]
            target = self.folder / language / name
            if not os.path.lexists(before):
                before = target
            kept = None
            if os.path.lexists(before):
                if before.is_file() and before.read_bytes() == source.read_bytes():
                    raise FileExistsError(str(before))
                with speaking(language):
                    kept = _free_name(before)
                before.rename(kept)
            try:
                if os.path.lexists(target):  # another file of the learner's has its name
                    target.rename(_free_name(target))
                _copy(source, target)
            except BaseException:
                if kept is not None and not os.path.lexists(before):
                    kept.rename(before)
                raise
            listed[key] = {"file": name, "given": _version(source)}
            self._write(listed)
            return kept.name if kept else None

    def _of_the_course(self):
        """Yield language, slug and file name of each notebook of the course."""
        for language in LANGUAGES:
            for slug, entry in lessons().items():
                name = f"{entry.name}.ipynb"
                if (self.course / language / name).is_file():
                    yield language, slug, name

    def _follow_numbers(self, listed):
        """Rename lessons whose number has changed, so that links between lessons go on leading there."""
        for language, slug, name in self._of_the_course():
            entry, room = listed.get(f"{language}/{slug}"), self.folder / language
            # What has the new name already is the learner's own, or was renamed before an interruption.
            if entry is None or entry["file"] == name:
                continue
            if os.path.lexists(room / entry["file"]):
                if os.path.lexists(room / name):
                    continue
                (room / entry["file"]).rename(room / name)
            entry["file"] = name
            self._write(listed)

    @contextlib.contextmanager
    def _alone(self):
        """Return a context with the list of what was given, in which no other start changes the copy."""
        for language in LANGUAGES:
            (self.folder / language).mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(self.folder / _LOCK, timeout=LOCK_SECONDS)
        with contextlib.suppress(NotImplementedError):  # some network drives know no locks
            lock.acquire()
        try:
            yield self._read()
        finally:
            lock.release()

    def _read(self):
        try:
            listed = json.loads((self.folder / _LIST).read_bytes().decode("utf-8"))
            return {
                key: {"file": str(Path(entry["file"]).name), "given": entry["given"]}
                for key, entry in listed.items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}  # `fill` makes another: see there

    def _write(self, listed):
        with whole_file(self.folder / _LIST) as file:
            file.write(json.dumps(listed, indent=1).encode("utf-8"))


def find_lesson(words):
    """Return the slugs and languages that `words` name: number, slug, title or file name.

    A title or a file's folder tells the language, too; else both are returned.

    Raises
    ------
    ValueError
        If there is no such lesson.
    """
    folder, _, name = words.strip().replace("\\", "/").rpartition("/")
    wanted = name.removesuffix(".ipynb").casefold()
    languages = [folder] if folder in LANGUAGES else LANGUAGES
    found = []
    for slug, entry in lessons().items():
        for language in languages:
            names = {slug, entry.name, entry.title[language].casefold(), entry.heading(language).casefold()}
            if wanted in names or (entry.number and wanted.isdecimal() and int(wanted) == int(entry.number)):
                found.append((slug, language))
    if not found:
        listed = ", ".join(entry.name for entry in lessons().values())
        raise ValueError(t("error.not_a_choice", name="--fresh", value=repr(words), choices=listed))
    return found


def _copy(source, target):
    with whole_file(target) as file:
        file.write(source.read_bytes())


def _free_name(path):
    """Return a name for an old lesson beside `path` that says what it is, and that no file has."""
    day = datetime.date.today().isoformat()
    stem = re.sub(r"\.ipynb$", "", path.name)
    kept = path.with_name(f"{t('copy.old_name', name=stem, day=day)}.ipynb")
    number = 2
    while os.path.lexists(kept):
        kept = path.with_name(f"{t('copy.old_name', name=stem, day=day)} {number}.ipynb")
        number += 1
    return kept


def _version(path):
    """Return what tells one version of a lesson from another; None of what is no notebook."""
    try:
        facts = path.stat()
        return _version_of(path, facts.st_mtime_ns, facts.st_size)
    except OSError:
        return None


@functools.lru_cache(maxsize=200)
def _version_of(path, changed, size):
    # What runs print, the seconds of a training say, is different each time and makes no new version.
    try:
        cells = json.loads(path.read_bytes().decode("utf-8"))["cells"]
        text = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return hashlib.sha256(json.dumps(text).encode("ascii")).hexdigest()[:16]
