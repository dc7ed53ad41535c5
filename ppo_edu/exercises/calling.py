"""Calling a learner's function: whatever it does, an answer comes back.

The function runs in a thread of its own. A thread that does not come back gets an exception raised inside it
(which works on every system, unlike `signal.alarm`); one that is stuck in compiled code is left behind, which
helps only where that code lets other threads run meanwhile. `isolation` ends the rest, with its process.
"""

import contextlib
import contextvars
import copy
import ctypes
import dataclasses
import dis
import io
import linecache
import sys
import threading
import time
import warnings
from typing import Any

import numpy as np

from ppo_edu.guards.threads import Worker
from ppo_edu.guards.torch_settings import neutral_in_this_thread, neutral_torch

SECONDS = 5.0
STACK_BYTES = 64 * 2**20

_set_recursion_limit = sys.setrecursionlimit

# Called whenever a trial begins and ends: by this, whoever waits for a check knows that it gets on.
PULSE = contextvars.ContextVar("pulse", default=lambda: None)

# Called with a line of text while a long trial goes on: whoever waits for a check may show it.
TELL = contextvars.ContextVar("tell", default=lambda text: None)

# Whether whoever waits for a check waits no more: then no trial is waited for, either.
CANCELLED = contextvars.ContextVar("cancelled", default=lambda: False)

# Whether this process is there for one check only, so that what goes on in it ends with it.
disposable = False


@dataclasses.dataclass
class Trial:
    """What came of calling a function once for each case.

    Attributes
    ----------
    results : list
        What it returned, one entry for each call that came back.
    error : BaseException or None
        What it raised; no further call was made.
    timed_out, still_running : bool
        Whether it was not back in time, and whether it could not even be stopped.
    printed : str
        What it printed, cut off if it was much.
    changed : str or None
        The input that it changed in place.
    """

    results: list = dataclasses.field(default_factory=list)
    error: BaseException | None = None
    timed_out: bool = False
    still_running: bool = False
    printed: str = ""
    changed: str | None = None


def try_out(function, cases, *, alive=None, tell=None):
    """Call `function` once for each of `cases`, dicts of its arguments in order, and return the `Trial`.

    Its time is up after `SECONDS`; with `alive`, which returns the time of the last sign of life, after so
    many seconds without one. Meanwhile what ``tell()`` returns is told.
    """
    trial, printed, pulse = Trial(), _FirstLines(), PULSE.get()
    deepest = sys.getrecursionlimit()
    pulse()
    with quiet(), neutral_torch():
        worker = start(_work, trial, function, cases, printed)
        try:
            wait(worker, SECONDS if alive is None else 0.5)
            while (
                alive is not None
                and worker.runs()
                and time.monotonic() < alive() + SECONDS
                and not CANCELLED.get()()
            ):
                pulse()
                TELL.get()(tell() if tell else "")
                wait(worker, 0.5)
        finally:
            # Also when the learner presses stop: then the KeyboardInterrupt goes on from here.
            if worker.runs():
                trial.timed_out = True
                if not disposable:
                    stop(worker)
                    trial.still_running = worker.runs()
            with contextlib.suppress(RecursionError):
                _set_recursion_limit(deepest)
    pulse()
    trial.printed = printed.getvalue()
    # A worker left behind goes on filling the first record, not this one.
    return dataclasses.replace(trial, results=list(trial.results))


def as_tensors(case):
    """Return a case with torch tensors in the place of its arrays."""
    import torch

    return {
        name: torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value
        for name, value in case.items()
    }


def does_nothing(function):
    """Return whether the body of `function` is empty: a docstring, ``...``, ``pass`` or ``return None``."""
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    idle = {"RESUME", "RETURN_VALUE", "POP_TOP", "NOP"}
    constants = {"LOAD_CONST", "RETURN_CONST"}
    return all(
        step.opname in idle or (step.opname in constants and step.argval in (None, ...))
        for step in dis.get_instructions(code)
    )


def text_of(error):
    """Return the text of `error`, or none if it fails to tell it."""
    try:
        return str.__str__(str(error))
    except Exception:
        return ""


def type_name(value):
    """Return the name of the type of `value`, without asking `value` or its type for it."""
    return type.__dict__["__name__"].__get__(type(value))


def line_of_error(error, function):
    """Return the number of the line, counted within `function`, on which `error` came up, and its text."""
    first = getattr(getattr(function, "__code__", None), "co_firstlineno", None)
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    number, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == file and first is not None:
            number = step.tb_lineno
        step = step.tb_next
    if number is None:
        return None, ""
    return number - first + 1, linecache.getline(file, number).strip()


def start(target, *arguments):
    """Start a `Worker` with room for deep recursion, and return it."""
    worker = Worker(target, arguments)
    # Other threads than the first have small stacks on some systems, where deep recursion would crash.
    before = threading.stack_size(STACK_BYTES)
    try:
        worker.start()
    finally:
        threading.stack_size(before)
    return worker


def wait(worker, seconds):
    """Wait until `worker` is done, at most so many seconds."""
    # In short pieces: on Windows a long wait would not let a KeyboardInterrupt through.
    end = time.monotonic() + seconds
    while worker.runs() and time.monotonic() < end and not CANCELLED.get()():
        worker.wait(0.05)


def stop(worker, seconds=1.0):
    """Raise an exception inside `worker`, again and again, until it is over or the seconds are."""
    # More than once, for code that catches everything and carries on; not so soon again that it would meet a
    # worker on its way out.
    end = time.monotonic() + seconds
    while worker.runs() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(TimeUp))
        worker.wait(0.1)


class TimeUp(SystemExit):
    """Raised inside a function that took too long. A SystemExit, which threading never reports."""


@contextlib.contextmanager
def quiet():
    """Return a context without warnings, with `_ByThread` streams; those of several threads may overlap."""
    # Filters and streams are the whole process's. The first lays them aside, the last puts them back: if each
    # put back what it had found, the first to come and last to go would bring back another's.
    _silence.enter()
    try:
        yield
    finally:
        _silence.leave()


class _Silence:
    def __init__(self):
        self._changing, self._inside, self._borrowed = threading.Lock(), 0, None

    def enter(self):
        with self._changing:
            if self._inside == 0:
                with contextlib.ExitStack() as stack:
                    stack.enter_context(warnings.catch_warnings())
                    warnings.simplefilter("ignore")
                    stack.enter_context(contextlib.redirect_stdout(_ByThread(sys.stdout)))
                    stack.enter_context(contextlib.redirect_stderr(_ByThread(sys.stderr)))
                    sys.setrecursionlimit = _not_lower
                    stack.callback(setattr, sys, "setrecursionlimit", _set_recursion_limit)
                    self._borrowed = stack.pop_all()
            self._inside += 1

    def leave(self):
        with self._changing:
            self._inside -= 1
            if self._inside == 0:
                self._borrowed.close()


_silence = _Silence()


def forget_other_threads():
    """To be called after a fork, which leaves the other threads behind, but not what they had borrowed."""
    global _silence
    _silence = _Silence()


def _not_lower(limit):
    # It holds for all threads: those that are deeper than a low one could not call anything any more.
    _set_recursion_limit(max(limit, sys.getrecursionlimit()))


class _ByThread:
    """A stream that keeps what some threads write, and hands on what all others do."""

    _kept: dict[int, Any] = {}  # noqa: RUF012 (shared by both streams on purpose: a thread has one listener)

    def __init__(self, stream):
        self._stream = stream

    @classmethod
    def keep(cls, listener):
        cls._kept[threading.get_ident()] = listener

    @classmethod
    def release(cls):
        cls._kept.pop(threading.get_ident(), None)

    def _target(self):
        return self._kept.get(threading.get_ident(), self._stream)

    def write(self, text):
        target = self._target()
        return len(text) if target is None else target.write(text)

    def flush(self):
        target = self._target()
        if target is not None:
            target.flush()

    def close(self):
        """Leave the session's stream open."""

    def __getattr__(self, name):  # what only the real stream has, such as `encoding` or `buffer`
        return getattr(self._stream, name)


class _FirstLines(io.StringIO):
    """Keeps the first 2,000 characters: a loop that prints without end must not fill the memory."""

    def write(self, text):
        if self.tell() < 2_000:
            super().write(text[:2_000])
        return len(text)


def _work(trial, function, cases, printed):
    _ByThread.keep(printed)
    try:
        with neutral_in_this_thread(), np.errstate(all="ignore"):
            for case in cases:
                given = {name: _copied(value) for name, value in case.items()}
                trial.results.append(function(*given.values()))
                trial.changed = next((name for name in case if not same(given[name], case[name])), None)
                if trial.changed:
                    return
    except TimeUp:
        pass
    except BaseException as error:  # a learner's sys.exit() ends here, too
        trial.error = error
    finally:
        _ByThread.release()


def _copied(value):
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    return copy.deepcopy(value)


def same(one, other):
    """Return whether two inputs are the same: arrays and tensors by shape and entries, lists by theirs."""
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "shape"):
        return one.shape == other.shape and bool((one == other).all())
    return one == other
