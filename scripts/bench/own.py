"""Our own index, asked through the product's own functions."""

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from bench.corpus import Corpus
from bench.peers import TOP
from bench.timing import seconds
from matchmaker.matching import Document, Index, Segmenter, load, save
from matchmaker.matching.index import Query
from matchmaker.matching.segments import SHARES

ADDED = 50


def build(corpus: Corpus, segmenter: Segmenter, *, idf: Any = None) -> Index:
    """The index of rows cut before."""
    return Index.from_token_ids(
        corpus.ids, corpus.terms, corpus.rows, corpus.table, segmenter=segmenter, idf=idf
    )


def unit(index: Index, corpus: Corpus) -> csr_array:
    """(documents, terms) float64: each channel's unit weights by the root of its share.

    A document's product with a need is the text score; with one channel alone, its share of it.
    """
    weights, rows = index.weights, corpus.rows
    values = np.array(corpus.table)[rows.codes] * weights.rarity[rows.columns]
    kinds = weights.channels[rows.columns].astype(np.intp)
    count = len(rows.offsets) - 1
    group = np.repeat(np.arange(count), np.diff(rows.offsets)) * len(SHARES) + kinds
    squares = np.bincount(group, values**2, minlength=count * len(SHARES))
    values *= np.sqrt(np.tile(SHARES, count) / np.where(squares > 0, squares, 1))[group]
    shape = (count, len(corpus.terms))
    return csr_array((values, rows.columns, rows.offsets), shape=shape)


def queries(matrix: csr_array, index: Index) -> list[Query]:
    """Needs' rows as the index takes them."""
    weights = index.weights
    found = []
    for start, end in pairwise(matrix.indptr):
        columns = matrix.indices[start:end].astype(np.int32)
        values = matrix.data[start:end] * weights.rarity[columns]
        found.append(Query(columns, values, weights.channels[columns]))
    return found


def touched(index: Index, query: Query) -> int:
    """Bytes of postings a query reads."""
    total = 0
    for segment in index.segments:
        postings = segment.postings
        for column in query.columns:
            runs = slice(*postings.terms[column : column + 2])
            plain = int(postings.plain[runs].sum(dtype=np.int64))
            coded = int(postings.coded[runs].sum(dtype=np.int64))
            total += 2 * plain + 4 * coded + 22 * (runs.stop - runs.start)
    return total


def opened(index: Index, segmenter: Segmenter, need: Document) -> tuple[float, float, float]:
    """Seconds to save, to open, and for the first answer after opening."""
    with tempfile.TemporaryDirectory() as name:
        saved = seconds(lambda: save(index, Path(name)))[0]
        took, copy = seconds(lambda: load(Path(name), segmenter=segmenter))
        first = seconds(lambda: copy.search(need, top=TOP))[0]
    return saved, took, first


def added(index: Index, documents: list[Document]) -> tuple[float, float, float]:
    """Milliseconds to add one document, text cut: median, worst; and of the query that finds it."""
    each, asked = [], []
    for document in documents:
        each.append(seconds(lambda d=document: index.add(d))[0])
        took, hits = seconds(lambda d=document: index.search(d, top=1))
        asked.append(took)
        assert hits[0].id == document.id
    for document in documents:
        index.remove(document.id)
    return 1e3 * float(np.median(each)), 1e3 * max(each), 1e3 * float(np.median(asked))
