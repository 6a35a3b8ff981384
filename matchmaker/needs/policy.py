"""Which needs are somebody's own, and who sees a need at all."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from matchmaker import policy
from matchmaker.accounts.models import Organisation, User
from matchmaker.accounts.policy import of_organisation_in_my_town
from matchmaker.codes import Disclosure
from matchmaker.lifecycles import BUREAU, OPEN_NEEDS, NeedState, Role
from matchmaker.needs.models import Need

N = NeedState


READERS = BUREAU - {Role.TOWN_OFFICER}


def mine(user: Any) -> ColumnElement[bool]:
    """Hold for needs the user created inside the own organisation.

    What the bureau entered or imported for the enterprise is shared with all its users.
    """
    if not user.organisation_id:
        return false()
    colleagues = select(User.id).where(User.organisation_id == user.organisation_id)
    shared = or_(Need.created_by_id.is_(None), Need.created_by_id.not_in(colleagues))
    return and_(
        Need.enterprise_id == user.organisation_id, or_(Need.created_by_id == user.id, shared)
    )


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
    """Hold for accepted needs whose audience (公开范围) has this reader; the bureau reads all."""
    if user.roles & READERS:
        return true()
    audiences = [Need.audience == Disclosure.PUBLIC]
    if user.is_verified:
        audiences.append(Need.audience == Disclosure.MEMBER)
        if user.organisation_id:
            named = Need.directed_to.any(Organisation.id == user.organisation_id)
            audiences.append(and_(Need.audience == Disclosure.DIRECTED, named))
    if Role.TOWN_OFFICER in user.roles:
        audiences.append(in_my_town(user))
    return and_(Need.accepted_at.is_not(None), or_(*audiences))


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
        "read_limited_fields": open_to_readers,
        "express_interest": open_to_readers,
    },
    # I: who asks, where the enterprise wished to stay anonymous.
    levels={**policy.LEVELS, "I": ("read_anonymous_owner_identity", *policy.LEVELS["O"])},
)
