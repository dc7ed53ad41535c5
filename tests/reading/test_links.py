"""What the pages point to is there, or is told."""

from reading import links


def test_what_leads_nowhere_is_told(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="here"><a href="b.html#there">1</a><a href="#here">2</a><a href="https://x.org/no">3</a>'
        '<a href="#nowhere">4</a><img src="no.webp"><a href="b.html#no">5</a><a href="%EA%B0%80.html">6</a>'
        '<figure data-live="clip"></figure><form data-after="gone"></form></h1>',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<p id="there">', encoding="utf-8")
    (tmp_path / "가.html").write_text("", encoding="utf-8")
    told = [target for page, target in links.broken(tmp_path) if page == "a.html"]
    assert told == ["#nowhere", "no.webp", "b.html#no", "live/clip.w.js", "live/clip.n.js", "#gone"]
