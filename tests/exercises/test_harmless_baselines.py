"""Which baselines leave the expectation of the gradient as it is: the answers held against an exact sum."""

import itertools

import numpy as np
import pytest

import ppo_edu
from ppo_edu.corridor import log_prob_gradient

ALL = ["".join(picked) for count in range(1, 7) for picked in itertools.combinations("abcdef", count)]
logits, scores = np.array([0.3, -0.5, 0.1]), np.array([1.0, 4.0, -2.0])
critic = np.array([0.9, 3.5, -1.8])


def expectation(baseline, episodes):
    """Return the expected estimate from batches of one-step episodes, summed over all batches that there are.

    ``baseline(i, actions)`` is what is subtracted from the score of episode i.
    """
    probs = np.exp(logits) / np.exp(logits).sum()
    slopes = np.array([log_prob_gradient(logits, action) for action in range(len(logits))])
    mean = np.zeros(len(logits))
    for actions in itertools.product(range(len(logits)), repeat=episodes):
        estimate = sum(
            (scores[action] - baseline(i, actions)) * slopes[action] for i, action in enumerate(actions)
        )
        mean += probs[list(actions)].prod() * estimate / episodes
    return mean


BASELINES = {
    "a": lambda i, actions: 1000.0,
    "b": lambda i, actions: 0.7,
    "c": lambda i, actions: scores[list(actions)].mean(),
    "d": lambda i, actions: np.delete(scores[list(actions)], i).mean(),
    "e": lambda i, actions: critic[actions[i]],
    "f": lambda i, actions: critic.max(),
}


def test_the_right_ones_are_those_that_an_exact_sum_finds():
    true = expectation(lambda i, actions: 0.0, episodes=3)
    harmless = "".join(
        letter
        for letter, baseline in BASELINES.items()
        if np.allclose(expectation(baseline, episodes=3), true, rtol=0, atol=1e-9)
    )
    assert ppo_edu.check("harmless_baselines", harmless).passed
    assert harmless == "abdf"


@pytest.mark.parametrize("episodes", [2, 3, 4])
def test_the_batch_s_own_mean_takes_off_one_nth(episodes):
    true = expectation(lambda i, actions: 0.0, episodes)
    assert np.allclose(expectation(BASELINES["c"], episodes), (1 - 1 / episodes) * true, rtol=0, atol=1e-12)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("picked", ALL)
def test_every_other_choice_is_rejected_with_a_reason_of_this_exercise(picked, language):
    ppo_edu.use_language(language)
    result = ppo_edu.check("harmless_baselines", picked)
    assert result.passed == (picked == "abdf")
    if not result.passed:
        letter = next(letter for letter in "ecabdf" if (letter in picked) == (letter in "ec"))
        assert result.message.startswith(letter)


@pytest.mark.parametrize("answer", ["fdba", "a, b, d, f", set("abdf"), ["A", "b", "d", "f"]])
def test_the_right_ones_pass_in_any_form(answer):
    assert ppo_edu.check("harmless_baselines", answer).passed


@pytest.mark.parametrize("answer", [0.75, "0.75", np.float32(0.75), 3 / 4, 1 - 1 / 4])
def test_three_quarters_pass_in_any_form(answer):
    assert ppo_edu.check("own_mean", answer).passed


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (1, "unbiased"),
        (1.0, "unbiased"),
        (0, "nothing"),
        (0.25, "taken_off"),
        (4 / 3, "upside_down"),
        (1.333, "upside_down"),
        (3, "share"),
        (0.8, "counts"),
    ],
)
def test_another_share_is_told_what_is_wrong(answer, key):
    result = ppo_edu.check("own_mean", answer)
    assert not result.passed and result.message == ppo_edu.t(f"own_mean.{key}")
