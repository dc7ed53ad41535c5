"""An explorer: a picture with controls, a pure function from their values to what is drawn."""

import asyncio
import functools

from ppo_edu.drawing.controls import input_widgets
from ppo_edu.drawing.live import Draft, LiveFigure
from ppo_edu.drawing.page import column, image_widget
from ppo_edu.drawing.picture import still_bundle
from ppo_edu.language import t


class Explorer:
    """A picture with controls: a pure function from their values to what is drawn.

    In a notebook it shows itself, with its controls above it and a still PNG of its start for readers without
    a kernel. Each display stands alone and begins at the start.

    Parameters
    ----------
    scene : callable
        Called without arguments, returns an object with a `picture` (`figures.Picture`) and an
        ``update(**values)`` that moves the picture's animated artists to these values.
    controls : sequence of Slider, Choice and Toggle
        Their names are the keywords of ``update``.

    Examples
    --------
    >>> from ppo_edu import explorers
    >>> explorers.clip().draw(epsilon=0.3)[1:4]
    b'PNG'
    """

    def __init__(self, scene, controls):
        self._new_scene = scene
        self.controls = tuple(controls)

    @property
    def start(self):
        """The values at which every display begins, and to which reset returns."""
        return {control.name: control.start for control in self.controls}

    def draw(self, **values):
        """Return the picture at `values` as PNG bytes; controls that are not named stand at their start.

        Raises
        ------
        TypeError
            If no control has such a name.
        ValueError
            If a value is out of its control's range.
        """
        return self._live.png(**self._checked(values))

    def words(self, **values):
        """Return the words in the picture at `values`, a list of texts: its numbers, for who cannot see it.

        Raises as `draw` does.
        """
        self.scene.update(**self._checked(values))
        return self.scene.picture.words()

    @property
    def scene(self):
        """What `draw` moves and draws: an object with a `picture` and an ``update(**values)``."""
        return self._live.scene

    @functools.cached_property
    def _live(self):
        return LiveFigure(self._new_scene())

    def _checked(self, values):
        unknown = sorted(values.keys() - self.start.keys())
        if unknown:
            names = ", ".join(self.start)
            raise TypeError(t("error.no_such_control", name=", ".join(unknown), names=names))
        given = {**self.start, **values}
        return {control.name: control.check(given[control.name]) for control in self.controls}

    def _repr_mimebundle_(self, include=None, exclude=None):
        live = LiveFigure(self._new_scene())
        data, metadata = still_bundle(live.scene.picture, live.png(**self.start))
        return {**self._view(live)._repr_mimebundle_(), **data}, metadata

    def _view(self, live):
        """Return the widgets: the controls, a reset button, and the picture that follows them."""
        import ipywidgets as widgets

        image = image_widget(live)
        inputs = input_widgets(self.controls)

        draft = Draft(live, self._new_scene())

        def show(figure):
            shown = self._checked({name: widget.value for name, widget in inputs.items()})
            image.show(figure.jpeg(**shown))

        def show_crisp():
            show(live)
            image.tooltip = " ".join([live.scene.picture.alt, *live.scene.picture.words()])

        at_rest = AtRest(show_crisp)

        def redraw(change):
            show(draft)
            at_rest.put_off()

        def reset(button):
            for name, value in self.start.items():
                inputs[name].value = value

        # Nothing piles up: a front end keeps a control's newest value back until the kernel is idle again.
        for widget in inputs.values():
            widget.observe(redraw, "value")
        button = widgets.Button(description=t("explorer.reset"), icon="undo")
        button.on_click(reset)
        show_crisp()
        # Side by side, so that controls and picture are on a projector at once.
        *above, last = inputs.values()
        beside = widgets.HBox([last, button], layout=widgets.Layout(flex_flow="row wrap"))
        return column([*above, beside, image])


class AtRest:
    """Calls `action` as soon as it has not been put off for `SECONDS`; at once if no event loop runs."""

    SECONDS = 0.15

    def __init__(self, action):
        self._action, self._timer = action, None

    def put_off(self):
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(self.SECONDS, self._action)
        except RuntimeError:
            self._action()
