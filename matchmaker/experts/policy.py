"""Which experts are somebody's own; visitors see none."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from matchmaker import policy
from matchmaker.experts.models import Expert
from matchmaker.lifecycles import ExpertState, Role
from matchmaker.pools.specs import LEVELS

X = ExpertState


def myself(user: Any) -> ColumnElement[bool]:
    """Hold for the expert's own record."""
    return Expert.user_id == user.id if user.is_authenticated else false()


def created_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for an application the researcher made."""
    return or_(false(), Expert.created_by_id == user.id)


def of_my_institution(user: Any) -> ColumnElement[bool]:
    """Hold for experts of the administrator's institution."""
    return Expert.organisation_id == user.organisation_id if user.organisation_id else false()


def verified_readers(user: Any) -> ColumnElement[bool]:
    """Hold for verified users, on experts who agreed to be listed: the pool is not public.

    A record has no public field: whom the table opens none of the others finds no record either.
    """
    reads = user.is_verified and policy.may(user, "expert", "read_limited_fields")
    return Expert.consent_at.is_not(None) if reads else false()


policy.register(
    "expert",
    Expert,
    states={
        "draft": (X.APPLIED, X.REFUSED),
        "applied": (X.APPLIED, X.PROPOSED, X.REFUSED, X.REMOVED),
        "in_pool": (X.IN_POOL, X.REMOVING),
    },
    relations={
        Role.EXPERT: myself,
        Role.RESEARCHER: created_by_me,
        Role.INSTITUTION_ADMIN: of_my_institution,
        Role.OFFICER: lambda user: Expert.handler_id == user.id,
    },
    limits=dict.fromkeys(("read_public_fields", "read_limited_fields"), verified_readers),
    levels=LEVELS,
)
