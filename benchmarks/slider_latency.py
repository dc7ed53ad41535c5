"""How fast a picture follows a slider in JupyterLab: plain `interact`, ipympl, and this course's explorers.

    python benchmarks/slider_latency.py       needs Chromium or Chrome (python tests/browser/chromium.py)

All of them stand in one notebook and take turns, so that whatever else the machine does slows them alike.
`interact` draws the picture of `explorers.clip` anew each time, with half as many pixels each way. ipympl, if
it is installed, moves two lines of a plainer one.
"""

import argparse
import importlib.util
import itertools
import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import lab
from frame_time import EXPLORERS

TARGET_MS, TARGET_RATIO, TARGET_LAG_MS = 33, 6, 100
PLAIN = "interact, inline"

PREPARE = """
import io
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import FloatSlider, Image, VBox, interact
from PIL import Image as Pixels
from ppo_edu import clipped_surrogate, explorers, figures, many_seeds, trust_region

def slider():
    return FloatSlider(0.2, min=0.01, max=0.9, step=0.01)
"""
INTERACT = """
%matplotlib inline
@interact(epsilon=slider())
def plain(epsilon):
    display(figures.ppoclip(epsilon).figure)
"""
IPYMPL = """
%matplotlib widget
r = np.linspace(0, 2.2, 221)
figure, axes = plt.subplots(1, 2, figsize=(9, 3.5))
lines = [each.plot(r, r)[0] for each in axes]
@interact(epsilon=slider())
def moved(epsilon):
    for line, A in zip(lines, (1, -1)):
        line.set_ydata(clipped_surrogate(r, A, epsilon))
    figure.canvas.draw_idle()
"""
FLOOR = """
def dot(value):
    file = io.BytesIO()
    Pixels.new("RGB", (8, 8), "red" if round(100 * value) % 2 else "blue").save(file, "JPEG")
    return file.getvalue()

image, hand = Image(value=dot(0.2), format="jpeg"), slider()
hand.observe(lambda change: setattr(image, "value", dot(change["new"])), "value")
VBox([hand, image])
"""


def subjects():
    """Return the code of a cell for each way to draw."""
    cells = {PLAIN: INTERACT}
    if importlib.util.find_spec("ipympl"):
        cells["ipympl, set_data"] = IPYMPL
    cells["8 x 8 pixels: the floor"] = FLOOR
    return cells | {name: f"{name}()" for name in EXPLORERS}


class Subject:
    """A picture that follows sliders, and how long it took to."""

    def __init__(self, page, cell):
        self._page = page
        self._area = cell.locator(".jp-OutputArea").first.element_handle()
        self._handles = cell.locator("[role=slider]").element_handles()
        self._tracks = cell.locator(".noUi-base").element_handles()
        self._times = [[] for _ in self._handles]

    def press(self):
        """Press keys on each slider, to and fro."""
        self._come_into_view()
        for key in ("ArrowLeft", "ArrowRight") * 2:
            for handle, times in zip(self._handles, self._times, strict=True):
                self._page.wait_for_timeout(300)
                took = self._page.evaluate("latency.press", [self._area, handle, key])
                # A key at the end of the track changes nothing.
                times += [] if took is None else [took]

    def median(self):
        """Return the median of the slowest slider, in ms."""
        return max(statistics.median(times) for times in self._times if times)

    def drag(self):
        """Drag the first slider fast, to and fro; return ms from last move to last frame, frames/s."""
        self._come_into_view()
        knob, track = self._handles[0].bounding_box(), self._tracks[0].bounding_box()
        y = knob["y"] + knob["height"] / 2
        mouse = self._page.mouse
        mouse.move(knob["x"] + knob["width"] / 2, y)
        mouse.down()
        recording = self._page.evaluate_handle("latency.record", self._area)
        for place in (0.9, 0.1) * 3:
            mouse.move(track["x"] + place * track["width"], y, steps=25)
        self._page.wait_for_timeout(2000)
        mouse.up()
        recorded = recording.evaluate("recorded => recorded()")
        frames, moved_last = recorded["frames"], recorded["lastMove"]
        during = [time for time in frames if time < moved_last]
        rate = 1000 * (len(during) - 1) / (during[-1] - during[0]) if len(during) > 1 else 0
        return frames[-1] - moved_last, rate

    def _come_into_view(self):
        self._area.evaluate("area => area.scrollIntoView()")
        self._page.wait_for_timeout(500)


def measure(folder, rounds):
    """Run the notebook in a browser; yield each subject's name, median, lag and frame rate."""
    cells = subjects()
    # Without a kernel's name, JupyterLab would ask for one.
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in (PREPARE, *cells.values())]
    (folder / "notebooks").mkdir()
    nbformat.write(notebook, folder / "notebooks" / "slider_latency.ipynb")
    with lab.jupyterlab(folder / "notebooks", folder / "home") as address, lab.browser_page(address) as page:
        page.add_script_tag(path=Path(__file__).with_suffix(".js"))
        opened = lab.Notebook(page, "slider_latency.ipynb")
        opened.run_all()
        page.wait_for_timeout(2000)
        _, *shown = opened.body.locator(".jp-CodeCell").all()
        found = {name: Subject(page, cell) for name, cell in zip(cells, shown, strict=True)}
        for _, subject in itertools.product(range(rounds), found.values()):
            subject.press()
        for name, subject in found.items():
            yield name, subject.median(), *subject.drag()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of four key presses on each slider")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows = list(measure(Path(folder), rounds))
    plain = next(median for name, median, *_ in rows if name == PLAIN)
    print(f"{'':29}{'key press':>12}{'faster':>9}{'after a drag':>15}{'during it':>12}")
    missed = []
    for name, median, lag, rate in rows:
        ratio = plain / median
        print(f"{name:29}{median:9.0f} ms{ratio:8.1f}x{lag:12.0f} ms{rate:9.0f}/s")
        if name in EXPLORERS and (median > TARGET_MS or ratio < TARGET_RATIO or lag > TARGET_LAG_MS):
            missed.append(name)
    print(f"Wanted: {TARGET_MS} ms at most, {TARGET_RATIO}x at least, and {TARGET_LAG_MS} ms after a drag.")
    print("Missed by:", ", ".join(missed) or "none")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
