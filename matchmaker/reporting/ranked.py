"""Where a pair stood when it was decided, who decided it, and which needs have a candidate.

The rank at the decision is not stored; it is derived from the stored scores. A decided pair
keeps the score it was decided at; a pair still new has its present one, and pairs taken out since
are not counted. A rank may therefore differ from the one on the screen of the day.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from matchmaker import clock
from matchmaker.audit.models import Entry
from matchmaker.brokering.models import CandidateKind, Pairing
from matchmaker.lifecycles import PairingState
from matchmaker.listing import Filter
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

FIRST = 5  # ranks that count for 前五准确率
DECIDED = (PairingState.ACCEPTED, PairingState.REJECTED)
BY_OFFICER, BY_PARTY = ("accept", "reject"), ("introduce", "dismiss")


def rank() -> ColumnElement[int]:
    """Return a decided pair's rank from 1 on among its need's candidates of the same kind.

    Counted are all pairs known by the moment of the decision, decided or not, as the pages order
    them: by score, level ones by id.
    """
    other = aliased(Pairing)
    level = and_(other.score == Pairing.score, other.id < Pairing.id)
    above = select(func.count() + 1).where(
        other.need_id == Pairing.need_id,
        other.kind == Pairing.kind,
        other.first_seen_at <= Pairing.decided_at,
        or_(other.score > Pairing.score, level),
    )
    return above.correlate(Pairing).scalar_subquery()


def decided() -> ColumnElement[bool]:
    """Hold for pairs somebody decided and nobody took back."""
    return Pairing.state.in_(DECIDED)


def by(actions: Collection[str]) -> ColumnElement[bool]:
    """Hold for pairs whose last decision is on the trail as one of these moves."""
    return exists().where(
        Entry.noun == Pairing.lifecycle.noun,
        Entry.object_id == Pairing.public_id,
        Entry.at == Pairing.decided_at,
        Entry.action.in_(actions),
    )


def first() -> ColumnElement[bool]:
    """Hold for decided pairs among the first five of their need and kind."""
    return rank() <= FIRST


def _decided(query: Select[Any], _value: str) -> Select[Any]:
    return query.where(decided())


def _by(query: Select[Any], value: str) -> Select[Any]:
    actions = {"officer": BY_OFFICER, "party": BY_PARTY}.get(value)
    return query.where(decided(), by(actions)) if actions else query


def _rank(query: Select[Any], value: str) -> Select[Any]:
    if value == "first":
        return query.where(decided(), first())
    return query.where(decided(), not_(first())) if value == "later" else query


def _kind(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Pairing.kind == value) if value in set(CandidateKind) else query


SIDES = [("officer", "科技局"), ("party", "企业和供方自行")]
RANKS = [("first", "前五名"), ("later", "第六名及以后")]
KINDS = [(str(kind.value), kind.label) for kind in CandidateKind]
PAIR_FILTERS = (
    Filter("decided", "只看已处理", _decided, kind="check"),
    Filter("by", "处理方", _by, choices=lambda: SIDES),
    Filter("rank", "名次", _rank, choices=lambda: RANKS),
    Filter("kind", "推荐类型", _kind, choices=lambda: KINDS),
    Filter(
        "version",
        "算法版本",
        lambda query, value: query.where(Pairing.algorithm_version == value),
        kind="text",
    ),
)


def has_candidate(*, kind: CandidateKind | None = None, alive: bool = False) -> ColumnElement[bool]:
    """Hold for needs with a pair over the threshold in force.

    kind : only candidates of this kind.
    alive : only pairs that were not found of no use.
    """
    threshold = float(places.settings()["push_threshold"])
    found = exists().where(Pairing.need_id == Need.id, Pairing.score >= threshold)
    if kind is not None:
        found = found.where(Pairing.kind == kind)
    return found.where(Pairing.state != PairingState.REJECTED) if alive else found


def matched(value: str) -> ColumnElement[bool] | None:
    """Return what holds for needs matched in this way (see `MATCHED`); None for no such way."""
    if value in set(CandidateKind):
        return has_candidate(kind=CandidateKind(value))
    found = has_candidate()
    if value == "spent":
        return and_(found, not_(has_candidate(alive=True)))
    if value == "none":
        return not_(found)
    return found if value == "any" else None


MATCHED = (
    ("any", "有候选"),
    ("none", "没有候选"),
    ("spent", "候选都判为不相关"),
    *((key, f"有{label}候选") for key, label in KINDS),
)


def _matched(query: Select[Any], value: str) -> Select[Any]:
    condition = matched(value)
    return query if condition is None else query.where(condition)


def need_filters(now: datetime) -> tuple[Filter, ...]:
    """Return the filters of needs by what the matcher found for them."""
    today = clock.today(now)
    unexpired = or_(Need.expires_on.is_(None), Need.expires_on >= today)
    return (
        Filter("current", "只看未过期", lambda q, _value: q.where(unexpired), kind="check"),
        Filter("matched", "推荐候选", _matched, choices=lambda: MATCHED),
    )
