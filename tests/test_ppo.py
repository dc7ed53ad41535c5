"""PPO's update: against autograd and brute force, and what each setting changes."""

import dataclasses
import inspect
import re

import numpy as np
import pytest
import torch

from ppo_edu import PPOConfig, gae
from ppo_edu.batch import Batch, make_batch
from ppo_edu.environments import make_environments
from ppo_edu.policy import ActorCritic
from ppo_edu.ppo import diagnostics, gradient_steps, make_optimiser, update
from ppo_edu.rollout import Collector

SMALL = PPOConfig(
    num_envs=8,
    horizon=48,
    epochs=2,
    minibatch_size=96,
    learning_rate=4e-3,
    gamma=0.9,
    lam=0.8,
    hidden_sizes=(8, 8),
    normalise_rewards=False,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def changed(**settings):
    return dataclasses.replace(SMALL, **settings)


def collected(config=SMALL, env_id="CartPole-v1"):
    """Return a policy that chooses distinctly, and a rollout of it with ends of episodes in it."""
    envs = make_environments(env_id, config.num_envs)
    size = envs.single_observation_space.shape[0]
    discrete = env_id != "Pendulum-v1"
    policy = ActorCritic(
        size,
        2 if discrete else 1,
        discrete=discrete,
        hidden_sizes=config.hidden_sizes,
        orthogonal_init=False,
        generator=seeded(1),
    )
    rollout, episodes = Collector(envs, 0, config.gamma).collect(policy, config.horizon, seeded(2))
    assert episodes or not discrete
    return policy, rollout


def steps_of(config, env_id="CartPole-v1", optimiser=None):
    policy, rollout = collected(config, env_id)
    batch = make_batch(policy, rollout, config)
    optimiser = optimiser(policy) if optimiser else make_optimiser(policy, config)
    return policy, batch, gradient_steps(policy, optimiser, rollout, batch, config, seeded(3))


def parameters_after(config):
    policy, _, steps = steps_of(config)
    list(steps)
    return torch.nn.utils.parameters_to_vector(policy.parameters()).detach()


def keeps_gradients(policy):
    return torch.optim.SGD(policy.parameters(), lr=1e-9)


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Pendulum-v1"])
def test_on_the_first_minibatch_the_ratio_is_1_and_the_gradient_is_the_policy_gradient(env_id):
    config = changed(max_grad_norm=None, value_coefficient=0.0)
    policy, _, steps = steps_of(config, env_id, keeps_gradients)
    first = next(steps)
    torch.testing.assert_close(first["ratio"], torch.ones_like(first["ratio"]), atol=1e-5, rtol=0)
    found = [
        parameter.grad.clone()
        for name, parameter in policy.named_parameters()
        if name.startswith(("actor", "log_std"))
    ]
    minibatch = first["minibatch"]
    weights = minibatch.advantages - minibatch.advantages.mean()
    weights = weights / minibatch.advantages.std(correction=0)
    policy.zero_grad()
    (-(policy.pi(minibatch.observations).log_prob(minibatch.actions) * weights).mean()).backward()
    expected = [
        parameter.grad
        for name, parameter in policy.named_parameters()
        if name.startswith(("actor", "log_std"))
    ]
    for ours, theirs in zip(found, expected, strict=True):
        assert theirs.abs().max() > 0
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-3)


def test_later_minibatches_have_other_ratios():
    *_, steps = steps_of(changed(learning_rate=0.01))
    last = list(steps)[-1]
    assert (last["ratio"] - 1).abs().max() > 0.01


def test_advantages_are_gaes_and_targets_their_sum_with_the_values():
    policy, rollout = collected()
    batch = make_batch(policy, rollout, SMALL)
    values = policy.v(rollout.observations).detach().numpy()
    advantages = gae(
        rollout.rewards, values[:-1], values[1:], rollout.terminated, rollout.truncated, gamma=0.9, lam=0.8
    )
    np.testing.assert_allclose(batch.advantages, advantages[rollout.valid], rtol=1e-5)
    np.testing.assert_allclose(batch.targets, (advantages + values[:-1])[rollout.valid], rtol=1e-5, atol=1e-6)


def test_every_epoch_uses_every_transition_once_in_parts_of_about_one_size():
    _, batch, steps = steps_of(SMALL)
    epochs = {}
    for step in steps:
        epochs.setdefault(step["epoch"], []).append(step["minibatch"])
    assert sorted(epochs) == [0, 1]
    for minibatches in epochs.values():
        sizes = [len(minibatch) for minibatch in minibatches]
        assert max(sizes) - min(sizes) <= 1 and abs(sizes[0] - 96) < 32
        seen = torch.cat([minibatch.observations for minibatch in minibatches])
        np.testing.assert_array_equal(np.sort(seen, axis=0), np.sort(batch.observations, axis=0))
    assert not torch.equal(epochs[0][0].observations, epochs[1][0].observations)


@pytest.mark.parametrize(("rows", "size", "parts"), [(10, 100, 1), (10, 3, 3), (1, 1, 1), (11, 4, 3)])
def test_a_batch_falls_into_whole_parts(rows, size, parts):
    columns = [torch.arange(rows, dtype=torch.float32) for _ in range(6)]
    pieces = list(Batch(*columns).parts(size))
    assert len(pieces) == parts
    assert torch.equal(torch.cat([piece.targets for piece in pieces]), columns[0])


@pytest.mark.parametrize(
    "settings",
    [
        {"clip": "clip_only"},
        {"clip": "none"},
        {"epsilon": 0.01},
        {"normalise_advantages": "off"},
        {"normalise_advantages": "batch"},
        {"epochs": 3},
        {"minibatch_size": 48},
        {"learning_rate": 0.02},
        {"target_kl": 1e-9},
        {"entropy_coefficient": 0.1},
        {"value_coefficient": 3.0},
        {"clip_values": True},
        {"max_grad_norm": None},
        {"recompute_advantages": True},
        {"reward_scale": 0.1},
        {"adam_epsilon": 0.1},
        {"gamma": 0.5},
        {"lam": 0.2},
    ],
)
def test_every_switch_of_the_update_changes_what_is_learned(settings):
    base = {"learning_rate": 0.01, "max_grad_norm": 0.5, "epsilon": 0.05}
    before, after = parameters_after(changed(**base)), parameters_after(changed(**{**base, **settings}))
    assert not torch.allclose(before, after, atol=1e-5)


def test_the_same_generator_gives_the_same_update():
    assert torch.equal(parameters_after(SMALL), parameters_after(SMALL))


def gradient_where(clip, ratio, advantage):
    """Return the actor's gradient on samples with this ratio and advantage."""
    policy, rollout = collected()
    config = changed(
        clip=clip,
        epsilon=0.2,
        normalise_advantages="off",
        value_coefficient=0.0,
        epochs=1,
        minibatch_size=10_000,
        max_grad_norm=None,
    )
    batch = make_batch(policy, rollout, config)
    batch = dataclasses.replace(
        batch,
        log_probs=batch.log_probs - float(np.log(ratio)),
        advantages=torch.full_like(batch.advantages, advantage),
    )
    next(gradient_steps(policy, keeps_gradients(policy), rollout, batch, config, seeded()))
    return float(policy.actor_head.weight.grad.abs().max())


@pytest.mark.parametrize("clip", ["clip_and_min", "clip_only", "none"])
@pytest.mark.parametrize("advantage", [1.0, -1.0])
@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.5])
def test_which_samples_move_the_policy(clip, advantage, ratio):
    outside = ratio != 1.0
    gone_far_enough = (ratio > 1) == (advantage > 0)
    flat = outside and (clip == "clip_only" or (clip == "clip_and_min" and gone_far_enough))
    assert (gradient_where(clip, ratio, advantage) == 0.0) == flat


def test_batch_and_minibatch_normalisation():
    policy, rollout = collected()
    batch = make_batch(policy, rollout, changed(normalise_advantages="batch"))
    assert abs(float(batch.advantages.mean())) < 1e-5
    assert float(batch.advantages.std(correction=0)) == pytest.approx(1, abs=1e-4)
    raw, later = (
        make_batch(policy, rollout, changed(normalise_advantages=where)) for where in ("off", "minibatch")
    )
    assert torch.equal(raw.advantages, later.advantages)
    assert torch.equal(raw.targets, batch.targets)


def test_the_normalised_loss_of_a_single_sample_is_no_nan():
    config = changed(minibatch_size=1, epochs=1)
    policy, _, steps = steps_of(config)
    for _ in range(3):
        next(steps)
    assert all(torch.isfinite(parameter).all() for parameter in policy.parameters())


def test_a_cut_episode_keeps_its_bootstrap_unless_told_otherwise():
    policy, rollout = collected()
    cut = np.zeros_like(rollout.truncated)
    cut[10] = True
    rollout = dataclasses.replace(
        rollout, truncated=cut, terminated=np.zeros_like(cut), valid=np.ones_like(cut)
    )
    targets = {}
    for keeps in (True, False):
        config = changed(bootstrap_truncated=keeps, lam=0.0)
        targets[keeps] = make_batch(policy, rollout, config).targets.reshape(48, 8)
    values = policy.v(rollout.observations).detach()
    torch.testing.assert_close(targets[True][10], torch.from_numpy(rollout.rewards[10]) + 0.9 * values[11])
    torch.testing.assert_close(targets[False][10], torch.from_numpy(rollout.rewards[10]))
    assert torch.equal(targets[True][11:], targets[False][11:])


def test_recomputed_advantages_are_those_of_the_moved_critic():
    config = changed(recompute_advantages=True, minibatch_size=10_000, learning_rate=0.05)
    policy, rollout = collected(config)
    batch = make_batch(policy, rollout, config)
    steps = gradient_steps(policy, make_optimiser(policy, config), rollout, batch, config, seeded())
    first = next(steps)["minibatch"]
    moved = make_batch(policy, rollout, config)
    second = next(steps)["minibatch"]
    assert float(first.targets.sum()) == pytest.approx(float(batch.targets.sum()), rel=1e-5)
    assert float(second.targets.sum()) == pytest.approx(float(moved.targets.sum()), rel=1e-5)
    assert float(second.targets.sum()) != pytest.approx(float(first.targets.sum()), rel=1e-4)
    # What the acting policy said is not recomputed: the ratio stays new over old.
    assert float(second.log_probs.sum()) == pytest.approx(float(batch.log_probs.sum()), rel=1e-5)


def test_target_kl_ends_the_update_after_the_epoch_that_passed_it():
    far = changed(learning_rate=0.05, epochs=5)
    assert {step["epoch"] for step in steps_of(far)[2]} == {0, 1, 2, 3, 4}
    assert {step["epoch"] for step in steps_of(dataclasses.replace(far, target_kl=1e-6))[2]} == {0}


def test_the_entropy_bonus_keeps_the_policy_broader():
    entropy = {}
    for weight in (0.0, 0.5):
        policy, rollout = collected()
        config = changed(entropy_coefficient=weight, epochs=20, learning_rate=0.01, epsilon=1.0)
        entropy[weight] = update(policy, make_optimiser(policy, config), rollout, config, seeded())["entropy"]
    assert entropy[0.5] > entropy[0.0] + 0.05


def test_value_clipping_takes_the_larger_of_the_two_errors():
    config = changed(clip_values=True, epsilon=0.1, minibatch_size=10_000)
    policy, rollout = collected(config)
    batch = make_batch(policy, rollout, config)
    old = batch.values + torch.linspace(-1, 1, len(batch))
    batch = dataclasses.replace(batch, values=old)
    new = policy.v(batch.observations).detach()
    step = next(gradient_steps(policy, keeps_gradients(policy), rollout, batch, config, seeded()))
    errors = [
        max((v - g) ** 2, (o + min(max(v - o, -0.1), 0.1) - g) ** 2)
        for v, o, g in zip(new.tolist(), old.tolist(), batch.targets.tolist(), strict=True)
    ]
    assert float(step["value_loss"]) == pytest.approx(np.mean(errors) / 2, rel=1e-4)


def test_long_gradients_are_cut_to_the_given_length():
    policy, _, steps = steps_of(changed(max_grad_norm=0.01), optimiser=keeps_gradients)
    next(steps)
    length = torch.cat([parameter.grad.flatten() for parameter in policy.parameters()]).norm()
    assert float(length) == pytest.approx(0.01, rel=1e-3)


def test_rewards_are_scaled_for_the_update():
    policy, rollout = collected()
    whole, tenth = (
        make_batch(policy, rollout, changed(reward_scale=scale, lam=0.0, gamma=0.0)).targets
        for scale in (1.0, 0.1)
    )
    torch.testing.assert_close(tenth, whole * 0.1)
    policy.return_moments.see(np.array([[0.0], [8.0]]))
    normalised = make_batch(policy, rollout, changed(normalise_rewards=True, lam=0.0, gamma=0.0)).targets
    torch.testing.assert_close(normalised, whole / 4)


@pytest.mark.parametrize(
    ("annealed", "progress", "expected"), [(True, 0.0, 1.0), (True, 0.75, 0.25), (False, 0.75, 1.0)]
)
def test_the_learning_rate_falls_with_progress(annealed, progress, expected):
    policy, rollout = collected()
    config = changed(anneal_learning_rate=annealed, learning_rate=0.01)
    optimiser = make_optimiser(policy, config)
    update(policy, optimiser, rollout, config, seeded(), progress)
    assert optimiser.param_groups[0]["lr"] == pytest.approx(0.01 * expected)


def test_diagnostics_against_their_definitions():
    policy, rollout = collected()
    batch = make_batch(policy, rollout, SMALL)
    still = diagnostics(policy, batch, SMALL)
    assert still["clip_fraction"] == 0 and still["approx_kl"] == pytest.approx(0, abs=1e-6)
    error = (batch.targets - batch.values).numpy()
    unexplained = error.var() / batch.targets.numpy().var()
    assert still["explained_variance"] == pytest.approx(1 - unexplained, rel=1e-3)
    assert still["value_loss"] == pytest.approx((error**2).mean(), rel=1e-4)
    moved = update(policy, make_optimiser(policy, SMALL), rollout, changed(learning_rate=0.05), seeded())
    pi = policy.pi(batch.observations)
    ratio = (pi.log_prob(batch.actions) - batch.log_probs).exp().detach().numpy()
    assert moved["clip_fraction"] == pytest.approx(np.mean(np.abs(ratio - 1) > 0.2))
    assert moved["approx_kl"] == pytest.approx(np.mean(ratio - 1 - np.log(ratio)), rel=1e-3)
    assert moved["entropy"] == pytest.approx(pi.entropy().mean().item(), rel=1e-5)
    assert moved["explained_variance"] == pytest.approx(still["explained_variance"])


def test_an_update_makes_good_actions_likelier_and_values_truer():
    policy, rollout = collected()
    batch = make_batch(policy, rollout, SMALL)
    before = policy.pi(batch.observations).log_prob(batch.actions).detach()
    config = changed(learning_rate=0.01, epochs=5)
    found = update(policy, make_optimiser(policy, config), rollout, config, seeded())
    change = policy.pi(batch.observations).log_prob(batch.actions).detach() - before
    centred = batch.advantages - batch.advantages.mean()
    assert float((change * centred).mean()) > 0
    assert found["value_loss"] < float((batch.values - batch.targets).square().mean())


BAD = [
    ("num_envs", 0),
    ("horizon", 0),
    ("horizon", 1.5),
    ("gamma", 1.1),
    ("gamma", -0.1),
    ("lam", 2),
    ("lam", "x"),
    ("kl_penalty", "on"),
    ("kl_coefficient", 0),
    ("kl_target", 0),
    ("bootstrap_truncated", 1),
    ("clip", "both"),
    ("epsilon", 0),
    ("epsilon", float("nan")),
    ("normalise_advantages", True),
    ("epochs", 0),
    ("minibatch_size", 0),
    ("learning_rate", 0.0),
    ("anneal_learning_rate", "yes"),
    ("target_kl", 0),
    ("entropy_coefficient", -1),
    ("value_coefficient", -1),
    ("clip_values", 0.2),
    ("max_grad_norm", 0),
    ("recompute_advantages", None),
    ("reward_scale", 0),
    ("normalise_rewards", 1),
    ("normalise_observations", 0),
    ("adam_epsilon", 0),
    ("hidden_sizes", (8, 0)),
    ("hidden_sizes", 64),
    ("shared_trunk", 1),
    ("orthogonal_init", 0),
    ("initial_log_std", float("inf")),
    ("clip_actions", None),
    ("kl_penalty", "on"),
    ("kl_coefficient", 0),
    ("kl_target", -0.01),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda part: str(part))
def test_a_setting_out_of_range_is_named(name, value):
    with pytest.raises((TypeError, ValueError), match=rf"^{name} .*{re.escape(str(value))}"):
        PPOConfig(**{name: value})


def test_every_setting_is_checked_and_documented_with_its_default():
    fields = {field.name: field.default for field in dataclasses.fields(PPOConfig)}
    assert {name for name, _ in BAD} == set(fields)
    documented = {}
    for kind in reversed(PPOConfig.__mro__):
        # Python 3.13 takes the indentation out of docstrings, the others leave it in.
        told = inspect.cleandoc(kind.__doc__ or "")
        documented |= re.findall(r"^(\w+) : .*default (.+)$", told, re.MULTILINE)
    assert {name: eval(text, {}) for name, text in documented.items()} == fields


def test_settings_cannot_be_changed_behind_a_runs_back():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PPOConfig().epsilon = 0.3
    assert hash(PPOConfig(hidden_sizes=[8, 8])) == hash(PPOConfig(hidden_sizes=(8, 8)))
