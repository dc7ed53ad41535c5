"""What a learner hands in: one class that does everything, or its parts in a list, in order."""

import functools
import inspect

import torch

from ppo_edu.exercises import calling
from ppo_edu.exercises.kinds import Complaint, _takes
from ppo_edu.exercises.whole_program.model import Model
from ppo_edu.language import t

OBSERVATIONS, ACTIONS = 4, 2  # CartPole's, for which most of the checks ask
SEED = 0


class Parts:
    """The parts of a program, by the names that a class would give them.

    Parameters
    ----------
    answer
        A class or a function that makes a network, or a list that begins with it.
    names : tuple of str
        Which parts are asked for after the network. In a list of functions they stand in this order; a class
        has them as methods of these names.
    """

    def __init__(self, answer, names=()):
        given = list(answer) if isinstance(answer, (list, tuple)) else [answer]
        for part in given:
            if not callable(part):
                raise Complaint(t("whole_program.not_callable", type=calling.type_name(part)))
        if not given:
            raise Complaint(t("whole_program.empty"))
        self.make, *functions = given
        # From the end: whoever has a class and one function hands in the class and that function.
        missing = [name for name in names if not callable(getattr(self.make, name, None))]
        missing = list(names)[-len(functions) :] if len(functions) > len(missing) else missing
        # What a function makes may have the rest as its methods: that is seen once it is made.
        if functions and len(functions) != len(missing):
            raise Complaint(t("whole_program.parts", names=", ".join(("network", *names)), found=len(given)))
        self._functions = dict(zip(missing, functions, strict=bool(functions)))

    def __contains__(self, name):
        return name in self._functions or callable(getattr(self.make, name, None))

    def function(self, name, model):
        """Return a part as a function that already has the model."""
        if name in self._functions:
            return functools.partial(self._functions[name], model.made)
        found = getattr(model.made, name, None)
        if not callable(found):
            raise Complaint(t("whole_program.no_part", name=name))
        return found

    def source_of(self, name):
        """Return the function itself, whose lines an error is told by."""
        return self._functions.get(name) or getattr(self.make, name, self.make)

    def model(self, observations=OBSERVATIONS, actions=ACTIONS):
        """Return a new `Model`, always with the same weights."""
        torch.manual_seed(SEED)
        if not _takes(self.make, observations, actions):
            found = _parameters(self.make)
            raise Complaint(t("whole_program.sizes", found=found))
        made = self.make(observations, actions)
        for name in ("pi", "v"):
            if not callable(getattr(made, name, None)):
                raise Complaint(t("whole_program.no_method", name=name, type=calling.type_name(made)))
        return Model(made)

    def train(self, model, transitions):
        """Let the learner's ``train_net`` learn from a list of transitions."""
        train = self.function("train_net", model)
        if _takes(train, transitions):
            return train(transitions)
        if not _takes(train):
            raise Complaint(
                t("whole_program.train_net_takes", found=_parameters(self.source_of("train_net")))
            )
        put = getattr(model.made, "put_data", None)
        if put is None and not isinstance(getattr(model.made, "data", None), list):
            raise Complaint(t("whole_program.no_put_data"))
        for transition in transitions:
            (put or model.made.data.append)(transition)
        return train()


def _parameters(function):
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):
        return "(?)"
