"""How good the ranking is: nDCG, recall, MRR and AUC with bootstrap intervals.

gain     : the grade. In a graded set (grades above 1) ranked over the whole corpus,
           max(0, grade - 1), because there a lone grade of 1 is no reason to push.
hit      : grade >= 2 in a graded set, otherwise >= 1.
unjudged : grade 0.  Grade -1 : the document is taken out of that query's ranking.
nDCG@10  : sum of gain / log2(rank + 1), over that of the best order of all judged.
recall@k : hits among the first k / all hits.  MRR@10 : 1 / rank of the first hit, 0 past 10.
AUC      : chance that a document of grade >= 2 scores above one of grade 0, a tie counting half.
A query for which a figure is undefined (no gain, no hit, no such pair) is left out of its mean.
Sources: Järvelin & Kekäläinen (2002), doi:10.1145/582415.582418; Efron & Tibshirani (1993).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.matching.index import DECIMALS, Index, refresh
from matchmaker.matching.retrieval import Hit
from matchmaker.matching.semantic import Encoder, room, vectors
from matchmaker.matching.testset import DROPPED, TestSet
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import Document

METRICS = ("ndcg_at_10", "recall_at_10", "recall_at_100", "mrr_at_10", "auc")
SEED, RESAMPLES = 20260101, 2000
RELEVANT = 2  # the grade AUC tells from 0, and the lowest hit of a graded set

Grades = Mapping[str, int]
Progress = Callable[[Sequence[Document]], Iterable[Document]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over queries with the ends of its 95 % interval; all None if undefined for all."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """What `evaluate` found."""

    figures: Mapping[str, Figure]
    queries: int
    documents: int

    def to_dict(self) -> dict[str, float | int | None]:
        """One flat object: each metric, its `_low` and `_high`, and the two counts."""
        flat: dict[str, float | int | None] = {"queries": self.queries, "documents": self.documents}
        for name, figure in self.figures.items():
            flat |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
        return flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What counts as gain and as hit: see the head of this module."""

    hit: int
    gain_from: int

    @classmethod
    def of(cls, test_set: TestSet, *, judged_only: bool) -> "Rules":
        """The rules for a set."""
        graded = test_set.is_graded
        return cls(hit=RELEVANT if graded else 1, gain_from=int(graded and not judged_only))

    def gain(self, grade: int) -> int:
        """What a document of this grade adds."""
        return max(0, grade - self.gain_from)


def evaluate(
    test_set: TestSet,
    *,
    segmenter: Segmenter,
    judged_only: bool = False,
    progress: Progress = lambda queries: queries,
    encoder: Encoder | None = None,
) -> Report:
    """Rank the corpus, or only each query's judged documents, for every judged query.

    encoder : adds the points of the third channel to every score.
    """
    third = _Third.of(encoder, test_set.documents) if encoder else None
    index = Index.build(test_set.documents, segmenter=segmenter)
    refresh(index, Index.build(test_set.queries, segmenter=segmenter))
    rules = Rules.of(test_set, judged_only=judged_only)
    rows = []
    for query in progress([query for query in test_set.queries if query.id in test_set.grades]):
        grades = test_set.grades[query.id]
        named = index.score(query, [i for i, grade in grades.items() if grade != DROPPED])
        judged = third.added(query, named) if third else named
        ranking = ordered(judged) if judged_only else _search(index, query, grades, third)
        rows.append(measure(ranking, judged, grades, rules=rules))
    table = np.array(rows, dtype=np.float64)
    figures = {name: interval(table[:, column]) for column, name in enumerate(METRICS)}
    return Report(figures, queries=len(rows), documents=len(test_set.documents))


@dataclass(frozen=True, slots=True)
class _Third:
    """The corpus as the sentence encoder sees it: (documents, d), and each id's row."""

    encoder: Encoder
    corpus: NDArray[np.float64]
    rows: Mapping[str, int]

    @classmethod
    def of(cls, encoder: Encoder, documents: Sequence[Document]) -> "_Third":
        found = vectors(encoder, documents)
        corpus = np.zeros((len(found), max(map(len, found))))
        for row, vector in enumerate(found):
            corpus[row, : len(vector)] = vector
        return cls(encoder, corpus, {one.id: row for row, one in enumerate(documents)})

    def added(self, query: Document, hits: Iterable[Hit]) -> list[Hit]:
        """The hits with the points of the third channel, in their order."""
        asked = np.resize(vectors(self.encoder, [query])[0], self.corpus.shape[1])
        cosines = self.corpus @ asked.astype(np.float64)
        known = self.corpus.any(axis=1) & asked.any()
        points = np.where(known, self.encoder.weight * (cosines - self.encoder.neutral), 0.0)
        told = ((hit, points[self.rows[hit.id]] * room(hit.text_score)) for hit in hits)
        return [Hit(hit.id, round(hit.text_score + float(one), DECIMALS)) for hit, one in told]


def _search(index: Index, query: Document, grades: Grades, third: _Third | None) -> list[Hit]:
    dropped = {i for i, grade in grades.items() if grade == DROPPED}
    deep = len(index) if third else 100 + len(dropped)
    hits = index.search(query, top=deep)
    hits = ordered(third.added(query, hits)) if third else hits
    return [hit for hit in hits if hit.id not in dropped][:100]


def ordered(hits: Iterable[Hit]) -> list[Hit]:
    """Best first, level ones by id."""
    return sorted(hits, key=lambda hit: (-hit.text_score, hit.id))


def measure(
    ranking: Sequence[Hit], judged: Sequence[Hit], grades: Grades, *, rules: Rules
) -> tuple[float, ...]:
    """The METRICS of one query; NaN where undefined.

    ranking : best first, without dropped documents.  judged : every judged one with its score.
    """
    found = [grades.get(hit.id, 0) for hit in ranking]
    return (
        ndcg([rules.gain(g) for g in found], [rules.gain(g) for g in grades.values()]),
        recall([g >= rules.hit for g in found[:10]], sum(g >= rules.hit for g in grades.values())),
        recall([g >= rules.hit for g in found[:100]], sum(g >= rules.hit for g in grades.values())),
        reciprocal_rank(
            [g >= rules.hit for g in found], any(g >= rules.hit for g in grades.values())
        ),
        auc(
            [hit.text_score for hit in judged if grades[hit.id] >= RELEVANT],
            [hit.text_score for hit in judged if grades[hit.id] == 0],
        ),
    )


def ndcg(found: Sequence[int], judged: Sequence[int]) -> float:
    """nDCG@10 of the gains found, in rank order, against all judged gains; NaN without any."""
    best = _dcg(sorted(judged, reverse=True))
    return _dcg(found) / best if best else math.nan


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], start=1))


def recall(found: Sequence[bool], hits: int) -> float:
    """The share of all hits that was found; NaN if there are none."""
    return sum(found) / hits if hits else math.nan


def reciprocal_rank(found: Sequence[bool], hits: int) -> float:
    """1 / rank of the first hit within ten, else 0; NaN if there are none."""
    if not hits:
        return math.nan
    return next((1 / rank for rank, is_hit in enumerate(found[:10], start=1) if is_hit), 0.0)


def auc(relevant: Sequence[float], irrelevant: Sequence[float]) -> float:
    """The chance that one of the first scores above one of the second; NaN if a side is empty."""
    if not relevant or not irrelevant:
        return math.nan
    above = np.subtract.outer(np.array(relevant), np.array(irrelevant))
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def interval(values: NDArray[np.float64]) -> Figure:
    """The mean over queries and its 95 % bootstrap percentile interval, NaN left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Figure(None, None, None)
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(len(known), size=(RESAMPLES, len(known)))
    low, high = np.percentile(known[drawn].mean(axis=1), [2.5, 97.5])
    return Figure(float(known.mean()), float(low), float(high))
