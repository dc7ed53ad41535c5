"""How far to go along a direction until the trust region ends."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise


def largest_step(direction, fisher_direction, delta):
    return (2 * delta / (direction @ fisher_direction)) ** 0.5 * direction


def cases():
    x, fx = np.array([1.0, -2.0, 0.5]), np.array([0.6, -0.8, 1.2])
    y, fy = np.array([0.3, 0.1, 4.0]), np.array([2.0, -1.0, 0.5])
    return [
        {"direction": x, "fisher_direction": fx, "delta": 0.01},
        {"direction": y, "fisher_direction": fy, "delta": 0.2},
    ]


def drawn(rng):
    """Return directions of one entry to thousands, small and large, with F x of a matrix that may be one."""
    made = []
    for entries, size, delta in (
        (1, 1.0, 1.0),
        (2, 0.01, 0.001),
        (5, 30.0, 0.05),
        (60, 1.0, 1e-4),
        (2000, 5.0, 0.5),
    ):
        direction = size * rng.standard_normal(entries)
        sample = rng.standard_normal((8, entries)) / np.sqrt(entries)
        product = sample.T @ (sample @ direction) + rng.uniform(0.01, 0.2) * direction
        made.append({"direction": direction, "fisher_direction": product, "delta": delta})
    return made


def mistakes():
    right = largest_step
    return [
        ("no_two", lambda x, fx, delta: np.sqrt(delta / (x @ fx)) * x),
        ("half", lambda x, fx, delta: np.sqrt(delta / 2 / (x @ fx)) * x),
        ("two_outside", lambda x, fx, delta: 2 * np.sqrt(delta / (x @ fx)) * x),
        ("no_root", lambda x, fx, delta: 2 * delta / (x @ fx) * x),
        ("root_of_part", lambda x, fx, delta: np.sqrt(2 * delta) / (x @ fx) * x),
        ("root_of_part", lambda x, fx, delta: 2 * delta / np.sqrt(x @ fx) * x),
        ("root_of_part", lambda x, fx, delta: 2 * np.sqrt(delta) / (x @ fx) * x),
        ("upside_down", lambda x, fx, delta: np.sqrt(x @ fx / (2 * delta)) * x),
        ("length_for_kl", lambda x, fx, delta: np.sqrt(2 * delta / (x @ x)) * x),
        ("length_for_kl", lambda x, fx, delta: delta * x / np.sqrt(x @ x)),
        ("no_curvature", lambda x, fx, delta: np.sqrt(2 * delta) * x),
        ("no_delta", lambda x, fx, delta: np.sqrt(2 / (x @ fx)) * x),
        (("exercise.fixed_number", {"parameter": "delta"}), lambda x, fx, delta: right(x, fx, 0.01)),
        ("factor_alone", lambda x, fx, delta: np.sqrt(2 * delta / (x @ fx))),
        ("along_the_product", lambda x, fx, delta: np.sqrt(2 * delta / (x @ fx)) * fx),
        ("product_with_itself", lambda x, fx, delta: np.sqrt(2 * delta / (fx @ fx)) * x),
        (
            "lengths_for_product",
            lambda x, fx, delta: np.sqrt(2 * delta / (np.linalg.norm(x) * np.linalg.norm(fx))) * x,
        ),
        ("mean_for_sum", lambda x, fx, delta: np.sqrt(2 * delta / np.mean(x * fx)) * x),
        ("absolutes", lambda x, fx, delta: np.sqrt(2 * delta / np.abs(x * fx).sum()) * x),
        ("entrywise", lambda x, fx, delta: np.sqrt(2 * delta / np.abs(x * fx)) * x),
        ("wrong_sign", lambda x, fx, delta: -np.sqrt(2 * delta / (x @ fx)) * x),
        ("unit_direction", lambda x, fx, delta: right(x, fx, delta) / np.linalg.norm(x)),
        ("exercise.bounded", lambda x, fx, delta: min(np.sqrt(2 * delta / (x @ fx)), 1.0) * x),
        ("delta_as_factor", lambda x, fx, delta: delta * x),
    ]


EXERCISE = FunctionExercise(solution=largest_step, cases=cases, drawn=drawn, mistakes=mistakes)
