"""The notebooks of a lesson: built from its source, executed, cleaned."""

import base64
import copy
import io
import os

import nbformat
from nbclient import NotebookClient
from PIL import Image

from lessons import navigation, predictions
from lessons.references import resolved
from lessons.source import LANGUAGE_CALL, fingerprint, is_exercise, is_for_teachers, language_of
from ppo_edu.drawing import stills

MAX_CELL_SECONDS = 300
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
# Behind the lesson's own cells, so that who is done frees the kernel's memory.
FINISH = {"source": "ppo_edu.finish()", "id": "finish", "metadata": {"tags": ["navigation"]}}
# What a run writes here differs from machine to machine (the Python version), so it is not taken from there.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def build(lesson, language):
    """Return one language's notebook, not yet executed; cell ids come from the text, so they are stable."""
    english = {pair["ko"]: lesson.cells[pair["en"]].source for pair in lesson.pairs()}
    seen = {}
    cells = []
    asked = False
    for index, cell in enumerate(lesson.cells):
        if language_of(cell) not in (language, None) or is_for_teachers(cell):
            continue
        name = fingerprint(english.get(index, cell.source))
        seen[name] = seen.get(name, 0) + 1
        options = {
            "id": name if seen[name] == 1 else f"{name}-{seen[name]}",
            # jupytext adds lines_to_next_cell, for its own use
            "metadata": {
                key: value
                for key, value in cell.metadata.items()
                if key not in ("lang", "against", "lines_to_next_cell")
            },
        }
        source = cell.source
        if cell.cell_type == "code":
            if "language" in cell.metadata.get("tags", []):
                source = source.replace(LANGUAGE_CALL.format("en"), LANGUAGE_CALL.format(language))
            asked = asked and not is_exercise(cell)
            if asked:
                # What is committed would give the answer away: folded until the cell is run.
                options["metadata"]["jupyter"] = {"outputs_hidden": True}
            cells.append(nbformat.v4.new_code_cell(source, **options))
        else:
            asked = predictions.ends_in_one(source)
            text = predictions.with_blocks(resolved(source, lesson.slug, language))
            cells.append(nbformat.v4.new_markdown_cell(text, **options))
            if asked and (code := predictions.buttons(source, lesson.slug)):
                of_buttons = {"id": f"{options['id']}-p", "metadata": {"tags": [predictions.TAG]}}
                cells.append(nbformat.v4.new_code_cell(code, **of_buttons))
    _add_navigation(cells, lesson, language)
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(METADATA))


def _add_navigation(cells, lesson, language):
    """Put header, list of sections (below the title's cell), finish and footer among a lesson's cells."""
    ways = (
        ("header", 0, navigation.header),
        ("sections", 2, navigation.contents),
        ("footer", None, navigation.footer),
    )
    for name, place, make in ways:
        if text := make(lesson, language):
            if name == "footer":
                cells.append(nbformat.v4.new_code_cell(**copy.deepcopy(FINISH)))
            cell = nbformat.v4.new_markdown_cell(text, id=name, metadata={"tags": ["navigation"]})
            cells.insert(len(cells) if place is None else place, cell)


async def execute(notebook, folder):
    """Run every cell of `notebook` in place, in a fresh kernel that stands in `folder`."""
    client = client_of(notebook, folder)
    # A backend chosen for scripts would keep figures out of the notebook.
    env = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    # Readers without a kernel see an explorer move by itself.
    await client.async_execute(env={**env, stills.VARIABLE: "1"})


def _generated(cell):
    return cell.id == FINISH["id"] or predictions.TAG in cell.metadata.get("tags", [])


async def take_over(notebook, folder, before):
    """Give `notebook`, in place, the outputs of the notebook `before`, whose code must be the same.

    Only the generator's own cells run, which say words: the predictions' buttons, and the last.

    Raises
    ------
    ValueError
        If there is other code in it.
    """
    own, there = ([cell for cell in code_cells(each) if not _generated(cell)] for each in (notebook, before))
    if [cell.source for cell in own] != [cell.source for cell in there]:
        raise ValueError("its code has changed, so it has to be run")
    for cell, same in zip(own, there, strict=True):
        cell.outputs = same.outputs
    chosen = [cell for cell in own if "language" in cell.metadata.get("tags", [])]
    generated = [cell for cell in code_cells(notebook) if _generated(cell)]
    if generated:
        alone = nbformat.v4.new_notebook(cells=copy.deepcopy([*chosen, *generated]))
        await execute(alone, folder)
        for cell, run in zip(generated, alone.cells[len(chosen) :], strict=True):
            cell.outputs = run.outputs
    for number, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number


def client_of(notebook, folder):
    """Return what runs `notebook`, in a fresh kernel that stands in `folder`."""
    return NotebookClient(
        notebook,
        timeout=MAX_CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        # It listens on this machine only, but would warn each time that it speaks plain TCP.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )


def clean(notebook):
    """Take out of `notebook`, in place, what only the kernel that ran it could show again."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            if "text/html" in data or any(kind.startswith("image/") for kind in data):
                data.pop(WIDGET_VIEW, None)
            if "image/png" in data:
                data["image/png"] = with_fewer_colours(data["image/png"])
        cell.outputs = _join_streams(cell.outputs)


def with_fewer_colours(png):
    """Return a still picture, PNG in base64, with 256 colours: a third of the size, and no eye sees it."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        if picture.mode == "P" or getattr(picture, "is_animated", False):
            return png
        # Of Pillow's methods the one that stays nearest to every colour, and leaves white as white as it was.
        flat = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    flat.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _join_streams(outputs):
    # A kernel sends what a cell prints in chunks that depend on timing.
    joined = []
    for output in outputs:
        before = joined[-1] if joined else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            before.text += output.text
        else:
            joined.append(output)
    return joined


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
