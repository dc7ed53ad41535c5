"""Six programs with a bug that train a language model: as `test_bugs` has it of those on CartPole."""

import csv
import inspect

import numpy as np
import pytest
import torch
from torch import nn

import ppo_edu
from ppo_edu import language_models as lm
from ppo_edu.exercises.tasks.bugs import family, language

FAMILY = language.FAMILY
NUMBERS = tuple(language.FAULTS)
RIGHT = {part: getattr(language.language_program, part) for part in language.PARTS}


def as_in_a_notebook(cell):
    """Return the names that a cell defines, run in the lesson's notebook after other exercises."""
    names = {"np": np, "torch": torch, "lm": lm, "F": nn.functional}
    names |= {"beta": "taken", "start": lambda *_: 1 / 0}
    exec(cell, names)
    return names


@pytest.mark.parametrize("number", NUMBERS)
def test_each_bug_is_one_change_to_one_function(number):
    part, right, wrong = language.FAULTS[number]
    assert FAMILY.source(part).count(right) == 1 and right != wrong
    texts = {name: FAMILY.source(name, number) for name in (*language.PARTS, "train")}
    assert [name for name, text in texts.items() if text != FAMILY.source(name)] == [part]
    assert all(text in language.code(number).text and len(text.splitlines()) <= 25 for text in texts.values())


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_mends_it(number):
    cell = language.EXERCISES[f"bug_{number}"].solution_text
    result = ppo_edu.check(f"bug_{number}", as_in_a_notebook(cell)[f"bug_{number}"])
    assert result.passed and result.message.endswith(ppo_edu.t(f"language_bugs.mended_{number}"))


@pytest.mark.parametrize("number", NUMBERS)
def test_without_a_change_the_bug_is_still_there_and_another_function_does_not_mend_it(number):
    part = language.FAULTS[number][0]
    same = as_in_a_notebook(FAMILY.source(part, number))[part]
    assert ppo_edu.check(f"bug_{number}", same).message == ppo_edu.t("bugs.as_before", part=part)
    others = [function for name, function in RIGHT.items() if name != part]
    assert not ppo_edu.check(f"bug_{number}", others).passed


OTHER_WAYS = [
    (8, "mask_of", "<= ends.long()", "<= 1"),  # whatever follows an end is an end
    (7, "loss", "torch.exp(new - old)", "(new - old).exp()"),
    (7, "loss", "torch.exp(new - old)", "ppo_edu.probability_ratio(new, old)"),
    (
        8,
        "mask_of",
        "    return ends.cumsum(1) <= ends.long()\n",
        "    return ends.long().cumsum(1) - ends.long() == 0\n",
    ),
    (
        8,
        "mask_of",
        "    return ends.cumsum(1) <= ends.long()\n",
        "    before = torch.cat([torch.zeros_like(ends[:, :1]), ends[:, :-1]], 1)\n"
        "    return before.cumsum(1) == 0\n",
    ),
    (
        8,
        "mask_of",
        "    return ends.cumsum(1) <= ends.long()\n",
        "    first = torch.where(ends.any(1), ends.long().argmax(1), ends.shape[1])\n"
        "    return torch.arange(ends.shape[1]) <= first[:, None]\n",
    ),
    (9, "score", "model(tokens)[:, start - 1 : -1]", "model(tokens[:, :-1])[:, start - 1 :]"),
    (9, "score", "[:, start - 1 : -1]", "[:, -longest - 1 : -1, :]"),
    (
        10,
        "score",
        "    return Categorical(logits=logits, validate_args=False).log_prob(tokens[:, start:])\n",
        "    every = logits.log_softmax(-1)\n    return every.gather(-1, tokens[:, start:, None])[..., 0]\n",
    ),
    (
        10,
        "score",
        "model(tokens)[:, start - 1 : -1] / temperature",
        "model(tokens)[:, start - 1 : -1] / 0.8",
    ),
    (11, "loss", "-surrogate.mean() + beta * kl.mean()", "(beta * kl - surrogate).mean()"),
    (11, "loss", "torch.exp(apart) - 1 - apart", "torch.expm1(apart) - apart"),
    (
        12,
        "ask",
        "numbers_asked[drawn].repeat_interleave(group)",
        "numbers_asked[drawn.repeat_interleave(group)]",
    ),
    (12, "ask", ".repeat_interleave(group)", "[:, None].expand(-1, group).flatten()"),
    (12, "ask", ".repeat_interleave(group)", ".repeat(group, 1).T.flatten()"),
]


@pytest.mark.parametrize(("number", "part", "old", "new"), OTHER_WAYS)
def test_another_right_way_mends_it_too(number, part, old, new):
    text = FAMILY.source(part)
    assert text.count(old) == 1
    mended = as_in_a_notebook(f"import ppo_edu\n{text.replace(old, new)}")[part]
    result = ppo_edu.check(f"bug_{number}", [mended])
    assert result.passed, result.message


HALF_MENDED = [
    (7, "loss", "torch.exp(new - old)", "torch.exp(new - new.detach())"),
    (7, "loss", "torch.exp(new - old)", "torch.exp(old - new)"),
    (8, "mask_of", "<= ends.long()", "<= 2"),
    (8, "mask_of", "ends.cumsum(1) <= ends.long()", "torch.ones_like(ends)"),
    (9, "score", "start - 1 : -1", "start - 2 : -2"),
    (10, "score", "/ temperature", "* temperature"),
    (11, "loss", "+ beta * kl.mean()", ""),
    (11, "loss", "+ beta * kl.mean()", "+ kl.mean()"),
    (11, "loss", "apart = (ref - new)[mask]", "apart = (new - ref)[mask]"),
    (12, "ask", ".repeat_interleave(group)", ".repeat_interleave(group)[:len(drawn)].repeat(group)"),
]


@pytest.mark.parametrize(("number", "part", "old", "new"), HALF_MENDED)
def test_half_mended_is_not_mended(number, part, old, new):
    text = FAMILY.source(part)
    assert text.count(old) == 1
    result = ppo_edu.check(f"bug_{number}", as_in_a_notebook(text.replace(old, new))[part])
    assert not result.passed
    assert "something else now" in result.message and "without any bug" in result.message


def loss(model, batch):
    return 1 / 0


def score(model):
    return 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (loss, "ZeroDivisionError"),
        (score, "it is called with `(model, tokens)`"),
        (len, "`bug_9 = loss`"),
        ([loss, "score"], "under its own name"),
    ],
    ids=["error", "parameters", "no function of the program", "text"],
)
def test_what_goes_wrong_is_told(answer, told):
    result = ppo_edu.check("bug_9", answer)
    assert not result.passed and told in result.message


def test_the_program_is_written_in_the_functions_it_lists():
    program = language.language_program
    defined = [
        name
        for name, value in vars(program).items()
        if inspect.isfunction(value) and value.__module__ == program.__name__
    ]
    assert [name for name in defined if name not in ("train", "diagnose")] == list(language.PARTS)


def test_the_right_program_is_the_lessons_grpo(monkeypatch):
    """One update's loss and gradient, by `ppo_edu.language_models`. Tolerance: float32 in another order."""
    program = language.language_program
    monkeypatch.setattr(program, "temperature", 1.0)
    reference, model, numbers = lm.reference(), lm.reference(), [13, 13, 13, 13, 40, 40, 40, 40]
    answers = lm.sample(reference, numbers, torch.Generator().manual_seed(4))
    padded = torch.full((8, program.longest), program.END)
    padded[:, : answers.tokens.shape[1]] = answers.tokens.where(answers.valid, program.END)
    tokens = torch.cat([answers.prompts, padded], 1)
    rewards = torch.tensor([lm.correct(*pair) for pair in zip(numbers, answers.texts, strict=True)])
    assert 0 < rewards.mean() < 1
    with torch.no_grad():
        old = ref = program.score(reference, tokens)
        for weights in model.parameters():
            weights += 0.01 * torch.randn(weights.shape, generator=torch.Generator().manual_seed(3))
    advantages = lm.group_advantages(rewards, 4)[:, None] * answers.valid
    # torch's standard deviation divides by n - 1.
    theirs = program.advantages_of(rewards, 4)
    torch.testing.assert_close(theirs * (4 / 3) ** 0.5, advantages[:, 0], rtol=1e-3, atol=1e-3)
    mask = program.mask_of(tokens)
    assert torch.equal(mask[:, : answers.valid.shape[1]], answers.valid) and mask.sum() == answers.valid.sum()
    total, _ = program.loss(model, [tokens, old, ref, mask, advantages[:, 0]])
    config = lm.LMConfig(advantage="grpo", group=4, answers=8, beta=program.beta, kl="k3")
    wanted = lm.policy_loss(
        lm.token_log_probs(model, answers), answers, advantages, answers.log_probs, config
    )
    torch.testing.assert_close(total, wanted, rtol=1e-4, atol=1e-5)
    gradients = (torch.autograd.grad(each, list(model.parameters())) for each in (total, wanted))
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_the_symptoms_that_the_computation_brings_show_in_a_short_run():
    """Those that training brings are in the recorded runs."""
    right = FAMILY.short_run()
    for number in (8, 9, 10):
        assert FAMILY.shows(number, right, FAMILY.short_run(number))
        assert not FAMILY.shows(number, right, right)
    far = FAMILY.short_run(7)["first_ratio"]
    assert far[0] < 1e-3 < 0.05 < far[-1] and (right["first_ratio"] < 1e-3).all()
    assert FAMILY.short_run(11)["kl_reference"][-1] > right["kl_reference"][-1]
    assert FAMILY.short_run(11)["kl_reference"][0] > 0


def test_the_pictures_seed_and_the_others_are_recorded():
    with language.RECORDED.open(encoding="utf-8", newline="") as file:
        rows = [tuple(map(int, row.values())) for row in csv.DictReader(file)]
    assert {(number, FAMILY.seed, 1) for number in NUMBERS} <= set(rows)
    assert len(rows) == len(NUMBERS) * len({seed for _, seed, _ in rows})
    assert "bug_7" not in language.in_how_many_seeds() and ppo_edu.t("language_bugs.symptom_7") in (
        language.in_how_many_seeds()
    )


def test_the_picture_has_words_for_those_who_cannot_see_it(monkeypatch):
    monkeypatch.setattr(family.Family, "history", lambda self, number=None: self.short_run(number))
    ppo_edu.use_language("ko")
    picture = language.symptoms(9)
    assert picture.png().startswith(b"\x89PNG")
    assert "프로그램 9" in repr(picture)
    assert all(label in repr(picture) for label in language.labels().values())


def test_a_number_that_is_none_of_them_is_told():
    for show in (language.symptoms, language.code):
        with pytest.raises(ValueError, match="number must be one of 7, 8, 9, 10, 11, 12, but is 1"):
            show(1)


def test_what_the_lesson_says_of_other_seeds_is_what_was_recorded():
    with language.RECORDED.open(encoding="utf-8", newline="") as file:
        rows = [tuple(map(int, row.values())) for row in csv.DictReader(file)]
    assert len({seed for _, seed, _ in rows}) == 6
    in_all = [number for number in NUMBERS if all(shown for each, _, shown in rows if each == number)]
    assert in_all == [7, 8, 9, 10, 11]
