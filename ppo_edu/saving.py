"""A run as a file: NumPy's .npz, arrays and one JSON text. Nothing in it is ever unpickled.

Loading a pickle runs whatever code its author put there; arrays and JSON are data only.
"""

import json
import zipfile

import numpy as np

from ppo_edu.guards.files import as_json, whole_file
from ppo_edu.language import t

FORMAT = "ppo_edu run 1"
LARGEST_UNPACKED = 500_000_000  # bytes


def write(path, facts, arrays):
    """Write `facts` (what JSON can hold) and `arrays` (dict of arrays) to `path`, all or nothing."""
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
    with open(path, "rb") as file:
        # A damaged file can fail in zipfile, zlib, NumPy, JSON or torch, each with errors of its own.
        try:
            _check_size(file)
            with np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            facts = json.loads(str(arrays.pop("facts")))
            if facts.pop("format") != FORMAT:
                raise ValueError("format")
            return build(facts, arrays)
        except Exception as error:
            raise ValueError(t("error.not_a_run_file", path=str(path), reason=repr(error))) from error


def _check_size(file):
    """Raise ValueError if what is packed into `file` would fill the memory; go back to its start."""
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > LARGEST_UNPACKED:
        raise ValueError(f"{unpacked:,} bytes unpacked")
    file.seek(0)
