"""After the deadline: bids locked, the book merged, the commitments published; drafts lapse.

Everything follows the bounty's own closing, by its event, and is done whole in one transaction.
Pages do not wait for it: what they show derives from the bounty's present state.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from matchmaker import clock, jobs, outbox
from matchmaker.audit import trail
from matchmaker.bidding import drafts, vault
from matchmaker.bidding.models import Bid
from matchmaker.bounties import ending, record
from matchmaker.bounties.ending import FailureKind
from matchmaker.bounties.models import Bounty, present_state
from matchmaker.errors import WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState

B = BidState
ENVELOPES_KEPT_OF = frozenset(BidState) - {B.DRAFT, B.REPLACED, B.WITHDRAWN, B.LAPSED}
STILL_IN_USE = timedelta(hours=1)  # a request may be between its files and its row
CANCELLABLE = [
    state
    for state in BidState
    if any(state in move.sources for move in Bid.lifecycle.moves if move.action == "cancel")
]


@outbox.handler("bounty.closed")
def bounty_closed(payload: dict[str, Any]) -> None:
    """Lock what was received, merge the book, publish the commitments."""
    bounty = db.session.get_one(Bounty, payload["id"])
    now = clock.now()
    trail.merge(bounty.public_id, "bounty", by=trail.SYSTEM, now=now)
    for bid in _of(bounty, B.SUBMITTED):
        trail.advance(bid, "lock", by=trail.SYSTEM, now=now)
    _lapse(bounty, now=now)
    said = {"bids": commitments(bounty)}
    trail.record(
        "publish_commitments", "bounty", bounty.public_id, by=trail.SYSTEM, now=now,
        rows=len(said["bids"]),
    )  # fmt: skip
    record.append(bounty, "commitments", said, now=now)


@outbox.handler("bounty.withdrawn")
def bounty_withdrawn(payload: dict[str, Any]) -> None:
    """Void every bid of a withdrawn bounty; unopened ones are never opened."""
    bounty = db.session.get_one(Bounty, payload["id"])
    now = clock.now()
    trail.merge(bounty.public_id, "bounty", by=trail.SYSTEM, now=now)
    for bid in _of(bounty, *CANCELLABLE):
        trail.advance(bid, "cancel", by=trail.SYSTEM, now=now)
    _lapse(bounty, now=now)


def _of(bounty: Bounty, *states: BidState) -> list[Bid]:
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.state.in_(states))
    return list(db.session.scalars(query.order_by(Bid.bid_no)))


def _lapse(bounty: Bounty, *, now: datetime) -> None:
    """End drafts that were never sealed; `sweep` removes their keys and files."""
    for draft in _of(bounty, B.DRAFT):
        drafts.wipe(draft)
        trail.advance(draft, "lapse", by=trail.SYSTEM, now=now)


def received(bounty: Bounty) -> list[Bid]:
    """Return the bids that count, by number: neither replaced nor withdrawn before the deadline."""
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.valid_key.is_not(None))
    return list(db.session.scalars(query.order_by(Bid.bid_no)))


def commitments(bounty: Bounty) -> list[dict[str, str]]:
    """Return number and commitment of every bid that counts."""
    return [{"bid": bid.bid_no, "commitment": bid.commitment} for bid in received(bounty)]


def may_publish(bounty: Bounty) -> bool:
    """Tell whether the list is public: from the deadline on, by the database's clock."""
    state = db.session.scalar(select(present_state()).where(Bounty.id == bounty.id))
    return state is BountyState.CLOSED or bounty.closed_at is not None


@jobs.each_minute
def sweep(now: datetime) -> None:
    """Remove keys and files of drafts that were sealed, lapsed or thrown away, and stray files."""
    live = db.session.scalars(select(Bid.public_id).where(Bid.state == B.DRAFT)).all()
    kept = select(Bid.envelope).where(Bid.state.in_(ENVELOPES_KEPT_OF), Bid.envelope != "")
    before = (now - STILL_IN_USE).timestamp()
    vault.sweep(set(live), set(db.session.scalars(kept)), before=before)
    ended = select(Bid.public_id).where(Bid.state != B.DRAFT, Bid.public_id.in_(vault.drafts()))
    for name in db.session.scalars(ended).all():
        vault.destroy_draft(name)


def check_failure(bounty: Bounty, kind: FailureKind, **_: Any) -> None:
    """Refuse a reason of 流榜 that the bids contradict."""
    states = {bid.state for bid in received(bounty)}
    if kind is FailureKind.NO_BIDS and states - {B.VOID, B.CANCELLED}:
        raise WrongState("截榜时有有效申请，不能以“无有效申请”流榜。")
    if kind is FailureKind.NONE_QUALIFIED and states & {B.LOCKED, B.OPENED, B.QUALIFIED}:
        raise WrongState("还有申请未开标、未审查或已通过形式审查，不能以“无合格申请”流榜。")


ending.before_fail.append(check_failure)
