"""Ask the documents of a pool: the best for one need or for many, exact, with their scores.

`kernel.py` finds, `pool.py` keeps the documents, `storage.py` saves and loads them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching import kernel
from matchmaker.matching.kernel import Found, Query
from matchmaker.matching.pool import Pool
from matchmaker.matching.postings import Asked
from matchmaker.matching.retrieval import Hit, Retrieval
from matchmaker.matching.rows import Doubles, Places, Rows
from matchmaker.matching.segments import unit
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Document, Idf, channel, strengths

AT_ONCE = 256  # needs `search_many` asks together
SEALING = 64  # needs asked together from which on the tail is sealed first
DECIMALS = 12  # of a text score: scores that agree this far are level, and the id decides


class Index(Pool):
    """A pool of documents to be ranked against a text. Safe to share between threads."""

    def search(self, need: Document, *, top: int, at_least: float = 0.0) -> list[Hit]:
        """The best `top` documents that score `at_least`, best first, level ones by id."""
        with self._lock:
            return self.answer(self.query(need), top=top, at_least=at_least)

    def query(self, need: Document) -> Query:
        """Cut and weigh a need, to be asked with `answer` until the next refresh."""
        found = strengths(need, self.segmenter)
        with self._lock:
            columns = self.columns(found)
            rarity, channels = self._told(list(found), columns)
        weights = weigh(np.fromiter(found.values(), np.float64, len(found)), rarity, channels)
        return ready(columns, weights, channels)

    def columns(self, terms: Iterable[str]) -> Places:
        """The column of each term, -1 where no document holds it."""
        with self._lock:
            return np.array([self._terms.find(term) for term in terms], np.int32)

    def _told(
        self, terms: Sequence[str], columns: NDArray[np.int32]
    ) -> tuple[Doubles, NDArray[np.uint8]]:
        """The rarity and the channel of each term; columns : -1 for one no document holds."""
        known = columns >= 0
        rarity, channels = np.empty(len(terms)), np.empty(len(terms), np.uint8)
        rarity[known] = self._rarity.array[columns[known]]
        channels[known] = self._channels.array[columns[known]]
        for number in np.flatnonzero(~known).tolist():
            rarity[number], channels[number] = self.idf.of(terms[number]), channel(terms[number])
        return rarity, channels

    def answer(
        self, query: Query, *, top: int, at_least: float = 0.0, threads: int = 1
    ) -> list[Hit]:
        """`search` for a need made ready."""
        return self.answer_many([query], top=top, at_least=at_least, threads=threads)[0]

    def search_many(
        self, needs: Iterable[Document], *, top: int, at_least: float = 0.0, threads: int = 1
    ) -> Iterator[list[Hit]]:
        """`search` for many needs, some hundred at a time; the caller may show progress."""
        waiting = iter(needs)
        while some := list(islice(waiting, AT_ONCE)):
            with self._lock:
                queries = [self.query(need) for need in some]
                answers = self.answer_many(queries, top=top, at_least=at_least, threads=threads)
            yield from answers

    def answer_many(
        self, queries: Sequence[Query], *, top: int, at_least: float = 0.0, threads: int = 1
    ) -> list[list[Hit]]:
        """`answer` for each of many queries; compiled loops share them between threads."""
        with self._lock:
            found, scores = self.best(queries, top=top, at_least=at_least, threads=threads)
            answers: list[list[Hit]] = [[] for _ in queries]
            for owner, place, score in zip(*map(np.ndarray.tolist, (*found, scores)), strict=True):
                answers[owner].append(Hit(self._ids[place], score))
            if at_least <= 0:
                answers = [hits + self._unrelated(hits, top - len(hits)) for hits in answers]
            return answers

    def best(
        self, queries: Sequence[Query], *, top: int, at_least: float = 0.0, threads: int = 1
    ) -> tuple[Found, Doubles]:
        """The same as arrays, without documents that share nothing with a need.

        Returns the places of the documents, each query's best first, and their scores; `ids_at`
        names places, until documents are added or the index is saved.
        """
        with self._lock:
            if len(queries) >= SEALING:
                self._seal()
            if not queries:
                return Found(np.empty(0, np.int64), np.empty(0, np.int64)), np.empty(0)
            rough, asked = kernel.batch(queries)
            found = kernel.find(
                self._segments,
                rough,
                self._table.values.astype(np.float32),
                top=top,
                at_least=at_least,
                threads=threads,
            )
            found = self._with_tail(found, len(queries)) if top else found
            scores = self._exact(asked, found, threads=threads)
            kept = (scores > 0) & (scores >= at_least)
            found = Found(found.owner[kept], found.places[kept])
            return kernel.order(found, scores[kept], top=top, name=self._ids.__getitem__)

    def ids_at(self, places: NDArray[np.int64]) -> list[str]:
        """The ids of the documents in these places."""
        with self._lock:
            return [self._ids[place] for place in places.tolist()]

    def score(self, need: Document, ids: Sequence[str]) -> list[Hit]:
        """The text score of each document named, in their order. Raises KeyError."""
        with self._lock:
            places = np.array([self._known(document_id) for document_id in ids], np.int64)
            found = Found(np.zeros(len(places), np.int64), places)
            scores = self._exact(kernel.batch([self.query(need)])[1], found, threads=1)
            return [Hit(i, s) for i, s in zip(ids, scores.tolist(), strict=True)]

    def met(self, need: Document, ids: Sequence[str], *, most: int) -> list[list[str]]:
        """For each document named the heaviest words it shares with the need. Raises KeyError."""
        with self._lock:
            asked = self.query(need)
            words = asked.channels == 0
            points = dict(zip(asked.columns[words].tolist(), asked.weights[words], strict=True))
            return [self._heaviest(points, self._known(one), most) for one in ids]

    # Below: places, columns and scores.

    def _heaviest(self, asked: dict[int, float], place: int, most: int) -> list[str]:
        table, (columns, codes) = self._table.values, self._row(place)
        points = {
            column: asked[column] * table[code]
            for column, code in zip(columns.tolist(), codes.tolist(), strict=True)
            if asked.get(column, 0) > 0
        }
        heaviest = sorted(points, key=lambda column: -points[column])[:most]
        return [self._terms[column] for column in heaviest]

    def _with_tail(self, found: Found, queries: int) -> Found:
        """Every document of the tail may be among every query's best."""
        alive = np.flatnonzero(self._alive(self._tail.start, len(self._tail))) + self._tail.start
        if not len(alive):
            return found
        owner = np.concatenate([found.owner, np.repeat(np.arange(queries), len(alive))])
        places = np.concatenate([found.places, np.tile(alive, queries)])
        order = np.argsort(owner, kind="stable")
        return Found(owner[order], places[order])

    def _exact(self, asked: Asked, found: Found, *, threads: int) -> Doubles:
        """Scores in float64 from the rows themselves."""
        scores, weights = np.zeros(len(found.places)), self.weights
        for start, rows, scales in self._scored():
            inside = (found.places >= start) & (found.places < start + len(rows.offsets) - 1)
            mine = Found(found.owner[inside], found.places[inside] - start)
            scores[inside] = kernel.exact(asked, mine, rows, weights, scales, threads=threads)
        return scores.round(DECIMALS)

    def _unrelated(self, hits: Sequence[Hit], wanted: int) -> list[Hit]:
        """Documents that share nothing with a need, for whoever asked for more than the rest."""
        if wanted <= 0 or self._count == len(hits):
            return []
        found = {hit.id for hit in hits}
        rest = (name for name in self._living() if name not in found)
        return [Hit(name, 0.0) for name in nsmallest(wanted, rest)]


def weigh(strengths: Doubles, rarity: Doubles, channels: NDArray[np.uint8]) -> Doubles:
    """A need's unit weights times rarity, of the strength, rarity and channel of each term."""
    return unit(strengths * rarity, channels) * rarity


def ready(columns: Places, weights: Doubles, channels: NDArray[np.uint8]) -> Query:
    """The need as an index takes it: without the terms it has no column for."""
    known = columns >= 0
    return Query(columns[known], weights[known], channels[known])


def refresh(*indexes: Retrieval) -> Idf:
    """Fit one idf over the documents of all these pools and weigh each pool at it."""
    idf = Idf(sum(map(len, indexes)), counted(*indexes))
    for index in indexes:
        index.refresh(idf)
    return idf


def counted(*indexes: Retrieval) -> Counter[str]:
    """In how many documents of all these pools each term stands."""
    counts: Counter[str] = Counter()
    for index in indexes:
        counts.update(index.document_frequencies())
    return counts


def warm() -> None:
    """Run every loop once, so that a compiled one lies in its cache before anybody waits for it."""
    rows = Rows(np.array([0, 2, 3]), np.array([0, 1, 0], np.int32), np.array([0, 1, 0], np.uint16))
    terms, segmenter = ("激光", "·激"), Segmenter()
    index = Index.from_token_ids("ab", terms, rows, (1.0, 3.0), segmenter=segmenter)
    columns = np.array([0, 1], np.int32)
    query = Query(columns, np.ones(2), columns.astype(np.uint8))
    for top in (1, kernel.MOST_KEPT + 1):
        index.answer(query, top=top)
