"""Answers sampled from a model: the rollout of a language model."""

import dataclasses

import torch

from ppo_edu.guards.validation import check_count, check_generator, check_switch, shortened
from ppo_edu.language import t
from ppo_edu.language_models.model import check_model
from ppo_edu.language_models.task import ANSWER_LENGTH, END, PAD, PROMPT_LENGTH, decode, encode, prompt
from ppo_edu.run import one_thread


@dataclasses.dataclass(frozen=True, eq=False)
class Answers:
    """B answers of at most L tokens, as they were sampled.

    Attributes
    ----------
    numbers : list of int, B
        What each prompt asks for.
    prompts : tensor of int, (B, P)
    tokens : tensor of int, (B, L)
        The answers, with padding after their ends.
    log_probs : tensor, (B, L)
        Of each token under the model that sampled it, 0 where padded.
    valid : tensor of bool, (B, L)
        True up to the end token, which counts: to end is an action too.
    """

    numbers: list[int]
    prompts: torch.Tensor
    tokens: torch.Tensor
    log_probs: torch.Tensor
    valid: torch.Tensor

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, rows):
        tensors = (getattr(self, name)[rows] for name in ("prompts", "tokens", "log_probs", "valid"))
        return Answers([self.numbers[row] for row in rows], *tensors)

    @property
    def texts(self) -> list[str]:
        """The answers as text."""
        return [decode(row) for row in self.tokens.tolist()]

    @property
    def last(self) -> torch.Tensor:
        """Where each answer has its last token, (B, L) of bool."""
        return self.valid & ~shifted(self.valid)


def check_answers(name, value, **of_tokens):
    """Return `value` if it is `Answers`, and all of `of_tokens` are tensors of its shape, else raise."""
    if not isinstance(value, Answers):
        raise TypeError(t("lm_error.no_answers", name=name, type=type(value).__name__))
    for label, tensor in of_tokens.items():
        shape = tuple(value.valid.shape)
        if not isinstance(tensor, torch.Tensor) or tuple(tensor.shape) != shape:
            raise ValueError(t("lm_error.not_of_tokens", name=label, shape=shape, value=shortened(tensor)))
    return value


def shifted(columns):
    """Return `columns`, (B, L), moved one place to the left, with 0 (False) behind."""
    return torch.cat([columns[:, 1:], torch.zeros_like(columns[:, :1])], 1)


def prompt_tokens(numbers):
    """Return the prompts that ask for `numbers` as tokens, (B, P)."""
    return torch.tensor([encode(prompt(number)) for number in numbers])


def sample(model, numbers, generator=None, *, greedy=False):
    """Return an answer of `model` to each of `numbers`, as `Answers`.

    Parameters
    ----------
    model : GPT
    numbers : sequence of int in [10, 99]
    generator : torch.Generator, optional
        Decides what is drawn.
    greedy : bool
        Take the most probable token at each place instead.
    """
    check_model("model", model)
    greedy, generator = check_switch("greedy", greedy), check_generator("generator", generator)
    with one_thread(), torch.no_grad():
        return _sampled(model, _asked(numbers), generator, greedy)


def _asked(numbers):
    try:
        listed = list(numbers)
    except TypeError:
        raise TypeError(t("lm_error.no_numbers", value=shortened(numbers))) from None
    if not listed:
        raise ValueError(t("error.no_scores", name="numbers"))
    return [check_count("numbers", number, at_least=10, at_most=99) for number in listed]


def _sampled(model, numbers, generator, greedy):
    prompts, caches = prompt_tokens(numbers), model.new_caches()
    tokens = torch.full((len(prompts), ANSWER_LENGTH), PAD)
    log_probs = torch.zeros(len(prompts), ANSWER_LENGTH)
    valid = torch.zeros(len(prompts), ANSWER_LENGTH, dtype=torch.bool)
    running, new = torch.ones(len(prompts), dtype=torch.bool), prompts
    for place in range(ANSWER_LENGTH):
        scores = model(new, caches)[:, -1].log_softmax(-1)
        if greedy:
            drawn = scores.argmax(-1)
        else:
            # The first of independent clocks that run at the tokens' probabilities: a draw, and a fast one.
            waits = torch.empty_like(scores).exponential_(generator=generator)
            drawn = (scores - waits.log()).argmax(-1)
        drawn = drawn.where(running, PAD)
        tokens[:, place], valid[:, place] = drawn, running
        log_probs[:, place] = scores.gather(-1, drawn[:, None])[:, 0] * running
        running = running & (drawn != END)
        if not running.any():
            break
        new = drawn[:, None]
    longest = int(valid.any(0).sum())
    return Answers(list(numbers), prompts, tokens[:, :longest], log_probs[:, :longest], valid[:, :longest])


def token_scores(model, answers):
    """Return what `model` makes of each place of `answers`, (B, L, outputs), with gradient.

    The outputs at a token speak of the *next* one: those for the answer begin at the prompt's last token.
    """
    return model(torch.cat([answers.prompts, answers.tokens[:, :-1]], 1))[:, PROMPT_LENGTH - 1 :]


def token_log_probs(model, answers):
    """Return the log-probability of each token of `answers`, (B, L), 0 where padded, with gradient."""
    check_model("model", model)
    check_answers("answers", answers)
    return of_tokens(token_scores(model, answers).log_softmax(-1), answers)


def of_tokens(log_probs, answers):
    """Return of `log_probs`, (B, L, V), those of the tokens of `answers`, (B, L), 0 where padded."""
    return log_probs.gather(-1, answers.tokens[..., None])[..., 0] * answers.valid
