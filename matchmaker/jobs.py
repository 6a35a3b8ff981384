"""Background work: huey wakes, the outbox is the truth (decisions 17)."""

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
    """Make the queue, its three tasks, and the hook that wakes the consumer after a commit."""
    instance = app.config["INSTANCE"]
    redis = app.config.get("REDIS_URL")
    if redis:
        queue: Any = RedisHuey("matchmaker", url=redis)
    else:
        queue = SqliteHuey("matchmaker", filename=str(instance / "queue.db"), results=False)
    if app.config.get("TESTING"):
        app.extensions["jobs"] = queue
        return

    @queue.task()  # type: ignore[untyped-decorator]
    def drain_outbox() -> None:
        with app.app_context():
            drain()

    @queue.periodic_task(crontab())  # type: ignore[untyped-decorator]
    def drain_each_minute() -> None:
        with app.app_context():
            drain()

    @queue.periodic_task(crontab(hour="18", minute="30"))  # type: ignore[untyped-decorator]
    def each_night() -> None:
        """Run at 02:30 in Beijing; huey counts in UTC."""
        with app.app_context():
            run_nightly()

    def wake(session: Any) -> None:
        if session.info.pop("outbox_written", False):
            try:
                drain_outbox()
            except Exception as error:
                log.warning("queue_unavailable", error=str(error))

    app.extensions["jobs"] = queue
    app.extensions.setdefault("after_commit", []).append(wake)


def consume(app: Flask) -> None:
    """Run the one consumer until it is told to stop."""
    with app.app_context():
        drain()
        db.session.remove()
    app.extensions["jobs"].create_consumer(
        workers=1, periodic=True, initial_delay=0.1, max_delay=1.0, check_worker_health=True
    ).run()
