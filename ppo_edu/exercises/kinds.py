"""The kinds of exercises: a function to write, one answer to choose, several answers to pick out.

A function is called with fixed, hand-picked cases. They are chosen so that every usual mistake gives other
numbers than the right answer and than every other mistake: what the learner's function returns tells which
mistake it is.
"""

import functools
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ppo_edu.exercises import calling, letters
from ppo_edu.exercises.result import CheckResult
from ppo_edu.language import t

RELATIVE, ABSOLUTE = 1e-4, 1e-6  # room for float32


class Complaint(Exception):
    """Ends a check: its text is what the learner is told."""


class Measured(dict):
    """What a `measure` returns: numbers or arrays, each with the name by which a learner knows it."""


@dataclass(frozen=True, kw_only=True)
class FunctionExercise:
    """A function to write.

    Parameters
    ----------
    solution : callable
        What the learner could have written. Its name is the exercise's name, and its text the solution shown.
    cases : callable
        Returns the calls to make, each a dict of the arguments in order.
    mistakes : callable
        Returns a list of (message, a function that makes that mistake).
    hints : callable
        Returns the three hints, from a nudge to nearly all.
    expected : callable, optional
        What is right, if that is not computed by `solution`: the function of `ppo_edu` that trains.
    measure : callable, optional
        ``measure(function, *arguments)`` returns the `Measured` numbers by which a function is judged,
        if they are more than what it returns. It may raise `Complaint`.
    samplewise : bool
        Whether each entry of the result depends on the same entry of each input alone, so that a message
        need show no more of a case than that.
    pitfall : callable, optional
        Returns a case in which a right formula may fail for the computer's numbers, and words for that: such
        an answer passes, and is told.
    """

    solution: Callable
    cases: Callable
    mistakes: Callable
    hints: Callable
    expected: Callable | None = None
    measure: Callable | None = None
    samplewise: bool = False
    pitfall: Callable | None = None

    @property
    def name(self):
        """The name by which `check` knows the exercise, and that of the function to write."""
        return self.solution.__name__

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return inspect.getsource(self.solution).rstrip()

    def check(self, answer):
        """Return the `CheckResult` for `answer`, and do not raise, whatever `answer` does."""
        if answer is None or answer is ... or answer is NotImplemented or calling.does_nothing(answer):
            return not_done(self.name)
        try:
            return CheckResult(True, self._praise(answer))
        except _Hole:
            return not_done(self.name)
        except Complaint as complaint:
            return CheckResult(False, str(complaint))

    def results(self, function, cases=None):
        """Return what `function` gives for each of `cases`, as dicts of arrays, with nothing guarded."""
        with np.errstate(all="ignore"), calling.quiet():
            cases = self.cases() if cases is None else cases
            return [_as_arrays(self._judged(function)(*case.values())) for case in cases]

    def prepare(self):
        """Do what takes longer the first time, so that no learner's function is blamed for it."""
        self.results(self.expected or self.solution)

    def _judged(self, function):
        return function if self.measure is None else functools.partial(self.measure, function)

    def _praise(self, answer):
        if not callable(answer):
            raise Complaint(t("exercise.not_a_function", name=self.name, type=type(answer).__name__))
        cases = self.cases()
        check_parameters(answer, list(cases[0]))
        # First, so that what is loaded on its first use is not loaded in the learner's time.
        wanted = self.results(self.expected or self.solution)
        trial = self._try(answer, cases)
        check_trial(trial, answer)
        for result in trial.results:
            _check_type(result, trial.printed)
        got = [_as_arrays(result) for result in trial.results]
        if not all(map(_agree, got, wanted)):
            raise Complaint("\n\n".join(self._what_is_wrong(cases, got, wanted)) + _printed_too(trial))
        return t("exercise.right") + self._remark(answer) + _printed_too(trial)

    def _try(self, answer, cases):
        judged = self._judged(answer)
        trial = calling.try_out(judged, cases)
        if trial.error is None or "torch" not in sys.modules or isinstance(trial.error, Complaint):
            return trial
        # A function that is written for tensors, in a lesson in which torch is at hand.
        with_tensors = calling.try_out(judged, [calling.as_tensors(case) for case in cases])
        means_torch = "torch" in getattr(getattr(answer, "__code__", None), "co_names", ())
        return with_tensors if with_tensors.error is None or means_torch else trial

    def _what_is_wrong(self, cases, got, wanted):
        """Yield the mistake by name, if it is a known one, and an example."""
        first = next(i for i in range(len(cases)) if not _agree(got[i], wanted[i]))
        key = next(key for key in wanted[first] if not _close(got[first][key], wanted[first][key]))
        value, right = got[first][key], wanted[first][key]
        named = next((message for message, mistake in self.mistakes()
                      if all(map(_agree, got, self.results(mistake)))), None)
        if named is None and value.shape != right.shape:
            yield _about_shape(value, right)
            return
        if named is not None:
            yield named
        elif np.isnan(value).any():
            yield t("exercise.nan")
        else:
            yield t("exercise.unknown_mistake")
        yield self._example(cases[first], key, value, right)

    def _example(self, case, key, value, right):
        if self.measure is not None:
            return t("exercise.measured", what=key, got=_shown(value), right=_shown(right))
        if self.samplewise:
            index = int(np.flatnonzero(~np.isclose(value, right, RELATIVE, ABSOLUTE))[0])
            case = {name: entry[index] if np.ndim(entry) else entry for name, entry in case.items()}
            value, right = value[index], right[index]
        width = max(map(len, case))
        lines = [f"{name:{width}} = {_shown(entry, width + 3)}" for name, entry in case.items()]
        example = textwrap.indent("\n".join(lines), "    ")
        return f"{example}\n\n" + t("exercise.example", got=_shown(value), right=_shown(right))

    def _remark(self, answer):
        if self.pitfall is None:
            return ""
        case, words = self.pitfall()
        trial = self._try(answer, [case])
        wanted = self.results(self.expected or self.solution, [case])
        fine = trial.error is None and trial.results and _agree(_as_arrays(trial.results[0]), wanted[0])
        return "" if fine else f"\n\n{words}"


@dataclass(frozen=True, kw_only=True)
class _LetterExercise:
    name: str
    right: str
    hints: Callable

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return f'{self.name} = "{self.right}"'

    def prepare(self):
        """Nothing takes long here."""


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(_LetterExercise):
    """One letter to choose.

    Parameters
    ----------
    name : str
    right : str
        The right letter.
    replies : callable
        Returns what is said to each choice, a dict from letter to text.
    hints : callable
        Returns the three hints.
    """

    replies: Callable

    def check(self, answer):
        """Return the `CheckResult` for `answer`."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
            return not_done(self.name)
        replies = self.replies()
        letter = letters.understood(answer).strip(" ().") if isinstance(answer, str) else None
        if letter not in replies:
            return CheckResult(False, t("exercise.choose_one", letters=", ".join(replies)))
        return CheckResult(letter == self.right, replies[letter])


@dataclass(frozen=True, kw_only=True)
class PickExercise(_LetterExercise):
    """Several letters to pick out.

    Parameters
    ----------
    name : str
    letters, right : str
        All the letters, and those that belong.
    mistakes : callable
        Returns a dict from letters that somebody might pick to what is said to that.
    hints : callable
        Returns the three hints.
    """

    letters: str
    mistakes: Callable

    def check(self, answer):
        """Return the `CheckResult` for `answer`: a text, list, tuple or set of letters."""
        if answer is None or answer is ... or (isinstance(answer, (str, list, set, tuple)) and not answer):
            return not_done(self.name)
        picked = self._picked(answer)
        if picked is None:
            return CheckResult(False, t("exercise.pick_some", letters=", ".join(self.letters)))
        if picked == set(self.right):
            return CheckResult(True, t("exercise.right"))
        for letters, message in self.mistakes().items():
            if picked == set(letters):
                return CheckResult(False, message)
        strangers, missing = sorted(picked - set(self.right)), set(self.right) - picked
        if strangers:
            return CheckResult(False, t("exercise.does_not_belong", letter=strangers[0]))
        return CheckResult(False, t("exercise.some_missing", count=len(missing)))

    def _picked(self, answer):
        if isinstance(answer, str):
            answer = letters.understood(answer).replace(",", " ").replace(" ", "")
        try:
            picked = {letters.understood(letter).strip() for letter in answer}
        except (TypeError, AttributeError):
            return None
        return picked if picked <= set(self.letters) else None


def not_done(name):
    """Return the `CheckResult` for an exercise that nobody has begun."""
    return CheckResult(False, t("exercise.not_done", name=name), attempted=False)


class _Hole(Exception):
    """A ``...`` still stands where the learner is to write."""


def check_parameters(answer, names):
    """Raise a `Complaint` if `answer` cannot be called with as many arguments as there are `names`."""
    try:
        inspect.signature(answer).bind(*names)
    except TypeError:
        found, wanted = inspect.signature(answer), ", ".join(names)
        raise Complaint(t("exercise.parameters", found=found, wanted=f"({wanted})")) from None
    except ValueError:
        pass  # compiled functions do not tell their parameters


def check_trial(trial, answer):
    """Raise a `Complaint` if a call of `answer` was not over in time, raised, or changed its input."""
    if trial.timed_out:
        still = "\n\n" + t("exercise.still_running") if trial.still_running else ""
        raise Complaint(t("exercise.timed_out", seconds=round(calling.SECONDS)) + still)
    if isinstance(trial.error, Complaint):
        raise trial.error
    if trial.error is not None:
        if isinstance(trial.error, NotImplementedError) or "ellipsis" in calling.text_of(trial.error).lower():
            raise _Hole
        raise Complaint(_about_error(trial.error, answer) + _printed_too(trial))
    if trial.changed:
        raise Complaint(t("exercise.changed", parameter=trial.changed))


def _about_error(error, answer):
    text = next(iter(calling.text_of(error).splitlines()), "")[:200].replace("`", "'")
    told = f"{type(error).__name__}: {text}" if text else type(error).__name__
    line, code = calling.line_of_error(error, answer)
    where = t("exercise.raised_at", line=line, code=code) if code else ""
    if "truth value" in text:
        advice = t("exercise.truth_value")
    elif "can be converted to Python scalars" in text:
        advice = t("exercise.needs_arrays")
    elif "require grad" in text:
        advice = t("exercise.no_history")
    elif isinstance(error, NameError):
        advice = t("exercise.name_unknown")
    elif isinstance(error, SystemExit):
        advice = t("exercise.exits")
    else:
        advice = ""
    return " ".join(part for part in (t("exercise.raised", error=told), where, advice) if part)


def _check_type(result, printed):
    if result is None:
        raise Complaint(t("exercise.printed_only") if printed else t("exercise.returned_none"))
    if result is ... or result is NotImplemented:
        raise _Hole
    if isinstance(result, (list, tuple)) and any(entry is ... for entry in result):
        raise _Hole
    try:
        _as_arrays(result)
    except (TypeError, ValueError, RuntimeError):
        raise Complaint(t("exercise.not_numbers", type=type(result).__name__)) from None


def _as_arrays(result):
    """Return a result as a dict of float arrays, with an empty key if it is a single one."""
    if isinstance(result, Measured):
        return {key: _as_array(value) for key, value in result.items()}
    return {"": _as_array(result)}


def _as_array(value):
    torch = sys.modules.get("torch")
    if torch is not None:
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu().numpy()
        elif isinstance(value, (list, tuple)):
            value = [entry.detach().numpy() if isinstance(entry, torch.Tensor) else entry for entry in value]
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError("no real numbers")
    return array.astype(float)


def _agree(got, wanted):
    return got.keys() == wanted.keys() and all(_close(got[key], wanted[key]) for key in wanted)


def _close(got, wanted):
    return got.shape == wanted.shape and np.allclose(got, wanted, RELATIVE, ABSOLUTE, equal_nan=True)


def _about_shape(value, right):
    shapes = {"got": value.shape, "right": right.shape}
    if value.shape == () and _close(value, right.mean()):
        return t("exercise.mean_returned", **shapes)
    if value.shape == () and _close(value, right.sum()):
        return t("exercise.sum_returned", **shapes)
    if value.shape == ():
        return t("exercise.one_number_returned", **shapes)
    if right.shape == ():
        return t("exercise.one_number_wanted", **shapes)
    if value.ndim == 2 and right.ndim == 1 and value.size == right.size**2:
        return t("exercise.broadcast", **shapes)
    return t("exercise.shape", **shapes)


def _shown(value, indent=0):
    """Return a number or an array as short text; further lines are indented."""
    if callable(value):
        return f"<{value.__name__}>"
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if np.ndim(value) == 0:
        return f"{value:.4g}" if isinstance(value, (float, np.floating, np.ndarray)) else str(value)
    with np.printoptions(precision=4, suppress=True):
        text = np.array2string(np.asarray(value), separator=", ", max_line_width=100)
    return text.replace("\n", "\n" + " " * indent)


def _printed_too(trial):
    if not trial.printed.strip():
        return ""
    lines = trial.printed.strip().splitlines()[:5]
    return "\n\n" + t("exercise.printed") + "\n\n" + textwrap.indent("\n".join(lines), "    ")
