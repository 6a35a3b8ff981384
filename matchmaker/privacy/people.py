"""Which rows are a person's: by the account, by the expert or broker it is, by what it signs with.

Accounts merged into the person's are the person's too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, or_, select

from matchmaker.accounts import signing_in
from matchmaker.accounts.models import User
from matchmaker.accounts.person_merging import PersonMerge
from matchmaker.errors import Invalid
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import UserState
from matchmaker.services.models import Broker

SHORTEST = 6  # characters of a login, number or address that is looked for in others' rows


@dataclass(frozen=True)
class Person:
    """Who is meant: the account, those merged into it, and what the person is called."""

    user: User
    ids: tuple[int, ...]
    experts: tuple[int, ...]
    brokers: tuple[int, ...]
    logins: frozenset[str]
    objects: frozenset[str]  # public ids of the expert and the broker
    names: frozenset[str]
    organisations: frozenset[int]
    reached_at: frozenset[str]  # logins, phones, addresses: what names nobody else


def of_login(login: str) -> Person:
    """Return the person of a login; raise `Invalid` where there is none, or it was merged."""
    user = db.session.scalar(select(User).where(User.login == signing_in.plain_login(login)))
    if user is None:
        raise Invalid({"login": "没有这个登录账号，请核对"})
    if user.state is UserState.MERGED:
        raise Invalid({"login": "这个账号已并入另一账号，请办理保留的账号"})
    return of(user)


def of(user: User) -> Person:
    """Return the person an account belongs to."""
    merged = select(PersonMerge.merged_id).where(
        PersonMerge.kept_id == user.id, PersonMerge.approved, PersonMerge.undone_at.is_(None)
    )
    users = [user, *db.session.scalars(select(User).where(User.id.in_(merged))).unique()]
    ids = tuple(one.id for one in users)
    experts = db.session.scalars(select(Expert).where(Expert.user_id.in_(ids))).all()
    brokers = db.session.scalars(select(Broker).where(Broker.user_id.in_(ids))).all()
    reached = {*_of(users, "login", "phone", "email"), *_of(experts, "phone", "email")}
    return Person(
        user=user,
        ids=ids,
        experts=tuple(one.id for one in experts),
        brokers=tuple(one.id for one in brokers),
        logins=frozenset(_of(users, "login")),
        objects=frozenset(_of([*experts, *brokers], "public_id")),
        names=frozenset(_of([*users, *experts, *brokers], "name")),
        organisations=frozenset(one.organisation_id for one in users if one.organisation_id),
        reached_at=frozenset(text for text in reached if len(text) >= SHORTEST),
    )


def _of(rows: Any, *attributes: str) -> set[str]:
    return {text for row in rows for name in attributes if (text := getattr(row, name))}


Condition = Callable[[Table, Person], ColumnElement[bool]]


def _user(column: str) -> Condition:
    return lambda table, person: table.c[column].in_(person.ids)


def _expert(table: Table, person: Person) -> ColumnElement[bool]:
    return table.c.expert_id.in_(person.experts)


def _pool(table: Table, person: Person) -> ColumnElement[bool]:
    """Hold for versions and remarks of the expert's and the broker's own entry."""
    parts = (("expert", person.experts), ("broker", person.brokers))
    return or_(*(and_(table.c.noun == noun, table.c.object_id.in_(ids)) for noun, ids in parts))


def _merge(table: Table, person: Person) -> ColumnElement[bool]:
    return or_(table.c.kept_id.in_(person.ids), table.c.merged_id.in_(person.ids))


def _of_objection(table: Table, person: Person) -> ColumnElement[bool]:
    objection = db.metadata.tables["objection"]
    mine = select(objection.c.id).where(objection.c.submitted_by_id.in_(person.ids))
    return table.c.objection_id.in_(mine)


def _mapping(table: Table, person: Person) -> ColumnElement[bool]:
    return table.c.owner_key.in_([f"u{number}" for number in person.ids])


ROWS: dict[str, Condition] = {
    "user_account": _user("id"),
    **dict.fromkeys(
        (
            "bid_party", "bounty_follow", "bounty_visit", "broker", "expert", "former_password",
            "holder_key", "key_share", "known_device", "message", "one_time_link", "recovery_code",
            "role_grant", "second_factor", "web_session",
        ),
        _user("user_id"),
    ),
    **dict.fromkeys(
        (
            "bounty_suggestion", "integrity_entry", "lead", "pairing", "panelist",
            "review_candidate",
        ),
        _expert,
    ),
    "audit_entry": _user("actor_id"),
    "import_mapping": _mapping,
    "import_row": lambda table, person: table.c.object_id.in_(person.objects),
    "objection": _user("submitted_by_id"),
    "objection_file": _of_objection,
    "person_merge": _merge,
    "remark": _pool,
    "revision": _pool,
    "sign_in_attempt": lambda table, person: table.c.login.in_(person.logins),
}  # fmt: skip


def rows(table: Table, person: Person) -> ColumnElement[bool]:
    """Return the condition that holds for the person's rows of a table of `ROWS`."""
    return ROWS[table.name](table, person)
