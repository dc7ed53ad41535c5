"""Is everything here that the lessons need? A kind answer, line by line."""

import html
import importlib.metadata
import platform

from packaging.requirements import Requirement

from ppo_edu.guards.console import printable
from ppo_edu.language import korean_font, t


class Report:
    """What was found, as lines of (whether it is right, text); shows itself in a notebook.

    In one line if nothing is missing, with the versions folded below it, else line by line.
    """

    def __init__(self, lines):
        self.lines = lines

    @property
    def complete(self):
        """Whether nothing is missing."""
        return all(right for right, _ in self.lines)

    def __repr__(self):
        # Who has everything wants to go on, not to read a list.
        if self.complete:
            return printable(f"✓ {', '.join(text for _, text in self.lines)}")
        return printable("\n".join(f"{'✓' if right else '✗'} {text}" for right, text in self.lines))

    def _repr_html_(self):
        if self.complete:
            ready = t("installation.ready", python=platform.python_version(), count=len(self.lines) - 2)
            found = ", ".join(text.replace(" ", "\u00a0") for _, text in self.lines)
            return f"<details><summary>✓ {html.escape(ready)}</summary>{html.escape(found)}</details>"
        return f'<pre style="white-space: pre-wrap">{html.escape(repr(self))}</pre>'


def report():
    """Return a `Report` on Python, the packages that ppo-edu asks for, and the Korean font."""
    lines = [(True, f"Python {platform.python_version()}")]
    for requirement in map(Requirement, importlib.metadata.requires("ppo-edu")):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            lines.append(_package(requirement))
    if korean_font() is None:
        lines.append((False, t("installation.no_font")))
    else:
        lines.append((True, t("installation.font")))
    return Report(lines)


def _package(requirement):
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False, t("installation.missing", name=requirement.name)
    if not requirement.specifier.contains(version, prereleases=True):
        return False, t(
            "installation.wrong_version", name=requirement.name, version=version, wanted=requirement.specifier
        )
    return True, f"{requirement.name} {version}"
