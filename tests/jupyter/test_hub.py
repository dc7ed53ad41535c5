"""A small class on a real JupyterHub: servers, kernels, the first explorer, and sliders that move."""

import socket
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))

import class_of_thirty

from ppo_edu.exercises import class_page, journal

needs_proxy = pytest.mark.skipif(
    class_of_thirty.proxy() is None,
    reason="needs configurable-http-proxy: npm install configurable-http-proxy@4",
)


def three_free_ports():
    for port in range(18000, 19000, 3):
        with socket.socket() as one, socket.socket() as two, socket.socket() as three:
            try:
                for number, each in enumerate((one, two, three)):
                    each.bind(("127.0.0.1", port + number))
                return port
            except OSError:
                continue
    raise RuntimeError("no three free ports in a row")


@needs_proxy
def test_two_learners_have_servers_kernels_and_sliders_of_their_own(tmp_path):
    journals = journal.prepare(tmp_path / "class")
    with class_of_thirty.hub(tmp_path, three_free_ports(), journals) as address:
        learners, _ = class_of_thirty.begin(address, 2)
        times = class_of_thirty.press(learners, moves=5, pause=0)
        for learner in learners:
            learner.run("ppo_edu.check('probability_ratio', lambda log_prob, old_log_prob: 1.0)")
            learner.close()
    assert len(times) == 10 and [learner.errors for learner in learners] == [[], []]
    assert [each.name for each in class_page.read(journals)] == [learner.name for learner in learners]
    copies = sorted(tmp_path.glob("ppo_edu_class/*/ppo_lessons/ko/*gae.ipynb"))
    assert len(copies) == 2
