"""Record half_trained.npz and trust_region.npz: ``python tools/record/trust_region.py``.

It takes some five minutes. For the lessons on TRPO, a CartPole policy is trained half-way and kept. From
there, with one batch, go: a long walk along the policy gradient, one update of TRPO and one of PPO. The
plane through both is mapped, with the surrogate, the KL and the true return.

The layout of the files is told in `ppo_edu.recorded.steps`.
"""

import copy
import dataclasses
from pathlib import Path

import numpy as np
import torch

from ppo_edu import ppo, recorded, trpo
from ppo_edu.batch import make_batch
from ppo_edu.recorded.steps import BATCH_SEED, PPO_SETTINGS, STATES, TRPO_SETTINGS
from ppo_edu.study import landings
from ppo_edu.training import train

FOLDER = Path(recorded.__file__).parent
LENGTHS = np.arange(101) * 0.02
EPISODES = 500
GRID, COARSE = 41, 4


def main():
    """Write both files to `ppo_edu/recorded`."""
    torch.set_num_threads(1)
    config = ppo.PPOConfig(**PPO_SETTINGS)
    run = train(config=config, seed=3, stop_at=60)
    # Whoever goes on from here starts Adam anew: its state is two thirds of the file.
    dataclasses.replace(run, optimiser=ppo.make_optimiser(run.policy, config)).save(
        FOLDER / "half_trained.npz"
    )
    start = run.policy
    rollout, batch = landings.collect(start, seed=BATCH_SEED)

    gradient = trpo.surrogate_gradient(start, batch)
    cliff = landings.walk(start, gradient, LENGTHS, batch, STATES, episodes=EPISODES)
    cliff["probs"] = cliff["probs"][:, :, 1]
    arrays = {f"cliff.{name}": array for name, array in cliff.items()}

    by_trpo, by_ppo = copy.deepcopy(start), copy.deepcopy(start)
    trpo.policy_step(by_trpo, batch, trpo.TRPOConfig(**TRPO_SETTINGS))
    path = ppo_path(by_ppo, rollout, config)
    ends = [landings.step_between(start, policy) for policy in (by_trpo, by_ppo)]
    up, across = orthonormal(*ends)
    arrays |= {f"plane.{name}": array for name, array in mapped(start, batch, across, up).items()}
    for name, policy, steps in (("trpo", by_trpo, ends[:1]), ("ppo", by_ppo, path)):
        arrays[f"plane.{name}"] = np.array([[float(step @ across), float(step @ up)] for step in steps])
        found = landings.landing(start, policy, batch, episodes=EPISODES)
        print(name, {key: round(value, 4) for key, value in found.items()})
    fisher = trpo.fisher_vector_product(start, batch.observations)
    arrays["plane.fisher"] = np.array([[float(a @ fisher(b)) for a in (across, up)] for b in (across, up)])
    arrays["plane.gradient"] = np.array([float(gradient @ across), float(gradient @ up)])
    arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
    np.savez_compressed(FOLDER / "trust_region.npz", **arrays)


def ppo_path(policy, rollout, config):
    """Improve `policy` by one update of PPO; return where it stood after each gradient step, vectors (P,)."""
    start, batch = copy.deepcopy(policy), make_batch(policy, rollout, config)
    optimiser, generator = ppo.make_optimiser(policy, config), torch.Generator().manual_seed(0)
    steps = ppo.gradient_steps(policy, optimiser, rollout, batch, config, generator)
    return [landings.step_between(start, policy) for _ in steps]


def orthonormal(first, second):
    """Return two unit vectors at a right angle, the first along `first`, that span the plane of both."""
    across = first / first.norm()
    rest = second - (second @ across) * across
    return across, rest / rest.norm()


def mapped(start, batch, across, up):
    """Return the surrogate and the KL on a fine grid of the plane, and the true return on a coarse one."""
    xs, ys = np.linspace(-0.9, 0.9, GRID), np.linspace(-0.4, 0.5, GRID)
    coarse_xs, coarse_ys = xs[::COARSE], ys[::COARSE]
    returns = [
        [
            landings.sampled_returns(landings.moved(start, float(x) * across + float(y) * up)).mean()
            for x in coarse_xs
        ]
        for y in coarse_ys
    ]
    return {
        "xs": xs,
        "ys": ys,
        **landings.plane(start, batch, across, up, xs, ys),
        "coarse_xs": coarse_xs,
        "coarse_ys": coarse_ys,
        "returns": np.array(returns),
    }


if __name__ == "__main__":
    main()
