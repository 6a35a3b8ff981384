"""Take an import back while nothing builds on it: new rows go, changed ones get old values."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, select

from matchmaker import outbox
from matchmaker.accounts.models import Organisation
from matchmaker.audit import trail
from matchmaker.errors import WrongState
from matchmaker.extensions import Model, db
from matchmaker.imports.applying import CHUNK, set_values
from matchmaker.imports.kinds import Kind
from matchmaker.imports.models import Batch, BatchRow, Verdict
from matchmaker.imports.parties import kind_of

MOST_NAMED = 10


def obstacles(batch: Batch) -> list[str]:
    """Name the rows that keep the import from being undone, at most a few; [] where none does."""
    kind = kind_of(batch.noun)
    found: list[str] = []
    for rows, targets in _pairs(batch, kind):
        used = _referenced(kind, [one.id for one in targets.values()])
        for row in rows:
            problem = _obstacle(kind, row, targets.get(row.object_id), used)
            if problem:
                found.append(f"第 {row.number} 行“{row.title[:30]}”：{problem}")
            if len(found) == MOST_NAMED:
                return [*found, "……"]
    return found


def _obstacle(kind: Kind, row: BatchRow, target: Any, used: set[int]) -> str:
    if target is None:
        return "记录已不存在"
    if target.state not in kind.editable:
        return f"已处于“{target.state.label}”"
    if target.version != row.imported_version:
        return "导入后又修改过"
    if row.verdict is Verdict.NEW and target.id in used:
        return "已有其他记录与它关联"
    return ""


def _pairs(batch: Batch, kind: Kind) -> Iterator[tuple[Sequence[BatchRow], dict[str, Any]]]:
    """Walk the imported rows with what they made or changed."""
    after, model = 0, kind.model
    query = select(BatchRow).where(BatchRow.batch_id == batch.id, BatchRow.object_id != "")
    query = query.order_by(BatchRow.id).limit(CHUNK)
    while rows := db.session.scalars(query.where(BatchRow.id > after)).all():
        after = rows[-1].id
        names = [row.object_id for row in rows]
        found = db.session.scalars(select(model).where(model.public_id.in_(names)))
        yield rows, {one.public_id: one for one in found}


def _referenced(kind: Kind, ids: Sequence[int]) -> set[int]:
    """Return which of these rows any other row of the platform points at."""
    return {number for column in _pointing(kind.model) for number in _held(column, ids)}


def _pointing(model: type[Any]) -> list[Column[Any]]:
    """Return every column of the schema that refers to the model's id."""
    own = model.__table__.c.id
    return [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if any(key.column is own for key in column.foreign_keys)
    ]


def _held(column: Column[Any], ids: Sequence[int]) -> Sequence[int]:
    return db.session.scalars(select(column).where(column.in_(ids))).all()


def undo(batch: Batch, *, by: Any, now: datetime) -> None:
    """Undo the whole import or nothing; raise `WrongState` naming what builds on it."""
    trail.advance(batch, "undo", by=by, now=now)
    found = obstacles(batch)
    if found:
        raise WrongState("不能撤销：这些记录在导入后已有变化。" + "；".join(found))
    kind = kind_of(batch.noun)
    for rows, targets in _pairs(batch, kind):
        created = [targets[r.object_id] for r in rows if r.verdict is Verdict.NEW]
        _restore(batch, kind, rows, targets, by=by, now=now)
        _remove(batch, kind, created, by=by, now=now)
        for row in rows:
            db.session.expunge(row)
    _remove_owners(batch, by=by, now=now)
    batch.undone_at = now


def _restore(
    batch: Batch,
    kind: Kind,
    rows: Sequence[BatchRow],
    targets: dict[str, Any],
    *,
    by: Any,
    now: datetime,
) -> None:
    changed = [(row, targets[row.object_id]) for row in rows if row.verdict is Verdict.CHANGED]
    for row, target in changed:
        set_values(kind, target, row.before)
        if "updated_at" in kind.stamps:
            target.updated_at = now
        if kind.noun == "organisation":
            outbox.add("organisation.saved", {"id": target.id}, now=now)
    db.session.flush()
    _record(batch, kind, [(t.public_id, str(t.state), str(t.state)) for _, t in changed], by, now)


def _remove(batch: Batch, kind: Kind, created: list[Any], *, by: Any, now: datetime) -> None:
    if not created:
        return
    entries = [(one.public_id, str(one.state), "") for one in created]
    ids = [one.id for one in created]
    for one in created:
        db.session.expunge(one)
    db.session.execute(delete(kind.model).where(kind.model.id.in_(ids)))
    _record(batch, kind, entries, by, now)


def _record(
    batch: Batch, kind: Kind, entries: list[tuple[str, str, str]], by: Any, now: datetime
) -> None:
    noun = kind.model.lifecycle.noun
    trail.enter_many(noun, entries, by=by, now=now, action="import_undo", batch=batch.public_id)


def _remove_owners(batch: Batch, *, by: Any, now: datetime) -> None:
    """Remove the organisations the import had made, where nobody uses them by now."""
    if batch.noun == "organisation":
        return
    organisations = db.session.scalars(
        select(Organisation).where(Organisation.batch_id == batch.id, Organisation.version == 1)
    ).all()
    ids = [one.id for one in organisations]
    used = {number for column in _pointing(Organisation) for number in _held(column, ids)}
    removed = [one for one in organisations if one.id not in used]
    kind = kind_of("organisation")
    _remove(batch, kind, removed, by=by, now=now)
