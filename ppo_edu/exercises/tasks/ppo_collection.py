"""The second step of the whole program: transitions, collected."""

import torch

from ppo_edu.exercises.tasks.ppo_network import PPO
from ppo_edu.exercises.whole_program.steps import CollectionExercise

T_horizon = 20


def collect(model, env, s):
    transitions, done = [], False
    while not done and len(transitions) < T_horizon:
        with torch.no_grad():
            policy = model.pi(torch.from_numpy(s))
            a = policy.sample()
        s_prime, r, terminated, truncated, _ = env.step(a.item())
        log_prob = policy.log_prob(a).item()
        transitions.append((s, a.item(), r / 100, s_prime, log_prob, terminated, truncated))
        s, done = s_prime, terminated or truncated
    return transitions


EXERCISE = CollectionExercise("ppo_collection", (PPO, collect))
