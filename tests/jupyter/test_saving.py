"""A saved lesson keeps every picture, and everything else that is in it."""

import copy
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from ppo_edu.jupyter.server import WIDGET_STATE, WIDGET_VIEW, keep_stills

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
        assert without_views(told) == without_views(before)


def without_views(part):
    if isinstance(part, dict):
        return {key: without_views(inner) for key, inner in part.items() if key != WIDGET_VIEW}
    return [without_views(inner) for inner in part] if isinstance(part, list) else part
