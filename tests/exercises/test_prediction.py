"""A prediction is asked for, chosen, remembered, and shown beside what the run says."""

import json

import no_files
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import ppo_edu
from ppo_edu.exercises import prediction


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(tmp_path / "새 폴더" / "progress.json"))
    return tmp_path / "새 폴더" / "predictions.json"


@pytest.fixture
def shell():
    """A notebook's shell."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_a_choice_is_remembered(file):
    asked = ppo_edu.predict("gae.ends", "예", "아니요")
    assert asked.chosen is None and not file.exists()
    asked.choose("예")
    asked.choose("아니요")
    asked.choose("something else")
    assert json.loads(file.read_text(encoding="utf-8")) == {"gae.ends": "아니요"}
    assert ppo_edu.predict("gae.ends", "예", "아니요").chosen == "아니요"
    assert ppo_edu.predict("gae.ends", "yes", "no").chosen is None, "of the other language"


DAMAGED = {
    b"": {},
    b"[1]": {},
    b"{": {},
    b"null": {},
    b"\xff": {},
    b"[" * 100_000: {},
    b" " * prediction.progress_file.MAX_BYTES + b"{}": {},
    b'{"gae.ends": 3}': {},
    b'{"gae.ends": ["yes"], "ratio.why": "no"}': {"ratio.why": "no"},
}


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_record_stops_nothing_and_is_set_aside(file, content):
    kept = DAMAGED[content]
    file.parent.mkdir()
    for number, first in enumerate((prediction.load, lambda: prediction.remember("a", "b")), start=1):
        file.write_bytes(content)
        first()
        aside = file.with_name(f"predictions.damaged-{number}.json")
        assert aside.read_bytes() == content
    file.write_bytes(content)
    assert prediction.load() == kept
    file.write_bytes(content)
    asked = ppo_edu.predict("gae.ends", "yes", "no")
    asked.choose("yes")
    assert prediction.load() == {**kept, "gae.ends": "yes"}
    # Who chooses is told, even after the first reading has set it aside.
    assert "predictions.damaged-4.json" in repr(asked) and "predictions.damaged-4.json" in asked._repr_html_()
    file.write_bytes(content)
    told = ppo_edu.progress()
    assert "predictions.damaged-5.json" in repr(told) and "predictions.damaged-5.json" in told._repr_html_()


@pytest.mark.parametrize("put", no_files.PUT)
def test_what_is_no_file_stops_nothing_and_stays(file, put):
    put(file)
    assert prediction.load() == {}
    asked = ppo_edu.predict("gae.ends", "yes", "no")
    assert "could not be read" in repr(asked)
    asked.choose("yes")
    assert asked.chosen == "yes" and "could not be remembered" in repr(asked)
    assert "could not be read" in repr(ppo_edu.progress())
    assert file.is_symlink() or not file.is_file()


def test_a_record_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "a file").touch()
    monkeypatch.setenv("PPO_EDU_PROGRESS", str(tmp_path / "a file" / "progress.json"))
    asked = ppo_edu.predict("gae.ends", "yes", "no")
    asked.choose("yes")
    assert asked.chosen == "yes" and "could not be remembered" in repr(asked)


def test_the_buttons_choose_and_words_stand_beside_them(file):
    asked = ppo_edu.predict("gae.ends", "yes", "<no>")
    buttons = asked._buttons()
    buttons.value = "<no>"
    assert asked.chosen == "<no>"
    shown, _ = asked._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "☑ <b>&lt;no&gt;" in shown["text/html"] and shown["text/plain"] == "[ ] yes   [x] <no>"


@pytest.mark.parametrize("choices", [(), ("yes",), ("yes", 3)])
def test_fewer_than_two_answers_are_refused(choices):
    with pytest.raises(ValueError, match="two answers"):
        ppo_edu.predict("gae.ends", *choices)


def test_the_next_cell_shows_it_once(shell):
    def run(code):
        with capture_output() as told:
            shell.run_cell(code, store_history=True)
        return "".join(str(output.data) for output in told.outputs)

    shell.user_ns["ppo_edu"] = ppo_edu
    assert "Your prediction" not in run("asked = ppo_edu.predict('gae.ends', 'yes', 'no')")
    shell.user_ns["asked"].choose("no")
    assert "**Your prediction** no" in run("1 + 1")
    assert "Your prediction" not in run("1 + 1")
    run("ppo_edu.predict('gae.ends', 'yes', 'no'); ppo_edu.predict('gae.other', 'yes', 'no')")
    assert "Your prediction" not in run("1 + 1"), "what was not chosen, and what was asked before"


@pytest.mark.parametrize("name", [None, 7, ["gae.ends"]])
def test_a_name_that_is_no_text_is_named(name):
    with pytest.raises(TypeError, match="name must be a text"):
        ppo_edu.predict(name, "yes", "no")
