"""Every English cell of the lessons runs, and those whose output is to be compared print what is committed.

The Korean notebooks run as learners run them, whole, in JupyterLab: see `browser/test_every_lesson`. Their
code is the same but for the language, so what an English run alone can find is in the words. Here, therefore,
trainings are cut short, and no lesson has a kernel of its own.
"""

import contextlib
import functools
import io

import lab
import nbformat
import pytest
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from lessons import source
from nbformat.v4 import new_code_cell, new_output
from traitlets.config import Config

from ppo_edu import training
from ppo_edu.exercises.tasks.bugs.family import Family
from ppo_edu.language_models import training as training_by_answers
from ppo_edu.study import seeds

NOTEBOOKS = sorted((source.NOTEBOOKS / "en").glob("*.ipynb"))
COMPARED = "nbval-check-output"
# Where a cell's own loop trains.
SHORTER = {
    "while steps < 12_000": "while steps < 400",
    "max_steps=30_000, seed=1, on_episode": "max_steps=400, on_episode",
}


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """IPython without a kernel, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.display_pub = CapturingDisplayPublisher()
    shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=shell.display_pub.outputs)
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


@pytest.fixture
def trained(monkeypatch):
    """The trainings that were begun: each ends after some updates."""
    begun = []

    def short(train, **most):
        @functools.wraps(train)
        def cut(*args, **settings):
            begun.append(train)
            given = {name: min(settings.get(name, limit), limit) for name, limit in most.items()}
            if "MountainCar-v0" in args:
                given = {}  # no episode of it would be over
            run = train(*args, **settings | given)
            if getattr(run, "solved_at_step", 0) is None:
                run.solved_at_step = run.total_steps  # a lesson tells when it was reached
            return run

        return cut

    for module in (training, seeds):
        monkeypatch.setattr(module, "train", short(module.train, max_steps=4_000))
    monkeypatch.setattr(training_by_answers, "train", short(training_by_answers.train, updates=2))
    monkeypatch.setattr(Family, "history", Family.short_run)
    return begun


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs_and_prints_what_is_committed(path, shell, trained):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert lab.key_numbers(run(cells, shell, trained)) == lab.key_numbers(cells)


@pytest.mark.parametrize("code", ["print(2 + 2)", "2 + 2"])
def test_a_number_that_has_changed_is_noticed(code, shell, trained):
    cell = new_code_cell(code, metadata={"tags": [COMPARED]})
    for committed, same in (("4\n" if "print" in code else "4", True), ("5", False)):
        cell.outputs = [new_output("stream", text=committed)]
        assert (lab.key_numbers(run([cell], shell, trained)) == lab.key_numbers([cell])) == same


def run(cells, shell, trained):
    """Return the cells with what they print and show now."""
    return [{**cell, "outputs": outputs_of(cell, shell, trained)} for cell in cells]


def outputs_of(cell, shell, trained):
    """Run a cell and return what it printed and showed."""
    code, before, printed = cell.source, len(trained), io.StringIO()
    for usual, shorter in SHORTER.items():
        code = code.replace(usual, shorter)
    shell.display_pub.outputs.clear()
    with contextlib.redirect_stdout(printed):
        shell.run_cell(code).raise_error()
    if COMPARED in cell.metadata.get("tags", []):
        assert len(trained) == before and code == cell.source, "it is compared, and must not be cut short"
    shown = [
        new_output("display_data", {"text/plain": each["data"]["text/plain"]})
        for each in shell.display_pub.outputs
    ]
    told = [new_output("stream", text=printed.getvalue())] if printed.getvalue() else []
    return [*told, *shown]
