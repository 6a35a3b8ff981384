"""From text scores to an order people act on: hard filters, readable points, a threshold.

    score = text score + the points of each adjustment

The words must carry a pair: facts reorder and hold back, but never lift a pair whose text score
is below the threshold over it. Text score and points are kept apart, here and where stored.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from matchmaker.matching.features import DEFAULT, Weights
from matchmaker.matching.retrieval import Hit
from matchmaker.matching.semantic import Encoder, Likeness, room
from matchmaker.matching.text import Segmenter
from matchmaker.matching.weighting import BACKGROUND, CHANNELS, FIELD_WEIGHTS, LATIN, SINGLE

THRESHOLD = 0.105  # below this nothing is pushed; a setting of the bureau overrides it
SEMANTIC = "semantic"  # the code of the third channel's points; no weight is learnt for them
NEGOTIABLE = "negotiable"  # 面议, of the list of transfer modes
POINTS = {
    "field_same": 0.03,
    "field_near": 0.01,
    "field_other": -0.01,
    "mode_shared": 0.01,
    "mode_none": -0.02,
    "trl_ready": 0.01,
    "trl_short": -0.02,
    "trl_far": -0.04,
    "price_within": 0.01,
    "price_beyond": -0.03,
    "town_served": 0.01,
}
TRL_SHORT, TRL_FAR = 2, 4  # levels missing from the target before points are taken
SUBFIELD = 3  # digits of a field's code; one of two digits names a whole domain
PRICE_BEYOND = 2  # times the budget


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """What is known of a need beside its words; None or empty is unknown and moves nothing."""

    tech_field: str = ""  # a code of two or three digits, the first of which tells the domain
    coop_modes: frozenset[str] = frozenset()
    target_trl: int | None = None
    budget_fen: int | None = None
    town: str = ""  # the enterprise's
    expires_on: date | None = None  # the last day it stands
    withdrawn: bool = False
    blacklisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFacts:
    """The same of an achievement, an expert or a service.

    Where a candidate sits is no fact: a bidder may not be preferred by region. `towns_served`
    is what a service organisation offers, and is compared with the enterprise's town.
    """

    tech_fields: frozenset[str] = frozenset()
    transfer_modes: frozenset[str] = frozenset()
    trl: int | None = None
    asking_price_fen: int | None = None
    towns_served: frozenset[str] = frozenset()
    expires_on: date | None = None
    withdrawn: bool = False
    blacklisted: bool = False


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Both sides, in this order whichever of them was asked for.

    likeness : by the sentence encoder; None where there is none or it is not worked out yet.
    """

    need: NeedFacts
    candidate: CandidateFacts
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points for one fact, with its reason in words."""

    code: str
    label_zh: str
    points: float
    reason_zh: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A pair that must not be shown, and why."""

    id: str
    reason_zh: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair to push; `id` is that of the document found."""

    id: str
    text_score: float
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def score(self) -> float:
        """What the order goes by."""
        return self.text_score + sum(adjustment.points for adjustment in self.adjustments)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Pairs, best first, and those a hard filter took out."""

    pairs: tuple[Pair, ...]
    blocked: tuple[Blocked, ...]


def algorithm_version(
    segmenter: Segmenter, weights: Weights = DEFAULT, encoder: Encoder | None = None
) -> str:
    """Names everything a score depends on but the corpus: formula, constants, words, weights.

    At most 60 characters with an encoder whose key has at most 16.
    """
    weighing = [FIELD_WEIGHTS, CHANNELS, BACKGROUND, SINGLE, LATIN]
    constants = [*weighing, POINTS, TRL_SHORT, TRL_FAR, PRICE_BEYOND]
    digest = hashlib.sha256(json.dumps(constants, sort_keys=True).encode()).hexdigest()
    learnt = f".{weights.version}" if weights.version else ""
    third = f".{encoder.key}" if encoder else ""
    return f"tfidf-2.{digest[:8]}.{segmenter.version}{learnt}{third}"


def rank(
    hits: Iterable[Hit],
    facts: Callable[[str], PairFacts],
    *,
    today: date,
    top: int,
    threshold: float = THRESHOLD,
    weights: Weights = DEFAULT,
) -> Ranking:
    """Order what the index found; pass it every hit at or over the threshold, not only ten.

    facts : the facts of the pair with the document of this id.
    weights : multiply the points; the hits' text scores are taken as they are (`Rescorer`).
    """
    pairs, blocked = [], []
    for hit in hits:
        both = facts(hit.id)
        reasons = obstacles(both, today=today)
        moved = (*adjustments(both, weights), *_third(both, hit.text_score))
        pair = Pair(hit.id, hit.text_score, moved)
        if reasons:
            blocked.append(Blocked(hit.id, "；".join(reasons)))
        elif min(pair.text_score, pair.score) >= threshold:
            pairs.append(pair)
    pairs.sort(key=lambda pair: (-round(pair.score, 12), pair.id))
    return Ranking(tuple(pairs[:top]), tuple(blocked))


def obstacles(facts: PairFacts, *, today: date) -> list[str]:
    """Why a pair must not be shown; empty if it may."""
    sides: dict[str, NeedFacts | CandidateFacts] = {"需求": facts.need, "供方": facts.candidate}
    found = []
    for side, known in sides.items():
        if known.withdrawn:
            found.append(f"{side}已撤下")
        if known.expires_on is not None and known.expires_on < today:
            found.append(f"{side}已于 {known.expires_on} 到期")
        if known.blacklisted:
            found.append(f"{side}单位在科研失信名单内")
    return found


def adjustments(facts: PairFacts, weights: Weights = DEFAULT) -> Iterator[Adjustment]:
    """Every adjustment the facts of both sides allow, in a fixed order, its points weighted.

    The third channel's points are apart: they hang on the text score.
    """
    for rule in (_field, _mode, _trl, _price, _town):
        for found in rule(facts.need, facts.candidate):
            yield replace(found, points=found.points * weights.adjustment(found.code))


def _third(facts: PairFacts, text_score: float) -> Iterator[Adjustment]:
    """The points of the third channel, where the pair's likeness is known; 0 is told too."""
    if facts.likeness is not None:
        points = facts.likeness.points * room(text_score)
        yield Adjustment(SEMANTIC, "整体语义", points, facts.likeness.reason_zh(text_score))


def _adjust(code: str, label: str, reason: str) -> Iterator[Adjustment]:
    yield Adjustment(code, label, POINTS[code], reason)


def _field(need: NeedFacts, candidate: CandidateFacts) -> Iterator[Adjustment]:
    if not need.tech_field or not candidate.tech_fields:
        return
    domains = {code[:1] for code in candidate.tech_fields}
    if len(need.tech_field) == SUBFIELD and need.tech_field in candidate.tech_fields:
        yield from _adjust("field_same", "技术领域", "技术领域相同")
    elif need.tech_field[:1] in domains:
        yield from _adjust("field_near", "技术领域", "同属一个技术大类")
    else:
        yield from _adjust("field_other", "技术领域", "技术领域不同")


def _mode(need: NeedFacts, candidate: CandidateFacts) -> Iterator[Adjustment]:
    asked, offered = need.coop_modes, candidate.transfer_modes
    if not asked or not offered or NEGOTIABLE in asked | offered:
        return
    if asked & offered:
        yield from _adjust("mode_shared", "合作方式", "双方有相同的合作方式")
    else:
        yield from _adjust("mode_none", "合作方式", "双方没有相同的合作方式")


def _trl(need: NeedFacts, candidate: CandidateFacts) -> Iterator[Adjustment]:
    if need.target_trl is None or candidate.trl is None:
        return
    gap = need.target_trl - candidate.trl
    if gap <= 0:
        yield from _adjust("trl_ready", "成熟度", f"成熟度 {candidate.trl} 级，达到目标")
    elif gap >= TRL_SHORT:
        code = "trl_far" if gap >= TRL_FAR else "trl_short"
        yield from _adjust(code, "成熟度", f"成熟度 {candidate.trl} 级，比目标低 {gap} 级")


def _price(need: NeedFacts, candidate: CandidateFacts) -> Iterator[Adjustment]:
    budget, price = need.budget_fen, candidate.asking_price_fen
    if budget is None or price is None:
        return
    if price <= budget:
        yield from _adjust("price_within", "预算", "意向价格在预算之内")
    elif price > PRICE_BEYOND * budget:
        yield from _adjust("price_beyond", "预算", "预算不足意向价格的一半")


def _town(need: NeedFacts, candidate: CandidateFacts) -> Iterator[Adjustment]:
    if need.town and need.town in candidate.towns_served:
        yield from _adjust("town_served", "服务区域", "服务区域包括企业所在镇街")
