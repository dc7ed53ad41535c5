"""What `test_bugs` does not hold for both families: the six programs that train a language model."""

import pytest
import torch

import ppo_edu
from ppo_edu import language_models as lm
from ppo_edu.exercises.tasks.bugs import language

FAMILY = language.FAMILY


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


def test_the_one_that_is_not_counted_is_told_in_words():
    assert "bug_7" not in language.in_how_many_seeds() and ppo_edu.t("language_bugs.symptom_7") in (
        language.in_how_many_seeds()
    )
