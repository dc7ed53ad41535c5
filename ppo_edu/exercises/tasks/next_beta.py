"""Inside TRPO: the KL penalty's beta after an update, as the PPO paper adapts it."""

from ppo_edu.exercises.kinds import FunctionExercise
from ppo_edu.language import t


def next_beta(beta, kl, target):
    if kl < target / 1.5:
        return beta / 2
    if kl > target * 1.5:
        return beta * 2
    return beta


def cases():
    # Above, below and inside the band on either side of the target, and close to each of its edges.
    trials = [(1.0, 0.030, 0.01), (3.0, 0.012, 0.01), (4.0, 0.0090, 0.01), (1.0, 0.0060, 0.01),
              (8.0, 0.016, 0.01), (2.0, 0.0145, 0.01), (0.5, 0.0070, 0.01), (0.25, 0.0, 0.003),
              (16.0, 0.040, 0.03), (5.0, 0.30, 0.03)]  # fmt: skip
    return [{"beta": beta, "kl": kl, "target": target} for beta, kl, target in trials]


def banded(low, high, down=2.0, up=2.0):
    """Return the rule that divides beta below ``low * target``, and multiplies it above ``high * target``."""

    def rule(beta, kl, target):
        return beta / down if kl < low * target else beta * up if kl > high * target else beta

    return rule


def mistakes():
    return [
        (t("next_beta.no_band"), banded(1, 1)),
        (t("next_beta.swapped"), banded(1 / 1.5, 1.5, 0.5, 0.5)),
        (t("next_beta.swapped"), banded(1, 1, 0.5, 0.5)),
        (t("next_beta.factor_of_the_band"), banded(1 / 1.5, 1.5, 1.5, 1.5)),
        (t("next_beta.band_of_two"), banded(1 / 2, 2)),
        (t("next_beta.lower_edge"), banded(1 / 2, 1.5)),
        (t("next_beta.never_down"), banded(0, 1.5)),
        (t("next_beta.never_up"), banded(1 / 1.5, float("inf"))),
        (t("next_beta.never_moves"), lambda beta, kl, target: beta),
        (t("next_beta.factor_alone"), lambda beta, kl, target: banded(1 / 1.5, 1.5)(1.0, kl, target)),
        (t("next_beta.in_proportion"), lambda beta, kl, target: beta * kl / target),
        (t("next_beta.absolute_band"), lambda beta, kl, target: banded(1 / 1.5, 1.5)(beta, kl, 1.0)),
    ]


def hints():
    return (t("next_beta.hint_1"), t("next_beta.hint_2"), t("next_beta.hint_3"))


EXERCISE = FunctionExercise(solution=next_beta, cases=cases, mistakes=mistakes, hints=hints)
