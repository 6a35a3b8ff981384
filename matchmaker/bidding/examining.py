"""Each bid at the opening: decrypted, compared with its receipt, its book and the public list."""

import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from matchmaker import sealing
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import ledger, trail
from matchmaker.bidding import attachments, closing, submitting, vault
from matchmaker.bidding.models import Bid, BidFile, BidParty, PartyKind
from matchmaker.bounties.models import Bounty
from matchmaker.bounties.records import RecordEntry
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.lifecycles import BidState
from matchmaker.sealing import package, receipts

GONE = "截榜时公布的清单中有这份申请，数据库中的记录已不存在或被改动编号"


@dataclass(frozen=True)
class Examined:
    """A bid as it was found: its package, or why it counts for nothing."""

    public_id: str
    version: int
    package: sealing.Package | None
    stored: dict[str, str]  # attachment → its name in the store
    reason: str = ""


def published(bounty: Bounty) -> dict[str, str]:
    """Return number → commitment as the bounty's public record published them."""
    query = select(RecordEntry).where(
        RecordEntry.bounty_id == bounty.id, RecordEntry.kind == "commitments"
    )
    entry = db.session.scalars(query.order_by(RecordEntry.seq).limit(1)).one_or_none()
    said = entry.content["bids"] if entry is not None else []
    return {one["bid"]: one["commitment"] for one in said}


def all_of(bounty: Bounty, private: bytes) -> list[Examined]:
    """Examine every locked bid, by number; attachments are stored, no row is written."""
    query = select(Bid).where(Bid.bounty_id == bounty.id, Bid.state == BidState.LOCKED)
    listed = published(bounty)
    locked = db.session.scalars(query.order_by(Bid.bid_no))
    return [_examine(bid, private, listed) for bid in locked]


def _examine(bid: Bid, private: bytes, listed: dict[str, str]) -> Examined:
    try:
        found = _opened(bid, private)
        _compare(bid, found, listed)
    except sealing.SealingFault as fault:
        return Examined(bid.public_id, bid.version, None, {}, fault.message)
    stored = {}
    for name, body in found.files.items():
        suffix = PurePath(name).suffix.lower()
        most = attachments.MOST_BYTES
        stored[name] = store.keep(io.BytesIO(body), suffix=suffix, most=most)[0]
    return Examined(bid.public_id, bid.version, found, stored)


def _opened(bid: Bid, private: bytes) -> sealing.Package:
    envelope = vault.read_envelope(bid.envelope)
    where = submitting.context(bid.bounty, bid.bid_no)
    return package.unpack(sealing.unseal(private, envelope, context=where))


def _compare(bid: Bid, found: sealing.Package, listed: dict[str, str]) -> None:
    """Raise `Broken` naming the first thing that is not as it was received and published."""
    said = {
        entry.details.get("commitment")
        for entry in ledger.history(bid.bounty.public_id, bid.public_id)
        if entry.action == "submit"
    }
    checks = (
        (found.commitment() == bid.commitment, "密封内容与登记的承诺值不符，登记被改动"),
        (said == {bid.commitment}, "登记的承诺值与密封台账中收到时的不符，登记被改动"),
        (listed.get(bid.bid_no) == bid.commitment, "登记的承诺值与截榜时公布的清单不符"),
        (found.content.get("bounty") == bid.bounty.public_id, "密封内容属于另一个榜单"),
        (bid.valid_key == _valid_key(bid, found), "登记的牵头单位标识与密封内容不符"),
    )
    for holds, said_otherwise in checks:
        if not holds:
            raise sealing.Broken(said_otherwise)
    receipts.verify(vault.site_key(), submitting.receipt_of(bid), bid.signature)


def _unit(found: sealing.Package) -> Organisation | None:
    name = found.content.get("lead_organisation", "")
    return db.session.scalar(select(Organisation).where(Organisation.public_id == name))


def _valid_key(bid: Bid, found: sealing.Package) -> str:
    unit = _unit(found)
    return vault.mark("valid", bid.bounty_id, unit.id) if unit else ""


def settle(one: Examined, *, by: Any, now: datetime) -> dict[str, Any]:
    """Write what was found into the bid's row; return its line of the record."""
    bid = db.session.scalars(select(Bid).where(Bid.public_id == one.public_id)).one()
    line = {
        "bid": bid.bid_no,
        "commitment": bid.commitment,
        "received_at": receipts.moment_text(bid.received_at) if bid.received_at else "",
        "opened": one.package is not None,
        "reason": one.reason,
    }
    with db.session.no_autoflush:
        bid.opened_at = now
        if one.package is None:
            bid.spoiled_reason = one.reason
            trail.advance(bid, "spoil", by=by, now=now, reason=one.reason)
        else:
            _fill(bid, one.package, one.stored)
            trail.advance(bid, "open", by=by, now=now, commitment=bid.commitment)
    return line


def _fill(bid: Bid, found: sealing.Package, stored: dict[str, str]) -> None:
    content = dict(found.content)
    bidder = content.pop("bidder", {})
    unit = _unit(found)
    user = db.session.scalar(select(User).where(User.public_id == bidder.get("user", "")))
    partners = [one["unit"] for one in content["partners"]]
    bid.content, bid.quote_fen = content, content["quote_fen"]
    bid.lead_organisation_id = unit.id if unit else None
    bid.created_by_id = user.id if user else None
    bid.files = [
        BidFile(name=name, stored_as=stored[name], size=len(body))
        for name, body in found.files.items()
    ]
    editors = select(User).where(User.public_id.in_(content.get("editors", [])))
    units = select(Organisation).where(Organisation.public_id.in_(partners))
    bid.parties = [
        BidParty(kind=PartyKind.MEMBER, organisation_id=one.organisation_id, user_id=one.id)
        for one in db.session.scalars(editors)
    ] + [
        BidParty(kind=PartyKind.PARTNER, organisation_id=one.id)
        for one in db.session.scalars(units)
    ]
    bid.marks.clear()


def missing(bounty: Bounty, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a line for every published bid that is not among the rows any more."""
    known = {line["bid"] for line in lines}
    return [
        {"bid": number, "commitment": value, "received_at": "", "opened": False, "reason": GONE}
        for number, value in sorted(published(bounty).items())
        if number not in known
    ]


def hint_at_persons(bounty: Bounty) -> None:
    """Note on each bid who also stands in a competing one, and an amendment not confirmed."""
    db.session.flush()
    bids = [bid for bid in closing.received(bounty) if bid.state is BidState.OPENED]
    where: dict[str, set[str]] = defaultdict(set)
    for bid in bids:
        for person in _persons(bid.content):
            where[person].add(bid.bid_no)
    for bid in bids:
        hints = [
            f"{person.split('|')[0]}同时出现在申请 {'、'.join(sorted(others))}"
            for person in sorted(_persons(bid.content))
            if (others := where[person] - {bid.bid_no})
        ]
        if bid.terms_version < bounty.terms_version:
            hints.append("榜单更正后，揭榜方没有重新确认")
        bid.hints = hints


def _persons(content: dict[str, Any]) -> set[str]:
    """Return every person of a bid as name|unit, the leader's unit being the lead organisation."""
    lead = content.get("lead_name", "")
    found = {f"{content['pi_name']}|{lead}"}
    found |= {f"{one['name']}|{one['organisation'] or lead}" for one in content["team"]}
    return {one for one in found if not one.startswith("|")}
