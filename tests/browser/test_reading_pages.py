"""The reading edition in a browser, from a disk: a lesson, its pictures and questions, on two screens."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from reading import build, links, live
from reading.trainings import Training

from ppo_edu import explorers
from ppo_edu.drawing.controls import Slider
from ppo_edu.language.lessons import lessons

NAME = "04_clip_and_min"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 720}


class Opened:
    def __init__(self, chrome, site, page, viewport, theme="light"):
        self.page = chrome.new_page(viewport=viewport, color_scheme=theme)
        self.asked, self.wrong = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.goto((site / page).as_uri())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_lesson_is_sound(chrome, site, viewport, theme):
    opened = Opened(chrome, site, f"ko/{NAME}.html", viewport, theme)
    page = opened.page
    for form in page.locator("form.predict").all():
        form.locator("button").first.click()
    page.locator(".live").first.scroll_into_view_if_needed()
    page.locator(".live[data-ready]").first.wait_for()
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in opened.asked)
    assert opened.wrong == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


def test_a_slider_moves_the_picture_and_reset_brings_it_back(chrome, site):
    page = Opened(chrome, site, "en/index.html", DESKTOP).page
    page.locator(".live[data-ready]").wait_for()
    svg, slider = page.locator(".wide svg"), page.locator("input[type=range]")
    before = svg.inner_html()
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "0.21"
    assert "1 + ε = 1.21" in svg.text_content()
    assert svg.inner_html() != before
    page.locator("button[type=reset]").click()
    assert svg.inner_html() == before
    page.close()


def test_the_script_draws_what_the_page_held_without_it(chrome, site):
    page = chrome.new_page(viewport=DESKTOP, java_script_enabled=False)
    page.goto((site / "en/index.html").as_uri())
    still = page.locator(".wide svg").inner_html()
    page.close()
    page = Opened(chrome, site, "en/index.html", DESKTOP).page
    page.locator(".live[data-ready]").wait_for()
    assert sorted(still.split("<")) == sorted(page.locator(".wide svg").inner_html().split("<"))
    page.close()


RUN = ".cell, figure"  # what a prediction is about: a run, or a picture to move


def test_what_follows_a_prediction_waits_for_it(chrome, site):
    page = Opened(chrome, site, f"en/{NAME}.html", DESKTOP).page
    form = page.locator("form.predict").first
    after = page.locator("#" + form.get_attribute("data-after"))
    assert not after.locator(RUN).first.is_visible()
    form.locator("textarea").fill("three")
    form.locator("button").click()
    assert after.locator(RUN).first.is_visible()
    assert "three" in after.locator(".compare").inner_text()
    form = page.locator("form.predict:has(button[value])").first
    after = page.locator("#" + form.get_attribute("data-after"))
    chosen = form.locator("button").nth(1)
    words = chosen.inner_text()
    chosen.click()
    assert after.locator(RUN).first.is_visible() and words in after.locator(".compare").inner_text()
    assert form.locator("button").count() > 1 and form.locator("button:visible").count() == 1
    page.reload()
    assert words in after.locator(".compare").inner_text()
    page.close()


def test_a_quiz_answers(chrome, site):
    page = Opened(chrome, site, f"en/{NAME}.html", DESKTOP).page
    for form in page.locator("form.predict").all():
        form.locator("button").first.click()
    quiz = page.locator("form.quiz", has_text="leaving_the_range")
    for number, passed in (("1.2", False), ("1.4", True)):
        quiz.locator("input").fill(number)
        quiz.locator("button").click()
        assert ("right" in quiz.locator("[role=status]").get_attribute("class")) == passed
    page.close()


def test_the_language_switch_leads_to_the_same_section(chrome, site):
    page = Opened(chrome, site, f"en/{NAME}.html", DESKTOP).page
    page.goto(f"{page.url}#s5")
    page.locator("#s5").wait_for()
    page.wait_for_timeout(600)
    # With the mouse, as a reader: the locator's own click scrolls first.
    box = page.locator("a.language").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/ko/*.html#s5")
    page.close()


def test_every_link_leads_somewhere(site):
    others = {f"{entry.name}.html" for entry in lessons().values()} - {f"{NAME}.html"}
    lost = [
        (page, target)
        for page, target in links.broken(site)
        if Path(urlsplit(target).path).name not in others
    ]
    assert lost == []


def test_a_training_plays_until_told_to_stop(chrome, site, tmp_path):
    shutil.copytree(site, tmp_path, dirs_exist_ok=True)
    slider = Slider("epsilon", "ε", low=0.1, high=0.9, step=0.1, start=0.1)
    training = Training(explorers.clip()._new_scene, [slider], plays="epsilon")
    made = live.layout(training, "p-", narrow=False)
    (tmp_path / "en/live/played.w.js").write_bytes(live.script("played.w", made.data))
    figure = live.figure(training, "played", made, made, build.WORDS["en"])
    page = (tmp_path / "en/index.html").read_text(encoding="utf-8")
    (tmp_path / "en/played.html").write_text(
        page.replace('<figure class="live"', figure + '<figure class="live"', 1), encoding="utf-8"
    )
    page = Opened(chrome, tmp_path, "en/played.html", DESKTOP).page
    page.locator(".live[data-live=played][data-ready]").wait_for()
    button, output = page.locator(".play"), page.locator("[data-live=played] output")
    assert button.inner_text() == "Play" and output.inner_text() == "0.10"
    button.click()
    page.wait_for_function("document.querySelector('[data-live=played] output').textContent > '0.25'")
    button.click()
    stopped = output.inner_text()
    page.wait_for_timeout(900)
    assert output.inner_text() == stopped and button.get_attribute("aria-pressed") == "false"
    page.close()
