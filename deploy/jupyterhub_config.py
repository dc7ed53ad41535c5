"""JupyterHub for a class on one machine: see README.md beside this file.

    PPO_EDU_TRY=1 jupyterhub -f deploy/jupyterhub_config.py

is a try on this machine alone: any name logs in, without a password, and all servers are your own account's.
Without PPO_EDU_TRY the machine's accounts log in, each with a server of its own; start it as root then,
behind a web server that speaks TLS.
"""

import os
import sys
import tempfile
from pathlib import Path

c = get_config()  # noqa: F821

c.JupyterHub.bind_url = "http://127.0.0.1:8000"
if os.environ.get("PPO_EDU_TRY") == "1":
    c.JupyterHub.authenticator_class = "dummy"
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "simple"
else:
    c.JupyterHub.authenticator_class = "pam"
    # Every account of the machine; for some only, `allowed_users` in the place of this.
    c.Authenticator.allow_all = True
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"

# A lower limit turns learners away when all log in at once, at the beginning of a lesson.
c.JupyterHub.concurrent_spawn_limit = 0
# Thirty at once on two cores: the last server is ready after some 50 seconds.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180

# This brings everything: the learner's own copy, the start page, kernels over ipc, prompt sliders.
c.Spawner.cmd = [sys.executable, "-m", "ppo_edu"]
c.Spawner.default_url = "/ppo_edu/"
# A lesson that was forgotten gives its memory back after forty minutes; its variables are lost then. Without
# the last line, an open tab would count as use.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=2400",
    "--MappingKernelManager.cull_interval=120",
    "--MappingKernelManager.cull_connected=True",
]
c.Spawner.environment = {
    "OMP_NUM_THREADS": "1",
    "PPO_EDU_LESSONS": lambda spawner: str(_home(spawner) / "ppo_edu"),
}
if os.environ.get("PPO_EDU_CLASS"):
    # Only with the class's knowledge: each check says then what the overview sees.
    c.Spawner.environment["PPO_EDU_CLASS"] = os.environ["PPO_EDU_CLASS"]
    c.Spawner.environment["PPO_EDU_LEARNER"] = lambda spawner: spawner.user.name


def _home(spawner):
    if os.environ.get("PPO_EDU_TRY") == "1":
        return Path(tempfile.gettempdir()) / "ppo_edu_class" / spawner.user.name
    return Path(f"~{spawner.user.name}").expanduser()
