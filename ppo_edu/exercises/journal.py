"""What a class's teacher may see, if the class wants that: one line for each check and each prediction.

Off, unless the environment variable PPO_EDU_CLASS names a folder; then every check says what is seen, and so
does `progress`. A line holds the time, the exercise, right or wrong, and which known mistake it was; or which
of a question's answers was chosen. Nothing of the learner's code is in it. It is the learner's own word, of
use for help and not for marks.

Each learner's file in that folder is the learner's own, and the folder's group, the teachers, can read it.
`prepare` makes the folder so that learners can put their files there and read nobody else's.
"""

import getpass
import json
import os
import re
import stat
import time
import unicodedata
from pathlib import Path

from ppo_edu.language import catalogue, current_language, t

FOLDER = "PPO_EDU_CLASS"
LEARNER = "PPO_EDU_LEARNER"
ENDING = ".jsonl"
MAX_BYTES = 2**20
# Whoever owns the folder reads and deletes; others may put a file of their own there, and see no other.
FOLDER_MODE, FILE_MODE = 0o3773, 0o640
# Somebody else may have put a link there, or a pipe that nobody reads.
_NO_TRAP = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_SHARED = ("exercise", "bugs", "whole_program")  # tables of words that exercises share


def folder():
    """Return the class's folder, or None if no journal is kept."""
    return Path(chosen) if (chosen := os.environ.get(FOLDER, "").strip()) else None


def learner():
    """Return under which name this learner's journal is kept: the one chosen, the hub's or the system's."""
    name = os.environ.get(LEARNER) or os.environ.get("JUPYTERHUB_USER") or _login()
    name = unicodedata.normalize("NFC", name)
    return re.sub(r"[^\w.@+-]+", "_", name)[:60].lstrip(".") or "_"


def _login():
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or Windows without a name
        return "_"


def prepare(path):
    """Make `path` a folder in which learners of other accounts can put their journals, and return it."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(FOLDER_MODE)
    return path


def mistake_in(name, message):
    """Return the catalogue's key of the words that a check's `message` begins with, or ``""``."""
    words, tables = catalogue(current_language()), {name, *_SHARED}
    found = [key for key in words if key.partition(".")[0] in tables and _begins(message, words[key])]
    return max(found, key=lambda key: len(words[key]), default="")


def _begins(message, template):
    """Return whether `message` begins with `template`, whatever stands in its ``{places}``."""
    pieces = [re.escape(piece) for piece in re.split(r"\{[^{}]*\}", template)]
    return any(pieces) and re.match(".*?".join(pieces), message, re.DOTALL) is not None


def checked(name, result):
    """Enter a `CheckResult`, if a journal is kept; return what the learner is told of that, or ``""``."""
    if folder() is None or not result.attempted:
        return ""
    mistake = "" if result.passed else mistake_in(name, result.message)
    entry = {"exercise": name, "passed": bool(result.passed), "mistake": mistake}
    return _enter(entry) or t("journal.seen")


def predicted(name, place):
    """Enter that the answer at `place`, counted from 0, was chosen; return a word if that went wrong."""
    return _enter({"question": name, "chosen": place}) if folder() is not None else ""


def _enter(entry):
    line = json.dumps({"time": round(time.time()), **entry}, ensure_ascii=False) + "\n"
    try:
        file = os.open(_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_TRAP, FILE_MODE)
        try:
            about = os.fstat(file)
            if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_BYTES:
                return t("journal.not_written", reason=t("journal.full"))
            if hasattr(os, "fchmod") and not about.st_size:  # whatever umask says
                os.fchmod(file, FILE_MODE)
            os.write(file, line.encode("utf-8", "replace"))
        finally:
            os.close(file)
    except OSError as error:
        return t("journal.not_written", reason=error.strerror or type(error).__name__)
    return ""


def _file():
    return folder() / f"{learner()}{ENDING}"


def read(path):
    """Return the entries of one journal: those lines that are what `checked` and `predicted` write.

    Raises
    ------
    OSError
        If `path` cannot be read or is no plain file.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise OSError(f"{path} is no plain file")
    with open(path, "rb") as stream:
        lines = stream.read(2 * MAX_BYTES).decode("utf-8", "replace").split("\n")
    return [entry for line in lines if (entry := _entry(line)) is not None]


def _entry(line):
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or type(entry.get("time")) is not int:
        return None
    check = isinstance(entry.get("exercise"), str) and type(entry.get("passed")) is bool
    check = check and isinstance(entry.get("mistake"), str)
    prediction = isinstance(entry.get("question"), str) and type(entry.get("chosen")) is int
    return entry if check or prediction else None
