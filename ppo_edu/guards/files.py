"""Files that are written whole or not at all."""

import contextlib
import hashlib
import json
import os
import secrets
import time
from pathlib import Path

from ppo_edu.language import t

# A part that nobody has written to for so long was left by a process that was killed.
_ABANDONED_AFTER = 3600  # seconds


def as_json(facts):
    """Return `facts` as JSON text."""
    # A setting may be a NumPy number, which JSON does not know.
    return json.dumps(facts, default=lambda number: number.item())


@contextlib.contextmanager
def whole_file(path):
    """Return a context that writes bytes to `path`, all or nothing.

    A process that is killed on the way leaves an earlier file of that name whole; what it had written is
    removed when the same file is written again, an hour later or more. A symbolic link is followed.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    """
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(t("error.no_folder", path=str(path), folder=str(path.parent)))
    # Short, however long the name; random, because processes on several machines may share a folder.
    stem = f".{hashlib.sha256(path.name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
    for left in path.parent.glob(f"{stem}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED_AFTER:
                left.unlink()
    part = path.with_name(f"{stem}.{secrets.token_hex(8)}.part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
