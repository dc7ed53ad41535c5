"""Find the bug: six small PPO programs, each with one mistake of the kind that real libraries have had.

`symptoms` shows what the program did, `code` shows the program. The learner mends one function of it, and
``ppo_edu.check("bug_1", that_function)`` runs the program with it.
"""

import functools
import html
import inspect
import types
from dataclasses import dataclass

import numpy as np
import torch

from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import GREY, ORANGE, styled
from ppo_edu.exercises import calling
from ppo_edu.exercises.kinds import Complaint, check_parameters, check_trial, not_done
from ppo_edu.exercises.result import CheckResult
from ppo_edu.exercises.tasks.bugs import program
from ppo_edu.guards.validation import check_choice
from ppo_edu.language import t
from ppo_edu.run import one_thread

PARTS = ("collect", "gae", "normalise", "make_batch", "loss", "learn")

# For each program: which function is wrong, a line of it as it should be, and as it is.
FAULTS = {
    1: (
        "loss",
        "    value_loss = (critic(s).squeeze(-1) - target).square().mean()\n",
        "    value_loss = (critic(s) - target).square().mean()\n",
    ),
    2: (
        "learn",
        "    for _ in range(epochs):\n",
        "    for _ in range(epochs):\n"
        "        with torch.no_grad():\n"
        "            batch[2] = Categorical(logits=actor(batch[0])).log_prob(batch[1])\n",
    ),
    3: (
        "gae",
        "    goes_on = ~(terminated | truncated)\n",
        "    goes_on = ~np.roll(terminated | truncated, -1, axis=0)\n",
    ),
    4: (
        "gae",
        "    deltas = r + gamma * v_next * ~terminated - v\n",
        "    deltas = r + gamma * v_next * ~(terminated | truncated) - v\n",
    ),
    5: (
        "normalise",
        "    mean, std = advantages.mean(where=valid), advantages.std(where=valid)\n",
        "    mean = advantages.mean(axis=1, keepdims=True, where=valid)\n"
        "    std = advantages.std(axis=1, keepdims=True, where=valid)\n",
    ),
    6: ("collect", "        valid = ~just_ended\n", "        valid = np.ones_like(just_ended)\n"),
}

# Short episodes, so that some are terminated and some truncated within two updates.
SHORT = {"seed": 0, "updates": 2, "num_envs": 4, "steps": 48, "time_limit": 20, "epochs": 4}
TOLERANCE = 0.02  # for another right way of standardising, say


def symptoms(number):
    """Return a picture of what program `number` (1 to 6) did, beside the one without a bug. Takes seconds."""
    check_choice("number", number, tuple(FAULTS))
    return _picture(number, history(), history(number))


def code(number):
    """Return the text of program `number`, folded in a notebook."""
    check_choice("number", number, tuple(FAULTS))
    return Program(number, "\n\n".join(source(part, number) for part in (*PARTS, "train")))


def source(part, number=None):
    """Return the text of a function of the program: the wrong one of that number, or else the right one."""
    text = inspect.getsource(getattr(program, part))
    wrong_part, right, wrong = FAULTS.get(number, ("", "", ""))
    return text.replace(right, wrong) if part == wrong_part else text


def run(namespace, **settings):
    """Run a program, given by its global names, and return its diagnostics, an array for each name."""
    with one_thread(), torch.random.fork_rng(devices=[]), calling.quiet():
        # Where all environments are reset in one step, a mean over that step is a mean of nothing.
        history = namespace["train"](**settings)
    return {name: np.array([update[name] for update in history]) for name in history[0]}


@dataclass(frozen=True)
class Program:
    """The text of a program with a bug; shows itself folded, so that one can guess before one looks."""

    number: int
    text: str

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        summary = html.escape(t("bugs.show_code", number=self.number))
        return f"<details><summary>{summary}</summary><pre>{html.escape(self.text)}</pre></details>"


@dataclass(frozen=True)
class BugExercise:
    """Mend one of the six programs by handing in the function that was wrong."""

    number: int

    @property
    def name(self):
        """The name by which `check` knows the exercise."""
        return f"bug_{self.number}"

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        part = FAULTS[self.number][0]
        return f"{source(part)}\n\n{self.name} = {part}"

    def hints(self):
        """Return the three hints: where to look in the picture, in which function, on which line."""
        return _words(self.number)[:3]

    def prepare(self):
        """Run the program once with and without the bug: the first update loads half of torch."""
        _short_run()
        _short_run(self.number)

    def check(self, answer):
        """Return the `CheckResult` for `answer`, a function of the program or several in a list."""
        if answer is None or answer is ... or answer == []:
            return not_done(self.name)
        try:
            self._check(answer if isinstance(answer, (list, tuple)) else [answer])
        except Complaint as complaint:
            return CheckResult(False, str(complaint))
        return CheckResult(True, f"{t('exercise.right')} {_words(self.number)[3]}")

    def _check(self, functions):
        for function in functions:
            if not isinstance(function, types.FunctionType) or function.__name__ not in PARTS:
                raise Complaint(t("bugs.which_function", names=", ".join(PARTS)))
            wanted = inspect.signature(getattr(program, function.__name__))
            check_parameters(function, list(wanted.parameters))
        # First, because the first update loads half of torch, which is not to count for the learner's time.
        wanted = _short_run()
        trial = calling.try_out(lambda: run(namespace(self.number, functions), **SHORT), [{}])
        check_trial(trial, functions[0])
        got = trial.results[0]
        different = [name for name in wanted if not _close(got[name], wanted[name])]
        if not different:
            return
        before = _short_run(self.number)
        if all(_close(got[name], before[name]) for name in before):
            raise Complaint(t("bugs.as_before", part=functions[0].__name__))
        name = different[0]
        raise Complaint(
            t(
                "bugs.not_yet",
                diagnostic=labels()[name],
                got=f"{got[name][-1]:.4g}",
                right=f"{wanted[name][-1]:.4g}",
            )
        )


EXERCISES = {f"bug_{number}": BugExercise(number) for number in FAULTS}


def namespace(number=None, functions=()):
    """Return the global names of the right program, of one with a bug, or of that with other functions."""
    names = {}
    for function in functions:
        names |= function.__globals__
    names |= vars(program)
    for part in (*PARTS, "train"):
        names[part] = _with_globals(getattr(program, part), names)
    if number is not None:
        exec(compile(source(FAULTS[number][0], number), f"<bug {number}>", "exec"), names)
    for function in functions:
        names[function.__name__] = _with_globals(function, names)
    return names


def _with_globals(function, names):
    return types.FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )


@functools.cache
def history(number=None):
    """Return the diagnostics of program `number`, or of the one without a bug. Takes seconds, once."""
    return run(namespace(number))


@functools.cache
def _short_run(number=None):
    return run(namespace(number), **SHORT)


def _close(one, other):
    return one.shape == other.shape and np.allclose(one, other, TOLERANCE, TOLERANCE / 4, equal_nan=True)


def labels():
    """Return the words for each diagnostic, a dict."""
    return {
        "falls": t("bugs.falls"),
        "value_loss": t("bugs.value_loss"),
        "explained_variance": t("bugs.explained_variance"),
        "clip_fraction": t("bugs.clip_fraction"),
        "kl": t("bugs.kl"),
        "entropy": t("bugs.entropy"),
        "rows": t("bugs.rows"),
        "largest_advantage": t("bugs.largest_advantage"),
    }


@styled
def _picture(number, right, wrong):
    words = labels()
    numbers = "; ".join(
        t("bugs.last_numbers", label=label, wrong=f"{wrong[name][-1]:.4g}", right=f"{right[name][-1]:.4g}")
        for name, label in words.items()
    )
    alt = t("bugs.alt", number=number, updates=len(right["rows"]), numbers=numbers)
    picture = Picture(900, 350, alt)
    for axes, (name, label) in zip(
        picture.figure.subplots(2, 4, sharex=True).flat, words.items(), strict=True
    ):
        axes.plot(right[name], color=GREY, lw=1.5, label=t("bugs.without"))
        axes.plot(wrong[name], color=ORANGE, lw=2, label=t("bugs.program", number=number))
        axes.set_title(label, fontsize=11)
        if name == "value_loss":
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter("{x:g}")  # powers of ten would bring a minus sign without a glyph
        elif name == "explained_variance":
            axes.set_ylim(-0.5, 1.05)
        elif name != "rows":
            axes.set_ylim(bottom=0)
    handles = axes.get_legend_handles_labels()
    picture.figure.legend(*handles, loc="outside upper center", ncols=2)
    picture.figure.supxlabel(t("bugs.updates"), fontsize=11)
    return picture


def _words(number):
    """Return the three hints for a program, and what is said once it is mended."""
    return {
        1: (t("bugs.hint_1_1"), t("bugs.hint_1_2"), t("bugs.hint_1_3"), t("bugs.mended_1")),
        2: (t("bugs.hint_2_1"), t("bugs.hint_2_2"), t("bugs.hint_2_3"), t("bugs.mended_2")),
        3: (t("bugs.hint_3_1"), t("bugs.hint_3_2"), t("bugs.hint_3_3"), t("bugs.mended_3")),
        4: (t("bugs.hint_4_1"), t("bugs.hint_4_2"), t("bugs.hint_4_3"), t("bugs.mended_4")),
        5: (t("bugs.hint_5_1"), t("bugs.hint_5_2"), t("bugs.hint_5_3"), t("bugs.mended_5")),
        6: (t("bugs.hint_6_1"), t("bugs.hint_6_2"), t("bugs.hint_6_3"), t("bugs.mended_6")),
    }[number]
