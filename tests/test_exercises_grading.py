"""A folder of handed-in notebooks becomes a table, whatever one of them does."""

import csv
import os
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import __main__ as command
from ppo_edu.exercises import grading

RIGHT = """
def clipped_surrogate(ratio, advantage, epsilon):
    return np.minimum(ratio * advantage, ratio.clip(1 - epsilon, 1 + epsilon) * advantage)

ppo_edu.check("clipped_surrogate", clipped_surrogate)
"""
START = "import os, sys, time\nimport numpy as np\nimport ppo_edu"
CHOICE = "ppo_edu.check('lambda_ends', 'd')"


def hand_in(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = new_notebook(cells=[new_markdown_cell("# 제출"), *map(new_code_cell, cells)])
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("제출 폴더")
    hand_in(folder / "김민지" / "03.ipynb", START, RIGHT, "1 / 0", "sys.exit(3)", "%time 1 + 1",
            "ppo_edu.check('gradient_cases', 'ab')", "input('?')")
    hand_in(folder / "김민지" / "더" / "04.ipynb", START, CHOICE, "ppo_edu.check('time_limit', ...)")
    hand_in(folder / "=1+1.ipynb", START, "ppo_edu.check('lambda_ends', 'a')")
    hand_in(folder / "swallows.ipynb", START, CHOICE, "held = bytearray(10**9)", "time.sleep(60)")
    hand_in(folder / "leaves.ipynb", START, CHOICE, "os._exit(0)", "ppo_edu.check('time_limit', 'a')")
    spoil = "open(os.environ['PPO_EDU_PROGRESS'], 'w').write('[1, 2')"
    hand_in(folder / "spoils.ipynb", START, CHOICE, spoil, "os.chdir('/')", "raise KeyboardInterrupt")
    hold = "held = bytearray(10**9); import time; time.sleep(60)"
    spawn = f"import subprocess\nsubprocess.Popen([sys.executable, '-c', '{hold}'])"
    hand_in(folder / "spawns.ipynb", START, spawn, "time.sleep(60)")
    (folder / "broken.ipynb").write_bytes(b'{"cells": [\xff')
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "leaves-checkpoint.ipynb").write_bytes(b"")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.ipynb")
    return folder


@pytest.fixture(scope="module")
def table(folder):
    """The table as a program reads it: a dict for each learner."""
    ppo_edu.use_language("en")
    path = folder / "grades.csv"
    told = []
    grading.grade(folder, path, seconds=240, memory=700e6, jobs=3, on_notebook=told.append)
    with open(path, encoding="utf-8-sig", newline="") as stream:
        rows = {row["learner"]: row for row in csv.DictReader(stream)}
    assert len(told) == 8
    return rows


def test_the_table_opens_in_excel_with_hangul(folder, table):
    assert (folder / "grades.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "김민지" in table


def test_one_row_a_learner_and_a_column_an_exercise(table):
    assert list(table) == [
        "'=1+1", "broken", "leaves", "spawns", "spoils", "swallows", "김민지"
    ]  # fmt: skip
    minji = table["김민지"]
    assert list(minji) == ["learner", *exercises.names(), "passed", "notes"]
    tried = {name: minji[name] for name in exercises.names() if minji[name]}
    assert tried == {"clipped_surrogate": "1", "gradient_cases": "0", "lambda_ends": "1"}
    assert minji["passed"] == "2"
    assert minji["notes"].startswith("03.ipynb: errors in cells 4 (ZeroDivisionError), 5 (SystemExit), 8 (")
    assert "04.ipynb" not in minji["notes"]


def test_a_name_that_looks_like_a_formula_stays_a_text(table):
    assert table["'=1+1"]["lambda_ends"] == "0" and table["'=1+1"]["notes"] == ""


@pytest.mark.parametrize(
    ("learner", "passed", "note"),
    [
        ("swallows", "1", "swallows.ipynb: out of memory"),
        ("spawns", "0", "spawns.ipynb: out of memory"),
        ("leaves", "1", "leaves.ipynb: the kernel ended in cell 4"),
        ("spoils", "0", "spoils.ipynb: errors in cells 6 (KeyboardInterrupt); wrote into the record of its "
         "exercises, which cannot be read any more"),
        ("broken", "0", "broken.ipynb: ended before its last cell, or is no notebook"),
    ],
)
def test_what_went_wrong_is_noted_and_what_was_passed_before_counts(table, learner, passed, note):
    assert (table[learner]["passed"], table[learner]["notes"]) == (passed, note)


def test_a_notebook_without_end_is_ended(tmp_path):
    hand_in(tmp_path / "loops.ipynb", "while True: pass")
    started = time.monotonic()
    [handed] = grading.grade(tmp_path, tmp_path / "grades.csv", seconds=2)
    assert handed.note == "out of time" and time.monotonic() - started < 30
    assert "loops.ipynb: out of time" in (tmp_path / "grades.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(("language", "words"), [("en", "RUNS THE LEARNERS' CODE"), ("ko", "학생의 코드를")])
def test_the_help_says_that_code_is_run(language, words, capsys):
    with pytest.raises(SystemExit, match="0"):
        command.main(["grade", "--language", language, "--help"])
    assert words in capsys.readouterr().out


def test_a_folder_without_notebooks_is_told(tmp_path, capsys):
    for folder, told in ((tmp_path, "no notebooks"), (tmp_path / "gone", "there is no folder")):
        with pytest.raises(SystemExit, match="2"):
            command.main(["grade", str(folder), "--language", "en", "--table", str(tmp_path / "t.csv")])
        assert told in capsys.readouterr().err
    assert not (tmp_path / "t.csv").exists()


def test_the_command_tells_each_notebook(tmp_path, capsys):
    hand_in(tmp_path / "철수.ipynb", START, CHOICE)
    assert command.main(["grade", str(tmp_path), "--language=ko", "--table", str(tmp_path / "표.csv")]) == 0
    assert "철수  철수.ipynb: 1개 통과" in capsys.readouterr().out
    assert (tmp_path / "표.csv").read_text(encoding="utf-8-sig").startswith(f"이름,{exercises.names()[0]},")
