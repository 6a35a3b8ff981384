"""What stated holidays move: the ends of running notices, the time left to decide objections.

An end that was shown only moves later; nobody who counted on a day finds it gone. A suspended
notice has no end to move: what is left of it is counted when it resumes, by the table of then.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker import clock, outbox, web
from matchmaker.audit import trail
from matchmaker.extensions import db
from matchmaker.lifecycles import COUNTING_NOTICES, ObjectionState
from matchmaker.notices import period, publishing
from matchmaker.notices.deciding import DECISION_DAYS
from matchmaker.notices.models import Notice
from matchmaker.notices.objection_models import Objection
from matchmaker.places import holidays
from matchmaker.places.holidays import Change
from matchmaker.workdays import Deadline, WorkdayCalendar


@holidays.recomputes
def recompute(
    calendar: WorkdayCalendar, *, reason: str, by: Any, now: datetime, write: bool
) -> list[Change]:
    """Recompute every notice that counts and every objection under way; see `places.holidays`."""
    return [
        *_notices(calendar, reason=reason, by=by, now=now, write=write),
        *_objections(calendar, reason=reason, by=by, now=now, write=write),
    ]


def _said(day: Any, *, provisional: bool) -> str:
    return web.as_day(day) + ("（暂定）" if provisional else "")


def _notices(calendar: WorkdayCalendar, **how: Any) -> list[Change]:
    query = select(Notice).where(Notice.state.in_(COUNTING_NOTICES), Notice.ends_at > how["now"])
    query = query.order_by(Notice.end_on, Notice.id)
    found = db.session.scalars(query.with_for_update() if how["write"] else query).all()
    return [one for notice in found if (one := _notice(notice, calendar, **how))]


def _notice(notice: Notice, calendar: WorkdayCalendar, **how: Any) -> Change | None:
    before = Deadline(notice.end_on or how["now"].date(), notice.provisional)
    by_rule, after = period.end_for(notice, calendar), period.recomputed(notice, calendar)
    if after == before:
        return None
    note = "" if by_rule.day == after.day else f"按新安排为 {by_rule.day}，已公布的止日不提前"
    if how["write"]:
        _move_notice(notice, after, **how)
    return Change(
        what=f"{notice.notice_no} {notice.title}",
        url=f"/notices/{notice.public_id}",
        before=_said(before.day, provisional=before.provisional),
        after=_said(after.day, provisional=after.provisional),
        note=note,
    )


def _move_notice(notice: Notice, after: Deadline, **how: Any) -> None:
    now, before = how["now"], notice.end_on
    period.set_end(notice, after)
    publishing.moved(notice, before, reason=how["reason"], now=now)
    trail.record(
        "recompute", "notice", notice.public_id, by=how["by"], now=now, reason=how["reason"],
        before=str(before), after=str(after.day), provisional=after.provisional,
    )  # fmt: skip
    outbox.add("notice.recomputed", {"id": notice.id, "before": str(before)}, now=now)


def _objections(calendar: WorkdayCalendar, **how: Any) -> list[Change]:
    query = select(Objection).where(Objection.state == ObjectionState.ACCEPTED)
    query = query.options(joinedload(Objection.notice)).order_by(Objection.id)
    found = db.session.scalars(query).all()
    return [one for row in found if (one := _objection(row, calendar, **how))]


def _objection(row: Objection, calendar: WorkdayCalendar, **how: Any) -> Change | None:
    if row.accepted_at is None or row.decide_by is None:
        return None
    days = DECISION_DAYS * (2 if row.extended_at else 1)
    before = Deadline(row.decide_by, row.decide_provisional)
    after = calendar.add_workdays(clock.today(row.accepted_at), days)
    if after == before:
        return None
    if how["write"]:
        row.decide_by, row.decide_provisional = after.day, after.provisional
        trail.record(
            "recompute", "objection", row.public_id, by=how["by"], now=how["now"],
            reason=how["reason"], before=str(before.day), after=str(after.day),
        )  # fmt: skip
        outbox.add("objection.moved", {"id": row.id, "what": "recomputed"}, now=how["now"])
    return Change(
        what=f"异议 {row.objection_no} 的答复期限（{row.notice.notice_no}）",
        url=f"/objections/{row.public_id}",
        before=_said(before.day, provisional=before.provisional),
        after=_said(after.day, provisional=after.provisional),
    )
