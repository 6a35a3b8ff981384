"""Documents that were indexed together: their rows, postings and lengths.

A segment's places never move; a removed document's lengths become NaN, which no score survives.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching import engine
from matchmaker.matching.postings import BLOCK, CHUNK, Postings, invert
from matchmaker.matching.rows import Doubles, Floats, GrowingRows, Places, Rows, no_rows
from matchmaker.matching.weighting import CHANNELS

SHARES = np.array(list(CHANNELS.values()))
AT_ONCE = 4 * BLOCK  # documents whose lengths are taken together


class Weights(NamedTuple):
    """What an index knows of terms. table : strengths by code.  rarity, channels : by column."""

    table: Doubles
    rarity: Doubles
    channels: NDArray[np.uint8]


@dataclass
class Segment:
    """Documents start, start + 1, … of an index.

    scales : (2, n) what brings each channel's weights to its share of the score; 0 without any.
    norms : the same in float32, NaN for a removed document.  peaks : (2, chunks) their greatest.
    """

    start: int
    rows: Rows
    postings: Postings
    scales: Doubles
    norms: Floats
    peaks: Floats

    @classmethod
    def of(cls, start: int, rows: Rows, weights: Weights, live: NDArray[np.bool_]) -> "Segment":
        """Index rows; live : by row."""
        postings = invert(rows, len(weights.rarity))
        nothing = np.empty((2, 0), np.float32)
        segment = cls(start, rows, postings, nothing.astype(np.float64), nothing, nothing)
        segment.weigh(weights, live)
        return segment

    def __len__(self) -> int:
        return len(self.rows.offsets) - 1

    @property
    def blocks(self) -> int:
        """How many blocks its postings lie in."""
        return -(-len(self) // BLOCK)

    def weigh(self, weights: Weights, live: NDArray[np.bool_]) -> None:
        """Take the lengths anew, in one pass over the rows: all that another idf changes."""
        pieces = [
            scales(self.rows.part(first, min(first + AT_ONCE, len(self))), weights)
            for first in range(0, len(self), AT_ONCE)
        ]
        self.scales = np.concatenate([np.empty((2, 0)), *pieces], axis=1)
        self.norms = self.scales.astype(np.float32)
        self.norms[:, ~live] = np.nan
        chunks = np.arange(0, len(self), CHUNK)
        self.peaks = np.fmax.reduceat(self.norms, chunks, axis=1) if len(self) else self.norms

    def remove(self, number: int) -> None:
        """Let no query find a document again."""
        self.norms[:, number] = np.nan


def scales(rows: Rows, weights: Weights) -> Doubles:
    """(2, documents) of a segment."""
    squares: Doubles = engine.loops().squares(*rows, *weights, len(SHARES))
    return np.sqrt(np.where(squares > 0, SHARES[:, None], 0) / np.where(squares > 0, squares, 1))


class Tail:
    """The documents that came last, few enough for a query to score every one of them."""

    def __init__(self, start: int, rows: Rows | None = None) -> None:
        self.start = start
        self._rows = GrowingRows(no_rows() if rows is None else rows)
        self._scales: list[Doubles] = []
        self._weighed: Doubles | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Rows:
        """Its documents."""
        return self._rows.rows

    def append(self, columns: Places, codes: NDArray[np.uint16]) -> None:
        """Take in a document."""
        self._rows.append(columns, codes)

    def scales(self, weights: Weights) -> Doubles:
        """(2, documents) as of a segment; those new since the last call are added."""
        if len(self._scales) < len(self):
            fresh = scales(self.rows.part(len(self._scales), len(self)), weights)
            self._scales += list(fresh.T)
            self._weighed = None
        if self._weighed is None:
            self._weighed = np.array(self._scales).reshape(-1, 2).T
        return self._weighed

    def forget_scales(self) -> None:
        """Take the lengths anew at the next call: the idf is another."""
        self._scales, self._weighed = [], None


def unit(weights: Doubles, channels: NDArray[Any]) -> Doubles:
    """A text's (t,) weights, scaled so that the squares in a channel sum to its weight."""
    squares = np.bincount(channels, weights**2, minlength=len(SHARES))
    scaled: Doubles = weights * np.sqrt(SHARES / np.where(squares > 0, squares, 1))[channels]
    return scaled
