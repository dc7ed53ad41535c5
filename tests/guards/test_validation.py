"""What is no number, no mask, no shape: every formula says so, and takes every kind of number there is."""

import array
import decimal
import fractions
import itertools

import numpy as np
import pytest
import torch
from refusals import NO_NUMBERS, refusal

import ppo_edu
from ppo_edu import objective
from ppo_edu.corridor import Corridor, rewards_to_go
from ppo_edu.guards.validation import check_choice, check_number
from ppo_edu.language_models import group_advantages, masked_mean
from ppo_edu.study import statistics

A = np.array([0.5, 0.25, 0.125, 0.75])
NEVER, BOTH = np.zeros(4, bool), np.ones((2, 2), bool)
# Each function, good arguments for it, and which of these are arrays.
FORMULAS = {
    "ratio": (objective.probability_ratio, {"log_prob": A, "old_log_prob": A[::-1].copy()}, 2),
    "clipped": (objective.clipped_surrogate, {"ratio": A, "advantage": A, "epsilon": 0.2}, 2),
    "without_min": (objective.clipped_without_min, {"ratio": A, "advantage": A, "epsilon": 0.2}, 2),
    "unclipped": (objective.unclipped_surrogate, {"ratio": A, "advantage": A}, 2),
    "clip_fraction": (objective.clip_fraction, {"ratio": A, "epsilon": 0.2}, 1),
    "no_gradient": (objective.no_gradient_fraction, {"ratio": A, "advantage": A, "epsilon": 0.2}, 2),
    "approx_kl": (objective.approx_kl, {"log_prob": A, "old_log_prob": A[::-1].copy()}, 2),
    "categorical_kl": (objective.categorical_kl, {"log_probs": A, "new_log_probs": A[::-1].copy()}, 2),
    "gaussian_kl": (objective.gaussian_kl, {"mean": A, "std": A, "new_mean": A, "new_std": A}, 4),
    "group": (group_advantages, {"rewards": A, "group": 2}, 1),
    "masked_mean": (lambda terms: masked_mean(terms, BOTH), {"terms": A.reshape(2, 2)}, 1),
    "gae": (
        ppo_edu.gae,
        {"rewards": A, "values": A, "next_values": A, "terminated": NEVER, "truncated": NEVER}
        | {"gamma": 0.5, "lam": 0.5},
        3,
    ),
    "rewards_to_go": (rewards_to_go, {"rewards": A}, 1),
    "corridor": (Corridor().gradient, {"theta": A[:2]}, 1),
    "iqm": (statistics.interquartile_mean, {"scores": A}, 1),
}
ONLY_NUMPY = ("gae", "rewards_to_go", "corridor", "iqm")


def kinds(values):
    """Yield `values` in every kind that numbers come in, with the tolerance of its precision."""
    twice = np.zeros((2 * len(values), *values.shape[1:]))
    twice[::2] = values
    yield from ((values.astype(kind), 4e-3 if kind == "f2" else 1e-6) for kind in ("f2", "f4", "f8", ">f8"))
    yield from ((found, 1e-12) for found in (values.tolist(), twice[::2], np.asfortranarray(values)))
    yield np.vectorize(fractions.Fraction, otypes=[object])(values), 1e-12
    yield np.vectorize(decimal.Decimal, otypes=[object])(values), 1e-12
    if values.ndim == 1:
        yield array.array("d", values), 1e-12
    tensor = torch.from_numpy(values.copy())
    yield from ((tensor.to(kind), 4e-3) for kind in (torch.float16, torch.float32, torch.float64))
    yield tensor.bfloat16(), 4e-2


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_takes_every_kind_of_number(name):
    function, given, arrays = FORMULAS[name]
    wanted = np.asarray(function(**given))
    for each in itertools.islice(given, arrays):
        for value, tolerance in kinds(given[each]):
            others = given
            if isinstance(value, torch.Tensor) and name not in ONLY_NUMPY:
                others = {
                    key: torch.from_numpy(other) if place < arrays else other
                    for place, (key, other) in enumerate(given.items())
                }
            found = function(**{**others, each: value})
            found = found.double().numpy() if isinstance(found, torch.Tensor) else np.asarray(found)
            np.testing.assert_allclose(
                found.astype(float), wanted, rtol=tolerance, atol=tolerance, err_msg=f"{each} {value!r}"
            )


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_says_what_is_no_number(name):
    function, given, arrays = FORMULAS[name]
    for each in itertools.islice(given, arrays):
        for value in NO_NUMBERS.values():
            assert each in refusal(lambda each=each, value=value: function(**{**given, each: value}))


@pytest.mark.parametrize("name", ONLY_NUMPY)
def test_a_tensor_with_gradient_is_not_taken_for_its_numbers(name):
    function, given, _ = FORMULAS[name]
    each = next(iter(given))
    tensor = torch.from_numpy(given[each]).requires_grad_()
    assert "detach" in refusal(lambda: function(**{**given, each: tensor}))


NUMBERS = (
    np.float16(0.25),
    np.float32(0.25),
    np.float64(0.25),
    np.longdouble(0.25),
    np.int8(1),
    np.uint64(1),
)


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", torch.float32])
def test_numpys_numbers_leave_the_precision_of_arrays_as_it_is(kind):
    x = torch.ones(4) if isinstance(kind, torch.dtype) else np.ones(4, kind)
    for number in NUMBERS:
        plain = float(number)
        for function in (
            lambda number: ppo_edu.clipped_surrogate(x, x, number),
            lambda number: ppo_edu.clipped_surrogate(x, x, 0.5, number),
            *(
                ()
                if isinstance(kind, torch.dtype)
                else (
                    lambda number: ppo_edu.gae(x, x, x, NEVER, NEVER, number, 0.5),
                    lambda number: ppo_edu.gae(x, x, x, NEVER, NEVER, 0.5, number),
                    lambda number: rewards_to_go(x, number),
                )
            ),
        ):
            found, wanted = function(number), function(plain)
            assert found.dtype == wanted.dtype == x.dtype and (found == wanted).all()


def test_the_largest_epsilon_fits_into_half_precision():
    for x in (np.ones(2, "f2"), torch.ones(2, dtype=torch.float16), torch.ones(2, dtype=torch.bfloat16)):
        assert ppo_edu.clipped_surrogate(x, x, 1e6).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("empty", [np.ones(0), np.ones((0, 3)), torch.ones(0), []], ids=str)
def test_nothing_has_no_divergence_and_no_fraction_outside(empty):
    assert "log_prob" in refusal(lambda: ppo_edu.approx_kl(empty, empty))
    assert ppo_edu.clip_fraction(empty, 0.2) == 0.0
    assert len(objective.gaussian_kl(empty, empty, empty, empty)) == 0


@pytest.mark.parametrize("value", [0.5, "a", None, 2, [[1, 0], [0, 1]], np.ones((4, 1)), np.ones(3)], ids=str)
@pytest.mark.parametrize("name", ["terminated", "truncated"])
def test_what_is_no_mask_is_named(name, value):
    function, given, _ = FORMULAS["gae"]
    assert name in refusal(lambda: function(**{**given, name: value}))


@pytest.mark.parametrize("valid", [None, "x", [1, 1, 1], [[True, True]], [[0, 0], [1, 1]], BOTH * 2], ids=str)
@pytest.mark.parametrize("library", [np.asarray, torch.tensor])
def test_a_mask_of_tokens_that_is_none_is_named(library, valid):
    assert "valid" in refusal(lambda: masked_mean(library([[1.0, 2.0], [3.0, 4.0]]), valid))


def test_a_number_becomes_pythons():
    for number in NUMBERS:
        assert type(check_number("x", number)) in (int, float) and check_number("x", number) == number
    assert type(check_number("x", type("Odd", (float,), {})(0.5))) is float


def test_a_choice_is_the_one_that_it_equals():
    assert type(check_choice("x", np.str_("a"), ("a", "b"))) is str
    assert check_choice("x", 1, (False, True)) is True
    for value in (np.array(["a", "b"]), torch.ones(2), None, object()):
        assert "x" in refusal(lambda value=value: check_choice("x", value, ("a", "b")))
