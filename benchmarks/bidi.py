"""A page in Firefox, driven by the WebDriver BiDi protocol, which Firefox speaks by itself."""

import base64
import contextlib
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import devtools
import websocket

START_SECONDS = 60


class Page(devtools.Waiting):
    """The one page of a browser; `errors` are what its scripts did wrong, `asked` what it asked for."""

    def __init__(self, address):
        self._socket = websocket.create_connection(f"{address}/session", suppress_origin=True, timeout=120)
        self._numbers, self.errors, self.asked = itertools.count(1), [], []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self._context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **parameters):
        """Call a method of the protocol; return what it returns."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (message := json.loads(self._socket.recv())).get("id") != number:
            self._note(message)
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['message']}")
        return message["result"]

    def _note(self, message):
        told = message.get("params", {})
        if message.get("method") == "log.entryAdded" and told["level"] == "error":
            self.errors.append(told["text"])
        elif message.get("method") == "network.beforeRequestSent":
            self.asked.append(told["request"]["url"])

    def goto(self, address):
        self.send("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def size(self, width, height):
        self.send(
            "browsingContext.setViewport", context=self._context, viewport={"width": width, "height": height}
        )

    def evaluate(self, code):
        """Return the value of an expression in the page, or of its promise, as JSON takes it."""
        told = self.send(
            "script.evaluate",
            expression=f"Promise.resolve({code}).then(JSON.stringify)",
            target={"context": self._context},
            awaitPromise=True,
        )
        if told["type"] == "exception":
            raise RuntimeError(f"{code}: {told['exceptionDetails']['text']}")
        found = told["result"].get("value")
        return None if found is None else json.loads(found)

    def press(self, key):
        """Press a key, one character of the protocol's, on what has the focus."""
        actions = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self.send(
            "input.performActions",
            context=self._context,
            actions=[{"type": "key", "id": "keys", "actions": actions}],
        )

    def screenshot(self, path):
        data = self.send("browsingContext.captureScreenshot", context=self._context)["data"]
        Path(path).write_bytes(base64.b64decode(data))


@contextlib.contextmanager
def page():
    """Yield the page of a Firefox of its own, or None if there is no Firefox."""
    executable = shutil.which("firefox") or shutil.which("firefox-esr")
    if executable is None:
        yield None
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        log = Path(profile) / "log.txt"
        command = [executable, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"]
        with log.open("wb") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as browser:
            try:
                yield Page(_address(log))
            finally:
                browser.terminate()


def _address(log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if "WebDriver BiDi listening on" in line:
                return line.split()[-1]
        time.sleep(0.1)
    raise RuntimeError("Firefox did not start")
