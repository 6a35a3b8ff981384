"""Whose a call, an invitation and a visit are."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from matchmaker import policy
from matchmaker.accounts.models import OrganisationKind
from matchmaker.accounts.policy import of_organisation_in_my_town
from matchmaker.calls.models import Call, Invitation, Visit
from matchmaker.lifecycles import CallState, Role


def handled_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for calls the officer handles (经办)."""
    return and_(Call.handler_id == user.id)


def asking_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for calls that ask an enterprise of the town assistant's town."""
    if not user.town_id:
        return false()
    return exists().where(Invitation.call_id == Call.id, Invitation.town_id == user.town_id)


def addressed_to_me(user: Any) -> ColumnElement[bool]:
    """Hold for calls that ask the user's enterprise, by name or with all the others."""
    organisation = getattr(user, "organisation", None)
    if organisation is None or organisation.kind is not OrganisationKind.ENTERPRISE:
        return false()
    invited = select(Invitation.call_id).where(Invitation.enterprise_id == organisation.id)
    return or_(Call.id.in_(invited), Call.is_open_to_all)


def of_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for enterprises that were asked as of the town assistant's town."""
    return Invitation.town_id == user.town_id if user.town_id else false()


def visited_in_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for visits to enterprises of the town assistant's town."""
    return of_organisation_in_my_town(Visit.enterprise_id, user)


def written_by_me(user: Any) -> ColumnElement[bool]:
    """Hold for visits the officer wrote down."""
    return and_(Visit.created_by_id == user.id)


policy.register(
    "call",
    Call,
    states={
        "draft": (CallState.DRAFT,),
        "published": (CallState.PUBLISHED,),
        "closed": (CallState.CLOSED,),
    },
    relations={
        Role.OFFICER: handled_by_me,
        Role.TOWN_OFFICER: asking_my_town,
        Role.ENTERPRISE_USER: addressed_to_me,
        Role.ENTERPRISE_ADMIN: addressed_to_me,
    },
    levels={"P": ("read_public_fields", "read_bureau"), "B": ("read_bureau",)},
)
policy.register(
    "call_invitation",
    Invitation,
    states={},
    relations={Role.TOWN_OFFICER: of_my_town},
    levels={"B": ("read_bureau",), "C": ("read_contacts",)},
)
policy.register(
    "visit",
    Visit,
    states={},
    relations={Role.TOWN_OFFICER: visited_in_my_town, Role.OFFICER: written_by_me},
    levels={"B": ("read_bureau",)},
)
