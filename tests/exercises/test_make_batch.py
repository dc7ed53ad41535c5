"""From a list of transitions to the columns of a batch."""

import numpy as np
import torch

import ppo_edu
from exercises.answers import Answers, Called, keyword_only, partial

NAMES = ("s", "a", "r", "s_prime", "log_prob", "terminated", "truncated")


def batch_by_appending(transitions):
    s, a, r, s_prime, log_prob, terminated, truncated = [], [], [], [], [], [], []
    for one in transitions:
        for column, value in zip((s, a, r, s_prime, log_prob, terminated, truncated), one, strict=True):
            column.append(value)
    s, s_prime = torch.tensor(np.array(s)), torch.tensor(np.array(s_prime))
    return s, torch.tensor(a), torch.tensor(r), s_prime, *map(torch.tensor, (log_prob, terminated, truncated))


def columns(transitions):
    return tuple(np.array(column) for column in zip(*transitions, strict=True))


def filled(transitions):
    """Arrays made beforehand and filled row by row."""
    B = len(transitions)
    batch = (
        np.empty((B, len(transitions[0][0])), np.float32),
        np.empty(B, int),
        np.empty(B),
        np.empty((B, len(transitions[0][0])), np.float32),
        np.empty(B),
        np.empty(B, bool),
        np.empty(B, bool),
    )
    for row, transition in enumerate(transitions):
        for column, value in zip(batch, transition, strict=True):
            column[row] = value
    return batch


def columns_with(**changes):
    """Return make_batch with some columns made from the list of transitions in another way."""
    names = ("s", "a", "r", "s_prime", "log_prob", "terminated", "truncated")

    def wrong(transitions):
        columns = dict(zip(names, map(np.array, zip(*transitions, strict=True)), strict=True))
        return [changes[name](columns) if name in changes else columns[name] for name in names]

    return wrong


def notes_batch(transitions):
    """The columns as the notes make them, each number in a list of its own."""
    s, a, r, s_prime, log_prob, end, cut = zip(*transitions, strict=True)
    return (
        np.array(s),
        [[x] for x in a],
        [[x] for x in r],
        np.array(s_prime),
        [[x] for x in log_prob],
        [[x] for x in end],
        [[x] for x in cut],
    )


RIGHT = {
    "appending": batch_by_appending,
    "map": lambda transitions: map(np.array, zip(*transitions, strict=True)),
    "list of a map": lambda transitions: list(map(np.array, zip(*transitions, strict=True))),
    "index": lambda transitions: [np.array([row[i] for row in transitions]) for i in range(7)],
    "generator": lambda transitions: (np.array(column) for column in zip(*transitions, strict=True)),
    "filled": filled,
    "torch": lambda transitions: tuple(
        torch.as_tensor(np.array(column)) for column in zip(*transitions, strict=True)
    ),
    "stack": lambda transitions: tuple(np.stack(column) for column in zip(*transitions, strict=True)),
    "float32 rewards": lambda transitions: tuple(
        column.astype(np.float32) if i in (2, 4) else column for i, column in enumerate(columns(transitions))
    ),
    "keyword-only": keyword_only(columns, "transitions"),
    "partial": partial(columns),
    "object": Called(columns),
}

WRONG = [
    ("states_swapped", lambda rows: columns_with()([(row[3], *row[1:3], row[0], *row[4:]) for row in rows])),
    ("next_row", columns_with(s_prime=lambda x: np.concatenate([x["s"][1:], x["s_prime"][-1:]]))),
    ("ends_merged", columns_with(terminated=lambda x: np.logical_or(x["terminated"], x["truncated"]))),
    ("ends_swapped", lambda rows: columns_with()([(*row[:5], row[6], row[5]) for row in rows])),
    ("mask_inverted", columns_with(terminated=lambda x: 1 - x["terminated"])),
    ("probabilities", columns_with(log_prob=lambda x: np.exp(x["log_prob"]))),
    ("logs_again", columns_with(log_prob=lambda x: np.log(x["log_prob"]))),
    ("scaled_again", columns_with(r=lambda x: x["r"] * 0.01)),
    ("backwards", lambda rows: columns_with()([*reversed(rows)])),
    ("last_missing", lambda rows: columns_with()(rows[:-1])),
    ("first_missing", lambda rows: columns_with()(rows[1:])),
    ("columns", notes_batch),
    ("order", lambda rows: (lambda s, a, r, s_prime, *rest: (s, a, s_prime, r, *rest))(*columns(rows))),
    ("order", lambda rows: (lambda s, a, r, *rest: (s, r, a, *rest))(*columns(rows))),
    ("no_end", columns_with(truncated=lambda x: np.zeros(len(x["a"]), dtype=bool))),
    ("exercise.bounded", columns_with(r=lambda x: np.sign(x["r"]) * np.minimum(abs(x["r"]), 1))),
    ("exercise.bounded", columns_with(s=lambda x: x["s"].clip(-10, 10))),
    ("normalised", columns_with(r=lambda x: (x["r"] - np.mean(x["r"])) / (np.std(x["r"]) + 1e-8))),
    ("shuffled", lambda rows: columns(sorted(rows, key=lambda row: row[2]))),
    (
        "one_episode",
        lambda rows: columns(
            rows[: 1 + next((i for i, row in enumerate(rows) if row[5] or row[6]), len(rows))]
        ),
    ),
    ("no_array", lambda rows: tuple(list(column) for column in columns(rows))),
    ("no_array", lambda rows: tuple(zip(*rows, strict=True))),
    ("no_array", lambda rows: (*columns(rows)[:5], *(column.tolist() for column in columns(rows)[5:]))),
    ("no_mask", columns_with(terminated=lambda x: x["terminated"].astype(int))),
    ("no_mask", columns_with(truncated=lambda x: x["truncated"].astype(np.float32))),
    (
        "no_mask",
        lambda rows: tuple(
            torch.tensor(np.array(column), dtype=torch.float32) for column in zip(*rows, strict=True)
        ),
    ),
    ("no_whole_numbers", columns_with(a=lambda x: x["a"].astype(np.float32))),
    ("no_float32", columns_with(s=lambda x: x["s"].astype(float))),
    ("no_float32", columns_with(s_prime=lambda x: x["s_prime"].astype(np.float64))),
    ("no_columns", lambda rows: 7),
    ("seven", lambda rows: rows),
    ("seven", lambda rows: columns_with()(rows)[:6]),
]


class TestMakeBatch(Answers):
    name, right, wrong = "make_batch", RIGHT, WRONG


def test_six_columns_are_counted_in_korean_too():
    ppo_edu.use_language("ko")
    assert "돌려준 것은 6개입니다" in ppo_edu.check("make_batch", lambda rows: columns(rows)[:6]).message
    assert "`dict`" in ppo_edu.check("make_batch", lambda rows: dict(enumerate(columns(rows)))).message
