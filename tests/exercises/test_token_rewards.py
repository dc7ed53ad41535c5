"""What each token is paid: the answer's reward at its end, and a KL penalty on each."""

import numpy as np
import torch

from exercises.answers import Answers, Called, keyword_only, partial


def paid(reward, log_prob, ref_log_prob, valid, beta):
    last = valid & ~np.pad(valid[:, 1:], ((0, 0), (0, 1)))
    return last * np.asarray(reward)[:, None] - beta * np.where(valid, log_prob - ref_log_prob, 0)


def in_a_loop(reward, log_prob, ref_log_prob, valid, beta):
    made = np.zeros(valid.shape)
    for row, length in enumerate(valid.sum(1)):
        for at in range(length):
            made[row, at] = beta * (ref_log_prob[row, at] - log_prob[row, at])
        made[row, length - 1] += reward[row]
    return made


def with_torch(*given):
    *arrays, beta = given
    reward, new, ref, valid = (torch.as_tensor(array) for array in arrays)
    made = -beta * (new - ref) * valid
    return made.scatter_add(1, valid.sum(1, keepdim=True) - 1, reward[:, None])


RIGHT = {
    "numpy": paid,
    "loop": in_a_loop,
    "torch": with_torch,
    "keyword-only": keyword_only(paid, "reward", "log_prob", "ref_log_prob", "valid", "beta"),
    "partial": partial(paid),
    "object": Called(paid),
}


def at(where):
    def answer(reward, new, ref, valid, beta):
        return where(valid) * reward[:, None] - beta * (new - ref) * valid

    return answer


def only(valid, column):
    made = np.zeros(valid.shape)
    made[:, column] = 1
    return made


def less(penalty):
    def answer(reward, new, ref, valid, beta):
        return paid(reward, new, new, valid, 0) - beta * penalty(new - ref, valid)

    return answer


WRONG = [
    ("kl_sign", lambda r, new, ref, valid, beta: paid(r, ref, new, valid, beta)),
    ("on_padding", at(lambda valid: only(valid, -1))),
    ("every_token", at(lambda valid: valid)),
    ("first_token", at(lambda valid: only(valid, 0))),
    ("kl_on_padding", less(lambda d, valid: d)),
    ("no_kl", less(lambda d, valid: 0)),
    ("whole_kl", less(lambda d, valid: valid * (d * valid).sum(1)[:, None])),
    ("k2", less(lambda d, valid: valid * np.square(d) / 2)),
    ("k3", less(lambda d, valid: valid * (np.expm1(-d) + d))),
]


class TestTokenRewards(Answers):
    name, right, wrong = "token_rewards", RIGHT, WRONG
