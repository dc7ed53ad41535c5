"""A class at a glance: what is written, what is not, who can read it, and what hostile files do."""

import json
import os
import stat
import sys
import threading
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

import ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import __main__ as command
from ppo_edu.exercises import class_page, journal, prediction
from ppo_edu.language import LANGUAGES, catalogue


def no_min(log_prob, old_log_prob, advantage, epsilon):
    return np.clip(np.exp(log_prob - old_log_prob), 1 - epsilon, 1 + epsilon) * advantage


def wrong_ratio(log_prob, old_log_prob):
    return np.exp(old_log_prob - log_prob)


def right_ratio(log_prob, old_log_prob):
    return np.exp(log_prob - old_log_prob)


@pytest.fixture
def class_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(journal.FOLDER, str(tmp_path / "반 1"))
    monkeypatch.setenv(journal.LEARNER, "가람")
    return journal.prepare(tmp_path / "반 1")


def test_it_is_off_unless_a_teacher_turned_it_on(tmp_path, monkeypatch):
    monkeypatch.delenv(journal.FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    result = ppo_edu.check("probability_ratio", wrong_ratio)
    assert ppo_edu.t("journal.seen") not in result.message and list(tmp_path.iterdir()) == []
    assert ppo_edu.t("journal.seen") not in repr(ppo_edu.progress())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_says_what_is_seen_and_the_journal_holds_just_that(class_folder, language):
    ppo_edu.use_language(language)
    for answer in (wrong_ratio, right_ratio, ...):
        result = ppo_edu.check("probability_ratio", answer)
        assert (ppo_edu.t("journal.seen") in result.message) == result.attempted
    assert ppo_edu.t("journal.seen") in repr(ppo_edu.progress())
    written = (class_folder / "가람.jsonl").read_text(encoding="utf-8")
    entries = [json.loads(line) for line in written.splitlines()]
    assert [set(entry) for entry in entries] == [{"time", "exercise", "passed", "mistake"}] * 2
    assert [entry["passed"] for entry in entries] == [False, True]
    assert entries[0]["mistake"] == "probability_ratio.upside_down" and entries[1]["mistake"] == ""
    assert abs(entries[0]["time"] - time.time()) < 60
    assert "exp" not in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mistake_that_checks_know_is_found_again_in_their_words(language):
    ppo_edu.use_language(language)
    words = catalogue(language)
    for key in words:
        table, _, last = key.partition(".")
        if table not in exercises.names() or last == "right" or last.startswith("hint_"):
            continue
        found = journal.mistake_in(table, words[key] + "\n\n    r = 1")
        # Two mistakes may be told alike.
        assert words[found].partition("{")[0] == words[key].partition("{")[0], key


def test_a_prediction_is_counted_by_its_place(class_folder):
    asked = prediction.Prediction("gae.two_ends", ("예", "아니요"))
    asked.choose("아니요")
    page = class_page.page(class_folder)
    assert "gae.two_ends" in page and "2: 1" in page and "아니요" not in page


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_its_learners_and_readable_for_the_group_whatever_umask_says(class_folder):
    before = os.umask(0o077)
    try:
        ppo_edu.check("probability_ratio", wrong_ratio)
    finally:
        os.umask(before)
    assert stat.S_IMODE((class_folder / "가람.jsonl").stat().st_mode) == journal.FILE_MODE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be other users")
def test_the_teacher_reads_and_another_learner_does_not(tmp_path):
    folder, users = tmp_path / "class", {"teacher": 64001, "one": 64002, "other": 64003}
    for parent in tmp_path.parents:
        if parent.stat().st_uid == 0 and parent != parent.parent and not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    tmp_path.chmod(0o777)
    assert _as_user(users["teacher"], lambda: journal.prepare(folder))
    file = folder / "one.jsonl"

    def write():
        os.environ.update({journal.FOLDER: str(folder), journal.LEARNER: "one"})
        return journal.predicted("gae.two_ends", 1) == ""

    assert _as_user(users["one"], write)
    assert _as_user(users["teacher"], lambda: len(journal.read(file)) == 1)
    assert not _as_user(users["other"], lambda: file.read_bytes())
    assert not _as_user(users["other"], lambda: list(folder.iterdir()) or True)
    assert not _as_user(users["other"], lambda: file.unlink() or True)
    assert not _as_user(users["other"], lambda: file.rename(folder / "mine.jsonl"))
    assert _as_user(users["teacher"], lambda: class_page.delete(folder) == 1) and not file.exists()


def _as_user(user, function):
    """Return whether `function` returned something true in a process of that user."""
    process = os.fork()
    if process == 0:
        done = 1
        try:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
            done = 0 if function() else 1
        finally:
            os._exit(done)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "deep": b"[" * 200_000,
    "half": b'{"time": 1, "exercise": "gae", "pas',
    "list": b"[1, 2]\n",
    "other types": b'{"time": 1, "exercise": ["gae"], "passed": true, "mistake": ""}\n',
    "no such exercise": b'{"time": 1, "exercise": "<b>you</b>", "passed": false, "mistake": ""}\n',
    "no such mistake": b'{"time": 1, "exercise": "gae", "passed": false, "mistake": "<script>"}\n',
    "a sentence": '{"time": 1, "question": "gae.선생님 바보", "chosen": 1}\n'.encode(),
    "a large place": b'{"time": 1, "question": "gae.two_ends", "chosen": 100000000}\n',
    "a large number": b'{"time": ' + b"9" * 4000 + b', "exercise": "gae", "passed": false, "mistake": ""}\n',
    "nan": b'{"time": NaN, "exercise": "gae", "passed": false, "mistake": ""}\n',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_its_own_lines_only(class_folder, content):
    ppo_edu.check("probability_ratio", wrong_ratio)
    (class_folder / "<script>alert(1)<!--.jsonl").write_bytes(content)
    (class_folder / "link.jsonl").symlink_to("/etc/passwd")
    (class_folder / "folder.jsonl").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(class_folder / "pipe.jsonl")
    for with_names in (False, True):
        page = class_page.page(class_folder, with_names)
        assert ppo_edu.t("journal.of_all", passed=0, tried=1, everybody=5)[-3:] in page
        assert (
            "<script>" not in page
            and "root:" not in page
            and "바보" not in page
            and "<b>you" not in page
            and "&gt;you" not in page
        )
        assert "100000001" not in page
        assert ("가람" in page) == with_names


def test_a_journal_does_not_grow_for_ever_nor_follow_a_link(class_folder, tmp_path):
    file = class_folder / "가람.jsonl"
    file.write_bytes(b"\n" * (journal.MAX_BYTES + 1))
    assert ppo_edu.t("journal.full") in ppo_edu.check("probability_ratio", right_ratio).message
    file.unlink()
    if hasattr(os, "O_NOFOLLOW"):
        (tmp_path / "diary").write_text("mine", encoding="utf-8")
        file.symlink_to(tmp_path / "diary")
        assert ppo_edu.check("probability_ratio", right_ratio).passed
        assert (tmp_path / "diary").read_text(encoding="utf-8") == "mine"
    if hasattr(os, "mkfifo"):
        file.unlink()
        os.mkfifo(file)  # to whoever writes to it, it never answers
        assert ppo_edu.check("probability_ratio", right_ratio).passed


def test_a_folder_that_is_gone_keeps_no_check_from_its_result(class_folder):
    class_folder.rmdir()
    result = ppo_edu.check("probability_ratio", right_ratio)
    assert result.passed and ppo_edu.t("journal.not_written", reason="").partition(":")[0] in result.message


@pytest.mark.parametrize("name", ["../../etc", "..", "a/b\\c", "가" * 300, "", "한 글\n<b>"])
def test_whatever_a_learner_is_called_the_file_stays_in_the_folder(class_folder, monkeypatch, name):
    monkeypatch.setenv(journal.LEARNER, name)
    assert journal.predicted("gae.two_ends", 0) == ""
    (file,) = class_folder.iterdir()
    assert file.suffix == journal.ENDING and len(journal.read(file)) == 1


def test_a_hundred_learners_are_read_and_the_stuck_ones_stand_first(class_folder):
    stuck = {"time": int(time.time()), "exercise": "clipped_surrogate", "passed": False}
    for number in range(100):
        tries = class_page.STUCK_TRIES if number == 57 else 1
        line = json.dumps({**stuck, "mistake": "clipped_surrogate.no_min"}) + "\n"
        (class_folder / f"learner{number:03}.jsonl").write_text(line * tries, encoding="utf-8")
    page = class_page.page(class_folder, with_names=True)
    assert "<b>100</b>" in page
    who = page[page.index(ppo_edu.t("journal.names")) :]
    assert who.index("learner057") < who.index("learner000") and "learner057" not in class_page.page(
        class_folder
    )


def test_the_page_is_served_to_this_machine_and_with_its_token_only(class_folder):
    ppo_edu.check("probability_ratio", wrong_ratio)
    server, address = class_page.server(class_folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        assert server.server_address[0] == "127.0.0.1"
        with urllib.request.urlopen(address) as answer:
            assert 'http-equiv="refresh"' in answer.read().decode("utf-8")
        for wrong in (address.partition("?")[0], address[:-1]):
            with pytest.raises(urllib.error.HTTPError, match="403") as refused:
                urllib.request.urlopen(wrong)
            refused.value.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_one_command_prepares_the_folder_and_one_deletes_the_journals(tmp_path, capsys):
    folder = tmp_path / "new" / "class"
    assert command.main(["class", str(folder), "--prepare"]) == 0
    (folder / "one.jsonl").write_text("", encoding="utf-8")
    (folder / "notes.txt").write_text("kept", encoding="utf-8")
    assert command.main(["class", str(folder), "--delete"]) == 0
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]
    with pytest.raises(SystemExit):
        command.main(["class", str(tmp_path / "none")])
    assert "none" in capsys.readouterr().err
