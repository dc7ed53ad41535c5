"""The whole PPO in 100 lines (blank ones aside), of which the README tells, is what the package does."""

import importlib
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributions import Categorical

import ppo_edu

ROOT = Path(ppo_edu.__file__).parents[1]
PATH = re.search(r"`(ppo_edu/\S+/program\.py)`", (ROOT / "README.md").read_text(encoding="utf-8"))[1]


@pytest.fixture(scope="module")
def program():
    return importlib.import_module(PATH.removesuffix(".py").replace("/", "."))


def test_it_is_short_and_stands_alone():
    text = (ROOT / PATH).read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) < 100
    assert not re.search(r"^\s*(import|from) ppo_edu", text, re.MULTILINE)


def test_its_advantages_are_the_packages(program):
    rng = np.random.default_rng(0)
    r, v, v_next = rng.standard_normal((3, 40, 5))
    terminated, truncated = rng.random((2, 40, 5)) < 0.1
    ours = ppo_edu.gae(r, v, v_next, terminated, truncated, program.gamma, program.lam)
    # The same sums in the same order, in float64.
    np.testing.assert_allclose(program.gae(r, v, v_next, terminated, truncated), ours, rtol=1e-12)


def test_its_loss_is_made_of_the_packages_surrogate(program):
    generator = torch.Generator().manual_seed(0)
    actor, critic = nn.Linear(4, 2, dtype=torch.float64), nn.Linear(4, 1, dtype=torch.float64)
    states = torch.randn(200, 4, generator=generator, dtype=torch.float64)
    actions = torch.randint(2, (200,), generator=generator)
    old, advantages, targets = torch.randn(3, 200, generator=generator, dtype=torch.float64)
    old = Categorical(logits=actor(states)).log_prob(actions).detach() + 0.3 * old
    total, clipped = program.loss(actor, critic, (states, actions, old, advantages, targets))

    ratio = ppo_edu.probability_ratio(Categorical(logits=actor(states)).log_prob(actions), old)
    surrogate = ppo_edu.clipped_surrogate(ratio, advantages, program.epsilon)
    value_loss = nn.functional.mse_loss(critic(states).squeeze(-1), targets)
    ours = 0.5 * value_loss - surrogate.mean()
    assert total.item() == pytest.approx(ours.item(), rel=1e-12)
    parameters = [*actor.parameters(), *critic.parameters()]
    for its, own in zip(*(torch.autograd.grad(loss, parameters) for loss in (total, ours)), strict=True):
        torch.testing.assert_close(its, own, rtol=1e-10, atol=1e-12)
    assert clipped == pytest.approx(ppo_edu.clip_fraction(ratio.detach(), program.epsilon), abs=1e-6)


def test_it_learns_as_the_package_does_with_its_settings(program):
    updates, envs, horizon = 24, 8, 128
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    history = program.train(updates, envs, horizon, seed=0)
    torch.set_num_threads(before)
    falls = np.array([update["falls"] for update in history])

    config = ppo_edu.PPOConfig(
        num_envs=envs,
        horizon=horizon,
        epochs=10,
        minibatch_size=envs * horizon,
        learning_rate=0.01,
        anneal_learning_rate=False,
        normalise_rewards=False,
        hidden_sizes=(64, 64),
        orthogonal_init=False,
        max_grad_norm=None,
    )
    steps = updates * envs * horizon
    run = ppo_edu.train(config=config, seed=0, max_steps=steps, stop_at=None)
    fell = run.returns < 500
    thirds = [
        np.sum(fell & (run.steps >= a) & (run.steps < b)) / (b - a) * 1000
        for a, b in ((0, 4096), (steps - 8192, steps))
    ]
    # Falls in 1000 steps: a policy that knows nothing falls some 45 times, one that has learned hardly ever.
    for first, last in ((falls[:4].mean(), falls[-8:].mean()), thirds):
        assert first > 15 and last < 3, (falls, thirds)
