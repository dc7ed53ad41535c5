from pathlib import Path

import lab
import pytest
from lessons.source import LANGUAGES, NOTEBOOKS, find_lessons
from xdist.scheduler import LoadScopeScheduling


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """JupyterLab, on a copy of the lessons, in a browser."""
    # Not for the whole session: while playwright is there, asyncio.run() fails, which other tests need.
    home = tmp_path_factory.mktemp("jupyterlab")
    with lab.jupyterlab(NOTEBOOKS, home) as address, lab.browser_page(address) as page:
        yield page


class _ByLesson(LoadScopeScheduling):
    """Has a lesson opened and run once, by one of pytest-xdist's workers, for all its tests."""

    def _split_scope(self, nodeid):
        return nodeid.partition("[")[2]


def pytest_xdist_make_scheduler(config, log):
    return _ByLesson(config, log)


def pytest_collection_modifyitems(config, items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
    twice = [item for item in items if item.get_closest_marker("one_language") and not _in_its_language(item)]
    config.hook.pytest_deselected(items=twice)
    items[:] = [item for item in items if item not in twice]


def _in_its_language(item):
    """Return whether a lesson's tests that depend on no language run in this one: neighbours differ."""
    language, _, notebook = item.callspec.params["opened"].partition("/")
    names = [f"{lesson.name}.ipynb" for lesson in find_lessons()]
    return language == tuple(LANGUAGES)[names.index(notebook) % len(LANGUAGES)]
