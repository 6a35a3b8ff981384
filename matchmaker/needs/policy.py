"""Which needs are somebody's own, and who sees a need at all."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from matchmaker import policy
from matchmaker.accounts.models import Organisation
from matchmaker.accounts.policy import of_organisation_in_my_town
from matchmaker.codes import Disclosure
from matchmaker.lifecycles import OPEN_NEEDS, NeedState, Role
from matchmaker.needs.models import Need

N = NeedState


def mine(user: Any) -> ColumnElement[bool]:
    """Hold for needs the user created inside the own organisation."""
    if not user.organisation_id:
        return false()
    return and_(Need.created_by_id == user.id, Need.enterprise_id == user.organisation_id)


def of_my_enterprise(user: Any) -> ColumnElement[bool]:
    """Hold for every need of the user's enterprise."""
    return Need.enterprise_id == user.organisation_id if user.organisation_id else false()


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for needs the officer handles (经办) or entered for an enterprise."""
    return or_(Need.handler_id == user.id, Need.created_by_id == user.id)


def created_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for needs the broker entered."""
    return or_(false(), Need.created_by_id == user.id)


def in_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for needs of enterprises in the town assistant's town."""
    return of_organisation_in_my_town(Need.enterprise_id, user)


def nobodys(_user: Any) -> ColumnElement[bool]:
    """Hold for no need: a relation that a later noun extends (leads, panels)."""
    return false()


def open_to_readers(user: Any) -> ColumnElement[bool]:
    """Hold for accepted needs whose audience (公开范围) includes this reader."""
    audiences = [Need.audience == Disclosure.PUBLIC]
    if user.is_verified:
        audiences.append(Need.audience == Disclosure.MEMBER)
        if user.organisation_id:
            named = Need.directed_to.any(Organisation.id == user.organisation_id)
            audiences.append(and_(Need.audience == Disclosure.DIRECTED, named))
    return and_(Need.accepted_at.is_not(None), or_(*audiences))


def not_anonymous(user: Any) -> ColumnElement[bool]:
    """Hold where limited fields, which name the enterprise, are open to verified users."""
    return and_(open_to_readers(user), Need.is_anonymous.is_(False))


policy.register(
    "need",
    Need,
    states={
        "draft": (N.DRAFT, N.RETURNED),
        "submitted": (N.SUBMITTED, N.SCREENED),
        "published": (*OPEN_NEEDS, N.MERGED),
        "closed": (N.RESOLVED, N.WITHDRAWN, N.EXPIRED, N.CLOSED),
    },
    relations={
        Role.ENTERPRISE_USER: mine,
        Role.ENTERPRISE_ADMIN: of_my_enterprise,
        Role.OFFICER: handled_by_me,
        Role.TOWN_OFFICER: in_my_town,
        Role.BROKER: created_by_me,
        Role.RESEARCHER: nobodys,
        Role.INSTITUTION_ADMIN: nobodys,
        Role.EXPERT: nobodys,
    },
    limits={
        "read_public_fields": open_to_readers,
        "read_limited_fields": not_anonymous,
        "express_interest": open_to_readers,
    },
)
