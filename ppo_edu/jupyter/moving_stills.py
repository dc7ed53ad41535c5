"""A lesson that is saved goes on showing the explorers in motion to who opens it without a kernel."""


def keep_moving(before, now):
    """Put into the notebook `now`, in place, the moving stills of the same explorers in `before`.

    So a notebook that was run and is saved over one whose pictures moved goes on moving: nothing is drawn.

    Parameters
    ----------
    before, now : dict
        As JSON has notebooks; in what is none, nothing is found. An explorer is known by its call, so that
        one of other data stays as it is.
    """
    moving = {
        told["explorer"]: (data["image/png"], told) for data, told in _explorers(before) if told.get("moves")
    }
    for data, told in _explorers(now):
        if told["explorer"] in moving and not told.get("moves"):
            data["image/png"], as_before = moving[told["explorer"]]
            told |= as_before


def _explorers(notebook):
    """Yield the data, and what is told of the picture, of each output that shows an explorer."""
    for cell in _part(notebook, "cells", list):
        for output in _part(cell, "outputs", list):
            data, told = _part(output, "data", dict), _part(output, "metadata", dict)
            told = _part(told, "image/png", dict)
            if "image/png" in data and isinstance(told.get("explorer"), str):
                yield data, told


def _part(whole, name, kind):
    part = whole.get(name) if isinstance(whole, dict) else None
    return part if isinstance(part, kind) else kind()
