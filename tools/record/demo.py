"""Record the READMEs' moving picture in JupyterLab: a slider being dragged, and CartPole being solved.

python tools/record/demo.py      needs Chromium or Chrome (python tests/browser/chromium.py)
"""

import base64
import contextlib
import io
import itertools
import math
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

import chromium  # noqa: E402
import lab  # noqa: E402

from ppo_edu.language.lessons import lessons  # noqa: E402

LANGUAGES = ("en", "ko")
WIDTH, HEIGHT = 1120, 700
MAX_BYTES = 2_000_000
# A screenshot shows no mouse pointer.
POINTER = """() => {
    const pointer = document.createElement('div');
    pointer.style = `position: fixed; z-index: 99; left: -99px; width: 16px; height: 16px; margin: -8px;
        border-radius: 8px; background: #D55E00B0; pointer-events: none`;
    document.body.append(pointer);
    document.addEventListener('pointermove', event => {
        pointer.style.left = `${event.clientX}px`;
        pointer.style.top = `${event.clientY}px`;
    }, true);
}"""


class Recording:
    """What a page shows over time, as the browser itself reports it."""

    def __init__(self, page):
        self._page, self._shots = page, []
        self._browser = page.context.new_cdp_session(page)
        self._browser.on("Page.screencastFrame", self._keep)

    def _keep(self, frame):
        self._browser.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})
        self._shots.append((frame["metadata"]["timestamp"], base64.b64decode(frame["data"]), self._clip))

    @contextlib.contextmanager
    def scene(self):
        """Record what happens meanwhile."""
        box = self._page.locator(".jp-WindowedPanel-outer:visible").bounding_box()
        self._clip = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        self._browser.send("Page.startScreencast", {"format": "jpeg", "quality": 95})
        yield
        self._browser.send("Page.stopScreencast")
        self._shots.append((time.time(), None, None))

    def save(self, path, width=760, quality=60):
        """Write an animated WebP in the speed of what was recorded."""
        frames, milliseconds = [], []
        for (begun, shot, clip), (ended, _, _) in itertools.pairwise(self._shots):
            if shot is not None:
                image = Image.open(io.BytesIO(shot)).crop(clip)
                frames.append(image.resize((width, round(image.height * width / image.width)), Image.LANCZOS))
                milliseconds.append(max(1, round(1000 * (ended - begun))))
        frames[0].save(
            path,
            save_all=True,
            append_images=frames[1:],
            duration=milliseconds,
            loop=0,
            quality=quality,
            method=6,
        )


def drag_a_slider(recording, notebook):
    """Bend the clipped objective, to and fro."""
    notebook.run_cell("use_language")
    notebook.run_cell("explorers.clip()")
    [explorer] = notebook.shown("ppo_edu.drawing.explorer.Explorer")
    explorer.body.evaluate("body => body.closest('.jp-Cell').scrollIntoView()")
    knob, track = (explorer.body.locator(part).bounding_box() for part in ("[role=slider]", ".noUi-base"))
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    page = notebook.page
    page.mouse.move(x, y)
    page.wait_for_timeout(1000)
    with recording.scene():
        page.wait_for_timeout(600)
        page.mouse.down()
        begun = time.monotonic()
        while (phase := (time.monotonic() - begun) / 4) < 1:
            page.mouse.move(x + 0.5 * track["width"] * math.sin(math.pi * phase) ** 2 * (1 - 0.9 * phase), y)
            page.wait_for_timeout(10)
        page.mouse.up()
        page.wait_for_timeout(700)


def solve_cartpole(recording, notebook):
    """Train until it is solved, and watch what was learnt."""
    notebook.run_cell("use_language")
    notebook.in_kernel("import gymnasium, torch")
    page = notebook.page
    with recording.scene():
        notebook.run_cell("LearningCurve", wait=False)
        page.wait_for_timeout(300)
        while notebook.body.get_by_text("[*]:", exact=True).count():
            page.wait_for_timeout(50)
        page.wait_for_timeout(1500)
    notebook.run_cell("watch(run.act")
    with recording.scene():
        page.wait_for_timeout(3500)


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        server = lab.jupyterlab(ROOT / "notebooks", Path(home))
        with (
            server as address,
            chromium.opened() as browser,
            lab.opened(browser, address, WIDTH, HEIGHT) as page,
        ):
            page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
            page.evaluate(POINTER)
            for language in LANGUAGES:
                recording = Recording(page)
                for slug, scene in (("clip_and_min", drag_a_slider), ("start_here", solve_cartpole)):
                    notebook = lab.Notebook(page, f"{language}/{lessons()[slug].name}.ipynb")
                    scene(recording, notebook)
                    notebook.close()
                path = ROOT / "images" / f"demo_{language}.webp"
                recording.save(path)
                size = path.stat().st_size
                print(f"{path.relative_to(ROOT)}: {size / 1e6:.2f} MB")
                if size > MAX_BYTES:
                    sys.exit(f"more than {MAX_BYTES / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
