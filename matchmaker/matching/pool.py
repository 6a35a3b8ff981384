"""Documents in segments, kept current: build, add, replace, remove, refresh, merge.

Weights use the idf given at the last `refresh`; until then a new or edited document costs less
than a millisecond and changes no other document's score. New documents lie in a tail that every
query scores whole; a full tail is sealed as a segment, and small neighbours are merged. An idf
is no part of the postings, so another one costs a pass over the rows and rewrites nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from threading import RLock
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.names import Names
from matchmaker.matching.rows import Codes, Doubles, Growing, Places, Rows, Table, joined
from matchmaker.matching.segments import Segment, Tail, Weights
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Document, Idf, channel, strengths

TAIL = 512  # documents a query scores one by one before they are sealed
MERGED = 1 << 15  # documents up to which segments are merged while documents come in


class Snapshot(NamedTuple):
    """All an index is made of. One of its own is settled: a single segment, nothing removed."""

    ids: Names
    terms: Names
    idf: Idf
    table: Table
    rarity: Doubles
    channels: NDArray[np.uint8]
    segment: Segment


class Pool:
    """Documents, each found by its id, each a row of weighted terms."""

    def __init__(self, *, segmenter: Segmenter, idf: Idf | None = None) -> None:
        self.segmenter = segmenter
        self.idf = idf or Idf()
        self._terms, self._table = Names(), Table()
        self._rarity, self._channels = Growing(np.empty(0)), Growing(np.empty(0, np.uint8))
        self._ids, self._live = Names(), Growing(np.empty(0, np.bool_))
        self._segments: list[Segment] = []
        self._tail, self._count = Tail(0), 0
        self._lock = RLock()

    @classmethod
    def build(
        cls, documents: Iterable[Document], *, segmenter: Segmenter, idf: Idf | None = None
    ) -> Self:
        """Index documents, at the idf given or at their own. Raises ValueError as `add` does."""
        index = cls(segmenter=segmenter, idf=idf)
        for document in documents:
            index._append(document)
        index._finish(own=idf is None)
        return index

    @classmethod
    def from_token_ids(
        cls,
        ids: Iterable[str],
        terms: Iterable[str],
        rows: Rows,
        table: Sequence[float],
        *,
        segmenter: Segmenter,
        idf: Idf | None = None,
    ) -> Self:
        """Index documents cut before, without their texts.

        ids : (n,) distinct.  terms : by column.  table : strengths by code, the first of them 1.
        """
        index = cls(segmenter=segmenter, idf=idf)
        for term in terms:
            index._terms.add(term)
        for name in ids:
            index._ids.add(name)
        count = len(index._ids)
        if count != len(rows.offsets) - 1:
            raise ValueError("每一行须有一个编号")
        index._table, index._count = Table(table), count
        index._live.extend(np.ones(count, np.bool_))
        index._tail = Tail(0, rows)
        index._finish(own=idf is None)
        return index

    @classmethod
    def restore(cls, snapshot: Snapshot, *, segmenter: Segmenter) -> Self:
        """The index a snapshot was taken of; its arrays are used as they are."""
        index = cls(segmenter=segmenter, idf=snapshot.idf)
        index._ids, index._terms, index._table = snapshot.ids, snapshot.terms, snapshot.table
        index._rarity, index._channels = Growing(snapshot.rarity), Growing(snapshot.channels)
        index._count = len(snapshot.segment)
        index._live = Growing(np.ones(index._count, np.bool_))
        index._segments, index._tail = [snapshot.segment], Tail(index._count)
        return index

    def __len__(self) -> int:
        return self._count

    def __contains__(self, document_id: object) -> bool:
        return isinstance(document_id, str) and self._place(document_id) >= 0

    @property
    def ids(self) -> list[str]:
        """The ids of all documents, ascending."""
        with self._lock:
            return sorted(self._living())

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What the documents are indexed in, the tail apart."""
        return tuple(self._segments)

    def add(self, document: Document) -> None:
        """Take in a new document. Raises ValueError if its id is empty or taken."""
        with self._lock:
            self._append(document)
            self._grow_rarity()
            if len(self._tail) > TAIL:
                self._seal()
                self._merge()

    def replace(self, document: Document) -> None:
        """Put an edited document in the place of the one of the same id, or take it in."""
        with self._lock:
            if document.id in self:
                self.remove(document.id)
            self.add(document)

    def remove(self, document_id: str) -> None:
        """Take a document out. Raises KeyError if there is none of this id."""
        with self._lock:
            place = self._known(document_id)
            self._live.array[place] = False
            self._count -= 1
            for segment in self._segments:
                if 0 <= place - segment.start < len(segment):
                    segment.remove(place - segment.start)

    def refresh(self, idf: Idf) -> None:
        """Weigh all documents anew at another idf: one pass over the rows."""
        with self._lock:
            self.idf = idf
            self._rarity = Growing(np.empty(0))
            self._grow_rarity()
            self._tail.forget_scales()
            for segment in self._segments:
                segment.weigh(self.weights, self._alive(segment.start, len(segment)))

    def snapshot(self) -> Snapshot:
        """What `restore` takes, after everything was merged into one segment."""
        with self._lock:
            self._settle()
            weights = self._rarity.array, self._channels.array
            return Snapshot(
                self._ids, self._terms, self.idf, self._table, *weights, self._segments[0]
            )

    def document_frequencies(self) -> Counter[str]:
        """In how many documents each term stands."""
        with self._lock:
            counts = np.zeros(len(self._terms), np.int64)
            for start, rows in self._all_rows():
                kept = rows.only(self._alive(start, len(rows.offsets) - 1))
                counts += np.bincount(kept.columns, minlength=len(counts))
            return Counter({t: n for t, n in zip(self._terms, counts.tolist(), strict=True) if n})

    # Below: places, columns and rows.

    def _place(self, document_id: str) -> int:
        place = self._ids.find(document_id)
        return place if place >= 0 and self._live.array[place] else -1

    def _known(self, document_id: str) -> int:
        place = self._place(document_id)
        if place < 0:
            raise KeyError(document_id)
        return place

    def _living(self) -> Iterator[str]:
        return (name for name, live in zip(self._ids, self._live.array, strict=True) if live)

    def _alive(self, start: int, count: int) -> NDArray[np.bool_]:
        alive: NDArray[np.bool_] = self._live.array[start : start + count]
        return alive

    @property
    def weights(self) -> Weights:
        """What it knows of its terms."""
        return Weights(self._table.values, self._rarity.array, self._channels.array)

    def _append(self, document: Document) -> None:
        if not document.id or document.id in self:
            raise ValueError(f"编号“{document.id}”为空或重复")
        found = strengths(document, self.segmenter)
        columns = np.empty(len(found), np.int32)
        for number, term in enumerate(found):
            column = self._terms.find(term)
            columns[number] = column if column >= 0 else self._terms.add(term)
        codes = np.array([self._table.code(strength) for strength in found.values()], np.uint16)
        self._ids.add(document.id)
        self._live.extend(np.ones(1, np.bool_))
        self._tail.append(columns, codes)
        self._count += 1

    def _grow_rarity(self) -> None:
        """Weigh the terms that came since."""
        known = len(self._rarity)
        if len(self._terms) == known:
            return
        fresh = self._terms.since(known)
        self._rarity.extend(np.array([self.idf.of(term) for term in fresh]))
        kinds = [channel(term) for term in fresh][len(self._channels) - known :]
        self._channels.extend(np.array(kinds, np.uint8))

    def _finish(self, *, own: bool) -> None:
        if own:
            self.idf = Idf(len(self), self.document_frequencies())
        self._grow_rarity()
        self._seal()

    def _all_rows(self) -> Iterator[tuple[int, Rows]]:
        """The rows of each segment and of the tail, with the place of the first."""
        yield from ((segment.start, segment.rows) for segment in self._segments)
        yield self._tail.start, self._tail.rows

    def _row(self, place: int) -> tuple[Places, Codes]:
        """The columns and codes of one document."""
        start, rows = next(
            (start, rows)
            for start, rows in self._all_rows()
            if start <= place < start + len(rows.offsets) - 1
        )
        return rows.row(place - start)

    def _scored(self) -> Iterator[tuple[int, Rows, Doubles]]:
        """The place of the first document, the rows and the lengths of each part there is."""
        yield from ((each.start, each.rows, each.scales) for each in self._segments if len(each))
        if len(self._tail):
            yield self._tail.start, self._tail.rows, self._tail.scales(self.weights)

    def _seal(self) -> None:
        """Index the tail; the next document begins another."""
        start, count = self._tail.start, len(self._tail)
        if count or not self._segments:
            alive = self._alive(start, count)
            rows = self._tail.rows.only(alive)
            self._segments.append(Segment.of(start, rows, self.weights, alive))
            self._tail = Tail(start + count)

    def _merge(self) -> None:
        """Join the last segments as long as they are small and much alike in size."""
        while len(self._segments) > 1:
            one, other = self._segments[-2:]
            size = len(one) + len(other)
            if len(one) >= 2 * len(other) or size > MERGED:
                return
            alive = self._alive(one.start, size)
            rows = joined([one.rows, other.rows]).only(alive)
            self._segments[-2:] = [Segment.of(one.start, rows, self.weights, alive)]

    def _settle(self) -> None:
        """Give up the places of removed documents and put everything into one segment."""
        if len(self._segments) == 1 and not self._tail and self._count == len(self._ids):
            return
        live = self._live.array.copy()
        rows = joined([rows for _, rows in self._all_rows()]).without(~live)
        names = list(self._living())
        self._ids = Names()
        for name in names:
            self._ids.add(name)
        self._live = Growing(np.ones(len(names), np.bool_))
        everyone = self._live.array
        self._segments = [Segment.of(0, rows, self.weights, everyone)]
        self._tail = Tail(len(names))
