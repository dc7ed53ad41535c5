"""The batch that an update learns from, the same for every algorithm, and what can be told of any update."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from ppo_edu.advantage import gae


@dataclass(frozen=True, eq=False)
class Batch:
    """The transitions of a rollout, flattened to B rows, with what the update needs to know of each.

    Attributes
    ----------
    observations : tensor, (B, D)
    actions : tensor, (B,) or (B, A)
    log_probs : tensor, (B,)
        Under the policy that acted: the "old" one.
    values : tensor, (B,)
        What the critic said before the update.
    advantages, targets : tensor, (B,)
        From GAE; ``targets = advantages + values`` is what the critic learns.
    """

    observations: torch.Tensor
    actions: torch.Tensor
    log_probs: torch.Tensor
    values: torch.Tensor
    advantages: torch.Tensor
    targets: torch.Tensor

    def __len__(self):
        return len(self.log_probs)

    def __getitem__(self, rows):
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))

    def parts(self, size):
        """Yield the batch in equal parts (give or take one row) of about `size` rows."""
        # Equal, because a short rest of, say, one row would step as far as a full minibatch.
        count = max(1, round(len(self) / size))
        columns = (getattr(self, field.name).tensor_split(count) for field in fields(self))
        return (Batch(*part) for part in zip(*columns, strict=True))


@torch.no_grad()
def make_batch(policy, rollout, config):
    """Return the valid transitions of `rollout` as a `Batch`, with advantages by `ppo_edu.gae`."""
    values = policy.v(rollout.observations).numpy()
    rewards = rollout.rewards * config.reward_scale
    if config.normalise_rewards:
        rewards = rewards / policy.return_moments.std.numpy()
    cut = np.zeros_like(rollout.truncated) if config.bootstrap_truncated else rollout.truncated
    advantages = gae(
        rewards.astype(np.float32),
        values[:-1],
        values[1:],
        rollout.terminated | cut,
        rollout.truncated,
        config.gamma,
        config.lam,
    )
    rows = {
        "values": values[:-1],
        "advantages": advantages,
        "targets": advantages + values[:-1],
        "observations": rollout.observations[:-1],
        "actions": rollout.actions,
        "log_probs": rollout.log_probs,
    }
    batch = Batch(**{name: torch.from_numpy(array[rollout.valid]) for name, array in rows.items()})
    if config.normalise_advantages == "batch":
        return replace(batch, advantages=standardised(batch.advantages))
    return batch


def outcome_of(steps):
    """Take all `steps` of an update, a generator, and return what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def standardised(advantages):
    """Return `advantages`, (B,), shifted and scaled to mean 0 and standard deviation 1."""
    # correction=0: the spread of a single advantage is 0, not NaN.
    spread = advantages.std(correction=0)
    if not spread > 1e-6 * advantages.abs().max():
        # All alike, but for rounding: dividing by that would make numbers out of nothing.
        return torch.zeros_like(advantages)
    return (advantages - advantages.mean()) / (spread + 1e-8)


@torch.no_grad()
def common_diagnostics(policy, pi, batch):
    """Return what every algorithm tells of an update, with the batch made before it.

    Parameters
    ----------
    policy : ActorCritic
        As it stands now.
    pi : torch.distributions.Distribution
        ``policy.pi(batch.observations)``, which the caller needs too.
    batch : Batch

    Returns
    -------
    dict of str to float
        "entropy" and "value_loss" (mean squared error) of policy and critic now; "explained_variance" of the
        values before the update, 1 - Var(target - value) / Var(target), NaN if all targets are equal.
    """
    values = policy.v(batch.observations)
    spread = batch.targets.var(correction=0)
    unexplained = (batch.targets - batch.values).var(correction=0)
    return {
        "entropy": float(pi.entropy().mean()),
        "value_loss": float((values - batch.targets).square().mean()),
        "explained_variance": float(1 - unexplained / spread) if spread > 0 else float("nan"),
    }
