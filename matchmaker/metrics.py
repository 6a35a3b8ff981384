"""`/metrics`: what pages somebody, for Prometheus, to this machine only.

With several processes each counts in a file below `PROMETHEUS_MULTIPROC_DIR`, which the start
script sets; what comes from the database and the disk is read at each scrape.
"""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from matchmaker import clock, outbox
from matchmaker.accounts.models import SignInAttempt
from matchmaker.audit.models import AuditHead, Entry
from matchmaker.extensions import db

REQUESTS = Counter("matchmaker_requests", "Answers by status", ["status"])
SECONDS = Histogram(
    "matchmaker_request_seconds",
    "Seconds from request to answer",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
GUESSES = timedelta(minutes=15)
LOOPBACK = frozenset({"127.0.0.1", "::1", ""})  # "": over the socket file, by no proxy


def init_app(app: Flask) -> None:
    """Count every answer and time it."""
    app.before_request(_begin)
    app.after_request(_count)


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    if request.endpoint not in {"static", "health.metrics"}:
        REQUESTS.labels(str(response.status_code)).inc()
        SECONDS.observe(time.perf_counter() - g.get("began", time.perf_counter()))
    return response


class Gauges(Collector):
    """What is read at each scrape; a part that cannot be read is left out, the rest stands."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one family a figure."""
        waiting, oldest = outbox.waiting()
        now = clock.now()
        usage = shutil.disk_usage(Path(current_app.config["INSTANCE"]))
        yield _gauge("outbox_waiting", "Events that wait", waiting)
        yield _gauge("outbox_age_seconds", "Age of the oldest event", _age(oldest, now))
        yield _gauge("outbox_dead", "Events given up", outbox.dead())
        yield _gauge("disk_free_ratio", "Free share of the disk", usage.free / usage.total)
        yield _gauge("backup_age_seconds", "Age of the last backup", _age(_backup(), now))
        yield _gauge("audit_entries", "Entries of the trail", _entries())
        yield _gauge("data_check_wrong", "What the last nightly check found wrong", _wrong())
        guesses = select(func.count()).where(
            SignInAttempt.succeeded.is_(False), SignInAttempt.at > now - GUESSES
        )
        yield _gauge(
            "sign_in_failures", "Failed sign-ins in 15 minutes", db.session.scalar(guesses) or 0
        )


def _gauge(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"matchmaker_{name}", said, value=value)


def _age(moment: datetime | None, now: datetime) -> float:
    """Return seconds since a moment; -1 where there is none."""
    return (now - moment).total_seconds() if moment else -1.0


def _backup() -> datetime | None:
    return db.session.scalar(
        select(Entry.at).where(Entry.action == "backup").order_by(Entry.seq.desc()).limit(1)
    )


def _entries() -> int:
    return db.session.scalar(select(func.max(AuditHead.seq))) or 0


def _wrong() -> int:
    """Return how much the last check found wrong; -1 where there was none yet."""
    query = select(Entry.details).where(Entry.action == "check_data")
    details = db.session.scalar(query.order_by(Entry.seq.desc()).limit(1))
    return -1 if details is None else int(details.get("wrong", -1))


def page() -> Response:
    """Return everything in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        text = generate_latest(registry)
    else:
        text = generate_latest(REGISTRY)
    gauges = CollectorRegistry()
    gauges.register(Gauges())
    return Response(text + generate_latest(gauges), content_type=CONTENT_TYPE_LATEST)
