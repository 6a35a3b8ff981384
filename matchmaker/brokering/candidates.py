"""Rows ↔ matching: the one place where the pools meet the pure matcher."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from matchmaker import matching
from matchmaker.accounts.models import Organisation
from matchmaker.achievements.models import Achievement
from matchmaker.brokering.models import CandidateKind
from matchmaker.codes import Integrity
from matchmaker.errors import Invalid
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import OPEN_NEEDS, ExpertState, PoolState
from matchmaker.matching import CandidateFacts, Document, Idf, Index, NeedFacts, Pair, PairFacts
from matchmaker.matching.text import Token
from matchmaker.needs.models import Need
from matchmaker.services.models import Service

MOST = 50  # pairs kept for a need and a kind
EVERY = 1_000_000  # hits asked for where facts still decide
WORDS_LISTED = 6
REMEMBERED = 4000  # texts, about 10 KB each
NOUNS = {
    CandidateKind.ACHIEVEMENT: "该成果",
    CandidateKind.EXPERT: "该专家",
    CandidateKind.SERVICE: "该服务机构",
}
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
    """A pair over the threshold: ids of rows, both scores, the adjustments as stored."""

    need_id: int
    candidate_id: int
    text_score: float
    score: float
    adjustments: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why, as stored: JSON, the heaviest words, and the digest of the texts the spans fit."""

    explanation: dict[str, Any]
    words: list[str]
    texts_digest: str


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


def stands(row: Any) -> bool:
    """Tell whether the row's state lets it be matched at all."""
    if isinstance(row, Need):
        return row.state in OPEN_NEEDS
    return row.state is (ExpertState.IN_POOL if isinstance(row, Expert) else PoolState.PUBLISHED)


def _blacklisted(organisation: Organisation | None, today: date) -> bool:
    if organisation is None or organisation.integrity is not Integrity.BLACKLIST:
        return False
    return organisation.integrity_until is None or organisation.integrity_until >= today


def need_facts(need: Need, *, today: date) -> NeedFacts:
    """Return what is known of a need beside its words."""
    return NeedFacts(
        tech_field=need.tech_field_code,
        coop_modes=frozenset(need.coop_modes),
        target_trl=need.target_trl,
        budget_fen=need.budget_total_fen,
        expires_on=need.expires_on,
        withdrawn=not stands(need),
        blacklisted=_blacklisted(need.enterprise, today),
    )


def candidate_facts(row: Any, *, today: date) -> CandidateFacts:
    """Return what is known of a candidate beside its words."""
    withdrawn = not stands(row)
    if isinstance(row, Achievement):
        return CandidateFacts(
            tech_fields=frozenset(filter(None, [row.tech_field_code])),
            transfer_modes=frozenset(row.transfer_modes),
            trl=row.trl,
            asking_price_fen=row.asking_price_fen,
            withdrawn=withdrawn,
            blacklisted=_blacklisted(row.institution, today),
        )
    blacklisted = _blacklisted(row.organisation, today)
    if isinstance(row, Expert):
        listed = blacklisted or row.integrity is Integrity.BLACKLIST
        fields = frozenset(row.tech_field_codes)
        return CandidateFacts(tech_fields=fields, withdrawn=withdrawn, blacklisted=listed)
    return CandidateFacts(withdrawn=withdrawn, blacklisted=blacklisted)


def _facts(row: Any, *, today: date) -> Any:
    if isinstance(row, Need):
        return need_facts(row, today=today)
    return candidate_facts(row, today=today)


def checked_term(word: str) -> str:
    """Return a dictionary word as it is stored; raise `Invalid` with the cure otherwise."""
    try:
        return matching.check_term(word)
    except matching.TermRefused as error:
        raise Invalid({"words": str(error)}) from error


class _Remembering(matching.Segmenter):
    """Keeps the tokens of texts met lately: a need is explained against fifty candidates."""

    @cached_property
    def _recent(self) -> Callable[[str], list[Token]]:
        return lru_cache(maxsize=REMEMBERED)(super().tokens)

    def tokens(self, text: str) -> list[Token]:
        """The terms of a text in order; nobody may change the list."""
        return self._recent(text)


class Matcher:
    """Every standing row in memory: one index a pool, all at one idf, and each row's facts.

    Facts are frozen at `today`; a list of failed integrity ends by the nightly refit.
    """

    def __init__(self, segmenter: matching.Segmenter) -> None:
        self.segmenter = segmenter
        self.version = matching.algorithm_version(segmenter)
        self.needs = Index(segmenter=segmenter)
        self.pools = {kind: Index(segmenter=segmenter) for kind in CandidateKind}
        self.need_facts: dict[str, NeedFacts] = {}
        self.facts: dict[CandidateKind, dict[str, CandidateFacts]] = {k: {} for k in CandidateKind}

    @classmethod
    def build(
        cls,
        read: Callable[[type[Any]], Iterable[Any]],
        *,
        words: Iterable[str],
        groups: Iterable[Iterable[str]],
        fitted: Fitted | None,
        today: date,
    ) -> "Matcher":
        """Index all rows that `read` gives of each model.

        words, groups : the bureau's dictionary and synonyms.
        fitted : the idf in force; the rows' own if None.
        """
        segmenter = _Remembering(tuple(words), tuple(tuple(group) for group in groups))
        built, idf = cls(segmenter), Idf(*fitted) if fitted else Idf()
        built.needs = Index.build(
            built._noted(read(Need), today=today), segmenter=segmenter, idf=idf
        )
        built.pools = {
            kind: Index.build(built._noted(read(model), today=today), segmenter=segmenter, idf=idf)
            for kind, model in MODELS.items()
        }
        if fitted is None:
            matching.refresh(built.needs, *built.pools.values())
        return built

    def _noted(self, rows: Iterable[Any], *, today: date) -> Iterator[Document]:
        """Keep the facts of each standing row and hand on its text."""
        for row in rows:
            if stands(row):
                self._pool(type(row))[1][str(row.id)] = _facts(row, today=today)
                yield document_of(row)

    @property
    def fitted(self) -> Fitted:
        """The idf in force: documents, and in how many of them each term stands."""
        return self.needs.idf.documents, self.needs.idf.counts

    def __len__(self) -> int:
        return len(self.needs) + sum(map(len, self.pools.values()))

    def _pool(self, model: type[Any]) -> tuple[Index, dict[str, Any]]:
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
            return
        index.replace(document_of(row))
        facts[name] = _facts(row, today=today)

    def drop(self, model: type[Any], row_id: int) -> None:
        """Take out a row that was deleted."""
        index, facts = self._pool(model)
        if str(row_id) in index:
            index.remove(str(row_id))
        facts.pop(str(row_id), None)

    def for_need(
        self, need: Need, kind: CandidateKind, *, threshold: float, today: date
    ) -> list[Ranked]:
        """Return the best candidates of one kind for a need, best first."""
        known = self.need_facts.get(str(need.id))
        if known is None:
            return []
        facts = self.facts[kind]
        hits = self.pools[kind].search(document_of(need), top=EVERY, at_least=threshold)
        found = matching.rank(
            hits,
            lambda name: PairFacts(known, facts[name]),
            today=today,
            top=MOST,
            threshold=threshold,
        )
        return [_ranked(need.id, int(pair.id), pair) for pair in found.pairs]

    def for_candidate(
        self, kind: CandidateKind, row: Any, *, threshold: float, today: date
    ) -> list[Ranked]:
        """Return every open need a candidate may answer, best first."""
        known = self.facts[kind].get(str(row.id))
        if known is None:
            return []
        hits = self.needs.search(document_of(row), top=EVERY, at_least=threshold)
        found = matching.rank(
            hits,
            lambda name: PairFacts(self.need_facts[name], known),
            today=today,
            top=EVERY,
            threshold=threshold,
        )
        return [_ranked(int(pair.id), row.id, pair) for pair in found.pairs]

    def explain(self, need: Need, candidate: Any, kind: CandidateKind) -> Explained:
        """Explain one pair at the idf in force."""
        asked, offered = document_of(need), document_of(candidate)
        why = matching.explain(
            asked, offered, segmenter=self.segmenter, idf=self.needs.idf, candidate_noun=NOUNS[kind]
        )
        words = [word.in_need[0] for word in why.main_words]
        return Explained(why.to_dict(), words[:WORDS_LISTED], digest_of(need, candidate))


def _ranked(need_id: int, candidate_id: int, pair: Pair) -> Ranked:
    adjustments = [asdict(one) for one in pair.adjustments]
    return Ranked(need_id, candidate_id, pair.text_score, pair.score, adjustments)
