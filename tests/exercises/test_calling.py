"""Whatever a learner's function does, the answer is kind and specific, and the kernel lives on."""

import _thread
import contextlib
import math
import sys
import threading
import time

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu.exercises import calling, isolation


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.3)


@pytest.fixture
def in_a_thread(monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", False)


@pytest.fixture(params=["process", "thread"])
def way(request, monkeypatch):
    """Both ways of a check, where there are both."""
    if request.param == "thread":
        monkeypatch.setattr(isolation, "fork_is_of_use", False)
    elif not isolation.can_fork():
        pytest.skip("no process of its own here")


def stub(ratio, advantage, epsilon):
    """What is to be written."""
    ...


def passes(ratio, advantage, epsilon):
    pass


def returns_none(ratio, advantage, epsilon):
    return None


def not_implemented(ratio, advantage, epsilon):
    raise NotImplementedError


def returns_not_implemented(ratio, advantage, epsilon):
    return NotImplemented


def with_a_hole(ratio, advantage, epsilon):
    clipped = ...
    return np.minimum(ratio * advantage, clipped * advantage)


def with_a_hole_in_a_list(ratio, advantage, epsilon):
    return [... for _ in ratio]


def returns_a_hole(ratio, advantage, epsilon):
    unclipped = ratio * advantage
    return ... if len(unclipped) else unclipped


STUBS = [
    stub,
    passes,
    returns_none,
    not_implemented,
    returns_not_implemented,
    with_a_hole,
    with_a_hole_in_a_list,
    returns_a_hole,
    lambda *_: ...,
    None,
    ...,
    NotImplemented,
]


@pytest.mark.parametrize("answer", STUBS, ids=lambda answer: getattr(answer, "__name__", str(answer)))
def test_a_stub_is_not_done_yet(answer):
    result = ppo_edu.check("clipped_surrogate", answer)
    assert not result.passed and not result.attempted
    assert "Not done yet" in result.message and 'ppo_edu.hint("clipped_surrogate", 1)' in result.message


def forgets_return(ratio, advantage, epsilon):
    np.minimum(ratio * advantage, ratio.clip(1 - epsilon, 1 + epsilon) * advantage)


def prints_only(ratio, advantage, epsilon):
    print(np.minimum(ratio * advantage, ratio.clip(1 - epsilon, 1 + epsilon) * advantage))


def divides(ratio, advantage, epsilon):
    share = 1
    return ratio / (share - 1) + [][0]


def no_such_name(ratio, advantage, epsilon):
    return clamp(ratio, 1 - epsilon, 1 + epsilon)  # noqa: F821


def one_number_only(ratio, advantage, epsilon):
    return min(ratio * advantage, max(min(ratio, 1 + epsilon), 1 - epsilon) * advantage)


def uses_math(ratio, advantage, epsilon):
    return math.exp(ratio)


def leaves(ratio, advantage, epsilon):
    sys.exit("good bye")


def changes(ratio, advantage, epsilon):
    clipped = np.clip(ratio, 1 - epsilon, 1 + epsilon) * advantage
    ratio *= advantage
    return np.minimum(ratio, clipped)


def never_ends(ratio, advantage, epsilon):
    while True:
        pass


test_is_over = threading.Event()


def never_ends_and_catches_all(ratio, advantage, epsilon):
    while not test_is_over.is_set():
        with contextlib.suppress(BaseException):
            time.sleep(0.001)


def calls_itself(ratio, advantage, epsilon):
    return calls_itself(ratio, advantage, epsilon)


def generates(ratio, advantage, epsilon):
    yield from ratio * advantage


def takes_two(ratio, advantage):
    return ratio * advantage


ODD = [
    (forgets_return, "gives nothing back"),
    (prints_only, "prints its result but gives nothing back"),
    (divides, "`IndexError: list index out of range`"),
    (divides, "line 3 of your function, `return ratio / (share - 1) + [][0]`"),
    (no_such_name, "`NameError: name 'clamp' is not defined`"),
    (no_such_name, "run that cell first"),
    (one_number_only, "`np.where`, `np.minimum`"),
    (uses_math, "`np.exp`, `np.log` and their like take whole arrays"),
    (leaves, "does not end the program"),
    (changes, "changes its input `ratio` in place"),
    (calls_itself, "RecursionError"),
    (generates, "You return r·A everywhere"),
    (takes_two, "takes `(ratio, advantage)`, but it is called with `(ratio, advantage, epsilon)`"),
    (lambda *_: "1.5", "the type `str`"),
    (lambda *_: {"L": 1}, "the type `dict`"),
    (lambda *_: [[1, 2], [3]], "the type `list`"),
    (lambda *_: np.array([1j]), "the type `ndarray`"),
    (lambda *_: len, "the type `builtin_function_or_method`"),
    (lambda r, A, epsilon: r.clp(1), "AttributeError"),
    (np.array([0.5]), "This check needs your function itself"),
    (3.0, 'ppo_edu.check("clipped_surrogate", clipped_surrogate)'),
    ("clipped_surrogate", "the type `str`"),
]


def name_of(value):
    return getattr(value, "__name__", str(value)[:20])


@pytest.mark.parametrize(("answer", "told"), ODD, ids=name_of)
def test_what_goes_wrong_is_told_kindly(answer, told, capsys, way):
    result = ppo_edu.check("clipped_surrogate", answer)
    assert not result.passed and result.attempted
    assert told in result.message, result.message
    assert "Traceback" not in result.message
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("answer", [answer for answer, _ in ODD], ids=name_of)
def test_and_in_korean_too(answer):
    ppo_edu.use_language("ko")
    message = ppo_edu.check("clipped_surrogate", answer).message
    assert any("가" <= letter <= "힣" for letter in message)
    assert "Your" not in message


def test_a_right_answer_that_prints_passes_and_its_words_are_shown():
    def noisy(ratio, advantage, epsilon):
        print("shape", ratio.shape)
        return ppo_edu.clipped_surrogate(ratio, advantage, epsilon)

    result = ppo_edu.check("clipped_surrogate", noisy)
    assert result.passed and "    shape (6,)" in result.message


def test_printing_without_end_fills_no_memory(impatient):
    def noisy(ratio, advantage, epsilon):
        while True:
            print("x" * 1000)

    assert "was not back" in ppo_edu.check("clipped_surrogate", noisy).message


def assert_only_so_many_threads(wanted):
    """Wait for threads on their way out."""
    deadline = time.monotonic() + 10
    # Where Python believes a thread to be over, it may still run.
    while len(sys._current_frames()) > wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(sys._current_frames()) <= wanted


@pytest.mark.parametrize("answer", [never_ends, never_ends_and_catches_all])
def test_what_never_ends_is_stopped(answer, impatient, way):
    test_is_over.clear()
    before = len(sys._current_frames())
    result = ppo_edu.check("clipped_surrogate", answer)
    assert not result.passed and "was not back after" in result.message
    test_is_over.set()
    if answer is never_ends:
        assert "restart the kernel" not in result.message
    assert_only_so_many_threads(before)


def test_what_cannot_be_stopped_is_left_behind(impatient, monkeypatch, in_a_thread):
    wake_up = threading.Event()

    def sleeps(ratio, advantage, epsilon):
        wake_up.wait(60)

    result = ppo_edu.check("clipped_surrogate", sleeps)
    assert "still runs in the background" in result.message
    monkeypatch.undo()
    assert ppo_edu.check("clipped_surrogate", ppo_edu.clipped_surrogate).passed
    wake_up.set()


def test_the_stop_button_works_during_a_check(interruptible, monkeypatch, way):
    monkeypatch.setattr(calling, "SECONDS", 60)
    before = len(sys._current_frames())
    stop = threading.Timer(0.3, _thread.interrupt_main)
    stop.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ppo_edu.check("clipped_surrogate", never_ends)
    assert time.monotonic() - started < 30, "it was heard only when the answer's own time was up"
    assert_only_so_many_threads(before)


def test_deep_recursion_with_a_raised_limit_does_not_kill_the_process(way):
    def deep(ratio, advantage, epsilon):
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(20_000)
        try:
            return sorted([1], key=lambda _: deep(ratio, advantage, epsilon))
        finally:
            sys.setrecursionlimit(before)

    assert not ppo_edu.check("clipped_surrogate", deep).passed


def test_each_call_gets_inputs_of_its_own_and_standard_output_returns(in_a_thread):
    seen, out = [], sys.stdout

    def keeps(ratio, advantage, epsilon):
        seen.append(ratio)
        return ppo_edu.clipped_surrogate(ratio, advantage, epsilon)

    assert ppo_edu.check("clipped_surrogate", keeps).passed
    seen[0][:] = 0
    assert ppo_edu.check("clipped_surrogate", keeps).passed
    assert sys.stdout is out


def test_an_input_changed_in_one_call_only_is_noticed():
    calls = []

    def changes_once(ratio, advantage, epsilon):
        objective = ppo_edu.clipped_surrogate(ratio, advantage, epsilon)
        if not calls:
            advantage[0] = 7
        calls.append(1)
        return objective

    assert "changes its input `advantage`" in ppo_edu.check("clipped_surrogate", changes_once).message


def test_a_function_for_tensors_that_fails_is_told_its_own_error():
    def in_torch(ratio, advantage, epsilon):
        return torch.minimum(ratio * advantage, torch.clamp(ratio, 1 - epsilon) * advantage[:2])

    assert "size of tensor" in ppo_edu.check("clipped_surrogate", in_torch).message
