"""What Binder makes of this repository, as far as repo2docker tells without Docker: nothing is built.

python -m pip install jupyter-repo2docker
python .ci/binder.py
"""

import os
from pathlib import Path

from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import CondaBuildPack

os.chdir(Path(__file__).parents[1])
app = Repo2Docker()
packs = (kind(base_image=app.base_image) for kind in app.buildpacks)
pack = next(pack for pack in packs if pack.detect())
pack.platform = "linux/amd64"
lines = pack.render().splitlines()
[copied] = [number for number, line in enumerate(lines) if line.startswith("COPY") and " src/ " in line]
[made] = [number for number, line in enumerate(lines) if "env update" in line and "environment.yml" in line]

found = {
    "environment.yml is what it installs": type(pack) is CondaBuildPack,
    "with its Python": pack.python_version == "3.11",
    "once the course is there, which it installs in place": copied < made,
    "and the server starts with the course's settings": 'ENV R2D_ENTRYPOINT="${REPO_DIR}/start"' in lines,
}
for what, right in found.items():
    print("✓" if right else "✗", what)
raise SystemExit(not all(found.values()))
