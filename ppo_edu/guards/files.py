"""Files that are written whole or not at all."""

import contextlib
import json
import os
from pathlib import Path


def as_json(facts):
    """Return `facts` as JSON text."""
    # A setting may be a NumPy number, which JSON does not know.
    return json.dumps(facts, default=lambda number: number.item())


@contextlib.contextmanager
def whole_file(path):
    """Return a context that writes bytes to `path`, all or nothing.

    A process that is killed on the way leaves an earlier file of that name whole.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
