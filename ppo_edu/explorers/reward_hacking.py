"""A reward that can be hacked: what is paid, what is right, and what the model writes meanwhile."""

import numpy as np

from ppo_edu import recorded
from ppo_edu.drawing.controls import Choice
from ppo_edu.drawing.explorer import Explorer
from ppo_edu.drawing.picture import Picture, moving, moving_text
from ppo_edu.drawing.style import GREEN, GREY, INK, ORANGE, for_words, styled
from ppo_edu.language import t

__all__ = ["hacking"]

BETAS = (0.0, 0.02, 0.05, 0.1, 0.3)


def hacking():
    """Return the explorer of recorded trainings on two wrong rewards, with a KL of several weights."""
    rewards = {t("lm_explorer.wordy"): "wordy", t("lm_explorer.careless"): "careless"}
    places = {t("lm_explorer.k1_in_reward"): "reward", t("lm_explorer.k3_in_loss"): "k3"}
    updates = recorded.language_models()["sampled_at"].tolist()
    return Explorer(
        styled(_Hacking),
        [
            Choice("reward", t("lm_explorer.reward"), rewards, start="wordy"),
            Choice("beta", "β", {f"{beta:g}": beta for beta in BETAS}, start=0.05),
            Choice("place", t("lm_explorer.place"), places, start="reward"),
            Choice("update", t("lm_explorer.update"), {str(n): n for n in updates}, updates[-1], time=True),
        ],
    )


def variant(place, beta):
    """Return the name of the recorded variant: without a KL it does not matter where it stands."""
    return f"{place if beta else 'reward'}_{beta:g}"


class _Hacking:
    def __init__(self):
        self.picture = Picture(900, 400, t("lm_explorer.hacking_alt"))
        self._data = recorded.language_models()
        figure = self.picture.figure
        left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
        left.set(xlim=(0, 60), ylim=(-0.02, 1.05), xlabel=t("lm_explorer.updates_axis"))
        look = {"lw": 2, "alpha": 0.9}
        self._paid = [moving(left.plot([], [], color=ORANGE, **look)[0]) for _ in range(3)]
        self._right = [moving(left.plot([], [], color=GREEN, **look)[0]) for _ in range(3)]
        self._now = moving(left.axvline(0, color=INK, lw=1, ls=":"))
        lines = [self._paid[0], self._right[0]]
        figure.legend(
            lines, [t("lm_explorer.paid"), t("lm_explorer.truly_right")], loc="outside upper center", ncols=2
        )
        right.set_axis_off()
        right.set(xlim=(0, 1), ylim=(10, 0))
        right.text(0, 0.3, t("lm_explorer.writes"), color=for_words(GREY))
        self._texts = [moving_text(right, 0, 1.3 + row, right.transData, fontsize=13) for row in range(8)]
        self.kl = moving_text(right, 0, 9.7, right.transData)

    def update(self, reward, beta, place, update):
        name = f"{variant(place, beta)}.{reward}"
        columns = list(self._data["columns"])
        curves = [self._data[f"curve.{name}.{seed}"] for seed in range(3)]
        for lines, column in ((self._paid, "reward"), (self._right, "accuracy")):
            for line, curve in zip(lines, curves, strict=True):
                line.set_data(np.arange(curve.shape[1]), curve[columns.index(column)])
        self._now.set_xdata([update, update])
        row = list(self._data["sampled_at"]).index(update)
        written = self._data[f"texts.{name}"][row]
        for text, words in zip(self._texts, written, strict=False):
            text.set_text(str(words))
        kl = curves[0][columns.index("kl_reference"), update]
        self.kl.set_text(t("lm_explorer.kl_now", kl=float(kl) + 0.0))
