"""The learning curve that grows while a training runs."""

from ppo_edu.drawing.live import LiveFigure, Pace
from ppo_edu.drawing.page import as_bundle, image_widget, with_words
from ppo_edu.drawing.picture import still_bundle
from ppo_edu.drawing.style import styled
from ppo_edu.figures.training import TrainingPicture, check_is_run
from ppo_edu.guards.validation import check_callable


class LearningCurve:
    """A learning curve that grows while a training runs; a still picture of it stays in the notebook.

    A context manager, and what `ppo_edu.train` takes as `on_update`. It costs a small part of the training
    time: frames come at least 0.15 s apart, and further apart where drawing is slow.

    Parameters
    ----------
    scene : callable
        Called without arguments, returns what a `LiveFigure` takes; its ``update(run=...)`` shows a
        `TrainingRun`, or for None that nothing has happened yet.

    Examples
    --------
    ::

        with explorers.LearningCurve() as curve:
            run = ppo_edu.train(on_update=curve)
    """

    def __init__(self, scene=TrainingPicture):
        self._live = LiveFigure(styled(check_callable("scene", scene))())
        self._pace = Pace()
        self._display = self._view = self._image = self._run = None

    def __enter__(self):
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            self._image = image_widget(self._live)
            self._image.show(self._live.jpeg(run=None))
            self._view = with_words(self._image)
            # Not the widget, which in version 7 of ipywidgets shows itself, and can then be no other thing.
            self._display = display(as_bundle(self._view), raw=True, display_id=True)
        return self

    def __call__(self, run):
        """Show `run`, a `TrainingRun` in progress, if it is time for a frame."""
        self._run = self._checked(run)
        if self._image is not None and self._pace.is_due():
            with self._pace.frame():
                self._image.show(self._live.jpeg(run=run))

    def _checked(self, run):
        return check_is_run(run)

    def __exit__(self, *error):
        if self._display is None:
            return
        # The browser shows a widget only as long as its kernel lives; the PNG stays.
        data, metadata = still_bundle(self._live.scene.picture, self.png())
        self._display.update(data, metadata=metadata, raw=True)
        self._view.close()
        self._image.close()

    def png(self):
        """Return the curve as it stands, as PNG bytes."""
        return self._live.png(run=self._run)
