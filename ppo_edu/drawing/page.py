"""Core ipywidgets, put together so that projectors, screen readers and the keyboard can follow."""

import base64
import functools
import html
import json
from pathlib import Path

from ppo_edu.language import t

_FOR_EARS = '<span style="position: absolute; width: 1px; height: 1px; overflow: hidden">{}</span>'


def as_bundle(view):
    """Return what a notebook holds of a widget, a dict from a kind of data to the data.

    Made here, because ipywidgets 7, which Colab has, knows no way to ask for it.
    """
    shown = {"version_major": 2, "version_minor": 0, "model_id": view.model_id}
    return {"text/plain": repr(view), "application/vnd.jupyter.widget-view+json": shown}


def column(parts):
    """Return `parts`, widgets, below each other, for projectors, screen readers and the keyboard, too."""
    import ipywidgets as widgets

    code = Path(__file__).parents[1].joinpath("jupyter", "column.js").read_text(encoding="utf-8")
    words = {"gone": t("page.kernel_gone"), "busy": t("page.kernel_busy")}
    code = f"const words = {json.dumps(words)}, kernel = {json.dumps(kernel_id())};\n{code}"
    script = script_widget()
    run_in_page(script, code)
    return widgets.VBox([*map(with_words, parts), script])


def kernel_id():
    """Return the server's name for this kernel; "" if this is none."""
    from ipykernel.connect import get_connection_file

    try:
        return Path(get_connection_file()).stem.removeprefix("kernel-")
    except (OSError, RuntimeError):  # its file is gone; no kernel
        return ""


def script_widget():
    """Return an unseen widget for `run_in_page`."""
    import ipywidgets as widgets

    # Not an Output, which the classic notebook may not have, and then leaves out all that stands around it.
    return widgets.HTML(layout=widgets.Layout(display="none"))


def run_in_page(script, code):
    """Have `script`, a `script_widget`, run `code`, JavaScript for which `element` is a place in the page.

    Wherever it is drawn anew it runs again, until `code` is empty. A bare name is looked up in an image and
    in the document before the window: `URL` is the document's address, `window.URL` the class.
    """
    run = html.escape(f"(element => {{{code}\n}})(this)")
    script.value = f'<img alt="" src="data:," onerror="{run}">' if code else ""


def image_widget(live):
    """Return an empty widget to `show` frames of `live` in; the picture's words are its accessible name."""
    import ipywidgets as widgets

    picture = live.scene.picture
    layout = widgets.Layout(width=f"{picture.width}px", max_width="100%")
    return _described_image()(format="url", tooltip=picture.alt, layout=layout)


def with_words(part):
    """Return `part`, a widget; a picture of `image_widget` with its words below it, if it can have no name.

    The words stand where only a screen reader finds them.
    """
    import ipywidgets as widgets
    import traitlets

    if names_pictures() or not isinstance(part, _described_image()):
        return part
    words = widgets.HTML(layout=widgets.Layout(height="0", margin="0"))
    traitlets.dlink((part, "tooltip"), (words, "value"), lambda said: _FOR_EARS.format(html.escape(said)))
    return widgets.VBox([part, words])


def names_pictures():
    """Return whether the browser's half of ipywidgets gives pictures a name, as from version 8 on."""
    import ipywidgets as widgets

    return hasattr(widgets.DOMWidget, "tooltip")


@functools.cache
def _described_image():
    # One class for all: each display would otherwise leave one behind.
    import ipywidgets as widgets
    import traitlets

    class DescribedImage(widgets.Image):
        # The browser's half shows a tooltip (the image's accessible name) only where a description is empty,
        # and fails where there is none, as on a plain Image.
        description = traitlets.Unicode("").tag(sync=True)
        tooltip = traitlets.Unicode("").tag(sync=True)  # which ipywidgets 7 has for buttons alone

        def show(self, jpeg):
            """Show a frame."""
            # Inside its address: bytes by themselves go through a browser's other processes, some 10 ms more.
            address = b"data:image/jpeg;base64," + base64.b64encode(jpeg)
            # The same picture again is sent, too: the page takes silence for a kernel that is busy.
            self.value = address + b"\n" if self.value == address else address

    return DescribedImage


def share_button(words, icon, push):
    """Return a small button with an icon, named `words`, that calls `push` without arguments."""
    import ipywidgets as widgets

    made = widgets.Button(icon=icon, tooltip=words, layout=widgets.Layout(width="40px", flex="0 0 auto"))
    made.add_class(f"ppo-edu-{icon}")
    made.on_click(lambda _: push())
    return made
