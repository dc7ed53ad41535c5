import gc
import os
import signal
import tempfile
from pathlib import Path

import pytest

# Before anything can read it, also in the processes that tests start: no test touches a learner's own record.
os.environ["PPO_EDU_PROGRESS"] = str(Path(tempfile.mkdtemp(prefix="ppo_edu")) / "progress.json")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    # One more than there are cores: a part of the tests waits for browsers, kernels and other processes. With
    # two more, all of them take as long, and some wait longer than they may.
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    import workers

    return workers.Scheduling(config, log)


def pytest_collection_finish():
    # What is there now stays to the end. Looking through it at each collection takes 6 % of the time.
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items):
    import workers

    items[:] = workers.in_order(items)


@pytest.fixture(autouse=True)
def english_again():
    """Every test starts and ends in the default language."""
    import ppo_edu

    ppo_edu.use_language("en")
    yield
    ppo_edu.use_language("en")


@pytest.fixture
def no_missing_glyphs(caplog):
    """Fail if matplotlib finds no glyph for a letter: it warns, or in texts with mathematics only logs."""
    import warnings

    from ppo_edu.drawing import quicktext

    quicktext._sprites.cache_clear()
    with warnings.catch_warnings(), caplog.at_level("WARNING", logger="matplotlib"):
        warnings.simplefilter("error")
        yield
    told = [record.getMessage() for record in caplog.records if record.name.startswith("matplotlib")]
    assert not told


@pytest.fixture
def interruptible():
    # A test run started in the background may have been told to ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
