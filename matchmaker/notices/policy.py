"""Whose a notice and an objection are."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from matchmaker import policy
from matchmaker.lifecycles import (
    COMPLAINANTS,
    DECIDED_OBJECTIONS,
    DRAFTED_NOTICES,
    PUBLIC_NOTICES,
    NoticeState,
    ObjectionState,
    Role,
)
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for notices in the officer's charge, and for those nobody has taken."""
    return or_(Notice.handler_id == user.id, Notice.handler_id.is_(None))


def raised_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for objections the user raised."""
    return and_(Objection.submitted_by_id == user.id)


def officers_own(user: Any) -> ColumnElement[bool]:
    """Hold for objections in the officer's charge, or against a notice in it.

    Never for one that is about the officer: that one is somebody else's to handle.
    """
    mine = select(Notice.id).where(Notice.handler_id == user.id)
    about_me = Objection.against_id == user.id
    return and_(
        or_(Objection.handler_id == user.id, Objection.notice_id.in_(mine)),
        or_(Objection.against_id.is_(None), ~about_me),
    )


def not_about_me(user: Any) -> ColumnElement[bool]:
    """Hold for objections that are not about the leader who would decide them."""
    return or_(Objection.against_id.is_(None), Objection.against_id != user.id)


policy.register(
    "notice",
    Notice,
    states={
        "draft": DRAFTED_NOTICES,
        "approved": (NoticeState.CHECKED,),
        "published": PUBLIC_NOTICES,
    },
    relations={Role.OFFICER: handled_by_me},
    levels={"P": ("read",), "B": ("read_bureau",)},
)
policy.register(
    "objection",
    Objection,
    # What was submitted stays readable to the same people whatever became of it.
    states={
        "submitted": tuple(ObjectionState),
        "accepted": (ObjectionState.ACCEPTED,),
        "decided": DECIDED_OBJECTIONS,
    },
    relations=dict.fromkeys(COMPLAINANTS, raised_by_me) | {Role.OFFICER: officers_own},
    limits=dict.fromkeys(
        ("read", "read_complainant_identity", "decide", "extend", "assign"), not_about_me
    ),
    levels={
        "P": ("read_public_summary", "read"),
        "O": ("read",),
        "A": ("read_complainant_identity",),
        "D": ("read_decision",),
        "B": ("read_bureau",),
    },
)
