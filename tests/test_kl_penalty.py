"""PPO with a KL penalty, fixed or adaptive, as section 4 of the paper has it."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from torch.distributions import kl_divergence

import ppo_edu
from ppo_edu import ppo
from ppo_edu.batch import make_batch
from ppo_edu.environments import make_environments
from ppo_edu.rollout import Collector

CONFIG = ppo_edu.PPOConfig(
    clip="none",
    kl_penalty="fixed",
    kl_coefficient=3.0,
    num_envs=4,
    horizon=64,
    epochs=1,
    minibatch_size=64,
    hidden_sizes=(8,),
    max_grad_norm=None,
    value_coefficient=0.0,
    normalise_advantages="off",
)


def start(config, env_id="CartPole-v1"):
    policy = ppo_edu.train(env_id, dataclasses.replace(config, kl_penalty="off"), max_steps=1).policy
    rollout, _ = Collector(make_environments(env_id, config.num_envs), 0).collect(
        policy, config.horizon, torch.Generator().manual_seed(0)
    )
    return policy, rollout, make_batch(policy, rollout, config)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_the_gradient_is_that_of_the_surrogate_less_beta_times_kl(env_id):
    policy, rollout, batch = start(CONFIG, env_id)
    before, optimiser = copy.deepcopy(policy), torch.optim.SGD(policy.parameters(), lr=0.05)
    steps = ppo.gradient_steps(policy, optimiser, rollout, batch, CONFIG, torch.Generator().manual_seed(0))
    next(steps)
    # At the first minibatch both KL and its gradient are 0; now the policy has moved.
    there = copy.deepcopy(policy)
    minibatch = next(steps)["minibatch"]
    with torch.no_grad():
        old = before.pi(minibatch.observations)
    pi = there.pi(minibatch.observations)
    ratio = (pi.log_prob(minibatch.actions) - minibatch.log_probs).exp()
    kl = kl_divergence(old, pi).mean()
    assert kl > 1e-6
    objective = (ratio * minibatch.advantages).mean() - 3.0 * kl
    actor = [name for name, _ in policy.named_parameters() if not name.startswith("critic")]
    expected = torch.autograd.grad(-objective, [dict(there.named_parameters())[name] for name in actor])
    for name, gradient in zip(actor, expected, strict=True):
        torch.testing.assert_close(dict(policy.named_parameters())[name].grad, gradient, msg=name)


@pytest.mark.parametrize(
    ("kl", "factor"),
    [
        (0.006, 0.5),
        (0.0066, 0.5),
        (0.0067, 1.0),
        (0.01, 1.0),
        (0.0149, 1.0),
        (0.0151, 2.0),
        (1.0, 2.0),
    ],
)
def test_beta_is_halved_below_the_target_and_doubled_above(kl, factor):
    config = dataclasses.replace(CONFIG, kl_penalty="adaptive", kl_target=0.01, kl_coefficient=3.0)
    policy, *_ = start(config)
    ppo.adapt_kl_penalty(policy, kl, config)
    assert ppo.kl_coefficient(policy, config) == 3.0 * factor


@pytest.mark.parametrize(("learning_rate", "factor"), [(1e-6, 0.5), (0.1, 2.0)])
def test_an_update_adapts_beta_by_the_kl_that_it_ended_at(learning_rate, factor):
    config = dataclasses.replace(CONFIG, kl_penalty="adaptive", learning_rate=learning_rate)
    policy, rollout, _ = start(config)
    generator = torch.Generator().manual_seed(0)
    figures = ppo.update(policy, ppo.make_optimiser(policy, config), rollout, config, generator)
    assert figures["kl_coefficient"] == 3.0 * factor


def test_a_fixed_beta_stays_and_none_is_0():
    for penalty, beta in (("fixed", 3.0), ("off", 0.0)):
        config = dataclasses.replace(CONFIG, kl_penalty=penalty, learning_rate=0.1)
        run = ppo_edu.train(config=config, max_steps=1_000)
        np.testing.assert_array_equal(run.history["kl_coefficient"], beta)


def test_an_adapted_beta_is_saved_and_gone_on_with(tmp_path):
    config = dataclasses.replace(CONFIG, kl_penalty="adaptive", learning_rate=1e-6)
    run = ppo_edu.train(config=config, max_steps=768)
    run.save(tmp_path / "run.npz")
    more = ppo_edu.train(start_from=ppo_edu.TrainingRun.load(tmp_path / "run.npz"), max_steps=1)
    betas = more.history["kl_coefficient"]
    np.testing.assert_array_equal(betas, 3.0 / 2 ** np.arange(1, len(betas) + 1))
    assert len(betas) > 3


def test_a_large_beta_keeps_the_policy_where_it_is():
    kls = []
    for beta in (0.01, 100.0):
        config = dataclasses.replace(CONFIG, kl_coefficient=beta, learning_rate=0.01, epochs=4)
        policy, rollout, _ = start(config)
        kls.append(ppo.update(policy, ppo.make_optimiser(policy, config), rollout, config)["approx_kl"])
    assert kls[1] < kls[0] / 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kl_penalty", "on"),
        ("kl_coefficient", 0),
        ("kl_coefficient", float("nan")),
        ("kl_target", -0.01),
    ],
)
def test_a_setting_out_of_range_is_named(field, value):
    with pytest.raises(ValueError, match=field):
        ppo_edu.PPOConfig(**{field: value})
