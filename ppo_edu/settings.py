"""What every algorithm can be told: how data are collected, scored and normalised, and how networks look."""

from dataclasses import dataclass
from typing import ClassVar

from ppo_edu.guards.validation import (
    check_choice,
    check_count,
    check_counts,
    check_number,
    check_switch,
    keep_checked,
)

# Weights and factors beyond this would overflow in float32, which training computes in.
LARGEST = 1e6


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings that all algorithms share; each algorithm's own class adds to them.

    Parameters
    ----------
    num_envs : int in [1, 65536], default 128
        N, environments side by side.
    horizon : int in [1, 1000000], default 32
        T, steps in each environment before an update: a rollout holds up to T * N transitions.
    gamma : float in [0, 1], default 0.99
        Discount per step.
    lam : float in [0, 1], default 0.95
        GAE's lambda: 0 trusts the critic, 1 the rewards that came (GAE paper, eq. 16).
    bootstrap_truncated : bool, default True
        Whether a time limit's cut leaves V of the final state in the target (Pardo et al. 2018,
        https://arxiv.org/abs/1712.00378). False treats a cut as a true end, as much code does.
    normalise_advantages : {"off", "batch"}, default "batch"
        Whether advantages are brought to mean 0 and standard deviation 1.
    reward_scale : float in (0, 1e6], default 1.0
        Factor on every reward that the update sees; reported returns stay as they are.
    normalise_rewards : bool, default True
        Divides rewards by the running standard deviation of the discounted return (Engstrom et al. 2020).
    normalise_observations : bool, default False
        Shifts and scales observations by their running mean and standard deviation, clipped at 10.
    hidden_sizes : tuple of int in [1, 4096], default (32, 32)
        Width of each hidden tanh layer, at most 16 of them (PPO paper: 64, 64).
    shared_trunk : bool, default False
        Whether actor and critic share their hidden layers (37 details, no. 13: separate ones do better).
    orthogonal_init : bool, default True
        Orthogonal initial weights, small in the policy head (37 details, no. 2).
    initial_log_std : float in [-20, 10], default 0.0
        Start of the Gaussian policy's log standard deviation; continuous actions only.
    clip_actions : bool, default True
        Whether continuous actions are clipped on their way to the environment; the update always uses them
        as they were drawn.

    Raises
    ------
    TypeError, ValueError
        Naming the field, its value and what is allowed.
    """

    NORMALISATIONS: ClassVar[tuple[str, ...]] = ("off", "batch")

    num_envs: int = 128
    horizon: int = 32
    gamma: float = 0.99
    lam: float = 0.95
    bootstrap_truncated: bool = True
    normalise_advantages: str = "batch"
    reward_scale: float = 1.0
    normalise_rewards: bool = True
    normalise_observations: bool = False
    hidden_sizes: tuple[int, ...] = (32, 32)
    shared_trunk: bool = False
    orthogonal_init: bool = True
    initial_log_std: float = 0.0
    clip_actions: bool = True

    def __post_init__(self) -> None:
        keep_checked(self, check_count, "num_envs", at_most=65_536)
        keep_checked(self, check_count, "horizon", at_most=1_000_000)
        keep_checked(self, check_number, "gamma", "lam", at_least=0, at_most=1)
        keep_checked(self, check_number, "reward_scale", above=0, at_most=LARGEST)
        keep_checked(self, check_number, "initial_log_std", at_least=-20, at_most=10)
        keep_checked(self, check_choice, "normalise_advantages", choices=self.NORMALISATIONS)
        keep_checked(self, check_switch, "bootstrap_truncated", "normalise_rewards", "normalise_observations")
        keep_checked(self, check_switch, "shared_trunk", "orthogonal_init", "clip_actions")
        keep_checked(self, check_counts, "hidden_sizes", at_most=4096, longest=16)
