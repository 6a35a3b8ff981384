"""Add events inside a transaction; drain them outside: the table is the truth, queues only wake.

A handler is called with the event's payload inside `transaction()` opened by `drain`, together
with the mark that the event is done: handler effects and the mark commit together.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import func, select, update

from matchmaker import clock
from matchmaker.extensions import db
from matchmaker.outbox.models import Event, EventState

log = structlog.get_logger()
Handler = Callable[..., None]
Preparation = Callable[[dict[str, Any]], Any]
LEASE = timedelta(minutes=10)
# Tried again after 2, 4, 8 … seconds, then hourly: a mail server may be away over a long weekend.
MOST_ATTEMPTS, LONGEST_PAUSE = 100, timedelta(hours=1)
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
        event = db.session.get_one(Event, event_id)
        payload = dict(event.payload)
        calls = [
            partial(function, payload, prepare(payload)) if prepare else partial(function, payload)
            for function, prepare in _handlers.get(event.kind, [])
        ]
        with transaction():
            for call in calls:
                call()
            db.session.get_one(Event, event_id).progress = EventState.DONE
    except Exception as error:
        log.error("event_failed", event_id=event_id, exc_info=error)
        with transaction():
            event = db.session.get_one(Event, event_id)
            event.problem = f"{type(error).__name__}: {error}"[:2000]
            event.due_at = clock.now() + min(timedelta(seconds=2**event.attempts), LONGEST_PAUSE)
            if event.attempts >= MOST_ATTEMPTS:
                event.progress = EventState.DEAD


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
