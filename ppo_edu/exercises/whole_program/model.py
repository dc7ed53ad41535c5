"""A learner's network, asked for numbers in whatever form it gives them, and searched for its weights."""

import functools
import inspect
import types

import torch
from torch import nn

MOST_OBJECTS = 10_000


class Model:
    """What a learner's class or function made: has ``pi`` and ``v``, and is left as it is.

    Parameters
    ----------
    made : object
        ``pi(s)`` gives probabilities or a distribution, ``v(s)`` values of the shape (B,) or (B, 1).
    """

    def __init__(self, made):
        self.made = made

    def pi(self, s, dim=-1):
        """Return what ``pi`` gives; a parameter such as the notes' ``softmax_dim`` gets `dim`."""
        name = self.dim_parameter()
        return self.made.pi(s) if name is None else self.made.pi(s, **{name: dim})

    def dim_parameter(self):
        """Return the name of a parameter of ``pi`` that takes a dimension, or None."""
        try:
            names = list(inspect.signature(self.made.pi).parameters)[1:]
        except (TypeError, ValueError):
            return None
        return next((name for name in names if "dim" in name), None)

    def probabilities(self, s):
        """Return pi(.|s), a tensor."""
        got = self.pi(s)
        return got.probs if hasattr(got, "probs") else got

    def log_prob(self, s, a, dim=-1):
        """Return log pi(a|s), (B,)."""
        got = self.pi(s, dim)
        if hasattr(got, "log_prob"):
            return got.log_prob(a)
        return got.gather(-1, a[:, None])[:, 0].log()

    def value(self, s):
        """Return V(s), (B,)."""
        return self.made.v(s).reshape(-1)

    def weights(self):
        """Return the tensors that learn, each once."""
        own = list(self.made.parameters()) if isinstance(self.made, nn.Module) else []
        known = {id(weight) for weight in own}
        return [*own, *(weight for weight in found_in(self.made) if id(weight) not in known)]

    def vector(self):
        """Return a copy of all weights in one vector."""
        return torch.cat([weight.detach().reshape(-1) for weight in self.weights()]).double().clone()


def found_in(thing):
    """Return the tensors that learn within `thing`: in attributes, containers, closures, and global names."""
    left, seen, found = [thing], set(), []
    while left and len(seen) < MOST_OBJECTS:
        one = left.pop(0)
        if id(one) in seen or isinstance(one, (type, types.ModuleType, torch.optim.Optimizer, str, bytes)):
            continue
        seen.add(id(one))
        if isinstance(one, torch.Tensor):
            if one.requires_grad and one.is_leaf:
                found.append(one)
        elif isinstance(one, nn.Module):
            left += [*one.parameters(), *vars(one).values()]
        elif isinstance(one, dict):
            left += list(one.values())
        elif isinstance(one, (list, tuple, set)):
            left += list(one)
        elif isinstance(one, functools.partial):
            left += [one.func, one.args, one.keywords]
        elif isinstance(one, types.MethodType):
            left += [one.__self__, one.__func__]
        elif isinstance(one, types.FunctionType):
            left += [cell.cell_contents for cell in one.__closure__ or () if _is_filled(cell)]
            named = (one.__globals__.get(name) for name in one.__code__.co_names)
            left += [value for value in named if isinstance(value, (nn.Module, torch.Tensor))]
        elif hasattr(one, "__dict__"):
            left += list(vars(one).values())
    return found


def _is_filled(cell):
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
