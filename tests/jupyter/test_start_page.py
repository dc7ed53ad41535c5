"""The first page says what there is and what is done, in both languages, and leads there."""

import re

import pytest

import ppo_edu
from ppo_edu.jupyter.own_copy import COURSE, OwnCopy
from ppo_edu.jupyter.start_page import page
from ppo_edu.language import catalogue
from ppo_edu.language.lessons import lessons


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(tmp_path / "progress.json"))
    copy = OwnCopy(tmp_path / "내 레슨 <b>", COURSE)
    copy.fill()
    return copy


@pytest.mark.parametrize(("system", "first"), [("ko_KR.UTF-8", "ko"), ("en_US:ko", "en"), ("de_DE", "en")])
def test_the_language_of_the_system_comes_first(copy, monkeypatch, system, first):
    monkeypatch.setenv("LANGUAGE", system)
    shown = page(copy, "/", "")
    assert re.findall(r'<section lang="(\w+)"', shown)[0] == first
    assert f'<html lang="{first}">' in shown
    # The other one is further down than a screen.
    for language, other in (("ko", "en"), ("en", "ko")):
        assert f'<section lang="{language}" id="{language}">' in shown and f'href="#{other}"' in shown


def test_every_lesson_has_its_link_minutes_and_exercises(copy):
    shown = page(copy, "/base/", "<guard>")
    for language in ("ko", "en"):
        for entry in lessons().values():
            assert f'href="/base/lab/tree/{language}/{entry.name}.ipynb">' in shown
    assert shown.count("<guard>") == 2 * len(lessons())
    assert "☐ 0/4" in shown and "<b>" not in shown
    assert f"Begin here: {lessons()['start_here'].heading('en')}" in shown


def test_what_is_done_and_what_is_newer_and_what_is_gone(copy, monkeypatch):
    ppo_edu.check("lambda_ends", 1.8)
    (copy.folder / "en" / f"{lessons()['ratio'].name}.ipynb").unlink()
    shown = page(copy, "/", "", "ko/x.ipynb", "old <one>")
    assert "☐ 1/4" in shown and "old &lt;one&gt;" in shown
    assert "Get it again" in shown and "Get the newer version" not in shown
    shown = page(copy, "/", "", "ko/x.ipynb", same="yes")
    assert catalogue("ko")["copy.is_fresh"].format(path="ko/x.ipynb") in shown and "role" in shown
    (copy.folder / ".ppo_edu.json").write_text("{}", "utf-8")
    assert "Get the newer version" in page(copy, "/", "")
