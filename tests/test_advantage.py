"""TD errors and GAE against independent libraries, brute-force sums and hand-picked numbers."""

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ppo_edu


def episodes(seed, steps, envs):
    """Random transitions in which both kinds of episode end occur."""
    rng = np.random.default_rng(seed)
    terminated = rng.random((steps, envs)) < 0.15
    truncated = ~terminated & (rng.random((steps, envs)) < 0.15)
    rewards, values, next_values = rng.normal(size=(3, steps, envs))
    return rewards, values, next_values, terminated, truncated


def direct_sum(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The definition, eq. 16 of the GAE paper, with one loop for each term: slow and obvious."""
    advantages = np.zeros_like(rewards)
    steps, envs = rewards.shape
    for env in range(envs):
        for start in range(steps):
            for step in range(start, steps):
                bootstrap = 0.0 if terminated[step, env] else next_values[step, env]
                delta = rewards[step, env] + gamma * bootstrap - values[step, env]
                advantages[start, env] += (gamma * lam) ** (step - start) * delta
                if terminated[step, env] or truncated[step, env]:
                    break
    return advantages


@given(seed=st.integers(0, 10_000), gamma=st.floats(0, 1), lam=st.floats(0, 1))
def test_gae_is_the_sum_it_stands_for(seed, gamma, lam):
    data = episodes(seed, steps=12, envs=2)
    # 12 terms of size ~1: rounding stays far below 1e-10.
    np.testing.assert_allclose(ppo_edu.gae(*data, gamma, lam), direct_sum(*data, gamma, lam), atol=1e-10)


def test_gae_agrees_with_stable_baselines3():
    """SB3's buffer knows one kind of end only; a truncated step's reward gets gamma * V(final state)."""
    from stable_baselines3.common.buffers import RolloutBuffer

    gamma, lam, steps, envs = 0.97, 0.9, 40, 5
    rewards, values, next_values, terminated, truncated = episodes(1, steps, envs)
    ended = terminated | truncated
    # Between two steps of one episode the next state's value is the value of the next row.
    next_values[:-1] = np.where(ended[:-1], next_values[:-1], values[1:])

    box = gymnasium.spaces.Box(-1, 1, (1,))
    buffer = RolloutBuffer(steps, box, box, gamma=gamma, gae_lambda=lam, n_envs=envs)
    buffer.rewards[:] = rewards + gamma * np.where(truncated, next_values, 0)
    buffer.values[:] = values
    buffer.episode_starts[1:] = ended[:-1]
    import torch

    buffer.compute_returns_and_advantage(torch.as_tensor(next_values[-1]), dones=ended[-1])
    ours = ppo_edu.gae(rewards, values, next_values, terminated, truncated, gamma, lam)
    # SB3 stores float32: seven digits.
    np.testing.assert_allclose(ours, buffer.advantages, atol=2e-5)


def test_lam_0_is_the_td_error_and_lam_1_the_monte_carlo_advantage():
    rewards, values, next_values, terminated, truncated = episodes(2, steps=30, envs=3)
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, 0.9)
    np.testing.assert_array_equal(
        ppo_edu.gae(rewards, values, next_values, terminated, truncated, 0.9, 0.0), deltas
    )

    never = np.zeros(4, dtype=bool)
    rewards, values = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.5, -1.0, 2.0, 0.25])
    next_values = np.append(values[1:], 10.0)
    monte_carlo = [
        1 + 2 / 2 + 3 / 4 + 4 / 8 + 10 / 16,
        2 + 3 / 2 + 4 / 4 + 10 / 8,
        3 + 4 / 2 + 10 / 4,
        4 + 10 / 2,
    ]
    ours = ppo_edu.gae(rewards, values, next_values, never, never, 0.5, 1.0)
    np.testing.assert_allclose(ours, np.array(monte_carlo) - values)


def test_the_two_masks_do_different_things():
    rewards, values, next_values = np.array([1.0, 1.0]), np.zeros(2), np.array([5.0, 7.0])
    yes, no = np.array([True, False]), np.array([False, False])
    # Terminated: no bootstrap and no trace. Truncated: bootstrap, but no trace.
    assert ppo_edu.gae(rewards, values, next_values, yes, no, 1.0, 1.0).tolist() == [1.0, 8.0]
    assert ppo_edu.gae(rewards, values, next_values, no, yes, 1.0, 1.0).tolist() == [6.0, 8.0]
    assert ppo_edu.gae(rewards, values, next_values, no, no, 1.0, 1.0).tolist() == [14.0, 8.0]


def test_environments_do_not_mix():
    data = episodes(3, steps=20, envs=4)
    together = ppo_edu.gae(*data, 0.99, 0.95)
    for env in range(4):
        np.testing.assert_array_equal(together[:, env], ppo_edu.gae(*(d[:, env] for d in data), 0.99, 0.95))


def test_inputs_stay_as_they_were_and_float32_stays_float32():
    data = [d.astype(np.float32) if d.dtype == float else d for d in episodes(4, steps=10, envs=2)]
    before = [d.copy() for d in data]
    assert ppo_edu.gae(*data, 0.99, 0.95).dtype == np.float32
    for now, then in zip(data, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_the_value_after_termination_is_never_looked_at():
    assert ppo_edu.td_errors([1.0], [0.5], [np.nan], [True], 0.9).tolist() == [0.5]


ONE = np.ones(3)
NO = np.zeros(3, dtype=bool)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((ONE, ONE, ONE, NO, NO, 0.9, 1.5), ["lam", "1.5", "[0, 1]"]),
        ((ONE, ONE, ONE, NO, NO, 0.9, -0.1), ["lam", "-0.1", "[0, 1]"]),
        ((ONE, ONE, ONE, NO, NO, 2, 0.9), ["gamma", "2", "[0, 1]"]),
        ((ONE, ONE, ONE, NO, NO, float("nan"), 0.9), ["gamma", "nan", "[0, 1]"]),
        ((ONE, ONE[:2], ONE, NO, NO, 0.9, 0.9), ["rewards (3,)", "values (2,)"]),
        ((ONE, ONE, ONE[:, None], NO, NO, 0.9, 0.9), ["next_values (3, 1)"]),
        ((ONE, ONE, ONE, NO, NO[:1], 0.9, 0.9), ["truncated (1,)"]),
        ((ONE * np.nan, ONE, ONE, NO, NO, 0.9, 0.9), ["rewards", "NaN"]),
        ((ONE, ONE, ONE * np.nan, NO, NO, 0.9, 0.9), ["next_values", "NaN"]),
        ((ONE, ONE, ONE, ONE * 0.5, NO, 0.9, 0.9), ["terminated", "True"]),
        ((np.float64(1), np.float64(1), np.float64(1), NO[0], NO[0], 0.9, 0.9), ["rewards", "(T, N)"]),
    ],
)
def test_bad_input_is_named(language, arguments, words):
    ppo_edu.use_language(language)
    with pytest.raises(ValueError) as error:
        ppo_edu.gae(*arguments)
    for word in words:
        assert word in str(error.value)
