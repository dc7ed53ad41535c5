"""A lesson of the reading edition as slides, from a disk: every step, keys, and the presenter's window."""

import pytest
import slides
from lessons.teacher import presented
from reading.build import WORDS

SLUG, NAME = "clip_and_min", "04_clip_and_min"
WIDTH, HEIGHT = slides.SCREENS[0]


@pytest.fixture
def opened(chrome, site):
    """Open a page of the lesson as slides; nothing may go wrong, and nothing is asked of another host."""
    context = chrome.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    wrong, asked = [], []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))

    def open_page(language, place="?present"):
        page = context.new_page()
        page.goto((site / language / f"{NAME}.html").as_uri() + place)
        if place:
            page.wait_for_function(slides.READY)
            page.evaluate("document.fonts.ready.then(() => 0)")
        page.asked = asked
        return page

    yield open_page
    context.close()
    assert wrong == []
    assert all(url.startswith("file:") for url in asked)


def step(page):
    return page.evaluate("document.querySelector('.slide-foot progress').value")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_step_fits_and_a_prediction_comes_before_its_answer(opened, language):
    steps, wrong = slides.drive(opened(language))
    assert wrong == []
    assert len(steps) > 30 and sum(len(seen["asks"]) for seen in steps) >= 6


def test_a_slider_moves_without_changing_the_slide(opened):
    page = opened("en")
    figure = page.locator(".live[data-live=clip]")
    while not figure.is_visible():
        page.keyboard.press("ArrowRight")
    page.locator(".live[data-ready]").wait_for()
    before, picture = step(page), figure.locator(".wide svg").inner_html()
    figure.locator("input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator("output").inner_text() == "0.21" and step(page) == before
    assert figure.locator(".wide svg").inner_html() != picture
    # What a screen reader is told of it, a moment later, takes no room.
    page.locator(".live [role=status]", has_text="1.21").wait_for(state="attached")
    page.keyboard.press("PageDown")
    assert step(page) == before + 1
    type_size = "parseFloat(getComputedStyle(document.querySelector('main')).fontSize) / innerHeight"
    assert page.evaluate(type_size) > slides.SMALLEST
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert step(page) == before - 1


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_second_window_follows_shows_the_notes_and_steers(opened, language):
    page = opened(language)
    assert not any("/notes/" in url for url in page.asked)
    with page.context.expect_page() as found:
        page.keyboard.press("s")
    second = found.value
    written = presented(SLUG, language)
    notes = written.sections
    second.wait_for_function("document.querySelector('.presenter .do')?.textContent.length > 20")
    first_words = written.aim.split(".")[0][:30]
    assert first_words in second.locator(".presenter .do").inner_text()
    assert second.locator(".presenter .discuss").is_hidden()
    for _ in range(3):
        page.keyboard.press("PageDown")
    second.wait_for_function("document.querySelector('.presenter .do strong')")
    shown = second.locator(".presenter").inner_text()
    assert notes[0].heading in shown and f"{step(page) + 1:.0f}/" in shown
    assert notes[0].ask.split("?")[0].split(" ")[-1] in shown
    assert str(notes[0].minutes) in second.locator(".plan").inner_text()
    # What comes next here is what the slides show after one more key, which this window may press, too.
    coming = second.locator("main").inner_text()
    second.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('.slide-foot progress').value === 4")
    assert coming and coming in page.locator("main").inner_text()
    second.wait_for_function("/0:0[1-9]/.test(document.querySelector('.presenter time').textContent)")
    second.keyboard.press("End")
    second.locator(".presenter .discuss").wait_for()
    questions = second.locator(".presenter .questions li").all_inner_texts()
    assert len(questions) == len(written.questions) == 3
    for seen, said in zip(questions, written.questions, strict=True):
        assert seen.startswith(said.removeprefix("**")[:20].split("$")[0])


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_window_that_the_browser_blocks_is_told_and_opened_by_a_link(opened, language):
    page = opened(language)
    page.evaluate("() => { window.open = () => null; }")
    told, before = page.get_by_role("alert"), step(page)
    page.keyboard.press("s")
    assert WORDS[language]["present"]["blocked"] in told.inner_text()
    page.keyboard.press("PageDown")
    assert told.count() == 0 and step(page) == before + 1
    page.keyboard.press("s")
    with page.context.expect_page() as found:
        told.get_by_role("link").click()
    found.value.wait_for_function("document.querySelector('.presenter .do')?.textContent.length > 20")
    assert f"{step(page) + 1:.0f}/" in found.value.locator(".presenter").inner_text()


def test_keys_hide_code_blank_the_screen_help_and_leave(opened):
    page = opened("ko")
    for _ in range(3):
        page.keyboard.press("PageDown")
    cells = page.locator(".cell:visible")
    assert cells.count() == 1
    # Where Hangul is typed, the key of c gives another letter.
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅊ', code: 'KeyC', bubbles: true}))"
    )
    assert cells.count() == 0 and page.locator("pre.output:visible").count() == 1
    page.keyboard.press("b")
    assert page.locator("main :visible").count() == 0
    page.keyboard.press("b")
    page.keyboard.press("c")
    assert cells.count() == 1
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    before = step(page)
    page.locator("button.turn.on").click()
    assert step(page) == before + 1
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: url.endswith(f"{NAME}.html#s1"))
    page.locator("main h2").first.wait_for()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_readers_pages_ask_for_nothing_of_it_but_lead_there(opened):
    page = opened("en", "")
    assert not any("present" in url or "/notes/" in url for url in page.asked)
    page.goto(f"{page.url}#s3")
    page.wait_for_timeout(700)
    box = page.locator("a.present").bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_function(slides.READY)
    heading = page.locator(".slide-head h1").inner_text()
    assert heading.startswith("3. ")
