"""The third step of the whole program: learn from what was collected."""

import numpy as np
import torch
from torch.nn import functional as F

from ppo_edu.exercises.tasks.ppo_network import PPO
from ppo_edu.exercises.whole_program.steps import TrainNetExercise

gamma, lmbda, eps_clip, K_epoch = 0.98, 0.95, 0.1, 3


def train_net(model, transitions):
    s, a, r, s_prime, old, terminated, _ = (
        torch.as_tensor(np.array(column)) for column in zip(*transitions, strict=True)
    )
    for _ in range(K_epoch):
        td_target = (r + gamma * model.v(s_prime) * ~terminated).float().detach()
        delta = td_target - model.v(s).detach()
        advantage, following = torch.zeros_like(delta), 0.0
        for step in reversed(range(len(delta))):
            following = advantage[step] = delta[step] + gamma * lmbda * following

        ratio = torch.exp(model.pi(s).log_prob(a) - old.float())
        surr1 = ratio * advantage
        surr2 = torch.clamp(ratio, 1 - eps_clip, 1 + eps_clip) * advantage
        loss = -torch.min(surr1, surr2).mean() + F.smooth_l1_loss(model.v(s), td_target)
        model.optimizer.zero_grad()
        loss.backward()
        model.optimizer.step()


EXERCISE = TrainNetExercise("ppo_train_net", (PPO, train_net))
