"""Exercises in a page: what the course says to each answer is asked when the page is made."""

import html
import itertools
import json

from ppo_edu import exercises
from ppo_edu.exercises.kinds import NumberExercise, PickExercise
from reading import marked


def exercise(name, stub, words, run):
    """Return an exercise as HTML: a quiz, or for a function its stub, hints and solution.

    Parameters
    ----------
    name : str
        As `ppo_edu.exercises.names` lists it.
    stub : str
        The lesson's cell.
    words : dict
        The edition's own words.
    run : str
        The link to the notebook, HTML.
    """
    # Not `exercises.check`, which enters what is passed in the record of whoever makes the pages.
    task = exercises.exercise_called(name)
    help_ = "".join(
        f"<details><summary>{words['hint']} {step}</summary>{marked.text(hint)}</details>"
        for step, hint in enumerate(task.hints(), 1)
    )
    if isinstance(task, PickExercise):
        return _letters(task, words) + help_
    if isinstance(task, NumberExercise):
        return _number(task, words) + help_
    solution = f"<details><summary>{words['solution']}</summary>{marked.code(task.solution_text)}</details>"
    return f'<div class="stub">{marked.code(stub)}<p>{html.escape(words["stub"])} {run}</p></div>{help_}{solution}'


def verdicts(task):
    """Return what is said, each once, and from every answer in letters to the place of what is said to it."""
    said, table = {}, {}
    for count in range(1, len(task.letters) + 1):
        for letters in itertools.combinations(task.letters, count):
            result = task.check("".join(letters))
            table["".join(letters)] = said.setdefault((result.passed, marked.text(result.message)), len(said))
    return {"said": list(said), "table": table}


def _letters(task, words):
    boxes = "".join(
        f'<label><input type="checkbox" name="{task.name}" value="{letter}"> {letter}</label>'
        for letter in task.letters
    )
    return _form(task, words, f'<span class="letters">{boxes}</span>', verdicts(task))


def numbers(task):
    """Return what is said to each number that somebody might predict, and to every other."""
    said, table = {}, []

    def place(number):
        result = task.check(number)
        return said.setdefault((result.passed, marked.text(result.message)), len(said))

    known = [task.right, *task.mistakes]
    for number in known:
        table.append([number, task.tolerance, place(number)])
    other = place(max(abs(number) for number in known) * 7 + 12345.678)
    return {"said": list(said), "table": table, "other": other}


def _number(task, words):
    field = f'<label>{words["number"]} <input type="text" inputmode="decimal" autocomplete="off" size="8"></label>'
    return _form(task, words, field, numbers(task))


def _form(task, words, fields, data):
    packed = html.escape(json.dumps(data, ensure_ascii=False))
    return (
        f'<form class="quiz" data-verdicts="{packed}"><fieldset><legend>{words["exercise"]} <code>{task.name}</code>'
        f'</legend>{fields} <button>{words["answer"]}</button></fieldset><div role="status"></div></form>'
    )
