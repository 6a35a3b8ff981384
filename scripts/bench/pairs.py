"""Every need against every document, and building from text."""

from importlib import import_module
from typing import Any

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from bench import own
from bench.corpus import Corpus, Source
from bench.peers import TOP
from bench.timing import seconds
from matchmaker.matching import Index, Segmenter

TEXTS = 1_000


def all_pairs(source: Source, corpus: Corpus, asked: Corpus) -> None:
    """The top 10 of every need."""
    needs, documents = len(asked.ids), len(corpus.ids)
    index = own.build(corpus, source.segmenter)
    matrix, rows = own.unit(index, corpus), own.unit(index, asked)
    ready = own.queries(rows, index)
    print(f"top {TOP} of {needs:,} needs x {documents:,} documents")
    rates = {"naive blocks (cosine_similarity + argsort)": naive_rate(matrix, rows)}
    for threads in (1, 2):
        rates[f"sparse_dot_topn, {threads} thread(s)"] = topn_rate(matrix, rows, threads)
    for threads in (1, 2):
        index.best(ready[:100], top=TOP, threads=threads)
        took = seconds(lambda t=threads: index.best(ready, top=TOP, threads=t))[0]
        rates[f"ours, {threads} thread(s)"] = needs * documents / took / 1e6
    for name, rate in rates.items():
        told = f"{rate:9.1f} M pairs/s, {needs * documents / rate / 1e6:8.2f} s" if rate else ""
        print(f"{name:46}{told or 'not installed'}")


def naive_rate(matrix: csr_array, rows: csr_array) -> float:
    """M pairs a second of blocks of 100 needs, on 200 of them."""
    try:
        cosine = import_module("sklearn.metrics.pairwise").cosine_similarity
    except ImportError:
        return 0.0

    def block(first: int) -> Any:
        return np.argsort(-cosine(rows[first : first + 100], matrix), axis=1)[:, :TOP]

    took = seconds(lambda: [block(first) for first in (0, 100)])[0]
    return 200 * matrix.shape[0] / took / 1e6


def topn_rate(matrix: csr_array, rows: csr_array, threads: int) -> float:
    """The same of sparse_dot_topn, on 1,000 needs."""
    try:
        product = import_module("sparse_dot_topn").sp_matmul_topn
    except ImportError:
        return 0.0
    inverted, some = csr_matrix(matrix.T.tocsr()), csr_matrix(rows[:1000])
    took = seconds(lambda: product(some, inverted, top_n=TOP, sort=True, n_threads=threads))[0]
    return some.shape[0] * matrix.shape[0] / took / 1e6


def whole_build(source: Source, *, seed: int) -> None:
    """From text to index, words cut within the clock."""
    corpus = source.corpus(TEXTS, seed=seed + 4, name="T")
    texts = [corpus.text(number) for number in range(TEXTS)]
    Index.build(texts[:20], segmenter=Segmenter())
    segmenter = Segmenter()
    segmenter.terms("激光焊接")
    took = seconds(lambda: Index.build(texts, segmenter=segmenter))[0]
    print(f"\nwhole build from {TEXTS:,} texts, both channels: {TEXTS / took:,.0f} documents/s")
    try:
        vectorizer = import_module("sklearn.feature_extraction.text").TfidfVectorizer
    except ImportError:
        print("TfidfVectorizer with jieba: not installed")
        return
    jieba = import_module("jieba")
    jieba.initialize()
    plain = [f"{text.title}，{text.body}" for text in texts]
    other = seconds(lambda: vectorizer(analyzer=jieba.lcut).fit_transform(plain))[0]
    print(f"TfidfVectorizer with jieba: {TEXTS / other:,.0f} documents/s")
    print(f"ours {other / took:.1f} times")
