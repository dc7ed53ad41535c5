"""torch's settings belong to the session: here they are laid aside for a while, and put back."""

import contextlib
import os
import sys
import threading

_DEVICE_TYPES = ("cpu", "cuda", "mps", "xpu")
_changing = threading.Lock()
_inside, _session_dtype = 0, None


@contextlib.contextmanager
def neutral_torch():
    """Return a context in which torch is as it is after its import, whatever the session has set.

    Gradients on, no inference mode, no autocast, new tensors float32 on the CPU. Afterwards all is as it was.
    Contexts of several threads may overlap: the default dtype, which they share, comes back with the last.
    Where torch is not loaded, nothing is done, and it is not loaded.
    """
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "autocast"):  # still being loaded by another thread
        yield
        return
    with neutral_in_this_thread(), _float32(torch):
        yield


@contextlib.contextmanager
def neutral_in_this_thread():
    """Return a context as `neutral_torch`, but for the default dtype: for threads that might never leave."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "autocast"):
        yield
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for kind in _DEVICE_TYPES:
            if torch.is_autocast_enabled(kind):
                stack.enter_context(torch.autocast(kind, enabled=False))
        # A device set as context costs a little at every call of torch: only where there is need.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield


@contextlib.contextmanager
def _float32(torch):
    # The default dtype is the whole process's: a context that ends must not take it from one that goes on.
    global _inside, _session_dtype
    with _changing:
        if _inside == 0:
            _session_dtype = torch.get_default_dtype()
            torch.set_default_dtype(torch.float32)
        _inside += 1
    try:
        yield
    finally:
        with _changing:
            _inside -= 1
            if _inside == 0:
                torch.set_default_dtype(_session_dtype)


def _after_fork():
    # Another thread may have held it, and is not there any more.
    global _changing
    _changing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
