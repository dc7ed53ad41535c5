"""Files that look like runs and are none: refused as such, before they cost memory or break later."""

import copy
import json
import os
import zipfile

import numpy as np
import pytest

import ppo_edu
from ppo_edu import PPOConfig, TrainingRun, TRPOConfig, saving, train

TINY = {"num_envs": 2, "horizon": 8, "hidden_sizes": (4, 4)}


def facts_and_arrays(algorithm, settings, folder):
    config = (
        PPOConfig(**settings, minibatch_size=8, epochs=1) if algorithm == "ppo" else TRPOConfig(**settings)
    )
    run = train("Pendulum-v1", config, max_steps=420, env_kwargs={"g": 9.0})
    run.save(folder / "run.npz")
    return saving.read(folder / "run.npz", lambda facts, arrays: (facts, arrays))


@pytest.fixture(scope="module", params=["ppo", "trpo"])
def saved(request, tmp_path_factory):
    return facts_and_arrays(request.param, TINY, tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module", params=["ppo", "trpo"])
def saved_flat(request, tmp_path_factory):
    """A run with one hidden layer, whose arrays are of every kind, but fewer: each costs a file or more."""
    flat = {**TINY, "hidden_sizes": (4,)}
    return facts_and_arrays(request.param, flat, tmp_path_factory.mktemp("saved_flat"))


def load_forged(saved, path, forge):
    facts, arrays = copy.deepcopy(saved[0]), dict(saved[1])
    forge(facts, arrays)
    saving.write(path, facts, arrays)
    return TrainingRun.load(path)


def test_what_was_not_forged_loads(saved, tmp_path):
    run = load_forged(saved, tmp_path / "run.npz", lambda facts, arrays: None)
    assert run.env_kwargs == {"g": 9.0} and len(run.episodes) == 2
    # An older file has no keywords.
    assert load_forged(saved, tmp_path / "run.npz", lambda facts, _: facts.pop("env_kwargs")).env_kwargs == {}


FACTS = {
    "total_steps": [None, "400", -5, 1.5, True, [1], 10**30, 3],
    "seconds": [None, "1", -1.0, float("nan"), float("inf"), [1], True],
    "seed": [None, "0", -1, 0.5, 2**64, True],
    "solved_at_step": ["1", -1, 0.5, [1], 10**30, 10**6],
    "interrupted": [None, 0, "no", [True]],
    "env_id": [None, 7, ["CartPole-v1"], {}],
    "env_kwargs": [None, [], "g", 3],
    "algorithm": [None, "dqn", [], {}, 3],
    "sizes": [
        None,
        [],
        [3],
        [3, 1, 1],
        [0, 1],
        [3, 2],
        [4, 1],
        ["3", 1],
        [3.0, 1],
        [10**9, 1],
        [1, 10**9],
        3,
        {},
    ],
    "discrete": [None, 1, "no", True],
    "config": [None, [], {}, {"nonsense": 1}, "x"],
    "nonsense": [1],
    "policy": [1],
}
SETTINGS = {
    "num_envs": [0, 10**9, None, "4", 2.5],
    "horizon": [0, 10**12, None],
    "hidden_sizes": [
        [20_000, 20_000],
        [2000] * 30,
        [4096] * 16,
        [4, 4, 1],
        [1, 4096, 4096],
        [4],
        [],
        None,
        [0, 4],
    ],
    "gamma": [2, None, "1", float("nan")],
    "reward_scale": [1e300, 0, float("inf")],
    "shared_trunk": [1, None],
    "initial_log_std": [50, float("nan")],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, bad in FACTS.items() for value in bad], ids=str
)
def test_a_forged_fact_is_refused(name, value, saved, tmp_path):
    assert_refused(saved, tmp_path, lambda facts, arrays: facts.update({name: value}))


@pytest.mark.parametrize("name", sorted(set(FACTS) - {"env_kwargs", "nonsense", "policy"}))
def test_a_missing_fact_is_noticed(name, saved, tmp_path):
    assert_refused(saved, tmp_path, lambda facts, arrays: facts.pop(name))


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, bad in SETTINGS.items() for value in bad], ids=str
)
def test_a_forged_setting_is_refused(name, value, saved, tmp_path):
    assert_refused(saved, tmp_path, lambda facts, arrays: facts["config"].update({name: value}))


CHANGES = {
    "two_dimensions": lambda array: np.stack([array, array]),
    "no_dimension": lambda array: np.float64(1.0),
    "shorter": lambda array: array[:-1],
    "complex": lambda array: array.astype(complex),
    "text": lambda array: array.astype(str),
    "dates": lambda array: np.zeros(array.shape, "datetime64[s]"),
    "half": lambda array: array.astype(np.float16),
    "flags": lambda array: array.astype(bool),
    "long": lambda array: array.astype(np.longdouble),
    "bytes": lambda array: array.astype("S8"),
    "records": lambda array: np.zeros(array.shape, [("a", "f8")]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_array_of_another_kind_or_shape_is_refused(change, saved_flat, tmp_path):
    accepted = []
    for name, array in saved_flat[1].items():
        if change == "shorter" and array.ndim == 0:
            continue
        changed = CHANGES[change](array)
        if changed.dtype == array.dtype and changed.shape == array.shape:
            continue

        def forge(facts, arrays, name=name, changed=changed):
            arrays[name] = changed

        try:
            load_forged(saved_flat, tmp_path / "run.npz", forge)
        except ValueError as error:
            assert "is no saved run" in str(error)
        else:
            accepted.append(name)
    # Real numbers of another width are as good in a curve.
    columns = {
        "returns",
        *(name for name in saved_flat[1] if name.startswith("history.") and name != "history.steps"),
    }
    assert set(accepted) <= (columns if change == "half" else set())


def test_weights_that_are_no_numbers_are_refused(saved_flat, tmp_path):
    for name, array in saved_flat[1].items():
        if name.startswith(("policy.", "optimiser.")) and array.dtype.kind == "f":
            # Of Adam's squares, one may be beyond all floats.
            bad = [np.nan] + [np.inf] * (not name.endswith("exp_avg_sq"))
            bad += [-1.0] * name.endswith(("step", "exp_avg_sq"))
            for value in bad:
                assert_refused(
                    saved_flat,
                    tmp_path,
                    lambda facts, arrays, name=name, value=value: arrays.update(
                        {name: np.full_like(arrays[name], value)}
                    ),
                )


def test_every_missing_array_is_noticed(saved_flat, tmp_path):
    for name in saved_flat[1]:
        if not name.startswith("optimiser."):
            assert_refused(saved_flat, tmp_path, lambda facts, arrays, name=name: arrays.pop(name))
    for part in ("step", "exp_avg", "exp_avg_sq"):
        assert_refused(
            saved_flat, tmp_path, lambda facts, arrays, part=part: arrays.pop(f"optimiser.0.{part}")
        )


@pytest.mark.parametrize(
    "name",
    [
        "junk",
        "policy.junk",
        "optimiser.junk",
        "optimiser.0.junk",
        "optimiser.-1.step",
        "optimiser.99.step",
        "history.junk",
        "policy",
        "optimiser.0.step.more",
    ],
)
def test_an_array_that_no_run_has_is_refused(name, saved, tmp_path):
    assert_refused(saved, tmp_path, lambda facts, arrays: arrays.update({name: np.zeros(3, np.float32)}))


@pytest.mark.parametrize("steps", [[-1, 1, 2, 3], [4, 3, 2, 1], [1, 2, 3, 10**9], [0, 0, 0, 2**62]])
def test_steps_that_no_training_takes_are_refused(steps, saved, tmp_path):
    assert_refused(saved, tmp_path, lambda facts, arrays: arrays.update(steps=np.array(steps)))


def assert_refused(saved, tmp_path, forge):
    with pytest.raises(ValueError, match=r"run\.npz is no saved run"):
        load_forged(saved, tmp_path / "run.npz", forge)


def written(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)


def npy(header, content=b""):
    text = (header + "\n").encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "members",
    [
        [
            (
                "a.npy",
                npy(
                    "{'descr': '<f8', 'fortran_order': False, 'shape': (10**12,), }".replace(
                        "10**12", "1" + "0" * 12
                    )
                ),
            )
        ],
        [("a.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", b"junk"))],
        [("facts.npy", b"no header")],
        [("facts.npy", npy("__import__('os').abort()"))],
        [],
    ],
    ids=["huge", "objects", "nothing", "code", "empty"],
)
def test_forged_arrays_are_refused(members, language, tmp_path):
    ppo_edu.use_language(language)
    written(tmp_path / "run.npz", members)
    with pytest.raises(ValueError, match=r"run\.npz"):
        TrainingRun.load(tmp_path / "run.npz")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    resource = pytest.importorskip("resource")
    # 1 GB of zeros in 4 MB.
    path = tmp_path / "run.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.npy", "w") as member,
    ):
        for _ in range(1000):
            member.write(bytes(1_000_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="no saved run"):
        TrainingRun.load(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_members_that_overlap_are_refused(saved, tmp_path):
    path = tmp_path / "run.npz"
    saving.write(path, *copy.deepcopy(saved))
    with zipfile.ZipFile(path, "a") as archive:
        one = archive.getinfo("returns.npy")
        for number in range(50):
            again = copy.copy(one)
            again.filename = f"junk{number}.npy"
            again.file_size = again.compress_size = 1_000_000
            archive.filelist.append(again)
            archive.NameToInfo[again.filename] = again
        archive._didModify = True
    with pytest.raises(ValueError, match="no saved run"):
        TrainingRun.load(path)


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "[]", "null", "3", '"text"', "{}", "{" * 9, '{"format": 3}', ""]
)
def test_facts_that_are_no_facts_are_refused(text, saved, tmp_path):
    with open(tmp_path / "run.npz", "wb") as file:
        np.savez(file, facts=text, **saved[1])
    with pytest.raises(ValueError, match="no saved run"):
        TrainingRun.load(tmp_path / "run.npz")


def test_a_run_with_a_wide_network_can_be_kept(tmp_path):
    config = PPOConfig(**{**TINY, "hidden_sizes": (1500, 700)}, epochs=1)
    run = train("CartPole-v1", config, max_steps=16)
    run.save(tmp_path / "run.npz")
    assert os.path.getsize(tmp_path / "run.npz") > 20_000_000
    np.testing.assert_array_equal(TrainingRun.load(tmp_path / "run.npz").evaluate(1), run.evaluate(1))


def test_the_facts_are_json(saved):
    json.dumps(saved[0])


def test_a_run_that_was_stopped_before_its_first_update_can_be_kept(tmp_path, monkeypatch):
    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("ppo_edu.rollout.Collector.collect", stop)
    run = train(config=PPOConfig(**TINY), max_steps=16)
    monkeypatch.undo()
    run.save(tmp_path / "run.npz")
    loaded = TrainingRun.load(tmp_path / "run.npz")
    assert loaded.interrupted and not loaded.updates and not loaded.episodes
    assert train(start_from=loaded, max_steps=16).total_steps == 16


def test_what_is_no_file_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with a name")
    os.mkfifo(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"run\.npz is no saved run"):
        TrainingRun.load(tmp_path / "run.npz")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("path", [None, 7, b"run.npz", "", "a\0b", ["run.npz"]], ids=repr)
def test_what_is_no_path_is_named(path, language, saved, tmp_path):
    ppo_edu.use_language(language)
    run = load_forged(saved, tmp_path / "run.npz", lambda facts, arrays: None)
    for use in (run.save, TrainingRun.load):
        with pytest.raises((TypeError, ValueError), match=r"path.*pathlib"):
            use(path)
