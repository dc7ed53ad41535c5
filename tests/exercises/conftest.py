def pytest_generate_tests(metafunc):
    """Run what `answers.Answers` tests once for each right and each wrong answer of the class."""
    answers = metafunc.cls
    if "right_answer" in metafunc.fixturenames:
        metafunc.parametrize("right_answer", answers.right.values(), ids=answers.right)
    if "wrong_answer" in metafunc.fixturenames:
        ids = [f"{key}-{index}" for index, (key, _) in enumerate(answers.wrong)]
        metafunc.parametrize("wrong_answer", answers.wrong, ids=ids)
