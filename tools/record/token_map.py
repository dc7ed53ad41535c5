"""Record token_map.npz: ``python tools/record/token_map.py`` (some ten seconds).

Eight answers of a half-trained model to one prompt, and what eight gradient steps on the batch that they
stood in did to each token's log-probability: once with the group's advantages, once with those of a critic.
"""

import copy
import sys
from pathlib import Path

import numpy as np
import torch

import ppo_edu
from ppo_edu import language_models as lm
from ppo_edu.guards.files import whole_file
from ppo_edu.language_models.model import critic_from
from ppo_edu.language_models.rollout import token_log_probs, token_scores
from ppo_edu.language_models.task import TRAINED
from ppo_edu.language_models.update import gradient_steps, step
from ppo_edu.run import one_thread

TARGET = Path(ppo_edu.__file__).parent / "recorded" / "token_map.npz"
BEFORE, GROUP, PROMPTS, SEED = 10, 8, 32, 0
KINDS = {"group": {"advantage": "grpo"}, "critic": {"advantage": "ppo", "lam": 0.95}}


def settings(kind):
    """Return the settings of the eight steps: those of training."""
    return lm.LMConfig(**KINDS[kind], answers=PROMPTS * GROUP, group=GROUP, learning_rate=3e-4)


def batch():
    """Return a half-trained policy, its answers, their rewards and a critic that can judge them."""
    policy = lm.train(config=lm.LMConfig(advantage="grpo"), seed=SEED, updates=BEFORE).policy
    generator = torch.Generator().manual_seed(SEED)
    numbers = [number for number in TRAINED for _ in range(GROUP)]
    critic = critic_from(policy)
    optimiser = torch.optim.Adam(critic.parameters(), lr=1e-3)
    for _ in range(250):
        answers, rewards = paid(policy, numbers, generator)
        error = (token_scores(critic, answers)[..., 0] - rewards[:, None]).square()
        step(critic, optimiser, lm.masked_mean(error, answers.valid), 1.0)
    return policy, *paid(policy, numbers, generator), critic


def paid(policy, numbers, generator):
    """Return answers and their rewards."""
    answers = lm.sample(policy, numbers, generator)
    pairs = zip(numbers, answers.texts, strict=True)
    return answers, torch.tensor([lm.correct(*pair) for pair in pairs])


def walk(kind, policy, answers, rewards, critic, chosen):
    """Return the log-probabilities of the chosen answers after 0 to 8 steps, and their advantages."""
    config, policy = settings(kind), copy.deepcopy(policy)
    judge = critic_from(policy)
    judge.load_state_dict(critic.state_dict())
    with torch.no_grad():
        ref = token_log_probs(policy, answers)
    advantages, targets = lm.advantages_of(answers, rewards, ref, judge, config)
    optimisers = [
        torch.optim.Adam(network.parameters(), lr=config.learning_rate) for network in (policy, judge)
    ]
    generator = torch.Generator().manual_seed(SEED)
    critic = judge if kind == "critic" else None
    kept = [answers.log_probs[chosen]]
    for _ in gradient_steps(policy, critic, optimisers, answers, advantages, targets, ref, config, generator):
        with torch.no_grad():
            kept.append(token_log_probs(policy, answers[chosen]))
    return torch.stack(kept).numpy(), advantages[chosen].numpy()


def main():
    """Write token_map.npz."""
    with one_thread():
        policy, answers, rewards, critic = batch()
        # A group in which some are right and some are not; of those, the one with the most different answers.
        groups = rewards.view(PROMPTS, GROUP).sum(1)
        texts = np.array(answers.texts).reshape(PROMPTS, GROUP)
        mixed = [row for row in range(PROMPTS) if 3 <= groups[row] <= 5 and TRAINED[row] >= 20]
        row = max(mixed, key=lambda row: len(set(texts[row])))
        chosen = list(range(row * GROUP, (row + 1) * GROUP))
        part = answers[chosen]
        arrays = {
            "number": np.array(part.numbers[0]),
            "tokens": part.tokens.numpy().astype("i1"),
            "valid": part.valid.numpy(),
            "rewards": rewards[chosen].numpy(),
        }
        for kind in KINDS:
            log_probs, advantages = walk(kind, policy, answers, rewards, critic, chosen)
            arrays |= {f"{kind}.log_probs": log_probs, f"{kind}.advantages": advantages}
    with whole_file(TARGET) as file:
        np.savez_compressed(file, **arrays)


if __name__ == "__main__":
    sys.exit(main())
