"""JupyterHub for a class on one machine: see README.md beside this file.

    PPO_EDU_TRY=1 jupyterhub -f deploy/jupyterhub_config.py

is a try on this machine alone: any name logs in, without a password, and all servers are your own account's.
Without PPO_EDU_TRY the machine's accounts log in, each with a server of its own; start it as root then,
behind a web server that speaks TLS.
"""

import os
import tempfile
from pathlib import Path

c = get_config()  # noqa: F821
load_subconfig(str(Path(__file__).with_name("course.py")))  # noqa: F821

c.JupyterHub.bind_url = "http://127.0.0.1:8000"
if os.environ.get("PPO_EDU_TRY") == "1":
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
    c.SimpleLocalProcessSpawner.home_dir_template = tempfile.gettempdir() + "/ppo_edu_class/{username}"
else:
    c.JupyterHub.authenticator_class = "pam"
    # Every account of the machine; for some only, `allowed_users` in the place of this.
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"

# A lower limit turns learners away when all log in at once, at the beginning of a lesson.
c.JupyterHub.concurrent_spawn_limit = 0
