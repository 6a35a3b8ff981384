"""Background work: huey wakes, the outbox is the truth."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from flask import Flask
from huey import RedisHuey, SqliteHuey, crontab

from matchmaker import clock, outbox, sessions, web
from matchmaker.extensions import db

log = structlog.get_logger()
GRACE = 30  # seconds a running task gets when the consumer is told to stop
_nightly: list[Any] = []
_nightly_at_length: list[Any] = []
_each_minute: list[Any] = []


def nightly(function: Any) -> Any:
    """Register `function(now)` to run once a night inside a transaction."""
    _nightly.append(function)
    return function


def nightly_at_length(function: Any) -> Any:
    """Register the same for what takes long and whose last run is the one that counts.

    Where many nights pass at once (`flask demo-clock`), it runs after the last of them.
    """
    _nightly_at_length.append(function)
    return function


def each_minute(function: Any) -> Any:
    """Register `function(now)` to run every minute inside a transaction: deadlines and clocks."""
    _each_minute.append(function)
    return function


def run_due() -> None:
    """Run what is due by the minute."""
    _run(_each_minute, clock.now())


def _run(functions: Iterable[Any], now: datetime) -> None:
    """Run each in a transaction of its own; one's failure is its own, and logged."""
    for function in functions:
        try:
            with web.transaction():
                function(now)
        except Exception as error:
            log.error(
                "job_failed", job=f"{function.__module__}.{function.__name__}", exc_info=error
            )


def drain() -> int:
    """Handle every due event; return how many."""
    return outbox.drain(web.transaction)


def run_nightly(*, at_length: bool = True) -> None:
    """Run every nightly job like those of the minute; the long ones only if asked."""
    _run((sessions.sweep, *_nightly, *(_nightly_at_length if at_length else ())), clock.now())


def init_app(app: Flask) -> None:
    """Make the queue, its tasks, and the hook that wakes the consumer after a commit."""
    redis = app.config.get("REDIS_URL")
    if redis:
        queue: Any = RedisHuey("matchmaker", url=redis)
    else:
        path = app.config["INSTANCE"] / "queue.db"
        queue = SqliteHuey("matchmaker", filename=str(path), results=False)
    app.extensions["jobs"] = queue
    if not app.config.get("TESTING"):
        drain_outbox = _tasks(app, queue)
        app.extensions.setdefault("after_commit", []).append(partial(_wake, drain_outbox))


def _tasks(app: Flask, queue: Any) -> Any:
    """Register the periodic tasks; return the one that a commit wakes."""

    def drain_outbox() -> None:
        with app.app_context():
            drain()

    def by_the_minute() -> None:
        with app.app_context():
            run_due()
            drain()

    def each_night() -> None:
        with app.app_context():
            run_nightly()

    queue.periodic_task(crontab(), name="by_the_minute")(by_the_minute)
    # 02:30 in Beijing; huey counts in UTC.
    queue.periodic_task(crontab(hour="18", minute="30"), name="each_night")(each_night)
    return queue.task(name="drain_outbox")(drain_outbox)


def _wake(task: Any, session: Any) -> None:
    """Wake the consumer when the commit wrote an event; the minute's sweep is the safety net."""
    if session.info.pop("outbox_written", False):
        try:
            task()
        except Exception as error:
            log.warning("queue_unavailable", error=str(error))


def consume(app: Flask) -> None:
    """Run the one consumer until it is told to stop."""
    with app.app_context():
        drain()
        db.session.remove()
    app.extensions["jobs"].create_consumer(
        workers=1,
        periodic=True,
        initial_delay=0.1,
        max_delay=1.0,
        check_worker_health=True,
        graceful_signal="TERM",
        shutdown_timeout=GRACE,
    ).run()
