"""Which organisations and users are somebody's own, told to the policy."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from matchmaker import policy
from matchmaker.accounts.models import Organisation, User
from matchmaker.lifecycles import EVERYBODY, OrganisationState, Role, UserState

O = OrganisationState  # noqa: E741
OUTSIDE = (
    Role.ENTERPRISE_USER,
    Role.ENTERPRISE_ADMIN,
    Role.RESEARCHER,
    Role.INSTITUTION_ADMIN,
    Role.BROKER,
)


def my_organisation(user: Any) -> ColumnElement[bool]:
    """Hold for the organisation the user belongs to."""
    return Organisation.id == user.organisation_id if user.organisation_id else false()


def in_my_town(user: Any) -> ColumnElement[bool]:
    """Hold for organisations of the town assistant's own town."""
    return Organisation.town_id == user.town_id if user.town_id else false()


def of_organisation_in_my_town(column: Any, user: Any) -> ColumnElement[bool]:
    """Hold where `column` names an organisation of the town assistant's own town."""
    if not user.town_id:
        return false()
    return column.in_(select(Organisation.id).where(Organisation.town_id == user.town_id))  # type: ignore[no-any-return]


def myself(user: Any) -> ColumnElement[bool]:
    """Hold for the user's own account."""
    return User.id == user.id if user.is_authenticated else false()


def my_members(user: Any) -> ColumnElement[bool]:
    """Hold for the user and the members of the user's organisation."""
    colleagues = User.organisation_id == user.organisation_id
    return or_(myself(user), colleagues) if user.organisation_id else myself(user)


policy.register(
    "organisation",
    Organisation,
    states={
        "unclaimed": (O.UNCLAIMED,),
        "pending": (O.PENDING, O.REJECTED, O.UNCLAIMED),
        "active": (O.ACTIVE, O.SUSPENDING),
    },
    relations={
        **dict.fromkeys(OUTSIDE, my_organisation),
        Role.TOWN_OFFICER: in_my_town,
    },
    levels={
        "P": ("read_public", "list", "read"),
        "M": ("read_internal", "read_bureau", "read"),
        "O": ("read_internal", "read_bureau", "read"),
        "C": ("read_bank_and_licence", "read", "read_bureau"),
        "B": ("read_bureau", "read_bank_and_licence"),
    },
)
_MANAGES = {Role.ENTERPRISE_ADMIN: my_members, Role.INSTITUTION_ADMIN: my_members}
policy.register(
    "user",
    User,
    states={"locked": tuple(UserState)},
    relations={**dict.fromkeys(EVERYBODY, myself), **_MANAGES},
    levels={
        "M": ("read_directory_name", "read_self"),
        "B": ("create_account", "grant_role_approve", "read_self"),
        "C": ("read_contact_masked", "read_self"),
        "A": ("read_pii_full",),
    },
)
