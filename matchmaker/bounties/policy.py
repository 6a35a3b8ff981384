"""Whose a bounty is: the kind decides whether that is an enterprise or an institution."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from matchmaker import policy
from matchmaker.bounties.models import Bounty, BountySource, present_state
from matchmaker.codes import BountyKind
from matchmaker.lifecycles import BUREAU, BountyState, Role

B = BountyState


def owned(user: Any) -> ColumnElement[bool]:
    """Hold for bounties the user's organisation posts, alone or with others."""
    if not user.organisation_id:
        return false()
    ours = select(BountySource.bounty_id).where(
        BountySource.organisation_id == user.organisation_id
    )
    return or_(Bounty.owner_id == user.organisation_id, Bounty.id.in_(ours))


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for bounties the officer handles (经办)."""
    return and_(Bounty.handler_id == user.id)


def nobodys(_user: Any) -> ColumnElement[bool]:
    """Hold for no bounty: a relation that a later noun extends (mandates)."""
    return false()


def _annex(user: Any) -> ColumnElement[bool]:
    """Open the limited annex of a need-solving bounty to institutions, of any to the bureau."""
    if user.roles & BUREAU:
        return true()
    return and_(Bounty.kind == BountyKind.NEED_SOLVING)


def _transfer(_user: Any) -> ColumnElement[bool]:
    return and_(Bounty.kind == BountyKind.TRANSFER)


policy.register(
    "bounty",
    Bounty,
    states={
        "draft": (B.DRAFT,),
        "in_approval": (B.REVIEWING, B.LIST_NOTICE, B.READY),
        "approved": (B.READY,),
        "open": (B.PUBLISHED,),
        "closed": (B.CLOSED,),
        "evaluating": (B.UNDER_REVIEW,),
        "scored": (B.SELECTED,),
        "publicity": (B.AWARD_NOTICE, B.SUSPENDED),
        "awarded": (B.AWARDED,),
        "contracted": (
            B.CONTRACTED, B.IN_PROGRESS, B.ACCEPTANCE, B.RECTIFYING, B.ACCEPTED, B.PAID_OUT,
            B.ARCHIVED, B.TERMINATED,
        ),
        "cancelled": (B.FAILED, B.WITHDRAWN),
        "dropped": (B.DROPPED,),
    },
    relations={
        Role.ENTERPRISE_USER: owned,
        Role.ENTERPRISE_ADMIN: owned,
        Role.RESEARCHER: owned,
        Role.INSTITUTION_ADMIN: owned,
        Role.OFFICER: handled_by_me,
        Role.BROKER: nobodys,
    },
    limits={"read_limited_annex": _annex, "read_transfer_annex": _transfer},
    levels={
        "P": ("read_public", "read_result", "read"),
        "M": ("read_limited_annex", "read_transfer_annex", "read", "read_bureau"),
        "B": ("read_bureau", "read"),
        "A": ("read_secrecy_check",),
    },
    # From the deadline on a bounty is closed to everybody, whatever the closing job has done.
    state=present_state(),
)  # fmt: skip
