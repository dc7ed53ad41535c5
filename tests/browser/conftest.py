from pathlib import Path

import lab
import pytest
from lessons.source import NOTEBOOKS
from xdist.scheduler import LoadScopeScheduling


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """JupyterLab, on a copy of the lessons, in a browser."""
    # Not for the whole session: while playwright is there, asyncio.run() fails, which other tests need.
    home = tmp_path_factory.mktemp("jupyterlab")
    with lab.jupyterlab(NOTEBOOKS, home) as address, lab.browser_page(address) as page:
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


class _ByLesson(LoadScopeScheduling):
    """Has one worker of pytest-xdist open and run a lesson, for all its tests; and any other file alike."""

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        return test.partition("[")[2] if file.endswith("test_every_lesson.py") else file


def pytest_xdist_make_scheduler(config, log):
    return _ByLesson(config, log)


def pytest_collection_modifyitems(config, items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
    english = [item for item in items if "lesson" in item.fixturenames and _opens_english(item)]
    config.hook.pytest_deselected(items=english)
    items[:] = [item for item in items if item not in english]


def _opens_english(item):
    """Return whether a test would run an English notebook: in the browser only the Korean ones run."""
    return item.callspec.params["opened"].startswith("en/")
