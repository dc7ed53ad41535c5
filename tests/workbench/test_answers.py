"""The dashboard of a language model's training, and its retrain button."""

import pytest

import ppo_edu
from ppo_edu import language_models as lm
from ppo_edu.workbench import AnswersDashboard, RetrainAnswers, answers


def test_the_dashboard_follows_a_run_and_leaves_a_picture():
    view = AnswersDashboard(updates=2)
    empty = view.png()
    run = lm.train(config=lm.LMConfig(advantage="grpo", answers=32), updates=2, on_update=view)
    assert view.png() != empty
    lines = view._live.scene.lines
    assert list(lines["accuracy"].get_xdata()) == [1, 2]
    assert lines["reward"].get_ydata()[-1] == run.history["reward"][-1]
    assert list(lines["held_out"].get_xdata()) == [1, 2]  # the first and the last are measured
    with pytest.raises(ValueError, match="updates"):
        AnswersDashboard(updates=0)


def test_the_button_trains_with_what_the_sliders_say():
    view = RetrainAnswers(updates=1)
    assert view.config() == lm.LMConfig(advantage="grpo", group=8)
    for name, value in {"advantage": "ppo", "epsilon": 0.3, "beta": 0.05, "seed": 3}.items():
        view.inputs[name].value = value
    view.button.click()
    assert view.run.config == lm.LMConfig(advantage="ppo", epsilon=0.3, beta=0.05) and view.run.seed == 3
    assert f"{100 * view.run.accuracy('trained'):.0f}%" in view.line.value and not view.button.disabled
    assert "image/png" in view._repr_mimebundle_()[0]


def test_an_earlier_training_is_there_from_the_start():
    run = lm.train(config=lm.LMConfig(advantage="grpo", answers=32), updates=2)
    view = RetrainAnswers(run, updates=1)
    line = view._live.scene.lines["accuracy"]
    assert list(line.get_xdata()) == [1, 2] and line.axes.get_xlim()[1] == 2
    assert (
        view._repr_mimebundle_()[0]["image/png"]
        != RetrainAnswers(updates=2)._repr_mimebundle_()[0]["image/png"]
    )
    with pytest.raises(TypeError, match="dict"):
        RetrainAnswers({})


def test_an_error_is_shown_and_the_button_works_again(monkeypatch):
    view = RetrainAnswers(updates=1)
    monkeypatch.setattr(answers.RetrainAnswers, "config", lambda self: 1 / 0)
    view.train()
    assert "ZeroDivisionError" in view.line.value and not view.button.disabled


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_letter_has_a_glyph(language, no_missing_glyphs):
    ppo_edu.use_language(language)
    assert AnswersDashboard().png()
