"""Handing a leaving officer's work to another in one step.

What counts as work: every `handler_id` of the schema, and what a noun registers besides.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.errors import Invalid
from matchmaker.extensions import Model, db
from matchmaker.lifecycles import BUREAU, Role, UserState

_registered: dict[tuple[str, str], tuple[Any, str]] = {}
HANDLER = "handler_id"


def register_work(model: type[Any], column: str, label: str) -> None:
    """Tell that `model.column` names who is in charge of a row; `label` is what the row is."""
    _registered[(model.__tablename__, column)] = (model, label)


def work() -> list[tuple[Any, Any, str]]:
    """Return (model, column, label) of everything somebody may be in charge of."""
    found = dict(_registered)
    for mapper in Model.registry.mappers:
        if HANDLER in mapper.columns:
            lifecycle = getattr(mapper.class_, "lifecycle", None)
            label = lifecycle.label if lifecycle else mapper.class_.__name__
            found.setdefault((mapper.class_.__tablename__, HANDLER), (mapper.class_, label))
    return [
        (model, getattr(model, column), label)
        for (_, column), (model, label) in sorted(found.items())
    ]


def counts(user: User) -> list[tuple[str, int]]:
    """Return how much of each kind somebody is in charge of; nothing is left out."""
    return counts_of(user.id)


def counts_of(user_id: int) -> list[tuple[str, int]]:
    """Return the same for an account by its number."""
    found = []
    for model, column, label in work():
        query = select(func.count()).select_from(model).where(column == user_id)
        found.append((label, db.session.scalar(query) or 0))
    return [pair for pair in found if pair[1]]


def officers() -> list[User]:
    """Return everybody of the bureau, active ones first, by name."""
    query = select(User).where(User.grants.any()).order_by(User.state, User.name, User.id)
    return [user for user in db.session.scalars(query).unique() if user.roles & BUREAU]


def reassign(leaver: User, successor: User, *, by: User, now: datetime) -> int:
    """Give all of the leaver's work to the successor; return how many rows. Raises `Invalid`."""
    if leaver.id == successor.id:
        raise Invalid({"successor": "请选择另一位接手人"})
    if successor.state is not UserState.ACTIVE or Role.OFFICER not in successor.roles:
        raise Invalid({"successor": "接手人须是在用的局经办账号"})
    total = 0
    for model, column, label in work():
        ids = list(db.session.scalars(select(model.id).where(column == leaver.id)))
        if not ids:
            continue
        values: dict[str, Any] = {column.key: successor.id}
        if hasattr(model, "version"):
            values["version"] = model.version + 1
        moved = update(model).where(column == leaver.id).values(values)
        db.session.execute(moved, execution_options={"synchronize_session": False})
        total += len(ids)
        trail.record(
            "reassign_work", "user", leaver.public_id, by=by, now=now, to=successor.public_id,
            kind=label, ids=ids,
        )  # fmt: skip
    db.session.expire_all()
    return total
