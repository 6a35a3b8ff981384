"""Add events inside a transaction; drain them outside: the table is the truth, queues only wake.

A handler is called with the event's payload inside `transaction()` opened by `drain`, together
with the mark that the event is done: handler effects and the mark commit together.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, cast

import structlog
from sqlalchemy import ColumnElement, Table, func, select, update

from matchmaker import clock
from matchmaker.extensions import db
from matchmaker.outbox.models import Event, EventState

log = structlog.get_logger()
Handler = Callable[..., None]
Preparation = Callable[[dict[str, Any]], Any]
LEASE = timedelta(minutes=10)
# Tried again after 2, 4, 8 … seconds, then hourly: a mail server may be away over a long weekend.
MOST_ATTEMPTS, LONGEST_PAUSE = 100, timedelta(hours=1)
_EVENTS = cast("Table", Event.__table__)
_handlers: dict[str, list[tuple[Handler, Preparation | None]]] = {}


def add(kind: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Write an event into the current transaction."""
    db.session.add(Event(kind=kind, payload=payload, created_at=now, due_at=now))
    db.session.info["outbox_written"] = True


def handler(kind: str, *, prepare: Preparation | None = None) -> Callable[[Handler], Handler]:
    """Register a function to be called with the payload of every event of this kind.

    prepare : called with the payload before the transaction opens, so that long reading and
    computing holds no lock; what it returns is the function's second argument.
    """

    def keep(function: Handler) -> Handler:
        _handlers.setdefault(kind, []).append((function, prepare))
        return function

    return keep


class _Claimed(NamedTuple):
    """An event as it was claimed, in plain values: no row of the session outlives a commit."""

    id: int
    kind: str
    payload: dict[str, Any]


def _claim(now: datetime) -> _Claimed | None:
    """Take the oldest due event by moving its due time; None when nothing is due.

    Its id is -1 where another consumer was faster.
    """
    due = _EVENTS.c.progress == EventState.WAITING, _EVENTS.c.due_at <= now
    columns = select(_EVENTS.c.id, _EVENTS.c.kind, _EVENTS.c.payload)
    found = db.session.execute(columns.where(*due).order_by(_EVENTS.c.id).limit(1)).one_or_none()
    if found is None:
        return None
    taken = _change(found.id, *due, due_at=now + LEASE, attempts=_EVENTS.c.attempts + 1)
    return _Claimed(found.id if taken == 1 else -1, found.kind, dict(found.payload))


def _change(event_id: int, *where: ColumnElement[bool], **values: Any) -> int:
    """Write an event's columns; return how many rows that were."""
    changed = update(_EVENTS).where(_EVENTS.c.id == event_id, *where).values(**values)
    return int(db.session.execute(changed).rowcount)  # type: ignore[attr-defined]


def drain(transaction: Callable[[], Any], *, most: int = 1000) -> int:
    """Handle due events until none is left or `most` were; return how many.

    transaction : the context manager that commits (`web.transaction`).
    """
    handled = 0
    while handled < most:
        with transaction():
            event = _claim(clock.now())
        if event is None:
            break
        if event.id < 0:
            continue  # another consumer was faster
        handled += 1
        _handle(event, transaction)
    return handled


def _handle(claimed: _Claimed, transaction: Callable[[], Any]) -> None:
    payload = claimed.payload
    try:
        calls = [
            partial(function, payload, prepare(payload)) if prepare else partial(function, payload)
            for function, prepare in _handlers.get(claimed.kind, [])
        ]
        with transaction():
            for call in calls:
                call()
            _change(claimed.id, progress=EventState.DONE)
    except Exception as error:
        log.error("event_failed", event_id=claimed.id, exc_info=error)
        with transaction():
            event = db.session.get_one(Event, claimed.id)
            event.problem = f"{type(error).__name__}: {error}"[:2000]
            event.due_at = clock.now() + pause(event.attempts)
            if event.attempts >= MOST_ATTEMPTS:
                event.progress = EventState.DEAD


def pause(attempts: int) -> timedelta:
    """Return how long an event that failed so often waits for its next attempt."""
    doublings = min(attempts, int(LONGEST_PAUSE.total_seconds()).bit_length())
    return min(timedelta(seconds=2**doublings), LONGEST_PAUSE)


def waiting() -> tuple[int, datetime | None]:
    """Return how many events wait, and since when the oldest of those that are due.

    One that failed and is to be tried later is not due: a mail server that is away says nothing
    about whether events are handled.
    """
    still = Event.progress == EventState.WAITING
    count = db.session.scalar(select(func.count()).select_from(Event).where(still)) or 0
    due = select(func.min(Event.due_at)).where(still, Event.due_at <= clock.now())
    return count, db.session.scalar(due)


def dead() -> int:
    """Count the events that were given up."""
    query = select(func.count()).where(Event.progress == EventState.DEAD)
    return db.session.scalar(query) or 0
