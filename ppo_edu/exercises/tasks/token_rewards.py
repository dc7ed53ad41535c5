"""What each token is paid: the answer's reward at its end, and a KL penalty on each."""

import numpy as np

from ppo_edu.exercises.kinds import FunctionExercise


def token_rewards(reward, log_prob, ref_log_prob, valid, beta):
    paid = -beta * (log_prob - ref_log_prob) * valid
    last = valid.sum(1) - 1
    paid[np.arange(len(reward)), last] += reward
    return paid


def cases():
    rng = np.random.default_rng(3)
    return [_answers(rng, [2, 4, 3], 4, 0.5), _answers(rng, [1, 3], 3, 0.1)]


def drawn(rng):
    """Return batches of one answer to fifty, of one token to twenty, with a beta from 0 to 2."""
    made = [(1, 1, 0.3), (4, 12, 0.0), (16, 12, 0.05), (50, 20, 2.0)]
    return [_answers(rng, rng.integers(1, long + 1, size=count), long, beta) for count, long, beta in made]


def _answers(rng, lengths, longest, beta):
    valid = np.arange(longest) < np.array(lengths)[:, None]
    log_prob, ref = (rng.uniform(-4, -0.1, valid.shape) for _ in range(2))
    reward = rng.uniform(0.5, 1.5, len(valid))
    return {"reward": reward, "log_prob": log_prob, "ref_log_prob": ref, "valid": valid, "beta": beta}


def mistakes():
    def made(where=None, penalty=lambda d, valid: d * valid, sign=-1.0):
        def answer(reward, log_prob, ref_log_prob, valid, beta):
            following = np.pad(valid[:, 1:], ((0, 0), (0, 1)))
            places = valid & ~following if where is None else where(valid)
            return places * reward[:, None] + sign * beta * penalty(log_prob - ref_log_prob, valid)

        return answer

    def first(valid):
        return np.arange(valid.shape[1]) == np.zeros((len(valid), 1))

    def end(valid):
        return np.arange(valid.shape[1]) == np.full((len(valid), 1), valid.shape[1] - 1)

    return [
        ("kl_sign", made(sign=1.0)),
        ("on_padding", made(where=end)),
        ("every_token", made(where=lambda valid: valid)),
        ("every_token", made(where=np.ones_like)),
        ("first_token", made(where=first)),
        ("kl_on_padding", made(penalty=lambda d, valid: d)),
        ("no_kl", made(sign=0.0)),
        ("whole_kl", made(penalty=lambda d, valid: (d * valid).sum(1, keepdims=True) * valid)),
        ("k2", made(penalty=lambda d, valid: d**2 / 2 * valid)),
        ("k3", made(penalty=lambda d, valid: (np.exp(-d) - 1 + d) * valid)),
    ]


EXERCISE = FunctionExercise(solution=token_rewards, cases=cases, drawn=drawn, mistakes=mistakes)
