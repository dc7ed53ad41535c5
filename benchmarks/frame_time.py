"""How long the kernel takes from a moved slider to the new picture's bytes, for every explorer.

    python benchmarks/frame_time.py

Beside it, in turn with it, stands what a plain redraw of the same figure as PNG takes. slider_latency.py
measures the whole way instead, from a key press to new pixels in the browser.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time

from ipywidgets.widgets import widget

from ppo_edu import explorers
from ppo_edu.drawing.controls import Choice, Slider, Toggle

TARGET_MS = 6
EXPLORERS = {name: getattr(explorers, name) for name in explorers.__all__}


def inputs_and_image(explorer):
    """Display `explorer` without a browser; return its input widgets by control, its image and its scene."""
    scenes, before = [], set(widget._instances)

    def remember():
        scenes.append(new_scene())
        return scenes[-1]

    new_scene, explorer._new_scene = explorer._new_scene, remember
    explorer._repr_mimebundle_()
    made = [widget._instances[key] for key in widget._instances.keys() - before]
    by_label = {one.description: one for one in made if hasattr(one, "value") and hasattr(one, "description")}
    (image,) = (one for one in made if type(one).__name__ == "DescribedImage")
    return {control.name: by_label[control.label] for control in explorer.controls}, image, scenes[0]


def slides(control):
    """Whether `control` is shown as a slider: a list to choose words from redraws what stands still, too."""
    return isinstance(control, Slider) or (isinstance(control, Choice) and control.in_order)


def somewhere(control, draw):
    """Return one of the values that `control` may have, drawn by `draw`."""
    if isinstance(control, Choice):
        return draw.choice(list(control.options.values()))
    if isinstance(control, Toggle):
        return draw.choice([False, True])
    return control.low + draw.randrange(round((control.high - control.low) / control.step) + 1) * control.step


def milliseconds(action):
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


async def measure(name, moves):
    """Return the picture's size and the medians, in ms, of a slider's move and of a plain redraw."""
    # In an event loop, as in a kernel, the crisp picture waits until the slider rests.
    explorer = EXPLORERS[name]()
    hands, image, scene = inputs_and_image(explorer)
    draw = random.Random(0)
    moved = [control for control in explorer.controls if slides(control)] or explorer.controls
    live, plain = [], []
    for _ in range(moves):
        for control in moved:
            hand, value, seen = hands[control.name], somewhere(control, draw), image.value
            took = milliseconds(lambda hand=hand, value=value: setattr(hand, "value", value))
            if image.value is not seen:  # the same value again draws nothing
                live.append(took)
        if len(plain) < moves // 5:
            plain.append(milliseconds(scene.picture.png))
    return (scene.picture.width, scene.picture.height), statistics.median(live), statistics.median(plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=100, help="moves of each slider, or switch")
    moves = parser.parse_args().moves
    print(f"{'':29}{'CSS pixels':>12}{'slider move':>14}{'plain redraw':>15}{'faster':>9}")
    slow = []
    for name in EXPLORERS:
        (width, height), live, plain = asyncio.run(measure(name, moves))
        size = f"{width} x {height}"
        print(f"{name:29}{size:>12}{live:11.1f} ms{plain:12.1f} ms{plain / live:8.1f}x", flush=True)
        if live > TARGET_MS:
            slow.append(name)
    print(f"Wanted: at most {TARGET_MS} ms. Missed by:", ", ".join(slow) or "none")
    sys.exit(bool(slow))


if __name__ == "__main__":
    main()
