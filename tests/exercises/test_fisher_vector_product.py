"""The Fisher matrix times a vector, and never the matrix."""

import subprocess
import sys

import torch

import ppo_edu
from exercises.answers import Answers, Called, keyword_only, partial
from ppo_edu import exercises, trpo
from ppo_edu.exercises import calling


def product_by_differences(kl, parameters, vector, damping):
    def gradient(x):
        return torch.autograd.grad(kl(x), x)[0]

    near, far = ((parameters + step * vector).detach().requires_grad_() for step in (-1e-5, 1e-5))
    return (gradient(far) - gradient(near)) / 2e-5 + damping * vector


def twice(kl, parameters, vector, damping):
    gradient = torch.autograd.grad(kl(parameters), parameters, create_graph=True)[0]
    return torch.autograd.grad(gradient, parameters, grad_outputs=vector)[0] + damping * vector


def forward_over_reverse(kl, parameters, vector, damping):
    return torch.func.jvp(torch.func.grad(kl), (parameters,), (vector,))[1] + damping * vector


def reverse_over_reverse(kl, parameters, vector, damping):
    return torch.func.grad(lambda x: torch.func.grad(kl)(x) @ vector)(parameters) + damping * vector


def by_backward(kl, parameters, vector, damping):
    x = parameters.detach().clone().requires_grad_()
    (torch.autograd.grad(kl(x), x, create_graph=True)[0] * vector).sum().backward()
    return x.grad + damping * vector


# Mistakes


def gradient_of_kl(kl, parameters, graph=False):
    return torch.autograd.grad(kl(parameters), parameters, create_graph=graph)[0]


def whole(kl, parameters, damping):
    rows = torch.eye(len(parameters), dtype=torch.float64)
    return torch.stack([curved(kl, parameters, row) + damping * row for row in rows])


def curved(kl, parameters, vector):
    return torch.autograd.functional.hvp(kl, parameters, vector)[1]


def product_by_the_whole_matrix(kl, parameters, vector, damping):
    matrix = torch.autograd.functional.hessian(kl, parameters)
    return (matrix + damping * torch.eye(len(vector))) @ vector


def by_the_softmax(kl, x, v, damping):
    p = x.detach().softmax(0)
    return p * v - p * (p @ v) + damping * v


RIGHT = {
    "differences": product_by_differences,
    "grad_outputs": twice,
    "jvp": forward_over_reverse,
    "grad of grad": reverse_over_reverse,
    "backward": by_backward,
    "hvp": lambda kl, x, v, damping: torch.autograd.functional.hvp(kl, x, v)[1] + damping * v,
    "vhp": lambda kl, x, v, damping: torch.autograd.functional.vhp(kl, x, v)[1] + damping * v,
    "list": lambda *inputs: twice(*inputs).tolist(),
    "float32 at the end": lambda *inputs: twice(*inputs).float(),
    "keyword-only": keyword_only(twice, "kl", "parameters", "vector", "damping"),
    "partial": partial(twice),
    "object": Called(twice),
}

WRONG = [
    ("no_damping", lambda kl, x, v, damping: curved(kl, x, v)),
    ("first_derivative", lambda kl, x, v, damping: gradient_of_kl(kl, x)),
    ("first_derivative", lambda kl, x, v, damping: gradient_of_kl(kl, x) * v + damping * v),
    ("number", lambda kl, x, v, damping: gradient_of_kl(kl, x, graph=True).dot(v)),
    ("half", lambda kl, x, v, damping: curved(kl, x, v) / 2 + damping * v),
    ("wrong_sign", lambda kl, x, v, damping: damping * v - curved(kl, x, v)),
    ("damping_subtracted", lambda kl, x, v, damping: curved(kl, x, v) - damping * v),
    ("damping_alone", lambda kl, x, v, damping: curved(kl, x, v) + damping),
    ("damping_factor", lambda kl, x, v, damping: curved(kl, x, v) * damping),
    ("diagonal", lambda kl, x, v, damping: whole(kl, x, damping).diagonal() * v),
    ("matrix", lambda kl, x, v, damping: whole(kl, x, damping)),
    (
        "solves",
        lambda kl, x, v, damping: (
            torch.linalg.inv(torch.autograd.functional.hessian(kl, x) + damping * torch.eye(len(x))) @ v
        ),
    ),
    ("whole_matrix", product_by_the_whole_matrix),
    ("whole_matrix", lambda kl, x, v, damping: whole(kl, x, damping) @ v),
    ("whole_matrix", lambda kl, x, v, damping: torch.func.hessian(kl)(x) @ v + damping * v),
    (
        "whole_matrix",
        lambda kl, x, v, damping: (
            torch.autograd.functional.jacobian(
                lambda y: torch.autograd.grad(kl(y), y, create_graph=True)[0], x, vectorize=True
            )
            @ v
            + damping * v
        ),
    ),
    ("double", lambda kl, x, v, damping: curved(kl, x, v) * 2 + damping * v),
    ("twice", lambda kl, x, v, damping: curved(kl, x, curved(kl, x, v)) + damping * v),
    ("damping_squared", lambda kl, x, v, damping: curved(kl, x, v) + damping * damping * v),
    ("damping_on_parameters", lambda kl, x, v, damping: curved(kl, x, v) + damping * x),
    ("exercise.fixed_number", lambda kl, x, v, damping: curved(kl, x, v) + 0.1 * v),
    ("other_policy", by_the_softmax),
    ("identity", lambda kl, x, v, damping: v + damping * v),
    ("exercise.normalised", lambda kl, x, v, damping: curved(kl, x, v / v.norm()) + damping * v / v.norm()),
]


class TestFisherVectorProduct(Answers):
    name, right, wrong = "fisher_vector_product", RIGHT, WRONG


def test_the_trust_region_solutions_agree_with_the_functions_that_train():
    policy = ppo_edu.ActorCritic(3, 2, hidden_sizes=(4,), generator=torch.Generator().manual_seed(0))
    observations = torch.randn(20, 3, generator=torch.Generator().manual_seed(1))
    start = trpo.flat(trpo.actor_parameters(policy)).detach().requires_grad_()
    names = [name for name, _ in policy.named_parameters() if name.startswith("actor")]
    shapes = [policy.get_parameter(name).shape for name in names]
    old = torch.log_softmax(policy.pi(observations).logits.detach(), dim=-1)

    def kl(parameters):
        parts = parameters.split([shape.numel() for shape in shapes])
        named = {name: part.reshape(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}
        hidden = torch.tanh(observations @ named["actor_trunk.0.weight"].T + named["actor_trunk.0.bias"])
        new = torch.log_softmax(hidden @ named["actor_head.weight"].T + named["actor_head.bias"], dim=-1)
        return (old.exp() * (old - new)).sum(dim=-1).mean()

    vector = torch.randn(len(start), generator=torch.Generator().manual_seed(2))
    fisher = trpo.fisher_vector_product(policy, observations, damping=0.1)
    found = exercises.exercise_called("fisher_vector_product").solution(kl, start, vector, 0.1)
    torch.testing.assert_close(found, fisher(vector), rtol=1e-3, atol=1e-6)
    step = exercises.exercise_called("largest_step").solution(vector.numpy(), fisher(vector).numpy(), 0.01)
    torch.testing.assert_close(torch.as_tensor(step), trpo.step_to_boundary(vector, fisher, 0.01))


def test_a_gradient_that_cannot_be_differentiated_again_is_told():
    def once(kl, parameters, vector, damping):
        return torch.autograd.grad(gradient_of_kl(kl, parameters) @ vector, parameters)[0] + damping * vector

    assert ppo_edu.t("exercise.no_history") in ppo_edu.check("fisher_vector_product", once).message


def test_what_torch_loads_at_its_first_use_is_not_the_learner_s_time():
    program = (
        "import torch, ppo_edu\n"
        "from ppo_edu.exercises import calling\n"
        "calling.SECONDS = 1.5\n"
        "def product(kl, parameters, vector, damping):\n"
        "    return torch.func.jvp(torch.func.grad(kl), (parameters,), (vector,))[1] + damping * vector\n"
        "print(ppo_edu.check('fisher_vector_product', product))\n"
    )
    assert calling.SECONDS > 1.5
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "Correct."
