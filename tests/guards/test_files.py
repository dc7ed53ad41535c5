"""Files written whole or not at all: folders that are missing, links, long names, kills, several at once."""

import os
import stat
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu.exercises import grading
from ppo_edu.guards.files import as_json, whole_file


def put(path, content=b"new"):
    with whole_file(path) as file:
        file.write(content)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_missing_folder_is_named_and_no_hidden_file(language, tmp_path):
    ppo_edu.use_language(language)
    with pytest.raises(FileNotFoundError) as told:
        put(tmp_path / "none" / "x.npz")
    assert str(tmp_path / "none" / "x.npz") in str(told.value) and ".part" not in str(told.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        "가" * 80,
        "가" * 85,
        "a" * 255,
        "한글 이름.npz",
        "-x",
        "%41#?",
        "*[a]",
        "😀.npz",
        ".hidden",
        "결과 (1).npz",
    ],
)
def test_every_name_that_the_system_allows_works(name, tmp_path):
    for content in (b"one", b"two"):
        put(tmp_path / name, content)
        assert (tmp_path / name).read_bytes() == content
    assert os.listdir(tmp_path) == [name]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "target", tmp_path / "link"
    link.symlink_to(target)
    for content in (b"one", b"two"):
        put(link, content)
        assert link.is_symlink() and target.read_bytes() == content
    assert os.listdir(tmp_path / "far") == ["target"]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), ZeroDivisionError()], ids=repr)
def test_an_error_on_the_way_leaves_the_old_file_and_nothing_else(error, tmp_path):
    path = tmp_path / "file"
    put(path, b"old")
    with pytest.raises(type(error)), whole_file(path) as file:
        file.write(b"half")
        raise error
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["file"]


KILLED = """
import os, sys
from ppo_edu.guards.files import whole_file
with whole_file(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("on", flush=True)
    sys.stdin.read()
"""


def half_way(path):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"on\n"
    return process


def end(process):
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_what_a_killed_process_left_goes_with_the_next_save(tmp_path):
    path = tmp_path / "파일"
    put(path, b"old")
    process = half_way(path)
    end(process)
    assert len(os.listdir(tmp_path)) == 2 and path.read_bytes() == b"old"
    put(path)
    assert os.listdir(tmp_path) == ["파일"] and path.read_bytes() == b"new"


def test_what_another_process_is_writing_is_left_to_it(tmp_path):
    path = tmp_path / "file"
    process = half_way(path)
    put(path, b"mine")
    assert path.read_bytes() == b"mine" and len(os.listdir(tmp_path)) == 2
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert path.read_bytes() == b"half" and os.listdir(tmp_path) == ["file"]


def test_a_part_of_another_file_is_nobodys_business(tmp_path):
    process = half_way(tmp_path / "other")
    end(process)
    put(tmp_path / "file")
    assert len(os.listdir(tmp_path)) == 2


def test_many_threads_writing_one_file_leave_one_whole_file(tmp_path):
    path, errors = tmp_path / "file", []

    def write(letter):
        try:
            for _ in range(20):
                put(path, letter * 5000)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    content = path.read_bytes()
    assert not errors and len(content) == 5000 and len(set(content)) == 1
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_in_its_place_is_an_os_error_that_names_it(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="file"):
        put(tmp_path / "file")
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="a folder in which nobody can write")
def test_a_folder_that_takes_no_file_is_told_with_the_readers_own_path():
    folder = os.path.realpath("/proc/self")
    with pytest.raises(OSError, match=f"{folder}/x.npz") as told:
        put("/proc/self/x.npz")
    assert ".part" not in str(told.value)


def test_numbers_of_numpy_and_torch_are_written_as_numbers():
    given = {
        "a": np.int64(1),
        "b": np.float32(0.5),
        "c": np.arange(2),
        "d": torch.tensor(3),
        "e": np.bool_(True),
    }
    assert as_json(given) == '{"a": 1, "b": 0.5, "c": [0, 1], "d": 3, "e": true}'


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_json_cannot_hold_is_named(language):
    ppo_edu.use_language(language)
    with pytest.raises(TypeError, match=r"object object.*object"):
        as_json({"a": object()})


def test_it_is_quick_beside_many_files(tmp_path):
    for number in range(2000):
        (tmp_path / str(number)).touch()
    started = time.process_time()
    put(tmp_path / "file")
    assert time.process_time() - started < 1  # it takes milliseconds; a stat of each would still be few


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe stands for what is no file")
def test_what_is_no_file_is_never_replaced(tmp_path):
    # Whoever may write there, as an administrator does, would have a file in the place of /dev/null.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    for path in (pipe, tmp_path / "link"):
        with pytest.raises(OSError, match="something else than a file"), whole_file(path):
            pass
    with pytest.raises(OSError, match="something else than a file"):
        grading.check_writable(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode) and len(list(tmp_path.iterdir())) == 2
