"""The integrity list (诚信名单): who is kept out of matching or commended, from when until when.

A row's `integrity` is what the entries in force today make of it; matching is told at once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker import clock, jobs, outbox, policy
from matchmaker.accounts.models import User
from matchmaker.audit import trail
from matchmaker.codes import Integrity
from matchmaker.errors import Invalid, NotFound, WrongState
from matchmaker.extensions import Model, db, new_public_id


class IntegrityEntry(Model):
    """One standing of an organisation or an expert, on the word of a document."""

    __tablename__ = "integrity_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True)
    standing: Mapped[Integrity]
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the last day it holds
    document: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text)
    listed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    listed_at: Mapped[datetime]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    end_reason: Mapped[str] = mapped_column(Text, default="")

    listed_by: Mapped[User] = relationship(foreign_keys=[listed_by_id])

    def covers(self, day: date) -> bool:
        """Tell whether the entry holds on this day."""
        begun = self.from_on <= day and self.ended_at is None
        return begun and (self.until_on is None or day <= self.until_on)


def _column(row: Any) -> Any:
    return getattr(IntegrityEntry, f"{row.lifecycle.noun}_id")


def get(resource: str, public_id: str, *, by: Any) -> Any:
    """Return the organisation or expert whose standing one may edit; raise `NotFound`."""
    query: Select[Any] = policy.scope(by, resource, "edit_integrity")
    row = db.session.scalar(query.where(query.selected_columns.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def of(row: Any) -> list[IntegrityEntry]:
    """Return every entry of an organisation or expert, the latest first."""
    query = select(IntegrityEntry).where(_column(row) == row.id)
    return list(db.session.scalars(query.order_by(IntegrityEntry.id.desc())))


def enter(row: Any, fields: dict[str, Any], *, by: Any, now: datetime) -> IntegrityEntry:
    """Put an organisation or expert on the list; matching drops or takes it back at once.

    fields : standing, from_on, until_on (None: until it is ended), document, reason.
    """
    _check(row, fields, clock.today(now))
    entry = IntegrityEntry(**fields, listed_by_id=by.id, listed_at=now)
    setattr(entry, _column(row).key, row.id)
    db.session.add(entry)
    db.session.flush()
    told = {name: str(fields[name] or "") for name in ("standing", "from_on", "until_on")}
    _record("list_integrity", row, by, now, fields["reason"], **told, document=fields["document"])
    refresh(row, now=now)
    return entry


def _check(row: Any, fields: dict[str, Any], today: date) -> None:
    problems = {}
    for name, label in (("document", "依据文件的名称和文号"), ("reason", "理由")):
        fields[name] = (fields[name] or "").strip()
        if not fields[name]:
            problems[name] = f"请填写{label}"
    if fields["standing"] is Integrity.NORMAL:
        problems["standing"] = "请选择失信或白名单；要恢复正常，请结束现有记录"
    if fields["until_on"] and fields["until_on"] < max(fields["from_on"], today):
        problems["until_on"] = "截止日期不能早于起始日期或今天；长期有效的请留空"
    if any(one.ended_at is None for one in of(row)):
        problems["standing"] = "已有一条未结束的诚信记录，请先结束它再登记新的"
    if problems:
        raise Invalid(problems)


def end(row: Any, public_id: str, *, by: Any, now: datetime, reason: str) -> None:
    """Take an organisation or expert off the list before its time, with the reason."""
    entry = next((one for one in of(row) if one.public_id == public_id), None)
    if entry is None:
        raise NotFound
    if entry.ended_at is not None:
        raise WrongState("这条诚信记录已经结束。")
    if not reason.strip():
        raise Invalid({"reason": "结束诚信记录必须写明理由"})
    entry.ended_at, entry.ended_by_id, entry.end_reason = now, by.id, reason.strip()
    _record("unlist_integrity", row, by, now, reason.strip(), standing=str(entry.standing))
    refresh(row, now=now)


def refresh(row: Any, *, now: datetime) -> None:
    """Make the row's standing what its entries in force say; tell matching where it moved."""
    today = clock.today(now)
    held = [one for one in of(row) if one.covers(today)]
    worst = next((one for one in held if one.standing is Integrity.BLACKLIST), None)
    found = worst or next(iter(held), None)
    standing = found.standing if found else Integrity.NORMAL
    if hasattr(row, "integrity_until"):
        row.integrity_until = found.until_on if found else None
    if row.integrity is not standing:
        row.integrity = standing
        outbox.add(f"{row.lifecycle.noun}.saved", {"id": row.id}, now=now)
    db.session.flush()


def _record(action: str, row: Any, by: Any, now: datetime, reason: str, **more: str) -> None:
    noun = row.lifecycle.noun
    trail.record(action, noun, row.public_id, by=by, now=now, reason=reason, **more)


def _subject(entry: IntegrityEntry) -> Any:
    noun = "organisation" if entry.organisation_id else "expert"
    return db.session.get_one(policy.model_of(noun), entry.organisation_id or entry.expert_id)


@jobs.nightly
def turn_the_day(now: datetime) -> None:
    """End what has run out, and put in force what begins today."""
    today = clock.today(now)
    query = select(IntegrityEntry).where(
        IntegrityEntry.ended_at.is_(None),
        or_(IntegrityEntry.until_on < today, IntegrityEntry.from_on <= today),
    )
    for entry in db.session.scalars(query).all():
        row = _subject(entry)
        if entry.until_on is not None and entry.until_on < today:
            entry.ended_at, entry.end_reason = now, "到期"
            standing = str(entry.standing)
            _record("expire_integrity", row, trail.SYSTEM, now, "到期", standing=standing)
        refresh(row, now=now)
