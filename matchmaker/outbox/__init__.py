"""Add events inside a transaction; drain them outside: the table is the truth, queues only wake.

A handler is called with the event's payload inside `transaction()` opened by `drain`, together
with the mark that the event is done: handler effects and the mark commit together.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from matchmaker import clock
from matchmaker.extensions import db
from matchmaker.outbox.models import Event, EventState

log = structlog.get_logger()
Handler = Callable[[dict[str, Any]], None]
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 8
_handlers: dict[str, list[Handler]] = {}


def add(kind: str, payload: dict[str, Any], *, now: datetime) -> None:
    """Write an event into the current transaction."""
    db.session.add(Event(kind=kind, payload=payload, created_at=now, due_at=now))
    db.session.info["outbox_written"] = True


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register a function to be called for every event of this kind."""

    def keep(function: Handler) -> Handler:
        _handlers.setdefault(kind, []).append(function)
        return function

    return keep


def _claim(now: datetime) -> int | None:
    """Take the oldest due event by moving its due time; None when nothing is due."""
    due = select(Event.id).where(Event.progress == EventState.WAITING, Event.due_at <= now)
    event_id = db.session.scalar(due.order_by(Event.id).limit(1))
    if event_id is None:
        return None
    taken = db.session.execute(
        update(Event)
        .where(Event.id == event_id, Event.progress == EventState.WAITING, Event.due_at <= now)
        .values(due_at=now + LEASE, attempts=Event.attempts + 1)
    )
    return event_id if taken.rowcount == 1 else -1  # type: ignore[attr-defined]


def drain(transaction: Callable[[], Any], *, most: int = 1000) -> int:
    """Handle due events until none is left or `most` were; return how many.

    transaction : the context manager that commits (`web.transaction`).
    """
    handled = 0
    while handled < most:
        with transaction():
            event_id = _claim(clock.now())
        if event_id is None:
            break
        if event_id < 0:
            continue  # another consumer was faster
        handled += 1
        _handle(event_id, transaction)
    return handled


def _handle(event_id: int, transaction: Callable[[], Any]) -> None:
    try:
        with transaction():
            event = db.session.get_one(Event, event_id)
            for function in _handlers.get(event.kind, []):
                function(event.payload)
            event.progress = EventState.DONE
    except Exception as error:
        log.error("event_failed", event_id=event_id, exc_info=error)
        with transaction():
            event = db.session.get_one(Event, event_id)
            event.problem = f"{type(error).__name__}: {error}"[:2000]
            event.due_at = clock.now() + timedelta(seconds=2**event.attempts)
            if event.attempts >= MOST_ATTEMPTS:
                event.progress = EventState.DEAD


def waiting() -> tuple[int, datetime | None]:
    """Return how many events wait and since when the oldest does."""
    query = select(Event.created_at).where(Event.progress == EventState.WAITING)
    times = list(db.session.scalars(query.order_by(Event.id)))
    return len(times), times[0] if times else None
