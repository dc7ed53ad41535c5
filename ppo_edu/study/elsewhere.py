"""What PPO's settings are called elsewhere: `ppo_edu.PPOConfig` beside three libraries, defaults and traps.

A test holds the Stable-Baselines3 column against the installed library.

References
----------
Stable-Baselines3 2.9, ``PPO.__init__``. CleanRL 1, ``ppo.py``. TRL before 1.0, ``PPOConfig``: TRL 1.16 has
GRPO and RLOO and no PPO any more.
"""

from dataclasses import dataclass

from ppo_edu.language import t
from ppo_edu.ppo import PPOConfig


@dataclass(frozen=True)
class Setting:
    """One setting of `PPOConfig`, and (name, default) of the same elsewhere; None where there is none."""

    ours: str
    stable_baselines3: tuple | None
    cleanrl: tuple | None
    trl: tuple | None
    trap: str = ""


SETTINGS = (
    Setting("num_envs", None, ("num_envs", 4), None, "num_envs"),
    Setting("horizon", ("n_steps", 2048), ("num_steps", 128), ("response_length", 53), "horizon"),
    Setting(
        "minibatch_size", ("batch_size", 64), ("num_minibatches", 4), ("num_mini_batches", 1), "minibatch"
    ),
    Setting("epochs", ("n_epochs", 10), ("update_epochs", 4), ("num_ppo_epochs", 4)),
    Setting(
        "learning_rate", ("learning_rate", 3e-4), ("learning_rate", 2.5e-4), ("learning_rate", 5e-5), "rate"
    ),
    Setting("gamma", ("gamma", 0.99), ("gamma", 0.99), ("gamma", 1.0)),
    Setting("lam", ("gae_lambda", 0.95), ("gae_lambda", 0.95), ("lam", 0.95)),
    Setting("epsilon", ("clip_range", 0.2), ("clip_coef", 0.2), ("cliprange", 0.2)),
    Setting("clip_values", ("clip_range_vf", None), ("clip_vloss", True), ("cliprange_value", 0.2), "values"),
    Setting("normalise_advantages", ("normalize_advantage", True), ("norm_adv", True), None, "advantages"),
    Setting("entropy_coefficient", ("ent_coef", 0.0), ("ent_coef", 0.01), None, "entropy"),
    Setting("value_coefficient", ("vf_coef", 0.5), ("vf_coef", 0.5), ("vf_coef", 0.1), "value_loss"),
    Setting("max_grad_norm", ("max_grad_norm", 0.5), ("max_grad_norm", 0.5), ("max_grad_norm", 1.0)),
    Setting("target_kl", ("target_kl", None), ("target_kl", None), None, "target_kl"),
    Setting("kl_coefficient", None, None, ("kl_coef", 0.05), "reference"),
    Setting("bootstrap_truncated", None, None, None, "truncation"),
)
LIBRARIES = {"Stable-Baselines3": "stable_baselines3", "CleanRL": "cleanrl", "TRL": "trl"}


def as_markdown():
    """Return the table in the reader's language, as Markdown."""
    head = ["`PPOConfig`", *LIBRARIES, t("elsewhere.trap")]
    rows = [head, ["---"] * len(head)]
    for setting in SETTINGS:
        theirs = [getattr(setting, column) for column in LIBRARIES.values()]
        rows.append(
            [
                _told((setting.ours, getattr(PPOConfig(), setting.ours))),
                *map(_told, theirs),
                _trap(setting.trap),
            ]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _told(setting):
    return "" if setting is None else f"`{setting[0]}` = {setting[1]}"


def _trap(trap):
    return {
        "": "",
        "num_envs": t("elsewhere.num_envs"),
        "horizon": t("elsewhere.horizon"),
        "minibatch": t("elsewhere.minibatch"),
        "rate": t("elsewhere.rate"),
        "values": t("elsewhere.values"),
        "advantages": t("elsewhere.advantages"),
        "entropy": t("elsewhere.entropy"),
        "value_loss": t("elsewhere.value_loss"),
        "target_kl": t("elsewhere.target_kl"),
        "reference": t("elsewhere.reference"),
        "truncation": t("elsewhere.truncation"),
    }[trap]
