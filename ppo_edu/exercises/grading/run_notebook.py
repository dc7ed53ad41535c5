"""Run a learner's notebook in this process, cell after cell: ``python -m ppo_edu.exercises.run_notebook``.

`grading` starts it, so that what a notebook does, from a crash to an endless loop, ends with its process. The
checks in the notebook enter their results in the record as always (PPO_EDU_PROGRESS says where).
"""

import json
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def run(notebook, report):
    """Run the code cells of the file `notebook`; write to the file `report` which of them failed, as JSON."""
    # Read as what it is, JSON: importing nbformat takes longer than most notebooks run.
    cells = json.loads(notebook.read_bytes().decode("utf-8"))["cells"]
    # Nothing of this belongs into the history and the profile of whoever runs it.
    quiet = Config({"HistoryManager": {"enabled": False}})
    shell = InteractiveShell.instance(config=quiet, ipython_dir=str(report.parent / "ipython"))
    failures = []
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "code":
            # Its lines may stand in a list.
            done = shell.run_cell("".join(cell["source"]), store_history=False)
            if error := done.error_before_exec or done.error_in_exec:
                failures.append([number, type(error).__name__])
    report.write_text(json.dumps(failures), encoding="utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
