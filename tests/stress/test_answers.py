"""Hostile answers: `check` comes back, raises nothing and spoils nothing, whatever the session has set."""

import json
import os
import subprocess
import sys
from pathlib import Path

import counting
import hostile_answers
import pytest

HERE = Path(__file__).parent
KINDS = {
    "functions": "CALLED",
    "letters": "CHOSEN",
    "functions that hold the lock": "HOLDING",
    "functions that end Python": "ENDING",
}

PROGRAM = """
import json, os, sys, time
import numpy as np, ppo_edu, hostile_answers
kind, tried, failures, slowest = sys.argv[1], 0, [], 0.0
right = lambda log_prob, old_log_prob: np.exp(log_prob - old_log_prob)
chosen = ("gradient_cases", "lambda_ends")
for make in getattr(hostile_answers, kind):
    for name in chosen if kind == "CHOSEN" else ("probability_ratio",):
        streams, started = (sys.stdout, sys.stderr), time.monotonic()
        tried += 1
        try:
            result = ppo_edu.check(name, make())
            result.message.encode("utf-8")
            fine = isinstance(result.passed, bool) and (sys.stdout, sys.stderr) == streams
            fine = fine and ppo_edu.check("probability_ratio", right).passed
        except BaseException as error:
            fine = False
        slowest = max(slowest, time.monotonic() - started)
        if not fine:
            failures.append(make.__name__)
print(json.dumps([tried, failures, slowest]), flush=True)
os._exit(0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="checks run in processes of their own on Linux only")
def test_hostile_answers(tmp_path):
    rows = []
    for kind, where in KINDS.items():
        told = subprocess.run(
            [sys.executable, "-c", PROGRAM, where],
            capture_output=True,
            timeout=900,
            check=True,
            env={
                **os.environ,
                "PPO_EDU_PROGRESS": str(tmp_path / "p.json"),
                "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
            },
        )
        tried, failures, slowest = json.loads(told.stdout.splitlines()[-1])
        rows.append((f"{kind} (slowest {slowest:.1f} s)", tried, len(failures)))
        assert slowest < 30
        assert not failures
    print(counting.table(rows))
    assert sum(len(getattr(hostile_answers, where)) for where in KINDS.values()) >= 70


SESSIONS = {
    "no_grad": "torch.set_grad_enabled(False)",
    "inference": "torch.inference_mode(True).__enter__()",
    "float64": "torch.set_default_dtype(torch.float64)",
    "device": "torch.set_default_device('meta')",
    "autocast": "torch.autocast('cpu', dtype=torch.bfloat16).__enter__()",
    "strict": "np.seterr(all='raise')",
    "deterministic": "torch.use_deterministic_algorithms(True)",
}

RIGHT = """
import json, os, sys
import numpy as np, scipy.stats, torch, ppo_edu
from torch.distributions import Categorical
from torch.nn import functional as F
from ppo_edu import exercises
names = dict(globals())
SETTING
wrong = []
for name in exercises.names():
    if name.startswith("ppo_") and name != "ppo_loss":
        answer = exercises.exercise_called(name).solution  # its parts, which stand in many cells
    else:
        exec(exercises.solution_cell(name), names)
        answer = names[name]
    if not ppo_edu.check(name, answer).passed:
        wrong.append(name)
print(json.dumps([len(exercises.names()), wrong]), flush=True)
os._exit(0)
"""


def test_all_right_answers_in_every_session(tmp_path):
    rows = []
    for session, setting in SESSIONS.items():
        told = subprocess.run(
            [sys.executable, "-c", RIGHT.replace("SETTING", setting)],
            capture_output=True,
            timeout=900,
            check=True,
            env={**os.environ, "PPO_EDU_PROGRESS": str(tmp_path / "p.json")},
        )
        tried, wrong = json.loads(told.stdout.splitlines()[-1])
        rows.append((f"right answers, {session}", tried, len(wrong)))
        assert not wrong
    print(counting.table(rows))


LEAVING = """
import json, os, threading, torch, ppo_edu
from ppo_edu import exercises
from ppo_edu.exercises import isolation
answer = exercises.exercise_called("ppo_network").solution
layer, rows = torch.nn.Linear(256, 256), torch.randn(64, 256)
def work():
    with torch.no_grad():
        layer(rows)
wrong = 0
for number in range(300):
    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    if number % 5 == 0:
        isolation._prepared.clear()
    wrong += not ppo_edu.check("ppo_network", answer).passed
print(json.dumps([300, wrong]), flush=True)
os._exit(0)
"""


def test_right_answers_after_threads_that_leave(tmp_path):
    # MKL locks all of its memory while a thread leaves: a fork in that moment is of no use.
    told = subprocess.run(
        [sys.executable, "-c", LEAVING],
        capture_output=True,
        timeout=900,
        check=True,
        env={**os.environ, "PPO_EDU_PROGRESS": str(tmp_path / "p.json"), "OMP_NUM_THREADS": "1"},
    )
    tried, wrong = json.loads(told.stdout.splitlines()[-1])
    print(counting.table([("networks, after threads that leave", tried, wrong)]))
    assert not wrong
