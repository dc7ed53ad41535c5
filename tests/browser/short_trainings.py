"""Run by a lesson's kernel at its start: its trainings end after some updates.

To their end nbval runs them, in the English notebooks, whose code is the same.
"""

import functools

from ppo_edu import training
from ppo_edu.exercises.tasks import bugs
from ppo_edu.exercises.tasks.bugs.family import Family
from ppo_edu.language_models import training as training_by_answers
from ppo_edu.study import seeds
from ppo_edu.workbench import retrain


def short(train, **most):
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


whole = training.train
for module in (training, seeds):
    module.train = short(module.train, max_steps=4_000)
retrain.train = whole  # until its button is pressed once more
training_by_answers.train = short(training_by_answers.train, updates=2)
Family.history = Family.short_run
bugs.history = bugs.FAMILY.history
