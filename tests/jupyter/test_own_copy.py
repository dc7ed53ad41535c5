"""The learner's own copy: filled once, never overwritten, and nothing in it is ever lost."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import ppo_edu
from ppo_edu import __main__ as start
from ppo_edu.jupyter import own_copy
from ppo_edu.jupyter.own_copy import COURSE, OwnCopy, find_lesson
from ppo_edu.language import lessons as listed

NAMES = ("00_start_here", "03_ratio", "04_clip_and_min")


def write(path, text, printed=""):
    output = {"output_type": "stream", "name": "stdout", "text": printed}
    cell = {"cell_type": "code", "source": [text], "metadata": {}, "execution_count": 1, "outputs": [output]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8"
    )


@pytest.fixture
def course(tmp_path):
    """A course of three lessons, in a path as learners have them."""
    folder = tmp_path / "내 과정 (PPO)" / "notebooks"
    for language in ("ko", "en"):
        for name in NAMES:
            write(folder / language / f"{name}.ipynb", f"{language} {name}")
    (folder / "source").mkdir()
    (folder / "source" / "ratio.py").touch()
    return folder


@pytest.fixture
def copy(course):
    copy = OwnCopy(course.parent / "my_lessons", course)
    copy.fill()
    return copy


def contents(folder):
    """Return all that a learner sees in a folder: from path to bytes."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def newer(copy):
    return [copied.path for copied in copy.lessons() if copied.newer]


def test_it_holds_every_lesson_and_nothing_else(copy, course):
    wanted = {f"{language}/{name}.ipynb" for language in ("ko", "en") for name in NAMES}
    assert contents(copy.folder) == {path: (course / path).read_bytes() for path in wanted}
    assert newer(copy) == []


def test_what_the_learner_did_stays(copy, course):
    changed, deleted = copy.folder / "ko/03_ratio.ipynb", copy.folder / "en/03_ratio.ipynb"
    write(changed, "my answer")
    deleted.unlink()
    (copy.folder / "ko/mine.ipynb").write_text("mine", "utf-8")
    before = contents(copy.folder)
    for name in NAMES:
        write(course / f"ko/{name}.ipynb", "mended")
    copy.fill()
    copy.fill()
    assert contents(copy.folder) == before
    # Told of: a lesson that the course mended, whether the learner changed it or not.
    assert newer(copy) == [f"ko/{name}.ipynb" for name in NAMES]
    assert [copied.path for copied in copy.lessons() if copied.language == "en"][1] is None


def test_a_lesson_that_is_new_in_the_course_is_added(copy, course):
    write(course / "en/05_gae.ipynb", "new")
    copy.fill()
    assert (copy.folder / "en/05_gae.ipynb").read_bytes() == (course / "en/05_gae.ipynb").read_bytes()


def test_another_run_of_the_same_cells_is_no_newer_version(copy, course):
    write(course / "ko/03_ratio.ipynb", "ko 03_ratio", printed="0.7 s")
    assert newer(copy) == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_afresh_keeps_the_old_one_under_a_name_that_says_so(copy, course, language):
    path = copy.folder / language / "03_ratio.ipynb"
    for answer in ("first", "second"):
        write(path, answer)
        kept = copy.fresh("ratio", language)
        assert path.read_bytes() == (course / language / "03_ratio.ipynb").read_bytes()
        assert answer in (path.parent / kept).read_text("utf-8")
        assert kept.startswith("03_ratio (" + {"ko": "바꾸기 전", "en": "before"}[language])
    with pytest.raises(FileExistsError):
        copy.fresh("ratio", language)
    assert len(list(path.parent.glob("03_ratio (*.ipynb"))) == 2
    write(course / "ko/03_ratio.ipynb", "mended")
    assert newer(copy) == ["ko/03_ratio.ipynb"]
    copy.fresh("ratio", "ko")
    assert newer(copy) == []
    path.unlink()
    assert copy.fresh("ratio", language) is None and path.exists()


def test_a_write_that_fails_puts_the_old_one_back(copy, monkeypatch):
    path = copy.folder / "ko/03_ratio.ipynb"
    write(path, "my answer")
    before = contents(copy.folder)

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(own_copy, "_copy", full)
    with pytest.raises(OSError, match="No space"):
        copy.fresh("ratio", "ko")
    assert contents(copy.folder) == before


def test_an_interrupted_filling_is_finished(course, monkeypatch):
    copy = OwnCopy(course.parent / "my_lessons", course)
    copied, whole = [], own_copy._copy

    def interrupted(source, target):
        if len(copied) == 2:
            raise KeyboardInterrupt
        copied.append(whole(source, target))

    monkeypatch.setattr(own_copy, "_copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        copy.fill()
    monkeypatch.setattr(own_copy, "_copy", whole)
    (copy.folder / "ko/00_start_here.ipynb").unlink()  # was copied, so it is the learner who deleted it
    copy.fill()
    assert len(contents(copy.folder)) == 2 * len(NAMES) - 1
    assert newer(copy) == []


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[1]", b'{"ko/ratio": 3}', b'{"ko/ratio": {"file": 1}}', b"\xff"]
)
def test_a_damaged_list_costs_no_work(copy, damage):
    write(copy.folder / "ko/03_ratio.ipynb", "my answer")
    before = contents(copy.folder)
    (copy.folder / ".ppo_edu.json").write_bytes(damage)
    copy.fill()
    assert contents(copy.folder) == before
    assert newer(copy) == ["ko/03_ratio.ipynb"], (
        "nobody knows of which version it is, so the course's is offered"
    )


def test_a_list_leads_nowhere_else(copy):
    outside = copy.folder.parent / "outside.ipynb"
    outside.write_text("outside", "utf-8")
    given = {"ko/ratio": {"file": "../../outside.ipynb", "given": None}}
    (copy.folder / ".ppo_edu.json").write_text(json.dumps(given), "utf-8")
    write(copy.folder / "ko/03_ratio.ipynb", "my answer")
    copy.fresh("ratio", "ko")
    assert outside.read_text("utf-8") == "outside"


def renumbered(monkeypatch, course):
    """Put a lesson before `ratio`, as a newer course might."""
    before = listed.lessons()
    entries = {slug: before[slug] for slug in ("start_here", "gae", "clip_and_min", "ratio")}
    entries = {
        slug: own_copy.dataclasses.replace(entry, number=f"{number:02d}")
        for number, (slug, entry) in enumerate(entries.items())
    }
    monkeypatch.setattr(own_copy, "lessons", lambda: entries)
    for language in ("ko", "en"):
        (course / language / "03_ratio.ipynb").unlink()
        (course / language / "04_clip_and_min.ipynb").unlink()
        for slug, entry in entries.items():
            write(course / language / f"{entry.name}.ipynb", f"{language} {slug} renumbered")


def test_a_lesson_follows_its_number(copy, course, monkeypatch):
    write(copy.folder / "ko/04_clip_and_min.ipynb", "my answer")
    (copy.folder / "ko/03_ratio.ipynb").unlink()
    write(copy.folder / "en/02_clip_and_min.ipynb", "my own file, by chance of that name")
    renumbered(monkeypatch, course)
    copy.fill()
    assert "my answer" in (copy.folder / "ko/02_clip_and_min.ipynb").read_text("utf-8")
    assert sorted(contents(copy.folder)) == [
        "en/00_start_here.ipynb",
        "en/01_gae.ipynb",
        "en/02_clip_and_min.ipynb",
        "en/03_ratio.ipynb",
        "en/04_clip_and_min.ipynb",
        "ko/00_start_here.ipynb",
        "ko/01_gae.ipynb",
        "ko/02_clip_and_min.ipynb",
    ]
    assert "my own file" in (copy.folder / "en/02_clip_and_min.ipynb").read_text("utf-8")
    assert "ko/02_clip_and_min.ipynb" in newer(copy)
    copy.fresh("clip_and_min", "en")
    texts = [text.decode("utf-8") for text in contents(copy.folder).values()]
    assert any("my own file" in text for text in texts) and any("en 04_clip" in text for text in texts)


def test_starts_at_the_same_moment_make_one_copy(course):
    folder = course.parent / "my_lessons"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: OwnCopy(folder, course).fill(), range(8)))
    assert len(contents(folder)) == 2 * len(NAMES)
    assert len(json.loads((folder / ".ppo_edu.json").read_text("utf-8"))) == 2 * len(NAMES)


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_links_are_followed_and_never_written_through(course, tmp_path):
    elsewhere = tmp_path / "drive"
    elsewhere.mkdir()
    (course.parent / "my_lessons").symlink_to(elsewhere)
    copy = OwnCopy(course.parent / "my_lessons", course)
    copy.fill()
    assert len(contents(elsewhere)) == 2 * len(NAMES)
    mine = tmp_path / "mine.ipynb"
    write(mine, "my answer")
    link = copy.folder / "ko/03_ratio.ipynb"
    link.unlink()
    link.symlink_to(mine)
    kept = copy.fresh("ratio", "ko")
    assert "my answer" in mine.read_text("utf-8") and (link.parent / kept).is_symlink()
    assert not link.is_symlink()
    link.unlink()
    link.symlink_to(tmp_path / "unplugged.ipynb")
    copy.fill()
    assert link.is_symlink() and not (tmp_path / "unplugged.ipynb").exists()


def test_the_course_is_never_its_own_copy(course):
    with pytest.raises(ValueError, match="course itself"):
        OwnCopy(course, course)
    if os.name != "nt":
        (course.parent / "my_lessons").symlink_to(course)
        with pytest.raises(ValueError, match="course itself"):
            OwnCopy(course.parent / "my_lessons", course)


def test_where_it_is(course, monkeypatch, tmp_path):
    monkeypatch.delenv("PPO_EDU_LESSONS", raising=False)
    assert own_copy.default_folder(course) == course.parent / "my_lessons"
    monkeypatch.setattr(
        own_copy.tempfile, "TemporaryFile", lambda dir: (_ for _ in ()).throw(OSError(30, ""))
    )
    monkeypatch.setattr(own_copy.platformdirs, "user_documents_path", lambda: tmp_path / "Documents")
    assert own_copy.default_folder(course) == tmp_path / "Documents" / "ppo_edu"
    monkeypatch.setenv("PPO_EDU_LESSONS", str(tmp_path / "chosen"))
    assert own_copy.default_folder(course) == tmp_path / "chosen"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("03", [("ratio", "ko"), ("ratio", "en")]),
        ("3", [("ratio", "ko"), ("ratio", "en")]),
        ("ratio", [("ratio", "ko"), ("ratio", "en")]),
        ("ko/03_ratio.ipynb", [("ratio", "ko")]),
        ("확률 비율", [("ratio", "ko")]),
        ("the probability RATIO", [("ratio", "en")]),
        ("the_notes", [("the_notes", "ko"), ("the_notes", "en")]),
    ],
)
def test_a_lesson_is_found_by_what_people_call_it(words, found):
    assert find_lesson(words) == found


@pytest.mark.parametrize("words", ["99", "", "ratios", "../03_ratios"])
def test_what_is_no_lesson_is_told_with_those_that_are(words):
    with pytest.raises(ValueError, match="03_ratio"):
        find_lesson(words)


def test_from_the_command_line(tmp_path):
    env = os.environ | {"PPO_EDU_LESSONS": str(tmp_path / "내 레슨"), "LANGUAGE": "ko"}
    command = [sys.executable, "-m", "ppo_edu", "--fresh", "03", "--language", "ko"]
    tell = {"env": env, "cwd": tmp_path, "capture_output": True, "encoding": "utf-8"}
    told = subprocess.run(command, **tell | {"env": env | {"PYTHONIOENCODING": "utf-8"}}, check=True).stdout
    assert "ko/03_ratio.ipynb: 이미 과정의 것과 같습니다." in told
    mine = tmp_path / "내 레슨" / "ko" / "03_ratio.ipynb"
    assert mine.read_bytes() == (COURSE / "ko" / "03_ratio.ipynb").read_bytes()
    write(mine, "my answer")
    # A Korean console of Windows knows CP949 only.
    told = subprocess.run(
        command, **tell | {"env": env | {"PYTHONIOENCODING": "cp949"}, "encoding": "cp949"}
    ).stdout
    assert "옆에 남아 있습니다: 03_ratio (바꾸기 전" in told
    assert mine.read_bytes() == (COURSE / "ko" / "03_ratio.ipynb").read_bytes()


def test_nothing_that_git_tracks_changes(monkeypatch, tmp_path):
    root = Path(ppo_edu.__file__).parents[1]
    if not (root / ".git").exists():
        pytest.skip("no clone of git")
    ask = ["git", "check-ignore", "--quiet", "my_lessons/ko/03_ratio.ipynb"]
    assert subprocess.run(ask, cwd=root).returncode == 0
    assert own_copy.default_folder(COURSE) == root / "my_lessons"


def test_a_copy_that_cannot_be_made_is_told(monkeypatch, tmp_path):
    (tmp_path / "a file").touch()
    monkeypatch.setenv("PPO_EDU_LESSONS", str(tmp_path / "a file"))
    with pytest.raises(SystemExit, match="could not be copied"):
        start.filled()
