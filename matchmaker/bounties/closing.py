"""截榜: what happens at the deadline, once, whoever looks first."""

from datetime import datetime

import structlog
from sqlalchemy import select

from matchmaker import jobs, outbox
from matchmaker.audit import trail
from matchmaker.bounties import changing, deciding, record
from matchmaker.bounties.content import clock_text
from matchmaker.bounties.models import Bounty, is_past_deadline
from matchmaker.bounties.records import ChangeKind
from matchmaker.extensions import db

log = structlog.get_logger()


@jobs.each_minute
def close_due(now: datetime) -> int:
    """Close every bounty whose deadline passed by the database's clock; return how many.

    The row's lock keeps a change approved at the same moment apart: either it moved the deadline
    and the bounty stays open, or it finds the bounty closed.
    """
    due = select(Bounty.id).where(is_past_deadline()).order_by(Bounty.bid_deadline_at, Bounty.id)
    closed = 0
    for bounty_id in db.session.scalars(due).all():
        try:
            with db.session.begin_nested():
                closed += _close(bounty_id, now=now)
        except Exception as error:  # one that cannot be closed keeps no other open
            log.error("closing_failed", bounty_id=bounty_id, exc_info=error)
    return closed


def _close(bounty_id: int, *, now: datetime) -> int:
    query = select(Bounty).where(Bounty.id == bounty_id, is_past_deadline())
    locked = query.with_for_update(of=Bounty).execution_options(populate_existing=True)
    bounty = db.session.scalars(locked).one_or_none()
    if bounty is None or bounty.bid_deadline_at is None:
        return 0
    bounty.closed_at = bounty.updated_at = now
    trail.advance(bounty, "close", by=trail.SYSTEM, now=now)
    waiting = changing.open_of(bounty)
    if waiting is not None and waiting.kind is not ChangeKind.WITHDRAWAL:
        deciding.lapse(waiting, now=now)
    said = {"bid_deadline_at": clock_text(bounty.bid_deadline_at)}
    record.append(bounty, "closed", said, now=now)
    outbox.add("bounty.closed", {"id": bounty.id}, now=now)
    return 1
