"""What stands in for an Output where ipywidgets is version 7: the page runs what it holds."""

import ipywidgets

from ppo_edu.drawing import page as drawing_page


def test_the_page_runs_the_script_of_a_column(chrome, monkeypatch):
    monkeypatch.setattr(drawing_page, "names_pictures", lambda: False)
    script = drawing_page.column([ipywidgets.IntSlider()]).children[-1]
    page, wrong = chrome.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # As the classic notebook shows an HTML widget.
    page.set_content("<div class='widget-vbox'><div></div></div>")
    page.locator("div div").evaluate("(place, value) => { place.innerHTML = value; }", script.value)
    page.locator(".ppo-edu-column").wait_for()
    assert wrong == []
