"""A page in Chromium that nobody watches, driven by the DevTools protocol.

Playwright has the browser tell it of every message and image that a page receives, which makes a picture
follow its slider some 14 ms later. Here the page is asked a question, and left alone until the next.
"""

import contextlib
import itertools
import json
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import chromium
import websocket

START_SECONDS = 30


class Waiting:
    """What a page's driver makes of its `evaluate`."""

    def wait_for(self, condition, seconds=60):
        """Wait until an expression in the page is true."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({condition})"):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not within {seconds} s: {condition}")
            time.sleep(0.05)


class Page(Waiting):
    """The one page of a browser."""

    def __init__(self, address):
        # As a program from outside, not as a page of another origin.
        self._socket = websocket.create_connection(address, suppress_origin=True, timeout=300)
        self._numbers = itertools.count(1)

    def send(self, method, **parameters):
        """Call a method of the protocol; return what it returns."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (message := json.loads(self._socket.recv())).get("id") != number:
            pass
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return message["result"]

    def evaluate(self, code):
        """Return the value of an expression in the page, or of its promise."""
        told = self.send("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise RuntimeError(f"{code}: {told['result'].get('description', told['result'])}")
        return told["result"].get("value")

    def mouse(self, kind, x, y):
        """Do one thing with the left button: "mousePressed", "mouseMoved" or "mouseReleased"."""
        pressed = kind != "mouseReleased"
        self.send(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=int(pressed), clickCount=1
        )


@contextlib.contextmanager
def page(address, width=1280, height=720):
    """Open `address` in a browser of its own; yield the page."""
    executable = chromium.find()
    if executable is None:
        raise RuntimeError(chromium.HOW)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            executable,
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            *chromium.launch_options(executable)["args"],
            "about:blank",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **quiet) as browser:
            try:
                opened = Page(_socket(Path(profile) / "DevToolsActivePort"))
                opened.send("Page.navigate", url=address)
                yield opened
            finally:
                browser.terminate()


def _socket(told):
    """Return the address of the page's socket, once the browser has written its port into the file `told`."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, IndexError):
            port = told.read_text().splitlines()[0]
            with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [one for one in json.load(answer) if one["type"] == "page"]
            return pages[0]["webSocketDebuggerUrl"]
        time.sleep(0.05)
    raise RuntimeError("the browser did not start")
