"""Hostile notebooks: all are in the table, each with its marks and a word, and nothing of them is left."""

import csv
import sys

import counting
import hostile_notebooks
import psutil
import pytest

import ppo_edu
from ppo_edu.exercises import grading


def left_behind():
    found = []
    for process in psutil.process_iter():
        try:
            if any(hostile_notebooks.PROBE in part for part in process.cmdline()):
                found.append(process)
        except psutil.Error:
            pass
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="some of them use what Windows has not")
def test_hostile_notebooks(tmp_path):
    ppo_edu.use_language("en")
    folder = tmp_path / "in"
    folder.mkdir()
    hostile_notebooks.hand_in(folder)
    done = grading.grade(folder, tmp_path / "grades.csv", seconds=30, memory=1.5e9, jobs=2)
    with open(tmp_path / "grades.csv", encoding="utf-8-sig", newline="") as stream:
        rows = {row["learner"]: row for row in csv.DictReader(stream)}
    wrong = []
    for name, (_, counts, note) in hostile_notebooks.EXPECTED.items():
        row = rows[name]
        fine = row["lambda_ends"] == ("1" if counts else "") and (note in row["notes"] if note else True)
        if not fine or (counts and not note and row["notes"]):
            wrong.append((name, row["lambda_ends"], row["notes"]))
    broken = [name for name in hostile_notebooks.UNREADABLE if name not in rows or not rows[name]["notes"]]
    named = ["김민지", "이철수", "줄?바꿈?[31m"]
    named = [name for name in named if rows.get(name, {}).get("lambda_ends") != "1"]
    left = left_behind()
    print(
        counting.table(
            [
                ("notebooks that misbehave", len(hostile_notebooks.EXPECTED), len(wrong)),
                ("no notebooks", len(hostile_notebooks.UNREADABLE), len(broken)),
                ("names that are not UTF-8, or move a cursor", 3, len(named)),
                ("processes left behind", 5, len(left)),
            ]
        )
    )
    assert not wrong and not broken and not named and not left
    assert len(done) >= 40
