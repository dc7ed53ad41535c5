"""What each learner's server is told, whatever hub starts it: see README.md beside this file."""

import os
import sys

c = get_config()  # noqa: F821

# This brings everything: the learner's own copy, the start page, kernels over ipc, prompt sliders.
c.Spawner.cmd = [sys.executable, "-m", "ppo_edu"]
c.Spawner.default_url = "/ppo_edu/"
# Thirty at once on two cores: the last server is ready after some 50 seconds.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
# A lesson that was forgotten gives its memory back after forty minutes; its variables are lost then. Without
# the last line, an open tab would count as use.
c.Spawner.args = [
    "--MappingKernelManager.cull_idle_timeout=2400",
    "--MappingKernelManager.cull_interval=120",
    "--MappingKernelManager.cull_connected=True",
]
c.Spawner.environment = {
    "OMP_NUM_THREADS": "1",
    # Each value of a slider would come back to the browser that sent it, for others that show the same
    # notebook: a learner has one.
    "JUPYTER_WIDGETS_ECHO": "0",
    # In the learner's home, which the server knows and the hub may not.
    "PPO_EDU_LESSONS": "~/ppo_lessons",
}
if os.environ.get("PPO_EDU_CLASS"):
    # Only with the class's knowledge: each check says then what the overview sees.
    c.Spawner.environment["PPO_EDU_CLASS"] = os.environ["PPO_EDU_CLASS"]
    c.Spawner.environment["PPO_EDU_LEARNER"] = lambda spawner: spawner.user.name
