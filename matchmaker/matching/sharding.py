"""One ranking over many machines: documents in shards, one idf over all, the best of each merged.

    (parcels.py) → Shard.of → ask → merge → `rank`, `explained`

A score is summed over the terms of a row in the order of its text and an idf counts documents, so
neither depends on where a document lies: what `merge` gives is, to the last bit, what one index
over everything gives.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np

from matchmaker.matching.explain import Explanation, explain_readings
from matchmaker.matching.features import DEFAULT, FAMILIES, Weights, family
from matchmaker.matching.index import Index, ready
from matchmaker.matching.kernel import Query
from matchmaker.matching.names import unpack
from matchmaker.matching.parcels import OF_EACH, Asking, Cut, Rules, Words, segmenter_of, size_of
from matchmaker.matching.pool import Snapshot
from matchmaker.matching.ranking import (
    POINTS,
    CandidateFacts,
    NeedFacts,
    PairFacts,
    Ranking,
    rank,
)
from matchmaker.matching.rescoring import Rescorer
from matchmaker.matching.retrieval import Hit
from matchmaker.matching.rows import Doubles, Rows, Table, joined
from matchmaker.matching.sides import Reading
from matchmaker.matching.weighting import Document, Idf

BLOCKED_TOLD = 3  # of the documents a filter took out, told where nothing is left
DEPTH = 4  # times `top` hits are looked at first
Search = Callable[[int, float], list[Hit]]
SLACK = 1e-9  # beyond the rounding of scores and of the sums of their points


class Near(NamedTuple):
    """A document that may be pushed: its id, its text score, and the score the order goes by."""

    id: str
    text_score: float
    score: float


class Best(NamedTuple):
    """What a need found: the first `top` pairs, best first; without any, some a filter took out."""

    pairs: list[Near]
    blocked: list[Hit]

    @property
    def hits(self) -> list[Hit]:
        """The same as `Index.search` gives them: `rank` makes of these what it makes of all."""
        found = [Hit(pair.id, pair.text_score) for pair in self.pairs] + self.blocked
        return sorted(found, key=lambda hit: (-hit.text_score, hit.id))


class Shard:
    """Some of the documents, indexed at the idf of all, with their facts."""

    def __init__(self, index: Index, facts: Mapping[str, CandidateFacts], texts: Rescorer) -> None:
        self.index, self.facts, self.texts = index, facts, texts

    @classmethod
    def of(cls, cuts: Sequence[Cut], idf: Idf, rules: Rules) -> "Shard":
        """Index some cuts. Raises ValueError if an id is not theirs alone."""
        ids = [name for each in cuts for name in each.ids]
        if len(set(ids)) != len(ids):
            raise ValueError("编号重复")
        with rules.loops:
            terms, rows, table = _joined(cuts)
            segmenter = segmenter_of(rules.words)
            index = Index.from_token_ids(
                ids, terms, rows, table.tolist(), segmenter=segmenter, idf=idf
            )
        texts = Rescorer(rules.weights)
        for document in chain.from_iterable(each.documents for each in cuts):
            texts.put(document)
        facts = chain.from_iterable(each.facts for each in cuts)
        return cls(index, dict(zip(ids, facts, strict=True)), texts)

    def ask(self, needs: Asking, rules: Rules) -> list[Best]:
        """The best of this shard for each need."""
        columns, numbers = self.index.columns(needs.terms), needs.numbers
        parts = [slice(start, end) for start, end in pairwise(needs.offsets.tolist())]
        queries = [
            ready(columns[numbers[part]], needs.weights[part], needs.channels[part])
            for part in parts
        ]
        with rules.loops:
            searches = (
                self._searches(queries, rules)
                if rules.weights == DEFAULT
                else [self._rescored(need) for need in needs.documents]
            )
            asked = zip(searches, needs.facts, strict=True)
            return [self._best(search, facts, rules) for search, facts in asked]

    def _searches(self, queries: Sequence[Query], rules: Rules) -> list[Search]:
        """What gives the first so many hits of each need; the first look is at all together."""
        depth = min(DEPTH * rules.top, len(self.index))
        first = self.index.answer_many(queries, top=depth, at_least=rules.threshold)

        def search(number: int, top: int, least: float) -> list[Hit]:
            if top == depth:
                return first[number]
            return self.index.answer(queries[number], top=top, at_least=least)

        return [partial(search, number) for number in range(len(queries))]

    def _rescored(self, need: Document) -> Search:
        """The same under learnt weights, from the texts."""
        return lambda top, least: self.texts.for_need(self.index, need, top=top, at_least=least)

    def _best(self, search: Search, need: NeedFacts, rules: Rules) -> Best:
        found, hits = leading(
            search,
            need,
            lambda name: PairFacts(need, self.facts[name]),
            rules,
            most=len(self.index),
        )
        scores = {hit.id: hit.text_score for hit in hits}
        told = () if found.pairs else found.blocked[:BLOCKED_TOLD]
        return Best(
            [Near(pair.id, pair.text_score, pair.score) for pair in found.pairs],
            [Hit(each.id, scores[each.id]) for each in told],
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as arrays and plain values."""
        texts = tuple(self.texts.documents)
        words, weights = Words.of(self.index.segmenter), self.texts.weights
        return _restored, (self.index.snapshot(), self.facts, texts, words, weights)

    def __sizeof__(self) -> int:
        """Bytes, for whoever keeps count of a worker's memory."""
        segments = self.index.segments
        arrays = [array for one in segments for array in (*one.rows, *one.postings, one.scales)]
        return size_of(*arrays) + 3 * OF_EACH * len(self.facts)


def _restored(
    snapshot: Snapshot,
    facts: Mapping[str, CandidateFacts],
    texts: Iterable[Document],
    words: Words,
    weights: Weights,
) -> Shard:
    shard = Shard(Index.restore(snapshot, segmenter=segmenter_of(words)), facts, Rescorer(weights))
    for document in texts:
        shard.texts.put(document)
    return shard


def leading(
    search: Search, need: NeedFacts, facts: Callable[[str], PairFacts], rules: Rules, *, most: int
) -> tuple[Ranking, list[Hit]]:
    """`rank` over everything, looking no deeper than facts can lift; and the hits looked at.

    search : the first so many of `most` documents that score so much.
    Exact: hits come by their text score, to which facts add at most `most_points`.
    """
    depth, least = min(DEPTH * rules.top, most), rules.threshold
    hits = search(depth, least)
    found = _ranked(hits, facts, rules)
    if len(hits) < depth or depth == most:
        return found, hits
    if len(found.pairs) == rules.top:
        bound = found.pairs[-1].score - most_points(need, rules.weights) - SLACK
        if hits[-1].text_score < bound:
            return found, hits
        least = max(least, bound)
    hits = search(most, least)
    return _ranked(hits, facts, rules), hits


def _ranked(hits: Sequence[Hit], facts: Callable[[str], PairFacts], rules: Rules) -> Ranking:
    return rank(
        hits,
        facts,
        today=rules.today,
        top=rules.top,
        threshold=rules.threshold,
        weights=rules.weights,
    )


def most_points(need: NeedFacts, weights: Weights) -> float:
    """What facts can add to the text score of a pair of this need at most."""
    known = {
        "field": need.tech_field,
        "mode": need.coop_modes,
        "trl": need.target_trl is not None,
        "price": need.budget_fen is not None,
        "town": need.town,
    }
    best = dict.fromkeys(FAMILIES, 0.0)
    for code, points in POINTS.items():
        if known[family(code)]:
            best[family(code)] = max(best[family(code)], points * weights.adjustment(code))
    return sum(best.values())


def ask(shard: Shard, needs: Asking, rules: Rules) -> list[Best]:
    """The best of a shard for each need."""
    return shard.ask(needs, rules)


def merge(answers: Sequence[Sequence[Best]], top: int) -> list[Best]:
    """The best of all shards for each need.  answers : by shard, each by need."""
    merged = []
    for parts in zip(*answers, strict=True):
        pairs = [pair for part in parts for pair in part.pairs]
        pairs.sort(key=lambda pair: (-round(pair.score, 12), pair.id))
        blocked = [] if pairs else [hit for part in parts for hit in part.blocked]
        blocked.sort(key=lambda hit: (-hit.text_score, hit.id))
        merged.append(Best(pairs[:top], blocked[:BLOCKED_TOLD]))
    return merged


def explained(
    winners: Sequence[tuple[Document, Sequence[Document]]], idf: Idf, rules: Rules
) -> list[list[Explanation]]:
    """Explain each need's winners, in their order."""
    segmenter = segmenter_of(rules.words)
    found = []
    for need, candidates in winners:
        mine = Reading.of(need, segmenter, idf)
        others = (Reading.of(one, segmenter, idf) for one in candidates)
        found.append([explain_readings(mine, one, weights=rules.weights) for one in others])
    return found


def _joined(cuts: Sequence[Cut]) -> tuple[list[str], Rows, Doubles]:
    """Terms, rows and strengths of some cuts in one; each row keeps its order."""
    numbers: dict[str, int] = {}
    table, parts = Table(), []
    for each in cuts:
        columns = [numbers.setdefault(term, len(numbers)) for term in unpack(each.terms)]
        codes = [table.code(strength) for strength in each.table.tolist()]
        parts.append(
            Rows(
                each.rows.offsets,
                np.array(columns, np.int32)[each.rows.columns],
                np.array(codes, np.uint16)[each.rows.codes],
            )
        )
    return list(numbers), joined(parts), table.values
