"""The bounty follows its contracts: signed, under way, in acceptance, paid out, ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import outbox
from matchmaker.audit import trail
from matchmaker.bidding.models import Bid
from matchmaker.bounties import record
from matchmaker.bounties.models import Bounty
from matchmaker.contracts.closing_models import Acceptance
from matchmaker.contracts.models import Contract
from matchmaker.contracts.performing_models import Milestone
from matchmaker.extensions import db
from matchmaker.lifecycles import (
    LIVE_MILESTONES,
    UNSIGNED,
    AcceptanceState,
    BidState,
    BountyState,
    ContractState,
    MilestoneState,
)

C, B = ContractState, BountyState
GONE = (C.LAPSED, C.ELIMINATED, C.TERMINATED)


def contracts(bounty: Bounty) -> list[Contract]:
    """Return the bounty's contracts, in the order of the awards."""
    query = select(Contract).where(Contract.bounty_id == bounty.id).order_by(Contract.id)
    return list(db.session.scalars(query))


def signed(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Move the bounty to 已签约 once no award's contract is open any more."""
    rows = [one for one in contracts(bounty) if one.state is not C.LAPSED]
    waiting = any(one.state in UNSIGNED for one in rows) or _winners(bounty)
    if bounty.state is not B.AWARDED or waiting or not rows:
        return
    total = sum(one.total_fen for one in rows)
    trail.advance(bounty, "contract", by=by, now=now, contracts=len(rows), total_fen=total)
    scans = [one.scan_digest for one in rows]
    record.append(bounty, "contracted", {"contracts": len(rows), "scans": scans}, now=now)
    if any(one.state is C.PERFORMING for one in rows):
        started(bounty, now=now)


def _winners(bounty: Bounty) -> bool:
    """Tell whether a bid that won has no signed contract yet."""
    query = select(Bid.id).where(Bid.bounty_id == bounty.id, Bid.state == BidState.WON)
    return db.session.scalar(query.limit(1)) is not None


def started(bounty: Bounty, *, now: datetime) -> None:
    """Move the bounty to 实施中 with its first contract under way."""
    if bounty.state is B.CONTRACTED:
        trail.advance(bounty, "start_work", by=trail.SYSTEM, now=now)


def applied(bounty: Bounty, *, now: datetime) -> None:
    """Move the bounty to 验收中 when acceptance is applied for, or applied for again."""
    started(bounty, now=now)
    if bounty.state is B.IN_PROGRESS:
        trail.advance(bounty, "request_acceptance", by=trail.SYSTEM, now=now)
    elif bounty.state is B.RECTIFYING:
        trail.advance(bounty, "accept_again", by=trail.SYSTEM, now=now)


def rectifying(bounty: Bounty, *, reason: str, now: datetime) -> None:
    """Move the bounty to 整改中."""
    if bounty.state is B.ACCEPTANCE:
        trail.advance(bounty, "rectify", by=trail.SYSTEM, now=now, reason=reason)


def settle(bounty: Bounty, *, now: datetime) -> None:
    """Move the bounty to 验收通过 and 已兑榜 as far as its contracts allow."""
    rows = [one for one in contracts(bounty) if one.state not in GONE]
    if not rows:
        return
    if bounty.state is B.ACCEPTANCE and all(_accepted(one) for one in rows):
        trail.advance(bounty, "accept", by=trail.SYSTEM, now=now)
        record.append(bounty, "accepted", {"contracts": len(rows)}, now=now)
    if bounty.state is B.ACCEPTED and all(all_paid(one) for one in rows):
        paid = sum(one.paid_fen for one in contracts(bounty))
        trail.advance(bounty, "pay_out", by=trail.SYSTEM, now=now, paid_fen=paid)
        record.append(bounty, "paid_out", {"contracts": len(rows)}, now=now)
        outbox.add("bounty.paid_out", {"id": bounty.id}, now=now)


def terminated(bounty: Bounty, *, by: Any, reason: str, now: datetime) -> None:
    """End the bounty when the last of its contracts was ended."""
    running = (B.CONTRACTED, B.IN_PROGRESS, B.ACCEPTANCE, B.RECTIFYING)
    left = [one for one in contracts(bounty) if one.state not in GONE]
    if bounty.state in running and not left:
        trail.advance(bounty, "terminate", by=by, now=now, reason=reason)
        record.append(bounty, "terminated", {"contracts": len(contracts(bounty))}, now=now)
    else:
        settle(bounty, now=now)


def _accepted(contract: Contract) -> bool:
    query = select(Acceptance.state).where(Acceptance.contract_id == contract.id)
    return db.session.scalar(query) is AcceptanceState.PASSED


def live_milestones(contract: Contract) -> list[Milestone]:
    """Return the milestones that count, in order: neither changed nor stopped."""
    query = select(Milestone).where(
        Milestone.contract_id == contract.id, Milestone.state.in_(LIVE_MILESTONES)
    )
    return list(db.session.scalars(query.order_by(Milestone.seq, Milestone.plan_no)))


def all_paid(contract: Contract) -> bool:
    """Tell whether every milestone that counts is paid."""
    rows = live_milestones(contract)
    return bool(rows) and all(one.state is MilestoneState.PAID for one in rows)
