"""What is done is remembered, and never lost."""

import html
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import no_files
import pytest

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import progress_file
from ppo_edu.exercises.result import CheckResult
from ppo_edu.language.lessons import lessons


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "새 폴더" / "progress.json"
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(path))
    return path


def marks(file):
    return json.loads(file.read_text(encoding="utf-8"))


def test_tests_never_reach_the_file_of_a_learner(monkeypatch):
    monkeypatch.delenv("PPO_EDU_PROGRESS")
    learners_own = progress_file.path()
    assert learners_own.name == "progress.json" and learners_own.parent.name == "ppo_edu"
    monkeypatch.undo()
    assert progress_file.path() != learners_own


def test_only_what_was_tried_is_entered(file):
    ppo_edu.check("lambda_ends", ...)
    ppo_edu.progress()
    assert not file.exists()
    ppo_edu.check("lambda_ends", 9)
    assert marks(file) == {"lambda_ends": "tried"}
    ppo_edu.check("lambda_ends", 1.8)
    ppo_edu.check("time_limit", -39)
    ppo_edu.check("lambda_ends", 9)
    assert marks(file) == {"lambda_ends": "passed", "time_limit": "tried"}
    assert {path.name for path in file.parent.iterdir()} <= {file.name, f".{file.name}.lock"}


NUMBER = lessons()["gae"].number
HEADINGS = [("en", f"Lesson {NUMBER}: 1 of 4 done"), ("ko", f"레슨 {NUMBER}: 4개 중 1개 완료")]


@pytest.mark.parametrize(("language", "heading"), HEADINGS)
def test_progress_shows_every_exercise_of_every_lesson(language, heading):
    ppo_edu.use_language(language)
    ppo_edu.check("lambda_ends", 1.8)
    ppo_edu.check("time_limit", -39)
    shown = ppo_edu.progress()
    assert shown.lessons[NUMBER] == {
        "td_errors": "open",
        "lambda_ends": "passed",
        "gae": "open",
        "time_limit": "tried",
    }
    for text in (repr(shown), shown._repr_html_()):
        assert heading in text
        assert all(name in text for name in exercises.names())
        assert all(
            html.escape(progress_file.title(name)) in text or progress_file.title(name) in text
            for name in exercises.names()
        )
    for name, sign in (("lambda_ends", "✓"), ("time_limit", "✗"), ("td_errors", "☐")):
        (item,) = re.findall(rf"<li>(?:(?!<li>).)*<code>{name}</code>", shown._repr_html_())
        assert sign in item and f'href="{lessons()["gae"].name}.ipynb#' in item
    ppo_edu.predict("gae.ends", "yes", "no").choose("no")
    assert "gae.ends: no" in repr(ppo_edu.progress()) and "gae.ends" in ppo_edu.progress()._repr_html_()


DAMAGED = [b"", b'{"gae": "pas', b"[1]", b'{"gae": 7}', b"\xff", "한글".encode("cp949"), b"[" * 100_000]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_set_aside_and_not_lost(file, content):
    file.parent.mkdir()
    for number in (1, 2):
        file.write_bytes(content)
        result = ppo_edu.check("lambda_ends", 1.8)
        aside = file.with_name(f"progress.damaged-{number}.json")
        assert result.passed and aside.name in result.message
        assert aside.read_bytes() == content
        assert marks(file) == {"lambda_ends": "passed"}
    file.write_bytes(content)
    assert "progress.damaged-3.json" in repr(ppo_edu.progress())


def test_names_of_another_version_are_kept(file):
    file.parent.mkdir()
    file.write_text('{"exercise_of_tomorrow": "passed"}', encoding="utf-8")
    ppo_edu.check("lambda_ends", 1.8)
    assert marks(file) == {"exercise_of_tomorrow": "passed", "lambda_ends": "passed"}
    assert "exercise_of_tomorrow" not in repr(ppo_edu.progress())


def test_a_write_that_fails_leaves_the_old_file_and_says_so(file, monkeypatch):
    ppo_edu.check("lambda_ends", 1.8)

    def no_space(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress_file.os, "replace", no_space)
    result = ppo_edu.check("time_limit", 6)
    assert result.passed and "No space left on device" in result.message
    assert marks(file) == {"lambda_ends": "passed"}
    assert {path.name for path in file.parent.iterdir()} <= {file.name, f".{file.name}.lock"}


def test_a_folder_that_cannot_be_made_stops_no_check(tmp_path, monkeypatch):
    (tmp_path / "a file").write_text("", encoding="utf-8")
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    result = ppo_edu.check("lambda_ends", 1.8)
    assert result.passed and "could not be remembered" in result.message


def test_a_process_killed_while_writing_leaves_a_whole_file(file):
    ppo_edu.check("lambda_ends", 1.8)
    code = (
        "import os, ppo_edu; from ppo_edu.exercises import progress_file\n"
        "progress_file.json.dump = lambda marks, stream, **rest: "
        "(stream.write('{'), stream.flush(), os._exit(1))\n"
        "ppo_edu.check('time_limit', 6)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, cwd=Path(__file__).parent)
    assert done.returncode == 1
    assert marks(file) == {"lambda_ends": "passed"}


def test_threads_that_enter_marks_at_the_same_moment_lose_none(file):
    def enter(name):
        for passed in (False, True):
            assert progress_file.note(name, CheckResult(passed, "")).message == ""

    threads = [threading.Thread(target=enter, args=(name,)) for name in exercises.names()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert marks(file) == dict.fromkeys(exercises.names(), "passed")


def test_notebooks_that_enter_marks_at_the_same_moment_lose_none(file):
    code = (
        "import sys; from ppo_edu.exercises import progress_file\n"
        "from ppo_edu.exercises.result import CheckResult\n"
        "for number in range(40): progress_file.note(f'{sys.argv[1]} {number}', CheckResult(True, ''))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "abc"]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert set(marks(file)) == {f"{name} {number}" for name in "abc" for number in range(40)}


def test_a_notebook_that_keeps_the_lock_stops_no_check(file, monkeypatch):
    monkeypatch.setattr(progress_file, "LOCK_SECONDS", 0.1)
    with progress_file.alone(file):
        result = ppo_edu.check("lambda_ends", 1.8)
    assert result.passed and "could not be remembered" in result.message
    assert "remembered" not in ppo_edu.check("lambda_ends", 1.8).message


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("put", no_files.PUT)
def test_what_is_no_file_is_told_and_left_as_it_is(file, put, language):
    ppo_edu.use_language(language)
    put(file)
    result = ppo_edu.check("lambda_ends", 1.8)
    words = {
        "en": ("could not be remembered", "could not be read"),
        "ko": ("적어 두지 못했습니다", "읽지 못했습니다"),
    }
    assert result.passed and words[language][0] in result.message
    shown = ppo_edu.progress()
    assert words[language][1] in repr(shown) and words[language][1] in shown._repr_html_()
    assert file.is_symlink() or not file.is_file()


def test_a_file_of_a_size_that_none_has_is_not_read_whole(file):
    file.parent.mkdir()
    with open(file, "wb") as stream:
        stream.truncate(10**11)
    assert "set aside" in ppo_edu.check("lambda_ends", 1.8).message
    assert marks(file) == {"lambda_ends": "passed"}
