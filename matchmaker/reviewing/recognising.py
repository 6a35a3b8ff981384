"""认定制: bounties whose team is named instead of chosen by scores."""

from typing import Any

from sqlalchemy import select

from matchmaker import web
from matchmaker.bidding.models import Bid
from matchmaker.bounties.models import Bounty
from matchmaker.codes import BountyMode
from matchmaker.errors import Invalid
from matchmaker.extensions import db
from matchmaker.lifecycles import LIVE_AWARDS, BidState, BountyState
from matchmaker.reviewing.award_models import Award


def _mine(viewer: Any) -> Any:
    """Closed recognition bounties the officer handles: as `bounty, scored, propose_award`."""
    return select(Bounty).where(
        Bounty.mode == BountyMode.RECOGNITION,
        Bounty.state == BountyState.CLOSED,
        Bounty.handler_id == viewer.id,
    )


def open_to(viewer: Any) -> list[Bounty]:
    """Return the recognition bounties that wait for the viewer's proposal."""
    live = select(Award.bounty_id).where(Award.state.in_(tuple(LIVE_AWARDS)))
    query = _mine(viewer).where(Bounty.id.not_in(live))
    return list(db.session.scalars(query.order_by(Bounty.id)))


def get(public_id: str, *, viewer: Any) -> Bounty:
    """Return one of them; raise `NotFound` otherwise."""
    query = _mine(viewer).where(Bounty.public_id == public_id)
    found: Bounty = web.found(db.session.scalars(query).one_or_none())
    return found


def _qualified(bounty: Bounty) -> list[Bid]:
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.state == BidState.QUALIFIED)
    return list(db.session.scalars(query.order_by(Bid.id)))


def choices(bounty: Bounty) -> list[tuple[str, str]]:
    """Return (value, label) of the bids that passed the formal check."""
    return [
        (one.public_id, one.lead_organisation.name if one.lead_organisation else one.bid_no)
        for one in _qualified(bounty)
    ]


def bid_of(bounty: Bounty, public_id: str) -> Bid:
    """Return the bid chosen on the form; raise `Invalid` for another's."""
    for one in _qualified(bounty):
        if one.public_id == public_id:
            return one
    raise Invalid({"bid": "请选择已通过形式审查的揭榜申请"})
