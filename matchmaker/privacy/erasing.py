"""Erasing a person: what the dispositions say, in the caller's transaction, with an entry.

Whole rows go where every column goes; else columns are emptied, or replaced where others refer to
the row. What the person is reached at goes from others' rows too. What is kept by law is stored
and no longer used: the account signs in no more, the expert is neither found nor drawn.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, delete, func, null, select, update

from matchmaker import outbox, sessions
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.errors import Refusal
from matchmaker.experts.models import Expert
from matchmaker.extensions import db
from matchmaker.lifecycles import ExpertState, PoolState, UserState
from matchmaker.privacy import dispositions, duties, people, scrubbing
from matchmaker.privacy.dispositions import ERASE, KEEP, MASK
from matchmaker.privacy.people import Person
from matchmaker.services.models import Broker

NAMES = {"user_account": "已注销用户", "expert": "已注销专家", "broker": "已注销经纪人"}


class StillNeeded(Refusal):
    """409: the person has duties that somebody else must take over first."""

    status = 409


@dataclass(frozen=True)
class Line:
    """What becomes of some columns of some rows of a table."""

    table: str
    disposition: str
    columns: tuple[str, ...]
    rows: int
    bases: tuple[str, ...]


@dataclass
class Outcome:
    """What was, or would be, done; `mails` are files that go once the transaction stands."""

    lines: list[Line] = field(default_factory=list)
    elsewhere: int = 0  # rows of others in which the person's number or address stood
    mails: tuple[Path, ...] = ()

    def count(self, disposition: str) -> int:
        """Return how many rows have columns of this disposition."""
        return sum(line.rows for line in self.lines if line.disposition == disposition)


def plan(person: Person, mail: Path) -> Outcome:
    """Return what erasing would do now; changes nothing."""
    outcome = Outcome(list(_lines(person)), mails=tuple(_mails(person, mail)))
    outcome.elsewhere = sum(1 for _ in scrubbing.found(person))
    return outcome


def _lines(person: Person) -> Iterator[Line]:
    known = dispositions.table()
    for table in _tables():
        rows = db.session.scalar(
            select(func.count()).select_from(table).where(people.rows(table, person))
        )
        for disposition in (ERASE, MASK, KEEP):
            columns = dispositions.columns(table.name, disposition)
            bases = dict.fromkeys(known[table.name, column].basis for column in columns)
            if rows and columns:
                yield Line(table.name, disposition, tuple(columns), rows, tuple(bases))


def _tables() -> list[Table]:
    return [table for table in db.metadata.sorted_tables if table.name in people.ROWS]


def erase(person: Person, mail: Path, *, now: datetime, reason: str) -> Outcome:
    """Erase the person; raise `StillNeeded` where something has to be handed over first."""
    left = duties.running(person)
    if left:
        said = "；".join(f"{label} {count} 项" for label, count in left)
        message = f"仍有未移交的事项，请先移交或办结：{said}。"
        raise StillNeeded(message)
    outcome = plan(person, mail)
    _stop(person, now=now, reason=reason, outcome=outcome)
    scrubbing.scrub(person)
    for table in reversed(_tables()):
        _clear(table, person)
    db.session.expire_all()
    return outcome


def _stop(person: Person, *, now: datetime, reason: str, outcome: Outcome) -> None:
    """End every use of what is kept, and write the entries."""
    details: dict[str, Any] = {
        **{f"{one}_rows": outcome.count(one) for one in (ERASE, MASK, KEEP)},
        "elsewhere": outcome.elsewhere,
    }
    for user_id in person.ids:
        user = db.session.get_one(User, user_id)
        sessions.end_all(user_id)
        if user.state is not UserState.ERASED:
            trail.advance(user, "erase", by=trail.SYSTEM, now=now, reason=reason, **details)
    for row in _entries(Expert, person.experts):
        if row.state is not ExpertState.REMOVED:
            trail.advance(row, "erase", by=trail.SYSTEM, now=now, reason=reason)
        outbox.add("expert.saved", {"id": row.id}, now=now)
    for row in _entries(Broker, person.brokers):
        if row.state not in {PoolState.OFFLINE, PoolState.TRANSFORMED}:
            trail.advance(row, "erase", by=trail.SYSTEM, now=now, reason=reason)
    if person.experts:
        outbox.add("matching.refit", {"cause": "注销个人信息"}, now=now)


def _entries(model: Any, ids: tuple[int, ...]) -> list[Any]:
    return list(db.session.scalars(select(model).where(model.id.in_(ids))))


def _clear(table: Table, person: Person) -> None:
    """Do to the person's rows of one table what the dispositions say."""
    mine = people.rows(table, person)
    gone = dispositions.columns(table.name, ERASE)
    if len(gone) == len(table.columns):
        db.session.execute(delete(table).where(mine))
        return
    values = {name: _empty(table.c[name]) for name in gone}
    values |= {name: _mask(table, name) for name in dispositions.columns(table.name, MASK)}
    if values:
        if "version" in table.c:
            values["version"] = table.c.version + 1
        db.session.execute(update(table).where(mine).values(values))


def _mask(table: Table, name: str) -> Any:
    if name == "name" and table.name in NAMES:
        return NAMES[table.name]
    if (table.name, name) == ("user_account", "login"):
        return "erased-" + table.c.public_id
    return _empty(table.c[name])


def _empty(column: Column[Any]) -> Any:
    """Return what says nothing in a column: NULL where it may be, else its type's nothing."""
    if column.nullable:
        return null()
    kind = column.type.python_type
    if kind is dict:  # JSON: as the model makes it
        made = getattr(column.default, "arg", None)
        return made(None) if callable(made) else {}
    return kind()


def _mails(person: Person, folder: Path) -> Iterator[Path]:
    """Yield the mails the file backend has written to or about the person."""
    wanted = [one.encode() for one in person.reached_at]
    for path in sorted(folder.glob("*.eml")) if folder.is_dir() else ():
        content = path.read_bytes()
        if any(one in content for one in wanted):
            yield path


def afterwards(outcome: Outcome) -> None:
    """Once the transaction stands: remove the mails, and what the database's log still holds."""
    for path in outcome.mails:
        path.unlink(missing_ok=True)
    _empty_log()


def _empty_log() -> None:
    """Write SQLite's log into the database and cut it to nothing; outside any transaction."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        with closing(db.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
