"""One line that tells how far a long check has got, in a notebook or a terminal, and is gone afterwards."""

import html
import sys


class Line:
    """Shows a text in the place of the one before."""

    def __init__(self):
        self._text, self._handle = "", None

    def show(self, text):
        """Show `text`, if it is another one."""
        if not text or text == self._text:
            return
        self._text = text
        if _in_a_notebook():
            self._in_notebook(text)
        elif sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write(f"\r{text}\033[K")
            sys.stderr.flush()

    def end(self):
        """Take the line away."""
        if self._handle is not None:
            self._in_notebook("")
        elif self._text and not _in_a_notebook() and sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
        self._text = ""

    def _in_notebook(self, text):
        from IPython.display import HTML, display

        if self._handle is None:
            self._handle = display(HTML(html.escape(text)), display_id=True)
        else:
            self._handle.update(HTML(html.escape(text)))


def _in_a_notebook():
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")
