"""The first step of the whole program: a network with a policy and a value."""

import torch
from torch import nn
from torch.nn import functional as F

from ppo_edu.exercises.whole_program.steps import NetworkExercise

learning_rate = 0.0005


class PPO(nn.Module):
    def __init__(self, n_states, n_actions):
        super().__init__()
        self.fc1 = nn.Linear(n_states, 256)
        self.fc_pi = nn.Linear(256, n_actions)
        self.fc_v = nn.Linear(256, 1)
        self.optimizer = torch.optim.Adam(self.parameters(), lr=learning_rate)

    def pi(self, x):
        return torch.distributions.Categorical(logits=self.fc_pi(F.relu(self.fc1(x))))

    def v(self, x):
        return self.fc_v(F.relu(self.fc1(x))).squeeze(-1)


EXERCISE = NetworkExercise("ppo_network", (PPO,))
