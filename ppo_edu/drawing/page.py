"""Core ipywidgets, put together so that projectors, screen readers and the keyboard can follow."""

import base64
from pathlib import Path


def column(parts):
    """Return `parts`, widgets, below each other, for projectors, screen readers and the keyboard, too."""
    import ipywidgets as widgets

    code = Path(__file__).parents[1].joinpath("jupyter", "column.js").read_text(encoding="utf-8")
    script = {"output_type": "display_data", "data": {"application/javascript": code}, "metadata": {}}
    return widgets.VBox([*parts, widgets.Output(outputs=(script,), layout={"display": "none"})])


def image_widget(live):
    """Return an empty widget to `show` frames of `live` in; the picture's words are its accessible name."""
    import ipywidgets as widgets
    import traitlets

    class DescribedImage(widgets.Image):
        # The browser's half shows a tooltip (the image's accessible name) only where a description is empty,
        # and fails where there is none, as on a plain Image.
        description = traitlets.Unicode("").tag(sync=True)

        def show(self, jpeg):
            """Show a frame."""
            # Inside its address: bytes by themselves go through a browser's other processes, some 10 ms more.
            self.value = b"data:image/jpeg;base64," + base64.b64encode(jpeg)

    picture = live.scene.picture
    layout = widgets.Layout(width=f"{picture.width}px", max_width="100%")
    return DescribedImage(format="url", tooltip=picture.alt, layout=layout)
