"""A check that always comes back, whatever the answer is or does.

On Linux each check runs in a process of its own, a fork of this one: it knows everything that the notebook
knows, and is ended when its time is up. So the kernel survives an answer that ends Python, fills the memory,
or never lets another thread run, as ``10**10**8`` and some regular expressions do. What an answer changes in
global names, and what it draws, stays in that process.

Elsewhere a check runs in a thread. Windows cannot fork, macOS cannot do so safely once its own libraries are
loaded, and a fresh process would not know what a learner's function needs from the notebook. **An answer that
lets no other thread run cannot be stopped there**: the kernel answers again when it is done, or is restarted.
Nor can an answer be stopped there that ends Python itself. The same holds on Linux where a GPU is in use,
which a forked process cannot go on using.
"""

import builtins
import contextlib
import faulthandler
import functools
import gc
import io
import json
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings

import numpy as np

from ppo_edu.exercises import calling
from ppo_edu.exercises.line import Line
from ppo_edu.exercises.result import CheckResult
from ppo_edu.guards.threads import fork_when_still, interrupts_wait, wait_for_the_leaving
from ppo_edu.guards.torch_settings import neutral_in_this_thread, neutral_torch
from ppo_edu.language import t

# For one process after the other: most are ready in a hundredth of the first. Several are short, because
# beside threads that compute without a pause one may begin with a lock that nobody will open.
READY_SECONDS = (1.0, 1.0, 1.0, 3.0, 10.0)
LEEWAY_SECONDS = 3.0  # what comes before and after the learner's own time
TOLD = b"~"  # before a line of text for whoever waits
DICE_SECONDS = 60.0
CPU_SECONDS = 600  # should this process be gone, and nobody there to end the other
fork_is_of_use = sys.platform == "linux"
_prepared: set[str] = set()
_dice, _forking = threading.Lock(), threading.Lock()


def check(exercise, answer):
    """Return ``exercise.check(answer)``, or a `CheckResult` that tells why it could not be had.

    Raises
    ------
    KeyboardInterrupt
        If the learner pressed stop.
    """
    with neutral_torch(), np.errstate(all="ignore"):
        _prepare(exercise)
        if _is_plain(answer):
            return _carried_out(exercise, answer)
        result = _in_processes(exercise, answer) if can_fork() else None
        return _in_a_thread(exercise, answer) if result is None else result


def _is_plain(answer):
    # These do nothing of their own, so that there is nothing to guard against.
    parts = answer if type(answer) in (list, tuple, set) else [answer]
    return all(type(part) in (str, int, float) for part in parts)


def _prepare(exercise):
    # What is loaded or computed on first use must be there before the fork, which forgets it again.
    if exercise.name not in _prepared:
        with contextlib.suppress(Exception):
            exercise.prepare()
        _prepared.add(exercise.name)


def can_fork():
    torch = sys.modules.get("torch")
    return fork_is_of_use and not (hasattr(torch, "cuda") and torch.cuda.is_initialized())


def _in_processes(exercise, answer):
    """Return the result, or None if processes cannot be used here."""
    global fork_is_of_use
    for seconds in READY_SECONDS:
        # Should a thread leave or compute in the very moment of the fork all the same, then the process hangs
        # before it is ready, and the next one does not.
        wait_for_the_leaving()
        try:
            ready, result = _in_a_process(exercise, answer, seconds)
        except OSError:
            return None
        if ready:
            return result
    fork_is_of_use = False
    return None


def _in_a_process(exercise, answer, ready_seconds):
    """Return whether the process was ready in time, and the result. Raises OSError if there can be none."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    moments, stopped = [], None
    try:
        with _forking, interrupts_wait(), warnings.catch_warnings():
            # Python warns of locks that other threads hold: see there.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = _forked(moments)
        if process == 0:
            _be_the_process(sender, exercise, answer)
        sender.close()
        return _listen(receiver, ready_seconds)
    finally:
        while True:
            try:
                for process in moments[5::6]:
                    _end(process)
                receiver.close()
                break
            except KeyboardInterrupt as error:
                stopped = error
        if stopped is not None:
            raise stopped


def _forked(moments):
    """Do as `fork_when_still` does; raise OSError if nobody may fork for a second."""
    for _ in range(20):
        try:
            return fork_when_still(moments)
        except RuntimeError:  # filelock refuses a fork while another thread is forking
            del moments[len(moments) // 6 * 6 :]
            time.sleep(0.05)
    raise BlockingIOError


def _end(process):
    for end in (os.killpg, os.kill):  # with what the answer may have started: by then the group is its own
        with contextlib.suppress(OSError):
            end(process, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.waitpid(process, 0)


def _listen(receiver, ready_seconds):
    """Return whether the process was ready, and the result."""
    ready, deadline, line = False, time.monotonic() + ready_seconds, Line()
    try:
        while time.monotonic() < deadline:
            # In short pieces, because not every way of pressing stop ends a long wait.
            if not receiver.poll(0.1):
                continue
            message = receiver.recv_bytes()
            if message.startswith(TOLD):
                line.show(message.removeprefix(TOLD).decode())
            elif message:
                return True, CheckResult(**json.loads(message))
            ready, deadline = True, time.monotonic() + calling.SECONDS + LEEWAY_SECONDS
    except (EOFError, OSError, ValueError):
        return ready, CheckResult(False, t("exercise.ended_python"))
    finally:
        line.end()
    return ready, _out_of_time()


def _be_the_process(sender, exercise, answer):
    try:
        _settle()
        pulse = functools.partial(sender.send_bytes, b"")
        calling.PULSE.set(pulse)
        calling.TELL.set(lambda text: sender.send_bytes(TOLD + text.encode()))
        # First, because if that fails or hangs, it is this process that is of no use, and no learner's fault.
        _try_the_libraries()
        pulse()
        result = _carried_out(exercise, answer)
        sender.send_bytes(json.dumps(vars(result)).encode())
    finally:
        os._exit(0)


def _settle():
    """Make a process of the fork that cannot disturb the first one."""
    import ctypes
    import resource

    os.setpgid(0, 0)
    calling.disposable = True
    calling.forget_other_threads()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # stop is for the first, which ends this one
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: with the kernel, this ends, too
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="utf-8") as file:
        file.write("1000")  # if memory runs out, this is what goes
    faulthandler.disable()
    gc.freeze()  # what the first has thrown away is not for this one to clean up
    # The kernel's own streams would go on talking with its browser.
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), io.StringIO(), io.StringIO()
    builtins.input = _no_keyboard
    torch = sys.modules.get("torch")
    if hasattr(torch, "set_num_threads"):
        torch.set_num_threads(1)  # the others were not forked, and would be waited for


def _try_the_libraries():
    # Also in a new thread, as the answer has one: each has locks of its own.
    _try_them()
    worker = calling.start(_try_them)
    worker.wait()
    # On its way out it frees what MKL keeps for it, and would spin for ever on a lock that was copied locked.
    while os.path.exists(f"/proc/self/task/{worker.native_id}"):
        time.sleep(0.0005)


def _try_them():
    # Large enough for the buffers that MKL, in torch for Intel's and AMD's processors, keeps for each thread.
    np.ones((64, 256)) @ np.ones((256, 256))
    torch = sys.modules.get("torch")
    if hasattr(torch, "autograd"):
        (torch.ones(64, 256, requires_grad=True) @ torch.ones(256, 256)).sum().backward()
        torch.get_rng_state()  # each of the dice has a lock, too, which is held while they are thrown
    dice = np.random.get_state()  # noqa: NPY002
    np.random.random()  # noqa: NPY002
    np.random.set_state(dice)  # noqa: NPY002


def _no_keyboard(prompt=""):
    raise EOFError


def _in_a_thread(exercise, answer):
    with _at_its_turn(exercise):
        return _by_a_worker(exercise, answer)


@contextlib.contextmanager
def _at_its_turn(exercise):
    # torch has one pair of dice for all threads: two checks that throw them would spoil each other's numbers.
    took = exercise.throws_dice and _dice.acquire(timeout=DICE_SECONDS)
    try:
        yield
    finally:
        if took:
            _dice.release()


def _by_a_worker(exercise, answer):
    results, pulses, told, line, cancelled = [], [time.monotonic()], [""], Line(), []

    def work():
        calling.PULSE.set(lambda: pulses.append(time.monotonic()))
        calling.TELL.set(told.append)
        calling.CANCELLED.set(lambda: bool(cancelled))
        with contextlib.suppress(calling.TimeUp):
            results.append(_carried_out(exercise, answer))

    worker = calling.start(work)
    try:
        while worker.runs() and time.monotonic() < pulses[-1] + calling.SECONDS + LEEWAY_SECONDS:
            calling.wait(worker, 0.1)
            line.show(told[-1])
    finally:
        line.end()
        if worker.runs():
            # By itself, if it can: an exception in the midst of the check's own code leaves things undone.
            cancelled.append(True)
            worker.wait(2.0)
        if worker.runs():
            calling.stop(worker)
    return results[0] if results else _out_of_time(worker.runs())


def _carried_out(exercise, answer):
    try:
        with neutral_in_this_thread(), np.errstate(all="ignore"):
            result = exercise.check(answer)
        # Half a letter, which an answer may print, could not be shown.
        message = result.message.encode("utf-8", "backslashreplace").decode()
        return CheckResult(bool(result.passed), message, bool(result.attempted))
    except calling.TimeUp:
        raise
    except BaseException as error:
        return CheckResult(False, t("exercise.cannot_be_checked", error=calling.type_name(error)))


def _out_of_time(still_running=False):
    words = t("exercise.timed_out", seconds=round(calling.SECONDS))
    return CheckResult(False, f"{words}\n\n{t('exercise.still_running')}" if still_running else words)
