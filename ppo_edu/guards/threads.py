"""A thread that can be waited for, also by someone who presses stop meanwhile."""

import os
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
