"""The Fisher matrix times a vector, without the matrix."""

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from ppo_edu.exercises.kinds import Complaint, FunctionExercise, names_used
from ppo_edu.language import t

MANY_TIMES = 30  # the work of one product; a matrix takes one for each of its rows


def fisher_vector_product(kl, parameters, vector, damping):
    (gradient,) = torch.autograd.grad(kl(parameters), parameters, create_graph=True)
    (product,) = torch.autograd.grad(gradient @ vector, parameters)
    return product + damping * vector


def cases():
    logits = torch.tensor([0.5, -0.3, 1.1, 0.0], dtype=torch.float64, requires_grad=True)
    old = logits.detach().log_softmax(0)

    def kl(parameters):
        return (old.exp() * (old - parameters.log_softmax(0))).sum()

    def vector(*numbers):
        return torch.tensor(numbers, dtype=torch.float64)

    return [
        {"kl": kl, "parameters": logits, "vector": vector(1.0, -2.0, 0.5, 3.0), "damping": 0.1},
        {"kl": kl, "parameters": logits, "vector": vector(0.0, 1.0, 0.0, -0.5), "damping": 0.02},
    ]


def drawn(rng):
    """Return a Gaussian and two networks over a batch of states, with vectors of all sizes."""
    made = [
        _gaussian(rng, damping=0.001),
        _network(rng, (3, 2, 3), damping=0.0),
        _network(rng, (4, 5, 2), damping=2.0),
    ]
    for case, size in zip(made, (0.01, 1.0, 100.0), strict=True):
        case["vector"] *= size
    return made


def _gaussian(rng, damping):
    # Parameters: three means and the logarithms of three standard deviations.
    parameters = _leaf(rng.standard_normal(6))
    old_mean, old_log_std = parameters.detach().split(3)

    def kl(parameters):
        mean, log_std = parameters.split(3)
        spread = (2 * old_log_std).exp() + (old_mean - mean) ** 2
        return (log_std - old_log_std + spread / (2 * (2 * log_std).exp()) - 0.5).sum()

    return _case(rng, kl, parameters, damping)


def _network(rng, widths, damping, states=8):
    inputs, hidden, actions = widths
    seen = torch.tensor(rng.standard_normal((states, inputs)))

    def log_policy(parameters):
        first, second = parameters.split([inputs * hidden, hidden * actions])
        return (torch.tanh(seen @ first.view(inputs, hidden)) @ second.view(hidden, actions)).log_softmax(-1)

    parameters = _leaf(rng.standard_normal(inputs * hidden + hidden * actions))
    old = log_policy(parameters).detach()

    def kl(parameters):
        return (old.exp() * (old - log_policy(parameters))).sum(-1).mean()

    return _case(rng, kl, parameters, damping)


def _leaf(numbers):
    return torch.tensor(numbers, requires_grad=True)


def _case(rng, kl, parameters, damping):
    vector = torch.tensor(rng.standard_normal(len(parameters)))
    return {"kl": kl, "parameters": parameters, "vector": vector, "damping": damping}


class _Watch(TorchDispatchMode):
    """Counts what torch computes meanwhile, and remembers the size of the largest result."""

    operations = largest = 0

    def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
        result = function(*arguments, **(keywords or {}))
        self.operations += 1
        if isinstance(result, torch.Tensor):
            self.largest = max(self.largest, result.numel())
        return result


def _large_case():
    # Large enough to tell, and small enough that a matrix fits into memory and time.
    return _network(np.random.default_rng(1), (4, 12, 3), damping=0.1)


def _watched(function):
    with _Watch() as watch:
        function(*_large_case().values())
    return watch


def afterwards(function):
    """Raise a `Complaint` if the whole matrix is made, in one piece or row by row."""
    least, used = _watched(fisher_vector_product), _watched(function)
    entries = len(_large_case()["parameters"])
    if used.largest >= entries**2 or used.operations > MANY_TIMES * least.operations:
        raise Complaint(t("fisher_vector_product.whole_matrix", parameters=entries))


def mistakes():
    def gradient(kl, parameters):
        return torch.autograd.grad(kl(parameters), parameters, create_graph=True)[0]

    def curved(kl, x, v):
        return fisher_vector_product(kl, x, v, 0.0)

    def matrix(kl, x):
        return torch.autograd.functional.hessian(kl, x)

    def eye(x):
        return torch.eye(len(x), dtype=x.dtype)

    def of_the_softmax(x):
        p = x.softmax(0).detach()
        return p.diag() - p.outer(p)

    right = fisher_vector_product
    return [
        ("no_damping", lambda kl, x, v, c: curved(kl, x, v)),
        ("first_derivative", lambda kl, x, v, c: gradient(kl, x)),
        ("first_derivative", lambda kl, x, v, c: gradient(kl, x) + c * v),
        ("number", lambda kl, x, v, c: gradient(kl, x) @ v),
        ("number", lambda kl, x, v, c: v @ curved(kl, x, v) + c * v @ v),
        ("number", lambda kl, x, v, c: v @ curved(kl, x, v)),
        ("half", lambda kl, x, v, c: 0.5 * curved(kl, x, v) + c * v),
        ("wrong_sign", lambda kl, x, v, c: -curved(kl, x, v) + c * v),
        ("damping_subtracted", lambda kl, x, v, c: curved(kl, x, v) - c * v),
        ("damping_alone", lambda kl, x, v, c: curved(kl, x, v) + c),
        ("damping_factor", lambda kl, x, v, c: c * curved(kl, x, v)),
        ("damping_factor", lambda kl, x, v, c: (1 + c) * curved(kl, x, v)),
        ("diagonal", lambda kl, x, v, c: matrix(kl, x).diagonal() * v + c * v),
        ("matrix", lambda kl, x, v, c: matrix(kl, x) + c * eye(x)),
        ("solves", lambda kl, x, v, c: torch.linalg.solve(matrix(kl, x) + c * eye(x), v)),
        ("double", lambda kl, x, v, c: 2 * curved(kl, x, v) + c * v),
        ("twice", lambda kl, x, v, c: curved(kl, x, curved(kl, x, v)) + c * v),
        ("damping_squared", lambda kl, x, v, c: curved(kl, x, v) + c**2 * v),
        ("damping_on_parameters", lambda kl, x, v, c: curved(kl, x, v) + c * x.detach()),
        (("exercise.fixed_number", {"parameter": "damping"}), lambda kl, x, v, c: right(kl, x, v, 0.1)),
        (("exercise.fixed_number", {"parameter": "damping"}), lambda kl, x, v, c: right(kl, x, v, 0.01)),
        (("exercise.fixed_number", {"parameter": "damping"}), lambda kl, x, v, c: right(kl, x, v, 1e-5)),
        ("other_policy", lambda kl, x, v, c: of_the_softmax(x) @ v + c * v),
        ("other_policy", lambda kl, x, v, c: x.softmax(0).detach() * v + c * v),
        ("first_derivative", lambda kl, x, v, c: gradient(kl, x) * (gradient(kl, x) @ v) + c * v),
        ("identity", lambda kl, x, v, c: (1 + c) * v),
        ("exercise.normalised", lambda kl, x, v, c: right(kl, x, v / v.norm(), c)),
        ("exercise.normalised", lambda kl, x, v, c: right(kl, x, v, c) / right(kl, x, v, c).norm()),
    ]


def expected(kl, parameters, vector, damping):
    return torch.autograd.functional.vhp(kl, parameters, vector)[1] + damping * vector


def beforehand(answer):
    """Load what watching and forward differentiation load at their first use, not in the learner's time.

    An import that is broken off when that time is up would leave torch broken until the kernel restarts.
    """
    _watched(fisher_vector_product)
    if names_used(answer) & {"func", "jvp", "jacfwd", "hessian", "linearize"}:
        kl, parameters, vector, _ = cases()[0].values()
        torch.func.jvp(torch.func.grad(kl), (parameters.detach(),), (vector,))


EXERCISE = FunctionExercise(
    solution=fisher_vector_product,
    expected=expected,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    beforehand=beforehand,
    afterwards=afterwards,
)
