"""Search a pool under learnt weights: the index selects, the texts themselves give the score.

Exact: no weight is above `Weights.most`, and no contribution below 0, so a pair whose score under
the weights reaches the threshold has a usual score of at least threshold / most; all of those are
asked of the index and scored again.
"""

from collections.abc import Iterable

from matchmaker.matching.features import DEFAULT, TEXT, Reader, Reading, Weights
from matchmaker.matching.index import DECIMALS
from matchmaker.matching.retrieval import Hit, Retrieval
from matchmaker.matching.weighting import Document

SLACK = 1e-9  # under the bound, for the rounding of the index's own scores


class Rescorer:
    """The texts of one pool beside its index, each read once, when first scored again.

    Keeps nothing and passes the index's hits on as they are while the weights are today's.
    """

    def __init__(self, weights: Weights = DEFAULT) -> None:
        self.weights = weights
        self._reader: Reader | None = None
        self._texts: dict[str, Document] = {}
        self._readings: dict[str, Reading] = {}

    @property
    def documents(self) -> Iterable[Document]:
        """The texts kept."""
        return self._texts.values()

    def put(self, document: Document) -> Document:
        """Take in a new or edited document; return it."""
        if self.weights != DEFAULT:
            self._texts[document.id] = document
            self._readings.pop(document.id, None)
        return document

    def drop(self, document_id: str) -> None:
        """Take a document out, if it is in."""
        self._texts.pop(document_id, None)
        self._readings.pop(document_id, None)

    def for_need(self, index: Retrieval, need: Document, *, top: int, at_least: float) -> list[Hit]:
        """`index.search` over candidates that were all `put`, under the weights."""
        return self._search(index, need, top=top, at_least=at_least, asks=True)

    def for_candidate(
        self, index: Retrieval, candidate: Document, *, top: int, at_least: float
    ) -> list[Hit]:
        """`index.search` over needs that were all `put`, under the weights."""
        return self._search(index, candidate, top=top, at_least=at_least, asks=False)

    def _search(
        self, index: Retrieval, asked: Document, *, top: int, at_least: float, asks: bool
    ) -> list[Hit]:
        if self.weights == DEFAULT:
            return index.search(asked, top=top, at_least=at_least)
        if not self.weights.most:
            return []
        bound = max(0.0, at_least / self.weights.most - SLACK)
        names = [hit.id for hit in index.search(asked, top=len(index), at_least=bound)]
        reader = self._reader_of(index)
        mine, others = reader.read(asked), [self._read(reader, name) for name in names]
        measure = reader.of_need if asks else reader.of_candidate
        scores = (measure(mine, others) @ self.weights.values[:TEXT]).round(DECIMALS)
        hits = [Hit(name, float(score)) for name, score in zip(names, scores, strict=True)]
        kept = [hit for hit in hits if hit.text_score >= at_least]
        return sorted(kept, key=lambda hit: (-hit.text_score, hit.id))[:top]

    def _reader_of(self, index: Retrieval) -> Reader:
        """The reader at the index's idf; at another one than before, everything is read anew."""
        if self._reader is None or self._reader.idf is not index.idf:
            self._reader, self._readings = Reader(index.segmenter, index.idf), {}
        return self._reader

    def _read(self, reader: Reader, name: str) -> Reading:
        if name not in self._readings:
            self._readings[name] = reader.read(self._texts[name])
        return self._readings[name]
