"""Find the bug, on a language model: six small GRPO programs, numbered on from those of `bugs`.

`symptoms` shows what the program did, `code` shows the program. The learner mends one function of it, and
``ppo_edu.check("bug_7", that_function)`` runs the program with it.
"""

from pathlib import Path

from ppo_edu import recorded
from ppo_edu.exercises.tasks.bugs import language_program
from ppo_edu.exercises.tasks.bugs.family import Family
from ppo_edu.language import t

PARTS = ("ask", "sample", "mask_of", "score", "pay", "advantages_of", "loss", "learn")

# For each program: which function is wrong, a text of it as it should be, and as it is.
FAULTS = {
    7: ("loss", "torch.exp(new - old)", "torch.exp(new - ref)"),
    8: (
        "mask_of",
        "    ends = tokens[:, start:] == END\n    return ends.cumsum(1) <= ends.long()\n",
        "    return tokens[:, start:] != END\n",
    ),
    9: ("score", "[:, start - 1 : -1]", "[:, start:]"),
    10: ("score", "[:, start - 1 : -1] / temperature", "[:, start - 1 : -1]"),
    11: ("loss", "+ beta * kl.mean()", "- beta * kl.mean()"),
    12: ("ask", ".repeat_interleave(group)", ".repeat(group)"),
}

# The symptom of each, from the diagnostics of the program without the bug and of the one with it.
SYMPTOMS = {
    7: lambda right, wrong: wrong["first_ratio"][0] < 1e-3 and wrong["first_ratio"][-1] > 0.1,
    8: lambda right, wrong: (wrong["length"] - wrong["learned_from"] > 0.5).all(),
    9: lambda right, wrong: wrong["first_ratio"][0] > 1,
    10: lambda right, wrong: 0.02 < wrong["first_ratio"][0] < 1,
    11: lambda right, wrong: wrong["kl_reference"].max() > 3 * right["kl_reference"].max(),
    12: lambda right, wrong: wrong["flat_groups"][-6:].mean() < 0.5 * right["flat_groups"][-6:].mean(),
}
RECORDED = Path(recorded.__file__).with_name("language_bug_symptoms.csv")

# Enough for a policy that has left the reference, and for groups of which some are flat.
SHORT = {"seed": 0, "updates": 3, "prompts": 8, "group": 4, "rate": 0.003}


def labels():
    """Return the words for each diagnostic, a dict."""
    return {
        "right": t("language_bugs.right"),
        "first_ratio": t("language_bugs.first_ratio"),
        "clip_fraction": t("bugs.clip_fraction"),
        "kl_reference": t("language_bugs.kl_reference"),
        "entropy": t("bugs.entropy"),
        "length": t("language_bugs.length"),
        "learned_from": t("language_bugs.learned_from"),
        "flat_groups": t("language_bugs.flat_groups"),
    }


def _symptoms_in_words():
    return {
        7: t("language_bugs.symptom_7"),
        8: t("language_bugs.symptom_8"),
        9: t("language_bugs.symptom_9"),
        10: t("language_bugs.symptom_10"),
        11: t("language_bugs.symptom_11"),
        12: t("language_bugs.symptom_12"),
    }


def _words(number):
    """Return the three hints for a program, and what is said once it is mended."""
    return {
        7: (
            t("language_bugs.hint_7_1"),
            t("language_bugs.hint_7_2"),
            t("language_bugs.hint_7_3"),
            t("language_bugs.mended_7"),
        ),
        8: (
            t("language_bugs.hint_8_1"),
            t("language_bugs.hint_8_2"),
            t("language_bugs.hint_8_3"),
            t("language_bugs.mended_8"),
        ),
        9: (
            t("language_bugs.hint_9_1"),
            t("language_bugs.hint_9_2"),
            t("language_bugs.hint_9_3"),
            t("language_bugs.mended_9"),
        ),
        10: (
            t("language_bugs.hint_10_1"),
            t("language_bugs.hint_10_2"),
            t("language_bugs.hint_10_3"),
            t("language_bugs.mended_10"),
        ),
        11: (
            t("language_bugs.hint_11_1"),
            t("language_bugs.hint_11_2"),
            t("language_bugs.hint_11_3"),
            t("language_bugs.mended_11"),
        ),
        12: (
            t("language_bugs.hint_12_1"),
            t("language_bugs.hint_12_2"),
            t("language_bugs.hint_12_3"),
            t("language_bugs.mended_12"),
        ),
    }[number]


FAMILY = Family(
    program=language_program,
    parts=PARTS,
    faults=FAULTS,
    symptoms=SYMPTOMS,
    short=SHORT,
    seed=0,
    words=_words,
    labels=labels,
    recorded=RECORDED,
    in_words=_symptoms_in_words,
)
EXERCISES = FAMILY.exercises()
symptoms, code, in_how_many_seeds = FAMILY.picture, FAMILY.code, FAMILY.in_how_many_seeds
