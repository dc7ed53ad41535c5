"""How fast a picture follows a slider in JupyterLab: plain `interact`, ipympl, and this course's explorers.

    python benchmarks/slider_latency.py               every explorer
    python benchmarks/slider_latency.py clip gae      these

It needs Chromium or Chrome (python tests/browser/chromium.py). Six explorers at most, as in a lesson, share
a notebook with the others, and take turns with them, so that whatever else the machine does slows them
alike; each is compared with `interact` in its own notebook.
Presses come at every moment of a display's frame alike, as a hand's do: after the same pause, each would wait
as long for the next frame as the one before.
`interact` draws the picture of `explorers.clip` anew each time, with half as many pixels each way. ipympl, if
it is installed, moves two lines of a plainer one. The kernel's own part of the way is measured first, as
frame_time.py does.
"""

import argparse
import asyncio
import importlib.util
import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

import devtools
import frame_time
import lab
from frame_time import EXPLORERS, slides

TARGET_MS, TARGET_RATIO, TARGET_LAG_MS = 33, 6, 100
PAUSE_SECONDS, FRAME_SECONDS, GOLDEN = 0.3, 1 / 60, 0.6180339887
STEPS = 25  # of the mouse from one end of the drag to the other
PAGE = 6  # explorers in one notebook
PLAIN = "interact, inline"

PREPARE = """
import io
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from ipywidgets import FloatSlider, Image, VBox, interact
from PIL import Image as Pixels
from ppo_edu import clipped_surrogate
from ppo_edu import explorers
from ppo_edu import figures

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


def subjects(names):
    """Return the code of a cell for each way to draw, and for the explorers of these names."""
    cells = {PLAIN: INTERACT}
    if importlib.util.find_spec("ipympl"):
        cells["ipympl, set_data"] = IPYMPL
    cells["8 x 8 pixels: the floor"] = FLOOR
    return cells | {name: f"explorers.{name}()" for name in names}


class Subject:
    """A picture that follows sliders, and how long it took to."""

    def __init__(self, page, number):
        self._page, self._subject = page, f"latency.subjects()[{number}]"
        sliders = page.evaluate(f"{self._subject}.handles.length")
        self._times = [[] for _ in range(sliders)]
        self._presses = itertools.count()

    def press(self):
        """Press keys on each slider, to and fro."""
        self._come_into_view()
        for key in ("ArrowLeft", "ArrowRight") * 2:
            moment = next(self._presses) * GOLDEN % 1
            for slider, times in enumerate(self._times):
                time.sleep(PAUSE_SECONDS + moment * FRAME_SECONDS)
                took = self._page.evaluate(f"latency.press({self._subject}, {slider}, '{key}')")
                # A key at the end of the track changes nothing.
                times += [] if took is None else [took]

    def median(self):
        """Return the median of the slowest slider, in ms."""
        return max(statistics.median(times) for times in self._times if times)

    def drag(self):
        """Drag the first slider fast, to and fro; return ms from its last value to the picture, frames/s."""
        hold = self._come_into_view()
        x, y = hold["x"], hold["y"]
        self._page.mouse("mouseMoved", x, y)
        self._page.mouse("mousePressed", x, y)
        self._page.evaluate(f"latency.record({self._subject})")
        for place in (0.9, 0.1) * 3:
            target = hold["left"] + place * hold["width"]
            for step in range(1, STEPS + 1):
                self._page.mouse("mouseMoved", x + (target - x) * step / STEPS, y)
            x = target
        time.sleep(2)
        recorded = self._page.evaluate("latency.recorded()")
        self._page.mouse("mouseReleased", x, y)
        changed, frames = recorded["changed"], recorded["frames"]
        # An explorer's last picture is its last draft once more, only crisp: it waits for rest on purpose.
        if frames[-1]["width"] > frames[0]["width"]:
            del frames[-1]
        during = [frame["time"] for frame in frames if frame["time"] < changed]
        rate = 1000 * (len(during) - 1) / (during[-1] - during[0]) if len(during) > 1 else 0
        return frames[-1]["time"] - changed, rate

    def _come_into_view(self):
        hold = self._page.evaluate(f"latency.hold({self._subject})")
        time.sleep(0.5)
        return hold


def measure(folder, rounds, cells):
    """Run a notebook of `cells` in a browser; yield each subject's name, median, lag and frame rate."""
    # Without a kernel's name, JupyterLab would ask for one.
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in (PREPARE, *cells.values())]
    (folder / "notebooks").mkdir()
    nbformat.write(notebook, folder / "notebooks" / "slider_latency.ipynb")
    with lab.jupyterlab(folder / "notebooks", folder / "home") as address, devtools.page(address) as page:
        page.wait_for("window.jupyterapp")
        page.evaluate("jupyterapp.restored.then(() => null)")
        for script in (lab, sys.modules[__name__]):
            page.evaluate(Path(script.__file__).with_suffix(".js").read_text(encoding="utf-8") + "; null")
        page.evaluate("lab.open('slider_latency.ipynb').then(() => lab.runAll(300))")
        time.sleep(2)
        found = {name: Subject(page, number) for number, name in enumerate(cells, start=1)}
        for _, subject in itertools.product(range(rounds), found.values()):
            subject.press()
        for name, subject in found.items():
            yield name, subject.median(), *subject.drag()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6, help="of four key presses on each slider")
    with_slider = [name for name, new in EXPLORERS.items() if any(map(slides, new().controls))]
    parser.add_argument("names", nargs="*", metavar="NAME", help="explorers; all if none is named")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(with_slider):
        parser.error(f"{sorted(unknown)}: these have a slider: {', '.join(with_slider)}")
    left = chosen.names or with_slider
    print(f"{'':29}{'in the kernel':>14}{'key press':>12}{'faster':>9}{'after a drag':>15}{'during it':>12}")
    missed = []
    while left:
        names, left = left[:PAGE], left[PAGE:]
        in_kernel = {name: asyncio.run(frame_time.measure(name, moves=50))[1] for name in names}
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rows = list(measure(Path(folder), chosen.rounds, subjects(names)))
        plain = next(median for name, median, *_ in rows if name == PLAIN)
        for name, median, lag, rate in rows:
            ratio = plain / median
            kernel = f"{in_kernel[name]:.1f} ms" if name in in_kernel else ""
            print(
                f"{name:29}{kernel:>14}{median:9.0f} ms{ratio:8.1f}x{lag:12.0f} ms{rate:9.0f}/s", flush=True
            )
            slow = median > TARGET_MS or ratio < TARGET_RATIO or lag > TARGET_LAG_MS
            if name in names and (slow or in_kernel[name] > frame_time.TARGET_MS):
                missed.append(name)
    print(
        f"Wanted: {frame_time.TARGET_MS} ms in the kernel and {TARGET_MS} ms in all at most, "
        f"{TARGET_RATIO}x at least, and {TARGET_LAG_MS} ms after a drag."
    )
    print("Missed by:", ", ".join(missed) or "none")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
