"""From a score to a gradient, in plain NumPy: rewards-to-go, log-derivatives, and a whole small task.

The `Corridor` is so small that everything about it can be enumerated: each trajectory and its probability,
values, the expected return and its gradient. So an estimate of the gradient can be held against the truth.

References
----------
Williams (1992), Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning,
Machine Learning 8: REINFORCE, and why a baseline does not bias it.
Sutton et al. (1999), Policy Gradient Methods for Reinforcement Learning with Function Approximation: the
policy gradient theorem.
"""

from dataclasses import dataclass

import numpy as np

from ppo_edu.guards.validation import (
    check_count,
    check_no_nan,
    check_number,
    check_same_shape,
    check_switch,
    float_array,
    shortened,
)
from ppo_edu.language import t

LEFT, RIGHT = 0, 1


def rewards_to_go(rewards, gamma=1.0):
    r"""Return for each step of one episode what came from there on, discounted.

    .. math:: G_t = r_t + \gamma r_{t+1} + \gamma^2 r_{t+2} + \dots

    Parameters
    ----------
    rewards : array, (T,) or (T, N)
        Of one whole episode in time order, or of N episodes side by side, zero after the end of each.
    gamma : float
        Discount in [0, 1].

    Returns
    -------
    array, (T,) or (T, N)
        The first entry, or row, is the return of the episode.

    Raises
    ------
    TypeError, ValueError
        If `rewards` is no array of numbers of such a shape, or `gamma` is out of range.

    Examples
    --------
    >>> rewards_to_go([1.0, 0.0, 4.0], gamma=0.5)
    array([2., 2., 4.])
    """
    gamma = check_number("gamma", gamma, at_least=0, at_most=1)
    rewards = float_array("rewards", rewards)
    if rewards.ndim not in (1, 2):
        raise ValueError(t("error.not_steps", name="rewards", shape=rewards.shape))
    check_no_nan(rewards=rewards)
    to_go, following = np.empty_like(rewards), 0.0
    for step in reversed(range(len(rewards))):
        to_go[step] = following = rewards[step] + gamma * following
    return to_go


def log_prob_gradient(logits, action):
    r"""Return the gradient of the logarithm of one action's softmax probability with respect to the logits.

    .. math:: \frac{\partial \log \pi(a)}{\partial z_k} = [k = a] - \pi(k)

    Parameters
    ----------
    logits : array, (..., A)
    action : int or array of int, (...)
        In 0 ... A - 1.

    Returns
    -------
    array, (..., A)

    Raises
    ------
    TypeError, ValueError
        If `logits` holds no numbers or a NaN, or there is no such action.

    Examples
    --------
    >>> log_prob_gradient([0.0, 0.0], 1)
    array([-0.5,  0.5])
    """
    logits = float_array("logits", logits)
    check_no_nan(logits=logits)
    if 0 in logits.shape or not logits.shape:
        raise ValueError(t("error.no_choices", name="logits"))
    actions = np.arange(logits.shape[-1])
    chosen = float_array("action", action)[..., None] == actions
    if not chosen.any(axis=-1).all():
        raise ValueError(
            t("error.not_a_choice", name="action", value=shortened(action), choices=f"0 ... {actions[-1]}")
        )
    # Shifted by the largest, which changes no probability: exp of a large logit would be infinite.
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return chosen - weights / weights.sum(axis=-1, keepdims=True)


@dataclass(frozen=True)
class Trajectory:
    """One way through a corridor: cells, actions (0 left, 1 right) and rewards, step by step."""

    cells: tuple
    actions: tuple
    rewards: tuple


@dataclass(frozen=True)
class Corridor:
    """A corridor of n cells. A step to the left leaves it, one to the right leads on.

    The policy has one parameter a cell, the logit of going right: ``pi(right | s) = sigmoid(theta[s])``.
    An episode begins in the first cell and ends with the first step to the left, or to the right out of the
    last cell: there are n + 1 trajectories.

    Parameters
    ----------
    rewards : sequence of (float, float)
        For each cell, what a step to the left and a step to the right pay.

    Examples
    --------
    >>> corridor = Corridor()
    >>> corridor.expected_return([0.0, 0.0])
    2.5
    >>> corridor.gradient([0.0, 0.0])
    array([0.25, 0.5 ])
    """

    rewards: tuple = ((2.0, 1.0), (0.0, 4.0))

    def __post_init__(self):
        rewards = float_array("rewards", self.rewards)
        if rewards.ndim != 2 or rewards.shape[1] != 2 or not len(rewards):
            raise ValueError(t("error.shapes_differ", shapes=f"rewards {rewards.shape}, (n, 2)"))
        check_no_nan(rewards=rewards)

    def __len__(self):
        return len(self.rewards)

    def trajectories(self):
        """Return all n + 1 trajectories: first the one to the left, last the one all the way to the right."""
        ways = [(RIGHT,) * steps + (LEFT,) for steps in range(len(self))] + [(RIGHT,) * len(self)]
        return [
            Trajectory(
                tuple(range(len(way))),
                way,
                tuple(self.rewards[cell][action] for cell, action in enumerate(way)),
            )
            for way in ways
        ]

    def action_probs(self, theta):
        """Return the probability of going left and of going right in each cell, (n, 2)."""
        theta = self._parameters(theta)
        # Not 1 - p, which loses a small probability to rounding.
        return np.exp(-np.logaddexp(0, np.stack([theta, -theta], axis=-1)))

    def trajectory_probs(self, theta):
        """Return the probability of each of `trajectories`, (n + 1,): that of its actions, multiplied."""
        probs = self.action_probs(theta)
        return np.array([probs[way.cells, way.actions].prod() for way in self.trajectories()])

    def returns(self, gamma=1.0):
        """Return the discounted return of each of `trajectories`, (n + 1,)."""
        return np.array([rewards_to_go(way.rewards, gamma)[0] for way in self.trajectories()])

    def expected_return(self, theta, gamma=1.0):
        """Return the expected discounted return of the policy, a float: the sum over all trajectories."""
        return float(self.trajectory_probs(theta) @ self.returns(gamma))

    def values(self, theta, gamma=1.0):
        """Return V, (n,), and Q, (n, 2): what is expected from a cell on, and after an action there."""
        gamma = check_number("gamma", gamma, at_least=0, at_most=1)
        probs, q = self.action_probs(theta), np.array(self.rewards, dtype=float)
        v, following = np.empty(len(self)), 0.0
        for cell in reversed(range(len(self))):
            q[cell, RIGHT] += gamma * following
            v[cell] = following = probs[cell] @ q[cell]
        return v, q

    def gradient(self, theta, gamma=1.0):
        r"""Return the gradient of `expected_return` with respect to theta, exactly, (n,).

        By the policy gradient theorem: in each cell, how likely it is to be reached (discounted), times the
        expectation of :math:`Q(s, a)\,\nabla \log \pi(a \mid s)` there.
        """
        gamma = check_number("gamma", gamma, at_least=0, at_most=1)
        probs, (_, q) = self.action_probs(theta), self.values(theta, gamma)
        reached = np.cumprod(np.append(1.0, gamma * probs[:-1, RIGHT]))
        return reached * probs.prod(axis=-1) * (q[:, RIGHT] - q[:, LEFT])

    def estimates(self, theta, *, gamma=1.0, to_go=True, baseline=0.0):
        r"""Return what one episode says about the gradient, for each of `trajectories`, (n + 1, n).

        .. math:: \hat g = \sum_t (G_t - b(s_t))\, \nabla \log \pi(a_t \mid s_t)

        Parameters
        ----------
        theta : array, (n,)
        gamma : float
            Discount in [0, 1], inside :math:`G_t` alone, as training programs have it: below 1 it is not the
            gradient of `expected_return` that is estimated, neither with this discount nor without.
        to_go : bool
            True: :math:`G_t` is what came from step t on. False: every step is given the whole return.
        baseline : float or array, (n,)
            What is taken off, the same everywhere or one number a cell.

        Returns
        -------
        array, (n + 1, n)
            ``trajectory_probs(theta) @ estimates`` is their expectation.
        """
        to_go = check_switch("to_go", to_go)
        baseline = np.broadcast_to(self._parameters(baseline, "baseline"), len(self))
        probs = self.action_probs(theta)
        estimates = np.zeros((len(self) + 1, len(self)))
        for row, way in zip(estimates, self.trajectories(), strict=True):
            came = rewards_to_go(way.rewards, gamma)
            for cell, action in zip(way.cells, way.actions, strict=True):
                weight = came[cell if to_go else 0] - baseline[cell]
                # Of a softmax over (0, theta), the entry that belongs to theta.
                row[cell] = weight * ((action == RIGHT) - probs[cell, RIGHT])
        return estimates

    def noise(self, theta, **how):
        """Return the standard deviation of one episode's estimate: the root of the summed variances.

        Of the mean over a batch of N episodes it is 1 / sqrt(N) of that.
        """
        probs, estimates = self.trajectory_probs(theta), self.estimates(theta, **how)
        return float(np.sqrt((probs @ (estimates - probs @ estimates) ** 2).sum()))

    def play(self, theta, episodes, rng):
        """Return which of `trajectories` each episode took, (episodes,): indices drawn by the policy."""
        check_count("episodes", episodes)
        if not isinstance(rng, np.random.Generator):
            raise TypeError(t("error.no_random_numbers", name="rng", value=shortened(rng)))
        return rng.choice(len(self) + 1, size=episodes, p=self.trajectory_probs(theta))

    def _parameters(self, value, name="theta"):
        array = float_array(name, value)
        check_no_nan(**{name: array})
        check_same_shape(**{name: array, "rewards[:, 0]": np.empty(len(self))})
        return array if array.ndim else np.full(len(self), array)
