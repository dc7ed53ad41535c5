"""The GAE recursion, with ends of episodes."""

import numpy as np
import pytest
import torch
from scipy import signal

import ppo_edu
from exercises.answers import Answers, Called, in_float32, keyword_only, partial
from ppo_edu import exercises
from ppo_edu.exercises.tasks.td_errors import rollout


def gae_by_definition(rewards, values, next_values, terminated, truncated, gamma, lam):
    advantages = np.zeros(len(rewards))
    for start in range(len(rewards)):
        for step in range(start, len(rewards)):
            delta = rewards[step] - values[step]
            if not terminated[step]:
                delta += gamma * next_values[step]
            advantages[start] += (gamma * lam) ** (step - start) * delta
            if terminated[step] or truncated[step]:
                break
    return advantages


def gae_in_torch(rewards, values, next_values, terminated, truncated, gamma, lam):
    goes_on = 1 - torch.logical_or(terminated, truncated).double()
    deltas = rewards + gamma * next_values * (~terminated) - values
    advantages, following = [], torch.tensor(0.0)
    for delta, mask in zip(deltas.flip(0), goes_on.flip(0), strict=True):
        following = delta + gamma * lam * mask * following
        advantages.insert(0, following)
    return torch.stack(advantages)


def gae_from_the_right_as_a_list(rewards, values, next_values, terminated, truncated, gamma, lam):
    advantages, rows = [], zip(rewards, values, next_values, terminated, truncated, strict=True)
    for r, v, n, end, cut in reversed(list(rows)):
        following = 0 if end or cut or not advantages else advantages[-1]
        advantages.append(r + (0 if end else gamma * n) - v + gamma * lam * following)
    return advantages[::-1]


def lambda_return_minus_value(rewards, values, next_values, terminated, truncated, gamma, lam):
    """G = r + gamma ((1 - lam) V' + lam G'), as books write it, for rows that fit each other."""
    G, returns = None, np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        if terminated[t]:
            G = rewards[t]
        elif truncated[t] or G is None:
            G = rewards[t] + gamma * next_values[t]
        else:
            G = rewards[t] + gamma * ((1 - lam) * next_values[t] + lam * G)
        returns[t] = G
    return returns - values


def by_segments(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Filter each episode for itself."""
    deltas = rewards + gamma * next_values * (1 - terminated) - values
    ends = np.flatnonzero(terminated | truncated) + 1
    pieces = [piece for piece in np.split(deltas, ends) if len(piece)]
    return np.concatenate([signal.lfilter([1], [1, -gamma * lam], piece[::-1])[::-1] for piece in pieces])


def by_equations(rewards, values, next_values, terminated, truncated, gamma, lam):
    """Solve A[t] - gamma lam A[t+1] = delta[t] for all rows at once."""
    deltas = rewards + gamma * next_values * (1 - terminated) - values
    carried = gamma * lam * (1.0 - (terminated | truncated))
    return np.linalg.solve(np.eye(len(deltas)) - np.diag(carried[:-1], k=1), deltas)


def recursively(rewards, values, next_values, terminated, truncated, gamma, lam):
    """One row, and the rest by the same function."""
    delta = rewards[0] + gamma * next_values[0] * (not terminated[0]) - values[0]
    if len(rewards) == 1:
        return [delta]
    rest = recursively(*(x[1:] for x in (rewards, values, next_values, terminated, truncated)), gamma, lam)
    return [delta + gamma * lam * (not (terminated[0] or truncated[0])) * rest[0], *rest]


def rewards_take_the_bootstrap(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The value beyond a time limit goes into the reward, as in Stable-Baselines3: one mask is enough."""
    cut = truncated & ~terminated
    rewards = rewards + gamma * next_values * cut
    ended, following = terminated | truncated, 0.0
    advantages = np.zeros_like(rewards)
    for t in reversed(range(len(rewards))):
        goes_on = 1.0 - ended[t]
        delta = rewards[t] + gamma * next_values[t] * goes_on - values[t]
        advantages[t] = following = delta + gamma * lam * goes_on * following
    return advantages


def generated(*inputs):
    yield from gae_by_definition(*inputs)


# Mistakes


def gae_with(bootstrap, carry, decay=lambda gamma, lam: gamma * lam, row=lambda step: step):
    """Return a GAE loop in which `bootstrap` and `carry` decide by (terminated, truncated) of a row."""

    def wrong(rewards, values, next_values, terminated, truncated, gamma, lam):
        advantages, following = np.zeros(len(rewards)), 0.0
        for step in range(len(rewards) - 1, -1, -1):
            end, cut = bool(terminated[step]), bool(truncated[step])
            delta = rewards[step] + (gamma * next_values[step] if bootstrap(end, cut) else 0.0) - values[step]
            at = min(max(row(step), 0), len(rewards) - 1)
            if not carry(bool(terminated[at]), bool(truncated[at])):
                following = 0.0
            advantages[step] = following = delta + decay(gamma, lam) * following
        return advantages

    return wrong


def not_end(end, cut):
    return not end


def neither(end, cut):
    return not (end or cut)


def always(end, cut):
    return True


def gae_off_by_one(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, gamma)
    advantages, following = np.zeros(len(rewards)), 0.0
    for step in reversed(range(len(rewards))):
        advantages[step] = following
        following = deltas[step] + gamma * lam * (not (terminated[step] or truncated[step])) * following
    return advantages


def gae_adding_next_delta(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, gamma)
    goes_on = ~(terminated | truncated)
    advantages = deltas.copy()
    advantages[:-1] += gamma * lam * goes_on[:-1] * deltas[1:]
    return advantages


def gae_forwards(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = ppo_edu.td_errors(rewards, values, next_values, terminated, gamma)
    advantages, before = [], 0.0
    for delta, end, cut in zip(deltas, terminated, truncated, strict=True):
        before = delta + gamma * lam * (0 if end or cut else 1) * before
        advantages.append(before)
    return advantages


def gae_not_turned_round(*inputs):
    return [*reversed(gae_by_definition(*inputs))]


def gae_from_the_next_row(rewards, values, next_values, *rest):
    return gae_by_definition(rewards, values, [*values[1:], 0.0], *rest)


def looks_ahead(steps):
    """Return GAE by its definition that breaks off after some terms."""

    def wrong(rewards, values, next_values, terminated, truncated, gamma, lam):
        advantages = np.zeros(len(rewards))
        for start in range(len(rewards)):
            for step in range(start, min(start + steps, len(rewards))):
                delta = rewards[step] - values[step] + gamma * next_values[step] * (1 - terminated[step])
                advantages[start] += (gamma * lam) ** (step - start) * delta
                if terminated[step] or truncated[step]:
                    break
        return advantages

    return wrong


NAMES = ("rewards", "values", "next_values", "terminated", "truncated", "gamma", "lam")


RIGHT = {
    "package": ppo_edu.gae,
    "definition": gae_by_definition,
    "torch": gae_in_torch,
    "list": gae_from_the_right_as_a_list,
    "lambda-return": lambda_return_minus_value,
    "lambda-return, float32": in_float32(lambda_return_minus_value),
    "filter": by_segments,
    "equations": by_equations,
    "recursion": recursively,
    "reward bootstrap": rewards_take_the_bootstrap,
    "generator": generated,
    "float32": in_float32(gae_by_definition),
    "float32 package": in_float32(ppo_edu.gae),
    "keyword-only": keyword_only(gae_by_definition, *NAMES),
    "partial": partial(gae_by_definition),
    "object": Called(gae_by_definition),
}

WRONG = [
    ("no_mask", gae_with(not_end, always)),
    ("cut_by_termination_only", gae_with(not_end, not_end)),
    ("cut_by_truncation_only", gae_with(not_end, lambda end, cut: not cut)),
    ("bootstraps_through_termination", gae_with(always, neither)),
    ("no_bootstrap_at_truncation", gae_with(neither, neither)),
    ("masks_swapped", gae_with(neither, not_end)),
    ("mask_inverted", gae_with(not_end, lambda end, cut: end or cut)),
    ("no_mask_at_all", gae_with(always, always)),
    ("mask_off_by_one", gae_with(not_end, neither, row=lambda step: step + 1)),
    ("mask_one_early", gae_with(not_end, neither, row=lambda step: step - 1)),
    ("no_lam", gae_with(not_end, neither, decay=lambda gamma, lam: gamma)),
    ("no_gamma", gae_with(not_end, neither, decay=lambda gamma, lam: lam)),
    ("no_decay", gae_with(not_end, neither, decay=lambda gamma, lam: 1)),
    ("deltas_only", lambda r, v, n, end, cut, gamma, lam: r + gamma * n * ~end - v),
    ("forwards", gae_forwards),
    ("reversed", gae_not_turned_round),
    ("recursion_off_by_one", gae_off_by_one),
    ("one_step_only", gae_adding_next_delta),
    ("targets", lambda r, v, *rest: v + ppo_edu.gae(r, v, *rest)),
    ("wrong_sign", lambda *inputs: -gae_by_definition(*inputs)),
    ("shifts_values", gae_from_the_next_row),
    ("normalised", lambda *inputs: (lambda A: (A - A.mean()) / A.std())(gae_by_definition(*inputs))),
    ("last_row", lambda r, v, n, *rest: gae_by_definition(r, v, [*n[:-1], 0.0], *rest)),
    ("few_steps_ahead", looks_ahead(5)),
    ("few_steps_ahead", looks_ahead(20)),
    ("few_steps_ahead", looks_ahead(64)),
    ("lam_squared", gae_with(not_end, neither, decay=lambda gamma, lam: gamma * lam * lam)),
    ("gamma_squared", gae_with(not_end, neither, decay=lambda gamma, lam: gamma * gamma * lam)),
    ("one_minus_lam", gae_with(not_end, neither, decay=lambda gamma, lam: gamma * (1 - lam))),
    ("scaled", lambda *inputs: gae_by_definition(*inputs) * (1 - inputs[6])),
    (
        "exercise.fixed_number",
        lambda r, v, n, end, cut, gamma, lam: gae_by_definition(r, v, n, end, cut, gamma, 0.95),
    ),
    (
        "exercise.fixed_number",
        lambda r, v, n, end, cut, gamma, lam: gae_by_definition(r, v, n, end, cut, 0.99, lam),
    ),
    (
        "delta_masked_twice",
        lambda r, v, n, end, cut, *rest: gae_by_definition(r, v, n, end, cut, *rest) * 1.0 * ~(end | cut),
    ),
    ("no_values", lambda r, v, n, *rest: gae_by_definition(r, [0.0] * len(v), [0.0] * len(n), *rest)),
    ("exercise.shape", lambda *x: ppo_edu.gae(*x)[:-1]),
    ("exercise.mean_returned", lambda *x: ppo_edu.gae(*x).mean()),
    ("exercise.unknown_mistake", lambda *x: gae_by_definition(*x) * (1 + 0.01 * (len(x[0]) > 100))),
    ("exercise.nan", lambda r, *rest: np.sqrt(-np.abs(r))),
]


class TestGae(Answers):
    name, right, wrong = "gae", RIGHT, WRONG


@pytest.mark.parametrize("seed", range(50))
def test_every_formulation_that_is_right_on_consistent_data_is_the_packages(seed):
    rng = np.random.default_rng(seed)
    data = [*rollout(rng, rng.integers(1, 40), 5.0, 0.1, 0.1).values(), rng.random(), rng.random()]
    wanted = ppo_edu.gae(*data)
    for formulation in (lambda_return_minus_value, by_segments, by_equations, rewards_take_the_bootstrap):
        np.testing.assert_allclose(formulation(*data), wanted, rtol=1e-9, atol=1e-9)


def test_the_data_of_a_row_fit_the_next_unless_an_episode_ends():
    for case in exercises.exercise_called("gae").all_cases():
        goes_on = ~(case["terminated"] | case["truncated"])[:-1]
        np.testing.assert_array_equal(case["next_values"][:-1][goes_on], case["values"][1:][goes_on])


def test_a_case_is_shown_whole():
    message = ppo_edu.check("gae", lambda r, *rest: np.sqrt(-np.abs(r))).message
    assert "terminated  = [False, False, False, False, False]" in message
