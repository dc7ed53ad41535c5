"""Record the language model's reference.npz: ``python tools/record/reference_model.py``, some ten seconds.

The pretrained model that the lesson on language models starts from, as float16. The same seed gives the same
numbers on the same machine.
"""

import io
import sys
from pathlib import Path

import numpy as np

import ppo_edu
from ppo_edu.guards.files import whole_file
from ppo_edu.language_models.pretraining import arrays_of, pretrain

SEED = 0
TARGET = Path(ppo_edu.__file__).parent / "language_models" / "reference.npz"


def kept(model):
    """Return what the file holds of `model`, a dict of float16 arrays."""
    return {name: array.astype("f2") for name, array in arrays_of(model).items()}


def main():
    """Write reference.npz."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **kept(pretrain(seed=SEED)))
    with whole_file(TARGET) as file:
        file.write(buffer.getvalue())


if __name__ == "__main__":
    sys.exit(main())
