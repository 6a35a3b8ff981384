"""Pairs as people meet them: reading, accepting, rejecting, taking back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from matchmaker import clock, disclosure, policy, web
from matchmaker.audit import trail
from matchmaker.brokering import explaining, leads
from matchmaker.brokering.lead_models import Lead
from matchmaker.brokering.models import Pairing, RejectReason
from matchmaker.disclosure import Shown
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import OPEN_NEEDS, PairingState
from matchmaker.needs.models import Need
from matchmaker.places import operations as places

MOST_AT_ONCE = 200


def get(public_id: str, *actions: str, viewer: Any) -> Pairing:
    """Return the pair on which the viewer may do any of `actions`; raise `NotFound` otherwise."""
    query = policy.scope(viewer, "pairing", *actions).where(Pairing.public_id == public_id)
    found: Pairing = web.found(db.session.scalars(query).one_or_none())
    return found


def shown(pairing: Pairing, *, viewer: Any) -> Shown:
    """Return the pair as the viewer may see it."""
    query = policy.scope(viewer, "pairing", "list", "read_own").where(Pairing.id == pairing.id)
    return disclosure.one(query, viewer, "pairing")


def lead_of(pairing: Pairing, *, viewer: Any) -> Lead | None:
    """Return the lead that grew from the pair, if there is one the viewer may see."""
    return db.session.scalars(
        leads.visible(viewer).where(Lead.pairing_id == pairing.id)
    ).one_or_none()


def standing(*, now: datetime) -> ColumnElement[bool]:
    """Hold for pairs that may be shown now, whatever the nightly run has still to clear."""
    unexpired = or_(Need.expires_on.is_(None), Need.expires_on >= clock.today(now))
    needs = select(Need.id).where(Need.state.in_(OPEN_NEEDS), unexpired)
    pushed = Pairing.score >= float(places.settings()["push_threshold"])
    return and_(Pairing.need_id.in_(needs), pushed)


def desk(
    viewer: Any, *, now: datetime, states: Sequence[PairingState] = (PairingState.NEW,)
) -> Select[Any]:
    """Return the query of the desk: pairs in these states; new ones only while they stand."""
    query = policy.scope(viewer, "pairing", "list").where(Pairing.state.in_(states))
    return query.where(standing(now=now)) if PairingState.NEW in states else query


def accept(pairing: Pairing, *, by: Any, now: datetime) -> Lead:
    """Accept a pair and open its lead (采纳); the officer handles it."""
    _require_open(pairing)
    _decided(pairing, by=by, now=now)
    trail.advance(pairing, "accept", by=by, now=now, score=pairing.score)
    return leads.open_from(pairing, officer=by, by=by, now=now)


def introduce(pairing: Pairing, *, by: Any, now: datetime) -> Lead:
    """Ask for an introduction as one of the parties: a lead with one's own consent."""
    _require_open(pairing)
    if pairing.state is not PairingState.ACCEPTED:
        _decided(pairing, by=by, now=now)
        trail.advance(pairing, "introduce", by=by, now=now, score=pairing.score)
    lead = leads.open_from(pairing, officer=pairing.need.handler, by=by, now=now)
    leads.consent(lead, by=by, now=now)
    return lead


def reject(
    pairing: Pairing, *, reason: RejectReason | None, note: str = "", by: Any, now: datetime
) -> None:
    """Mark a pair as of no use; the reason is feedback to the matcher."""
    _turn_down(pairing, "reject", reason=reason, note=note, by=by, now=now)


def dismiss(
    pairing: Pairing, *, reason: RejectReason | None, note: str = "", by: Any, now: datetime
) -> None:
    """Say 不合适 as one of the parties."""
    _turn_down(pairing, "dismiss", reason=reason, note=note, by=by, now=now)


def undo(pairing: Pairing, *, by: Any, now: datetime) -> None:
    """Take a rejection back: the pair is new again, without its reason."""
    pairing.decided_by_id = pairing.decided_at = pairing.reason_code = None
    pairing.note, pairing.explanation = "", {}
    trail.advance(pairing, "undo", by=by, now=now)


def decide_many(
    public_ids: Collection[str], action: str, *, note: str = "", by: Any, now: datetime
) -> tuple[int, int]:
    """Accept (`accept`) or reject (`reject:<reason>`) many new pairs.

    Returns how many were decided and how many somebody else had decided before.
    """
    chosen = _chosen(public_ids, by=by)
    fresh = [pairing for pairing in chosen if pairing.state is PairingState.NEW]
    verb, _, code = action.partition(":")
    if verb not in {"accept", "reject"} or (code and code not in set(RejectReason)):
        raise NotFound
    for pairing in fresh:
        if verb == "accept":
            accept(pairing, by=by, now=now)
        else:
            reject(pairing, reason=RejectReason(code) if code else None, note=note, by=by, now=now)
    return len(fresh), len(set(public_ids)) - len(fresh)


def _chosen(public_ids: Collection[str], *, by: Any) -> Sequence[Pairing]:
    if not public_ids:
        raise Invalid({"ids": "请先勾选要办理的配对"})
    if len(public_ids) > MOST_AT_ONCE:
        raise Invalid({"ids": f"一次最多办理 {MOST_AT_ONCE} 条，请分批勾选"})
    query = policy.scope(by, "pairing", "accept").where(Pairing.public_id.in_(set(public_ids)))
    return db.session.scalars(query.order_by(Pairing.id)).all()


def _turn_down(
    pairing: Pairing,
    action: str,
    *,
    reason: RejectReason | None,
    note: str,
    by: Any,
    now: datetime,
) -> None:
    if reason is None:
        raise Invalid({"reason_code": "请选择原因，系统据此改进推荐"})
    if reason is RejectReason.OTHER and not note.strip():
        raise Invalid({"note": "选择“其他”时请写明原因"})
    _decided(pairing, by=by, now=now)
    pairing.reason_code, pairing.note = reason, note.strip()[:1000]
    told = f"{reason.label}：{pairing.note}" if pairing.note else reason.label
    trail.advance(pairing, action, by=by, now=now, reason=told, score=pairing.score)


def _decided(pairing: Pairing, *, by: Any, now: datetime) -> None:
    pairing.decided_by_id, pairing.decided_at = by.id, now
    pairing.explanation = explaining.frozen(pairing)


def _require_open(pairing: Pairing) -> None:
    if pairing.need.state not in OPEN_NEEDS:
        raise WrongState(f"需求当前为“{pairing.need.state.label}”，已不能发起对接。")
