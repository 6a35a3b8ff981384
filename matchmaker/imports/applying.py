"""Write a confirmed batch: every good row in one transaction, or nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from matchmaker import locks, outbox
from matchmaker.accounts.models import Organisation, OrganisationKind, User
from matchmaker.audit import trail
from matchmaker.errors import WrongState
from matchmaker.extensions import db, new_public_id
from matchmaker.imports import progress
from matchmaker.imports.kinds import Kind
from matchmaker.imports.models import Batch, BatchName, BatchRow, Verdict
from matchmaker.imports.parties import kind_of
from matchmaker.imports.stored import Stored, values_of
from matchmaker.lifecycles import OrganisationState

CHUNK = 500
MOVED = "核对之后平台上的内容有变化，已自动重新核对，请再次确认。"


class Overtaken(WrongState):
    """What the dry run saw no longer holds; the whole batch is checked anew."""

    default = MOVED


def good(batch: Batch, *verdicts: Verdict) -> Any:
    """Return the query of the rows that are imported, in the order of the file."""
    skipped = select(BatchName.id).where(
        BatchName.batch_id == batch.id, BatchName.decision == "skip"
    )
    return (
        select(BatchRow)
        .where(BatchRow.batch_id == batch.id, BatchRow.verdict.in_(verdicts))
        .where(BatchRow.choice != "skip")
        .where(BatchRow.name_id.is_(None) | BatchRow.name_id.not_in(skipped))
        .order_by(BatchRow.id)
    )


def apply(batch: Batch, *, now: datetime) -> int:
    """Import the batch; return how many rows were written.

    Raises `Overtaken` when a row it would make exists by now, or one it would change has changed.
    Imports run one after the other on every database.
    """
    locks.hold("import")
    by = db.session.get_one(User, batch.created_by_id)
    trail.advance(batch, "apply", by=trail.SYSTEM, now=now)
    kind = kind_of(batch.noun)
    stored = Stored(kind, by)
    owners = _make_owners(batch, kind, by=by, now=now)
    total = sum(batch.counts.get(key, 0) for key in ("new", "changed"))
    done = 0
    for rows in _chunks(good(batch, Verdict.NEW)):
        _create(batch, kind, rows, stored, owners, by=by, now=now)
        done += len(rows)
        progress.write(batch.public_id, done, total)
    for rows in _chunks(good(batch, Verdict.CHANGED)):
        _change(batch, kind, rows, by=by, now=now)
        done += len(rows)
        progress.write(batch.public_id, done, total)
    batch.applied_at = now
    batch.counts = {**batch.counts, "imported": done}
    if batch.submits and done:
        outbox.add("batch.applied", {"id": batch.id, "after": 0}, now=now)
    return done


def _chunks(query: Any) -> Iterator[Sequence[BatchRow]]:
    """Walk the rows by id, forgetting each chunk, so that memory stays level."""
    after = 0
    while rows := db.session.scalars(query.where(BatchRow.id > after).limit(CHUNK)).all():
        after = rows[-1].id
        yield rows
        db.session.flush()
        for row in rows:
            db.session.expunge(row)


def _make_owners(batch: Batch, kind: Kind, *, by: Any, now: datetime) -> dict[int, int]:
    """Create the organisations that are to be 未认领; return name → organisation."""
    found: dict[int, int] = {}
    names = select(BatchName).where(BatchName.batch_id == batch.id).order_by(BatchName.id)
    for name in db.session.scalars(names):
        if name.decision == "create":
            found[name.id] = _unclaimed(batch, kind, name, by=by, now=now)
        elif name.decision.isdecimal():
            found[name.id] = int(name.decision)
    return found


def _unclaimed(batch: Batch, kind: Kind, name: BatchName, *, by: Any, now: datetime) -> int:
    same = Organisation.name == name.name
    if name.uscc:
        same = same | (Organisation.uscc == name.uscc)
    if db.session.scalar(select(Organisation.id).where(same)) is not None:
        raise Overtaken
    organisation = Organisation(
        name=name.name,
        kind=kind.owner_kind or OrganisationKind.ENTERPRISE,
        uscc=name.uscc,
        town_id=name.town_id,
        state=OrganisationState.UNCLAIMED,
        created_at=now,
        created_by_id=by.id,
        batch_id=batch.id,
    )
    db.session.add(organisation)
    trail.enter(organisation, by=by, now=now, action="import", batch=batch.public_id)
    return organisation.id


def _create(
    batch: Batch,
    kind: Kind,
    rows: Sequence[BatchRow],
    stored: Stored,
    owners: dict[int, int],
    *,
    by: Any,
    now: datetime,
) -> None:
    made: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    for row in rows:
        owner_id = row.owner_id or owners.get(row.name_id or 0)
        loose = row.owner_name if kind.loose and owner_id is None else ""
        key = str(row.content.get("uscc") or row.key)
        if stored.find(key=key, owner_id=owner_id, loose=loose, title=row.title):
            raise Overtaken
        values = _values(batch, kind, row, owner_id, by=by, now=now)
        made.append(values)
        marks.append({"id": row.id, "object_id": values["public_id"], "imported_version": 1})
    db.session.execute(insert(kind.model), made)
    db.session.execute(update(BatchRow), marks)
    entries = [(values["public_id"], "", str(kind.initial)) for values in made]
    trail.enter_many(
        kind.model.lifecycle.noun, entries, by=by, now=now, action="import", batch=batch.public_id
    )


def _values(
    batch: Batch, kind: Kind, row: BatchRow, owner_id: int | None, *, by: Any, now: datetime
) -> dict[str, Any]:
    """Return every column of a new row; all rows name the same columns, for one statement."""
    values = {
        name: kind.stored(name, stated) if (stated := row.content.get(name)) is not None else blank
        for name, blank in kind.blanks.items()
    }
    values |= dict.fromkeys(kind.stamps, now) | kind.derive(row.content)
    values |= {"public_id": new_public_id(), "state": kind.initial, "batch_id": batch.id}
    values["created_by_id"] = by.id
    if kind.owner:
        values[kind.owner_column] = owner_id
    if kind.loose:
        values["org_name"] = "" if owner_id else row.owner_name
    if hasattr(kind.model, "handler_id") and by.organisation_id is None:
        values["handler_id"] = by.id
    return values


def _change(batch: Batch, kind: Kind, rows: Sequence[BatchRow], *, by: Any, now: datetime) -> None:
    model = kind.model
    wanted = [row.match_id for row in rows]
    found = {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(wanted)))}
    for row in rows:
        target = found.get(row.match_id or 0)
        if target is None or target.version != row.match_version:
            raise Overtaken
        names = [change["key"] for change in row.changes]
        values = {name: row.content[name] for name in names}
        derived = kind.derive(values)
        before = values_of(kind, target) | {name: getattr(target, name) for name in derived}
        row.before = {name: before[name] for name in (*names, *derived)}
        set_values(kind, target, values | derived)
        if "updated_at" in kind.stamps:
            target.updated_at = now
    db.session.flush()
    for row in rows:
        target = found[row.match_id or 0]
        row.object_id, row.imported_version = target.public_id, target.version
        if kind.noun == "organisation":
            outbox.add("organisation.saved", {"id": target.id}, now=now)
    entries = [(row.object_id, str(found[row.match_id or 0].state)) for row in rows]
    trail.enter_many(
        model.lifecycle.noun,
        [(name, state, state) for name, state in entries],
        by=by,
        now=now,
        action="import_change",
        batch=batch.public_id,
    )


def set_values(kind: Kind, target: Any, values: dict[str, Any]) -> None:
    """Put JSON values into a stored row as its model keeps them."""
    for name, value in values.items():
        setattr(target, name, kind.stored(name, value))
