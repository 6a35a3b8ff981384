"""导入后直接提交受理: the ordinary submission and decision, for the rows that pass their rules."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker import clock, outbox, policy
from matchmaker.accounts.models import User
from matchmaker.achievements.operations import POOL
from matchmaker.codes import NeedType
from matchmaker.errors import Refusal
from matchmaker.extensions import db
from matchmaker.imports.models import Batch, BatchRow, Verdict
from matchmaker.imports.parties import kind_of
from matchmaker.lifecycles import NeedState
from matchmaker.needs import decisions
from matchmaker.needs import operations as needs
from matchmaker.pools import writing

CHUNK = 20  # rows per event, so that no transaction is long


def _submit_need(need: Any, by: Any, now: datetime) -> None:
    """Submit and accept; where a town screens, the need waits for the town."""
    need.no_secret_declared = True  # the officer declared it for the batch on confirming
    needs.submit(need, by=by, now=now)
    if need.state is NeedState.SCREENED:
        decisions.accept(need, NeedType.INDIVIDUAL, None, by=by, now=now)


def _submit_achievement(row: Any, by: Any, now: datetime) -> None:
    row.no_secret_declared = True
    db.session.flush()
    writing.submit(POOL, row, by=by, now=now)
    writing.move(POOL, row.public_id, "publish", by=by, now=now)


SUBMITTERS: Mapping[str, Callable[[Any, Any, datetime], None]] = {
    "need": _submit_need,
    "achievement": _submit_achievement,
}


@outbox.handler("batch.applied")
def submit_imported(payload: dict[str, Any]) -> None:
    """Submit the next rows of a batch; one that fails its rules stays the draft it is."""
    now = clock.now()
    batch = db.session.get(Batch, int(payload["id"]))
    if batch is None or batch.noun not in SUBMITTERS:
        return
    by = db.session.get_one(User, batch.created_by_id)
    policy.require(by, batch.noun, "import_rows")
    query = select(BatchRow).where(
        BatchRow.batch_id == batch.id,
        BatchRow.verdict == Verdict.NEW,
        BatchRow.object_id != "",
        BatchRow.id > int(payload["after"]),
    )
    rows = db.session.scalars(query.order_by(BatchRow.id).limit(CHUNK)).all()
    done = sum(_submit(batch.noun, row.object_id, by=by, now=now) for row in rows)
    batch = db.session.get_one(Batch, int(payload["id"]))
    batch.counts = {**batch.counts, "submitted": batch.counts.get("submitted", 0) + done}
    if rows:
        outbox.add("batch.applied", {"id": batch.id, "after": rows[-1].id}, now=now)


def _submit(noun: str, public_id: str, *, by: Any, now: datetime) -> bool:
    """Submit one row, or leave it untouched where its rules refuse it."""
    model = kind_of(noun).model
    try:
        with db.session.begin_nested():
            row = db.session.scalar(select(model).where(model.public_id == public_id))
            if row is None:
                return False
            SUBMITTERS[noun](row, by, now)
    except Refusal:
        return False
    return True
