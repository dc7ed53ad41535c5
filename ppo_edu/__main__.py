"""Opens the lessons in JupyterLab: ``python -m ppo_edu``, and after it any option of JupyterLab."""

import os
import sys
from pathlib import Path

from jupyterlab.labapp import LabApp

LESSONS = Path(__file__).parents[1] / "notebooks"
SETTINGS = Path(__file__).with_name("jupyter")


def main(arguments):
    if not any(Path(argument).is_dir() for argument in arguments):
        if not LESSONS.is_dir():
            sys.exit(
                f"No lessons at {LESSONS}: install ppo_edu in its clone, with pip install -e .\n"
                f"{LESSONS}에 수업이 없습니다. 내려받은 저장소 안에서 pip install -e . 로 설치하세요."
            )
        arguments = [*arguments, str(LESSONS)]
    # Where Jupyter looks for settings first; options given here still override them.
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    # Jupyter has no option for where custom.css is.
    web = {"static_custom_path": [str(SETTINGS / "custom")]}
    LabApp.launch_instance([f"--ServerApp.tornado_settings={web}", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
