"""Rows ↔ matching: the one place where the pools meet the pure matcher."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from matchmaker import matching
from matchmaker.achievements.models import Achievement
from matchmaker.brokering.facts import facts_of, stands
from matchmaker.brokering.likenesses import Likenesses
from matchmaker.brokering.models import CandidateKind
from matchmaker.errors import Invalid
from matchmaker.experts.models import Expert
from matchmaker.matching import (
    Build,
    CandidateFacts,
    Document,
    Hit,
    Idf,
    Index,
    NeedFacts,
    Pair,
    PairFacts,
    Retrieval,
    engine,
)
from matchmaker.matching.parcels import Rules, Words
from matchmaker.needs.models import Need
from matchmaker.services.models import Service

MOST = 50  # pairs kept for a need and a kind
EVERY = 1_000_000  # hits asked for where facts still decide
WORDS_LISTED = 6
READ = 64  # texts a matcher remembers for explaining
FIELD_LABELS = {"title": "标题", "keywords": "关键词", "body": "正文"}
MODELS: dict[CandidateKind, type[Any]] = {
    CandidateKind.ACHIEVEMENT: Achievement,
    CandidateKind.EXPERT: Expert,
    CandidateKind.SERVICE: Service,
}
Fitted = tuple[int, Mapping[str, int]]
KINDS = {model: kind for kind, model in MODELS.items()}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A pair over the threshold: ids of rows, both scores, adjustments and words as stored."""

    need_id: int
    candidate_id: int
    text_score: float
    score: float
    adjustments: list[dict[str, Any]]
    words: list[str]


def document_of(row: Any) -> Document:
    """Return the public text of a need or a candidate, as the matcher reads it."""
    if isinstance(row, Need):
        indicators = "\n".join(row.key_indicators)
        body = "\n".join(filter(None, (row.problem, row.background, indicators)))
        return Document(str(row.id), row.title, _joined(row.keywords), body)
    if isinstance(row, Achievement):
        indicators = "、".join(str(one.get("name", "")) for one in row.indicators)
        body = "\n".join(filter(None, (row.summary, indicators, row.cases)))
        return Document(str(row.id), row.title, _joined(row.keywords), body)
    if isinstance(row, Expert):
        return Document(str(row.id), "", _joined(row.keywords), row.bio)
    offers = _joined(str(one.get("name", "")) for one in row.offers)
    kind = row.kind.label if row.kind else ""
    return Document(str(row.id), row.name, offers, "\n".join(filter(None, (kind, row.intro))))


def digest_of(need: Need, candidate: Any) -> str:
    """Name the two texts, as they are now, that an explanation's spans point into."""
    sides = (document_of(need), document_of(candidate))
    parts = [side.text(name) for side in sides for name in FIELD_LABELS]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _joined(words: Iterable[str]) -> str:
    return "、".join(word for word in words if word)


def checked_term(word: str) -> str:
    """Return a dictionary word as it is stored; raise `Invalid` with the cure otherwise."""
    try:
        return matching.check_term(word)
    except matching.TermRefused as error:
        raise Invalid({"words": str(error)}) from error


@dataclass(frozen=True, slots=True)
class Aside:
    """An index of documents that are in no pool, at the matcher's idf, and their texts."""

    documents: tuple[Document, ...]
    index: Index
    texts: matching.Rescorer


class Matcher:
    """Every standing row: one `Retrieval` a pool, all at one idf, and each row's facts.

    Facts are frozen at `today`; a list of failed integrity ends by the nightly refit.
    """

    def __init__(
        self,
        segmenter: matching.Segmenter,
        weights: matching.Weights = matching.DEFAULT,
        likenesses: Likenesses | None = None,
    ) -> None:
        self.segmenter, self.weights = segmenter, weights
        self.likenesses = likenesses or Likenesses()
        self.version = matching.algorithm_version(segmenter, weights, self.likenesses.encoder)
        self.texts = {model: matching.Rescorer(weights) for model in (Need, *KINDS)}
        self.needs: Retrieval = Index(segmenter=segmenter)
        self.pools: dict[CandidateKind, Retrieval] = {
            kind: Index(segmenter=segmenter) for kind in CandidateKind
        }
        self.need_facts: dict[str, NeedFacts] = {}
        self.facts: dict[CandidateKind, dict[str, CandidateFacts]] = {k: {} for k in CandidateKind}
        self.aside: Aside | None = None  # of the documents `fitting.among` was last asked about
        self.read = lru_cache(maxsize=READ)(self._read)  # for explaining

    def _read(self, text: Document) -> matching.Reading:
        return matching.Reading.of(text, self.segmenter, self.needs.idf)

    @classmethod
    def build(
        cls,
        read: Callable[[type[Any]], Iterable[Any]],
        *,
        words: Iterable[str],
        groups: Iterable[Iterable[str]],
        off: Collection[str] = (),
        fitted: Fitted | None,
        today: date,
        weights: matching.Weights = matching.DEFAULT,
        build: Build = Index.build,
        likenesses: Likenesses | None = None,
    ) -> "Matcher":
        """Index all rows that `read` gives of each model.

        words, groups : the bureau's dictionary and synonyms.  off : shipped groups left out.
        fitted : the idf in force; the rows' own if None.  build : what keeps the pools.
        likenesses : those of the sentence encoder, where one is in use.
        """
        segmenter = segmenter_of(words, groups, off)
        built, idf = cls(segmenter, weights, likenesses), Idf(*fitted) if fitted else Idf()
        built.needs = build(built._noted(read(Need), today=today), segmenter=segmenter, idf=idf)
        built.pools = {
            kind: build(built._noted(read(model), today=today), segmenter=segmenter, idf=idf)
            for kind, model in MODELS.items()
        }
        if fitted is None:
            matching.refresh(built.needs, *built.pools.values())
        return built

    def _noted(self, rows: Iterable[Any], *, today: date) -> Iterator[Document]:
        """Keep the facts of each standing row and hand on its text."""
        for row in rows:
            if stands(row):
                self._pool(type(row))[1][str(row.id)] = facts_of(row, today=today)
                document = self.likenesses.put(type(row), document_of(row))
                yield self.texts[type(row)].put(document)

    @property
    def fitted(self) -> Fitted:
        """The idf in force: documents, and in how many of them each term stands."""
        return self.needs.idf.documents, self.needs.idf.counts

    def __len__(self) -> int:
        return len(self.needs) + sum(map(len, self.pools.values()))

    def rules(self, *, threshold: float, today: date) -> Rules:
        """What a ranking elsewhere must follow to find what `for_need` finds."""
        words = Words.of(self.segmenter)
        return Rules(words, self.weights, MOST, threshold, today, engine.name())

    def _pool(self, model: type[Any]) -> tuple[Retrieval, dict[str, Any]]:
        if model is Need:
            return self.needs, self.need_facts
        kind = KINDS[model]
        return self.pools[kind], self.facts[kind]

    def put(self, row: Any, *, today: date) -> None:
        """Take in a row as it is now; one that no longer stands goes out."""
        index, facts = self._pool(type(row))
        name = str(row.id)
        if not stands(row):
            if name in index:
                index.remove(name)
            facts.pop(name, None)
            self.texts[type(row)].drop(name)
            self.likenesses.drop(type(row), name)
            return
        document = self.likenesses.put(type(row), document_of(row))
        index.replace(self.texts[type(row)].put(document))
        facts[name] = facts_of(row, today=today)

    def drop(self, model: type[Any], row_id: int) -> None:
        """Take out a row that was deleted."""
        index, facts = self._pool(model)
        if str(row_id) in index:
            index.remove(str(row_id))
        facts.pop(str(row_id), None)
        self.texts[model].drop(str(row_id))
        self.likenesses.drop(model, str(row_id))

    def pair_facts(self, need: str, kind: CandidateKind, candidate: str) -> PairFacts:
        """What is known of two rows by id beside their words. Raises KeyError."""
        likeness = self.likenesses.of((Need, need), (MODELS[kind], candidate))
        return PairFacts(self.need_facts[need], self.facts[kind][candidate], likeness)

    def find(self, kind: CandidateKind, asked: Document, *, top: int, at_least: float) -> list[Hit]:
        """Search a pool under the weights in force, facts aside."""
        texts, index = self.texts[MODELS[kind]], self.pools[kind]
        return texts.for_need(index, asked, top=top, at_least=at_least)

    def find_needs(self, offered: Document, *, top: int, at_least: float) -> list[Hit]:
        """Search the needs the same way."""
        texts = self.texts[Need]
        return texts.for_candidate(self.needs, offered, top=top, at_least=at_least)

    def for_need(
        self,
        need: Need,
        kind: CandidateKind,
        *,
        threshold: float,
        today: date,
        hits: list[Hit] | None = None,
    ) -> list[Ranked]:
        """Return the best candidates of one kind for a need, best first.

        hits : found elsewhere by `rules`; searched for here if None.
        """
        if str(need.id) not in self.need_facts:
            return []
        if hits is None:
            hits = self.find(kind, document_of(need), top=EVERY, at_least=threshold)
        found = matching.rank(
            hits,
            lambda name: self.pair_facts(str(need.id), kind, name),
            today=today,
            top=MOST,
            threshold=threshold,
            weights=self.weights,
        )
        told = self._told(self.pools[kind], document_of(need), [pair.id for pair in found.pairs])
        return [
            _ranked(need.id, int(pair.id), pair, words)
            for pair, words in zip(found.pairs, told, strict=True)
        ]

    def for_candidate(
        self, kind: CandidateKind, row: Any, *, threshold: float, today: date
    ) -> list[Ranked]:
        """Return every open need a candidate may answer, best first."""
        if str(row.id) not in self.facts[kind]:
            return []
        hits = self.find_needs(document_of(row), top=EVERY, at_least=threshold)
        found = matching.rank(
            hits,
            lambda name: self.pair_facts(name, kind, str(row.id)),
            today=today,
            top=EVERY,
            threshold=threshold,
            weights=self.weights,
        )
        told = self._told(self.needs, document_of(row), [pair.id for pair in found.pairs])
        return [
            _ranked(int(pair.id), row.id, pair, words)
            for pair, words in zip(found.pairs, told, strict=True)
        ]

    def _told(self, index: Retrieval, asked: Document, ids: list[str]) -> Iterator[list[str]]:
        """The heaviest words a list shows of each pair, none that is only part of another."""
        for words in index.met(asked, ids, most=2 * WORDS_LISTED):
            known = [word for word in words if self.segmenter.knows(word)] or words
            yield matching.whole(known)[:WORDS_LISTED]


def _ranked(need_id: int, candidate_id: int, pair: Pair, words: list[str]) -> Ranked:
    adjustments = [asdict(one) for one in pair.adjustments]
    return Ranked(need_id, candidate_id, pair.text_score, pair.score, adjustments, words)


def segmenter_of(
    words: Iterable[str], groups: Iterable[Iterable[str]], off: Collection[str] = ()
) -> matching.Segmenter:
    """Cut with the bureau's dictionary and synonyms and the shipped groups it has not put off."""
    base = tuple(group for group in matching.BASE_GROUPS if group[0] not in off)
    return matching.Segmenter(tuple(words), tuple(map(tuple, groups)), base=base)
