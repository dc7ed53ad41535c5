"""The script of a column of widgets, put into a page as the classic notebook puts an HTML widget there."""

import ipywidgets as widgets

from ppo_edu.drawing.page import column

# As ipywidgets 7 makes one.
SLIDER = """<div class="widget-slider"><label class="widget-label">epsilon</label>
<span class="ui-slider-handle" tabindex="0"></span><div class="widget-readout">0.20</div></div>"""


def test_a_column_holds_no_output_and_the_page_runs_its_script(chrome):
    made = column([widgets.IntSlider()])
    # That notebook may have none, and then leaves out all that stands around it.
    assert not any(isinstance(part, widgets.Output) for part in made.children)
    page, wrong = chrome.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_content(f"<div class='widget-vbox'>{SLIDER}<p></p></div>")
    page.locator("p").evaluate("(place, value) => { place.innerHTML = value; }", made.children[-1].value)
    handle = page.get_by_role("slider", name="epsilon")
    handle.wait_for(state="attached")
    assert handle.get_attribute("aria-valuetext") == "0.20"
    assert page.locator(".widget-vbox.ppo-edu-column").count() == 1
    assert wrong == []
