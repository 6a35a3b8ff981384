"""The only writers of any `state`, and of the audit trail.

What a row's `book` says is under seal goes to that book instead (see `ledger`), until `merge`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import g, has_request_context, request
from sqlalchemy import select

from matchmaker.audit import chain, ledger
from matchmaker.audit.ledger import Book, SealedEntry
from matchmaker.audit.models import Entry
from matchmaker.errors import Invalid, NotAllowed
from matchmaker.extensions import db
from matchmaker.lifecycles.roles import Role
from matchmaker.workflow import Move, State


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
        book=getattr(row, "book", None),
    )
    return move.target


def enter(row: Any, *, by: Actor, now: datetime, action: str = "create", **details: Any) -> None:
    """Record that a row with a lifecycle came into being in its present state."""
    db.session.flush()
    states = ("", str(row.state))
    noun, book = row.lifecycle.noun, getattr(row, "book", None)
    _append(action, noun, row.public_id, by=by, now=now, states=states, details=details, book=book)


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


def note(row: Any, action: str, *, by: Actor, now: datetime, **details: Any) -> None:
    """Record an act on a row that moves nothing; one under seal in its book."""
    noun, book = row.lifecycle.noun, getattr(row, "book", None)
    _append(action, noun, row.public_id, by=by, now=now, details=details, book=book)


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
    book: Book | None = None,
) -> None:
    """Append one entry to the trail, or to the book it belongs in."""
    if book is not None:
        sealed = SealedEntry(
            at=now,
            action=action,
            noun=noun,
            object_id=object_id,
            from_state=str(states[0]),
            to_state=str(states[1]),
            reason=reason,
            details=details,
        )
        ledger.append(book, sealed, actor_id=by.id)
        return
    entry = _entry(
        action, noun, object_id, by=by, now=now, reason=reason, states=states, details=details
    )
    chain.append([entry])


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
    chain.append(entries)


def merge(book: str, noun: str, *, by: Actor, now: datetime) -> int:
    """Append a sealed book to the trail, once; return how many entries it had.

    Each entry keeps its own time and stands under its mark. The entry that closes them names the
    book, an object of `noun`, and what was found wrong with its chain ("" where nothing was).
    """
    sealed, fault = ledger.close(book, now=now)
    if sealed:
        chain.append(ledger.as_entries(sealed))
        last = sealed[-1].digest
        record(
            "merge_book", noun, book, by=by, now=now, reason=fault, rows=len(sealed), digest=last
        )
    return len(sealed)


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


def history(noun: str, object_id: str) -> list[Entry]:
    """Return a row's entries, oldest first."""
    query = select(Entry).where(Entry.noun == noun, Entry.object_id == object_id)
    return list(db.session.scalars(query.order_by(Entry.seq)))
