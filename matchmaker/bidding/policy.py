"""Whose a bid is: by name while it is a draft and once opened, by a keyed mark while sealed."""

from typing import Any

from flask import g, has_app_context
from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from matchmaker import policy
from matchmaker.bidding import vault
from matchmaker.bidding.models import Bid, BidMark, BidParty, PartyKind
from matchmaker.bounties.models import Bounty, BountySource
from matchmaker.extensions import db
from matchmaker.lifecycles import OPENED_BIDS, BidState, Role

B = BidState
RESULT = (
    B.NOT_RECOMMENDED, B.WON, B.CONTRACTED, B.STAGE_PASSED, B.ELIMINATED, B.FORFEITED,
)  # fmt: skip


def _marked_bounties() -> list[int]:
    """Return the bounties at which bids are known by marks; asked once a request."""
    if has_app_context() and "marked_bounties" in g:
        return list(g.marked_bounties)
    query = select(Bid.bounty_id).where(exists().where(BidMark.bid_id == Bid.id)).distinct()
    found = list(db.session.scalars(query))
    if has_app_context():
        g.marked_bounties = found
    return found


def _marked(kind: str, subject_id: int) -> ColumnElement[bool]:
    marks = [vault.mark(kind, bounty_id, subject_id) for bounty_id in _marked_bounties()]
    return Bid.id.in_(select(BidMark.bid_id).where(BidMark.mark.in_(marks)))


def as_bidder(user: Any) -> ColumnElement[bool]:
    """Hold for bids the user made or may edit, sealed ones by his mark."""
    edited = select(BidParty.bid_id).where(
        BidParty.kind == PartyKind.MEMBER, BidParty.user_id == user.id
    )
    return or_(Bid.created_by_id == user.id, Bid.id.in_(edited), _marked("user", user.id))


def of_my_unit(user: Any) -> ColumnElement[bool]:
    """Hold for every bid the user's organisation leads, sealed ones by its mark."""
    if not user.organisation_id:
        return false()
    return or_(
        Bid.lead_organisation_id == user.organisation_id, _marked("unit", user.organisation_id)
    )


def shared_with_office(user: Any) -> ColumnElement[bool]:
    """Hold for the unit's bids, of drafts only those their team shared."""
    if not user.organisation_id:
        return false()
    known = or_(Bid.shared_at.is_not(None), Bid.opened_at.is_not(None))
    ours = and_(Bid.lead_organisation_id == user.organisation_id, known)
    return or_(ours, _marked("unit", user.organisation_id))


def as_firm(user: Any) -> ColumnElement[bool]:
    """Hold for the user's own bids and all of the firm."""
    return or_(as_bidder(user), of_my_unit(user))


def as_partner(user: Any) -> ColumnElement[bool]:
    """Hold for drafts in which the user's organisation is named as a partner."""
    if not user.organisation_id:
        return false()
    asked = select(BidParty.bid_id).where(
        BidParty.kind == PartyKind.PARTNER, BidParty.organisation_id == user.organisation_id
    )
    return Bid.id.in_(asked)


def as_demander(user: Any) -> ColumnElement[bool]:
    """Hold for bids on a bounty the user's organisation posts, alone or with others."""
    if not user.organisation_id:
        return false()
    ours = select(BountySource.bounty_id).where(
        BountySource.organisation_id == user.organisation_id
    )
    posted = select(Bounty.id).where(
        or_(Bounty.owner_id == user.organisation_id, Bounty.id.in_(ours))
    )
    return Bid.bounty_id.in_(posted)


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for bids on a bounty the officer handles (经办)."""
    return Bid.bounty_id.in_(select(Bounty.id).where(Bounty.handler_id == user.id))


def nobodys(_user: Any) -> ColumnElement[bool]:
    """Hold for no bid: reviewing extends it by the panels an expert sits on."""
    return false()


policy.register(
    "bid",
    Bid,
    states={
        "draft": (B.DRAFT,),
        "sealed": (B.SUBMITTED, B.REPLACED, B.WITHDRAWN),
        "closed_unopened": (B.LOCKED, B.CANCELLED, B.LAPSED),
        "opened": (*OPENED_BIDS, B.VOID),
        "result": RESULT,
    },
    relations={
        Role.ENTERPRISE_USER: as_bidder,
        Role.ENTERPRISE_ADMIN: as_firm,
        Role.RESEARCHER: as_bidder,
        Role.INSTITUTION_ADMIN: shared_with_office,
        Role.OFFICER: handled_by_me,
        Role.EXPERT: nobodys,
    },
    levels={
        "P": ("verify_commitment", "read_receipt", "list"),
        "O": ("read_receipt", "read_content", "list"),
        "R": ("read_content", "read_content_as_demander", "read_losing_content"),
        "B": ("list",),
    },
    by_action={
        "accept_partnership": dict.fromkeys(
            (Role.ENTERPRISE_ADMIN, Role.INSTITUTION_ADMIN), as_partner
        ),
        "read_content_as_demander": {Role.ENTERPRISE_ADMIN: as_demander},
    },
)
