"""What enters a rollout: transitions and nothing else, held against environments stepped by hand."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.envs.classic_control.cartpole import CartPoleVectorEnv
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Sequence
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from ppo_edu.batch import make_batch
from ppo_edu.environments import EnvironmentFailed, make_environments
from ppo_edu.policy import ActorCritic
from ppo_edu.ppo import PPOConfig
from ppo_edu.rollout import Collector

LIMIT = 15
CARTPOLE = "gymnasium.envs.classic_control.cartpole"


class Counter(gymnasium.Env):
    """Counts its steps; the reward tells which action came in. Spaces are to be given."""

    def __init__(self, observation_space=None, action_space=None):
        self.observation_space = observation_space or Box(0, 1000, (1,), np.float32)
        self.action_space = action_space or Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.count = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        assert self.action_space.contains(action)
        self.count += 1
        return np.array([self.count], np.float32), float(np.sum(action)), False, False, {}


class RestartsAtOnce(CartPoleVectorEnv):
    metadata = {**CartPoleVectorEnv.metadata, "autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012


@pytest.fixture(scope="module", autouse=True)
def registered():
    ids = []

    def register(name, **kwargs):
        gymnasium.register(name, **kwargs)
        ids.append(name)

    both = {"entry_point": f"{CARTPOLE}:CartPoleEnv", "max_episode_steps": LIMIT}
    register("ShortNative-v0", vector_entry_point=f"{CARTPOLE}:CartPoleVectorEnv", **both)
    register("ShortSync-v0", **both)
    register("RestartsAtOnce-v0", vector_entry_point=RestartsAtOnce, **both)
    register("Counter-v0", entry_point=Counter, max_episode_steps=LIMIT)
    yield register
    for name in ids:
        del gymnasium.registry[name]


@pytest.fixture
def policy():
    # Its first weights lean to one side, so that poles fall before the limit in some episodes, not in all.
    generator = torch.Generator().manual_seed(5)
    return ActorCritic(4, 2, hidden_sizes=(8,), orthogonal_init=False, generator=generator)


def collect(env_id, policy, steps=100, num_envs=6, seed=3):
    envs = make_environments(env_id, num_envs)
    generator = torch.Generator().manual_seed(seed)
    return Collector(envs, seed, gamma=0.9).collect(policy, steps, generator)


def test_sync_rollout_is_what_single_environments_do(policy):
    rollout, episodes = collect("ShortSync-v0", policy)
    by_hand, ends = [], []
    for index in range(6):
        env = gymnasium.make("ShortSync-v0")
        observation, _ = env.reset(seed=3 + index)
        total = 0.0
        for step in np.flatnonzero(rollout.valid[:, index]):
            following, reward, terminated, truncated, _ = env.step(rollout.actions[step, index])
            total += reward
            by_hand.append((step, index, observation, following, reward, terminated, truncated))
            observation = following
            if terminated or truncated:
                ends.append((step, index, total))
                observation, _ = env.reset()
                total = 0.0
    assert len(by_hand) == rollout.valid.sum()
    for step, index, observation, following, reward, terminated, truncated in by_hand:
        np.testing.assert_array_equal(rollout.observations[step, index], observation)
        np.testing.assert_array_equal(rollout.observations[step + 1, index], following)
        assert rollout.rewards[step, index] == reward
        assert rollout.terminated[step, index] == terminated
        assert rollout.truncated[step, index] == truncated
    ends.sort()
    assert any(total == LIMIT for *_, total in ends) and any(total < LIMIT for *_, total in ends)
    assert [value for _, value in episodes] == [total for *_, total in ends]
    assert [step for step, _ in episodes] == [int(rollout.valid[: step + 1].sum()) for step, *_ in ends]


def test_native_rollout_obeys_the_physics_and_never_crosses_a_reset(policy):
    assert isinstance(make_environments("ShortNative-v0", 2).unwrapped, CartPoleVectorEnv)
    rollout, episodes = collect("ShortNative-v0", policy)
    env = gymnasium.make("CartPole-v1").unwrapped
    env.reset(seed=0)
    for step, index in np.argwhere(rollout.valid):
        env.state, env.steps_beyond_terminated = rollout.observations[step, index].astype(float), None
        following, _, terminated, _, _ = env.step(int(rollout.actions[step, index]))
        np.testing.assert_allclose(rollout.observations[step + 1, index], following, atol=1e-5)
        assert rollout.terminated[step, index] == terminated
    ended = rollout.terminated | rollout.truncated
    assert rollout.terminated.any() and rollout.truncated.any()
    np.testing.assert_array_equal(~rollout.valid[1:], ended[:-1])
    assert rollout.valid[0].all()
    starts = rollout.observations[1:][~rollout.valid]
    assert len(starts) and (np.abs(starts) <= 0.05).all()
    assert max(value for _, value in episodes) == LIMIT


@pytest.mark.parametrize("env_id", ["ShortNative-v0", "ShortSync-v0"])
def test_batch_has_no_reset_step_and_bootstraps_from_the_true_final_state(env_id, policy):
    rollout, _ = collect(env_id, policy)
    config = PPOConfig(gamma=0.9, lam=0.0, normalise_advantages="off", normalise_rewards=False)
    batch = make_batch(policy, rollout, config)
    assert len(batch) == rollout.valid.sum() < rollout.valid.size
    following = policy.v(rollout.observations[1:]).detach().numpy()
    expected = rollout.rewards + 0.9 * np.where(rollout.terminated, 0, following)
    np.testing.assert_allclose(batch.targets, expected[rollout.valid], rtol=1e-5)
    np.testing.assert_array_equal(batch.observations, rollout.observations[:-1][rollout.valid])
    np.testing.assert_array_equal(batch.actions, rollout.actions[rollout.valid])


def test_nothing_is_lost_between_two_rollouts(policy):
    whole, episodes = collect("ShortSync-v0", policy, steps=60)
    envs = make_environments("ShortSync-v0", 6)
    collector, generator = Collector(envs, 3, gamma=0.9), torch.Generator().manual_seed(3)
    parts = [collector.collect(policy, steps, generator) for steps in (1, 22, 37)]
    for name in ("actions", "log_probs", "rewards", "discounted", "terminated", "truncated", "valid"):
        joined = np.concatenate([getattr(rollout, name) for rollout, _ in parts])
        np.testing.assert_array_equal(joined, getattr(whole, name))
    assert [value for _, found in parts for _, value in found] == [value for _, value in episodes]


def test_log_probs_are_those_of_the_acting_policy(policy):
    rollout, _ = collect("ShortNative-v0", policy)
    log_probs = policy.pi(rollout.observations[:-1]).log_prob(torch.from_numpy(rollout.actions))
    np.testing.assert_allclose(rollout.log_probs, log_probs.detach(), atol=1e-6)


def test_discounted_is_the_episodes_reward_so_far(policy):
    rollout, _ = collect("ShortSync-v0", policy, num_envs=1)
    expected, running = [], 0.0
    for step in range(100):
        running = 0.9 * running + rollout.rewards[step, 0]
        expected.append(running)
        if rollout.terminated[step, 0] or rollout.truncated[step, 0]:
            running = 0.0
    np.testing.assert_allclose(rollout.discounted[:, 0], expected, rtol=1e-5)


def test_running_moments_are_kept_for_the_policy_when_asked_for(policy):
    envs = make_environments("ShortSync-v0", 3)
    collector = Collector(envs, 3, gamma=0.9, normalise_rewards=True, normalise_observations=True)
    first, _ = collector.collect(policy, 20)
    assert float(policy.return_moments.mean) == pytest.approx(first.discounted[first.valid].mean(), rel=1e-4)
    # The rollout's own update must still see the numbers that the rollout's policy saw.
    assert not policy.observation_moments.seen
    collector.collect(policy, 20)
    seen = first.observations[:-1][first.valid]
    np.testing.assert_allclose(policy.observation_moments.mean, seen.mean(axis=0), rtol=1e-4, atol=1e-6)
    assert int(policy.return_moments.count) > len(seen) == int(policy.observation_moments.count)


def far_policy(action_size, mean):
    policy = ActorCritic(1, action_size, discrete=False, hidden_sizes=(4,))
    torch.nn.init.constant_(policy.actor_head.bias, mean)
    return policy


def test_the_environment_gets_clipped_actions_and_the_rollout_keeps_them_as_drawn(registered):
    registered("Pushed-v0", entry_point=lambda: Counter(action_space=Box(-1, 1, (2,), np.float32)))
    rollout, _ = collect("Pushed-v0", far_policy(2, mean=9.0), steps=5)
    assert (rollout.actions > 1).all()
    assert (rollout.rewards == 2).all()


def test_clipping_can_be_switched_off(registered):
    registered(
        "Free-v0",
        entry_point=lambda: Counter(action_space=Box(-1, 1, (1,), np.float32)),
        disable_env_checker=True,
    )
    envs = make_environments("Free-v0", 1)
    collector = Collector(envs, 0, clip_actions=False)
    # Counter asserts that an action is within the bounds.
    with pytest.raises(EnvironmentFailed, match=r"Free-v0, number 0, step 1 .*AssertionError"):
        collector.collect(far_policy(1, mean=9.0), 5)


def test_a_choice_may_start_elsewhere_than_at_0(registered):
    registered("From5-v0", entry_point=lambda: Counter(action_space=Discrete(2, start=5)))
    rollout, _ = collect("From5-v0", ActorCritic(1, 2), steps=20)
    assert set(np.unique(rollout.actions)) == {0, 1} and set(np.unique(rollout.rewards)) == {5, 6}


def test_an_environment_that_restarts_within_the_step_is_vectorised_by_gymnasium():
    assert isinstance(make_environments("RestartsAtOnce-v0", 2), SyncVectorEnv)


@pytest.mark.parametrize(
    ("env_id", "error", "words"),
    [
        ("Nonsense-v1", ValueError, "env_id 'Nonsense-v1' cannot be made.*pprint_registry"),
        ("CartPole-v99", ValueError, "env_id 'CartPole-v99' cannot be made"),
        ("no_such_module:Env-v0", ValueError, "no_such_module"),
        ("", ValueError, "env_id ''"),
        (7, TypeError, "env_id must be a text .* is 7"),
        (None, TypeError, "env_id must be a text"),
    ],
)
def test_an_environment_that_cannot_be_had_is_named(env_id, error, words):
    with pytest.raises(error, match=words):
        make_environments(env_id, 2)


@pytest.mark.parametrize(
    "space",
    [
        Box(0, 255, (8, 8, 3), np.uint8),
        Box(0, 1, (), np.float32),
        Sequence(Discrete(3)),
        Dict(a=Sequence(Box(0, 1, (1,)))),
    ],
)
def test_observations_beyond_vectors_are_refused(registered, space):
    name = f"Sees{abs(hash(str(space)))}-v0"
    registered(name, entry_point=lambda: Counter(observation_space=space), disable_env_checker=True)
    with pytest.raises(ValueError, match=rf"'{name}' has observations of the kind .*shape \(D,\)"):
        make_environments(name, 1)


@pytest.mark.parametrize(
    "space",
    [MultiDiscrete([2, 2]), MultiBinary(2), Box(0, 9, (2,), np.int64), Box(-1, 1, (2, 2), np.float32)],
)
def test_other_action_spaces_are_refused(registered, space):
    name = f"Acts{abs(hash(str(space)))}-v0"
    registered(name, entry_point=lambda: Counter(action_space=space), disable_env_checker=True)
    with pytest.raises(ValueError, match=f"'{name}' has actions of the kind"):
        make_environments(name, 1)
