"""How the lessons start, on every system: who is let in, and what is asked of the net."""

import json
import os
import re
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest


def test_it_listens_to_this_machine_only_and_wants_the_token(server):
    """Though this user's other servers listen to all the world."""
    assert server.address.startswith("http://127.0.0.1:")
    with pytest.raises(HTTPError, match="403"):
        urlopen(server.address.partition("lab?")[0] + "api/contents")


def test_it_asks_the_net_for_neither_news_nor_updates(server):
    base, _, token = server.address.partition("lab?token=")
    url = f"{base}lab/api/settings/@jupyterlab/apputils-extension:notification"
    with urlopen(Request(url, headers={"Authorization": f"token {token}"})) as answer:
        settings = json.load(answer)["schema"]["properties"]
    assert settings["checkForUpdates"]["default"] is False
    assert settings["fetchNews"]["default"] == "false"


def test_it_opens_the_lessons_from_wherever_it_is_called(tmp_path):
    command = [sys.executable, "-m", "ppo_edu", "--port", "8899", "--show-config"]
    mine = tmp_path / "my lessons"
    environment = os.environ | {"PPO_EDU_LESSONS": str(mine)}
    told = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, check=True, encoding="utf-8"
    ).stdout
    # Long paths are broken at their spaces.
    told = re.sub(r"\('(.*?)'\)", r"'\1'", re.sub(r"'\n\s+'", "", told))
    assert f".root_dir = {str(mine)!r}" in told and ".port = 8899" in told
