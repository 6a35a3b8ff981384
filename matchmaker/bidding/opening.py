"""开标: any two of the three holders, each in his own session, each with his own passphrase.

The first hands his share on, sealed to the public keys of the other two: it is of use only to
one of them with his own passphrase. The second opens it with his, makes the bounty's key of both
shares, and every bid is opened and checked against what was received and published.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from matchmaker import clock, outbox, sealing
from matchmaker.audit import trail
from matchmaker.audit.models import Entry
from matchmaker.bidding import examining, keys
from matchmaker.bidding.examining import Examined
from matchmaker.bidding.key_models import KeyShare, Opening
from matchmaker.bidding.models import Bid
from matchmaker.bounties import record
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState, BountyState

MOST_GUESSES, WINDOW = 5, timedelta(minutes=15)


@dataclass
class Attempt:
    """What a passphrase made possible, before anything is written."""

    share: KeyShare
    handed: dict[str, str] = field(default_factory=dict)  # place → envelope, for the others
    partner: KeyShare | None = None  # who gave the other share
    examined: list[Examined] | None = None  # every bid, where both shares are there


def record_of(bounty: Any) -> Opening | None:
    """Return the record of the opening, None before it."""
    return db.session.scalar(select(Opening).where(Opening.bounty_id == bounty.id))


def require_ready(bounty: Bounty) -> None:
    """Raise `WrongState` unless the bids are locked and not yet opened."""
    if bounty.state is not BountyState.CLOSED:
        label = bounty.state.label
        raise WrongState(f"榜单当前为“{label}”，系统完成截榜后才能开标，请稍候再试。")
    waiting = select(Bid.id).where(
        Bid.bounty_id == bounty.id, Bid.state.in_((BidState.SUBMITTED, BidState.DRAFT))
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        raise WrongState("系统正在锁定申请，请一分钟后再试。")
    if record_of(bounty) is not None:
        raise WrongState("本榜单已经开标。")


def try_with(bounty: Bounty, passphrase: str, *, by: Any, now: datetime) -> Attempt:
    """Open one's share, and with the other one's every bid; writes no row.

    Raises `Invalid` for a wrong passphrase, `NotAllowed` for who holds no share, `WrongState`
    where it is not the time, or too often wrong.
    """
    require_ready(bounty)
    if _guesses(by, now=now) >= MOST_GUESSES:
        raise WrongState("开标口令连续输错，请 15 分钟后再试。")
    key = keys.key_of(bounty)
    share = keys.own_share(key, by)
    private, value = keys.opened(share, passphrase)
    attempt = Attempt(share)
    others = [one for one in key.shares if one is not share and keys.usable(one)]
    for other in others:
        given = other.handed.get(str(share.place))
        if given:
            attempt.partner = other
            whole = _combined(share, value, other, private, given)
            attempt.examined = examining.all_of(bounty, whole)
            return attempt
    for other in others:
        where = _context(bounty, share, other)
        sealed = sealing.seal(other.holder_key.public_key, value, context=where)
        attempt.handed[str(other.place)] = keys.encoded(sealed)
    if not attempt.handed:
        raise WrongState("另外两位持有人的密钥都不能使用，请先补发份额。")
    return attempt


def _context(bounty: Bounty, giver: KeyShare, receiver: KeyShare) -> str:
    return f"handed:{bounty.public_id}:{giver.place}:{receiver.place}"


def _combined(mine: KeyShare, value: bytes, other: KeyShare, private: bytes, given: str) -> bytes:
    where = _context(mine.key.bounty, other, mine)
    try:
        handed = sealing.unseal(private, keys.decoded(given), context=where)
        whole = sealing.combine([(mine.place, value), (other.place, handed)])
        keys.check_key(mine.key, whole)
    except sealing.SealingFault as fault:
        raise WrongState(
            f"两份密钥不能合成：{fault.message}请由另一位持有人重新输入口令。"
        ) from fault
    return whole


def _guesses(by: Any, *, now: datetime) -> int:
    query = select(func.count()).where(
        Entry.actor_id == by.id, Entry.action == "wrong_passphrase", Entry.at > now - WINDOW
    )
    return db.session.scalar(query) or 0


def note_wrong(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Put a wrong passphrase on the trail."""
    trail.record("wrong_passphrase", "bounty", bounty.public_id, by=by, now=now)


def carry_out(bounty: Bounty, attempt: Attempt, *, by: Any, now: datetime) -> Opening | None:
    """Write what the attempt made possible: a share handed on (None), or the opening."""
    require_ready(bounty)
    share = db.session.get_one(KeyShare, attempt.share.id)
    if attempt.examined is None:
        share.handed, share.handed_at = attempt.handed, now
        trail.record("hand_share", "bounty", bounty.public_id, by=by, now=now, chair=share.chair)
        return None
    first = db.session.get_one(KeyShare, attempt.partner.id) if attempt.partner else share
    lines = [examining.settle(one, by=by, now=now) for one in attempt.examined]
    lines += examining.missing(bounty, lines)
    examining.hint_at_persons(bounty)
    opening = Opening(
        bounty_id=bounty.id,
        opened_at=now,
        holders=[_holder(first, first.handed_at or now), _holder(share, now)],
        lines=lines,
        digest=_digest(lines),
    )
    db.session.add(opening)
    for one in share.key.shares:
        one.handed = {}
    names = [one["name"] for one in opening.holders]
    trail.record(
        "open_bids", "bounty", bounty.public_id, by=by, now=now, holders=names,
        opened=sum(one["opened"] for one in lines), rows=len(lines), digest=opening.digest,
    )  # fmt: skip
    record.append(bounty, "opened", _published(opening), now=now)
    outbox.add("bids.opened", {"bounty": bounty.id}, now=now)
    return opening


def _published(opening: Opening) -> dict[str, Any]:
    """Return what the bounty's public record says: which bids fit their commitments."""
    fits = [{"bid": one["bid"], "fits": bool(one["opened"])} for one in opening.lines]
    return {"bids": fits, "digest": opening.digest}


def _holder(share: KeyShare, at: datetime) -> dict[str, Any]:
    return {"name": share.user.name, "chair": share.chair.label, "at": at.isoformat()}


def _digest(lines: list[dict[str, Any]]) -> str:
    text = json.dumps(lines, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def witness(bounty: Bounty, *, by: Any, now: datetime) -> None:
    """Say, as the auditor, that one was present when the bids were opened."""
    opening = record_of(bounty)
    if opening is None:
        raise WrongState("开标后才能登记见证。")
    if any(one["user"] == by.public_id for one in opening.witnesses):
        raise Invalid({"witness": "您已登记过见证"})
    said = {"user": by.public_id, "name": by.name, "at": now.isoformat()}
    opening.witnesses = [*opening.witnesses, said]
    trail.record("witness_opening", "bounty", bounty.public_id, by=by, now=now)


def received(written: str) -> str:
    """Show a line's time of receipt, written in UTC, as Beijing has it, to the second."""
    return f"{clock.local(datetime.fromisoformat(written)):%Y-%m-%d %H:%M:%S}" if written else "—"


def need_record(bounty: Any) -> Opening:
    """Return the record; raise `NotFound` before the opening."""
    found = record_of(bounty)
    if found is None:
        raise NotFound
    return found
