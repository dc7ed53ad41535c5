"""The notes' program, as its lesson builds it cell by cell: it learns what the course's functions teach."""

from pathlib import Path

import gymnasium as gym
import jupytext
import numpy as np
import pytest
import torch

SOURCE = Path(__file__).parents[1] / "notebooks" / "source" / "the_notes.py"
TAGS = {"language", "notes-program", "notes-mends", "same-weights"}


@pytest.fixture(scope="module")
def lesson():
    names = {}
    for cell in jupytext.read(SOURCE).cells:
        if cell.cell_type == "code" and TAGS & set(cell.metadata.get("tags", [])):
            exec(compile(cell.source, SOURCE.name, "exec"), names)
    return names


def transitions(seed, length, ends):
    """Return steps of random numbers; the last one ends its episode if `ends`."""
    draws = np.random.default_rng(seed)
    states = draws.normal(size=(length + 1, 4)).astype(np.float32)
    return [
        (
            states[i],
            int(draws.integers(2)),
            draws.uniform(-2, 2),
            states[i + 1],
            draws.uniform(0.2, 0.8),
            ends and i == length - 1,
        )
        for i in range(length)
    ]


def largest(difference):
    return difference.abs().max().item()


# Adam divides a gradient by its own size, so a weight's step is up to 0.0005 long, and rounding in the last
# digits of a 32-bit gradient moves it by some 1e-8 to 1e-7. A wrong sign, mask or range moved it by 3e-3.
TOLERANCE = 2e-6


@pytest.mark.parametrize("ends", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_notes_and_course_learn_the_same_weights(lesson, seed, ends):
    steps = transitions(seed, length=20 - seed, ends=ends)
    before, by_notes = lesson["weights_after"](lesson["PPO"], steps)
    _, by_course = lesson["weights_after"](lesson["CoursePPO"], steps)
    assert largest(by_notes - before) > 1e-3
    assert largest(by_notes - by_course) < TOLERANCE


def test_the_lessons_own_batch(lesson):
    torch.manual_seed(0)
    steps = lesson["twenty_steps"](lesson["PPO"]())
    assert len(steps) == 20
    before, by_notes = lesson["weights_after"](lesson["PPO"], steps)
    _, by_course = lesson["weights_after"](lesson["CoursePPO"], steps)
    assert largest(by_notes - before) > 1e-3
    assert largest(by_notes - by_course) < TOLERANCE


def test_mends_without_a_difference_make_none_and_the_others_do(lesson):
    # Rewards / 100, as in the notes: no error of the critic reaches 1.
    steps = [
        (s, a, r / 100, s_prime, prob_a, done)
        for s, a, r, s_prime, prob_a, done in transitions(0, 20, ends=True)
    ]
    _, by_notes = lesson["weights_after"](lesson["PPO"], steps)
    moved = {
        kind: largest(lesson["weights_after"](lesson[kind], steps)[1] - by_notes)
        for kind in ("LogSoftmax", "HalfSquare", "AbsoluteError", "AdvantagesOnce", "Normalised")
    }
    assert moved["LogSoftmax"] < TOLERANCE
    assert moved["HalfSquare"] < TOLERANCE
    assert min(moved[kind] for kind in ("AbsoluteError", "AdvantagesOnce", "Normalised")) > 1e-4


def test_only_the_mended_loop_ends_at_the_time_limit(lesson):
    def longest(kind):
        class Upright(kind):
            def pi(self, x, softmax_dim=0):
                right = (x[..., 2] + 0.5 * x[..., 3] + 0.02 * x[..., 0] + 0.05 * x[..., 1] > 0).float()
                return torch.stack([1 - right, right], dim=-1)

            def train_net(self):
                self.data = []

        return max(lesson["main"](Upright(), max_steps=1_200).returns)

    limit = gym.spec("CartPole-v1").max_episode_steps
    assert longest(lesson["EndsInTime"]) == limit
    assert longest(lesson["PPO"]) > limit


def test_no_batch_is_longer_than_the_horizon_or_crosses_an_end(lesson):
    batches = []

    class Noting(lesson["PPO"]):
        def make_batch(self):
            batches.append([done for *_, done in self.data])
            return super().make_batch()

    torch.manual_seed(0)
    lesson["main"](Noting(), max_steps=600)
    assert max(map(len, batches)) == lesson["T_horizon"]
    assert any(ends[-1] for ends in batches)
    assert not any(any(ends[:-1]) for ends in batches)
