"""Record language_models.csv and language_models.npz: ``python tools/record/language_models.py``.

The study behind the lesson on language models: twenty seeds of PPO and of GRPO, on prompts that were trained
and on prompts that were held out; rewards that can be hacked; five seeds of variants; and PPO and GRPO from
two other references. Each run is a file in the folder, so after an interrupt, or after `--minutes`, the same
command goes on where it was; with `--finish` it writes what there is. Some fifty minutes of one core in all.
"""

import argparse
import csv
import functools
import json
import sys
import time
from pathlib import Path

import numpy as np

import ppo_edu
from ppo_edu import language_models as lm
from ppo_edu.guards.files import whole_file
from ppo_edu.language_models.pretraining import arrays_of, network_of

TARGET = Path(ppo_edu.__file__).parent / "recorded"
UPDATES, MANY_SEEDS, SEEDS, REFERENCES = 100, range(20), range(5), range(3)
# Prompts were drawn, and PPO and GRPO had 80 updates, when the first runs of this study were recorded.
DRAWN, DRAWN_UPDATES = {"prompts": "drawn"}, 80
FAST = DRAWN | {"learning_rate": 1e-3}  # too fast on purpose
BETAS = (0.0, 0.02, 0.05, 0.1, 0.3)
GRPO = {"advantage": "grpo"}
VARIANTS = {
    "ppo": {},
    "grpo": GRPO,
    "ppo_drawn": DRAWN,
    "grpo_drawn": GRPO | DRAWN,
    "fast_clipped": GRPO | FAST,
    "fast_unclipped": GRPO | FAST | {"clip": False},
    "group_4": GRPO | {"group": 4},
    "group_16": GRPO | {"group": 16},
    "lam_0.95": {"lam": 0.95},
    "lam_0.9": {"lam": 0.9},
    **{f"{kl}_{beta:g}": GRPO | {"kl": kl, "beta": beta} for beta in (0.1,) for kl in ("reward", "k2", "k3")},
    "no_std": GRPO | {"divide_by_std": False},
    "clip_higher": GRPO | {"epsilon_high": 0.28},
    "sequence_mean": GRPO | {"mean": "sequence"},
    "constant_mean": GRPO | {"mean": "constant"},
    "sequence_ratio": GRPO | {"ratio": "sequence"},
    "rloo": {"advantage": "rloo"},
    "reinforce": {"advantage": "reinforce"},
}
HACKED, HACK_SEEDS, HACK_UPDATES = ("wordy", "careless"), range(3), 60
SAMPLES_AT = (0, 5, 10, 20, 40, 59)
MEASURES = (
    *("trained", "held_out", "trained_greedy", "held_out_greedy"),
    *(f"{prompts}_pass_{k}" for prompts in ("trained", "held_out") for k in (1, 4, 16)),
    *("reward", "kl_reference", "entropy", "length", "flat_groups", "distinct", "seconds"),
)
CURVES = ("reward", "accuracy", "held_out", "kl_reference", "entropy", "length")


def jobs():
    """Return all runs as tuples (variant, reward, reference, seed), those that matter most first."""
    made = [(name, "correct", 0, seed) for seed in MANY_SEEDS for name in ("ppo", "grpo")]
    made += [
        (f"{kl}_{beta:g}", reward, 0, seed)
        for seed in HACK_SEEDS
        for reward in HACKED
        for kl in ("reward", "k3")
        for beta in BETAS
        if beta or kl == "reward"
    ]
    drawn = [name for name in VARIANTS if "drawn" in name]
    made += [(name, "correct", 0, seed) for seed in range(10) for name in drawn]
    made += [(name, "correct", where, seed) for seed in SEEDS for where in (1, 2) for name in drawn]
    made += [
        (name, "correct", 0, seed)
        for seed in SEEDS
        for name in VARIANTS
        if name not in ("ppo", "grpo", *drawn)
    ]
    made += [(name, "correct", where, seed) for seed in SEEDS for where in (1, 2) for name in ("ppo", "grpo")]
    return made


def config_of(variant, reward):
    """Return the settings of a variant, by its name."""
    if reward == "correct":
        return lm.LMConfig(**VARIANTS[variant])
    kl, _, beta = variant.partition("_")
    return lm.LMConfig(**GRPO, kl=kl, beta=float(beta), **FAST)


def measured(run):
    """Return what is told of a run, by `MEASURES`."""
    found = {
        "trained": run.accuracy("trained"),
        "held_out": run.accuracy("held_out"),
        "trained_greedy": run.accuracy("trained", greedy=True),
        "held_out_greedy": run.accuracy("held_out", greedy=True),
        "seconds": run.seconds,
    }
    for prompts in ("trained", "held_out"):
        found |= {f"{prompts}_pass_{k}": run.pass_at(k, prompts) for k in (1, 4, 16)}
    for name in ("reward", "kl_reference", "entropy", "length", "flat_groups", "distinct"):
        found[name] = float(run.history[name][-10:].mean()) if run.updates else float("nan")
    return found


def play(job, reference, updates=None):
    """Return what one run leaves behind: its measures, its curves and some of its answers."""
    variant, reward, _, seed = job
    samples = {}

    def watch(run):
        index = len(run.updates) - 1
        if reward != "correct" and index in SAMPLES_AT:
            samples[index] = [
                f"{number}={text}" for number, text in run.answers("trained", 1, seed=index)[::4]
            ]

    length = DRAWN_UPDATES if "drawn" in variant or "fast" in variant else UPDATES
    length = updates or (length if reward == "correct" else HACK_UPDATES)
    run = lm.train(
        reference, config_of(variant, reward), seed=seed, updates=length, reward=reward, on_update=watch
    )
    curves = {name: run.history[name].round(4).tolist() for name in CURVES}
    return {"job": job, "measures": measured(run), "curves": curves, "samples": samples}


def reference_of(number, folder):
    """Return the reference of this number: 0 is the one that comes with the course."""
    if number == 0:
        return lm.reference()
    path = folder / f"reference_{number}.npz"
    if not path.exists():
        model = lm.pretrain(seed=number)
        with whole_file(path) as file:
            np.savez(file, **arrays_of(model))
    with np.load(path, allow_pickle=False) as arrays:
        return network_of(dict(arrays))


def path_of(job, folder):
    return folder / ("-".join(map(str, job)) + ".json")


def record(folder, minutes):
    """Play what is missing; return whether all is there."""
    ends = time.monotonic() + 60 * minutes
    references = functools.cache(lambda number: reference_of(number, folder))
    for number in REFERENCES:
        path = folder / f"start_{number}.json"
        if not path.exists():
            start = lm.LMRun(lm.LMConfig(), 0, references(number), references(number))
            with whole_file(path) as file:
                file.write(json.dumps(measured(start)).encode())
    for job in jobs():
        path = path_of(job, folder)
        if path.exists():
            continue
        if time.monotonic() > ends:
            return False
        found = play(job, references(job[2]))
        with whole_file(path) as file:
            file.write(json.dumps(found).encode())
    return True


def finish(folder):
    """Write the two files from the runs that there are; print which are missing."""
    rows, curves, texts = [], {}, {}
    for number in REFERENCES:
        path = folder / f"start_{number}.json"
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            rows.append(
                {"variant": "reference", "reward": "correct", "reference": number, "seed": 0, **found}
            )
    for job in jobs():
        path = path_of(job, folder)
        if not path.exists():
            print("missing", *job)
            continue
        found = json.loads(path.read_text(encoding="utf-8"))
        variant, reward, number, seed = job
        names = {"variant": variant, "reward": reward, "reference": number, "seed": seed}
        paid = found["measures"] | {"paid": found["measures"]["reward"]}
        del paid["reward"]
        rows.append(names | paid)
        if number == 0:
            key = f"{variant}.{reward}.{seed}"
            curves[key] = np.array([found["curves"][name] for name in CURVES], dtype="f4")
        if found["samples"] and seed == 0:
            texts[f"{variant}.{reward}"] = np.array(list(found["samples"].values()))
    columns = ["variant", "reward", "reference", "seed", *(n for n in MEASURES if n != "reward"), "paid"]
    with open(TARGET / "language_models.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        for row in rows:
            row = row if "paid" in row else {**row, "paid": "", "reward": "correct"}
            writer.writerow({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in row.items()})
    with whole_file(TARGET / "language_models.npz") as file:
        np.savez_compressed(
            file,
            columns=np.array(CURVES),
            sampled_at=np.array(SAMPLES_AT),
            **{f"curve.{key}": value for key, value in curves.items()},
            **{f"texts.{key}": value for key, value in texts.items()},
        )


def main():
    """Record, or with `--finish` write what is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("build/language_models"))
    parser.add_argument("--minutes", type=float, default=120, help="begin no run after so long")
    parser.add_argument("--finish", action="store_true", help="write the files from what there is")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    complete = chosen.finish or record(chosen.folder, chosen.minutes)
    if complete:
        finish(chosen.folder)
    return 0 if complete else 3


if __name__ == "__main__":
    sys.exit(main())
