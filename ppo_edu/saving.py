"""A run as a file: NumPy's .npz, arrays and one JSON text. Nothing in it is ever unpickled.

Loading a pickle runs whatever code its author put there; arrays and JSON are data only.
"""

import json
import os
import stat
import zipfile

import numpy as np

from ppo_edu.guards.files import as_json, whole_file
from ppo_edu.guards.validation import check_path
from ppo_edu.language import t

FORMAT = "ppo_edu run 1"


def write(path, facts, arrays):
    """Write `facts` (what JSON can hold) and `arrays` (dict of arrays) to `path`, all or nothing."""
    path = check_path("path", path)
    with whole_file(path) as file:
        np.savez(file, facts=as_json({"format": FORMAT, **facts}), **arrays)


def read(path, build):
    """Return ``build(facts, arrays)`` of a file that `write` wrote.

    Raises
    ------
    ValueError
        If the file is damaged or is something else, also where `build` fails on what it holds.
    OSError
        If there is no such file, or it cannot be read.
    """
    path = check_path("path", path)
    # A pipe would be waited for, for ever; of a folder, `open` says what is to be said.
    kind = os.stat(path).st_mode
    if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        raise ValueError(t("error.not_a_run_file", path=str(path), reason=stat.filemode(kind)))
    with open(path, "rb") as file:
        # A damaged file can fail in zipfile, zlib, NumPy, JSON or torch, each with errors of its own.
        try:
            _check_unpacked(file)
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            facts = json.loads(str(arrays.pop("facts")))
            if facts.pop("format") != FORMAT:
                raise ValueError("format")
            return build(facts, arrays)
        except Exception as error:
            raise ValueError(t("error.not_a_run_file", path=str(path), reason=repr(error))) from error


def _check_unpacked(file):
    """Raise ValueError unless what is in `file` takes no more memory than the file; go back to its start."""
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    names = [member.filename for member in members]
    packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
    if packed or len(set(names)) < len(names):
        raise ValueError("packed")
    if sum(member.file_size for member in members) > file.seek(0, os.SEEK_END):
        raise ValueError("sizes")
    file.seek(0)
