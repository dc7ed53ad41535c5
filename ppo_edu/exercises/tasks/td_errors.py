"""The TD error of each step."""

import numpy as np

from ppo_edu import advantage
from ppo_edu.exercises.kinds import FunctionExercise


def td_errors(rewards, values, next_values, terminated, gamma):
    return rewards + gamma * next_values * (1 - terminated) - values


def cases():
    # In the second step and in the last a time limit cut the episode off: nothing terminated there, and the
    # state that was reached is not that of the next row.
    return [
        {
            "rewards": np.array([1.0, 2.0, -1.0, 0.5]),
            "values": np.array([3.0, 0.7, 5.0, 2.0]),
            "next_values": np.array([0.7, 4.0, 2.0, 9.0]),
            "terminated": np.array([False, False, False, False]),
            "gamma": 0.9,
        },
        {
            "rewards": np.array([1.0, 2.0, -1.0, 0.5]),
            "values": np.array([3.0, 0.7, 5.0, 2.0]),
            "next_values": np.array([0.7, 4.0, 2.0, 9.0]),
            "terminated": np.array([False, True, False, True]),
            "gamma": 0.5,
        },
    ]


def rollout(rng, steps, size, ends, cuts):
    """Return the columns of a rollout: row t + 1 has the value that row t foretells, unless an episode ends.

    Parameters
    ----------
    rng : numpy.random.Generator
    steps : int
    size : float
        Of rewards and values, which have both signs.
    ends, cuts : float
        The share of the steps that end an episode by termination and by truncation.
    """
    values = size * (rng.standard_normal(steps) + rng.choice([-1.0, 0.0, 3.0], steps))
    terminated, truncated = rng.random(steps) < ends, rng.random(steps) < cuts
    reached = size * (rng.standard_normal(steps) - 2.0)  # where the next row is none of this episode, or none
    goes_on = ~(terminated | truncated)
    goes_on[-1] = False
    return {
        "rewards": size * rng.standard_normal(steps),
        "values": values,
        "next_values": np.where(goes_on, np.append(values[1:], 0.0), reached),
        "terminated": terminated,
        "truncated": truncated,
    }


def drawn(rng):
    """Return rollouts of one step to many, with no end and with many, and both ends of gamma."""
    made = []
    for steps, size, ends, cuts, gamma in (
        (1, 1.0, 1.0, 0.0, 0.99),
        (1, 0.01, 0.0, 0.0, 0.99),
        (3, 1.0, 0.5, 0.3, 0.0),
        (12, 0.01, 0.2, 0.2, 1.0),
        (40, 100.0, 0.1, 0.1, 0.999),
    ):
        columns = rollout(rng, steps, size, ends, cuts)
        del columns["truncated"]
        made.append({**columns, "gamma": gamma})
    return made


def mistakes():
    def later(column):
        return np.append(column[1:], 0).astype(column.dtype)

    def earlier(column):
        return np.append(0, column[:-1]).astype(column.dtype)

    right = advantage.td_errors
    return [
        ("bootstraps_through_end", lambda r, v, n, end, gamma: r + gamma * n - v),
        ("mask_inverted", lambda r, v, n, end, gamma: r + gamma * n * end - v),
        ("no_gamma", lambda r, v, n, end, gamma: r + n * ~end - v),
        (
            ("exercise.fixed_number", {"parameter": "gamma"}),
            lambda r, v, n, end, gamma: right(r, v, n, end, 0.99),
        ),
        (
            ("exercise.fixed_number", {"parameter": "gamma"}),
            lambda r, v, n, end, gamma: right(r, v, n, end, 0.9),
        ),
        (
            ("exercise.fixed_number", {"parameter": "gamma"}),
            lambda r, v, n, end, gamma: right(r, v, n, end, 0.98),
        ),
        ("gamma_squared", lambda r, v, n, end, gamma: right(r, v, n, end, gamma**2)),
        ("wrong_sign", lambda r, v, n, end, gamma: v - (r + gamma * n * ~end)),
        ("plus_value", lambda r, v, n, end, gamma: r + gamma * n * ~end + v),
        ("target", lambda r, v, n, end, gamma: r + gamma * n * ~end),
        ("no_reward", lambda r, v, n, end, gamma: gamma * n * ~end - v),
        ("no_bootstrap", lambda r, v, n, end, gamma: r - v),
        ("masks_all", lambda r, v, n, end, gamma: (r + gamma * n - v) * ~end),
        ("masks_value", lambda r, v, n, end, gamma: r + (gamma * n - v) * ~end),
        ("masks_reward", lambda r, v, n, end, gamma: (r + gamma * n) * ~end - v),
        ("values_swapped", lambda r, v, n, end, gamma: r + gamma * v * ~end - n),
        ("gamma_on_value", lambda r, v, n, end, gamma: r + n * ~end - gamma * v),
        ("gamma_on_all", lambda r, v, n, end, gamma: r + gamma * (n * ~end - v)),
        ("gamma_on_reward", lambda r, v, n, end, gamma: gamma * (r + n * ~end) - v),
        ("shifts_values", lambda r, v, n, end, gamma: r + gamma * later(v) * ~end - v),
        ("shifts_values", lambda r, v, n, end, gamma: r + gamma * np.roll(v, -1) * ~end - v),
        ("shifts_values", lambda r, v, n, end, gamma: r + gamma * np.append(v[1:], n[-1]) * ~end - v),
        ("shifts_values", lambda r, v, n, end, gamma: r + gamma * np.append(v[1:], v[-1]) * ~end - v),
        ("last_row", lambda r, v, n, end, gamma: right(r, v, np.append(n[:-1], 0.0), end, gamma)),
        ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * ~later(end) - v),
        ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * ~earlier(end) - v),
        ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * ~np.roll(end, -1) - v),
        ("off_by_one", lambda r, v, n, end, gamma: r + gamma * n * ~np.roll(end, 1) - v),
        ("exercise.absolute", lambda r, v, n, end, gamma: np.abs(right(r, v, n, end, gamma))),
        ("squared", lambda r, v, n, end, gamma: right(r, v, n, end, gamma) ** 2),
        ("exercise.bounded", lambda r, v, n, end, gamma: np.clip(right(r, v, n, end, gamma), -10, 10)),
        ("exercise.bounded", lambda r, v, n, end, gamma: right(np.clip(r, -10, 10), v, n, end, gamma)),
        ("summed", lambda r, v, n, end, gamma: np.cumsum(right(r, v, n, end, gamma))),
    ]


EXERCISE = FunctionExercise(
    solution=td_errors, expected=advantage.td_errors, cases=cases, drawn=drawn, mistakes=mistakes
)
