"""Merging duplicates of organisations: an officer proposes, a leader approves, undo restores.

Whatever refers to the duplicate is found through the schema's foreign keys, so that a noun that
comes later is merged without a word about it here.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table, Text, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker import outbox, sessions
from matchmaker.accounts import integrity
from matchmaker.accounts.models import Organisation, User
from matchmaker.audit import trail
from matchmaker.errors import Invalid, NotAllowed, NotFound, WrongState
from matchmaker.extensions import Model, db, new_public_id
from matchmaker.lifecycles import OrganisationState


class OrganisationMerge(Model):
    """One merge: who wanted it, who approved it, and every row it moved."""

    __tablename__ = "organisation_merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    kept_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[datetime | None]
    former_state: Mapped[str] = mapped_column(String(40), default="")
    moved: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    kept_before: Mapped[dict[str, Any]] = mapped_column(default=dict)

    kept: Mapped[Organisation] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Organisation] = relationship(foreign_keys=[merged_id])
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])


LEFT_ALONE = frozenset({"organisation", "organisation_merge"})


def references(
    to: str = "organisation", left_alone: Collection[str] = LEFT_ALONE
) -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every (table, column) that refers to the table `to`, in a stable order."""
    for table in sorted(db.metadata.tables.values(), key=lambda t: t.name):
        if table.name in left_alone:
            continue
        for column in table.columns:
            if any(key.column.table.name == to for key in column.foreign_keys):
                yield table, column


def get(public_id: str) -> OrganisationMerge:
    """Return a merge; raise `NotFound`."""
    query = select(OrganisationMerge).where(OrganisationMerge.public_id == public_id)
    merge = db.session.scalar(query)
    if merge is None:
        raise NotFound
    return merge


def listed() -> list[OrganisationMerge]:
    """Return every merge, those that wait first, then the latest."""
    query = select(OrganisationMerge).order_by(
        OrganisationMerge.decided_at.is_not(None), OrganisationMerge.proposed_at.desc()
    )
    return list(db.session.scalars(query))


def propose(
    merged: Organisation, kept: Organisation, *, by: User, now: datetime, reason: str
) -> OrganisationMerge:
    """Propose that one organisation is the same as another. Raises `Invalid`."""
    if not reason.strip():
        raise Invalid({"reason": "请写明为什么是同一家单位"})
    if merged.id == kept.id:
        raise Invalid({"kept": "不能与自己合并"})
    if merged.kind is not kept.kind:
        raise Invalid({"kept": "两家单位类别不同，不能合并，请先核对类别"})
    ended = (OrganisationState.MERGED, OrganisationState.SUSPENDED, OrganisationState.SUSPENDING)
    if merged.state in ended or kept.state in ended:
        raise Invalid({"kept": "已合并、已停用或拟停用的单位不能再合并"})
    if _waiting(merged) or _waiting(kept):
        raise Invalid({"kept": "其中一家单位已有合并申请待审批"})
    merge = OrganisationMerge(
        kept_id=kept.id, merged_id=merged.id, reason=reason.strip(), proposed_by_id=by.id,
        proposed_at=now, moved=[], kept_before={},
    )  # fmt: skip
    db.session.add(merge)
    trail.record(
        "merge_propose", "organisation", merged.public_id, by=by, now=now, reason=reason,
        into=kept.public_id,
    )  # fmt: skip
    db.session.flush()
    return merge


def _waiting(organisation: Organisation) -> bool:
    query = select(OrganisationMerge.id).where(
        OrganisationMerge.decided_at.is_(None),
        (OrganisationMerge.kept_id == organisation.id)
        | (OrganisationMerge.merged_id == organisation.id),
    )
    return db.session.scalar(query.limit(1)) is not None


def _decide(merge: OrganisationMerge, by: User, now: datetime) -> None:
    if merge.decided_at is not None:
        raise WrongState("这项合并申请已经办理。")
    if merge.proposed_by_id == by.id:
        raise NotAllowed("提请人与审批人不能是同一人。")
    merge.decided_by_id, merge.decided_at = by.id, now


def refuse(merge: OrganisationMerge, *, by: User, now: datetime, reason: str) -> None:
    """Turn a proposal down, with the reason."""
    if not reason.strip():
        raise Invalid({"reason": "不予合并必须写明原因"})
    _decide(merge, by, now)
    trail.record(
        "merge_refuse", "organisation", merge.merged.public_id, by=by, now=now, reason=reason
    )


def approve(merge: OrganisationMerge, *, by: User, now: datetime) -> None:
    """Merge: everything that refers to the duplicate refers to the kept one from now on."""
    _decide(merge, by, now)
    merged, kept = merge.merged, merge.kept
    merge.former_state, merge.approved = merged.state.value, True
    trail.advance(merged, "merge", by=by, now=now, reason=merge.reason, into=kept.public_id)
    merged.merged_into_id = kept.id
    merge.kept_before = {"aliases": list(kept.aliases), "uscc": kept.uscc}
    names = [*kept.aliases, merged.name, *merged.aliases]
    kept.aliases = [n for n in dict.fromkeys(names) if n != kept.name]
    if kept.uscc is None and merged.uscc is not None:
        code, merged.uscc = merged.uscc, None
        db.session.flush()
        kept.uscc = code
    db.session.flush()
    _end_sessions(merged.id)
    merge.moved = [
        entry
        for table, column in references()
        for entry in move_rows(table, column, merged.id, kept.id)
    ]
    db.session.flush()
    _tell(merge, now)


def _tell(merge: OrganisationMerge, now: datetime) -> None:
    """Read everything anew; standing and matching follow the rows that moved."""
    db.session.expire_all()
    outbox.add("organisation.merged", {"id": merge.kept_id, "merged": merge.merged_id}, now=now)
    for organisation in (merge.kept, merge.merged):
        integrity.refresh(organisation, now=now)
        outbox.add("organisation.saved", {"id": organisation.id}, now=now)


def _end_sessions(organisation_id: int) -> None:
    members = select(User.id).where(User.organisation_id == organisation_id)
    for user_id in db.session.scalars(members).all():
        sessions.end_all(user_id)


def move_rows(table: Table, column: Column[Any], old: int, new: int) -> Iterator[dict[str, Any]]:
    """Point every row of one column at the kept one; yield what undo needs."""
    keys = list(table.primary_key.columns)
    rows = db.session.execute(select(*keys).where(column == old)).mappings().all()
    for row in rows:
        key = {name: row[name] for name in row}
        entry: dict[str, Any] = {"table": table.name, "column": column.name, "key": key}
        here = and_(*(table.c[name] == value for name, value in key.items()))
        try:
            with db.session.begin_nested():
                db.session.execute(update(table).where(here).values({column.name: new}))
        except IntegrityError as error:
            if column.name not in key:
                raise Invalid({"kept": "双方有互相冲突的记录，请先整理后再合并"}) from error
            db.session.execute(delete(table).where(here))  # both named the same row: one is enough
            entry["deleted"] = True
        yield entry


def undo(merge: OrganisationMerge, *, by: User, now: datetime) -> None:
    """Take a merge back: what it moved and is still there returns to where it was."""
    if not merge.approved or merge.undone_at is not None:
        raise WrongState("这项合并没有生效，或已经撤销。")
    merged, kept = merge.merged, merge.kept
    if kept.state is OrganisationState.MERGED:
        raise WrongState("保留的单位后来又并入了别的单位，请先撤销后一次合并。")
    trail.advance(merged, f"unmerge_{merge.former_state}", by=by, now=now)
    merged.merged_into_id = None
    if merge.kept_before["uscc"] is None and kept.uscc is not None:
        code, kept.uscc = kept.uscc, None
        db.session.flush()
        merged.uscc = code
    kept.aliases = merge.kept_before["aliases"]
    merge.undone_at = now
    db.session.flush()
    for entry in merge.moved:
        return_row(entry, merged.id, kept.id)
    _end_sessions(merged.id)
    _tell(merge, now)


def return_row(entry: dict[str, Any], old: int, new: int) -> None:
    """Point one moved row back, if it is still where the merge put it."""
    table = db.metadata.tables[entry["table"]]
    column, key = entry["column"], dict(entry["key"])
    if entry.get("deleted"):
        db.session.execute(insert(table).values(**key))
        return
    if column in key:  # the organisation is part of the key: the row is found under the kept one
        key[column] = new
    here = and_(*(table.c[name] == value for name, value in key.items()), table.c[column] == new)
    db.session.execute(update(table).where(here).values({column: old}))
