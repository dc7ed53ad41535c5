"""Task, model and rollout: what is right, what is sampled, and that scoring agrees with sampling."""

import random
import re

import numpy as np
import pytest
import torch
from refusals import refusal

from ppo_edu import language_models as lm
from ppo_edu.language_models import task
from ppo_edu.language_models.model import GPT
from ppo_edu.language_models.rollout import token_log_probs


def right_by_pattern(number, answer):
    """Return whether an answer is right, by a regular expression of its own."""
    shape = re.fullmatch(r"(0*[1-9]\d*)(\+0*[1-9]\d*)+\.", answer)
    return bool(shape) and sum(map(int, answer[:-1].split("+"))) == number


def test_the_checker_agrees_with_another_one_on_random_texts():
    rng = random.Random(0)
    texts = ["".join(rng.choices("0123456789+=.#", k=rng.randint(0, 8))) for _ in range(3000)]
    texts += [f"{a}+{47 - a}." for a in range(48)] + ["47.", "1+1+45.", "1+45", "+47.", "47+.", "046+1.", ""]
    found = [task.correct(47, text) for text in texts]
    assert found == [float(right_by_pattern(47, text)) for text in texts]
    assert sum(found) >= 48


def test_what_people_wrote_is_right_but_for_the_copies():
    pairs = task.corpus(2000, seed=1)
    copied = [answer == f"{number}." for number, answer in pairs]
    assert 0.01 < np.mean(copied) < 0.04  # 2 %, its standard error 0.3 %
    assert all(task.correct(*pair) for pair, copy in zip(pairs, copied, strict=True) if not copy)
    assert max(len(answer) for _, answer in pairs) <= task.ANSWER_LENGTH


def test_held_out_prompts_are_never_trained_on_and_every_digit_is():
    assert set(task.TRAINED) | set(task.HELD_OUT) == set(task.NUMBERS)
    assert not set(task.TRAINED) & set(task.HELD_OUT)
    for place in (lambda n: n // 10, lambda n: n % 10):
        assert set(map(place, task.TRAINED)) == set(map(place, task.NUMBERS))


def test_the_cache_changes_nothing():
    model, tokens = GPT(generator=torch.Generator().manual_seed(1)), torch.randint(14, (3, 9))
    caches = model.new_caches()
    steps = [model(tokens[:, :4], caches), *(model(tokens[:, at : at + 1], caches) for at in range(4, 9))]
    # Sums in another order differ in the last digits of float32.
    torch.testing.assert_close(torch.cat(steps, 1), model(tokens), rtol=1e-4, atol=1e-5)


def test_what_comes_later_is_not_seen():
    model, tokens = GPT(generator=torch.Generator().manual_seed(1)), torch.randint(14, (1, 9))
    other = tokens.clone()
    other[:, 5] = (other[:, 5] + 1) % 14
    torch.testing.assert_close(model(tokens)[:, :5], model(other)[:, :5])
    assert not torch.allclose(model(tokens)[:, 5:], model(other)[:, 5:])


def test_scoring_gives_the_log_probabilities_of_sampling():
    """The ratio before the first step is 1: the best test of all of a program like this one."""
    answers = lm.sample(lm.reference(), task.TRAINED * 4, torch.Generator().manual_seed(0))
    scored = token_log_probs(lm.reference(), answers)
    torch.testing.assert_close(scored, answers.log_probs, rtol=1e-4, atol=1e-4)
    lengths = answers.valid.sum(1)
    ended = (answers.tokens == task.END).any(1)
    assert (answers.last.sum(1) == 1).all()
    for row in range(len(answers)):
        assert (answers.tokens[row, lengths[row] :] == task.PAD).all()
        assert (answers.log_probs[row, lengths[row] :] == 0).all()
        if ended[row]:
            assert answers.tokens[row, lengths[row] - 1] == task.END


def test_tokens_are_drawn_as_often_as_the_model_says():
    model, draws = lm.reference(), 4000
    answers = lm.sample(model, [30] * draws, torch.Generator().manual_seed(0))
    first = np.bincount(answers.tokens[:, 0], minlength=14) / draws
    wanted = model(answers.prompts[:1]).softmax(-1)[0, -1].detach().numpy()
    # Four standard errors of a share.
    assert (np.abs(first - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / draws) + 1e-3).all()


def test_greedy_takes_the_most_probable_token():
    answers = lm.sample(lm.reference(), task.NUMBERS, greedy=True)
    everything = lm.reference()(torch.cat([answers.prompts, answers.tokens[:, :-1]], 1))[:, 2:]
    assert (everything.argmax(-1) == answers.tokens)[answers.valid].all()


def test_neither_models_nor_samples_touch_the_learners_dice():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    lm.sample(GPT(generator=torch.Generator().manual_seed(0)), [30], torch.Generator().manual_seed(0))
    lm.reference()
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("kind", ["trained", "held_out"])
def test_the_reference_writes_some_right_answers_and_leaves_room(kind):
    run = lm.LMRun(lm.LMConfig(), 0, lm.reference(), lm.reference())
    assert 0.2 < run.accuracy(kind) < 0.5


def test_what_is_no_answer_and_no_number_is_named():
    for reward in lm.REWARDS.values():
        for answer in (None, 3, b"1+1.", ["1+1."], np.array("1+1.")):
            assert "answer" in refusal(lambda reward=reward, answer=answer: reward(12, answer))
    for number in (None, "12", 1.5, True, 0, np.array([12])):
        assert "number" in refusal(lambda number=number: lm.correct(number, "6+6."))
    # Letters that Python takes for digits, but not for numbers, and numbers that it does not write out.
    assert [lm.correct(4, answer) for answer in ("²+2.", "2+" + "2" * 5000 + ".", "٢+٢.")] == [0.0, 0.0, 0.0]


def test_what_cannot_be_asked_for_an_answer_is_named():
    model = lm.GPT()
    for value in (None, 3, "gpt", torch.ones(2), np.ones(2)):
        assert "model" in refusal(lambda value=value: lm.sample(value, [12]))
    for numbers in (None, 3, 12.0, "12", [], [9], [100], [12.0], [[12]], [True], {"a": 1}):
        assert "numbers" in refusal(lambda numbers=numbers: lm.sample(model, numbers))
    assert "generator" in refusal(lambda: lm.sample(model, [12], 3))
    assert "greedy" in refusal(lambda: lm.sample(model, [12], greedy=1))
    assert "outputs" in refusal(lambda: lm.GPT(0)) and "generator" in refusal(lambda: lm.GPT(3, 3))
    for tokens in (None, 3, "12=", [[1, 2]], torch.ones(2, 2), torch.tensor([1, 2])):
        assert "tokens" in refusal(lambda tokens=tokens: model(tokens))
    assert len(lm.sample(model, np.array([12, 13]))) == 2


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("seed", [-1, 1.5, None]),
        ("steps", [0, 1.5, "2", True]),
        ("batch", [0, None, 2.0]),
        ("learning_rate", [0, -1.0, "1", None, 1e7]),
        ("on_step", [3, "print"]),
    ],
)
def test_what_pretraining_cannot_do_is_named(name, values):
    for value in values:
        given = {"steps": 1, "batch": 2, name: value}
        assert name in refusal(lambda given=given: lm.pretrain(**given))
