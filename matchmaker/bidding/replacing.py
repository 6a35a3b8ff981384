"""A draft that will replace a sealed bid, filled from the bidder's own package if he has it."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import sealing
from matchmaker.achievements.models import Achievement
from matchmaker.bidding import content as contents
from matchmaker.bidding import drafts, vault
from matchmaker.bidding.models import Bid
from matchmaker.errors import Invalid, WrongState
from matchmaker.extensions import db
from matchmaker.lifecycles import BidState
from matchmaker.sealing import package as packages

OURS = ("bounty", "terms_version", "bidder", "endorsement")


def begin(former: Bid, *, package: bytes, by: Any, now: datetime) -> Bid:
    """Begin the replacement; the former bid stays valid until the new one is sealed.

    package : the zip kept when the former was sealed, or empty for a blank draft. Raises `Invalid`
    on `package` where it is not the one the receipt was given for.
    """
    if former.state is not BidState.SUBMITTED:
        raise WrongState("只有截榜前有效的申请可以替换。")
    held = _read(former, package) if package else None
    draft = drafts.begin(former.bounty, by=by, now=now)
    content = drafts.read(draft)
    if held is not None:
        content |= _entered(held.content, content)
        content["files"] = [_kept(draft, name, body) for name, body in held.files.items()]
    content["_replaces"] = former.bid_no
    drafts.write(draft, content)
    drafts.save(draft, {})
    return draft


def _read(former: Bid, body: bytes) -> sealing.Package:
    try:
        held = packages.unpack(body)
    except sealing.SealingFault as fault:
        raise Invalid({"package": fault.message}) from fault
    if held.commitment() != former.commitment:
        raise Invalid({"package": "这不是原申请的材料包：与回执中的承诺值不一致"})
    return held


def _entered(sealed: dict[str, Any], blank: dict[str, Any]) -> dict[str, Any]:
    """Return what a package says of the fields a draft has."""
    return {
        name: value
        for name, value in contents.entered(sealed).items()
        if name in blank and name not in OURS and name != "files"
    }


def _kept(draft: Bid, name: str, body: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "digest": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "stored_as": vault.keep_file(draft.public_id, body),
    }


def titles(public_ids: list[str]) -> list[str]:
    """Return the titles of attached achievements, in their order."""
    query = select(Achievement).where(Achievement.public_id.in_(public_ids))
    return [one.title for one in db.session.scalars(query.order_by(Achievement.id))]
