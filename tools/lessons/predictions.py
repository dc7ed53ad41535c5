"""What the generator makes of a prediction: a block that stands out, buttons, and an answer that is folded.

A source says, in a markdown cell, at the beginning of a paragraph or within it:

    **Predict** Does the curve stay at 500? {stays: yes | no}

The rest of the paragraph becomes a quote block, which stands out everywhere. What stands in braces, if the
question has few answers, is the question's name and the answers: they become the buttons of a cell of its
own. The outputs of the cells from there to the next text, which would give the answer away, are folded
until they are run.
"""

import json
import re

BEGINNINGS = {"ko": "**예측** ", "en": "**Predict** "}
TAG = "predict"
_QUESTION = re.compile(r"[ \n]*(\*\*(?:예측|Predict)\*\* .+?)(?=\n\n|\Z)", re.DOTALL)
_ANSWERS = re.compile(r" *\{(\w+): ([^{}|]+(?:\|[^{}|]+)+)\}")


def with_blocks(text):
    """Return a markdown cell's text with its predictions as quote blocks, without their answers."""

    def block(found):
        lines = _ANSWERS.sub("", found[1]).splitlines()
        before = "\n\n" if found.start() else ""
        return before + "\n".join(f"> {line}" for line in lines)

    return _QUESTION.sub(block, text)


def ends_in_one(text):
    """Return whether a prediction is the last thing that a markdown cell says."""
    questions = list(_QUESTION.finditer(text.rstrip()))
    return bool(questions) and questions[-1].end() == len(text.rstrip())


def buttons(text, slug):
    """Return the code that makes buttons of the answers of a cell's last prediction, or None."""
    found = _ANSWERS.findall(text)
    if not found:
        return None
    name, answers = found[-1]
    words = ", ".join(json.dumps(answer.strip(), ensure_ascii=False) for answer in answers.split("|"))
    return f'ppo_edu.predict("{slug}.{name}", {words})'


def problems(korean, english):
    """Return what is wrong with the predictions of a pair of markdown cells, one line each."""
    if bool(_QUESTION.search(korean)) != bool(_QUESTION.search(english)):
        return ["asks for a prediction in one language only"]
    asked = [
        [(name, answers.count("|")) for name, answers in _ANSWERS.findall(text)] for text in (korean, english)
    ]
    if asked[0] != asked[1]:
        return ["offers other answers to a prediction than the language beside it"]
    return []
