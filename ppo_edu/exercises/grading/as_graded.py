"""An extension of IPython: what a notebook asks of its JupyterLab, but a kernel without one cannot do.

A learner's JupyterLab has a screen, and perhaps a matplotlib backend that is not installed here. Neither is
part of the answers, so that a notebook goes on without them.
"""

from IPython.core.magic import Magics, line_magic, magics_class


@magics_class
class _Backends(Magics):
    """``%matplotlib`` and ``%gui``, with figures in the notebook where a backend cannot be had."""

    @line_magic
    def matplotlib(self, line=""):
        try:
            return self._matplotlib(line)
        except Exception:
            return self._matplotlib("inline")

    @line_magic
    def gui(self, line=""):
        """A kernel that waits for the events of windows would run no further cell."""

    def __init__(self, shell):
        super().__init__(shell)
        self._matplotlib = shell.find_line_magic("matplotlib")


def load_ipython_extension(shell):
    """Called by the kernel as it starts."""
    shell.register_magics(_Backends(shell))
    # After `exit`, JupyterLab starts the kernel again; the cells below it are the learner's answers, too.
    shell.ask_exit = lambda: None
