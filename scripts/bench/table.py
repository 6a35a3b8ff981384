"""The rows of a table: one way after the other, and what our index costs beside."""

import gc
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from bench import own
from bench.corpus import Corpus, Source
from bench.peers import TOP, Peer
from bench.timing import Times, bandwidth, seconds, times
from matchmaker.matching import Index

CHECKED = 50  # needs whose exact ranking is worked out


class Case(NamedTuple):
    """Documents and needs, both also as unit weights, and the exact ranking of the first needs."""

    corpus: Corpus
    needs: Corpus
    matrix: csr_array
    asked: csr_array
    expected: list[list[int]]


def case_of(index: Index, corpus: Corpus, needs: Corpus) -> Case:
    """All a table is made from."""
    matrix, asked = own.unit(index, corpus), own.unit(index, needs)
    return Case(corpus, needs, matrix, asked, exact(matrix, asked[:CHECKED]))


def heading() -> None:
    """The names of the columns."""
    print(
        f"{'':42}{'build s':>9}{'p50 ms':>10}{'p99 ms':>10}{'queries':>8}{'times':>8}"
        f"{'M pairs/s':>11}{'MB':>8}  top 10 as exact"
    )


def line(
    name: str, built: float, took: Times, *, base: Times | None, size: int, memory: int, agree: str
) -> None:
    """One row: `times` is how much sooner than the first row at the median."""
    sooner = base.p50 / took.p50 if base else 1.0
    pairs = size / took.p50 / 1e3
    print(
        f"{name:42}{built:9.2f}{took.p50:10.3f}{took.p99:10.3f}{took.count:8}{sooner:8.1f}"
        f"{pairs:11.1f}{memory / 1e6:8.0f}  {agree}",
        flush=True,
    )


def exact(matrix: csr_array, asked: csr_array) -> list[list[int]]:
    """The naive ranking in float64, level documents by id (here: by place)."""
    inverted = matrix.T.tocsr()
    found = []
    for number in range(asked.shape[0]):
        scores = (asked[[number]] @ inverted).toarray()[0].round(12)
        best = np.argpartition(scores, len(scores) - 3 * TOP)[len(scores) - 3 * TOP :]
        found.append(sorted(best.tolist(), key=lambda p, s=scores: (-s[p], p))[:TOP])
    return found


def agreement(answers: list[list[int]], expected: list[list[int]]) -> str:
    """How many of the exact ten were found, and how many lists are identical."""
    pairs = list(zip(answers, expected, strict=False))
    same = sum(len(set(a) & set(e)) for a, e in pairs) / TOP / len(pairs)
    return f"{same:.3f}, identical {sum(list(a) == e for a, e in pairs)}/{len(pairs)}"


def row(kind: type[Peer], case: Case, *, base: Times | None = None) -> Times | None:
    """Build one peer, time it, print it; None if it is not installed."""
    try:
        import_module(kind.module)
    except ImportError:
        print(f"{kind.name:42}not installed")
        return None
    built, peer = seconds(lambda: kind(case.matrix, case.corpus))
    ready = []
    for number in range(min(kind.most, len(case.needs.ids))):
        columns, _ = case.needs.rows.row(number)
        ready.append(
            peer.ready(case.asked[[number]], [case.needs.terms[column] for column in columns])
        )
    took = times(peer.ask, ready, most=kind.most)
    answers = [[int(place) for place in peer.ask(query)] for query in ready[: min(kind.most, 20)]]
    told = agreement(answers, case.expected) + ("" if kind.exact else " (BM25)")
    size = len(case.corpus.ids)
    line(kind.name, built, took, base=base, size=size, memory=peer.memory, agree=told)
    gc.collect()
    return took


def ours(index: Index, case: Case, *, built: float, base: Times | None) -> None:
    """Our rows: one thread and two, and many needs at once."""
    ready = own.queries(case.asked, index)
    memory = sum(segment.postings.bytes for segment in index.segments)
    for threads in (1, 2):
        took = times(
            lambda q, t=threads: index.answer(q, top=TOP, threads=t), ready, most=len(ready)
        )
        hits = [index.answer(query, top=TOP, threads=threads) for query in ready[:CHECKED]]
        answers = [[int(hit.id[1:]) for hit in each] for each in hits]
        name = f"ours, {threads} thread{'s' * (threads - 1)}"
        told = agreement(answers, case.expected)
        line(name, built, took, base=base, size=len(case.corpus.ids), memory=memory, agree=told)
    many = ready * 3
    for threads in (1, 2):
        index.best(many[:100], top=TOP, threads=threads)
        took = seconds(lambda t=threads: index.best(many, top=TOP, threads=t))[0]
        rate = len(many) * len(case.corpus.ids) / took / 1e6
        print(f"ours, {len(many)} needs at once, {threads} thread(s): {rate:,.0f} M pairs/s")


def limit(index: Index, ready: list[Any], base: Times | None) -> None:
    """The bytes a need must read by the bandwidth of memory: what no query can go below."""
    touched = float(np.mean([own.touched(index, query) for query in ready]))
    floor = 1e3 * touched / bandwidth()
    took = times(lambda q: index.answer(q, top=TOP), ready, most=len(ready))
    print(
        f"limit: {touched / 1e6:.2f} MB of postings a need, {floor:.3f} ms by copying speed; "
        f"ours takes {took.p50 / floor:.1f} times that"
        + (f", the first row {base.p50 / floor:,.0f} times" if base else "")
    )


def life(index: Index, source: Source, corpus: Corpus, *, seed: int) -> None:
    """What keeping the index costs."""
    fresh = source.corpus(own.ADDED, seed=seed + 3, name="X")
    texts = [fresh.text(number) for number in range(own.ADDED)]
    rebuilt = seconds(lambda: own.build(corpus, source.segmenter, idf=index.idf))[0]
    weighed = seconds(lambda: index.refresh(index.idf))[0]
    saved, took, first = own.opened(index, source.segmenter, texts[0])
    one, worst, asked = own.added(index, texts)
    print(
        f"rebuild from token ids {rebuilt:.2f} s; weigh anew at another idf {weighed:.2f} s; "
        f"save {saved:.2f} s; open {took:.3f} s, first answer {1e3 * first:.1f} ms"
    )
    print(
        f"add one document, text cut: {one:.3f} ms (worst {worst:.3f}); "
        f"the next query, text cut, finds it in {asked:.3f} ms"
    )
