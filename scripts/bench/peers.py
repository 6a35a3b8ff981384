"""The ways to find the top 10 that ours is compared with, each behind the same small interface.

A peer is made of the corpus' rows and their exact unit weights; `ask` gives places, best first.
Those that score otherwise (BM25) read the same terms. One that is not installed says so.
"""

import sqlite3
import tempfile
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix

from bench.corpus import Corpus

TOP = 10
Places = NDArray[np.intp]


class Peer:
    """One way. name : as told.  most : queries it is timed on.  exact : whether it is a cosine."""

    name: ClassVar[str]
    most: ClassVar[int] = 200
    exact: ClassVar[bool] = True
    module: ClassVar[str] = "scipy"  # what must be installed
    memory = 0  # bytes of the index

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        raise NotImplementedError

    def ask(self, query: Any) -> Sequence[int]:
        """The places of the best TOP for a query that `ready` prepared."""
        raise NotImplementedError

    def ready(self, row: csr_array, terms: list[str]) -> Any:
        """What `ask` takes, made outside the clock: a need's unit weights or its terms."""
        return row if self.exact else terms


def first(scores: NDArray[np.float64]) -> Places:
    """The places of the TOP greatest."""
    count = min(TOP, len(scores))
    places = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    return places[np.argsort(-scores[places], kind="stable")]


def size(matrix: csr_array) -> int:
    """The bytes of a sparse matrix."""
    return matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes


class Sklearn(Peer):
    """The usual answer: cosine_similarity over everything, then argsort."""

    name, most = "scikit-learn cosine_similarity + argsort", 5
    module = "sklearn.metrics.pairwise"

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        self.cosine = import_module(self.module).cosine_similarity
        self.matrix, self.memory = matrix, size(matrix)

    def ask(self, query: Any) -> Sequence[int]:
        return np.argsort(-self.cosine(query, self.matrix)[0], kind="stable")[:TOP]


class Scipy(Peer):
    """A product with the transposed matrix, kept."""

    name, most = "scipy q @ XT (kept) + argpartition", 50

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        self.inverted = matrix.T.tocsr()
        self.memory = size(self.inverted)

    def ask(self, query: Any) -> Sequence[int]:
        return first((query @ self.inverted).toarray()[0])


class SparseDotTopn(Peer):
    """The compiled product that keeps the best."""

    name, most, module = "sparse_dot_topn", 20, "sparse_dot_topn"

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        self.product = import_module(self.module).sp_matmul_topn
        self.inverted = csr_matrix(matrix.T.tocsr())
        self.memory = size(self.inverted)

    def ready(self, row: csr_array, terms: list[str]) -> Any:
        return csr_matrix(row)

    def ask(self, query: Any) -> Sequence[int]:
        return self.product(query, self.inverted, top_n=TOP, sort=True, n_threads=1).indices


class Bm25s(Peer):
    """BM25 in arrays, by numba."""

    name, exact, module = "bm25s (numba)", False, "bm25s"

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        library = import_module(self.module)
        self.index = library.BM25(backend="numba")
        offsets, columns = corpus.rows.offsets, corpus.rows.columns.tolist()
        lists = [columns[a:b] for a, b in pairwise(offsets)]
        self.columns = {term: column for column, term in enumerate(corpus.terms)}
        self.index.index((lists, self.columns), show_progress=False)
        self.index.activate_numba_scorer()
        self.memory = sum(self.index.scores[n].nbytes for n in ("data", "indices", "indptr"))

    def ready(self, row: csr_array, terms: list[str]) -> Any:
        return [[self.columns[term] for term in terms if term in self.columns]]

    def ask(self, query: Any) -> Sequence[int]:
        found = self.index.retrieve(query, k=TOP, show_progress=False, n_threads=0)
        return found.documents[0]


class Tantivy(Peer):
    """The search engine in Rust: block-max WAND."""

    name, exact, module = "tantivy", False, "tantivy"

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        library = import_module(self.module)
        builder = library.SchemaBuilder()
        builder.add_text_field(
            "body", stored=False, tokenizer_name="whitespace", index_option="freq"
        )
        builder.add_integer_field("place", stored=False, indexed=False, fast=True)
        self.folder, self.library = tempfile.TemporaryDirectory(), library
        self.index = library.Index(builder.build(), path=self.folder.name)
        writer = self.index.writer(heap_size=512_000_000, num_threads=1)
        for place, text in enumerate(texts(corpus)):
            writer.add_document(library.Document(body=text, place=place))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher, self.schema = self.index.searcher(), self.index.schema
        self.memory = folder_size(self.folder.name)

    def ready(self, row: csr_array, terms: list[str]) -> Any:
        library = self.library
        should = library.Occur.Should
        parts = [
            (should, library.Query.term_query(self.schema, "body", term, "freq")) for term in terms
        ]
        return library.Query.boolean_query(parts)

    def ask(self, query: Any) -> Sequence[int]:
        hits = self.searcher.search(query, TOP, count=False).hits
        return self.searcher.fast_field_values("place", [address for _, address in hits])


class Fts5(Peer):
    """SQLite's full text search, ordered by rank."""

    name, most, exact = "SQLite FTS5", 3, False

    def __init__(self, matrix: csr_array, corpus: Corpus) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = sqlite3.connect(f"{self.folder.name}/fts.db")
        self.database.execute("pragma synchronous = off")
        self.database.execute("create virtual table pool using fts5(body, content='')")
        rows = ((place, text) for place, text in enumerate(texts(corpus)))
        self.database.executemany("insert into pool(rowid, body) values (?, ?)", rows)
        self.database.execute("insert into pool(pool) values ('optimize')")
        self.database.commit()
        self.memory = folder_size(self.folder.name)

    def ready(self, row: csr_array, terms: list[str]) -> Any:
        return " OR ".join(f'"{term}"' for term in terms)

    def ask(self, query: Any) -> Sequence[int]:
        asked = "select rowid from pool where pool match ? order by rank limit ?"
        return [place for (place,) in self.database.execute(asked, (query, TOP))]


def texts(corpus: Corpus) -> Any:
    """Each document's terms with spaces between."""
    terms, columns = np.array(corpus.terms, object), corpus.rows.columns
    offsets = corpus.rows.offsets.tolist()
    for start, end in pairwise(offsets):
        yield " ".join(terms[columns[start:end]])


def folder_size(folder: str) -> int:
    """The bytes of the files in a folder."""
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


PEERS = (Sklearn, Scipy, SparseDotTopn, Bm25s, Tantivy, Fts5)
