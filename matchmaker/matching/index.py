"""Documents → weighted inverted index: add, replace, remove; ask one need or many.

Weights use the idf given at the last `refresh`; until then a new or edited document costs a
millisecond and changes no other document's score. `storage.py` saves and loads.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from threading import RLock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.matching import kernel
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Document, Idf, strengths

TAIL = 512  # documents appended before the index is laid out afresh
DECIMALS = 12  # of a text score: scores that agree this far are level, and the id decides

Doubles = NDArray[np.float64]


class Hit(NamedTuple):
    """A document and its text score, a cosine in [0, 1]."""

    id: str
    text_score: float


class Row(NamedTuple):
    """The terms of a document: (t,) columns, and the summed parts `strengths` gives."""

    columns: kernel.Places
    strengths: Doubles


EMPTY = Row(np.empty(0, np.int32), np.empty(0, np.float64))


class Query(NamedTuple):
    """A need ready to be asked: the columns it shares with the index, its unit weights."""

    columns: kernel.Places
    weights: Doubles


class Snapshot(NamedTuple):
    """All an index is made of, in plain lists and arrays, the rows end to end."""

    ids: list[str]
    terms: list[str]
    documents: int
    counts: Mapping[str, int]
    lengths: NDArray[np.int64]
    columns: kernel.Places
    strengths: Doubles


class Index:
    """A pool of documents to be ranked against a text. Safe to share between threads."""

    def __init__(self, *, segmenter: Segmenter, idf: Idf | None = None) -> None:
        self.segmenter = segmenter
        self.idf = idf or Idf()
        self._columns: dict[str, int] = {}
        self._rarity: Doubles = np.empty(0)
        self._ids: list[str] = []  # a place given up holds ""
        self._rows: list[Row] = []
        self._places: dict[str, int] = {}
        self._main = self._lay_out(0, 0)
        self._tail: csr_array | None = None
        self._lock = RLock()

    @classmethod
    def build(
        cls, documents: Iterable[Document], *, segmenter: Segmenter, idf: Idf | None = None
    ) -> "Index":
        """Index documents, at the idf given or at their own. Raises ValueError as `add` does."""
        index = cls(segmenter=segmenter, idf=idf)
        for document in documents:
            index._append(document)
        if idf is None:
            refresh(index)
        else:
            index._settle()
        return index

    @classmethod
    def restore(cls, snapshot: Snapshot, *, segmenter: Segmenter) -> "Index":
        """The index a snapshot was taken of."""
        index = cls(segmenter=segmenter, idf=Idf(snapshot.documents, snapshot.counts))
        index._columns = {term: column for column, term in enumerate(snapshot.terms)}
        index._ids = list(snapshot.ids)
        ends = np.cumsum(snapshot.lengths)[:-1]
        parts = zip(
            np.split(snapshot.columns, ends), np.split(snapshot.strengths, ends), strict=True
        )
        index._rows = [Row(*part) for part in parts][: len(index._ids)]
        index._settle()
        return index

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._places

    @property
    def ids(self) -> list[str]:
        """The ids of all documents, ascending."""
        return sorted(self._places)

    def add(self, document: Document) -> None:
        """Take in a new document. Raises ValueError if its id is empty or taken."""
        with self._lock:
            self._append(document)
            self._grow_rarity()
            self._tail = None
            if len(self._ids) - self._main.shape[1] > TAIL:
                self._settle()

    def replace(self, document: Document) -> None:
        """Put an edited document in the place of the one of the same id, or take it in."""
        with self._lock:
            if document.id in self._places:
                self.remove(document.id)
            self.add(document)

    def remove(self, document_id: str) -> None:
        """Take a document out. Raises KeyError if there is none of this id."""
        with self._lock:
            place = self._places.pop(document_id)
            self._ids[place], self._rows[place] = "", EMPTY

    def refresh(self, idf: Idf) -> None:
        """Weigh all documents anew at another idf."""
        with self._lock:
            self.idf = idf
            self._rarity = np.empty(0)
            self._settle()

    def snapshot(self) -> Snapshot:
        """What `restore` takes."""
        with self._lock:
            self._settle()
            columns, strength, owner = _joined(self._rows)
            lengths = np.bincount(owner, minlength=len(self._rows))
            terms, counts = list(self._columns), self.idf.counts
            return Snapshot(
                list(self._ids), terms, self.idf.documents, counts, lengths, columns, strength
            )

    def document_frequencies(self) -> Counter[str]:
        """In how many documents each term stands."""
        with self._lock:
            used = [row.columns for row in self._rows]
            counts = np.bincount(np.concatenate([EMPTY.columns, *used]))
            return Counter({t: int(counts[c]) for t, c in self._columns.items() if c < len(counts)})

    def search(self, need: Document, *, top: int, at_least: float = 0.0) -> list[Hit]:
        """The best `top` documents that score `at_least`, best first, level ones by id."""
        with self._lock:
            return self.answer(self.query(need), top=top, at_least=at_least)

    def query(self, need: Document) -> Query:
        """Cut and weigh a need, to be asked with `answer` until the next refresh."""
        found = strengths(need, self.segmenter)
        weights = np.array([found[term] * self.idf.of(term) for term in found])
        norm = math.sqrt(float(weights @ weights)) if found else 1.0
        columns = np.array([self._columns.get(term, -1) for term in found], np.int32)
        known = columns >= 0
        return Query(columns[known], weights[known] / norm)

    def answer(self, query: Query, *, top: int, at_least: float = 0.0) -> list[Hit]:
        """`search` for a need made ready."""
        with self._lock:
            margin = kernel.error(len(query.columns))
            found = self._approximate(query)
            places = kernel.select(found, top=top, at_least=at_least, margin=margin)
            hits = [hit for hit in self._score(query, places) if hit.text_score >= at_least]
            return sorted(hits, key=lambda hit: (-hit.text_score, hit.id))[:top]

    def search_many(
        self, needs: Iterable[Document], *, top: int, at_least: float = 0.0
    ) -> Iterator[list[Hit]]:
        """`search` for one need after the other; the caller may show progress."""
        return (self.search(need, top=top, at_least=at_least) for need in needs)

    def score(self, need: Document, ids: Sequence[str]) -> list[Hit]:
        """The text score of each document named, in their order. Raises KeyError."""
        with self._lock:
            places = np.array([self._places[document_id] for document_id in ids], dtype=np.intp)
            return self._score(self.query(need), places)

    # Below: places, columns and weights.

    def _append(self, document: Document) -> None:
        if not document.id or document.id in self._places:
            raise ValueError(f"编号“{document.id}”为空或重复")
        found = strengths(document, self.segmenter)
        columns = [self._columns.setdefault(term, len(self._columns)) for term in found]
        self._places[document.id] = len(self._ids)
        self._ids.append(document.id)
        self._rows.append(Row(np.array(columns, np.int32), np.fromiter(found.values(), np.float64)))

    def _grow_rarity(self) -> None:
        count = len(self._columns) - len(self._rarity)
        newest_first = islice(reversed(self._columns), count)
        new = [self.idf.of(term) for term in newest_first][::-1]
        self._rarity = np.concatenate([self._rarity, new])

    def _settle(self) -> None:
        """Give up the places of removed documents and lay everything out in one piece."""
        kept = [(i, row) for i, row in zip(self._ids, self._rows, strict=True) if i]
        self._ids, self._rows = [i for i, _ in kept], [row for _, row in kept]
        self._places = {document_id: place for place, document_id in enumerate(self._ids)}
        self._grow_rarity()
        self._main, self._tail = self._lay_out(0, len(self._rows)), None

    def _lay_out(self, start: int, end: int) -> csr_array:
        """Unit weights of the documents in these places, (terms, end - start), by term."""
        columns, strength, owner = _joined(self._rows[start:end])
        weights = strength * self._rarity[columns]
        squares = np.bincount(owner, weights**2, minlength=end - start)
        weights /= np.sqrt(squares)[owner]
        shape = (len(self._rarity), end - start)
        return csr_array((weights.astype(np.float32), (columns, owner)), shape=shape)

    def _approximate(self, query: Query) -> kernel.Floats:
        """float32 scores of all places; -1 where a document was removed."""
        if self._tail is None:
            self._tail = self._lay_out(self._main.shape[1], len(self._rows))
        parts = []
        for block in (self._main, self._tail):
            if not block.shape[1]:
                continue
            known = query.columns < block.shape[0]
            weights = query.weights[known].astype(np.float32)
            parts.append(kernel.scores(block, query.columns[known], weights))
        found = np.concatenate([np.empty(0, np.float32), *parts])
        if len(self._places) < len(self._ids):
            found[[place for place, i in enumerate(self._ids) if not i]] = -1
        return found

    def _score(self, query: Query, places: NDArray[np.intp]) -> list[Hit]:
        """Exact scores in float64 from the rows themselves."""
        columns, strength, owner = _joined([self._rows[place] for place in places])
        asked = np.zeros(len(self._rarity))
        asked[query.columns] = query.weights
        weights = strength * self._rarity[columns]
        squares = np.bincount(owner, weights**2, minlength=len(places))
        dots = np.bincount(owner, weights * asked[columns], minlength=len(places))
        exact = (dots / np.sqrt(np.where(squares > 0, squares, 1))).round(DECIMALS)
        return [Hit(self._ids[p], float(s)) for p, s in zip(places, exact, strict=True)]


def refresh(*indexes: Index) -> Idf:
    """Fit one idf over the documents of all these pools and weigh each pool at it."""
    counts: Counter[str] = Counter()
    for index in indexes:
        counts.update(index.document_frequencies())
    idf = Idf(sum(map(len, indexes)), counts)
    for index in indexes:
        index.refresh(idf)
    return idf


def _joined(rows: Sequence[Row]) -> tuple[kernel.Places, Doubles, NDArray[np.intp]]:
    """All rows end to end: columns, strengths, and the number of the row each belongs to."""
    lengths = [len(row.columns) for row in rows]
    owner = np.repeat(np.arange(len(rows)), lengths)
    columns = np.concatenate([EMPTY.columns, *(row.columns for row in rows)])
    strength = np.concatenate([EMPTY.strengths, *(row.strengths for row in rows)])
    return columns, strength, owner
