"""Every word a learner reads is in both catalogues, and nothing stands there for nobody."""

import ast
import re
import string
from pathlib import Path

import pytest

import ppo_edu
from ppo_edu import exercises
from ppo_edu.language import LANGUAGES, catalogue, current_language, t, use_language

ROOT = Path(ppo_edu.__file__).parents[1]


def calls():
    """Yield (where, the node) for each call of `t` in the package, the lessons and the reading edition."""
    folders = ("ppo_edu", "notebooks/source", "tools/reading")
    for path in (path for folder in folders for path in ROOT.glob(f"{folder}/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", None))
                owner = getattr(getattr(node.func, "value", None), "id", "ppo_edu")
                if name == "t" and owner in ("ppo_edu", "language"):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def places(text):
    """Return the names that `text` wants values for; "{t+1}" in a formula is none of them."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name and name.isidentifier()}


# The one place that makes keys: of an exercise's name and what the exercise lists, such as ``hint_1``.
MAKES_KEYS = "ppo_edu/exercises/kinds.py"


def keys_of_exercises():
    made = [exercises.exercise_called(name) for name in exercises.names()]
    return set().union(*(exercise.keys() for exercise in made if hasattr(exercise, "keys")))


def test_keys_are_literal_and_every_place_is_filled():
    texts = catalogue("en")
    for where, call in calls():
        key = call.args[0]
        if where.startswith(MAKES_KEYS) and not isinstance(key, ast.Constant):
            continue
        assert isinstance(key, ast.Constant), f"{where}: the key must be a literal string"
        assert key.value in texts, f"{where}: no {key.value!r} in the catalogues"
        given = {keyword.arg for keyword in call.keywords}
        if None not in given:  # no **values, whose names cannot be read here
            assert given == places(texts[key.value]), f"{where}: {key.value} takes {places(texts[key.value])}"


def test_no_text_is_unused():
    used = {call.args[0].value for _, call in calls() if isinstance(call.args[0], ast.Constant)}
    assert not sorted(catalogue("en").keys() - used - keys_of_exercises())


def test_an_exercise_asks_for_no_words_that_are_not_there():
    assert not sorted(keys_of_exercises() - catalogue("en").keys())


# Which of a particle's two forms is right would depend on how the value before it is read aloud.
PARTICLE = (
    r"\{[a-z_]*[^}]*\}[`*)\]\"']*"
    r"(\((으|이|은|을|와|과|가|는|를)\)|(은|이|을|와)\(|[을를은는이가와과](?![가-힣])|으?로(?![가-힣])"
    r"|이?어야|여야|이?라[는고면]|이?란 |이?나(?![가-힣])|이?며|이?고 )"
)


def test_no_korean_particle_hangs_on_a_value():
    for key, text in catalogue("ko").items():
        assert not re.search(PARTICLE, re.sub(r"\{t\+1\}", "", text)), f"{key}: {text}"


@pytest.mark.parametrize(
    "text", ["{name}이(가)", "{value}(으)로", "`{got}`을 돌려줌", "{name}라는", "{shape}여야", "{seed:d}로"]
)
def test_a_hanging_particle_is_found(text):
    assert re.search(PARTICLE, text)


@pytest.mark.parametrize(
    "text", ["{name}의", "{steps:,}스텝", "{name} 환경은", "지금 값: {value}", "{name}에는"]
)
def test_a_particle_of_one_form_is_let_through(text):
    assert not re.search(PARTICLE, text)


def test_both_languages_have_the_same_texts_with_the_same_places():
    korean, english = catalogue("ko"), catalogue("en")
    assert korean.keys() == english.keys()
    for key in english:
        assert places(korean[key]) == places(english[key]), key


def test_korean_is_korean():
    # Without Hangul it is a formula or code, or was forgotten: then English words follow each other.
    for key, text in catalogue("ko").items():
        prose = re.sub("`.*?`", "", text)
        assert re.search("[가-힣]", text) or not re.search("([A-Za-z]{2,} ){2}[a-z]", prose), f"{key}: {text}"


def test_use_language_switches_words_and_back():
    assert current_language() == "en"
    english = t("explorer.reset")
    use_language("ko")
    assert t("explorer.reset") != english
    use_language("en")
    assert t("explorer.reset") == english


@pytest.mark.parametrize("language", ["fr", "KO", None])
def test_an_unknown_language_is_refused_and_changes_nothing(language):
    use_language("ko")
    with pytest.raises(ValueError, match="language"):
        use_language(language)
    assert current_language() == "ko"


def test_an_unknown_key_names_itself():
    for language in LANGUAGES:
        use_language(language)
        with pytest.raises(KeyError, match=r"error\.no_such_text"):
            t("error.no_such_" + "text")
