"""A notice stands still while an accepted objection is open, and goes on once none is left."""

from datetime import datetime
from typing import Any

from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import NoticeState
from matchmaker.notices import operations, period, publishing
from matchmaker.notices.models import Notice


def suspend(notice: Notice, *, by: Any, reason: str, now: datetime) -> None:
    """Stop the count because an objection was accepted; one more changes nothing.

    A notice that had ended is stopped as well: the objection had come in time, on paper.
    """
    if notice.state in (NoticeState.SUSPENDED, NoticeState.REVOKED):
        return
    late = notice.state is NoticeState.ENDED_CLEAR
    period.stop(notice, now=now)
    done = period.days_done(notice, operations.calendar())
    notice.ended_at = None
    action = "suspend_late" if late else "suspend"
    trail.advance(notice, action, by=by, now=now, reason=reason, days_done=done)
    operations.tell(notice, "suspended", now=now)


def resume_if_settled(notice: Notice, *, by: Any, reason: str, now: datetime) -> bool:
    """Let a suspended notice make up the rest, if no objection is left open; tell whether."""
    db.session.flush()
    if notice.state is not NoticeState.SUSPENDED or operations.open_objections(notice):
        return False
    before = notice.end_on
    end = period.go_on(notice, operations.calendar(), now=now)
    trail.advance(
        notice, "resume", by=by, now=now, reason=reason, end_on=str(end.day),
        provisional=end.provisional,
    )  # fmt: skip
    if end.day != before:
        publishing.moved(notice, before, reason="异议已办结，补足剩余工作日", now=now)
    operations.tell(notice, "resumed", now=now)
    return True
