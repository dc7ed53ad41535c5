import dataclasses
import json
from pathlib import Path

import chromium
import lab
import pytest
import short_trainings

# A browser and a JupyterLab take seconds to start, so all tests here share one of each. Not for the whole
# session: while playwright is there, asyncio.run() fails, which other tests need.


@pytest.fixture(scope="package")
def chrome():
    """A browser without a page."""
    with chromium.opened(chromium.for_tests()) as browser:
        yield browser


@dataclasses.dataclass(frozen=True)
class Server:
    address: str
    home: Path


@pytest.fixture(scope="package")
def server(tmp_path_factory):
    """JupyterLab as a Korean learner starts it, on their own copy of the lessons, whose trainings are short.

    Into their other servers, this learner lets all the world.
    """
    home = tmp_path_factory.mktemp("jupyterlab")
    short_trainings.for_kernels(home / "ipython")
    (home / "config").mkdir()
    config = {"ServerApp": {"ip": "0.0.0.0"}}
    (home / "config" / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")
    surroundings = {"LANGUAGE": "ko", "PPO_EDU_PROGRESS": str(home / "progress.json")}
    with lab.jupyterlab(None, home, **surroundings) as address:
        yield Server(address, home)


@pytest.fixture(scope="module")
def page(chrome, server):
    """JupyterLab in a browser."""
    with lab.opened(chrome, server.address) as page:
        yield page


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The reading edition of one lesson, with one of its explorers; nobody writes into it."""
    from reading import build

    with pytest.MonkeyPatch.context() as patch:
        # The others take longer; `test_reading_pictures` looks at all.
        patch.setattr(build, "explorers_in", lambda notebook: [])
        patch.setattr("reading.lesson.explorers_shown", ["clip"])
        return build.make(tmp_path_factory.mktemp("site"), only="clip_and_min", jobs=1)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
