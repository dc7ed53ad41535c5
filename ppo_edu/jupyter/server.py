"""A Jupyter server whose kernels' messages reach the page at once: ``python -m ppo_edu`` starts it."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A kernel's connection to a page, without Nagle's algorithm.

    That holds a small message back until the one before it is acknowledged, which the other side puts off for
    40 ms (Linux) to 200 ms (Windows). While a slider is dragged, every frame would wait for it.
    """

    def connect(self):
        self.websocket_handler.set_nodelay(True)
        return super().connect()
