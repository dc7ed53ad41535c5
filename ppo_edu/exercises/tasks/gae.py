"""The GAE recursion, with ends of episodes."""

import numpy as np

from ppo_edu import advantage
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.exercises.tasks.td_errors import rollout


def gae(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = rewards + gamma * next_values * (1 - terminated) - values
    ended = terminated | truncated
    advantages = np.zeros_like(deltas)
    following = 0.0
    for step in reversed(range(len(deltas))):
        following = deltas[step] + gamma * lam * (1 - ended[step]) * following
        advantages[step] = following
    return advantages


def cases():
    # A row that goes on foretells the value of the next. After an end it is that of the state really reached.
    r, v = np.array([1.0, 2.0, -1.0, 0.5, 3.0]), np.array([3.0, 0.7, 5.0, 2.0, 1.5])
    off, on = False, True
    goes_on, ends = np.array([off, off, off, off, off]), np.array([off, on, off, off, off])
    through, ended = np.array([0.7, 5.0, 2.0, 1.5, 6.0]), np.array([0.7, 4.0, 2.0, 1.5, 6.0])
    columns = ("rewards", "values", "next_values", "terminated", "truncated", "gamma", "lam")
    return [
        dict(zip(columns, case, strict=True))
        for case in (
            (r, v, through, goes_on, goes_on, 0.9, 0.8),
            (r, v, ended, ends, goes_on, 0.9, 0.8),
            (r, v, ended, goes_on, ends, 0.9, 0.8),
            (
                r,
                v,
                np.array([2.5, 5.0, 4.0, 1.5, 6.0]),
                np.array([on, off, off, off, on]),
                np.array([off, off, on, off, on]),
                1.0,
                0.5,
            ),
        )
    ]


def drawn(rng):
    """Return rollouts of one step to many, few ends and many, and both ends of gamma and lambda."""
    made = []
    for steps, size, ends, cuts, gamma, lam in (
        (1, 1.0, 0.0, 0.0, 0.99, 0.95),
        (1, 0.01, 0.0, 1.0, 0.99, 0.95),
        (2, 1.0, 0.5, 0.0, 1.0, 1.0),
        (12, 0.01, 0.2, 0.2, 0.9, 0.95),
        (40, 10.0, 0.05, 0.05, 0.99, 1.0),
        (20, 1.0, 0.1, 0.1, 0.99, 0.0),
        (20, 1.0, 0.1, 0.1, 0.0, 0.95),
        (300, 100.0, 0.003, 0.003, 0.999, 0.99),
        (300, 1.0, 0.0, 0.0, 1.0, 0.97),
    ):
        made.append({**rollout(rng, steps, size, ends, cuts), "gamma": gamma, "lam": lam})
    return made


def mistakes():
    def never(end, cut):
        return end & ~end

    def always(end, cut):
        return end | ~end

    def goes_on(end, cut):
        return ~(end | cut)

    right = advantage.gae
    return [
        ("no_mask", _variant(cuts=never)),
        ("cut_by_termination_only", _variant(cuts=lambda end, cut: end)),
        ("cut_by_truncation_only", _variant(cuts=lambda end, cut: cut)),
        ("bootstraps_through_termination", _variant(bootstraps=always)),
        ("no_bootstrap_at_truncation", _variant(bootstraps=goes_on)),
        ("masks_swapped", _variant(bootstraps=goes_on, cuts=lambda end, cut: end)),
        ("mask_inverted", _variant(cuts=goes_on)),
        ("no_mask_at_all", _variant(bootstraps=always, cuts=never)),
        *(("mask_off_by_one", _variant(cuts=_moved(-1, edge))) for edge in ("empty", "same", "wrap")),
        *(("mask_one_early", _variant(cuts=_moved(1, edge))) for edge in ("empty", "same", "wrap")),
        ("no_lam", _variant(decay=lambda gamma, lam: gamma)),
        ("no_gamma", _variant(decay=lambda gamma, lam: lam)),
        ("no_decay", _variant(decay=lambda gamma, lam: 1.0)),
        ("deltas_only", _variant(decay=lambda gamma, lam: 0.0)),
        ("forwards", _forwards),
        ("reversed", lambda *inputs: right(*inputs)[::-1]),
        ("recursion_off_by_one", lambda *inputs: np.append(right(*inputs)[1:], 0.0)),
        ("one_step_only", _one_step_only),
        ("targets", lambda r, v, *rest: right(r, v, *rest) + v),
        ("wrong_sign", lambda *inputs: -right(*inputs)),
        ("shifts_values", lambda r, v, n, *rest: right(r, v, np.append(v[1:], 0.0), *rest)),
        ("shifts_values", lambda r, v, n, *rest: right(r, v, np.append(v[1:], n[-1]), *rest)),
        ("shifts_values", lambda r, v, n, *rest: right(r, v, np.append(v[1:], v[-1]), *rest)),
        ("last_row", lambda r, v, n, *rest: right(r, v, np.append(n[:-1], 0.0), *rest)),
        *(("few_steps_ahead", _few_steps_ahead(steps)) for steps in (4, 5, 8, 10, 20, 32, 64)),
        ("lam_squared", _variant(decay=lambda gamma, lam: gamma * lam**2)),
        ("gamma_squared", _variant(decay=lambda gamma, lam: gamma**2 * lam)),
        ("one_minus_lam", _variant(decay=lambda gamma, lam: gamma * (1 - lam))),
        ("scaled", lambda *inputs: (1 - inputs[-1]) * right(*inputs)),
        (
            ("exercise.fixed_number", {"parameter": "gamma"}),
            lambda r, v, n, end, cut, gamma, lam: right(r, v, n, end, cut, 0.99, 0.95),
        ),
        (
            ("exercise.fixed_number", {"parameter": "lam"}),
            lambda r, v, n, end, cut, gamma, lam: right(r, v, n, end, cut, gamma, 0.95),
        ),
        (
            ("exercise.fixed_number", {"parameter": "gamma"}),
            lambda r, v, n, end, cut, gamma, lam: right(r, v, n, end, cut, 0.99, lam),
        ),
        ("delta_masked_twice", _delta_masked),
        (
            "delta_masked_twice",
            lambda r, v, n, end, cut, *rest: right(r, v, n, end, cut, *rest) * ~(end | cut),
        ),
        ("no_values", lambda r, v, n, *rest: right(r, 0 * v, 0 * n, *rest)),
        ("normalised", lambda *inputs: _normalised(right(*inputs))),
        ("normalised", lambda *inputs: right(*inputs) / (right(*inputs).std() + 1e-8)),
        ("normalised", lambda *inputs: right(*inputs) - right(*inputs).mean()),
    ]


def _variant(
    bootstraps=lambda end, cut: ~end, cuts=lambda end, cut: end | cut, decay=lambda gamma, lam: gamma * lam
):
    """Return GAE with another mask for the bootstrap, for the trace, or another decay."""

    def wrong(rewards, values, next_values, terminated, truncated, gamma, lam):
        deltas = rewards + gamma * next_values * bootstraps(terminated, truncated) - values
        weights = decay(gamma, lam) * ~cuts(terminated, truncated)
        advantages = deltas.copy()
        for step in reversed(range(len(deltas) - 1)):
            advantages[step] += weights[step] * advantages[step + 1]
        return advantages

    return wrong


def _moved(rows, edge):
    """Return both masks as one, moved by a row; at the edge, where none is left, one can do three things."""

    def cuts(end, cut):
        ended = np.roll(end | cut, rows)
        at = 0 if rows > 0 else -1
        ended[at] = {"empty": False, "same": (end | cut)[at], "wrap": ended[at]}[edge]
        return ended

    return cuts


def _forwards(rewards, values, next_values, terminated, truncated, gamma, lam):
    advantages = advantage.td_errors(rewards, values, next_values, terminated, gamma)
    goes_on = ~(terminated | truncated)
    for step in range(1, len(advantages)):
        advantages[step] += gamma * lam * goes_on[step] * advantages[step - 1]
    return advantages


def _one_step_only(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = advantage.td_errors(rewards, values, next_values, terminated, gamma)
    return deltas + gamma * lam * ~(terminated | truncated) * np.append(deltas[1:], 0.0)


def _few_steps_ahead(most):
    """Return GAE by its sum, broken off after `most` terms."""

    def wrong(rewards, values, next_values, terminated, truncated, gamma, lam):
        deltas = advantage.td_errors(rewards, values, next_values, terminated, gamma)
        goes_on, advantages = ~(terminated | truncated), np.zeros_like(deltas)
        weight, rows = np.ones_like(deltas), len(deltas)
        for ahead in range(min(most, rows)):
            advantages[: rows - ahead] += weight[: rows - ahead] * deltas[ahead:]
            weight[: rows - ahead] *= gamma * lam * goes_on[ahead:]
        return advantages

    return wrong


def _delta_masked(rewards, values, next_values, terminated, truncated, gamma, lam):
    deltas = advantage.td_errors(rewards, values, next_values, terminated, gamma)
    following, goes_on = 0.0, ~(terminated | truncated)
    advantages = np.zeros_like(deltas)
    for step in reversed(range(len(deltas))):
        advantages[step] = following = goes_on[step] * (deltas[step] + gamma * lam * following)
    return advantages


def _normalised(advantages):
    return (advantages - advantages.mean()) / (advantages.std() + 1e-8)


EXERCISE = FunctionExercise(solution=gae, expected=advantage.gae, cases=cases, drawn=drawn, mistakes=mistakes)
