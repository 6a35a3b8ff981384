"""The background half of an import: dry run, import, and the nightly sweep of uploads."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select

from matchmaker import clock, jobs, outbox
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.files import store
from matchmaker.imports import applying, checking, operations, progress
from matchmaker.imports.models import Batch, BatchRow
from matchmaker.lifecycles import BatchState

log = structlog.get_logger()
KEPT_OPEN = timedelta(days=14)  # an unfinished batch is given up after so long
YOUNGEST_SWEPT = timedelta(days=1)
BROKEN = "系统在导入时出错，没有写入任何记录。请稍后重新核对；仍不行请联系系统管理员。"
LIVE = (
    *(BatchState.UPLOADED, BatchState.CHECKING, BatchState.CHECKED, BatchState.APPLYING),
    BatchState.FAILED,
)


def _dry_run(payload: dict[str, Any]) -> checking.Outcome:
    return checking.prepare(int(payload["id"]))


@outbox.handler("batch.uploaded", prepare=_dry_run)
def checked(payload: dict[str, Any], outcome: checking.Outcome) -> None:
    """Keep what the dry run found; a second run of the same event finds nothing to do."""
    now = clock.now()
    batch = db.session.get(Batch, int(payload["id"]))
    if batch is None or batch.state is not BatchState.CHECKING:
        return
    if outcome.problem:
        batch.problem = outcome.problem
        trail.advance(batch, "fail", by=trail.SYSTEM, now=now, reason=outcome.problem)
        return
    checking.keep(batch, outcome)
    batch.checked_at = now
    trail.advance(batch, "checked", by=trail.SYSTEM, now=now, **batch.counts)
    if outcome.spool:
        outcome.spool.unlink(missing_ok=True)
    progress.clear(batch.public_id)


@outbox.handler("batch.confirmed")
def confirmed(payload: dict[str, Any]) -> None:
    """Import in one transaction; what goes wrong leaves nothing of the import behind."""
    now = clock.now()
    batch = db.session.get(Batch, int(payload["id"]))
    if batch is None or batch.state is not BatchState.APPLYING:
        return
    public_id = batch.public_id
    try:
        with db.session.begin_nested():
            applying.apply(batch, now=now)
    except applying.Overtaken as overtaken:
        batch = db.session.get_one(Batch, int(payload["id"]))
        batch.problem = overtaken.message
        trail.advance(batch, "recheck", by=trail.SYSTEM, now=now, reason=overtaken.message)
        operations.recheck(batch, now=now)
    except Exception as error:
        log.error("import_failed", batch=public_id, exc_info=error)
        batch = db.session.get_one(Batch, int(payload["id"]))
        batch.problem = BROKEN
        trail.advance(batch, "abort", by=trail.SYSTEM, now=now, reason=BROKEN)
    progress.clear(public_id)


@jobs.nightly
def sweep(now: datetime) -> None:
    """Give up old unfinished batches, and remove uploads that no unfinished batch needs."""
    waiting = (BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED)
    stale = select(Batch).where(Batch.state.in_(waiting), Batch.created_at < now - KEPT_OPEN)
    for batch in db.session.scalars(stale).all():
        trail.advance(batch, "discard", by=trail.SYSTEM, now=now)
    given_up = select(Batch.id).where(Batch.state == BatchState.DISCARDED)
    db.session.execute(delete(BatchRow).where(BatchRow.batch_id.in_(given_up)))
    store.sweep((), before=(now - YOUNGEST_SWEPT).timestamp())


@store.keeps
def unfinished() -> set[str]:
    """Return the stored names that unfinished batches need."""
    return set(db.session.scalars(select(Batch.stored_as).where(Batch.state.in_(LIVE))))
