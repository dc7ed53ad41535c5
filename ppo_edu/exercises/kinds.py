"""The kinds of exercises: a function to write, a number to predict, cases to pick out.

A function is called with two sorts of cases. Hand-picked ones are chosen so that every usual mistake gives
other numbers than the right answer and than every other mistake: what the learner's function returns tells
which mistake it is. Drawn ones, seeded, are as large, as long and as odd as real data, for mistakes that
nobody thought of.
"""

import collections.abc
import functools
import inspect
import itertools
import sys
import textwrap
import types
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ppo_edu.exercises import calling
from ppo_edu.exercises.comparing import (
    Measured,
    about_shape,
    agree,
    as_arrays,
    close,
    entries_close,
    shown,
    shown_apart,
)
from ppo_edu.exercises.letters import understood
from ppo_edu.exercises.result import CheckResult
from ppo_edu.language import t

MOST_ENTRIES = 100_000  # of an iterator, which might never end
HINTS = 3

__all__ = [
    "Complaint",
    "FunctionExercise",
    "Measured",
    "NumberExercise",
    "PickExercise",
    "check_parameters",
    "check_trial",
    "names_used",
    "not_done",
]


class Complaint(Exception):
    """Ends a check: its text is what the learner is told."""


class _Worded:
    """An exercise whose words stand in the catalogues' table of its name.

    Attributes
    ----------
    throws_dice : bool
        Whether its check draws from torch's generator, which all threads share.
    """

    throws_dice = False

    def words(self, key):
        """Return the words for `key`: its name in the table or, with a dot, one that exercises share.

        A pair brings the values of the ``{places}`` along, in a dict.
        """
        key, values = (key, {}) if isinstance(key, str) else key
        return t(self.full_key(key), **values)

    def prepare(self):
        """Do what takes longer the first time: nothing here."""

    def full_key(self, key):
        """Return the key in the catalogue."""
        return key if "." in key else f"{self.name}.{key}"

    def hints(self):
        """Return the three hints, from a nudge to nearly all."""
        return tuple(self.words(f"hint_{step}") for step in range(1, HINTS + 1))

    def keys(self):
        """Return the catalogue's keys that the words are made of, beside those that the code spells out."""
        told = [key if isinstance(key, str) else key[0] for key in self._told()]
        return {self.full_key(key) for key in (*told, *(f"hint_{step}" for step in range(1, HINTS + 1)))}

    def known_mistakes(self):
        """Return what is said to each mistake that the check knows by name.

        Returns
        -------
        dict
            From the words to the wrong answers that get them, a list of texts, which is empty where the
            answer is a function.
        """
        return {self.words(key): answers for key, answers in self._wrong()}


@dataclass(frozen=True, kw_only=True)
class FunctionExercise(_Worded):
    """A function to write.

    Parameters
    ----------
    solution : callable
        What the learner could have written. Its name is the exercise's name, and its text the solution shown.
    cases : callable
        Returns the hand-picked calls to make, each a dict of the arguments in order.
    mistakes : callable
        Returns a list of (key of the words, a function that makes that mistake).
    drawn : callable, optional
        ``drawn(rng)`` returns further calls over the range of real data, from small ones to large ones.
    expected : callable, optional
        What is right, if that is not computed by `solution`: the function of `ppo_edu` that trains.
    measure : callable, optional
        ``measure(function, *arguments)`` returns the `Measured` numbers by which a function is judged,
        if they are more than what it returns. It may raise `Complaint`.
    beforehand : callable, optional
        ``beforehand(function)`` loads what would otherwise be loaded in the learner's time.
    afterwards : callable, optional
        ``afterwards(function)`` raises `Complaint` if a function that gives the right numbers is not what
        the text asks for.
    samplewise : bool
        Whether each entry of the result depends on the same entry of each input alone, so that a message
        need show no more of a case than that.
    differentiable : bool
        Whether the gradient must flow through an answer that is written for tensors.
    pitfall : pair, optional
        A case in which a right formula may fail for the computer's numbers, and the key of words for that:
        such an answer passes, and is told.
    """

    solution: Callable
    cases: Callable
    mistakes: Callable
    drawn: Callable | None = None
    expected: Callable | None = None
    measure: Callable | None = None
    beforehand: Callable | None = None
    afterwards: Callable | None = None
    samplewise: bool = False
    differentiable: bool = False
    pitfall: tuple | None = None

    @property
    def name(self):
        """The name by which `check` knows the exercise, and that of the function to write."""
        return self.solution.__name__

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return inspect.getsource(self.solution).rstrip()

    def _told(self):
        return [key for key, _ in self.mistakes()] + ([self.pitfall[1]] if self.pitfall else [])

    def _wrong(self):
        return [(key, []) for key, _ in self.mistakes()]

    def all_cases(self):
        """Return the hand-picked cases, and after them the drawn ones."""
        drawn = [] if self.drawn is None else self.drawn(np.random.default_rng(0))
        return [*self.cases(), *drawn]

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
            cases = self.all_cases() if cases is None else cases
            return [as_arrays(self._judged(function)(*case.values())) for case in cases]

    def prepare(self):
        """Do what takes longer the first time, so that no learner's function is blamed for it."""
        right = self.solution
        # A copy, because with the course's own function some of the check is left out.
        copy = types.FunctionType(right.__code__, right.__globals__, self.name, right.__defaults__)
        copy.__module__ = "__main__"
        self.check(copy)

    def _judged(self, function):
        return function if self.measure is None else functools.partial(self.measure, function)

    def _praise(self, answer):
        if not callable(answer):
            raise Complaint(t("exercise.not_a_function", name=self.name, type=type(answer).__name__))
        cases = self.all_cases()
        check_parameters(answer, list(cases[0]), keywords=True)
        # First, so that what is loaded on its first use is not loaded in the learner's time.
        wanted = self.results(self.expected or self.solution, cases)
        if self.beforehand is not None:
            with calling.quiet():
                self.beforehand(answer)
        trial = self._try(answer, cases)
        check_trial(trial, answer)
        for result in trial.results:
            _check_type(result, trial.printed)
        got = [as_arrays(result) for result in trial.results]
        if not all(map(agree, got, wanted)):
            raise Complaint("\n\n".join(self._what_is_wrong(cases, got, wanted)) + _printed_too(trial))
        self._check_beyond_numbers(answer, cases[0])
        return t("exercise.right") + self._remark(answer) + _printed_too(trial)

    def _try(self, answer, cases):
        judged = self._judged(_as_called(answer, list(cases[0])))
        trial = calling.try_out(judged, cases)
        if trial.error is None or "torch" not in sys.modules or isinstance(trial.error, Complaint):
            return trial
        # A function that is written for tensors, in a lesson in which torch is at hand.
        with_tensors = calling.try_out(judged, [calling.as_tensors(case) for case in cases])
        return with_tensors if with_tensors.error is None or _means_torch(answer) else trial

    def _check_beyond_numbers(self, answer, case):
        if _is_the_courses_own(answer):
            return
        called = _as_called(answer, list(case))
        if self.differentiable and _means_torch(answer):
            check_trial(calling.try_out(lambda: _check_gradient(called, case), [{}]), answer)
        if self.afterwards is not None:
            check_trial(calling.try_out(lambda: self.afterwards(called), [{}]), answer)

    def _what_is_wrong(self, cases, got, wanted):
        """Yield the mistake by name, if it is a known one, and an example."""
        first = next(i for i in range(len(cases)) if not agree(got[i], wanted[i]))
        key = next(key for key in wanted[first] if not close(got[first][key], wanted[first][key]))
        value, right = got[first][key], wanted[first][key]
        named = self._mistake(cases, got, wanted)
        if named is None and value.shape != right.shape:
            yield about_shape(value, right)
            return
        if named is not None:
            yield self.words(named)
        elif np.isnan(value).any():
            yield t("exercise.nan")
        else:
            yield t("exercise.unknown_mistake")
        yield self._example(cases[first], key, value, right)

    def _mistake(self, cases, got, wanted):
        """Return the key of the mistake that gives these numbers, in all cases or else in the hand-picked."""
        for count in (len(cases), len(self.cases())):
            if all(map(agree, got[:count], wanted)):
                continue
            for key, mistake in self.mistakes():
                # One case after the other: most mistakes are told apart by the first, and need no more.
                if all(agree(got[i], *self.results(mistake, [cases[i]])) for i in range(count)):
                    return key
        return None

    def _example(self, case, key, value, right):
        if self.measure is not None:
            got, right = shown_apart(value, right)
            return t("exercise.measured", what=key, got=got, right=right)
        if self.samplewise and value.shape == right.shape:
            index = int(np.flatnonzero(~entries_close(value, right))[0])
            case = {name: entry[index] if np.ndim(entry) else entry for name, entry in case.items()}
            value, right = value[index], right[index]
        width = max(map(len, case))
        lines = [f"{name:{width}} = {shown(entry, width + 3)}" for name, entry in case.items()]
        example = textwrap.indent("\n".join(lines), "    ")
        got, right = shown_apart(value, right)
        return f"{example}\n\n" + t("exercise.example", got=got, right=right)

    def _remark(self, answer):
        if _is_the_courses_own(answer):
            return " " + t("exercise.own_function")
        if self.pitfall is None:
            return ""
        case, key = self.pitfall
        trial = self._try(answer, [case])
        wanted = self.results(self.expected or self.solution, [case])
        fine = trial.error is None and trial.results and agree(as_arrays(trial.results[0]), wanted[0])
        return "" if fine else f"\n\n{self.words(key)}"


@dataclass(frozen=True, kw_only=True)
class NumberExercise(_Worded):
    """A number to predict.

    Parameters
    ----------
    name : str
    right : float
    mistakes : mapping
        From a number that somebody might predict to the key of what is said to that.
    tolerance : float
        How far from a number an answer still means that number.
    """

    name: str
    right: float
    mistakes: Mapping = field(default_factory=dict)
    tolerance: float = 1e-6

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return f"{self.name} = {self.right}"

    def _told(self):
        return ["right", *self.mistakes.values()]

    def _wrong(self):
        return _by_key((f"{number:g}", key) for number, key in self.mistakes.items())

    def check(self, answer):
        """Return the `CheckResult` for `answer`: a number, or the text of one."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
            return not_done(self.name)
        number = _number(answer)
        if number is None:
            return CheckResult(False, t("exercise.number_wanted", name=self.name))
        if abs(number - self.right) <= self.tolerance:
            return CheckResult(True, self.words("right"))
        for mistake, key in self.mistakes.items():
            if abs(number - mistake) <= self.tolerance:
                return CheckResult(False, self.words(key))
        return CheckResult(False, t("exercise.another_number", name=self.name))


@dataclass(frozen=True, kw_only=True)
class PickExercise(_Worded):
    """Several letters to pick out.

    Parameters
    ----------
    name : str
    letters, right : str
        All the letters, and those that belong.
    mistakes : mapping
        From letters that somebody might pick to the key of what is said to that.
    """

    name: str
    right: str
    letters: str
    mistakes: Mapping

    @property
    def solution_text(self):
        """The code cell that a learner could have written."""
        return f'{self.name} = "{self.right}"'

    def _told(self):
        return ["right", *self.mistakes.values()]

    def _wrong(self):
        return _by_key(self.mistakes.items())

    def check(self, answer):
        """Return the `CheckResult` for `answer`: a text, list, tuple or set of letters."""
        if answer is None or answer is ... or (isinstance(answer, (str, list, set, tuple)) and not answer):
            return not_done(self.name)
        picked = self._picked(answer)
        if picked is None:
            return CheckResult(False, t("exercise.pick_some", letters=", ".join(self.letters)))
        if picked == set(self.right):
            return CheckResult(True, self.words("right"))
        for letters, key in self.mistakes.items():
            if picked == set(letters):
                return CheckResult(False, self.words(key))
        strangers, missing = sorted(picked - set(self.right)), set(self.right) - picked
        if strangers:
            return CheckResult(False, t("exercise.does_not_belong", letter=strangers[0]))
        return CheckResult(False, t("exercise.some_missing", count=len(missing)))

    def _picked(self, answer):
        if isinstance(answer, str):
            answer = "".join(letter for letter in understood(answer) if not _stands_between(letter))
        try:
            picked = {understood(letter).strip() for letter in answer}
        except (TypeError, AttributeError):
            return None
        return picked if picked <= set(self.letters) else None


def _stands_between(letter):
    # Also what is not seen, such as the space of no width that is copied from a page along with a letter.
    return letter.isspace() or letter in ",;/·、" or unicodedata.category(letter) == "Cf"


def _by_key(answers):
    """Return (key, its wrong answers) for pairs of a wrong answer and the key of what is said to it."""
    found = {}
    for answer, key in answers:
        found.setdefault(key, []).append(answer)
    return found.items()


def not_done(name):
    """Return the `CheckResult` for an exercise that nobody has begun."""
    return CheckResult(False, t("exercise.not_done", name=name), attempted=False)


class _Hole(Exception):
    """A ``...`` still stands where the learner is to write."""


def check_parameters(answer, names, keywords=False):
    """Raise a `Complaint` if `answer` cannot be called with `names`, in order or, if so wished, by name."""
    if _takes(answer, *names) or (keywords and _takes(answer, **dict.fromkeys(names))):
        return
    found, wanted = inspect.signature(answer), ", ".join(names)
    raise Complaint(t("exercise.parameters", found=found, wanted=f"({wanted})"))


def _takes(answer, *arguments, **by_name):
    try:
        inspect.signature(answer).bind(*arguments, **by_name)
    except TypeError:
        return False
    except ValueError:
        pass  # compiled functions do not tell their parameters
    return True


def _as_called(answer, names):
    """Return `answer` as a function of arguments in order whose result, if an iterator, is a list."""
    in_order = _takes(answer, *names)

    def called(*arguments):
        result = answer(*arguments) if in_order else answer(**dict(zip(names, arguments, strict=True)))
        if isinstance(result, collections.abc.Iterator):
            return list(itertools.islice(result, MOST_ENTRIES))
        return result

    called.__wrapped__ = answer
    return called


def names_used(function):
    """Return the global names and attributes in the text of `function`, inner functions included."""
    while hasattr(function, "__wrapped__") or isinstance(function, functools.partial):
        function = getattr(function, "__wrapped__", None) or function.func
    code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
    found, left = set(), [code] if code else []
    while left:
        code = left.pop()
        found |= set(code.co_names)
        left += [constant for constant in code.co_consts if inspect.iscode(constant)]
    return found


def _means_torch(answer):
    return "torch" in names_used(answer)


def _is_the_courses_own(answer):
    return str(getattr(answer, "__module__", "")).partition(".")[0] == "ppo_edu"


def _check_gradient(function, case):
    """Raise a `Complaint` if tensors that want a gradient come out as a tensor that has none."""
    import torch

    inputs = [
        torch.tensor(value, requires_grad=True) if isinstance(value, np.ndarray) else value
        for value in case.values()
    ]
    try:
        result = function(*inputs)
    except (RuntimeError, TypeError):
        return  # it goes through NumPy, or through tensors of its own: then nobody will differentiate it
    if isinstance(result, torch.Tensor) and not result.requires_grad:
        raise Complaint(t("exercise.gradient_cut"))


def _number(answer):
    if isinstance(answer, str):
        answer = unicodedata.normalize("NFKC", answer).replace("−", "-")
    try:
        return None if isinstance(answer, (bool, np.bool_)) else float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        return None


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
        as_arrays(result)
    except (TypeError, ValueError, RuntimeError):
        raise Complaint(t("exercise.not_numbers", type=type(result).__name__)) from None


def _printed_too(trial):
    if not trial.printed.strip():
        return ""
    lines = trial.printed.strip().splitlines()[:5]
    return "\n\n" + t("exercise.printed") + "\n\n" + textwrap.indent("\n".join(lines), "    ")
