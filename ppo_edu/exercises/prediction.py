"""A learner's own prediction: chosen before a run, remembered, and shown beside what the run says."""

import html

from ppo_edu.drawing.page import as_bundle
from ppo_edu.exercises import journal, progress_file
from ppo_edu.guards.console import printable
from ppo_edu.guards.validation import shortened
from ppo_edu.language import t


def path():
    """Return where predictions are kept: beside what is done of the exercises."""
    return progress_file.path().with_name("predictions.json")


def load():
    """Return what was predicted, from a question's name to the words chosen; empty if unreadable."""
    return read()[0]


def read():
    """Return what `load` does, and a word if something was wrong, else ``""``: nothing is raised.

    A damaged file is set aside as that of the exercises is, and what can be read in it is kept.
    """
    try:
        return _whole(), ""
    except FileNotFoundError:
        return {}, ""
    except ValueError:
        pass
    except (OSError, RuntimeError) as error:  # the latter if there is no home folder
        return {}, t("prediction.not_read", reason=progress_file.reason(error))
    try:
        with progress_file.alone(path()):
            return _read_or_set_aside()
    except OSError as error:
        return {}, t("prediction.not_read", reason=progress_file.reason(error))


def _whole():
    chosen = progress_file.stored(path())
    if not all(isinstance(words, str) for words in chosen.values()):
        raise ValueError("no predictions")
    return chosen


def _read_or_set_aside():
    # What another notebook has done meanwhile counts: it may have set the file aside already.
    try:
        return _whole(), ""
    except FileNotFoundError:
        return {}, ""
    except ValueError:
        chosen = _what_can_be_read()
        aside = progress_file.set_aside(path())
        if chosen:
            progress_file.write(path(), chosen)
        return chosen, t("prediction.damaged", name=aside.name)


def _what_can_be_read():
    try:
        chosen = progress_file.stored(path())
    except ValueError:
        return {}
    return {name: words for name, words in chosen.items() if isinstance(words, str)}


def remember(name, words):
    """Keep what was predicted; return a word if that went wrong, else ``""``."""
    try:
        with progress_file.alone(path()):
            chosen, word = _read_or_set_aside()
            progress_file.write(path(), {**chosen, name: words})
    except (OSError, RuntimeError) as error:
        return t("prediction.not_written", reason=progress_file.reason(error))
    return word


class Prediction:
    """A question's answers as buttons; shows itself in a notebook.

    Attributes
    ----------
    name : str
        Of the lesson and of the question, such as ``"gae.two_ends"``.
    choices : tuple of str
    chosen : str or None
        One of `choices`, as chosen now or in an earlier session.
    """

    def __init__(self, name: str, choices: tuple[str, ...]) -> None:
        self.name, self.choices = name, choices
        chosen, self._word = read()
        before = chosen.get(name)
        self.chosen = before if before in choices else None

    def choose(self, words: str) -> None:
        """Take one of `choices`, and remember it."""
        if isinstance(words, str) and words in self.choices and words != self.chosen:
            self.chosen = words
            told = remember(self.name, words) or journal.predicted(self.name, self.choices.index(words))
            self._word = told or self._word

    def __repr__(self) -> str:
        said = [f"[{'x' if words == self.chosen else ' '}] {words}" for words in self.choices]
        return printable("   ".join([*said, *filter(None, [self._word])]))

    def _repr_html_(self):
        said = "".join(
            f"<li>{'☑ <b>' if words == self.chosen else '☐ '}{html.escape(words)}"
            f"{'</b>' if words == self.chosen else ''}</li>"
            for words in self.choices
        )
        word = f"<p>{html.escape(self._word)}</p>" if self._word else ""
        return f'<ul style="list-style: none; padding-left: 0">{said}</ul>{word}'

    def _repr_mimebundle_(self, include=None, exclude=None):
        # Chosen after the cell has run: whoever saves the notebook asks `as_chosen` once more.
        told = {"text/html": {"prediction": self.name, "choices": list(self.choices)}}
        return {**as_bundle(self._view()), **self._still()}, told

    def _still(self):
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _view(self):
        import ipywidgets

        buttons, word = self._buttons(), ipywidgets.HTML(html.escape(self._word))
        # After `choose`, which comes first because `_buttons` asked for it first.
        buttons.observe(lambda _: setattr(word, "value", html.escape(self._word)), "value")
        return ipywidgets.VBox([buttons, word])

    def _buttons(self):
        import ipywidgets

        buttons = ipywidgets.ToggleButtons(options=self.choices, value=self.chosen, tooltips=self.choices)
        buttons.style.button_width = "auto"
        buttons.observe(lambda change: self.choose(change["new"]), "value")
        return buttons

    def said(self) -> str:
        """Return what was predicted as a line in Markdown."""
        return t("prediction.said", words=self.chosen)


def as_chosen(told):
    """Return what readers without a kernel see of a prediction, as it was chosen by now; {} if it was not.

    Parameters
    ----------
    told : dict
        The metadata of the prediction's HTML. Of other HTML, {} comes back, too.
    """
    name, choices = told.get("prediction"), told.get("choices")
    if not isinstance(name, str) or not isinstance(choices, list):
        return {}
    asked = Prediction(name, tuple(words for words in choices if isinstance(words, str)))
    return {} if asked.chosen is None else asked._still()


_waiting = None


def predict(name: str, *choices: str) -> Prediction:
    """Ask for a prediction; the next cell that runs shows it beside what it says itself.

    Parameters
    ----------
    name : str
        Of the lesson and of the question, such as ``"gae.two_ends"``.
    *choices : str
        Two answers at least.

    Returns
    -------
    Prediction
        Shows itself in a notebook.

    Raises
    ------
    TypeError
        If `name` is no text.
    ValueError
        If there are fewer than two answers, or an answer is no text.

    Examples
    --------
    >>> predict("gae.two_ends", "yes", "no").choices
    ('yes', 'no')
    """
    global _waiting
    if not isinstance(name, str):
        raise TypeError(t("prediction.name", value=shortened(name)))
    if len(choices) < 2 or not all(isinstance(words, str) for words in choices):
        raise ValueError(t("prediction.two_answers", value=shortened(choices)))
    prediction = Prediction(name, choices)
    shell = _shell()
    if shell is not None:
        if _waiting in shell.events.callbacks["post_run_cell"]:
            shell.events.unregister("post_run_cell", _waiting)
        _waiting = _after_the_next_cell(shell, prediction)
        shell.events.register("post_run_cell", _waiting)
    return prediction


def _shell():
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _after_the_next_cell(shell, prediction):
    ended = []

    def show(result):
        ended.append(result)
        if len(ended) == 1:  # the cell that asks
            return
        shell.events.unregister("post_run_cell", show)
        if prediction.chosen is not None:
            from IPython.display import Markdown, display

            display(Markdown(prediction.said()))

    return show
