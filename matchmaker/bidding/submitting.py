"""Sealing a draft, replacing, withdrawing, confirming anew.

What takes time (packing, encrypting, writing the envelope) is done before the transaction; inside
it the bounty's row is locked, the database's clock is read once and compared with the deadline in
one statement, and the receipt is signed over that very time. Closing takes the same lock.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import sealing, timekeeping
from matchmaker.audit import trail
from matchmaker.bidding import checklist, drafts, keys, vault
from matchmaker.bidding import content as contents
from matchmaker.bidding.models import Bid, BidMark, PartyKind
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid, Stale, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState
from matchmaker.sealing import package, receipts

NUMBER_LETTERS, NUMBER_LENGTH = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", 12
LATE = "已过截榜时间，申请未被接收。以服务器收齐申请的时间为准，等于截榜时间的也不接收。"


@dataclass(frozen=True)
class Prepared:
    """A sealed envelope on disk, waiting for its row."""

    public_id: str
    version: int
    bid_no: str
    commitment: str
    envelope: str
    content: dict[str, Any]


def make_package(bid: Bid, *, now: datetime) -> None:
    """Fix the nonce of the bidder's package; any later change of the draft voids it."""
    found = checklist.of(bid, drafts.read(bid), before_package=True, now=now)
    if found:
        raise Invalid({gap.field: gap.text for gap in reversed(found)})
    content = drafts.read(bid)
    content["_nonce"] = secrets.token_hex(package.NONCE_BYTES)
    content["_terms"] = bid.bounty.terms_version
    drafts.write(bid, content)


def packed(bid: Bid) -> sealing.Package:
    """Return the bidder's package as `make_package` fixed it; `WrongState` where it did not."""
    content = drafts.read(bid)
    if "_nonce" not in content:
        raise WrongState("还没有生成材料包，或者生成后内容又有修改，请重新生成。")
    files = {
        one["name"]: vault.read_file(bid.public_id, one["stored_as"]) for one in content["files"]
    }
    return sealing.Package(_sealed_content(bid, content), files, bytes.fromhex(content["_nonce"]))


def _sealed_content(bid: Bid, content: dict[str, Any]) -> dict[str, Any]:
    """Return what is sealed: what was entered, who bids, who consented, to which terms."""
    said = contents.entered(content)
    said["files"] = [
        {name: one[name] for name in ("name", "digest", "size")} for one in said["files"]
    ]
    creator, office = bid.created_by, bid.endorsed_by
    said["bounty"] = bid.bounty.public_id
    said["terms_version"] = content["_terms"]
    said["bidder"] = {
        "user": creator.public_id if creator else "",
        "name": creator.name if creator else "",
    }
    said["endorsement"] = {
        "by": office.name if office else "",
        "at": receipts.moment_text(bid.endorsed_at) if bid.endorsed_at else "",
    }
    return said


def prepare(bid: Bid, *, now: datetime) -> Prepared:
    """Check, pack and encrypt a draft; the envelope is on disk when this returns.

    Raises `Invalid` naming every gap. Outside a transaction: nothing of the row is changed.
    """
    content = drafts.read(bid)
    found = checklist.of(bid, content, now=now)
    if found:
        raise Invalid({gap.field: gap.text for gap in reversed(found)})
    drafts.require_open(bid.bounty)
    made = packed(bid)
    number = "".join(secrets.choice(NUMBER_LETTERS) for _ in range(NUMBER_LENGTH))
    key = keys.key_of(bid.bounty)
    where = context(bid.bounty, number)
    envelope = sealing.seal(key.public_key, made.pack(), context=where, alg=key.alg)
    name = vault.keep_envelope(envelope)
    return Prepared(bid.public_id, bid.version, number, made.commitment(), name, content)


def context(bounty: Bounty, bid_no: str) -> str:
    """Return what an envelope is bound to: this bounty, this number."""
    return f"bounty:{bounty.public_id}:bid:{bid_no}"


def seal(bid: Bid, prepared: Prepared, *, by: Any, now: datetime) -> None:
    """Receive the prepared bid: deadline, receipt, row, ledger, in the caller's transaction.

    Raises `WrongState` from the deadline on, `Stale` where the draft changed meanwhile.
    """
    if bid.version != prepared.version:
        raise Stale
    bounty = lock(bid.bounty_id)
    received_at = receive(bounty)
    unit_id = bid.lead_organisation_id
    former = _former(bid, prepared.content, by=by, now=now)
    bid.bid_no, bid.commitment, bid.envelope = (
        prepared.bid_no, prepared.commitment, prepared.envelope,
    )  # fmt: skip
    bid.alg, bid.received_at = keys.key_of(bounty).alg, received_at
    bid.terms_version = prepared.content["_terms"]
    bid.signature = sealing.sign(vault.signing_key(), receipt_of(bid))
    bid.valid_key = vault.mark("valid", bounty.id, unit_id)
    bid.replaces_id = former.id if former else None
    _make_nameless(bid, by=by, received_at=received_at)
    trail.advance(bid, "submit", by=by, now=received_at, commitment=prepared.commitment)


def lock(bounty_id: int) -> Bounty:
    """Return the bounty, its row locked where the database locks rows: closing waits for us."""
    query = select(Bounty).where(Bounty.id == bounty_id).with_for_update(of=Bounty)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def receive(bounty: Bounty) -> datetime:
    """Return the time of receipt; raise `WrongState` unless it is before the deadline.

    One statement reads the clock once and compares that reading, after the lock was taken.
    """
    reading = select(timekeeping.moment().label("at")).subquery()
    query = select(reading.c.at).where(
        Bounty.id == bounty.id,
        Bounty.state == BountyState.PUBLISHED,
        reading.c.at < Bounty.bid_deadline_at,
    )
    at: datetime | None = db.session.scalar(query)
    if at is None:
        raise WrongState(LATE)
    return at


def _former(bid: Bid, content: dict[str, Any], *, by: Any, now: datetime) -> Bid | None:
    """Void the receipt this draft replaces; refuse where another bid of the unit is valid."""
    if drafts.other_of_unit(bid) is not None:
        raise WrongState(
            "本单位对这个榜单已有一份有效申请。需要更换的，请在原回执页点“替换”；"
            "如不是您的团队提交，请与本单位科研管理部门联系。"
        )
    number = content.get("_replaces")
    if not number:
        return None
    former = db.session.scalar(
        select(Bid).where(Bid.bid_no == number, Bid.bounty_id == bid.bounty_id)
    )
    if former is None or former.state is not BidState.SUBMITTED:
        return None
    former.valid_key = None
    trail.advance(former, "replace", by=by, now=now)
    return former


def _make_nameless(bid: Bid, *, by: Any, received_at: datetime) -> None:
    """Take every name out of the row; marks by which its people find it stay."""
    people = {bid.created_by_id, by.id}
    people |= {party.user_id for party in bid.parties if party.kind is PartyKind.MEMBER}
    marks = {vault.mark("user", bid.bounty_id, one) for one in people if one}
    marks.add(vault.mark("unit", bid.bounty_id, bid.lead_organisation_id))
    bid.marks = [BidMark(mark=mark) for mark in sorted(marks)]
    drafts.wipe(bid)
    bid.created_by_id = bid.lead_organisation_id = None
    bid.created_at, bid.shared_at = received_at, None


def receipt_of(bid: Bid) -> sealing.Receipt:
    """Return the facts of a bid's receipt."""
    at = receipts.moment_text(bid.received_at) if bid.received_at else ""
    return sealing.Receipt(bid.bounty.bounty_no or "", bid.bid_no, bid.commitment, at)


def receipt_file(bid: Bid) -> str:
    """Return the receipt as the bidder keeps it."""
    return receipts.as_json(receipt_of(bid), bid.signature, vault.site_key())


def withdraw(bid: Bid, *, by: Any, now: datetime) -> None:
    """Take a sealed bid back before the deadline; its receipt is void."""
    receive(lock(bid.bounty_id))
    bid.valid_key = None
    trail.advance(bid, "withdraw", by=by, now=now)


def reconfirm(bid: Bid, *, by: Any, now: datetime) -> None:
    """Say, after an amendment, that the sealed bid stands as it is."""
    bounty = lock(bid.bounty_id)
    receive(bounty)
    if bid.state is not BidState.SUBMITTED:
        raise WrongState
    bid.terms_version = bounty.terms_version
    trail.note(bid, "reconfirm", by=by, now=now, terms=bounty.terms_version)
