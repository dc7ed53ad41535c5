"""Draws images/: ``python -m ppo_edu.figures``."""

from pathlib import Path

from ppo_edu.figures.clipping import ppoclip
from ppo_edu.figures.trpo_problem import trust_region

# File name in images/ -> what draws it. TPRO is how the notes spell it.
IMAGES = {"TPRO.png": trust_region, "ppoclip.png": ppoclip}


def draw_images(folder):
    """Write every picture of `IMAGES` into `folder`, in English, as the repository's images/ holds them."""
    from ppo_edu.language import current_language, use_language

    before = current_language()
    use_language("en")
    try:
        for name, draw in IMAGES.items():
            (folder / name).write_bytes(draw().png())
    finally:
        use_language(before)


if __name__ == "__main__":
    draw_images(Path(__file__).parents[2] / "images")
