"""The Chromium or Chrome that tests, recordings and benchmarks drive.

python tests/browser/chromium.py     get one if there is none, as `make test` does
"""

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
# Debian's Chromium without what a browser has around its pages, for which a sixth of the tests' time goes.
SHELL = "chromium-headless-shell"
# Without these, it asks the network for updates and the like at every start.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
HOW = (
    "The browser tests need Chromium or Chrome: on Debian `sudo apt install chromium fonts-nanum`, elsewhere "
    "`.venv/bin/python -m playwright install --with-deps chromium`, or Chrome by its own installer. "
    "`make test-fast` goes without."
)


def find():
    """Return the path of an installed browser, or of the one that playwright downloads, or None."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    places = [*map(shutil.which, NAMES), *PLACES, own]
    return next((place for place in places if place and Path(place).exists()), None)


def for_tests():
    """Return the path of the browser that the tests drive, or None."""
    return shutil.which(SHELL) or find()


def launch_options(executable):
    """Return what to pass to playwright's ``chromium.launch``."""
    # Chromium's sandbox refuses to work for root.
    root = ["--no-sandbox"] if _is_root() else []
    return {"executable_path": executable, "args": [*QUIET, "--disable-quic", "--disable-gpu", *root]}


@contextlib.contextmanager
def opened(executable=None):
    """Open a browser without a page, that of `find` if None; raise RuntimeError if there is none here."""
    executable = executable or find()
    if executable is None:
        raise RuntimeError(HOW)
    options = launch_options(executable)
    with sync_playwright() as playwright, playwright.chromium.launch(**options) as browser:
        yield browser


def get():
    """Install a browser for the tests, and on Linux a font with Hangul, if there is none."""
    debian = _is_root() and _is_debian() and shutil.which("apt-get")
    wanted = [SHELL] * (shutil.which(SHELL) is None) + ["fonts-nanum"] * (not _has_hangul())
    if wanted and debian:
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
        subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
    elif for_tests() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_debian():
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def _has_hangul():
    """Return whether the browser can show Hangul; other systems than Linux always can."""
    if not sys.platform.startswith("linux"):
        return True
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=True).stdout)


if __name__ == "__main__":
    try:
        get()
    except (OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
    if for_tests() is None:
        sys.exit(HOW)
