"""A picture laid out again for a phone: its columns below each other, its words as large as they were."""

import numpy as np
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec

from ppo_edu.drawing.controls import Choice, Toggle
from ppo_edu.drawing.quicktext import QuickText
from ppo_edu.drawing.style import CSS_DPI, style

WIDTH = 460  # of matplotlib's CSS pixels: a phone's 358 make 13 pixels of the smallest words
_PANEL = 275
_LINE = 20


def relay(table):
    """Lay the picture of `table`'s scene out `WIDTH` wide; return its words that belong to no axes.

    Those are left to the page, which can break lines.
    """
    picture = table.scene.picture
    figure = picture.figure
    said = [artist for artist in figure.get_children() if isinstance(artist, QuickText)]
    # Beside a curve, lines of words have its height; below it, those that are never written would be a hole.
    written = getattr(table.scene, "lines_written", {})
    for axes, lines in written.items():
        axes.set_ylim(lines, 0)
    with style(picture.font_family):
        height = _relaid(figure, *(figure.get_size_inches() * CSS_DPI), written)
        for axes in figure.axes:
            if axes.get_legend() is not None and axes.get_legend()._ncols > 1:
                _stack_legend(axes.get_legend(), axes)
        above = 28 if any(_is_above(words) for words in figure.findobj(QuickText)) else 0
        # Numbers beside a colour bar may change, and a layout does not ask them.
        beside = 12 if any(axes.get_subplotspec() is None for axes in figure.axes) else 0
        height += above
        rect = (0, 0, 1 - beside / WIDTH, 1 - above / height)
        figure.set_layout_engine("constrained", rect=rect, w_pad=0.06, h_pad=0.06)
        figure.set_size_inches(WIDTH / CSS_DPI, height / CSS_DPI)
        picture.width, picture.height = WIDTH, height
        _wrap(figure)
        _settle(table)
    return said


def _is_above(words):
    """Return whether `words` that move, which no layout makes room for, stand above their axes."""
    return (
        words.axes is not None
        and words.get_transform() == words.axes.transAxes
        and words.get_position()[1] > 1
    )


def _relaid(figure, wide, tall, written):
    """Lay out what was `wide` and `tall`, a figure or a part of one; return how tall it is now."""
    if figure.subfigs:
        # There is neither a getter nor a setter.
        grid = figure.subfigs[0]._subplotspec.get_gridspec()
        across, down = (
            np.array(ratios or np.ones(count)) / np.sum(ratios or np.ones(count))
            for ratios, count in (
                (grid.get_width_ratios(), grid.ncols),
                (grid.get_height_ratios(), grid.nrows),
            )
        )
        heights = []
        for part in figure.subfigs:
            place = part._subplotspec
            shares = across[place.colspan].sum(), down[place.rowspan].sum()
            heights.append(_relaid(part, wide * shares[0], tall * shares[1], written))
        below = GridSpec(len(heights), 1, figure, height_ratios=heights)
        for part, place in zip(figure.subfigs, below, strict=True):
            part._subplotspec = place
        height = sum(heights)
    else:
        height = _stack(figure, wide, tall, written)
    return height + sum(_stack_legend(legend, figure) for legend in list(figure.legends))


def _stack(figure, full, tall, written):
    """Put the columns of the one grid in `figure` into rows that are no wider than `WIDTH`; return their height.

    `written` tells how many lines of words there are in axes that hold nothing else.
    """
    panels = [axes for axes in figure.axes if axes.get_subplotspec() is not None]
    grid = panels[0].get_gridspec()
    columns = {}
    for axes in panels:
        columns.setdefault(axes.get_subplotspec().colspan.start, []).append(axes)
    shares = grid.get_width_ratios() or [1] * grid.ncols
    wide = {start: full * shares[start] / sum(shares) for start in columns}
    blocks, filled = [], 0
    for start in sorted(columns):
        if not blocks or filled + wide[start] > WIDTH:
            blocks.append([])
            filled = 0
        blocks[-1].append(start)
        filled += wide[start]
    heights = []
    for block in blocks:
        rows = max(len(columns[start]) for start in block)
        heights.append(_PANEL if rows == 1 and len(blocks) > 1 else max(tall * 0.92, rows * 165))
        for axes in columns[block[0]] if columns[block[0]][0].get_aspect() != "auto" else ():
            heights[-1] = 0.8 * WIDTH * axes.get_data_ratio() + 70
        heights[-1] = written.get(columns[block[0]][0], heights[-1] / _LINE) * _LINE
    outer = GridSpec(len(blocks), 1, figure, height_ratios=heights)
    ratios = grid.get_height_ratios() or [1] * grid.nrows
    for place, block in enumerate(blocks):
        if grid.nrows == len(block) == 1:
            # A colour bar of several panels wants them in one grid.
            columns[block[0]][0].set_subplotspec(outer[place])
            columns[block[0]][0].tick_params(labelleft=True)
            continue
        inner = GridSpecFromSubplotSpec(
            grid.nrows, len(block), outer[place], height_ratios=ratios, width_ratios=[wide[c] for c in block]
        )
        for column, start in enumerate(block):
            for axes in columns[start]:
                axes.set_subplotspec(
                    inner[axes.get_subplotspec().rowspan.start : axes.get_subplotspec().rowspan.stop, column]
                )
                if len(blocks) > 1 and axes.yaxis.get_visible():
                    axes.tick_params(labelleft=True)
    return sum(heights)


def _stack_legend(legend, owner):
    """Put a legend of the figure or of axes into one column; return how much higher it is."""
    handles, labels = legend.legend_handles, [text.get_text() for text in legend.get_texts()]
    look = {"ncols": 1, "markerscale": 1, "handlelength": legend.handlelength}
    if owner.figure is owner or not hasattr(owner, "get_xlim"):
        legend.remove()
        owner.legend(handles, labels, loc="outside upper left", **look)
    else:
        owner.legend(handles, labels, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0, **look)
    return 24 * len(labels)


def _wrap(figure):
    """Break the titles and names of axes that are longer than the picture is wide."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    for axes in figure.axes:
        for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
            words = text.get_text()
            if not words.strip() or "$" in words:
                continue
            room = (WIDTH - 30) if text is not axes.yaxis.label else 0.8 * _PANEL
            width = renderer.get_text_width_height_descent(words, text.get_fontproperties(), False)[0]
            if width > room:
                text.set_text(_two_lines(words))


def _two_lines(words):
    spaces = [index for index, letter in enumerate(words) if letter == " "]
    if not spaces:
        return words
    middle = min(spaces, key=lambda index: abs(index - len(words) / 2))
    return f"{words[:middle]}\n{words[middle + 1 :]}"


def _settle(table):
    """Make the layout wide enough for the numbers on the axes at every choice, and fix it."""
    figure = table.scene.picture.figure
    start, widest = table.explorer.start, None
    for control in table.explorer.controls:
        if isinstance(control, (Choice, Toggle)):
            for value in control.places()[:4]:
                table.scene.update(**{**start, control.name: value})
                left = _left(figure)
                if widest is None or left > widest[0]:
                    widest = (left, control.name, value)
    if widest is not None:
        table.scene.update(**{**start, widest[1]: widest[2]})
    _left(figure)
    figure.set_layout_engine("none")
    table.scene.update(**start)


def _left(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).draw()
    return max(axes.get_position().x0 for axes in figure.axes)
