"""What of an opened bid a viewer may read: identity, technical part and price each by its rule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from matchmaker import policy
from matchmaker.bidding.models import Bid, BidFile
from matchmaker.errors import NotFound
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.lifecycles import BidState

# Later packages say when a bid's price may be shown: once the technical part is locked.
price_is_open: list[Callable[[Bid], bool]] = []
DEEDS = (
    "check_formally",
    "disqualify_propose",
    "disqualify_approve",
    "decide_appeal",
    "appeal",
    "download_attachment",
)
PRICE = ("quote_fen", "quote_note", "budget_lines", "milestones")


@dataclass(frozen=True)
class View:
    """What this viewer reads of a bid; a part that is closed is None."""

    identity: dict[str, Any] | None
    technical: dict[str, Any] | None
    price: dict[str, Any] | None


def technical(bid: Bid) -> dict[str, Any]:
    """Return the content without its price part."""
    return {name: value for name, value in bid.content.items() if name not in PRICE}


def price(bid: Bid) -> dict[str, Any]:
    """Return the price part: quote, its note, budget, milestones with their shares."""
    return {name: bid.content.get(name) for name in PRICE}


def blind_view(bid: Bid) -> dict[str, Any]:
    """Return the technical part without who bids; names inside texts are reviewing's to strike."""
    hidden = ("lead_organisation", "lead_name", "pi_name", "pi_phone", "partners", "editors")
    said = {name: value for name, value in technical(bid).items() if name not in hidden}
    return {**said, "team": [{"title": one["title"]} for one in bid.content.get("team", [])]}


def view(bid: Bid, *, viewer: Any) -> View:
    """Return what the viewer may read, asked of the table part by part."""

    def may(*actions: str) -> bool:
        return any(policy.permits(viewer, "bid", action, bid) for action in actions)

    if not bid.content:
        return View(None, None, None)
    reads = may("read_content", "read_losing_content", "read_content_as_demander")
    is_open = any(rule(bid) for rule in price_is_open)
    priced = may("read_price_before_technical_locked") or (
        is_open and may("read_price_after_technical_locked")
    )
    return View(
        bid.content if may("read_bidder_identity_blind_review") else None,
        technical(bid) if reads else None,
        price(bid) if priced else None,
    )


def deeds(bid: Bid, *, viewer: Any) -> dict[str, bool]:
    """Return which deeds the viewer may do on this bid now."""
    found = {action: policy.permits(viewer, "bid", action, bid) for action in DEEDS}
    state = bid.state
    return {
        **found,
        "check": found["check_formally"] and state is BidState.OPENED,
        "propose": found["disqualify_propose"]
        and state in {BidState.QUALIFIED, BidState.UNDER_REVIEW},
        "approve": found["disqualify_approve"] and state is BidState.DISQUALIFYING,
        "decide": found["decide_appeal"] and bid.appealed_at is not None and not bid.appeal_outcome,
    }


def file_of(bid: Bid, file_id: int) -> BidFile:
    """Return one of the bid's attachments; raise `NotFound`."""
    for one in bid.files:
        if one.id == file_id:
            return one
    raise NotFound


@store.keeps
def attached() -> set[str]:
    """Return the stored names opened bids hold."""
    return set(db.session.scalars(select(BidFile.stored_as)))
