"""A notebook that is saved keeps its pictures, with any Jupyter server of an environment that has the course.

``jupyter lab --ServerApp.jpserver_extensions=ppo_edu.jupyter.saving=True`` does so for notebooks that use the
course. The server that ``python -m ppo_edu`` starts does it for all.
"""

import json
from pathlib import Path

from ppo_edu.exercises import prediction
from ppo_edu.jupyter.moving_stills import keep_moving
from ppo_edu.jupyter.own_copy import COURSE

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

# A picture, or words: ipywidgets' own have neither.
_STILLS = ("image/", "text/html")


def keep_stills(model, path="", contents_manager=None, **_):
    """Leave widgets out of a notebook that is about to be saved where a still picture stands beside them.

    A widget lives in its kernel. Reopened without it, JupyterLab shows an error in place of the widget, even
    though the picture is in the file. A widget without a picture, or whose state is saved along, is left as
    it is. A picture that moves by itself in the course's file, or in the one that is saved over, goes on
    moving, and a prediction stands as it was chosen. Whatever the notebook is like, nothing is raised: saving
    it must be possible.
    """
    try:
        content = model["content"]
        saved = content["metadata"].get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
        outputs = [output for cell in content["cells"] for output in cell.get("outputs", ())]
    except (KeyError, TypeError, AttributeError):  # no notebook
        return
    for output in outputs:
        data = output.get("data") if isinstance(output, dict) else None
        told = output.get("metadata") if isinstance(output, dict) else None
        told = told.get("text/html") if isinstance(told, dict) else None
        if isinstance(data, dict) and isinstance(told, dict):
            data |= prediction.as_chosen(told)
        if not isinstance(data, dict) or not any(kind.startswith(_STILLS) for kind in data):
            continue
        view = data.get(WIDGET_VIEW)
        if not isinstance(view, dict) or view.get("model_id") not in saved:
            data.pop(WIDGET_VIEW, None)
    # The course's own first: what is saved over may be of an older version.
    for folder in (COURSE, getattr(contents_manager, "root_dir", None)):
        if folder and path:
            keep_moving(_notebook(Path(folder) / path.lstrip("/")), content)


def _notebook(file):
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def keep_stills_of_the_course(model, **more):
    """Do what `keep_stills` does if some cell names the course: others' notebooks stay as they are."""
    content = model.get("content") if isinstance(model, dict) else None
    cells = content.get("cells") if isinstance(content, dict) else None
    told = [cell.get("source") for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    if any("ppo_edu" in str(source) for source in told):
        keep_stills(model=model, **more)


def _jupyter_server_extension_points():
    return [{"module": "ppo_edu.jupyter.saving"}]


def _load_jupyter_server_extension(app):
    app.contents_manager.register_pre_save_hook(keep_stills_of_the_course)
