"""Background work: huey wakes, the outbox is the truth."""

from functools import partial
from typing import Any

import structlog
from flask import Flask
from huey import RedisHuey, SqliteHuey, crontab

from matchmaker import clock, outbox, sessions, web
from matchmaker.extensions import db

log = structlog.get_logger()
_nightly: list[Any] = []


def nightly(function: Any) -> Any:
    """Register `function(now)` to run once a night inside a transaction."""
    _nightly.append(function)
    return function


def drain() -> int:
    """Handle every due event; return how many."""
    return outbox.drain(web.transaction)


def run_nightly() -> None:
    """Run every nightly job, each in a transaction of its own."""
    now = clock.now()
    with web.transaction():
        sessions.sweep(now)
    for function in _nightly:
        with web.transaction():
            function(now)


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

    def each_night() -> None:
        with app.app_context():
            run_nightly()

    queue.periodic_task(crontab(), name="drain_each_minute")(drain_outbox)
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
        workers=1, periodic=True, initial_delay=0.1, max_delay=1.0, check_worker_health=True
    ).run()
