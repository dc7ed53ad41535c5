"""What `test_bugs` does not hold for both families: the six programs on CartPole."""

import functools

import numpy as np
import pytest
import torch

import ppo_edu
from ppo_edu.exercises.tasks import bugs
from ppo_edu.exercises.tasks.bugs import family

NUMBERS = tuple(bugs.FAULTS)
RIGHT = {part: getattr(bugs.program, part) for part in bugs.PARTS}


def gae(r, v, v_next, terminated, truncated):
    return 1 / 0


def loss(actor, critic):
    return 0


def learn(actor, critic, optimiser, batch, epochs):
    while True:
        pass


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (gae, "ZeroDivisionError"),
        (loss, "it is called with `(actor, critic, batch)`"),
        (learn, "was not back"),
        (len, "under its own name"),
        (lambda *_: 1, "under its own name"),
        ("gae", "under its own name"),
        ([gae, "loss"], "under its own name"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)[:12]),
)
def test_what_goes_wrong_is_told(answer, told, monkeypatch):
    if answer is learn:
        monkeypatch.setattr(family.calling, "SECONDS", 1.0)
    result = ppo_edu.check("bug_3", answer)
    assert not result.passed and told in result.message


def test_a_stub_is_not_done_and_a_check_leaves_the_learners_random_numbers_alone():
    assert not any(ppo_edu.check("bug_1", stub).attempted for stub in (..., None, []))
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    ppo_edu.check("bug_1", RIGHT["loss"])
    assert torch.equal(torch.rand(3), expected)


@pytest.fixture(scope="module")
def right():
    """What the program without a bug does in its first 12 updates."""
    return family.run(bugs.namespace(), updates=12)


def test_what_the_hints_say_can_be_seen(right):
    assert right["falls"][-1] < 5 < right["falls"][0]
    assert right["clip_fraction"].max() > 0.1 and right["kl"].max() < 0.1
    assert right["largest_advantage"].max() > 4 and all(right["rows"] < 1024)
    assert right["explained_variance"].max() > 0.3
    flat = family.run(bugs.namespace(1), updates=10)["explained_variance"]
    assert all(np.abs(flat[2:]) < 0.05)
    leap = family.run(bugs.namespace(2), updates=2)
    assert all(leap["clip_fraction"] == 0) and leap["kl"].max() > 0.5
    ruler = family.run(bugs.namespace(5), updates=3)["largest_advantage"]
    assert ruler.max() == pytest.approx(np.sqrt(7), rel=0.01)
    assert all(family.run(bugs.namespace(6), updates=2)["rows"] == 1024)


def test_the_program_without_a_bug_learns_from_advantages_of_standard_deviation_1():
    """Steps that only reset an environment are in no batch, so they must not count for the mean either."""
    rng = np.random.default_rng(0)
    shape = (20, 4)
    rows = [
        rng.normal(size=(*shape, 4)).astype(np.float32),
        rng.integers(2, size=shape),
        rng.normal(size=shape),
        rng.normal(size=shape),
        rng.normal(size=(*shape, 4)).astype(np.float32),
        np.zeros(shape, dtype=bool),
        np.zeros(shape, dtype=bool),
        rng.random(shape) < 0.7,
    ]
    rows[3][~rows[7]] = 50.0
    batch = bugs.program.make_batch(rows, torch.nn.Linear(4, 1))
    assert len(batch[3]) == rows[7].sum()
    assert float(batch[3].mean()) == pytest.approx(0, abs=1e-6)
    assert float(batch[3].std(correction=0)) == pytest.approx(1, abs=1e-6)


@functools.cache
def some_updates(updates, number):
    return family.run(bugs.namespace(number), seed=bugs.FAMILY.seed, updates=updates)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_symptom_shows_in_the_seed_of_the_picture_as_it_was_recorded(number):
    # Those that the computation brings show at once, and two that training brings only in the whole run.
    updates = 24 if number in (3, 4) else 6
    right, wrong = (some_updates(updates, bug) for bug in (None, number))
    assert bugs.shows(number, right, wrong)
    assert not bugs.shows(number, right, right)
    with bugs.RECORDED.open(encoding="utf-8") as file:
        assert f"{number},2,1\n" in file.readlines()
