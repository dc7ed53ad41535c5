"""The end of a lesson: a button that shuts its kernel down, so that its memory is free for the next one."""

import asyncio
import html
import json

from ppo_edu.drawing.page import as_bundle, column, kernel_id, run_in_page, script_widget
from ppo_edu.language import t


class Finish:
    """A button that asks, and then shuts this kernel down; shows itself in a notebook.

    A kernel that ended by itself would be taken for one that crashed, and started again. So the page asks the
    server to end it, as its menu does. Readers without a kernel see a line instead of the button.
    """

    SECONDS = 8  # a server gives a kernel that does not end by itself five

    def __repr__(self) -> str:
        return t("finish.still")

    def _repr_html_(self):
        return f"<small>{html.escape(repr(self))}</small>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        shown = {"text/plain": repr(self), "text/html": self._repr_html_()}
        return {**as_bundle(self._view()), **shown}

    def _view(self):
        import ipywidgets as widgets

        wide = widgets.Layout(width="auto", align_self="flex-start")
        word, script = widgets.HTML(), script_widget()
        ask = widgets.Button(description=t("finish.button"), icon="power-off", layout=wide)
        keep = widgets.Button(description=t("finish.keep"), layout=wide)
        end = widgets.Button(description=t("finish.end"), button_style="danger", layout=wide)
        choice = widgets.HBox([keep, end])

        def say(words, *shown):
            word.value = html.escape(words)
            for part in (word, choice):
                part.layout.display = None if part in shown else "none"

        def turn(_):
            if choice.layout.display == "none":
                say(t("finish.ask"), word, choice)
            else:
                say("")

        def shut_down(_):
            say(t("finish.ended"), word)
            ask.layout.display = "none"
            # Where nothing comes of it, `cannot` says so.
            run_in_page(script, f"window.ppoEdu.end({json.dumps(kernel_id())});")
            later(self.SECONDS, cannot)

        def cannot():
            # Not to be run once more with a page that is drawn anew.
            run_in_page(script, "")
            say(t("finish.failed"), word)

        ask.on_click(turn)
        keep.on_click(turn)
        end.on_click(shut_down)
        say("")
        return column([ask, word, choice, script])


def finish() -> Finish:
    """Return a button that shuts this kernel down, after it has asked, and frees its memory.

    Nothing else is lost: the record of exercises and the notebook that is saved stay.

    Examples
    --------
    >>> type(finish()).__name__
    'Finish'
    """
    return Finish()


def later(seconds, action):
    """Call `action` after so many seconds, if an event loop runs, as it does in a kernel."""
    try:
        asyncio.get_running_loop().call_later(seconds, action)
    except RuntimeError:
        action()
