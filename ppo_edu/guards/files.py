"""Files that are written whole or not at all."""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import time
from pathlib import Path

from ppo_edu.guards.validation import shortened
from ppo_edu.language import t

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# Where no lock tells whether somebody still writes to a part.
_ABANDONED_AFTER = 3600  # seconds


def as_json(facts):
    """Return `facts` as JSON text."""
    return json.dumps(facts, default=_plain)


def _plain(value):
    # NumPy's and torch's numbers and arrays, which JSON does not know.
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(t("error.not_json", value=shortened(value), type=type(value).__name__))


@contextlib.contextmanager
def whole_file(path):
    """Return a context that writes bytes to `path`, all or nothing.

    A process that is killed on the way leaves an earlier file of that name whole; what it had written is
    removed when the same file is written again. A symbolic link is followed.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    OSError
        If something else than a file is there: a folder, a device, a pipe.
    """
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(t("error.no_folder", path=str(path), folder=str(path.parent)))
    check_replaceable(path)
    # Short, however long the name; random, because processes on several machines may share a folder.
    stem = f".{hashlib.sha256(path.name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
    for left in path.parent.glob(f"{stem}.*.part"):
        _remove_if_abandoned(left)
    part, file = _new_part(path, stem)
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:  # before its lock ends
                os.replace(part, path)
        if fcntl is None:
            os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def check_replaceable(path):
    """Raise OSError if something is at `path` that is no file: who may, would replace /dev/null by one."""
    if os.path.lexists(path) and not os.path.isfile(path):
        number = errno.EISDIR if os.path.isdir(path) else errno.EINVAL
        raise OSError(number, t("error.no_file_there"), str(path))


def _new_part(path, stem):
    """Return the path of a new file beside `path`, and that file, open and locked."""
    while True:
        part = path.with_name(f"{stem}.{secrets.token_hex(8)}.part")
        try:
            file = open(part, "xb")  # noqa: SIM115
        except OSError as error:  # the reader asked for `path`, and knows nothing of parts
            raise type(error)(error.errno, error.strerror, str(path)) from None
        if fcntl is None:
            return part, file
        with contextlib.suppress(OSError):  # not every file system has locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return part, file
        file.close()  # taken for abandoned between its making and its lock


def _remove_if_abandoned(part):
    """Remove `part` unless somebody writes to it: a lock ends with its process, however that ends."""
    with contextlib.suppress(OSError):
        if fcntl is None:
            if time.time() - part.stat().st_mtime > _ABANDONED_AFTER:
                part.unlink()
            return
        with open(part, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
