"""The only writers of any `state`, and of the audit trail."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from flask import g, has_request_context, request
from sqlalchemy import insert, select, update

from matchmaker.audit.models import AuditHead, Entry
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Move, State

GENESIS = "0" * 64


class Actor(Protocol):
    """Whoever acts: a user, or the system itself."""

    @property
    def id(self) -> int | None: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def roles(self) -> frozenset[Role]: ...  # noqa: D102


@dataclass(frozen=True)
class System:
    """The system as an actor: jobs and deadlines."""

    id: None = None
    name: str = "系统"
    roles: frozenset[Role] = frozenset({Role.SYSTEM})


SYSTEM = System()


def advance(
    row: Any, action: str, *, by: Actor, now: datetime, reason: str = "", **details: Any
) -> State:
    """Move a row along its lifecycle and write the entry; return the new state.

    Raises `WrongState` (no such move from here), `NotAllowed` (not this actor's move), `Invalid`
    (the reason is missing) and, from the version column, `Stale` when somebody was faster.
    """
    with db.session.no_autoflush:  # what the operation set goes out with the new state, or not
        move: Move = row.lifecycle.find(action, row.state)
        if not move.by & by.roles:
            raise NotAllowed
        if move.needs_reason and not reason.strip():
            raise Invalid({"reason": f"{move.label}必须写明原因"})
        before = row.state
        row.state = move.target
    db.session.flush()  # the version column compares and sets: a stale row raises here
    _append(
        action,
        row.lifecycle.noun,
        row.public_id,
        by=by,
        now=now,
        reason=reason,
        states=(before, move.target),
        details=details,
    )
    return move.target


def enter(row: Any, *, by: Actor, now: datetime, action: str = "create", **details: Any) -> None:
    """Record that a row with a lifecycle came into being in its present state."""
    db.session.flush()
    states = ("", str(row.state))
    noun = row.lifecycle.noun
    _append(action, noun, row.public_id, by=by, now=now, states=states, details=details)


def record(
    action: str,
    noun: str,
    object_id: str = "",
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    """Record an act that moves nothing: an export, a reveal, a sign-in, a changed setting."""
    _append(action, noun, object_id, by=by, now=now, reason=reason, details=details)


def _append(
    action: str,
    noun: str,
    object_id: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    states: tuple[str, str] = ("", ""),
    details: dict[str, Any],
) -> None:
    """Append one entry behind the head, whose row lock keeps appenders in a queue."""
    entry = _entry(
        action, noun, object_id, by=by, now=now, reason=reason, states=states, details=details
    )
    first, previous = _take_head(1)
    _link([entry], first, previous)
    db.session.add(entry)
    db.session.execute(update(AuditHead).values(digest=entry.digest))
    db.session.flush()


def enter_many(
    noun: str,
    rows: Sequence[tuple[str, str, str]],
    *,
    by: Actor,
    now: datetime,
    action: str,
    reason: str = "",
    **details: Any,
) -> None:
    """Record one act for many rows in few statements; each gets an entry of its own.

    rows : (public_id, state before or "", state after). For acts that move no lifecycle: rows
    that came into being or were taken back by an import.
    """
    if not rows:
        return
    entries = [
        _entry(action, noun, name, by=by, now=now, reason=reason, states=states, details=details)
        for name, *states in rows
    ]
    first, previous = _take_head(len(entries))
    _link(entries, first, previous)
    columns = [column.key for column in Entry.__table__.columns]
    kept = [{key: getattr(entry, key) for key in columns} for entry in entries]
    db.session.execute(insert(Entry), kept)
    db.session.execute(update(AuditHead).values(digest=entries[-1].digest))


def _entry(
    action: str,
    noun: str,
    object_id: str,
    *,
    by: Actor,
    now: datetime,
    reason: str,
    states: Sequence[str],
    details: dict[str, Any],
) -> Entry:
    inside = has_request_context()
    return Entry(
        at=now,
        actor_id=by.id,
        actor_name=by.name,
        actor_roles=" ".join(sorted(by.roles)),
        action=action,
        noun=noun,
        object_id=object_id,
        from_state=str(states[0]),
        to_state=str(states[1]),
        reason=reason,
        details=details,
        ip=(request.remote_addr or "") if inside else "",
        request_id=g.get("request_id", "") if inside else "",
    )


def _link(entries: Sequence[Entry], first: int, previous: str) -> None:
    """Number the entries and chain each to the one before."""
    for seq, entry in enumerate(entries, start=first):
        entry.seq, entry.previous = seq, previous
        previous = entry.digest = digest(entry)


def _take_head(count: int) -> tuple[int, str]:
    """Reserve `count` numbers; return the first of them and the digest they follow."""
    moved = db.session.execute(
        update(AuditHead)
        .values(seq=AuditHead.seq + count)
        .returning(AuditHead.seq, AuditHead.digest)
    ).one_or_none()
    if moved is None:
        db.session.execute(
            AuditHead.__table__.insert().values(id=1, seq=count, digest=GENESIS)  # type: ignore[attr-defined]
        )
        return 1, GENESIS
    return moved.seq - count + 1, moved.digest


def digest(entry: Entry) -> str:
    """Return the SHA-256 of the entry's content and its predecessor's digest."""
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
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Any = None) -> tuple[int, str]:
    """Walk the whole chain; return (entries, "" or what is wrong and where).

    session : of another database than the application's, such as a backup.
    """
    session = session or db.session
    previous, count = GENESIS, 0
    query = select(Entry).order_by(Entry.seq).execution_options(yield_per=1000)
    for entry in session.scalars(query):
        count += 1
        if entry.seq != count:
            return count, f"第 {count} 条缺失"
        if entry.previous != previous or entry.digest != digest(entry):
            return count, f"第 {entry.seq} 条被改动"
        previous = entry.digest
        session.expunge(entry)
    head = session.execute(select(AuditHead.seq, AuditHead.digest)).one_or_none()
    if head is not None and tuple(head) != (count, previous):
        return count, f"末尾缺失：链头记录为第 {head.seq} 条"
    return count, ""


def history(noun: str, object_id: str) -> list[Entry]:
    """Return a row's entries, oldest first."""
    query = select(Entry).where(Entry.noun == noun, Entry.object_id == object_id)
    return list(db.session.scalars(query.order_by(Entry.seq)))


def head(session: Any) -> str:
    """Return the digest of the chain's last link, the beginning's where there is none."""
    return session.scalar(select(AuditHead.digest)) or GENESIS
