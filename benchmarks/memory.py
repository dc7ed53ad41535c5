"""How much memory a kernel needs for each display of an explorer: what running a lesson again costs.

    python benchmarks/memory.py                    every explorer
    python benchmarks/memory.py clip region        these

Each explorer is displayed again and again in a kernel of its own, as a cell that is run again does it. Each
time the controls of the newest display are moved, and those of the oldest, which has given up its pixels.
"""

import argparse
import sys

import numpy as np
from jupyter_client.manager import start_new_kernel

from ppo_edu import explorers

TARGET_MB, AFTER = 2.0, 4
SECONDS = 120

PREPARE = """
import os, psutil
from ipywidgets.widgets import widget
from IPython.display import display
from ppo_edu import explorers

KINDS = ("IntSlider", "FloatSlider", "SelectionSlider", "Dropdown", "Checkbox")
hands = []

def show(name):
    before = set(widget._instances)
    display(getattr(explorers, name)())
    made = [widget._instances[key] for key in widget._instances.keys() - before]
    hands.append([one for one in made if type(one).__name__ in KINDS])

def move(hands):
    for hand in hands:
        if type(hand).__name__ == "Checkbox":
            hand.value = not hand.value
        elif hasattr(hand, "index"):
            hand.index = (hand.index + 1) % len(hand.options)
        else:
            hand.value = hand.min if hand.value == hand.max else hand.value + hand.step

def megabytes():
    return psutil.Process().memory_info().rss / 1e6
"""
DISPLAY = """
show("{name}")
move(hands[-1])
move(hands[0])
print(megabytes())
"""


class Kernel:
    """A kernel of its own, as JupyterLab starts one."""

    def __init__(self):
        self._manager, self._client = start_new_kernel(extra_arguments=["--IPKernelApp.log_level=ERROR"])

    def run(self, code):
        """Run `code`; return what it printed.

        Raises
        ------
        RuntimeError
            If it fails.
        """
        said = []

        def hear(message):
            if message["msg_type"] == "stream":
                said.append(message["content"]["text"])

        reply = self._client.execute_interactive(code, timeout=SECONDS, output_hook=hear)
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"]["traceback"]))
        return "".join(said)

    def stop(self):
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def curve(name, displays):
    """Return the kernel's resident memory in MB after each display of an explorer, (displays,)."""
    kernel = Kernel()
    try:
        kernel.run(PREPARE)
        return np.array([float(kernel.run(DISPLAY.format(name=name))) for _ in range(displays)])
    finally:
        kernel.stop()


def per_display(megabytes):
    """Return how much a display after the fourth adds, on average."""
    return np.diff(megabytes[AFTER - 1 :]).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="explorers; all if none is named")
    parser.add_argument("--displays", type=int, default=24)
    asked = parser.parse_args()
    shown = [1, 2, 4, 8, 12, 16, 20, 24]
    shown = [number for number in shown if number <= asked.displays]
    print(f"{'MB after displays':20}" + "".join(f"{number:>7}" for number in shown) + f"{'each':>8}")
    missed = []
    for name in asked.names or explorers.__all__:
        megabytes = curve(name, asked.displays)
        each = per_display(megabytes)
        print(f"{name:20}" + "".join(f"{megabytes[n - 1]:7.0f}" for n in shown) + f"{each:8.2f}", flush=True)
        missed += [name] if each > TARGET_MB else []
    print(
        f"Wanted: at most {TARGET_MB:g} MB each after display {AFTER}. Missed by:",
        ", ".join(missed) or "none",
    )
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
