"""A check always comes back, raises nothing, and gives the same result whatever the session has set."""

import contextlib
import ctypes
import functools
import io
import os
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import calling, isolation, letters
from ppo_edu.guards.threads import fork_when_still
from ppo_edu.guards.torch_settings import neutral_torch
from ppo_edu.language import LANGUAGES, catalogue

sys.path.append(
    str(next(folder / "stress" for folder in Path(__file__).parents if (folder / "stress").is_dir()))
)

import hostile_answers

needs_fork = pytest.mark.skipif(
    sys.platform != "linux", reason="a check has a process of its own on Linux only"
)
WAYS = [pytest.param(True, marks=needs_fork, id="process"), pytest.param(False, id="thread")]


EARLIER = set()


@pytest.fixture(autouse=True)
def processes_of_earlier_tests():
    """Studies, for one, keep their workers for the next study."""
    EARLIER.clear()
    EARLIER.update(psutil.Process().children())


def processes_left():
    """Return the processes that this test began and that are still there."""
    return set(psutil.Process().children()) - EARLIER


@pytest.fixture(params=WAYS)
def way(request, monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", request.param)
    return request.param


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 0.5)
    monkeypatch.setattr(isolation, "LEEWAY_SECONDS", 1.0)


def right(log_prob, old_log_prob):
    return np.exp(log_prob - old_log_prob)


def assert_checked(name, answer):
    streams = sys.stdout, sys.stderr
    result = ppo_edu.check(name, answer)
    result.message.encode("utf-8")
    assert isinstance(result.passed, bool) and (sys.stdout, sys.stderr) == streams
    return result


# In a thread, what an answer does to Python as a whole stays done.
HARMLESS = [
    make
    for make in hostile_answers.CALLED
    if make.__name__.startswith(("result_", "function_", "error_", "odd_", "is_", "prints_", "lowers_"))
]


@needs_fork
# tests/stress tries them all; here, every sixth, because each costs a process and some of them seconds.
@pytest.mark.parametrize("make", hostile_answers.CALLED[::6], ids=lambda make: make.__name__)
def test_no_function_makes_a_check_raise(make, impatient):
    assert_checked("probability_ratio", make())


@pytest.mark.parametrize("make", HARMLESS[::6], ids=lambda make: make.__name__)
def test_nor_does_it_in_a_thread(make, impatient, monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", False)
    assert_checked("probability_ratio", make())
    assert ppo_edu.check("probability_ratio", right).passed


@pytest.mark.parametrize("make", hostile_answers.CHOSEN[::3], ids=lambda make: make.__name__)
def test_no_letters_do(make, impatient, way):
    assert_checked("gradient_cases", make())
    assert_checked("lambda_ends", make())


@needs_fork
@pytest.mark.parametrize("make", hostile_answers.HOLDING, ids=lambda make: make.__name__)
def test_what_lets_no_other_thread_run_is_ended(make, impatient):
    started = time.monotonic()
    result = assert_checked("probability_ratio", make())
    assert not result.passed and time.monotonic() - started < 30
    # Python 3.12 and newer have a limit of their own for recursion through C.
    known = ("was not back after", "Python itself ended", "RecursionError")
    assert any(words in result.message for words in known)
    assert not processes_left()


@needs_fork
@pytest.mark.parametrize("make", hostile_answers.ENDING, ids=lambda make: make.__name__)
def test_what_ends_python_ends_its_own(make, impatient):
    assert not assert_checked("probability_ratio", make()).passed
    assert not processes_left()


def test_an_error_without_a_text_is_told_by_its_name(way):
    class Untold(Exception):
        def __str__(self):
            raise RuntimeError

    def fails(log_prob, old_log_prob):
        raise Untold

    assert "`Untold`" in ppo_edu.check("probability_ratio", fails).message


NAMES = {
    "array": lambda: np.array(["gae", "gae"]),
    "number": lambda: 7,
    "nothing": lambda: None,
    "list": lambda: ["gae"],
    "evil text": lambda: hostile_answers.EvilText("no such"),
    "evil class": lambda: hostile_answers.object_with(
        "__class__", property(hostile_answers.raising(KeyError()))
    ),
    "evil repr": lambda: hostile_answers.object_with("__repr__", hostile_answers.raising(KeyError())),
    "equal to all": lambda: type("Same", (), {"__eq__": lambda *_: True, "__hash__": lambda self: 1})(),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_none_is_told_with_those_that_are(name):
    with pytest.raises(ValueError, match="clipped_surrogate"):
        ppo_edu.check(NAMES[name](), 1)


def test_what_an_answer_changes_stays_in_its_process(monkeypatch):
    seen = []

    def keeps(log_prob, old_log_prob):
        seen.append(1)
        return right(log_prob, old_log_prob)

    assert ppo_edu.check("probability_ratio", keeps).passed
    assert bool(seen) == (not isolation.can_fork())


@needs_fork
def test_where_no_process_can_be_had_a_thread_does_it(monkeypatch):
    def no_more(*_):
        raise BlockingIOError

    monkeypatch.setattr(isolation.os, "fork", no_more)
    assert ppo_edu.check("probability_ratio", right).passed


@needs_fork
def test_a_process_that_does_not_get_ready_is_not_the_learners_fault(monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", True)
    monkeypatch.setattr(isolation, "READY_SECONDS", (0.1, 0.2))
    monkeypatch.setattr(isolation, "_settle", lambda: time.sleep(60))
    assert ppo_edu.check("probability_ratio", right).passed
    assert not isolation.fork_is_of_use
    assert not processes_left()


@needs_fork
def test_where_the_first_process_is_of_no_use_the_next_one_is(tmp_path, monkeypatch):
    # As MKL's locks leave it where a thread was on its way out at the moment of the fork.
    settle, mark = isolation._settle, tmp_path / "mark"

    def settled():
        if not mark.exists():
            mark.touch()
            time.sleep(60)
        settle()

    monkeypatch.setattr(isolation, "fork_is_of_use", True)
    monkeypatch.setattr(isolation, "READY_SECONDS", (0.2, 10.0))
    monkeypatch.setattr(isolation, "_settle", settled)
    seen = []

    def keeps(log_prob, old_log_prob):
        seen.append(1)
        return right(log_prob, old_log_prob)

    assert ppo_edu.check("probability_ratio", keeps).passed
    assert mark.exists() and isolation.fork_is_of_use and not seen
    assert not processes_left()


@needs_fork
def test_no_process_is_forked_while_a_thread_is_on_its_way_out(monkeypatch):
    there, numbers, fork = [], [], isolation.os.fork
    libc, key = ctypes.CDLL(None), ctypes.c_uint()
    # The system calls it for each thread on its way out, with what the thread has set: microseconds.
    assert libc.pthread_key_create(ctypes.byref(key), libc.usleep) == 0

    def work():
        numbers.append(threading.get_native_id())
        assert libc.pthread_setspecific(key, ctypes.c_void_p(20_000)) == 0

    def seen():
        there.append(Path(f"/proc/self/task/{numbers[-1]}").exists())
        return fork()

    monkeypatch.setattr(isolation, "fork_is_of_use", True)
    monkeypatch.setattr(isolation.os, "fork", seen)
    for _ in range(20):
        calling.start(work).wait()
        assert ppo_edu.check("probability_ratio", right).passed
    # On a busy machine a fork may be done again.
    assert len(there) >= 20 and not any(there)


def test_checks_at_the_same_time_leave_the_streams_and_lose_no_print(way, monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    told = {}

    def check(number):
        def noisy(log_prob, old_log_prob):
            print("from", number)
            time.sleep(0.05)
            return right(log_prob, old_log_prob)

        told[number] = ppo_edu.check("probability_ratio", noisy)
        print("after", number)

    threads = [threading.Thread(target=check, args=(number,)) for number in range(12)]
    for number, thread in enumerate(threads):
        thread.start()
        print("meanwhile", number)
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert sys.stdout is out
    assert sorted(out.getvalue().split("\n")) == sorted(
        ["", *(f"{when} {number}" for when in ("meanwhile", "after") for number in range(12))]
    )
    for number, result in told.items():
        assert result.passed and f"    from {number}\n" in result.message + "\n"


@contextlib.contextmanager
def dtype(kind):
    before = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


SESSIONS = {
    "no_grad": torch.no_grad,
    "inference": torch.inference_mode,
    "float64": lambda: dtype(torch.float64),
    "float16": lambda: dtype(torch.float16),
    "device": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "strict numpy": lambda: np.errstate(all="raise"),
    "anomaly": torch.autograd.detect_anomaly,
}


def states():
    return (
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.get_default_dtype(),
        torch.empty(()).device,
        torch.is_autocast_enabled("cpu"),
        np.geterr(),
    )


def answer_typed(name):
    """Return what the solution's cell leaves in a notebook; of the whole program, the parts of its cells."""
    if name.startswith("ppo_") and name != "ppo_loss":
        return exercises.exercise_called(name).solution
    names = {"np": np, "torch": torch, "ppo_edu": ppo_edu, "F": torch.nn.functional}
    exec("import scipy.stats\nimport scipy.stats as stats\n" + exercises.solution_cell(name), names)
    return names[name]


@functools.cache
def checked_as_usual(name, way):
    """Return what a check says, in a process or not, where the session has set nothing; once for all."""
    return ppo_edu.check(name, answer_typed(name))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("session", SESSIONS)
def test_a_right_answer_is_right_whatever_the_session_has_set(session, way, monkeypatch):
    chosen = exercises.names()
    if way:
        # The guards are the same in both ways; a process costs ten times as much, so each tries a share.
        chosen = chosen[list(SESSIONS).index(session) :: len(SESSIONS)]
    # Bugs of a family run the same program, tests/stress tries them all; and the whole program trains for
    # many seconds what its four parts, which are here, are made of.
    left_out = {name for name in chosen if name.startswith("bug_")} - {"bug_1", "bug_7"} | {"ppo_program"}
    chosen = [name for name in chosen if name not in left_out]
    usual = {name: checked_as_usual(name, bool(way)) for name in chosen}
    answers = {name: answer_typed(name) for name in chosen}
    isolation._prepared.clear()
    with SESSIONS[session]():
        before = states()
        assert {name: ppo_edu.check(name, answer) for name, answer in answers.items()} == usual
        assert states() == before
    assert all(result.passed for result in usual.values())


def test_neutral_torch_is_neutral_and_puts_everything_back():
    with contextlib.ExitStack() as session:
        for setting in SESSIONS.values():
            if setting is not torch.autograd.detect_anomaly:
                session.enter_context(setting())
        before = states()[:5]
        with neutral_torch(), neutral_torch():
            assert states()[:5] == (True, False, torch.float32, torch.device("cpu"), False)
            assert torch.ones(1, requires_grad=True).mul(2).requires_grad
        assert states()[:5] == before
        with pytest.raises(KeyError), neutral_torch():
            raise KeyError
        assert states()[:5] == before


def test_neutral_torch_of_threads_that_overlap_brings_the_dtype_back_last():
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with neutral_torch():
            inside.set()
            leave.wait(10)

    with dtype(torch.float64):
        thread = threading.Thread(target=stay)
        thread.start()
        inside.wait(10)
        with neutral_torch():
            leave.set()
            thread.join()
            assert torch.get_default_dtype() == torch.float32
        assert torch.get_default_dtype() == torch.float64


KOREAN = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
)


@pytest.mark.parametrize("key", sorted(KOREAN))
def test_a_letter_is_understood_however_it_was_typed(key):
    full_width = chr(ord(key) + 0xFEE0)
    for typed in (key, key.upper(), full_width, full_width.upper(), KOREAN[key]):
        assert letters.understood(typed) == key


@given(st.text("abcdef", min_size=1, max_size=8))
@settings(deadline=None)
def test_letters_that_became_syllables_are_taken_apart(keys):
    jamo = {"a": "\u1106", "b": "\u1172", "c": "\u110e", "d": "\u110b", "e": "\u1103", "f": "\u1105"}
    # As an input method composes them: a consonant and a vowel after it become one syllable.
    composed = unicodedata.normalize("NFC", "".join(jamo[key] for key in keys))
    assert letters.understood(composed) == keys


TYPED = [
    ("gradient_cases", "ㅠ"),
    ("gradient_cases", "ｂ"),
    ("gradient_cases", "ㄷ"),
]


@pytest.mark.parametrize(("name", "typed"), TYPED)
def test_a_choice_typed_with_hangul_on_is_taken(name, typed):
    plain = letters.understood(typed)
    assert ppo_edu.check(name, typed) == ppo_edu.check(name, plain)
    assert "letters" not in ppo_edu.check(name, typed).message


@pytest.mark.parametrize("between", [",", ", ", "，", "、", ";", "/", " · ", "\n", "\t", "\xa0", "\u200b"])
def test_whatever_stands_between_letters_is_left_out(between):
    exercise = exercises.exercise_called("gradient_cases")
    typed = between.join(exercise.right)
    for answer in (typed, typed + between, between + typed):
        assert ppo_edu.check("gradient_cases", answer).passed


def test_a_final_consonant_is_a_key_of_its_own():
    assert letters.understood("뮹") == "abd" and letters.understood("뮮") == "abfa"


def test_picks_typed_with_hangul_on_pass():
    for name in exercises.names():
        cell = exercises.solution_cell(name)
        if cell.startswith(f'{name} = "'):
            keys = cell.split('"')[1]
            assert ppo_edu.check(name, "".join(KOREAN[key] for key in keys)).passed
            assert ppo_edu.check(
                name, [KOREAN[key] for key in keys] if len(keys) > 1 else KOREAN[keys]
            ).passed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_printed_on_a_korean_console(language):
    cannot = {}
    for key, text in catalogue(language).items():
        try:
            text.encode("cp949")
        except UnicodeEncodeError as error:
            cannot[key] = text[error.start : error.end]
    assert not cannot


def test_progress_can_be_printed_on_a_korean_console():
    ppo_edu.use_language("ko")
    ppo_edu.check("lambda_ends", 1.8)
    ppo_edu.check("time_limit", -39)
    repr(ppo_edu.progress()).encode("cp949")


@needs_fork
def test_what_an_answer_starts_ends_with_its_process():
    mark = "import time; time.sleep(3600); 'left by an answer'"

    def starts(log_prob, old_log_prob):
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", mark])
        subprocess.Popen([sys.executable, "-c", mark])
        return right(log_prob, old_log_prob)

    assert ppo_edu.check("probability_ratio", starts).passed
    time.sleep(0.1)
    left = [
        process for process in psutil.process_iter(["cmdline"]) if mark in (process.info["cmdline"] or ())
    ]
    assert not [process for process in left if process.status() != psutil.STATUS_ZOMBIE]


@needs_fork
def test_stop_pressed_while_the_process_is_ended_leaves_none(monkeypatch):
    wait, pressed = os.waitpid, []

    def waits(*arguments):
        if len(pressed) < 2:
            pressed.append(1)
            raise KeyboardInterrupt
        return wait(*arguments)

    monkeypatch.setattr(isolation, "fork_is_of_use", True)
    monkeypatch.setattr(isolation.os, "waitpid", waits)
    with pytest.raises(KeyboardInterrupt):
        ppo_edu.check("probability_ratio", right)
    assert not processes_left() and len(pressed) == 2


@needs_fork
def test_a_fork_waits_for_what_another_thread_computes():
    # A library's work, without the interpreter's lock, of which the fork must not be in the midst.
    stop, numbers = threading.Event(), np.random.default_rng(0).random(200_000)

    def compute():
        while not stop.is_set():
            np.sort(numbers)

    thread = threading.Thread(target=compute, daemon=True)
    thread.start()
    used = []
    for _ in range(5):
        moments = []
        if fork_when_still(moments) == 0:
            os._exit(0)
        os.waitpid(moments[-1], 0)
        used.append(moments[-2] - moments[-4])  # seconds of computing in the millisecond before the fork
    stop.set()
    thread.join()
    assert sorted(used)[2] < 0.0004


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="this system cannot fork")
def test_stop_in_the_moment_of_a_fork_is_not_lost(interruptible):
    """Python throws away what is raised in what others have registered for a fork."""
    pressed = [1]
    os.register_at_fork(
        after_in_parent=lambda: pressed and (pressed.clear(), signal.raise_signal(signal.SIGINT))
    )
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        ppo_edu.check("probability_ratio", lambda log_prob, old_log_prob: np.exp(log_prob - old_log_prob))
    assert not pressed and signal.getsignal(signal.SIGINT) is handler
    assert not processes_left()


@needs_fork
def test_checks_fork_one_after_the_other(monkeypatch):
    """filelock lets no thread fork while another does: `os.fork` raises RuntimeError then."""
    at_it, together, told = [], [], {}

    def fork(moments):
        at_it.append(1)
        try:
            time.sleep(0.02)
            together.append(len(at_it))
            return fork_when_still(moments)
        finally:
            at_it.pop()

    monkeypatch.setattr(isolation, "fork_when_still", fork)
    checks = [
        threading.Thread(target=lambda n=n: told.update({n: ppo_edu.check("probability_ratio", right)}))
        for n in range(4)
    ]
    for thread in checks:
        thread.start()
    for thread in checks:
        thread.join()
    assert set(together) == {1} and len(together) >= 4
    assert all(told[n].passed for n in range(4))


@needs_fork
@pytest.mark.parametrize("times", [1, 1000], ids=["once", "always"])
def test_a_fork_that_is_refused_is_tried_again_and_then_a_thread_checks(times, monkeypatch):
    refused, in_threads, in_a_thread = [], [], isolation._in_a_thread

    def fork(moments):
        if len(refused) == times:
            return fork_when_still(moments)
        refused.append(1)
        moments.append("what was there before")
        raise RuntimeError("os.fork is unsafe")

    monkeypatch.setattr(isolation, "fork_when_still", fork)
    monkeypatch.setattr(isolation, "_in_a_thread", lambda *told: in_threads.append(1) or in_a_thread(*told))
    assert ppo_edu.check("probability_ratio", right).passed
    assert bool(in_threads) == (times > 1) and isolation.can_fork()
    assert not processes_left()


def test_a_check_beside_a_thread_that_throws_dice_all_the_time(monkeypatch):
    """torch's dice have a lock, which the check's process would find locked for ever.

    Three of four did, when `os.fork` ran Python's code of others: now one may, on a busy machine.
    """
    stop, listened, listen = threading.Event(), [], isolation._listen
    monkeypatch.setattr(isolation, "_listen", lambda *told: listened.append(listen(*told)) or listened[-1])

    def throw():
        while not stop.is_set():
            torch.randn(1000, 1000)

    thread = threading.Thread(target=throw, daemon=True)
    thread.start()
    try:
        answer = exercises.exercise_called("ppo_network").solution
        assert all(ppo_edu.check("ppo_network", answer).passed for _ in range(8))
        assert isolation.can_fork() and [ready for ready, _ in listened].count(False) <= 1
    finally:
        stop.set()
        thread.join()
