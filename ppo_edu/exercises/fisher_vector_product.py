"""Lesson 01: the Fisher matrix times a vector, without the matrix."""

import torch

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


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

    return [{"kl": kl, "parameters": logits, "vector": vector(1.0, -2.0, 0.5, 3.0), "damping": 0.1},
            {"kl": kl, "parameters": logits, "vector": vector(0.0, 1.0, 0.0, -0.5), "damping": 0.02}]


def mistakes():
    def gradient(kl, parameters):
        return torch.autograd.grad(kl(parameters), parameters, create_graph=True)[0]

    def curved(kl, x, v):
        return fisher_vector_product(kl, x, v, 0.0)

    def matrix(kl, x):
        return torch.autograd.functional.hessian(kl, x)

    return [
        (t("fisher_vector_product.no_damping"), lambda kl, x, v, c: curved(kl, x, v)),
        (t("fisher_vector_product.first_derivative"), lambda kl, x, v, c: gradient(kl, x)),
        (t("fisher_vector_product.first_derivative"), lambda kl, x, v, c: gradient(kl, x) + c * v),
        (t("fisher_vector_product.number"), lambda kl, x, v, c: gradient(kl, x) @ v),
        (t("fisher_vector_product.number"), lambda kl, x, v, c: v @ curved(kl, x, v) + c * v @ v),
        (t("fisher_vector_product.number"), lambda kl, x, v, c: v @ curved(kl, x, v)),
        (t("fisher_vector_product.half"), lambda kl, x, v, c: 0.5 * curved(kl, x, v) + c * v),
        (t("fisher_vector_product.wrong_sign"), lambda kl, x, v, c: -curved(kl, x, v) + c * v),
        (t("fisher_vector_product.damping_subtracted"), lambda kl, x, v, c: curved(kl, x, v) - c * v),
        (t("fisher_vector_product.damping_alone"), lambda kl, x, v, c: curved(kl, x, v) + c),
        (t("fisher_vector_product.damping_factor"), lambda kl, x, v, c: c * curved(kl, x, v)),
        (t("fisher_vector_product.damping_factor"), lambda kl, x, v, c: (1 + c) * curved(kl, x, v)),
        (t("fisher_vector_product.diagonal"), lambda kl, x, v, c: matrix(kl, x).diagonal() * v + c * v),
        (t("fisher_vector_product.matrix"), lambda kl, x, v, c: matrix(kl, x) + c * torch.eye(len(x))),
        (t("fisher_vector_product.solves"),
         lambda kl, x, v, c: torch.linalg.solve(matrix(kl, x) + c * torch.eye(len(x)), v)),
    ]


def hints():
    return (t("fisher_vector_product.hint_1"), t("fisher_vector_product.hint_2"),
            t("fisher_vector_product.hint_3"))


EXERCISE = FunctionExercise(solution=fisher_vector_product, cases=cases, mistakes=mistakes, hints=hints)
