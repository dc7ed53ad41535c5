"""The recorded data is what it says: transitions, and policies that follow from them."""

import numpy as np
import pytest

import ppo_edu
from ppo_edu import recorded


@pytest.mark.parametrize("ending", ["terminated", "truncated"])
def test_an_episode_is_whole_and_ends_once_and_so(ending):
    episode = recorded.episode(ending)
    ends = episode["terminated"] | episode["truncated"]
    assert np.flatnonzero(ends).tolist() == [len(ends) - 1]
    assert episode[ending][-1]
    assert (episode["rewards"] == 1).all()
    np.testing.assert_array_equal(episode["next_values"][:-1], episode["values"][1:])
    assert (len(ends) == 500) == (ending == "truncated")


@pytest.mark.parametrize("learning_rate", recorded.LEARNING_RATES)
def test_before_the_first_epoch_every_ratio_is_one(learning_rate):
    old = recorded.transitions()["log_probs"]
    log_probs = recorded.log_probs_by_epoch(learning_rate)
    assert (ppo_edu.probability_ratio(log_probs[0], old) == 1).all()
    assert log_probs.shape == (11, len(old))
    assert (log_probs[1:] <= 0).all()
    assert (log_probs[-1] != old).any()


def test_the_batch_has_the_advantages_of_gae_brought_to_mean_zero():
    batch = recorded.transitions()
    assert {len(array) for array in batch.values()} == {len(batch["rewards"])}
    assert abs(batch["advantages"].mean()) < 1e-5
    assert batch["advantages"].std() == pytest.approx(1, abs=1e-5)
    # Where an episode ended by itself, the advantage is the TD error: nothing follows.
    last = batch["terminated"]
    surprise = batch["rewards"] - batch["values"]
    slope, intercept = np.polyfit(surprise[last], batch["advantages"][last], 1)
    assert slope > 0
    np.testing.assert_allclose(slope * surprise[last] + intercept, batch["advantages"][last], atol=1e-4)


def test_nobody_can_change_what_the_next_one_reads():
    with pytest.raises(ValueError, match="read-only"):
        recorded.episode("terminated")["rewards"][0] = 5


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: recorded.episode("fell"), "ending"),
        (lambda: recorded.log_probs_by_epoch(0.5), "learning_rate"),
    ],
)
def test_what_was_not_recorded_is_refused_by_name(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_each_mend_of_the_notes_program_was_recorded_with_the_same_seeds():
    trained = recorded.notes_program()
    seeds = trained["as_written"]["seed"].tolist()
    assert len(set(seeds)) == len(seeds) >= 3
    assert all(rows["seed"].tolist() == seeds for rows in trained.values())
    # Only the program that heeds the time limit keeps to it.
    assert trained["ends_in_time"]["longest"].max() == 500 < trained["as_written"]["longest"].max()
    assert all((rows["last_100"] <= 500).all() for rows in trained.values())
