from pathlib import Path

import chromium
import lab
import pytest
import short_trainings
from lessons.source import NOTEBOOKS


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """JupyterLab, on a copy of the lessons whose trainings are short, in a browser."""
    # Not for the whole session: while playwright is there, asyncio.run() fails, which other tests need.
    home = tmp_path_factory.mktemp("jupyterlab")
    short_trainings.for_kernels(home / "ipython")
    with lab.jupyterlab(NOTEBOOKS, home) as address, lab.browser_page(address) as page:
        yield page


@pytest.fixture(scope="module")
def chrome():
    """A browser without a page."""
    with chromium.opened() as browser:
        yield browser


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
