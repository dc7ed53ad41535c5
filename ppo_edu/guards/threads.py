"""A thread that can be waited for, also by someone who presses stop meanwhile."""

import contextlib
import ctypes
import itertools
import operator
import os
import signal
import sys
import threading
import time

_staying: set[int] = set()  # the system's numbers of threads that Python does not know: of libraries


class Worker(threading.Thread):
    """A daemon thread that is waited for by its own mark.

    Where stop is pressed during ``join``, Python 3.11 and 3.12 believe from then on that the thread is over.
    """

    def __init__(self, target, arguments):
        super().__init__(target=target, args=arguments, daemon=True)
        self._over = threading.Event()

    def run(self):
        try:
            super().run()
        finally:
            self._over.set()

    def runs(self):
        return self.is_alive() and not self._over.is_set()

    def wait(self, seconds=None):
        """Wait until its work is done, at most so many seconds; return whether it is."""
        return self._over.wait(seconds)


def wait_for_the_leaving(seconds=0.05):
    """Wait until threads on their way out have left this process, at most so many seconds.

    A thread that Python has done with still frees what libraries keep for it. A fork in that moment copies
    their locks as they are, and nobody is there to open them: MKL, for one, locks all of its memory then
    (`mm_cleanup_thread_cbk`). On Linux; elsewhere nothing is forked.
    """
    end = time.monotonic() + seconds
    while True:
        there = {int(number) for number in os.listdir("/proc/self/task")}
        _staying.intersection_update(there)
        leaving = there - {thread.native_id for thread in threading.enumerate()} - _staying
        if not leaving:
            return
        if time.monotonic() > end:  # they do not leave, then: a library's, such as OpenMP's
            _staying.update(leaving)
            return
        time.sleep(0.0005)


def _others_compute():
    for number in {int(name) for name in os.listdir("/proc/self/task")} - {threading.get_native_id()}:
        try:
            with open(f"/proc/self/task/{number}/stat", "rb") as file:
                # The name before it, in brackets, may hold anything.
                state = file.read().rpartition(b")")[2].split()[0]
        except OSError:  # it has left
            continue
        if state == b"R":
            return True
    return False


@contextlib.contextmanager
def interrupts_wait():
    """Return a context in which stop is heard, but comes only at its end.

    Around a fork Python runs what others have registered for it, as `logging` does, and throws away what is
    raised in there: so a KeyboardInterrupt in this moment would be lost, and a lock of theirs stay locked.
    """
    before = signal.getsignal(signal.SIGINT)
    # Only the main thread is interrupted. And a handler that is not Python's, None, could not be put back.
    if threading.current_thread() is not threading.main_thread() or before is None:
        yield
        return
    process, came = os.getpid(), []
    signal.signal(signal.SIGINT, lambda *signal_and_frame: came.append(signal_and_frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came and callable(before) and os.getpid() == process:
            before(*came[0])


def fork_when_still(moments, most=8):
    """Do as `os.fork` does, in a moment in which no other thread computes, if there is one.

    What another thread does in a library, such as torch, goes on without the interpreter's lock. Locks that
    it had taken there would be locked for ever in the new process. So that lock is kept for a while, until
    the others wait for it; if one still computed just before the fork, that is done again.

    Parameters
    ----------
    moments : list
        Gets six entries for each fork, of which the sixth is the new process: nobody who presses stop comes
        between the fork and the entry.
    most : int
        Forks at most; the last one counts, however it was.
    """
    nap = ctypes.PyDLL(None).usleep  # called in this way, it keeps the interpreter's lock
    clock = time.process_time  # of all threads
    # All in one step, in whose midst no other thread gets the lock. Where one computes just now, it may have
    # to wait for a processor before it comes to an end.
    calls = [(nap, 30_000 if _others_compute() else 1000), (clock,), (nap, 1000), (clock,), (os.fork,)]
    # First, whoever throws torch's dice just now comes to an end: nobody begins to, while that lock is kept.
    torch = sys.modules.get("torch")
    calls.insert(0, (getattr(torch, "get_rng_state", int),))
    with _nobody_is_asked_for_the_lock():
        for left in reversed(range(most)):
            moments.extend(itertools.starmap(operator.call, calls))
            _, before, _, after, process = moments[-5:]
            if after - before < 0.0004 or left == 0:
                return process
            if process == 0:
                os._exit(0)
            os.waitpid(process, 0)
    return None


@contextlib.contextmanager
def _nobody_is_asked_for_the_lock():
    """Return a context in which who waits for the interpreter's lock does so until it is let go.

    `os.fork` runs what others have registered for it, in Python: filelock has, for one. Before each function
    of theirs, Python would let the lock go to who has waited for five milliseconds, and would compute then.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.2)  # longer than a fork, and a pause that nobody notices
    try:
        time.sleep(2 * before)  # it counts for who begins to wait after it was said
        yield
    finally:
        sys.setswitchinterval(before)
