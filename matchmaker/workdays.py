"""Working days (工作日), periods and what is left of them. Pure: today is always an argument.

A day is a working day if the bureau's own table says so, else if the national calendar does
(chinese_calendar, with its make-up Saturdays), else, for years no calendar knows yet, if it is
Monday to Friday; a result resting on that last guess is marked provisional.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

import chinese_calendar

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
_DAY = timedelta(days=1)
_SATURDAY = 5
_MONTHS = 12
_LONGEST = 3_660
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period; provisional while it rests on a guess about public holidays."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Count:
    """A number of working days; provisional while it rests on a guess about public holidays."""

    days: int
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkdayCalendar:
    """Counts working days.

    overrides : the bureau's table (holiday_override): date → whether people work that day.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Tell whether people work that day, guessing by weekday beyond the calendars."""
        return self._look_up(day)[0]

    def is_provisional(self, day: date) -> bool:
        """Tell whether no calendar knows that day yet."""
        return self._look_up(day)[1]

    def _look_up(self, day: date) -> tuple[bool, bool]:
        if day in self.overrides:
            return self.overrides[day], False
        known = _national(day)
        return (day.weekday() < _SATURDAY, True) if known is None else (known, False)

    def add_workdays(self, start: date, count: int) -> Deadline:
        """Return the last day of a period of working days; the start day itself is not counted.

        count : 1 to 3,660. Source: 民法典 201; a period of working days never rolls over.
        """
        if not 1 <= count <= _LONGEST:
            raise ValueError(f"count of working days must be 1 to {_LONGEST}, not {count}")
        day, provisional = start, False
        while count:
            day += _DAY
            works, guessed = self._look_up(day)
            provisional = provisional or guessed
            count -= works
        return Deadline(day, provisional)

    def workdays_between(self, start: date, end: date) -> Count:
        """Count the working days after start up to and including end; 0 if end is not later."""
        seen = [self._look_up(day) for day in _days_after(start, end)]
        return Count(sum(works for works, _ in seen), any(guessed for _, guessed in seen))

    def roll_over(self, day: date) -> Deadline:
        """Move a last day that is no working day to the next one (民法典 203)."""
        provisional = False
        while True:
            works, guessed = self._look_up(day)
            provisional = provisional or guessed
            if works:
                return Deadline(day, provisional)
            day += _DAY

    def add_days(self, start: date, count: int) -> Deadline:
        """Return the last day of a period of natural days, rolled over; start is not counted."""
        if not 1 <= count <= _LONGEST:
            raise ValueError(f"count of days must be 1 to {_LONGEST}, not {count}")
        return self.roll_over(start + timedelta(days=count))

    def add_months(self, start: date, count: int) -> Deadline:
        """Return the last day of a period of months, rolled over."""
        return self.roll_over(same_day_later(start, months=count))

    def remaining(self, now: datetime, deadline: datetime) -> str:
        """Say in Chinese what is left of a period, in working days of Beijing time.

        now, deadline : aware. A deadline at midnight is the end (24:00) of the day before.
        """
        due, today = _last_day(deadline), now.astimezone(BEIJING).date()
        stamp = _stamp(deadline, today=today)
        if now >= deadline:
            return self._overdue(due, today=today, stamp=stamp)
        if due == today:
            return "今天到期" + f"（{stamp}）"
        left = self.workdays_between(today, due)
        guess = "，节假日安排待定" if left.provisional else ""
        if left.days == 0:
            return f"剩 {(due - today).days} 天，均为休息日（{stamp}{guess}）"
        return f"剩 {left.days} 个工作日（{stamp}{guess}）"

    def _overdue(self, due: date, *, today: date, stamp: str) -> str:
        late = self.workdays_between(due, today).days
        return f"已逾期 {late} 个工作日" if late else f"已逾期（{stamp}）"


@lru_cache(maxsize=8192)  # the library walks its whole table for every question
def _national(day: date) -> bool | None:
    """Return whether people work that day by the national calendar; None beyond it."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _days_after(start: date, end: date) -> Iterator[date]:
    for offset in range(1, (end - start).days + 1):
        yield start + timedelta(days=offset)


def _last_day(deadline: datetime) -> date:
    local = deadline.astimezone(BEIJING)
    return local.date() - _DAY if local.time() == _MIDNIGHT else local.date()


def _stamp(deadline: datetime, *, today: date) -> str:
    local, day = deadline.astimezone(BEIJING), _last_day(deadline)
    clock = "24:00" if local.time() == _MIDNIGHT else f"{local:%H:%M}"
    return f"{day:%m-%d} {clock}" if day.year == today.year else f"{day:%Y-%m-%d} {clock}"


def end_of(day: date) -> datetime:
    """Return the instant a day ends in Beijing (24:00), in UTC: a period without a clock time."""
    return datetime.combine(day + _DAY, _MIDNIGHT, tzinfo=BEIJING).astimezone(UTC)


def same_day_later(start: date, *, months: int) -> date:
    """Return the corresponding day so many months later, or the month's last day (民法典 202)."""
    if months < 0:
        raise ValueError("months must not be negative")
    year, month = divmod(start.year * _MONTHS + start.month - 1 + months, _MONTHS)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def contract_end(start: date, *, months: int) -> date:
    """Return the customary last day of a contract: the day before the corresponding one."""
    return same_day_later(start, months=months) - _DAY
