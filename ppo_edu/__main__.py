"""Opens the learner's own copy of the lessons in JupyterLab.

    python -m ppo_edu                   fill the copy if it is not filled yet, and open it
    python -m ppo_edu --fresh 03        give a lesson afresh; the old one is kept beside it
    python -m ppo_edu FOLDER            open this folder and no copy

Any other option is JupyterLab's.
"""

import argparse
import importlib.util
import itertools
import os
import sys
from pathlib import Path

from ppo_edu.guards.console import lenient_streams
from ppo_edu.jupyter.own_copy import COURSE, OwnCopy, default_folder, find_lesson
from ppo_edu.language import LANGUAGES, speaking, system_language, t
from ppo_edu.language.lessons import lessons

SETTINGS = Path(__file__).with_name("jupyter")
START_PAGE = "/ppo_edu/"


def main(arguments):
    lenient_streams()  # a console may lack letters that a folder's name has
    with speaking(system_language()):
        parser = argparse.ArgumentParser(
            prog="python -m ppo_edu", description=t("copy.description"), allow_abbrev=False
        )
        parser.add_argument("--fresh", metavar="LESSON", help=t("copy.help"))
        parser.add_argument("--language", choices=LANGUAGES, help=t("copy.help_language"))
        options, rest = parser.parse_known_args(arguments)
        if options.fresh:
            fresh(options.fresh, options.language)
            return
        if importlib.util.find_spec("jupyterlab") is None:
            sys.exit(t("copy.no_lab"))
        if not any(Path(argument).is_dir() for argument in rest):
            if not any(argument.startswith("--LabApp.default_url") for argument in rest):
                rest.append(f"--LabApp.default_url={START_PAGE}")
            rest.append(str(filled().folder))
    if is_for_others(rest):
        print(t("copy.shared"), file=sys.stderr)
    launch(rest)


def is_for_others(arguments):
    """Return whether the server would listen to other machines, as one for a whole class would."""
    told = itertools.pairwise([*arguments, ""])
    values = [
        after if option == "--ip" else option.partition("=")[2] for option, after in told if _names_ip(option)
    ]
    inside = all(value in ("localhost", "::1") or value.startswith("127.") for value in values)
    return not inside and not os.environ.get("JUPYTERHUB_API_TOKEN")


def _names_ip(option):
    return option == "--ip" or option.startswith(("--ip=", "--ServerApp.ip="))


def filled():
    """Return the learner's own copy, with all that is new in the course."""
    if not COURSE.is_dir():
        sys.exit(t("copy.no_lessons", folder=COURSE))
    folder = default_folder()
    try:
        copy = OwnCopy(folder)
        copy.fill()
    except (OSError, ValueError) as error:
        sys.exit(t("copy.not_filled", folder=folder, reason=error))
    print(t("copy.opened", folder=folder))
    if newer := [copied.path for copied in copy.lessons() if copied.newer]:
        print(t("copy.newer", lessons=", ".join(newer)))
    return copy


def fresh(words, language=None):
    """Give the lesson that `words` name afresh and say what was done."""
    copy = filled()
    try:
        found = find_lesson(words)
    except ValueError as error:
        sys.exit(str(error))
    for slug, spoken in found:
        if language not in (None, spoken):
            continue
        path = f"{spoken}/{lessons()[slug].name}.ipynb"
        try:
            kept = copy.fresh(slug, spoken)
        except FileExistsError:
            print(t("copy.is_fresh", path=path))
        else:
            print(t("copy.kept", path=path, old=kept) if kept else t("copy.fresh", path=path))


def launch(arguments):
    """Start JupyterLab with the course's settings, which options override; for a JupyterHub, if that asks."""
    from ppo_edu.jupyter import quick_start  # noqa: F401

    # Where Jupyter looks for settings first; options given here still override them.
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH")]
    if system_language() == "ko":  # menus in Korean, for who has chosen no other language in JupyterLab
        paths.insert(0, str(SETTINGS / "korean"))
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    if os.environ.get("JUPYTERHUB_API_TOKEN"):
        from jupyterhub.singleuser import main as launch_for_the_hub

        sys.argv[1:] = arguments
        launch_for_the_hub()
    else:
        from jupyterlab.labapp import LabApp

        LabApp.launch_instance(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
