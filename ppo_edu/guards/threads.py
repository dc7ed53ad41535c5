"""A thread that can be waited for, also by someone who presses stop meanwhile."""

import threading


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
