"""Inside TRPO: the KL penalty's beta after an update, as the PPO paper adapts it."""

from ppo_edu.exercises.kinds import FunctionExercise


def next_beta(beta, kl, target):
    if kl < target / 1.5:
        return beta / 2
    if kl > target * 1.5:
        return beta * 2
    return beta


def cases():
    # Above, below and inside the band on either side of the target, and close to each of its edges.
    trials = [
        (1.0, 0.030, 0.01),
        (3.0, 0.012, 0.01),
        (4.0, 0.0090, 0.01),
        (1.0, 0.0060, 0.01),
        (8.0, 0.016, 0.01),
        (2.0, 0.0145, 0.01),
        (0.5, 0.0070, 0.01),
        (0.25, 0.0, 0.003),
        (16.0, 0.040, 0.03),
        (5.0, 0.30, 0.03),
    ]
    return [{"beta": beta, "kl": kl, "target": target} for beta, kl, target in trials]


def drawn(rng):
    """Return betas and targets of every size, with a KL from a hundredth to a hundred times the target."""
    sizes = 10 ** rng.uniform(-2, 2, size=(40, 2))
    return [
        {"beta": float(beta), "kl": float(target * factor / 100), "target": float(target / 100)}
        for (beta, factor), target in zip(sizes, 10 ** rng.uniform(-1, 1, size=40), strict=True)
    ]


def banded(low, high, down=2.0, up=2.0):
    """Return the rule that divides beta below ``low * target``, and multiplies it above ``high * target``."""

    def rule(beta, kl, target):
        return beta / down if kl < low * target else beta * up if kl > high * target else beta

    return rule


def mistakes():
    return [
        ("no_band", banded(1, 1)),
        ("swapped", banded(1 / 1.5, 1.5, 0.5, 0.5)),
        ("swapped", banded(1, 1, 0.5, 0.5)),
        ("factor_of_the_band", banded(1 / 1.5, 1.5, 1.5, 1.5)),
        ("band_of_two", banded(1 / 2, 2)),
        ("lower_edge", banded(1 / 2, 1.5)),
        ("never_down", banded(0, 1.5)),
        ("never_up", banded(1 / 1.5, float("inf"))),
        ("never_moves", lambda beta, kl, target: beta),
        ("factor_alone", lambda beta, kl, target: banded(1 / 1.5, 1.5)(1.0, kl, target)),
        ("in_proportion", lambda beta, kl, target: beta * kl / target),
        ("absolute_band", lambda beta, kl, target: banded(1 / 1.5, 1.5)(beta, kl, 1.0)),
    ]


EXERCISE = FunctionExercise(solution=next_beta, cases=cases, drawn=drawn, mistakes=mistakes)
