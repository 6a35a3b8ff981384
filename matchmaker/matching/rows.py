"""Documents as rows of terms, many of them end to end: what an index is built from.

The few values a term's strength takes are kept once, in a table; a row holds their codes.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Codes = NDArray[np.uint16]
Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]

ONCE = 1.0  # code 0: the term stands once, in the body
MOST_CODES = 1 << 16


class Rows(NamedTuple):
    """n documents, each a set of distinct terms.

    offsets : (n + 1,) where each row begins, and the end.  columns : the terms, end to end.
    codes : likewise, the place of each term's strength in the table.
    """

    offsets: NDArray[np.int64]
    columns: Places
    codes: Codes

    def part(self, first: int, last: int) -> "Rows":
        """The rows first, …, last - 1."""
        start, end = self.offsets[first], self.offsets[last]
        offsets = self.offsets[first : last + 1] - start
        return Rows(offsets, self.columns[start:end], self.codes[start:end])

    def row(self, number: int) -> tuple[Places, Codes]:
        """The terms of one document and their codes."""
        start, end = self.offsets[number : number + 2]
        return self.columns[start:end], self.codes[start:end]

    def owners(self) -> NDArray[np.intp]:
        """The number of the row each term belongs to."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))

    def without(self, dropped: NDArray[np.bool_]) -> "Rows":
        """The rows that are not dropped."""
        if not dropped.any():
            return self
        lengths = np.diff(self.offsets)
        inside = np.repeat(~dropped, lengths)
        return Rows(_offsets(lengths[~dropped]), self.columns[inside], self.codes[inside])

    def only(self, kept: NDArray[np.bool_]) -> "Rows":
        """The same rows, those not kept emptied."""
        if kept.all():
            return self
        lengths = np.diff(self.offsets)
        inside = np.repeat(kept, lengths)
        return Rows(_offsets(lengths * kept), self.columns[inside], self.codes[inside])


def no_rows() -> Rows:
    """No document at all."""
    return Rows(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.uint16))


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows of all parts, end to end."""
    if len(parts) == 1:
        return parts[0]
    parts = [no_rows(), *parts]
    return Rows(
        _offsets(np.concatenate([np.diff(part.offsets) for part in parts])),
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.codes for part in parts]),
    )


def _offsets(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


class Table:
    """The distinct strengths in the order they were first seen. Full, it takes the nearest."""

    def __init__(self, values: Iterable[float] = (ONCE,)) -> None:
        self._codes = {value: code for code, value in enumerate(values)}

    def code(self, strength: float) -> int:
        """The place of a strength, a new one if need be."""
        code = self._codes.get(strength)
        if code is None:
            if len(self._codes) == MOST_CODES:
                nearest = min(self._codes, key=lambda known: abs(known - strength))
                return self._codes[nearest]
            code = self._codes[strength] = len(self._codes)
        return code

    @property
    def values(self) -> Doubles:
        """The strengths by code."""
        return np.fromiter(self._codes, np.float64, len(self._codes))


class Growing:
    """An array that takes more at its end without being copied each time."""

    def __init__(self, start: NDArray[Any]) -> None:
        self._room, self._used = start, len(start)

    def __len__(self) -> int:
        return self._used

    @property
    def array(self) -> NDArray[Any]:
        """What it holds; a view."""
        return self._room[: self._used]

    def extend(self, more: NDArray[Any]) -> None:
        """Append values."""
        end = self._used + len(more)
        if end > len(self._room):
            room = np.empty(max(1024, end + end // 2), self._room.dtype)
            room[: self._used] = self.array
            self._room = room
        self._room[self._used : end] = more
        self._used = end


class GrowingRows:
    """Rows that take more documents at their end."""

    def __init__(self, rows: Rows) -> None:
        self._offsets, self._columns = Growing(rows.offsets), Growing(rows.columns)
        self._codes = Growing(rows.codes)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @property
    def rows(self) -> Rows:
        """What it holds; views."""
        return Rows(self._offsets.array, self._columns.array, self._codes.array)

    def append(self, columns: Places, codes: Codes) -> None:
        """Take in one document."""
        self._columns.extend(columns)
        self._codes.extend(codes)
        self._offsets.extend(np.array([len(self._columns)], np.int64))
