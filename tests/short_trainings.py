"""Lessons in the browser, whose trainings end after some updates, and say that they solved.

No test compares how they end. To their end they run when notebooks are made (`make lessons`) and in
`make test-lessons`; what they come to, the tests of trainings say.
"""

import functools
import importlib.abc
import importlib.machinery
import sys
from pathlib import Path

# The module does not shorten at its import, because pytest imports every module.
STARTUP = """
import sys
sys.path.append({folder!r})
import short_trainings
short_trainings.shorten()
"""


def for_kernels(ipython):
    """Have each kernel that starts with `ipython`, a path, as its IPYTHONDIR shorten its trainings.

    A kernel keeps silent about what fails at its start: ask it whether it did.
    """
    startup = ipython / "profile_default" / "startup"
    startup.mkdir(parents=True)
    # Under another name than this module's: its own folder comes first there, so it would import itself.
    code = STARTUP.format(folder=str(Path(__file__).parent))
    (startup / "at_start.py").write_text(code, encoding="utf-8")


# Of the programs that lessons write themselves: how long they train, and for how long they do here.
IN_CELLS = {
    "max_steps=30_000, seed=1": "max_steps=3_000, seed=1",  # the_notes
    "while steps < 12_000:": "while steps < 2_000:",  # full_training
    "for update in range(40):": "for update in range(12):",  # policy_gradient, which shows the eleventh
}


def shorten():
    """Have this process's trainings end early, all but those behind the retrain button.

    Nothing is imported for it: what trains loads torch, which most kernels in a browser can do without.
    """
    from IPython import get_ipython

    sys.meta_path.insert(0, _AfterImport())
    get_ipython().input_transformers_post.append(_shortened)


class _AfterImport(importlib.abc.MetaPathFinder):
    """Shortens each module that trains once it has been imported."""

    def find_spec(self, name, path=None, target=None):
        if name not in SHORTENED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        execute = spec.loader.exec_module

        def execute_and_shorten(module):
            execute(module)
            SHORTENED[name](module)

        spec.loader.exec_module = execute_and_shorten
        return spec


def _short_train(module):
    module.train = _short(module.train, max_steps=4_000)


def _short_train_by_answers(module):
    module.train = _short(module.train, updates=2)


def _whole_train(module):
    module.train = module.train.__wrapped__  # until its button is pressed once more


def _short_history(module):
    module.Family.history = module.Family.short_run


SHORTENED = {
    "ppo_edu.training": _short_train,  # before any other imports `train` from it
    "ppo_edu.language_models.training": _short_train_by_answers,
    "ppo_edu.workbench.retrain": _whole_train,
    "ppo_edu.exercises.tasks.bugs.family": _short_history,
}


def _shortened(lines):
    for line in IN_CELLS:
        lines = [each.replace(line, IN_CELLS[line]) for each in lines]
    return lines


def _short(train, **most):
    """Return `train` with these limits, whatever it is told."""

    @functools.wraps(train)
    def cut(*args, **settings):
        limited = {name: min(settings.get(name, limit), limit) for name, limit in most.items()}
        if "MountainCar-v0" in args:
            limited = {}  # no episode of it would be over
        run = train(*args, **settings | limited)
        if getattr(run, "solved_at_step", 0) is None:
            run.solved_at_step = run.total_steps  # a lesson tells when it was
        return run

    return cut
