"""Related parties of a bid: asked without a trace before it is sealed, kept once it is opened."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox
from matchmaker.bidding import checklist
from matchmaker.bidding.models import Bid
from matchmaker.bidding.rules import Gap
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.relating import owners
from matchmaker.extensions import db
from matchmaker.kinship import Kind, Level
from matchmaker.relations import operations as relations
from matchmaker.relations.models import RelationHit

OF_THE_HEAD = frozenset({Kind.KIN, Kind.OFFICE})


def units(bid: Bid, content: dict[str, Any]) -> list[Any]:
    """Return the organisations that bid: the lead and its partners."""
    lead = [bid.lead_organisation] if bid.lead_organisation is not None else []
    partners = [{"organisation": str(one.get("organisation", ""))} for one in content["partners"]]
    return [*lead, *(one for one in partners if one["organisation"].strip())]


def people(content: dict[str, Any], lead: str) -> Iterator[dict[str, str]]:
    """Yield the person in charge first, then the team."""
    head = {"name": content["pi_name"], "organisation": lead, "phone": content["pi_phone"]}
    for one in (head, *content["team"]):
        if str(one.get("name", "")).strip():
            where = str(one.get("organisation") or lead)
            yield {**one, "name": str(one["name"]), "organisation": where}


def unrelated(bid: Bid, content: dict[str, Any], *, now: datetime) -> list[Gap]:
    """Refuse a draft whose units, or whose head's kin, are tied to the owner so that it blocks.

    Only reads: before the deadline nothing tells that the bid exists. The bidder learns the kind
    of the tie, never the evidence.
    """
    lead = bid.lead_organisation.name if bid.lead_organisation is not None else ""
    sides = units(bid, content)
    found = relations.find(sides, owners(bid.bounty), now=now) if sides else []
    head = list(people({**content, "team": []}, lead))
    found += [
        one
        for one in (relations.find(head, owners(bid.bounty), now=now) if head else ())
        if one.kind in OF_THE_HEAD
    ]
    text = relations.refusal(found)
    return [Gap(1, "lead", f"不能揭榜：{text}")] if text else []


checklist.further.append(unrelated)


@outbox.handler("bids.opened")
def keep(payload: dict[str, Any]) -> None:
    """Keep what ties the opened bids to the owners, and people who stand in two of them."""
    bounty = db.session.get(Bounty, int(payload["bounty"]))
    if bounty is None:
        return
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.opened_at.is_not(None))
    opened = [bid for bid in db.session.scalars(query.order_by(Bid.id)) if "team" in bid.content]
    now = clock.now()
    for bid in opened:
        compare(bid, now=now)
    for one, other in combinations(opened, 2):
        sides = [list(people(bid.content, _lead(bid))) for bid in (one, other)]
        relations.check(
            "bounty",
            bounty.public_id,
            *sides,
            now=now,
            label=f"两份申请中的同一人：{bounty.title}",
            kinds={Kind.SAME_PERSON},
            level=Level.NOTICE,
        )


def compare(bid: Bid, *, now: datetime) -> list[RelationHit]:
    """Keep what ties an opened bid to the owners; return all that is kept of it."""
    if "partners" in bid.content:
        label = f"揭榜申请：{bid.bounty.title}"
        sides = units(bid, bid.content)
        relations.check("bid", bid.public_id, sides, owners(bid.bounty), now=now, label=label)
    return relations.of_subject("bid", bid.public_id)


def _lead(bid: Bid) -> str:
    return bid.lead_organisation.name if bid.lead_organisation is not None else ""
