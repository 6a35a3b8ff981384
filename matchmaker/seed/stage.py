"""The stage the demonstration's bounties play on: the instance's time, moved through the past.

Every course is a generator that yields the moment of its next step. The earliest moment of all
courses comes first, what falls due on the way happens as on a real site, and nothing of a course
happens after the seeding. So the trail, the numbers and the periods are those of real operations.
"""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import current_app

from matchmaker import clock, jobs, timekeeping, web
from matchmaker.messages.mail import NO_MAIL
from matchmaker.workdays import WorkdayCalendar

Steps = Iterator[datetime]
NIGHTS = timedelta(days=7)  # reminders are looked at once a week of the past
CLOSING = 17  # o'clock: deadlines are then or at midnight


@contextmanager
def settings(**values: Any) -> Iterator[None]:
    """Let these settings hold for a while."""
    kept = {name: current_app.config.get(name) for name in values}
    current_app.config.update(values)
    try:
        yield
    finally:
        current_app.config.update(kept)


def at_office(day: datetime, calendar: WorkdayCalendar, *, minute: int = 0) -> datetime:
    """Return half past nine (and so many minutes) of that day, of the next working day if none."""
    rolled = calendar.roll_over(clock.today(day)).day
    opening = datetime.combine(rolled, time(9, 30), tzinfo=clock.BEIJING)
    return opening + timedelta(minutes=minute)


@dataclass
class _Watch:
    """When the minute's and the night's jobs were last looked at."""

    half_day: object = None
    night: datetime | None = None


def play(courses: Iterable[Steps], *, until: datetime) -> int:
    """Play the courses through the past up to `until`; return how many steps were taken.

    A course that is not over by then stays where it is. No mail is sent of the past. The
    instance's time is the real one again when this returns, and when it raises.
    """
    waiting = [(next(course), number, course) for number, course in enumerate(courses)]
    heapq.heapify(waiting)
    try:
        with settings(MAIL_BACKEND=NO_MAIL):
            return _play(waiting, until)
    finally:
        with web.transaction():
            timekeeping.unset()


def _play(waiting: list[tuple[datetime, int, Steps]], until: datetime) -> int:
    taken, watch = 0, _Watch()
    while waiting and waiting[0][0] <= until:
        moment, number, course = heapq.heappop(waiting)
        _go_to(moment, watch)
        with web.transaction():
            following = next(course, None)
        if following is not None:
            heapq.heappush(waiting, (max(following, moment), number, course))
        taken += 1
    _go_to(until, _Watch())
    return taken


def _go_to(moment: datetime, watch: _Watch) -> None:
    """Let it be that moment, and let happen what fell due since the last step."""
    jobs.drain()  # what the last step caused happens before the time goes on
    with web.transaction():
        real = clock.now() - timekeeping.offset()
        timekeeping.set_offset(moment - real)
    local = clock.local(moment)
    half_day = (local.date(), local.hour >= CLOSING)
    if half_day == watch.half_day:
        return
    watch.half_day = half_day
    jobs.run_due()
    if watch.night is None or moment >= watch.night:
        jobs.run_nightly(at_length=False)
        watch.night = moment + NIGHTS
    jobs.drain()
