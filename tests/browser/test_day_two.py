"""What a learner meets after the first hour: lessons saved and opened again, and the ways between them."""

import base64
import contextlib
import io
import json
import time

import lab
import nbformat
import psutil
import pytest
from PIL import Image
from playwright.sync_api import expect
from test_every_lesson import SAME, WITH_CONTROLS, becomes, leaves

from ppo_edu.jupyter.own_copy import COURSE
from ppo_edu.language import catalogue
from ppo_edu.language.lessons import lessons

# One with several explorers that takes little time to run.
LESSON = f"{lessons()['gae'].name}.ipynb"
MISSING = ("Error displaying widget", "Error creating widget", "model not found")


@pytest.fixture
def home(server):
    return server.home


@pytest.mark.parametrize("language", ["ko", "en"])
def test_run_saved_closed_and_opened_again_every_picture_is_there(page, home, language):
    notebook = lab.Notebook(page, f"{language}/{LESSON}")
    notebook.run_all()
    explorers = notebook.shown(*WITH_CONTROLS)
    assert len(explorers) >= 2
    answer = notebook.body.locator(".widget-toggle-buttons button").first
    words, remembered = answer.text_content().strip(), home / "predictions.json"
    answer.click()
    assert becomes(
        lambda: remembered.exists() and json.dumps(words) in remembered.read_text(encoding="utf-8")
    )
    notebook.save()
    for explorer in explorers[:1]:  # what is on the screen lives on
        before = explorer.picture()
        explorer.controls.locator("[role=slider]").first.press("ArrowLeft")
        assert leaves(explorer, before)
    notebook.close()
    saved = nbformat.read(home / "my lessons" / language / LESSON, as_version=4)
    told = [output["data"].get("text/html", "") for output in saved_outputs(saved) if "data" in output]
    assert any(f"☑ <b>{words}</b>" in html for html in told), "a prediction is saved as it was chosen"
    stills = sum("image/png" in output.get("data", {}) for output in saved_outputs(saved))
    assert stills >= len(explorers)
    # Those with controls go on moving, which they did before they were run.
    assert sum(is_moving(cell) for cell in saved.cells) >= len(explorers)
    again = lab.Notebook(page, f"{language}/{LESSON}")
    pictures = again.body.locator(".jp-OutputArea img")
    assert becomes(lambda: pictures.count() >= stills)
    for picture in pictures.all():
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 100
    assert not [words for words in MISSING if words in again.words()]
    assert again.complaints() == []
    again.close()


def saved_outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def is_moving(cell):
    """Return whether the picture below a cell moves by itself, for a while."""
    for output in cell.get("outputs", []):
        if png := output.get("data", {}).get("image/png"):
            with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
                return getattr(picture, "is_animated", False) and 0 < picture.info["loop"] < 10
    return False


@contextlib.contextmanager
def alone(page):
    """Open a lesson in Korean of which only the first explorer runs; yield that, and end the kernel."""
    notebook = lab.Notebook(page, f"ko/{LESSON}")
    for cell in ("use_language", "explorers.gae()"):
        notebook.run_cell(cell)
    (explorer,) = notebook.shown(*WITH_CONTROLS)
    yield explorer
    notebook.close()


@contextlib.contextmanager
def sized(page, width, height=None):
    """Have the window so large, once it has been drawn so, and then as it was."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height or before["height"]})
    try:
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        yield
    finally:
        page.set_viewport_size(before)


@pytest.fixture(scope="class")
def shared(page):
    with alone(page) as explorer:
        yield explorer


class TestOneExplorer:
    @pytest.fixture
    def explorer(self, shared):
        shared.button("undo").click()
        return shared

    def test_each_small_button_does_what_it_says(self, page, explorer):
        slider = explorer.controls.nth(3).get_by_role("slider")
        slider.press("PageUp")
        assert becomes(lambda: lab.difference(explorer.picture(), explorer.drawn()) <= SAME)
        with page.expect_download() as told:
            explorer.button("camera").click()
        with Image.open(told.value.path()) as saved:
            assert saved.convert("RGB") == explorer.drawn()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        explorer.button("code").click()
        expect(explorer.button("check")).to_be_visible()
        *lines, last = page.evaluate("navigator.clipboard.readText()").splitlines()
        expect(explorer.body.locator("code")).to_have_text(last)
        code = "\n".join([*lines, f"import base64; print(base64.b64encode({last}).decode())"])
        with Image.open(io.BytesIO(base64.b64decode(explorer.notebook.in_kernel(code)))) as copied:
            assert copied.convert("RGB") == explorer.drawn()
        explorer.button("play").click()
        before = explorer.said()
        assert becomes(lambda: explorer.said() != before)
        explorer.button("pause").click()
        expect(explorer.button("play")).to_be_visible()
        assert becomes(lambda: lab.difference(explorer.picture(), explorer.drawn()) <= SAME)
        explorer.button("undo").click()
        expect(explorer.body.locator("code")).to_have_count(0)
        assert explorer.notebook.complaints() == []

    def test_in_the_dark_pictures_are_dark_and_at_200_percent_sliders_are_long_enough(self, page, explorer):
        def corner():
            shown = Image.open(io.BytesIO(explorer.image.screenshot(animations="disabled")))
            return max(shown.convert("RGB").getpixel((3, 3)))

        def theme(name):
            page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", name)

        assert corner() > 240
        theme("JupyterLab Dark")
        assert becomes(lambda: corner() < 40)
        theme("JupyterLab Light")
        assert becomes(lambda: corner() > 240)
        # What is left of a projector's page at 200 %.
        with sized(page, page.viewport_size["width"] // 2, page.viewport_size["height"] // 2):
            for slider in explorer.controls.filter(has=page.get_by_role("slider")).all():
                label, track = (slider.locator(part).bounding_box() for part in ("label", ".noUi-base"))
                assert track["width"] >= 180
                assert label["y"] + label["height"] <= track["y"] + 1
            assert explorer.cut_off() == []
            # Below its words, too: beside the longer English ones it stood beyond the edge.
            choice = explorer.controls.filter(has=page.locator("select"))
            label, shown = (choice.locator(part).bounding_box() for part in ("label", "select"))
            assert label["y"] + label["height"] <= shown["y"] + 1

    def test_no_small_button_stands_on_a_line_of_its_own(self, page, explorer):
        """Beside the slider or below it, as one: 848 is where the last of them had no room."""
        beside = [explorer.button(name).element_handle() for name in ("undo", "code", "camera")]
        for width in (1280, 1000, 900, 848, 800, 700):
            with sized(page, width):
                # In one go: JupyterLab moves what it shows some time after the window.
                tops = page.evaluate("all => all.map(each => each.getBoundingClientRect().top)", beside)
                assert max(tops) - min(tops) <= 3, (width, tops)


@pytest.fixture
def explorer(page):
    """One whose kernel a test may end."""
    with alone(page) as explorer:
        yield explorer


@pytest.mark.parametrize("width", [1280, 640])  # as a projector's page is at 200 %
def test_a_picture_that_cannot_follow_says_why(page, width):
    with sized(page, width), alone(page) as explorer:
        slider = explorer.controls.nth(3).get_by_role("slider")
        word = explorer.body.locator(".ppo-edu-kernel")
        explorer.notebook.begin_in_kernel("import time; time.sleep(4)")
        slider.press("ArrowRight")
        expect(word).to_have_text(catalogue("ko")["page.kernel_busy"])
        expect(word).to_have_count(0, timeout=10_000)
        assert becomes(lambda: lab.difference(explorer.picture(), explorer.drawn()) <= SAME)
        explorer.notebook.shut_down()
        expect(word).to_have_text(catalogue("ko")["page.kernel_gone"], timeout=10_000)
        slider.press("ArrowRight")
        time.sleep(2)  # longer than a busy kernel is given
        expect(word).to_have_text(catalogue("ko")["page.kernel_gone"])


def test_at_the_end_a_button_asks_and_frees_the_kernels_memory(page, explorer):
    notebook, words = explorer.notebook, catalogue("ko")
    process = psutil.Process(int(notebook.in_kernel("import os; print(os.getpid())")))
    notebook.run_cell("ppo_edu.finish()")
    # By its words: cells that have not run here have the number of a run long ago.
    ours = notebook.body.locator(".jp-CodeCell", has_text="ppo_edu.finish()").locator(".jp-OutputArea").first
    button = ours.get_by_role("button", name=words["finish.button"])
    end = ours.get_by_role("button", name=words["finish.end"], exact=True)
    expect(end).to_be_hidden()
    button.click()
    expect(ours).to_contain_text(words["finish.ask"])
    ours.get_by_role("button", name=words["finish.keep"]).click()
    expect(end).to_be_hidden()
    assert process.is_running()
    button.click()
    end.click()
    assert becomes(lambda: not process.is_running())
    expect(ours).to_contain_text(words["finish.ended"])
    expect(button).to_be_hidden()
    expect(explorer.body.locator(".ppo-edu-kernel")).to_have_text(words["page.kernel_gone"], timeout=10_000)
    time.sleep(4)  # a server looks every three seconds for kernels to start again
    left = page.evaluate("fetch('/api/kernels').then(answer => answer.json())")
    assert [kernel["execution_state"] for kernel in left] == [], "started again"
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert notebook.complaints() == []


def test_what_git_tracks_is_as_it_was(page, home):
    given = json.loads((home / "my lessons" / ".ppo_edu.json").read_text(encoding="utf-8"))
    assert given.keys() >= {"ko/gae", "en/gae"}
    for language in ("ko", "en"):
        assert (home / "my lessons" / language / LESSON).read_bytes() != (
            COURSE / language / LESSON
        ).read_bytes()
    shown = {path.name for path in (home / "my lessons").iterdir() if not path.name.startswith(".")}
    assert shown == {"ko", "en"}


def test_the_ways_between_lessons_lead_there(page):
    notebook = lab.Notebook(page, f"ko/{LESSON}")
    body = notebook.body
    header = body.locator(".jp-MarkdownCell").first
    # JupyterLab's own rule for quotes, which comes later, has not won over the course's.
    expect(body.locator("blockquote").first).to_have_css("border-left-color", "rgb(178, 78, 0)")
    expect(header.get_by_role("link")).to_have_count(4)
    body.locator("summary", has_text="이 레슨의 차례").first.click()
    # JupyterLab goes to no anchor that has Hangul in it, so only the way to the other file is asked for.
    body.get_by_role("table").first.get_by_role("row").nth(3).get_by_role("link").nth(1).click()
    current = "jupyterapp.shell.currentWidget.context?.path"
    assert becomes(lambda: page.evaluate(current) == f"en/{LESSON}")
    # Both are open now, and their tabs differ.
    tabs = page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel", has_text=LESSON)
    marks = "tabs => tabs.map(tab => getComputedStyle(tab, '::before').content)"
    assert becomes(lambda: sorted(tabs.evaluate_all(marks)) == ['"EN "', '"한 "'])
    time.sleep(0.1)
    page.evaluate("jupyterapp.shell.closeAll()")


def test_the_start_page_leads_to_a_lesson_and_gives_it_afresh(page, home):
    (home / "progress.json").unlink(missing_ok=True)  # as on the first day
    base = page.url.partition("/lab")[0]
    page.goto(f"{base}/ppo_edu/")
    korean, english = page.locator("section").all()
    assert korean.get_attribute("lang") == "ko" and english.get_attribute("lang") == "en"
    mine = home / "my lessons" / "ko" / LESSON
    before = mine.read_bytes()
    korean.get_by_role("button", name=lessons()["gae"].title["ko"]).click()
    expect(page.get_by_role("status")).to_contain_text("바꾸기 전")
    assert mine.read_bytes() == (COURSE / "ko" / LESSON).read_bytes()
    assert [path.read_bytes() for path in mine.parent.glob("*바꾸기 전*.ipynb")] == [before]
    korean.get_by_role("link", name="00 · 시작하기").click()
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.context?.path === 'ko/00_start_here.ipynb'"
    )
