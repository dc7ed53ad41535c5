"""A saved lesson keeps every picture, and everything else that is in it."""

import copy
import json
from types import SimpleNamespace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import ppo_edu
from ppo_edu.jupyter import saving
from ppo_edu.jupyter.moving_stills import keep_moving
from ppo_edu.jupyter.saving import WIDGET_STATE, WIDGET_VIEW, keep_stills, keep_stills_of_the_course

VIEW = {"model_id": "abc", "version_major": 2, "version_minor": 0}


def saved(*outputs, metadata=None):
    """Return the outputs of a notebook's only code cell as they are saved."""
    cells = [new_markdown_cell("# words"), new_code_cell("explorers.clip()", outputs=list(outputs))]
    model = {"type": "notebook", "content": new_notebook(cells=cells, metadata=metadata or {})}
    keep_stills(model=model, path="ko/03_ratio.ipynb", contents_manager=None)
    nbformat.validate(model["content"])
    return model["content"]["cells"][1]["outputs"]


def shown(**kinds):
    return new_output("display_data", data=kinds, metadata={"image/png": {"alt": "a curve"}})


@pytest.mark.parametrize("still", ["image/png", "image/jpeg", "image/svg+xml", "image/webp"])
def test_a_widget_gives_way_to_the_still_beside_it(still):
    before = shown(**{WIDGET_VIEW: VIEW, still: "iVBO", "text/plain": "Explorer"})
    (after,) = saved(before)
    assert after["data"] == {still: "iVBO", "text/plain": "Explorer"}
    assert after["metadata"] == {"image/png": {"alt": "a curve"}}


def test_a_widget_without_a_still_stays():
    before = shown(**{WIDGET_VIEW: VIEW, "text/plain": "FloatSlider()"})
    assert saved(copy.deepcopy(before)) == [before]


def test_a_widget_whose_state_is_saved_stays():
    before = shown(**{WIDGET_VIEW: VIEW, "image/png": "iVBO"})
    state = {"widgets": {WIDGET_STATE: {"state": {"abc": {}}, "version_major": 2, "version_minor": 0}}}
    assert saved(copy.deepcopy(before), metadata=state) == [before]


def test_a_prediction_is_saved_as_it_was_chosen_after_its_cell_had_run(tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(tmp_path / "progress.json"))
    asked = ppo_edu.predict("gae.smoother", "yes", "<no>")
    data, metadata = asked._repr_mimebundle_()
    asked.choose("<no>")
    (after,) = saved(new_output("display_data", data=data, metadata=metadata))
    assert after["data"] == {"text/plain": repr(asked), "text/html": asked._repr_html_()}
    assert "☑ <b>&lt;no&gt;</b>" in after["data"]["text/html"] and after["metadata"] == metadata


@pytest.mark.parametrize("code", ["import ppo_edu", "import bqplot"])
def test_a_server_of_others_keeps_the_stills_of_the_courses_notebooks_alone(code):
    output = shown(**{WIDGET_VIEW: VIEW, "image/png": "iVBO"})
    content = new_notebook(cells=[new_code_cell(code), new_code_cell("show()", outputs=[output])])
    keep_stills_of_the_course(model={"type": "notebook", "content": content}, path="x.ipynb")
    assert (WIDGET_VIEW in content.cells[1].outputs[0]["data"]) == (code != "import ppo_edu")


def with_explorer(png, **told):
    """Return a notebook that shows an explorer: its picture, and what is told of it."""
    return {
        "metadata": {},
        "cells": [{"outputs": [{"data": {"image/png": png}, "metadata": {"image/png": told}}]}],
    }


MOVING = with_explorer("moving", explorer="explorers.clip() ko", moves=True, height=410)


def test_a_picture_goes_on_moving_unless_it_shows_something_else():
    same = with_explorer("still", explorer="explorers.clip() ko", height=350)
    others = [
        with_explorer("still", height=350),
        with_explorer("still", explorer="explorers.clip() en", height=350),
    ]
    for now in (same, *others, copy.deepcopy(MOVING)):
        keep_moving(MOVING, now)
    assert same == MOVING
    assert [each["cells"][0]["outputs"][0]["data"]["image/png"] for each in others] == ["still", "still"]


def test_saved_it_moves_as_the_course_has_it_or_else_as_the_file_did(tmp_path, monkeypatch):
    course, mine = tmp_path / "course", tmp_path / "mine"
    monkeypatch.setattr(saving, "COURSE", course)
    manager = SimpleNamespace(root_dir=str(mine))

    def save():
        now = with_explorer("still", explorer="explorers.clip() ko")
        keep_stills(model={"content": now}, path="ko/한 03.ipynb", contents_manager=manager)
        return now["cells"][0]["outputs"][0]["data"]["image/png"]

    assert save() == "still"
    for folder, png in ((mine, "of the file"), (course, "of the course")):
        (folder / "ko").mkdir(parents=True)
        moving = with_explorer(png, explorer="explorers.clip() ko", moves=True)
        (folder / "ko" / "한 03.ipynb").write_text(json.dumps(moving), encoding="utf-8")
        assert save() == png
    for damaged in (b"{", b"[]", b"\xff", b"[" * 100_000):
        (course / "ko" / "한 03.ipynb").write_bytes(damaged)
        assert save() == "of the file"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "content",
                    "metadata",
                    "widgets",
                    WIDGET_STATE,
                    "state",
                    "cells",
                    "outputs",
                    "data",
                    "image/png",
                    WIDGET_VIEW,
                    "explorer",
                    "moves",
                    "text/html",
                    "prediction",
                    "choices",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(anything, anything, anything)
def test_whatever_is_saved_nothing_is_raised_and_nothing_else_is_lost(model, cells, data):
    for told in (
        model,
        {"content": model},
        {"content": {"metadata": {}, "cells": cells}},
        {"content": {"metadata": model, "cells": [{"outputs": [{"data": data}]}]}},
    ):
        before = json.loads(json.dumps(told))
        keep_stills(model=told)
        keep_stills_of_the_course(model=told)
        keep_moving(told.get("content") if isinstance(told, dict) else told, MOVING)
        keep_moving(MOVING, told.get("content") if isinstance(told, dict) else told)
        assert without_views(told) == without_views(before)


def without_views(part):
    if isinstance(part, dict):
        return {key: without_views(inner) for key, inner in part.items() if key != WIDGET_VIEW}
    return [without_views(inner) for inner in part] if isinstance(part, list) else part
