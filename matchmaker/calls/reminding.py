"""Reminders of a call: by the button, and seven, three and one day before its end."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from matchmaker import clock, outbox, policy
from matchmaker.audit import trail
from matchmaker.calls import answering
from matchmaker.calls.models import Answer, Call, Invitation, Reminder
from matchmaker.errors import WrongState
from matchmaker.extensions import db

DAYS_BEFORE = (7, 3, 1)


def _waiting(call: Call, *, now: datetime) -> ColumnElement[bool]:
    """Hold for invitations that are still unanswered and were not reminded today."""
    today = clock.today(now)
    return (
        (Invitation.call_id == call.id)
        & Invitation.answer_code.in_((Answer.SILENT.value, Answer.DRAFTED.value))
        & or_(Invitation.reminded_on.is_(None), Invitation.reminded_on < today)
    )


def remind(call: Call, *, by: Any, now: datetime) -> int:
    """Remind everybody within the viewer's reach who has not answered; return how many.

    Who was reminded today is left alone, so that a second press does nothing.
    """
    if not call.is_open:
        raise WrongState("本批次不在征集期内，不需要催报。")
    query = policy.scope(by, "call_invitation", "remind").where(_waiting(call, now=now))
    return _remind(call, list(db.session.scalars(query)), by=by, now=now)


def _remind(call: Call, rows: list[Invitation], *, by: Any, now: datetime) -> int:
    for row in rows:
        row.reminded_on = clock.today(now)
    db.session.flush()
    trail.record("remind", "call", call.public_id, by=by, now=now, reminded=len(rows))
    if rows:
        ids = [row.enterprise_id for row in rows]
        outbox.add("call.reminded", {"id": call.id, "enterprises": ids}, now=now)
    return len(rows)


def remind_due(*, now: datetime) -> int:
    """Send every automatic reminder that is due and was not sent; return how many calls.

    A night that was missed is made up for, but only with the latest of what was due.
    """
    sent = 0
    for call in db.session.scalars(select(Call).where(Call.open_now()).order_by(Call.id)):
        left = answering.days_left(call, now=now)
        days = next((one for one in reversed(DAYS_BEFORE) if left <= one), None)
        fresh = call.published_at is not None and clock.today(call.published_at) == clock.today(now)
        if days is None or fresh or _was_sent(call, days):
            continue
        rows = list(db.session.scalars(select(Invitation).where(_waiting(call, now=now))))
        reached = _remind(call, rows, by=trail.SYSTEM, now=now)
        kept = Reminder(
            call_id=call.id, end_on=call.end_on, days=days, sent_at=now, reached=reached
        )
        db.session.add(kept)
        db.session.flush()
        sent += 1
    return sent


def _was_sent(call: Call, days: int) -> bool:
    query = select(Reminder.id).where(
        Reminder.call_id == call.id, Reminder.end_on == call.end_on, Reminder.days == days
    )
    return db.session.scalar(query) is not None


def sent(call: Call) -> list[Reminder]:
    """Return the automatic reminders that went out, latest first."""
    query = select(Reminder).where(Reminder.call_id == call.id)
    return list(db.session.scalars(query.order_by(Reminder.id.desc())))
