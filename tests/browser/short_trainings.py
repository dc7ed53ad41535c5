"""What a lesson's kernel does at its start in `test_every_lesson`: its trainings end after some updates.

To their end nbval runs them, in the English notebooks, whose code is the same.
"""

import functools
from pathlib import Path

# Read by IPython when a kernel starts. Did the module do it by itself, pytest would, too, which imports all.
STARTUP = f"""
import sys
sys.path.append({str(Path(__file__).parent)!r})
import short_trainings
short_trainings.shorten()
"""


def shorten():
    """Have this process's trainings end early, all but those behind the retrain button."""
    from ppo_edu import training
    from ppo_edu.exercises.tasks import bugs
    from ppo_edu.exercises.tasks.bugs.family import Family
    from ppo_edu.language_models import training as training_by_answers
    from ppo_edu.study import seeds
    from ppo_edu.workbench import retrain

    whole = training.train
    for module in (training, seeds):
        module.train = _short(module.train, max_steps=4_000)
    retrain.train = whole  # until its button is pressed once more
    training_by_answers.train = _short(training_by_answers.train, updates=2)
    Family.history = Family.short_run
    bugs.history = bugs.FAMILY.history


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
