"""Sealed books: acts of which nobody may know yet, chained, and appended to the trail later.

What bidders do before the deadline must leave nothing on the trail, nor a gap in its numbers. It
goes to a book of the bounty's own, under a keyed mark instead of a name, without address or
request. When the bids are locked the book is checked and appended to the trail, entry by entry.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, Text, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.audit.models import Entry
from matchmaker.errors import WrongState
from matchmaker.extensions import Model, db

GENESIS = "0" * 64
NAMELESS = "（密封）"


@dataclass(frozen=True)
class Book:
    """A book by its name; `mark` turns an actor's id into what stands for him."""

    name: str
    mark: Callable[[int | None], str]


class BookHead(Model):
    """A book's last link; once `merged_at` is set nothing is added to it."""

    __tablename__ = "sealed_book"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    merged_at: Mapped[datetime | None]


class SealedEntry(Model):
    """One act in a book."""

    __tablename__ = "sealed_entry"
    __table_args__ = (UniqueConstraint("book", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    book: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    noun: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(40), index=True)
    from_state: Mapped[str] = mapped_column(String(40), default="")
    to_state: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]]
    mark: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


def append(book: Book, entry: SealedEntry, *, actor_id: int | None) -> None:
    """Add an entry at the end of its book; raise `WrongState` where the book is closed."""
    entry.book, entry.mark = book.name, book.mark(actor_id) if actor_id else ""
    head = db.session.execute(
        update(BookHead)
        .where(BookHead.name == book.name, BookHead.merged_at.is_(None))
        .values(seq=BookHead.seq + 1)
        .returning(BookHead.seq, BookHead.digest)
    ).one_or_none()
    if head is None:
        if db.session.get(BookHead, book.name) is not None:
            raise WrongState("本榜单已截榜，不能再办理。")
        db.session.execute(insert(BookHead).values(name=book.name, seq=1, digest=GENESIS))
        entry.seq, entry.previous = 1, GENESIS
    else:
        entry.seq, entry.previous = head.seq, head.digest
    entry.digest = _digest(entry)
    db.session.add(entry)
    db.session.execute(
        update(BookHead).where(BookHead.name == book.name).values(digest=entry.digest)
    )
    db.session.flush()


def history(book: str, object_id: str) -> list[SealedEntry]:
    """Return one row's entries, oldest first."""
    query = select(SealedEntry).where(SealedEntry.book == book)
    query = query.where(SealedEntry.object_id == object_id)
    return list(db.session.scalars(query.order_by(SealedEntry.seq)))


def close(book: str, *, now: datetime) -> tuple[list[SealedEntry], str]:
    """Close a book; return its entries in order and "" or what is wrong with the chain.

    Empty where there is no such book, or where it was closed before: it is merged once.
    """
    head = db.session.get(BookHead, book, with_for_update=True)
    if head is None:
        db.session.add(BookHead(name=book, seq=0, digest=GENESIS, merged_at=now))
        db.session.flush()
        return [], ""
    if head.merged_at is not None:
        return [], ""
    head.merged_at = now
    query = select(SealedEntry).where(SealedEntry.book == book).order_by(SealedEntry.seq)
    entries = list(db.session.scalars(query))
    db.session.flush()
    return entries, _fault(entries, head)


def as_entries(sealed: list[SealedEntry]) -> list[Entry]:
    """Return what stands on the trail for a book's entries: each at its own time, by its mark."""
    same = ("at", "action", "noun", "object_id", "from_state", "to_state", "reason")
    return [
        Entry(
            **{name: getattr(one, name) for name in same},
            actor_id=None,
            actor_name=NAMELESS,
            actor_roles="",
            details={**one.details, "mark": one.mark, "sealed_seq": one.seq},
            ip="",
            request_id="",
        )
        for one in sealed
    ]


def _fault(entries: list[SealedEntry], head: BookHead) -> str:
    previous = GENESIS
    for number, entry in enumerate(entries, start=1):
        if entry.seq != number:
            return f"密封台账第 {number} 条缺失"
        if entry.previous != previous or entry.digest != _digest(entry):
            return f"密封台账第 {number} 条被改动"
        previous = entry.digest
    return "" if (head.seq, head.digest) == (len(entries), previous) else "密封台账末尾缺失"


def _digest(entry: SealedEntry) -> str:
    content = [
        entry.book,
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.action,
        entry.noun,
        entry.object_id,
        entry.from_state,
        entry.to_state,
        entry.reason,
        entry.details,
        entry.mark,
        entry.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
