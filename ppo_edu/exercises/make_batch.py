"""Lesson 05: from a list of transitions to the columns of a batch."""

import numpy as np

from ppo_edu.exercises.kinds import Complaint, FunctionExercise, Measured
from ppo_edu.language import t

COLUMNS = ("s", "a", "r", "s_prime", "log_prob", "terminated", "truncated")


def make_batch(transitions):
    return tuple(np.array(column) for column in zip(*transitions, strict=True))


def cases():
    # The third step ends an episode by falling, the fifth by the time limit: no next row follows from them.
    s = np.array([[1.0, 0.1], [2.0, 0.2], [3.0, 0.3], [7.0, 0.7], [8.0, 0.8]], dtype=np.float32)
    a, r = [0, 1, 1, 0, 1], [0.01, 0.02, 0.03, 0.04, 0.05]
    log_prob = [-0.7, -0.2, -1.5, -0.9, -0.4]
    fell, cut = [False, False, True, False, False], [False, False, False, False, True]
    s_prime = s + np.array([1.0, 0.1], dtype=np.float32)
    return [{"transitions": list(zip(s, a, r, s_prime, log_prob, fell, cut, strict=True))}]


def measure(function, transitions):
    batch = function(transitions)
    if batch is None or batch is ...:
        return batch
    if not isinstance(batch, (tuple, list)) or len(batch) != len(COLUMNS):
        found = len(batch) if isinstance(batch, (tuple, list)) else type(batch).__name__
        raise Complaint(t("make_batch.seven", found=found, names=", ".join(COLUMNS)))
    return Measured(zip(COLUMNS, batch, strict=True))


def mistakes():
    def remade(**columns):
        """Return make_batch with some columns made from the right ones, a dict, in another way."""

        def wrong(transitions):
            right = dict(zip(COLUMNS, make_batch(transitions), strict=True))
            return tuple(columns[name](right) if name in columns else right[name] for name in COLUMNS)

        return wrong

    def as_columns(*names):
        return remade(**{name: lambda right, name=name: right[name][:, None] for name in names})

    fell, cut = (lambda right: right["terminated"]), (lambda right: right["truncated"])
    return [
        (t("make_batch.states_swapped"), remade(s=lambda x: x["s_prime"], s_prime=lambda x: x["s"])),
        (t("make_batch.next_row"), remade(s_prime=lambda x: np.roll(x["s"], -1, axis=0))),
        (t("make_batch.next_row"),
         remade(s_prime=lambda x: np.append(x["s"][1:], x["s_prime"][-1:], axis=0))),
        (t("make_batch.ends_merged"), remade(terminated=lambda x: fell(x) | cut(x))),
        (t("make_batch.ends_merged"), remade(terminated=lambda x: fell(x) | cut(x),
                                             truncated=lambda x: fell(x) | cut(x))),
        (t("make_batch.ends_swapped"), remade(terminated=cut, truncated=fell)),
        (t("make_batch.mask_inverted"), remade(terminated=lambda x: ~fell(x))),
        (t("make_batch.mask_inverted"), remade(terminated=lambda x: ~fell(x), truncated=lambda x: ~cut(x))),
        (t("make_batch.probabilities"), remade(log_prob=lambda x: np.exp(x["log_prob"]))),
        (t("make_batch.logs_again"), remade(log_prob=lambda x: np.log(x["log_prob"]))),
        (t("make_batch.scaled_again"), remade(r=lambda x: x["r"] / 100)),
        (t("make_batch.backwards"), lambda transitions: make_batch(transitions[::-1])),
        (t("make_batch.last_missing"), lambda transitions: make_batch(transitions[:-1])),
        (t("make_batch.first_missing"), lambda transitions: make_batch(transitions[1:])),
        (t("make_batch.columns"), as_columns("a", "r", "log_prob", "terminated", "truncated")),
        (t("make_batch.columns"), as_columns("a", "r", "log_prob", "terminated")),
        (t("make_batch.columns"), as_columns("a", "r", "log_prob")),
    ]


def hints():
    return t("make_batch.hint_1"), t("make_batch.hint_2"), t("make_batch.hint_3")


EXERCISE = FunctionExercise(
    solution=make_batch, cases=cases, mistakes=mistakes, hints=hints, measure=measure
)
