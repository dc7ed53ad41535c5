"""The task: to a prompt such as ``47=``, any sum of at least two positive numbers that makes 47 is right.

Checked by a rule, with many right answers of several lengths, and each wrong one is wrong at some place.
"""

import random
import re

from ppo_edu.guards.validation import check_count, shortened
from ppo_edu.language import t

ALPHABET = "0123456789+=.#"
END, PAD = ALPHABET.index("."), ALPHABET.index("#")
PROMPT_LENGTH, ANSWER_LENGTH = 3, 12  # tokens; an answer that has not ended by then is cut off
NUMBERS = tuple(range(10, 50))
# Each tens digit twice and no units digit more than once, so that training still meets every digit.
HELD_OUT = (12, 17, 21, 28, 33, 36, 44, 49)
TRAINED = tuple(number for number in NUMBERS if number not in HELD_OUT)


_A_NUMBER = re.compile(f"[0-9]{{1,{ANSWER_LENGTH}}}")


def encode(text):
    """Return the tokens of `text`, a list of int.

    Examples
    --------
    >>> encode("47=")
    [4, 7, 11]
    """
    return [ALPHABET.index(letter) for letter in text]


def decode(tokens):
    """Return the text of `tokens`, without padding."""
    return "".join(ALPHABET[int(token)] for token in tokens).rstrip(ALPHABET[PAD])


def prompt(number):
    """Return the prompt that asks for `number`, in [10, 99], as text."""
    return f"{number}="


def terms(answer):
    """Return the terms of `answer` as a list of int, or None if it is not numbers with "+" and an end."""
    parts = _text(answer)[:-1].split("+")
    # Not isdigit, which holds for letters that are no number, too; more digits than an answer has are none.
    if not answer.endswith(ALPHABET[END]) or not all(map(_A_NUMBER.fullmatch, parts)):
        return None
    return [int(part) for part in parts]


def correct(number, answer):
    """Return 1.0 if `answer` is a sum of two or more positive terms that makes `number`, else 0.0.

    Examples
    --------
    >>> [correct(47, answer) for answer in ("20+27.", "9+30+8.", "47.", "47+0.", "20+28.", "20+27")]
    [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    """
    found, number = terms(answer), check_count("number", number)
    return float(found is not None and len(found) >= 2 and min(found) > 0 and sum(found) == number)


def wordy(number, answer):
    """Return a reward that pays for each "+", up to five, and never adds up: one to be hacked."""
    return min(_text(answer).count("+"), 5) / 5


def careless(number, answer):
    """Return a reward that checks the sum but forgets to ask for a "+", so that ``47.`` is paid too."""
    found = terms(answer)
    return float(found is not None and min(found) > 0 and sum(found) == number)


def _text(answer):
    if not isinstance(answer, str):
        raise TypeError(t("lm_error.no_text", value=shortened(answer)))
    return answer


REWARDS = {"correct": correct, "wordy": wordy, "careless": careless}


def written_by_people(number, generator, copies=0.02):
    """Return an answer as the corpus holds them, text: right, but for a share `copies` that copy the prompt.

    Parameters
    ----------
    number : int
    generator : random.Random
    copies : float in [0, 1]
    """
    if generator.random() < copies:
        return f"{number}."
    cuts = sorted(generator.sample(range(1, number), generator.choice([1, 1, 2])))
    return (
        "+".join(str(after - before) for before, after in zip([0, *cuts], [*cuts, number], strict=True)) + "."
    )


def corpus(count, seed):
    """Return `count` pairs (number, answer) that people might have written, decided by `seed`."""
    generator = random.Random(seed)
    numbers = [generator.choice(NUMBERS) for _ in range(count)]
    return [(number, written_by_people(number, generator)) for number in numbers]
