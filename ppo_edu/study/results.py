"""What a study found: a table with one row per environment, variant and seed, and its form as a CSV file."""

import csv
import dataclasses
import os
from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ppo_edu.guards.console import printable
from ppo_edu.guards.validation import check_choice, check_path, in_words
from ppo_edu.language import t

PARTS = 20
TEXTS = ("env_id", "variant")
COUNTS = ("seed", "max_steps")
NUMBERS = ("processor_seconds", "solved_at_step", "final_return", "sampled_return", "greedy_return")
CURVE = tuple(f"return_{part:02d}" for part in range(1, PARTS + 1))
COLUMNS = (*TEXTS, *COUNTS, *NUMBERS, *CURVE)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class Results:
    """What a study found.

    Attributes
    ----------
    columns : dict of arrays, (R,) each
        One entry per run, in order of environment, variant and seed. "env_id" and "variant" (text); "seed";
        "max_steps", the budget in environment steps; "processor_seconds", what training and evaluation took
        of one core; "solved_at_step", the step at which the mean return of the last 100 training episodes
        first reached the environment's reward threshold, NaN if it never did or there is none;
        "final_return", that mean at the end of the budget, of the policies that played those episodes;
        "sampled_return" and "greedy_return", the mean return of the last policy in new episodes, its actions
        drawn, and the most probable ones; "return_01" to "return_20", the mean return of the training
        episodes that ended in each twentieth of the budget, NaN if none did.
    failures : tuple of Failure
        The runs that failed, and are missing from the columns.
    interrupted : bool
        Whether the study was stopped before all runs were done.
    """

    columns: dict[str, NDArray[Any]]
    failures: "tuple[Failure, ...]" = ()
    interrupted: bool = False

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], **more: Any) -> Self:
        """Return the results of `rows`, dicts with an entry (or None) for each of `COLUMNS`.

        Raises
        ------
        ValueError
            If `rows` are something else.
        """
        try:
            return cls(_columns(list(rows)), **more)
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(t("study.no_rows", reason=in_words(error))) from None

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Return the results that `write` wrote to `path`."""
        with open(check_path("path", path), encoding="utf-8", newline="") as file:
            try:
                rows = list(csv.DictReader(file))
            except (UnicodeDecodeError, csv.Error) as error:
                raise ValueError(t("study.no_rows", reason=in_words(error))) from None
        return cls.of([{name: text or None for name, text in row.items()} for row in rows])

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the columns to `path` as CSV, floats to three decimals, NaN as nothing."""
        with open(check_path("path", path), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in zip(*(self.columns[name] for name in COLUMNS), strict=True):
                writer.writerow([_as_text(value) for value in row])

    @property
    def env_ids(self) -> tuple[str, ...]:
        """Names of the environments, in order of appearance."""
        return tuple(dict.fromkeys(self.columns["env_id"].tolist()))

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants, in order of appearance."""
        return tuple(dict.fromkeys(self.columns["variant"].tolist()))

    def scores(self, env_id: str, variant: str, column: str = "final_return") -> NDArray[Any]:
        """Return one column of one variant in one environment, (S,), in order of seed.

        Raises
        ------
        ValueError
            If one of the names is none of this study's.
        """
        check_choice("env_id", env_id, self.env_ids)
        check_choice("variant", variant, self.variants)
        found = (self.columns["env_id"] == env_id) & (self.columns["variant"] == variant)
        return self.columns[check_choice("column", column, COLUMNS)][found]

    def curves(self, env_id: str, variant: str) -> NDArray[np.float64]:
        """Return "return_01" to "return_20" of one variant in one environment, (S, 20)."""
        return np.stack([self.scores(env_id, variant, column) for column in CURVE], axis=1)

    def __len__(self) -> int:
        return len(self.columns["seed"])

    def __repr__(self):
        return (
            f"<Results {len(self)} runs of {len(self.variants)} variants in {', '.join(self.env_ids)}; "
            f"failures={len(self.failures)} interrupted={self.interrupted}>"
        )


@dataclasses.dataclass(frozen=True, repr=False)
class Failure:
    """A run that failed, with the traceback of its error."""

    env_id: str
    variant: str
    seed: int
    traceback: str

    def __str__(self):
        return printable(t("study.failed", **vars(self)))

    def __repr__(self):
        facts = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return printable(f"Failure({facts})")


def _columns(rows):
    columns = {name: np.array([row[name] for row in rows], dtype=object).astype(str) for name in TEXTS}
    columns |= {name: np.array([row[name] for row in rows], dtype=int) for name in COUNTS}
    # None becomes NaN.
    return columns | {name: np.array([row[name] for row in rows], dtype=float) for name in (*NUMBERS, *CURVE)}


def _as_text(value):
    if not isinstance(value, float):
        return value
    return "" if np.isnan(value) else f"{value:.3f}".rstrip("0").rstrip(".")
