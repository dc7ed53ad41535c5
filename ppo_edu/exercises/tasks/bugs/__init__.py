"""Find the bug: six small PPO programs, each with one mistake of the kind that real libraries have had.

`symptoms` shows what the program did, `code` shows the program. The learner mends one function of it, and
``ppo_edu.check("bug_1", that_function)`` runs the program with it.
"""

from pathlib import Path

import numpy as np

from ppo_edu import recorded
from ppo_edu.exercises.tasks.bugs import program
from ppo_edu.exercises.tasks.bugs.family import Family
from ppo_edu.language import t

PARTS = ("collect", "gae", "normalise", "make_batch", "loss", "learn")

# For each program: which function is wrong, a line of it as it should be, and as it is.
FAULTS = {
    1: (
        "loss",
        "    value_loss = (critic(s).squeeze(-1) - target).square().mean()\n",
        "    value_loss = (critic(s) - target).square().mean()\n",
    ),
    2: (
        "learn",
        "    for _ in range(epochs):\n",
        "    for _ in range(epochs):\n"
        "        with torch.no_grad():\n"
        "            batch[2] = Categorical(logits=actor(batch[0])).log_prob(batch[1])\n",
    ),
    3: (
        "gae",
        "    goes_on = ~(terminated | truncated)\n",
        "    goes_on = ~np.roll(terminated | truncated, -1, axis=0)\n",
    ),
    4: (
        "gae",
        "    deltas = r + gamma * v_next * ~terminated - v\n",
        "    deltas = r + gamma * v_next * ~(terminated | truncated) - v\n",
    ),
    5: (
        "normalise",
        "    mean, std = advantages.mean(where=valid), advantages.std(where=valid)\n",
        "    mean = advantages.mean(axis=1, keepdims=True, where=valid)\n"
        "    std = advantages.std(axis=1, keepdims=True, where=valid)\n",
    ),
    6: ("collect", "        valid = ~just_ended\n", "        valid = np.ones_like(just_ended)\n"),
}

# The symptom of each, from the diagnostics of the program without the bug and of the one with it.
SYMPTOMS = {
    1: lambda right, wrong: np.abs(wrong["explained_variance"]).max() < 0.05,
    2: lambda right, wrong: wrong["clip_fraction"].max() == 0 and wrong["kl"].max() > 100 * right["kl"].max(),
    # It had learned (fewer than 5 falls in 1,000 steps), and afterwards falls more than twice as often.
    3: lambda right, wrong: _breaks_down(wrong["falls"]) and not _breaks_down(right["falls"]),
    # Over the last third, after the policy has learned to reach the time limit.
    4: lambda right, wrong: (
        np.median(wrong["value_loss"][-8:]) > max(20, 10 * np.median(right["value_loss"][-8:]))
    ),
    5: lambda right, wrong: (
        wrong["largest_advantage"].max() < 7**0.5 + 1e-4 < right["largest_advantage"].max()
    ),
    6: lambda right, wrong: (wrong["rows"] == 1024).all() and (right["rows"] < 1024).any(),
}
RECORDED = Path(recorded.__file__).with_name("bug_symptoms.csv")

# Short episodes, so that some are terminated and some truncated within two updates.
SHORT = {"seed": 0, "updates": 2, "num_envs": 4, "steps": 48, "time_limit": 20, "epochs": 4}


def _symptoms_in_words():
    return {
        1: t("bugs.symptom_1"),
        2: t("bugs.symptom_2"),
        3: t("bugs.symptom_3"),
        4: t("bugs.symptom_4"),
        5: t("bugs.symptom_5"),
        6: t("bugs.symptom_6"),
    }


def _breaks_down(falls):
    learned = np.flatnonzero(falls < 5)
    return learned.size > 0 and falls[learned[0] :].max() > 10


def labels():
    """Return the words for each diagnostic, a dict."""
    return {
        "falls": t("bugs.falls"),
        "value_loss": t("bugs.value_loss"),
        "explained_variance": t("bugs.explained_variance"),
        "clip_fraction": t("bugs.clip_fraction"),
        "kl": t("bugs.kl"),
        "entropy": t("bugs.entropy"),
        "rows": t("bugs.rows"),
        "largest_advantage": t("bugs.largest_advantage"),
    }


def _words(number):
    """Return the three hints for a program, and what is said once it is mended."""
    return {
        1: (t("bugs.hint_1_1"), t("bugs.hint_1_2"), t("bugs.hint_1_3"), t("bugs.mended_1")),
        2: (t("bugs.hint_2_1"), t("bugs.hint_2_2"), t("bugs.hint_2_3"), t("bugs.mended_2")),
        3: (t("bugs.hint_3_1"), t("bugs.hint_3_2"), t("bugs.hint_3_3"), t("bugs.mended_3")),
        4: (t("bugs.hint_4_1"), t("bugs.hint_4_2"), t("bugs.hint_4_3"), t("bugs.mended_4")),
        5: (t("bugs.hint_5_1"), t("bugs.hint_5_2"), t("bugs.hint_5_3"), t("bugs.mended_5")),
        6: (t("bugs.hint_6_1"), t("bugs.hint_6_2"), t("bugs.hint_6_3"), t("bugs.mended_6")),
    }[number]


FAMILY = Family(
    program=program,
    parts=PARTS,
    faults=FAULTS,
    symptoms=SYMPTOMS,
    short=SHORT,
    seed=2,
    words=_words,
    labels=labels,
    recorded=RECORDED,
    in_words=_symptoms_in_words,
    scales={"value_loss": {"yscale": "log"}, "explained_variance": {"ylim": (-0.5, 1.05)}, "rows": {}},
)
EXERCISES = FAMILY.exercises()
symptoms, code, in_how_many_seeds = FAMILY.picture, FAMILY.code, FAMILY.in_how_many_seeds
source, namespace, history, shows = FAMILY.source, FAMILY.namespace, FAMILY.history, FAMILY.shows
