"""What happens to notices and objections by the minute and by night."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from matchmaker import clock, jobs
from matchmaker.extensions import db
from matchmaker.lifecycles import COUNTING_NOTICES, ObjectionState
from matchmaker.notices import operations, publishing, telling
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection

AHEAD = 3  # working days before the end of the time to decide
CONFIRM_AHEAD = timedelta(days=7)


@jobs.each_minute
def keep_time(now: datetime) -> None:
    """Let periods begin and end. Pages do not wait for this: they read state and time."""
    publishing.start_due(now=now)
    publishing.end_due(now=now)


@jobs.nightly
def remind(now: datetime) -> None:
    """Remind of objections soon due or overdue, and of provisional ends to be confirmed."""
    today, calendar = clock.today(now), operations.calendar()
    open_ones = select(Objection).where(Objection.state == ObjectionState.ACCEPTED)
    open_ones = open_ones.where(or_(Objection.reminded_on.is_(None), Objection.reminded_on < today))
    for row in db.session.scalars(open_ones).all():
        left = calendar.workdays_between(today, row.decide_by).days if row.decide_by else 0
        if left <= AHEAD:
            row.reminded_on = today
            telling.due(row, left=left, now=now)
    waiting = select(Notice).where(
        Notice.state.in_(COUNTING_NOTICES),
        Notice.provisional,
        Notice.end_confirmed_at.is_(None),
        Notice.end_on <= today + CONFIRM_AHEAD,
    )
    for notice in db.session.scalars(waiting).all():
        telling.unconfirmed(notice, now=now)
