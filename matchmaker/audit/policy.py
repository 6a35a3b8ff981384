"""Who reads the trail: auditors all of it, the security administrator what is security's."""

from typing import Any

from sqlalchemy import ColumnElement, or_

from matchmaker import policy
from matchmaker.audit.models import Entry
from matchmaker.lifecycles import EVERYBODY


def by_me(user: Any) -> ColumnElement[bool]:
    """Hold for what the user did."""
    mine: ColumnElement[bool] = Entry.actor_id == user.id
    return mine


def about_security() -> ColumnElement[bool]:
    """Hold for signing in, accounts and roles, exports and reveals, and what auditors did."""
    return or_(
        Entry.noun.in_(("user", "audit_log", "system")),
        Entry.action.in_(("export", "reveal", "change_setting")),
        Entry.actor_roles.contains("auditor"),
    )


policy.register(
    "audit_log",
    Entry,
    states={},
    relations=dict.fromkeys(EVERYBODY, by_me),
    levels={"A": ("read_all", "read_security_events", "read_own_entries")},
)
