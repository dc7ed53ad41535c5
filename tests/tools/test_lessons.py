"""tools/lessons keeps its promises, and the committed notebooks are what the sources make."""

import ast
import base64
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import lab
import nbformat
import numpy as np
import pytest
import short_trainings
from lessons import __main__ as command
from lessons import notebook as building
from lessons import outputs as outcome
from lessons import source as sources
from nbformat.v4 import new_code_cell, new_output
from PIL import Image

NOTEBOOKS = sources.NOTEBOOKS
LESSONS = sources.find_lessons()

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

GOOD = """\
# %% [markdown] lang="en"
# # Toy
#
# $\\epsilon$ bends it.

# %% [markdown] lang="ko"
# # 장난감
#
# $\\epsilon$이 굽힙니다.

# %% tags=["language"]
import ppo_edu

ppo_edu.use_language("en")

# %% tags=["nbval-check-output"]
print("one")
print(len("two"), flush=True)

# %% [markdown] lang="ko"
# 위젯입니다.

# %% [markdown] lang="en"
# A widget.

# %%
import time
from pathlib import Path

import ipywidgets
from IPython.display import display

slider = ipywidgets.FloatSlider()
words = {"image/png": {"alt": "a dot"}}
pixel = "PIXEL"
display({**slider._repr_mimebundle_(), "image/png": pixel}, metadata=words, raw=True)
print("below")
time.sleep(0.4)
print("in", Path.cwd().name)
handle = display("first", display_id=True)

# %%
handle.update("last")


# %% tags=["raises-exception"]
# %xmode Minimal
1 / 0
""".replace("PIXEL", PIXEL)


def folder_with(tmp_path, **sources):
    (tmp_path / "source").mkdir()
    for name, text in sources.items():
        (tmp_path / "source" / f"{name}.py").write_bytes(text.encode("utf-8"))
    return tmp_path


def lesson_of(text):
    return sources.Lesson(Path("07_toy.py"), text)


def agreed(folder):
    for lesson in sources.find_lessons(folder):
        sources.agree(lesson)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a folder whose one good lesson has been made, in a path as learners have them."""
    folder = folder_with(tmp_path_factory.mktemp("빈 폴더"), **{"07_toy": GOOD})
    agreed(folder)
    assert command.main([], folder) == 0
    return folder


@pytest.fixture
def copy_of_made(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "copy"))


def read_notebook(folder, language):
    return nbformat.read(folder / language / "07_toy.ipynb", as_version=4)


# The notebooks that are committed


def test_committed_notebooks_are_what_the_sources_make():
    assert LESSONS, "notebooks/source holds no lesson"
    problems = command.check()
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_saving_a_source_in_jupyterlab_changes_no_cell(lesson):
    saved = jupytext.writes(jupytext.reads(lesson.text, fmt="py:percent"), fmt="py:percent")
    # The header before the first cell may name jupytext's version.
    assert saved.partition("# %%")[1:] == lesson.text.partition("# %%")[1:]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_both_languages_run_the_same_code_and_print_the_same_numbers(lesson):
    """So `make test` needs to run only one of them: code cells differ in the texts that they say."""
    paths = (NOTEBOOKS / language / f"{lesson.name}.ipynb" for language in sources.LANGUAGES)
    ko, en = (nbformat.read(path, as_version=4).cells for path in paths)
    assert [*map(without_texts, ko)] == [*map(without_texts, en)]
    assert [*map(numbers_in, lab.key_numbers(ko))] == [*map(numbers_in, lab.key_numbers(en))]


def without_texts(cell):
    """Return what a code cell does, whatever its texts say; nothing for other cells."""
    if cell.cell_type != "code":
        return ""
    code = "".join(line for line in cell.source.splitlines(True) if not line.startswith("%"))
    return ast.dump(_WithoutTexts().visit(ast.parse(code)))


class _WithoutTexts(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.Constant("") if isinstance(node.value, str) else node


def numbers_in(text):
    words = re.sub(r"\d+분의 \d+", "", text)  # "a tenth", and the like
    return re.findall(r"\d[\d,.]*\d|\d", words)


# What is made of a good lesson


def test_a_made_lesson_passes_the_check(made):
    assert command.check(made) == []


def test_each_notebook_speaks_one_language_and_shares_the_code(made):
    ko, en = (read_notebook(made, language).cells for language in ("ko", "en"))
    assert [cell.source for cell in ko if cell.cell_type == "markdown"] == [
        "# 장난감\n\n$\\epsilon$이 굽힙니다.",
        "위젯입니다.",
    ]
    assert [cell.source for cell in en if cell.cell_type == "markdown"] == [
        "# Toy\n\n$\\epsilon$ bends it.",
        "A widget.",
    ]
    assert [cell.id for cell in ko] == [cell.id for cell in en]
    code = [pair for pair in zip(ko, en, strict=True) if pair[0].cell_type == "code"]
    [differing] = [[cell.source for cell in pair] for pair in code if pair[0].source != pair[1].source]
    assert differing == [f'import ppo_edu\n\nppo_edu.use_language("{name}")' for name in ("ko", "en")]


def test_cells_of_one_text_have_ids_of_their_own(made):
    text = GOOD + "\n# %%\nhandle.update(2)\n" * 3
    ids, again = ([cell.id for cell in building.build(lesson_of(text), "ko").cells] for _ in range(2))
    assert ids == again
    assert len(set(ids)) == len(ids) == 10
    assert ids[:7] == [cell.id for cell in read_notebook(made, "ko").cells]


def test_outputs_are_those_of_the_end_and_need_no_kernel(made):
    notebook = read_notebook(made, "ko")
    _, printed, shown, _, error = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert [output.text for output in printed.outputs] == ["one\n3\n"]
    picture, below, updated = shown.outputs
    assert picture.data.keys() == {"image/png", "text/plain"}
    assert picture.metadata["image/png"]["alt"] == "a dot"
    assert below.text == "below\nin ko\n"
    assert updated.data["text/plain"] == "'last'"
    assert error.outputs[-1].ename == "ZeroDivisionError"
    assert notebook.metadata == building.METADATA
    assert [set(cell.metadata) - {"tags"} for cell in notebook.cells] == [set()] * 7


def test_making_again_writes_the_same_bytes(copy_of_made):
    before = [(copy_of_made / language / "07_toy.ipynb").read_bytes() for language in ("ko", "en")]
    assert command.main(["7"], copy_of_made) == 0
    assert [(copy_of_made / language / "07_toy.ipynb").read_bytes() for language in ("ko", "en")] == before


def test_a_lesson_that_fails_leaves_the_old_notebooks_and_the_others_go_on(copy_of_made, capsys):
    source = copy_of_made / "source"
    other = "\n".join(GOOD.split("\n")[:15]) + "\n"
    (source / "08_other.py").write_text(other, encoding="utf-8")
    broken = GOOD.replace('len("two")', "len(2)")
    (source / "07_toy.py").write_text(broken, encoding="utf-8")
    before = (copy_of_made / "ko" / "07_toy.ipynb").read_bytes()
    assert command.main([], copy_of_made) == 1
    told = capsys.readouterr().err
    assert "ko/07_toy.ipynb" in told and "en/07_toy.ipynb" in told
    assert "print(len(2), flush=True)" in told and "TypeError" in told and "\x1b" not in told
    assert "left as they were: 07_toy\n" in told
    assert (copy_of_made / "ko" / "07_toy.ipynb").read_bytes() == before
    assert (copy_of_made / "en" / "08_other.ipynb").exists()
    assert not list(copy_of_made.rglob("*unfinished*"))


def test_an_output_that_readers_should_not_meet_is_not_written(tmp_path, capsys):
    noisy = "\n".join(GOOD.split("\n")[:15]) + "\n\n# %%\nimport warnings\n\nwarnings.warn('careful')\n"
    folder = folder_with(tmp_path, **{"07_toy": noisy})
    assert command.main([], folder) == 1
    assert "cell 3 ('import warnings') wrote to stderr" in capsys.readouterr().err
    assert not list(folder.rglob("*.ipynb"))


# nbval: what `make test-lessons` runs over the notebooks


def run_nbval(folder, *languages):
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-rA",
            "--nbval-lax",
            "--nbval-current-env",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(folder),
            *(str(folder / language) for language in languages),
        ],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
    )


def test_nbval_passes_with_widgets_and_fails_for_a_changed_number(copy_of_made):
    path = copy_of_made / "en" / "07_toy.ipynb"
    text = path.read_text(encoding="utf-8")
    assert text.count('"3\\n"') == 1
    path.write_text(text.replace('"3\\n"', '"4\\n"'), encoding="utf-8")
    # Both at once: to start pytest with nbval takes longer than to run a toy.
    done = run_nbval(copy_of_made, "ko", "en")
    lines = done.stdout.splitlines()
    outcomes = {
        (outcome, language): sum(line.startswith(f"{outcome} {language}/07_toy.ipynb") for line in lines)
        for outcome in ("PASSED", "FAILED")
        for language in ("ko", "en")
    }
    assert outcomes == {
        ("PASSED", "ko"): 5,
        ("FAILED", "ko"): 0,
        ("PASSED", "en"): 4,
        ("FAILED", "en"): 1,
    }, done.stdout
    assert done.returncode == 1
    assert "1 failed, 9 passed" in done.stdout and "Cell outputs differ" in done.stdout


def test_where_only_words_changed_the_outputs_stay(copy_of_made, capsys):
    before = read_notebook(copy_of_made, "en")
    change_source(copy_of_made, "# A widget.", "# One widget.")
    agreed(copy_of_made)
    assert command.main(["--words"], copy_of_made) == 0
    now = read_notebook(copy_of_made, "en")
    assert [cell.source for cell in now.cells if "widget." in cell.source] == ["One widget."]
    assert [cell.get("outputs") for cell in now.cells] == [cell.get("outputs") for cell in before.cells]
    assert command.check(copy_of_made) == []
    change_source(copy_of_made, 'print("one")', 'print("two")')
    assert command.main(["--words"], copy_of_made) == 1
    assert "its code has changed" in capsys.readouterr().err
    assert read_notebook(copy_of_made, "en") == now


# What the check finds in committed notebooks


def change_source(folder, old, new):
    path = folder / "source" / "07_toy.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def change_notebook(folder, language, change):
    notebook = read_notebook(folder, language)
    change(notebook)
    (folder / language / "07_toy.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def set_code(notebook):
    notebook.cells[2].source += "\n1 + 1"


def set_markdown(notebook):
    notebook.cells[0].source += "!"


def set_tags(notebook):
    notebook.cells[2].metadata.tags = []


def set_id(notebook):
    notebook.cells[2].id = "other"


def set_metadata(notebook):
    notebook.metadata["widgets"] = {}


def drop_cell(notebook):
    notebook.cells.pop()


def forget_run(notebook):
    notebook.cells[2].execution_count = None


def run_twice(notebook):
    notebook.cells[2].execution_count = 9


def add_error(notebook):
    notebook.cells[2].outputs.append(new_output("error", ename="KeyError", evalue="x", traceback=[]))


def add_widget(notebook):
    notebook.cells[2].outputs.append(new_output("display_data", {building.WIDGET_VIEW: {"model_id": "x"}}))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (set_code, "the source of cell 3, 'print(\"one\")', differs"),
        (set_markdown, "the source of cell 1"),
        (set_tags, "the metadata of cell 3"),
        (set_id, "the id of cell 3"),
        (set_metadata, "its metadata differ"),
        (drop_cell, "7 cells expected, 6 found"),
        (forget_run, "was not executed from top to bottom"),
        (run_twice, "was not executed from top to bottom"),
        (add_error, "raised KeyError: x"),
        (add_widget, "shows only a widget"),
    ],
)
def test_check_finds_a_notebook_edited_by_hand(copy_of_made, change, told):
    change_notebook(copy_of_made, "en", change)
    [problem] = command.check(copy_of_made)
    assert problem.startswith("en/07_toy.ipynb ")
    assert told in problem


def test_check_finds_missing_and_orphaned_notebooks(copy_of_made):
    (copy_of_made / "ko" / "07_toy.ipynb").rename(copy_of_made / "ko" / "08_gone.ipynb")
    assert command.check(copy_of_made) == [
        "ko/07_toy.ipynb is missing: make lessons LESSON=07_toy",
        "ko/08_gone.ipynb: has no source; remove it",
    ]


# Stale translations


def test_a_changed_cell_makes_its_sibling_stale(copy_of_made, capsys):
    change_source(copy_of_made, "# A widget.", "# A better widget.")
    found = command.check(copy_of_made)
    [stale] = [problem for problem in found if "stale" in problem]
    assert stale.startswith("07_toy.py:20: cell 5 ('위젯입니다.') the Korean is stale")
    assert "the English beside it, cell 6 ('A better widget.'), has changed;" in stale
    assert "make agree LESSON=07" in stale
    assert command.main(["--check"], copy_of_made) == 1

    before = (copy_of_made / "source" / "07_toy.py").read_bytes()
    assert command.main(["--agree", "07"], copy_of_made) == 0
    assert "cell 5" in capsys.readouterr().out
    after = (copy_of_made / "source" / "07_toy.py").read_bytes()
    lines = zip(before.decode().splitlines(), after.decode().splitlines(), strict=True)
    [changed] = [new for old, new in lines if old != new]
    assert changed == f'# %% [markdown] lang="ko" against="{sources.fingerprint("A better widget.")}"'
    assert sources.stale_pairs(sources.find_lessons(copy_of_made)[0]) == []


def test_agree_keeps_every_other_byte_of_a_windows_checkout(tmp_path):
    text = GOOD.replace("\n", "\r\n").replace('lang="ko"', 'lang="ko" against="00000000" tags=["x"]', 1)
    folder = folder_with(tmp_path, **{"07_toy": text})
    [lesson] = sources.find_lessons(folder)
    assert len(sources.agree(lesson)) == 4
    written = (folder / "source" / "07_toy.py").read_bytes().decode("utf-8")
    assert sources.AGAINST.sub("", written) == sources.AGAINST.sub("", text)
    assert 'lang="ko" against="' in written and '" tags=["x"]\r\n' in written
    [lesson] = sources.find_lessons(folder)
    assert sources.stale_pairs(lesson) == []
    assert sources.agree(lesson) == []


def test_fingerprints_ignore_newlines_and_outer_space_alone():
    assert sources.fingerprint("a\nb") == sources.fingerprint("a\r\nb\n") == sources.fingerprint(" a\nb ")
    assert sources.fingerprint("a\nb") != sources.fingerprint("a b")


# What a source must keep to


def test_a_good_source_has_no_problems():
    assert sources.problems_in_source(lesson_of(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('lang="ko"\n# # ', "\n# # ", "07_toy.py:6: cell 2 ('# 장난감') does not say its language"),
        ('# %% [markdown] lang="ko"\n# 위젯입니다.', "", "cell 5 ('A widget.') is English without Korean"),
        ("# 위젯입니다.", "", "cell 5 ('') is empty"),
        ('"one"', '"하나"', "has Hangul in its code"),
        ('print("one")', 'print(f"{1:2} runs in all")', "has the words 'runs in'"),
        ('print("one")', 'print("one")  # says one', "has the comment '# says one'"),
        ('print("one")', "x = 1\n" * 24, "has 26 lines; 25 fit a screen"),
        ('print("one")', "print(", "is not Python"),
        ('use_language("en")', 'use_language("ko")', 'say ppo_edu.use_language("en")'),
        ('# %% tags=["language"]', "# %%", 'one code cell must be tagged tags=["language"]'),
        ('["nbval-check-output"]', '["language"]', 'one code cell must be tagged tags=["language"]'),
        ('# %% tags=["language"]', "# %% [raw]", "is neither markdown nor code"),
        ('# %% [markdown] lang="en"\n# # Toy', "import sys\n\n# %%\nToy", "text before the first"),
    ],
)
def test_each_rule_for_sources_is_told(old, new, told):
    assert GOOD.count(old) == 1
    problems = sources.problems_in_source(lesson_of(GOOD.replace(old, new)))
    assert any(told in problem for problem in problems), problems


def test_an_unknown_lesson_names_those_there_are(tmp_path):
    folder = folder_with(tmp_path, **{"07_toy": GOOD})
    with pytest.raises(SystemExit, match="no lesson '9'; there are: 07_toy"):
        command.main(["9"], folder)


# What outputs must keep to


def notebook_with(output, tags=()):
    cell = new_code_cell("show()", outputs=[output], execution_count=1, metadata={"tags": list(tags)})
    return nbformat.v4.new_notebook(cells=[cell])


def printed(text):
    return new_output("stream", name="stdout", text=text)


def picture(kind="image/png", data=PIXEL, **words):
    return new_output("display_data", {kind: data}, metadata={kind: words})


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (new_output("stream", name="stderr", text="Glyph 4"), "wrote to stderr (a warning?): Glyph 4"),
        (new_output("error", ename="E", evalue="v", traceback=[]), "raised E: v"),
        (new_output("display_data", {building.WIDGET_VIEW: {}}), "shows only a widget"),
        (picture(), 'without metadata "alt"'),
        (picture(alt=" "), 'without metadata "alt"'),
        (picture(alt="a", explorer="explorers.clip() ko"), "shows 'explorers.clip() ko' at rest"),
        (new_output("display_data", {"text/html": '<img src="data:,x">'}), "a picture without alt text"),
        (picture(kind="image/gif", data="A" * 400_004, alt="a"), "300 kB"),
        (printed("<object at 0x7f3b2c1d>"), "prints a memory address: 'at 0x7f3b2c1d'"),
        (printed("File /home/minji/x.py:3"), "prints a path of this machine: '/home/minji/x.py:3'"),
        (printed(f"in {NOTEBOOKS.parent.resolve()}/x"), "prints a path of this machine"),
        (printed(r"C:\Users\minji\x.py"), "prints a path of this machine"),
        (printed("File \x1b[32m~/x.py\x1b[39m"), "prints a path of this machine"),
        (printed("10 %\r20 %\r"), "a progress bar?"),
        (printed("x" * 1_500_001), "the limit is 1.5 MB"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_each_rule_for_outputs_is_told(output, told):
    [problem] = outcome.problems_in_outputs(notebook_with(output))
    assert told in problem


@pytest.mark.parametrize(
    "output",
    [
        picture(alt="two curves"),
        picture(alt="two curves", explorer="explorers.clip() ko", moves=True),
        printed("see https://example.org/home/x and r = 1/2, ~0.5, at 0.25, 12:00, and/or"),
        new_output("display_data", {"text/html": '<img alt="a curve" src="data:image/png;base64,A+/tmp/A">'}),
    ],
)
def test_what_is_good_in_an_output_stays(output):
    assert outcome.problems_in_outputs(notebook_with(output)) == []


def test_a_cell_to_be_compared_must_print_something():
    [problem] = outcome.problems_in_outputs(notebook_with(picture(alt="a dot"), tags=["nbval-check-output"]))
    assert "prints nothing that could be compared" in problem


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("??/*.ipynb")), ids=lambda path: path.stem)
def test_committed_pictures_can_be_read(path):
    outputs = [
        output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", ())
    ]
    pictures = [output["data"]["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert pictures or path.stem == "questions"
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            image.load()
            assert image.width > 100


@pytest.mark.parametrize("line", short_trainings.IN_CELLS)
def test_what_tests_run_shorter_stands_in_a_lesson(line):
    assert sum(cell.source.count(line) for lesson in LESSONS for cell in lesson.cells) == 1


def test_committed_pictures_lose_weight_and_no_visible_colour():
    from ppo_edu import figures
    from ppo_edu.drawing.animation import watch

    full = base64.b64encode(figures.ppoclip().png()).decode()
    small = building.with_fewer_colours(full)
    assert len(small) < len(full) / 2
    before, after = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), dtype=int)
        for png in (full, small)
    )
    # Of 255 steps of brightness; a step or two is below what an eye can tell.
    assert np.abs(before - after).max() <= 16 and np.abs(before - after).mean() < 0.5
    assert building.with_fewer_colours(small) == small
    film = base64.b64encode(watch(lambda observation: 0, steps=10).png).decode()
    assert building.with_fewer_colours(film) == film
