"""torch's settings belong to the session: here they are laid aside for a while, and put back."""

import contextlib
import os
import sys
import threading

_DEVICE_TYPES = ("cpu", "cuda", "mps", "xpu")
_changing = threading.Lock()
_inside: int = 0
_session: list = []  # (how to set it, what it was) for each setting laid aside


@contextlib.contextmanager
def neutral_torch():
    """Return a context in which torch is as it is after its import, whatever the session has set.

    Gradients on, no inference mode, no autocast, new tensors float32 on the CPU, computed as precisely as
    float32 can be. Afterwards all is as it was. Contexts of several threads may overlap: what they share,
    such as the default dtype, comes back with the last.
    Where torch is not loaded, nothing is done, and it is not loaded.
    """
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "autocast"):  # still being loaded by another thread
        yield
        return
    with neutral_in_this_thread(), _neutral_in_all(torch):
        yield


@contextlib.contextmanager
def neutral_in_this_thread():
    """Return a context as `neutral_torch`, but for what threads share: for those that might never leave."""
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


def _shared(torch):
    """Return (what it is, how to set it, what it is after torch's import) for what all threads share."""
    cuda = torch.backends.cuda  # these say how attention is computed on the CPU, too
    return [
        (torch.get_default_dtype, torch.set_default_dtype, torch.float32),
        (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "highest"),
        (torch._C._get_mkldnn_enabled, torch._C._set_mkldnn_enabled, True),
        (cuda.flash_sdp_enabled, cuda.enable_flash_sdp, True),
        (cuda.mem_efficient_sdp_enabled, cuda.enable_mem_efficient_sdp, True),
        (cuda.math_sdp_enabled, cuda.enable_math_sdp, True),
    ]


@contextlib.contextmanager
def _neutral_in_all(torch):
    # It is the whole process's: a context that ends must not take it from one that goes on.
    global _inside
    with _changing:
        if _inside == 0:
            for now, change, neutral in _shared(torch):
                if now() != neutral:
                    _session.append((change, now()))
                    change(neutral)
        _inside += 1
    try:
        yield
    finally:
        with _changing:
            _inside -= 1
            while _inside == 0 and _session:
                change, before = _session.pop()
                change(before)


def _after_fork():
    # Another thread may have held it, and is not there any more.
    global _changing
    _changing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
