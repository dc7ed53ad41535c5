"""TRPO's parts against dense linear algebra and torch's own KL, its promises on real batches, training."""

import copy
import dataclasses
import inspect
import re

import numpy as np
import pytest
import torch
from torch.distributions import Categorical, Independent, Normal, kl_divergence

import ppo_edu
from ppo_edu import trpo
from ppo_edu.batch import Batch, make_batch
from ppo_edu.environments import make_environments
from ppo_edu.objective import categorical_kl, gaussian_kl
from ppo_edu.policy import ActorCritic
from ppo_edu.rollout import Collector

ENVIRONMENTS = {True: "CartPole-v1", False: "Pendulum-v1"}
SMALL = trpo.TRPOConfig(num_envs=4, horizon=32, hidden_sizes=(16,))
both_policies = pytest.mark.parametrize("discrete", [True, False], ids=["categorical", "gaussian"])


class DoublePolicy(ActorCritic):
    """The policy in float64, where a Hessian can be told from its rounding errors."""

    def _normalised(self, observations):
        return observations.double()


def small_policy(discrete, seed=0):
    generator = torch.Generator().manual_seed(seed)
    policy = DoublePolicy(
        3,
        2,
        discrete=discrete,
        hidden_sizes=(5,),
        orthogonal_init=False,
        initial_log_std=-0.5,
        generator=generator,
    ).double()
    return policy, torch.randn(40, 3, generator=generator, dtype=torch.float64)


def distribution(vector, observations, discrete):
    """Return what `small_policy` says with its parameters from `vector`, written out by hand."""
    w1, b1, w2, b2, log_std = vector.split([15, 5, 10, 2, len(vector) - 32])
    output = torch.tanh(observations @ w1.view(5, 3).T + b1) @ w2.view(2, 5).T + b2
    return Categorical(logits=output) if discrete else Independent(Normal(output, log_std.exp()), 1)


def dense_fisher(policy, observations):
    start = trpo.flat(trpo.actor_parameters(policy)).detach()
    old = distribution(start, observations, policy.discrete)

    def kl(vector):
        return kl_divergence(old, distribution(vector, observations, policy.discrete)).mean()

    return torch.autograd.functional.hessian(kl, start)


def real_batch(discrete, config=SMALL):
    """Return a new policy for a real environment, a rollout of it and the batch made of that."""
    env = ENVIRONMENTS[discrete]
    policy = ppo_edu.train(env, config, algorithm="trpo", max_steps=1).policy
    rollout, _ = Collector(make_environments(env, config.num_envs), seed=0).collect(
        policy, config.horizon, torch.Generator().manual_seed(0)
    )
    return policy, rollout, make_batch(policy, rollout, config)


def numbers_of(policy):
    return {name: tensor.clone() for name, tensor in policy.state_dict().items()}


def same(numbers, others):
    return all(torch.equal(numbers[name], others[name]) for name in numbers)


# The exact KL


@pytest.mark.parametrize("seed", range(5))
def test_kl_is_that_of_torch(seed):
    generator = torch.Generator().manual_seed(seed)
    old, new, std, new_std = torch.randn(4, 6, 3, generator=generator, dtype=torch.float64)
    std, new_std = std.exp(), new_std.exp()
    expected = kl_divergence(Normal(old, std), Normal(new, new_std))
    torch.testing.assert_close(gaussian_kl(old, std, new, new_std), expected)
    np.testing.assert_allclose(gaussian_kl(*(x.numpy() for x in (old, std, new, new_std))), expected)
    old, new = old.log_softmax(-1), new.log_softmax(-1)
    expected = kl_divergence(Categorical(logits=old), Categorical(logits=new))
    torch.testing.assert_close(categorical_kl(old, new), expected)
    np.testing.assert_allclose(categorical_kl(old.numpy(), new.numpy()), expected)


def test_kl_of_what_one_side_rules_out():
    half, sure = np.log([0.5, 0.5]), np.array([0.0, -np.inf])
    assert categorical_kl(sure, half) == pytest.approx(np.log(2))
    assert categorical_kl(half, sure) == np.inf


def test_kl_names_a_standard_deviation_that_is_none():
    with pytest.raises(ValueError, match=r"new_std must be in \(0, inf\), but is 0\.0"):
        gaussian_kl(0.0, 1.0, 0.0, 0.0)


# The parts of the step


@both_policies
def test_fisher_vector_product_is_that_of_the_explicit_hessian(discrete):
    policy, observations = small_policy(discrete)
    matrix = dense_fisher(policy, observations)
    product = trpo.fisher_vector_product(policy, observations)
    damped = trpo.fisher_vector_product(policy, observations, damping=0.3)
    unit = torch.eye(len(matrix), dtype=torch.float64)
    torch.testing.assert_close(torch.stack([product(row) for row in unit]), matrix)
    torch.testing.assert_close(torch.stack([damped(row) for row in unit]), matrix + 0.3 * unit)


@both_policies
def test_kl_of_a_short_step_is_half_its_fisher_length(discrete):
    policy, observations = small_policy(discrete)
    old = policy.pi(observations)
    parameters = trpo.actor_parameters(policy)
    start = trpo.flat(parameters).detach()
    step = 1e-3 * torch.randn(len(start), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    quadratic = 0.5 * step @ trpo.fisher_vector_product(policy, observations)(step)
    trpo.set_parameters(parameters, start + step)
    assert trpo.mean_kl(old, policy.pi(observations)).item() == pytest.approx(quadratic.item(), rel=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_conjugate_gradient_is_the_dense_solution(seed):
    generator = torch.Generator().manual_seed(seed)
    root, b = (
        torch.randn(8, 8, generator=generator, dtype=torch.float64),
        torch.randn(8, generator=generator, dtype=torch.float64),
    )
    matrix = root @ root.T + torch.eye(8, dtype=torch.float64)
    x = trpo.conjugate_gradient(lambda vector: matrix @ vector, b, iterations=30, tolerance=1e-24)
    torch.testing.assert_close(x, torch.linalg.solve(matrix, b))


def test_conjugate_gradient_does_not_depend_on_the_size_of_b():
    matrix = torch.diag(torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64))
    b = torch.ones(3, dtype=torch.float64)
    large, small = (trpo.conjugate_gradient(lambda v: matrix @ v, size * b) / size for size in (1.0, 1e-9))
    torch.testing.assert_close(small, large)


def test_conjugate_gradient_stops_where_the_matrix_is_flat():
    flat_below = torch.diag(torch.tensor([1.0, 0.0]))
    assert trpo.conjugate_gradient(lambda v: flat_below @ v, torch.ones(2)).isfinite().all()
    assert torch.equal(trpo.conjugate_gradient(lambda v: v, torch.zeros(2)), torch.zeros(2))


def test_the_step_reaches_the_boundary_and_no_direction_makes_no_step():
    matrix = torch.tensor([[4.0, 1.0], [1.0, 3.0]])
    step = trpo.step_to_boundary(torch.tensor([1.0, -2.0]), lambda v: matrix @ v, delta=0.01)
    assert float(0.5 * step @ matrix @ step) == pytest.approx(0.01)
    assert step[0] > 0 > step[1]
    assert torch.equal(trpo.step_to_boundary(torch.zeros(2), lambda v: matrix @ v, 0.01), torch.zeros(2))


@both_policies
def test_the_gradient_is_the_policy_gradient(discrete):
    policy, _, batch = real_batch(discrete)
    plain = (policy.pi(batch.observations).log_prob(batch.actions) * batch.advantages).mean()
    expected = torch.autograd.grad(plain, trpo.actor_parameters(policy))
    torch.testing.assert_close(trpo.surrogate_gradient(policy, batch), trpo.flat(expected))


# The line search


@both_policies
def test_a_step_that_nothing_saves_leaves_the_policy_exactly_as_it_was(discrete):
    policy, _, batch = real_batch(discrete)
    before, step = numbers_of(policy), -trpo.surrogate_gradient(policy, batch)
    search = trpo.line_search(policy, batch, step, delta=1e9, steps=4)
    assert search.accepted is None and (search.gains < 0).all() and len(search.gains) == 4
    assert same(before, numbers_of(policy))


def test_an_error_on_the_way_leaves_the_policy_exactly_as_it_was(monkeypatch):
    policy, _, batch = real_batch(True)
    before, step = numbers_of(policy), trpo.surrogate_gradient(policy, batch)

    def fails(old, new):
        raise FloatingPointError

    monkeypatch.setattr(trpo, "mean_kl", fails)
    with pytest.raises(FloatingPointError):
        trpo.line_search(policy, batch, step, delta=0.01)
    assert same(before, numbers_of(policy))


def test_the_search_goes_back_as_far_as_it_must_and_no_further():
    policy, _, batch = real_batch(True)
    parameters = trpo.actor_parameters(policy)
    start, gradient = trpo.flat(parameters).detach(), trpo.surrogate_gradient(policy, batch)
    fisher = trpo.fisher_vector_product(policy, batch.observations)
    step = trpo.step_to_boundary(gradient, fisher, delta=0.1)
    search = trpo.line_search(policy, batch, step, delta=0.01, ratio=0.5)
    assert search.accepted == len(search.kls) - 1 >= 1
    assert search.kls[-2] > 0.01 >= search.kls[-1] and search.gains[-1] > 0
    torch.testing.assert_close(trpo.flat(parameters), start + 0.5**search.accepted * step)


@both_policies
def test_every_step_of_a_training_obeys_the_constraint(discrete, monkeypatch):
    seen = []
    original = trpo.policy_step

    def watched(policy, batch, config):
        before = copy.deepcopy(policy)
        search = original(policy, batch, config)
        with torch.no_grad():
            old, new = (each.pi(batch.observations) for each in (before, policy))
            gain = trpo.surrogate(policy, batch) - trpo.surrogate(before, batch)
        seen.append((search.accepted, float(kl_divergence(old, new).mean()), float(gain)))
        return search

    monkeypatch.setattr(trpo, "policy_step", watched)
    config = dataclasses.replace(SMALL, delta=0.003, damping=1e-3)
    run = ppo_edu.train(ENVIRONMENTS[discrete], config, algorithm="trpo", max_steps=5_000, stop_at=None)
    assert len(seen) == len(run.updates) > 30
    for accepted, kl, gain in seen:
        assert kl <= 0.003 * (1 + 1e-4)
        assert gain > 0 if accepted is not None else kl == 0
    assert sum(accepted is not None for accepted, _, _ in seen) > 25
    np.testing.assert_allclose(run.history["kl"], [kl for _, kl, _ in seen], rtol=1e-3, atol=1e-7)


def test_the_critic_is_fitted_apart():
    policy, _, batch = real_batch(True)
    before, optimiser = numbers_of(policy), trpo.make_optimiser(policy, SMALL)
    trpo.policy_step(policy, batch, SMALL)
    moved = {name for name, tensor in numbers_of(policy).items() if not torch.equal(tensor, before[name])}
    assert moved and all(name.startswith("actor") for name in moved)
    before = numbers_of(policy)
    trpo.fit_values(policy, optimiser, batch, SMALL)
    moved = {name for name, tensor in numbers_of(policy).items() if not torch.equal(tensor, before[name])}
    assert moved and all(name.startswith("critic") for name in moved)


def test_with_a_shared_trunk_the_critic_moves_the_policy_out_of_the_region():
    config = dataclasses.replace(
        SMALL, shared_trunk=True, orthogonal_init=False, value_epochs=20, value_learning_rate=0.05
    )
    policy, rollout, _ = real_batch(True, config)
    figures = trpo.update(policy, trpo.make_optimiser(policy, config), rollout, config)
    assert figures["step_fraction"] > 0 and figures["kl"] > config.delta


# Training


def test_cartpole_is_solved():
    run = ppo_edu.train("CartPole-v1", algorithm="trpo", seed=0)
    assert run.solved_at_step is not None and run.mean_return >= 475
    assert run.history["kl"].max() <= run.config.delta
    assert run.evaluate(episodes=20).mean() > 475


@both_policies
def test_a_run_is_saved_loaded_and_gone_on_with(discrete, tmp_path):
    env = ENVIRONMENTS[discrete]
    run = ppo_edu.train(env, SMALL, algorithm="trpo", seed=3, max_steps=1_500, stop_at=None)
    run.save(tmp_path / "run.npz")
    loaded = ppo_edu.TrainingRun.load(tmp_path / "run.npz")
    assert loaded.config == SMALL and loaded.algorithm == "trpo"
    on = [
        ppo_edu.train(env, algorithm="trpo", seed=3, max_steps=500, stop_at=None, start_from=start)
        for start in (run, loaded)
    ]
    assert same(numbers_of(on[0].policy), numbers_of(on[1].policy))
    for name, column in on[0].history.items():
        if name != "seconds":
            np.testing.assert_array_equal(column[: len(on[1].history[name])], on[1].history[name])


def test_the_same_seed_gives_the_same_run():
    first, second = (
        ppo_edu.train("CartPole-v1", SMALL, algorithm="trpo", seed=5, max_steps=1_000) for _ in range(2)
    )
    assert same(numbers_of(first.policy), numbers_of(second.policy))
    assert first.returns.tolist() == second.returns.tolist()


# Bad input


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("delta", 0),
        ("delta", float("nan")),
        ("damping", -0.1),
        ("cg_iterations", 0),
        ("cg_iterations", 2.5),
        ("backtrack_ratio", 1.0),
        ("backtrack_ratio", 0.0),
        ("backtrack_steps", 0),
        ("value_epochs", 0),
        ("value_learning_rate", 0),
        ("normalise_advantages", "minibatch"),
        ("hidden_sizes", (0,)),
        ("shared_trunk", 1),
        ("gamma", 1.1),
    ],
)
def test_a_setting_out_of_range_is_named(field, value):
    with pytest.raises((TypeError, ValueError), match=field):
        trpo.TRPOConfig(**{field: value})


def test_every_setting_is_documented_with_its_default():
    fields = {field.name: field.default for field in dataclasses.fields(trpo.TRPOConfig)}
    documented = {}
    for kind in reversed(trpo.TRPOConfig.__mro__):
        # Python 3.13 takes the indentation out of docstrings, the others leave it in.
        told = inspect.cleandoc(kind.__doc__ or "")
        documented |= re.findall(r"^(\w+) : .*default (.+)$", told, re.MULTILINE)
    assert {name: eval(text, {}) for name, text in documented.items()} == fields


def test_the_other_algorithms_config_is_refused():
    with pytest.raises(TypeError, match="TRPOConfig"):
        ppo_edu.train(config=ppo_edu.PPOConfig(), algorithm="trpo")


@pytest.mark.parametrize("spoil", [lambda s: s[1:], lambda s: s * torch.nan, lambda s: s * torch.inf])
def test_a_step_that_is_none_is_refused_and_changes_nothing(spoil):
    policy, _, batch = real_batch(True)
    before = numbers_of(policy)
    with pytest.raises(ValueError, match="step"):
        trpo.line_search(policy, batch, spoil(trpo.surrogate_gradient(policy, batch)), delta=0.01)
    assert same(before, numbers_of(policy))


@pytest.mark.parametrize(
    "call",
    [
        lambda policy, batch, step: trpo.line_search(policy, batch, step, delta=0),
        lambda policy, batch, step: trpo.line_search(policy, batch, step, 0.01, ratio=1.5),
        lambda policy, batch, step: trpo.line_search(policy, batch, step, 0.01, steps=0),
        lambda policy, batch, step: trpo.fisher_vector_product(policy, batch.observations, damping=-1),
        lambda policy, batch, step: trpo.conjugate_gradient(lambda v: v, step, iterations=0),
        lambda policy, batch, step: trpo.step_to_boundary(step, lambda v: v, delta=-1),
    ],
)
def test_an_argument_out_of_range_is_refused(call):
    policy, _, batch = real_batch(True)
    with pytest.raises(ValueError):
        call(policy, batch, trpo.surrogate_gradient(policy, batch))


@pytest.mark.parametrize("std_step", [-200.0, 200.0, float(np.finfo(np.float32).max)])
def test_a_step_to_no_policy_at_all_is_a_try_that_failed(std_step):
    """A deviation of 0, or beyond all floats: the search goes on with a shorter step."""
    policy = ActorCritic(2, 1, discrete=False, hidden_sizes=(4,), generator=torch.Generator().manual_seed(0))
    observations = torch.randn(16, 2, generator=torch.Generator().manual_seed(1))
    actions, log_probs = policy.sample(observations, torch.Generator().manual_seed(2))
    batch = Batch(observations, actions, log_probs, torch.zeros(16), torch.randn(16), torch.zeros(16))
    parameters = trpo.actor_parameters(policy)
    before = trpo.flat(parameters).clone()
    step = torch.zeros_like(before)
    place = sum(
        each.numel() for each in parameters[: [each is policy.log_std for each in parameters].index(True)]
    )
    step[place] = std_step
    search = trpo.line_search(policy, batch, step, delta=1e6, steps=3)
    assert search.kls[0] == np.inf and search.gains[0] == -np.inf
    assert search.accepted is not None or torch.equal(trpo.flat(parameters), before)
