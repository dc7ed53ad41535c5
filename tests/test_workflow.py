"""The workflows on GitHub, the issue form and the citation: each is what its schema asks for."""

import json
import re
from pathlib import Path

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github/workflows/test.yml"
JOBS = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
SCHEMAS = {
    **dict.fromkeys(sorted(WORKFLOW.parent.glob("*.yml")), "vendor.github-workflows"),
    ROOT / ".github/ISSUE_TEMPLATE/lesson.yml": "vendor.github-issue-forms",
    ROOT / "CITATION.cff": "vendor.citation-file-format",
}


def problems(path, schema):
    """Return what a schema that check-jsonschema brings along says against a file, "" if nothing."""
    done = CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, str(path)])
    return "" if done.exit_code == 0 else done.output


def commands(job):
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_it_keeps_to_its_schema(path):
    assert problems(path, SCHEMAS[path]) == ""


def test_a_misspelt_key_is_noticed(tmp_path):
    broken = tmp_path / "test.yml"
    broken.write_text(WORKFLOW.read_text(encoding="utf-8").replace("runs-on:", "run-on:"), encoding="utf-8")
    assert "run-on" in problems(broken, SCHEMAS[WORKFLOW])


def test_every_expression_names_what_there_is():
    text = WORKFLOW.read_text(encoding="utf-8")
    for expression in re.findall(r"\$\{\{ *(.*?) *\}\}", text):
        context, _, name = expression.partition(".")
        if context == "matrix":
            assert all(name in job["strategy"]["matrix"] for job in JOBS.values() if expression in str(job))
        else:
            assert expression in ("github.workflow", "github.ref")


def test_windows_runs_the_commands_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.search(r"\*\*Windows\*\*.*?```\n(.*?)```", readme, re.DOTALL)[1].splitlines()
    # The last one opens the lessons and stays: --show-config tells what it would open, and ends.
    assert commands("windows")[:3] == [*told[:-1], f"{told[-1]} --show-config"]


def test_linux_runs_what_we_run():
    assert commands("linux") == [".ci/run"]


def test_what_the_devcontainer_runs_is_tried_with_its_python():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert commands("devcontainer")[0] == container["postCreateCommand"]
    [setup] = [
        step["with"] for step in JOBS["devcontainer"]["steps"] if "setup-python" in step.get("uses", "")
    ]
    assert container["image"].endswith(f"python:{setup['python-version']}")


def test_whole_lessons_and_macos_use_targets_that_there_are():
    assert commands("lessons") == ["make test-lessons"]
    targets = re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    used = [
        command.split()[1]
        for job in ("lessons", "macos")
        for command in commands(job)
        if command.startswith("make ")
    ]
    assert len(used) > 2 and set(used) <= set(targets)


def test_the_oldest_and_the_newest_python_are_tried():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    promised = re.findall(r"Python :: (3\.\d+)", project)
    for job in ("windows", "macos"):
        assert JOBS[job]["strategy"]["matrix"]["python"] == [promised[0], promised[-1]]
    [setup] = [step for step in JOBS["linux"]["steps"] if "setup-python" in step.get("uses", "")]
    assert sorted(setup["with"]["python-version"].split()) == promised
    assert f'requires-python = ">={promised[0]}"' in project
