"""The course's pictures are the course's: no setting of a learner's changes them, no letter is missing."""

import contextlib
import functools
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot, style
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from pictures import frame, make

import ppo_edu
from ppo_edu import explorers, figures
from ppo_edu.drawing import legend, picture
from ppo_edu.drawing.animation import watch_together
from ppo_edu.drawing.live import LiveFigure
from ppo_edu.drawing.style import for_words
from ppo_edu.language import LANGUAGES
from ppo_edu.run import ALGORITHMS

JUPYTER = Path(ppo_edu.__file__).parent / "jupyter"
SETTINGS = ["default settings", "monospace", "usetex", *style.available]


@contextlib.contextmanager
def learners_settings(setting):
    """matplotlib as somebody else has set it up."""
    with matplotlib.rc_context():
        if setting == "default settings":
            matplotlib.rcdefaults()
        elif setting == "monospace":
            changed = {"font.family": "monospace", "figure.dpi": 30, "axes.facecolor": "red"}
            matplotlib.rcParams.update(changed)
        elif setting == "usetex":
            matplotlib.rcParams["text.usetex"] = True
        else:
            style.use(setting)
        yield


@functools.cache
def without_a_style(language):
    """Return the pictures as they are under matplotlib's own settings."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        ppo_edu.use_language(language)
        return drawn()


def drawn():
    # With a quarter of the pixels, which take most of the time.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveFigure, "_sharpness", 1)
        patch.setattr(picture, "PIXELS_PER_CSS_PIXEL", 1)
        return frame(explorers.clip(), epsilon=0.3), make("one_sample").png()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_no_style_changes_a_picture(language, setting, no_missing_glyphs):
    with learners_settings(setting):
        with matplotlib.rc_context():
            ppo_edu.use_language(language)
        assert drawn() == without_a_style(language)


@pytest.mark.parametrize("setting", ["default", "classic", "seaborn-v0_8"])
def test_captions_of_agents_are_drawn_under_every_style(setting):
    ppo_edu.use_language("ko")
    with style.context(setting):
        under_the_style = watch_together({"왼쪽": lambda observation: 0}, steps=4).png
    assert under_the_style == watch_together({"왼쪽": lambda observation: 0}, steps=4).png


def test_a_style_set_after_a_picture_was_made_does_not_change_it(no_missing_glyphs):
    ppo_edu.use_language("ko")
    explorer, still = explorers.ratio_histogram(), figures.ppoclip()
    before = explorer.draw(), still.png()
    with style.context("seaborn-v0_8"):
        assert (explorer.draw(), still.png()) == before


def test_pictures_leave_the_learners_settings_alone():
    with matplotlib.rc_context({"font.family": "monospace", "axes.grid": False}):
        before = dict(pyplot.rcParams)
        figures.ppoclip().png()
        explorers.clip().draw()
        assert dict(pyplot.rcParams) == before


def test_everything_draws_in_a_session_that_never_chose_a_language():
    # In a process of its own: the fixture of all other tests chooses one.
    code = (
        "from ppo_edu import explorers, figures; from ppo_edu.drawing.animation import watch_together; "
        "figures.ppoclip().png(); explorers.clip().draw(); watch_together({'left': lambda o: 0}, steps=3)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def luminance(color):
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast_with_white(color):
    """Return the contrast by WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    return 1.05 / (luminance(color) + 0.05)


@functools.cache
def dark_filter():
    """Return how much a page in a dark theme inverts pictures: those with sliders and those without alike."""
    rules = [(JUPYTER / file).read_text(encoding="utf-8") for file in ("column.js", "custom/custom.css")]
    found = {part for rule in rules for part in re.findall(r"filter: (.*?);? *[\n}]", rule)}
    (only,) = found
    return float(re.fullmatch(r"invert\((.+)\) hue-rotate\(180deg\)", only)[1])


def in_the_dark(color):
    """Return a colour as a page in a dark theme shows it: https://www.w3.org/TR/filter-effects-1/."""
    inverted = dark_filter() + (1 - 2 * dark_filter()) * np.array(to_rgb(color))
    grey = np.array([0.213, 0.715, 0.072])
    return np.clip(2 * grey @ inverted - inverted, 0, 1)  # hue-rotate by half a turn


def test_every_thing_of_the_legend_can_be_written_in_its_colour():
    for thing in legend.things():
        assert contrast_with_white(for_words(legend.colour_of(thing))) >= 4.5, thing


@pytest.mark.parametrize("name", [*explorers.__all__, *figures.__all__])
def test_words_in_pictures_can_be_read(name):
    if name in explorers.__all__:
        explorer = getattr(explorers, name)()
        explorer.words()
        figure = explorer.scene.picture.figure
        figure.set_layout_engine("none")  # where they are is nothing to their colours
        with picture.style():
            figure.draw_without_rendering()  # it writes the axes' numbers
    else:
        figure = make(name).figure
    for text in figure.findobj(Text):
        if text.get_text().strip() and text.get_visible():
            assert contrast_with_white(text.get_color()) >= 4.5, text.get_text()
            dark = luminance(in_the_dark(text.get_color())) + 0.05
            assert dark / (luminance(in_the_dark("white")) + 0.05) >= 4.5, text.get_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_diagnostic_of_every_algorithm_has_a_name(language):
    ppo_edu.use_language(language)
    for algorithm in ALGORITHMS.values():
        assert all(legend.name_of(name) for name in algorithm.DIAGNOSTICS)
