"""A notice's period in working days: where it ends, where it stands still, what is left.

How days count (domain rules 4.1–4.5):

- The day of publication is not counted; the first day is the next one, the last is the N-th
  working day, until 24:00 in Beijing.
- Accepting an objection stops the count. Only whole working days before that day are kept: the
  day of suspension itself is not counted, though part of it had passed.
- On resumption the rest is made up: the day of resumption is not counted, the count goes on with
  the next day. A period that was over when the objection was accepted has nothing left to make
  up and ends with the decision.
- A period that rests on a guess about public holidays is provisional: nothing ends by itself
  before the officer has confirmed the day or the holidays are known.
- An end that was shown never moves forward: stated holidays may only make it later.
"""

from datetime import date, datetime, timedelta
from typing import Any

from matchmaker import clock
from matchmaker.lifecycles import COUNTING_NOTICES, NoticeState
from matchmaker.workdays import Deadline, WorkdayCalendar, end_of
from matchmaker.workflow import State

_DAY = timedelta(days=1)


class Phase(State):
    """Where a published notice stands at a moment, whether or not the nightly job has run."""

    SOON = "soon", "已发布，次日起算", "active"
    RUNNING = "running", "公示中", "good"
    OVER = "over", "公示期满", "neutral"
    UNSETTLED = "unsettled", "期满，待办结", "warn"
    SUSPENDED = "suspended", "异议办理中，公示中止", "bad"
    REVOKED = "revoked", "已撤回", "bad"


_FIXED = {
    NoticeState.SUSPENDED: Phase.SUSPENDED,
    NoticeState.REVOKED: Phase.REVOKED,
    NoticeState.ENDED_CLEAR: Phase.OVER,
}


def phase(notice: Any, *, now: datetime, blocked: bool = False) -> State:
    """Return where the notice stands now; an unpublished one stands where its state says.

    blocked : an objection is still open, so that the end of the period settles nothing.
    """
    state: State = notice.state
    if state in _FIXED:
        return _FIXED[NoticeState(state)]
    if state not in COUNTING_NOTICES:
        return state
    if now >= notice.ends_at:
        return Phase.UNSETTLED if blocked or unconfirmed(notice) else Phase.OVER
    return Phase.SOON if clock.today(now) < notice.start_on else Phase.RUNNING


def unconfirmed(notice: Any) -> bool:
    """Tell whether the end rests on a guess that the officer has not confirmed."""
    return bool(notice.provisional) and notice.end_confirmed_at is None


def days_done(notice: Any, calendar: WorkdayCalendar) -> int:
    """Return the whole working days completed before the suspensions there were."""
    return sum(
        calendar.workdays_between(
            date.fromisoformat(span["after"]), date.fromisoformat(span["through"])
        ).days
        for span in notice.spans
    )


def end_for(notice: Any, calendar: WorkdayCalendar) -> Deadline:
    """Return the last day of a period that counts from `counted_from`, by this calendar."""
    left = notice.workdays - days_done(notice, calendar)
    if left < 1:
        return Deadline(notice.end_on, notice.provisional)
    return calendar.add_workdays(notice.counted_from, left)


def set_end(notice: Any, end: Deadline) -> None:
    """Write the last day into the notice; a day that was confirmed before has to be again."""
    notice.end_on, notice.ends_at = end.day, end_of(end.day)
    notice.provisional = end.provisional
    notice.end_confirmed_at = notice.end_confirmed_by_id = None
    notice.end_basis = ""


def stop(notice: Any, *, now: datetime) -> None:
    """Keep the whole working days completed before today: the count stands still from today."""
    through = min(clock.today(now) - _DAY, notice.end_on)
    if through > notice.counted_from:
        span = {"after": notice.counted_from.isoformat(), "through": through.isoformat()}
        notice.spans = [*notice.spans, span]


def go_on(notice: Any, calendar: WorkdayCalendar, *, now: datetime) -> Deadline:
    """Count the rest from tomorrow; return the new last day, the old one if nothing is left."""
    if days_done(notice, calendar) >= notice.workdays:
        return Deadline(notice.end_on, notice.provisional)
    notice.counted_from = clock.today(now)
    end = end_for(notice, calendar)
    set_end(notice, end)
    return end


def recomputed(notice: Any, calendar: WorkdayCalendar) -> Deadline:
    """Return the end by a changed calendar: later where it must be, never before what was shown."""
    end = end_for(notice, calendar)
    return Deadline(max(end.day, notice.end_on), end.provisional)


def remaining(notice: Any, calendar: WorkdayCalendar, *, now: datetime) -> str:
    """Say what is left of a running period: 剩 3 个工作日（05-06 24:00）."""
    return calendar.remaining(now, notice.ends_at)
