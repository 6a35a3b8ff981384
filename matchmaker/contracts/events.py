"""What contracts do when others' work ends: awards made, notices over, objections accepted."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.audit import trail
from matchmaker.contracts import bounty_steps, drafting, holding, subsidies
from matchmaker.contracts.models import Contract
from matchmaker.contracts.subsidy_models import SubsidyBatch
from matchmaker.extensions import db
from matchmaker.lifecycles import UNSIGNED, AwardState, SubsidyState
from matchmaker.reviewing import ending
from matchmaker.reviewing.award_models import Award


@outbox.handler("award.made")
def award_made(payload: dict[str, Any]) -> None:
    """Draft the contract of the award; asked twice, there is one."""
    award = db.session.get(Award, payload["award"])
    if award is not None and award.state is AwardState.MADE:
        amount = award.bid.quote_fen or award.bounty.amount_fen or 0
        drafting.from_award(
            award.bounty, award.bid, amount_fen=amount, award_id=award.id, by=trail.SYSTEM,
            now=clock.now(),
        )  # fmt: skip


@outbox.handler("contract.overdue")
def contract_overdue(payload: dict[str, Any]) -> None:
    """Let the award fall to the standby: it was not signed in time, or given up."""
    award = db.session.get(Award, payload["award"]) if payload.get("award") else None
    if award is not None and award.state is AwardState.MADE:
        ending.forfeit(award, reason=payload["reason"], by=trail.SYSTEM, now=clock.now())
        bounty_steps.signed(award.bounty, by=trail.SYSTEM, now=clock.now())  # the others may be


@outbox.handler("notice.suspended")
def notice_suspended(payload: dict[str, Any]) -> None:
    """Hold the signing while an objection is looked into."""
    for contract in _unsigned(payload):
        holding.hold(contract, now=clock.now())


def _unsigned(payload: dict[str, Any]) -> list[Contract]:
    if payload.get("subject_noun") != "bounty" or payload.get("kind") != "award":
        return []
    query = select(Contract).where(
        Contract.bounty_id == payload["subject_id"], Contract.state.in_(UNSIGNED)
    )
    return list(db.session.scalars(query.order_by(Contract.id)))


@outbox.handler("award.dropped")
def award_dropped(payload: dict[str, Any]) -> None:
    """Let the contract of an award lapse that does not hold any more."""
    query = select(Contract).where(
        Contract.award_id == payload["award"], Contract.state.in_(UNSIGNED)
    )
    contract = db.session.scalar(query)
    if contract is not None:
        reason = "中选结果已撤销，不再签约"
        trail.advance(contract, "lapse", by=trail.SYSTEM, now=clock.now(), reason=reason)


@outbox.handler("notice.ended")
def notice_ended(payload: dict[str, Any]) -> None:
    """Let the signing go on, and the subsidies be paid: nobody objected, or without success."""
    for contract in _unsigned(payload):
        holding.release(contract, now=clock.now())
    batch = _batch(payload)
    if batch is not None and batch.state is SubsidyState.NOTICED:
        now = clock.now()
        trail.advance(batch, "clear", by=trail.SYSTEM, now=now)
        outbox.add("subsidy.moved", {"what": "cleared", "batch": batch.id}, now=now)


@outbox.handler("notice.revoked")
def notice_revoked(payload: dict[str, Any]) -> None:
    """Take the subsidies back: an objection was upheld."""
    _take_back(payload, "异议成立，公示撤回", now=clock.now())


@outbox.handler("notice.cancelled")
def notice_cancelled(payload: dict[str, Any]) -> None:
    """Take the subsidies back whose notice was dropped."""
    _take_back(payload, "补助公示作废", now=clock.now())


def _take_back(payload: dict[str, Any], reason: str, *, now: datetime) -> None:
    batch = _batch(payload)
    if batch is not None and batch.state in (SubsidyState.NOTICED, SubsidyState.CLEARED):
        subsidies.revoke(batch, reason=reason, by=trail.SYSTEM, now=now)
        outbox.add("subsidy.moved", {"what": "revoked", "batch": batch.id}, now=now)


def _batch(payload: dict[str, Any]) -> SubsidyBatch | None:
    if payload.get("subject_noun") != "subsidy_batch":
        return None
    return db.session.get(SubsidyBatch, payload["subject_id"])
