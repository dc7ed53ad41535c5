"""The actor and the critic: pi says what to do in a state, v says how much the state is worth."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, Normal

from ppo_edu.guards.validation import (
    check_count,
    check_counts,
    check_generator,
    check_number,
    check_seed,
    check_switch,
    float_array,
)
from ppo_edu.language import t
from ppo_edu.objective import categorical_kl, gaussian_kl

OBSERVATION_CLIP = 10.0
LONGEST = 1_000_000  # observation or action


class ActorCritic(nn.Module):
    """A policy ``pi(a|s)`` and a value function ``V(s)``, two small tanh networks.

    Parameters
    ----------
    observation_size : int in [1, 1000000]
        D, the length of an observation.
    action_size : int in [1, 1000000]
        The number of actions to choose from if `discrete`, else A, the length of an action.
    discrete : bool
        True: `pi` is categorical. False: `pi` is a diagonal Gaussian whose mean depends on the state and
        whose logarithm of the standard deviation is one parameter per action entry, the same in every state.
    hidden_sizes : tuple or list of int in [1, 4096]
        Width of each hidden layer, at most 16 of them.
    shared_trunk : bool
        True: one set of hidden layers serves both heads. False (the default): two separate networks.
    orthogonal_init : bool
        True: orthogonal weights, gain sqrt(2) in hidden layers, 0.01 for the policy head (so that the first
        policy is nearly uniform), 1 for the value head; biases zero. False: PyTorch's default.
    initial_log_std : float in [-20, 10]
        Where the Gaussian's log standard deviation starts; not used if `discrete`.
    generator : torch.Generator, optional
        Where the initial weights come from; the global generator if not given.

    Raises
    ------
    TypeError, ValueError
        Naming the parameter, its value and what is allowed.

    References
    ----------
    Andrychowicz et al. (2021), What Matters In On-Policy Reinforcement Learning?,
    https://arxiv.org/abs/2006.05990: separate networks, small last policy layer, state-independent std.
    """

    def __init__(
        self,
        observation_size: int,
        action_size: int,
        *,
        discrete: bool = True,
        hidden_sizes: Sequence[int] = (64, 64),
        shared_trunk: bool = False,
        orthogonal_init: bool = True,
        initial_log_std: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.observation_size = observation_size = check_count(
            "observation_size", observation_size, at_most=LONGEST
        )
        self.action_size = action_size = check_count("action_size", action_size, at_most=LONGEST)
        self.discrete = discrete = check_switch("discrete", discrete)
        hidden_sizes = check_counts("hidden_sizes", hidden_sizes, at_most=4096, longest=16)
        shared_trunk = check_switch("shared_trunk", shared_trunk)
        orthogonal_init = check_switch("orthogonal_init", orthogonal_init)
        initial_log_std = check_number("initial_log_std", initial_log_std, at_least=-20, at_most=10)
        check_generator("generator", generator)

        def layer(inputs, outputs, gain):
            return _linear(inputs, outputs, gain if orthogonal_init else None, generator)

        def trunk():
            parts = []
            for inputs, outputs in itertools.pairwise([observation_size, *hidden_sizes]):
                parts += [layer(inputs, outputs, math.sqrt(2)), nn.Tanh()]
            return nn.Sequential(*parts)

        width = hidden_sizes[-1] if hidden_sizes else observation_size
        self.actor_trunk = trunk()
        self.actor_head = layer(width, action_size, 0.01)
        self.critic_trunk = self.actor_trunk if shared_trunk else trunk()
        self.critic_head = layer(width, 1, 1.0)
        if not discrete:
            start = torch.full((action_size,), float(initial_log_std), dtype=torch.float32)
            self.log_std = nn.Parameter(start)
        self.observation_moments = RunningMoments(observation_size)
        self.return_moments = RunningMoments(1)
        # What an adaptive KL penalty has made of its coefficient: saved and copied with the policy, too.
        self.register_buffer("kl_factor", torch.ones((), dtype=torch.float64))

    def pi(self, observations: Tensor | ArrayLike) -> Distribution:
        """Return the action distribution in each state.

        Parameters
        ----------
        observations : tensor or array, (..., D)

        Returns
        -------
        torch.distributions.Distribution
            ``log_prob(actions)`` and ``entropy()`` have the shape (...).

        Raises
        ------
        TypeError, ValueError
            If `observations` holds no numbers, or its last axis is not D long.
        """
        output = self.actor_head(self.actor_trunk(self._normalised(observations)))
        if self.discrete:
            return FastCategorical(output)
        return Independent(Normal(output, self.log_std.exp(), validate_args=False), 1, validate_args=False)

    def v(self, observations: Tensor | ArrayLike) -> Tensor:
        """Return the value of each state, (...), for observations (..., D).

        In units of the scaled rewards: see ``normalise_rewards`` and ``reward_scale`` of `ppo_edu.PPOConfig`.
        """
        # squeeze, because (B, 1) against (B,) would broadcast to (B, B) without an error.
        return self.critic_head(self.critic_trunk(self._normalised(observations))).squeeze(-1)

    @torch.no_grad()
    def sample(
        self, observations: Tensor | ArrayLike, generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        """Draw an action for each state: actions (...) or (..., A), and their log-probabilities (...)."""
        check_generator("generator", generator)
        pi: Any = self.pi(observations)
        if self.discrete:
            # Gumbel-max: minus the log of exponential noise is Gumbel noise, and log p plus Gumbel noise has
            # its maximum at each action with probability p. Faster than torch.multinomial, in any shape.
            gumbel = -torch.empty_like(pi.logits).exponential_(generator=generator).log()
            actions = (pi.logits + gumbel).argmax(dim=-1)
        else:
            actions = torch.normal(pi.mean, pi.stddev, generator=generator)
        return actions, pi.log_prob(actions)

    @torch.no_grad()
    def greedy(self, observations: Tensor | ArrayLike) -> Tensor:
        """Return the most likely action in each state: (...) if discrete, else (..., A)."""
        return self.pi(observations).mode

    def drawing(self, seed: int) -> Callable[[Tensor | ArrayLike], Tensor]:
        """Return a function from states to actions that are drawn by this policy, decided by `seed`."""
        generator = torch.Generator().manual_seed(check_seed("seed", seed))
        return lambda states: self.sample(states, generator)[0]

    def _normalised(self, observations):
        observations = _as_float32(observations)
        if observations.shape[-1:] != (self.observation_size,):
            raise ValueError(
                t("error.observation_length", expected=self.observation_size, shape=tuple(observations.shape))
            )
        if not self.observation_moments.seen:
            return observations
        moments = self.observation_moments
        return ((observations - moments.mean) / moments.std).clip(-OBSERVATION_CLIP, OBSERVATION_CLIP)


def _as_float32(observations):
    if isinstance(observations, Tensor) and not observations.is_complex():
        return observations.to(torch.float32)
    # In order, for torch knows no steps back.
    return torch.as_tensor(np.asarray(float_array("observations", observations), np.float32, order="C"))


class FastCategorical(Categorical):
    """`torch.distributions.Categorical` without its checks and broadcasts, a tenth of the training time."""

    def __init__(self, logits):
        # log_softmax, and never log(softmax): a probability may round to 0, and log 0 is no number.
        self.logits = torch.log_softmax(logits, dim=-1)
        self._param, self._num_events = self.logits, logits.shape[-1]
        Distribution.__init__(self, logits.shape[:-1], validate_args=False)

    def log_prob(self, value):
        """Return the logarithm of the probability of each action, in the shape of `value`."""
        return self.logits.gather(-1, value.unsqueeze(-1)).squeeze(-1)


def mean_kl(old, new):
    """Return KL(old || new), exactly and averaged over the states: a tensor of one number, in nats.

    Parameters
    ----------
    old, new : torch.distributions.Distribution
        From `ActorCritic.pi`, for the same states.
    """
    if isinstance(new, Categorical):
        return categorical_kl(old.logits, new.logits).mean()
    return gaussian_kl(old.mean, old.stddev, new.mean, new.stddev).sum(-1).mean()


class RunningMoments(nn.Module):
    """Mean and standard deviation of all rows seen so far, in buffers: saved and copied with the policy."""

    def __init__(self, size):
        super().__init__()
        self.register_buffer("count", torch.zeros((), dtype=torch.float64))
        self.register_buffer("mean", torch.zeros(size, dtype=torch.float32))
        self.register_buffer("variance", torch.ones(size, dtype=torch.float32))

    @property
    def seen(self):
        """Whether any row was seen; before that, mean 0 and standard deviation 1."""
        return bool(self.count)

    @property
    def std(self):
        """Standard deviation, (size,); 1 where nothing varied, but for rounding, so that dividing is safe."""
        varied = self.variance > 1e-12 * self.mean.square()
        return torch.where(varied, (self.variance + 1e-8).sqrt(), 1.0)

    def see(self, rows):
        """Take in `rows`, (B, size), by Chan et al.'s pairwise formula."""
        rows = torch.as_tensor(rows, dtype=torch.float32)
        if not len(rows):
            return
        total = self.count + len(rows)
        weight = (len(rows) / total).float()
        shift = rows.mean(dim=0) - self.mean
        spread = rows.var(dim=0, correction=0)
        self.variance += weight * (spread - self.variance) + weight * (1 - weight) * shift.square()
        self.mean += weight * shift
        self.count.copy_(total)


def _linear(inputs, outputs, gain, generator):
    # skip_init: the usual constructor draws its weights from the learner's global generator.
    linear = nn.utils.skip_init(nn.Linear, inputs, outputs, dtype=torch.float32)
    if gain is None:
        bound = 1 / math.sqrt(inputs)
        nn.init.uniform_(linear.weight, -bound, bound, generator=generator)
        nn.init.uniform_(linear.bias, -bound, bound, generator=generator)
    else:
        nn.init.orthogonal_(linear.weight, gain, generator=generator)
        nn.init.zeros_(linear.bias)
    return linear
