"""A class on one JupyterHub: servers, kernels, the first explorer, sliders that all move, and their memory.

    python benchmarks/class_of_thirty.py [--learners 30]

needs `pip install ppo-edu[class]`, and configurable-http-proxy on the path
(`npm install configurable-http-proxy@4`). The hub is the one of deploy/jupyterhub_config.py, for a try;
learners are threads that speak to it as a browser does, and wait for the frame that answers each move. What
a browser needs to paint is not in it.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psutil
import requests
import websocket

ROOT = Path(__file__).resolve().parents[1]
WAIT = 180  # seconds


def proxy():
    """Return where configurable-http-proxy is: on the path, or in this environment; None if it is nowhere."""
    return shutil.which("configurable-http-proxy") or shutil.which(
        "configurable-http-proxy", path=str(Path(sys.prefix, "node_modules", ".bin"))
    )


@contextlib.contextmanager
def hub(folder, port=8000, journals=None):
    """Start a hub for a try whose files are in `folder`; yield its address."""
    address = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "jupyterhub", "-f", str(ROOT / "deploy/jupyterhub_config.py")),
        f"--JupyterHub.bind_url={address}",
        f"--JupyterHub.hub_port={port + 1}",
        f"--ConfigurableHTTPProxy.command={proxy()}",
        f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{port + 2}",
        f"--JupyterHub.cookie_secret_file={folder / 'secret'}",
        f"--JupyterHub.db_url=sqlite:///{folder / 'hub.sqlite'}",
        f"--ConfigurableHTTPProxy.pid_file={folder / 'proxy.pid'}",
    ]
    environment = {**os.environ, "PPO_EDU_TRY": "1", "TMPDIR": str(folder)}
    environment |= {"PPO_EDU_CLASS": str(journals)} if journals else {}
    with open(folder / "hub.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _until_ready(address, process, folder / "hub.log")
            yield address
        finally:
            family = [process, *psutil.Process(process.pid).children(recursive=True)]
            for member in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.terminate()
            psutil.wait_procs([member for member in family if isinstance(member, psutil.Process)], timeout=10)
            process.wait(60)  # on a busy machine


def _until_ready(address, process, log):
    end = time.monotonic() + WAIT
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{address}/hub/health", timeout=5).ok:
                return
        time.sleep(0.3)
    raise RuntimeError("the hub did not start:\n" + log.read_text(encoding="utf-8", errors="replace")[-2000:])


class Learner:
    """Somebody with a server and a kernel of their own.

    Attributes
    ----------
    errors : list of str
        What cells or the server complained of.
    """

    def __init__(self, address, name):
        self.name, self._web, self._base = name, requests.Session(), f"{address}/user/{name}"
        self._address, self.errors, self._models = address, [], {}

    def log_in(self):
        """Log in, and wait for the server."""
        self._web.get(f"{self._address}/hub/login", timeout=WAIT)
        form = {"username": self.name, "password": "", "_xsrf": self._web.cookies.get("_xsrf")}
        self._web.post(f"{self._address}/hub/login?next=%2Fhub%2Fspawn", data=form, timeout=WAIT)
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            answer = self._web.get(f"{self._base}/ppo_edu/", timeout=WAIT)
            if answer.ok and answer.url.startswith(self._base):
                return
            time.sleep(0.5)
        raise TimeoutError(f"{self.name} has no server")

    def open_kernel(self):
        """Start a kernel, and wait until it answers."""
        self._web.get(f"{self._base}/api/contents", timeout=WAIT)
        marks = {cookie.name: cookie.value for cookie in self._web.cookies if self.name in cookie.path}
        headers = {"X-XSRFToken": marks.get("_xsrf", "")}
        answer = self._web.post(f"{self._base}/api/kernels", headers=headers, json={}, timeout=WAIT)
        answer.raise_for_status()
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._web.cookies)
        channels = f"{self._base}/api/kernels/{answer.json()['id']}/channels?session_id={uuid.uuid4().hex}"
        self._socket = websocket.create_connection(
            channels.replace("http", "ws", 1), cookie=cookies, timeout=WAIT, origin=self._address
        )
        self.run("pass")

    def run(self, code):
        """Run a cell, and wait for its end."""
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        self._wait(self._send("execute_request", content))

    def move(self, value):
        """Move the one slider that there is; return the seconds until its frame is here."""
        kinds = {key: state.get("_model_name") for key, state in self._models.items()}
        (slider,) = (key for key, kind in kinds.items() if kind == "FloatSliderModel")
        state = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        start = time.perf_counter()
        return self._wait(self._send("comm_msg", {"comm_id": slider, "data": state})) - start

    def close(self):
        """Hang up."""
        self._socket.close()
        self._web.close()

    def _send(self, kind, content):
        number = uuid.uuid4().hex
        header = {
            "msg_id": number,
            "msg_type": kind,
            "username": "",
            "session": "s",
            "date": "",
            "version": "5.3",
        }
        message = {
            "channel": "shell",
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
        }
        self._socket.send(json.dumps({**message, "buffers": []}))
        return number

    def _wait(self, number):
        """Take in messages until `number` is done; return when its first picture came, else the end."""
        pictured = None
        while True:
            text = self._socket.recv()
            message = json.loads(text if isinstance(text, str) else _first_part(text))
            kind, content = message["header"]["msg_type"], message["content"]
            ours = message["parent_header"].get("msg_id") == number
            if kind == "comm_open":
                self._models[content["comm_id"]] = content["data"].get("state", {})
            elif kind == "error":
                self.errors.append(f"{content['ename']}: {content['evalue']}")
            elif kind == "comm_msg" and ours and not isinstance(text, str):
                pictured = pictured or time.perf_counter()
            elif kind == "status" and ours and content["execution_state"] == "idle":
                return pictured or time.perf_counter()


def _first_part(frame):
    count = struct.unpack("!I", frame[:4])[0]
    places = [*struct.unpack(f"!{count}I", frame[4 : 4 * (count + 1)]), len(frame)]
    return frame[places[0] : places[1]]


def lesson_cells():
    """Return the cells of the lesson on clipping up to its first explorer, and that explorer."""
    file = next((ROOT / "notebooks/en").glob("*clip_and_min.ipynb"))
    cells = [
        cell for cell in json.loads(file.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    sources = ["".join(cell["source"]) for cell in cells]
    return sources[: sources.index("explorers.clip()") + 1], sources


def together(learners, act):
    """Have all `learners` ``act(learner)`` at once; return what came of it, and the seconds it took."""
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(len(learners)) as pool:
        done = list(pool.map(act, learners))
    return done, time.perf_counter() - start


def begin(address, count):
    """Return `count` learners who all have the first explorer, and the seconds that each step took."""
    learners = [Learner(address, f"learner{number:02}") for number in range(count)]
    cells, _ = lesson_cells()
    steps = {"servers": Learner.log_in, "kernels": Learner.open_kernel}
    steps["first explorer"] = lambda learner: [learner.run(cell) for cell in cells]
    return learners, {name: together(learners, step)[1] for name, step in steps.items()}


def press(learners, moves=30, pause=0.3):
    """Have `learners` move epsilon `moves` times each; return the seconds of each move.

    They pause `pause` seconds on average, each at moments of their own, as hands do: in step, thirty would
    wait for each other at every press, and idle in between.
    """

    def act(learner):
        times, moments = [], random.Random(learner.name)
        for number in range(moves):
            time.sleep(moments.uniform(0, 2 * pause))
            times.append(learner.move(0.1 + 0.02 * (number % 10)))
        return times

    return [seconds for times in together(learners, act)[0] for seconds in times]


def memory():
    """Return megabytes (PSS) of one server and one kernel, the medians, and of all processes of the class."""
    kinds = {"server": [], "kernel": [], "hub": []}
    marks = {
        "ipykernel_launcher": "kernel",
        "-m ppo_edu": "server",
        "jupyterhub": "hub",
        "configurable-http": "hub",
    }
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or [])
        kind = next((kind for mark, kind in marks.items() if mark in words), None)
        if kind:
            with contextlib.suppress(psutil.Error):
                kinds[kind].append(process.memory_full_info().pss / 1e6)
    medians = {kind: statistics.median(sizes) for kind, sizes in kinds.items() if sizes}
    return medians, sum(map(sum, kinds.values()))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--learners", type=int, default=30)
    count = parser.parse_args().learners
    rows = []
    with tempfile.TemporaryDirectory(prefix="hub") as folder, hub(Path(folder)) as address:
        learners, seconds = begin(address, count)
        rows += [(f"{name}, all {count}, until the last", f"{took:.0f} s") for name, took in seconds.items()]
        for moving in sorted({1, min(5, count), count}):
            times = [1000 * each for each in press(learners[:moving])]
            p95 = statistics.quantiles(times, n=20)[-1]
            rows.append(
                (f"slider, {moving} press", f"median {statistics.median(times):.0f}, p95 {p95:.0f} ms")
            )
        medians, total = memory()
        rows += [(f"one {kind}", f"{size:.0f} MB") for kind, size in medians.items()]
        rows.append(("the whole class", f"{total / 1000:.1f} GB"))
        _, cells = lesson_cells()
        _, took = together(learners, lambda learner: [learner.run(cell) for cell in cells])
        medians, total = memory()
        rows.append((f"the whole lesson, all {count} at once", f"{took:.0f} s"))
        rows.append(("one kernel after it", f"{medians['kernel']:.0f} MB"))
        rows.append(("the whole class after it", f"{total / 1000:.1f} GB"))
        failures = [f"{learner.name}: {error}" for learner in learners for error in learner.errors]
        rows.append(("errors", str(len(failures))))
        for learner in learners:
            learner.close()
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:{width}}  {value}" for name, value in rows))
    print("\n".join(failures[:10]))


if __name__ == "__main__":
    main()
