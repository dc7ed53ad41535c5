"""The controls of an explorer: what each may be, and its widget."""

import dataclasses
import decimal
import numbers
import unicodedata

from ppo_edu.guards.validation import check_choice, check_count, check_number


@dataclasses.dataclass(frozen=True)
class Slider:
    """A control for a number from `low` to `high`; whole numbers if `step` is one.

    On a page without a kernel every place of a slider is drawn beforehand: where that would be too many,
    `page_step`, a multiple of `step`, is how far apart they are there.

    If it is a `time`, such as an epoch, a button beside it lets it pass.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    start: float
    page_step: float | None = None
    time: bool = False

    @property
    def whole(self):
        return isinstance(self.step, int)

    def places(self):
        """Return the values at which it stands on a page: its start, `page_step` apart, and both ends."""
        stride = round((self.page_step or self.step) / self.step)
        low, start, high = (
            round((value - self.low) / self.step) for value in (self.low, self.start, self.high)
        )
        steps = {low, high, *range(start, low, -stride), *range(start, high, stride)}
        values = [self.low + step * self.step for step in sorted(steps)]
        return values if self.whole else [round(value, 6) for value in values]

    def check(self, value):
        if self.whole:
            check_count(self.name, value, at_least=self.low)
            return check_number(self.name, value, at_least=self.low, at_most=self.high)
        # A widget that stands at -0.3 may say -0.30000000000000004, and rounds differently then.
        return round(check_number(self.name, value, at_least=self.low, at_most=self.high), 9)

    def readout(self, value):
        """Return `value` as the words beside the slider."""
        return format(value, self._format)

    @property
    def _format(self):
        decimals = -decimal.Decimal(str(self.step)).as_tuple().exponent
        return "d" if self.whole else f".{max(2, decimals)}f"

    def widget(self, widgets, **look):
        kind = widgets.IntSlider if self.whole else widgets.FloatSlider
        return kind(
            self.start,
            min=self.low,
            max=self.high,
            step=self.step,
            description=self.label,
            readout_format=self._format,
            **look,
        )


@dataclasses.dataclass(frozen=True)
class Choice:
    """A control for one of `options`, a mapping from the words shown to the values: a slider for numbers.

    If it is a `time`, as a Slider's, the numbers are.
    """

    name: str
    label: str
    options: dict
    start: object
    time: bool = False

    @property
    def in_order(self):
        """Whether all values are numbers, so that a slider goes through them."""
        return all(isinstance(value, numbers.Real) for value in self.options.values())

    def places(self):
        """Return the values at which it stands on a page."""
        return list(self.options.values())

    def check(self, value):
        return check_choice(self.name, value, list(self.options.values()))

    def widget(self, widgets, **look):
        kind = widgets.SelectionSlider if self.in_order else widgets.Dropdown
        return kind(options=list(self.options.items()), value=self.start, description=self.label, **look)


@dataclasses.dataclass(frozen=True)
class Toggle:
    """A control that is on (True) or off (False)."""

    name: str
    label: str
    start: bool
    time = False

    def places(self):
        """Return the values at which it stands on a page."""
        return [False, True]

    def check(self, value):
        return check_choice(self.name, value, (False, True))

    def widget(self, widgets, **look):
        # As wide as its words, so that several stand side by side.
        look["layout"] = widgets.Layout(width="auto", max_width="100%", margin="2px 14px 2px 2px")
        return widgets.Checkbox(self.start, description=self.label, indent=False, **look)


def input_widgets(controls, width="52em"):
    """Return the widget of each control by name: in line with each other, and no label cut off."""
    import ipywidgets as widgets

    # A SelectionSlider has no margin of its own, as the others have, and would stand two pixels beside them.
    layout = widgets.Layout(width=width, max_width="100%", margin="2px")
    look = {"description_width": f"{max(em_width(control.label) for control in controls)}em"}
    return {
        # Without a tooltip, a label would say "null" under the mouse.
        control.name: control.widget(widgets, tooltip=control.label, style=look, layout=layout)
        for control in controls
    }


def em_width(words):
    """Return about how many em `words` take on a page: one for a Hangul syllable, less for a Latin letter."""
    return 1 + sum(1 if unicodedata.east_asian_width(letter) == "W" else 0.6 for letter in words)
