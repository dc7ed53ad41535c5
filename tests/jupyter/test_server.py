"""A kernel starts in silence, and nobody else can listen to it."""

import asyncio
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import lab
import psutil
import pytest
from tornado.websocket import websocket_connect

from ppo_edu.__main__ import SETTINGS, is_for_others
from ppo_edu.jupyter.server import folder_for_sockets

# How kernels are reached on Windows, tried on the other systems, too.
BY_PORTS = ("--KernelManager.transport=tcp",)


def ask(address, method="GET", path="", **said):
    base, _, token = address.partition("lab?token=")
    headers = {"Authorization": f"token {token}"}
    request = Request(f"{base}api/kernels{path}", json.dumps(said).encode("ascii") if said else None, headers)
    request.method = method
    with urlopen(request) as answer:
        return json.loads(answer.read() or b"null")


async def answers(address, kernel):
    """Wait until a kernel says something to a page that opens."""
    base, _, token = address.partition("lab?token=")
    page = await websocket_connect(
        f"{base.replace('http', 'ws', 1)}api/kernels/{kernel}/channels?token={token}"
    )
    assert await asyncio.wait_for(page.read_message(), timeout=60)
    page.close()
    # Until the other end has closed, too: the loop ends after this, and would leave the socket open.
    while await asyncio.wait_for(page.read_message(), timeout=60) is not None:
        pass


@pytest.mark.parametrize("options", [(), BY_PORTS], ids=["as it is", "by ports"])
def test_each_start_of_a_kernel_is_silent(tmp_path, options):
    # A folder of a long name, as a home on a network drive has.
    home = tmp_path / "사용자의 긴 이름을 가진 집"
    home.mkdir()
    (tmp_path / "lessons").mkdir()
    with lab.jupyterlab(tmp_path / "lessons", home, *options) as address:
        kernels = [ask(address, "POST", name="python3")["id"] for _ in range(2)]
        # It warns, if it does, before it is ready.
        for kernel in kernels:
            asyncio.run(answers(address, kernel))
        for kernel in kernels:
            ask(address, "DELETE", f"/{kernel}")
    # What the server says of itself is how it is reached, and that it ends.
    log = (home / "jupyterlab.log").read_text(encoding="utf-8")
    assert "Kernel" not in log and "WARNING" not in log and "Error" not in log, log


@pytest.mark.skipif(sys.platform == "win32", reason="no such sockets there")
def test_sockets_have_a_folder_with_a_short_name(tmp_path):
    assert folder_for_sockets("/short") == "/short"
    short = folder_for_sockets("/home/" + "가" * 20)
    assert len(short) < 30 and os.stat(short).st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], False),
        (["--ip=127.0.0.1", "--port", "8899"], False),
        (["--ip", "localhost"], False),
        (["--ip=0.0.0.0"], True),
        (["--ServerApp.ip=*"], True),
        (["--ip", "192.168.0.7", "--no-browser"], True),
    ],
)
def test_a_server_for_others_is_warned_about(options, told, monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    assert is_for_others(options) == told
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "a hub looks after it")
    assert not is_for_others(options)


@pytest.mark.skipif(sys.platform == "win32", reason="Binder has Linux")
def test_binders_start_brings_the_courses_settings(tmp_path):
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    root, log = SETTINGS.parents[1], tmp_path / "log"
    told = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--port=0",
        f"--ServerApp.root_dir={tmp_path}",
    ]
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            [root / "start", *told], cwd=root, env=os.environ | folders, stdout=stream, stderr=stream
        ) as server,
    ):
        try:
            address = lab.address_of(server, tmp_path / "RUNTIME", log)
            with urlopen(address.partition("lab?")[0] + "custom/custom.css") as answer:
                assert answer.read() == (SETTINGS / "custom" / "custom.css").read_bytes()
            kernel = ask(address, "POST", name="python3")["id"]
            begun = [child.cmdline() for child in psutil.Process(server.pid).children(recursive=True)]
            [file] = [words[-1] for words in begun if "ipykernel_launcher" in words]
            connection = json.loads(Path(file).read_text(encoding="utf-8"))
            assert connection["transport"] == "ipc"
            ask(address, "DELETE", f"/{kernel}")
        finally:
            server.terminate()


def test_jupyter_is_imported_without_grammars_that_no_schema_of_its_own_needs():
    code = (
        "import sys; from ppo_edu.jupyter import quick_start; import jupyterlab.labapp; "
        "print(any(name.startswith('lark') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout == "False\n"
    for package in ("jupyter_events", "jupyter_server", "jupyterlab_server", "nbformat"):
        folder = Path(importlib.util.find_spec(package).origin).parent
        schemas = [path for kind in ("*.json", "*.yaml", "*.yml") for path in folder.rglob(kind)]
        assert schemas
        for path in schemas:
            assert not re.search(r'"?format"?: *"?iri', path.read_text(encoding="utf-8")), path
