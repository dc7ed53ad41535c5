"""Six programs with a bug: each shows it, hides its code until asked, and passes only when it is mended."""

import csv
import inspect

import numpy as np
import pytest
import torch
from torch.distributions import Categorical

import ppo_edu
from ppo_edu.exercises.tasks import bugs
from ppo_edu.exercises.tasks.bugs import family

NUMBERS = tuple(bugs.FAULTS)
RIGHT = {part: getattr(bugs.program, part) for part in bugs.PARTS}


def as_in_a_notebook(cell):
    """Return the names that a cell defines, run in a notebook that has answered other exercises before."""
    names = {"np": np, "torch": torch, "Categorical": Categorical, "gae": lambda *_: 1 / 0, "gamma": "taken"}
    exec(cell, names)
    return names


@pytest.mark.parametrize("number", NUMBERS)
def test_each_bug_is_one_change_to_one_function(number):
    part, right, wrong = bugs.FAULTS[number]
    assert bugs.source(part).count(right) == 1 and right != wrong
    texts = {name: bugs.source(name, number) for name in (*bugs.PARTS, "train")}
    assert [name for name, text in texts.items() if text != bugs.source(name)] == [part]
    assert all(text in bugs.code(number).text and len(text.splitlines()) <= 25 for text in texts.values())


@pytest.mark.parametrize("number", NUMBERS)
def test_the_code_is_folded_in_a_notebook(number):
    shown = bugs.code(number)._repr_html_()
    assert shown.startswith("<details><summary>") and "open" not in shown.partition(">")[0]
    assert "&lt;" in bugs.code(2)._repr_html_() or "<" not in bugs.code(2).text


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_mends_it(number):
    cell = bugs.EXERCISES[f"bug_{number}"].solution_text
    result = ppo_edu.check(f"bug_{number}", as_in_a_notebook(cell)[f"bug_{number}"])
    assert result.passed and result.message.endswith(ppo_edu.t(f"bugs.mended_{number}"))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_without_a_change_the_bug_is_still_there(number, language):
    ppo_edu.use_language(language)
    part = bugs.FAULTS[number][0]
    same = as_in_a_notebook(bugs.source(part, number))[part]
    assert ppo_edu.check(f"bug_{number}", same).message == ppo_edu.t("bugs.as_before", part=part)


@pytest.mark.parametrize("number", NUMBERS)
def test_another_function_does_not_mend_it(number):
    for part in set(bugs.PARTS) - {bugs.FAULTS[number][0]}:
        assert not ppo_edu.check(f"bug_{number}", RIGHT[part]).passed


OTHER_WAYS = [
    (1, "loss", "critic(s).squeeze(-1) - target", "critic(s) - target[:, None]"),
    (1, "loss", "critic(s).squeeze(-1)", "critic(s)[:, 0]"),
    (1, "loss", "critic(s).squeeze(-1)", "critic(s).reshape(len(target))"),
    (
        1,
        "loss",
        "(critic(s).squeeze(-1) - target).square().mean()",
        "nn.functional.mse_loss(critic(s).flatten(), target)",
    ),
    (2, "learn", "        total, clipped", "        assert len(batch) == 5\n        total, clipped"),
    (2, "learn", "    for _ in range(epochs):", "    kept = tuple(batch)\n    for _ in range(epochs):"),
    (2, "learn", "loss(actor, critic, batch)", "loss(actor, critic, list(batch))"),
    (2, "learn", "range(epochs)", "list(range(epochs))"),
    (3, "gae", "goes_on[t] *", "(not_ended := 1.0 - (terminated[t] + truncated[t]).clip(0, 1)) *"),
    (3, "gae", "~(terminated | truncated)", "np.logical_not(np.logical_or(terminated, truncated))"),
    (3, "gae", "~(terminated | truncated)", "~terminated & ~truncated"),
    (3, "gae", "~(terminated | truncated)", "1 - np.maximum(terminated, truncated)"),
    (4, "gae", "v_next * ~terminated", "np.where(terminated, 0.0, v_next)"),
    (4, "gae", "v_next * ~terminated", "v_next * (1 - terminated)"),
    (4, "gae", "v_next * ~terminated", "v_next * np.logical_not(terminated)"),
    (4, "gae", "r + gamma * v_next * ~terminated - v", "r - v + np.where(terminated, 0, gamma * v_next)"),
    (5, "normalise", "advantages.std(where=valid)", "advantages[valid].std(ddof=1)"),
    (5, "normalise", "advantages.mean(where=valid)", "advantages[valid].mean()"),
    (5, "normalise", "advantages.mean(where=valid)", "(advantages * valid).sum() / valid.sum()"),
    (5, "normalise", "advantages.mean(where=valid)", "np.average(advantages, weights=valid)"),
    (6, "collect", "valid = ~just_ended", "valid = np.logical_not(just_ended)"),
    (6, "collect", "valid = ~just_ended", "valid = just_ended == False"),
    (6, "collect", "valid = ~just_ended", "valid = 1 - just_ended > 0"),
    (6, "collect", "valid = ~just_ended", "valid = np.where(just_ended, False, True)"),
]


@pytest.mark.parametrize(("number", "part", "old", "new"), OTHER_WAYS)
def test_another_right_way_mends_it_too(number, part, old, new):
    text = bugs.source(part)
    assert text.count(old) == 1
    mended = as_in_a_notebook(text.replace(old, new))[part]
    result = ppo_edu.check(f"bug_{number}", [mended])
    assert result.passed, result.message


HALF_MENDED = [
    (1, "loss", "(critic(s).squeeze(-1) - target)", "(critic(s).mean() - target)"),
    (2, "learn", "    for _ in range(epochs):", "    for _ in range(1):"),
    (3, "gae", "~(terminated | truncated)", "~np.roll(terminated | truncated, 1, axis=0)"),
    (3, "gae", "goes_on = ~(terminated | truncated)", "goes_on = ~terminated"),
    (4, "gae", "v_next * ~terminated", "v_next"),
    (5, "normalise", "advantages.mean(where=valid)", "advantages.mean(axis=0, where=valid)"),
    (5, "normalise", "(advantages - mean)", "advantages"),
    (6, "collect", "valid = ~just_ended", "valid = ~(terminated | truncated)"),
    (1, "loss", "- target).square()", "- 2 * target).square()"),
    (1, "loss", "- target).square()", "- target).abs()"),
    (2, "learn", "        optimiser.zero_grad()\n", ""),
    (2, "learn", "range(epochs)", "range(epochs - 1)"),
    (4, "gae", "v_next * ~terminated", "v_next * ~truncated"),
    (4, "gae", "v_next * ~terminated", "v * ~terminated"),
    (6, "collect", "valid = ~just_ended", "valid = ~just_ended & ~truncated"),
    (6, "collect", "valid = ~just_ended", "valid = just_ended"),
]


@pytest.mark.parametrize(("number", "part", "old", "new"), HALF_MENDED)
def test_half_mended_is_not_mended(number, part, old, new):
    text = bugs.source(part)
    assert text.count(old) == 1
    result = ppo_edu.check(f"bug_{number}", as_in_a_notebook(text.replace(old, new))[part])
    assert not result.passed
    assert "something else now" in result.message and "without any bug" in result.message


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


def test_the_picture_has_words_for_those_who_cannot_see_it(monkeypatch, right):
    wrong = family.run(bugs.namespace(5), updates=12)
    monkeypatch.setattr(family.Family, "history", lambda self, number=None: wrong if number else right)
    ppo_edu.use_language("ko")
    picture = bugs.symptoms(5)
    assert picture.png().startswith(b"\x89PNG")
    assert "프로그램 5" in repr(picture) and all(label in repr(picture) for label in bugs.labels().values())


def test_a_number_that_is_none_of_them_is_told():
    for show in (bugs.symptoms, bugs.code):
        with pytest.raises(ValueError, match="number must be one of 1, 2, 3, 4, 5, 6, but is 7"):
            show(7)


def test_the_program_is_written_in_the_functions_it_lists():
    defined = [
        name
        for name, value in vars(bugs.program).items()
        if inspect.isfunction(value) and value.__module__ == bugs.program.__name__
    ]
    assert [name for name in defined if name not in ("train", "diagnose")] == list(bugs.PARTS)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_symptom_shows_in_the_seed_of_the_picture_as_it_was_recorded(number):
    assert bugs.shows(number, bugs.history(), bugs.history(number))
    assert not bugs.shows(number, bugs.history(), bugs.history())
    with bugs.RECORDED.open(encoding="utf-8") as file:
        assert f"{number},2,1\n" in file.readlines()


def test_what_the_lesson_says_of_other_seeds_is_what_was_recorded():
    with bugs.RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    in_all = [
        number for number in NUMBERS if all(int(r["shows"]) for r in rows if int(r["number"]) == number)
    ]
    assert in_all == [1, 2, 5, 6] and len({row["seed"] for row in rows}) == 12
