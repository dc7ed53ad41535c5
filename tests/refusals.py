"""What a refused value is told: a sentence of this package's, in the reader's language."""

import traceback

import numpy as np
import torch

import ppo_edu

NO_NUMBERS = {
    "none": None,
    "text": "1.5",
    "texts": ["1", "2", "3", "4"],
    "bytes": b"1",
    "dict": {"a": 1},
    "objects": np.array([None] * 4),
    "complex": np.array([1j] * 4),
    "complex tensor": torch.ones(4, dtype=torch.complex64),
    "dates": np.array(["2020"] * 4, "M8[Y]"),
    "ragged": [[1], [1, 2]],
    "meta": torch.ones(4, device="meta"),
    "sparse": torch.eye(4).to_sparse(),
    "records": np.zeros(4, "f4,f4"),
    "too large": [10**400] * 4,
    "function": print,
    "NaN": np.full(4, np.nan),
    "NaN tensor": torch.full((4,), float("nan")),
}


def refusal(call):
    """Return what is said of a refused value, in Korean; fail if it is taken, or something else raises."""
    ppo_edu.use_language("ko")
    try:
        found = call()
    except (TypeError, ValueError) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        assert "/ppo_edu/" in frame.filename and frame.line.startswith("raise"), f"raw: {frame} {error}"
        assert any("가" <= letter <= "힣" for letter in str(error)), error
        return str(error)
    raise AssertionError(f"taken: {found!r}")
