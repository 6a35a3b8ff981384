"""The chain the trail's entries hang on: each carries its predecessor's digest.

Entries wait in the session until the transaction commits and are chained then, in one go. The
head's row is the lock that puts appenders in a queue, and every transaction takes it last:
whoever holds it waits for nobody, so that no two writers can wait for each other over it, and the
queue is no longer than the few statements of a commit.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC
from typing import Any, cast

from flask import current_app, has_app_context
from sqlalchemy import TableClause, event, insert, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import ExternallyTraversible

from matchmaker.audit.models import AuditHead, Entry
from matchmaker.extensions import RoutedSession, db

GENESIS = "0" * 64
TABLES = frozenset({AuditHead.__tablename__, Entry.__tablename__})
WAITING, MARKS = "entries_waiting", "entries_at_savepoint"
CHAINED, HEAD = "head_when_committed", "audit_head"  # (number, digest) of the last entry
SHA256, SM3 = "sha256", "sm3"
ALGORITHMS = (SHA256, SM3)


def append(entries: Sequence[Entry]) -> None:
    """Let entries wait for the end of this transaction, in this order; one begins if need be.

    What the session holds is flushed: whoever records an act may count on ids and constraints.
    """
    session = db.session()
    if not session.in_transaction():
        session.begin()
    session.info.setdefault(WAITING, []).extend(entries)
    session.flush()


@event.listens_for(RoutedSession, "before_commit")
def _close(session: Session) -> None:
    """Chain what waits, behind everything else that this transaction writes or locks."""
    if session.info.get(WAITING) and not session.in_nested_transaction():
        session.flush()
        _chain(session)


@event.listens_for(RoutedSession, "do_orm_execute")
def _before_reading(asked: ORMExecuteState) -> None:
    """Chain what waits before a question about entries, so that it finds its own."""
    if asked.is_select and asked.session.info.get(WAITING) and _about_entries(asked):
        _chain(asked.session)


def _about_entries(asked: ORMExecuteState) -> bool:
    parts = visitors.iterate(cast("ExternallyTraversible", asked.statement))
    return any(isinstance(one, TableClause) and one.name in TABLES for one in parts)


@event.listens_for(RoutedSession, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = session.info.setdefault(MARKS, {})
        marks[transaction] = list(session.info.get(WAITING, ()))


@event.listens_for(RoutedSession, "after_soft_rollback")
def _return(session: Session, transaction: SessionTransaction) -> None:
    """Undo what a savepoint's rollback undoes: what was chained since waits again."""
    if transaction.nested:
        session.info[WAITING] = session.info.get(MARKS, {}).pop(transaction, [])
        session.info.pop(CHAINED, None)


@event.listens_for(RoutedSession, "after_commit")
def _stand(session: Session) -> None:
    """Keep the committed head for whoever writes it down elsewhere (see `heads`)."""
    session.info[HEAD] = session.info.pop(CHAINED, None)


@event.listens_for(RoutedSession, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(WAITING, None)
        session.info.pop(MARKS, None)
        session.info.pop(CHAINED, None)


def _chain(session: Session) -> None:
    """Number the waiting entries, chain each to the one before and insert them."""
    entries: list[Entry] = session.info.pop(WAITING)
    first, previous = _take_head(session, len(entries))
    for seq, entry in enumerate(entries, start=first):
        entry.seq, entry.previous = seq, previous
        previous = entry.digest = digest(entry)
    columns = [column.key for column in Entry.__table__.columns]
    kept = [{key: getattr(entry, key) for key in columns} for entry in entries]
    session.execute(insert(Entry), kept)
    session.execute(update(AuditHead).values(digest=previous))
    session.info[CHAINED] = (entries[-1].seq, previous)


def _take_head(session: Session, count: int) -> tuple[int, str]:
    """Reserve `count` numbers; return the first of them and the digest they follow."""
    moved = session.execute(
        update(AuditHead)
        .values(seq=AuditHead.seq + count)
        .returning(AuditHead.seq, AuditHead.digest)
    ).one_or_none()
    if moved is None:
        session.execute(insert(AuditHead).values(id=1, seq=count, digest=GENESIS))
        return 1, GENESIS
    return moved.seq - count + 1, moved.digest


def digest(entry: Entry, algorithm: str = "") -> str:
    """Return the digest of the entry's content and its predecessor's digest.

    algorithm : "sha256" or "sm3"; the instance's (`AUDIT_DIGEST`) unless told.
    """
    content = [
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.actor_roles,
        entry.action,
        entry.noun,
        entry.object_id,
        entry.from_state,
        entry.to_state,
        entry.reason,
        entry.details,
        entry.ip,
        entry.request_id,
        entry.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.new(algorithm or configured(), text.encode()).hexdigest()


def configured() -> str:
    """Return the algorithm new entries are chained by."""
    return str(current_app.config["AUDIT_DIGEST"]) if has_app_context() else SHA256


def _fits(entry: Entry) -> bool:
    """Tell whether the digest is the content's, by either algorithm: it may change over the years.

    Both withstand collisions, so accepting either weakens neither.
    """
    return any(entry.digest == digest(entry, one) for one in ALGORITHMS)


def verify(session: Any = None) -> tuple[int, str]:
    """Walk the whole chain; return (entries, "" or what is wrong and where).

    session : of another database than the application's, such as a backup.
    """
    session = session or db.session
    query = select(Entry).order_by(Entry.seq).execution_options(yield_per=1000)
    previous, count = GENESIS, 0
    with closing(session.scalars(query)) as entries:
        for entry in entries:
            count += 1
            if entry.seq != count:
                return count, f"第 {count} 条缺失"
            if entry.previous != previous or not _fits(entry):
                return count, f"第 {entry.seq} 条被改动"
            previous = entry.digest
            session.expunge(entry)
    last = session.execute(select(AuditHead.seq, AuditHead.digest)).one_or_none()
    if last is not None and tuple(last) != (count, previous):
        return count, f"末尾缺失：链头记录为第 {last.seq} 条"
    return count, ""


def head(session: Any) -> str:
    """Return the digest of the chain's last link, the beginning's where there is none."""
    return session.scalar(select(AuditHead.digest)) or GENESIS
