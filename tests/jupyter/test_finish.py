"""The button at a lesson's end: it asks, has the page end this kernel, and says so if nothing comes of it."""

import asyncio
import html
import json

import pytest

import ppo_edu
from ppo_edu.jupyter import finish
from ppo_edu.language import LANGUAGES, catalogue


class Shown:
    """What `ppo_edu.finish` shows, as a page has it."""

    def __init__(self):
        button, self._word, choice, self._page, _ = ppo_edu.finish()._view().children
        self._parts, buttons = (self._word, choice), (button, *choice.children)
        self.button, self.keep, self.end = buttons

    @property
    def words(self):
        """What is said beside the button, and whether there is a choice: each if it is visible."""
        word, choice = (part.layout.display != "none" for part in self._parts)
        return self._word.value if word else "", choice

    @property
    def script(self):
        return html.unescape(self._page.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_and_takes_no_for_an_answer(language):
    ppo_edu.use_language(language)
    words, shown = catalogue(language), Shown()
    assert shown.words == ("", False)
    for no in (shown.keep, shown.button):
        shown.button.click()
        assert shown.words == (words["finish.ask"], True) and not shown.script
        no.click()
        assert shown.words == ("", False) and not shown.script


def test_it_has_the_page_end_this_kernel_and_says_so_if_the_kernel_goes_on(monkeypatch):
    monkeypatch.setattr(finish.Finish, "SECONDS", 0.01)
    monkeypatch.setattr(finish, "kernel_id", lambda: 'an"id')

    async def confirmed():
        shown = Shown()
        shown.button.click()
        shown.end.click()
        assert shown.words == (ppo_edu.t("finish.ended"), False)
        assert f"ppoEdu.end({json.dumps('an' + chr(34) + 'id')});" in shown.script
        await asyncio.sleep(0.1)
        return shown

    shown = asyncio.run(confirmed())
    assert shown.words == (ppo_edu.t("finish.failed"), False)
    assert shown.script == "", "a page that is drawn anew would run it again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_kernel_a_line_stands_for_it(language):
    ppo_edu.use_language(language)
    bundle = ppo_edu.finish()._repr_mimebundle_()
    line = catalogue(language)["finish.still"]
    assert (
        bundle["text/plain"] == line and "<button" not in bundle["text/html"] and line in bundle["text/html"]
    )
