"""What the lessons need of a Jupyter server, as an extension: ``python -m ppo_edu`` starts one that has it.

So does any server that finds this folder in JUPYTER_CONFIG_PATH.

A start page, files without widgets that nobody could show again, kernels without warnings, and messages of
theirs that reach the page at once.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.utils import url_path_join
from tornado import web

from ppo_edu.jupyter.own_copy import OwnCopy, find_lesson
from ppo_edu.jupyter.saving import keep_stills
from ppo_edu.jupyter.start_page import page

# Of a socket's address, its last byte a zero, on macOS (Linux allows 108); behind the folder stand
# "/kernel-", a UUID and "-ipc-1".
_SOCKET_BYTES = 104
_SOCKET_NAME_BYTES = 50


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's connection to a page, without Nagle's algorithm.

    That holds a small message back until the one before it is acknowledged, which the other side puts off for
    40 ms (Linux) to 200 ms (Windows). While a slider is dragged, every frame would wait for it.
    """

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()


def keep_kernels_quiet(manager):
    """Let kernels speak to the server so that nobody can listen, and need not warn of it at each start.

    They use sockets in a folder of the learner's, or on Windows, which has none, ports and encryption.
    Whoever has chosen otherwise is followed.
    """
    chosen = manager.config.KernelManager.get("transport")
    if sys.platform != "win32" and chosen in (None, "ipc"):
        manager.config.KernelManager.transport = "ipc"
        manager.connection_dir = folder_for_sockets(manager.connection_dir)
    # Servers that are too old for it have kernels that do not warn, either.
    elif getattr(manager, "transport_encryption", None) == "disabled":
        manager.transport_encryption = "auto"


def folder_for_sockets(usual):
    """Return `usual`, or if the addresses of sockets in it would be too long, a new folder of a short name.

    Nobody else can look into the new folder, and it is removed when this process ends.
    """
    if len(os.fsencode(usual)) + _SOCKET_NAME_BYTES < _SOCKET_BYTES:
        return usual
    short = tempfile.mkdtemp(prefix="ppo_edu", dir="/tmp")
    atexit.register(shutil.rmtree, short, ignore_errors=True)
    return short


class StartPage(JupyterHandler):
    """The first page: which lessons there are, what is done, and a way to each."""

    @web.authenticated
    def get(self):
        told = [self.get_argument(name, "") for name in ("path", "kept", "same")]
        self.finish(page(self._copy(), self.base_url, self.xsrf_form_html(), *told))

    @web.authenticated
    def post(self):
        """Give a lesson afresh."""
        (slug, language), *more = find_lesson(self.get_body_argument("lesson"))
        if more:
            raise web.HTTPError(400, "a lesson in one language is wanted, such as ko/03_ratio.ipynb")
        copied = {"path": self.get_body_argument("lesson")}
        try:
            copied["kept"] = self._copy().fresh(slug, language) or ""
        except FileExistsError:
            copied["same"] = "yes"
        self.redirect(f"{url_path_join(self.base_url, 'ppo_edu')}/?{urlencode(copied)}")

    def _copy(self):
        return OwnCopy(self.settings["serverapp"].root_dir)


def _jupyter_server_extension_points():
    return [{"module": "ppo_edu.jupyter.server"}]


def _link_jupyter_server_extension(app):
    # Jupyter has no option for where custom.css is.
    app.static_custom_path = [str(Path(__file__).with_name("custom")), *app.static_custom_path]


def _load_jupyter_server_extension(app):
    app.contents_manager.register_pre_save_hook(keep_stills)
    keep_kernels_quiet(app.kernel_manager)
    if (Path(app.root_dir) / ".ppo_edu.json").exists():
        app.web_app.settings["serverapp"] = app
        app.web_app.add_handlers(".*$", [(url_path_join(app.base_url, "ppo_edu/?"), StartPage)])
