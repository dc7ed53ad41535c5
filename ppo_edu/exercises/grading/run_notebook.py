"""Run a learner's notebook in a kernel: ``python -m ppo_edu.exercises.grading.run_notebook``.

`grading` starts it and reads what it prints: which cells failed, and how far it got, as JSON. The checks in
the notebook enter their results in the learner's file as always (PPO_EDU_PROGRESS says where).
"""

import contextlib
import gc
import json
import os
import queue
import subprocess
import sys
import time
from pathlib import Path

from ppo_edu.exercises.grading.sources import code_cells

MAX_FAILURES = 100
LONGEST_SOCKET_PATH = 90  # 104 bytes on macOS, 108 on Linux, with a number at its end
PR_SET_CHILD_SUBREAPER = 36


def run(notebook, room):
    """Run the code cells of the file `notebook`, with what the kernel needs in the folder `room`.

    Returns
    -------
    failures : list of [int, str]
        The number of each cell that failed, counted from 1, and the name of its error.
    stopped_at : int or None
        The cell in which the kernel ended, 0 if it never began.
    """
    # Read as what it is, JSON: importing nbformat takes longer than most notebooks run.
    cells, failures = list(code_cells(notebook.read_bytes())), []
    with _kernel(room) as execute:
        if execute is None:
            return failures, 0
        for number, source in cells:
            reply = execute(source)
            if reply is None:
                return failures, number
            if reply["status"] != "ok" and len(failures) < MAX_FAILURES:
                failures.append([number, str(reply.get("ename", reply["status"]))[:50]])
    return failures, None


@contextlib.contextmanager
def _kernel(room):
    """Return a context with a function that executes a cell and returns the reply, None if there is none."""
    connection, me = room / "kernel.json", os.getppid()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            connection,
            *_transport(room),
            "--HistoryManager.enabled=False",
            "--InteractiveShellApp.extensions=ppo_edu.exercises.grading.as_graded",
        ],
        # With it, the kernel ends when this process does.
        env={**os.environ, "JPY_PARENT_PID": str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Loaded while the kernel starts.
    from jupyter_client.blocking import BlockingKernelClient

    client = BlockingKernelClient()

    def execute(source):
        asked = client.execute(source, allow_stdin=False, stop_on_error=False)
        while process.poll() is None:
            if os.getppid() != me:
                _end_all()  # whoever started this is gone
                os._exit(1)
            with contextlib.suppress(queue.Empty):
                reply = client.get_shell_msg(timeout=0.2)
                if reply["parent_header"].get("msg_id") == asked:
                    return reply["content"]
        return None

    ready = _wait_for(connection, process)
    if ready:
        client.load_connection_file(str(connection))
        # What a notebook shows is not listened to: it may be endless.
        client.start_channels(iopub=False, stdin=False, hb=False, control=False)
    yield execute if ready else None


def _transport(room):
    # Files where they can be had: ports are for everybody on the machine, and two kernels may want the same.
    path = str(room / "k")
    if os.name == "posix" and len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return ["--IPKernelApp.transport=ipc", f"--IPKernelApp.ip={path}"]
    return ["--IPKernelApp.ip=127.0.0.1"]


def _wait_for(connection, process):
    # The kernel writes it once it listens.
    while process.poll() is None:
        with contextlib.suppress(OSError, ValueError):
            json.loads(connection.read_text(encoding="utf-8"))
            return True
        time.sleep(0.02)
    return False


def _keep_orphans():
    # On Linux, a process whose parent ended becomes a child of this one, so that it is found at the end.
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def _end_all():
    import psutil

    # A connection to a kernel, once it is garbage, waits for the kernel to take in what was sent to it.
    gc.disable()
    for _ in range(20):  # what is ended may have begun something new
        children = psutil.Process().children(recursive=True)
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()
        if not psutil.wait_procs(children, timeout=1)[0] and not children:
            return


if __name__ == "__main__":
    _keep_orphans()
    try:
        print(json.dumps(run(Path(sys.argv[1]), Path(sys.argv[2]))), flush=True)
    finally:
        _end_all()
        # What is left open towards a kernel that is gone would be waited for.
        os._exit(0)
