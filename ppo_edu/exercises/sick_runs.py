"""What the diagnostics of a sick training look like, for the checklist: from the six programs with a bug."""

from ppo_edu.drawing.picture import Picture
from ppo_edu.drawing.style import GREY, ORANGE, styled
from ppo_edu.exercises.tasks import bugs
from ppo_edu.language import t

# The line of the checklist, the program that is sick in it, and the diagnostic that shows it.
PANELS = ((1, 2, "clip_fraction"), (2, 1, "explained_variance"), (3, 2, "kl"), (4, 2, "entropy"),
          (5, 4, "value_loss"), (6, 6, "rows"))  # fmt: skip


@styled
def checklist():
    """Return a sick diagnostic beside the healthy one, for each line of the checklist."""
    healthy, labels = bugs.history(), bugs.labels()
    picture = Picture(900, 350, t("bugs.checklist_alt"))
    for axes, (line, number, name) in zip(
        picture.figure.subplots(2, 3, sharex=True).flat, PANELS, strict=True
    ):
        axes.plot(healthy[name], color=GREY, lw=1.5, label=t("bugs.without"))
        axes.plot(bugs.history(number)[name], color=ORANGE, lw=2, label=t("bugs.with_one"))
        axes.set_title(f"{line}. {labels[name]} ({t('bugs.program', number=number)})", fontsize=11)
        if name == "explained_variance":
            axes.set_ylim(-0.5, 1.05)
        elif name != "rows":
            axes.set_ylim(bottom=0)
    picture.figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    picture.figure.supxlabel(t("bugs.updates"), fontsize=11)
    return picture
