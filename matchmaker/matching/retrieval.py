"""What the site asks of a pool of documents, whatever keeps it: `Index` today.

A search engine for pools that no process can hold would stand here: it finds, by its own scores,
some hundred documents a need, and answers with the scores of this package worked out on their
texts (an `Index` of just these at the idf in force), so that points, threshold, explanation and
learnt weights mean what they mean now. What it did not find it does not answer: such a pool is no
longer exact, and its recall must be measured (docs/adr/0008-dask-for-the-batch.md).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Document, Idf


class Hit(NamedTuple):
    """A document and its text score in [0, 1]: both channels' cosines by their weights."""

    id: str
    text_score: float


class Retrieval(Protocol):
    """A pool of documents at one idf. Safe to share between threads."""

    segmenter: Segmenter
    idf: Idf

    def __len__(self) -> int:
        """How many documents there are."""

    def __contains__(self, document_id: object, /) -> bool:
        """Whether there is a document of this id."""

    def replace(self, document: Document) -> None:
        """Put an edited document in the place of the one of the same id, or take it in."""

    def remove(self, document_id: str) -> None:
        """Take a document out. Raises KeyError if there is none of this id."""

    def refresh(self, idf: Idf) -> None:
        """Weigh all documents anew at another idf."""

    def document_frequencies(self) -> Counter[str]:
        """In how many documents each term stands."""

    def search(self, need: Document, *, top: int, at_least: float) -> list[Hit]:
        """The best `top` documents that score `at_least`, best first, level ones by id."""

    def met(self, need: Document, ids: Sequence[str], *, most: int) -> list[list[str]]:
        """For each document named the heaviest words it shares with the need. Raises KeyError."""


class Build(Protocol):
    """Makes a pool, as `Index.build` does."""

    def __call__(
        self, documents: Iterable[Document], *, segmenter: Segmenter, idf: Idf
    ) -> Retrieval:
        """Take in documents at this idf. Raises ValueError for an id that is empty or taken."""
