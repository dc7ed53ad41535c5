"""What the workbench's widgets have in common: a row of buttons, and a line that says what is going on."""

import html
import traceback

from ppo_edu.drawing.page import as_bundle
from ppo_edu.drawing.picture import still_bundle


def button(words, icon, push):
    """Return a button that shows `words`, however long, and calls `push` without arguments."""
    import ipywidgets as widgets

    made = widgets.Button(description=words, icon=icon, layout=widgets.Layout(width="auto"))
    made.on_click(lambda _: push())
    return made


def row(made):
    """Return `made`, a collection of buttons, side by side, on a second line where the page is narrow."""
    import ipywidgets as widgets

    return widgets.HBox(list(made), layout=widgets.Layout(flex_flow="row wrap"))


def status_line():
    """Return the widget for `say` and `tell_error`."""
    import ipywidgets as widgets

    return widgets.HTML(layout=widgets.Layout(min_height="2.2em"))


def rounded(value):
    """Return a slider's value as it is meant: a browser's may say 0.30000000000000004."""
    return round(value, 6) if isinstance(value, float) else value


def say(line, words):
    """Show `words` in a `status_line`."""
    line.value = f'<span style="font-size: 16px">{html.escape(words)}</span>'


def tell_error(line, words, error):
    """Show in a `status_line` that something failed, with the traceback of `error` for whoever wants it."""
    trace = "".join(traceback.format_exception(error))
    line.value = (
        f'<details><summary style="font-size: 16px; color: #B3261E">{html.escape(words)}</summary>'
        f"<pre>{html.escape(trace)}</pre></details>"
    )


def bundle(view, live, **values):
    """Return (data, metadata) that show the widget `view`, and a still PNG where there is no kernel."""
    data, metadata = still_bundle(live.scene.picture, live.png(**values))
    return {**as_bundle(view), **data}, metadata
