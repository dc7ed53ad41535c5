"""README and CONTRIBUTING tell the truth: paths are there, tables are the lists', commands run."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import ppo_edu
from ppo_edu.language.lessons import lessons

ROOT = Path(ppo_edu.__file__).parents[1]
READMES = {"en": "README.md", "ko": "README.ko.md"}
DOCUMENTS = (*READMES.values(), "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md")
# What is read as a path stands in backticks or is linked to. "SLUG" and "NAME" stand for a name.
IN_BACKTICKS = re.compile(r"`([\w.-]+/[\w./-]*|\w+\.(?:py|toml|md|lock|yml))`")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)")
PLACES = ("", "notebooks", "ppo_edu", "ppo_edu/language", "ppo_edu/exercises", "benchmarks")


def words_of(document):
    return (ROOT / document).read_text(encoding="utf-8")


def paths_in(text):
    named = {*IN_BACKTICKS.findall(text), *(path for path, _ in LINKED.findall(text))}
    made_later = (".venv/", "build/")
    return {path for path in named if not re.search("SLUG|NAME", path) and not path.startswith(made_later)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_is_there(document):
    named = paths_in(words_of(document))
    assert named
    folder = (ROOT / document).parent
    missing = [
        path
        for path in named
        if not any((ROOT / place / path).exists() for place in PLACES) and not (folder / path).exists()
    ]
    assert not missing, f"{document} names {missing}"


def test_a_path_that_is_not_there_would_be_noticed():
    assert paths_in(
        "`ppo_edu/locale/en.toml`, [x](images/none.png), `notebooks/source/SLUG.py`, `figures.py`"
    ) == {
        "ppo_edu/locale/en.toml",
        "images/none.png",
        "figures.py",
    }


@pytest.mark.parametrize("language", READMES)
def test_a_readme_lists_the_lessons_as_they_are(language):
    rows = [
        f"| {entry.number} | [{entry.title[language]}](notebooks/{language}/{entry.name}.ipynb) "
        f"| {entry.question[language]} | {entry.minutes} |"
        for entry in lessons().values()
    ]
    found = [line for line in words_of(READMES[language]).splitlines() if f"](notebooks/{language}/" in line]
    wanted = "\n".join(rows)
    listed = [line for line in found if line.startswith("|")]
    assert listed == rows, f"the table of {READMES[language]} should be:\n{wanted}"


CODE = [
    str(path.relative_to(ROOT))
    for folder in ("ppo_edu", "tools", "benchmarks", "deploy")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name not in ("references.py", "__main__.py")  # these speak of the numbers themselves
]


def test_no_lesson_is_called_by_a_number_that_can_change():
    for document in (*READMES.values(), "CONTRIBUTING.md", *CODE):
        assert not _numbers(document), document


def _numbers(document):
    text = "\n".join(line for line in words_of(document).splitlines() if not line.startswith("| 0"))
    quoted = text.replace('"lesson 03"', "").replace('"레슨 03"', "")
    return re.findall(r"(?i)\blessons? \d\d|레슨 \d\d|LESSON=\d+", quoted)


@pytest.mark.parametrize("document", READMES.values())
def test_the_reading_order_is_that_of_contributing(document):
    table = re.findall(
        r"^\| (\d) \| `(\w+\.py)` \|", words_of("CONTRIBUTING.md").split("\n# ")[0], re.MULTILINE
    )
    paragraph = words_of(document).split("`ppo_edu/objective.py`")[1].split("`run.py`")[0]
    named = ["objective.py", *re.findall(r"`(\w+\.py)`", paragraph), "run.py"]
    assert named == [file for _, file in table]


def test_both_readmes_show_the_same_commands():
    blocks = [
        re.findall(r"```(?:python)?\n(.*?)```", words_of(document), re.DOTALL)
        for document in READMES.values()
    ]
    english, korean = ([re.sub("<.*?>", "", block) for block in found] for found in blocks)
    assert english == korean


def test_the_code_in_the_readmes_names_what_there_is():
    for block in re.findall(r"```python\n(.*?)```", words_of("README.md"), re.DOTALL):
        for node in ast.walk(ast.parse(block)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "ppo_edu"
            ):
                assert hasattr(ppo_edu, node.attr)


@pytest.mark.parametrize("document", [*READMES.values(), "CONTRIBUTING.md"])
def test_every_make_target_is_one(document):
    targets = set(re.findall(r"^([a-z][\w-]*):", words_of("Makefile"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", words_of(document)))
    assert named <= targets and "test-fast" in named


def test_version_and_licence_are_said_alike():
    project = tomllib.loads(words_of("pyproject.toml"))["project"]
    cited = yaml.safe_load(words_of("CITATION.cff"))
    assert project["version"] == ppo_edu.__version__ == cited["version"]
    assert project["license"] == cited["license"]
    newest = re.search(r"^## (\S+)", words_of("CHANGELOG.md"), re.MULTILINE)[1]
    assert newest in ("Unreleased", project["version"])
