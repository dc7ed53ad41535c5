"""The model that training starts from: how it is pretrained, and the one that comes with the course."""

import random
from pathlib import Path

import numpy as np
import torch

from ppo_edu.guards.validation import (
    check_callable,
    check_count,
    check_number,
    check_seed,
)
from ppo_edu.language_models.formulas import masked_mean
from ppo_edu.language_models.model import GPT
from ppo_edu.language_models.rollout import Answers, prompt_tokens, token_log_probs
from ppo_edu.language_models.task import ANSWER_LENGTH, NUMBERS, PAD, encode, written_by_people
from ppo_edu.language_models.update import step
from ppo_edu.run import one_thread


def arrays_of(network):
    """Return a network's weights as a dict of arrays."""
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


def network_of(arrays):
    """Return the GPT whose weights `arrays` are, or raise ValueError if they are not a GPT's."""
    network = GPT(generator=torch.Generator())
    kept = network.state_dict()
    if arrays.keys() != kept.keys():
        raise ValueError("weights")
    for name, array in arrays.items():
        if array.shape != tuple(kept[name].shape) or array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(name)
    network.load_state_dict({name: torch.from_numpy(array.astype("f4")) for name, array in arrays.items()})
    return network


def shipped():
    """Return the GPT that comes with the course: pretrained on sums that people might have written."""
    with np.load(Path(__file__).with_name("reference.npz"), allow_pickle=False) as arrays, one_thread():
        return network_of(dict(arrays))


def pretrain(*, seed=0, steps=500, batch=128, learning_rate=3e-3, on_step=None):
    """Return a GPT that has learned to write as the corpus does; it takes some ten seconds.

    Parameters
    ----------
    seed : int >= 0
        Decides weights and corpus.
    steps, batch : int >= 1
    learning_rate : float in (0, 1e6]
        Reached after 20 steps, and 0 at the end.
    on_step : callable, optional
        Called with the step's number and its loss, in nats a token.
    """
    seed, steps, batch = check_seed("seed", seed), check_count("steps", steps), check_count("batch", batch)
    learning_rate = check_number("learning_rate", learning_rate, above=0, at_most=1e6)
    if on_step is not None:
        check_callable("on_step", on_step)
    with one_thread():
        writer = random.Random(seed)
        model = GPT(generator=torch.Generator().manual_seed(seed))
        optimiser = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01, fused=True)
        for index in range(steps):
            for group in optimiser.param_groups:
                group["lr"] = learning_rate * min(1, (index + 1) / 20) * (1 - index / steps)
            numbers = [writer.choice(NUMBERS) for _ in range(batch)]
            texts = [encode(written_by_people(number, writer)) for number in numbers]
            tokens = torch.tensor([text + [PAD] * (ANSWER_LENGTH - len(text)) for text in texts])
            valid = tokens != PAD
            answers = Answers(numbers, prompt_tokens(numbers), tokens, torch.zeros(tokens.shape), valid)
            loss = -masked_mean(token_log_probs(model, answers), valid)
            step(model, optimiser, loss, max_grad_norm=1.0)
            if on_step is not None:
                on_step(index, float(loss.detach()))
    return model
