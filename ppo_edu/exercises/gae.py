"""Lesson 04: the GAE recursion, with ends of episodes."""

import numpy as np

from ppo_edu import advantage
from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


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
    # next_values is the value of the state that was reached: after an end it is not the next row of values.
    one = {"rewards": np.array([1.0, 2.0, -1.0, 0.5, 3.0]), "values": np.array([3.0, 0.7, 5.0, 2.0, 1.5]),
           "next_values": np.array([0.7, 4.0, 2.0, 1.5, 6.0])}
    off, on = False, True
    goes_on, ends = np.array([off, off, off, off, off]), np.array([off, on, off, off, off])
    return [
        {**one, "terminated": goes_on, "truncated": goes_on, "gamma": 0.9, "lam": 0.8},
        {**one, "terminated": ends, "truncated": goes_on, "gamma": 0.9, "lam": 0.8},
        {**one, "terminated": goes_on, "truncated": ends, "gamma": 0.9, "lam": 0.8},
        {**one, "terminated": np.array([on, off, off, off, on]),
         "truncated": np.array([off, off, on, off, on]), "gamma": 1.0, "lam": 0.5},
    ]


def mistakes():
    def never(end, cut):
        return end & ~end

    def always(end, cut):
        return end | ~end

    def goes_on(end, cut):
        return ~(end | cut)

    right = advantage.gae
    return [
        (t("gae.no_mask"), _variant(cuts=never)),
        (t("gae.cut_by_termination_only"), _variant(cuts=lambda end, cut: end)),
        (t("gae.cut_by_truncation_only"), _variant(cuts=lambda end, cut: cut)),
        (t("gae.bootstraps_through_termination"), _variant(bootstraps=always)),
        (t("gae.no_bootstrap_at_truncation"), _variant(bootstraps=goes_on)),
        (t("gae.masks_swapped"), _variant(bootstraps=goes_on, cuts=lambda end, cut: end)),
        (t("gae.mask_inverted"), _variant(cuts=goes_on)),
        (t("gae.no_mask_at_all"), _variant(bootstraps=always, cuts=never)),
        *((t("gae.mask_off_by_one"), _variant(cuts=_moved(-1, edge))) for edge in ("empty", "same", "wrap")),
        *((t("gae.mask_one_early"), _variant(cuts=_moved(1, edge))) for edge in ("empty", "same", "wrap")),
        (t("gae.no_lam"), _variant(decay=lambda gamma, lam: gamma)),
        (t("gae.no_gamma"), _variant(decay=lambda gamma, lam: lam)),
        (t("gae.no_decay"), _variant(decay=lambda gamma, lam: 1.0)),
        (t("gae.deltas_only"), _variant(decay=lambda gamma, lam: 0.0)),
        (t("gae.forwards"), _forwards),
        (t("gae.reversed"), lambda *inputs: right(*inputs)[::-1]),
        (t("gae.recursion_off_by_one"), lambda *inputs: np.append(right(*inputs)[1:], 0.0)),
        (t("gae.one_step_only"), _one_step_only),
        (t("gae.targets"), lambda r, v, *rest: right(r, v, *rest) + v),
        (t("gae.wrong_sign"), lambda *inputs: -right(*inputs)),
        (t("gae.shifts_values"), lambda r, v, n, *rest: right(r, v, np.append(v[1:], 0.0), *rest)),
        (t("gae.shifts_values"), lambda r, v, n, *rest: right(r, v, np.append(v[1:], n[-1]), *rest)),
        (t("gae.normalised"), lambda *inputs: _normalised(right(*inputs))),
    ]


def _variant(bootstraps=lambda end, cut: ~end, cuts=lambda end, cut: end | cut,
             decay=lambda gamma, lam: gamma * lam):
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


def _normalised(advantages):
    return (advantages - advantages.mean()) / (advantages.std() + 1e-8)


def hints():
    return t("gae.hint_1"), t("gae.hint_2"), t("gae.hint_3")


EXERCISE = FunctionExercise(
    solution=gae, expected=advantage.gae, cases=cases, mistakes=mistakes, hints=hints
)
