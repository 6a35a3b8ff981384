"""What reviewing does when others' work ends: notices of awards, feedback for losers."""

from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.bidding import reading as bid_reading
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.codes import ObjectionOutcome
from matchmaker.extensions import db
from matchmaker.lifecycles import ReviewState
from matchmaker.reviewing import awarding, ending, feedback
from matchmaker.reviewing.models import Review


@outbox.handler("notice.ended")
def notice_ended(payload: dict[str, Any]) -> None:
    """Make the award final: its notice ran out without an open objection."""
    bounty = ending.bounty_of(payload)
    if bounty is not None:
        awarding.make(bounty, now=clock.now())


@outbox.handler("notice.suspended")
def notice_suspended(payload: dict[str, Any]) -> None:
    """Hold the award while an objection is looked at."""
    bounty = ending.bounty_of(payload)
    if bounty is not None:
        ending.suspend(bounty, now=clock.now())


@outbox.handler("notice.resumed")
def notice_resumed(payload: dict[str, Any]) -> None:
    """Go on after a dismissed objection."""
    bounty = ending.bounty_of(payload)
    if bounty is not None:
        ending.resume(bounty, now=clock.now())


@outbox.handler("notice.revoked")
def notice_revoked(payload: dict[str, Any]) -> None:
    """Do what the decision on an upheld objection says."""
    bounty = ending.bounty_of(payload)
    if bounty is not None:
        outcome = ObjectionOutcome(payload.get("outcome", ObjectionOutcome.REVOKE))
        ending.revoke(bounty, outcome, reason="异议成立，公示撤回", now=clock.now())


@outbox.handler("notice.cancelled")
def notice_cancelled(payload: dict[str, Any]) -> None:
    """Take an award back whose notice was dropped before publication."""
    bounty = ending.bounty_of(payload)
    if bounty is not None:
        ending.announce_anew(bounty, reason="拟揭榜公示作废", now=clock.now())


@outbox.handler("award.made")
def award_made(payload: dict[str, Any]) -> None:
    """Draft the losers' feedback."""
    _draft(payload["bounty"])


@outbox.handler("bounty.failed")
def bounty_failed(payload: dict[str, Any]) -> None:
    """Draft feedback where nobody was chosen."""
    _draft(payload["id"])


@outbox.handler("bounty.withdrawn")
def bounty_withdrawn(payload: dict[str, Any]) -> None:
    """Stop the panel's work and what was proposed: the bounty is off the list."""
    bounty = db.session.get(Bounty, payload["id"])
    if bounty is not None:
        ending.stop(bounty, reason="榜单撤回", now=clock.now())


def _draft(bounty_id: int) -> None:
    bounty = db.session.get(Bounty, bounty_id)
    if bounty is not None:
        feedback.draft_for(bounty, now=clock.now())


def technical_is_locked(bid: Bid) -> bool:
    """Tell whether every technical sheet of a bid's review is in: its price may be shown."""
    query = select(Review.id).where(
        Review.bounty_id == bid.bounty_id,
        Review.state != ReviewState.VOIDED,
        Review.technical_locked_at.is_not(None),
    )
    return db.session.scalar(query.limit(1)) is not None


bid_reading.price_is_open.append(technical_is_locked)
