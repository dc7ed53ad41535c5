"""A whole GRPO on a language model in eight short functions, for "find the bug": this is the one without.

A learner reads it as `language.code` shows it, with one of the functions taken from `language.FAULTS`. It is
written out, and not made of `ppo_edu.language_models`, because the places where it could have gone wrong must
be in sight; model, alphabet and checker are the lesson's. As with many large models there is no token for
padding: whatever follows the end of an answer is the end token again.
"""

import torch
from torch import nn
from torch.distributions import Categorical, kl_divergence

from ppo_edu import language_models as lm
from ppo_edu.language_models.task import END, decode, encode

start, longest = 3, 12
numbers_asked = torch.tensor(lm.TRAINED[::4], device="cpu")
temperature, epsilon, beta = 0.8, 0.2, 0.02


def ask(prompts, group):
    drawn = torch.randint(len(numbers_asked), (prompts,))
    return numbers_asked[drawn].repeat_interleave(group).tolist()


@torch.no_grad()
def sample(model, numbers):
    new = torch.tensor([encode(f"{number}=") for number in numbers])
    tokens, log_probs, caches = [new], [], model.new_caches()
    running = torch.ones(len(new), dtype=torch.bool)
    for _ in range(longest):
        pi = Categorical(logits=model(new, caches)[:, -1] / temperature, validate_args=False)
        drawn = pi.sample().where(running, END)
        log_probs.append(pi.log_prob(drawn))
        running = running & (drawn != END)
        new = drawn[:, None]
        tokens.append(new)
    return torch.cat(tokens, 1), torch.stack(log_probs, 1)


def mask_of(tokens):
    ends = tokens[:, start:] == END
    return ends.cumsum(1) <= ends.long()


def score(model, tokens):
    logits = model(tokens)[:, start - 1 : -1] / temperature
    return Categorical(logits=logits, validate_args=False).log_prob(tokens[:, start:])


def pay(numbers, tokens):
    rewards = []
    for number, row in zip(numbers, tokens[:, start:].tolist(), strict=True):
        answer, end, _ = decode(row).partition(".")
        rewards.append(lm.correct(number, answer + end))
    return torch.tensor(rewards)


def advantages_of(rewards, group):
    groups = rewards.view(-1, group)
    centred = groups - groups.mean(1, keepdim=True)
    return (centred / (groups.std(1, keepdim=True) + 1e-4)).flatten()


def loss(model, batch):
    tokens, old, ref, mask, A = batch
    new = score(model, tokens)
    ratio = torch.exp(new - old)[mask]
    A = A[:, None].expand_as(mask)[mask]
    surrogate = torch.min(ratio * A, ratio.clip(1 - epsilon, 1 + epsilon) * A)
    apart = (ref - new)[mask]
    kl = torch.exp(apart) - 1 - apart
    return -surrogate.mean() + beta * kl.mean(), ratio.detach()


def learn(model, optimiser, batch, epochs):
    ratios = []
    for _ in range(epochs):
        for rows in torch.randperm(len(batch[0])).split(64):
            total, ratio = loss(model, [column[rows] for column in batch])
            optimiser.zero_grad()
            total.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            ratios.append(ratio)
    return ratios


def train(updates=24, prompts=16, group=8, epochs=2, rate=7e-4, seed=0):
    torch.manual_seed(seed)
    model, reference = lm.reference(), lm.reference()
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, eps=1e-5)
    history = []
    for update in range(updates):
        optimiser.param_groups[0]["lr"] = rate * min(1, (update + 1) / 10)
        numbers = ask(prompts, group)
        tokens, old = sample(model, numbers)
        rewards = pay(numbers, tokens)
        with torch.no_grad():
            ref = score(reference, tokens)
        batch = [tokens, old, ref, mask_of(tokens), advantages_of(rewards, group)]
        ratios = learn(model, optimiser, batch, epochs)
        history.append(diagnose(model, reference, batch, rewards.view(-1, group), ratios))
    return history


@torch.no_grad()
def diagnose(model, reference, batch, rewards, ratios):
    """Return what the learner sees of one update. It belongs to the measuring and not to the program."""
    tokens, _, _, mask, _ = batch
    answers = tokens[:, start:]
    valid = (answers == END).cumsum(1) <= (answers == END).long()
    pi, pi_ref = (
        Categorical(logits=network(tokens)[:, start - 1 : -1] / temperature, validate_args=False)
        for network in (model, reference)
    )
    apart = kl_divergence(pi, pi_ref) * valid
    return {
        "right": float(rewards.mean()),
        "first_ratio": float(ratios[0].clip(1e-9, 1e9).log().abs().mean()),
        "clip_fraction": float(((ratios[-1] - 1).abs() > epsilon).float().mean()),
        "kl_reference": float(apart.sum(1).mean()),
        "entropy": float(pi.entropy()[valid].mean()),
        "length": float(valid.sum(1).float().mean()),
        "learned_from": float(mask.sum(1).float().mean()),
        "flat_groups": float((rewards == rewards[:, :1]).all(1).float().mean()),
    }
