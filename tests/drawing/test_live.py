"""Explorers without a browser: frames, widgets, reset, and the learning curve that stays in the notebook."""

import asyncio
import base64
import gc
import io
import subprocess
import sys
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from ipywidgets.widgets import widget
from PIL import Image

import ppo_edu
from ppo_edu import explorers
from ppo_edu.drawing import explorer as explorer_module
from ppo_edu.drawing import page
from ppo_edu.drawing.controls import Choice, Slider, Toggle, input_widgets
from ppo_edu.drawing.explorer import AtRest, Explorer, Frames, Player
from ppo_edu.drawing.live import Draft, LiveFigure, Pace
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.quicktext import QuickText
from ppo_edu.drawing.style import style
from ppo_edu.explorers.training_curve import LearningCurve

WIDGET = "application/vnd.jupyter.widget-view+json"

# The latter in ipywidgets 7.
EVERY_WIDGET = widget._instances if hasattr(widget, "_instances") else widget.Widget.widgets


@pytest.fixture(autouse=True, scope="module")
def few_things_to_look_through():
    """Displays that go have Python look through all there is; what was there before these tests stays."""
    gc.collect()
    gc.freeze()


class Scene:
    """A line whose height is `height`, a number, and on request another axis."""

    def __init__(self):
        self.picture = Picture(300, 200, "A line.")
        self.axes = self.picture.figure.subplots()
        self.axes.set(ylim=(0, 1))
        self.line = moving(self.axes.axhline(0))
        self.text = moving_text(self.axes, 0.1, 0.8, self.axes.transAxes)

    def update(self, height, stretched=False, colour="black"):
        self.line.set(ydata=[height, height], color=colour)
        self.text.set_text(f"{height:.2f}")
        limits = (0, 2) if stretched else (0, 1)
        changed = self.axes.get_ylim() != limits
        self.axes.set_ylim(limits)
        return changed


def explorer(call=None):
    made = Explorer(
        Scene,
        [
            Slider("height", "Height", 0.0, 1.0, 0.01, 0.5),
            Toggle("stretched", "Stretched", False),
            Choice("colour", "Colour", {"Black": "black", "Red": "red"}, "black"),
        ],
    )
    made.call = call
    return made


def pixels(image):
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB"), dtype=np.int16)


def frame(value):
    """Return the JPEG in the address that an image widget has for its value."""
    _, _, data = bytes(value).partition(b"data:image/jpeg;base64,")
    return base64.b64decode(data)


def shown(thing):
    """Return the widgets that displaying `thing` makes, by kind, and its output's data."""
    before = set(EVERY_WIDGET)
    data, metadata = thing._repr_mimebundle_()
    made = [EVERY_WIDGET[key] for key in EVERY_WIDGET.keys() - before]
    worded = [one for one in made if not getattr(one, "icon", "") or one.description]
    return {type(one).__name__: one for one in worded}, data, metadata


def test_a_frame_is_what_matplotlib_draws_from_scratch():
    scene = Scene()
    live = LiveFigure(scene)
    frame = live.png(height=0.7)
    assert np.abs(pixels(frame) - pixels(scene.picture.png())).max() == 0
    # And what was drawn for a file leaves nothing behind for the frames.
    values = {"height": 0.2, "stretched": True}
    assert live.png(**values) == LiveFigure(Scene()).png(**values)


def test_what_stands_still_is_drawn_once(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        LiveFigure,
        "_draw_background",
        lambda self, draw=LiveFigure._draw_background: (drawn.append(1), draw(self)),
    )
    live = LiveFigure(Scene())
    for height in np.linspace(0, 1, 20):
        live.jpeg(height=height)
    assert len(drawn) == 1
    live.jpeg(height=0.5, stretched=True)
    assert len(drawn) == 2


def test_a_jpeg_frame_is_the_png_frame_to_the_eye():
    live = LiveFigure(Scene())
    assert np.abs(pixels(live.jpeg(height=0.3)) - pixels(live.png(height=0.3))).mean() < 1


@pytest.mark.parametrize(
    "values, error, words",
    [
        ({"height": 2}, ValueError, "height"),
        ({"height": float("nan")}, ValueError, "height"),
        ({"height": "high"}, TypeError, "height"),
        ({"colour": "blue"}, ValueError, "colour"),
        ({"stretched": "yes"}, ValueError, "stretched"),
        ({"hight": 0.5}, TypeError, "hight.*height, stretched, colour"),
    ],
)
def test_bad_values_are_refused_by_name(values, error, words):
    with pytest.raises(error, match=words):
        explorer().draw(**values)


def test_a_slider_of_whole_numbers_takes_no_others():
    with pytest.raises(TypeError, match="epoch"):
        explorers.clip_cloud().draw(epoch=2.5)


def test_an_output_holds_the_widgets_and_a_still_picture_of_the_start():
    _, data, metadata = shown(explorer())
    assert data.keys() == {"text/plain", "image/png", WIDGET}
    assert data["text/plain"] == metadata["image/png"]["alt"] == "A line."
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (300, 200)
    assert base64.b64decode(data["image/png"]) == explorer().draw()


def test_moving_a_control_changes_the_picture_and_reset_brings_it_back():
    made, _, _ = shown(explorer())
    image = made["DescribedImage"]
    first = frame(image.value)
    made["FloatSlider"].value = 0.9
    moved = frame(image.value)
    assert np.abs(pixels(moved) - pixels(LiveFigure(Scene()).jpeg(height=0.9))).max() == 0
    made["Checkbox"].value = True
    made["Dropdown"].value = "red"
    assert len({first, moved, frame(image.value)}) == 3
    made["Button"].click()
    assert frame(image.value) == first
    assert made["FloatSlider"].value == 0.5


def test_on_the_move_a_draft_shows_and_at_rest_the_crisp_picture():
    async def drag():
        made, _, _ = shown(explorer())
        seen = []
        made["DescribedImage"].observe(lambda change: seen.append(pixels(frame(change["new"]))), "value")
        for height in (0.6, 0.7, 0.8):
            made["FloatSlider"].value = height
            await asyncio.sleep(0.01)
        await asyncio.sleep(2 * AtRest.SECONDS)
        return seen

    *seen, crisp = asyncio.run(drag())
    # On a busy machine the hand may seem to rest between two moves: a crisp picture more.
    drafts = [picture for picture in seen if picture.shape != crisp.shape]
    assert crisp.shape == (400, 600, 3) and [draft.shape for draft in drafts] == [(200, 300, 3)] * 3
    assert np.abs(crisp - pixels(LiveFigure(Scene()).png(height=0.8))).mean() < 1
    assert np.abs(crisp.reshape(200, 2, 300, 2, 3).mean(axis=(1, 3)) - drafts[-1]).mean() < 1


def test_two_displays_stand_alone_and_begin_at_the_start():
    one = explorer()
    first, _, _ = shown(one)
    start = bytes(first["DescribedImage"].value)
    first["FloatSlider"].value = 0.1
    second, _, _ = shown(one)
    assert bytes(second["DescribedImage"].value) == start
    second["FloatSlider"].value = 0.8
    assert first["FloatSlider"].value == 0.1


def test_the_picture_has_a_name_for_those_who_cannot_see_it():
    made, _, _ = shown(explorer())
    image = made["DescribedImage"]
    state = image.get_state()
    # The browser's half puts the tooltip on the image only if there is a description, and it is empty.
    # At rest, the words in the picture follow its own.
    assert (state["tooltip"], state["description"]) == ("A line. 0.50", "")
    assert state["_model_name"] == "ImageModel" and state["_model_module"] == "@jupyter-widgets/controls"


def test_where_a_picture_can_have_no_name_its_words_stand_below_it_for_a_screen_reader(monkeypatch):
    monkeypatch.setattr(page, "names_pictures", lambda: False)
    before = set(EVERY_WIDGET)
    image = shown(explorer())[0]["DescribedImage"]
    made = [EVERY_WIDGET[key] for key in EVERY_WIDGET.keys() - before]
    (words,) = (each for each in made if "A line. 0.50" in str(getattr(each, "value", "")))
    assert "width: 1px" in words.value and words.layout.height == "0"
    image.tooltip = "<a line>"
    assert "&lt;a line&gt;" in words.value


def test_labels_have_room():
    made, _, _ = shown(explorers.clip())
    slider = made["FloatSlider"]
    assert float(slider.style.description_width.removesuffix("em")) > 0.5 * len(slider.description)


def test_drawing_an_explorer_loads_nothing_large_beside_matplotlib():
    code = (
        "import sys; from ppo_edu import explorers; explorers.clip_cloud().draw(epoch=2); "
        "print({'torch', 'ipywidgets', 'matplotlib.pyplot', 'gymnasium', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "set()"


def test_quick_text_looks_like_matplotlibs_own():
    ppo_edu.use_language("ko")
    words = "ratio 1.20 기울기 Agy"
    with style():
        picture = Picture(400, 100, "words")
        axes = picture.figure.subplots()
        axes.set_axis_off()

    def drawn(make):
        artist = make()
        artist.set_in_layout(False)
        png = picture.png()
        artist.remove()
        return pixels(png)

    for side in ("left", "center", "right"):
        look = {"ha": side, "color": "#0072B2", "transform": axes.transAxes}
        own = drawn(lambda look=look: axes.add_artist(QuickText(0.5, 0.5, words, **look)))
        theirs = drawn(lambda look=look: axes.text(0.5, 0.5, words, **look))
        empty = drawn(lambda: axes.add_artist(QuickText(0.5, 0.5, "")))
        # Letter by letter, places are rounded to a pixel: so compare the ink in boxes of 10 x 10 pixels.
        own, theirs = (
            (empty - drawing).reshape(20, 10, 80, 10, 3).mean(axis=(1, 3)) for drawing in (own, theirs)
        )
        assert theirs.max() > 50
        assert np.abs(own - theirs).mean() < 0.1 * theirs.mean()


def test_the_pace_leaves_most_of_the_time_to_the_training(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("ppo_edu.drawing.live.time.perf_counter", lambda: clock.now)
    pace, drawing, frames = Pace(), 0.0, []
    while clock.now < 20:
        if pace.is_due():
            with pace.frame():
                clock.now += 0.02
                drawing += 0.02
            frames.append(clock.now)
        clock.now += 0.05
    assert drawing < 0.05 * clock.now
    assert min(np.diff(frames)) >= 0.15
    assert len(frames) > 10


def test_a_learning_curve_outside_a_notebook_is_silent_and_can_be_drawn(capsys):
    run = SimpleNamespace(
        returns=np.array([20.0, 450.0]), steps=np.array([20, 470]), total_steps=512, env_id="CartPole-v1"
    )
    with LearningCurve() as curve:
        empty = curve.png()
        curve(run)
    assert capsys.readouterr() == ("", "")
    assert curve.png() != empty


LEARNING = """
import numpy as np
from types import SimpleNamespace
from ppo_edu import explorers

def train(on_update, episodes):
    for count in range(1, episodes):
        steps = np.arange(1, count + 1) * 100
        seen = {"returns": steps / 10.0, "steps": steps, "total_steps": int(steps[-1])}
        on_update(SimpleNamespace(env_id="CartPole-v1", **seen))
"""


def test_a_learning_curve_leaves_its_last_state_as_a_picture_in_the_notebook():
    nbformat = pytest.importorskip("nbformat")
    from nbclient import NotebookClient

    cells = [
        LEARNING + "with explorers.LearningCurve() as curve:\n    train(curve, 40)",
        "with explorers.LearningCurve() as curve:\n    train(curve, 20)\n    raise KeyboardInterrupt",
        "import base64; print(base64.b64encode(curve.png()).decode())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute()
    whole, stopped, last = (cell.outputs for cell in notebook.cells)
    assert [output.output_type for output in whole] == ["display_data"]
    assert whole[0].data.keys() == {"text/plain", "image/png"}
    assert whole[0].data["image/png"] != stopped[0].data["image/png"]
    # Also when the stop button was pressed, every episode is on the picture.
    assert stopped[0].data["image/png"].strip() == last[0].text.strip()


def awake():
    return len(Frames._awake)


def test_only_the_displays_moved_last_keep_their_pixels_and_all_can_be_moved(monkeypatch):
    monkeypatch.setattr(Frames, "_awake", [])
    first = shown(explorer())[0]
    pixels_of_first = weakref.ref(Frames._awake[-1].live)
    others = [shown(explorer())[0] for _ in range(Frames.OF_ONE)]
    assert pixels_of_first() is None and awake() == Frames.OF_ONE
    others += [shown(explorer(f"another({number})"))[0] for number in range(Frames.KEPT)]
    assert awake() == Frames.KEPT
    for height, view in enumerate([first, *others, first], start=1):
        view["FloatSlider"].value = height / 10
        expected = pixels(LiveFigure(Scene()).jpeg(height=height / 10))
        assert np.abs(pixels(frame(view["DescribedImage"].value)) - expected).max() == 0
    assert awake() == Frames.KEPT
    first["Button"].click()
    assert first["FloatSlider"].value == 0.5


def test_while_nobody_moves_anything_no_display_keeps_its_pixels(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(explorer_module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(Frames, "SECONDS", 0.05)
    monkeypatch.setattr(Frames, "_looks_again", None)

    async def read_on():
        view = shown(explorer())[0]
        live = weakref.ref(Frames._awake[-1].live)
        now[0] = 0.04
        await asyncio.sleep(0.2)
        view["FloatSlider"].value = 0.2
        now[0] = 0.08
        await asyncio.sleep(0.2)
        assert live() is not None, "a move puts it off"
        for _ in range(500):
            now[0] += 1.0  # the crisp frame that follows a move may come late, and is a move itself
            await asyncio.sleep(0.02)
            if live() is None and not Frames._awake:
                break
        assert live() is None and not Frames._awake
        view["FloatSlider"].value = 0.7
        return view["DescribedImage"].value

    drawn = asyncio.run(read_on())
    expected = pixels(Draft(LiveFigure(Scene()), Scene()).jpeg(height=0.7))
    assert np.abs(pixels(frame(drawn)) - expected).max() == 0


def test_the_code_of_what_is_shown_runs_as_it_is_copied():
    one = explorers.clip()
    scope = {}
    *lines, last = one.code(epsilon=0.37).splitlines()
    exec("\n".join(lines), scope)
    assert last == "explorers.clip().draw(epsilon=0.37)"
    assert eval(last, scope) == one.draw(epsilon=0.37)
    assert explorers.how_sure().call == "explorers.how_sure()"
    assert explorers.cliff(None).call is None, "of data that a reader does not have"


SLIDERS_OF_TIME = [
    Slider("epoch", "Epoch", 0, 3, 1, 1, time=True),
    Choice("update", "Update", {"0": 0, "1": 1, "3": 3}, 0, time=True),
]


@pytest.mark.parametrize("control", SLIDERS_OF_TIME, ids=lambda control: control.name)
def test_a_slider_of_time_plays_to_its_end(control):
    slider = input_widgets([control])[control.name]

    async def play():
        player = Player(slider)
        player._pause = 0.001
        player.push()
        assert player.button.icon == "pause"
        await asyncio.sleep(0.1)
        return player.button.icon

    assert asyncio.run(play()) == "play"
    assert slider.value == 3


def test_a_second_push_and_reset_stop_what_plays():
    async def stopped_by(stop):
        before = set(EVERY_WIDGET)
        Explorer(Scene, [Slider("height", "Height", 0, 9, 1, 0, time=True)])._repr_mimebundle_()
        made = [EVERY_WIDGET[key] for key in EVERY_WIDGET.keys() - before]
        (slider,) = (one for one in made if hasattr(one, "readout_format"))
        buttons = {one.icon: one for one in made if getattr(one, "icon", "")}
        play = buttons["play"]
        play.click()
        assert play.icon == "pause"
        (play if stop == "play" else buttons[stop]).click()
        await asyncio.sleep(1.2 * Player.SECONDS)
        return slider.value, play.icon

    for stop in ("play", "undo"):
        assert asyncio.run(stopped_by(stop)) == (0, "play")
