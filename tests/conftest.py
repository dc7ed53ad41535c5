import os
import tempfile
from pathlib import Path

import pytest

# Before anything can read it, also in the processes that tests start: no test touches a learner's own record.
os.environ["PPO_EDU_PROGRESS"] = str(Path(tempfile.mkdtemp(prefix="ppo_edu")) / "progress.json")


@pytest.fixture(autouse=True)
def english_again():
    """Every test starts and ends in the default language."""
    import ppo_edu

    ppo_edu.use_language("en")
    yield
    ppo_edu.use_language("en")
