"""What the Word documents of bidding are filled with: the receipt, the record of the opening."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, papers
from matchmaker.bidding import submitting, vault
from matchmaker.bidding.key_models import Opening
from matchmaker.bidding.models import Bid
from matchmaker.errors import NotFound
from matchmaker.extensions import db


def receipt(bid: Bid, *, url: str, now: datetime) -> dict[str, Any]:
    """Return the context of 受理回执; raises `NotFound` before anything was received.

    url : where the published commitments can be compared.
    """
    if bid.received_at is None:
        raise NotFound
    return {
        **papers.issuer(now),
        "issued_on": clock.today(bid.received_at),
        "bid_no": bid.bid_no,
        "bounty_no": bid.bounty.bounty_no,
        "bounty_title": bid.bounty.title,
        "received_at": bid.received_at,
        "bid_deadline_at": bid.bounty.bid_deadline_at,
        "commitment": submitting.receipt_of(bid).commitment,
        "signature": bid.signature,
        "public_key": vault.site_key(),
        "site_url": url,
    }


def opening(record: Opening, *, now: datetime) -> dict[str, Any]:
    """Return the context of 开标记录: who opened, and what was found of each bid. No price."""
    bounty = record.bounty
    numbers = [line["bid"] for line in record.lines]
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.bid_no.in_(numbers))
    units = {one.bid_no: one.lead_organisation for one in db.session.scalars(query)}
    return {
        "bureau_name": papers.issuer(now)["bureau_name"],
        "bounty_no": bounty.bounty_no,
        "bounty_title": bounty.title,
        "publisher": bounty.owner_name,
        "bid_deadline_at": bounty.bid_deadline_at,
        "opened_at": record.opened_at,
        "holders": [
            {"name": one["name"], "role": one["chair"], "at": datetime.fromisoformat(one["at"])}
            for one in record.holders
        ],
        "witnesses": [one["name"] for one in record.witnesses],
        "sealed_count": len(record.lines),
        "opened_count": sum(bool(line["opened"]) for line in record.lines),
        "bids": [_line(line, units.get(line["bid"])) for line in record.lines],
        "record_digest": record.digest,
        "recorded_on": clock.today(record.opened_at),
    }


def _line(line: dict[str, Any], unit: Any) -> dict[str, Any]:
    at = line["received_at"]
    return {
        "bid_no": line["bid"],
        "lead_organisation": unit.name if unit is not None and line["opened"] else None,
        "received_at": datetime.fromisoformat(at) if at else None,
        "commitment": line["commitment"],
        "verdict": "相符" if line["opened"] else f"不符：{line['reason']}",
    }
