"""The script of a column of widgets, as the classic notebook runs it, which has no Output in a column."""

import ipywidgets as widgets

from ppo_edu.drawing.page import column


def test_a_column_holds_no_output_and_the_page_runs_its_script(chrome):
    made = column([widgets.IntSlider()])
    assert not any(isinstance(part, widgets.Output) for part in made.children)
    page, wrong = chrome.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # As there an HTML widget is shown.
    page.set_content("<div class='widget-vbox'><div></div></div>")
    page.locator("div div").evaluate(
        "(place, value) => { place.innerHTML = value; }", made.children[-1].value
    )
    page.locator(".ppo-edu-column").wait_for(state="attached")
    assert wrong == []
    page.close()
