"""The inverted index of some documents: for each term, where it stands and how strongly.

Documents lie in blocks of `BLOCK`; a term's postings within a block are a run: first those of
code 0, which need no weight, then the coded ones with their codes apart. Rarity is no part of it,
so that another idf rewrites nothing. The runs of a block lie together, those of a term are listed
together: block after block, the scores being summed stay in the processor's cache.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching import engine
from matchmaker.matching.rows import Codes, Doubles, Floats, Places, Rows

BLOCK = 1 << 15  # documents; a place within a block and a run's length fit 16 bits
CHUNK = 64  # documents looked through at once for one that may be among the best


class Postings(NamedTuple):
    """The runs of every term, block after block.

    terms : (columns + 1,) where the runs of each term begin, and the end.
    blocks : (runs,) the block of each.  plain, coded : (runs,) how many of code 0, how many others.
    starts : (runs,) where its places begin.  marks : (runs,) where its codes begin.
    places : within the block.  codes : of the coded ones.
    """

    terms: NDArray[np.int64]
    blocks: NDArray[np.uint16]
    plain: NDArray[np.uint16]
    coded: NDArray[np.uint16]
    starts: NDArray[np.int64]
    marks: NDArray[np.int64]
    places: NDArray[np.uint16]
    codes: Codes

    @property
    def bytes(self) -> int:
        """What they take in memory."""
        return sum(array.nbytes for array in self)


class Queries(NamedTuple):
    """q needs ready for the loops: where each begins, and its terms end to end.

    offsets : (q + 1,).  columns, weights, channels : of each term, rarity within the weight.
    """

    offsets: NDArray[np.int64]
    columns: Places
    weights: Floats
    channels: NDArray[np.uint8]


class Asked(NamedTuple):
    """The same in float64, for scoring the winners again."""

    offsets: NDArray[np.int64]
    columns: Places
    weights: Doubles


def invert(rows: Rows, columns: int) -> Postings:
    """The postings of these rows, all of whose columns are < `columns`."""
    loops, documents = engine.loops(), len(rows.offsets) - 1
    parts = [
        loops.invert_block(*rows.part(first, min(first + BLOCK, documents)), columns)
        for first in range(0, documents, BLOCK)
    ] or [loops.invert_block(*rows, columns)]
    terms, plain, coded, places, codes = (
        np.concatenate(pieces) for pieces in zip(*parts, strict=True)
    )
    lengths = [len(part[0]) for part in parts]
    blocks = np.repeat(np.arange(len(parts), dtype=np.uint16), lengths)
    starts, marks = _starts(plain.astype(np.int64) + coded), _starts(coded.astype(np.int64))
    order = np.argsort(terms, kind="stable")
    begins = np.zeros(columns + 1, np.int64)
    np.cumsum(np.bincount(terms, minlength=columns), out=begins[1:])
    return Postings(
        begins,
        blocks[order],
        plain[order],
        coded[order],
        starts[order],
        marks[order],
        places,
        codes,
    )


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    ends = np.cumsum(lengths)
    found: NDArray[np.int64] = ends - lengths
    return found
