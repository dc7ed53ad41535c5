import pytest

from ppo_edu.exercises import isolation

# What is tested there is the process of its own that a check has, among others.
IN_PROCESSES = ("test_calling", "test_isolation")


@pytest.fixture(autouse=True)
def checked_in_a_thread(request, monkeypatch):
    """Elsewhere a check runs in a thread, as on other systems: a process would take most of the time."""
    if request.node.path.stem not in IN_PROCESSES:
        monkeypatch.setattr(isolation, "fork_is_of_use", False)


def pytest_generate_tests(metafunc):
    """Run what `answers.Answers` tests once for each right and each wrong answer of the class."""
    answers = metafunc.cls
    if "right_answer" in metafunc.fixturenames:
        metafunc.parametrize("right_answer", answers.right.values(), ids=answers.right)
    if "wrong_answer" in metafunc.fixturenames:
        # Each in English; in Korean the first of those that are told the same.
        first = dict(reversed(answers.wrong))
        english = [("en", each) for each in answers.wrong]
        korean = [("ko", each) for each in answers.wrong if first[each[0]] is each[1]]
        ids = [f"{language}-{key}-{index}" for index, (language, (key, _)) in enumerate(english + korean)]
        metafunc.parametrize("wrong_answer", english + korean, ids=ids)
