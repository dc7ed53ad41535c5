"""From a list of transitions to the columns of a batch."""

import numpy as np

from ppo_edu.exercises.kinds import Complaint, FunctionExercise, Measured
from ppo_edu.language import t

COLUMNS = ("s", "a", "r", "s_prime", "log_prob", "terminated", "truncated")


def make_batch(transitions):
    return tuple(np.array(column) for column in zip(*transitions, strict=True))


def cases():
    # The third step ends an episode by falling, the fifth by the time limit: no next row follows from them.
    s = np.array([[1.0, 0.1], [2.0, 0.2], [3.0, 0.3], [7.0, 0.7], [8.0, 0.8]], dtype=np.float32)
    s_prime = s + np.array([1.0, 0.1], dtype=np.float32)
    a, r = [0, 1, 1, 0, 1], [0.01, 0.02, 0.03, 0.04, 0.05]
    log_prob = [-0.7, -0.2, -1.5, -0.9, -0.4]
    fell, cut = [False, False, True, False, False], [False, False, False, False, True]
    return [_case(s, a, r, s_prime, log_prob, fell, cut)]


def drawn(rng):
    """Return rollouts of two transitions to many, with rewards and states of all sizes, in time order."""
    made = []
    for steps, width, size in ((2, 4, 1.0), (3, 3, 0.01), (40, 4, 30.0), (200, 2, 1.0)):
        s, s_prime = (size * rng.standard_normal((steps, width)).astype(np.float32) for _ in range(2))
        fell, cut = rng.random((2, steps)) < 0.15
        s_prime[:-1] = np.where((fell | cut)[:-1, None], s_prime[:-1], s[1:])
        made.append(
            _case(
                s,
                rng.integers(0, 4, steps).tolist(),
                (size * rng.standard_normal(steps)).tolist(),
                s_prime,
                rng.uniform(-6, 0.5, steps).tolist(),
                fell.tolist(),
                cut.tolist(),
            )
        )
    return made


def _case(*columns):
    return {"transitions": list(zip(*columns, strict=True))}


def measure(function, transitions):
    batch = function(transitions)
    if batch is None or batch is ...:
        return batch
    if not isinstance(batch, (tuple, list)):
        raise Complaint(t("make_batch.no_columns", type=type(batch).__name__, names=", ".join(COLUMNS)))
    if len(batch) != len(COLUMNS):
        raise Complaint(t("make_batch.seven", found=len(batch), names=", ".join(COLUMNS)))
    return Measured(zip(COLUMNS, batch, strict=True))


def mistakes():
    def bounded(name, most):
        return remade(**{name: lambda right: np.clip(right[name], -most, most)})

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
        ("states_swapped", remade(s=lambda x: x["s_prime"], s_prime=lambda x: x["s"])),
        ("next_row", remade(s_prime=lambda x: np.roll(x["s"], -1, axis=0))),
        ("next_row", remade(s_prime=lambda x: np.append(x["s"][1:], x["s_prime"][-1:], axis=0))),
        ("ends_merged", remade(terminated=lambda x: fell(x) | cut(x))),
        ("ends_merged", remade(terminated=lambda x: fell(x) | cut(x), truncated=lambda x: fell(x) | cut(x))),
        ("ends_swapped", remade(terminated=cut, truncated=fell)),
        ("mask_inverted", remade(terminated=lambda x: ~fell(x))),
        ("mask_inverted", remade(terminated=lambda x: ~fell(x), truncated=lambda x: ~cut(x))),
        ("probabilities", remade(log_prob=lambda x: np.exp(x["log_prob"]))),
        ("logs_again", remade(log_prob=lambda x: np.log(x["log_prob"]))),
        ("scaled_again", remade(r=lambda x: x["r"] / 100)),
        ("backwards", lambda transitions: make_batch(transitions[::-1])),
        ("last_missing", lambda transitions: make_batch(transitions[:-1])),
        ("first_missing", lambda transitions: make_batch(transitions[1:])),
        ("columns", as_columns("a", "r", "log_prob", "terminated", "truncated")),
        ("columns", as_columns("a", "r", "log_prob", "terminated")),
        ("columns", as_columns("a", "r", "log_prob")),
        ("columns", as_columns("a")),
        ("columns", as_columns("r")),
        ("order", lambda transitions: _reordered(make_batch(transitions), 0, 1, 2, 4, 3, 5, 6)),
        ("order", lambda transitions: _reordered(make_batch(transitions), 0, 1, 3, 2, 4, 5, 6)),
        ("order", lambda transitions: _reordered(make_batch(transitions), 0, 1, 2, 3, 5, 6, 4)),
        ("order", lambda transitions: _reordered(make_batch(transitions), 0, 2, 1, 3, 4, 5, 6)),
        ("order", lambda transitions: _reordered(make_batch(transitions), 0, 1, 4, 3, 2, 5, 6)),
        ("no_end", remade(terminated=lambda x: np.zeros_like(fell(x)))),
        ("no_end", remade(truncated=lambda x: np.zeros_like(cut(x)))),
        (
            "no_end",
            remade(terminated=lambda x: np.zeros_like(fell(x)), truncated=lambda x: np.zeros_like(cut(x))),
        ),
        ("exercise.bounded", bounded("r", 1.0)),
        ("exercise.bounded", bounded("s", 10.0)),
        ("normalised", remade(r=lambda x: (x["r"] - x["r"].mean()) / (x["r"].std() + 1e-8))),
        ("normalised", remade(r=lambda x: x["r"] / (x["r"].std() + 1e-8))),
        ("shuffled", lambda transitions: make_batch([*transitions[1::2], *transitions[::2]])),
        ("shuffled", lambda transitions: make_batch(sorted(transitions, key=lambda row: row[2]))),
        ("one_episode", lambda transitions: make_batch(transitions[: _first_end(transitions)])),
    ]


def _reordered(batch, *order):
    return tuple(batch[place] for place in order)


def _first_end(transitions):
    return next((row + 1 for row, one in enumerate(transitions) if one[5] or one[6]), len(transitions))


def afterwards(function):
    """Raise a `Complaint` if a column is no array, or of a type with which the program would go wrong."""
    for name, column in zip(COLUMNS, function(cases()[0]["transitions"]), strict=True):
        if not hasattr(column, "dtype"):
            raise Complaint(t("make_batch.no_array", name=name, type=type(column).__name__))
        kind = str(column.dtype).removeprefix("torch.")
        if name in ("terminated", "truncated") and kind != "bool":
            raise Complaint(t("make_batch.no_mask", name=name, type=kind))
        if name == "a" and not kind.startswith("int"):
            raise Complaint(t("make_batch.no_whole_numbers", name=name, type=kind))
        if name in ("s", "s_prime") and kind != "float32":
            raise Complaint(t("make_batch.no_float32", name=name, type=kind))


EXERCISE = FunctionExercise(
    solution=make_batch,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    measure=measure,
    afterwards=afterwards,
)
