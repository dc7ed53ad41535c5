"""A folder of handed-in notebooks becomes a table, whatever one of them does."""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import __main__ as command
from ppo_edu.exercises import grading
from ppo_edu.exercises.grading import file_names, sources

RIGHT = """
def clipped_surrogate(ratio, advantage, epsilon):
    return np.minimum(ratio * advantage, ratio.clip(1 - epsilon, 1 + epsilon) * advantage)

ppo_edu.check("clipped_surrogate", clipped_surrogate)
"""
START = "import os, sys, time\nimport numpy as np\nimport ppo_edu"
CHOICE = "ppo_edu.check('lambda_ends', 1.8)"


def hand_in(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    notebook = new_notebook(cells=[new_markdown_cell("# 제출"), *map(new_code_cell, cells)])
    path.write_text(nbformat.writes(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("제출 폴더")
    hand_in(
        folder / "김민지" / "03.ipynb",
        START,
        RIGHT,
        "1 / 0",
        "sys.exit(3)",
        "%time 1 + 1",
        "ppo_edu.check('gradient_cases', 'ab')",
        "input('?')",
    )
    hand_in(folder / "김민지" / "더" / "04.ipynb", START, CHOICE, "ppo_edu.check('time_limit', ...)")
    hand_in(folder / "=1+1.ipynb", START, "ppo_edu.check('lambda_ends', 9)")
    hand_in(folder / "swallows.ipynb", START, CHOICE, "held = bytearray(10**9)", "time.sleep(60)")
    hand_in(folder / "leaves.ipynb", START, CHOICE, "os._exit(0)", "ppo_edu.check('time_limit', 6)")
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
    assert list(table) == ["'=1+1", "broken", "leaves", "spawns", "spoils", "swallows", "김민지"]
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
        (
            "spoils",
            "0",
            "spoils.ipynb: errors in cells 6 (KeyboardInterrupt); wrote into the file of what is "
            "done, which cannot be read any more",
        ),
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


PROBE = "import time; time.sleep(3600); 'left by a graded notebook'"
CLEAN = {
    "inline": ["%matplotlib inline\n" + START, CHOICE],
    "widget": ["%matplotlib widget\n" + START, CHOICE],
    "no_such_backend": ["%matplotlib nonsense\n" + START, CHOICE],
    "notebook": [START, "%matplotlib notebook\n" + CHOICE],
    "leaves_by_word": [START, "exit", CHOICE],
    "leaves_by_call": [START, "quit()", CHOICE],
    "asks_to_leave": [START, "get_ipython().ask_exit()", CHOICE],
    "kernel": [START + "\nassert get_ipython().kernel is not None", CHOICE],
    "waits": ["import asyncio\nawait asyncio.sleep(0)\n" + START, CHOICE],
    "shows": [START, "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()", CHOICE],
    "removes": [START, "import glob\nfor f in glob.glob({folder!r} + '/*/*.ipynb'): os.remove(f)", CHOICE],
    "starts": [
        START,
        f"import subprocess\nsubprocess.Popen([sys.executable, '-c', {PROBE!r}], start_new_session=True)",
        CHOICE,
    ],
    "forks_twice": [
        START,
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execve(sys.executable, [sys.executable, '-c', {PROBE!r}], {{}})\n"
        "    os._exit(0)",
        CHOICE,
    ],
}
if not hasattr(os, "fork"):
    del CLEAN["forks_twice"]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    ppo_edu.use_language("en")
    folder = tmp_path_factory.mktemp("clean")
    for name, cells in CLEAN.items():
        cells = [cell.replace("{folder!r}", repr(str(folder))) for cell in cells]
        hand_in(folder / name / "answers.ipynb", *cells)
    # As some editors on Windows write UTF-8: with a byte order mark.
    (folder / "waits" / "answers.ipynb").write_bytes(
        b"\xef\xbb\xbf" + (folder / "waits" / "answers.ipynb").read_bytes()
    )
    raw = os.path.join(os.fsencode(folder), "김민지".encode("cp949"))
    if os.name == "posix":
        place = folder / "later"
        hand_in(place / "a.ipynb", START, CHOICE)
        os.rename(place / "a.ipynb", os.path.join(os.fsencode(place), "과제.ipynb".encode("cp949")))
        os.rename(place, raw)
    done = grading.grade(folder, folder / "grades.csv", seconds=120, jobs=2)
    table = (folder / "grades.csv").read_text(encoding="utf-8-sig")
    return {handed.learner: handed for handed in done}, table


@pytest.mark.parametrize("name", CLEAN)
def test_notebooks_run_as_in_jupyterlab_and_keep_no_other_from_it(clean, name):
    assert (clean[0][name].marks, clean[0][name].note) == ({"lambda_ends": "passed"}, "")


@pytest.mark.skipif(os.name != "posix", reason="there, names are Unicode")
def test_names_from_a_zip_of_a_korean_windows_are_shown_as_they_were(clean):
    assert clean[0]["김민지"].name == "과제.ipynb"
    assert clean[0]["김민지"].marks == {"lambda_ends": "passed"} and "\n김민지," in clean[1]


def test_nothing_that_a_notebook_started_is_left(clean):
    commands = []
    for process in psutil.process_iter(["cmdline"]):
        commands += process.info["cmdline"] or []
    assert not any("left by a graded notebook" in command for command in commands)


RAW = [
    ("답.ipynb".encode(), "답.ipynb"),
    ("답안 똠.ipynb".encode("cp949"), "답안 똠.ipynb"),
    (b"\xff\xfe", "\\xff\\xfe"),
    ("한글".encode() + b"\n\x1b[2J", "한글??[2J"),
    ("\u1112\u1161\u11ab".encode(), "한"),
]


@pytest.mark.skipif(os.name != "posix", reason="there, names are Unicode")
@pytest.mark.parametrize(("raw", "shown"), RAW)
def test_every_name_of_a_file_can_be_shown(raw, shown):
    assert file_names.shown(os.fsdecode(raw)) == shown
    shown.encode("utf-8")


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()


EXPLAINED = [
    ("ppo_edu.check('gae', gae)", [], []),
    ("from ppo_edu import check\ncheck(name='gae', answer=gae)", [], []),
    ("%time ppo_edu.check('gae', gae)\nppo_edu.check('gae', gae)", [], []),
    ("for name in ['gae', 'td_errors']:\n    ppo_edu.check(name, globals()[name])", [], []),
    ("1 / / 'gae' check", [], []),
    ("gae = 1", ["gae"], []),
    ("marks['gae'] = 'passed'\nppo_edu.check('td_errors', f)", ["gae"], []),
    ("ppo_edu.check('gae', ppo_edu.gae)", [], ["gae"]),
    ("import ppo_edu as p\np.check('gae', p.advantage.gae)", [], ["gae"]),
    ("from ppo_edu import gae\nppo_edu.check('gae', gae)", [], ["gae"]),
    ("from ppo_edu import gae\ndef gae(r): ...\nppo_edu.check('gae', gae)", [], []),
    ("ppo_edu.check('gae', ppo_edu.gae)\nppo_edu.check('gae', mine)", [], []),
]


@pytest.mark.parametrize(("code", "unchecked", "borrowed"), EXPLAINED)
def test_passes_that_the_notebook_does_not_explain_are_found(code, unchecked, borrowed):
    assert sources.unexplained(notebook("import ppo_edu", code), ["gae"]) == (unchecked, borrowed)


def test_such_passes_are_noted_in_the_table(tmp_path):
    forge = "import json\njson.dump({'gae': 'passed'}, open(os.environ['PPO_EDU_PROGRESS'], 'w'))"
    hand_in(tmp_path / "a.ipynb", START, forge, "ppo_edu.check('td_errors', ppo_edu.td_errors)")
    [handed] = grading.grade(tmp_path, tmp_path / "grades.csv")
    assert handed.note == (
        "passed, but no cell checks it: gae; passed with the course's own code as the answer: td_errors"
    )


def test_what_is_garbage_when_a_run_ends_keeps_nobody_waiting():
    # Seen once in some hundred runs: the collector came by just then, and waited for the kernel for ever.
    code = """
import gc, zmq
from ppo_edu.exercises.grading import run_notebook
gc.disable()
context = zmq.Context()
socket = context.socket(zmq.DEALER)
socket.connect("tcp://127.0.0.1:9")
socket.send(b"nobody takes this")
knot = [socket, context]
knot.append(knot)
del socket, context, knot
gc.set_threshold(1, 1, 1)
gc.enable()
run_notebook._end_all()
"""
    told = subprocess.run([sys.executable, "-c", code + "import os; os._exit(7)"], timeout=30, check=False)
    assert told.returncode == 7


def test_a_notebook_that_goes_away_is_noted(tmp_path, monkeypatch):
    hand_in(tmp_path / "a" / "1.ipynb", START, CHOICE)
    hand_in(tmp_path / "b" / "1.ipynb", START, CHOICE)
    found = list(grading.find(tmp_path))
    (tmp_path / "a" / "1.ipynb").unlink()
    monkeypatch.setattr(grading, "find", lambda folder: found)
    gone, other = grading.grade(tmp_path, tmp_path / "grades.csv")
    assert gone.note == "not run (No such file or directory)" and other.marks == {"lambda_ends": "passed"}


def test_an_error_on_one_notebook_leaves_the_others(tmp_path, monkeypatch):
    hand_in(tmp_path / "a.ipynb", START, CHOICE)
    hand_in(tmp_path / "b.ipynb", START, CHOICE)
    about = grading.about_notebook
    calls = iter([ZeroDivisionError("boo")])

    def fails_once(report):
        for error in calls:
            raise error
        return about(report)

    monkeypatch.setattr(grading, "about_notebook", fails_once)
    one, other = grading.grade(tmp_path, tmp_path / "grades.csv")
    assert one.note == "not run (ZeroDivisionError: boo)" and not other.note


def test_a_disk_that_is_nearly_full_ends_the_notebook(tmp_path, monkeypatch):
    hand_in(tmp_path / "a.ipynb", START, "time.sleep(60)")
    rooms = iter([grading.KEPT_FREE_BYTES * 2])

    class Usage:
        free = property(lambda self: next(rooms, grading.KEPT_FREE_BYTES - 1))

    monkeypatch.setattr(grading.shutil, "disk_usage", lambda path: Usage())
    [handed] = grading.grade(tmp_path, tmp_path / "grades.csv")
    assert handed.note == "filled the disk" and handed.seconds < 30


REFUSED = [
    (["--jobs", "0"], "whole number"),
    (["--jobs", "1.5"], "whole number"),
    (["--seconds", "nan"], "above 0"),
    (["--seconds=-1"], "above 0"),
    (["--seconds", "x"], "above 0"),
    (["--megabytes", "inf"], "above 0"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_limits_that_are_none_are_refused_with_words(tmp_path, capsys, options, told):
    hand_in(tmp_path / "a.ipynb", START)
    with pytest.raises(SystemExit, match="2"):
        command.main(["grade", str(tmp_path), "--language=en", f"--table={tmp_path / 't.csv'}", *options])
    assert told in capsys.readouterr().err and not (tmp_path / "t.csv").exists()
    with pytest.raises((TypeError, ValueError), match="seconds"):
        grading.grade(tmp_path, tmp_path / "t.csv", seconds=float("nan"))
    with pytest.raises((TypeError, ValueError), match="jobs"):
        grading.grade(tmp_path, tmp_path / "t.csv", jobs=0)


def test_a_table_that_cannot_be_written_is_told_before_anything_runs(tmp_path, capsys, monkeypatch):
    hand_in(tmp_path / "in" / "a.ipynb", START)
    monkeypatch.setattr(grading, "run_one", lambda *arguments: pytest.fail("a notebook was run"))
    (tmp_path / "folder.csv").mkdir()
    in_a_file = tmp_path / "in" / "a.ipynb" / "t.csv"
    for table in (tmp_path / "none" / "t.csv", tmp_path / "folder.csv", in_a_file):
        with pytest.raises(SystemExit, match="2"):
            command.main(["grade", str(tmp_path / "in"), "--language", "en", "--table", str(table)])
        assert "cannot be written" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.csv", "in"]


def test_the_grader_does_not_import_what_was_handed_in(tmp_path):
    for name in ("csv", "json", "numpy", "psutil", "platformdirs", "html", "ast"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a handed-in file was run')", encoding="utf-8")
    where = {**os.environ, "PYTHONPATH": str(Path(ppo_edu.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "ppo_edu.exercises", "grade", ".", "--language", "en"],
        cwd=tmp_path,
        env=where,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2 and "no notebooks" in done.stderr, done.stderr


def test_a_console_that_lacks_letters_is_no_obstacle(tmp_path):
    hand_in(tmp_path / "이름 ✓😀.ipynb", START, CHOICE)
    where = {**os.environ, "PYTHONIOENCODING": "cp949", "PYTHONPATH": str(Path(ppo_edu.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "ppo_edu.exercises", "grade", ".", "--language", "ko"],
        cwd=tmp_path,
        env=where,
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0 and "이름 \\u2713" in done.stdout.decode("cp949")


OLD_CELLS = [
    {"cell_type": "heading", "level": 1, "source": "03"},
    {"cell_type": "code", "input": ["a = 1\n", "1 / 0"], "outputs": [], "collapsed": False},
]


@pytest.mark.parametrize(
    "notebook",
    [
        {"nbformat": 3, "worksheets": [{"cells": OLD_CELLS[:1]}, {"cells": OLD_CELLS[1:]}]},
        {"nbformat": 4, "cells": [OLD_CELLS[0], {"cell_type": "code", "source": "a = 1\n1 / 0"}]},
        {"cells": [{"cell_type": "raw"}, {"cell_type": "code", "source": ["a = 1\n", "1 / 0"]}]},
    ],
)
def test_cells_of_every_format_are_found(notebook):
    assert list(sources.code_cells(json.dumps(notebook).encode())) == [(2, "a = 1\n1 / 0")]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not tell what is shared")
def test_what_forks_share_counts_once():
    megabytes = 64
    code = (
        f"import os, time\nheld = bytearray(os.urandom({megabytes} * 10**6))\n"
        "forks = [os.fork() for _ in range(1)] + [os.fork() for _ in range(2)]\n"
        "print('ready', flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    try:
        for _ in range(8):
            process.stdout.readline()
        family = set(grading._family(process))
        assert len(family) == 8
        assert grading._memory(family) > 8 * megabytes * 10**6
        assert megabytes * 10**6 < grading._memory(family, shared_once=True) < 3 * megabytes * 10**6
    finally:
        os.killpg(process.pid, 9)
        process.wait()
        process.stdout.close()
