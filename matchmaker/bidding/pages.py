"""What the bidder's pages show: his list, a screen, the check list, the receipt."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from matchmaker import clock, policy, web
from matchmaker.accounts.models import User
from matchmaker.achievements.models import Achievement
from matchmaker.audit import labels, ledger, trail
from matchmaker.bidding import forms, keys, reissue
from matchmaker.bidding.key_models import BountyKey, Chair, KeyShare
from matchmaker.bidding.models import Bid, BidParty, PartyKind
from matchmaker.bidding.policy import as_partner
from matchmaker.bounties.models import Bounty
from matchmaker.errors import Invalid, NotFound
from matchmaker.extensions import db
from matchmaker.form_fields import options
from matchmaker.lifecycles import BidState, PoolState, Role

OWN = ("read_existence",)


def mine(viewer: Any) -> list[Bid]:
    """Return the viewer's bids, newest first."""
    query = policy.scope(viewer, "bid", *OWN).order_by(Bid.created_at.desc(), Bid.id.desc())
    return list(db.session.scalars(query))


def permitted(viewer: Any, action: str) -> set[int]:
    """Return the ids of the bids on which the viewer may do this."""
    if not policy.may(viewer, "bid", action):
        return set()
    query = policy.scope(viewer, "bid", action).with_only_columns(Bid.id)
    return set(db.session.scalars(query))


def invitations(viewer: Any) -> list[BidParty]:
    """Return the partnerships the viewer's organisation is asked to accept."""
    if not policy.may(viewer, "bid", "accept_partnership"):
        return []
    query = (
        select(BidParty)
        .join(Bid)
        .where(
            Bid.state == BidState.DRAFT,
            BidParty.kind == PartyKind.PARTNER,
            BidParty.organisation_id == viewer.organisation_id,
            as_partner(viewer),
        )
    )
    return list(db.session.scalars(query.order_by(BidParty.id)))


def bounty_of(public_id: str, *, viewer: Any) -> Bounty:
    """Return a published bounty by its name in URLs; raise `NotFound`."""
    query: Select[Any] = policy.scope(viewer, "bounty", "read_public")
    found: Bounty = web.found(
        db.session.scalars(query.where(Bounty.public_id == public_id)).one_or_none()
    )
    return found


def steps(bid: Bid) -> list[tuple[int, str, str]]:
    """Return the screens as the page's stages: number, label, address."""
    return [
        (number, label, url_for("bids.screen", public_id=bid.public_id, stage=number))
        for number, label in enumerate(forms.LABELS, start=1)
    ]


def offer_achievements(form: Any, bid: Bid) -> None:
    """Offer the unit's published achievements to be attached."""
    query = select(Achievement).where(
        Achievement.institution_id == bid.lead_organisation_id,
        Achievement.state == PoolState.PUBLISHED,
    )
    known = db.session.scalars(query.order_by(Achievement.id))
    form.achievements.choices = options((one.public_id, one.title) for one in known)


def timeline(bid: Bid) -> list[SimpleNamespace]:
    """Return what happened to a bid, newest first: from its book and from the trail."""
    entries: list[Any] = [
        *ledger.history(bid.bounty.public_id, bid.public_id),
        *(one for one in trail.history("bid", bid.public_id) if "mark" not in one.details),
    ]
    return [
        SimpleNamespace(
            when=clock.local(one.at).strftime("%Y-%m-%d %H:%M"),
            title=labels.action("bid", one.action),
            by=getattr(one, "actor_name", "揭榜方"),
            detail=one.reason,
            tone="neutral",
        )
        for one in sorted(entries, key=lambda one: one.at, reverse=True)
    ]


def opened_of(bounty: Bounty, *, viewer: Any) -> list[Bid]:
    """Return the opened and spoiled bids of a bounty the viewer may list, by number."""
    query = policy.scope(viewer, "bid", "list").where(Bid.bounty_id == bounty.id)
    return list(db.session.scalars(query.order_by(Bid.bid_no)))


def is_concerned(public_id: str, viewer: Any) -> bool:
    """Tell whether the viewer holds a share of this bounty's key, handles or oversees it."""
    if not policy.may(viewer, "system", "hold_key_share"):
        return False
    query = (
        select(Bounty.handler_id, KeyShare.user_id)
        .join(BountyKey, BountyKey.bounty_id == Bounty.id)
        .join(KeyShare, KeyShare.key_id == BountyKey.id)
        .where(Bounty.public_id == public_id)
    )
    rows = db.session.execute(query).all()
    overseeing = bool(viewer.roles & {Role.LEADER, Role.AUDITOR})
    return bool(rows) and (overseeing or any(viewer.id in row for row in rows))


def require_concerned(bounty: Bounty, viewer: Any) -> None:
    """Raise `NotFound` unless the viewer holds a share, handles the bounty or oversees it."""
    if not is_concerned(bounty.public_id, viewer):
        raise NotFound


def reissued(key: BountyKey, chair: Chair, form: Any, *, by: Any, now: datetime) -> bool:
    """Do the viewer's step of a reissue; tell whether the share is made anew."""
    share = next(one for one in key.shares if one.chair is chair)
    words = form.passphrase.data or ""
    if share.pledged and share.pledged["from"] != keys.own_share(key, by).place:
        reissue.finish(key, chair, passphrase=words, by=by, now=now)
        return True
    query = select(User).where(User.public_id == (form.successor.data or ""))
    successor = db.session.scalar(query)
    if successor is None:
        raise Invalid({"successor": "请选择补发给谁"})
    reissue.start(key, chair, successor=successor, passphrase=words, by=by, now=now)
    return False
