"""A thread that can be waited for, also by someone who presses stop meanwhile."""

import os
import threading
import time

_over: set[int] = set()  # the system's numbers of threads whose work is done, and which may still be there


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
            _over.add(threading.get_native_id())
            self._over.set()

    def runs(self):
        return self.is_alive() and not self._over.is_set()

    def wait(self, seconds=None):
        """Wait until its work is done, at most so many seconds; return whether it is."""
        return self._over.wait(seconds)


def wait_until_gone(seconds):
    """Wait until the threads of all workers that are done have left this process, at most so many seconds.

    A thread leaves some time after its work is done, and on its way out frees what libraries keep for it. A
    fork in that moment copies their locks as they are, and nobody is there to open them: MKL, for one, closes
    all of its memory then (`mm_cleanup_thread_cbk`). On Linux; elsewhere nothing is forked.
    """
    end = time.monotonic() + seconds
    while True:
        for number in list(_over):
            if not os.path.exists(f"/proc/self/task/{number}"):
                _over.discard(number)
        if not _over:
            return
        if time.monotonic() > end:
            _over.clear()  # the system gives numbers again: these may be another's by now
            return
        time.sleep(0.0005)
