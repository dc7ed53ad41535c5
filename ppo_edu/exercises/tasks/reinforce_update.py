"""One update of REINFORCE, from one episode."""

import sys

import numpy as np

from ppo_edu import corridor
from ppo_edu.exercises.kinds import FunctionExercise


def reinforce_update(logits, states, actions, rewards, gamma, learning_rate):
    gradient, to_go = np.zeros_like(logits), 0.0
    for state, action, reward in zip(states[::-1], actions[::-1], rewards[::-1], strict=True):
        to_go = reward + gamma * to_go
        probs = np.exp(logits[state] - logits[state].max())
        gradient[state] -= to_go * probs / probs.sum()
        gradient[state, action] += to_go
    return logits + learning_rate * gradient


def expected(logits, states, actions, rewards, gamma, learning_rate):
    return logits + learning_rate * policy_gradient(
        logits, states, actions, corridor.rewards_to_go(rewards, gamma)
    )


def policy_gradient(logits, states, actions, weights):
    """Return the sum over the steps of a weight times the gradient of log pi, (S, A)."""
    gradient = np.zeros_like(logits)
    # Not `gradient[states] += ...`, which counts a state that is met twice once.
    np.add.at(gradient, states, weights[:, None] * corridor.log_prob_gradient(logits[states], actions))
    return gradient


def cases():
    # The second meets one state three times.
    return [
        {
            "logits": np.array([[0.0, 0.0], [0.5, -1.0]]),
            "states": np.array([0, 1]),
            "actions": np.array([1, 1]),
            "rewards": np.array([1.0, 4.0]),
            "gamma": 0.5,
            "learning_rate": 0.1,
        },
        {
            "logits": np.array([[1.0, 0.0, -1.0], [0.2, 0.2, 0.0]]),
            "states": np.array([0, 1, 0, 0]),
            "actions": np.array([2, 0, 0, 2]),
            "rewards": np.array([-1.0, 2.0, 0.0, -3.0]),
            "gamma": 0.9,
            "learning_rate": 0.5,
        },
    ]


def episode(rng, steps, states, actions, size):
    """Return the columns of an episode that wanders about at random."""
    return {
        "logits": rng.standard_normal((states, actions)),
        "states": rng.integers(states, size=steps),
        "actions": rng.integers(actions, size=steps),
        "rewards": size * rng.standard_normal(steps),
    }


def drawn(rng):
    """Return episodes of one step to many, in one state and in many, and both ends of gamma."""
    return [
        {**episode(rng, steps, states, actions, size), "gamma": gamma, "learning_rate": rate}
        for steps, states, actions, size, gamma, rate in (
            (1, 1, 2, 1.0, 0.99, 1.0),
            (1, 4, 3, 10.0, 0.0, 0.01),
            (8, 2, 2, 1.0, 0.0, 0.3),
            (40, 5, 4, 3.0, 1.0, 0.02),
            (100, 3, 2, 0.1, 0.97, 2.0),
        )
    ]


def mistakes():
    def made(weights=corridor.rewards_to_go, gradient=policy_gradient, step=lambda rate: rate):
        def update(logits, states, actions, rewards, gamma, rate):
            return logits + step(rate) * gradient(logits, states, actions, weights(rewards, gamma))

        return update

    def seen_once(logits, states, actions, weights):
        gradient = np.zeros_like(logits)
        gradient[states] += weights[:, None] * corridor.log_prob_gradient(logits[states], actions)
        return gradient

    def of_the_prob(logits, states, actions, weights):
        pi = np.exp(logits - logits.max(axis=1, keepdims=True))
        pi /= pi.sum(axis=1, keepdims=True)
        return policy_gradient(logits, states, actions, weights * pi[states, actions])

    def no_chosen(logits, states, actions, weights):
        gradient = policy_gradient(logits, states, actions, weights)
        np.add.at(gradient, (states, actions), -weights)
        return gradient

    def no_probs(logits, states, actions, weights):
        gradient = np.zeros_like(logits)
        np.add.at(gradient, (states, actions), weights)
        return gradient

    def step_by_step(logits, states, actions, rewards, gamma, rate):
        logits = logits.copy()
        for state, action, weight in zip(
            states, actions, corridor.rewards_to_go(rewards, gamma), strict=True
        ):
            logits[state] += rate * weight * corridor.log_prob_gradient(logits[state], action)
        return logits

    def steps(rewards, gamma):
        return corridor.rewards_to_go(rewards, gamma)

    def whole(rewards, gamma):
        return np.full(len(rewards), steps(rewards, gamma)[0])

    return [
        ("goes_down", made(step=lambda rate: -rate)),
        ("whole_return", made(whole)),
        ("whole_return", made(lambda r, gamma: np.full(len(r), r.sum()))),
        ("own_reward", made(lambda r, gamma: r)),
        ("no_gamma", made(lambda r, gamma: steps(r, 1.0))),
        ("past", made(lambda r, gamma: steps(r[::-1], gamma)[::-1])),
        ("discounted_twice", made(lambda r, gamma: gamma ** np.arange(len(r)) * steps(r, gamma))),
        ("centred", made(lambda r, gamma: steps(r, gamma) - steps(r, gamma).mean())),
        ("no_weight", made(lambda r, gamma: np.ones(len(r)))),
        ("mean", made(lambda r, gamma: steps(r, gamma) / len(r))),
        ("seen_once", made(gradient=seen_once)),
        ("of_the_prob", made(gradient=of_the_prob)),
        ("no_chosen", made(gradient=no_chosen)),
        ("no_probs", made(gradient=no_probs)),
        ("no_learning_rate", made(step=lambda rate: 1.0)),
        ("moves_on_the_way", step_by_step),
        ("gradient_alone", lambda z, s, a, r, gamma, rate: rate * policy_gradient(z, s, a, steps(r, gamma))),
        ("gradient_alone", lambda z, s, a, r, gamma, rate: policy_gradient(z, s, a, steps(r, gamma))),
    ]


def beforehand(answer):
    """Load what an optimiser loads on its first use, which takes seconds, if the lesson has torch at all."""
    if (torch := sys.modules.get("torch")) is not None:
        torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)


EXERCISE = FunctionExercise(
    solution=reinforce_update,
    expected=expected,
    cases=cases,
    drawn=drawn,
    mistakes=mistakes,
    beforehand=beforehand,
)
