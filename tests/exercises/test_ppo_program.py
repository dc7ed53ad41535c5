"""The program from an empty cell: right ones pass in any style, and each wrong one is told its mistake."""

# ruff: noqa: E501

import _thread
import re
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
import torch

import ppo_edu
from exercises import styles
from ppo_edu import exercises
from ppo_edu.exercises import isolation, names
from ppo_edu.exercises.whole_program import as_a_file, handed, learning, looks, steps, update
from ppo_edu.language import catalogue


def check(step, answer):
    """Check without a process of its own, which the tests of `isolation` have: it would cost most of the time."""
    with torch.random.fork_rng(devices=[]):
        return exercises.exercise_called(step).check(answer)


@pytest.fixture(scope="module", autouse=True)
def torch_is_loaded():
    steps.load()


@pytest.fixture(params=styles.STYLES)
def parts(request):
    return styles.answer(*styles.STYLES[request.param])


@pytest.mark.parametrize("step", styles.STEPS)
def test_each_step_passes_in_every_style(step, parts):
    result = check(step, styles.handed(parts, step))
    assert result.passed, result.message


@pytest.mark.parametrize("step", styles.STEPS)
def test_the_solution_passes_as_the_cells_that_it_is(step):
    exercise = exercises.exercise_called(step)
    assert check(step, exercise.solution).passed
    assert len(exercise.solution_text.splitlines()) <= 25


@pytest.fixture(scope="module")
def by_rule_once():
    """`update.by_rule`, computed once for all programs whose networks have the same weights and answers."""
    by_rule, known = update.by_rule, {}

    def once(model, given, rule):
        s = torch.from_numpy(np.array([row[0] for row in given[0]]))
        with torch.no_grad():
            network = torch.cat([model.vector(), model.probabilities(s).reshape(-1), model.value(s)])
        key = rule, len(given), model.dim_parameter(), network.numpy().tobytes()
        if key not in known:
            known[key] = by_rule(model, given, rule)
        return known[key]

    return once


@pytest.mark.parametrize(
    "wrong", styles.WRONG, ids=[f"{row[0]}-{row[1]}-{i}" for i, row in enumerate(styles.WRONG)]
)
def test_each_mistake_is_named(wrong, by_rule_once, monkeypatch):
    monkeypatch.setattr(update, "by_rule", by_rule_once)
    step, key, text, old, new = wrong
    assert text.count(old) >= 1 and old != new
    named = styles.CLASS if "class PPO" in text else styles.PARTS
    parts = styles.answer(text.replace(old, new), named)
    result = check(step, styles.handed(parts, step))
    words = ppo_edu.t(key if "." in key else f"{step}.{key}")
    begin, end = words.partition("{")[0], words.rpartition("}")[2]
    assert not result.passed and result.message.startswith(begin) and result.message.endswith(end), (
        result.message
    )


def test_every_mistake_that_is_known_is_made_here():
    made = {(row[0], row[1]) for row in styles.WRONG}
    assert {("ppo_train_net", key) for key, _ in update.MISTAKES} <= made
    spelled = {tuple(key.split(".")) for key in catalogue("en") if key.split(".")[0] in styles.STEPS}
    assert {pair for pair in spelled if not pair[1].startswith(("hint_", "once"))} <= made


def test_no_two_mistakes_leave_the_same_weights_and_none_the_right_ones():
    parts = styles.answer(*styles.STYLES["one class, as the notes"])
    model = handed.Parts(parts[0], ("train_net",)).model()
    given = update.batches(model)
    right = update.by_rule(model, given, update.Rule())
    ways = [(key, update.by_rule(model, given, rule)) for key, rule in update.MISTAKES]
    for number, (key, way) in enumerate(ways):
        assert update.apart(way, right) > 4 * update.TOLERANCE, key
        for other, its in ways[:number]:
            assert key == other or update.apart(way, its) > 2 * update.NAMED, (key, other)


def test_the_paper_s_way_passes_and_is_told():
    parts = styles.answer(*styles.STYLES["the paper's"])
    assert (
        ppo_edu.t("ppo_train_net.once")
        in check("ppo_train_net", styles.handed(parts, "ppo_train_net")).message
    )


def test_right_styles_differ_by_far_less_than_the_tolerance(parts):
    of_train = handed.Parts(styles.handed(parts, "ppo_train_net"), ("train_net",))
    model = of_train.model()
    given, way = update.batches(model), looks.way_of(of_train)
    rules = (*update.RIGHT, *update.ONCE)
    assert (
        min(update.apart(way, update.by_rule(model, given, rule)) for rule in rules) < update.TOLERANCE / 10
    )


def test_the_whole_tells_the_step_that_is_wrong():
    parts = styles.answer(styles.ONE_CLASS.replace("torch.min(", "torch.max("), styles.CLASS)
    result = check("ppo_program", parts)
    assert not result.passed and result.message.startswith(ppo_edu.t("ppo_program.in_step", number=3))
    assert ppo_edu.t("ppo_train_net.max_for_min") in result.message


def short(monkeypatch, wanted):
    task = learning.Task("Lamp", learning.Lamp, 400, wanted)
    monkeypatch.setattr(learning, "TASKS", (task,))


def test_the_whole_program_learns_or_does_not(monkeypatch):
    parts = styles.answer(*styles.STYLES["functions and NumPy"])
    short(monkeypatch, -100.0)
    assert "Lamp" in check("ppo_program", parts).message
    short(monkeypatch, 0.5)
    result = check("ppo_program", parts)
    assert not result.passed and "Lamp" in result.message


def test_a_program_that_stops_answering_is_ended(monkeypatch):
    monkeypatch.setattr(looks.calling, "SECONDS", 0.5)
    short(monkeypatch, -100.0)

    def main(env, max_steps):
        env.reset()
        env.step(0)
        while True:
            pass

    monkeypatch.setattr(looks, "at_main", lambda main: None)
    assert not check("ppo_program", main).passed


WAYS = [True, False] if sys.platform == "linux" else [False]


@pytest.mark.parametrize("process", WAYS)
def test_stop_ends_the_training_of_a_check_at_once(process, interruptible, monkeypatch):
    # Also in a thread, as on Windows and macOS, where nothing is forked.
    monkeypatch.setattr(isolation, "fork_is_of_use", process)
    parts = styles.answer(*styles.STYLES["functions and NumPy"])
    monkeypatch.setattr(learning, "TASKS", (learning.Task("Lamp", learning.Lamp, 10**9, -100.0),))
    before, told, ours = threading.active_count(), [], set(psutil.Process().children())
    monkeypatch.setattr(isolation.Line, "show", lambda line, text: told.append(text))

    def press_stop():
        while not any(map(str.strip, told)):  # until it tells that it trains
            time.sleep(0.05)
        _thread.interrupt_main()

    threading.Thread(target=press_stop, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        ppo_edu.check("ppo_program", parts)
    pressed = time.monotonic()
    while threading.active_count() > before and time.monotonic() < pressed + 5:
        time.sleep(0.05)
    # Another test's workers may still be there, or go meanwhile.
    assert threading.active_count() == before and not set(psutil.Process().children()) - ours
    assert isolation.fork_is_of_use == process
    short(monkeypatch, -100.0)
    assert ppo_edu.check("ppo_program", parts).passed


def test_in_a_thread_the_whole_program_is_checked_as_in_a_process(monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", False)
    parts = styles.answer(*styles.STYLES["functions and NumPy"])
    short(monkeypatch, -100.0)
    assert "Lamp" in ppo_edu.check("ppo_program", parts).message
    short(monkeypatch, 0.5)
    assert not ppo_edu.check("ppo_program", parts).passed
    monkeypatch.setattr(looks.calling, "SECONDS", 0.5)

    def main(env, max_steps):
        env.reset()
        while True:
            pass

    monkeypatch.setattr(looks, "at_main", lambda main: None)
    before = threading.active_count()
    assert "was not back" in ppo_edu.check("ppo_program", main).message and threading.active_count() == before


def test_stubs_are_not_done_and_odd_things_are_told():
    for step in (*styles.STEPS, "ppo_program"):
        assert step in names() and all(
            not check(step, stub).attempted for stub in (..., None, [], (..., ...))
        )
        for odd in (7, "PPO", [1, 2], lambda: 1 / 0, len, dict):
            assert not check(step, odd).passed


def test_the_saved_file_runs_where_the_course_cannot_be_imported(tmp_path):
    chosen = ["one class, as the notes", "a class that grows", "functions and NumPy"]
    for number, style in enumerate(chosen):
        text, named = styles.STYLES[style]
        cells = [
            "import ppo_edu\nenv, model = 1, 2",
            *re.split(r"\n(?=class |def )", text),
            "%%not python",
            "main = main" if named[1] == "main" else "",
        ]
        path = tmp_path / f"my_ppo_{number}.py"
        result = as_a_file.save_program(styles.answer(text, named), path, cells)
        assert result.passed, result.message
        saved = path.read_text(encoding="utf-8").replace("12_000", "60")
        assert "ppo_edu" not in saved and "env, model" not in saved
        path.write_text(saved, encoding="utf-8")
    # All in one process, which loads torch once.
    blocked = "import runpy, sys; sys.modules['ppo_edu'] = None; [runpy.run_path(file, run_name='__main__') for file in sys.argv[1:]]"
    files = sorted(path.name for path in tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", blocked, *files], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.count("mean return") == len(chosen), done.stderr


def test_what_cannot_be_saved_is_told(tmp_path):
    def main(env, max_steps):
        return undefined  # noqa: F821

    path = tmp_path / "my_ppo.py"
    assert not as_a_file.save_program(..., path).attempted
    assert "`main`" in as_a_file.save_program([dict, lambda env, n: 0], path, []).message
    assert (
        "`undefined`"
        in as_a_file.save_program(main, path, ["def main(env, n):\n    return undefined"]).message
    )
    course = ["from ppo_edu import gae", "def main(env, n):\n    return gae"]
    assert "from ppo_edu import gae" in as_a_file.save_program(main, path, course).message
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_told_and_the_earlier_one_stays(tmp_path, monkeypatch):
    def main(env, max_steps):
        pass

    cells, path = ["def main(env, max_steps):\n    pass"], tmp_path / "my_ppo.py"
    missing = as_a_file.save_program(main, tmp_path / "none" / "my_ppo.py", cells)
    assert not missing.passed and "none" in missing.message
    assert not as_a_file.save_program(main, tmp_path, cells).passed
    path.write_text("earlier = 1", encoding="utf-8")

    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ppo_edu.guards.files.os.fsync", full)
    result = as_a_file.save_program(main, path, cells)
    assert not result.passed and "No space left" in result.message
    assert path.read_text(encoding="utf-8") == "earlier = 1" and len(list(tmp_path.iterdir())) == 1


@pytest.fixture
def beside():
    """A thread that takes steps of an optimiser all the while."""
    stop, weight = threading.Event(), torch.nn.Parameter(torch.ones(1))
    optimiser = torch.optim.Adam([weight])

    def train():
        while not stop.is_set():
            weight.sum().backward()
            optimiser.step()
            time.sleep(0.001)

    thread = threading.Thread(target=train, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.mark.parametrize("process", WAYS)
def test_a_training_beside_a_check_is_not_taken_for_the_learners(process, beside, monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", process)
    assert ppo_edu.check("ppo_main", exercises.exercise_called("ppo_main").solution).passed


def test_checks_that_throw_torchs_dice_take_turns_in_threads(monkeypatch):
    monkeypatch.setattr(isolation, "fork_is_of_use", False)
    answer, told = exercises.exercise_called("ppo_train_net").solution, []
    threads = [
        threading.Thread(target=lambda: told.append(ppo_edu.check("ppo_train_net", answer))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.passed for result in told] == [True] * 3
