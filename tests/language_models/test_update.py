"""Losses, advantages and rewards against TRL's formulas and by properties.

The functions named ``trl_...`` are written from the documentation of TRL 0.2x (GRPOTrainer, "Computing the
loss", "Loss types", importance_sampling_level; PPOTrainer's rewards and advantages), without any of the
package; `benchmarks/trl_loss.py` has TRL itself. Tolerance 1e-5: sums of float32 in another order.
"""

import itertools

import numpy as np
import pytest
import torch
from refusals import refusal

from ppo_edu import language_models as lm
from ppo_edu.language_models import task
from ppo_edu.language_models.model import critic_from
from ppo_edu.language_models.update import gradient_steps, ratios_of, token_log_probs, token_scores

CLOSE = {"rtol": 1e-5, "atol": 1e-5}
TYPES = {"token": "bnpo", "sequence": "grpo", "constant": "dr_grpo"}


@pytest.fixture(scope="module")
def batch():
    """Return answers, the reference's log-probabilities and a policy that has moved away from it."""
    reference = lm.reference()
    answers = lm.sample(
        reference, [n for n in (10, 23, 31, 47) for _ in range(8)], torch.Generator().manual_seed(2)
    )
    policy = lm.reference()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weights in policy.parameters():
            weights += 0.01 * torch.randn(weights.shape, generator=generator)
        ref_log_probs = token_log_probs(reference, answers)
    rewards = torch.tensor([task.correct(*pair) for pair in zip(answers.numbers, answers.texts, strict=True)])
    assert 0 < rewards.mean() < 1
    return answers, rewards, ref_log_probs, policy


def trl_loss(logps, old, ref, mask, advantages, low, high, beta, level, loss_type, longest):
    log_ratio = logps - old
    if level == "sequence":
        log_ratio = ((log_ratio * mask).sum(-1) / mask.sum(-1).clamp(min=1.0)).unsqueeze(-1)
    coef_1 = torch.exp(log_ratio)
    coef_2 = torch.clamp(coef_1, 1 - low, 1 + high)
    per_token = -torch.min(coef_1 * advantages[:, None], coef_2 * advantages[:, None])
    if beta:
        per_token = per_token + beta * (torch.exp(ref - logps) - (ref - logps) - 1)
    per_token = per_token.expand_as(mask)
    if loss_type == "grpo":
        return ((per_token * mask).sum(-1) / mask.sum(-1).clamp(min=1.0)).mean()
    if loss_type == "bnpo":
        return (per_token * mask).sum() / mask.sum().clamp(min=1.0)
    return (per_token * mask).sum() / (per_token.size(0) * longest)


@pytest.mark.parametrize(
    ("ratio", "mean", "beta", "epsilon_high"),
    list(itertools.product(("token", "sequence"), TYPES, (0.0, 0.3), (None, 0.28))),
)
def test_loss_and_gradient_are_trls(batch, ratio, mean, beta, epsilon_high):
    answers, rewards, ref, policy = batch
    config = lm.LMConfig(
        advantage="grpo", ratio=ratio, mean=mean, beta=beta, kl="k3", epsilon=0.1, epsilon_high=epsilon_high
    )
    of_answer = lm.group_advantages(rewards, 8)
    advantages, _ = lm.advantages_of(answers, rewards, ref, None, config)
    torch.testing.assert_close(advantages, of_answer[:, None] * answers.valid)

    mask = answers.valid.float()
    tokens = torch.cat([answers.prompts, answers.tokens], 1)
    every = torch.log_softmax(policy(tokens), -1)
    theirs = torch.gather(every[:, :-1], 2, tokens[:, 1:, None])[..., 0][:, task.PROMPT_LENGTH - 1 :]
    bounds = (0.1, 0.1 if epsilon_high is None else epsilon_high)
    wanted = trl_loss(
        theirs,
        answers.log_probs,
        ref,
        mask,
        of_answer,
        *bounds,
        beta,
        ratio,
        TYPES[mean],
        task.ANSWER_LENGTH,
    )
    ours = lm.policy_loss(token_log_probs(policy, answers), answers, advantages, ref, config)
    torch.testing.assert_close(ours, wanted, **CLOSE)
    weights = list(policy.parameters())
    for one, other in zip(
        torch.autograd.grad(ours, weights), torch.autograd.grad(wanted, weights), strict=True
    ):
        torch.testing.assert_close(one, other, **CLOSE)


def test_group_advantages_are_trls_but_for_the_kind_of_spread():
    """TRL divides by the sample's standard deviation plus 1e-4; DeepSeekMath says no more than "std"."""
    rewards = torch.rand(40, generator=torch.Generator().manual_seed(0))
    groups = rewards.view(-1, 8)
    mean, std = groups.mean(1).repeat_interleave(8), groups.std(1).repeat_interleave(8)
    theirs = (rewards - mean) / (std + 1e-4)
    # n - 1 for n in the spread, and 1e-4 beside a spread of some 0.3.
    torch.testing.assert_close(lm.group_advantages(rewards, 8), theirs * (8 / 7) ** 0.5, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(lm.group_advantages(rewards, 8, divide_by_std=False), rewards - mean)


@pytest.mark.parametrize("lam", [1.0, 0.95, 0.0])
@pytest.mark.parametrize("beta", [0.0, 0.2])
def test_rewards_and_advantages_with_a_critic_are_trls(batch, lam, beta):
    answers, rewards, ref, _ = batch
    critic = critic_from(lm.reference())
    with torch.no_grad():
        critic.head.weight.normal_(generator=torch.Generator().manual_seed(0))
        values = token_scores(critic, answers)[..., 0]
    paid = -beta * (answers.log_probs - ref)
    for row, length in enumerate(answers.valid.sum(1).tolist()):
        paid[row, length - 1] += rewards[row]
    wanted, later = torch.zeros_like(values), torch.zeros(len(values))
    values = values * answers.valid
    for at in reversed(range(values.shape[1])):
        following = values[:, at + 1] if at + 1 < values.shape[1] else 0.0
        later = paid[:, at] + following - values[:, at] + lam * later
        wanted[:, at] = later = later * answers.valid[:, at]
    mean, spread = wanted[answers.valid].mean(), wanted[answers.valid].std(correction=0)
    config = lm.LMConfig(lam=lam, beta=beta)
    advantages, targets = lm.advantages_of(answers, rewards, ref, critic, config)
    torch.testing.assert_close(targets[answers.valid], (wanted + values)[answers.valid], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(advantages, (wanted - mean) / spread * answers.valid, rtol=1e-4, atol=1e-4)


def test_leave_one_out_is_what_its_name_says(batch):
    answers, rewards, ref, _ = batch
    advantages, _ = lm.advantages_of(answers, rewards, ref, None, lm.LMConfig(advantage="rloo"))
    for row in range(len(answers)):
        group = [other for other in range(row // 8 * 8, row // 8 * 8 + 8) if other != row]
        assert advantages[row, 0] == pytest.approx(float(rewards[row] - rewards[group].mean()), abs=1e-6)


def test_a_reward_stands_on_the_last_token_and_k1_on_every_other(batch):
    answers, rewards, ref, _ = batch
    plain = lm.token_rewards(answers, rewards, answers.log_probs, ref, 0.0)
    assert torch.equal(plain.sum(1), rewards) and (plain != 0).sum() == rewards.sum()
    dear = lm.token_rewards(answers, 0 * rewards, ref + 1.0, ref, 0.5)
    assert torch.allclose(dear, -0.5 * answers.valid.float())


@pytest.mark.parametrize("mean", TYPES)
def test_padding_has_no_say(batch, mean):
    answers, _, _, _ = batch
    terms = torch.rand(answers.valid.shape)
    poisoned = terms.where(answers.valid, torch.nan)
    assert lm.masked_mean(terms, answers.valid, mean) == lm.masked_mean(poisoned, answers.valid, mean)


def test_means_weigh_a_short_and_a_long_answer_as_their_names_say():
    valid = torch.arange(12) < torch.tensor([[3], [12]])
    terms = valid * torch.tensor([[10.0], [2.0]])
    found = {kind: float(lm.masked_mean(terms, valid, kind)) for kind in TYPES}
    # By hand: (3*10 + 12*2) / 15, (10 + 2) / 2, (3*10 + 12*2) / 2 / 12.
    assert found == pytest.approx({"token": 3.6, "sequence": 6.0, "constant": 2.25})


def test_the_ratio_of_an_answer_is_the_geometric_mean_of_its_tokens(batch):
    answers, _, _, policy = batch
    log_probs = token_log_probs(policy, answers).detach()
    tokens, whole = ratios_of(log_probs, answers), ratios_of(log_probs, answers, "sequence")
    for row, valid in enumerate(answers.valid):
        mean = float(tokens[row, valid].double().prod() ** (1 / int(valid.sum())))
        np.testing.assert_allclose(whole[row, valid], mean, rtol=1e-4)


def test_the_first_step_sees_ratios_of_one_and_later_ones_do_not(batch):
    answers, rewards, ref, _ = batch
    policy, config = lm.reference(), lm.LMConfig(advantage="grpo", answers=32, minibatch_size=16)
    optimiser = torch.optim.Adam(policy.parameters(), lr=1e-3)
    advantages, _ = lm.advantages_of(answers, rewards, ref, None, config)
    seen = list(
        gradient_steps(
            policy,
            None,
            [optimiser],
            answers,
            advantages,
            None,
            ref,
            config,
            torch.Generator().manual_seed(0),
        )
    )
    assert len(seen) == 4
    assert seen[0]["approx_kl"] < 1e-8 < 1e-5 < seen[-1]["approx_kl"]
    assert seen[0]["clip_fraction"] == seen[0]["no_gradient"] == 0 < seen[-1]["clip_fraction"]
    assert all(each["no_gradient"] <= each["clip_fraction"] for each in seen)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"advantage": "dpo"}, ["advantage", "'dpo'", "'grpo'"]),
        ({"ratio": "word"}, ["ratio", "'word'"]),
        ({"mean": "median"}, ["mean", "'median'"]),
        ({"kl": "k1"}, ["kl", "'k1'"]),
        ({"prompts": "sorted"}, ["prompts", "'sorted'", "'in_turn'"]),
        ({"answers": 10, "group": 4}, ["10", "4"]),
        ({"advantage": "rloo", "group": 1}, ["'rloo'"]),
        ({"beta": -0.1}, ["beta", "-0.1"]),
        ({"lam": 1.5}, ["lam", "1.5"]),
        ({"epsilon_high": 0.0}, ["epsilon_high", "0.0"]),
        ({"epochs": 0}, ["epochs", "0"]),
    ],
)
def test_what_a_setting_may_be_is_said(settings, words, language):
    import ppo_edu

    ppo_edu.use_language(language)
    with pytest.raises(ValueError) as raised:
        lm.LMConfig(**settings)
    for word in words:
        assert word in str(raised.value)


def test_what_is_no_batch_of_answers_is_named(batch):
    answers, *_ = batch
    log_probs, rewards, config = (
        answers.log_probs,
        torch.ones(len(answers)),
        lm.LMConfig(advantage="reinforce"),
    )
    wrong = (None, 3.0, "x", log_probs.numpy(), log_probs[:1], torch.ones(2, 3, 4))
    for value in wrong:
        for name, call in {
            "rewards": lambda value=value: lm.token_rewards(answers, value, log_probs, log_probs, 0.1),
            "log_probs": lambda value=value: lm.token_rewards(answers, rewards, value, log_probs, 0.1),
            "ref_log_probs": lambda value=value: lm.advantages_of(answers, rewards, value, None, config),
            "advantages": lambda value=value: lm.policy_loss(log_probs, answers, value, log_probs, config),
            "answers": lambda value=value: lm.policy_loss(log_probs, value, log_probs, log_probs, config),
            "config": lambda value=value: lm.policy_loss(log_probs, answers, log_probs, log_probs, value),
        }.items():
            assert name in refusal(call)
    assert "critic" in refusal(
        lambda: lm.advantages_of(answers, rewards, log_probs, None, lm.LMConfig(advantage="ppo"))
    )
    assert "beta" in refusal(lambda: lm.token_rewards(answers, rewards, log_probs, log_probs, -1))


@pytest.mark.parametrize(
    "rewards", [torch.ones(3), np.ones(5), np.ones((2, 2)), torch.tensor(1.0), 1.0], ids=str
)
def test_what_is_no_group_is_named(rewards):
    assert "rewards" in refusal(lambda: lm.group_advantages(rewards, 2))
