"""Answers that do what no answer should: each is made anew by its function, whose name tells what it does.

Those in CALLED are handed in as functions for `probability_ratio`, those in CHOSEN as letters for
`gradient_cases` and `lambda_ends`; HOLDING never let another thread run, and ENDING end Python.
"""

import _thread
import ctypes
import decimal
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time

import numpy as np

CALLED, CHOSEN, HOLDING, ENDING = [], [], [], []


def called(make):
    CALLED.append(make)
    return make


def chosen(make):
    CHOSEN.append(make)
    return make


def raising(error):
    def method(self, *arguments, **named):
        raise error

    return method


def object_with(name, method):
    return type("Evil", (), {name: method})()


ERRORS = {
    "a_key_error": KeyError("boo"),
    "the_exit": SystemExit(1),
    "the_stop": KeyboardInterrupt(),
    "out_of_memory": MemoryError(),
    "a_recursion_error": RecursionError(),
}
METHODS = [
    "__array__",
    "__class__",
    "__len__",
    "__iter__",
    "__float__",
    "__eq__",
    "__bool__",
    "__getattr__",
    "__getattribute__",
    "__repr__",
    "__str__",
    "__hash__",
    "__array_interface__",
    "shape",
    "dtype",
]

for name in METHODS:
    for what, error in ERRORS.items():
        attribute = (
            property(raising(error))
            if not name.startswith("__") or name in ("__class__", "__array_interface__")
            else raising(error)
        )
        if what == "a_key_error" or name in ("__array__", "__getattr__", "__class__"):

            def result(name=name, attribute=attribute):
                return lambda log_prob, old_log_prob: object_with(name, attribute)

            def letters(name=name, attribute=attribute):
                return object_with(name, attribute)

            result.__name__ = f"result_whose_{name}_raises_{what}"
            letters.__name__ = f"answer_whose_{name}_raises_{what}"
            called(result)
            chosen(letters)

for name in (
    "__code__",
    "__signature__",
    "__name__",
    "__wrapped__",
    "__text_signature__",
    "__defaults__",
    "__class__",
):
    for what in ("a_key_error", "the_exit", "the_stop"):

        def function(name=name, error=ERRORS[what]):
            kind = type(
                "Evil", (), {"__call__": lambda self, a, b: np.exp(a - b), name: property(raising(error))}
            )
            return kind()

        function.__name__ = f"function_whose_{name}_raises_{what}"
        called(function)


@called
def odd_signature():
    def ratio(log_prob, old_log_prob):
        return np.exp(log_prob - old_log_prob)

    ratio.__signature__ = 7
    return ratio


class Untold(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class UntoldExit(Exception):
    def __str__(self):
        raise SystemExit


class ToldNothing(Exception):
    def __str__(self):
        return 7


class ToldLate(Exception):
    def __str__(self):
        time.sleep(600)


class EvilText(str):
    def _raise(self, *arguments, **named):
        raise KeyError("boo")

    strip = lower = splitlines = replace = __eq__ = __len__ = __iter__ = __contains__ = __format__ = (
        encode
    ) = _raise
    __hash__ = str.__hash__


class ToldOddly(Exception):
    def __str__(self):
        return EvilText("boo")


def _function_that_raises(error):
    def ratio(log_prob, old_log_prob):
        raise error

    return ratio


for error in (
    Untold(),
    UntoldExit(),
    ToldNothing(),
    ToldLate(),
    ToldOddly(),
    KeyboardInterrupt(),
    SystemExit(EvilText("x")),
    GeneratorExit(),
    StopIteration(),
    BaseExceptionGroup("many", [KeyboardInterrupt()]),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "\udcff"),
    MemoryError(),
    AssertionError("\udcff`\x1b[31m"),
):

    def make(error=error):
        return _function_that_raises(error)

    make.__name__ = f"function_that_raises_{type(error).__name__}"
    called(make)


@called
def error_class_with_an_evil_name():
    class Meta(type):
        @property
        def __name__(cls):
            raise KeyError("boo")

    return _function_that_raises(Meta("Evil", (Exception,), {})())


@called
def result_whose_array_loops():
    def loops(self, *arguments, **named):
        while True:
            pass

    return lambda log_prob, old_log_prob: object_with("__array__", loops)


@called
def result_whose_array_is_itself():
    return lambda log_prob, old_log_prob: object_with("__array__", lambda self, *a, **k: self)


@called
def result_that_is_an_endless_sequence():
    kind = type("Endless", (), {"__len__": lambda self: 10**9, "__getitem__": lambda self, i: 1.0})
    return lambda log_prob, old_log_prob: kind()


@called
def result_that_holds_itself():
    held = []
    held.append(held)
    return lambda log_prob, old_log_prob: held


@called
def result_of_a_billion_numbers():
    return lambda log_prob, old_log_prob: np.broadcast_to(1.0, (10**9,))


@called
def result_that_is_an_evil_array():
    class Evil(np.ndarray):
        __eq__ = __array_ufunc__ = __array_function__ = astype = raising(KeyError("boo"))

    return lambda log_prob, old_log_prob: np.exp(log_prob - old_log_prob).view(Evil)


@called
def result_that_is_text_with_half_a_letter():
    def ratio(log_prob, old_log_prob):
        print("\udcff\x00\x1b[2J")
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def prints_through_a_stream_of_its_own():
    def ratio(log_prob, old_log_prob):
        sys.stdout = sys.stderr = None
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def closes_the_streams():
    def ratio(log_prob, old_log_prob):
        sys.stdout.close()
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def asks_for_input():
    return lambda log_prob, old_log_prob: float(input("?"))


@called
def lowers_the_recursion_limit():
    def ratio(log_prob, old_log_prob):
        sys.setrecursionlimit(20)
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def leaves_a_tracer():
    def ratio(log_prob, old_log_prob):
        sys.settrace(raising(KeyError("boo")))
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def removes_the_tools_of_the_check():
    def ratio(log_prob, old_log_prob):
        import ppo_edu.exercises.calling as calling

        calling.Trial = calling.same = None
        np.allclose = None
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def starts_a_thread_that_never_ends():
    def ratio(log_prob, old_log_prob):
        threading.Thread(target=time.sleep, args=(3600,)).start()
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def forks():
    def ratio(log_prob, old_log_prob):
        if hasattr(os, "fork") and os.fork() == 0:
            time.sleep(0.2)
            os._exit(0)
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def starts_a_process():
    def ratio(log_prob, old_log_prob):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"])
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def closes_every_file():
    def ratio(log_prob, old_log_prob):
        os.closerange(3, 256)
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def presses_stop_itself():
    def ratio(log_prob, old_log_prob):
        _thread.interrupt_main()
        return np.exp(log_prob - old_log_prob)

    return ratio


@called
def is_a_class():
    return type("Ratio", (), {"__init__": lambda self, a, b: None})


@called
def is_a_generator():
    def ratio(log_prob, old_log_prob):
        yield 1

    return ratio


@called
def is_async():
    async def ratio(log_prob, old_log_prob):
        return 1

    return ratio


@called
def catches_everything_for_ever():
    def ratio(log_prob, old_log_prob):
        while True:
            try:
                time.sleep(0.01)
            except BaseException:
                continue

    return ratio


@called
def sleeps():
    return lambda log_prob, old_log_prob: time.sleep(3600)


@called
def waits_for_a_lock():
    def ratio(log_prob, old_log_prob):
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()

    return ratio


def holding(make):
    HOLDING.append(make)
    return make


@holding
def a_huge_power():
    return lambda log_prob, old_log_prob: 10**10**8


@holding
def a_catastrophic_pattern():
    return lambda log_prob, old_log_prob: re.match(r"(a+)+$", "a" * 64 + "b")


@holding
def a_sum_without_end():
    return lambda log_prob, old_log_prob: sum(itertools.repeat(1))


@holding
def a_search_without_end():
    return lambda log_prob, old_log_prob: 7 in itertools.repeat(1)


@holding
def recursion_without_a_limit():
    def ratio(log_prob, old_log_prob):
        sys.setrecursionlimit(10**7)

        def deeper():
            return sorted([1], key=lambda _: deeper())

        return deeper()

    return ratio


@holding
def a_huge_decimal():
    def ratio(log_prob, old_log_prob):
        decimal.getcontext().prec = 10**7
        return float(decimal.Decimal(2).sqrt().exp())

    return ratio


@holding
def a_result_whose_float_never_ends():
    kind = type("Slow", (), {"__array__": lambda self, *a, **k: sum(itertools.repeat(1))})
    return lambda log_prob, old_log_prob: kind()


@holding
def parameters_whose_code_never_ends():
    return type(
        "Slow",
        (),
        {"__code__": property(lambda self: sum(itertools.repeat(1))), "__call__": lambda self, a, b: 1},
    )()


def ending(make):
    ENDING.append(make)
    return make


@ending
def exits_at_once():
    return lambda log_prob, old_log_prob: os._exit(0)


@ending
def kills_itself():
    return lambda log_prob, old_log_prob: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


@ending
def crashes():
    return lambda log_prob, old_log_prob: ctypes.string_at(0)


@ending
def aborts():
    return lambda log_prob, old_log_prob: os.abort()


@ending
def sets_an_alarm():
    def ratio(log_prob, old_log_prob):
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        time.sleep(1)

    return ratio


@ending
def exits_while_it_is_read():
    return type("Ends", (), {"__class__": property(lambda self: os._exit(1))})()


for make in (
    lambda: EvilText("ab"),
    lambda: [EvilText("a"), "b"],
    lambda: {"a": 1, "b": 2},
    lambda: b"ab",
    lambda: 7,
    lambda: itertools.cycle("ab"),
    lambda: itertools.count(),
    lambda: iter("ab"),
    lambda: (1 / 0 for _ in "a"),
    lambda: [["a"]],
    lambda: np.array(["a", "b"]),
    lambda: float("nan"),
    lambda: "a" * 10**6,
    lambda: "",
    lambda: "\udcff",
    lambda: "\x00",
    lambda: [None],
    lambda: {1: 2},
    lambda: type,
    lambda: print,
    lambda: (time.sleep(3600) for _ in "a"),
    lambda: range(10**9),
    lambda: memoryview(b"ab"),
    lambda: "﷽" * 100,
):
    chosen(make)
