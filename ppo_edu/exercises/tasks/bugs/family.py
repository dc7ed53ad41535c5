"""One program, its variations with a bug each, and the check that runs them with what was mended."""

import csv
import difflib
import functools
import html
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import GREY, ORANGE, styled
from ppo_edu.exercises import calling
from ppo_edu.exercises.kinds import Complaint, check_parameters, check_trial, not_done
from ppo_edu.exercises.result import CheckResult
from ppo_edu.guards.console import printable
from ppo_edu.guards.validation import check_choice
from ppo_edu.language import t
from ppo_edu.run import one_thread

TOLERANCE = 0.02  # for another right way of standardising, say
ROUNDING = (
    1e-3  # what stays below it is drawn as 0: magnified, errors in the last digit would look like a symptom
)


@dataclass(frozen=True, eq=False)
class Family:
    """A program without a bug, and what there is to be known of those with one.

    Attributes
    ----------
    program : module
        With the functions of `parts`, and `train`, which returns a list of the diagnostics of each update.
    parts : tuple of str
        The functions that may be wrong, in the order in which they are read.
    faults : dict
        For each program: which function is wrong, a text of it as it should be, and as it is.
    symptoms : dict
        Whether the symptom of each shows in the diagnostics of the right program and of the wrong one.
    short : dict
        What `train` is called with for a check.
    seed : int
        Of the pictures.
    words : callable
        From a program's number to its three hints and what is said once it is mended.
    labels : callable
        Returns the words for each diagnostic, a dict.
    recorded : Path
        A table of many seeds: in which of them each symptom showed.
    in_words : callable
        Returns the symptom of each program in words, a dict.
    scales : dict
        What `Axes.set` is to be told for a diagnostic; others begin at 0.
    """

    program: types.ModuleType
    parts: tuple[str, ...]
    faults: Mapping[int, tuple[str, str, str]]
    symptoms: Mapping[int, Callable[[dict, dict], Any]]
    short: Mapping[str, int]
    seed: int
    words: Callable[[int], tuple[str, str, str, str]]
    labels: Callable[[], dict[str, str]]
    recorded: Path
    in_words: Callable[[], dict[int, str]]
    scales: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    def exercises(self):
        """Return the exercises, a dict by name."""
        return {f"bug_{number}": BugExercise(number, self) for number in self.faults}

    def source(self, part, number=None):
        """Return the text of a function: the wrong one of program `number`, or else the right one."""
        text = inspect.getsource(getattr(self.program, part))
        wrong_part, right, wrong = self.faults.get(number, ("", "", ""))
        return text.replace(right, wrong) if part == wrong_part else text

    def in_how_many_seeds(self):
        """Return, as text, in how many of the recorded seeds each program's symptom can be seen."""
        with self.recorded.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        lines = [t("bugs.seeds_header")]
        longest = max(len(str(number)) for number in self.faults)
        for number, words in self.in_words().items():
            seen = [int(row["shows"]) for row in rows if int(row["number"]) == number]
            gap = " " * (3 + longest - len(str(number)))
            lines.append(f"{t('bugs.program', number=number)}{gap}{sum(seen):2} / {len(seen)}   {words}")
        return "\n".join(lines)

    def code(self, number):
        """Return the text of program `number`, folded in a notebook."""
        check_choice("number", number, tuple(self.faults))
        return Program(number, "\n\n".join(self.source(part, number) for part in (*self.parts, "train")))

    def namespace(self, number=None, functions=()):
        """Return the global names of the right program, of a wrong one, or of that with other functions."""
        names = {}
        for function in functions:
            names |= function.__globals__
        names |= vars(self.program)
        for part in (*self.parts, "train"):
            names[part] = _with_globals(getattr(self.program, part), names)
        if number is not None:
            part = self.faults[number][0]
            exec(compile(self.source(part, number), f"<bug {number}>", "exec"), names)
        for function in functions:
            names[function.__name__] = _with_globals(function, names)
        return names

    def history(self, number=None, seed=None):
        """Return the diagnostics of program `number`, or of the one without a bug. Takes seconds, once."""
        return _kept(self, number, seed=self.seed if seed is None else seed)

    def short_run(self, number=None):
        """Return the diagnostics of a run as checks have it."""
        return _kept(self, number, **self.short)

    def shows(self, number, right, wrong):
        """Return whether the symptom of program `number` can be seen in these diagnostics."""
        return bool(self.symptoms[number](right, wrong))

    def picture(self, number):
        """Return a picture of what program `number` did, beside the one without a bug. Takes seconds."""
        check_choice("number", number, tuple(self.faults))
        return _picture(number, self.history(), self.history(number), self.labels(), self.scales)


def run(namespace, **settings):
    """Run a program, given by its global names, and return its diagnostics, an array for each name."""
    with one_thread(), torch.random.fork_rng(devices=[]), calling.quiet():
        # Where all environments are reset in one step, a mean over that step is a mean of nothing.
        history = namespace["train"](**settings)
    return {name: np.array([update[name] for update in history]) for name in history[0]}


@functools.cache
def _kept(family, number, **settings):
    return run(family.namespace(number), **settings)


@dataclass(frozen=True)
class Program:
    """The text of a program with a bug; shows itself folded, so that one can guess before one looks."""

    number: int
    text: str

    def __repr__(self):
        return printable(self.text)

    def _repr_html_(self):
        summary = html.escape(t("bugs.show_code", number=self.number))
        return f"<details><summary>{summary}</summary><pre>{html.escape(self.text)}</pre></details>"


@dataclass(frozen=True)
class BugExercise:
    """Mend one of the programs by handing in the function that was wrong."""

    number: int
    family: Family
    throws_dice = True

    @property
    def name(self):
        """The name by which `check` knows the exercise."""
        return f"bug_{self.number}"

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return f"{self.family.source(self.part)}\n\n{self.name} = {self.part}"

    @property
    def part(self):
        """The function that is wrong."""
        return self.family.faults[self.number][0]

    def difference(self):
        """Return the lines of the mistake, from wrong ("- ") to right ("+ "), beside those that stay."""
        _, right, wrong = self.family.faults[self.number]
        return [line for line in difflib.ndiff(wrong.splitlines(), right.splitlines()) if line[0] != "?"]

    def mended(self):
        """Return what is said once the program is mended (Markdown)."""
        return self.family.words(self.number)[3]

    def hints(self):
        """Return the three hints: where to look in the picture, in which function, on which line."""
        return self.family.words(self.number)[:3]

    def prepare(self):
        """Run the program once with and without the bug: the first update loads half of torch."""
        self.family.short_run()
        self.family.short_run(self.number)

    def check(self, answer):
        """Return the `CheckResult` for `answer`, a function of the program or several in a list."""
        if answer is None or answer is ... or answer == []:
            return not_done(self.name)
        try:
            self._check(answer if isinstance(answer, (list, tuple)) else [answer])
        except Complaint as complaint:
            return CheckResult(False, str(complaint))
        return CheckResult(True, f"{t('exercise.right')} {self.mended()}")

    def _check(self, functions):
        family = self.family
        for function in functions:
            if not isinstance(function, types.FunctionType) or function.__name__ not in family.parts:
                names = ", ".join(family.parts)
                raise Complaint(t("bugs.which_function", names=names, name=self.name))
            wanted = inspect.signature(getattr(family.program, function.__name__))
            check_parameters(function, list(wanted.parameters))
        # First, because the first update loads half of torch, which is not to count for the learner's time.
        wanted = family.short_run()
        trial = calling.try_out(lambda: run(family.namespace(self.number, functions), **family.short), [{}])
        check_trial(trial, functions[0])
        got = trial.results[0]
        different = [name for name in wanted if not _close(got[name], wanted[name])]
        if not different:
            return
        before = family.short_run(self.number)
        if all(_close(got[name], before[name]) for name in before):
            raise Complaint(t("bugs.as_before", part=functions[0].__name__))
        name = different[0]
        raise Complaint(
            t(
                "bugs.not_yet",
                diagnostic=family.labels()[name],
                got=f"{got[name][-1]:.4g}",
                right=f"{wanted[name][-1]:.4g}",
            )
        )


def _with_globals(function, names):
    return types.FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )


def _close(one, other):
    return one.shape == other.shape and np.allclose(one, other, TOLERANCE, TOLERANCE / 4, equal_nan=True)


@styled
def _picture(number, right, wrong, labels, scales):
    numbers = "; ".join(
        t("bugs.last_numbers", label=label, wrong=f"{wrong[name][-1]:.4g}", right=f"{right[name][-1]:.4g}")
        for name, label in labels.items()
    )
    updates = len(next(iter(right.values())))
    picture = Picture(900, 350, t("bugs.alt", number=number, updates=updates, numbers=numbers))
    for axes, (name, label) in zip(
        picture.figure.subplots(2, 4, sharex=True).flat, labels.items(), strict=True
    ):
        axes.plot(right[name], color=GREY, lw=1.5, label=t("bugs.without"))
        axes.plot(wrong[name], color=ORANGE, lw=2, label=t("bugs.program", number=number))
        axes.set_title(label, fontsize=11)
        axes.set(**scales.get(name, {"ylim": (0, None)}))
        if name not in scales and axes.get_ylim()[1] < ROUNDING:
            axes.set_ylim(0, ROUNDING)
        if axes.get_yscale() == "log":
            axes.yaxis.set_major_formatter("{x:g}")  # powers of ten would bring a minus sign without a glyph
    handles = axes.get_legend_handles_labels()
    picture.figure.legend(*handles, loc="outside upper center", ncols=2)
    picture.figure.supxlabel(t("bugs.updates"), fontsize=11)
    return picture
