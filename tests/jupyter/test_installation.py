"""The first lesson's report: right on this machine, and specific where something is wrong."""

import importlib.metadata

import pytest

import ppo_edu
from ppo_edu import language
from ppo_edu.jupyter import installation


def test_complete_here():
    report = installation.report()
    assert report.complete, repr(report)
    assert f"torch {importlib.metadata.version('torch')}" in repr(report)
    assert "\n" not in repr(report)


def test_where_all_is_here_it_is_one_short_line_with_the_versions_folded():
    line, _, folded = installation.report()._repr_html_().partition("</summary>")
    assert line.startswith("<details><summary>✓ ") and len(line) < 90
    assert f"torch\u00a0{importlib.metadata.version('torch')}" in folded


def test_test_packages_are_not_asked_for(monkeypatch):
    assert "hypothesis" not in repr(installation.report())


@pytest.mark.parametrize("chosen", ["ko", "en"])
def test_what_is_wrong_is_named_with_what_to_do(monkeypatch, chosen):
    ppo_edu.use_language(chosen)
    wanted = ["surely-not-installed>=1.0", "numpy>=999", "matplotlib>=3.9"]
    monkeypatch.setattr(installation.importlib.metadata, "requires", lambda name: wanted)
    monkeypatch.setattr(installation, "korean_font", lambda: None)
    report = installation.report()
    assert [right for right, _ in report.lines] == [True, False, False, True, False]
    for words in ("pip install surely-not-installed", "pip install --upgrade numpy", "koreanize-matplotlib"):
        assert words in repr(report)


def test_without_the_font_package_nothing_fails(monkeypatch):
    monkeypatch.setattr(language, "korean_font", lambda: None)
    ppo_edu.use_language("ko")
