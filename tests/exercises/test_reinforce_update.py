"""One update of REINFORCE, from one episode."""

import numpy as np
import torch
from scipy import special

from exercises.answers import Answers, Called, in_float32, keyword_only, partial

PARAMETERS = ("logits", "states", "actions", "rewards", "gamma", "learning_rate")


def to_go(rewards, gamma):
    return np.array([sum(gamma**k * r for k, r in enumerate(rewards[t:])) for t in range(len(rewards))])


def update(logits, states, actions, rewards, gamma, learning_rate, weights=to_go):
    new = np.array(logits)
    for state, action, weight in zip(states, actions, weights(rewards, gamma), strict=True):
        new[state] -= learning_rate * weight * special.softmax(logits[state])
        new[state, action] += learning_rate * weight
    return new


def autograd(logits, states, actions, rewards, gamma, learning_rate):
    variable = torch.tensor(np.asarray(logits), requires_grad=True)
    log_probs = torch.log_softmax(variable, dim=1)[np.asarray(states), np.asarray(actions)]
    (torch.tensor(to_go(np.asarray(rewards), gamma)) * log_probs).sum().backward()
    return (variable + learning_rate * variable.grad).detach()


def optimizer(logits, states, actions, rewards, gamma, learning_rate):
    table = torch.nn.Parameter(logits.clone())
    descent = torch.optim.SGD([table], lr=learning_rate)
    log_probs = torch.distributions.Categorical(logits=table[states]).log_prob(actions)
    weights = torch.zeros_like(rewards)
    for t in range(len(rewards)):
        weights[t] = (gamma ** torch.arange(len(rewards) - t) * rewards[t:]).sum()
    (-(weights * log_probs).sum()).backward()
    descent.step()
    return table


def one_hot_matrices(logits, states, actions, rewards, gamma, learning_rate):
    visited, taken = np.eye(len(logits))[states], np.eye(logits.shape[1])[actions]
    slopes = taken - special.softmax(logits[states], axis=1)
    return logits + learning_rate * visited.T @ (to_go(rewards, gamma)[:, None] * slopes)


def as_lists(logits, states, actions, rewards, gamma, learning_rate):
    return update(logits, states, actions, rewards, gamma, learning_rate).tolist()


RIGHT = {
    "loop": update,
    "autograd": autograd,
    "optimizer": optimizer,
    "matrices": one_hot_matrices,
    "lists": as_lists,
    "float32": in_float32(update),
    "keyword-only": keyword_only(update, *PARAMETERS),
    "partial": partial(update),
    "object": Called(one_hot_matrices),
}


def weighing(weights):
    return lambda *arguments: update(*arguments, weights=weights)


def seen_once(logits, states, actions, rewards, gamma, learning_rate):
    new = logits.copy()
    slopes = np.eye(logits.shape[1])[actions] - special.softmax(logits[states], axis=1)
    new[states] += learning_rate * to_go(rewards, gamma)[:, None] * slopes
    return new


def of_the_prob(logits, states, actions, rewards, gamma, learning_rate):
    chosen = special.softmax(logits, axis=1)[states, actions]
    return update(logits, states, actions, rewards, gamma, learning_rate, lambda r, g: chosen * to_go(r, g))


def moves_on_the_way(logits, states, actions, rewards, gamma, learning_rate):
    new = logits.copy()
    for state, action, weight in zip(states, actions, to_go(rewards, gamma), strict=True):
        new[state] += learning_rate * weight * (np.eye(logits.shape[1])[action] - special.softmax(new[state]))
    return new


def no_probs(logits, states, actions, rewards, gamma, learning_rate):
    new = logits.copy()
    for state, action, weight in zip(states, actions, to_go(rewards, gamma), strict=True):
        new[state, action] += learning_rate * weight
    return new


def no_chosen(logits, states, actions, rewards, gamma, learning_rate):
    new = logits.copy()
    for state, weight in zip(states, to_go(rewards, gamma), strict=True):
        new[state] -= learning_rate * weight * special.softmax(logits[state])
    return new


WRONG = [
    ("goes_down", lambda z, s, a, r, gamma, rate: update(z, s, a, r, gamma, -rate)),
    ("whole_return", weighing(lambda r, gamma: np.full(len(r), to_go(r, gamma)[0]))),
    ("whole_return", weighing(lambda r, gamma: np.full(len(r), sum(r)))),
    ("own_reward", weighing(lambda r, gamma: r)),
    ("no_gamma", weighing(lambda r, gamma: to_go(r, 1.0))),
    ("past", weighing(lambda r, gamma: to_go(r[::-1], gamma)[::-1])),
    ("discounted_twice", weighing(lambda r, gamma: gamma ** np.arange(len(r)) * to_go(r, gamma))),
    ("centred", weighing(lambda r, gamma: (x := to_go(r, gamma)) - x.mean())),
    ("no_weight", weighing(lambda r, gamma: np.ones(len(r)))),
    ("mean", weighing(lambda r, gamma: to_go(r, gamma) / len(r))),
    ("seen_once", seen_once),
    ("of_the_prob", of_the_prob),
    ("no_chosen", no_chosen),
    ("no_probs", no_probs),
    ("no_learning_rate", lambda z, s, a, r, gamma, rate: update(z, s, a, r, gamma, 1.0)),
    ("moves_on_the_way", moves_on_the_way),
    ("gradient_alone", lambda z, s, a, r, gamma, rate: update(z, s, a, r, gamma, rate) - z),
    ("gradient_alone", lambda z, s, a, r, gamma, rate: update(z, s, a, r, gamma, 1.0) - z),
]


class TestReinforceUpdate(Answers):
    name, right, wrong = "reinforce_update", RIGHT, WRONG
