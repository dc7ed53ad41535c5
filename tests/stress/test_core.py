"""Kills while a run is saved, damaged files, interrupts of a training, and workers that die in a study."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import counting
import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.spaces import Box, Discrete

from ppo_edu import PPOConfig, TrainingRun, TRPOConfig, train
from ppo_edu.study.seeds import Variant, run_study

TINY = PPOConfig(num_envs=2, horizon=8, hidden_sizes=(4,), minibatch_size=8, epochs=1)
KILLS, DAMAGES, INTERRUPTS, DEATHS = 200, 300, 100, 5

SAVES = """
import sys, ppo_edu
run = ppo_edu.TrainingRun.load(sys.argv[1])
while True:
    run.save(sys.argv[2])
    print('saved', flush=True)
"""


def test_kills_during_save(tmp_path):
    run = train(config=TINY, max_steps=400)
    source, path = tmp_path / "source.npz", tmp_path / "folder" / "긴 이름의 파일.npz"
    path.parent.mkdir()
    run.save(source)
    draw, broken, left = random.Random(0), 0, 0
    for _ in range(KILLS):
        # A fork of a process that has loaded all: an import for each kill would take most of the time.
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                while True:
                    run.save(path)
            os._exit(0)
        time.sleep(0.004 + draw.random() / 50)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if path.exists():
            broken += not same(path, run)
        run.save(path)
        left += len(os.listdir(path.parent)) != 1
    rows = [("kill -9 in save: broken files", KILLS, broken), ("leftovers after the next save", KILLS, left)]
    print(counting.table(rows))
    assert not broken and not left


def same(path, run):
    with contextlib.suppress(Exception):
        return TrainingRun.load(path).episodes == run.episodes
    return False


def test_damaged_files(tmp_path):
    run = train(config=TINY, max_steps=400)
    path = tmp_path / "run.npz"
    run.save(path)
    good, draw = path.read_bytes(), random.Random(0)
    wrong = loaded = 0
    for number in range(DAMAGES):
        path.write_bytes(damaged(good, draw, number % 5))
        try:
            found = TrainingRun.load(path)
        except ValueError:
            continue
        except Exception as error:
            wrong += 1
            print(repr(error))
            continue
        loaded += 1
        # Where only what nobody reads was hit.
        train(start_from=found, max_steps=16)
    print(counting.table([(f"damaged files ({loaded} harmless)", DAMAGES, wrong)]))
    assert not wrong and loaded < DAMAGES / 4


def damaged(good, draw, kind):
    place = draw.randrange(len(good))
    if kind == 0:
        return good[:place]
    if kind == 1:
        return good[:place] + draw.randbytes(20) + good[place:]
    if kind == 2:
        return good[:place] + good[place + 20 :]
    if kind == 3:
        return good[:place] + draw.randbytes(64) + good[place + 64 :]
    place = draw.randrange(len(good) - 2000, len(good) - 8)  # the list of its members
    return good[:place] + draw.randbytes(8) + good[place + 8 :]


def test_interrupts_of_a_training(tmp_path, interruptible):
    # What torch imports at a first training, an interrupt can leave half imported.
    train(config=TINY, max_steps=16)
    train(config=TRPOConfig(num_envs=2, horizon=8), max_steps=16)
    draw, outcomes, wrong = random.Random(0), {"before": 0, "kept": 0}, 0
    threads = torch.get_num_threads()
    for number in range(INTERRUPTS):
        config = TINY if number % 2 else TRPOConfig(num_envs=2, horizon=8, hidden_sizes=(4,))
        timer = threading.Timer(0.02 + draw.random() / 5, signal.raise_signal, (signal.SIGINT,))
        timer.start()
        try:
            run = train(config=config, max_steps=10**9, stop_at=None)
        except KeyboardInterrupt:
            outcomes["before"] += 1
            continue
        outcomes["kept"] += 1
        run.save(tmp_path / "run.npz")
        loaded = TrainingRun.load(tmp_path / "run.npz")
        more = train(start_from=loaded, max_steps=16)
        good = run.interrupted and len(run.returns) == len(run.steps) and more.total_steps > run.total_steps
        wrong += not (
            good and np.isfinite(more.history["entropy"]).all() and torch.get_num_threads() == threads
        )
    print(counting.table([(f"interrupts of a training {outcomes}", INTERRUPTS, wrong)]))
    assert not wrong and outcomes["kept"] > INTERRUPTS / 2


class Mortal(gymnasium.Env):
    """Its process dies in its first reset if it can take the mark away."""

    def __init__(self, mark):
        self.mark = mark
        self.observation_space, self.action_space = Box(-1, 1, (1,), np.float32), Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.mark)
            os.kill(os.getpid(), signal.SIGKILL)
        self.left = 3
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.left -= 1
        return np.zeros(1, np.float32), 1.0, self.left == 0, False, {}


@pytest.mark.filterwarnings("ignore")
def test_workers_that_die(tmp_path):
    wrong = 0
    for number in range(DEATHS):
        mark = tmp_path / f"mark{number}"
        mark.touch()
        gymnasium.register(f"Mortal{number}-v0", Mortal, kwargs={"mark": str(mark)}, disable_env_checker=True)
        results = run_study(
            [Variant("a", TINY)],
            range(6),
            tmp_path / str(number),
            env_ids=[f"Mortal{number}-v0"],
            max_steps=32,
            workers=2,
            progress=False,
        )
        wrong += mark.exists() or len(results) != 6 or bool(results.failures)
    print(counting.table([("workers killed in a study", DEATHS, wrong)]))
    assert not wrong


def test_a_program_that_is_killed_while_it_saves(tmp_path):
    run = train(config=TINY, max_steps=400)
    source, path = tmp_path / "source.npz", tmp_path / "run.npz"
    run.save(source)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    for delay in (0.0, 0.001, 0.005):
        command = [sys.executable, "-c", SAVES, str(source), str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            process.stdout.readline()
            time.sleep(delay)
            process.kill()
        assert same(path, run)
    run.save(path)
    assert sorted(os.listdir(tmp_path)) == ["run.npz", "source.npz"]
