"""What a check, a hint and a solution show of themselves, in a notebook and in a plain terminal."""

import html
from dataclasses import dataclass

from ppo_edu.guards.console import printable
from ppo_edu.language import t


@dataclass(frozen=True)
class CheckResult:
    """The answer to an answer.

    Attributes
    ----------
    passed : bool
        Whether the exercise is done.
    message : str
        What is right, or what is wrong and why, in the language in use (Markdown).
    attempted : bool
        False if there was nothing to check yet.
    name : str
        Of the exercise.
    """

    passed: bool
    message: str
    attempted: bool = True
    name: str = ""

    def __repr__(self):
        return printable(self.message)

    def _repr_markdown_(self):
        if not self.attempted:
            return f"**☐** {self.message}"
        mark, colour = ("✓", "#00744f") if self.passed else ("✗", "#b24e00")
        shown = f'<b style="color: {colour}">{mark}</b> {self.message}'
        if self.passed or not self.name:
            return shown
        return f"{shown}\n\n{t('exercise.more_help', name=self.name)}"


@dataclass(frozen=True)
class Hint:
    """One step of help (Markdown)."""

    text: str

    def __repr__(self):
        return printable(self.text)

    def _repr_markdown_(self):
        return self.text


@dataclass(frozen=True)
class Solution:
    """The solution: folded in a notebook, and elsewhere only on ``print(solution.text)``."""

    text: str

    def __repr__(self):
        return printable(t("exercise.solution_is_folded"))

    def _repr_html_(self):
        summary = html.escape(t("exercise.show_solution"))
        return f"<details><summary>{summary}</summary><pre>{html.escape(self.text)}</pre></details>"
