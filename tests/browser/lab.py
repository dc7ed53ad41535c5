"""A JupyterLab of one's own in a real browser, and what a learner sees and does there."""

import base64
import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image, ImageChops

START_SECONDS, STOP_SECONDS = 60, 20
CONTROLS = ".widget-slider, .widget-checkbox, .widget-dropdown"


@contextlib.contextmanager
def jupyterlab(notebooks, home, *options, **surroundings):
    """Run a JupyterLab on a copy of the folder `notebooks`, its files in `home`; yield its address.

    If `notebooks` is None, on the copy that the course makes for a learner, in ``home / "my lessons"``.
    """
    folder = []
    if notebooks is not None:
        ignored = shutil.ignore_patterns(".*", "__pycache__")
        folder.append(str(shutil.copytree(notebooks, home / "notebooks", ignore=ignored)))
    env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    env |= {
        "OMP_NUM_THREADS": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "PPO_EDU_LESSONS": str(home / "my lessons"),
        **surroundings,
    }
    command = [
        sys.executable,
        "-m",
        "ppo_edu",
        *folder,
        "--no-browser",
        "--port=0",
        "--LabApp.expose_app_in_browser=True",
        *options,
    ]
    log = home / "jupyterlab.log"
    with log.open("wb") as stream, subprocess.Popen(command, env=env, stdout=stream, stderr=stream) as server:
        try:
            yield address_of(server, home / "runtime", log)
        finally:
            server.terminate()
            # Told to stop while it still starts, it may stay, with an error in its log.
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(STOP_SECONDS)
            server.kill()


def address_of(server, runtime, log):
    """Return the address, token included, that a server writes down once it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for path in runtime.glob(f"jpserver-{server.pid}.json"):
            # Half written; or written, and nobody listens yet.
            with contextlib.suppress(json.JSONDecodeError, ConnectionRefusedError):
                told = json.loads(path.read_text(encoding="utf-8"))
                socket.create_connection(("127.0.0.1", told["port"]), timeout=START_SECONDS).close()
                return f"{told['url']}lab?token={told['token']}"
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


@contextlib.contextmanager
def opened(browser, address, width=1280, height=720):
    """Open `address` in a browser, 720p as a projector has it; yield the page once JupyterLab is ready."""
    with browser.new_page(viewport={"width": width, "height": height}) as page:
        page.add_init_script(path=Path(__file__).with_suffix(".js"))
        page.goto(f"{address}&reset")  # or it opens again what another page had open
        page.wait_for_function("window.jupyterapp")
        page.evaluate("jupyterapp.restored")
        yield page


class Notebook:
    """An open notebook.

    Parameters
    ----------
    page : playwright Page
    path : str

    Attributes
    ----------
    page : playwright Page
    path : str
    body : playwright Locator
        Its cells, as a learner sees them.
    all_ran : bool
        Whether `run_all` came to its end.
    """

    def __init__(self, page, path):
        self.page, self.path = page, path
        self._console = []
        page.on("console", self._hear)
        page.on("pageerror", self._hear)
        self._panel = page.evaluate_handle("path => lab.open(path)", path)
        self.body = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")
        self.all_ran = False

    def _hear(self, event):
        if getattr(event, "type", "error") == "error":
            self._console.append(getattr(event, "text", None) or str(event))

    def run_all(self, seconds=300):
        """Run every cell, in at most so many seconds."""
        self.all_ran = self.page.evaluate("seconds => lab.runAll(seconds)", seconds)

    def run_cell(self, words, wait=True):
        """Scroll to the first code cell that says `words`, and run it."""
        self._panel.evaluate("(panel, [words, wait]) => lab.runCell(panel, words, wait)", [words, wait])

    def answer(self, name, answer):
        """Put `answer` in place of an exercise's stub; return "passed" or else what the check below says."""
        number = self._panel.evaluate("(panel, answer) => lab.answer(panel, answer)", [name, answer])
        return self.in_kernel(f"print('passed' if Out[{number}].passed else Out[{number}])").strip()

    def complaints(self):
        """Return what went wrong until now: the browser's console errors, the kernel's errors and stderr."""
        said = self._panel.evaluate("panel => panel.said")
        # A page that opens asks for widgets before the kernel knows of any.
        return self._console + [words for words in said if not words.startswith("No such comm")]

    def words(self):
        """Return all that can be read on it."""
        return self.body.evaluate("body => body.textContent")

    def cells(self):
        """Return its cells as they would be saved."""
        return self._panel.evaluate("panel => panel.context.model.toJSON().cells")

    def outputs(self):
        """Return every cell's outputs, as they would be saved."""
        return [output for cell in self.cells() for output in cell.get("outputs", [])]

    def missing_letters(self, more=""):
        """Return the letters, its own and `more` in each of its fonts, for which the browser has no glyph."""
        return self.body.evaluate("(body, more) => lab.missingLetters(body, more)", more)

    def torn_words(self):
        """Return the Korean words of the text that stand on two lines."""
        return self.body.evaluate("body => lab.torn(body)")

    def in_kernel(self, code):
        """Run `code` in the notebook's kernel, and return what it printed."""
        printed, failed = self._panel.evaluate("(panel, code) => lab.inKernel(panel, code)", code)
        assert not failed, failed
        return printed

    def begin_in_kernel(self, code):
        """Have the notebook's kernel begin with `code`, and do not wait for it."""
        begin = "(panel, code) => { panel.sessionContext.session.kernel.requestExecute({code}); }"
        self._panel.evaluate(begin, code)

    def shut_down(self):
        """End its kernel, as the menu does."""
        self._panel.evaluate("panel => panel.sessionContext.shutdown()")

    def shown(self, *classes):
        """Return an `Explorer` for each cell whose value is of one of `classes`, told by their full names."""
        found = json.loads(self.in_kernel(_SHOWN.format(classes=classes)))
        return [Explorer(self, number) for number in found]

    def run_again(self, number):
        """Run the cell again that ran as this number; return the `Explorer` that it shows now."""
        return Explorer(self, self._panel.evaluate("(panel, number) => lab.runAgain(panel, number)", number))

    def move_at_random(self, explorers, moves):
        """Move a random control of each of `explorers` so often, without waiting for a picture."""
        groups = [explorer.controls.element_handles() for explorer in explorers]
        self.page.evaluate("groups => lab.moveAtRandom(groups)", [groups, moves])

    def memory(self):
        """Return the kernel's resident memory in bytes."""
        return int(self.in_kernel("import psutil; print(psutil.Process().memory_info().rss)"))

    def output_area(self, number):
        """Return the locator of the outputs of the cell that ran as this number."""
        prompt = self.page.get_by_text(f"[{number}]:", exact=True)
        return self.body.locator(".jp-CodeCell").filter(has=prompt).locator(".jp-OutputArea")

    def save(self):
        """Save it, as Ctrl+S does."""
        self._panel.evaluate("panel => panel.context.save()")

    def close(self):
        """Close it, and end its kernel."""
        self._panel.evaluate("panel => lab.close(panel)")
        self.page.remove_listener("console", self._hear)
        self.page.remove_listener("pageerror", self._hear)


def key_numbers(cells):
    """Return what each cell that nbval would compare (its tag is nbval-check-output) shows as text."""
    shown = []
    for cell in cells:
        if "nbval-check-output" in cell["metadata"].get("tags", []):
            texts = [output.get("text") or output["data"]["text/plain"] for output in cell["outputs"]]
            shown.append("".join("".join(text) for text in texts))
    return shown


_SHOWN = """
import json
def name(kind):
    return f"{{kind.__module__}}.{{kind.__qualname__}}"
print(json.dumps([number for number, value in Out.items() if name(type(value)) in {classes}]))
"""


class Explorer:
    """Widgets under one cell: controls, and a picture that follows them.

    Attributes
    ----------
    notebook : Notebook
    number : int
        As what the cell ran.
    body, image : playwright Locator
    controls : playwright Locator
        Sliders, lists and boxes to tick, each with its words.
    """

    def __init__(self, notebook, number):
        self.notebook, self.number = notebook, number
        found = notebook.output_area(number).locator(".widget-vbox").first
        # Marked, because finding a cell by its number reads every cell, which took most of a test's time.
        found.evaluate("(body, number) => { body.dataset.ran = number; }", number)
        self.body = notebook.body.locator(f"[data-ran='{number}']")
        self.controls = self.body.locator(CONTROLS)
        self.image = self.body.locator("img.widget-image")
        self.image.wait_for()
        self._picture = None

    def call(self):
        """Return what makes it, as a cell would call it."""
        return self.notebook.in_kernel(f"print(Out[{self.number}].call)").strip()

    def picture(self):
        """Return the picture that is on the page."""
        other = self.image.evaluate("(image, seen) => lab.other(image, seen)", self._picture is not None)
        if other is not None:
            self._picture = _decoded(other.partition(",")[2])
        return self._picture

    def becomes(self, condition, within=10.0):
        """Return whether `condition` is true of the picture on the page, now or within some seconds."""
        deadline = time.monotonic() + within
        while not condition(self.picture()):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.image.evaluate("(image, left) => lab.another(image, left)", 1000 * left)
        return True

    def drawn(self):
        """Return the picture that belongs to what the controls say, made anew by the explorer's `draw`."""
        return _decoded(self.notebook.in_kernel(_DRAW.format(number=self.number, said=self.said())))

    def said(self):
        """Return what each control says: the words of its readout or its choice, or whether it is ticked."""
        return self.controls.evaluate_all("controls => controls.map(lab.said)")

    def mark(self):
        """Wait for the crisp picture, which comes some time after a move, and mark it for `has_another`."""
        self.image.evaluate("image => lab.mark(image)")
        self._picture = None

    def has_another(self, within=10.0):
        """Return whether there is another picture than the marked one, now or within some seconds."""
        return self.image.evaluate("(image, left) => lab.another(image, left)", 1000 * within)

    def tab_order(self):
        """Press Tab from the first control on; return the places, in reading order, that get the focus."""
        followed = self.body.evaluate_handle("body => lab.followFocus(body)")
        self.controls.first.locator("[role=slider], select, input").first.focus()
        for _ in range(self.body.locator("[tabindex], [contenteditable], select, input, button").count()):
            self.notebook.page.keyboard.press("Tab")
        places = []
        for place in followed.evaluate("followed => followed.end()"):
            if place < 0 or place in places:
                break
            places.append(place)
        return places

    def reached(self, places):
        """Return for each control and button whether it has one of these places."""
        parts = self.body.locator(f"{CONTROLS}, button:enabled")
        body = self.body.element_handle()
        return parts.evaluate_all("(parts, where) => lab.reached(parts, where)", [body, places])

    def cut_off(self):
        """Return the words that do not fit where they stand."""
        return self.body.evaluate("body => lab.cutOff(body)")

    def button(self, icon):
        """Return the locator of the button with this icon."""
        return self.body.locator(f"button:has(.fa-{icon})")


_DRAW = """
def draw_as_said(explorer, said):
    def value(control, words):
        if isinstance(words, bool):
            return words
        return control.options[words] if hasattr(control, "options") else type(control.step)(words)

    pairs = zip(explorer.controls, said, strict=True)
    return explorer.draw(**{{control.name: value(control, words) for control, words in pairs}})

import base64
print(base64.b64encode(draw_as_said(Out[{number}], {said})).decode())
"""


def _decoded(text):
    return Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")


def difference(picture, other):
    """Return how far two pictures are apart where they are furthest, from 0 to 255.

    Compared is how bright blocks as large as JPEG's are: JPEG and PNG of one picture are about 5 apart, and
    one step of a slider makes about 50.
    """
    if picture.size != other.size:
        return 255
    blocks = (image.convert("L").reduce(8) for image in (picture, other))
    return ImageChops.difference(*blocks).getextrema()[1]
