"""A half-trained policy, and where steps from it led: recorded by ``tools/record/trust_region.py``."""

from pathlib import Path

import numpy as np

from ppo_edu.guards.validation import check_choice
from ppo_edu.recorded import table

# The PPO paper's settings, more or less: small steps, many of them.
PPO_SETTINGS = {
    "num_envs": 8,
    "horizon": 128,
    "epochs": 10,
    "minibatch_size": 64,
    "learning_rate": 3e-4,
    "anneal_learning_rate": False,
    "hidden_sizes": (64, 64),
    "normalise_rewards": False,
}
RECORDED_DELTA = 0.01
TRPO_SETTINGS = {"delta": RECORDED_DELTA, "damping": 0.1, "cg_iterations": 10, "normalise_rewards": False}
BATCH_SEED = 7
# CartPole's cart position, velocity, pole angle (rad, right is positive) and angular velocity.
STATES = np.array(
    [[0, 0, 0.05, 0.6], [0, 0, -0.05, -0.6], [0, 0, 0.05, -0.6], [0, 0, 0, 0], [2, 0.5, 0, 0]],
    dtype=np.float32,
)


def half_trained():
    """Return a CartPole `TrainingRun` that stopped half-way: where the walk and the plane begin."""
    from ppo_edu.run import TrainingRun

    return TrainingRun.load(Path(__file__).with_name("half_trained.npz"))


def recorded(name):
    """Return one table of recorded arrays, as a dict.

    Parameters
    ----------
    name : {"cliff", "walks", "plane", "updates", "race"}
        "cliff": `ppo_edu.study.landings.walk` from `half_trained` along the policy gradient, where "probs"
        (K, S) is the probability of pushing right in each of `STATES`.
        "walks": W more such walks, each with a batch of its own: "lengths" (K,), and "return",
        "return_error", "surrogate_gain" and "kl" (W, K).
        "plane": the plane through the policy before an update (the origin), after one of TRPO (on the y axis)
        and after one of PPO. "xs" (X,), "ys" (Y,), "kl" and "surrogate_gain" (Y, X) as from
        `ppo_edu.study.landings.plane`; "coarse_xs", "coarse_ys" and "returns", the mean return on a coarser
        grid; "trpo" (1, 2), where TRPO landed, and "ppo" (S, 2), where PPO stood after each gradient step;
        "fisher" (2, 2) and "gradient" (2,), the KL's curvature and the surrogate's slope at the origin, in
        the plane.
        "updates": `ppo_edu.study.cost.update_bills`. "race": `ppo_edu.study.cost.run_race` with ten seeds.
    """
    files = {
        "cliff": "trust_region",
        "walks": "gradient_walks",
        "plane": "trust_region",
        "updates": "trpo_bill",
        "race": "trpo_bill",
    }
    return table(files[check_choice("name", name, tuple(files))], name)
