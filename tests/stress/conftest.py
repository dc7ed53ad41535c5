"""What takes minutes is not part of `make test`: ``pytest tests/stress -s`` prints what was tried."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE))  # for the lists of hostile things beside it


def pytest_ignore_collect(collection_path, config):
    # Also where `tests` or nothing was asked for: only who names this folder wants it.
    asked = [Path(config.invocation_params.dir, str(argument).split("::")[0]) for argument in config.args]
    if not any(HERE in (path.resolve(), *path.resolve().parents) for path in asked):
        return True
    return None
