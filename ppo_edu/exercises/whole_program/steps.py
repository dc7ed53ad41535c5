"""The exercises of the whole program: four steps, each checked on its own, and the program as a whole."""

import dataclasses
import functools
import inspect
import re

from ppo_edu.exercises import calling
from ppo_edu.exercises.kinds import Complaint, _Hole, _Worded, check_parameters, check_trial, not_done
from ppo_edu.exercises.result import CheckResult
from ppo_edu.language import catalogue, current_language, t

# Words of the catalogue that tell no mistake: progress, praise, and the mistake that has no name.
_NO_MISTAKES = {"once", "unknown", "in_step", "running", "learned"}


@dataclasses.dataclass(frozen=True)
class StepExercise(_Worded):
    """One step of the program.

    Parameters
    ----------
    name : str
    solution : tuple
        What the learner could hand in. The text of the last part is the solution shown.
    """

    name: str
    solution: tuple
    told: tuple = ()
    throws_dice = True

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        handed = ", ".join(part.__name__ for part in self.solution)
        return f"{inspect.getsource(self.solution[-1]).rstrip()}\n\n\n{self.name} = {handed}"

    def _told(self):
        return list(self.told)

    def known_mistakes(self):
        """Return what is said to each mistake, as `kinds` does; what a check puts in is shown as …"""
        table, words = f"{self.name}.", catalogue(current_language())
        names = [key.removeprefix(table) for key in words if key.startswith(table)]
        wrong = [name for name in names if name not in _NO_MISTAKES and not name.startswith("hint_")]
        return {re.sub(r"\{\w+\}", "…", words[table + name]): [] for name in wrong}

    def prepare(self):
        """Check the solution once: the first update loads half of torch."""
        load()
        self.check(self.solution)

    def check(self, answer):
        """Return the `CheckResult` for `answer`, and do not raise, whatever `answer` does."""
        if answer is None or answer is ... or answer is NotImplemented or _is_empty(answer):
            return not_done(self.name)
        try:
            return CheckResult(True, self.praise(answer))
        except _Hole:
            return not_done(self.name)
        except Complaint as complaint:
            return CheckResult(False, str(complaint))

    def praise(self, answer):
        """Return what is said to a right answer, or raise a `Complaint`."""
        raise NotImplementedError


def _is_empty(answer):
    return isinstance(answer, (list, tuple)) and (not answer or any(part is ... for part in answer))


def load():
    """Take one step of an optimiser: what that loads must not be stopped half-way by anybody's time limit."""
    import torch

    weight = torch.nn.Parameter(torch.ones(1))
    optimiser = torch.optim.Adam([weight])
    weight.sum().backward()
    optimiser.step()


def tried(function, blamed, **options):
    """Return what ``function()`` returns, or raise a `Complaint` as for a learner's function."""
    trial = calling.try_out(function, [{}], **options)
    check_trial(trial, blamed)
    return trial.results[0] if trial.results else None


class NetworkExercise(StepExercise):
    """``pi`` and ``v``."""

    def praise(self, answer):
        from ppo_edu.exercises.whole_program import looks
        from ppo_edu.exercises.whole_program.handed import Parts

        parts = Parts(answer)
        tried(lambda: looks.at_network(parts), _body(parts.make))
        return t("exercise.right")


class CollectionExercise(StepExercise):
    """From a policy and an environment to transitions."""

    def praise(self, answer):
        from ppo_edu.exercises.whole_program import looks
        from ppo_edu.exercises.whole_program.handed import Parts

        parts = Parts(answer, ("collect",))
        tried(lambda: looks.at_collection(parts), _body(parts.source_of("collect")))
        return t("exercise.right")


class TrainNetExercise(StepExercise):
    """One update, from the same batch and weights as the course's."""

    def _told(self):
        from ppo_edu.exercises.whole_program import update

        return sorted({"nan", "nothing_learned", *(key for key, _ in update.MISTAKES)})

    def praise(self, answer):
        from ppo_edu.exercises.whole_program import looks
        from ppo_edu.exercises.whole_program.handed import Parts

        parts = Parts(answer, ("train_net",))
        way = tried(lambda: looks.way_of(parts), _body(parts.source_of("train_net")))
        key = tried(lambda: looks.name_of(parts, way), None)
        if key in ("right", "once"):
            return t("exercise.right") + (" " + t("ppo_train_net.once") if key == "once" else "")
        raise Complaint(self.words(key) if isinstance(key, str) else t("ppo_train_net.unknown", **key))


class MainExercise(StepExercise):
    """The loop."""

    def praise(self, answer):
        from ppo_edu.exercises.whole_program import looks

        main = answer[-1] if isinstance(answer, (list, tuple)) else answer
        if not callable(main):
            raise Complaint(t("exercise.not_a_function", name=self.name, type=calling.type_name(main)))
        check_parameters(main, ["env", "max_steps"])
        tried(lambda: looks.at_main(main), main)
        return t("exercise.right")


class ProgramExercise(StepExercise):
    """All of it, and two tasks to learn."""

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return f"{self.name} = {', '.join(part.__name__ for part in self.solution)}"

    def prepare(self):
        """Check the parts once, without the training."""
        load()
        self._parts_in_order(self.solution)

    def praise(self, answer):
        main = self._parts_in_order(answer)
        return t("exercise.right") + " " + " ".join(_learns(main, task) for task in _tasks())

    def _parts_in_order(self, answer):
        """Check all parts that were handed in, and return ``main``."""
        given = list(answer) if isinstance(answer, (list, tuple)) else [answer]
        *parts, main = given
        if parts:
            network, collect, train_net = parts[0], [parts[0], *parts[1:2]], [parts[0], *parts[2:3]]
            self._step(1, NetworkExercise("ppo_network", ()), network)
            self._step(2, CollectionExercise("ppo_collection", ()), collect)
            self._step(3, TrainNetExercise("ppo_train_net", ()), train_net)
        self._step(4, MainExercise("ppo_main", ()), main)
        return main

    def _step(self, number, exercise, handed):
        try:
            exercise.praise(handed)
        except Complaint as complaint:
            raise Complaint(f"{t('ppo_program.in_step', number=number)}\n\n{complaint}") from None


def _tasks():
    from ppo_edu.exercises.whole_program import learning

    return learning.TASKS


def _learns(main, task):
    """Return a word on how well `main` learns a task, or raise a `Complaint`: it has three tries."""
    from ppo_edu.exercises.whole_program import learning

    scores = []
    for seed in learning.TRIES:
        env = learning.watched(task, seed)
        tell = functools.partial(_tell, env, task, len(scores) + 1)
        tried(
            lambda env=env, seed=seed: learning.run(main, env, seed),
            main,
            alive=lambda env=env: env.seen,
            tell=tell,
        )
        if env.out_of_time:
            raise Complaint(
                t("ppo_program.slow", task=task.name, steps=env.steps, seconds=learning.MOST_SECONDS)
            )
        if env.steps < task.steps:
            raise Complaint(
                t("ppo_program.stopped_early", task=task.name, steps=env.steps, wanted=task.steps)
            )
        scores.append(learning.score(env))
        if scores[-1] >= task.threshold:
            return t(
                "ppo_program.learned", task=task.name, score=f"{scores[-1]:.1f}", wanted=f"{task.threshold:g}"
            )
    shown = ", ".join(f"{score:.1f}" for score in scores)
    raise Complaint(t("ppo_program.not_learned", task=task.name, scores=shown, wanted=f"{task.threshold:g}"))


def _tell(env, task, attempt):
    return t("ppo_program.running", task=task.name, attempt=attempt, steps=env.steps, wanted=task.steps)


def _body(part):
    """Return the function whose lines an error is told by."""
    return part.__init__ if isinstance(part, type) else part
