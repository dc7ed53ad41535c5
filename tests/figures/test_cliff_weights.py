"""What the ratios see of a fall: the picture of the recorded walks, and the walks themselves."""

import numpy as np
import pytest

import ppo_edu
from ppo_edu import recorded
from ppo_edu.figures.walk_weights import back_at_start, cliff_weights
from ppo_edu.language import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_drawn_without_a_missing_glyph(language, no_missing_glyphs):
    ppo_edu.use_language(language)
    picture = cliff_weights()
    assert picture.png()[1:4] == b"PNG"
    assert picture.alt.endswith((".", "다."))


def test_every_walk_starts_with_all_samples_and_no_kl():
    walks = recorded.cliff_weights()
    # Tolerance: the rounding of float32 log-probabilities.
    np.testing.assert_allclose(walks["effective_share"][:, 0], 1, atol=1e-5)
    np.testing.assert_allclose(walks["kl"][:, 0], 0, atol=1e-6)
    assert (walks["return"][:, 0] == walks["return"][0, 0]).all(), "one policy, the same episodes"
    assert ((walks["effective_share"] > 0) & (walks["effective_share"] <= 1 + 1e-5)).all()


def test_back_at_start_is_the_first_point_below_it_after_the_top():
    walks = recorded.cliff_weights()
    at, shares = back_at_start()
    for row, returns in enumerate(walks["return"]):
        top = int(returns.argmax())
        fell = [column for column in range(top, len(returns)) if returns[column] < returns[0]]
        assert at[row] == (fell[0] if fell else -1)
        if fell:
            assert shares[row] == walks["effective_share"][row, fell[0]]
        else:
            assert np.isnan(shares[row])


def test_lesson_02_tells_what_was_recorded():
    at, shares = back_at_start()
    assert (at >= 0).sum() == 9 and len(at) == 10
    assert (round(100 * np.nanmin(shares)), round(100 * np.nanmax(shares))) == (57, 89)
    assert round(100 * np.nanmedian(shares)) == 64
    walks = recorded.cliff_weights()
    half = np.flatnonzero(walks["lengths"] == 0.5)[0]
    pairs = set(
        zip(
            walks["effective_share"][:, half].round(2).tolist(),
            walks["return"][:, half].round().tolist(),
            strict=True,
        )
    )
    shares_and_returns = {(round(share, 2), value) for share, value in pairs}
    assert {(0.82, 458.0), (0.83, 169.0)} <= shares_and_returns
