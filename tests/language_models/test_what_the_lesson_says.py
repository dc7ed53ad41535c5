"""What the lesson on language models says of recorded runs, and recordings made again in part."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import ppo_edu
from ppo_edu import language_models as lm
from ppo_edu import recorded
from ppo_edu.study import statistics

ROOT = Path(ppo_edu.__file__).parents[1]
RUNS = recorded.language_model_runs()


def recorder(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools/record" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def column(variant, name, reward="correct", reference=0):
    rows = [row for row in RUNS if (row["variant"], row["reward"]) == (variant, reward)]
    return np.array([row[name] for row in rows if row["reference"] == reference])


@pytest.mark.parametrize(("variant", "mean", "least"), [("ppo", 0.9, 0.8), ("grpo", 0.8, 0.7)])
def test_every_recorded_seed_learns_the_trained_prompts(variant, mean, least):
    found = column(variant, "trained")
    assert len(found) == 20 and found.mean() >= mean and found.min() > least


def test_the_reference_is_right_about_once_in_three_times():
    assert column("reference", "trained").item() == pytest.approx(0.32, abs=0.03)


def test_without_clipping_three_of_five_fast_seeds_end_below_the_start():
    start = column("reference", "trained").item()
    assert (column("fast_unclipped", "trained") < start).tolist() == [True, False, False, True, True]
    assert (column("fast_clipped", "trained") > start).all() and len(column("fast_clipped", "trained")) == 5


def test_held_out_prompts_are_learned_less():
    held_out, trained = column("ppo", "held_out"), column("ppo", "trained")
    assert (held_out < trained).all() and (column("grpo", "held_out") < column("grpo", "trained")).all()
    assert len(held_out) == 20
    assert (round(held_out.min(), 2), round(held_out.max(), 2)) == (0.37, 0.77)
    assert column("reference", "held_out").item() == pytest.approx(0.33, abs=0.006)


def interval(variant, name):
    return statistics.bootstrap_interval(statistics.interquartile_mean, column(variant, name))


def test_near_the_reference_trained_prompts_are_learned_less_and_others_are_not():
    for variant in ("reward_0.1", "k2_0.1", "k3_0.1"):
        assert interval(variant, "trained")[1] < interval("grpo", "trained")[0]
        assert column(variant, "held_out").mean() > column("grpo", "held_out").mean()
        assert column(variant, "kl_reference").max() < column("grpo", "kl_reference").min()


def test_two_rows_alone_stand_apart_of_what_they_are_variants_of():
    others = {
        "group_4",
        "group_16",
        "no_std",
        "clip_higher",
        "sequence_mean",
        "constant_mean",
        "sequence_ratio",
    }
    rows = [("grpo", other) for other in others] + [("ppo", "lam_0.95"), ("ppo", "lam_0.9")]
    apart = {
        other
        for usual, other in rows
        if interval(other, "trained")[0] > interval(usual, "trained")[1]
        or interval(other, "trained")[1] < interval(usual, "trained")[0]
    }
    assert apart == {"lam_0.9", "sequence_ratio"}


def test_no_beta_makes_the_reward_for_plus_signs_right_and_k3_goes_further():
    start = column("reference", "trained").item()
    for beta in ("0.02", "0.05", "0.1", "0.3"):
        in_reward, in_loss = (column(f"{kl}_{beta}", "kl_reference", "wordy") for kl in ("reward", "k3"))
        assert len(in_reward) == len(in_loss) == 3 and (in_loss > 1.8 * in_reward.max()).all()
        for kl in ("reward", "k3"):
            assert (column(f"{kl}_{beta}", "trained", "wordy") < start).all()
    assert (column("reward_0", "trained", "wordy") == 0).all()
    assert (column("reward_0", "paid", "wordy") > 0.99).all()


def test_a_run_of_the_study_begins_as_it_was_recorded():
    """Two updates of one run; the tolerance is that of the curves' four decimals."""
    script = recorder("language_models")
    found = script.play(("grpo_drawn", "correct", 0, 3), lm.reference(), updates=2)["curves"]
    kept = recorded.language_models()["curve.grpo_drawn.correct.3"]
    for row, name in enumerate(recorded.language_models()["columns"]):
        if name != "held_out":  # measured at the last update, too, which is another one here
            np.testing.assert_allclose(found[name], kept[row, :2], atol=2e-4, err_msg=name)


def test_the_shipped_reference_is_what_its_recorder_makes_of_the_first_steps():
    """Three steps of pretraining leave each weight within what 500 of them did to it; and the same again."""
    script = recorder("reference_model")
    one, again = (script.kept(lm.pretrain(seed=script.SEED, steps=3)) for _ in range(2))
    kept = script.kept(lm.reference())
    assert one.keys() == kept.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], again[name])
        assert one[name].shape == kept[name].shape


def test_the_token_map_begins_with_ratios_of_one():
    data = recorded.token_map()
    for kind in ("group", "critic"):
        assert data[f"{kind}.log_probs"].shape == (9, *data["valid"].shape)
    np.testing.assert_array_equal(data["group.log_probs"][0], data["critic.log_probs"][0])
    wanted = lm.group_advantages(data["rewards"], 8)[:, None] * data["valid"]
    np.testing.assert_allclose(data["group.advantages"], wanted, atol=1e-5)
    for row, tokens in zip(data["rewards"], data["tokens"], strict=True):
        from ppo_edu.language_models.task import decode

        assert row == lm.correct(int(data["number"]), decode(tokens))
