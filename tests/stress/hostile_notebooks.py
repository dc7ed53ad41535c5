"""Handed-in notebooks that do what none should, and what the table must say of each.

`hand_in(folder)` writes them all, each into a folder named after it, with a right answer in its second cell
unless it cannot be read. EXPECTED tells for each whether that pass must count, and what its note must hold.
"""

# ruff: noqa: E501 (a case a line)

import json
import os
from pathlib import Path

START = "import os, sys, time, subprocess, signal, json\nimport numpy as np\nimport ppo_edu"
CHOICE = "ppo_edu.check('lambda_ends', 1.8)"
PROBE = "time.sleep(3600) or 'left by a handed-in notebook'"

# name: (cells after the right answer, whether it counts, what the note holds)
EXPECTED = {
    "matplotlib_widget": (["%matplotlib widget"], 1, ""),
    "matplotlib_notebook": (["%matplotlib notebook"], 1, ""),
    "matplotlib_no_such": (["%matplotlib nonsense"], 1, ""),
    "matplotlib_qt": (["%matplotlib qt"], 1, ""),
    "gui_tk": (["%gui tk"], 1, ""),
    "exit_word": (["exit"], 1, ""),
    "quit_call": (["quit()"], 1, ""),
    "ask_exit": (["get_ipython().ask_exit()"], 1, ""),
    "kernel": (["assert get_ipython().kernel is not None"], 1, ""),
    "do_shutdown": (["get_ipython().kernel.do_shutdown(False)"], 1, ""),
    "sys_exit": (["sys.exit(3)"], 1, "SystemExit"),
    "os_exit": (["os._exit(0)"], 1, "ended in cell"),
    "kills_itself": (["os.kill(os.getpid(), 9)"], 1, "ended in cell"),
    "crashes": (["import ctypes; ctypes.string_at(0)"], 1, "ended in cell"),
    "kills_its_group": (["os.killpg(0, 9)"], 1, "ended before"),
    "kills_its_parent": (["os.kill(os.getppid(), 9); time.sleep(5)"], 1, "ended before"),
    "never_ends": (["while True: pass"], 1, "out of time"),
    "holds_the_lock": (["10**10**9"], 1, "out of time"),
    "ignores_signals": (
        ["signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"],
        1,
        "out of time",
    ),
    "eats_memory": (["held = []\nwhile True: held.append(bytearray(10**7))"], 1, "out of memory"),
    "asks": (["input('?')"], 1, "StdinNotImplementedError"),
    "asks_secretly": (["import getpass; getpass.getpass()"], 1, "StdinNotImplementedError"),
    "debugger": (["breakpoint()"], 1, ""),
    "prints_much": (["print('x' * 10**8)\nfor i in range(20000): print(i)"], 1, ""),
    "prints_half_a_letter": (["print('\\udcff')"], 1, ""),
    "displays_much": (
        ["from IPython.display import display, HTML\nfor i in range(50): display(HTML('x' * 10**6))"],
        1,
        "",
    ),
    "closes_its_streams": (["sys.stdout.close(); sys.stderr.close()\nos.close(1); os.close(2)"], 1, ""),
    "closes_every_file": (["os.closerange(3, 256)"], 1, "ended in cell"),
    "starts_a_process": ([f"subprocess.Popen([sys.executable, '-c', {('import time; ' + PROBE)!r}])"], 1, ""),
    "starts_a_session": (
        [f"subprocess.Popen([sys.executable, '-c', {('import time; ' + PROBE)!r}], start_new_session=True)"],
        1,
        "",
    ),
    "bare_environment": (
        [
            f"subprocess.Popen([sys.executable, '-c', {('import time; ' + PROBE)!r}], start_new_session=True, env={{}})"
        ],
        1,
        "",
    ),
    "forks": (
        [
            "if os.fork() == 0:\n    os.execv(sys.executable, [sys.executable, '-c', "
            + repr("import time; " + PROBE)
            + "])"
        ],
        1,
        "",
    ),
    "double_fork": (
        [
            "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.execv(sys.executable, [sys.executable, '-c', "
            + repr("import time; " + PROBE)
            + "])\n    os._exit(0)"
        ],
        1,
        "",
    ),
    "record_pipe": (
        ["os.remove(os.environ['PPO_EDU_PROGRESS']); os.mkfifo(os.environ['PPO_EDU_PROGRESS'])"],
        0,
        "what is done",
    ),
    "record_folder": (
        ["os.remove(os.environ['PPO_EDU_PROGRESS']); os.mkdir(os.environ['PPO_EDU_PROGRESS'])"],
        0,
        "what is done",
    ),
    "record_rubbish": (["open(os.environ['PPO_EDU_PROGRESS'], 'w').write('[1, 2')"], 0, "what is done"),
    "record_huge": (["open(os.environ['PPO_EDU_PROGRESS'], 'w').truncate(10**10)"], 0, "what is done"),
    "record_deep": (["open(os.environ['PPO_EDU_PROGRESS'], 'w').write('[' * 10**5)"], 0, "what is done"),
    "record_odd": (["open(os.environ['PPO_EDU_PROGRESS'], 'w').write('{\"gae\": [1]}')"], 0, "what is done"),
    "record_endless": (
        [
            "os.remove(os.environ['PPO_EDU_PROGRESS']); os.symlink('/dev/zero', os.environ['PPO_EDU_PROGRESS'])"
        ],
        0,
        "what is done",
    ),
    "forged": (
        [
            "p = os.environ['PPO_EDU_PROGRESS']\nm = json.load(open(p)); m['gae'] = 'passed'\njson.dump(m, open(p, 'w'))"
        ],
        1,
        "no cell checks it: gae",
    ),
    "borrowed": (["ppo_edu.check('gae', ppo_edu.gae)"], 1, "course's own code as the answer: gae"),
    "removes_the_others": (
        ["import glob\nfor f in glob.glob(os.path.join({folder!r}, '*', '*.ipynb')): os.remove(f)"],
        1,
        "",
    ),
    "empties_its_place": (
        ["import shutil; shutil.rmtree(os.path.dirname(os.environ['PPO_EDU_PROGRESS']), ignore_errors=True)"],
        0,
        "what is done",
    ),
    "changes_folder": (["os.chdir('/')", "1 / 0"], 1, "ZeroDivisionError"),
    "long_error_name": (["raise type('E' * 10**6, (Exception,), {})"], 1, "EEEE"),
    "magics": (
        [
            "!echo hello",
            "%time 1 + 1",
            "%%bash\ntrue",
            "%load_ext autoreload",
            "await __import__('asyncio').sleep(0)",
            "%config InlineBackend.figure_format = 'svg'",
            "import matplotlib.pyplot as plt; plt.plot([1])",
        ],
        1,
        "",
    ),
}

# What is no notebook, or only nearly.
UNREADABLE = {
    "empty": b"",
    "cut": b'{"cells": [\xff',
    "null": b"null",
    "list": b"[]",
    "no_cells": b"{}",
    "cells_null": b'{"cells": null}',
    "deep": b"[" * 10**5,
    "cell_numbers": b'{"cells": [1, 2]}',
    "no_source": b'{"cells": [{"cell_type": "code"}]}',
    "utf16": '{"cells": []}'.encode("utf-16"),
}


def write(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in cells]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}), encoding="utf-8")


def hand_in(folder):
    """Write all of them into `folder`."""
    for name, (cells, _, _) in EXPECTED.items():
        cells = [cell.replace("{folder!r}", repr(str(folder))) for cell in cells]
        write(folder / name / "answers.ipynb", "%matplotlib inline\n" + START, CHOICE, *cells)
    for name, content in UNREADABLE.items():
        (folder / name).mkdir()
        (folder / name / "answers.ipynb").write_bytes(content)
    for learner, file in (("김민지", "과제.ipynb"), ("이철수", "답 (최종).ipynb")):
        place = Path(os.fsdecode(os.path.join(os.fsencode(folder), learner.encode("cp949"))))
        place.mkdir()
        write(place / "tmp.ipynb", START, CHOICE)
        os.rename(place / "tmp.ipynb", os.path.join(os.fsencode(place), file.encode("cp949")))
    write(folder / "줄\n바꿈\x1b[31m" / "answers.ipynb", START, CHOICE)
