"""Every lesson in JupyterLab in a browser: what a learner meets there.

The Korean notebook runs: its letters and the room that its words need are the harder ones. What it shows with
widgets is shown once more in English. The English notebook has the same code (tests/tools/test_lessons.py).
"""

import functools
import itertools
import json
import re
import time

import lab
import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from lessons import source
from matplotlib.colors import to_rgb

from ppo_edu import exercises
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.workbench.rerun import Rerun
from ppo_edu.workbench.retrain import COLOURS, Retrain
from ppo_edu.workbench.step_mode import StepMode

# The long ones first, for workers that share them.
LESSONS = [lesson.name for lesson in reversed(source.find_lessons())]
EXPLORER, RETRAIN, STEP_MODE, RERUN = (
    f"{kind.__module__}.{kind.__qualname__}" for kind in (Explorer, Retrain, StepMode, Rerun)
)
WITH_CONTROLS = (EXPLORER, RETRAIN, STEP_MODE, RERUN)
HANGUL = re.compile("[\uac00-\ud7a3]")
SAME = 10  # of 255, as `lab.difference` measures


@pytest.fixture(scope="module", params=LESSONS)
def opened(request, page):
    """A lesson as it is before anything runs."""
    notebook = lab.Notebook(page, f"ko/{request.param}.ipynb")
    yield notebook
    notebook.close()


@pytest.fixture(scope="module")
def lesson(opened):
    """A lesson all of whose cells have run."""
    opened.run_all()
    assert opened.in_kernel("import ppo_edu; print(hasattr(ppo_edu.train, '__wrapped__'))").strip() == "True"
    return opened


def shown_before(name):
    """Return the explorers, as cells call them, that the lessons before this one show."""
    before = itertools.takewhile(lambda lesson: lesson.name != name, source.find_lessons())
    return {call for lesson in before for call in re.findall(r"(?m)^explorers\.\w+\(.*\)$", lesson.text)}


@pytest.fixture(scope="module")
def new_here(lesson):
    """The explorers that no lesson before shows: once seen to move, they move in each."""
    known = shown_before(lesson.path[3:].removesuffix(".ipynb"))
    return [explorer for explorer in lesson.shown(EXPLORER) if explorer.call() not in known]


@pytest.fixture
def explorers(new_here):
    """The same, at their start."""
    for explorer in new_here:
        explorer.button("undo").click()
    return new_here


def becomes(condition, within=10.0):
    """Return whether `condition()` holds now or within some seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def shows(explorer, picture, within=10.0):
    return explorer.becomes(lambda seen: lab.difference(seen, picture) <= SAME, within)


def leaves(explorer, picture):
    return explorer.becomes(lambda seen: seen != picture)


def test_pictures_are_there_before_anything_runs(opened):
    assert "Error displaying widget" not in opened.words()
    open_cells = [
        cell for cell in opened.cells() if not cell["metadata"].get("jupyter")
    ]  # others wait folded
    committed = [
        kind
        for cell in open_cells
        for output in cell.get("outputs", ())
        for kind in output.get("data", {})
        if kind.startswith("image/")
    ]
    shown = opened.body.locator(".jp-OutputArea img")
    assert becomes(lambda: shown.count() >= len(committed))
    for image in shown.all():
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.naturalWidth") > 100


def test_run_all_goes_through_and_nothing_complains(lesson):
    left = [output for output in lesson.outputs() if output.get("ename") or output.get("name") == "stderr"]
    assert left == []
    for words in ("Javascript Error", "Error displaying widget", "Error creating widget", "Traceback"):
        assert words not in lesson.words()
    assert lesson.complaints() == []
    assert lesson.all_ran


def test_key_numbers_are_those_that_are_committed(lesson):
    committed = nbformat.read(source.NOTEBOOKS / lesson.path, as_version=4)
    assert lab.key_numbers(lesson.cells()) == lab.key_numbers(committed.cells)


def test_no_letter_is_missing(lesson):
    english = (source.NOTEBOOKS / lesson.path.replace("ko/", "en/")).read_text(encoding="utf-8")
    assert lesson.missing_letters("".join(set(english))) == []
    unassigned = "\u0379"
    assert lesson.missing_letters(unassigned) == [unassigned], "a letter that no font has goes unnoticed"


def test_no_korean_word_is_torn(lesson):
    assert lesson.torn_words() == []
    lesson.body.evaluate("body => { body.style.wordBreak = 'break-all'; }")
    torn = lesson.torn_words()
    lesson.body.evaluate("body => { body.style.wordBreak = ''; }")
    assert torn, "torn words go unnoticed"


def test_each_control_moves_the_picture_and_reset_brings_it_back(explorers):
    for explorer in explorers:
        start, said, height = explorer.drawn(), explorer.said(), explorer.body.bounding_box()["height"]
        assert shows(explorer, start)
        by_mouse = True  # one slider of each: all of a page are made of the same parts
        for control in explorer.controls.all():
            moves = ways_to_move(control, by_mouse)
            by_mouse = by_mouse and drag not in moves
            for move in moves:
                explorer.mark()
                move(control)
                assert explorer.has_another(), (move, said, explorer.said())
        # What each control says has its part in the picture now.
        assert shows(explorer, explorer.drawn()), (said, explorer.said())
        assert explorer.body.bounding_box()["height"] == height, "the page jumps under the hand"
        explorer.button("undo").click()
        assert shows(explorer, start)
        assert explorer.said() == said


def ways_to_move(control, by_mouse):
    if control.locator("[role=slider]").count():
        return (drag, press_a_key) if by_mouse else (press_a_key,)
    if control.locator("input[type=checkbox]").count():
        return (tick,)
    return (choose,) if control.locator("option").count() > 1 else ()


def drag(control):
    """Drag a slider by mouse, to its other side."""
    control.scroll_into_view_if_needed()
    knob, track = (control.locator(part).bounding_box() for part in ("[role=slider]", ".noUi-base"))
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    place = 0.2 if x > track["x"] + track["width"] / 2 else 0.8
    mouse = control.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(track["x"] + place * track["width"], y, steps=5)
    mouse.up()


def press_a_key(control):
    handle = control.locator("[role=slider]")
    # A drag may have left it at its low end, where only the other way leads on.
    at_the_low_end = handle.evaluate("handle => handle.ariaValueNow === handle.ariaValueMin")
    handle.press("ArrowRight" if at_the_low_end else "ArrowLeft")


def tick(control):
    control.locator("input").click()


def choose(control):
    other = control.locator("option:not(:checked)").first.get_attribute("value")
    control.locator("select").select_option(other)


def test_random_moves_leave_the_right_picture_no_error_and_no_memory(lesson, explorers):
    # What is made once, such as the other axes of a choice, is there before the count begins.
    lesson.move_at_random(explorers, 50)
    for explorer in explorers:
        explorer.drawn()
    before = lesson.memory()
    lesson.move_at_random(explorers, 120)
    for explorer in explorers:
        # On a busy machine, many frames may be on their way.
        assert shows(explorer, explorer.drawn(), within=60)
    assert lesson.memory() - before < 20e6
    assert lesson.complaints() == []


def test_words_are_large_and_whole_and_controls_and_picture_fit_on_a_projector(lesson):
    words_have_room(lesson, lesson.shown(*WITH_CONTROLS))


def words_have_room(lesson, explorers):
    screen = lesson.page.locator(".jp-WindowedPanel-outer:visible").bounding_box()["height"]
    for explorer in explorers:
        assert explorer.cut_off() == []
        words = explorer.body.locator("label, button, select, .widget-readout")
        sizes = words.evaluate_all("words => words.map(each => parseFloat(getComputedStyle(each).fontSize))")
        assert min(sizes) >= 16
        assert explorer.body.bounding_box()["height"] <= screen, explorer.said()


def test_controls_and_pictures_can_be_heard(lesson):
    can_be_heard(lesson, lesson.shown(*WITH_CONTROLS), hangul=True)


def can_be_heard(lesson, explorers, hangul):
    """In both languages a widget is made of the same parts, so keys and axe try the Korean ones only."""
    for explorer in explorers:
        assert all(words.strip() for words in explorer.controls.locator("label").all_text_contents())
        for slider in explorer.controls.filter(has=lesson.page.get_by_role("slider")).all():
            words = slider.locator("label").text_content()
            handle = slider.get_by_role("slider", name=words, exact=True)
            assert handle.count() == slider.get_by_role("textbox", name=words, exact=True).count() == 1
            for key in ("Home", "End") if hangul else ():
                handle.press(key)
                heard, seen = slider.evaluate("slider => lab.heardAndSeen(slider)")
                assert heard == seen
        title = explorer.image.get_attribute("title")
        assert bool(HANGUL.search(title)) == hangul
        explorer.body.evaluate("body => body.setAttribute('data-heard', '')")
    if not hangul or not explorers:
        return
    marked = lesson.page.locator("[data-heard]")
    assert marked.count() == len(explorers)
    found = Axe().run(lesson.page, context="[data-heard]").response
    marked.evaluate_all("all => all.forEach(each => each.removeAttribute('data-heard'))")
    assert {rule["id"] for rule in found["passes"]} >= {"aria-input-field-name", "button-name"}
    assert [
        (violation["id"], node["html"])
        for violation in found["violations"]
        for node in violation["nodes"]
        if violation["impact"] in ("serious", "critical")
    ] == []


def test_tab_visits_all_controls_in_reading_order(explorers):
    for explorer in explorers:
        places = explorer.tab_order()
        assert places == sorted(places)
        assert all(explorer.reached(places))


def test_retraining_draws_further_curves_and_can_be_stopped(lesson):
    for bench in lesson.shown(RETRAIN):
        curves = int(lesson.in_kernel(f"print(len(Out[{bench.number}].curves))"))
        for slider in bench.controls.locator("[role=slider]").all():
            slider.press("Home")
        epochs = lesson.in_kernel(f"print(Out[{bench.number}].inputs['epochs'].description)").strip()
        # With the most of them, it does not end by itself.
        bench.controls.filter(has_text=epochs).locator("[role=slider]").press("End")
        stopped = []
        for colour in COLOURS[curves : curves + 2]:
            bench.button("play").click()
            assert becomes(bench.button("stop").is_enabled)
            assert becomes(functools.partial(reach, bench, colour))
            begun = reach(bench, colour)
            assert becomes(lambda: reach(bench, colour) > begun + 20, within=20), "the curve grows"  # noqa: B023
            bench.button("stop").evaluate("button => button.click()")  # where it is over, that does nothing
            assert becomes(bench.button("play").is_enabled), "it stops"
            stopped.append(lesson.in_kernel(f"print(Out[{bench.number}].curves[-1].stopped)").strip())
        assert "True" in stopped, (
            "not by itself: on a busy machine, one may be over before it is seen to grow"
        )
        bench.button("undo").click()
    assert lesson.complaints() == []


def reach(bench, colour):
    """Return how far to the right, in pixels, the curve of a colour goes; 0 if there is none."""
    pixels = np.asarray(bench.picture(), int)
    curves = pixels[:, : pixels.shape[1] * 6 // 10]  # beside them stands whose they are
    near = np.abs(curves - np.multiply(to_rgb(colour), 255)).max(axis=-1) < 30
    return int(np.flatnonzero(near.any(axis=0)).max(initial=0))


def test_each_push_of_a_step_shows(lesson):
    for bench in lesson.shown(STEP_MODE):
        for icon in ("download", "step-forward", "forward", "fast-forward", "repeat", "undo"):
            before = bench.picture()
            bench.button(icon).click()
            assert leaves(bench, before)
    assert lesson.complaints() == []


def test_in_english_words_have_room_and_can_be_heard_too(lesson):
    numbers = [explorer.number for explorer in lesson.shown(*WITH_CONTROLS)]
    lesson.in_kernel("import ppo_edu; ppo_edu.use_language('en')")
    explorers = [lesson.run_again(number) for number in numbers]
    words_have_room(lesson, explorers)
    can_be_heard(lesson, explorers, hangul=False)
    assert lesson.complaints() == []


def test_with_the_solutions_put_in_every_check_passes(lesson, server):
    # Last, for it changes the lesson.
    names = exercises.LESSONS.get(lesson.path[3:5], ())
    for name in names:
        assert lesson.answer(name, exercises.solution_cell(name)) == "passed", name
    marks = json.loads((server.home / "progress.json").read_text(encoding="utf-8")) if names else {}
    assert all(marks[name] == "passed" for name in names)
    assert lesson.complaints() == []
