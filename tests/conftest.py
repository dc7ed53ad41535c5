import pytest


@pytest.fixture(autouse=True)
def english_again():
    """Every test starts and ends in the default language."""
    import ppo_edu

    ppo_edu.use_language("en")
    yield
    ppo_edu.use_language("en")
