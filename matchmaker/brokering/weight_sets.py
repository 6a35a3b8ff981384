"""匹配权重: which weights are in force; starting to learn, publishing, letting be, rolling back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from matchmaker import locks, outbox, policy, web
from matchmaker.audit import trail
from matchmaker.brokering.weight_models import WeightSet
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import WeightSetState

SHORTEST_REASON = 5
LEARNING, PUBLISHED = str(WeightSetState.LEARNING), str(WeightSetState.PUBLISHED)


def listed(viewer: Any) -> Select[Any]:
    """Return the query of the sets the viewer may see."""
    query = policy.scope(viewer, "weight_set", "list")
    return query.options(joinedload(WeightSet.started_by), joinedload(WeightSet.published_by))


def get(public_id: str, action: str, *, viewer: Any) -> WeightSet:
    """Return the set on which the viewer may do `action`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "weight_set", action).where(WeightSet.public_id == public_id)
    found: WeightSet = web.found(db.session.scalars(query).one_or_none())
    return found


def in_slot(slot: str) -> WeightSet | None:
    """Return the set being learnt, or the one published; None if there is none."""
    return db.session.scalars(select(WeightSet).where(WeightSet.slot == slot)).one_or_none()


def published() -> dict[str, float]:
    """Return the weights in force by name; those left out, or all if none is published, are 1."""
    row = in_slot(PUBLISHED)
    return dict(row.weights) if row else {}


def start(*, cause: str, by: Any, now: datetime) -> WeightSet:
    """Begin to learn in shadow mode; the consumer reads, fits and validates."""
    locks.hold("weight_set")
    if in_slot(LEARNING):
        raise WrongState("已有一次学习正在进行，请等它完成后再开始。")
    row = WeightSet(
        cause=cause, slot=LEARNING, base=published(), started_at=now, started_by_id=by.id
    )
    db.session.add(row)
    trail.enter(row, by=by, now=now, cause=cause)
    outbox.add("weights.learn", {"id": row.id, "after": 0}, now=now)
    return row


def publish(row: WeightSet, *, reason: str, by: Any, now: datetime) -> None:
    """Put a set in force in the place of the one before; everything is matched anew."""
    told = _checked(reason)
    locks.hold("weight_set")
    before = in_slot(PUBLISHED)
    if (before.weights if before else {}) != row.base:
        raise WrongState("这套权重是与当时使用的权重比较的，之后使用的权重已有变化，请重新学习。")
    if before is not None:
        before.slot = None
        trail.advance(before, "replace", by=by, now=now, successor=row.public_id)
    row.slot, row.replaced_id, row.reason = PUBLISHED, before.id if before else None, told
    row.published_at, row.published_by_id = now, by.id
    trail.advance(row, "publish", by=by, now=now, reason=told, weights=row.weights)
    outbox.add("weights.changed", {"cause": "匹配权重发布"}, now=now)


def discard(row: WeightSet, *, reason: str, by: Any, now: datetime) -> None:
    """Let a set be that validation supports."""
    row.reason = _checked(reason)
    trail.advance(row, "discard", by=by, now=now, reason=row.reason)


def roll_back(row: WeightSet, *, by: Any, now: datetime) -> WeightSet | None:
    """Go back to the set before this one; return it, or None for the weights as delivered."""
    locks.hold("weight_set")
    before, row.slot = row.replaced, None
    trail.advance(row, "roll_back", by=by, now=now, to=before.public_id if before else "")
    if before is not None:
        before.slot = PUBLISHED
        trail.advance(before, "restore", by=by, now=now, instead_of=row.public_id)
    outbox.add("weights.changed", {"cause": "匹配权重回退"}, now=now)
    return before


def _checked(reason: str) -> str:
    told = reason.strip()
    if len(told) < SHORTEST_REASON:
        raise Invalid({"reason": f"请写明理由，不少于 {SHORTEST_REASON} 个字"})
    return told[:1000]
