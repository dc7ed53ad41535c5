"""One legend for the whole course: which colour and which name each thing has, in every picture."""

from ppo_edu.drawing.style import AMBER, BLUE, BROWN, GREEN, ORANGE, PURPLE, SKY
from ppo_edu.language import t

_COLOURS = {
    "ppo": BLUE,
    "ppo_10_epochs": SKY,
    "trpo": BROWN,
    "clip_and_min": BLUE,
    "clip_only": ORANGE,
    "no_clip": GREEN,
    "no_gradient": ORANGE,
    "clip_fraction": AMBER,
    "kl": PURPLE,
}


def colour_of(thing):
    """Return the colour of `thing`, a key of this table, as matplotlib takes it."""
    return _COLOURS[thing]


def name_of(thing):
    """Return the words for `thing` in the language in use."""
    return {
        "ppo": "PPO",
        "trpo": "TRPO",
        "ppo_10_epochs": t("thing.ppo_10_epochs"),
        "clip_and_min": t("thing.clip_and_min"),
        "clip_only": t("thing.clip_only"),
        "no_clip": t("thing.no_clip"),
        "no_gradient": t("thing.no_gradient"),
        "clip_fraction": t("thing.clip_fraction"),
        "kl": t("thing.kl"),
        "approx_kl": t("thing.approx_kl"),
        "kl_coefficient": t("thing.kl_coefficient"),
        "entropy": t("thing.entropy"),
        "kl_reference": t("lm_workbench.kl_reference"),
        "length": t("lm_workbench.length"),
        "value_loss": t("thing.value_loss"),
        "explained_variance": t("thing.explained_variance"),
        "surrogate_gain": t("thing.surrogate_gain"),
        "step_fraction": t("thing.step_fraction"),
    }[thing]


def things():
    """Return the keys that have a colour."""
    return tuple(_COLOURS)
